"""Who may talk to the engine: programs on this machine, not the pages in the user's browser."""

from __future__ import annotations

import http.client
import socket

import pytest

from tests.contract.engine.running import Engine


def status(engine: Engine, headers: dict[str, str], method: str = "GET", path: str = "/") -> int:
    """Return the status of a request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example.com"},
        {"Host": "127.0.0.1.example.com:4566"},
        {"Host": ""},
    ],
)
def test_web_pages_are_kept_out(engine: Engine, headers: dict[str, str]) -> None:
    assert status(engine, headers, path="/_ministack/health") == 403
    assert status(engine, headers, "OPTIONS", "/checks/key") == 403
    assert status(engine, headers, "POST", "/_ministack/reset") == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Host": "localhost:4566"}, {"Host": "127.0.0.1"}, {"Sec-Fetch-Site": "none"}],
)
def test_programs_and_typed_addresses_are_let_in(engine: Engine, headers: dict[str, str]) -> None:
    assert status(engine, headers, path="/_ministack/health") == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_ministack/reset",
        "/_ministack/reset?init=1",
        "/_ministack/%72eset",
        "/_ministack/config",
        "/_ministack/config/",
    ],
)
def test_nobody_resets_or_reconfigures_the_engine(engine: Engine, path: str) -> None:
    engine.client("s3").put_object(Bucket="checks", Key="still-here", Body=b"1")
    assert status(engine, {}, "POST", path) == 403
    assert engine.client("s3").head_object(Bucket="checks", Key="still-here")


def test_a_large_upload_that_waits_for_its_answer(engine: Engine) -> None:
    s3 = engine.client("s3")  # it sends `Expect: 100-continue` before a body
    s3.put_object(Bucket="checks", Key="expectant", Body=b"x" * 3_000_000)
    assert s3.head_object(Bucket="checks", Key="expectant")["ContentLength"] == 3_000_000


@pytest.mark.parametrize(
    "line", [b"GET /checks/Erika Canary.pdf HTTP/1.1", b"GET /k Canary/1.1", b"GET /k"]
)
def test_a_request_that_is_none_is_refused_and_not_quoted(engine: Engine, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", engine.port), timeout=10) as connection:
        connection.sendall(line + b"\r\nHost: 127.0.0.1\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 400 ")
    log = (engine.home / "log").read_text()
    assert "bad request" in log
    assert "Canary" not in log
