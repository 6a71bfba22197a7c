"""Waiting for documents: which have moved, which have ended, and how often to ask."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.model import now

if TYPE_CHECKING:
    from datetime import datetime

    from .api import Document
    from .catalogue import Catalogue
    from .inputs import Input

_SHORTEST_S = 0.1
_LONGEST_S = 1.0
_SLOWING = 1.5
_FRONT = 8  # documents that every sweep asks for, those that have waited longest
_TURN = 8  # of the others
_SHARE = 4  # a pause is at least this many times as long as the sweep before it
_GRACE = timedelta(seconds=10)  # the walk's own deadline speaks first


@dataclass
class Awaited:
    """A document that this run waits for, with the inputs that hold its bytes.

    Parameters
    ----------
    inputs
        Every input of this run with the same bytes.
    document_id
        Its id; empty until the service has told it.
    before
        Its record before the upload; None if the document was not known.
    record
        Its record as last seen.
    sent_at
        When its upload was complete; None while it is on its way, or if there was none.
    moved_at
        When this run last saw something new of it.
    ended, given_up
        Whether the walk has ended; whether it took longer than this run waits.
    """

    inputs: list[Input]
    document_id: str = ""
    before: Document | None = None
    record: Document | None = None
    sent_at: datetime | None = None
    moved_at: datetime = field(default_factory=now)
    ended: bool = False
    given_up: bool = False


def has_ended(record: Document, before: Document | None) -> bool:
    """Whether a record tells the end of the walk that this run waits for.

    A document that had failed before the upload is tried again by intake: until its attempt
    grows, the record still tells of the old failure. An attempt that was under way before the
    upload counts as the one that is waited for, whatever its end.
    """
    if not record.status.terminal:
        return False
    if before is None or not before.status.terminal:
        return True
    return (record.revision, record.attempt) > (before.revision, before.attempt)


class Watch:
    """Asks for the records of awaited documents, more often while they move.

    A sweep asks for the eight documents that have waited longest, which are the next to end, and
    for eight of the others in turn. The pipeline may run on the same machine and needs the rest.

    Parameters
    ----------
    catalogue
        Reads the records.
    timeout
        How long to wait for a document from its upload on; None: for as long as it moves.
    patience
        How long to wait for a document that does not move: as long as the service may work on it.
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

    def __len__(self) -> int:
        return len(self._awaited)

    def add(self, awaited: Awaited) -> None:
        """Wait for a document that was sent."""
        self._awaited[awaited.document_id] = awaited
        awaited.moved_at = now()
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
                awaited.record, awaited.moved_at = record, now()
            awaited.ended = record is not None and has_ended(record, awaited.before)
            awaited.given_up = not awaited.ended and self._late(awaited)
            if awaited.ended or awaited.given_up:
                del self._awaited[document_id]
                fresh = True
            if fresh:
                moved.append(awaited)
        spent_s = time.monotonic() - begun
        self._interval_s = _SHORTEST_S if moved else min(self._interval_s * _SLOWING, _LONGEST_S)
        self._next = time.monotonic() + max(self._interval_s, _SHARE * spent_s)
        return moved

    def _next_asked(self) -> list[Awaited]:
        waiting = list(self._awaited.values())
        front, others = waiting[:_FRONT], waiting[_FRONT:]
        if self._turn >= len(others):
            self._turn = 0
        turn = others[self._turn : self._turn + _TURN]
        self._turn += _TURN
        return front + turn

    def _late(self, awaited: Awaited) -> bool:
        if self._timeout is not None:
            return now() >= (awaited.sent_at or awaited.moved_at) + self._timeout
        return now() > awaited.moved_at + self._patience + _GRACE
