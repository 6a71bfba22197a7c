"""What becomes of a walk that failed: its next attempt after a while, or set aside."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from docparser.function import Call
from docparser.model import Record, Status, now
from docparser.outcome import INTERRUPTED

from tests.contract.flow.bench import MAX_FAILURES, Bench, Crash

AWAY = json.dumps({"errorMessage": json.dumps({"code": "DEPENDENCY", "stage": "read"})})


def fail(bench: Bench, record: Record, error: str = "Retryable") -> Record:
    bench.stop.run(record.ref, error=error, cause=AWAY, call=Call())
    return bench.record(record.ref)


def test_a_document_that_fails_for_ever_is_tried_n_times_and_set_aside(bench: Bench) -> None:
    # Given a document whose every walk finds a service away
    record = bench.arrive()
    ahead = timedelta(0)
    for attempt in range(1, MAX_FAILURES + 1):
        # When its time has come
        assert bench.at(ahead).dispatcher().run() == 1
        assert bench.record(record.ref).ref.attempt == attempt
        record = fail(bench, bench.record(record.ref))
        # Then not a moment earlier
        delay = timedelta(seconds=30 * 2 ** (attempt - 1))
        assert bench.at(delay - timedelta(seconds=5)).dispatcher().run() == 0
        ahead = delay
    # And then it is set aside, with the reason
    assert (record.status, record.code, record.failures) == (Status.FAILED, "DEPENDENCY", 3)
    assert bench.at(timedelta(hours=9)).dispatcher().run() == 0
    assert bench.at(timedelta(hours=9)).sweep().run() == 0
    assert len(bench.started()) == MAX_FAILURES


def test_a_walk_that_was_interrupted_begins_anew_at_once(bench: Bench) -> None:
    record = bench.arrive()
    for attempt in range(1, 8):
        assert bench.dispatcher().run() == 1
        record = fail(bench, bench.record(record.ref), INTERRUPTED)
        assert (record.status, record.ref.attempt) == (Status.QUEUED, attempt + 1)
    assert record.failures == 0


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whoever_dies_at_any_call_the_next_attempt_comes(bench: Bench, late: bool) -> None:
    calls, died = 0, True
    while died:
        # Given a walk that failed, and a function that dies at one of its calls
        calls += 1
        record = bench.running()
        try:
            fail(bench.dying(calls, late=late), record, INTERRUPTED)
            died = False
        except Crash:
            pass
        # When it is called again, as it is on every such end
        fail(bench, record, INTERRUPTED)
        # Then the document is queued once, and found
        stands = bench.record(record.ref)
        assert (stands.status, stands.ref.attempt) == (Status.QUEUED, 2)
        assert [one.name for one in bench.waiters()] == [stands.ref.execution_name]
        assert bench.dispatcher().run() == 1
        bench.complete(stands.ref)
    assert calls > 4


@pytest.mark.parametrize("calls", range(1, 8))
def test_whoever_dies_for_good_the_sweep_makes_the_next_attempt(bench: Bench, calls: int) -> None:
    record = bench.running()
    try:
        fail(bench.dying(calls, late=False), record)
    except Crash:
        # The execution ends, and nobody is told of it
        bench.executions.stop(record.ref)
        bench.ended(record.ref)
    stands = bench.record(record.ref)
    if stands.status is Status.RUNNING:
        bench.overdue(stands)
        bench.sweep().run()
        assert bench.record(record.ref).code == "DEADLINE"
        return
    # When its lease has run out, or its turn has come
    bench.at(timedelta(minutes=15)).sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.ref.attempt) == (Status.QUEUED, 2)
    assert stands.ref.execution_name in bench.started()


def test_a_nudge_for_a_later_attempt_comes_later(bench: Bench) -> None:
    fail(bench, bench.running())
    assert bench.nudges() == []
    fail(bench, bench.running(), INTERRUPTED)
    assert len(bench.nudges()) == 1


def test_a_cancelled_document_gets_no_next_attempt(bench: Bench) -> None:
    record = bench.running()
    assert bench.records.change_from(record, Status.CANCELLED, stage=record.stage)
    fail(bench, record)
    assert bench.record(record.ref).status is Status.CANCELLED
    assert bench.waiters() == []
    assert now() < bench.record(record.ref).lease_until  # type: ignore[operator]
