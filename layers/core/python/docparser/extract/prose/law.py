"""Under which law an agreement stands, or, where it says no more, whose courts decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from . import places

if TYPE_CHECKING:
    from collections.abc import Iterator

# Every clause has one of these; what is around them is looked at, and nothing else of a page.
_ANCHOR = re.compile(
    r"\b(?:laws?|rules\s+of\s+law|legislation|jurisdiction|courts?|Rechts?|Gerichtsstand|"
    r"Gerichts-stand|droit|lois?|législation|tribun(?:al|aux)|juridictions?)\b",
    re.IGNORECASE,
)
_BEHIND, _AHEAD = 240, 200

# A page that speaks more often of law is no agreement, and each time is looked at closely.
_MOST = 400

_OF = (
    r"(?:(?:the|der|des|du|de\s+la|de\s+l'|de|la|le)\s+|l')?"
    r"(?:(?:internal|local|domestic|substantive|federal)\s+)?"
    r"(?:(?:state|commonwealth|province|republic|territory|country|canton|kingdom|emirate)\s+of\s+"
    r"(?:the\s+)?|province\s+(?:du|de)\s+)?"
)
_HERE = rf"(?P<place>(?:{places.PLACE}))(?!\w)"
_WHATEVER = (
    r"(?P<place>[A-ZÀ-Þ][\w'-]+(?:[ \n](?:of[ \n](?:the[ \n])?|and[ \n])?[A-ZÀ-Þ][\w'-]+){0,4})"
)

# What follows an anchor, or what it ends with, by how plain it is; 1 is the plainest.
_AFTER: tuple[tuple[float, re.Pattern[str]], ...] = (
    (
        1.0,
        re.compile(
            r"(?:laws?|rules\s+of\s+law|legislation)(?:,?\s+(?:and|or)\s+(?:\w+\s+)?regulations)?\s+"
            rf"(?:(?:in\s+force|prevailing|applicable)\s+)?(?:of|in|within)\s+{_OF}{_HERE}",
            re.IGNORECASE,
        ),
    ),
    (1.0, re.compile(rf"Rechts?\s+(?:(?:der|des|von)\s+)?{_HERE}", re.IGNORECASE)),
    (1.0, re.compile(rf"(?:droit|lois?|législation)\s+{_OF}{_HERE}", re.IGNORECASE)),
    # "Governing Law: State of Ohio", on a sheet of particulars.
    (0.9, re.compile(rf"(?:law|jurisdiction)\s*:\s*{_OF}{_HERE}", re.IGNORECASE)),
    (
        0.9,
        re.compile(rf"(?:Recht|(?:droit|loi)(?:\s+applicable)?)\s*:\s*{_OF}{_HERE}", re.IGNORECASE),
    ),
    (0.7, re.compile(rf"(?:[Ll]aws?|LAWS?)\s+(?:of|OF)\s+(?:the\s+|THE\s+)?{_WHATEVER}")),
)
_BEFORE = re.compile(
    rf"(?<!\w){_HERE}\s+(?:(?:substantive|domestic|state|materielle\w*|sachliche\w*)\s+)?\Z",
    re.IGNORECASE,
)
# "the laws of the United States and of the State of Ohio"; the state's are the nearer ones.
_WITHIN = re.compile(
    rf"(?<=United States)(?:\s+of\s+America)?,?\s+and\s+(?:of\s+)?the\s+state\s+of\s+{_HERE}",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\A\w+(?:\s+applicable)?\s*:")
_COURTS = re.compile(
    r"(?:(?:located|sitting|situated|competent)\s+)*(?:of|in|for|within)\s+"
    rf"(?:[\w,]+\s+(?:county|city),?\s+(?:in\s+)?)?{_OF}{_HERE}",
    re.IGNORECASE,
)
_SEAT = re.compile(
    r"[^.\n]{0,140}?(?:\b(?:ist|sind)|:)\s+(?:[a-zäöüß\s]*?)"
    r"(?P<place>[A-ZÄÖÜ][\wäöüß-]+(?:\s(?:am|an\sder|im)\s[A-Z][\wäöüß]+|/[A-Z]\w+)?)"
)
_TRIBUNAL = re.compile(
    r"[^.\n]{0,80}?\s(?:de\s|du\s|d')(?P<place>(?!Commerce|Grande|Justice|Première)[A-ZÀ-Þ][\w'-]+)"
)

# What says that a law governs this agreement; a company's own law is another matter.
_GOVERNS = re.compile(
    r"\b(?:govern(?:ed|s|ing)?|constru(?:ed|ction)|constructed|interpret(?:ed|ation)?|enforced|"
    r"controlled|applicable(?:\s+(?:to|au|à|auf)|(?=\s*:))|choice|subject\s+to|accordance|applies|apply|law\s+that|made\s+under|"
    r"resolved|decided|determined|settled|choose|chosen|elect|agree(?:d|s)?|gilt|gelten|geltung|richtet?n?|unterlieg\w+|anwendbar\w*|anwendung|angewendet|rechtswahl|maßgeblich|"
    r"findet|finden|nach|unterste[hl]\w+|régie?s?|soumise?s?|soumettre|soumettent|gouverné\w*|interprété\w*|selon|"
    r"appliqu\w+)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"[^.;]{0,50}?\b(?:govern\w*|shall\s+apply|applies|apply|controls?|gilt|findet|finden|"
    r"anwend\w+|maßgeblich|s'applique\w*|est\s+applicable|régi\w+)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:organi[sz]ed|existing|incorporated|formed|registered|established|duly|corporation|"
    r"company|partnership|standing|chartered|gegründet|eingetragen|constituée?)\b[^.;]{0,60}\Z",
    re.IGNORECASE,
)
_DISPUTES = re.compile(
    r"jurisdiction|venue|brought|submit|gericht|compéten|litige|différend|exclusi", re.IGNORECASE
)
_NO_PLACES = frozenset(
    "state states any such the that applicable conflict conflicts nations".split()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a place stands whose law, or whose courts, an agreement is under; how plain that is."""

    start: int
    end: int
    place: str
    strength: float


def clauses(text: str) -> Iterator[Clause]:
    """Yield what a text says about law and courts."""
    for anchor in islice(_ANCHOR.finditer(text), _MOST):
        word = anchor.group().casefold()
        if word.startswith(("court", "jurisd", "gericht", "tribun")):
            yield from _courts(text, anchor, word)
        if not word.startswith(("court", "gericht", "tribun")):
            yield from _laws(text, anchor)


def _laws(text: str, anchor: re.Match[str]) -> Iterator[Clause]:
    """Yield the place whose law an anchor is about: the one behind it, else the one before."""
    for strength, pattern in _AFTER:
        found = pattern.match(text, anchor.start(), anchor.end() + _AHEAD)
        if found is not None and (within := _WITHIN.match(text, found.end())) is not None:
            found = within
        if found is not None and (place := _place(found["place"], pattern)) is not None:
            labelled = _LABEL.match(found.group()) is not None
            if labelled or _governs(text, anchor.start(), found.end()):
                yield Clause(*found.span("place"), place, strength)
            return
    since = max(0, anchor.start() - 60)
    before = _BEFORE.search(text[since : anchor.start()])
    place = None if before is None else places.named(before["place"])
    if before is not None and place is not None:
        start = since + before.start("place")
        if _governs(text, start, anchor.end()):
            yield Clause(start, since + before.end("place"), place, 0.95)


def _governs(text: str, start: int, end: int) -> bool:
    """Tell whether a law that is named from ``start`` to ``end`` is said to govern."""
    before = text[max(0, start - _BEHIND) : start]
    said = [each.end() for each in _GOVERNS.finditer(before)]
    company = _COMPANY.search(before)
    if company is not None and not (said and said[-1] > company.start()):
        return False
    return bool(said) or _FOLLOWS.match(text[end : end + 120]) is not None


def _courts(text: str, anchor: re.Match[str], word: str) -> Iterator[Clause]:
    near = text[max(0, anchor.start() - 160) : anchor.end() + 120]
    if not _DISPUTES.search(near):
        return
    if word.startswith("gericht"):
        found = _SEAT.match(text, anchor.end())
    elif word.startswith(("tribun", "juridiction")):
        found = _TRIBUNAL.match(text, anchor.end())
    else:
        found = _COURTS.match(text, anchor.end() + 1)
        if found is not None and (place := places.named(found["place"])) is not None:
            yield Clause(*found.span("place"), place, 0.4)
        return
    if found is not None and not re.match(r"(?:Sitz|Ort|Der|Die|Das)\b", found["place"]):
        yield Clause(*found.span("place"), " ".join(found["place"].split()), 0.3)


def _place(raw: str, pattern: re.Pattern[str]) -> str | None:
    """Return the place that a clause names: one that is known, or, after "laws of", any."""
    plain = " ".join(raw.split())
    place = places.named(plain)
    if place is not None or pattern is not _AFTER[-1][1]:
        return place
    for prefix in ("State of ", "Republic of ", "Province of ", "Kingdom of ", "Canton of "):
        plain = plain.removeprefix(prefix)
    first = plain.split()[0].casefold()
    return None if first in _NO_PLACES or plain.isupper() else plain
