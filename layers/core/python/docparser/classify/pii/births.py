"""Dates of birth: a date is one where a word of birth stands beside it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from docparser.model import PiiType

from .engine import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.classify.reading import Reading

    from .labels import LabelIndex

_MONTH = (
    r"(?:jan|feb|f\u00e9v|mar|m\u00e4r|apr|avr|ma[iy]|jun|jui|jul|aug|ao\u00fb|sep|o[ck]t|nov"
    r"|de[cz]|d\u00e9c|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)[^\W\d_]*\.?"
)
_DATE = (
    r"(?<![\w.,/-])(?:"
    r"(?P<numeric>\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?(?:19|20)?\d\d)"
    r"|(?:19|20)\d\d[-./]\d\d?[-./]\d\d?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?(?: de)?[ -]{_MONTH}(?: de)?,?[ -](?:19|20)\d\d"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r")(?![\w-])(?![./]\d)"
)
_BESIDE = 40
_BORN_AFTER = r"[ ,]{0,2}(?:in [^\W\d_][\w -]{1,24} )?(?:geboren|geb\.)(?!\w)"
_STAR = r"(?<![\w*])\* ?$"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def find_births(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    """Yield the dates of birth of a page: none that nothing calls so."""
    if not (labels.present("born") or "*" in reading.text):
        return
    text = reading.flat
    for match in _compiled(_DATE).finditer(text):
        start, end = match.span()
        if not _exists(match["numeric"]):
            continue
        if labels.beside("born", start, _BESIDE):
            yield Hit(PiiType.DATE_OF_BIRTH, start, end, 0.9, "date_of_birth.labelled")
        elif _compiled(_STAR).search(text, max(0, start - 3), start):
            yield Hit(PiiType.DATE_OF_BIRTH, start, end, 0.6, "date_of_birth.star")
        elif _compiled(_BORN_AFTER).match(text, end):
            yield Hit(PiiType.DATE_OF_BIRTH, start, end, 0.85, "date_of_birth.labelled")


def _exists(numeric: str | None) -> bool:
    """Whether a numeric date has a day and a month, in either order."""
    if numeric is None:
        return True
    first, second, _ = (int(part) for part in re.split(r"[./-]", numeric))
    return 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31
