"""AWS clients, made once per process in Lambda's init phase, where the CPU is not throttled.

Also: what AWS's own errors mean to the state machine.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, the root of its connection errors
    HTTPClientError,
    IncompleteReadError,
)
from botocore.loaders import Loader

from .errors import Retryable, Terminal
from .model.base import now, rfc3339
from .model.codes import RetryableCode, TerminalCode

if TYPE_CHECKING:
    from types_boto3_bedrock_runtime import BedrockRuntimeClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sagemaker import SageMakerClient
    from types_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient
    from types_boto3_textract import TextractClient

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=16,  # route copies that many objects at once
    retries={"mode": "standard", "total_max_attempts": 4},
    # Checksums are sent where we ask for one by name; the SDK's default CRC32 on every small
    # object costs a second pass over the body and nothing reads it.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
# What S3 would take anyway, but for URLs that others use: those boto3 signs in the old way, which
# newer regions refuse and which leaves headers unsigned, and for the global host, which sends
# callers to a bucket's own region only with a redirect that no signature survives.
_CONFIGS = {
    "s3": _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"})),
    # A repeat of a call that has been made costs as much again.
    "bedrock-runtime": _CONFIG.merge(
        Config(read_timeout=120, retries={"mode": "standard", "total_max_attempts": 1})
    ),
}


class _Loader(Loader):
    """Finds the models of our services without asking the disk which of 400 there are.

    botocore asks once for each kind of file, to check a service's name: some 1,800 system calls
    or 20 ms at init, and 10 ms more for the first paginator (measured).
    """

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        """Return the services of the functions below, in alphabetical order."""
        return [
            "bedrock-runtime",
            "cloudfront",
            "dynamodb",
            "s3",
            "sagemaker",
            "sagemaker-runtime",
            "secretsmanager",
            "sqs",
            "stepfunctions",
            "textract",
        ]


# A key that was replaced at the store is read anew some time before it would be this old.
_KEY_LIFE = timedelta(hours=1)


class _Secret(CredentialProvider):
    """Signs in with a key that a secret holds, read once somebody signs with it.

    Not before: a secret that cannot be read is a store that is away, and no function that cannot
    start, of which a sweep of all documents is one.
    """

    METHOD = "docparser-secret"

    def __init__(self, arn: str) -> None:
        super().__init__()
        self._arn = arn

    def load(self) -> Any:
        """Return credentials that will be read."""
        return DeferredRefreshableCredentials(refresh_using=self._read, method=self.METHOD)

    def _read(self) -> dict[str, Any]:
        answer = _client("secretsmanager").get_secret_value(SecretId=self._arn)
        held = json.loads(answer["SecretString"])
        return {
            "access_key": held["access_key_id"],
            "secret_key": held["secret_access_key"],
            "token": None,
            "expiry_time": rfc3339(now() + _KEY_LIFE),
        }


@cache
def _session(secret: str = "") -> boto3.Session:
    """Return a session of this process's role, or of the key that a secret holds."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _Loader())
    if secret:
        session.register_component("credential_provider", CredentialResolver([_Secret(secret)]))
    return boto3.Session(botocore_session=session)


@cache
def _client(service: str) -> Any:
    config = _CONFIGS.get(service, _CONFIG)
    return _session().client(service, config=config)  # type: ignore[call-overload]


def s3() -> S3Client:
    """Return the process's S3 client."""
    client: S3Client = _client("s3")
    return client


def cloudfront() -> Any:
    """Return the process's CloudFront client."""
    return _client("cloudfront")


@cache
def s3_at(endpoint: str, secret: str = "") -> S3Client:
    """Return a client of another store that speaks S3.

    Whoever calls it has somebody above that tries again later, for hours if need be: it gives up
    soon.

    Parameters
    ----------
    endpoint
        The store's URL.
    secret
        The ARN of the secret that holds a key of that store, as
        ``{"access_key_id": "...", "secret_access_key": "..."}``; empty where the store knows those
        of this process.
    """
    client: S3Client = (_session(secret) if secret else _session()).client(
        "s3",
        endpoint_url=endpoint,
        config=_CONFIG.merge(
            Config(
                connect_timeout=3,
                retries={"mode": "standard", "total_max_attempts": 2},
                signature_version="s3v4",
                s3={"addressing_style": "path"},
            )
        ),
    )
    return client


def dynamodb() -> DynamoDBClient:
    """Return the process's DynamoDB client."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def states() -> SFNClient:
    """Return the process's Step Functions client."""
    client: SFNClient = _client("stepfunctions")
    return client


def sqs() -> SQSClient:
    """Return the process's SQS client."""
    client: SQSClient = _client("sqs")
    return client


def sagemaker_runtime() -> SageMakerRuntimeClient:
    """Return the process's SageMaker Runtime client."""
    client: SageMakerRuntimeClient = _client("sagemaker-runtime")
    return client


def sagemaker() -> SageMakerClient:
    """Return the process's SageMaker client."""
    client: SageMakerClient = _client("sagemaker")
    return client


def bedrock_runtime() -> BedrockRuntimeClient:
    """Return the process's Bedrock client; a document does without what it cannot get."""
    client: BedrockRuntimeClient = _client("bedrock-runtime")
    return client


def textract() -> TextractClient:
    """Return the process's Textract client."""
    client: TextractClient = _client("textract")
    return client


_THROTTLES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "LimitExceededException",
        "KMS.ThrottlingException",
        "RequestThrottled",
        "RequestThrottledException",
        # An update met a transaction on the same item; a body came too slowly. Both pass.
        "TransactionConflictException",
        "RequestTimeout",
    }
)


_SHUT = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "NoSuchBucket",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        # What keeps the secret with a store's key says so in other words than the store.
        "AccessDeniedException",
        "DecryptionFailure",
        "InvalidRequestException",
        "ResourceNotFoundException",
    }
)


def is_shut(error: Exception) -> bool:
    """Tell whether a store refuses us as such, or its key does, whatever we ask it for."""
    if not isinstance(error, ClientError):
        return False
    code = str(error.response.get("Error", {}).get("Code", ""))
    return code in _SHUT or (code.startswith("KMS.") and code not in _THROTTLES)


def translate(error: Exception) -> Retryable | Terminal:
    """Return what the state machine should know of an error that nobody expected.

    A throttle, a service that is away and a broken connection are worth another try; everything
    else is a defect. The original message is dropped: libraries quote their input.
    """
    if isinstance(error, ClientError):
        answer = error.response
        if answer.get("Error", {}).get("Code") in _THROTTLES:
            return Retryable(RetryableCode.THROTTLED)
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            return Retryable(RetryableCode.DEPENDENCY)
    elif isinstance(error, (HTTPClientError, ConnectionError, IncompleteReadError)):
        return Retryable(RetryableCode.DEPENDENCY)
    return Terminal(TerminalCode.INTERNAL)
