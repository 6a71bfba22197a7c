"""What a document says of its own rows: how many there are, and the balances around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import money

from . import sums

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Placed, Segment

_ROWS = (
    r"(?:transactions?|entries|postings|bookings|movements|buchungen|buchungsposten|umsätze|posten"
    r"|bewegungen|opérations|operations|écritures|mouvements)"
)
_COUNT_BEFORE = re.compile(rf"(?<![\w.,/-])(\d{{1,3}}(?:[.,' ]\d{{3}})*|\d+) {_ROWS}\b", re.I)
_COUNT_AFTER = re.compile(
    rf"(?:number of|no\. of|total|anzahl(?: der)?|nombre (?:de |d.|total d. ?))[ ]?"
    rf"(?:{_ROWS}|line items|items|positionen|lignes|articles)\b[ .:=]*"
    r"(\d{1,3}(?:[.,' ]\d{3})*|\d+)(?![\w.,/-]*\d)",
    re.I,
)

_COUNT_SAID = re.compile(
    rf"(?:contains?|lists?|enthält|umfasst|comporte|contient|comprend) (?:\d[\d.,']*) {_ROWS}",
    re.I,
)
_MOST_OF_LINE = 0.6


@dataclass(frozen=True)
class StatedBalance:
    """A balance that stands beside, or under, the words that name it."""

    kind: sums.SumKind
    page: int
    amount: Decimal
    currency: str | None
    words: tuple[Placed, ...]


def counts(text: str) -> list[int]:
    """Return the counts of rows that a line states."""
    return [
        int(re.sub(r"\D", "", match[1]))
        for pattern in (_COUNT_BEFORE, _COUNT_AFTER)
        for match in pattern.finditer(text)
    ]


def is_count(text: str) -> bool:
    """Whether a text says how many rows there are, and does not speak of something else."""
    if not any(map(str.isdigit, text)):
        return False
    if _COUNT_SAID.search(text):
        return True
    found = (pattern.search(text) for pattern in (_COUNT_AFTER, _COUNT_BEFORE))
    return any(match and len(match[0]) >= _MOST_OF_LINE * len(text) for match in found)


def balances(
    view: PageView, locale: Locale, rows: Sequence[int] | None = None
) -> Iterator[StatedBalance]:
    """Yield the opening, closing and other balances of some rows of a page, or of all."""
    for at in range(len(view.rows)) if rows is None else rows:
        row = view.rows[at]
        for place, segment in enumerate(row):
            kind = sums.kind(segment.text)
            if kind not in {sums.SumKind.OPENING, sums.SumKind.CLOSING, sums.SumKind.BALANCE}:
                continue
            found = _within(segment, locale) or (
                _amount(row[place + 1].words, locale) if place + 1 < len(row) else None
            )
            if found is None and place + 1 == len(row) - 1:
                found = _amount(row[-1].words, locale)
            found = found or _under(view, at, segment, locale)
            if (
                found is None
                and len(row) > 1
                and not any(sums.kind(other.text) for other in row[place + 1 :])
            ):
                found = _amount(row[-1].words, locale)
            if found is not None:
                amount, words = found
                yield StatedBalance(kind, view.number, amount.amount, amount.currency, words)


def _within(segment: Segment, locale: Locale) -> tuple[money.Amount, tuple[Placed, ...]] | None:
    """Return the amount at the end of a segment that begins with its label."""
    for first in range(1, len(segment.words)):
        found = _amount(segment.words[first:], locale)
        if found:
            return found
    return None


def _under(
    view: PageView, at: int, label: Segment, locale: Locale
) -> tuple[money.Amount, tuple[Placed, ...]] | None:
    """Return the amount right under a label."""
    if at + 1 >= len(view.rows):
        return None
    height = label.bottom - label.top
    for segment in view.rows[at + 1]:
        if segment.top - label.bottom > 1.5 * height:
            continue
        if min(segment.right, label.right) > max(segment.left, label.left):
            return _amount(segment.words, locale)
    return None


def _amount(
    words: Sequence[Placed], locale: Locale
) -> tuple[money.Amount, tuple[Placed, ...]] | None:
    text = " ".join(word.text for word in words)
    if not re.search(r"\d[.,]\d{2}(?!\d)|\d,-", text):
        return None
    amount = money.parse(text, locale)
    return (amount, tuple(words)) if amount else None
