"""Numbers as people write them: 1.234,56 and 1,234.56 and 1'234.56 and 1 234,56."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.extract.extractor import Locale

_RUN = re.compile(r"[0-9]+(?:[.,'][0-9]+)*")
_MARKS = re.compile(r"[^0-9]")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+")
# 12,34,567: in India every group but the last has two digits.
_LAKHS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_AROUND_MARK = re.compile(r" *([.,']) *")
_WHOLE = re.compile(r"\(? *[-+]? *([0-9](?:[0-9.,' ]*[0-9])?) *-? *\)?")

MOST_DIGITS = 24
"""A longer row of digits is an identifier and no number."""

_POINT_LANGUAGES = frozenset("en zh ja ko th he hi ms".split())
_POINT_COUNTRIES = frozenset(
    "US GB IE AU NZ MY SG IN PK LK BD CH LI JP CN TW HK KR TH PH IL NG KE GH MX MT CY".split()
)


def decimal_mark(locale: Locale) -> str | None:
    """Return what parts whole numbers from decimals, ``.`` or ``,``; None where nobody knows."""
    if locale.language == "und":
        if locale.country is None:
            return None
        return "." if locale.country in _POINT_COUNTRIES else ","
    if locale.language in _POINT_LANGUAGES or locale.country in {"CH", "LI"}:
        return "."
    return ","


class Written(NamedTuple):
    """A number without its sign: where it stands, as it is written, and what it is."""

    start: int
    end: int
    text: str
    number: Decimal


def parse(text: str, locale: Locale) -> Decimal | None:
    """Return the number that a text is, blanks that OCR put around marks left out.

    A minus stands before or after it, or brackets around it. One mark before three digits is read
    by the locale, and as one of thousands where that does not tell: ``1.234`` is 1234 in German.
    """
    said = plain(text).strip()
    match = _WHOLE.fullmatch(said)
    if match is None:
        return None
    written = _AROUND_MARK.sub(r"\1", match[1].strip())
    number = value(written, locale)
    if number is None:
        return None
    return -number if "-" in said or (said[0] == "(" and said[-1] == ")") else number


def find(text: str, locale: Locale) -> list[tuple[int, int, Decimal]]:
    """Return numbers that stand alone in a text: start, end, value; those in identifiers do not."""
    said = plain(text)
    found = []
    for start, end, _, number in written(said, locale):
        if not _alone(said, start, end):
            continue
        minus = start > 0 and said[start - 1] == "-" and (start == 1 or said[start - 2] in " (")
        found.append((start - minus, end, -number if minus else number))
    return found


def written(said: str, locale: Locale) -> Iterator[Written]:
    """Yield every number of a text made `plain`, without signs, whatever stands around it."""
    runs = [match.span() for match in _RUN.finditer(said)]
    at = 0
    while at < len(runs):
        start, end = runs[at]
        until = at + 1
        while until < len(runs) and _goes_on(said[start:end], said[end : runs[until][1]]):
            end = runs[until][1]
            until += 1
        number = value(said[start:end], locale)
        if number is None and until > at + 1:  # blanks that part no thousands
            until, end = at + 1, runs[at][1]
            number = value(said[start:end], locale)
        if number is not None:
            yield Written(start, end, said[start:end], number)
        at = until


def value(text: str, locale: Locale) -> Decimal | None:
    """Return what digits with marks between them are; None where they are no number."""
    if sum(map(str.isdecimal, text)) > MOST_DIGITS:
        return None
    marks = _MARKS.findall(text)
    if not marks:
        return Decimal(text)
    last = marks[-1]
    whole, _, rest = text.rpartition(last)
    kinds = set(marks)
    if len(kinds) == 1 and len(marks) == 1:
        if last in "' ":
            return _grouped(text)
        if len(rest) != 3 or len(whole) > 3 or not whole.strip("0") or last == decimal_mark(locale):
            return Decimal(f"{whole}.{rest}")
        return _grouped(text)
    if len(kinds) == 1:
        return _grouped(text)
    if len(kinds) > 2 or marks.count(last) > 1 or last in "' ":
        return None
    thousands = _grouped(whole)
    return None if thousands is None else Decimal(f"{thousands}.{rest}")


def _grouped(text: str) -> Decimal | None:
    if not _GROUPS.fullmatch(text) and not _LAKHS.fullmatch(text):
        return None
    return Decimal(_MARKS.sub("", text))


def _goes_on(before: str, after: str) -> bool:
    """Whether a blank parts thousands: three digits after it, at most three before it."""
    if len(after) < 4 or after[0] != " " or not after[1:4].isdecimal():
        return False
    if after[4:5].isdecimal() or any(mark in before for mark in ".,'"):
        return False
    head = before.split(" ", 1)[0]
    return len(head) <= 3 and head != "0" and len(before) < 2 * MOST_DIGITS


def _alone(said: str, start: int, end: int) -> bool:
    before, after = said[start - 1 : start], said[end : end + 1]
    if before.isalnum() or after.isalnum() or before in {"_", "/", "#"} or after in {"_", "/"}:
        return False
    glued = before == "-" and start > 1 and said[start - 2] not in " ("
    return not glued and not (after == "-" and said[end + 1 : end + 2].isalnum())
