"""Services that are asked too often, and bytes that vanish."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from docparser.model import Source, Status

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.between import Answer, Between, Request, between, throttled
from tests.workflow.test_faults import NOWHERE
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SQS_THROTTLED = Answer(
    400,
    b'{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "too often"}',
    {"Content-Type": "application/x-amz-json-1.0"},
)


def often(
    answer: Answer, actions: set[str], times: int
) -> tuple[list[str], Callable[[Request], Answer | None]]:
    """Return what was refused, and a rule that refuses some actions the first few times."""
    refused: list[str] = []

    def rule(request: Request) -> Answer | None:
        if request.action not in actions or refused.count(request.action) >= times:
            return None
        refused.append(request.action)
        return answer

    return refused, rule


@pytest.mark.parametrize(
    ("function", "action"),
    [
        ("dispatch", "Query"),
        ("preflight", "TransactWriteItems"),
        ("complete", "TransactWriteItems"),
    ],
)
def test_a_table_that_is_asked_too_often_costs_only_time(
    pipeline: Pipeline, function: str, action: str
) -> None:
    content = text_pdf()
    with _watched(pipeline, function, "DYNAMODB") as proxy:
        # Given that the table refuses more often than one call tries
        refused, proxy.rule = often(throttled(), {action}, 7)
        # When a document walks
        pipeline.upload(content)
        record = pipeline.ended(ref_of(content), timeout_s=120)
    # Then it is completed, by its one execution; whom dispatch could not see, the sweep started
    assert refused == [action] * 7 or (refused and function == "dispatch")
    assert record.status is Status.COMPLETED
    assert pipeline.executions(record.ref) == [record.ref.execution_name]


def test_a_queue_that_is_asked_too_often_loses_no_document(pipeline: Pipeline) -> None:
    content = text_pdf()
    with _watched(pipeline, "intake", "SQS") as proxy:
        # Given that nobody can be nudged
        refused, proxy.rule = often(SQS_THROTTLED, {"SendMessage"}, 1000)
        # When a document comes
        pipeline.upload(content)
        until(lambda: refused)
        # Then the sweep finds it waiting, within its minute
        record = pipeline.ended(ref_of(content), timeout_s=120)
    assert record.status is Status.COMPLETED
    assert pipeline.executions(record.ref) == [record.ref.execution_name]


@contextlib.contextmanager
def _watched(pipeline: Pipeline, function: str, service: str) -> Iterator[Between]:
    with (
        between(pipeline.outputs.endpoint) as proxy,
        pipeline.changed(function, **{f"AWS_ENDPOINT_URL_{service}": proxy.url}),
    ):
        yield proxy


@pytest.mark.parametrize("function", ["preflight", "extract-text"])
def test_a_source_that_is_deleted_on_the_way_fails_its_document_by_name(
    pipeline: Pipeline, function: str
) -> None:
    # Given a document that one stage cannot read yet
    content = text_pdf()
    with pipeline.changed(function, AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        until(lambda: _failing(pipeline, content))
        # When its bytes vanish
        record = pipeline.record(ref_of(content))
        assert record is not None
        _delete(pipeline, record.source)
    # Then its record names the reason, and nothing is left half done
    record = pipeline.ended(ref_of(content), timeout_s=120)
    assert (record.status, record.code) == (Status.FAILED, "SOURCE_GONE")
    assert pipeline.keys("VAULT_BUCKET", f"default/{record.ref.document_id}/") == []


def _failing(pipeline: Pipeline, content: bytes) -> bool:
    ref = ref_of(content)
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return any(event["type"] == "TaskFailed" for event in pipeline.history(ref))
    return False


def _delete(pipeline: Pipeline, source: Source) -> None:
    version = {"VersionId": source.version_id} if source.version_id else {}
    pipeline.client("s3").delete_object(Bucket=source.bucket, Key=source.key, **version)
