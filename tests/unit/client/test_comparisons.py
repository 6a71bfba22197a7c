"""The client believes neither a vault nor a file that does not hold what was said of it."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from docparser.intake.identity import document_id
from docparser_client.errors import FileProblem
from docparser_client.inputs import Input
from docparser_client.results import ResultProblem, Results
from docparser_client.upload import Content, Uploader

from tests.unit.client.records import record

REF = record("COMPLETED").ref
SHARD = json.dumps({"pages": [{"number": 1}]}).encode()
LARGE = (8 << 20) + 1  # one byte more than one request takes: sent in two parts


@pytest.fixture
def s3() -> Iterator[Stubber]:
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


# ---------------------------------------------------------------------- down
def holding(s3: Stubber, shard: bytes) -> None:
    """Let the vault answer for a document whose one shard has these bytes."""
    file = {"name": "s0001.json", "sha256": hashlib.sha256(SHARD).hexdigest()}
    document = {
        "document_id": REF.document_id,
        "shards": [{"shard_id": "s0001", "file": file}],
    }
    stored = {
        "document.md": b"# A\n",
        "document.txt": b"A\n",
        "document.json": json.dumps(document).encode(),
        "pages/s0001.json": shard,
    }
    for name, body in stored.items():
        s3.add_response(
            "get_object",
            {"Body": StreamingBody(io.BytesIO(body), len(body))},
            {"Bucket": "vault", "Key": f"default/{REF.document_id}/r1/{name}"},
        )


def save(s3: Stubber, folder: Path) -> Path:
    path = folder / "a.json"
    Results(s3.client, "vault").save(REF, path, folder / "a.md", folder / "a.txt")
    return path


def test_a_shard_as_the_document_names_it_is_saved(s3: Stubber, tmp_path: Path) -> None:
    holding(s3, SHARD)
    assert json.loads(save(s3, tmp_path).read_bytes())["pages"] == [{"number": 1}]


def test_a_shard_that_differs_from_its_document_is_not_saved(s3: Stubber, tmp_path: Path) -> None:
    # Given a shard of the right form and length, with another content
    holding(s3, SHARD.replace(b"1", b"2"))
    # Then the result is refused, and no half of it is left behind
    with pytest.raises(ResultProblem, match="s0001"):
        save(s3, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "a.txt"]


# ---------------------------------------------------------------------- up
def uploader(s3: Stubber, max_bytes: int = LARGE) -> Uploader:
    return Uploader(
        s3.client, "intake", tenant="t", priority="standard", max_bytes=max_bytes, stop=Event()
    )


def test_a_file_that_stayed_as_it_was_is_sent(s3: Stubber, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"first")
    item, sender = Input(path, "a.pdf"), uploader(s3)
    content = sender.look(item)
    s3.add_response("put_object", {"ETag": '"0"'})
    assert content == Content(size_bytes=5, sha256=hashlib.sha256(b"first").hexdigest())
    assert sender.send(item, content) == document_id("t", content.sha256)


def test_a_file_that_changed_after_it_was_looked_at_is_not_sent(
    s3: Stubber, tmp_path: Path
) -> None:
    # Given a file whose bytes change, but not their number
    path = tmp_path / "a.pdf"
    path.write_bytes(b"first")
    item, sender = Input(path, "a.pdf"), uploader(s3)
    content = sender.look(item)
    path.write_bytes(b"other")
    # Then S3 is not asked for a thing
    with pytest.raises(FileProblem) as caught:
        sender.send(item, content)
    assert caught.value.code == "CHECKSUM_MISMATCH"


def test_a_file_that_intake_would_not_read_is_not_sent(s3: Stubber, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"first")
    with pytest.raises(FileProblem) as caught:
        uploader(s3, max_bytes=4).look(Input(path, "a.pdf"))
    assert caught.value.code == "TOO_LARGE"


def test_a_large_file_that_changed_leaves_no_parts_behind(s3: Stubber, tmp_path: Path) -> None:
    # Given a file that goes in parts, and changes after it was looked at
    path = tmp_path / "a.pdf"
    path.touch()
    os.truncate(path, LARGE)
    item, sender = Input(path, "a.pdf"), uploader(s3)
    content = sender.look(item)
    with path.open("r+b") as file:
        file.write(b"%")
    # When it is sent, its parts are dropped and never joined
    upload = {"Bucket": "intake", "Key": ANY, "UploadId": "u"}
    s3.add_response("create_multipart_upload", {"UploadId": "u"})
    for _ in range(2):
        s3.add_response("upload_part", {"ETag": '"0"'})
    s3.add_response("abort_multipart_upload", {}, upload)
    with pytest.raises(FileProblem) as caught:
        sender.send(item, content)
    assert caught.value.code == "CHECKSUM_MISMATCH"
