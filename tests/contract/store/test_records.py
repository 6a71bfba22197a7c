"""Records: a change of status is one conditional transaction; who is late changes nothing."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from docparser.errors import Superseded
from docparser.intake.identity import document_id
from docparser.model import (
    TRANSITIONS,
    DocumentType,
    Level,
    Record,
    Ref,
    Source,
    Stage,
    Status,
    now,
)
from docparser.store.records import Records

from tests.stack import Pipeline


@pytest.fixture
def records(pipeline: Pipeline) -> Records:
    return pipeline.records


def queued() -> Record:
    content = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    moment = now()
    return Record(
        ref=Ref(tenant="t", document_id=document_id("t", content)),
        status=Status.QUEUED,
        source=Source(bucket="b", key="k", version_id="v"),
        content_sha256=content,
        size_bytes=1,
        created_at=moment,
        updated_at=moment,
        lease_until=moment + timedelta(hours=1),
    )


@pytest.fixture
def record(records: Records) -> Record:
    record = queued()
    assert records.open(record, name="a.pdf", upload_id="0" * 32)
    return record


def test_a_record_survives_the_table(records: Records, record: Record) -> None:
    assert records.get(record.ref) == record
    assert records.current("t", record.ref.document_id) == record


def test_a_document_is_opened_once(records: Records, record: Record) -> None:
    assert not records.open(record, name="b.pdf", upload_id="1" * 32)
    assert records.knows_alias(record.ref, "0" * 32)
    assert not records.knows_alias(record.ref, "1" * 32)


def test_an_unknown_document_has_no_record(records: Records) -> None:
    assert records.get(queued().ref) is None
    assert records.current("t", queued().ref.document_id) is None


def test_a_change_writes_record_and_event_together(
    pipeline: Pipeline, records: Records, record: Record
) -> None:
    moved = records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert moved is not None
    assert records.get(record.ref) == moved
    assert (moved.status, moved.seq) == (Status.RUNNING, 2)
    assert pipeline.events(record.ref) == [("QUEUED", ""), ("RUNNING", "")]


def test_being_there_already_counts_as_done(
    pipeline: Pipeline, records: Records, record: Record
) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT) is not None
    assert len(pipeline.events(record.ref)) == 2


@pytest.mark.parametrize("to", [Status.COMPLETED, Status.PARTIAL, Status.ERASED, Status.WAITING])
def test_no_change_but_the_allowed_ones(records: Records, record: Record, to: Status) -> None:
    assert to not in TRANSITIONS[Status.QUEUED]
    assert records.change(record.ref, to, stage=Stage.COMPLETE) is None
    assert records.get(record.ref) == record


def test_a_late_loser_changes_nothing(records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    won = records.change(record.ref, Status.COMPLETED, stage=Stage.COMPLETE)
    assert records.change(record.ref, Status.FAILED, stage=Stage.READ, code="INTERNAL") is None
    with pytest.raises(Superseded):
        records.advance(record.ref, Stage.READ)
    with pytest.raises(Superseded):
        records.require_running(record.ref)
    assert records.get(record.ref) == won


def test_of_two_at_once_one_wins(pipeline: Pipeline, records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)

    def end(status: Status) -> Record | None:
        return records.change(record.ref, status, stage=Stage.COMPLETE, code=None)

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(end, [Status.COMPLETED, Status.FAILED] * 4))
    status = records.get(record.ref).status
    assert {one.status for one in ended if one is not None} == {status}
    assert len(pipeline.events(record.ref)) == 3


def test_an_attempt_that_runs_twice_for_a_moment_is_no_conflict(
    pipeline: Pipeline, records: Records, record: Record
) -> None:
    """A call that is retried while it still runs must not fail its own document."""

    def begin(_: int) -> Record | None:
        return records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(begin, range(8)))
    assert None not in begun
    assert len(pipeline.events(record.ref)) == 2


def test_a_lease_that_ran_out_ends_the_attempt_once(records: Records, record: Record) -> None:
    expired = records.expire(record)
    assert expired is not None
    assert (expired.status, expired.code) == (Status.FAILED, "DEADLINE")
    assert records.expire(expired) == expired


def test_another_attempt_is_not_touched(records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    failed = records.change(record.ref, Status.FAILED, stage=Stage.READ, code="INTERNAL")
    assert failed is not None
    came_now = Source(bucket="b", key="k2", version_id="v2")
    second = records.retry(failed, came_now, timedelta(hours=1))
    assert second is not None
    assert (second.ref.attempt, second.status, second.code) == (2, Status.QUEUED, None)
    assert second.source == came_now
    assert records.retry(failed, came_now, timedelta(hours=1)) is None
    assert records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT) is None
    assert records.get(second.ref) == second


def test_stages_note_what_they_found(records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    records.advance(
        record.ref,
        Stage.CLASSIFY,
        gb_seconds=0.25,
        type=DocumentType.LETTER,
        level=Level.RESTRICTED,
    )
    for _ in range(2):  # as where the answer of the first call was lost
        records.advance(record.ref, Stage.ASSEMBLE, charges_usd=Decimal("0.0455"))
    records.advance(record.ref, Stage.ROUTE, gb_seconds=0.5)
    noted = records.get(record.ref)
    assert noted is not None
    assert (noted.stage, noted.type, noted.level) == (Stage.ROUTE, "letter", "RESTRICTED")
    assert noted.gb_seconds == pytest.approx(0.75)
    assert noted.charges_usd == Decimal("0.0455")


def test_only_unfinished_revisions_are_in_the_open_index(
    pipeline: Pipeline, records: Records, record: Record
) -> None:
    def is_open() -> bool:
        rows = pipeline.client("dynamodb").query(
            TableName=pipeline.names["TABLE"],
            IndexName="open",
            KeyConditionExpression="gsi2pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"OPEN#{record.ref.document_id[1]}"}},
        )["Items"]
        return record.ref.document_id in {row["pk"]["S"].rpartition("#")[2] for row in rows}

    assert is_open()
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert is_open()
    records.change(record.ref, Status.REJECTED, stage=Stage.PREFLIGHT, code="EMPTY")
    assert not is_open()


def test_the_newest_documents_of_a_tenant_are_found_first(
    pipeline: Pipeline, records: Records
) -> None:
    first, second = queued(), queued().model_copy(update={"created_at": now() + timedelta(days=1)})
    for one in (first, second):
        records.open(one, name="x", upload_id=uuid.uuid4().hex)
    rows = pipeline.client("dynamodb").query(
        TableName=pipeline.names["TABLE"],
        IndexName="by_tenant",
        KeyConditionExpression="gsi1pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "T#t"}},
        ScanIndexForward=False,
    )["Items"]
    ids = [row["pk"]["S"].rpartition("#")[2] for row in rows]
    assert ids.index(second.ref.document_id) < ids.index(first.ref.document_id)
