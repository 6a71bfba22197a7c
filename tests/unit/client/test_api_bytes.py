"""Bytes up and down: whole or not at all, and no signature where none belongs."""

import base64
import hashlib
import os
from pathlib import Path
from threading import Event

import pytest
from docparser_client import api
from docparser_client.api import Client, Upload
from docparser_client.errors import FileChanged, Stopped

from tests.unit.client.records import ID
from tests.unit.client.service import HANG_UP, Reply, Service


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def upload_of(service: Service, content: bytes) -> Upload:
    return Upload(
        url=f"{service.url}/intake/standard/default/x?X-Amz-Signature=a%2Fb",
        headers={
            "x-amz-meta-name": "%C3%9Cber.pdf",
            "X-Amz-Checksum-Sha256": sha256(content),
            "content-length": str(len(content)),
        },
        expires_at="2026-01-01T00:15:00.000Z",
    )


# ---------------------------------------------------------------------- up
@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 7])
def test_a_file_arrives_as_it_is(
    service: Service, client: Client, tmp_path: Path, size: int
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content := os.urandom(size))
    service.replies.append(Reply(200))

    client.upload(upload_of(service, content), path)

    (seen,) = service.seen
    assert (seen.method, seen.path) == ("PUT", "/intake/standard/default/x")
    assert seen.query == {"X-Amz-Signature": "a/b"}
    assert seen.body == content
    assert seen.headers["x-amz-meta-name"] == "%C3%9Cber.pdf"
    assert seen.headers["x-amz-checksum-sha256"] == sha256(content)
    assert "transfer-encoding" not in seen.headers
    assert not {"authorization", "x-amz-security-token"} & seen.headers.keys()


def test_an_upload_is_sent_again_from_its_beginning(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content := os.urandom(2 << 20))
    service.replies += [Reply(503), HANG_UP, Reply(500), Reply(200)]

    client.upload(upload_of(service, content), path)

    assert [seen.body for seen in service.seen] == [content] * 4


def test_an_upload_that_stalled_is_sent_again(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    # As S3 says that it waited too long for the next bytes.
    service.replies += [Reply(400, b"<Error><Code>RequestTimeout</Code></Error>"), Reply(200)]

    client.upload(upload_of(service, b"x"), path)

    assert [seen.body for seen in service.seen] == [b"x"] * 2


def test_an_upload_that_is_wrong_is_not_sent_again(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    service.replies.append(Reply(400, b"<Error><Code>BadDigest</Code></Error>"))

    with pytest.raises(api.InvalidRequest):
        client.upload(upload_of(service, b"x"), path)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"first", b"other"), (b"first", b"short"[:3]), (b"first", b"longer"), (b"", b"x")],
)
def test_a_file_that_changed_is_not_sent(
    service: Service, client: Client, tmp_path: Path, before: bytes, after: bytes
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(after)

    with pytest.raises(FileChanged):
        client.upload(upload_of(service, before), path)

    assert (service.seen, service.broken_off) == ([], 0)


@pytest.mark.parametrize("at", [0, 1 << 20, (2 << 20) - 1])
def test_a_large_file_that_changed_does_not_arrive_whole(
    service: Service, client: Client, tmp_path: Path, at: int
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content := bytes(2 << 20))
    upload = upload_of(service, content)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"%")

    with pytest.raises(FileChanged):
        client.upload(upload, path)

    assert service.seen == []


def test_a_file_that_is_gone_says_so(service: Service, client: Client, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.upload(upload_of(service, b"x"), tmp_path / "gone")


def test_an_upload_ends_when_it_is_told_to(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    stop = Event()
    stop.set()

    with pytest.raises(Stopped):
        client.upload(upload_of(service, b"x"), path, stop=stop)

    assert service.seen == []


def test_a_bucket_that_refuses_is_heard(service: Service, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    service.replies.append(Reply(403, b"<Error><Code>AccessDenied</Code></Error>"))

    with pytest.raises(api.AccessDenied):
        client.upload(upload_of(service, b"x"), path)


# ---------------------------------------------------------------------- down
def redirects(service: Service, location: str) -> None:
    service.replies.append(Reply(303, headers={"location": location}))


def test_a_redirect_is_followed_without_the_signature(service: Service, client: Client) -> None:
    redirects(service, f"{service.url}/vault/document.md?X-Amz-Signature=a%2Fb&x-id=GetObject")
    service.replies.append(Reply(200, "# Ü\n".encode()))

    with client.content(ID, "md", revision=2) as pieces:
        assert b"".join(pieces) == "# Ü\n".encode()

    asked, fetched = service.seen
    assert (asked.path, asked.query) == (
        f"/v1/documents/{ID}/content",
        {"format": "md", "revision": "2"},
    )
    assert asked.signed
    assert fetched.path == "/vault/document.md"
    assert fetched.query == {"X-Amz-Signature": "a/b", "x-id": "GetObject"}
    assert not {
        name for name in fetched.headers if name == "authorization" or name.startswith("x-amz")
    }


def test_a_part_is_asked_for_by_its_shard(service: Service, client: Client) -> None:
    redirects(service, "/vault/pages/s0001.json")
    service.replies.append(Reply(200, b"{}"))

    assert client.read(ID, "json", part="s0001") == b"{}"
    assert service.seen[0].query == {"format": "json", "part": "s0001"}
    assert service.seen[1].path == "/vault/pages/s0001.json"


def test_a_result_comes_in_pieces(service: Service, client: Client) -> None:
    content = os.urandom((2 << 20) + 5)
    redirects(service, "/vault/document.json")
    service.replies.append(Reply(200, content))

    with client.content(ID, "json") as pieces:
        taken = list(pieces)

    assert b"".join(taken) == content
    assert max(map(len, taken)) <= 1 << 20


def test_a_result_that_breaks_off_is_no_result(service: Service, client: Client) -> None:
    redirects(service, "/vault/document.json")
    service.replies.append(Reply(200, b"half", length=8))

    with pytest.raises(api.Unavailable, match="RemoteProtocolError"):
        client.read(ID, "json")


def test_a_busy_bucket_is_asked_again(service: Service, client: Client) -> None:
    redirects(service, "/vault/document.json")
    service.replies += [Reply(503), Reply(200, b"{}")]

    assert client.read(ID, "json") == b"{}"


@pytest.mark.parametrize(
    "reply",
    [Reply(200, b"{}"), Reply(303), Reply(302, headers={"location": "/vault/x"})],
)
def test_an_answer_without_a_place_is_none(service: Service, client: Client, reply: Reply) -> None:
    service.replies.append(reply)

    with pytest.raises(api.ApiError):
        client.read(ID, "json")

    assert len(service.seen) == 1


def test_a_result_that_is_not_ready_says_so(service: Service, client: Client) -> None:
    service.refuses(409, "NOT_READY")

    with pytest.raises(api.NotReady):
        client.read(ID, "json")
