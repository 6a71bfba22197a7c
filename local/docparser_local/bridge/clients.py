"""Cached boto3 clients that call the engine itself, one per service, region and account."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client

from docparser_local.settings import ACCOUNT, EngineSettings

# The interpreter names some services without the hyphen that boto3 expects.
BOTO_NAMES = {
    "sagemakerruntime": "sagemaker-runtime",
    "bedrockruntime": "bedrock-runtime",
    "sfn": "stepfunctions",
    "states": "stepfunctions",
}
_CONFIG = Config(
    parameter_validation=False,  # states send JSON; the service fake validates
    retries={"total_max_attempts": 1},  # Retry belongs to the state machine
    read_timeout=900,
    max_pool_connections=64,
    inject_host_prefix=False,
    proxies={},  # 127.0.0.1 is not behind anybody's proxy
)


class ClientPool:
    """Thread-safe client cache."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str, account: str = ACCOUNT) -> Any:
        """Return a client; a 12-digit access key id selects that account in ministack."""
        service = BOTO_NAMES.get(service, service)
        key = (service, region, account)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._create(service, region, account)
            return self._clients[key]

    def _create(self, service: str, region: str, account: str) -> Any:
        factory: Any = boto3.client  # the stubs know a fixed list of service names
        return factory(
            service,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="test",  # noqa: S106 - nobody checks it
            endpoint_url=self._settings.url,
            config=_CONFIG,
        )


def account_of(state_credentials: Any) -> str:
    """Return the account in which a state's role lives."""
    parts = (getattr(state_credentials, "role_arn", None) or "").split(":")
    return parts[4] if len(parts) > 4 and parts[4] else ACCOUNT


def install(pool: ClientPool) -> None:
    """Give the interpreter these clients instead of moto's in-process ones.

    Must run before any interpreter module that imports ``boto_client_for`` by name.
    """

    def client_for(service: str, region: str, state_credentials: Any = None) -> Any:
        return pool.get(service, region, account_of(state_credentials))

    boto_client.boto_client_for = client_for
