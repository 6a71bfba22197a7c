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
_WHATEVER = (
    r"(?P<place>[A-ZÀ-Þ][\w'-]+(?:[ \n](?:of[ \n](?:the[ \n])?|and[ \n])?[A-ZÀ-Þ][\w'-]+){0,4})"
)

# What stands between an anchor and the place whose law it is, the plainest first.
_AFTER: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (strength, re.compile(pattern, re.IGNORECASE))
    for strength, pattern in (
        (
            1.0,
            r"(?:laws?|rules\s+of\s+law|legislation)(?:,?\s+(?:and|or)\s+(?:\w+\s+)?regulations)?\s+"
            rf"(?:(?:in\s+force|prevailing|applicable)\s+)?(?:of|in|within)\s+{_OF}",
        ),
        (1.0, r"Rechts?\s+(?:(?:der|des|von)\s+)?"),
        (1.0, rf"(?:droit|lois?|législation)\s+{_OF}"),
        # "Governing Law: State of Ohio", on a sheet of particulars.
        (0.9, rf"(?:law|jurisdiction)\s*:\s*{_OF}"),
        (0.9, rf"(?:Recht|(?:droit|loi)(?:\s+applicable)?)\s*:\s*{_OF}"),
    )
)
# A place that nobody has heard of, behind words that leave no doubt.
_ANYWHERE = re.compile(rf"(?:[Ll]aws?|LAWS?)\s+(?:of|OF)\s+(?:the\s+|THE\s+)?{_WHATEVER}")
_UNHEARD_OF = 0.7

_QUALIFIED = re.compile(
    r"\s+(?:(?:substantive|domestic|state|materielle\w*|sachliche\w*)\s+)?\Z", re.IGNORECASE
)
# "the laws of the United States and of the State of Ohio"; the state's are the nearer ones.
_UNITED_STATES = "United States"
_WITHIN = re.compile(r"(?:\s+of\s+America)?,?\s+and\s+(?:of\s+)?the\s+state\s+of\s+", re.IGNORECASE)
_LABEL = re.compile(r"\A\w+(?:\s+applicable)?\s*:")
_COURTS = re.compile(
    r"\s+(?:(?:located|sitting|situated|competent)\s+)*(?:of|in|for|within)\s+"
    rf"(?:[\w,]+\s+(?:county|city),?\s+(?:in\s+)?)?{_OF}",
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
    clause = _behind(text, anchor) or _elsewhere(text, anchor) or _ahead(text, anchor)
    if clause is not None:
        yield clause


def _behind(text: str, anchor: re.Match[str]) -> Clause | None:
    """Return a known place behind an anchor: "the laws of the State of Ohio"."""
    for strength, pattern in _AFTER:
        said = pattern.match(text, anchor.start(), anchor.end() + _AHEAD)
        found = None if said is None else places.at(text, said.end())
        if said is None or found is None:
            continue
        start, (end, place) = said.end(), found
        within = _WITHIN.match(text, end) if place == _UNITED_STATES else None
        if within is not None and (nearer := places.at(text, within.end())) is not None:
            start, (end, place) = within.end(), nearer
        if _LABEL.match(said.group()) or _governs(text, anchor.start(), end):
            return Clause(start, end, place, strength)
    return None


def _elsewhere(text: str, anchor: re.Match[str]) -> Clause | None:
    """Return a place behind an anchor that is in no list of places."""
    found = _ANYWHERE.match(text, anchor.start(), anchor.end() + _AHEAD)
    if found is None or not _governs(text, anchor.start(), found.end()):
        return None
    plain = " ".join(found["place"].split())
    for prefix in ("State of ", "Republic of ", "Province of ", "Kingdom of ", "Canton of "):
        plain = plain.removeprefix(prefix)
    if plain.isupper() or plain.split()[0].casefold() in _NO_PLACES or places.named(plain):
        return None
    return Clause(*found.span("place"), plain, _UNHEARD_OF)


def _ahead(text: str, anchor: re.Match[str]) -> Clause | None:
    """Return a place before an anchor: "Delaware law", "deutsches Recht"."""
    near = _QUALIFIED.search(text[max(0, anchor.start() - 40) : anchor.start()])
    if near is None:
        return None
    end = anchor.start() - len(near.group())
    found = places.before(text, end)
    if found is None or not _governs(text, found[0], anchor.end()):
        return None
    return Clause(found[0], end, found[1], 0.95)


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
        said = _COURTS.match(text, anchor.end())
        if said is not None and (place := places.at(text, said.end())) is not None:
            yield Clause(said.end(), *place, 0.4)
        return
    if found is not None and not re.match(r"(?:Sitz|Ort|Der|Die|Das)\b", found["place"]):
        yield Clause(*found.span("place"), " ".join(found["place"].split()), 0.3)
