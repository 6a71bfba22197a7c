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

_AGREEMENT = (
    r"(?:agreement|contract|amendment|letter|lease|deed|memorandum|addendum|undertaking|\w*vertrag|"
    r"\w*vereinbarung|contrat|accord|convention|avenant|bail)"
)
_THIS = (
    rf"(?:this|dieser?|dieses|le\s+présent|la\s+présente|les\s+présentes)\s+"
    rf"(?:[\w\"'/&()-]+\s+){{0,9}}?{_AGREEMENT}"
)
_AS_OF = r"(?:as\s+of\s+|on\s+|this\s+|the\s+|from\s+|am\s+|den\s+|le\s+)*"

# What stands before a date, by how much it says.
_BEFORE: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (strength, re.compile(pattern + r"[\s\"(]{0,3}\Z", re.IGNORECASE))
    for strength, pattern in (
        (
            1.0,
            r"\beffective\s+date\b\"?\)?[^.;\n]{0,60}?(?:\bis\b|\bmeans?\b|\bshall\s+be\b|"
            rf"\bwill\s+be\b|:)[\s\"(]*{_AS_OF}",
        ),
        (1.0, r"\beffective\s+date\s*\n\s*"),
        (
            1.0,
            r"\b(?:becomes?|be|is|made|dated|and|takes?|taking)\s+(?:and\s+)?effect(?:ive)?,?\s+"
            rf"{_AS_OF}",
        ),
        (0.95, rf"\beffective\s+(?:as\s+of|on|from|this)\s+{_AS_OF}"),
        (0.95, rf"\bcommenc(?:es?|ing)\s+on\s+{_AS_OF}"),
        (0.85, rf"\b(?:effective|bears?\s+the\s+date(?:\s+of)?|concluded)\s+{_AS_OF}"),
        (
            0.95,
            r"\b(?:tritt|treten)\s+(?:rückwirkend\s+)?(?:am|zum|mit\s+Wirkung\s+(?:zum|vom|ab))\s+"
            r"(?:dem\s+)?",
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
        (
            0.9,
            rf"\b{_THIS}\b[^.;\n]{{0,140}}?\b(?:as\s+of|dated|made|into|executed|on|vom|du|le)[,\s]+"
            rf"{_AS_OF}",
        ),
        (0.9, rf"\bis\s+(?:being\s+)?(?:made|entered\s+into|executed|dated)[,\s]+{_AS_OF}"),
        (
            0.85,
            r"\b(?:into|have|has|and)\s+(?:\w+\s+){0,2}?(?:executed|entered\s+into|signed)\s+this\s+"
            rf"(?:[\w-]+\s+){{0,6}}?{_AGREEMENT}\s+{_AS_OF}",
        ),
        (0.85, rf"\benters?\s+into\s+this\s+(?:[\w-]+\s+){{0,6}}?{_AGREEMENT}\s+{_AS_OF}"),
        (0.8, r"\b(?:à\s+compter\s+du|en\s+date\s+du)\s+"),
        (0.7, r"\b(?:geschlossen|vereinbart|abgeschlossen|conclue?|signée?)\s+(?:am|le)\s+"),
        (0.7, rf"\b(?:dated|made|entered\s+into)[,\s]+{_AS_OF}"),
        (
            0.62,
            r"\b(?:agreed|accepted|acknowledged|executed|confirmed)\b[^.;\n]{0,50}?\n?\s*"
            rf"(?:as\s+of|this|on)\s+{_AS_OF}",
        ),
        (0.55, r"\b(?:signature\s+date|date(?:\s+signed)?|datum)\s*:?\s*"),
        (0.55, r"(?:^|\n|\d{4}\s|_\s)[A-ZÀ-Þ][\w. /-]{1,30},\s+(?:den|le|am)\s+"),
        (0.55, r"\b(?:fait|signé)\s+(?:à|en)\s+[^.\n]{1,40}?,?\s+le\s+"),
    )
)
SIGNED = 0.55
"""How much the date of a signature says: of several, the last one counts."""

LETTER = 0.6
"""How much the date at the top of a letter says."""

# So many characters before a date may say what it is.
_BEHIND = 280

# A page with more dates is no prose, and each is looked at closely.
_MOST = 300

# What another agreement or event is called by, before its date.
_NAMED = re.compile(
    r"\b(?:to|of|under|that|the|certain|original|existing|prior|previous|earlier|said|their|its|"
    r"zum|des|der|dem|au|aux|du)\s+"
    rf"(?:(?!this\b)[\w\"'&()-]+\s+){{0,9}}?(?:{_AGREEMENT}|plan|statement|intent|nda|order|policy)"
    r"(?:\s*\([^)]*\))?,?\s*\Z",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:that\s+certain|reference\s+is\s+made|pursuant\s+to|act\s+of|as\s+amended|supersed\w+|"
    r"replac\w+|merger|registration|gesetz\w*|aux\s+termes|loi|ersetz\w*|remplac\w+|annul\w+)\b"
    r"[^.]{0,120}\Z",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"(?:\b(?:dated|made|entered\s+into|vom|du|en\s+date\s+du)\b)?[,\s]*{_AS_OF}\Z", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.;]\s+(?=[A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class Dated:
    """Where a date stands that an agreement may be effective from, and how much says so."""

    start: int
    end: int
    day: date
    strength: float


def dated(text: str, locale: Locale) -> Iterator[Dated]:
    """Yield the dates of a text that something before them speaks for."""
    for start, end, day in dates.find(text, locale)[:_MOST]:
        if strength := _strength(text[max(0, start - _BEHIND) : start]):
            yield Dated(start, end, day, strength)


def alone(text: str, locale: Locale) -> date | None:
    """Return the date that a line is, as at the top of a letter; None where it is more."""
    line = re.sub(r"^(?:date|datum)\s*:\s*|^[^\W\d_][^\W\d]+,\s+(?:den\s+|le\s+)?", "", text)
    return dates.parse(line, locale) if len(line) <= 32 else None


def _strength(before: str) -> float:
    """Return how much what stands before a date says that an agreement is effective from it."""
    strength = next((each for each, pattern in _BEFORE if pattern.search(before)), 0.0)
    if strength == 1:
        return strength
    sentence = _SENTENCE.split(before)[-1]
    if _OTHER.search(sentence) or _NAMED.search(_VERB.sub("", sentence)):
        return 0.0
    return strength
