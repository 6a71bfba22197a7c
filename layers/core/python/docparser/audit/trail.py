"""What is known of one document's trail, and whether it holds together by itself."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from docparser.model.base import DocumentId, Noun, Sha256, Tenant
from docparser.store import chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import Event, Record


class Tampering(StrEnum):
    """What was done to the trail.

    An event was changed (or put in the place of another), taken out, or put in; the last events of
    a revision were cut off; a whole revision or document is gone; an anchor is not what was
    written, or is missing between others.
    """

    EDITED = "EDITED"
    REMOVED = "REMOVED"
    INSERTED = "INSERTED"
    CUT = "CUT"
    REVISION_REMOVED = "REVISION_REMOVED"
    DOCUMENT_REMOVED = "DOCUMENT_REMOVED"
    ANCHOR_FORGED = "ANCHOR_FORGED"
    ANCHOR_MISSING = "ANCHOR_MISSING"


Places = dict[int | None, Tampering]
"""What was done to a revision, and at which event; None is the revision itself."""


class Finding(Noun):
    """One trace of tampering: at which event, or in which object of the audit bucket."""

    code: Tampering
    document_id: DocumentId | None = None
    revision: int | None = None
    seq: int | None = None
    key: str | None = None


class Standing(Noun):
    """How a revision's record says that its events end: with which, and with what hash."""

    revision: Annotated[int, Field(ge=1)]
    seq: Annotated[int, Field(ge=1)]
    chain: Sha256 | None

    @classmethod
    def of(cls, record: Record) -> Standing:
        """Return what a record says."""
        return cls(revision=record.ref.revision, seq=record.seq, chain=record.chain)


class Trail(NamedTuple):
    """A document's events, revision by revision in their order, and what its records say of them.

    ``current_revision`` is the last revision that its head tells of, 0 where it has no head.
    """

    tenant: Tenant
    document_id: DocumentId
    current_revision: int
    standings: Sequence[Standing]
    events: Sequence[Event]

    @property
    def unchained(self) -> int:
        """How many events are from before events had a chain: nothing can be said of them."""
        return sum(event.sha256 is None for event in self.events)

    def finding(
        self, code: Tampering, revision: int | None = None, seq: int | None = None
    ) -> Finding:
        """Return a finding in this document."""
        return Finding(code=code, document_id=self.document_id, revision=revision, seq=seq)


def checked(trail: Trail) -> list[Finding]:
    """Return what of a trail does not hold together; nothing if all does.

    Whoever changes events may compute new hashes for all that follows, and write them into the
    records: that is found by what was anchored before, see `docparser.audit.anchored`.
    """
    if trail.current_revision == 0:
        return [trail.finding(Tampering.DOCUMENT_REMOVED)]
    events: dict[int, list[Event]] = {}
    for event in trail.events:
        events.setdefault(event.ref.revision, []).append(event)
    standings = {one.revision: one for one in trail.standings}
    broken: dict[int, Places] = {}
    for revision in sorted({*range(1, trail.current_revision + 1), *events, *standings}):
        own, standing = events.get(revision, []), standings.get(revision)
        before = events.get(revision - 1)
        if revision > trail.current_revision:
            broken[revision] = {None: Tampering.INSERTED}
        elif standing is None or not own:
            broken[revision] = {None: Tampering.REVISION_REMOVED}
        else:
            broken[revision] = _broken(own) | _ended(own[-1], standing)
            if before and not broken[revision - 1] and not _follows(own[0], before):
                # Both are as their hashes say: other events stood where the former ones are.
                broken[revision - 1] = {before[-1].seq: Tampering.EDITED}
    return [
        trail.finding(code, revision, seq)
        for revision, places in broken.items()
        for seq, code in sorted(places.items(), key=lambda place: place[0] or 0)
    ]


def intact(event: Event) -> bool:
    """Whether an event is what its hash says; one without a hash may be anything."""
    return event.sha256 is None or event.sha256 == chain.digest(event)


def _broken(events: Sequence[Event]) -> Places:
    """Return where a revision's chain is broken, and by what; of a gap, where it begins."""
    broken: Places = {}
    first = events[0]
    if first.seq != 1:
        broken[1] = Tampering.REMOVED
    elif first.ref.revision == 1 and first.previous is not None:
        broken[1] = Tampering.EDITED
    for event in events:
        if not intact(event):
            broken[event.seq] = Tampering.EDITED
    for former, event in pairwise(events):
        if event.seq != former.seq + 1:
            broken[former.seq + 1] = Tampering.REMOVED
        elif former.sha256 is not None and event.sha256 is None:
            broken[event.seq] = Tampering.EDITED
        elif event.previous != former.sha256 and not broken.keys() & {former.seq, event.seq}:
            # Both are as their hashes say: another event stood where the former is.
            broken[former.seq] = Tampering.EDITED
    return broken


def _follows(first: Event, before: Sequence[Event]) -> bool:
    """Whether a revision begins where the one before it had been; that may have gone on since."""
    if first.seq != 1 or first.sha256 is None:
        return True
    return first.previous in {event.sha256 for event in before}


def _ended(last: Event, standing: Standing) -> Places:
    """Return whether a revision's events do not end where its record says."""
    if last.seq < standing.seq:
        return {last.seq + 1: Tampering.CUT}
    if last.seq > standing.seq:
        return {standing.seq + 1: Tampering.INSERTED}
    return {} if last.sha256 == standing.chain else {last.seq: Tampering.EDITED}
