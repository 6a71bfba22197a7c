"""Objects: written once, copied with a comparison, purged to the last version."""

from __future__ import annotations

import hashlib
import io
import uuid

import pytest
from docparser.errors import Terminal
from docparser.model import Piece, Source
from docparser.store.blobs import Blobs, Sources

from tests.stack import Pipeline


@pytest.fixture
def work(pipeline: Pipeline) -> Blobs:
    return Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])


@pytest.fixture
def vault(pipeline: Pipeline) -> Blobs:
    return Blobs(pipeline.client("s3"), pipeline.names["VAULT_BUCKET"])


@pytest.fixture
def key() -> str:
    return f"t/{uuid.uuid4().hex}/x"


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_an_object_is_written_once(work: Blobs, key: str) -> None:
    assert work.put_once(key, b"first", sha256(b"first"), "text/plain")
    assert not work.put_once(key, b"second", sha256(b"second"), "text/plain")
    assert work.get(key) == b"first"


def test_a_file_is_written_once_and_described(work: Blobs, key: str) -> None:
    assert work.put_once(key, io.BytesIO(b"first"), sha256(b"first"), "text/plain")
    assert work.describe(key) == Piece(
        name="x", size_bytes=5, sha256=sha256(b"first"), media_type="text/plain"
    )


def test_an_output_that_is_there_is_read(work: Blobs, key: str) -> None:
    assert work.put_json_once(key, b'"first"') == b'"first"'
    assert work.put_json_once(key, b'"second"') == b'"first"'


def test_a_body_that_was_damaged_on_its_way_is_not_kept(
    pipeline: Pipeline, work: Blobs, key: str
) -> None:
    with pytest.raises(pipeline.client("s3").exceptions.ClientError, match="BadDigest"):
        work.put_once(key, b"body", sha256(b"another body"), "text/plain")
    assert work.find(key) is None


def test_a_copy_is_compared(work: Blobs, vault: Blobs, key: str) -> None:
    work.put(key, b"body", "text/plain")
    source = Source(bucket=work.bucket, key=key)
    version = vault.copy(source, key, sha256(b"body"), content_type="text/plain")
    assert vault.get(key) == b"body"
    assert version is not None


def test_a_copy_says_nothing_that_the_sender_said(pipeline: Pipeline, vault: Blobs) -> None:
    key = f"elsewhere/{uuid.uuid4().hex}"
    s3 = pipeline.client("s3")
    bucket = pipeline.names["INTAKE_BUCKET"]
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=b"<script>",
        ContentType="text/html",
        ContentDisposition="inline; filename=Jane.html",
        Metadata={"name": "Jane", "x": "y"},
        Tagging="who=Jane",
    )
    source = Source(bucket=bucket, key=key)
    vault.copy(source, key, sha256(b"<script>"), content_type="application/pdf")
    where = {"Bucket": vault.bucket, "Key": key}
    head = s3.head_object(**where)
    assert head["ContentType"] == "application/pdf"
    assert (head["Metadata"], head.get("ContentDisposition")) == ({}, None)
    assert s3.get_object_tagging(**where)["TagSet"] == []


def test_a_copy_that_differs_is_deleted_and_said(
    pipeline: Pipeline, work: Blobs, vault: Blobs, key: str
) -> None:
    work.put(key, b"body", "text/plain")
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        vault.copy(
            Source(bucket=work.bucket, key=key),
            key,
            sha256(b"another body"),
            content_type="text/plain",
        )
    assert pipeline.keys("VAULT_BUCKET", key) == []


def test_a_source_that_is_gone_is_said(work: Blobs, vault: Blobs, key: str) -> None:
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        vault.copy(Source(bucket=work.bucket, key=key), key, sha256(b""), content_type="text/plain")


def test_everything_below_a_prefix_is_purged_version_by_version(
    pipeline: Pipeline, vault: Blobs
) -> None:
    prefix = f"t/{uuid.uuid4().hex}/"
    for body in (b"1", b"2"):
        vault.put(prefix + "a", body, "text/plain")
    vault.put(prefix + "b", b"3", "text/plain")
    vault.put(prefix[:-1] + "other/c", b"4", "text/plain")
    assert vault.purge(prefix) == 3
    assert pipeline.keys("VAULT_BUCKET", prefix) == []
    assert vault.get(prefix[:-1] + "other/c") == b"4"
    assert vault.purge(prefix) == 0


def test_a_bucket_without_versions_is_purged_too(pipeline: Pipeline, work: Blobs, key: str) -> None:
    work.put(key, b"1", "text/plain")
    assert work.purge(key.rpartition("/")[0] + "/") == 1
    assert pipeline.keys("WORK_BUCKET", key) == []


def test_a_purge_never_takes_a_prefix_that_others_share(vault: Blobs) -> None:
    with pytest.raises(ValueError, match="ends where a name does"):
        vault.purge("t/d1")


def test_a_source_is_read_at_its_version(pipeline: Pipeline) -> None:
    first = pipeline.upload(b"first", key=f"elsewhere/{uuid.uuid4().hex}")
    pipeline.upload(b"second", key=first.key)
    sources = Sources(pipeline.client("s3"))
    assert sources.open(first).sha256() == sha256(b"first")
    sources.delete(first)
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        sources.open(first)


def test_a_source_with_other_bytes_than_were_taken_in_is_refused(pipeline: Pipeline) -> None:
    source = pipeline.upload(b"body", key=f"elsewhere/{uuid.uuid4().hex}")
    sources = Sources(pipeline.client("s3"))
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        sources.fetch(source, io.BytesIO(), sha256(b"another body"))
    target = io.BytesIO()
    assert sources.fetch(source, target, sha256(b"body")) == {"name": "sample.pdf"}
    assert target.getvalue() == b"body"
