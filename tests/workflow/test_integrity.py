"""No document is completed with other bytes than were taken in, or than were read."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from docparser.model import Record, Source, Status, now
from docparser.store.executions import Executions

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.test_faults import NOWHERE, seen_failing
from tests.workflow.test_walk import ref_of, stored_without_event


def stored(pipeline: Pipeline, bucket: str, key: str) -> bytes:
    answer = pipeline.client("s3").get_object(Bucket=pipeline.names[bucket], Key=key)
    return answer["Body"].read()


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_an_upload_that_is_overwritten_is_read_as_it_came(pipeline: Pipeline) -> None:
    # Given a key that was written twice before anybody read it
    key = f"standard/default/{uuid.uuid4().hex}"
    first, second = text_pdf(("the first",)), text_pdf(("the second",))
    sources = [stored_without_event(pipeline, content, key) for content in (first, second)]
    assert sources[0].version_id != sources[1].version_id
    # When both writes are told of
    for source, content in zip(sources, (first, second), strict=True):
        pipeline.tell(source, len(content))
    # Then each is a document of its own bytes
    for content, text in ((first, "the first"), (second, "the second")):
        record = pipeline.ended(ref_of(content))
        assert record.status is Status.COMPLETED
        prefix = f"default/{record.ref.document_id}/r1/"
        assert stored(pipeline, "VAULT_BUCKET", f"{prefix}original") == content
        assert stored(pipeline, "VAULT_BUCKET", f"{prefix}document.txt").decode().strip() == text


@pytest.mark.parametrize(
    ("tampered", "copied", "stage"),
    [
        # A level decided on changed text would be no level: the next reader must notice.
        ("read/s0001.json", "pages/s0001.json", "classify"),
        ("assemble/document.txt", "document.txt", "place"),
        ("assemble/document.md", "document.md", "place"),
    ],
)
def test_a_result_that_was_changed_before_it_was_stored_fails_its_document(
    pipeline: Pipeline, tampered: str, copied: str, stage: str
) -> None:
    # Given a walk that was held up after its pages were read and counted
    content = text_pdf(("The agreed price is 1000 euros.",))
    ref = ref_of(content)
    key = f"default/{ref.document_id}/r1/{tampered}"
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        until(lambda: seen_failing(pipeline, content))
        # When somebody changes a figure in what was read, and the walk goes on
        read = stored(pipeline, "WORK_BUCKET", key)
        assert b"1000" in read
        pipeline.client("s3").put_object(
            Bucket=pipeline.names["WORK_BUCKET"], Key=key, Body=read.replace(b"1000", b"9000")
        )
    record = pipeline.ended(ref)
    # Then the document fails, and the vault holds neither the copy nor a document that names it
    assert (record.status, record.code) == (Status.FAILED, "CHECKSUM_MISMATCH")
    assert record.stage == stage
    kept = pipeline.keys("VAULT_BUCKET", f"default/{ref.document_id}/")
    assert not [key for key in kept if key.endswith((f"r1/{copied}", "document.json"))]


def test_a_source_with_other_bytes_than_its_record_says_fails_before_it_is_read(
    pipeline: Pipeline,
) -> None:
    # Given a record of some bytes, and a walk that is sent to others
    expected, other = text_pdf(), text_pdf()
    ref, moment = ref_of(expected), now()
    source: Source = stored_without_event(pipeline, other)
    record = Record(
        ref=ref,
        status=Status.QUEUED,
        source=source,
        content_sha256=sha256(expected),
        size_bytes=len(expected),
        created_at=moment,
        updated_at=moment,
    )
    assert pipeline.records.open(record, name="x.pdf", upload_id=uuid.uuid4().hex)
    # When it walks
    machine = pipeline.names["STATE_MACHINE_ARN"]
    executions = Executions(pipeline.client("stepfunctions"), machine)
    assert executions.start(record)
    ended = pipeline.ended(ref)
    # Then it ends where it began, without a plan
    assert (ended.status, ended.code) == (Status.FAILED, "CHECKSUM_MISMATCH")
    assert ended.stage == "preflight"
    assert pipeline.keys("WORK_BUCKET", f"default/{ref.document_id}/") == []
