"""Whoever may write to the table cannot do so unseen, not even with all hashes made anew."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from docparser.model import Action, Status
from docparser.store import items

from tests.contract.audit.trails import FIRST, Trails

if TYPE_CHECKING:
    from docparser.model import Event, Record

SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)


def anchor(trails: Trails) -> None:
    """Let both nights come."""
    for day in (FIRST, SECOND):
        trails.anchor(day)


@pytest.fixture
def ended(trails: Trails) -> Record:
    """A document of two revisions: five events of the first day, one and three of the second."""
    record = trails.walked()
    return trails.again(trails.noted(record, SECOND), SECOND)


def first_of(record: Record) -> Record:
    return record.model_copy(update={"ref": record.ref.model_copy(update={"revision": 1})})


def revision(trails: Trails, record: Record, number: int) -> list[Event]:
    return [event for event in trails.events(record.ref) if event.ref.revision == number]


def test_what_nobody_touched_is_whole(trails: Trails, ended: Record) -> None:
    assert [event.seq for event in trails.events(ended.ref)] == [1, 2, 3, 4, 5, 6, 1, 2, 3]
    assert trails.findings(ended) == []
    trails.anchor(FIRST)
    assert trails.findings(ended) == []
    trails.anchor(SECOND)
    assert trails.findings(ended) == []
    # And it goes on
    assert trails.findings(trails.noted(ended, THIRD)) == []
    trails.anchor(THIRD)
    assert trails.findings(ended) == []


# ---------------------------------------------------------------------- without new hashes
@pytest.mark.parametrize(
    "change",
    [
        {"actor": "bob"},
        {"code": "INTERNAL"},
        {"to": Status.FAILED},
        {"action": Action.ERASED},
        {"facts": {"type": "letter", "confidence": 0.9376, "pii.iban": 2}},
        {"facts": {}},
    ],
    ids=str,
)
def test_an_edited_event_is_found(trails: Trails, ended: Record, change: dict[str, object]) -> None:
    event = revision(trails, ended, 1)[2]
    trails.put(event.model_copy(update=change))
    assert trails.findings(ended) == [("EDITED", 1, 3)]


def test_an_edited_moment_is_found(trails: Trails, ended: Record) -> None:
    event = revision(trails, ended, 2)[1]
    trails.put(event.model_copy(update={"at": event.at + timedelta(milliseconds=1)}))
    assert trails.findings(ended) == [("EDITED", 2, 2)]


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_event_is_found(trails: Trails, ended: Record, seq: int) -> None:
    trails.delete(revision(trails, ended, 1)[seq - 1])
    assert trails.findings(ended) == [("REMOVED", 1, seq)]


def test_a_cut_tail_is_found(trails: Trails, ended: Record) -> None:
    for event in revision(trails, ended, 1)[4:]:
        trails.delete(event)
    assert trails.findings(ended) == [("CUT", 1, 5)]


def test_an_event_behind_the_last_one_is_found(trails: Trails, ended: Record) -> None:
    last = trails.events(ended.ref)[-1]
    trails.put(last.model_copy(update={"seq": 4}))
    assert ("INSERTED", 2, 4) in trails.findings(ended)


def test_a_removed_revision_is_found(trails: Trails, ended: Record) -> None:
    trails.erase(ended.ref, revision=1)
    trails.set(ended.ref, items.HEAD, {"current_revision": 2})
    assert trails.findings(ended) == [("REVISION_REMOVED", 1, None)]


def test_events_without_their_hashes_are_found(trails: Trails, ended: Record) -> None:
    for event in revision(trails, ended, 1)[3:]:
        trails.put(event.model_copy(update={"previous": None, "sha256": None}))
    assert trails.findings(ended)[0] == ("EDITED", 1, 4)


# ---------------------------------------------------------------------- with new hashes
def test_an_edited_event_with_new_hashes_is_found_by_the_next_revision(
    trails: Trails, ended: Record
) -> None:
    events = revision(trails, ended, 1)
    events[2] = events[2].model_copy(update={"actor": "bob"})
    trails.rewrite(first_of(ended), events)
    assert trails.findings(ended) == [("EDITED", 1, 6)]


@pytest.mark.parametrize("number", [1, 2])
def test_an_edited_event_with_new_hashes_is_found_by_the_anchor(
    trails: Trails, ended: Record, number: int
) -> None:
    anchor(trails)
    events = revision(trails, ended, number)
    events[1] = events[1].model_copy(update={"actor": "bob"})
    trails.rewrite(first_of(ended) if number == 1 else ended, events)
    assert ("EDITED", number, 2) in trails.findings(ended)


def test_a_removed_event_with_new_numbers_is_found_by_the_anchor(
    trails: Trails, ended: Record
) -> None:
    anchor(trails)
    events = revision(trails, ended, 2)
    trails.rewrite(ended, [events[0], events[2]])
    assert trails.findings(ended) == [("REMOVED", 2, 2)]


def test_an_inserted_event_with_new_numbers_is_found_by_the_anchor(
    trails: Trails, ended: Record
) -> None:
    anchor(trails)
    events = revision(trails, ended, 2)
    new = events[1].model_copy(update={"action": Action.LEVEL_APPROVED, "actor": "alice"})
    trails.rewrite(ended, [*events[:2], new, *events[2:]])
    assert trails.findings(ended) == [("INSERTED", 2, 3)]


def test_an_event_that_is_added_to_a_day_that_is_over_is_found(
    trails: Trails, ended: Record
) -> None:
    anchor(trails)
    events = revision(trails, ended, 2)
    new = events[-1].model_copy(update={"action": Action.LEVEL_APPROVED, "actor": "alice"})
    trails.rewrite(ended, [*events, new])
    assert trails.findings(ended) == [("INSERTED", 2, 4)]


@pytest.mark.parametrize("left", [1, 2])
def test_a_cut_tail_with_a_record_to_match_is_found_by_the_anchor(
    trails: Trails, ended: Record, left: int
) -> None:
    events = revision(trails, ended, 2)
    anchor(trails)
    trails.rewrite(ended, events[:left])
    found = [("CUT", 2, seq) for seq in range(left + 1, 4)]
    assert trails.findings(ended) == found


def test_a_last_revision_that_was_removed_is_found_by_the_anchor(
    trails: Trails, ended: Record
) -> None:
    anchor(trails)
    trails.erase(ended.ref, revision=2)
    assert trails.findings(ended) == [("REVISION_REMOVED", 2, None)]


def test_a_document_that_was_removed_is_found_by_the_anchor(trails: Trails, ended: Record) -> None:
    anchor(trails)
    trails.erase(ended.ref)
    assert trails.findings(ended) == [("DOCUMENT_REMOVED", None, None)]


def test_a_trail_that_lost_all_its_hashes_is_found_by_the_anchor(
    trails: Trails, ended: Record
) -> None:
    anchor(trails)
    for event in trails.events(ended.ref):
        trails.put(event.model_copy(update={"previous": None, "sha256": None}))
    for number in (1, 2):
        trails.set(ended.ref, items.revision_key(number), {"chain": None})
    assert {code for code, _, _ in trails.findings(ended)} == {"EDITED"}


def test_what_has_lost_its_hashes_after_the_first_anchor_is_not_taken_for_old(
    trails: Trails,
) -> None:
    trails.anchor(FIRST)
    record = trails.walked(SECOND)
    for event in trails.events(record.ref):
        trails.put(event.model_copy(update={"previous": None, "sha256": None}))
    trails.set(record.ref, items.revision_key(1), {"chain": None})
    assert ("INSERTED", 1, 1) in trails.findings(record)


# ---------------------------------------------------------------------- no tampering
def test_events_from_before_the_chain_are_unchained_and_nothing_worse(trails: Trails) -> None:
    # Given a document that was written before there were chains
    record = trails.walked()
    for event in trails.events(record.ref):
        trails.put(event.model_copy(update={"previous": None, "sha256": None}))
    trails.set(record.ref, items.revision_key(1), {"chain": None})
    # Then nothing is held against it, before the first anchor and after
    assert trails.findings(record) == []
    trails.anchor(FIRST)
    assert trails.findings(record) == []
    assert trails.trail(record.ref).unchained == 5
    # And what happens to it from now on is on a chain
    old = trails.records.get(record.ref)
    assert old is not None
    noted = trails.noted(old, SECOND)
    following = trails.again(noted, SECOND)
    trails.anchor(SECOND)
    assert trails.findings(record) == []
    assert trails.trail(record.ref).unchained == 5
    trails.delete(trails.events(following.ref)[5])
    assert trails.findings(record) == [("CUT", 1, 6)]


def test_a_clock_that_is_behind_breaks_no_chain(trails: Trails) -> None:
    """Machines differ by minutes: what comes later may say that it came before."""
    record = trails.opened(SECOND)
    with trails.on(FIRST, hour=23):
        running = trails.records.change(record.ref, Status.RUNNING, stage=record.stage)
    assert running is not None
    ended = trails.noted(running, SECOND)
    moments = [event.at for event in trails.events(record.ref)]
    assert moments[1] < moments[0]
    assert trails.findings(ended) == []
    trails.anchor(FIRST)
    assert trails.findings(ended) == []
    trails.anchor(SECOND)
    assert trails.findings(ended) == []


def test_what_came_too_late_for_its_day_is_held_by_the_next_anchor(trails: Trails) -> None:
    record = trails.opened(FIRST)
    trails.anchor(FIRST)
    # Given an event of a machine that is hours behind
    noted = trails.noted(record, FIRST)
    assert trails.findings(noted) == [("INSERTED", 1, 2)]
    # Then whatever follows it vouches for it
    trails.noted(noted, SECOND)
    trails.anchor(SECOND)
    assert trails.findings(noted) == []


def test_every_single_change_to_an_anchored_trail_is_found(trails: Trails, ended: Record) -> None:
    """Each event edited, removed, swapped with the next or doubled, hashes made anew."""
    anchor(trails)
    before = trails.events(ended.ref)
    for number in (1, 2):
        whole = [event for event in before if event.ref.revision == number]
        record = first_of(ended) if number == 1 else ended
        for place, how in itertools.product(
            range(len(whole)), ("edit", "remove", "swap", "double")
        ):
            events = list(whole)
            if how == "edit":
                events[place] = events[place].model_copy(update={"actor": "bob"})
            elif how == "remove":
                del events[place]
            elif how == "double":
                events.insert(place, events[place])
            elif place + 1 < len(events):
                events[place : place + 2] = reversed(events[place : place + 2])
            else:
                continue
            first = events[0].model_copy(update={"previous": whole[0].previous})
            trails.rewrite(record, [first, *events[1:]])
            found = trails.findings(ended)
            assert any(revision == number for _, revision, _ in found), (number, place, how)
            # And once it is as it was, nothing is
            trails.rewrite(record, whole)
            assert trails.findings(ended) == []
