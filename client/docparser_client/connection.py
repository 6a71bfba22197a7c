"""The way to a stack: its clients and the names of what is deployed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser import settings
from docparser.errors import ConfigurationError
from pydantic import Field

from .errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser_local.outputs import Outputs
    from docparser_local.stack import Stack
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

_CONNECTIONS = 32  # uploads, their parts and downloads run at the same time


class ClientSettings(settings.Deadlines):
    """What the command needs: where the local stack is, and how long to wait for it."""

    home: Path = Path(".docparser")
    endpoint: str = Field(
        default="http://127.0.0.1:4566", pattern=r"^http://127\.0\.0\.1:[0-9]{1,5}/?$"
    )

    @property
    def port(self) -> int:
        """The engine's TCP port on 127.0.0.1."""
        return int(self.endpoint.rstrip("/").rpartition(":")[2])


@dataclass(frozen=True)
class Connection:
    """A deployed stack, as the command uses it."""

    s3: S3Client
    dynamodb: DynamoDBClient
    table: str
    intake_bucket: str
    vault_bucket: str
    endpoint: str
    max_bytes: int


def load_settings() -> ClientSettings:
    """Return the command's settings from the environment.

    Raises
    ------
    UsageError
        A name is unknown or malformed.
    """
    try:
        return settings.load(ClientSettings)
    except ConfigurationError as error:
        raise UsageError(str(error)) from None


def up(options: ClientSettings, on_step: Callable[[str], None]) -> Connection:
    """Start the local stack, or bring it up to date, and connect to it.

    Raises
    ------
    UnavailableError
        It does not start, or something cannot be deployed.
    """
    from docparser_local.errors import LocalStackError

    try:
        return _connected(_stack(options).up(on_step))
    except LocalStackError as error:
        raise _unavailable(error) from None


def down(options: ClientSettings) -> bool:
    """Stop the local stack; return whether one was running.

    Raises
    ------
    UnavailableError
        It is not this user's to stop.
    """
    from docparser_local.errors import LocalStackError

    try:
        return _stack(options).down()
    except LocalStackError as error:
        raise _unavailable(error) from None


def connect(options: ClientSettings) -> Connection:
    """Connect to the local stack that is running.

    Raises
    ------
    UnavailableError
        None is running, or it is not whole.
    """
    from docparser_local.errors import LocalStackError, NotRunningError

    try:
        return _connected(_stack(options).outputs())
    except NotRunningError:
        raise UnavailableError("no local stack is running; start one: docparser up") from None
    except LocalStackError as error:
        raise _unavailable(error) from None


def _stack(options: ClientSettings) -> Stack:
    from docparser_local.stack import Stack

    return Stack(options.home, port=options.port, env=options.env)


def _connected(outputs: Outputs) -> Connection:
    import boto3
    from botocore.config import Config

    environment = outputs.environment()
    # A user's own profile must not decide how the engine on this machine is reached.
    os.environ.pop("AWS_PROFILE", None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    session = boto3.Session(
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_DEFAULT_REGION"],
    )
    shared: dict[str, Any] = {
        "endpoint_url": outputs.endpoint,
        "config": Config(
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=_CONNECTIONS,
            proxies={},  # 127.0.0.1 is not behind anybody's proxy
            retries={"mode": "standard", "total_max_attempts": 4},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }
    names = outputs.settings()
    return Connection(
        s3=session.client("s3", **shared),
        dynamodb=session.client("dynamodb", **shared),
        table=names["DOCPARSER_TABLE"],
        intake_bucket=names["DOCPARSER_INTAKE_BUCKET"],
        vault_bucket=names["DOCPARSER_VAULT_BUCKET"],
        endpoint=outputs.endpoint,
        max_bytes=_max_bytes(session.client("lambda", **shared), outputs.env),
    )


def _max_bytes(client: LambdaClient, env: str) -> int:
    """Return intake's own limit: above it the id is made otherwise, and both must agree."""
    answer = client.get_function_configuration(FunctionName=f"docparser-{env}-intake")
    variables = answer.get("Environment", {}).get("Variables", {})
    return settings.load(settings.Limits, variables).max_bytes


def _unavailable(error: Exception) -> UnavailableError:
    """Return the error for the user: what failed, and the last line of why."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return UnavailableError(" ".join(dict.fromkeys((lines[0], lines[-1]))) if lines else "failed")
