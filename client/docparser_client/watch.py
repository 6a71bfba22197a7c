"""Waiting for documents: which have moved, which have ended, and how often to ask."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.model import Status, now

if TYPE_CHECKING:
    from datetime import datetime

    from docparser.model import Record, Ref

    from .catalogue import Catalogue
    from .inputs import Input

_SHORTEST_S = 0.1
_LONGEST_S = 1.0
_SLOWING = 1.5
_FRONT = 32  # documents that every sweep asks for, those that have waited longest
_TURN = 32  # of the others
_SHARE = 4  # a pause is at least this many times as long as the sweep before it
_GRACE = timedelta(seconds=10)  # the walk's own deadline speaks first


@dataclass
class Awaited:
    """A document that this run waits for, with the inputs that hold its bytes.

    Parameters
    ----------
    ref
        Tenant, document and revision.
    inputs
        Every input of this run with the same bytes.
    before
        Its record before the upload; None if the document was not known.
    record
        Its record as last seen.
    sent_at
        When its upload was complete; None while it is on its way.
    ended, given_up
        Whether the walk has ended; whether it took longer than this run waits.
    """

    ref: Ref
    inputs: list[Input]
    before: Record | None = None
    record: Record | None = None
    sent_at: datetime | None = None
    ended: bool = False
    given_up: bool = False


def known_ending(before: Record | None) -> bool:
    """Whether a document needs no upload: these bytes have ended, and would end the same again.

    Intake gives only a FAILED document another attempt; to every other ended one the same bytes
    are one more name.
    """
    return before is not None and before.status.terminal and before.status is not Status.FAILED


def has_ended(record: Record, before: Record | None) -> bool:
    """Whether a record tells the end of the walk that this run waits for.

    A document that had FAILED before the upload is tried again by intake: until its attempt
    grows, the record still tells of the old failure. An attempt that was under way before the
    upload counts as the one that is waited for, whatever its end.
    """
    if not record.status.terminal:
        return False
    if before is None or before.status is not Status.FAILED:
        return True
    return (record.ref.revision, record.ref.attempt) > (before.ref.revision, before.ref.attempt)


class Watch:
    """Asks for the records of awaited documents, more often while they move.

    One sweep is one call and about 20 ms of a CPU, however many documents wait: it asks for the
    32 that have waited longest, which are the next to end, and for 32 of the others in turn. The
    pipeline may run on the same machine and needs the rest.

    Parameters
    ----------
    catalogue
        Reads the records.
    timeout
        How long to wait for a document from its upload on; None: until its lease ends, which
        every stage that renews it moves on, or for ``patience`` while it has none.
    patience
        How long to wait for a document that no record tells of.
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
        self._awaited[awaited.ref.document_id] = awaited
        self._interval_s = _SHORTEST_S

    def pause_s(self) -> float:
        """Return the seconds until it is time to ask again."""
        return max(0.0, self._next - time.monotonic())

    def sweep(self) -> list[Awaited]:
        """Ask once; return what moved, ended or is given up, the two last no longer awaited."""
        begun = time.monotonic()
        asked = self._next_asked()
        records = self._catalogue.records([awaited.ref for awaited in asked])
        moved = []
        for awaited in asked:
            document_id = awaited.ref.document_id
            record = records.get(document_id, awaited.record)
            fresh = record is not None and record != awaited.record
            awaited.record = record
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
        sent_at = awaited.sent_at or now()
        if self._timeout is not None:
            return now() >= sent_at + self._timeout
        lease = awaited.record.lease_until if awaited.record else None
        return now() > (lease or sent_at + self._patience) + _GRACE
