"""A small HTTP/1.1 server for one ASGI application on the loopback interface.

The general server that comes with ministack spends more time on a request than most services do
(measured: a third of the engine's processor time). This one knows that its clients are AWS SDKs on
the same machine: whole request bodies in memory, no TLS, no HTTP/2, no WebSocket.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from docparser_local.admission import admitted

LOG = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Coroutine[Any, Any, None]]

_MAX_HEAD_BYTES = 1 << 16
_STOP_GRACE_S = 2.0
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_BODYLESS = (204, 304)


class Counted:
    """Counts the requests that reach an application."""

    def __init__(self, application: Application) -> None:
        self.requests = 0
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        self.requests += 1
        await self._application(scope, receive, send)


class BadRequestError(Exception):
    """The bytes on the connection are no HTTP/1.1 request."""


class ForbiddenRequestError(Exception):
    """The request is not one that the engine takes; see :mod:`docparser_local.admission`."""


class Connection(asyncio.Protocol):
    """One client connection; requests on it are answered one after the other."""

    def __init__(self, application: Application, connections: set[Connection]) -> None:
        self._application = application
        self._connections = connections
        self._buffer = bytearray()
        self._body: _Body | None = None
        self._scope: Message = {}
        self._task: asyncio.Task[None] | None = None
        self._gone = asyncio.get_running_loop().create_future()

    # ------------------------------------------------------------ asyncio.Protocol
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP makes no other
        self._transport = transport
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; start the application when a request is whole."""
        self._buffer += data
        if self._task is None:
            self._advance()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell a waiting application that the client has left."""
        self._connections.discard(self)
        if not self._gone.done():
            self._gone.set_result(exc)

    @property
    def busy(self) -> bool:
        """Whether a request is being answered."""
        return self._task is not None

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    # ------------------------------------------------------------ reading
    def _advance(self) -> None:
        try:
            if self._body is None and not self._read_head():
                return
            assert self._body is not None  # noqa: S101 - just made
            if not self._body.feed(self._buffer):
                return
        except ForbiddenRequestError:
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        except (BadRequestError, ValueError) as error:
            # Neither the text nor the bytes: the keys in a path may be people's names.
            LOG.warning("bad request: %s", type(error).__name__)
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        body, self._body = self._body.bytes(), None
        self._task = asyncio.get_running_loop().create_task(self._answer(self._scope, body))

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without the application, and close: an unread body may follow."""
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\n"
        self._transport.write(f"{head}Connection: close\r\n\r\n".encode())
        self._transport.close()

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEAD_BYTES:
                raise BadRequestError("the request head does not end")
            return False
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        lines = head.split(b"\r\n")
        method, target, version = lines[0].split(b" ")
        if not version.startswith(b"HTTP/1."):
            raise BadRequestError("unknown version")
        headers = [_header(line) for line in lines[1:]]
        length, chunked, expectant = 0, False, False
        for name, value in headers:
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                chunked = value.lower() == b"chunked"
            elif name == b"expect":
                expectant = value.lower() == b"100-continue"
        raw_path, _, query = target.partition(b"?")
        path = unquote(target.decode("ascii").partition("?")[0])
        if not admitted(path, headers):
            raise ForbiddenRequestError
        if expectant:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method.decode("ascii"),
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
            "client": self._transport.get_extra_info("peername"),
            "server": self._transport.get_extra_info("sockname"),
        }
        self._body = _ChunkedBody() if chunked else _SizedBody(length)
        return True

    # ------------------------------------------------------------ answering
    async def _answer(self, scope: Message, body: bytes) -> None:
        request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        response = _Response(self._transport, scope["method"] == "HEAD")

        async def receive() -> Message:
            if request:
                return request.pop()
            await asyncio.shield(self._gone)
            return {"type": "http.disconnect"}

        try:
            await self._application(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            # Not the path, not the error's text: both may quote keys, which may be names.
            kind = type(error).__name__
            LOG.error("the application failed on a %s: %s", scope["method"], kind)
            response.fail()
        self._task = None
        if self._buffer and not self._transport.is_closing():
            self._advance()


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon:
        raise BadRequestError("a header without a colon")
    return name.lower(), value.strip()


class _SizedBody:
    """A request body of known length."""

    def __init__(self, length: int) -> None:
        self._missing = length
        self._parts: list[bytes] = []

    def feed(self, buffer: bytearray) -> bool:
        """Take what belongs to the body; return whether it is whole."""
        if self._missing and buffer:
            part = bytes(buffer[: self._missing])
            del buffer[: len(part)]
            self._parts.append(part)
            self._missing -= len(part)
        return self._missing == 0

    def bytes(self) -> bytes:
        """Return the body."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


class _ChunkedBody:
    """A request body in chunks (RFC 9112, section 7.1); trailers are dropped."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, buffer: bytearray) -> bool:
        """Take whole chunks; return whether the last one has come."""
        while (end := buffer.find(b"\r\n")) >= 0:
            size = int(bytes(buffer[:end]).partition(b";")[0], 16)
            if size == 0:
                trailer_end = buffer.find(b"\r\n\r\n", end)
                if trailer_end < 0:
                    return False
                del buffer[: trailer_end + 4]
                return True
            if len(buffer) < end + 2 + size + 2:
                return False
            self._parts.append(bytes(buffer[end + 2 : end + 2 + size]))
            del buffer[: end + 2 + size + 2]
        return False

    def bytes(self) -> bytes:
        """Return the body."""
        return b"".join(self._parts)


_Body = _SizedBody | _ChunkedBody


class _Response:
    """Writes one response; head and first part go out in one piece."""

    def __init__(self, transport: asyncio.Transport, head_only: bool) -> None:
        self._transport = transport
        self._head_only = head_only
        self._start: Message | None = None
        self._chunked = False
        self._begun = False

    async def send(self, message: Message) -> None:
        """Take an ASGI message."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        out = b"" if self._begun else self._head(len(body), more)
        self._begun = True
        if not self._head_only:
            out += self._framed(body, more) if self._chunked else body
        self._transport.write(out)

    def fail(self) -> None:
        """Report a failed application, if nothing has been sent yet; close the connection."""
        if not self._begun:
            line = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
            self._transport.write(line)
        self._transport.close()

    def _head(self, size: int, more: bool) -> bytes:
        assert self._start is not None  # noqa: S101 - ASGI orders it so
        status = self._start["status"]
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}".encode()]
        sized = False
        for name, value in self._start["headers"]:
            sized = sized or name.lower() == b"content-length"
            lines.append(name + b": " + value)
        if not sized and status not in _BODYLESS:
            self._chunked = more
            framing = b"Transfer-Encoding: chunked" if more else b"Content-Length: %d" % size
            lines.append(framing)
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _framed(self, body: bytes, more: bool) -> bytes:
        chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return chunk if more else chunk + b"0\r\n\r\n"


@asynccontextmanager
async def lifespan(application: Application) -> AsyncIterator[None]:
    """Run the application's start-up before, and its shutdown after, the block."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.create_task(application({"type": "lifespan"}, inbox.get, outbox.put))

    async def step(name: str) -> None:
        await inbox.put({"type": f"lifespan.{name}"})
        reply = await outbox.get()
        if reply["type"] != f"lifespan.{name}.complete":
            raise RuntimeError(f"{name} failed: {reply.get('message', '')}")

    await step("startup")
    try:
        yield
    finally:
        await step("shutdown")
        await task


@asynccontextmanager
async def listening(application: Application, host: str, port: int) -> AsyncIterator[None]:
    """Serve the application inside the block; at its end open requests get a moment to finish."""
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(application, connections), host, port)
    try:
        yield
    finally:
        server.close()
        deadline = loop.time() + _STOP_GRACE_S
        while any(c.busy for c in connections) and loop.time() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(connections):
            connection.close()
