"""Watches for personal data page by page, in a memory that does not grow with the page count."""

from __future__ import annotations

from collections import Counter
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from docparser.classify.reading import around
from docparser.classify.sightings import Sightings
from docparser.model import PiiFinding, PiiType

from .contacts import PRIVATE_MAIL
from .engine import settled
from .rules import RuleEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.classify.reading import Reading

    from .engine import Hit, PiiEngine

_MANY = 20
"""So many different phone numbers and mail addresses make a contact list."""
_MOST_DISTINCT = 10_000
"""Different ones of a type are told apart up to here."""


class PiiWatch:
    """Watches for personal data page by page.

    Parameters
    ----------
    engines
        Who looks; where two see the same place, the more certain one is believed.

    Attributes
    ----------
    counts
        How many of each type were found.
    verified
        How many of each type are right by their checksum, or a structure that nothing else has.
    sightings
        One sighting per rule, ``pii.<type>``, its weight the confidence; besides
        ``pii.private_mail``, a mailbox that is no company's, and ``pii.contact_list``.

    >>> watch = PiiWatch()
    >>> findings = [watch.read(Reading(page)) for page in pages]
    >>> watch.distinct(PiiType.IBAN)
    """

    def __init__(self, engines: Sequence[PiiEngine] = (RuleEngine(),)) -> None:
        self.counts: Counter[PiiType] = Counter()
        self.verified: Counter[PiiType] = Counter()
        self.sightings = Sightings()
        self._engines = tuple(engines)
        self._distinct: dict[PiiType, set[int]] = {}
        self._is_contact_list = False

    def read(self, reading: Reading) -> list[PiiFinding]:
        """Return what stands on one page, in page order and without overlaps."""
        hits = settled(chain.from_iterable(engine.find(reading) for engine in self._engines))
        findings: list[PiiFinding] = []
        for hit in hits:
            self._count(hit, reading)
            findings.extend(
                _finding(hit, reading, span) for span in ((hit.start, hit.end), *hit.more)
            )
        return sorted(findings, key=lambda finding: finding.start)

    def distinct(self, kind: PiiType) -> int:
        """Return how many different ones of a type there are, at most 10,000."""
        return len(self._distinct.get(kind, ()))

    def _count(self, hit: Hit, reading: Reading) -> None:
        self.counts[hit.type] += 1
        self.verified[hit.type] += hit.verified
        self._see(hit.type, hit, reading)
        text = "".join(reading.lower[start:end] for start, end in ((hit.start, hit.end), *hit.more))
        seen = self._distinct.setdefault(hit.type, set())
        if len(seen) < _MOST_DISTINCT:
            seen.add(hash("".join(filter(str.isalnum, text))))
        if hit.type is PiiType.EMAIL and text.rpartition("@")[2] in PRIVATE_MAIL:
            self._see("private_mail", hit, reading)
        if hit.type in {PiiType.EMAIL, PiiType.PHONE} and not self._is_contact_list:
            contacts = self.distinct(PiiType.EMAIL) + self.distinct(PiiType.PHONE)
            if contacts >= _MANY:
                self._is_contact_list = True
                self._see("contact_list", hit, reading)

    def _see(self, name: str, hit: Hit, reading: Reading) -> None:
        self.sightings.add(f"pii.{name}", hit.confidence, reading, hit.start, hit.end)


def _finding(hit: Hit, reading: Reading, span: tuple[int, int]) -> PiiFinding:
    places = reading.places(*span)
    lines = groupby(places, key=attrgetter("line"))
    boxes = (around([place.polygon for place in group]) for _, group in lines)
    return PiiFinding(
        type=hit.type,
        page=reading.number,
        start=span[0],
        end=span[1],
        confidence=round(hit.confidence, 3),
        verified=hit.verified,
        rule=hit.rule,
        polygons=tuple(box for box in boxes if box is not None),
        words=tuple(place.id for place in places if place.id is not None),
    )
