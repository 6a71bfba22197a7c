"""Requests to a stack: signed, repeated where that helps, and refused in words."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx

from docparser_client.errors import UsageError

from .errors import Unavailable, refusal
from .retries import Retries, worth_repeating
from .signing import (
    LOCAL_REGION,
    Signature,
    found_credentials,
    found_region,
    local_credentials,
    region_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.credentials import Credentials

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CONNECTIONS = 32  # records, uploads and downloads at the same time
_CONNECT_S = 5.0
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Transport:
    """The way to one API and to the buckets behind it. It may be shared by threads.

    Parameters
    ----------
    endpoint, credentials, region, timeout_s, retries
        As for `Client`.

    Raises
    ------
    UsageError
        The endpoint is no URL of an API.
    UnavailableError
        No credentials or no region can be found.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        credentials: Credentials | None,
        region: str | None,
        timeout_s: float,
        retries: Retries | None,
    ) -> None:
        self._base = _checked(endpoint)
        host = self._base.host
        self._retries = retries or Retries()
        here = host in _LOOPBACK
        self._signature = Signature(
            credentials or (local_credentials() if here else found_credentials()),
            region or (LOCAL_REGION if here else region_of(host) or found_region()),
        )
        trust_env = not here  # this machine's loopback is behind nobody's proxy
        options: dict[str, Any] = {
            # To read the certificates takes 50 ms: once for both clients.
            "verify": httpx.create_ssl_context(trust_env=trust_env),
            "trust_env": trust_env,
            "timeout": httpx.Timeout(timeout_s, connect=_CONNECT_S),
            "limits": httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
        }
        self._api = httpx.Client(**options)
        # Another client, which has no way to sign: what a presigned URL opens needs no signature,
        # and the bucket's host must never see one.
        self._storage = httpx.Client(**options)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._storage.close()

    @property
    def secure(self) -> bool:
        """Whether nobody on the way can read along."""
        return self._base.scheme == "https"

    def call(
        self,
        method: str,
        path: str,
        words: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        also: int | None = None,
        repeatable: bool = True,
        signed: bool = True,
    ) -> httpx.Response:
        """Ask the service; return its answer, if it is a success or the one ``also`` welcome.

        Raises
        ------
        ApiError
            It is neither.
        """
        url = self._url(path, words or {})
        content = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"content-type": "application/json"}

        def request() -> httpx.Request:
            given = {"accept": "application/json", **typed, **(headers or {})}
            return self._api.build_request(method, url, content=content, headers=given)

        auth = self._signature if signed else None
        response = self._answer(self._api, request, auth=auth, repeatable=repeatable)
        if response.is_success or response.status_code == also:
            return response
        raise refusal(response)

    def pages(self, path: str, words: Mapping[str, Any]) -> Iterator[httpx.Response]:
        """Yield one answer after the other, as long as there is a cursor to the next."""
        cursor: str | None = None
        while True:
            response = self.call("GET", path, {**words, "cursor": cursor})
            yield response
            cursor = _cursor(response)
            if not cursor:
                return

    def storage(
        self,
        method: str,
        url: str | httpx.URL,
        *,
        headers: Mapping[str, str] | None = None,
        content: Callable[[], Iterator[bytes]] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """Ask a bucket by a presigned URL; return its answer, whatever it says.

        Parameters
        ----------
        method, url, headers
            The request.
        content
            Makes the body, anew for every try.
        stream
            Whether the answer is left unread; then whoever asked closes it.
        """

        def request() -> httpx.Request:
            body = None if content is None else content()
            return self._storage.build_request(method, url, headers=headers, content=body)

        return self._answer(self._storage, request, auth=None, repeatable=True, stream=stream)

    def _answer(
        self,
        client: httpx.Client,
        request: Callable[[], httpx.Request],
        *,
        auth: httpx.Auth | None,
        repeatable: bool,
        stream: bool = False,
    ) -> httpx.Response:
        """Send a request until it is answered; return the last answer, whatever it says.

        Raises
        ------
        Unavailable
            There is none.
        """
        for attempt in range(1, self._retries.attempts + 1):
            last = attempt == self._retries.attempts
            response = None
            try:
                response = client.send(request(), auth=auth, stream=stream)
            except httpx.TransportError as error:
                if last or not (repeatable or isinstance(error, _UNSENT)):
                    raise away(error) from None
            else:
                if last or not worth_repeating(response, repeatable=repeatable):
                    return response
                response.close()
            time.sleep(self._retries.pause_s(attempt, response))
        raise Unavailable("the service was not asked")

    def _url(self, path: str, words: Mapping[str, Any]) -> httpx.URL:
        given = {name: value for name, value in words.items() if value is not None}
        # A signature is over the bytes of the query, in which a space is %20 and never a plus.
        query = urlencode(given, quote_via=quote, errors="replace").encode()
        raw_path = self._base.raw_path.rstrip(b"/") + path.encode()
        return self._base.copy_with(raw_path=raw_path + (b"?" + query if query else b""))


def away(error: httpx.TransportError) -> Unavailable:
    """Return the error of a service that does not answer, or stops in the middle."""
    return Unavailable(f"the service does not answer ({type(error).__name__})")


def _checked(endpoint: str) -> httpx.URL:
    try:
        url = httpx.URL(endpoint)
    except httpx.InvalidURL:
        raise UsageError(f"{endpoint} is not a URL") from None
    local = url.scheme == "http" and url.host in _LOOPBACK
    if not url.host or not (url.scheme == "https" or local) or (url.port or 0) > 65535:
        raise UsageError("an endpoint is an https URL, or an http one of this machine")
    if url.userinfo or url.query or url.fragment:
        raise UsageError("an endpoint is a URL without a name, a query or a fragment")
    return url


def _cursor(response: httpx.Response) -> str | None:
    cursor = response.json().get("next_cursor")
    return cursor if isinstance(cursor, str) else None
