"""The container's side of the contract: ``POST /invocations`` of the server behind an endpoint."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_CONNECT_TIMEOUT_S = 5.0
_JSON = "application/json"


class NotReadyError(Exception):
    """The server is away, still loads its models, or is too busy: nothing was computed."""


class BrokenConnectionError(Exception):
    """The server went away with a request in its hands."""


class InvocationTimeoutError(Exception):
    """The answer did not come within the invocation's time."""


@dataclass(frozen=True)
class Answer:
    """What the container answered: an HTTP status, a body and its type."""

    status: int
    body: bytes
    content_type: str
    custom_attributes: str = ""
    sized: bool = True

    @property
    def ok(self) -> bool:
        """Whether SageMaker takes it for a result; an answer of unknown length it refuses."""
        return self.status < HTTPStatus.BAD_REQUEST and self.sized


class ModelServer:
    """Calls one model server over HTTP.

    Parameters
    ----------
    url
        Its address, without a path.
    """

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=None),
            trust_env=False,  # 127.0.0.1 is behind nobody's proxy
        )

    async def __aenter__(self) -> ModelServer:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def invoke(self, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Answer:
        """Send one request.

        Raises
        ------
        NotReadyError
            It can be sent again: nobody has worked on it.
        BrokenConnectionError, InvocationTimeoutError
            It was taken, and no answer came.
        """
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._client.post(
                    "/invocations", content=body, headers=dict(headers)
                )
        except TimeoutError:
            raise InvocationTimeoutError from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotReadyError from error
        except httpx.TransportError as error:
            raise BrokenConnectionError from error
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise NotReadyError
        return Answer(
            status=response.status_code,
            body=response.content,
            content_type=response.headers.get("content-type", _JSON),
            custom_attributes=response.headers.get("x-amzn-sagemaker-custom-attributes", ""),
            sized="content-length" in response.headers,
        )
