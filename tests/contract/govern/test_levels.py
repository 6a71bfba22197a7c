"""Levels by people: stricter at once, looser by two, whatever dies in between."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from docparser.govern.levels import REQUEST_LIFE
from docparser.govern.refusals import (
    BelowFloor,
    NoRequest,
    NothingToLower,
    Pending,
    SameActor,
    SameLevel,
)
from docparser.intake.options import Options
from docparser.model import DocumentType, Level, Source, Stage, Status, Zone

from tests.contract.flow.bench import Crash
from tests.contract.govern.governed import ALICE, BOB, Governed


# ---------------------------------------------------------------------- stricter
def test_a_stricter_level_opens_the_next_revision_at_once(governed: Governed) -> None:
    record = governed.completed(level=Level.INTERNAL)
    raised = governed.levels.raise_to(record, Level.RESTRICTED, actor=ALICE, reason="m/1")
    assert raised is not None
    assert (raised.ref.revision, raised.status, raised.begins_at) == (2, "QUEUED", Stage.CLASSIFY)
    assert raised.declared_level is Level.RESTRICTED
    assert governed.told(record.ref)[-1] == ("level.raised", ALICE)
    event = governed.events(record.ref)[-1]
    assert event.facts == {"level": "RESTRICTED", "instead_of": "INTERNAL", "reason": "m/1"}
    # And the next revision's chain goes on where this one's ended
    first = governed.events(raised.ref)[0]
    assert (first.previous, first.actor) == (event.sha256, ALICE)


@pytest.mark.parametrize("level", [Level.RESTRICTED, Level.INTERNAL])
def test_what_is_as_strict_is_not_raised(governed: Governed, level: Level) -> None:
    record = governed.completed(level=Level.RESTRICTED)
    with pytest.raises(SameLevel):
        governed.levels.raise_to(record, level, actor=ALICE, reason="r")
    assert governed.current(record) == record


def test_a_walk_begins_anew_under_the_stricter_level(governed: Governed) -> None:
    running = governed.bench.running(source=Source(bucket="intake", key="k", version_id="v"))
    raised = governed.levels.raise_to(running, Level.CONFIDENTIAL, actor=ALICE, reason="r")
    assert raised is not None
    assert (raised.ref.revision, raised.begins_at) == (2, None)
    assert (raised.source, raised.declared_level) == (running.source, Level.CONFIDENTIAL)
    assert governed.bench.record(running.ref).status is Status.CANCELLED


def test_what_failed_with_nothing_to_show_keeps_the_level_for_later(governed: Governed) -> None:
    running = governed.bench.running()
    failed = governed.bench.records.change_from(
        running, Status.FAILED, stage=Stage.READ, code="INTERNAL"
    )
    assert failed is not None
    raised = governed.levels.raise_to(failed, Level.CONFIDENTIAL, actor=ALICE, reason="r")
    assert raised is not None
    assert (raised.ref, raised.status) == (failed.ref, Status.FAILED)
    assert governed.current(failed).declared_level is Level.CONFIDENTIAL


def test_what_failed_with_copies_in_zones_leaves_those_that_are_forbidden(
    governed: Governed,
) -> None:
    # Given a first walk that failed after its zones were filled
    running = governed.bench.running()
    failed = governed.bench.records.change_from(
        running,
        Status.FAILED,
        stage=Stage.INDEX,
        code="INTERNAL",
        level=Level.PUBLIC,
        zones=tuple(Zone),
    )
    assert failed is not None
    # When it is made stricter
    raised = governed.levels.raise_to(failed, Level.CONFIDENTIAL, actor=ALICE, reason="r")
    # Then it is tried again, and Route has the other zones purged
    assert raised is not None
    assert (raised.ref.revision, raised.ref.attempt) == (1, 2)
    assert (raised.status, raised.source) == (Status.QUEUED, failed.source)
    assert raised.declared_level is Level.CONFIDENTIAL


def test_an_earlier_result_moves_though_the_last_walk_failed(governed: Governed) -> None:
    # Given a result, and a later revision that failed
    first = governed.completed(level=Level.INTERNAL)
    second = governed.levels.raise_to(first, Level.RESTRICTED, actor=ALICE, reason="r")
    assert second is not None
    records = governed.bench.records
    assert records.change(second.ref, Status.RUNNING, stage=Stage.CLASSIFY)
    failed = records.change(second.ref, Status.FAILED, stage=Stage.CLASSIFY, code="INTERNAL")
    assert failed is not None
    # When it is made stricter
    third = governed.levels.raise_to(failed, Level.CONFIDENTIAL, actor=ALICE, reason="r")
    # Then its next revision begins from that result
    assert third is not None
    assert (third.ref.revision, third.begins_at) == (3, Stage.CLASSIFY)


def test_the_files_inside_are_told_of_a_stricter_level(governed: Governed) -> None:
    record = governed.completed(level=Level.INTERNAL, children=3)
    raised = governed.levels.raise_to(record, Level.RESTRICTED, actor=ALICE, reason="r")
    assert raised is not None
    assert raised.begins_at is Stage.PREFLIGHT


# ---------------------------------------------------------------------- looser
def test_a_looser_level_takes_two(governed: Governed) -> None:
    record = governed.completed(level=Level.RESTRICTED, declared_level=Level.RESTRICTED)
    # Given Alice's request
    request = governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    assert request is not None
    assert governed.current(record).ref.revision == 1
    # When she approves it herself, nothing happens
    with pytest.raises(SameActor):
        governed.levels.decide(governed.current(record), approve=True, actor=ALICE)
    assert governed.current(record).ref.revision == 1
    assert governed.told(record.ref)[-1] == ("level.requested", ALICE)
    # When Bob does, the next revision goes by it, whatever was declared before
    following = governed.levels.decide(governed.current(record), approve=True, actor=BOB)
    assert following is not None
    assert (following.ref.revision, following.begins_at) == (2, Stage.CLASSIFY)
    assert following.approved_level is Level.INTERNAL
    assert following.declared_level is Level.INTERNAL
    assert governed.told(record.ref)[-2:] == [("level.requested", ALICE), ("level.approved", BOB)]
    assert governed.events(record.ref)[-1].facts["requested_by"] == ALICE
    # And the request is dealt with
    with pytest.raises(NoRequest):
        governed.levels.decide(governed.current(record), approve=True, actor=BOB)


def test_what_was_approved_stays_until_it_is_made_stricter(governed: Governed) -> None:
    record = governed.completed(level=Level.RESTRICTED)
    governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    second = governed.levels.decide(record, approve=True, actor=BOB)
    assert second is not None
    ended = governed.ended(second.ref, level=Level.INTERNAL)
    third = governed.levels.raise_to(ended, Level.RESTRICTED, actor=BOB, reason="r")
    assert third is not None
    assert (third.approved_level, third.declared_level) == (Level.RESTRICTED,) * 2


@pytest.mark.parametrize("actor", [ALICE, BOB])
def test_a_request_can_be_refused_and_taken_back(governed: Governed, actor: str) -> None:
    record = governed.completed()
    governed.levels.request(record, Level.PUBLIC, actor=ALICE, reason="r")
    refused = governed.levels.decide(record, approve=False, actor=actor)
    assert refused is not None
    assert refused.ref == record.ref
    assert governed.told(record.ref)[-1] == ("level.refused", actor)
    assert governed.levels.pending(refused) is None
    # And can be made again
    assert governed.levels.request(refused, Level.INTERNAL, actor=BOB, reason="r")


def test_nobody_slips_another_request_under_one_that_waits(governed: Governed) -> None:
    record = governed.completed()
    governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    with pytest.raises(Pending):
        governed.levels.request(record, Level.PUBLIC, actor=ALICE, reason="r")
    waiting = governed.levels.pending(record)
    assert waiting is not None
    assert waiting.level is Level.INTERNAL


def test_a_request_waits_for_thirty_days(governed: Governed) -> None:
    record = governed.completed()
    governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    late = governed.at(REQUEST_LIFE + timedelta(minutes=1))
    with pytest.raises(NoRequest):
        late.levels.decide(record, approve=True, actor=BOB)
    # Then another one can be made
    assert late.levels.request(record, Level.PUBLIC, actor=BOB, reason="r")


def test_a_request_is_for_the_revision_that_was_seen(governed: Governed) -> None:
    # Given a request, and a revision that somebody opened since
    record = governed.completed(level=Level.INTERNAL)
    governed.levels.request(record, Level.PUBLIC, actor=ALICE, reason="r")
    second = governed.levels.raise_to(record, Level.RESTRICTED, actor=BOB, reason="r")
    assert second is not None
    ended = governed.ended(second.ref, level=Level.RESTRICTED)
    # Then it is void
    with pytest.raises(NoRequest):
        governed.levels.decide(ended, approve=True, actor=BOB)


@pytest.mark.parametrize(
    "kind", [DocumentType.PAYSLIP, DocumentType.ID_DOCUMENT, DocumentType.BANK_STATEMENT]
)
def test_no_two_people_let_out_what_is_confidential_by_its_type(
    governed: Governed, kind: DocumentType
) -> None:
    record = governed.completed(level=Level.CONFIDENTIAL, kind=kind)
    with pytest.raises(BelowFloor):
        governed.levels.request(record, Level.RESTRICTED, actor=ALICE, reason="r")
    assert governed.current(record) == record


def test_a_request_is_no_way_to_a_stricter_level_or_the_same(governed: Governed) -> None:
    record = governed.completed(level=Level.RESTRICTED)
    for level in (Level.CONFIDENTIAL, Level.RESTRICTED):
        with pytest.raises(SameLevel):
            governed.levels.request(record, level, actor=ALICE, reason="r")


def test_what_has_no_result_has_nothing_to_lower(governed: Governed) -> None:
    running = governed.bench.running(level=Level.CONFIDENTIAL)
    with pytest.raises(NothingToLower):
        governed.levels.request(running, Level.PUBLIC, actor=ALICE, reason="r")


@pytest.mark.parametrize("late", [False, True])
def test_an_approval_whose_machine_ends_is_repeated_once(governed: Governed, late: bool) -> None:
    """Whichever call it ends at: one approval, one revision that follows."""
    for calls in itertools.count(1):
        record = governed.completed()
        governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
        dying = governed.dying(calls, late=late)
        try:
            dying.levels.decide(governed.current(record), approve=True, actor=BOB)
        except Crash:
            ended = True
        else:
            ended = False
        current = governed.current(record)
        if current.ref.revision == 1:
            following = governed.levels.decide(current, approve=True, actor=BOB)
            assert following is not None
        current = governed.current(record)
        assert (current.ref.revision, current.approved_level) == (2, Level.INTERNAL)
        told = governed.told(record.ref)
        assert told.count(("level.approved", BOB)) == 1
        if not ended:
            break
    assert calls > 4


def test_a_level_that_is_kept_is_never_replaced_by_a_looser_one(governed: Governed) -> None:
    # Given a document that failed after it was classified, and has been made stricter since
    running = governed.bench.running(level=Level.INTERNAL)
    failed = governed.bench.records.change_from(
        running, Status.FAILED, stage=Stage.EXPORT, code="INTERNAL"
    )
    assert failed is not None
    raised = governed.levels.raise_to(failed, Level.CONFIDENTIAL, actor=ALICE, reason="r")
    assert raised is not None
    # Then nobody alone makes it looser by what would be stricter than what was found
    with pytest.raises(SameLevel):
        governed.levels.raise_to(raised, Level.RESTRICTED, actor=BOB, reason="r")
    assert governed.current(failed).declared_level is Level.CONFIDENTIAL


def test_a_level_that_is_kept_is_kept_where_the_next_walk_begins(governed: Governed) -> None:
    # Given what was cancelled with nothing to show, and two who look at it at once
    running = governed.bench.running()
    cancelled = governed.bench.records.change_from(running, Status.CANCELLED, stage=Stage.READ)
    assert cancelled is not None
    levels, records = governed.levels, governed.bench.records
    ref = cancelled.ref.model_copy(update={"revision": 2, "attempt": 1})
    following = cancelled.model_copy(update={"ref": ref, "status": Status.AWAITING_UPLOAD})
    # When one makes it stricter, the other's next revision knows of it
    assert levels.raise_to(cancelled, Level.RESTRICTED, actor=ALICE, reason="r")
    assert records.next_revision(following) is None
    stands = governed.current(cancelled)
    assert stands.declared_level is Level.RESTRICTED
    known = {"declared_level": stands.declared_level, "chain": stands.chain}
    assert records.next_revision(following.model_copy(update=known))
    # And nothing is kept any more where that has begun
    assert levels.raise_to(stands, Level.CONFIDENTIAL, actor=BOB, reason="r") is None
    assert governed.bench.record(cancelled.ref).declared_level is Level.RESTRICTED


def test_what_was_approved_is_not_what_is_read_anew(governed: Governed) -> None:
    # Given a level that two people approved of what was read
    record = governed.completed(level=Level.RESTRICTED)
    governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    second = governed.levels.decide(record, approve=True, actor=BOB)
    assert second is not None
    ended = governed.ended(second.ref, level=Level.INTERNAL)
    revisions = governed.levels._revisions
    # When it is classified once more, it stays
    third = revisions.reprocess(ended, from_stage=Stage.CLASSIFY, options=Options(), actor=BOB)
    assert third is not None
    assert third.approved_level is Level.INTERNAL
    # When it is read anew, the rules decide about what is found
    again = governed.ended(third.ref, level=Level.INTERNAL)
    fourth = revisions.reprocess(again, from_stage=Stage.READ, options=Options(), actor=BOB)
    assert fourth is not None
    assert fourth.approved_level is None
