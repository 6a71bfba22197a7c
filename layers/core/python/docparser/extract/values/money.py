"""Amounts of money: a number, a sign, and a currency where one stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from . import currency, numbers
from .text import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from docparser.extract.extractor import Locale

# 12,- and 12.-- say that there are no cents.
_NO_CENTS = re.compile(r"[.,] ?-{1,2}(?![0-9])")
# Before a sign that has a blank behind it, no word: a bracket, a mark, a currency.
_NO_WORD = frozenset("(:=|*$\u20ac\u00a3")
_OWED = frozenset({"DR", "Dr", "S"})
_SIDE = re.compile(r" ?(CR|DR|Cr|Dr|S|H)(?![A-Za-z0-9])\.?")

# O and l where digits stand beside them; OCR takes them for 0 and 1.
_CONFUSED = re.compile(r"(?<=[0-9.,])[OoQ]|[OoQ](?=[.,][0-9OoQ]{2}(?!\w))|(?<=[0-9.,])[lI|](?!\w)")
_SPLIT = re.compile(r"(?<=[0-9])( ?)([.,])( ?)(?=[0-9]{2}(?![0-9.,]))")


class Amount(NamedTuple):
    """An amount and its ISO 4217 code, None where none stands beside it."""

    amount: Decimal
    currency: str | None = None


def parse(text: str, locale: Locale) -> Amount | None:
    """Return the amount that a text is, nothing but a currency beside it; None if it is none.

    Minus signs stand before or after it, or brackets around it; DR and S (Soll) are a minus, CR
    and H (Haben) none. Blanks that OCR put around its marks are left out.
    """
    said = plain(text).strip(" :=*").replace("*", "")
    if len(said) > 4 * numbers.MOST_DIGITS:
        return None
    joined = _SPLIT.sub(r"\2", said)
    for start, end, amount in find(joined, locale):
        if start == 0 and end == len(joined):
            return amount
    return None


def find(text: str, locale: Locale, *, ocr: bool = False) -> list[tuple[int, int, Amount]]:
    """Return amounts in a text: start, end, what they are.

    Every number that stands alone counts, with a currency or without one; parts of dates and of
    identifiers do not. With ``ocr`` letters between digits are read as the digits they look like.
    """
    said = plain(text)
    if ocr:
        said = _CONFUSED.sub(lambda match: "1" if match[0] in "lI|" else "0", said)
    found = []
    low = 0
    for start, end, _, number in numbers.written(said, locale):
        beside = _beside(said, low, start, end)
        if not _parted(said, beside.start, beside.end):
            # Without what is beside it: "-" between words, a currency that belongs to the next.
            beside = _Beside(start, end)
            if not _parted(said, start, end):
                continue
        code = currency.parse(beside.currency, locale) if beside.currency else None
        amount = Amount(-number if beside.negative else number, code)
        found.append((beside.start, beside.end, amount))
        low = beside.end
    return found


class _Beside(NamedTuple):
    """A number with what stands beside it and belongs to it."""

    start: int
    end: int
    currency: str = ""
    negative: bool = False


def _beside(said: str, low: int, start: int, end: int) -> _Beside:
    first, minus = _signed(said, low, start)
    sign = currency.before(said, low, _back(said, low, first))
    if sign:
        first = _back(said, low, first) - len(sign)
        first, also = _signed(said, low, first)
        minus |= also
    if (match := _NO_CENTS.match(said, end)) is not None:
        end = match.end()
    end, later = _signed_behind(said, end)
    minus |= later
    if not sign and (sign := currency.behind(said, _on(said, end))):
        end = _on(said, end) + len(sign)
        end, later = _signed_behind(said, end)
        minus |= later
    opened = _back(said, low, first)
    closed = _on(said, end)
    if opened > low and said[opened - 1] == "(" and said[closed : closed + 1] == ")":
        return _Beside(opened - 1, closed + 1, sign, True)
    if (side := _SIDE.match(said, end)) is not None:
        return _Beside(first, side.end(), sign, minus or side[1] in _OWED)
    return _Beside(first, end, sign, minus)


def _back(said: str, low: int, at: int) -> int:
    """Return the place before a blank, if one stands before ``at``."""
    return at - 1 if at > low and said[at - 1] == " " else at


def _on(said: str, at: int) -> int:
    """Return the place behind a blank, if one stands at ``at``."""
    return at + 1 if said[at : at + 1] == " " else at


def _signed(said: str, low: int, start: int) -> tuple[int, bool]:
    """Return where a number with the sign before it starts, and whether that is a minus.

    A sign with a blank behind it stands alone: after a word it is a dash.
    """
    at = _back(said, low, start)
    if at == low or said[at - 1] not in "-+":
        return start, False
    before = _back(said, low, at - 1)
    alone = before == 0 or (before > low and said[before - 1] in _NO_WORD)
    return (at - 1, said[at - 1] == "-") if at == start or alone else (start, False)


def _signed_behind(said: str, end: int) -> tuple[int, bool]:
    """Return where a number with the sign behind it ends, and whether that is a minus.

    A sign with blanks on both sides is a dash if anything follows.
    """
    at = _on(said, end)
    if said[at : at + 1] not in {"-", "+"} or said[at + 1 : at + 2].isalnum():
        return end, False
    if at > end and said[at + 1 : at + 3].strip(" )"):
        return end, False
    return at + 1, said[at] == "-"


def _parted(said: str, start: int, end: int) -> bool:
    """Whether an amount is no part of a word, of a date or of an identifier."""
    before, after = said[start - 1 : start] if start else "", said[end : end + 1]
    if before.isalnum() or before in {"_", "/", "#"} or after.isalnum() or after in {"_", "/", "%"}:
        return False
    if before in {"-", ".", ","} and start > 1 and said[start - 2].isalnum():
        return False
    if said[end : end + 2] == " %":
        return False
    return not (after in {"-", ".", ",", ":"} and said[end + 1 : end + 2].isalnum())
