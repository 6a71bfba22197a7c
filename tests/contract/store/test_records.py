"""Records: a change of status is one conditional transaction; who is late changes nothing."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from docparser.errors import Retryable, Superseded
from docparser.intake.identity import document_id
from docparser.model import (
    TRANSITIONS,
    Action,
    DocumentType,
    Event,
    Level,
    Record,
    Ref,
    Source,
    Stage,
    Status,
    now,
    rfc3339,
)
from docparser.store import chain
from docparser.store.records import Records

from tests.contract.premises import Premises

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = timedelta(hours=1)


@pytest.fixture
def records(premises: Premises) -> Records:
    return premises.records


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
    opened = records.open(queued(), name="a.pdf", upload_id="0" * 32)
    assert opened is not None
    return opened


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
    premises: Premises, records: Records, record: Record
) -> None:
    moved = records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert moved is not None
    assert records.get(record.ref) == moved
    assert (moved.status, moved.seq) == (Status.RUNNING, 2)
    assert premises.events(record.ref) == [("QUEUED", ""), ("RUNNING", "")]


def test_being_there_already_counts_as_done(
    premises: Premises, records: Records, record: Record
) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT) is not None
    assert len(premises.events(record.ref)) == 2


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


def test_of_two_at_once_one_wins(premises: Premises, records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)

    def end(status: Status) -> Record | None:
        return records.change(record.ref, status, stage=Stage.COMPLETE, code=None)

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(end, [Status.COMPLETED, Status.FAILED] * 4))
    status = records.get(record.ref).status
    assert {one.status for one in ended if one is not None} == {status}
    assert len(premises.events(record.ref)) == 3


def test_an_attempt_that_runs_twice_for_a_moment_is_no_conflict(
    premises: Premises, records: Records, record: Record
) -> None:
    """A call that is retried while it still runs must not fail its own document."""

    def begin(_: int) -> Record | None:
        return records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(begin, range(8)))
    assert None not in begun
    assert len(premises.events(record.ref)) == 2


def test_another_attempt_is_not_touched(records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    failed = records.change(record.ref, Status.FAILED, stage=Stage.READ, code="INTERNAL")
    assert failed is not None
    came_now = Source(bucket="b", key="k2", version_id="v2")
    second = records.begin_again(failed, came_now, HOUR)
    assert second is not None
    assert (second.ref.attempt, second.status, second.code) == (2, Status.QUEUED, None)
    assert second.source == came_now
    assert records.begin_again(failed, came_now, HOUR) is None
    assert records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT) is None
    assert records.get(second.ref) == second


def test_attempts_that_failed_by_themselves_are_counted(
    premises: Premises, records: Records, record: Record
) -> None:
    for counts, failures in ((True, 1), (False, 1), (True, 2)):
        records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        failed = records.change(record.ref, Status.FAILED, stage=Stage.READ, code="DEPENDENCY")
        assert failed is not None
        ready_at = now() + timedelta(minutes=2)
        retried = records.retry(failed, failed.source, HOUR, ready_at=ready_at, counts=counts)
        assert retried is not None
        assert (retried.failures, retried.lease_until) == (failures, ready_at + HOUR)
        assert records.get(retried.ref) == retried
        assert premises.waiters(retried) == 1
        record = retried
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    failed = records.change(record.ref, Status.FAILED, stage=Stage.READ, code="DEPENDENCY")
    assert failed is not None
    # Whoever wants it again gives it all its attempts
    again = records.begin_again(failed, failed.source, HOUR)
    assert again is not None
    assert again.failures == 0


def test_what_is_queued_waits(premises: Premises, records: Records, record: Record) -> None:
    assert premises.waiters(record) == 1
    refused = queued()
    assert records.open(refused, name="x", upload_id="0" * 32, waits=False)
    assert premises.waiters(refused) == 0


def test_the_next_revision_ends_the_walk_before_it_or_does_not_begin(
    premises: Premises, records: Records, record: Record
) -> None:
    # Given a record as it was before its walk began
    def following(number: int) -> Record:
        ref = record.ref.model_copy(update={"revision": number})
        return record.model_copy(update={"ref": ref})

    running = records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert running is not None
    # Then it cannot be cancelled by who read it then, and nothing has happened
    assert not records.next_revision(following(2), cancels=record, upload_id="2" * 32)
    assert records.current("t", record.ref.document_id) == running
    assert not records.knows_alias(record.ref, "2" * 32)
    # But by who knows how it stands, once
    opened = records.next_revision(following(2), cancels=running, upload_id="2" * 32)
    assert opened is not None
    assert not records.next_revision(following(2), cancels=running, upload_id="3" * 32)
    assert not records.next_revision(following(3), upload_id="2" * 32)  # dealt with
    former = records.get(record.ref)
    assert former is not None
    assert former.status is Status.CANCELLED
    assert records.current("t", record.ref.document_id) == opened
    assert premises.waiters(following(2)) == 1
    # And what has ended is not cancelled
    assert not records.next_revision(following(3), cancels=former)


def test_a_failed_revision_walks_again_or_the_next_one_does(records: Records) -> None:
    def failed() -> Record:
        record = queued()
        assert records.open(record, name="x", upload_id="0" * 32)
        records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        due = {"lease_until": now() - HOUR}
        ended = records.change(record.ref, Status.FAILED, stage=Stage.READ, **due)
        assert ended is not None
        return ended

    def following(former: Record) -> Record:
        ref = former.ref.model_copy(update={"revision": 2})
        changed = {"ref": ref, "status": Status.QUEUED, "lease_until": now() + HOUR}
        return former.model_copy(update=changed)

    def retry(former: Record) -> Record | None:
        return records.retry(former, former.source, HOUR, ready_at=now(), counts=True)

    # Given a failure that is tried again while an upload opens the next revision
    first = failed()
    assert retry(first) is not None
    assert not records.next_revision(following(first), failed=first)
    # And one that somebody was about to try again when the next revision was opened
    second = failed()
    assert records.next_revision(following(second), failed=second)
    assert retry(second) is None
    assert records.begin_again(second, second.source, HOUR) is None
    # Then one of both walks, and the sweep does not meet the other
    assert overdue(records, second, timedelta(0)) == []
    current = records.current("t", second.ref.document_id)
    assert current is not None
    assert current.ref.revision == 2


def test_an_upload_is_dealt_with_once(records: Records, record: Record) -> None:
    def deal(_: int) -> bool:
        return records.add_alias(record.ref, name="b", upload_id="9" * 32)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(deal, range(8))) == [False] * 7 + [True]


def overdue(records: Records, record: Record, after: timedelta) -> list[Record]:
    part, moment = record.ref.document_id[1], now() + after
    found = [
        one for queued in (True, False) for one in records.overdue(part, moment, 100, queued=queued)
    ]
    return [one for one in found if one.ref.document_id == record.ref.document_id]


def test_a_lease_that_ran_out_is_found_until_it_is_renewed(
    records: Records, record: Record
) -> None:
    assert overdue(records, record, timedelta(minutes=59)) == []
    assert overdue(records, record, timedelta(minutes=61)) == [record]
    later = now() + 3 * HOUR
    assert records.renew(record, later)
    renewed = record.model_copy(update={"lease_until": later})
    assert records.get(record.ref) == renewed
    assert not records.renew(record, later + HOUR)  # another has renewed it
    assert overdue(records, record, 2 * HOUR) == []
    # Whoever has seen it waiting does not renew the lease of its walk
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert not records.renew(renewed, later + HOUR)


def test_what_was_cancelled_is_found_until_nothing_is_left_of_it(
    records: Records, record: Record
) -> None:
    cancelled = records.change(record.ref, Status.CANCELLED, stage=Stage.INTAKE)
    assert cancelled is not None
    assert overdue(records, record, timedelta(minutes=2)) == [cancelled]
    later = now() + timedelta(minutes=16)
    assert records.renew(cancelled, later)
    assert overdue(records, record, timedelta(minutes=2)) == []
    renewed = cancelled.model_copy(update={"lease_until": later})
    assert records.cleaned(renewed)
    assert not records.cleaned(renewed)
    assert overdue(records, record, HOUR) == []
    assert records.get(record.ref) == cancelled.model_copy(update={"lease_until": None})


def test_nothing_is_left_of_what_never_came(records: Records) -> None:
    announced = queued().model_copy(update={"status": Status.AWAITING_UPLOAD})
    assert records.announce(announced, name="x", tags={})
    cancelled = records.change(announced.ref, Status.CANCELLED, stage=Stage.INTAKE)
    assert cancelled is not None
    assert cancelled.lease_until is None
    assert overdue(records, announced, HOUR) == []


def test_the_result_before_a_revision_is_the_newest_one(records: Records, record: Record) -> None:
    assert records.result_before(record.ref) is None
    ended: Record | None = None
    for number, end in enumerate(("COMPLETED", "PARTIAL", "REJECTED", "CANCELLED"), start=1):
        if ended is not None:
            ref = record.ref.model_copy(update={"revision": number})
            following = record.model_copy(update={"ref": ref})
            assert records.next_revision(following) is None  # not as the one before it stands
            assert records.next_revision(following.model_copy(update={"chain": ended.chain}))
        ref = record.ref.model_copy(update={"revision": number})
        records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        ended = records.change(ref, Status(end), stage=Stage.COMPLETE)
        assert ended is not None
    last = record.ref.model_copy(update={"revision": 5})
    found = records.result_before(last)
    assert found is not None
    assert (found.ref.revision, found.status) == (2, Status.PARTIAL)


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
    premises: Premises, records: Records, record: Record
) -> None:
    def is_open(part: str = "") -> bool:
        rows = premises.client("dynamodb").query(
            TableName=premises.table,
            IndexName="open",
            KeyConditionExpression="gsi2pk = :pk",
            ExpressionAttributeValues={
                ":pk": {"S": f"OPEN#{record.ref.document_id[1]}{part}"},
            },
        )["Items"]
        return record.ref.document_id in {row["pk"]["S"].rpartition("#")[2] for row in rows}

    assert is_open("#QUEUED")
    assert not is_open()
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert is_open()
    assert not is_open("#QUEUED")
    records.change(record.ref, Status.REJECTED, stage=Stage.PREFLIGHT, code="EMPTY")
    assert not is_open()


def test_the_newest_documents_of_a_tenant_are_found_first(
    premises: Premises, records: Records
) -> None:
    first, second = queued(), queued().model_copy(update={"created_at": now() + timedelta(days=1)})
    for one in (first, second):
        records.open(one, name="x", upload_id=uuid.uuid4().hex)
    rows = premises.client("dynamodb").query(
        TableName=premises.table,
        IndexName="by_tenant",
        KeyConditionExpression="gsi1pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "T#t"}},
        ScanIndexForward=False,
    )["Items"]
    ids = [row["pk"]["S"].rpartition("#")[2] for row in rows]
    assert ids.index(second.ref.document_id) < ids.index(first.ref.document_id)


# ---------------------------------------------------------------------- the trail
def whole(records: Records, record: Record) -> list[Event]:
    """Return a revision's events, whose chain is whole and ends where its record says."""
    told = list(records.events(record.ref))
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    for former, event in pairwise(told):
        assert event.previous == former.sha256
    assert all(event.sha256 == chain.digest(event) for event in told)
    stands = records.get(record.ref)
    assert stands is not None
    assert (stands.seq, stands.chain) == (told[-1].seq, told[-1].sha256)
    return told


def test_a_note_tells_who_did_what_and_changes_the_record(records: Records, record: Record) -> None:
    noted = records.note(
        record, Action.HELD, actor="alice", code="LEGAL", facts={"days": 30}, waits=3
    )
    assert noted is not None
    assert records.get(record.ref) == noted
    assert (noted.status, noted.stage, noted.waits) == (Status.QUEUED, Stage.INTAKE, 3)
    last = whole(records, record)[-1]
    assert (last.action, last.actor, last.code) == (Action.HELD, "alice", "LEGAL")
    assert (last.from_, last.to, last.facts) == (None, Status.QUEUED, {"days": 30})


def test_a_note_of_a_stage_is_of_a_running_attempt(records: Records, record: Record) -> None:
    def note() -> None:
        records.advance(
            record.ref,
            Stage.CLASSIFY,
            gb_seconds=0.5,
            action=Action.CLASSIFIED,
            facts={"level": "PUBLIC"},
            level=Level.PUBLIC,
        )

    with pytest.raises(Superseded):
        note()
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    for _ in range(2):
        note()
    noted = records.get(record.ref)
    assert noted is not None
    assert (noted.stage, noted.level, noted.gb_seconds) == (Stage.CLASSIFY, "PUBLIC", 1)
    records.change(record.ref, Status.FAILED, stage=Stage.READ, code="INTERNAL")
    with pytest.raises(Superseded):
        note()
    assert len(whole(records, record)) == 5


def test_a_note_of_an_older_status_is_not_written(records: Records, record: Record) -> None:
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert records.note(record, Action.HELD, actor="alice") is None
    assert len(whole(records, record)) == 2


def test_a_renewed_lease_outlives_a_note_of_who_read_before_it(
    records: Records, record: Record
) -> None:
    later = now() + 3 * HOUR
    assert records.renew(record, later)
    assert records.note(record, Action.HELD, actor="alice") is not None
    assert overdue(records, record, 2 * HOUR) == []
    assert len(overdue(records, record, 4 * HOUR)) == 1


def test_notes_that_race_with_the_end_are_all_told_and_one_end_wins(
    records: Records, record: Record
) -> None:
    """A cancellation and the end of the walk, while people write to the same trail."""
    running = records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert running is not None

    def retried(call: Callable[[], Record | None]) -> Record | None:
        """Do as callers do where the table says that it is busy."""
        while True:
            try:
                return call()
            except Retryable:
                continue

    def act(number: int) -> Record | None:
        if number in {3, 5}:
            status = Status.CANCELLED if number == 3 else Status.COMPLETED
            return retried(lambda: records.change(record.ref, status, stage=Stage.COMPLETE))
        return retried(lambda: records.note(running, Action.HELD, actor=f"person-{number}"))

    with ThreadPoolExecutor(8) as pool:
        done = dict(enumerate(pool.map(act, range(8))))
    stands = records.get(record.ref)
    assert stands is not None
    assert stands.status.terminal
    assert [done[number] is None for number in (3, 5)].count(True) == 1
    told = whole(records, record)
    assert [event.to for event in told].count(stands.status) == 1
    noted = {event.actor for event in told if event.action is Action.HELD}
    assert noted == {
        f"person-{number}" for number, one in done.items() if one and number not in {3, 5}
    }


def test_a_revision_names_the_last_event_of_the_one_before(
    records: Records, record: Record
) -> None:
    def following(former: Record, number: int) -> Record:
        ref = former.ref.model_copy(update={"revision": number, "attempt": 1})
        changed = {"ref": ref, "status": Status.QUEUED, "seq": 1}
        return former.model_copy(update=changed)

    second = records.next_revision(following(record, 2), cancels=record, actor="alice")
    assert second is not None
    before = whole(records, record)
    told = whole(records, second)
    assert (before[-1].to, before[-1].actor) == (Status.CANCELLED, "alice")
    assert (told[0].previous, told[0].actor) == (before[-1].sha256, "alice")
    failed = records.change(second.ref, Status.FAILED, stage=Stage.READ, code="INTERNAL")
    assert failed is not None
    third = records.next_revision(following(failed, 3), failed=failed)
    assert third is not None
    assert whole(records, third)[0].previous == failed.chain


def test_what_may_not_be_kept_for_ever_is_found_by_its_day(
    premises: Premises, records: Records, record: Record
) -> None:
    def kept() -> list[str]:
        rows = premises.client("dynamodb").query(
            TableName=premises.table,
            IndexName="open",
            KeyConditionExpression="gsi2pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"KEEP#{record.ref.document_id[1]}"}},
        )["Items"]
        return [
            row["gsi2sk"]["S"] for row in rows if row["pk"]["S"].endswith(record.ref.document_id)
        ]

    until = now() + timedelta(days=30)
    records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    assert kept() == []
    ended = records.change(record.ref, Status.COMPLETED, stage=Stage.COMPLETE, retain_until=until)
    assert ended is not None
    assert kept() == [rfc3339(until)]
    longer = until + timedelta(days=1)
    assert records.note(ended, Action.HELD, actor="alice", retain_until=longer) is not None
    assert kept() == [rfc3339(longer)]
    records.change(record.ref, Status.ERASED, stage=Stage.COMPLETE)
    assert kept() == []


def test_events_of_more_than_one_page_are_read(records: Records, record: Record) -> None:
    # Given a trail of more than the 1 MB that one answer of the table holds
    moved = record
    for _ in range(6):
        facts = {f"f{number}": "x" * 2000 for number in range(100)}
        noted = records.note(moved, Action.HELD, actor="alice", facts=facts)
        assert noted is not None
        moved = noted
    assert len(whole(records, record)) == 7


def test_the_chain_costs_no_further_request(
    premises: Premises, records: Records, record: Record
) -> None:
    with premises.dying(100, answered=False) as calls:
        running = records.change_from(record, Status.RUNNING, stage=Stage.PREFLIGHT)
        assert running is not None
        noted = records.note(running, Action.HELD, actor="alice")
        assert noted is not None
        assert records.change_from(noted, Status.COMPLETED, stage=Stage.COMPLETE) is not None
    assert calls == ["TransactWriteItems"] * 3
