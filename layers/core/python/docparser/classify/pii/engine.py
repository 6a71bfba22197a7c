"""What every engine that finds personal data has in common."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.classify.reading import Reading
    from docparser.model import PiiType


class Hit(NamedTuple):
    """``reading.text[start:end]`` is data of a type.

    ``confidence`` is 0..1; ``verified`` tells that a checksum holds, or a structure that nothing
    else has. ``more`` are further spans of the same thing, where a column's edge broke it.
    """

    type: PiiType
    start: int
    end: int
    confidence: float
    rule: str
    verified: bool = False
    more: tuple[tuple[int, int], ...] = ()


class PiiEngine(Protocol):
    """Finds personal data on a page.

    An engine bounds its own time; its hits may overlap and have any order.
    """

    def find(self, reading: Reading) -> list[Hit]:
        """Return what is found on the page, an empty list if nothing is."""
        ...


def settled(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that do not overlap, in page order.

    Of two that do the verified one stays, then the more certain, then the longer.
    """
    taken: list[tuple[int, int]] = []
    kept = []
    for hit in sorted(
        hits, key=lambda h: (not h.verified, -h.confidence, h.start - h.end, h.start, h.rule)
    ):
        spans = [(hit.start, hit.end), *hit.more]
        if any(_overlaps(span, taken) for span in spans):
            continue
        for span in spans:
            insort(taken, span)
        kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Whether a span touches one of those taken, which are sorted and apart."""
    place = bisect_left(taken, (span[1],))
    return place > 0 and taken[place - 1][1] > span[0]
