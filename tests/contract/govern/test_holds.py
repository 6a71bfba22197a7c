"""Legal holds: placed and released by their references, and nothing is erased under one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from docparser.govern.refusals import Held, OtherHold
from docparser.model import Status

from tests.contract.govern.governed import ALICE, BOB, Governed


def test_a_hold_is_placed_once_and_released_once(governed: Governed) -> None:
    record = governed.completed()
    assert governed.holds.place(record, "matter 1", actor=ALICE) == ("matter 1",)
    assert governed.holds.place(record, "matter 1", actor=BOB) == ("matter 1",)
    known = governed.bench.records.known("t", record.ref.document_id)
    assert known is not None
    assert known.hold == "matter 1"
    assert governed.holds.release(record, "matter 1", actor=BOB) == ()
    assert governed.told(record.ref)[-2:] == [("held", ALICE), ("released", BOB)]
    assert governed.events(record.ref)[-1].facts == {"reference": "matter 1"}
    with pytest.raises(OtherHold):
        governed.holds.release(record, "matter 1", actor=BOB)


def test_one_matter_s_release_leaves_the_others(governed: Governed) -> None:
    record = governed.completed()
    governed.holds.place(record, "matter 1", actor=ALICE)
    governed.holds.place(record, "matter 2", actor=BOB)
    with pytest.raises(OtherHold):
        governed.holds.release(record, "matter 3", actor=BOB)
    assert governed.holds.release(record, "matter 1", actor=ALICE) == ("matter 2",)
    with pytest.raises(Held):
        governed.bench.erasing.begin(record, actor=ALICE, reason="r")


def test_of_holds_placed_at_once_none_is_lost(governed: Governed) -> None:
    record = governed.completed()
    matters = [f"matter {number}" for number in range(4)]

    def place(reference: str) -> None:
        while governed.holds.place(record, reference, actor=ALICE) is None:
            pass

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(place, matters)]
    assert sorted(governed.bench.holds.of(record.ref)) == matters
    assert len(governed.events(record.ref)) == 3 + len(matters)


def test_nothing_of_a_held_document_is_erased(governed: Governed) -> None:
    record = governed.completed()
    lines = governed.fill(record)
    governed.holds.place(record, "matter 1", actor=ALICE)
    held = governed.current(record)
    with pytest.raises(Held):
        governed.bench.erasing.begin(held, actor=ALICE, reason="r")
    assert governed.current(record) == held
    assert governed.orders() == []
    assert len(governed.objects(record.ref.document_id)) == len(lines)
    # Once it is released, it can be
    governed.holds.release(held, "matter 1", actor=ALICE)
    assert governed.erase(governed.current(record)) is not None


def test_a_running_document_that_is_held_is_not_even_cancelled(governed: Governed) -> None:
    running = governed.bench.running()
    governed.holds.place(running, "matter 1", actor=ALICE)
    with pytest.raises(Held):
        governed.bench.erasing.begin(governed.current(running), actor=ALICE, reason="r")
    assert governed.current(running).status is Status.RUNNING


def test_a_hold_that_comes_after_it_was_looked_for_still_holds(governed: Governed) -> None:
    # Given an erasure that has found no hold, and a hold placed right then
    record = governed.completed()
    erasing = governed.bench.erasing
    look = erasing._is_held

    def late(*asked: object, **said: object) -> bool:
        held = look(*asked, **said)  # type: ignore[arg-type]
        governed.holds.place(governed.current(record), "matter 1", actor=BOB)
        return held

    erasing._is_held = late  # type: ignore[method-assign]
    # Then nothing is erased, and whoever looks again is told why
    assert erasing.begin(record, actor=ALICE, reason="r") is None
    assert governed.current(record).status is Status.COMPLETED
    with pytest.raises(Held):
        governed.bench.erasing.begin(governed.current(record), actor=ALICE, reason="r")


def test_a_hold_reaches_up_and_down(governed: Governed) -> None:
    # Given a mail in an archive, with a file in it
    archive = governed.completed()
    mail = governed.completed(parent=archive.ref.document_id)
    file = governed.completed(parent=mail.ref.document_id)
    documents = (archive, mail, file)
    for held in documents:
        governed.holds.place(held, "matter 1", actor=ALICE)
        # Then none of them is erased while one of them is held
        for one in documents:
            with pytest.raises(Held):
                governed.bench.erasing.begin(governed.current(one), actor=ALICE, reason="r")
        governed.holds.release(held, "matter 1", actor=ALICE)
    # But what lies in the archive beside it
    beside = governed.completed(parent=archive.ref.document_id)
    governed.holds.place(file, "matter 1", actor=ALICE)
    assert governed.erase(beside) is not None
    # And what lies around it, if that is erased alone
    assert governed.erase(governed.current(mail), children=False) is not None
    assert governed.current(file).status is Status.COMPLETED


def test_a_walk_is_not_cancelled_for_an_erasure_that_a_hold_forbids(governed: Governed) -> None:
    # Given an erasure of what is all in its walk, and a hold that is placed right then
    running = governed.bench.running()
    erasing = governed.bench.erasing
    look = erasing._is_held

    def late(*asked: object, **said: object) -> bool:
        held = look(*asked, **said)  # type: ignore[arg-type]
        governed.holds.place(governed.current(running), "matter 1", actor=BOB)
        return held

    erasing._is_held = late  # type: ignore[method-assign]
    # Then its walk goes on
    assert erasing.begin(running, actor=ALICE, reason="r") is None
    assert governed.current(running).status is Status.RUNNING


def test_what_was_cancelled_and_is_held_is_not_cleaned_up(governed: Governed) -> None:
    # Given a document that was cancelled, and held before anybody cleaned up after it
    running = governed.bench.running()
    lines = governed.fill(running)
    cancelled = governed.bench.records.change_from(running, Status.CANCELLED, stage=running.stage)
    assert cancelled is not None
    governed.holds.place(cancelled, "matter 1", actor=ALICE)
    # When the sweep comes by, nothing of it is deleted
    there = governed.objects(running.ref.document_id)
    late = governed.at(timedelta(hours=1))
    late.bench.sweep().run()
    assert lines
    assert governed.objects(running.ref.document_id) == there
    # But once it is released
    governed.holds.release(governed.current(running), "matter 1", actor=ALICE)
    governed.at(timedelta(days=2)).bench.sweep().run()
    assert governed.objects(running.ref.document_id) != there
