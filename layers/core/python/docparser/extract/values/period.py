"""Periods of time that something is paid for: a month, or from one day to another."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from . import dates
from .text import plain

if TYPE_CHECKING:
    from docparser.extract.extractor import Locale

_NAME = "|".join(sorted(dates.MONTHS, key=len, reverse=True))
_MONTH = re.compile(
    rf"(?<![^\W_])(?P<name>{_NAME})(?![^\W\d_])\.?[ /-]{{0,3}}"
    r"(?P<year>(?:19|20)[0-9]{2})(?![0-9])"
    r"|(?<![0-9./,-])(?P<month>0?[1-9]|1[0-2]) ?[./-] ?(?P<long>(?:19|20)[0-9]{2})(?![0-9./,-])"
    r"|(?<![0-9./,-])(?P<first>(?:19|20)[0-9]{2})-(?P<last>0[1-9]|1[0-2])(?![0-9./,-])",
    re.IGNORECASE,
)
_TO = re.compile(r" *(?:-|to|until|through|thru|bis(?: zum)?|au|\u00e0|jusqu'au) *", re.IGNORECASE)


def parse(text: str, locale: Locale) -> str | None:
    """Return the period that a text is; see `find`."""
    said = plain(text).strip(" .,;:()")
    if len(said) > 80:
        return None
    for start, end, period in find(said, locale):
        if start == 0 and end == len(said):
            return period
    return None


def find(text: str, locale: Locale) -> list[tuple[int, int, str]]:
    """Return periods in a text: start, end, and ``2026-03`` or ``2026-03-01/2026-03-15``."""
    said = plain(text)
    days = dates.find(said, locale)
    found = []
    for (start, end, first), (later, until, last) in pairwise(days):
        if first <= last and _TO.fullmatch(said, end, later):
            found.append((start, until, f"{first.isoformat()}/{last.isoformat()}"))
    for match in _MONTH.finditer(said):
        if any(start < match.end() and match.start() < end for start, end, _ in days):
            continue
        if match["name"]:
            year, month = match["year"], dates.MONTHS[match["name"].lower()]
        elif match["month"]:
            year, month = match["long"], int(match["month"])
        else:
            year, month = match["first"], int(match["last"])
        found.append((*match.span(), f"{year}-{month:02d}"))
    return sorted(found)
