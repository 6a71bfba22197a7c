"""From an announcement over the API to a walk: once, whatever dies on the way."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from docparser.model import Priority, Record, Source, Status

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.unit.api.calls import Answer, Api, api_on
from tests.workflow.test_faults import NOWHERE, seen_failing
from tests.workflow.test_walk import ref_of, stored_without_event

if TYPE_CHECKING:
    from docparser.model import Ref


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


def announce(api: Api, content: bytes, name: str = "letter.pdf", **said: Any) -> Answer:
    sha256 = hashlib.sha256(content).hexdigest()
    return api.post("/documents", {"name": name, "sha256": sha256, "size": len(content), **said})


def send(answer: Answer, content: bytes) -> str:
    """Send what was announced; return the key under which it lies."""
    upload = answer.json["upload"]
    sent = httpx.put(upload["url"], content=content, headers=upload["headers"], trust_env=False)
    assert sent.status_code == 200
    return httpx.URL(upload["url"]).path.split("/", 2)[2]


def aliases(pipeline: Pipeline, ref: Ref) -> list[str]:
    rows = [row for row in pipeline.items(ref) if row["sk"]["S"].startswith("A#")]
    return sorted(row["name"]["S"] for row in rows)


def awaiting(pipeline: Pipeline, content: bytes) -> Record:
    record = pipeline.record(ref_of(content))
    assert record is not None
    assert record.status is Status.AWAITING_UPLOAD
    return record


def test_an_announced_file_is_walked(pipeline: Pipeline, api: Api) -> None:
    # Given a file that was announced and sent
    content = text_pdf(("Dear Sir,", "an announced letter"))
    answer = announce(api, content, "Brief.pdf", priority="high")
    send(answer, content)
    # Then it is walked to its end, from the bytes that came
    record = pipeline.ended(ref_of(content))
    assert (record.status, record.priority) == (Status.COMPLETED, Priority.HIGH)
    assert [to for to, _ in pipeline.events(record.ref)] == [
        "AWAITING_UPLOAD", "QUEUED", "RUNNING", "COMPLETED"
    ]  # fmt: skip
    assert aliases(pipeline, record.ref) == ["Brief.pdf"]
    # And its text is behind the URL that the API gives
    where = f"/documents/{record.ref.document_id}/content"
    until(lambda: api.get(where, format="txt").status == 303)
    text = httpx.get(api.get(where, format="txt").headers["location"], trust_env=False).text
    assert text.split() == ["Dear", "Sir,", "an", "announced", "letter"]


def test_two_uploads_of_what_was_announced_are_one_document(pipeline: Pipeline, api: Api) -> None:
    content = text_pdf()
    answers = [announce(api, content, f"{number}.pdf") for number in range(3)]
    keys = {send(answer, content) for answer in answers}
    record = pipeline.ended(ref_of(content))
    assert pipeline.executions(record.ref) == [record.ref.execution_name]
    until(lambda: aliases(pipeline, record.ref) == ["0.pdf", "1.pdf", "2.pdf"])
    until(lambda: not keys & {*pipeline.keys("INTAKE_BUCKET")})


def test_bytes_that_came_another_way_are_what_was_announced(pipeline: Pipeline, api: Api) -> None:
    content = text_pdf()
    announce(api, content)
    dropped = pipeline.upload(content, "", key="high/default/letters/Jane Doe.pdf")
    record = pipeline.ended(ref_of(content))
    assert record.status is Status.COMPLETED
    assert record.source.key.startswith("renamed/")
    until(lambda: dropped.key not in pipeline.keys("INTAKE_BUCKET"))


def test_an_announced_file_that_nobody_was_told_of_is_started_by_redelivery(
    pipeline: Pipeline, api: Api
) -> None:
    # Given intake that died after it had queued the document, before it let it be found
    content = text_pdf()
    announce(api, content)
    source = stored_without_event(pipeline, content)
    upload_id = source.key.rpartition("/")[2]
    assert pipeline.records.arrive(
        awaiting(pipeline, content),
        source,
        size_bytes=len(content),
        priority=Priority.STANDARD,
        lease=timedelta(hours=1),
        name="letter.pdf",
        upload_id=upload_id,
    )
    assert pipeline.executions(ref_of(content)) == []
    waiting = pipeline.waiting()  # what other tests left in the queue for good
    # When the message comes again, and again
    for _ in range(3):
        pipeline.tell(source, len(content))
    # Then there is one walk
    record = pipeline.ended(ref_of(content))
    assert record.status is Status.COMPLETED
    until(lambda: pipeline.waiting() <= waiting)
    assert pipeline.executions(record.ref) == [record.ref.execution_name]
    assert aliases(pipeline, record.ref) == ["letter.pdf"]


def test_of_two_messages_at_once_one_queues_the_document(pipeline: Pipeline, api: Api) -> None:
    content = text_pdf()
    announce(api, content)
    record = awaiting(pipeline, content)

    def arrive(upload_id: str) -> Record | None:
        return pipeline.records.arrive(
            record,
            Source(bucket="b", key=upload_id),
            size_bytes=1,
            priority=Priority.STANDARD,
            lease=timedelta(hours=1),
            name="x",
            upload_id=upload_id,
        )

    assert arrive("0" * 32) is not None
    assert arrive("1" * 32) is None
    assert not pipeline.records.knows_alias(record.ref, "1" * 32)
    assert [to for to, _ in pipeline.events(record.ref)] == ["AWAITING_UPLOAD", "QUEUED"]


def test_bytes_that_nobody_waits_for_any_more_are_not_walked(pipeline: Pipeline, api: Api) -> None:
    content = text_pdf()
    answer = announce(api, content)
    assert api("DELETE", f"/documents/{answer.json['document_id']}").status == 202
    key = send(answer, content)
    ref = ref_of(content)
    until(lambda: aliases(pipeline, ref) == ["letter.pdf"])
    until(lambda: key not in pipeline.keys("INTAKE_BUCKET"))
    assert pipeline.executions(ref) == []
    record = pipeline.record(ref)
    assert record is not None
    assert record.status is Status.CANCELLED


def test_a_file_dropped_after_its_cancellation_is_walked(pipeline: Pipeline, api: Api) -> None:
    # Given content whose announcement was cancelled
    content = text_pdf(("Dear Sir,", "a letter that was cancelled and dropped"))
    answer = announce(api, content)
    assert api("DELETE", f"/documents/{answer.json['document_id']}").status == 202
    # When somebody drops the same bytes
    source = pipeline.upload(content, name="", key=f"standard/default/Maria {content[-9:].hex()}")
    # Then they are walked as the next revision,
    ref = ref_of(content).model_copy(update={"revision": 2})
    assert pipeline.ended(ref).status is Status.COMPLETED
    # and only once, however often that is told
    waiting = pipeline.waiting()
    pipeline.tell(source, len(content))
    until(lambda: pipeline.waiting() <= waiting)
    assert pipeline.executions(ref) == [ref.execution_name]


def test_a_walk_that_is_cancelled_stops_and_stays_cancelled(pipeline: Pipeline, api: Api) -> None:
    # Given a walk that is held up
    content = text_pdf()
    ref = ref_of(content)
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        send(announce(api, content), content)
        until(lambda: seen_failing(pipeline, content))
        # When it is cancelled
        assert api("DELETE", f"/documents/{ref.document_id}").status == 202
    # Then its execution ends as well, and who hears of that changes nothing
    until(lambda: pipeline.execution(ref)["status"] == "ABORTED")
    until(lambda: fail_was_told(pipeline, ref))
    record = pipeline.record(ref)
    assert record is not None
    assert (record.status, record.code) == (Status.CANCELLED, None)
    assert [to for to, _ in pipeline.events(ref)][-1] == "CANCELLED"
    # And whoever asks for it again gets it, as the next revision
    send(announce(api, content), content)
    later = ref.model_copy(update={"revision": 2})
    record = pipeline.ended(later)
    assert (record.status, record.ref) == (Status.COMPLETED, later)
    where = f"/documents/{ref.document_id}/content"
    assert "/r2/document.json" in api.get(where).headers["location"]
    assert api.get(where, revision="1").status == 404


def fail_was_told(pipeline: Pipeline, ref: Ref) -> bool:
    """Whether the function that writes down unseen ends has been asked about a document."""
    group = f"/aws/lambda/docparser-{pipeline.outputs.env}-fail"
    logs = pipeline.client("logs").get_paginator("filter_log_events")
    events = [event for page in logs.paginate(logGroupName=group) for event in page["events"]]
    return any(ref.document_id in event["message"] for event in events)


def test_a_failed_document_that_is_announced_again_gets_its_next_attempt(
    pipeline: Pipeline, api: Api
) -> None:
    content = text_pdf()
    with pipeline.changed("route", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        send(announce(api, content), content)
        assert pipeline.ended(ref_of(content)).status is Status.FAILED
    answer = announce(api, content, "again.pdf")
    assert (answer.status, answer.json["status"]) == (201, "FAILED")
    send(answer, content)
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert (record.status, record.ref.attempt) == (Status.COMPLETED, 2)
    assert aliases(pipeline, record.ref) == ["again.pdf", "letter.pdf"]
