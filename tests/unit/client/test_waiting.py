"""When a document counts as done."""

from datetime import timedelta

import pytest
from docparser.model import Priority, Record, now
from docparser_client.watch import Awaited, Watch, has_ended, known_ending

from tests.unit.client.records import record


class Told:
    """A catalogue that tells what a test puts into it."""

    def __init__(self) -> None:
        self.known: dict[str, Record] = {}
        self.asked: list[set[str]] = []

    def records(self, refs):
        asked = {ref.document_id for ref in refs}
        self.asked.append(asked)
        return {key: record for key, record in self.known.items() if key in asked}


def awaited(digit: str = "0", before: Record | None = None) -> Awaited:
    return Awaited(ref=record("QUEUED", digit=digit).ref, inputs=[], before=before, sent_at=now())


def watch(told: Told, **options: timedelta | None) -> Watch:
    return Watch(told, **{"timeout": None, "patience": timedelta(hours=1), **options})


@pytest.mark.parametrize("status", ["COMPLETED", "PARTIAL", "REJECTED", "CANCELLED", "ERASED"])
def test_bytes_that_have_ended_need_no_upload(status: str) -> None:
    assert known_ending(record(status))


@pytest.mark.parametrize("status", ["FAILED", "QUEUED", "RUNNING", "WAITING"])
def test_bytes_that_failed_or_are_under_way_are_sent(status: str) -> None:
    assert not known_ending(record(status))
    assert not known_ending(None)


def test_a_new_document_has_ended_when_its_record_says_so() -> None:
    assert not has_ended(record("RUNNING"), None)
    assert has_ended(record("FAILED"), None)


def test_an_old_failure_is_not_the_answer_to_a_new_upload() -> None:
    before = record("FAILED", attempt=1)

    assert not has_ended(record("FAILED", attempt=1), before)
    assert not has_ended(record("QUEUED", attempt=2), before)
    assert has_ended(record("FAILED", attempt=2), before)
    assert has_ended(record("COMPLETED", attempt=2), before)


def test_what_was_under_way_before_counts() -> None:
    assert has_ended(record("FAILED"), record("RUNNING"))


def test_a_sweep_tells_what_moved_and_forgets_what_ended() -> None:
    told = Told()
    watching = watch(told)
    watching.add(first := awaited("0"))
    watching.add(second := awaited("1"))
    assert watching.sweep() == []

    told.known[first.ref.document_id] = record("RUNNING", digit="0")
    told.known[second.ref.document_id] = record("REJECTED", digit="1")

    assert watching.sweep() == [first, second]
    assert (first.ended, second.ended, len(watching)) == (False, True, 1)
    assert watching.sweep() == []


def test_quiet_documents_are_asked_for_less_often() -> None:
    watching = watch(Told())
    watching.add(awaited())
    pauses = []
    for _ in range(9):
        watching.sweep()
        pauses.append(watching.pause_s())

    assert 0.1 < pauses[0] < 0.2
    assert 0.9 < pauses[-1] <= 1.0


def test_many_documents_are_asked_for_in_turn_the_longest_waiting_always() -> None:
    told = Told()
    watching = watch(told)
    names = [f"{number:032x}" for number in range(200)]
    for name in names:
        ref = record("QUEUED").ref.model_copy(update={"document_id": name})
        watching.add(Awaited(ref=ref, inputs=[], sent_at=now()))
    for _ in range(6):
        watching.sweep()

    assert len(told.asked) == 6
    assert all(len(asked) <= 64 and asked.issuperset(names[:32]) for asked in told.asked)
    assert set().union(*told.asked) == set(names)


def test_a_document_is_given_up_after_the_time_that_the_user_set() -> None:
    watching = watch(Told(), timeout=timedelta(0))
    watching.add(late := awaited())

    assert watching.sweep() == [late]
    assert late.given_up
    assert not late.ended
    assert not len(watching)


def test_a_document_is_waited_for_as_long_as_its_lease_lasts() -> None:
    told = Told()
    watching = watch(told, patience=timedelta(seconds=-60))
    leased = awaited()
    running = record("RUNNING", lease_until=now() + timedelta(seconds=60))
    told.known[leased.ref.document_id] = running
    watching.add(leased)
    watching.sweep()
    assert not leased.given_up

    overdue = running.model_copy(update={"lease_until": now() - timedelta(seconds=60)})
    told.known[leased.ref.document_id] = overdue
    watching.sweep()
    assert leased.given_up


def test_the_command_offers_the_priorities_of_the_model() -> None:
    from typing import get_args

    from docparser_client.main import Priority as Offered

    assert set(get_args(Offered)) == {priority.value for priority in Priority}
