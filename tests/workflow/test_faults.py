"""Faults on the way: passing ones are retried, lasting ones end with a record that says why."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from docparser.model import Status, now

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Source

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens


def task_failures(pipeline: Pipeline, content: bytes) -> list[str]:
    events = pipeline.history(ref_of(content))
    return [e["taskFailedEventDetails"]["error"] for e in events if e["type"] == "TaskFailed"]


def seen_failing(pipeline: Pipeline, content: bytes) -> bool:
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return bool(task_failures(pipeline, content))
    return False


def test_a_passing_fault_is_retried(pipeline: Pipeline) -> None:
    # Given that S3 is away for one function
    content = text_pdf()
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        # When a document comes, and S3 is back after the first failure
        pipeline.upload(content)
        until(lambda: seen_failing(pipeline, content))
    # Then the document is completed by a retry
    record = pipeline.ended(ref_of(content))
    assert record.status is Status.COMPLETED
    assert set(task_failures(pipeline, content)) == {"Retryable"}


def test_a_passing_fault_in_a_shard_is_retried(pipeline: Pipeline) -> None:
    content = text_pdf()
    with pipeline.changed("extract-text", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        until(lambda: seen_failing(pipeline, content))
    assert pipeline.ended(ref_of(content)).status is Status.COMPLETED


def test_a_lasting_fault_fails_the_document(pipeline: Pipeline) -> None:
    content = text_pdf()
    with pipeline.changed("assemble", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        pipeline.upload(content)
        record = pipeline.ended(ref_of(content))
    assert (record.status, record.code, record.stage) == (Status.FAILED, "INTERNAL", "assemble")
    assert pipeline.execution(record.ref)["status"] == "FAILED"
    assert pipeline.events(record.ref)[-1] == ("FAILED", "INTERNAL")


def test_a_failed_document_that_is_sent_again_gets_its_next_attempt(pipeline: Pipeline) -> None:
    content = text_pdf()
    with pipeline.changed("route", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        pipeline.upload(content)
        assert pipeline.ended(ref_of(content)).status is Status.FAILED
    pipeline.upload(content, "again.pdf")
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert (record.status, record.ref.attempt) == (Status.COMPLETED, 2)
    assert [to for to, _ in pipeline.events(record.ref)] == [
        "QUEUED", "RUNNING", "FAILED", "QUEUED", "RUNNING", "COMPLETED"
    ]  # fmt: skip


def test_a_failed_document_whose_first_bytes_are_gone_walks_with_those_that_came_now(
    pipeline: Pipeline,
) -> None:
    # Given a document that failed, and whose upload somebody has deleted since
    content = text_pdf()
    with pipeline.changed("route", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        first = pipeline.upload(content)
        assert pipeline.ended(ref_of(content)).status is Status.FAILED
    pipeline.client("s3").delete_object(
        Bucket=first.bucket, Key=first.key, VersionId=first.version_id
    )
    # When the same bytes are sent again
    second = pipeline.upload(content)
    # Then they are what is walked
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert (record.status, record.source) == (Status.COMPLETED, second)


def test_a_next_attempt_keeps_the_bytes_that_it_reads(pipeline: Pipeline) -> None:
    # Given a document that failed, in a table that knows nothing of its upload any more
    content = text_pdf()
    with pipeline.changed("route", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        source = pipeline.upload(content)
        assert pipeline.ended(ref_of(content)).status is Status.FAILED
    (alias,) = _aliases(pipeline, content)
    pipeline.client("dynamodb").delete_item(
        TableName=pipeline.names["TABLE"], Key={name: alias[name] for name in ("pk", "sk")}
    )
    # When the message of the very upload that its record pins comes again
    with pipeline.changed("preflight", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.tell(source, len(content))
        until(lambda: _aliases(pipeline, content))
        # Then the bytes are still there, and are walked
        assert source.key in pipeline.keys("INTAKE_BUCKET")
    assert pipeline.ended(ref_of(content, attempt=2), attempt=2).status is Status.COMPLETED


def _aliases(pipeline: Pipeline, content: bytes) -> list[dict]:
    return [row for row in pipeline.items(ref_of(content)) if row["sk"]["S"].startswith("A#")]


def test_an_attempt_that_ended_unheard_is_followed_by_another_when_its_bytes_come_again(
    pipeline: Pipeline,
) -> None:
    # Given an execution that was stopped while nobody told `fail`
    content = text_pdf()
    ref = ref_of(content)
    with (
        _fail_rule_disabled(pipeline),
        deaf_server() as url,
        pipeline.changed("classify", AWS_ENDPOINT_URL_S3=url),
    ):
        pipeline.upload(content)
        until(lambda: _in_state(pipeline, content, "Classify"))
        pipeline.client("stepfunctions").stop_execution(executionArn=pipeline.arn(ref))
        until(lambda: pipeline.execution(ref)["status"] == "ABORTED")
    # When the sweeper comes by after its lease has run out
    left = pipeline.record(ref)
    assert left is not None
    assert left.status is Status.RUNNING
    assert pipeline.records.renew(left, now() - timedelta(seconds=1))
    pipeline.client("lambda").invoke(FunctionName=f"docparser-{pipeline.outputs.env}-sweep")
    # Then the attempt is over,
    assert pipeline.ended(ref).code == "DEADLINE"
    # and when the bytes are sent again, the second one walks
    pipeline.upload(content)
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert record.status is Status.COMPLETED
    assert pipeline.events(ref) == [
        ("QUEUED", ""), ("RUNNING", ""), ("FAILED", "DEADLINE"),
        ("QUEUED", ""), ("RUNNING", ""), ("COMPLETED", ""),
    ]  # fmt: skip


@contextlib.contextmanager
def _fail_rule_disabled(pipeline: Pipeline) -> Iterator[None]:
    """Lose the events of executions that ended."""
    events, rule = pipeline.client("events"), f"docparser-{pipeline.outputs.env}-fail"
    events.disable_rule(Name=rule)
    try:
        yield
    finally:
        events.enable_rule(Name=rule)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED])
def test_a_message_that_comes_again_after_the_end_changes_nothing(
    pipeline: Pipeline, status: Status
) -> None:
    # Given a document that has ended, and whose upload is still there
    waiting = pipeline.waiting()
    content = {Status.REJECTED: b"%PDF-1.7 " + uuid.uuid4().bytes, Status.FAILED: text_pdf()}[
        status
    ]
    with pipeline.changed("route", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        source = pipeline.upload(content)
        record = pipeline.ended(ref_of(content))
    assert record.status is status
    assert source.key in pipeline.keys("INTAKE_BUCKET")
    until(lambda: pipeline.waiting() <= waiting)
    items = pipeline.items(record.ref)
    # When its message comes twice again
    for _ in range(2):
        pipeline.tell(source, len(content))
    until(lambda: pipeline.waiting() <= waiting)
    # Then not one item is another, no attempt was begun, and the upload that it pins stays
    assert pipeline.items(record.ref) == items
    assert pipeline.executions(record.ref) == [record.ref.execution_name]
    assert source.key in pipeline.keys("INTAKE_BUCKET")


def test_a_message_delivered_three_times_starts_one_execution(pipeline: Pipeline) -> None:
    # Given a document on its way
    waiting = pipeline.waiting()  # what other tests left in the queue for good
    content = text_pdf()
    source = pipeline.upload(content)
    # When its message comes twice again, while it walks and after
    pipeline.tell(source, len(content))
    record = pipeline.ended(ref_of(content))
    pipeline.tell(source, len(content))
    until(lambda: pipeline.waiting() <= waiting)
    # Then there is one execution, and one set of events
    assert pipeline.executions(record.ref) == [record.ref.execution_name]
    assert pipeline.record(record.ref) == record
    assert [to for to, _ in pipeline.events(record.ref)] == ["QUEUED", "RUNNING", "COMPLETED"]


def test_a_storm_of_messages_starts_one_execution_for_each_document(pipeline: Pipeline) -> None:
    # Given six documents, each sent by us and dropped under a key that says something
    waiting = pipeline.waiting()
    contents = [text_pdf((f"document {number}",)) for number in range(6)]
    uploads = [
        (pipeline.upload(content, key=key), len(content))
        for content in contents
        for key in (None, f"standard/default/Kim {uuid.uuid4().hex}.pdf")
    ]
    # When each message comes twenty times, together and in any order,
    storm = uploads * 10
    random.Random(5).shuffle(storm)

    def tell(upload: tuple[Source, int]) -> None:
        pipeline.tell(*upload)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, storm))
    records = [pipeline.ended(ref_of(content), timeout_s=120) for content in contents]
    # and after their documents have ended, too
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, storm))
    until(lambda: pipeline.waiting() <= waiting, timeout_s=120)
    # Then each was walked once and has one result, and no upload is left
    for content, record in zip(contents, records, strict=True):
        assert record.status is Status.COMPLETED
        assert pipeline.executions(record.ref) == [record.ref.execution_name]
        assert pipeline.record(record.ref) == record
        assert [to for to, _ in pipeline.events(record.ref)] == ["QUEUED", "RUNNING", "COMPLETED"]
        assert len(_aliases(pipeline, content)) == 2
        originals = pipeline.keys("VAULT_BUCKET", f"default/{record.ref.document_id}/r1/original")
        assert len(originals) == 1
        assert pipeline.keys("INTAKE_BUCKET", f"renamed/default/{record.ref.document_id}/") == []
    left = {*pipeline.keys("INTAKE_BUCKET")}
    assert not left & {source.key for source, _ in uploads}


def test_the_same_bytes_under_another_name_are_an_alias(pipeline: Pipeline) -> None:
    content = text_pdf()
    pipeline.upload(content, "one.pdf")
    record = pipeline.ended(ref_of(content))
    second = pipeline.upload(content, "two.pdf")
    aliases = until(lambda: _two_aliases(pipeline, content))
    assert {row["name"]["S"] for row in aliases} == {"one.pdf", "two.pdf"}
    assert pipeline.executions(record.ref) == [record.ref.execution_name]
    assert pipeline.record(record.ref) == record
    until(lambda: second.key not in pipeline.keys("INTAKE_BUCKET"))


def _two_aliases(pipeline: Pipeline, content: bytes) -> list[dict] | None:
    rows = _aliases(pipeline, content)
    return rows if len(rows) == 2 else None


def test_a_document_that_takes_too_long_fails_with_deadline(pipeline: Pipeline) -> None:
    # Given a function that waits for an answer that never comes, and a short deadline
    content = text_pdf()
    with (
        deaf_server() as url,
        _document_deadline(pipeline, seconds=3),
        pipeline.changed("classify", AWS_ENDPOINT_URL_S3=url),
    ):
        # When the execution as a whole runs out of time, which no Catch can see
        pipeline.upload(content)
        record = pipeline.ended(ref_of(content), timeout_s=60)
    # Then the record says so all the same
    assert pipeline.execution(record.ref)["status"] == "TIMED_OUT"
    assert (record.status, record.code) == (Status.FAILED, "DEADLINE")


def test_an_aborted_execution_ends_in_a_terminal_record(pipeline: Pipeline) -> None:
    content = text_pdf()
    ref = ref_of(content)
    with deaf_server() as url, pipeline.changed("classify", AWS_ENDPOINT_URL_S3=url):
        pipeline.upload(content)
        until(lambda: _in_state(pipeline, content, "Classify"))
        pipeline.client("stepfunctions").stop_execution(executionArn=pipeline.arn(ref))
        record = pipeline.ended(ref)
    assert pipeline.execution(ref)["status"] == "ABORTED"
    assert record.status is Status.FAILED


def _in_state(pipeline: Pipeline, content: bytes, state: str) -> bool:
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for event in pipeline.history(ref_of(content))
            if "stateEnteredEventDetails" in event
        ]
        return state in entered
    return False


@contextlib.contextmanager
def deaf_server() -> Iterator[str]:
    """Listen, and never answer."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextlib.contextmanager
def _document_deadline(pipeline: Pipeline, *, seconds: int) -> Iterator[None]:
    states, arn = pipeline.client("stepfunctions"), pipeline.names["STATE_MACHINE_ARN"]
    definition = states.describe_state_machine(stateMachineArn=arn)["definition"]
    short = {**json.loads(definition), "TimeoutSeconds": seconds}
    states.update_state_machine(stateMachineArn=arn, definition=json.dumps(short))
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=arn, definition=definition)
