"""Where the embedded AWS listens and keeps its state, and the hardening that goes with it.

:func:`prepare` must run before ministack or boto3 is imported: both read the environment once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser_local.errors import ForeignHomeError

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"

GATEWAY_VARIABLES = (
    "AWS_ENDPOINT_URL_SAGEMAKER",
    "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME",
    "AWS_ENDPOINT_URL_TEXTRACT",
)
"""The variables by which boto3 finds the services that the model gateway stands for."""

# A user's credentials, profiles and endpoints; and the proxies to reach them through.
_FOREIGN_PREFIX = "AWS_"
_FOREIGN_SUFFIX = "_PROXY"


@dataclass(frozen=True)
class EngineSettings:
    """One engine: its port and its home directory.

    Parameters
    ----------
    port
        TCP port on 127.0.0.1; the next one is the model gateway's, the one after it the OCR
        server's.
    home
        Directory that holds everything the engine writes; made if missing.
    """

    port: int
    home: Path

    @property
    def url(self) -> str:
        """Address of the AWS endpoint."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def state_dir(self) -> Path:
        """Directory of the services' snapshots."""
        return self.home / "state"

    @property
    def execution_journal(self) -> Path:
        """The append-only files of execution starts and ends, without number and suffix."""
        return self.home / "executions"

    @property
    def record_journal(self) -> Path:
        """The append-only files of items, messages and invocations, likewise."""
        return self.home / "records"

    @property
    def staged_objects(self) -> Path:
        """The folder of objects that are not yet in their place."""
        return self.home / "staged"

    @property
    def executions(self) -> Path:
        """The executions of earlier runs, with their histories."""
        return self.home / "executions.json"

    @property
    def gateway_port(self) -> int:
        """The model gateway's TCP port."""
        return self.port + 1

    @property
    def gateway_url(self) -> str:
        """Address of the SageMaker and Textract APIs."""
        return f"http://{LOOPBACK}:{self.gateway_port}"

    @property
    def ocr_port(self) -> int:
        """The OCR server's TCP port."""
        return self.port + 2

    @property
    def ocr_url(self) -> str:
        """Address of the OCR server."""
        return f"http://{LOOPBACK}:{self.ocr_port}"

    @property
    def invocations(self) -> Path:
        """The folder of asynchronous invocations that are not answered yet."""
        return self.home / "invocations"

    @property
    def models(self) -> Path:
        """The folder of models that the OCR server has prepared."""
        return self.home / "models"

    @property
    def search_index(self) -> Path:
        """The file of the embedded search index."""
        return self.home / "search.sqlite"

    def process_file(self, program: str) -> Path:
        """Return the file that a running program keeps locked and is described in."""
        return self.home / f"{program}.json"

    def log(self, program: str) -> Path:
        """Return the log of a program in the back."""
        return self.home / f"{program}.log"

    def make_home(self) -> None:
        """Make the home directory, for this user's eyes only: it holds whole documents.

        Raises
        ------
        ForeignHomeError
            It exists and belongs to another user.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            self.home.chmod(0o700)  # it may be there already, made by other tools
        except PermissionError:
            raise ForeignHomeError(f"{self.home} belongs to another user") from None


def prepare(settings: EngineSettings) -> None:
    """Set the process environment for ministack, its workers and boto3.

    Real credentials and profiles are removed, so neither the engine nor a Lambda worker can call
    a real account by accident; and proxies, which cannot reach this machine's loopback.
    """
    settings.make_home()
    settings.state_dir.mkdir(exist_ok=True)
    for name in [name for name in os.environ if foreign(name)]:
        del os.environ[name]
    os.environ |= {
        "GATEWAY_PORT": str(settings.port),
        "BIND_HOST": LOOPBACK,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": settings.url,
        **dict.fromkeys(GATEWAY_VARIABLES, settings.gateway_url),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "*",  # macOS has proxies in its system settings, too
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.state_dir),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.state_dir / "s3"),
        "IOT_MTLS_ENABLED": "0",  # would open a second listener
        "SFTP_ENABLED": "0",  # likewise
        "LAMBDA_ACCOUNT_CONCURRENCY": "0",  # no account-wide throttle
    }


def foreign(name: str) -> bool:
    """Return whether a variable of this name is the user's own way to a network or an account."""
    return name.startswith(_FOREIGN_PREFIX) or name.upper().endswith(_FOREIGN_SUFFIX)
