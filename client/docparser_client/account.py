"""The AWS account of a stack, as whoever operates it reaches it: with rights of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import connection
from .errors import UnavailableError

if TYPE_CHECKING:
    import boto3

    from .connection import ClientSettings

_CONNECT_S = 5
_READ_S = 60
_TRIES = 6


@dataclass(frozen=True)
class Account:
    """What holds one stack.

    Parameters
    ----------
    env
        The stack's name.
    api_url
        Where its API answers.
    session
        Credentials and region.
    endpoint
        Where the embedded AWS answers; None on AWS itself.
    """

    env: str
    api_url: str
    session: boto3.Session
    endpoint: str | None = None

    def client(self, service: Any) -> Any:
        """Return a boto3 client of one service."""
        return _client(self.session, service, self.endpoint)


def reach(settings: ClientSettings, env: str | None) -> Account:
    """Return the account of a deployed stack by its name, or that of the local one that runs.

    Raises
    ------
    UnavailableError
        There is no such stack, or no way to it.
    """
    return _local(settings) if env is None else _deployed(env)


def _local(settings: ClientSettings) -> Account:
    import boto3

    outputs = connection.outputs(settings)
    session = boto3.Session(
        aws_access_key_id=outputs.account,
        aws_secret_access_key=outputs.environment()["AWS_SECRET_ACCESS_KEY"],
        region_name=outputs.region,
    )
    return Account(outputs.env, outputs.api_url, session, outputs.endpoint)


def _deployed(env: str) -> Account:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session()
    if session.region_name is None:
        raise UnavailableError("no AWS region is set: AWS_REGION, or the profile's own")
    stack = f"docparser-{env}-api"
    try:
        found = _client(session, "cloudformation", None).describe_stacks(StackName=stack)
    except BotoCoreError as error:
        raise UnavailableError(f"AWS cannot be asked ({type(error).__name__})") from None
    except ClientError as error:
        # CloudFormation says ValidationError of what does not exist.
        code = error.response.get("Error", {}).get("Code", "")
        said = "there is no such stack" if code == "ValidationError" else f"AWS answers {code}"
        raise UnavailableError(f"{stack}: {said}") from None
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Stacks"][0]["Outputs"]}
    if "ApiUrl" not in outputs:
        raise UnavailableError(f"{stack} does not say where its API answers")
    return Account(env, outputs["ApiUrl"], session)


def _client(session: boto3.Session, service: Any, endpoint: str | None) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "standard", "total_max_attempts": _TRIES},
    )
    return session.client(service, endpoint_url=endpoint, config=config)
