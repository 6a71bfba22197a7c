"""Under which law an agreement stands, or, where it says no more, whose courts decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import places

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF = (
    r"(?:the\s+|der\s+|des\s+|du\s+|de\s+la\s+|de\s+l'|de\s+)?"
    r"(?:(?:internal|local|domestic|substantive)\s+)?"
    r"(?:(?:state|commonwealth|province|republic|territory|country|canton|kingdom|république|"
    r"royaume|province)\s+(?:of\s+|du\s+|de\s+)(?:the\s+)?)?"
)
_HERE = rf"(?P<place>(?:{places.PLACE})\b)"
_WHATEVER = (
    r"(?P<place>[A-ZÀ-Þ][\w'-]+(?:[ \n](?:of[ \n](?:the[ \n])?|and[ \n])?[A-ZÀ-Þ][\w'-]+){0,4})"
)
_LAWS = r"(?:laws?(?:,?\s+(?:and|or)\s+regulations?)?|rules?\s+of\s+law|legislation)"

# What says that a law governs, near the words "laws of"; a company's own is another.
_GOVERNS = re.compile(
    r"\b(?:govern(?:ed|s|ing)?|constru(?:ed|ction)|constructed|interpret(?:ed|ation)?|enforced|"
    r"applicable\s+laws?|choice\s+of\s+laws?|subject\s+to|in\s+accordance\s+with|law\s+that\s+"
    r"applies|applies|apply)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:organi[sz]ed|existing|incorporated|formed|registered|established|duly|corporation|"
    r"company|partnership|standing|chartered)\b[^.;]{0,60}\Z",
    re.IGNORECASE,
)

# Each kind of clause, by how much it says, where 1 is the plainest.
_CLAUSES: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (strength, re.compile(pattern, re.IGNORECASE))
    for strength, pattern in (
        (1.0, rf"\b{_LAWS}\s+(?:of|in|prevailing\s+in|in\s+force\s+in)\s+{_OF}{_HERE}"),
        (0.9, rf"\b{_HERE}\s+(?:substantive\s+|domestic\s+|state\s+)?law\b"),
        # German: "es gilt deutsches Recht", "das Recht der Bundesrepublik Deutschland".
        (1.0, rf"\b{_HERE}\s+(?:\w+\s+)?Rechts?\b"),
        (1.0, rf"\bRechts?\s+(?:der|des|von)\s+{_HERE}"),
        # French: "régi par le droit français", "soumis aux lois du Québec".
        (1.0, rf"\bdroit\s+{_HERE}"),
        (1.0, rf"\b(?:droit|lois?|législation)\s+{_OF}{_HERE}"),
        (1.0, rf"\b(?:lois?|législation)\s+{_HERE}"),
    )
)
_OTHER_LAWS = re.compile(rf"\b{_LAWS}\s+of\s+{_OF}{_WHATEVER}".replace("(?:laws?", "(?:[Ll]aws?"))
_GERMAN_OR_FRENCH = re.compile(
    r"\b(?:gilt|gelten|unterlieg\w+|anwendbar\w*|anwendung|rechtswahl|maßgeblich|findet|nach|"
    r"unterstehen|untersteht|régi\w*|soumis\w*|applicable\w*|gouvern\w+|interprét\w+|selon)\b",
    re.IGNORECASE,
)
_COURTS = re.compile(
    rf"\bcourts?\s+(?:located\s+|sitting\s+)?(?:of|in|for|within)\s+"
    rf"(?:[\w,]+\s+(?:county|city),?\s+(?:in\s+)?)?{_OF}{_HERE}",
    re.IGNORECASE,
)
_SEAT = re.compile(
    r"\b(?:Gerichts-?stand|Erfüllungsort)\b[^.\n]{0,140}?\b(?:ist|sind|:)\s+(?:[a-zäöüß\s]*?)"
    r"(?P<place>[A-ZÄÖÜ][\wäöüß-]+(?:\s(?:am|an\sder|im)\s[A-Z][\wäöüß]+|/[A-Z]\w+)?)"
)
_TRIBUNAL = re.compile(
    r"\b(?:tribun(?:al|aux)|juridictions?|cours?)\b[^.]{0,80}?\s(?:de|du|d')\s?"
    r"(?P<place>(?!Commerce\b|Grande\b|Justice\b)[A-ZÀ-Þ][\w'-]+)",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a place stands whose law, or whose courts, an agreement is under; how plain that is."""

    start: int
    end: int
    place: str
    strength: float


def clauses(text: str, since: int = 0) -> Iterator[Clause]:
    """Yield what a text says about law and courts, from ``since`` on."""
    for strength, pattern in _CLAUSES:
        for found in pattern.finditer(text, since):
            yield from _clause(text, found, strength)
    for found in _OTHER_LAWS.finditer(text, since):
        yield from _clause(text, found, 0.8)
    for found in _COURTS.finditer(text, since):
        before = text[max(0, found.start() - 160) : found.end() + 60]
        if re.search(r"jurisdiction|venue|brought|submit", before, re.IGNORECASE):
            place = places.named(found["place"])
            if place is not None:
                yield Clause(*found.span("place"), place, 0.4)
    for found in _SEAT.finditer(text, since):
        if not re.match(r"(?:der|die|das|Sitz|Ort)\b", found["place"], re.IGNORECASE):
            yield Clause(*found.span("place"), " ".join(found["place"].split()), 0.3)
    for found in _TRIBUNAL.finditer(text, since):
        near = text[max(0, found.start() - 120) : found.end() + 60]
        if re.search(r"compéten|litige|différend|exclusi", near, re.IGNORECASE):
            yield Clause(*found.span("place"), found["place"], 0.3)


def _clause(text: str, found: re.Match[str], strength: float) -> Iterator[Clause]:
    before = text[max(0, found.start() - 220) : found.start()]
    after = text[found.end() : found.end() + 90]
    said = list(_GOVERNS.finditer(before)) or list(_GERMAN_OR_FRENCH.finditer(before))
    following = re.match(
        r"[^.;]{0,50}?\b(?:govern|shall\s+apply|applies|gilt|findet|anwend|s'applique)",
        after,
        re.IGNORECASE,
    )
    if not said and not following:
        return
    if _COMPANY.search(before) and not (said and said[-1].start() > len(before) - 70):
        return
    raw = " ".join(found["place"].split())
    place = places.named(raw)
    if place is None:
        if raw.casefold() in _NO_PLACES or found.re is not _OTHER_LAWS:
            return
        place = raw
    nearer = 0.1 if said and said[-1].end() < len(before) - 120 else 0.0
    yield Clause(*found.span("place"), place, strength - nearer)


_NO_PLACES = frozenset({"state", "states", "any", "such", "the", "that", "applicable", "conflict"})
