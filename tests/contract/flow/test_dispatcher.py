"""Documents start once, under slots that are never more, whatever dies in between."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from docparser.model import Priority, Record, Ref, Stage, Status, now
from docparser.store.records import Records
from docparser.store.waiting import NUDGE, Waiting

from tests.contract.flow.bench import Bench, Crash


def test_a_document_that_was_announced_starts(bench: Bench) -> None:
    record = bench.arrive()
    assert bench.nudges() == [{"schema": "docparser/nudge/1"}]
    assert bench.dispatcher().run() == 1
    # Its walk got what it needs
    walk = bench.client("stepfunctions").describe_execution(
        executionArn=bench.executions._execution(record.ref)
    )
    assert walk["input"] == (
        f'{{"ref": {{"tenant": "t", "document_id": "{record.ref.document_id}", "revision": 1, '
        f'"attempt": 1}}, "source": {{"bucket": "{record.source.bucket}", "key": "k", '
        f'"version_id": null}}, "priority": "standard"}}'
    )
    assert [slot.holder for slot in bench.held()] == [record.ref.execution_name]
    assert bench.waiters() == []
    # The next run finds the queue empty
    assert bench.roster() == ["t"]
    assert bench.dispatcher().run() == 0
    assert bench.roster() == []


def test_a_revision_that_begins_later_says_so(bench: Bench) -> None:
    record = bench.arrive(begins_at=Stage.CLASSIFY)
    bench.dispatcher().run()
    walk = bench.client("stepfunctions").describe_execution(
        executionArn=bench.executions._execution(record.ref)
    )
    assert '"begins_at": "classify"' in walk["input"]


def test_a_nudge_says_nothing() -> None:
    assert NUDGE == '{"schema": "docparser/nudge/1"}'


def test_more_documents_than_slots_all_walk_in_the_end(bench: Bench) -> None:
    arrived = [bench.arrive(f"t{number % 3}").ref for number in range(20)]
    dispatcher, seen = bench.dispatcher(count=4), 0
    while (walking := [ref for ref in arrived if _walks(bench, ref)]) or dispatcher.run():
        assert len(walking) <= 4
        for ref in walking:
            bench.complete(ref)
            seen += 1
        # Nobody was told of an end: the run finds out by itself.
        dispatcher.run()
    assert seen == 20
    assert sorted(bench.started()) == sorted(ref.execution_name for ref in arrived)
    assert all(bench.record(ref).status is Status.COMPLETED for ref in arrived)


def _walks(bench: Bench, ref: Any) -> bool:
    walk = bench.executions.find(ref)
    return walk is not None and walk.runs


def test_a_flood_of_one_tenant_leaves_the_others_their_part(bench: Bench) -> None:
    for _ in range(30):
        bench.arrive("flood")
    bench.dispatcher(count=10).run()
    assert Counter(slot.ref.tenant for slot in bench.held()) == {"flood": 8}
    late = [bench.arrive(tenant) for tenant in ("a", "b", "a", "b")]
    assert bench.dispatcher(count=10).run() == 0  # the last two are for high documents
    for slot in bench.held()[:4]:
        bench.complete(slot.ref)
    assert bench.dispatcher(count=10).run() == 4
    assert {record.ref.execution_name for record in late} <= set(bench.started())


def test_the_last_fifth_of_the_slots_is_for_high_documents(bench: Bench) -> None:
    for _ in range(12):
        bench.arrive()
    assert bench.dispatcher(count=10).run() == 8
    high = bench.arrive(priority=Priority.HIGH)
    assert bench.dispatcher(count=10).run() == 1
    assert high.ref.execution_name in bench.started()
    assert max(slot.number for slot in bench.held()) == 9


@pytest.mark.parametrize("count", [3, 8])
def test_runs_at_once_never_start_more_than_there_are_slots_nor_anything_twice(
    bench: Bench, count: int
) -> None:
    # Given documents of several tenants, and dispatchers that begin at the same moment
    arrived = [bench.arrive(f"t{number % 4}").ref for number in range(24)]
    dispatchers = [bench.dispatcher(count=count) for _ in range(4)]
    left = set(arrived)
    while left:
        barrier = threading.Barrier(len(dispatchers))

        def run(dispatcher: Any, barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return int(dispatcher.run())

        # When they run
        with ThreadPoolExecutor(len(dispatchers)) as pool:
            list(pool.map(run, dispatchers))
        # Then no more documents walk than there are slots, and each of them has one
        walking = [ref for ref in left if _walks(bench, ref)]
        assert 0 < len(walking) <= count
        held = [slot.holder for slot in bench.held()]
        assert len(held) <= count
        assert {ref.execution_name for ref in walking} <= set(held)
        for ref in walking:
            bench.complete(ref)
            left.remove(ref)
    assert sorted(bench.started()) == sorted(ref.execution_name for ref in arrived)
    assert bench.waiters("t0") == bench.waiters("t1") == []


def test_a_run_that_was_held_up_takes_no_slot_from_another(bench: Bench) -> None:
    # Given a run that has chosen three documents, and is held up before it takes their slots
    arrived = [bench.arrive() for _ in range(3)]

    class HeldUp(Records):
        """Between the look at the records and the slots, another run does all of its work."""

        high: Record | None = None

        def standing(self, refs: Iterable[Ref]) -> dict[str, Record]:
            seen = super().standing(refs)
            if self.high is None:
                self.high = bench.arrive(priority=Priority.HIGH)
                assert bench.dispatcher(count=3).run() == 3
            return seen

    records = HeldUp(bench.client("dynamodb"), bench.table)
    # When it goes on
    assert bench.dispatcher(count=3, records=records).run() == 0
    # Then the three of the other run walk, and the last document waits
    assert records.high is not None
    walking = [records.high, *arrived[:2]]
    assert sorted(bench.started()) == sorted(record.ref.execution_name for record in walking)
    assert sorted(slot.holder for slot in bench.held()) == sorted(bench.started())
    assert [one.name for one in bench.waiters()] == [arrived[2].ref.execution_name]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_run_that_dies_at_any_call_is_repaired_by_the_next(bench: Bench, late: bool) -> None:
    calls, died = 0, True
    everything: list[str] = []
    while died:
        # Given three documents, and a run that dies at one of its calls
        calls += 1
        arrived = [bench.arrive(tenant) for tenant in ("a", "b", "b")]
        everything += [record.ref.execution_name for record in arrived]
        try:
            bench.dying(calls, late=late).dispatcher(count=8).run()
            died = False
        except Crash:
            pass
        # When the next one comes
        bench.dispatcher(count=8).run()
        # Then all three walk, once, each under one slot
        assert sorted(bench.started()) == sorted(everything)
        held = sorted(slot.holder for slot in bench.held())
        walking = sorted(record.ref.execution_name for record in arrived)
        assert [holder for holder in held if holder in walking] == walking
        assert bench.waiters("a") == bench.waiters("b") == []
        for record in arrived:
            bench.complete(record.ref)
    assert calls > 12


def test_who_dies_between_record_and_roster_is_found_once_it_is_announced_again(
    bench: Bench,
) -> None:
    record = bench.queued()
    assert bench.dispatcher().run() == 0
    bench.waiting.announce(record)
    assert bench.dispatcher().run() == 1


def test_a_document_that_comes_while_its_queue_is_found_empty_is_not_forgotten(
    bench: Bench,
) -> None:
    # Given a tenant on the roster whose queue is empty
    bench.arrive()
    bench.dispatcher().run()

    class Slow(Waiting):
        """Between the look into a queue and the roster, another document comes."""

        def strike(self, priority: Priority, enrolled: Any) -> bool:
            self.came = bench.arrive()
            return super().strike(priority, enrolled)

    slow = Slow(bench.client("dynamodb"), bench.table, bench.client("sqs"), bench.queue_url)
    # When a run finds it so
    bench.dispatcher(queues=slow).run()
    # Then the tenant stays, and the next run starts the document
    assert bench.roster() == ["t"]
    assert bench.dispatcher().run() == 1
    assert slow.came.ref.execution_name in bench.started()


def test_a_lost_end_costs_nothing_but_time(bench: Bench) -> None:
    # Given that all slots are held by documents that ended, failed, or have their next attempt
    first = [bench.arrive() for _ in range(3)]
    bench.dispatcher(count=3).run()
    bench.complete(first[0].ref)
    bench.records.change(first[1].ref, Status.FAILED, stage=Stage.READ, code="INTERNAL")
    failed = bench.records.change(first[2].ref, Status.FAILED, stage=Stage.READ, code="THROTTLED")
    assert failed is not None
    again = bench.records.retry(
        failed, failed.source, timedelta(hours=1), ready_at=now(), counts=True
    )
    assert again is not None
    # When documents wait
    others = [bench.arrive() for _ in range(2)]
    bench.dispatcher(count=3).run()
    # Then they have the slots
    walking = {slot.holder for slot in bench.held()}
    assert walking == {again.ref.execution_name, *(other.ref.execution_name for other in others)}


def test_a_document_that_was_cancelled_while_it_waited_does_not_start(bench: Bench) -> None:
    cancelled, other = bench.arrive(), bench.arrive()
    assert bench.records.change(cancelled.ref, Status.CANCELLED, stage=Stage.INTAKE)
    assert bench.dispatcher(count=1).run() == 1
    assert bench.started() == [other.ref.execution_name]
    assert bench.waiters() == []


def test_an_item_that_stayed_behind_does_not_start_its_document_again(bench: Bench) -> None:
    record = bench.arrive()
    bench.dispatcher(count=2).run()
    bench.complete(record.ref)
    bench.waiting.put(record)
    bench.waiting.announce(record)
    assert bench.dispatcher(count=2).run() == 0
    assert bench.started() == [record.ref.execution_name]
    assert bench.waiters() == []


def test_a_document_that_has_two_slots_gives_one_back(bench: Bench) -> None:
    # Given two runs that took a slot for it at the same moment
    record = bench.arrive()
    (waiter,) = bench.waiters()
    slots = bench.slots(4)
    for number in (3, 1):
        assert slots.take(number, waiter, now() + timedelta(hours=1), seen=None)
    # When another run comes
    assert bench.dispatcher(count=4).run() == 1
    # Then it walks under one
    assert [(slot.number, slot.holder) for slot in bench.held()] == [(1, record.ref.execution_name)]


def test_a_run_that_died_with_the_last_slot_in_its_hand_is_repaired(bench: Bench) -> None:
    # Given one slot, which a run took for a document that it did not come to start
    record = bench.arrive()
    (waiter,) = bench.waiters()
    assert bench.slots(1).take(1, waiter, now() + timedelta(hours=1), seen=None)
    other = bench.arrive()
    # When the next run comes
    assert bench.dispatcher(count=1).run() == 1
    # Then the document walks, and the other one waits
    assert bench.started() == [record.ref.execution_name]
    assert [one.name for one in bench.waiters()] == [other.ref.execution_name]


def test_tenants_that_have_nothing_more_to_wait_for_hide_none_that_has(bench: Bench) -> None:
    # Given a roster of many tenants, one of which has a document
    for number in range(70):
        bench.waiting.mark(Priority.STANDARD, f"empty-{number}")
    record = bench.arrive()
    # When one run comes
    assert bench.dispatcher(count=4).run() == 1
    # Then it finds the document
    assert bench.started() == [record.ref.execution_name]


def test_of_many_tenants_each_gets_its_turn(bench: Bench) -> None:
    names = {f"t{number}" for number in range(45)}
    for tenant in names:
        bench.arrive(tenant)
        bench.arrive(tenant)
    assert bench.dispatcher(count=50).run() == 40
    assert set(Counter(slot.ref.tenant for slot in bench.held()).values()) == {1}


# ---------------------------------------------------------------------- time
def test_what_shall_wait_waits_whatever_others_do(bench: Bench) -> None:
    # Given a document that shall wait, and one that came later
    failed = bench.records.change(bench.arrive().ref, Status.FAILED, stage=Stage.INTAKE)
    assert failed is not None
    patient = bench.records.retry(
        failed,
        failed.source,
        timedelta(hours=1),
        ready_at=now() + timedelta(seconds=30),
        counts=True,
    )
    assert patient is not None
    bench.waiting.announce(patient, delay=timedelta(seconds=30))
    other = bench.arrive()
    assert bench.dispatcher().run() == 1
    assert bench.started() == [other.ref.execution_name]
    # It is not forgotten meanwhile
    assert bench.dispatcher().run() == 0
    assert bench.roster() == ["t"]
    # And starts when its time has come
    assert bench.at(timedelta(seconds=31)).dispatcher().run() == 1
    assert patient.ref.execution_name in bench.started()


def test_a_clock_that_is_ahead_delays_nothing(bench: Bench) -> None:
    bench.at(timedelta(minutes=4)).arrive()
    assert bench.dispatcher().run() == 1


@pytest.mark.parametrize("skew", [timedelta(minutes=-4), timedelta(minutes=4)])
def test_a_slot_is_not_taken_from_a_document_that_walks_by_another_machines_clock(
    bench: Bench, skew: timedelta
) -> None:
    # Given a walk that takes almost as long as it may, started by another machine
    first, other = bench.arrive(), bench.arrive()
    assert bench.at(skew).dispatcher(count=1).run() == 1
    # When its lease is about to run out
    assert bench.at(timedelta(hours=1)).dispatcher(count=1).run() == 0
    # Then it keeps its slot
    assert bench.started() == [first.ref.execution_name]
    # And when it must have ended long ago, another gets it
    assert bench.at(timedelta(hours=1, minutes=20)).dispatcher(count=1).run() == 1
    assert other.ref.execution_name in bench.started()
