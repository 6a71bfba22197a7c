"""Document text, file names and malformed fields stay out of logs, histories, queues and records.

Canary words are planted wherever a document can carry words; then every place that keeps what a
walk leaves behind is searched for them. A file name has two homes in the table (the ``name`` of a
document's head and of its aliases) and none besides.
"""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pikepdf
import pytest
from docparser.model import Status
from reportlab.pdfgen.canvas import Canvas

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.test_walk import ref_of

TEXT, NAME, FIELD = (f"Kanarie{kind}{uuid.uuid4().hex[:8]}" for kind in ("text", "name", "field"))
CANARIES = (TEXT, NAME, FIELD)


def _with_canaries() -> bytes:
    """Return a PDF whose text, title, author, form field and bookmark carry canaries."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setTitle(FIELD)
    canvas.setAuthor(FIELD)
    canvas.bookmarkPage("k")
    canvas.addOutlineEntry(FIELD, "k")
    canvas.acroForm.textfield(name=FIELD, value=TEXT, x=100, y=100)
    canvas.drawString(72, 700, f"Invoice for {TEXT}, IBAN DE89370400440532013000")
    canvas.drawString(72, 680, f"STRICTLY CONFIDENTIAL {TEXT}@example.com +49 30 901820")
    canvas.save()
    return buffer.getvalue()


def _malformed(content: bytes) -> bytes:
    """Return a PDF with values of the wrong type where pdfium looks for numbers."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.pages[0].obj.MediaBox = pikepdf.Array([FIELD, FIELD, FIELD, FIELD])
        pdf.pages[0].obj.Rotate = pikepdf.String(FIELD)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def planted(pipeline: Pipeline) -> list[Any]:
    """Walk documents with canaries through every kind of end; return their refs."""
    completed = _with_canaries()
    name = f"{NAME} Müller.pdf"
    rejected = f"%PDF-1.7 {TEXT} not a PDF at all".encode()
    unsupported = TEXT.encode() * 50
    malformed = _malformed(text_pdf((TEXT, "a"), salt=FIELD))
    failed = text_pdf((TEXT, "b"), salt=FIELD + "b")
    for content in (completed, rejected, unsupported, malformed):
        pipeline.upload(content, name)
        pipeline.ended(ref_of(content))
    with pipeline.changed("classify", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        pipeline.upload(failed, name)
        assert pipeline.ended(ref_of(failed)).status is Status.FAILED
    foreign = text_pdf((TEXT, "c"))
    pipeline.upload(foreign, "", key=f"standard/default/{NAME}/{NAME}.pdf")
    # Events that nobody expects, with canaries where ids belong
    sqs = pipeline.client("sqs")
    for body in ({"detail": {"bucket": {"name": FIELD}, "object": {"key": 5}}}, {FIELD: FIELD}):
        sqs.send_message(QueueUrl=pipeline.intake_queue, MessageBody=json.dumps(body))
    pipeline.client("lambda").invoke(
        FunctionName="docparser-local-route", Payload=json.dumps({"ref": {"tenant": FIELD}})
    )
    pipeline.ended(ref_of(foreign))
    return [ref_of(c) for c in (completed, rejected, unsupported, malformed, failed, foreign)]


def test_the_canaries_were_there(pipeline: Pipeline, planted: list[Any]) -> None:
    statuses = [pipeline.record(ref).status for ref in planted]
    assert statuses == [
        Status.COMPLETED,  # with canaries in every field
        Status.REJECTED,  # no PDF behind its first bytes
        Status.REJECTED,  # of no known kind
        Status.COMPLETED,  # malformed
        Status.FAILED,
        Status.COMPLETED,  # foreign
    ]
    key = f"default/{planted[0].document_id}/r1/document.txt"
    body = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)
    assert TEXT in body["Body"].read().decode()


def _found(text: str, *canaries: str) -> list[str]:
    return [canary for canary in canaries if canary.casefold() in text.casefold()]


def test_no_log_holds_one(pipeline: Pipeline, planted: list[Any]) -> None:
    logs = pipeline.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    lines = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    assert len(lines) > 50
    assert any(planted[0].document_id in line for line in lines)
    assert _found("\n".join(lines), *CANARIES) == []


def test_no_history_holds_one(pipeline: Pipeline, planted: list[Any]) -> None:
    for ref in planted:
        seen = json.dumps([pipeline.execution(ref), pipeline.history(ref)], default=str)
        assert ref.document_id in seen
        assert _found(seen, *CANARIES) == []


def test_no_record_holds_one_but_names_in_their_two_homes(
    pipeline: Pipeline, planted: list[Any]
) -> None:
    items = [item for ref in planted for item in pipeline.items(ref)]
    homes = [item for item in items if item["sk"]["S"] == "HEAD" or item["sk"]["S"][:2] == "A#"]
    assert _found(json.dumps([item.pop("name") for item in homes]), NAME) == [NAME]
    assert _found(json.dumps(items), *CANARIES) == []


def test_no_object_holds_one_but_in_its_content(pipeline: Pipeline, planted: list[Any]) -> None:
    """What a copy says of itself is seen by whoever lists a bucket; uploads carry their names."""
    s3, intake = pipeline.client("s3"), pipeline.names["INTAKE_BUCKET"]
    buckets = [row["Name"] for row in s3.list_buckets()["Buckets"]]
    assert {intake, pipeline.names["WORK_BUCKET"], pipeline.names["VAULT_BUCKET"]} < {*buckets}
    seen = [
        _described(pipeline, bucket, row)
        for bucket in buckets
        if bucket != intake
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for row in page.get("Versions", [])
    ]
    completed = f"default/{planted[0].document_id}/r1/original"
    assert any(completed in said for said in seen)
    assert _found("\n".join(seen), *CANARIES) == []


def _described(pipeline: Pipeline, bucket: str, row: dict[str, Any]) -> str:
    """Return everything that S3 says of one version of an object without opening it."""
    where = {"Bucket": bucket, "Key": row["Key"], "VersionId": row["VersionId"]}
    s3 = pipeline.client("s3")
    return json.dumps([row, s3.head_object(**where), s3.get_object_tagging(**where)], default=str)


def test_no_queue_holds_one_of_our_uploads(pipeline: Pipeline, planted: list[Any]) -> None:
    """A foreign key is in EventBridge's own event, unchanged; keys of ours say nothing."""
    sqs = pipeline.client("sqs")
    until(lambda: pipeline.waiting() <= 2)
    for url in sqs.list_queues()["QueueUrls"]:
        if url.endswith("-intake-standard"):
            continue  # the two malformed events that this test sent itself wait here
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=["All"]
        )
        assert _found(json.dumps(answer.get("Messages", [])), *CANARIES) == []


def test_the_engines_own_files_hold_no_text_in_their_logs(
    pipeline: Pipeline, planted: list[Any]
) -> None:
    log = pipeline.home / "engine.log"
    assert _found(log.read_text(errors="replace"), TEXT, FIELD) == []
