"""What the client asks, and how it reads the answers."""

import json
from decimal import Decimal
from itertools import islice

import pytest
from docparser.model import Level, Status
from docparser_client.api import Client, Unavailable
from docparser_client.errors import UnavailableError, UsageError
from docparser_client.upload import Options

from tests.unit.client.records import ID, told
from tests.unit.client.service import Reply, Service

UPLOAD = {
    "method": "PUT",
    "url": "http://127.0.0.1/intake/x?X-Amz-Signature=0",
    "headers": {"x-amz-meta-name": "a.pdf"},
    "expires_at": "2026-01-01T00:15:00.000Z",
}


def test_a_document_is_announced_in_a_signed_request(service: Service, client: Client) -> None:
    service.says({"document_id": ID, "status": "AWAITING_UPLOAD", "upload": UPLOAD}, status=201)

    created = client.create_document(
        "Über uns.pdf", sha256="0" * 64, size_bytes=3, priority="high", tags={"a": "b"}
    )

    (seen,) = service.seen
    assert (seen.method, seen.path, seen.signed) == ("POST", "/v1/documents", True)
    assert seen.headers["content-type"] == "application/json"
    assert json.loads(seen.body) == {
        "name": "Über uns.pdf",
        "sha256": "0" * 64,
        "size": 3,
        "priority": "high",
        "tags": {"a": "b"},
    }
    assert created.upload is not None
    assert created.upload.headers == UPLOAD["headers"]


def test_what_is_asked_for_a_document_goes_along(service: Service, client: Client) -> None:
    service.says({"document_id": ID, "status": "RUNNING"})
    client.create_document(
        "a.pdf", sha256="0" * 64, size_bytes=3, policy="fast", level="INTERNAL", lane="cpu"
    )
    said = json.loads(service.seen[0].body)
    assert (said["policy"], said["level"], said["lane"]) == ("fast", "INTERNAL", "cpu")


def test_known_content_needs_no_upload(service: Service, client: Client) -> None:
    service.says({"document_id": ID, "status": "RUNNING"})

    created = client.create_document("a", sha256="0" * 64, size_bytes=0)

    assert (created.status, created.upload) == (Status.RUNNING, None)
    assert "tags" not in json.loads(service.seen[0].body)


def test_a_newer_service_may_say_more(service: Service, client: Client) -> None:
    service.says(
        {
            **told("PARTIAL", pages=3, level="INTERNAL", cost_usd="0.001500"),
            "type": "a_type_of_next_year",
            "pages_by_lane": {"text": 2, "quantum": 1},
            "retention": {"until": "2030"},
        }
    )

    record = client.document(ID)

    assert (record.status, record.level) == (Status.PARTIAL, Level.INTERNAL)
    assert (record.type, record.cost_usd) == ("a_type_of_next_year", Decimal("0.0015"))
    assert record.pages_by_lane == {"text": 2, "quantum": 1}


def test_what_has_not_changed_is_not_sent_again(service: Service, client: Client) -> None:
    service.says(told("RUNNING"), etag='"r1-a1-2"')
    service.replies.append(Reply(304, headers={"etag": '"r1-a1-2"'}))

    first = client.document(ID)
    again = client.document(ID, known=first)

    assert again is first
    assert "if-none-match" not in service.seen[0].headers
    assert service.seen[1].headers["if-none-match"] == '"r1-a1-2"'
    assert service.seen[1].signed


def test_a_list_is_asked_for_page_by_page_as_needed(service: Service, client: Client) -> None:
    one, two, three = (told("FAILED", digit=digit) for digit in "123")
    service.says({"items": [one, two], "next_cursor": "a+/= b"})
    listed = client.documents(status="FAILED", document_type="invoice", page_size=2)

    assert [record.document_id[1] for record in islice(listed, 2)] == ["1", "2"]
    assert len(service.seen) == 1

    service.says({"items": [], "next_cursor": "c"}, {"items": [three], "next_cursor": None})
    assert [record.document_id[1] for record in listed] == ["3"]
    assert service.seen[0].query == {"status": "FAILED", "type": "invoice", "limit": "2"}
    assert [seen.query.get("cursor") for seen in service.seen] == [None, "a+/= b", "c"]
    assert all(seen.signed for seen in service.seen)


@pytest.mark.parametrize(
    "query", ["Gerät & Co.", "a+b %20 'c' (d)*~", "\u2028/?#[]@!$,;=", "\udcff"]
)
def test_a_query_arrives_as_it_was_typed(service: Service, client: Client, query: str) -> None:
    hit = {
        "document_id": ID,
        "revision": 1,
        "page": 2,
        "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]],
        "score": 1.5,
        "snippet": "…",
        "why": "a newer service says more",
    }
    service.says({"schema": "docparser/hits/1", "hits": [hit], "next_cursor": None})

    (found,) = client.search(query, page_size=5)

    assert (found.document_id, found.page) == (ID, 2)
    assert found.polygon is not None
    assert service.seen[0].query == {"q": query.replace("\udcff", "?"), "limit": "5"}
    assert service.seen[0].signed


def test_an_id_cannot_leave_its_place_in_the_path(service: Service, client: Client) -> None:
    service.refuses(404, "NOT_FOUND")

    with pytest.raises(Exception, match="NOT_FOUND"):
        client.document("../health?x#y")

    assert service.seen[0].path == "/v1/documents/..%2Fhealth%3Fx%23y"
    assert service.seen[0].signed


def test_a_walk_is_cancelled(service: Service, client: Client) -> None:
    service.says(told("CANCELLED"), status=202)

    assert client.cancel(ID).status is Status.CANCELLED

    assert (service.seen[0].method, service.seen[0].path) == ("DELETE", f"/v1/documents/{ID}")
    assert service.seen[0].signed


def test_a_password_goes_along_and_shows_in_nothing_that_is_printed(
    service: Service, client: Client
) -> None:
    service.says({"document_id": ID, "status": "AWAITING_UPLOAD"}, status=201)
    client.create_document("a.pdf", sha256="0" * 64, size_bytes=3, password="öffne dich")
    assert json.loads(service.seen[0].body)["password"] == "öffne dich"
    assert "öffne" not in repr(Options(password="öffne dich"))


def test_a_document_is_read_again(service: Service, client: Client) -> None:
    service.says(told("QUEUED", revision=2), told("QUEUED", revision=3), status=202)

    assert client.reprocess(ID).revision == 2
    assert client.reprocess(ID, begin="classify", level="RESTRICTED", lane="cpu").revision == 3

    assert {(seen.method, seen.path) for seen in service.seen} == {
        ("POST", f"/v1/documents/{ID}/revisions")
    }
    assert [json.loads(seen.body) for seen in service.seen] == [
        {"from": "read"},
        {"from": "classify", "level": "RESTRICTED", "lane": "cpu"},
    ]
    assert all(seen.signed for seen in service.seen)


def test_a_failed_document_is_tried_again(service: Service, client: Client) -> None:
    service.says(told("QUEUED", attempt=2), status=202)

    assert client.retry(ID).attempt == 2

    (seen,) = service.seen
    assert (seen.method, seen.path, seen.body) == ("POST", f"/v1/documents/{ID}/attempts", b"")
    assert seen.signed


def test_a_restart_that_may_have_happened_is_not_repeated(service: Service, client: Client) -> None:
    for restart in (client.reprocess, client.retry):
        service.refuses(504, "DEADLINE")
        with pytest.raises(Unavailable):
            restart(ID)
    assert len(service.seen) == 2


def test_health_needs_no_signature(service: Service, client: Client) -> None:
    service.says({"status": "ok", "version": "0.1.0"})

    assert client.health().version == "0.1.0"
    assert "authorization" not in service.seen[0].headers


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"document_id": "d"}'])
def test_an_answer_that_is_none_is_said(service: Service, client: Client, body: bytes) -> None:
    service.replies.append(Reply(200, body))

    with pytest.raises(Unavailable, match="does not understand"):
        client.document(ID)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "abc.execute-api.eu-central-1.amazonaws.com/v1",
        "http://example.com/v1",
        "ftp://127.0.0.1/v1",
        "https://key:secret@example.com/v1",
        "https://example.com/v1?x=y",
        "http://127.0.0.1:99999999/v1",
    ],
)
def test_an_endpoint_is_a_safe_url(endpoint: str) -> None:
    with pytest.raises(UsageError):
        Client(endpoint)


def test_the_region_is_that_of_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    from docparser_client.api.signing import region_of

    assert region_of("abc123.execute-api.eu-west-3.amazonaws.com") == "eu-west-3"
    assert region_of("abc123.execute-api.cn-north-1.amazonaws.com.cn") == "cn-north-1"
    assert region_of("api.example.com") is None
    assert region_of("abc.execute-api.eu-west-3.amazonaws.com.evil.org") is None


def test_without_region_or_credentials_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(UnavailableError, match="credentials"):
        Client("https://api.example.com/v1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(UnavailableError, match="region"):
        Client("https://api.example.com/v1")
    Client("https://api.example.com/v1", region="eu-west-1").close()


def test_the_package_offers_the_client() -> None:
    import docparser_client

    assert docparser_client.Client is Client
    with pytest.raises(AttributeError):
        _ = docparser_client.Klient
