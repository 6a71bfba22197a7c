"""A document's trail beside what was anchored of it."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

from docparser.store import chain

from .trail import Finding, Tampering, Trail, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from docparser.model import Event

    from .anchors import Head
    from .archive import Archive


def verified(trail: Trail, archive: Archive) -> list[Finding]:
    """Return what was done to a document's trail: by itself, and beside all that was anchored."""
    heads = [
        head for head in archive.heads(trail.document_id) if head.document_id == trail.document_id
    ]
    found = checked(trail)
    found += (finding for finding in compared(trail, heads, archive) if finding not in found)
    return sorted(found, key=lambda each: (each.revision or 0, each.seq or 0))


def compared(trail: Trail, heads: Iterable[Head], archive: Archive) -> list[Finding]:
    """Return where a trail is not what was anchored.

    Parameters
    ----------
    trail
        The document's, as the table tells it.
    heads
        What was anchored of it, of all days.
    archive
        Where its events are looked up, if it is not.
    """
    stands = {(event.ref.revision, event.seq): event.sha256 for event in trail.events}
    known: dict[int, int] = {}
    suspect: list[Finding] = []
    for head in heads:
        if stands.get((head.revision, head.seq)) == head.sha256:
            known[head.revision] = max(head.seq, known.get(head.revision, 0))
        else:
            gone = (head.revision, head.seq) not in stands
            code = Tampering.REMOVED if gone else Tampering.EDITED
            suspect.append(trail.finding(code, head.revision, head.seq))
    suspect += (
        trail.finding(Tampering.INSERTED, event.ref.revision, event.seq)
        for event in trail.events
        if late(
            event.at.date(),
            event.seq,
            event.sha256,
            known=known.get(event.ref.revision, 0),
            archive=archive,
        )
    )
    # The heads tell that something was done, the events what. They too may be gone.
    return (_differences(trail, archive) or suspect) if suspect else []


def late(day: date, seq: int, sha256: str | None, *, known: int, archive: Archive) -> bool:
    """Whether an event was put in after its day was anchored, or lost its hash.

    Parameters
    ----------
    day, seq, sha256
        The day that the event names, its number and its hash.
    known
        The last event of its revision that is on an anchored chain; 0 if none is.
    archive
        What was anchored.
    """
    if sha256 is None:
        # Before the first anchor there may have been no chains.
        return archive.begins is not None and day > archive.begins
    return seq > known and archive.covers(day)


def _differences(trail: Trail, archive: Archive) -> list[Finding]:
    exported: dict[int, list[Event]] = {}
    for event in archive.events(trail.document_id):
        if event.ref.document_id == trail.document_id:
            exported.setdefault(event.ref.revision, []).append(event)
    if exported and not trail.events:
        return [trail.finding(Tampering.DOCUMENT_REMOVED)]
    stands: dict[int, list[Event]] = {}
    for event in trail.events:
        if archive.covers(event.at.date()):
            stands.setdefault(event.ref.revision, []).append(event)
    there = {event.ref.revision for event in trail.events}
    found: list[Finding] = []
    for revision in sorted(exported.keys() | stands.keys()):
        if revision not in there:
            found.append(trail.finding(Tampering.REVISION_REMOVED, revision))
            continue
        before = sorted(exported.get(revision, ()), key=lambda event: event.seq)
        now = stands.get(revision, [])
        found += (trail.finding(code, revision, seq) for code, seq in _changes(before, now))
    return found


def _changes(before: Sequence[Event], now: Sequence[Event]) -> Iterable[tuple[Tampering, int]]:
    """Return how a revision's anchored events became those that stand in their place.

    They are compared by what they tell: behind one that was put in or taken out, all others have
    new numbers and hashes.
    """
    steps = SequenceMatcher(None, [_told(e) for e in before], [_told(e) for e in now], False)
    changed: list[tuple[Tampering, int]] = []
    for tag, first, end, other_first, other_end in steps.get_opcodes():
        if tag == "equal":
            continue
        cut = end == len(before) and other_end == len(now)
        for was, event in zip_longest(before[first:end], now[other_first:other_end]):
            if was is None:
                changed.append((Tampering.INSERTED, event.seq))
            elif event is None:
                changed.append((Tampering.CUT if cut else Tampering.REMOVED, was.seq))
            else:
                changed.append((Tampering.EDITED, was.seq))
    if changed:
        return changed
    # They tell the same: their hashes were changed, or taken from them.
    return [
        (Tampering.EDITED, event.seq)
        for was, event in zip(before, now, strict=True)
        if was.sha256 != event.sha256
    ][:1]


def _told(event: Event) -> str:
    return chain.digest(event.model_copy(update={"seq": 1, "previous": None}))
