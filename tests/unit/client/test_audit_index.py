"""Which documents are looked at event by event, when all are verified."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docparser.audit.anchors import Head, head_of
from docparser.model import Event, Ref, Stage, Status
from docparser.store import chain
from docparser_client.audit_index import AuditIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = [date(2026, 3, day) for day in (1, 2, 3)]


@pytest.fixture
def index() -> Iterator[AuditIndex]:
    index = AuditIndex()
    yield index
    index.close()


def anchored(*days: date) -> Any:
    return SimpleNamespace(begins=min(days, default=None), covers=lambda day: day in days)


def trail(digit: str, *days: date, chained: bool = True) -> list[Event]:
    """Return a document's events, one of each day."""
    events: list[Event] = []
    previous = None
    for seq, day in enumerate(days, start=1):
        event = Event(
            ref=Ref(tenant="t", document_id=f"d{digit * 32}"),
            seq=seq,
            at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            to=Status.QUEUED,
            stage=Stage.INTAKE,
        )
        if chained:
            event = chain.sealed(event, previous)
            previous = event.sha256
        events.append(event)
    return events


def head(event: Event) -> Head:
    found = head_of(event)
    assert found is not None
    return found


def suspects(index: AuditIndex, *days: date) -> list[str]:
    return [document_id[1] for document_id in index.suspects(anchored(*days))]


def test_what_is_as_it_was_anchored_is_not_suspected(index: AuditIndex) -> None:
    events = trail("1", *DAYS)
    index.add(events)
    for event in events:
        index.compare(head(event))
    assert suspects(index, *DAYS) == []
    assert index.events == 3
    # Heads may come in any order of days
    index.compare(head(events[0]))
    assert suspects(index, *DAYS) == []


def test_what_is_gone_changed_or_wrong_is_suspected(index: AuditIndex) -> None:
    whole, changed, wrong = trail("1", DAYS[0]), trail("2", DAYS[0]), trail("3", DAYS[0])
    for events in (whole, changed, wrong):
        index.add(events)
    index.compare(head(whole[0]))
    index.compare(head(wrong[0]))
    index.compare(head(changed[0]).model_copy(update={"sha256": "0" * 64}))
    index.compare(head(trail("4", DAYS[0])[0]))
    index.suspect(wrong[0].ref.document_id)
    index.suspect(wrong[0].ref.document_id)
    assert suspects(index, DAYS[0]) == ["2", "3", "4"]


def test_what_was_added_to_a_day_that_is_over_is_suspected(index: AuditIndex) -> None:
    events = trail("1", DAYS[0], DAYS[0], DAYS[2])
    index.add(events)
    index.compare(head(events[0]))
    assert suspects(index, DAYS[0]) == ["1"]


def test_what_is_still_to_be_anchored_is_not_suspected(index: AuditIndex) -> None:
    events = trail("1", DAYS[0], DAYS[2])
    index.add(events)
    index.compare(head(events[0]))
    assert suspects(index, *DAYS[:2]) == []


def test_what_has_no_hash_is_suspected_if_it_is_younger_than_the_first_anchor(
    index: AuditIndex,
) -> None:
    index.add(trail("1", DAYS[0], chained=False))
    index.add(trail("2", DAYS[0], DAYS[1], chained=False))
    assert suspects(index) == []
    assert suspects(index, DAYS[0]) == ["2"]
