"""Retention: what is over is erased by itself, unless it is held or has been read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from docparser.model import Level, Stage, Status, now

from tests.contract.govern.governed import ALICE, Governed

DAY = timedelta(days=1)


def test_what_is_over_is_erased_by_nobody_in_particular(governed: Governed) -> None:
    record = governed.completed(retain_until=now() + 30 * DAY)
    governed.fill(record)
    # Before its time nothing happens
    assert governed.at(29 * DAY).expire() == 0
    # After it, it is erased
    late = governed.at(31 * DAY)
    assert late.expire() == 1
    proof = late.deliver()[record.ref.document_id]
    assert proof is not None
    assert governed.objects(record.ref.document_id) == []
    assert governed.told(record.ref)[-2:] == [("erasure.requested", "system"), ("erased", "system")]
    assert governed.events(record.ref)[-2].facts["reason"] == "retention"
    # And that once
    assert governed.at(60 * DAY).expire() == 0


def test_the_sweep_sees_to_it(governed: Governed) -> None:
    record = governed.completed(retain_until=now() + DAY)
    governed.at(2 * DAY).bench.sweep().run()
    assert governed.current(record).status is Status.ERASED


def test_what_is_kept_for_ever_is_not_looked_at(governed: Governed) -> None:
    record = governed.completed()
    assert governed.at(36_500 * DAY).expire() == 0
    assert governed.current(record) == record


def test_what_is_held_is_kept_and_looked_at_a_day_later(governed: Governed) -> None:
    record = governed.completed(retain_until=now() + DAY)
    governed.holds.place(record, "matter 1", actor=ALICE)
    late = governed.at(2 * DAY)
    assert late.expire() == 1
    assert late.expire() == 0
    assert governed.current(record).status is Status.COMPLETED
    governed.holds.release(record, "matter 1", actor=ALICE)
    assert governed.at(3 * DAY + timedelta(minutes=1)).expire() == 1
    assert governed.current(record).status is Status.ERASED


@pytest.mark.parametrize("later", [None, 90 * DAY])
def test_a_later_result_says_how_long(governed: Governed, later: timedelta | None) -> None:
    # Given a result that is over, and a later one that is kept longer, or for ever
    first = governed.completed(level=Level.INTERNAL, retain_until=now() + DAY)
    raised = governed.levels.raise_to(first, Level.RESTRICTED, actor=ALICE, reason="r")
    assert raised is not None
    governed.ended(raised.ref, retain_until=None if later is None else now() + later)
    # Then the document stays
    assert governed.at(2 * DAY).expire() == 1
    assert governed.at(2 * DAY).expire() == 0
    assert governed.current(first).status is Status.COMPLETED
    # Until that time
    assert governed.at(91 * DAY).expire() == (0 if later is None else 1)


def test_what_walks_is_looked_at_later(governed: Governed) -> None:
    first = governed.completed(level=Level.INTERNAL, retain_until=now() + DAY)
    raised = governed.levels.raise_to(first, Level.RESTRICTED, actor=ALICE, reason="r")
    assert raised is not None
    late = governed.at(2 * DAY)
    assert late.expire() == 1
    assert late.expire() == 0
    assert governed.current(first).status is Status.QUEUED


def test_a_walk_that_failed_since_keeps_nothing(governed: Governed) -> None:
    first = governed.completed(level=Level.INTERNAL, retain_until=now() + DAY)
    raised = governed.levels.raise_to(first, Level.RESTRICTED, actor=ALICE, reason="r")
    assert raised is not None
    records = governed.bench.records
    assert records.change(raised.ref, Status.RUNNING, stage=Stage.CLASSIFY)
    assert records.change(raised.ref, Status.FAILED, stage=Stage.CLASSIFY, code="INTERNAL")
    assert governed.at(2 * DAY).expire() == 1
    assert governed.current(first).status is Status.ERASED


def test_a_file_inside_is_kept_for_its_own_time(governed: Governed) -> None:
    # Given a mail that is over, with a file in it that is kept longer
    mail = governed.completed(retain_until=now() + DAY)
    file = governed.completed(parent=mail.ref.document_id, retain_until=now() + 90 * DAY)
    late = governed.at(2 * DAY)
    assert late.expire() == 1
    assert late.deliver()[mail.ref.document_id] is not None
    assert governed.current(mail).status is Status.ERASED
    assert governed.current(file).status is Status.COMPLETED
    assert governed.at(91 * DAY).expire() == 1
    assert governed.current(file).status is Status.ERASED


def test_what_lies_around_a_held_file_is_kept(governed: Governed) -> None:
    mail = governed.completed(retain_until=now() + DAY)
    file = governed.completed(parent=mail.ref.document_id)
    governed.holds.place(file, "matter 1", actor=ALICE)
    assert governed.at(2 * DAY).expire() == 1
    assert governed.current(mail).status is Status.COMPLETED
