"""Errors have a kind and a code; what passes is asked again, what could happen twice is not."""

import socket
import time

import pytest
from docparser_client import api
from docparser_client.api import Client
from docparser_client.errors import NOT_FOUND, UNAVAILABLE, UNFINISHED, USAGE

from tests.unit.client.records import ID, told
from tests.unit.client.service import HANG_UP, Reply, Service


@pytest.mark.parametrize(
    ("status", "code", "kind", "exit_code"),
    [
        (400, "INVALID_REQUEST", api.InvalidRequest, USAGE),
        (422, "INVALID_REQUEST", api.InvalidRequest, USAGE),
        (403, "FORBIDDEN", api.AccessDenied, UNAVAILABLE),
        (404, "NOT_FOUND", api.NotFound, NOT_FOUND),
        (409, "NOT_READY", api.NotReady, UNFINISHED),
        (409, "CONFLICT", api.Conflict, UNFINISHED),
        (410, "ERASED", api.Erased, NOT_FOUND),
        (413, "TOO_LARGE", api.TooLarge, UNFINISHED),
        (418, "TEAPOT", api.ApiError, UNFINISHED),
        (500, "INTERNAL", api.Unavailable, UNAVAILABLE),
    ],
)
def test_a_refusal_has_its_kind(
    service: Service,
    client: Client,
    status: int,
    code: str,
    kind: type[api.ApiError],
    exit_code: int,
) -> None:
    service.refuses(status, code)

    with pytest.raises(api.ApiError) as caught:
        client.cancel(ID)

    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.request_id) == (status, code, "r-1")
    assert error.exit_code == exit_code
    assert str(error) == f"because of {code}"


@pytest.mark.parametrize("body", [b"", b"<html>403 Forbidden</html>", b"[1]", b'{"code": 7}'])
def test_a_stranger_on_the_way_may_answer_anything(
    service: Service, client: Client, body: bytes
) -> None:
    for kind in ("text/html", "application/problem+json"):
        service.replies.append(Reply(403, body, {"content-type": kind}))

        with pytest.raises(api.AccessDenied) as caught:
            client.document(ID)

        assert (caught.value.status, caught.value.code) == (403, "")
        assert str(caught.value) == "the service answers 403"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_refusal_is_not_the_last_word(
    service: Service, client: Client, status: int
) -> None:
    service.refuses(status, "THROTTLED", times=4)
    service.says(told("QUEUED"))

    assert client.document(ID).status == "QUEUED"
    assert len({seen.headers["x-amz-date"] for seen in service.seen}) >= 1
    assert all(seen.signed for seen in service.seen)


def test_a_lost_connection_is_tried_again(service: Service, client: Client) -> None:
    service.replies += [HANG_UP, HANG_UP]
    service.says({"document_id": ID, "status": "QUEUED"})

    created = client.create_document("a", sha256="0" * 64, size_bytes=1)

    assert created.document_id == ID
    assert [seen.method for seen in service.seen] == ["POST"] * 3
    assert len({seen.body for seen in service.seen}) == 1


def test_at_last_it_is_said_that_the_service_is_away(service: Service, client: Client) -> None:
    service.refuses(503, "DEPENDENCY", times=5)

    with pytest.raises(api.Unavailable) as caught:
        client.document(ID)

    assert (caught.value.code, caught.value.status) == ("DEPENDENCY", 503)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    service = Service()
    service.url = f"http://127.0.0.1:{port}"

    with service.client() as client, pytest.raises(api.Unavailable) as caught:
        client.document(ID)

    assert str(caught.value) == "the service does not answer (ConnectError)"
    assert caught.value.status is None


def test_a_cancellation_that_may_have_happened_is_not_repeated(
    service: Service, client: Client
) -> None:
    service.replies.append(HANG_UP)
    with pytest.raises(api.Unavailable):
        client.cancel(ID)
    service.refuses(504, "DEADLINE")
    with pytest.raises(api.Unavailable):
        client.cancel(ID)
    assert len(service.seen) == 2

    service.refuses(429, "THROTTLED")
    service.says(told("CANCELLED"), status=202)
    client.cancel(ID)


def test_the_service_says_how_long_to_wait(service: Service) -> None:
    service.refuses(503, "DEPENDENCY", retry_after="1")
    service.says(told("QUEUED"))
    service.refuses(503, "DEPENDENCY", retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    service.says(told("QUEUED"))
    with service.client(retries=api.Retries(base_s=0, longest_s=0.2)) as client:
        begun = time.monotonic()
        client.document(ID)
        waited = time.monotonic() - begun
        client.document(ID)

    assert 0.2 <= waited < 1  # not longer than the client's own limit
