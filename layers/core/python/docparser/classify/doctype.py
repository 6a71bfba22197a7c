"""The document type: cues add up per type, and the margin between types is the confidence.

The confidence is a softmax over the summed weights at temperature `TEMPERATURE`, in which
"unknown" takes part with the fixed score `ABSTAIN`. So it falls when two types lie close
together, and when little was seen at all. It is a logistic of hand-set weights: it orders
documents well, but it is not calibrated against a corpus.
"""

from __future__ import annotations

from collections import defaultdict
from math import exp
from typing import TYPE_CHECKING

from docparser.model import DocumentType, TypeDecision

from .cues import CUES, Cue, Where
from .linear import MODEL_VERSION
from .reading import TITLE_AREA
from .sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Evidence

    from .reading import Reading, Stretch

__all__ = ["MODEL_VERSION", "TypeScore"]

TEMPERATURE = 1.5
ABSTAIN = 2.0
"""The score that a type has to beat: one clear cue, or several weak ones."""

_MOST = 0.99
"""Hand-set weights are never certain."""
_TITLE_WORDS = 8
_FADING = {1: 1.0, 2: 0.5, 3: 0.5}
_FADED = 0.25
"""What a cue weighs on a page: a document says on its first page what it is."""
_ALTERNATIVES = 3
_EVIDENCE = 8
_KEY = 2
"""Labels are looked up by so many first characters."""

# A bare `in` first: of five hundred phrases a page has about ten.
_ANYWHERE = tuple((cue, cue.phrase.strip("*")) for cue in CUES if cue.where is Where.ANYWHERE)
_TITLES = tuple((cue, cue.phrase.strip("*")) for cue in CUES if cue.where is Where.TITLE)
_LABELS: defaultdict[str, tuple[Cue, ...]] = defaultdict(tuple)
for _cue in CUES:
    if _cue.where is Where.LABEL:
        _LABELS[_cue.phrase[:_KEY]] += (_cue,)


class TypeScore:
    """Sums cues page by page; memory is bounded by the number of cues."""

    def __init__(self) -> None:
        self._seen = Sightings()
        self._types: dict[str, DocumentType] = {}

    def read(self, reading: Reading) -> list[str]:
        """Weigh one page and return the languages of the cues seen on it."""
        fading = _FADING.get(reading.number, _FADED)
        languages = []
        for cue, places in _sightings(reading):
            self._types[cue.rule] = cue.type
            start, end = places[0]
            self._seen.add(cue.rule, cue.weight * fading, reading, start, end, count=len(places))
            languages.append(cue.language)
        return languages

    def decide(self, least_confidence: float) -> TypeDecision:
        """Return the type, or ``unknown`` when the margin or the evidence is small."""
        scores: defaultdict[DocumentType, float] = defaultdict(float)
        for sighting in self._seen:
            scores[self._types[sighting.rule]] += sighting.weight
        # From the highest score down, so that exp() cannot overflow.
        top = max([ABSTAIN, *scores.values()])
        parts = {kind: exp((score - top) / TEMPERATURE) for kind, score in scores.items()}
        whole = sum(parts.values()) + exp((ABSTAIN - top) / TEMPERATURE)
        ranked = sorted(
            ((kind, round(min(part / whole, _MOST), 4)) for kind, part in parts.items()),
            key=lambda entry: (-entry[1], entry[0]),
        )
        if not ranked or ranked[0][1] < least_confidence:
            best = ranked[0][1] if ranked else 0.0
            return TypeDecision(
                value=DocumentType.UNKNOWN,
                confidence=round(1 - best, 4),
                alternatives=tuple(ranked[:_ALTERNATIVES]),
                evidence=self._strongest(set(scores)),
            )
        kind, confidence = ranked[0]
        return TypeDecision(
            value=kind,
            confidence=confidence,
            alternatives=tuple(ranked[1 : 1 + _ALTERNATIVES]),
            evidence=self._strongest({kind}),
        )

    def _strongest(self, kinds: set[DocumentType]) -> tuple[Evidence, ...]:
        """Return the evidence for some types, the weightiest first."""
        seen = [sighting for sighting in self._seen if self._types[sighting.rule] in kinds]
        seen.sort(key=lambda sighting: (-sighting.weight, sighting.page, sighting.rule))
        return tuple(sighting.evidence() for sighting in seen[:_EVIDENCE])


def _sightings(reading: Reading) -> Iterator[tuple[Cue, list[tuple[int, int]]]]:
    """Yield the cues that a page shows, with the spans at which they stand."""
    for cue, stem in _ANYWHERE:
        if stem not in reading.lower:
            continue
        places = list(reading.find(cue.phrase))
        if places:
            yield cue, places
    for line in reading.lines:
        for cue in _LABELS.get(reading.lower[line.start : line.start + _KEY], ()):
            if reading.begins(line, cue.phrase):
                yield cue, [(line.start, line.start + len(cue.phrase.strip("*")))]
        if reading.number == 1 and line.top <= TITLE_AREA:
            yield from ((cue, [span]) for cue, span in _titles(reading, line))


def _titles(reading: Reading, line: Stretch) -> Iterator[tuple[Cue, tuple[int, int]]]:
    """Yield the cues that a line of the title area names the document with."""
    text = reading.lower[line.start : line.end]
    if text.count(" ") >= _TITLE_WORDS:
        return
    # "Annual Report 2024", "Rechnung Nr. 17": the year is no part of the name.
    name = text.rstrip(" 0123456789.,:;/()-")
    for cue, stem in _TITLES:
        if stem not in name:
            continue
        for start, end in reading.find(cue.phrase, line.start, line.end):
            leads = start == line.start or (
                cue.phrase.startswith("*") and " " not in text[: start - line.start]
            )
            ends = cue.language == "en" and line.opens and end == line.start + len(name)
            label = cue.weight > 0 and text.startswith(":", end - line.start)
            if (leads or ends) and not label:
                yield cue, (start, end)
                break
