"""Amounts of money: a number, a sign, and a currency where one stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from . import currency, numbers
from .text import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from docparser.extract.extractor import Locale

_BEFORE = re.compile(
    rf"(?P<open>\()? ?(?P<first>[-+])? ?(?P<currency>{currency.PATTERN})? ?(?P<second>[-+])? ?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    # 12,- and 12.-- say that there are no cents.
    r"(?P<none>[.,] ?-{1,2}(?![0-9]))?"
    rf"(?P<sign> ?[-+](?![0-9A-Za-z]))? ?(?P<currency>{currency.PATTERN})?"
    r"(?P<later> ?[-+](?![0-9A-Za-z]))?(?P<close> ?\))?"
    r"(?P<side> ?(?-i:CR|DR|Cr|Dr|S|H)\b\.?)?",
    re.IGNORECASE,
)
# What stands beside a number and matters is no longer than this: a sign, blanks, a currency.
_NEAR = 12

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
    ended = 0
    for start, end, _, number in numbers.written(said, locale):
        near = said[max(ended, start - _NEAR) : start]
        before = _BEFORE.search(near)
        after = _AFTER.match(said, end, min(len(said), end + _NEAR))
        if before is None or after is None:  # both may be empty, so this never happens
            continue
        first = start - len(near) + before.start()
        first += len(said[first:start]) - len(said[first:start].lstrip())
        last = end + len(said[end : after.end()].rstrip())
        if not _parted(said, first, last):
            # Without what is beside it: "-" between words, a currency that belongs to the next.
            if _parted(said, start, end):
                found.append((start, end, Amount(number)))
                ended = end
            continue
        sign = _negative(before, after)
        named = before["currency"] or after["currency"]
        code = currency.parse(named, locale) if named else None
        if before["open"] and not after["close"]:
            first = said.index("(", first) + 1
        found.append((first, last, Amount(-number if sign else number, code)))
        ended = last
    return found


def _negative(before: re.Match[str], after: re.Match[str]) -> bool:
    minus = "-" in {before["first"], before["second"]}
    minus = minus or any(
        part is not None and "-" in part for part in (after["sign"], after["later"])
    )
    side = (after["side"] or "").strip(" .").upper()
    if side in {"DR", "S"}:
        return True
    return minus or (before["open"] is not None and after["close"] is not None)


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
