"""Shares: a number and a percent sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import numbers
from .text import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from docparser.extract.extractor import Locale

_SIGN = re.compile(r" ?(?:%|percent\b|per cent\b|prozent\b|v\. ?H\.|pour ?cent\b)", re.IGNORECASE)


def parse(text: str, locale: Locale) -> Decimal | None:
    """Return the percentage that a text is, with its sign or without it: ``19 %`` is 19."""
    said = plain(text).strip(" ()")
    found = find(said, locale)
    if len(found) == 1 and found[0][:2] == (0, len(said)):
        return found[0][2]
    return numbers.parse(said, locale)


def find(text: str, locale: Locale) -> list[tuple[int, int, Decimal]]:
    """Return percentages in a text that have their sign: start, end, value."""
    said = plain(text)
    found = []
    for start, end, _, number in numbers.written(said, locale):
        sign = _SIGN.match(said, end)
        if sign is None or said[start - 1 : start].isalnum():
            continue
        minus = start > 0 and said[start - 1] == "-" and not said[start - 2 : start - 1].isalnum()
        found.append((start - minus, sign.end(), -number if minus else number))
    return found
