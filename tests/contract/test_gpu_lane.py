"""The GPU lane's races, each stopped at its worst moment, on the real table and buckets.

Only the endpoint and the state that waits are the test's own: both note what they are told.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from docparser.errors import ConfigurationError, Retryable
from docparser.intake.identity import document_id
from docparser.model import (
    Gap,
    Lane,
    LaneReason,
    OcrAnswer,
    Page,
    PageCode,
    PageStatus,
    Plan,
    PlannedShard,
    Record,
    Ref,
    Shard,
    Source,
    Stage,
    Status,
    now,
)
from docparser.ocr.endpoint import OcrEndpoint
from docparser.ocr.gpu_lane import GpuLane
from docparser.ocr.inference_result import InferenceResult, InferenceResults
from docparser.ocr.shards import Shards
from docparser.ocr.unread import MarkUnread
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.callbacks import Callback, Callbacks, TaskTokens
from PIL import Image

from tests.stack import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

CALL = SimpleNamespace(gb_seconds=0.25)
SCAN = PlannedShard(shard_id="s0001", first_page=1, last_page=1, lane=Lane.GPU)


def png() -> bytes:
    buffer = io.BytesIO()
    Image.frombytes("L", (32, 32), os.urandom(32 * 32)).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class Waiting:
    """States that wait: each token is told once what became of it."""

    told: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)

    def succeed(self, token: str, output: dict[str, Any]) -> bool:
        self.told.append((token, "success"))
        self.outputs.append(output)
        return True

    def fail(self, token: str, *, error: str, message: str) -> bool:
        self.told.append((token, error))
        return True


@dataclass
class Endpoint:
    """An endpoint that takes everything in, and lets the test act while it does."""

    asked: list[tuple[Ref, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def submit(self, ref: Ref, shard_id: str, content_type: str) -> None:
        self.asked.append((ref, shard_id, content_type))
        self.meanwhile()


class InterruptedShards(Shards):
    """Shards between whose steps something else happens, once."""

    def __init__(self, work: Blobs) -> None:
        super().__init__(work)
        self.before_commit: Callable[[], None] | None = None
        self.after_commit: Callable[[], None] | None = None

    def commit(self, ref: Ref, shard: Shard) -> Shard:
        before, self.before_commit = self.before_commit, None
        if before:
            before()
        stored = super().commit(ref, shard)
        after, self.after_commit = self.after_commit, None
        if after:
            after()
        return stored


@dataclass
class Bench:
    """A document of one scanned page, and both ends of the lane."""

    pipeline: Pipeline
    ref: Ref
    source: Source
    shards: InterruptedShards
    endpoint: Endpoint
    waiting: Waiting
    callbacks: Callbacks
    lane: GpuLane
    results: InferenceResults
    exchange: Blobs

    def request(self, token: str) -> None:
        self.lane.request(self.ref, self.source, SCAN, token, CALL)

    def answer(self, text: str = "ok", **fields: Any) -> None:
        """Take in an answer with a page, as the queue brings it."""
        page = Page(number=1, lane=Lane.GPU, lane_reason=LaneReason.FORCED, width_pt=1, height_pt=1)
        body = OcrAnswer(engine=text, backend="b", weights_sha256="0" * 64, pages=(page,))
        key = f"{layout.ocr_output_prefix(self.ref)}{layout.ocr_answer_name(self.ref, 's0001')}"
        self.exchange.put(key, body.to_json(), "application/json")
        self.take(
            invocationStatus="Completed",
            responseParameters={"outputLocation": layout.uri(self.exchange.bucket, key)},
        )

    def take(self, **outcome: Any) -> None:
        known = {"inferenceId": layout.inference_id(self.ref, "s0001")}
        self.results.take(InferenceResult.model_validate({**known, **outcome}), CALL)

    @property
    def callback(self) -> Callback | None:
        return self.callbacks.get(layout.inference_id(self.ref, "s0001"))


@pytest.fixture
def bench(pipeline: Pipeline) -> Bench:
    content = png()
    digest = hashlib.sha256(content).hexdigest()
    source = Source(bucket=pipeline.names["WORK_BUCKET"], key=f"t/source/{uuid.uuid4().hex}")
    pipeline.client("s3").put_object(Bucket=source.bucket, Key=source.key, Body=content)
    moment = now()
    ref = Ref(tenant="t", document_id=document_id("t", digest))
    record = Record(
        ref=ref,
        status=Status.QUEUED,
        source=source,
        content_sha256=digest,
        size_bytes=len(content),
        created_at=moment,
        updated_at=moment,
    )
    assert pipeline.records.open(record, name="a.png", upload_id=uuid.uuid4().hex)
    assert pipeline.records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    work = Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])
    plan = Plan(
        media_type="image/png",
        content_sha256=digest,
        size_bytes=len(content),
        created_at=moment,
        shards=(SCAN,),
        reasons=(LaneReason.IMAGE_INPUT,),
    )
    work.put_json_once(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"), plan.to_json())
    exchange = Blobs(pipeline.client("s3"), pipeline.names["OCR_BUCKET"])
    shards, waiting, endpoint = InterruptedShards(work), Waiting(), Endpoint()
    callbacks = Callbacks(pipeline.client("dynamodb"), pipeline.names["TABLE"])
    lane = GpuLane(
        sources=Sources(pipeline.client("s3")),
        shards=shards,
        exchange=exchange,
        callbacks=callbacks,
        tokens=waiting,
        endpoint=endpoint,
        deadline=timedelta(seconds=60),
    )
    results = InferenceResults(
        shards=shards,
        exchange=exchange,
        records=pipeline.records,
        callbacks=callbacks,
        tokens=waiting,
    )
    return Bench(
        pipeline, ref, source, shards, endpoint, waiting, callbacks, lane, results, exchange
    )


def test_the_token_is_stored_before_the_endpoint_is_asked(bench: Bench) -> None:
    seen = []
    bench.endpoint.meanwhile = lambda: seen.append(bench.callback)
    bench.request("first")
    (callback,) = seen
    assert (callback.task_token, callback.pages, callback.shard) == ("first", (1,), SCAN)
    assert bench.endpoint.asked == [(bench.ref, "s0001", "image/png")]
    # A whole document is copied as it is
    body = bench.exchange.get(layout.ocr_input_key(bench.ref, "s0001"))
    original = bench.pipeline.client("s3").get_object(
        Bucket=bench.source.bucket, Key=bench.source.key
    )
    assert body == original["Body"].read()


def test_an_answer_is_told_to_its_token_and_forgotten(bench: Bench) -> None:
    bench.request("first")
    bench.answer()
    assert bench.waiting.told == [("first", "success")]
    (output,) = bench.waiting.outputs
    assert (output["shard_id"], output["pages"], output["failed"]) == ("s0001", 1, 0)
    assert output["uri"].endswith("/r1/read/s0001.json")
    assert bench.callback is None
    shard = bench.shards.find(bench.ref, "s0001")
    assert shard.gb_seconds == 0.5  # of asking and of taking in
    assert shard.pages[0].lane_reason is LaneReason.IMAGE_INPUT


def test_a_retry_that_stores_its_token_before_the_commit_is_answered_too(bench: Bench) -> None:
    # Given a retry whose token comes while the first answer is about to be committed
    bench.request("first")
    bench.shards.before_commit = lambda: bench.request("second")
    # When it is
    bench.answer()
    # Then nobody is left waiting
    assert bench.waiting.told == [("first", "success"), ("second", "success")]
    assert bench.callback is None


def test_a_retry_that_comes_after_the_commit_answers_itself(bench: Bench) -> None:
    bench.request("first")
    bench.shards.after_commit = lambda: bench.request("second")
    bench.answer()
    assert sorted(bench.waiting.told) == [("first", "success"), ("second", "success")]
    assert len(bench.endpoint.asked) == 1
    assert bench.callback is None


def test_a_commit_between_the_two_looks_of_a_retry_is_seen(bench: Bench) -> None:
    # Given a shard that is committed while the retry is about to store its token
    bench.request("first")
    put = bench.callbacks.put

    def put_late(callback: Callback, lifetime: timedelta) -> None:
        bench.callbacks.put = put
        bench.answer()
        put(callback, lifetime)

    bench.callbacks.put = put_late
    bench.request("second")
    # Then it is answered without asking again
    assert bench.waiting.told == [("first", "success"), ("second", "success")]
    assert len(bench.endpoint.asked) == 1
    assert bench.callback is None


def test_the_same_token_of_a_retry_is_another_try(bench: Bench) -> None:
    # Given an interpreter that gives a retry the token of the try before
    bench.request("only")
    before = bench.callback
    bench.request("only")
    # Then the first try's answer does not forget the second
    assert not bench.callbacks.delete(before)
    assert bench.callback is not None


def test_a_failure_after_the_shard_was_read_is_a_success(bench: Bench) -> None:
    bench.request("first")
    waiting = bench.callback
    bench.answer()
    bench.callbacks.put(waiting, timedelta(minutes=1))
    bench.take(invocationStatus="Failed", failureReason="Received server error (500)")
    assert bench.waiting.told == [("first", "success"), ("first", "success")]


def test_an_answer_is_repeated_until_it_was_acknowledged(bench: Bench) -> None:
    # Given that the table is away after the state was told
    bench.request("first")
    delete = bench.callbacks.delete

    def broken(_callback: Callback) -> bool:
        bench.callbacks.delete = delete
        raise ConnectionError

    bench.callbacks.delete = broken
    with pytest.raises(ConnectionError):
        bench.answer()
    # When the message comes again
    bench.answer("another")
    # Then the state is told the same
    assert bench.waiting.told == [("first", "success"), ("first", "success")]
    assert bench.waiting.outputs[0] == bench.waiting.outputs[1]
    assert bench.callback is None


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.CANCELLED])
def test_an_answer_to_a_document_that_has_ended_stores_nothing(
    bench: Bench, status: Status
) -> None:
    bench.request("first")
    assert bench.pipeline.records.change(bench.ref, status, stage=Stage.READ)
    bench.answer()
    assert bench.shards.find(bench.ref, "s0001") is None
    assert bench.waiting.told == []
    assert bench.callback is None
    # And what it says is kept nowhere: nobody would purge it any more
    answers = layout.ocr_output_prefix(bench.ref)
    assert bench.pipeline.keys("OCR_BUCKET", answers) == []


def test_a_late_answer_deletes_nothing_but_itself(bench: Bench) -> None:
    bench.request("first")
    assert bench.pipeline.records.change(bench.ref, Status.PARTIAL, stage=Stage.READ)
    key = f"input/{uuid.uuid4().hex}"
    bench.exchange.put(key, b"somebody else's", "text/plain")
    location = layout.uri(bench.exchange.bucket, key)
    bench.take(invocationStatus="Completed", responseParameters={"outputLocation": location})
    assert bench.callback is None
    assert bench.exchange.find(key) == b"somebody else's"


def test_a_shard_that_was_given_up_stays_so_in_its_attempt(bench: Bench) -> None:
    bench.request("first")
    given_up = MarkUnread(bench.shards).run(bench.ref, SCAN, CALL)
    assert [(p.status, p.code) for p in given_up.pages] == [
        (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)
    ]
    bench.answer()
    assert bench.shards.find(bench.ref, "s0001") == given_up
    assert bench.waiting.outputs[0]["failed"] == 1


def test_a_shard_that_was_read_after_all_is_not_given_up(bench: Bench) -> None:
    bench.request("first")
    bench.answer()
    kept = MarkUnread(bench.shards).run(bench.ref, SCAN, CALL)
    assert [page.status for page in kept.pages] == [PageStatus.OK]


def test_the_next_attempt_asks_again_for_what_was_given_up(bench: Bench) -> None:
    bench.request("first")
    MarkUnread(bench.shards).run(bench.ref, SCAN, CALL)
    bench.ref = bench.ref.model_copy(update={"attempt": 2})
    bench.request("second")
    assert [ref.attempt for ref, *_ in bench.endpoint.asked] == [1, 2]
    assert bench.waiting.told == []


def test_what_is_stored_is_not_even_sent(bench: Bench) -> None:
    MarkUnread(bench.shards).run(bench.ref, SCAN, CALL)
    bench.request("first")
    assert bench.exchange.find(layout.ocr_input_key(bench.ref, "s0001")) is None
    assert bench.waiting.told == [("first", "success")]
    assert bench.callback is None


def test_once_pages_are_counted_nothing_given_up_is_taken_back(bench: Bench) -> None:
    MarkUnread(bench.shards).run(bench.ref, SCAN, CALL)
    key = layout.stage_key(bench.ref, Stage.ASSEMBLE, "manifest.json")
    Blobs(bench.pipeline.client("s3"), bench.pipeline.names["WORK_BUCKET"]).put(
        key, b"{}", "application/json"
    )
    bench.ref = bench.ref.model_copy(update={"attempt": 2})
    bench.request("second")
    assert bench.endpoint.asked == []
    assert bench.waiting.told == [("second", "success")]


def test_a_page_that_preflight_refused_keeps_its_code(bench: Bench) -> None:
    plan = bench.shards.plan(bench.ref)
    refused = plan.model_copy(update={"refused": (Gap(page=1, code=PageCode.PAGE_TOO_LARGE),)})
    key = layout.stage_key(bench.ref, Stage.PREFLIGHT, "plan.json")
    Blobs(bench.pipeline.client("s3"), bench.pipeline.names["WORK_BUCKET"]).put(
        key, refused.to_json(), "application/json"
    )
    text = SCAN.model_copy(update={"lane": Lane.TEXT})
    (page,) = MarkUnread(bench.shards).run(bench.ref, text, CALL).pages
    assert (page.code, page.lane) == (PageCode.PAGE_TOO_LARGE, Lane.TEXT)


def test_a_token_that_nobody_knows_is_no_error(pipeline: Pipeline) -> None:
    tokens = TaskTokens(pipeline.client("stepfunctions"))
    assert not tokens.succeed("nobody", {})
    assert not tokens.fail("nobody", error="Retryable", message="{}")


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_stale_token_is_no_error(pipeline: Pipeline, code: str) -> None:
    client = boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        stubber.add_client_error("send_task_success", code)
        assert not TaskTokens(client).succeed("stale", {})


def test_an_sdk_that_cannot_say_where_an_answer_shall_lie_is_refused_at_once() -> None:
    # Given the call as SDKs knew it before 2026
    client = boto3.client(
        "sagemaker-runtime",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    shape = client.meta.service_model.operation_model("InvokeEndpointAsync").input_shape
    for name in ("S3OutputPathExtension", "Filename"):
        del shape.members[name]
    model = SimpleNamespace(operation_model=lambda _: SimpleNamespace(input_shape=shape))
    old = SimpleNamespace(meta=SimpleNamespace(service_model=model))
    # Then the function does not even start
    with pytest.raises(ConfigurationError, match="S3OutputPathExtension"):
        OcrEndpoint(old, name="e", bucket="b", waits_s=60, works_s=60, page_s=30)


@pytest.mark.parametrize(
    ("code", "status"),
    [("ValidationError", 400), ("InternalFailure", 500), ("ServiceUnavailable", 503)],
)
def test_an_endpoint_that_takes_nothing_may_be_asked_again(code: str, status: int) -> None:
    client = boto3.client(
        "sagemaker-runtime",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    endpoint = OcrEndpoint(client, name="e", bucket="b", waits_s=60, works_s=9000, page_s=30)
    ref = Ref(tenant="t", document_id="d" + "0" * 32, revision=9999, attempt=9999)
    with Stubber(client) as stubber:
        stubber.add_client_error("invoke_endpoint_async", code, http_status_code=status)
        with pytest.raises(Retryable) as caught:
            endpoint.submit(ref, "s0400", "image/png")
    assert caught.value.code == "ENDPOINT_ERROR"
