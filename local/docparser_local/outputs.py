"""What a client needs to know of a deployed stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from docparser_local.errors import NotDeployedError
from docparser_local.settings import ACCOUNT, GATEWAY_VARIABLES, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

# Setting (less its DOCPARSER_ prefix) -> CloudFormation output that holds its value.
_OUTPUT_BY_SETTING = {
    "TABLE": "TableName",
    "INTAKE_BUCKET": "IntakeBucket",
    "WORK_BUCKET": "WorkBucket",
    "OCR_BUCKET": "OcrBucket",
    "VAULT_BUCKET": "VaultBucket",
    "BACKUP_BUCKET": "BackupBucket",
    "SYNC_BUCKET": "SyncBucket",
    "STATE_MACHINE_ARN": "StateMachineArn",
}


@dataclass(frozen=True)
class Outputs:
    """A deployed environment: where it answers and what its resources are called.

    ``os.environ |= outputs.environment() | outputs.settings()`` is all that boto3 and the
    domain package need.
    """

    endpoint: str
    gateway: str
    env: str
    values: Mapping[str, str]
    region: str = REGION
    account: str = ACCOUNT

    @property
    def api_url(self) -> str:
        """The REST API's address, stage included, without a slash at its end.

        The stack's own output is a name under amazonaws.com; the engine serves the same API below
        a path.

        Raises
        ------
        NotDeployedError
            There is none.
        """
        if not (url := self.values.get("ApiUrl")):
            raise NotDeployedError("the stacks lack the output ApiUrl")
        address = urlsplit(url)
        api_id = str(address.hostname).partition(".")[0]
        return f"{self.endpoint}/_aws/execute-api/{api_id}{address.path.rstrip('/')}"

    def environment(self) -> dict[str, str]:
        """Return the AWS_* variables with which boto3 reaches this environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            **dict.fromkeys(GATEWAY_VARIABLES, self.gateway),
            # Twelve digits as the key id select that account in the engine.
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def settings(self) -> dict[str, str]:
        """Return the DOCPARSER_* settings of this environment.

        Raises
        ------
        NotDeployedError
            An output that clients rely on is missing.
        """
        missing = sorted(set(_OUTPUT_BY_SETTING.values()) - set(self.values))
        if missing:
            raise NotDeployedError(f"the stacks lack the outputs {', '.join(missing)}")
        named = {
            f"DOCPARSER_{name}": self.values[output] for name, output in _OUTPUT_BY_SETTING.items()
        }
        return {"DOCPARSER_ENV": self.env, "DOCPARSER_ENDPOINT": self.endpoint, **named}
