"""The client believes neither a vault nor a file that does not hold what was said of it."""

import base64
import hashlib
import json
import os
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from docparser_client.api import AccessDenied, Client, Upload
from docparser_client.errors import FileProblem
from docparser_client.inputs import Input
from docparser_client.results import ResultProblem, Results
from docparser_client.upload import Content, Options, Uploader

from tests.unit.client.records import ID
from tests.unit.client.service import Reply, Service

SHARD = json.dumps({"pages": [{"number": 1}]}).encode()


# ---------------------------------------------------------------------- down
def holding(service: Service, shard: bytes) -> None:
    """Let the vault answer for a document whose one shard has these bytes."""
    file = {"name": "s0001.json", "sha256": hashlib.sha256(SHARD).hexdigest()}
    document = {
        "document_id": ID,
        "revision": 2,
        "shards": [{"shard_id": "s0001", "file": file}],
    }
    for body in (b"# A\n", b"A\n", json.dumps(document).encode(), shard):
        service.replies += [Reply(303, headers={"location": "/vault/x"}), Reply(200, body)]


def save(client: Client, folder: Path) -> Path:
    path = folder / "a.json"
    Results(client).save(ID, 2, path, folder / "a.md", folder / "a.txt")
    return path


def test_a_shard_as_the_document_names_it_is_saved(
    service: Service, client: Client, tmp_path: Path
) -> None:
    holding(service, SHARD)

    saved = json.loads(save(client, tmp_path).read_bytes())

    assert saved["pages"] == [{"number": 1}]
    assert (tmp_path / "a.md").read_bytes() == b"# A\n"
    assert (tmp_path / "a.txt").read_bytes() == b"A\n"
    asked = [seen.query for seen in service.seen if seen.path.endswith("/content")]
    assert asked == [
        {"format": "md", "revision": "2"},
        {"format": "txt", "revision": "2"},
        {"format": "json", "revision": "2"},
        {"format": "json", "revision": "2", "part": "s0001"},
    ]


def test_the_parts_are_of_the_revision_that_was_answered(service: Service, client: Client) -> None:
    holding(service, SHARD)
    for _ in range(4):
        service.replies.popleft()

    b"".join(Results(client).json(ID))

    asked = [seen.query for seen in service.seen if seen.path.endswith("/content")]
    assert asked == [{"format": "json"}, {"format": "json", "revision": "2", "part": "s0001"}]


def test_a_shard_that_differs_from_its_document_is_not_saved(
    service: Service, client: Client, tmp_path: Path
) -> None:
    # Given a shard of the right form and length, with another content
    holding(service, SHARD.replace(b"1", b"2"))
    # Then the result is refused, and no half of it is left behind
    with pytest.raises(ResultProblem, match="s0001"):
        save(client, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "a.txt"]


# ---------------------------------------------------------------------- up
def uploader(client: Client) -> Uploader:
    return Uploader(client, priority="high", options=Options(lane="gpu"), stop=Event())


def upload(service: Service, content: Content) -> Upload:
    checksum = base64.b64encode(bytes.fromhex(content.sha256)).decode()
    headers: dict[str, Any] = {"x-amz-checksum-sha256": checksum}
    return Upload(url=f"{service.url}/intake/x", headers=headers, expires_at="2026-01-01T00:15:00Z")


def test_a_file_that_stayed_as_it_was_is_sent(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"first")
    item, sender = Input(path=path, name="in/a.pdf"), uploader(client)
    content = sender.look(item)
    service.says({"document_id": ID, "status": "AWAITING_UPLOAD"}, status=201)
    service.replies.append(Reply(200))

    assert content == Content(size_bytes=5, sha256=hashlib.sha256(b"first").hexdigest())
    assert sender.announce(item, content).document_id == ID
    sender.send(item, upload(service, content))

    assert json.loads(service.seen[0].body) == {
        "name": "in/a.pdf",
        "sha256": content.sha256,
        "size": 5,
        "priority": "high",
        "lane": "gpu",
    }
    assert service.seen[1].body == b"first"


@pytest.mark.parametrize("size", [5, 5 << 20])
def test_a_file_that_changed_after_it_was_looked_at_is_not_sent(
    service: Service, client: Client, tmp_path: Path, size: int
) -> None:
    # Given a file whose bytes change, but not their number
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(size))
    item, sender = Input(path=path, name="a.pdf"), uploader(client)
    content = sender.look(item)
    path.write_bytes(b"%" + bytes(size - 1))
    # Then the bucket gets nothing that it could store
    with pytest.raises(FileProblem) as caught:
        sender.send(item, upload(service, content))
    assert caught.value.code == "CHECKSUM_MISMATCH"
    assert service.seen == []


def test_a_file_that_is_gone_is_not_sent(service: Service, client: Client, tmp_path: Path) -> None:
    item, sender = Input(path=tmp_path / "gone", name="gone"), uploader(client)
    for attempt in (
        lambda: sender.look(item),
        lambda: sender.send(item, upload(service, Content(1, "0" * 64))),
    ):
        with pytest.raises(FileProblem) as caught:
            attempt()
        assert caught.value.code == "SOURCE_GONE"


def test_a_file_that_the_service_would_not_read_is_not_sent(
    service: Service, client: Client, tmp_path: Path
) -> None:
    service.refuses(413, "TOO_LARGE")

    with pytest.raises(FileProblem) as caught:
        uploader(client).announce(Input(path=tmp_path / "a", name="a"), Content(9, "0" * 64))

    assert caught.value.code == "TOO_LARGE"


def test_what_no_request_can_carry_is_not_even_read(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.touch()
    os.truncate(path, (5 << 30) + 1)

    with pytest.raises(FileProblem) as caught:
        uploader(client).look(Input(path=path, name="a.pdf"))

    assert caught.value.code == "TOO_LARGE"


def test_one_file_that_is_refused_is_not_the_end_of_the_run(
    service: Service, client: Client, tmp_path: Path
) -> None:
    item, content = Input(path=tmp_path / "a", name="a"), Content(9, "0" * 64)
    service.refuses(422, "INVALID_REQUEST")
    with pytest.raises(FileProblem) as caught:
        uploader(client).announce(item, content)
    assert caught.value.code == "INVALID_REQUEST"

    service.refuses(403, "FORBIDDEN")
    with pytest.raises(AccessDenied):
        uploader(client).announce(item, content)


def test_a_name_that_is_not_text_or_too_long_is_told_as_far_as_it_goes(
    service: Service, client: Client, tmp_path: Path
) -> None:
    service.says({"document_id": ID, "status": "QUEUED"})

    item = Input(path=tmp_path / "a", name="d/" * 600 + "\udcff.pdf")
    uploader(client).announce(item, Content(1, "0" * 64))

    name = json.loads(service.seen[0].body)["name"]
    assert len(name) == 1024
    assert name.endswith("d/\ufffd.pdf")
