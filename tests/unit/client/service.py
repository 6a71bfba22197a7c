"""A service of a test's own making: a real HTTP server that says what it is told to say.

It checks every signature as AWS documents it, with code that shares nothing with the client's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.credentials import Credentials
from docparser_client.api import Client, Retries

KEY, SECRET, TOKEN, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI", "session/token==", "eu-central-1"
HANG_UP = "hang up"


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    signed: bool


@dataclass(frozen=True)
class Reply:
    """What to answer; a body that ends early breaks the connection."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


class Service:
    """Answers with its replies in their order, and keeps what it was asked."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.broken_off = 0
        self.replies: deque[Reply | str] = deque()
        self.url = ""

    @property
    def endpoint(self) -> str:
        return f"{self.url}/v1"

    def says(self, *answers: Any, status: int = 200, **headers: str) -> None:
        """Answer JSON, each value once."""
        for answer in answers:
            body = json.dumps(answer).encode()
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            self.replies.append(Reply(status, body, {"content-type": "application/json", **named}))

    def refuses(self, status: int, code: str = "", times: int = 1, **headers: str) -> None:
        """Answer problem details."""
        problem = {
            "type": f"urn:docparser:problem:{code}",
            "title": "A title",
            "status": status,
            "detail": f"because of {code}",
            "code": code,
            "request_id": "r-1",
        }
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["content-type"] = "application/problem+json"
        for _ in range(times):
            self.replies.append(Reply(status, json.dumps(problem).encode(), named))

    def client(self, **options: Any) -> Client:
        """Return a client of this service, which does not wait long."""
        return Client(
            self.endpoint,
            **{
                "credentials": Credentials(KEY, SECRET, TOKEN),
                "region": REGION,
                "retries": Retries(base_s=0.001, longest_s=0.01),
                **options,
            },
        )


@contextmanager
def running() -> Iterator[Service]:
    """Serve until the end of a test; by then every reply has been taken."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = int(headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # a bucket stores nothing of it
                service.broken_off += 1
                self.close_connection = True
                return
            split = urlsplit(self.path)
            service.seen.append(
                Seen(
                    method=self.command,
                    path=split.path,
                    query=dict(parse_qsl(split.query, keep_blank_values=True)),
                    headers=headers,
                    body=body,
                    signed=signed(self.command, self.path, headers, body),
                )
            )
            reply = service.replies.popleft()
            if isinstance(reply, str):
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                length = len(reply.body) if reply.length is None else reply.length
                self.send_header("content-length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.length is not None

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
    assert not service.replies


def signed(method: str, target: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a request carries the signature that AWS would compute of it (SigV4)."""
    given = headers.get("authorization", "")
    if not given:
        return False
    algorithm, _, rest = given.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    if not parts["Credential"].startswith(f"{KEY}/"):
        return False  # of the engine's own account, whose signatures nobody checks
    scope = parts["Credential"].removeprefix(f"{KEY}/")
    names = parts["SignedHeaders"].split(";")
    assert algorithm == "AWS4-HMAC-SHA256"
    assert scope == f"{headers['x-amz-date'][:8]}/{REGION}/execute-api/aws4_request"
    assert {"host", "x-amz-date", "x-amz-security-token"} <= set(names)
    assert headers["x-amz-security-token"] == TOKEN
    split = urlsplit(target)
    query = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(split.query, keep_blank_values=True)
    )
    canonical = "\n".join(
        (
            method,
            quote(split.path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{' '.join(headers[name].split())}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    to_sign = "\n".join((algorithm, headers["x-amz-date"], scope, digest))
    expected = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return hmac.compare_digest(expected, parts["Signature"])
