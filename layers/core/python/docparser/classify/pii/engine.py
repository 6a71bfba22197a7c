"""What every engine that finds personal data has in common."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, NamedTuple, Protocol

from docparser.model import PiiType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.classify.reading import Reading

_HOLDERS = frozenset({PiiType.URL, PiiType.EMAIL})
"""What may have a number in it that says more of a person than the whole."""
_NUMBERS = frozenset(
    {
        PiiType.IBAN,
        PiiType.BANK_ACCOUNT,
        PiiType.PAYMENT_CARD,
        PiiType.TAX_ID,
        PiiType.SOCIAL_SECURITY,
        PiiType.HEALTH_ID,
        PiiType.PASSPORT,
        PiiType.ID_CARD,
        PiiType.DRIVING_LICENCE,
        PiiType.MACHINE_READABLE_ZONE,
        PiiType.DATE_OF_BIRTH,
    }
)
_SURE = 0.8


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

    Of two that do the verified one stays, then the more certain, then the longer. But an
    identifying number goes before the web or mail address that holds it: a document is not let out
    because somebody's number stands in a link.
    """
    hits = list(hits)
    numbers = sorted(
        span
        for hit in hits
        if hit.type in _NUMBERS and hit.confidence >= _SURE
        for span in ((hit.start, hit.end), *hit.more)
    )
    taken: list[tuple[int, int]] = []
    kept = []
    for hit in sorted(
        hits,
        key=lambda h: (
            h.type in _HOLDERS and _holds(h, numbers),
            not h.verified,
            -h.confidence,
            h.start - h.end,
            h.start,
            h.rule,
        ),
    ):
        spans = [(hit.start, hit.end), *hit.more]
        if any(_overlaps(span, taken) for span in spans):
            continue
        for span in spans:
            insort(taken, span)
        kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _holds(hit: Hit, numbers: list[tuple[int, int]]) -> bool:
    """Whether one of some spans, which are sorted, begins within a hit."""
    place = bisect_left(numbers, (hit.start,))
    return place < len(numbers) and numbers[place][0] < hit.end


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Whether a span touches one of those taken, which are sorted and apart."""
    place = bisect_left(taken, (span[1],))
    return place > 0 and taken[place - 1][1] > span[0]
