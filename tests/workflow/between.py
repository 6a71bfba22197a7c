"""Someone between a function and AWS: a test decides what becomes of each request.

A function is pointed here by ``AWS_ENDPOINT_URL_<SERVICE>``. A rule sees each request before it is
forwarded and may answer in AWS's place, forward it and kill the worker that sent it, or kill it
before anything is forwarded: the two sides of every call.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
_SOCKET = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True)
class Request:
    """One call of a function: ``action`` is DynamoDB's or SQS's, else the method and the path."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def action(self) -> str:
        target = self.headers.get("x-amz-target", "")
        return target.rpartition(".")[2] or f"{self.method} {urlsplit(self.path).path}"


@dataclass(frozen=True)
class Answer:
    """What the function gets instead of AWS's answer; ``body`` is a part of it if ``cut``."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Kill:
    """The sender dies by SIGKILL, before its request is forwarded or once it was answered."""

    def __init__(self, *, after: bool) -> None:
        self.after = after


def throttled() -> Answer:
    """Return DynamoDB's answer when a table is asked too often."""
    return Answer(
        400,
        b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",'
        b' "message": "too often"}',
        {"Content-Type": "application/x-amz-json-1.0"},
    )


@dataclass
class Between:
    """The proxy: what passed, and the rule for what comes."""

    url: str = ""
    passed: list[Request] = field(default_factory=list)
    killed: list[int] = field(default_factory=list)
    rule: Callable[[Request], Answer | Kill | None] = lambda _request: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, request: Request) -> Answer | Kill | None:
        with self._lock:  # one at a time, so that a rule may count
            decision = self.rule(request)
            self.passed.append(request)
            return decision


@contextlib.contextmanager
def between(endpoint: str) -> Iterator[Between]:
    """Stand before an endpoint (``http://127.0.0.1:port``) until the end."""
    proxy = Between()
    kind = type("Bound", (_Handler,), {"proxy": proxy, "target": urlsplit(endpoint).netloc})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Takes one call after another of a connection."""

    protocol_version = "HTTP/1.1"
    proxy: Between
    target: str

    def handle_one_request(self) -> None:
        """Pass one request on, whatever its method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if not self.parse_request():
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self._body())
        decision = self.proxy.decide(request)
        if isinstance(decision, Answer):
            self._send(decision)
        elif decision is None:
            self._send(self._forward(request))
        else:
            if decision.after:
                self._forward(request)
            self._kill()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _forward(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection(self.target, timeout=60)
        kept = {name: value for name, value in request.headers.items() if name not in _HOP}
        connection.request(request.method, request.path, request.body, kept)
        got = connection.getresponse()
        content = got.read()
        connection.close()
        passed = {name: value for name, value in got.getheaders() if name.lower() not in _HOP}
        if request.method == "HEAD":
            passed["Content-Length"] = got.getheader("Content-Length", "0")
        return Answer(got.status, content, passed)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body) * (2 if answer.cut else 1)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(answer.body)
        self.close_connection = self.close_connection or answer.cut

    def _kill(self) -> None:
        for pid in holders(self.client_address[1], self.server.server_address[1]):
            self.proxy.killed.append(pid)
            os.kill(pid, signal.SIGKILL)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def holders(port: int, remote: int) -> list[int]:
    """Return the processes, but this one, that hold a connection between two local ports."""
    inodes = set()
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = row.split()
        ends = [int(columns[n].rpartition(":")[2], 16) for n in (1, 2)]
        # The number of a port may be in use towards other servers, too.
        if ends == [port, remote]:
            inodes.add(columns[9])
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    link = _SOCKET.fullmatch(str(descriptor.readlink()))
                    if link and link[1] in inodes:
                        found.append(int(process.name))
    return found
