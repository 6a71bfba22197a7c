"""When a document counts as done."""

import time
from datetime import timedelta

import pytest
from docparser.model import Priority, now
from docparser_client.api import Document
from docparser_client.watch import Awaited, Watch, has_ended, supersedes

from tests.unit.client.records import record


class Told:
    """A catalogue that tells what a test puts into it."""

    def __init__(self) -> None:
        self.known: dict[str, Document] = {}
        self.asked: list[dict[str, Document | None]] = []

    def records(self, seen):
        self.asked.append(dict(seen))
        return {key: record for key, record in self.known.items() if key in seen}


def awaited(digit: str = "0", before: Document | None = None) -> Awaited:
    document_id = record("QUEUED", digit=digit).document_id
    return Awaited(entries=[], document_id=document_id, before=before, sent_at=now())


def watch(told: Told, **options: timedelta | None) -> Watch:
    return Watch(told, **{"timeout": None, "patience": timedelta(hours=1), **options})


def test_a_new_document_has_ended_when_its_record_says_so() -> None:
    assert not has_ended(record("RUNNING"), None)
    assert has_ended(record("FAILED"), None)


def test_an_old_failure_is_not_the_answer_to_a_new_upload() -> None:
    before = record("FAILED", attempt=1)

    assert not has_ended(record("FAILED", attempt=1), before)
    assert not has_ended(record("QUEUED", attempt=2), before)
    assert has_ended(record("FAILED", attempt=2), before)
    assert has_ended(record("COMPLETED", attempt=2), before)


def test_a_revision_that_an_upload_opens_is_the_one_that_counts() -> None:
    rejected = record("REJECTED", code="ENCRYPTED")

    assert not has_ended(rejected, rejected)
    assert has_ended(record("COMPLETED", revision=2), rejected)


@pytest.mark.parametrize(
    ("known", "level", "superseded"),
    [
        (record("FAILED"), None, True),
        (record("REJECTED"), None, True),
        (record("AWAITING_UPLOAD"), "CONFIDENTIAL", False),
        # What is under way counts, unless it is given up for a stricter level.
        (record("RUNNING"), None, False),
        (record("RUNNING"), "INTERNAL", True),
        (record("RUNNING", declared_level="INTERNAL"), "INTERNAL", False),
        (record("RUNNING", declared_level="RESTRICTED"), "INTERNAL", False),
        (record("QUEUED", declared_level="PUBLIC"), "CONFIDENTIAL", True),
    ],
)
def test_an_upload_supersedes_what_has_ended_and_what_was_declared_less(
    known: Document, level: str | None, superseded: bool
) -> None:
    assert supersedes(known, level) == superseded


def test_a_failure_is_looked_at_twice_since_the_service_may_try_again() -> None:
    told = Told()
    watching = watch(told)
    watching.add(failing := awaited())
    told.known[failing.document_id] = record("FAILED", code="THROTTLED")
    assert watching.sweep() == [failing]
    assert not failing.ended

    told.known[failing.document_id] = record("QUEUED", attempt=2)
    watching.sweep()
    told.known[failing.document_id] = record("FAILED", attempt=2, code="INTERNAL")
    watching.sweep()
    assert not failing.ended

    failing.moved_at -= timedelta(seconds=2)
    assert watching.sweep() == [failing]
    assert failing.ended


def test_a_sweep_tells_what_moved_and_forgets_what_ended() -> None:
    told = Told()
    watching = watch(told)
    watching.add(first := awaited("0"))
    watching.add(second := awaited("1"))
    assert watching.sweep() == []

    told.known[first.document_id] = record("RUNNING", digit="0")
    told.known[second.document_id] = record("REJECTED", digit="1")

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
        watching.add(Awaited(entries=[], document_id=name, sent_at=now()))
    for _ in range(48):
        watching.sweep()

    assert len(told.asked) == 48
    assert all(len(asked) <= 12 and set(names[:8]) <= asked.keys() for asked in told.asked)
    assert set().union(*told.asked) == set(names)


def test_a_sweep_says_what_it_has_seen_before() -> None:
    told = Told()
    watching = watch(told)
    watching.add(first := awaited())
    told.known[first.document_id] = running = record("RUNNING")
    watching.sweep()
    watching.sweep()

    assert told.asked == [{first.document_id: None}, {first.document_id: running}]


def test_nobody_waits_for_a_person() -> None:
    told = Told()
    watching = watch(told)
    watching.add(parked := awaited())
    watching.add(away := awaited("1"))
    told.known[parked.document_id] = record("WAITING", waiting_for="review")
    told.known[away.document_id] = record("WAITING", digit="1", waiting_for="zone")
    assert parked in watching.sweep()
    assert (parked.given_up, parked.ended) == (True, False)
    # A zone is tried again by itself
    assert not away.given_up
    assert len(watching) == 1


def test_a_document_is_given_up_after_the_time_that_the_user_set() -> None:
    told = Told()
    watching = watch(told, timeout=timedelta(0))
    watching.add(late := awaited())
    told.known[late.document_id] = record("RUNNING")

    assert watching.sweep() == [late]
    assert late.given_up
    assert not late.ended
    assert not len(watching)


def test_the_time_that_the_user_set_does_not_count_in_the_queue() -> None:
    told = Told()
    watching = watch(told, timeout=timedelta(seconds=0.2))
    watching.add(first := awaited("0"))
    for waits in (None, record("AWAITING_UPLOAD"), record("QUEUED")):
        if waits is not None:
            told.known[first.document_id] = waits
        time.sleep(0.1)
        watching.sweep()
        assert not first.given_up

    told.known[first.document_id] = record("RUNNING")
    watching.sweep()
    assert not first.given_up
    # Whoever goes back into the queue begins anew.
    told.known[first.document_id] = record("QUEUED", attempt=2)
    time.sleep(0.25)
    watching.sweep()
    assert not first.given_up
    told.known[first.document_id] = record("RUNNING", attempt=2)
    watching.sweep()
    time.sleep(0.25)
    watching.sweep()
    assert first.given_up


def test_what_waits_for_its_turn_is_waited_for_as_long_as_another_moves() -> None:
    told = Told()
    watching = watch(told, patience=timedelta(seconds=-9.9))  # ten seconds are added
    watching.add(moving := awaited("0"))
    watching.add(queued := awaited("1"))
    told.known[queued.document_id] = record("QUEUED", digit="1")
    for stage in ("preflight", "read", "assemble"):
        told.known[moving.document_id] = record("RUNNING", stage=stage)
        watching.sweep()
        assert not queued.given_up
        time.sleep(0.06)

    time.sleep(0.1)
    watching.sweep()
    assert queued.given_up


def test_a_document_is_waited_for_as_long_as_it_moves() -> None:
    told = Told()
    watching = watch(told, patience=timedelta(seconds=-9.9))  # ten seconds are added
    watching.add(moving := awaited())
    for stage in ("preflight", "read", "assemble"):
        told.known[moving.document_id] = record("RUNNING", stage=stage)
        assert watching.sweep() == [moving]
        assert not moving.given_up
        time.sleep(0.06)

    time.sleep(0.1)
    assert watching.sweep() == [moving]
    assert moving.given_up


def test_the_command_offers_the_priorities_of_the_model() -> None:
    from typing import get_args

    from docparser_client.main import Priority as Offered

    assert set(get_args(Offered)) == {priority.value for priority in Priority}
