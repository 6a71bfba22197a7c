"""Waiting for documents: which have moved, which have ended, and how often to ask."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.model import Level, Status, WaitingFor, now

if TYPE_CHECKING:
    from datetime import datetime

    from .api import Document
    from .catalogue import Catalogue
    from .inputs import Entry

_SHORTEST_S = 0.1
_LONGEST_S = 1.0
_SLOWING = 1.5
_FRONT = 8  # documents that every sweep asks for, those that have waited longest
_TURN = 4  # of the others
_SHARE = 9  # a pause is at least this many times as long as the sweep before it,
_SHARE_MOVING = 1  # or this many times, if most of what was asked for had moved
_GRACE = timedelta(seconds=10)  # the walk's own deadline speaks first
_SECOND_LOOK = timedelta(seconds=2)  # the service may be about to try again what has just failed
QUEUED = frozenset({Status.AWAITING_UPLOAD, Status.QUEUED})
_STRICTEST = {level: place for place, level in enumerate(Level)}


@dataclass
class Awaited:
    """A document that this run waits for, with the entries that hold its bytes.

    Parameters
    ----------
    entries
        Every entry of this run with the same bytes.
    document_id
        Its id; empty until the service has told it.
    before
        Its record before the upload, if that walk is not the one that is waited for.
    record
        Its record as last seen.
    sent_at
        When its upload was complete; None while it is on its way, or if there was none.
    begun_at
        When this run first saw that it is worked on; None while it waits for its turn.
    moved_at
        When this run last saw something new of it.
    ended, given_up
        Whether the walk has ended; whether it took longer than this run waits.
    """

    entries: list[Entry]
    document_id: str = ""
    before: Document | None = None
    record: Document | None = None
    sent_at: datetime | None = None
    begun_at: datetime | None = None
    moved_at: datetime = field(default_factory=now)
    ended: bool = False
    given_up: bool = False


def has_ended(record: Document, before: Document | None) -> bool:
    """Whether a record tells the end of the walk that this run waits for.

    A document that had failed before the upload is tried again by intake, and one that was
    rejected for want of a password, or is read under a stricter level, gets a revision: until the
    attempt or the revision grows, the record still tells of the walk before.
    """
    if not record.status.terminal:
        return False
    if before is None:
        return True
    return (record.revision, record.attempt) > (before.revision, before.attempt)


def supersedes(known: Document, level: str | None) -> bool:
    """Whether an upload opens another walk of a document that the service knows.

    Parameters
    ----------
    known
        The document's record before the upload.
    level
        The level that the upload declares. Where it is stricter than the one that is known to be
        declared, a walk that is under way is given up for another one.
    """
    if known.status is Status.AWAITING_UPLOAD:
        return False
    if known.status.terminal:
        return True
    return level is not None and (
        known.declared_level is None or _STRICTEST[Level(level)] < _STRICTEST[known.declared_level]
    )


class Watch:
    """Asks for the records of awaited documents, more often while they move.

    A sweep asks for the eight documents that have waited longest, which are the next to end, and
    for four of the others in turn. The pipeline may run on the same machine and needs the rest.

    Parameters
    ----------
    catalogue
        Reads the records.
    timeout
        How long to wait for a document from the moment that it is worked on: however long the
        queue is, nothing in it is late. None: for as long as it moves.
    patience
        How long to wait for a document that does not move: as long as the service may work on it.
        One that waits for its turn is waited for as long as any other moves, and one that waits
        for a person not at all: that may take weeks.
    """

    def __init__(
        self, catalogue: Catalogue, *, timeout: timedelta | None, patience: timedelta
    ) -> None:
        self._catalogue = catalogue
        self._timeout = timeout
        self._patience = patience
        self._awaited: dict[str, Awaited] = {}
        self._interval_s = _SHORTEST_S
        self._next = 0.0
        self._turn = 0
        self._moved_at = now()

    def __len__(self) -> int:
        return len(self._awaited)

    def add(self, awaited: Awaited) -> None:
        """Wait for a document that was sent."""
        self._awaited[awaited.document_id] = awaited
        awaited.moved_at = self._moved_at = now()
        self._interval_s = _SHORTEST_S

    def pause_s(self) -> float:
        """Return the seconds until it is time to ask again."""
        return max(0.0, self._next - time.monotonic())

    def sweep(self) -> list[Awaited]:
        """Ask once; return what moved, ended or is given up, the two last no longer awaited."""
        begun = time.monotonic()
        asked = self._next_asked()
        records = self._catalogue.records(
            {awaited.document_id: awaited.record for awaited in asked}
        )
        moved = []
        for awaited in asked:
            document_id = awaited.document_id
            record = records.get(document_id, awaited.record)
            fresh = record is not None and record != awaited.record
            if fresh:
                awaited.record = record
                awaited.moved_at = self._moved_at = now()
            awaited.ended = record is not None and self._ended(awaited, record)
            awaited.given_up = not awaited.ended and self._late(awaited)
            if awaited.ended or awaited.given_up:
                del self._awaited[document_id]
                fresh = True
            if fresh:
                moved.append(awaited)
        spent_s = time.monotonic() - begun
        self._interval_s = _SHORTEST_S if moved else min(self._interval_s * _SLOWING, _LONGEST_S)
        share = _SHARE_MOVING if len(moved) * 2 > len(asked) else _SHARE
        self._next = time.monotonic() + max(self._interval_s, share * spent_s)
        return moved

    def _next_asked(self) -> list[Awaited]:
        waiting = list(self._awaited.values())
        front, others = waiting[:_FRONT], waiting[_FRONT:]
        if self._turn >= len(others):
            self._turn = 0
        turn = others[self._turn : self._turn + _TURN]
        self._turn += _TURN
        return front + turn

    @staticmethod
    def _ended(awaited: Awaited, record: Document) -> bool:
        if not has_ended(record, awaited.before):
            return False
        failed = record.status is Status.FAILED
        return not failed or now() >= awaited.moved_at + _SECOND_LOOK

    def _late(self, awaited: Awaited) -> bool:
        record = awaited.record
        if record is None or record.status in QUEUED or record == awaited.before:
            awaited.begun_at = None
            return now() > self._moved_at + self._patience + _GRACE
        if record.waiting_for == WaitingFor.REVIEW:
            return True
        awaited.begun_at = awaited.begun_at or now()
        if self._timeout is not None and not record.status.terminal:
            return now() >= awaited.begun_at + self._timeout
        return now() > awaited.moved_at + self._patience + _GRACE
