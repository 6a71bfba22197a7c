"""Many documents at once, fairly; attempts that follow by themselves; nothing left of a cancelled.

Time is not waited for: the sweep and the dispatcher run here, besides the deployed ones, by a clock
that is ahead.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser.flow.cleanup import Cleanup
from docparser.flow.dispatcher import Dispatcher
from docparser.flow.parking import Resumption
from docparser.flow.sweep import Sweep
from docparser.govern.retention import Expiry
from docparser.intake.identity import document_id
from docparser.model import Priority, Record, Ref, Status, Zone, now
from docparser.outcome import Stop
from docparser.route.bucket_zone import BucketZone
from docparser.search.embedded import EmbeddedIndex
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.callbacks import TaskTokens
from docparser.store.erasures import Erasures
from docparser.store.executions import Executions
from docparser.store.parked import ParkedWalks
from docparser.store.slots import Slots
from docparser.store.waiting import Waiter, Waiting

from tests.pdfs import scan_pdf, text_pdf
from tests.stack import Pipeline, until
from tests.unit.api.calls import Api, api_on, erasing_on
from tests.workflow.test_faults import NOWHERE, deaf_server
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKETS = (
    "INTAKE_BUCKET", "WORK_BUCKET", "OCR_BUCKET", "VAULT_BUCKET", "BACKUP_BUCKET", "SYNC_BUCKET"
)  # fmt: skip
LONGEST_S = 240  # for 66 documents on a machine that does something else besides
MAX_FAILURES = 3


@dataclass(frozen=True)
class Flow:
    """The flow over the deployed pipeline's table, by a clock of the test's own."""

    pipeline: Pipeline
    ahead: timedelta

    @property
    def waiting(self) -> Waiting:
        sqs = self.pipeline.client("sqs")
        name = f"docparser-{self.pipeline.outputs.env}-dispatch"
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return Waiting(self.pipeline.client("dynamodb"), self.pipeline.names["TABLE"], sqs, url)

    def _blobs(self, bucket: str) -> Blobs:
        return Blobs(self.pipeline.client("s3"), self.pipeline.names[bucket])

    @property
    def slots(self) -> Slots:
        variables = settings(self.pipeline, "dispatch")
        return Slots(
            self.pipeline.client("dynamodb"),
            self.pipeline.names["TABLE"],
            count=int(variables["DOCPARSER_SLOTS"]),
        )

    @property
    def index(self) -> EmbeddedIndex:
        return EmbeddedIndex(Path(settings(self.pipeline, "index")["DOCPARSER_SEARCH_LOCATION"]))

    @property
    def dispatcher(self) -> Dispatcher:
        return Dispatcher(
            records=self.pipeline.records,
            queues=self.waiting,
            slots=self.slots,
            executions=self._executions(),
            deadline=timedelta(hours=1),
            clock=lambda: now() + self.ahead,
        )

    def _executions(self) -> Executions:
        machine = self.pipeline.names["STATE_MACHINE_ARN"]
        return Executions(self.pipeline.client("stepfunctions"), machine)

    @property
    def sweep(self) -> Sweep:
        records, waiting = self.pipeline.records, self.waiting
        return Sweep(
            records=records,
            queues=waiting,
            executions=self._executions(),
            slots=self.slots,
            stop=Stop(records=records, waiting=waiting, max_failures=MAX_FAILURES),
            cleanup=Cleanup(
                work=self._blobs("WORK_BUCKET"),
                exchange=self._blobs("OCR_BUCKET"),
                zones={
                    zone: BucketZone(self._blobs(f"{zone.upper()}_BUCKET"), keys={})
                    for zone in Zone
                },
                erasures=self.erasures,
                sources=Sources(self.pipeline.client("s3")),
                index=self.index,
                records=records,
            ),
            dispatcher=self.dispatcher,
            resumption=Resumption(
                records=records,
                parked=ParkedWalks(self.pipeline.client("dynamodb"), self.pipeline.names["TABLE"]),
                tokens=TaskTokens(self.pipeline.client("stepfunctions")),
                deadline=timedelta(hours=1),
            ),
            expiry=Expiry(records=records, requests=erasing_on(self.pipeline)),
            clock=lambda: now() + self.ahead,
        )

    @property
    def erasures(self) -> Erasures:
        sqs = self.pipeline.client("sqs")
        name = f"docparser-{self.pipeline.outputs.env}-purge"
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return Erasures(self.pipeline.client("dynamodb"), self.pipeline.names["TABLE"], sqs, url)


def settings(pipeline: Pipeline, function: str) -> dict[str, str]:
    """Return a deployed function's environment."""
    name = f"docparser-{pipeline.outputs.env}-{function}"
    configuration = pipeline.client("lambda").get_function_configuration(FunctionName=name)
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    return variables


def later(pipeline: Pipeline, **ahead: int) -> Flow:
    return Flow(pipeline, timedelta(**ahead))


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


# ---------------------------------------------------------------------- many at once
def put(pipeline: Pipeline, tenant: str) -> Ref:
    """Upload a document of a tenant's; return its first attempt."""
    content = text_pdf()
    pipeline.upload(content, key=layout.upload_key("standard", tenant, uuid.uuid4().hex))
    digest = hashlib.sha256(content).hexdigest()
    return Ref(tenant=tenant, document_id=document_id(tenant, digest))


def test_a_flood_of_one_tenant_delays_no_other_and_everything_is_completed(
    pipeline: Pipeline,
) -> None:
    # Given one tenant that floods the queue, and two that come later with a few documents
    flood, few = f"flood-{uuid.uuid4().hex[:8]}", [f"few-{uuid.uuid4().hex[:8]}" for _ in "ab"]
    flooded = [put(pipeline, flood) for _ in range(60)]
    others = [put(pipeline, tenant) for tenant in few for _ in range(3)]
    # When all are walked, by fewer slots than there are documents
    slots = later(pipeline).slots
    assert slots.count < len(flooded) / 4
    records = _completed(pipeline, [*flooded, *others], slots)
    # Then the two end long before the first one does
    ends = sorted(_ended_at(records[ref]) for ref in flooded)
    last = max(_ended_at(records[ref]) for ref in others)
    assert sum(end < last for end in ends) < len(ends) / 2
    # And each walked once and failed never, however long it waited
    for ref in (*flooded, *others):
        assert (records[ref].status, records[ref].ref.attempt) == (Status.COMPLETED, 1)
        assert [to for to, _ in pipeline.events(ref)] == ["QUEUED", "RUNNING", "COMPLETED"]
        assert pipeline.executions(ref) == [ref.execution_name]


def _ended_at(record: Record) -> float:
    assert record.finished_at is not None
    return record.finished_at.timestamp()


def _completed(pipeline: Pipeline, refs: list[Ref], slots: Slots) -> dict[Ref, Record]:
    """Wait for every document's end, and see that no more walk than there are slots."""
    ended: dict[Ref, Record] = {}
    deadline = time.monotonic() + LONGEST_S
    while len(ended) < len(refs):
        assert time.monotonic() < deadline, f"{len(ended)} of {len(refs)} have ended"
        standing = pipeline.records.standing(ref for ref in refs if ref not in ended)
        assert sum(record.status is Status.RUNNING for record in standing.values()) <= slots.count
        for record in standing.values():
            if record.status.terminal:
                ended[record.ref] = record
        time.sleep(0.25)
    return ended


# ---------------------------------------------------------------------- next attempts
@contextlib.contextmanager
def without_retries(pipeline: Pipeline) -> Iterator[None]:
    """Let every failed call of a function end its walk: minutes of retries are not waited for."""
    states, arn = pipeline.client("stepfunctions"), pipeline.names["STATE_MACHINE_ARN"]
    definition = states.describe_state_machine(stateMachineArn=arn)["definition"]
    states.update_state_machine(
        stateMachineArn=arn, definition=json.dumps(_without(json.loads(definition), "Retry"))
    )
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=arn, definition=definition)


def _without(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _without(inner, name) for key, inner in value.items() if key != name}
    if isinstance(value, list):
        return [_without(inner, name) for inner in value]
    return value


def queued_again(pipeline: Pipeline, ref: Ref, attempt: int) -> Record:
    """Wait until a document is in the queue for an attempt."""

    def look() -> Record | None:
        record = pipeline.record(ref)
        waits = record and record.ref.attempt == attempt and record.status is Status.QUEUED
        return record if waits else None

    return until(look)


def test_a_service_that_was_away_costs_an_attempt_and_nobody_has_to_ask_for_the_next(
    pipeline: Pipeline,
) -> None:
    # Given a document whose walk ends because S3 is away
    content = text_pdf()
    ref = ref_of(content)
    with without_retries(pipeline), pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        again = queued_again(pipeline, ref, 2)
    assert again.failures == 1
    (waiter,) = [one for one in _waiters(pipeline) if one.ref == again.ref]
    assert waiter.ready_at is not None
    assert timedelta(seconds=29) < waiter.ready_at - again.updated_at <= timedelta(seconds=30)
    # When its time has come
    later(pipeline, seconds=31).dispatcher.run()
    # Then it is walked to its end
    record = pipeline.ended(ref_of(content, attempt=2), attempt=2)
    assert (record.status, record.ref.attempt) == (Status.COMPLETED, 2)
    assert pipeline.events(ref) == [
        ("QUEUED", ""), ("RUNNING", ""), ("FAILED", "DEPENDENCY"),
        ("QUEUED", ""), ("RUNNING", ""), ("COMPLETED", ""),
    ]  # fmt: skip


def _waiters(pipeline: Pipeline) -> list[Waiter]:
    return list(later(pipeline).waiting.queue(Priority.STANDARD, "default", step=100))


def test_a_document_that_fails_for_ever_is_set_aside_with_the_reason(pipeline: Pipeline) -> None:
    content = text_pdf()
    ref = ref_of(content)
    with without_retries(pipeline), pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        for attempt in range(2, MAX_FAILURES + 1):
            queued_again(pipeline, ref, attempt)
            later(pipeline, minutes=3).dispatcher.run()
        record = pipeline.ended(ref_of(content, attempt=MAX_FAILURES), attempt=MAX_FAILURES)
    assert (record.status, record.code) == (Status.FAILED, "DEPENDENCY")
    assert (record.ref.attempt, record.failures) == (MAX_FAILURES, MAX_FAILURES)
    # And it stays so
    later(pipeline, hours=9).sweep.run()
    assert pipeline.record(ref) == record
    assert len(pipeline.executions(ref)) == MAX_FAILURES


# ---------------------------------------------------------------------- cancelled
def left(pipeline: Pipeline, ref: Ref) -> list[str]:
    """Return every object of a document in any bucket."""
    rooms = ("", "renamed/", "input/", "output/", "failure/")
    prefixes = [room + layout.document_prefix(ref) for room in rooms]
    return [
        key for bucket in BUCKETS for prefix in prefixes for key in pipeline.keys(bucket, prefix)
    ]


def assert_nothing_is_left(pipeline: Pipeline, ref: Ref, key: str, word: str) -> None:
    later(pipeline, minutes=2).sweep.run()
    # The backup's copies are locked: those the purge deletes, which is told of them.
    until(lambda: left(pipeline, ref) == [])
    assert pipeline.keys("INTAKE_BUCKET", key) == []
    assert later(pipeline).index.find("default", word, limit=10).hits == ()
    # What a function that was under way writes as late as it may is gone a quarter of an hour later
    pipeline.client("s3").put_object(
        Bucket=pipeline.names["VAULT_BUCKET"], Key=f"{layout.revision_prefix(ref)}original"
    )
    later(pipeline, minutes=25).sweep.run()
    assert left(pipeline, ref) == []
    record = pipeline.record(ref)
    assert record is not None
    assert (record.status, record.lease_until) == (Status.CANCELLED, None)


def cancel(api: Api, ref: Ref) -> int:
    return api("DELETE", f"/documents/{ref.document_id}").status


def test_nothing_is_left_of_what_was_cancelled_while_it_waited(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a document that waits for its next attempt
    word = f"heron{uuid.uuid4().hex[:8]}"
    content = text_pdf((word,))
    ref = ref_of(content)
    with without_retries(pipeline), pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        source = pipeline.upload(content)
        queued_again(pipeline, ref, 2)
    assert left(pipeline, ref) != []
    # When it is cancelled
    assert cancel(api, ref) == 202
    # Then it never starts, and nothing is left
    assert_nothing_is_left(pipeline, ref, source.key, word)
    assert pipeline.executions(ref) == [ref.execution_name]


def test_nothing_is_left_of_what_was_cancelled_while_its_scans_were_read(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a document whose shards are stored, and whose next stage hangs
    content = scan_pdf(scanned=1, text=1)
    ref = ref_of(content)
    with deaf_server() as url, pipeline.changed("assemble", AWS_ENDPOINT_URL_S3=url):
        source = pipeline.upload(content)
        until(lambda: _entered(pipeline, ref, "Assemble"), timeout_s=90)
        assert left(pipeline, ref) != []
        # When it is cancelled
        assert cancel(api, ref) == 202
        until(lambda: pipeline.execution(ref)["status"] == "ABORTED")
    # Then nothing is left
    assert_nothing_is_left(pipeline, ref, source.key, "goods")


def test_nothing_is_left_of_what_was_cancelled_just_before_it_was_completed(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a document whose copies are in the zones and whose passages can be found
    word = f"egret{uuid.uuid4().hex[:8]}"
    content = text_pdf((word, "Annual report", "for publication"))
    ref = ref_of(content)
    with deaf_server() as url, pipeline.changed("complete", AWS_ENDPOINT_URL_DYNAMODB=url):
        source = pipeline.upload(content, level="PUBLIC")
        until(lambda: _entered(pipeline, ref, "Complete"))
        assert pipeline.keys("VAULT_BUCKET", layout.revision_prefix(ref)) != []
        assert later(pipeline).index.find("default", word, limit=10).hits != ()
        # When it is cancelled
        assert cancel(api, ref) == 202
        until(lambda: pipeline.execution(ref)["status"] == "ABORTED")
    # Then nothing is left
    assert_nothing_is_left(pipeline, ref, source.key, word)


def _entered(pipeline: Pipeline, ref: Ref, state: str) -> bool:
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return any(
            event["stateEnteredEventDetails"]["name"] == state
            for event in pipeline.history(ref)
            if "stateEnteredEventDetails" in event
        )
    return False


def test_a_document_is_completed_or_cancelled_and_never_a_part_of_both(
    pipeline: Pipeline, api: Api
) -> None:
    # Given documents that are cancelled at any moment of their walks
    cancelled, completed = [], []
    for number in range(8):
        content = text_pdf()
        ref = ref_of(content)
        pipeline.upload(content)
        until(lambda: pipeline.record(ref))  # noqa: B023 - it is looked at before the next one
        time.sleep(number * 0.25)
        answer = cancel(api, ref)
        assert answer in (202, 409)
        (cancelled if answer == 202 else completed).append(ref)
    until(lambda: all(_over(pipeline, ref) for ref in (*cancelled, *completed)))
    later(pipeline, minutes=2).sweep.run()
    later(pipeline, minutes=25).sweep.run()
    # Then of some there is nothing, and of the others everything
    for ref in cancelled:
        record = pipeline.record(ref)
        assert record is not None
        assert record.status is Status.CANCELLED
        until(lambda: left(pipeline, ref) == [])  # noqa: B023 - it is empty before the next one
    for ref in completed:
        record = pipeline.record(ref)
        assert record is not None
        assert record.status is Status.COMPLETED
        prefix = layout.revision_prefix(ref)
        assert {key.removeprefix(prefix) for key in pipeline.keys("VAULT_BUCKET", prefix)} == {
            *("original", "document.json", "document.md", "document.txt"),
            *("pages/s0001.json", "pii/s0001.json"),
        }
    assert cancelled


def _over(pipeline: Pipeline, ref: Ref) -> bool:
    """Whether a document has ended, and its execution, if it ever had one."""
    record = pipeline.record(ref)
    if record is None or not record.status.terminal:
        return False
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return bool(pipeline.execution(ref)["status"] != "RUNNING")
    return True
