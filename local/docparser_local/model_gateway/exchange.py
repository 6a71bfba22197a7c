"""Inputs, results and notifications: the endpoint's use of S3 and SNS.

The engine may be away for a moment, because it restarts with new code: calls are repeated until it
answers. What it answers counts, a refusal too.
"""

from __future__ import annotations

import asyncio
import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, the root of its connection errors
    HTTPClientError,
    IncompleteReadError,
)

from docparser_local.session import DIRECT, engine_session

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)
T = TypeVar("T")

_AGAIN_S = 0.5


class RefusedError(Exception):
    """S3 or SNS refused a call: the object, the bucket or the topic is not there."""


class Exchange:
    """S3 and SNS of one engine.

    Parameters
    ----------
    endpoint
        Address of the engine.
    """

    def __init__(self, endpoint: str) -> None:
        session = engine_session()
        self._s3 = session.client("s3", endpoint_url=endpoint, config=DIRECT)
        self._sns = session.client("sns", endpoint_url=endpoint, config=DIRECT)

    async def read(self, uri: str, version: str | None = None) -> bytes:
        """Return an object's content, of its newest version or a given one.

        Raises
        ------
        RefusedError
            There is none.
        """
        bucket, key = split_uri(uri)
        pinned: Any = {"VersionId": version} if version else {}

        def get() -> bytes:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key, **pinned)["Body"].read()
            return body

        return await _insist(get)

    async def write(self, uri: str, body: bytes, content_type: str) -> None:
        """Store an object.

        Raises
        ------
        RefusedError
            There is no such bucket.
        """
        bucket, key = split_uri(uri)
        await _insist(
            lambda: self._s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)
        )

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Publish a notification.

        Raises
        ------
        RefusedError
            There is no such topic.
        """
        text = json.dumps(message, separators=(",", ":"))
        await _insist(lambda: self._sns.publish(TopicArn=topic, Message=text))


async def _insist(call: Callable[[], T]) -> T:
    while True:
        try:
            return await asyncio.to_thread(call)
        except ClientError as error:
            answer = error.response
            if answer["ResponseMetadata"]["HTTPStatusCode"] < HTTPStatus.INTERNAL_SERVER_ERROR:
                # The message may quote a key; the code says what is wrong.
                raise RefusedError(str(answer["Error"]["Code"])) from None
            LOG.warning("the engine failed a call: %s", answer["Error"]["Code"])
        except (HTTPClientError, ConnectionError, IncompleteReadError) as error:
            LOG.warning("the engine is away: %s", type(error).__name__)
        await asyncio.sleep(_AGAIN_S)


def split_uri(uri: str) -> tuple[str, str]:
    """Split ``s3://bucket/key``, or the path-style ``https://`` form of it."""
    scheme, _, rest = uri.partition("://")
    if scheme == "https":
        rest = rest.partition("/")[2]
    bucket, _, key = rest.partition("/")
    return bucket, key
