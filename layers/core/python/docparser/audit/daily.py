"""The daily anchor: the events of each day that is over, and the heads of the chains they moved.

A run that ends too early loses nothing: each sixteenth of a day's documents is noted when its parts
are stored, and the anchor comes last. What a run does not come to, the next one does.
"""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.errors import Retryable
from docparser.model import RetryableCode, now

from .anchors import (
    ANCHORS,
    HEX,
    Anchor,
    Kind,
    Part,
    Section,
    anchor_key,
    head_of,
    part_key,
    section_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from docparser.model import Event
    from docparser.store.audit_bucket import AuditBucket
    from docparser.store.event_reader import EventReader

LINES = 5000
"""How many lines a part has at most: some 3 MB of events."""

_SECTION_S = 60.0
"""How long a run must have left to begin with the next sixteenth.

An event takes 80 microseconds of a whole CPU (measured), some 280 of what a function of 512 MiB
has: a sixteenth of 3 million events a day takes no longer. One that does is begun anew by the next
run, which has all its time for it.
"""


class Anchoring:
    """Anchors the days that are over.

    Parameters
    ----------
    events
        The events of the table.
    bucket
        Where the trail is kept.
    lines
        How many lines a part has at most.
    clock
        What time it is.
    """

    def __init__(
        self,
        events: EventReader,
        bucket: AuditBucket,
        *,
        lines: int = LINES,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._events = events
        self._bucket = bucket
        self._lines = lines
        self._clock = clock

    def run(self, seconds_left: Callable[[], float]) -> list[Anchor]:
        """Anchor every day since the last anchor that is over; the first one is yesterday.

        Parameters
        ----------
        seconds_left
            How long this run may still take.

        Raises
        ------
        Retryable
            THROTTLED: not everything could be anchored in time; what was stored is kept.
        """
        last = self._last()
        yesterday = self._clock().date() - timedelta(days=1)
        day = yesterday if last is None else last.day + timedelta(days=1)
        made: list[Anchor] = []
        while day <= yesterday:
            parts = [
                part for digit in HEX for part in self._section(day, digit, seconds_left).parts
            ]
            last = self._anchored(day, tuple(parts), last)
            made.append(last)
            day += timedelta(days=1)
        return made

    def _last(self) -> Anchor | None:
        """Return the newest anchor, as it was first written."""
        kept = deque(self._bucket.kept(ANCHORS), maxlen=1)
        if not kept:
            return None
        newest = kept.pop()
        body = self._bucket.version(newest.key, newest.version_id) or b""
        return Anchor.model_validate_json(body)

    def _anchored(self, day: date, parts: tuple[Part, ...], last: Anchor | None) -> Anchor:
        previous = None if last is None else last.sha256
        anchor = Anchor(day=day, previous=previous, parts=parts).sealed()
        key = anchor_key(day)
        if self._bucket.put_once(key, anchor.to_json()):
            return anchor
        # Another run was faster, with the same parts or with versions of its own that hold them.
        return Anchor.model_validate_json(self._bucket.find(key) or b"")

    def _section(self, day: date, digit: str, seconds_left: Callable[[], float]) -> Section:
        key = section_key(day, digit)
        stored = self._bucket.find(key)
        if stored is None:
            if seconds_left() < _SECTION_S:
                raise Retryable(RetryableCode.THROTTLED)
            written = Section(day=day, parts=self._written(day, digit)).to_json()
            self._bucket.put_once(key, written)
            stored = self._bucket.find(key) or written
        return Section.model_validate_json(stored)

    def _written(self, day: date, digit: str) -> tuple[Part, ...]:
        """Write the parts of one sixteenth of a day's documents; no more than two are in memory."""
        events = _Parts(self._bucket, "events", day, digit, self._lines)
        heads = _Parts(self._bucket, "heads", day, digit, self._lines)
        before: Event | None = None
        for event in self._events.of_day(day, digit):
            events.add(event.ref.document_id, event.to_json())
            if before is not None and not _same_revision(before, event):
                heads.add_head(before)
            before = event
        if before is not None:
            heads.add_head(before)
        return (*events.end(), *heads.end())


class _Parts:
    """Lines of one kind, stored a part at a time."""

    def __init__(self, bucket: AuditBucket, kind: Kind, day: date, digit: str, lines: int) -> None:
        self._bucket = bucket
        self._kind: Kind = kind
        self._day = day
        self._digit = digit
        self._limit = lines
        self._stored: list[Part] = []
        self._body = bytearray()
        self._documents: list[str] = []

    def add(self, document_id: str, line: bytes) -> None:
        self._body += line + b"\n"
        self._documents.append(document_id)
        if len(self._documents) == self._limit:
            self._store()

    def add_head(self, event: Event) -> None:
        head = head_of(event)
        if head is not None:
            self.add(head.document_id, head.to_json())

    def end(self) -> list[Part]:
        if self._documents:
            self._store()
        return self._stored

    def _store(self) -> None:
        key = part_key(self._kind, self._day, self._digit, len(self._stored) + 1)
        body = bytes(self._body)
        self._stored.append(
            Part(
                kind=self._kind,
                key=key,
                version_id=self._bucket.put_lines(key, body),
                sha256=hashlib.sha256(body).hexdigest(),
                lines=len(self._documents),
                first=self._documents[0],
                last=self._documents[-1],
            )
        )
        self._body.clear()
        self._documents.clear()


def _same_revision(one: Event, other: Event) -> bool:
    ours, theirs = one.ref, other.ref
    return (ours.document_id, ours.revision) == (theirs.document_id, theirs.revision)
