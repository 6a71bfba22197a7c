"""Since when an agreement is effective: what it says of that, and where it only has a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import dates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from docparser.extract.extractor import Locale

_THIS = (
    r"(?:this|dieser?|dieses|le\s+présent|la\s+présente|les\s+présentes)\s+(?:[\w\"'/&()-]+\s+){0,9}?"
    r"(?:agreement|contract|amendment|letter|lease|deed|memorandum|addendum|undertaking|\w*vertrag|"
    r"\w*vereinbarung|contrat|accord|convention|avenant|bail)"
)

# What stands before a date, by how much it says; the date begins within `_REACH` characters.
_BEFORE: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (strength, re.compile(pattern, re.IGNORECASE))
    for strength, pattern in (
        (
            1.0,
            r"\beffective\s+date\b\"?\)?[^.;\n]{0,60}?(?:\bis\b|\bmeans?\b|\bshall\s+be\b|"
            r"\bwill\s+be\b|:)[\s\"(]*(?:the\s+)?(?:as\s+of\s+)?",
        ),
        (
            1.0,
            r"\b(?:becomes?|be|is|made|dated|and|shall\s+be|takes?|taking|commences?)\s+"
            r"(?:and\s+)?effect(?:ive)?,?\s+(?:as\s+of|on|from|at)?\s*(?:and\s+from\s+)?(?:the\s+)?",
        ),
        (0.95, r"\beffective\s+(?:as\s+of|on|from)\s+(?:the\s+)?"),
        (0.95, r"\bcommenc(?:es?|ing)\s+on\s+(?:the\s+)?"),
        (
            0.95,
            r"\b(?:tritt|treten)\s+(?:rückwirkend\s+)?(?:am|zum|mit\s+Wirkung\s+(?:zum|vom|ab))\s+",
        ),
        (0.95, r"\b(?:Inkrafttreten|Vertragsbeginn|Wirksamkeitsdatum)\b[^.\n]{0,20}?[:\s]\s*"),
        (
            0.9,
            r"\b(?:mit\s+Wirkung\s+(?:zum|vom|ab)|beginnt\s+(?:am|zum|mit\s+dem)|gilt\s+ab|"
            r"gültig\s+ab|wirksam\s+(?:zum|ab|am))\s+(?:dem\s+)?",
        ),
        (
            0.95,
            r"\b(?:prend(?:ra)?\s+effet|entre(?:ra)?\s+en\s+vigueur)\s+"
            r"(?:le|à\s+compter\s+du|à\s+partir\s+du|au|rétroactivement\s+le)\s+",
        ),
        (0.9, r"\bdate\s+d'(?:effet|entrée\s+en\s+vigueur)\b[^.\n]{0,12}?:\s*(?:le\s+)?"),
        (0.8, r"\b(?:à\s+compter\s+du|en\s+date\s+du)\s+"),
        (
            0.9,
            rf"\b{_THIS}\b[^.;\n]{{0,140}}?\b(?:as\s+of|dated|made|entered\s+into|executed|on|vom|"
            r"du|le)[,\s]+(?:and\s+effective\s+)?(?:as\s+of\s+|on\s+|this\s+|the\s+|am\s+|den\s+)*",
        ),
        (0.7, r"\b(?:geschlossen|vereinbart|abgeschlossen|conclue?|signée?)\s+(?:am|le)\s+"),
        (
            0.55,
            r"\b(?:agreed|accepted|acknowledged|executed|confirmed)\b[^.;\n]{0,50}?\n?\s*"
            r"(?:as\s+of|this|on)\s+(?:the\s+|this\s+)?",
        ),
        (
            0.6,
            r"\b(?:dated|made|entered\s+into|date\s+of\s+agreement:)\s+(?:as\s+of\s+|on\s+|this\s+|the\s+)*",
        ),
        (0.45, r"\b(?:signature\s+date|date(?:\s+signed)?|datum)\s*:?\s*"),
        (0.45, r"(?:^|\n)[A-ZÀ-Þ][\w.\s/-]{1,30},\s+(?:den|le|am)\s+"),
        (0.45, r"\b(?:fait|signé)\s+(?:à|en)\s+[^.\n]{1,40}?,?\s+le\s+"),
    )
)
SIGNED = 0.45
"""How much the date of a signature says: of several, the last one counts."""

LETTER = 0.6
"""How much the date at the top of a letter says."""

_REACH = 6
_WINDOW = 48

# An agreement that is only named, or another event, before a date.
_OTHER = re.compile(
    r"\b(?:that\s+certain|reference\s+is\s+made|pursuant\s+to|act\s+of|as\s+amended|prior|"
    r"previous|original|existing|under\s+the|supersedes|merger|plan\s+of|registration|statement|"
    r"january\s+through|vom\s+\d|gesetz|aux\s+termes)\b[^.]{0,120}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """Where a date stands that an agreement may be effective from, and how much says so."""

    start: int
    end: int
    day: date
    strength: float


def dated(text: str, since: int, locale: Locale) -> Iterator[Dated]:
    """Yield the dates of a text that something before them speaks for, from ``since`` on."""
    flat = text.replace("\n", " ")
    seen: dict[int, Dated] = {}
    for strength, pattern in _BEFORE:
        for before in pattern.finditer(text, since):
            found = dates.find(flat[before.end() : before.end() + _WINDOW], locale)
            if not found or found[0][0] > _REACH:
                continue
            start, end, day = found[0]
            place = Dated(before.end() + start, before.end() + end, day, strength)
            if strength < 1 and _OTHER.search(text, max(0, before.start() - 120), before.start()):
                continue
            known = seen.get(place.start)
            if known is None or strength > known.strength:
                seen[place.start] = place
    yield from seen.values()


def alone(text: str, locale: Locale) -> date | None:
    """Return the date that a line is, as at the top of a letter; None where it is more."""
    line = re.sub(r"^(?:date|datum)\s*:\s*|^[A-ZÀ-Þ][\w\s-]{1,24},\s+(?:den\s+|le\s+)?", "", text)
    return dates.parse(line, locale) if len(line) <= 32 else None
