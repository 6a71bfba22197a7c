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

# A user's credentials, profiles and endpoints; and the proxies to reach them through.
_FOREIGN_PREFIX = "AWS_"
_FOREIGN_SUFFIX = "_PROXY"


@dataclass(frozen=True)
class EngineSettings:
    """One engine: its port and its home directory.

    Parameters
    ----------
    port
        TCP port on 127.0.0.1.
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
    def journal(self) -> Path:
        """The append-only file of execution starts and ends."""
        return self.home / "executions.jsonl"

    @property
    def executions(self) -> Path:
        """The executions of earlier runs, with their histories."""
        return self.home / "executions.json"

    @property
    def process_file(self) -> Path:
        """The file that a running engine keeps locked and describes itself in."""
        return self.home / "engine.json"

    @property
    def log(self) -> Path:
        """Log of a detached engine."""
        return self.home / "engine.log"

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
    for name in [name for name in os.environ if _foreign(name)]:
        del os.environ[name]
    os.environ |= {
        "GATEWAY_PORT": str(settings.port),
        "BIND_HOST": LOOPBACK,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": settings.url,
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


def _foreign(name: str) -> bool:
    return name.startswith(_FOREIGN_PREFIX) or name.upper().endswith(_FOREIGN_SUFFIX)
