"""The walk of a document through the real state machine: how it may end."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser.intake.identity import document_id
from docparser.model import Level, PageCode, Priority, Record, Ref, Source, Status, Zone, now
from docparser.policy import default_policy
from docparser.route.matrix import allowed_zones

from tests.pdfs import scan_pdf, text_pdf
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


def ref_of(content: bytes, attempt: int = 1) -> Ref:
    content_sha256 = hashlib.sha256(content).hexdigest()
    return Ref(
        tenant="default", document_id=document_id("default", content_sha256), attempt=attempt
    )


def walked(pipeline: Pipeline, content: bytes, name: str = "sample.pdf") -> Record:
    pipeline.upload(content, name)
    return pipeline.ended(ref_of(content))


def test_a_document_is_completed(pipeline: Pipeline) -> None:
    # Given a letter of two pages
    content = text_pdf(("Dear Sir,", "first page"), ("second page", "Kind regards"))
    # When it is uploaded
    source = pipeline.upload(content, "letter.pdf")
    record = pipeline.ended(ref_of(content))
    # Then its record says what was found, event by event
    assert record.status is Status.COMPLETED
    assert record.code is None
    assert (record.pages, record.failed_pages) == (2, 0)
    assert record.pages_by_lane == {"text": 2}
    assert record.index is not None
    assert record.cost_usd > 0
    assert record.finished_at is not None
    assert record.lease_until is None
    assert [to for to, _ in pipeline.events(record.ref)] == ["QUEUED", "RUNNING", "COMPLETED"]
    # And the vault holds the whole result, whose files are those that the document names
    prefix = f"default/{record.ref.document_id}/r1/"
    assert sorted(pipeline.keys("VAULT_BUCKET", prefix)) == [
        prefix + name
        for name in (
            "document.json", "document.md", "document.txt", "original", "pages/s0001.json",
            "pii/s0001.json",
        )
    ]  # fmt: skip
    read = lambda name: (  # noqa: E731
        pipeline.client("s3")
        .get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=prefix + name)["Body"]
        .read()
    )
    document = json.loads(read("document.json"))
    assert document["schema"] == "docparser/document/1"
    assert hashlib.sha256(read("original")).hexdigest() == document["content_sha256"]
    (shard,) = document["shards"]
    assert hashlib.sha256(read("pages/s0001.json")).hexdigest() == shard["file"]["sha256"]
    assert read("document.txt").decode().split("\f")[1].split() == [
        "second", "page", "Kind", "regards"
    ]  # fmt: skip
    # And nothing is left where it came in and where it was worked on
    assert pipeline.keys("WORK_BUCKET", f"default/{record.ref.document_id}/") == []
    assert source.key not in pipeline.keys("INTAKE_BUCKET")


@pytest.mark.parametrize(
    "sample",
    ["en/nda.pdf", "de/rechnung.pdf", "en/operations-report.pdf", "de/pressemitteilung.pdf"],
)
def test_a_document_lies_only_where_its_level_allows(pipeline: Pipeline, sample: str) -> None:
    record = walked(pipeline, (SAMPLES / sample).read_bytes(), sample)
    assert record.status is Status.COMPLETED
    assert record.level is not None
    assert record.type is not None
    allowed = allowed_zones(record.level, record.type, default_policy().sync)
    assert record.zones == allowed
    for zone in Zone:
        keys = pipeline.keys(f"{zone.upper()}_BUCKET", f"default/{record.ref.document_id}/")
        assert bool(keys) == (zone in allowed), zone


def test_the_samples_cover_every_level(pipeline: Pipeline) -> None:
    names = ("en/nda.pdf", "de/rechnung.pdf", "en/operations-report.pdf", "de/pressemitteilung.pdf")
    levels = [walked(pipeline, (SAMPLES / name).read_bytes(), name).level for name in names]
    assert levels == list(Level)


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ("absurd-page", "TOO_MANY_PIXELS"),
        ("corrupt", "CORRUPT"),
        ("empty", "EMPTY"),
        ("encrypted", "ENCRYPTED"),
        ("plain-text", "UNSUPPORTED"),
    ],
)
def test_a_bad_input_is_rejected_with_its_code(pipeline: Pipeline, sample: str, code: str) -> None:
    record = walked(pipeline, (SAMPLES / f"broken/{sample}.pdf").read_bytes(), f"{sample}.pdf")
    assert (record.status, record.code) == (Status.REJECTED, code)
    assert [to for to, _ in pipeline.events(record.ref)] == ["QUEUED", "RUNNING", "REJECTED"]
    # A rejection is a normal end: alarms on failed executions must not ring for it.
    assert pipeline.execution(record.ref)["status"] == "SUCCEEDED"
    assert record.finished_at is not None
    assert (record.finished_at - record.created_at).total_seconds() < 10


def test_an_oversize_upload_is_rejected_unread(pipeline: Pipeline) -> None:
    content = text_pdf()
    small = {"DOCPARSER_MAX_BYTES": "100"}
    with pipeline.changed("intake", **small), pipeline.changed("preflight", **small):
        pipeline.upload(content)
        record = until(lambda: _rejected_as(pipeline, "TOO_LARGE"))
    assert record["size_bytes"]["N"] == str(len(content))


def _rejected_as(pipeline: Pipeline, code: str) -> dict | None:
    rows = pipeline.client("dynamodb").scan(TableName=pipeline.names["TABLE"])["Items"]
    return next((row for row in rows if row.get("code") == {"S": code} and "status" in row), None)


def test_where_no_endpoint_is_deployed_a_scan_makes_the_document_partial(
    pipeline: Pipeline,
) -> None:
    with pipeline.changed("preflight", DOCPARSER_OCR_ENDPOINT="", DOCPARSER_OCR_CPU="false"):
        record = walked(pipeline, scan_pdf(text=1, scanned=1))
    assert record.status is Status.PARTIAL
    assert (record.pages, record.failed_pages) == (2, 1)
    key = f"default/{record.ref.document_id}/r1/document.json"
    body = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)
    gaps = json.loads(body["Body"].read())["gaps"]
    assert gaps == [{"page": 2, "code": PageCode.OCR_UNAVAILABLE}]


def test_a_document_of_which_nothing_was_read_fails(pipeline: Pipeline) -> None:
    with pipeline.changed("preflight", DOCPARSER_OCR_ENDPOINT="", DOCPARSER_OCR_CPU="false"):
        record = walked(pipeline, scan_pdf(scanned=2))
    assert (record.status, record.code) == (Status.FAILED, "PAGES_MISSING")
    assert pipeline.execution(record.ref)["status"] == "FAILED"


def test_many_shards_are_assembled_in_page_order(pipeline: Pipeline) -> None:
    record = walked(pipeline, text_pdf(*[(f"this is page {n}",) for n in range(1, 21)]))
    assert (record.status, record.pages) == (Status.COMPLETED, 20)
    key = f"default/{record.ref.document_id}/r1/document.txt"
    body = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)
    text = body["Body"].read().decode()
    assert [page.split() for page in text.split("\f")] == [
        ["this", "is", "page", str(n)] for n in range(1, 21)
    ]


def test_a_foreign_drop_is_walked_under_our_name(pipeline: Pipeline) -> None:
    content = text_pdf()
    dropped = pipeline.upload(content, "", key="high/acme/letters/Jane Doe.pdf")
    content_sha256 = hashlib.sha256(content).hexdigest()
    ref = Ref(tenant="acme", document_id=document_id("acme", content_sha256))
    record = pipeline.ended(ref)
    assert (record.status, record.priority) == (Status.COMPLETED, Priority.HIGH)
    assert "Jane" not in pipeline.execution(ref)["input"]
    until(lambda: dropped.key not in pipeline.keys("INTAKE_BUCKET"))


def test_a_key_without_a_tenant_goes_to_the_dead_letters_not_to_a_tenant(
    pipeline: Pipeline,
) -> None:
    # Given a queue that hands out again at once what was not dealt with
    content = text_pdf()
    sqs, dead_letters = pipeline.client("sqs"), dead_letters_of(pipeline)
    with visibility_timeout(pipeline, seconds=1):
        # When an object is dropped where no tenant is
        dropped = pipeline.upload(content, key="standard/NO TENANT/x.pdf")
        # Then after its five tries it waits for a person, under its own key
        message = until(lambda: first_message(pipeline, dead_letters))
    assert json.loads(message["Body"])["detail"]["object"]["key"] == dropped.key
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
    # And it is nobody's document, while its bytes are still there
    table = pipeline.client("dynamodb").scan(TableName=pipeline.names["TABLE"])["Items"]
    content_sha256 = hashlib.sha256(content).hexdigest()
    assert table
    assert [row for row in table if row.get("content_sha256") == {"S": content_sha256}] == []
    assert pipeline.executions(ref_of(content)) == []
    assert dropped.key in pipeline.keys("INTAKE_BUCKET")


def dead_letters_of(pipeline: Pipeline) -> str:
    """Return the URL of the queue of what the intake queue gave up."""
    answer = pipeline.client("sqs").get_queue_attributes(
        QueueUrl=pipeline.intake_queue, AttributeNames=["RedrivePolicy"]
    )
    policy = json.loads(answer["Attributes"]["RedrivePolicy"])
    name = policy["deadLetterTargetArn"].rpartition(":")[2]
    return pipeline.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]


def first_message(pipeline: Pipeline, queue: str) -> dict | None:
    answer = pipeline.client("sqs").receive_message(QueueUrl=queue)
    return next(iter(answer.get("Messages", [])), None)


@contextlib.contextmanager
def visibility_timeout(pipeline: Pipeline, *, seconds: int) -> Iterator[None]:
    """Run with another time after which the intake queue hands out a message again."""
    sqs, name = pipeline.client("sqs"), "VisibilityTimeout"
    queue = pipeline.intake_queue
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def test_a_record_whose_execution_was_never_started_is_started_by_redelivery(
    pipeline: Pipeline,
) -> None:
    # Given a record that intake wrote before it died, and no execution
    content = text_pdf()
    ref = ref_of(content)
    source = stored_without_event(pipeline, content)
    moment = now()
    record = Record(
        ref=ref,
        status=Status.QUEUED,
        source=source,
        content_sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        created_at=moment,
        updated_at=moment,
    )
    assert pipeline.records.open(record, name="x.pdf", upload_id=source.key.rsplit("/", 1)[1])
    assert pipeline.executions(ref) == []
    # When the queue delivers the message again
    pipeline.tell(source, len(content))
    # Then the walk begins
    assert pipeline.ended(ref).status is Status.COMPLETED


def stored_without_event(pipeline: Pipeline, content: bytes, key: str | None = None) -> Source:
    """Store an upload while the bucket tells nobody."""
    s3, bucket = pipeline.client("s3"), pipeline.names["INTAKE_BUCKET"]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        return pipeline.upload(content, key=key)
    finally:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
