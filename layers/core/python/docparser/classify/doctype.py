"""The document type: a cascade of forms, phrases and a small model, in points that add up.

Forms (`structure`) and phrases (`cues`) come first, with points set by hand from what they mean. A
linear model over words (`linear`) has the rest of the say: where the others see nothing, or two
types lie close together, it tips the scales; a title outweighs it.

The confidence is a softmax over the points of each type at temperature `TEMPERATURE`, in which
"unknown" takes part with the fixed score `ABSTAIN`. So it falls when two types lie close
together, and when little was seen at all. Temperature, bar and the model's say were fitted on
generated documents of layouts that the model had not seen (``benchmarks.classify.training``).
"""

from __future__ import annotations

from collections import defaultdict
from math import exp
from typing import TYPE_CHECKING

from docparser.model import DocumentType, TypeDecision

from .cues import CUES, Cue, Where
from .linear import MODEL_VERSION, Voice
from .reading import TITLE_AREA
from .sightings import Sightings
from .structure import forms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from docparser.model import Evidence

    from .reading import Reading, Stretch

__all__ = ["MODEL_VERSION", "CueScore", "TypeScore", "fading", "likely"]

TEMPERATURE = 1.5
ABSTAIN = 2.25
"""The score that a type has to beat: one clear cue, or several weak ones."""
SAY = 4.0
"""Points per unit of the model's surprise (`Voice.surprise`), where the cues say nothing."""

_MODEL_PAGES = 3
"""The model hears the first pages only: they say what a document is, and time is bounded."""
_MOST = 0.99
"""Points set by hand are never certain."""
_TITLE_WORDS = 8
_FADING = {1: 1.0, 2: 0.5, 3: 0.5}
_FADED = 0.25
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


def fading(number: int) -> float:
    """Return what a page weighs: a document says on its first page what it is."""
    return _FADING.get(number, _FADED)


class CueScore:
    """Sums forms and phrases page by page; memory is bounded by the number of rules."""

    def __init__(self) -> None:
        self._seen = Sightings()
        self._types: dict[str, DocumentType] = {}

    def read(self, reading: Reading) -> list[str]:
        """Weigh one page and return the languages of the cues seen on it."""
        faded = fading(reading.number)
        languages = []
        for cue, places in _sightings(reading):
            self._types[cue.rule] = cue.type
            start, end = places[0]
            self._seen.add(cue.rule, cue.weight * faded, reading, start, end, count=len(places))
            languages.append(cue.language)
        for form in forms(reading):
            self._types[form.rule] = form.type
            weight = form.weight * faded
            self._seen.add(form.rule, weight, reading, form.start, form.end, count=form.count)
        return languages

    def points(self) -> dict[DocumentType, float]:
        """Return the points of each type of which something was seen."""
        points: defaultdict[DocumentType, float] = defaultdict(float)
        for sighting in self._seen:
            points[self._types[sighting.rule]] += sighting.weight
        return dict(points)

    def evidence(self, kinds: Collection[DocumentType]) -> list[Evidence]:
        """Return what was seen of some types."""
        return [seen.evidence() for seen in self._seen if self._types[seen.rule] in kinds]


class TypeScore:
    """What cues and model say of a document, page by page."""

    def __init__(self) -> None:
        self._cues = CueScore()
        self._voice = Voice()

    def read(self, reading: Reading) -> list[str]:
        """Weigh one page and return the languages of the cues seen on it."""
        if reading.number <= _MODEL_PAGES:
            self._voice.read(reading, fading(reading.number))
        return self._cues.read(reading)

    def decide(self, least_confidence: float) -> TypeDecision:
        """Return the type, or ``unknown`` when the margin or the evidence is small."""
        scores = self._cues.points()
        # The model is heard as far as the cues leave it open: it breaks ties, and no title.
        doubt = 1 - max(likely(scores).values(), default=0.0)
        said = {kind: SAY * doubt * much for kind, much in self._voice.surprise().items()}
        for kind, points in said.items():
            scores[kind] = scores.get(kind, 0.0) + points
        ranked = sorted(
            ((kind, round(min(share, _MOST), 4)) for kind, share in likely(scores).items()),
            key=lambda entry: (-entry[1], entry[0]),
        )
        best = ranked[0][1] if ranked else 0.0
        given = bool(ranked) and best >= least_confidence
        first = 1 if given else 0
        return TypeDecision(
            value=ranked[0][0] if given else DocumentType.UNKNOWN,
            confidence=best if given else round(1 - best, 4),
            alternatives=tuple(ranked[first : first + _ALTERNATIVES]),
            evidence=self._evidence({ranked[0][0]} if given else set(scores), said),
        )

    def _evidence(
        self, kinds: Collection[DocumentType], said: Mapping[DocumentType, float]
    ) -> tuple[Evidence, ...]:
        """Return the evidence for some types, the weightiest first."""
        found = self._cues.evidence(kinds) + self._voice.evidence(kinds, said)
        found.sort(key=lambda entry: (-entry.weight, entry.page, entry.rule))
        return tuple(found[:_EVIDENCE])


def likely(scores: Mapping[DocumentType, float]) -> dict[DocumentType, float]:
    """Return how likely each type is beside the others and beside "unknown"."""
    # From the highest score down, so that exp() cannot overflow.
    top = max([ABSTAIN, *scores.values()])
    parts = {kind: exp((score - top) / TEMPERATURE) for kind, score in scores.items()}
    whole = sum(parts.values()) + exp((ABSTAIN - top) / TEMPERATURE)
    return {kind: part / whole for kind, part in parts.items()}


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
