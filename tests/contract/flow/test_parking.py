"""Walks that wait for somebody: without a slot, until they go on, whoever dies meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from docparser.errors import Superseded
from docparser.function import Call
from docparser.model import Record, Review, Stage, Status, WaitingFor, now
from docparser.outcome import INTERRUPTED

from tests.contract.engine.running import poll
from tests.contract.flow.bench import LEASE, WALK, Bench, Crash

MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=30)


def asking(queue_url: str) -> dict[str, Any]:
    """Return a machine that waits by a token, then walks on."""
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {
            "QueueUrl": queue_url,
            "MessageBody": {"token.$": "$$.Task.Token"},
        },
        "Next": "Walk",
    }
    return {"StartAt": "Ask", "States": {"Ask": ask, **WALK["States"]}}  # type: ignore[dict-item]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    url, _ = bench.engine.queue()
    bench.tokens_url = url
    bench.machine = bench.engine.create(asking(url))
    return bench


def token_of(bench: Bench) -> str:
    (message,) = bench.engine.messages(bench.tokens_url)
    return str(json.loads(message["Body"])["token"])


def parked(bench: Bench, waiting_for: WaitingFor = WaitingFor.REVIEW, **facts: Any) -> Record:
    record = bench.running(**facts)
    return bench.parking.park(record.ref, waiting_for, token_of(bench))


def goes_on(bench: Bench, record: Record) -> bool:
    """Whether a walk has come past the state that waits."""
    name = bench.machine.replace(":stateMachine:", ":execution:") + f":{record.ref.execution_name}"
    history = bench.client("stepfunctions").get_execution_history(executionArn=name)
    return any(event["type"] == "WaitStateEntered" for event in history["events"])


# ---------------------------------------------------------------------- waiting
def test_a_walk_that_waits_for_a_person_has_a_month_and_no_slot(bench: Bench) -> None:
    # Given a document that walks under a slot
    record = bench.arrive()
    bench.dispatcher().run()
    assert bench.records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    other = bench.arrive()
    bench.dispatcher().run()
    # When it has to wait
    token = json.loads(bench.engine.messages(bench.tokens_url)[0]["Body"])["token"]
    bench.parking.park(record.ref, WaitingFor.REVIEW, token)
    # Then it waits as long as the policy says, and another has its slot
    stands = bench.record(record.ref)
    assert (stands.status, stands.stage) == (Status.WAITING, Stage.REVIEW)
    assert (stands.waiting_for, stands.waits) == (WaitingFor.REVIEW, 1)
    assert stands.lease_until is not None
    assert abs(stands.lease_until - now() - MONTH) < MINUTE
    assert [slot.holder for slot in bench.held()] == [other.ref.execution_name]
    event = list(bench.records.events(record.ref))[-1]
    assert (event.to, event.facts) == (Status.WAITING, {"waiting_for": "review"})
    # And the sweep lets it wait
    bench.at(29 * timedelta(days=1)).sweep().run()
    assert bench.record(record.ref).status is Status.WAITING


@pytest.mark.parametrize(
    ("waits", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 15), (60, 1440)]
)
def test_a_zone_is_tried_again_soon_at_first(bench: Bench, waits: int, minutes: int) -> None:
    record = parked(bench, WaitingFor.ZONE, waits=waits)
    assert record.lease_until is not None
    assert abs(record.lease_until - now() - minutes * MINUTE) < MINUTE / 2
    assert (record.stage, record.waits) == (Stage.PLACE, waits + 1)


def test_parking_again_changes_nothing_but_the_token(bench: Bench) -> None:
    record = parked(bench)
    again = bench.parking.park(record.ref, WaitingFor.REVIEW, "another")
    assert again == record
    known = bench.parked.get(record.ref)
    assert known is not None
    assert known.task_token == "another"


def test_a_walk_that_nobody_is_asked_about_any_more_waits_for_nobody(bench: Bench) -> None:
    # Given a call that is repeated after a person has decided by the token of the one before
    record = bench.running(review=Review.APPROVED)
    stands = bench.parking.park(record.ref, WaitingFor.REVIEW, token_of(bench))
    assert stands.lease_until is not None
    # Then the sweep lets it go on, and not the policy's days
    assert stands.lease_until - now() < 2 * MINUTE
    bench.at(2 * MINUTE).sweep().run()
    poll(lambda: goes_on(bench, stands))


def test_a_walk_that_was_cancelled_does_not_wait(bench: Bench) -> None:
    record = bench.running()
    assert bench.records.change_from(record, Status.CANCELLED, stage=record.stage)
    with pytest.raises(Superseded):
        bench.parking.park(record.ref, WaitingFor.REVIEW, token_of(bench))
    later = record.ref.model_copy(update={"attempt": 2})
    with pytest.raises(Superseded):
        bench.parking.park(later, WaitingFor.REVIEW, "t")


# ---------------------------------------------------------------------- going on
def test_a_walk_goes_on_with_the_time_that_a_document_has(bench: Bench) -> None:
    record = parked(bench)
    assert not goes_on(bench, record)
    assert bench.resumption.resume(record, review=Review.APPROVED) is not None
    poll(lambda: goes_on(bench, record))
    stands = bench.record(record.ref)
    assert (stands.status, stands.waiting_for) == (Status.RUNNING, None)
    assert stands.review is Review.APPROVED
    assert stands.lease_until is not None
    assert abs(stands.lease_until - now() - LEASE) < MINUTE
    assert bench.parked.get(record.ref) is None
    # And whoever comes late changes nothing
    assert bench.resumption.resume(record, review=Review.CORRECTED) == stands
    assert bench.resumption.resume(stands) is None
    assert bench.record(record.ref) == stands


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("calls", range(1, 8))
def test_whoever_dies_while_letting_a_walk_go_on_it_goes_on_once(
    bench: Bench, calls: int, late: bool
) -> None:
    # Given who lets a walk go on, and dies at one of its calls
    record = parked(bench)
    dying = bench.dying(calls, late=late)
    try:
        dying.resumption.resume(record, facts={"by": "somebody"})
    except Crash:
        # When whoever wanted it wants it again, and the sweep comes by
        bench.resumption.resume(bench.record(record.ref))
        bench.at(2 * MINUTE).sweep().run()
    # Then it goes on, by one event, and has its time
    poll(lambda: goes_on(bench, record))
    stands = bench.record(record.ref)
    assert stands.status is Status.RUNNING
    assert [event.to for event in bench.records.events(record.ref)].count(Status.RUNNING) == 2
    assert stands.lease_until is not None
    assert stands.lease_until > now() + 30 * MINUTE
    assert bench.at(5 * MINUTE).sweep().run() == 0


def test_a_walk_that_is_parked_anew_keeps_its_new_token(bench: Bench) -> None:
    # Given an answer that is about to be forgotten
    record = parked(bench)
    old = bench.parked.get(record.ref)
    assert old is not None
    bench.resumption.resume(record)
    # When the walk is parked again meanwhile
    bench.parking.park(record.ref, WaitingFor.ZONE, "new")
    # Then the new token stays
    assert not bench.parked.delete(old)
    assert bench.parked.get(record.ref) is not None


# ---------------------------------------------------------------------- by the sweep
def test_a_zone_that_was_away_is_tried_again(bench: Bench) -> None:
    record = parked(bench, WaitingFor.ZONE)
    bench.at(2 * MINUTE).sweep().run()
    poll(lambda: goes_on(bench, record))
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.RUNNING, None)


def test_a_review_that_nobody_makes_ends(bench: Bench) -> None:
    record = parked(bench, review=Review.REQUIRED)
    bench.at(MONTH + MINUTE).sweep().run()
    poll(lambda: goes_on(bench, record))
    event = list(bench.records.events(record.ref))[-1]
    assert (event.to, event.code) == (Status.RUNNING, "DEADLINE")
    stands = bench.record(record.ref)
    assert (stands.status, stands.review, stands.waits) == (Status.RUNNING, Review.REQUIRED, 1)


def test_a_parked_walk_that_has_ended_is_noticed(bench: Bench) -> None:
    record = parked(bench, WaitingFor.ZONE)
    bench.executions.stop(record.ref)
    bench.ended(record.ref)
    bench.at(2 * MINUTE).sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.code, stands.waiting_for) == (Status.FAILED, "DEADLINE", None)


def test_a_parked_walk_that_the_machine_s_end_interrupted_waits_again(bench: Bench) -> None:
    # Given a document that waits for a person, on a machine that ends
    record = parked(bench, review=Review.REQUIRED)
    bench.executions.stop(record.ref)
    bench.ended(record.ref)
    # When the end of its walk is told
    bench.stop.run(record.ref, error=INTERRUPTED, cause="", call=Call())
    # Then it has its next attempt, which has waited for nobody yet
    stands = bench.record(record.ref)
    assert (stands.status, stands.ref.attempt) == (Status.QUEUED, 2)
    assert (stands.review, stands.waits, stands.waiting_for) == (Review.REQUIRED, 0, None)


def test_a_walk_whose_token_nobody_knows_ends_in_the_end(bench: Bench) -> None:
    record = parked(bench, WaitingFor.ZONE)
    known = bench.parked.get(record.ref)
    assert known is not None
    assert bench.parked.delete(known)
    bench.at(2 * MINUTE).sweep().run()
    assert bench.record(record.ref).status is Status.RUNNING
    bench.at(10 * MINUTE).sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.FAILED, "DEADLINE")
