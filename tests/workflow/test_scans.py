"""The token protocol of the GPU lane: whatever the endpoint does, pages are counted once.

The endpoint is the test's own, so that an answer comes early, twice, late, cut off or never. What
the product's own OCR server reads is seen in `test_read_scans`.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from docparser.model import PageCode, Status

from tests.pdfs import scan_pdf
from tests.stack import Pipeline, until
from tests.workflow.endpoint import Asked, Endpoint, serving
from tests.workflow.test_faults import NOWHERE, deaf_server
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.model import Ref

SERVER_ERROR = "ClientError: Received server error (500) from model."


@pytest.fixture(scope="module")
def _served(pipeline: Pipeline) -> Iterator[Endpoint]:
    endpoint = Endpoint(pipeline)
    with (
        serving(endpoint) as url,
        pipeline.changed("ocr-request", AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=url),
        pipeline.changed("preflight", DOCPARSER_OCR_CPU="false"),  # there is no other lane
        changed_states(pipeline, _impatient),
    ):
        yield endpoint


@pytest.fixture
def endpoint(_served: Endpoint) -> Iterator[Endpoint]:
    _served.refuse, _served.before_it_returns = None, lambda _asked: None
    yield _served
    _served.drained()


def _impatient(states: dict[str, Any]) -> None:
    """Let a failed scan be tried again soon."""
    states["ReadScan"]["Retry"][0].update(IntervalSeconds=1)


def _deadline(seconds: int) -> Callable[[dict[str, Any]], None]:
    def edit(states: dict[str, Any]) -> None:
        states["ReadScan"]["TimeoutSeconds"] = seconds

    return edit


@contextlib.contextmanager
def changed_states(pipeline: Pipeline, edit: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Run with other states inside the Map; an execution keeps what it was started with."""
    client, arn = pipeline.client("stepfunctions"), pipeline.names["STATE_MACHINE_ARN"]
    before = client.describe_state_machine(stateMachineArn=arn)["definition"]
    machine = copy.deepcopy(json.loads(before))
    edit(machine["States"]["ReadPages"]["ItemProcessor"]["States"])
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(machine))
    try:
        yield
    finally:
        client.update_state_machine(stateMachineArn=arn, definition=before)


def document(pipeline: Pipeline, ref: Ref, name: str = "document.json") -> Any:
    key = f"{ref.tenant}/{ref.document_id}/r{ref.revision}/{name}"
    body = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)
    return json.loads(body["Body"].read())


def gaps(pipeline: Pipeline, ref: Ref) -> dict[int, str]:
    return {gap["page"]: gap["code"] for gap in document(pipeline, ref)["gaps"]}


def left(pipeline: Pipeline, ref: Ref) -> list[str]:
    """Return what lies between the stages of a document."""
    prefix = f"{ref.tenant}/{ref.document_id}/"
    exchange = [
        key
        for side in ("input", "output", "failure")
        for key in pipeline.keys("OCR_BUCKET", f"{side}/{prefix}")
    ]
    return exchange + pipeline.keys("WORK_BUCKET", prefix)


def scan_failures(pipeline: Pipeline, ref: Ref) -> list[str]:
    return [
        event["taskFailedEventDetails"]["error"]
        for event in pipeline.history(ref)
        if event["type"] == "TaskFailed"
    ]


def uploaded(pipeline: Pipeline, *, scanned: int = 1, text: int = 1) -> tuple[Ref, bytes]:
    content = scan_pdf(text=text, scanned=scanned)
    pipeline.upload(content)
    return ref_of(content), content


def test_a_scan_goes_out_alone_and_comes_back_in_its_place(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a document with a page of text and two scans
    ref, _ = uploaded(pipeline, text=1, scanned=2)
    # When the endpoint is asked
    asked = endpoint.waits(ref.document_id)
    # Then it gets the scans and nothing else, under names that we know beforehand
    with pikepdf.open(io.BytesIO(endpoint.input(asked))) as sent:
        assert len(sent.pages) == 2
    bucket = pipeline.names["OCR_BUCKET"]
    assert asked == Asked(
        endpoint="docparser-local-ocr",
        inference_id=f"{ref.document_id}-r1-a1-s0002",
        content_type="application/pdf",
        input_location=f"s3://{bucket}/input/default/{ref.document_id}/r1/s0002",
        extension=f"default/{ref.document_id}",
        filename="r1-a1-s0002.json",
        custom_attributes="language=und;deadline_s=30",
        ttl_s=1800,
    )
    # And its answer completes the document
    endpoint.deliver(asked)
    record = pipeline.ended(ref)
    assert record.status is Status.COMPLETED
    assert record.pages_by_lane == {"text": 1, "gpu": 2}
    assert record.gpu_seconds == 1.5
    assert record.cost_usd > 0
    # Under the numbers of the document, with what we know of why it was read there
    pages = document(pipeline, ref, "pages/s0002.json")["pages"]
    assert [page["number"] for page in pages] == [2, 3]
    assert {(page["lane"], page["lane_reason"]) for page in pages} == {("gpu", "NO_TEXT_LAYER")}
    (line,) = pages[1]["blocks"][0]["lines"]
    assert (line["id"], [word["id"] for word in line["words"]][:2]) == ("p3.l1", ["p3.w1", "p3.w2"])
    # And nothing is left between
    until(lambda: left(pipeline, ref) == [])
    assert endpoint.callback(asked) is None


def test_an_answer_may_come_before_the_invoke_returns(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given an endpoint that answers before it says that it has taken the request
    def answered(asked: Asked) -> None:
        endpoint.deliver(asked)
        until(lambda: endpoint.callback(asked) is None)

    endpoint.before_it_returns = answered
    # When a scan comes
    ref, _ = uploaded(pipeline)
    # Then its state has been answered, by the token that was stored before
    record = pipeline.ended(ref)
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"text": 1, "gpu": 1})
    assert len(endpoint.about(ref.document_id)) == 1


def test_an_answer_that_comes_twice_counts_once(pipeline: Pipeline, endpoint: Endpoint) -> None:
    ref, _ = uploaded(pipeline)
    asked = endpoint.waits(ref.document_id)
    body, other = endpoint.answer(asked), endpoint.answer(asked, "something else")
    endpoint.deliver(asked, body)
    record = pipeline.ended(ref)
    endpoint.deliver(asked, other)
    endpoint.drained()
    assert pipeline.record(ref) == record
    assert [to for to, _ in pipeline.events(ref)] == ["QUEUED", "RUNNING", "COMPLETED"]
    assert "something" not in json.dumps(document(pipeline, ref, "pages/s0002.json"))


def test_of_two_answers_at_once_the_first_that_is_stored_counts(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a walk that is held up after its pages are read
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        ref, _ = uploaded(pipeline)
        asked = endpoint.waits(ref.document_id)
        callback = endpoint.callback(asked)
        endpoint.deliver(asked, endpoint.answer(asked, "the first"))
        until(lambda: endpoint.callback(asked) is None)
        # When another answer comes for it, as though the first had never been acknowledged
        pipeline.client("dynamodb").put_item(TableName=pipeline.names["TABLE"], Item=callback)
        endpoint.deliver(asked, endpoint.answer(asked, "the second"))
        until(lambda: endpoint.callback(asked) is None)
    # Then the first one is what the document says
    assert pipeline.ended(ref).status is Status.COMPLETED
    assert "the first" in json.dumps(document(pipeline, ref, "pages/s0002.json"))


def test_without_an_answer_by_the_deadline_the_pages_say_so(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given an endpoint that never answers
    with changed_states(pipeline, _deadline(2)):
        ref, _ = uploaded(pipeline, scanned=2)
        asked = endpoint.waits(ref.document_id)
    # Then the document is partial: what was read is there, what was not is named
    record = pipeline.ended(ref)
    assert (record.status, record.pages, record.failed_pages) == (Status.PARTIAL, 3, 2)
    unavailable = PageCode.OCR_UNAVAILABLE
    assert gaps(pipeline, ref) == {2: unavailable, 3: unavailable}
    # When the answer comes after all
    until(lambda: left(pipeline, ref) == [])
    endpoint.deliver(asked, b"{}")
    until(lambda: endpoint.callback(asked) is None)
    # Then nothing is stored, and nothing changes
    assert pipeline.keys("WORK_BUCKET", f"default/{ref.document_id}/") == []
    assert pipeline.record(ref) == record


def test_an_answer_after_the_deadline_changes_no_page_that_was_counted(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a walk that has given up a shard, and is held up before it is routed
    with (
        changed_states(pipeline, _deadline(2)),
        pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE),
    ):
        ref, _ = uploaded(pipeline)
        asked = endpoint.waits(ref.document_id)
        until(lambda: "Assemble" in _entered(pipeline, ref))
        # When the answer comes
        endpoint.deliver(asked)
        until(lambda: endpoint.callback(asked) is None)
    # Then what was counted stays
    record = pipeline.ended(ref)
    assert (record.status, record.failed_pages) == (Status.PARTIAL, 1)
    assert gaps(pipeline, ref) == {2: PageCode.OCR_UNAVAILABLE}
    assert document(pipeline, ref, "pages/s0002.json")["pages"][0]["code"] == "OCR_UNAVAILABLE"


def _entered(pipeline: Pipeline, ref: Ref) -> list[str]:
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in pipeline.history(ref)
            if "stateEnteredEventDetails" in event
        ]
    return []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda endpoint, asked: endpoint.fail(asked, SERVER_ERROR),
        lambda endpoint, asked: endpoint.fail(asked, "The request expired in the queue."),
        lambda endpoint, asked: endpoint.deliver(asked, endpoint.answer(asked)[:-20]),
        lambda endpoint, asked: endpoint.deliver(asked, b"{}"),
        lambda endpoint, asked: endpoint.deliver(asked, at="output/other/document/answer.json"),
    ],
    ids=["server error", "expired", "cut off", "no answer", "somebody else's place"],
)
def test_an_answer_that_is_none_is_asked_for_again(
    pipeline: Pipeline, endpoint: Endpoint, spoil: Callable[[Endpoint, Asked], None]
) -> None:
    # Given a first answer that cannot be used
    ref, _ = uploaded(pipeline)
    first = endpoint.waits(ref.document_id)
    token = endpoint.callback(first)["task_token"]
    spoil(endpoint, first)
    # When the state asks again, under the same name and with another token
    second = endpoint.waits(ref.document_id, 2)
    assert second == first
    assert endpoint.callback(second)["task_token"] != token
    endpoint.deliver(second)
    # Then the second answer completes it
    assert pipeline.ended(ref).status is Status.COMPLETED
    assert scan_failures(pipeline, ref) == ["Retryable"]


def test_an_endpoint_that_only_fails_costs_the_scans_and_no_more(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    ref, _ = uploaded(pipeline)
    for count in (1, 2):
        endpoint.fail(endpoint.waits(ref.document_id, count), SERVER_ERROR)
        until(lambda: len(scan_failures(pipeline, ref)) == count)  # noqa: B023 - at once
    record = pipeline.ended(ref)
    assert (record.status, record.failed_pages) == (Status.PARTIAL, 1)
    assert gaps(pipeline, ref) == {2: PageCode.OCR_UNAVAILABLE}


@pytest.mark.parametrize(
    "refusal", [(400, "ValidationError"), (500, "InternalFailure"), (503, "ServiceUnavailable")]
)
def test_an_endpoint_that_takes_nothing_costs_the_scans_and_no_more(
    pipeline: Pipeline, endpoint: Endpoint, refusal: tuple[int, str]
) -> None:
    # SageMaker says ValidationError of an endpoint that was never deployed
    endpoint.refuse = refusal
    ref, _ = uploaded(pipeline)
    record = pipeline.ended(ref, timeout_s=60)
    assert (record.status, record.failed_pages) == (Status.PARTIAL, 1)
    assert gaps(pipeline, ref) == {2: PageCode.OCR_UNAVAILABLE}
    assert scan_failures(pipeline, ref) == ["Retryable", "Retryable"]


@pytest.mark.parametrize(
    ("status", "code"), [(400, PageCode.PAGE_UNREADABLE), (413, PageCode.PAGE_TOO_LARGE)]
)
def test_what_the_model_refuses_is_not_asked_for_again(
    pipeline: Pipeline, endpoint: Endpoint, status: int, code: PageCode
) -> None:
    ref, _ = uploaded(pipeline)
    asked = endpoint.waits(ref.document_id)
    endpoint.fail(asked, f"ClientError: Received client error ({status}) from model.")
    record = pipeline.ended(ref)
    assert (record.status, record.failed_pages) == (Status.PARTIAL, 1)
    assert gaps(pipeline, ref) == {2: code}
    assert len(endpoint.about(ref.document_id)) == 1


def test_a_retry_that_finds_its_shard_answers_itself(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a shard that was stored, while the state that waited for it was told of a failure
    ref, _ = uploaded(pipeline)
    asked = endpoint.waits(ref.document_id)
    callback = endpoint.callback(asked)
    states = pipeline.client("stepfunctions")
    endpoint.deliver(asked)  # the shard, from a token that is about to be stale
    states.send_task_failure(taskToken=callback["task_token"]["S"], error="Retryable", cause="")
    # Then whether the retry or the answer comes first, the document is completed
    record = pipeline.ended(ref)
    assert record.status is Status.COMPLETED


def test_a_stored_shard_is_not_asked_for(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given an attempt that failed after its scans were read
    with pipeline.changed("assemble", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        ref, content = uploaded(pipeline)
        endpoint.deliver(endpoint.waits(ref.document_id))
        assert pipeline.ended(ref).status is Status.FAILED
    # When the document is sent again
    pipeline.upload(content)
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    # Then the endpoint has been asked once
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"text": 1, "gpu": 1})
    assert len(endpoint.about(ref.document_id)) == 1


def test_what_one_attempt_gave_up_the_next_one_reads(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a document of scans that failed because nobody answered
    with changed_states(pipeline, _deadline(2)):
        ref, content = uploaded(pipeline, text=0)
        endpoint.waits(ref.document_id)
        record = pipeline.ended(ref)
    assert (record.status, record.code) == (Status.FAILED, "PAGES_MISSING")
    # When it is sent again, and the endpoint is back
    pipeline.upload(content)
    asked = endpoint.waits(ref.document_id, 2)
    assert asked.inference_id == f"{ref.document_id}-r1-a2-s0001"
    endpoint.deliver(asked)
    # Then it is completed
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert (record.status, record.failed_pages) == (Status.COMPLETED, 0)


def test_a_text_shard_that_hangs_costs_its_own_pages_and_the_next_attempt_may_read_it(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a reader of text that gets no answer from S3
    def impatient(states: dict[str, Any]) -> None:
        states["ReadText"]["TimeoutSeconds"] = 2

    with (
        deaf_server() as url,
        changed_states(pipeline, impatient),
        pipeline.changed("extract-text", AWS_ENDPOINT_URL_S3=url),
    ):
        # When a document of text and a scan walks, and one of text alone
        ref, _ = uploaded(pipeline)
        endpoint.deliver(endpoint.waits(ref.document_id))
        lost, content = uploaded(pipeline, scanned=0)
        # Then its page is missing from the first, and the second has none
        assert pipeline.ended(ref).status is Status.PARTIAL
        assert gaps(pipeline, ref) == {1: PageCode.PAGE_UNREADABLE}
        assert pipeline.ended(lost).code == "PAGES_MISSING"
    # And sent again it is read
    pipeline.upload(content)
    assert pipeline.ended(ref_of(content, attempt=2), attempt=2).status is Status.COMPLETED


def test_an_answer_that_nobody_waits_for_is_acknowledged(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    stranger = Asked(
        endpoint="docparser-local-ocr",
        inference_id=f"d{uuid.uuid4().hex}-r1-a1-s0001",
        content_type="application/pdf",
        input_location="s3://bucket/key",
        extension="default/x",
        filename="r1-a1-s0001.json",
        custom_attributes="",
        ttl_s=60,
    )
    endpoint.deliver(stranger, b"{}")
    endpoint.fail(stranger, SERVER_ERROR)
    endpoint.drained()


def test_no_place_keeps_what_a_page_says(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given answers and errors that quote the page
    canary = f"Kanarie{uuid.uuid4().hex[:8]}"
    ref, _ = uploaded(pipeline)
    first = endpoint.waits(ref.document_id)
    endpoint.deliver(first, endpoint.answer(first, canary)[:-20])
    second = endpoint.waits(ref.document_id, 2)
    endpoint.deliver(second, endpoint.answer(second, canary))
    assert pipeline.ended(ref).status is Status.COMPLETED
    refused, _ = uploaded(pipeline)
    asked = endpoint.waits(refused.document_id)
    endpoint.fail(asked, f'Received client error (400) from primary with message "{canary}"')
    assert pipeline.ended(refused).status is Status.PARTIAL
    endpoint.drained()
    # Then the document has it, and no log, no history and no item
    assert canary in json.dumps(document(pipeline, ref, "pages/s0002.json"))
    seen = [pipeline.items(known) + pipeline.history(known) for known in (ref, refused)]
    assert canary not in json.dumps(seen, default=str)
    assert canary not in (pipeline.home / "engine.log").read_text(errors="replace")
    logs = pipeline.client("logs")
    lines = [
        event["message"]
        for name in ("ocr-request", "ocr-result", "mark-unread")
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/docparser-{pipeline.outputs.env}-{name}"
        )
        for event in page["events"]
    ]
    assert any(ref.document_id in line for line in lines)
    assert canary not in "\n".join(lines)
