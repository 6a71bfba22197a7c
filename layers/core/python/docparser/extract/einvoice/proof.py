"""Where the values of an XML are printed: dates and amounts in any form that is usual."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from docparser.extract.extractor import Locale
from docparser.extract.layout.anchors import Reading, squeeze
from docparser.extract.values import currency, dates, money
from docparser.model import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.extract.view import PageView, Placed
    from docparser.model import FieldValue

    Words = tuple[Placed, ...]

_RUN = re.compile(r"[^\W_]+")
_MARK = re.compile(r"[0-9][/-][0-9]")

# So many places of one value are looked at on a page.
_MOST_PLACES = 32

# What is shorter stands on every page, as a part of something else.
_SHORTEST = 3

_ANYWHERE = Locale()
_NAMES: dict[int, list[str]] = {}
for _name, _number in dates.MONTHS.items():
    _NAMES.setdefault(_number, []).append(squeeze(_name))


class Letters:
    """Words as one string of letters and digits, in which a value may begin and end with a run."""

    def __init__(self, words: Sequence[Placed]) -> None:
        self._words = words
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        parts: list[str] = []
        length = 0
        for at, word in enumerate(words):
            for run in _RUN.findall(word.text):
                self._starts[length] = at
                parts.append(squeeze(run))
                length += len(parts[-1])
                self._ends[length] = at
        self.text = "".join(parts)

    def places(self, value: str) -> Iterator[Words]:
        """Yield the words of each place of a squeezed value, from the first on."""
        at = self.text.find(value) if value else -1
        found = 0
        while at >= 0 and found < _MOST_PLACES:
            first, last = self._starts.get(at), self._ends.get(at + len(value))
            if first is not None and last is not None:
                found += 1
                yield tuple(self._words[first : last + 1])
            at = self.text.find(value, at + 1)


@dataclass(frozen=True, eq=False)
class Printed:
    """What a page prints, as far as values of an XML are compared with it."""

    view: PageView

    @cached_property
    def rows(self) -> Letters:
        """All words, row by row."""
        return Letters([word for segment in self.view.segments for word in segment.words])

    @cached_property
    def blocks(self) -> Letters:
        """All words in reading order: what goes on in the next line of a column is together."""
        placed = {word.word.id: word for segment in self.view.segments for word in segment.words}
        lines = (line for block in self.view.page.blocks for line in block.lines)
        return Letters([placed[word.id] for line in lines for word in line.words])

    @cached_property
    def amounts(self) -> dict[Decimal, list[Words]]:
        """The words of each number that stands alone, its sign left out."""
        found: dict[Decimal, list[Words]] = {}
        for segment in self.view.segments:
            if not any(character.isdigit() for character in segment.text):
                continue
            # Where each word begins: a segment may be a whole page.
            begins = list(accumulate((len(word.text) + 1 for word in segment.words), initial=0))
            for start, end, amount in money.find(segment.text, _ANYWHERE):
                places = found.setdefault(abs(amount.amount), [])
                if len(places) < _MOST_PLACES:
                    first, last = bisect_right(begins, start) - 1, bisect_left(begins, end)
                    places.append(segment.words[first:last])
        return found

    def places(self, field: FieldValue) -> list[Words]:
        """Return the words of each place where a field's value is printed."""
        if isinstance(field.value, dict):
            if field.type is FieldType.ADDRESS:
                return self._address(field.value)
            return self.amounts.get(abs(Decimal(field.value["amount"])), [])
        said = str(field.value)
        if field.type is FieldType.DATE:
            return self.dates(said)
        if field.type is FieldType.CURRENCY:
            return self._currency(said)
        return self._text(said)

    def dates(self, said: str) -> list[Words]:
        """Return the words of each place of a date (ISO 8601).

        With the month first it is one only where no other form is found, and never with points.
        """
        for letters in (self.rows, self.blocks):
            found = [words for form in date_forms(said) for words in letters.places(form)]
            if found:
                return found
        swapped = [words for form in _month_first(said) for words in self.rows.places(form)]
        return [words for words in swapped if _MARK.search(words[0].text)]

    def _text(self, said: str) -> list[Words]:
        value = squeeze(said)
        if len(value) < _SHORTEST:
            return []
        return list(self.rows.places(value)) or list(self.blocks.places(value))

    def _currency(self, code: str) -> list[Words]:
        for segment in self.view.segments:
            reading = Reading(segment.words)
            for start, end, found in currency.find(reading.text, _ANYWHERE):
                if found == code:
                    return [reading.covering(start, end)]
        return []

    def _address(self, parts: dict[str, str]) -> list[Words]:
        """Return street and town where both are printed, those that stand next to each other."""
        town = " ".join(parts[part] for part in ("postcode", "city") if part in parts)
        streets = self._text(parts.get("line1", ""))
        towns = self._text(town)
        pairs = [(street, place) for street in streets for place in towns]
        if not pairs:
            return []
        street, place = min(pairs, key=lambda pair: _apart(*pair))
        return [(*street, *place)]


def date_forms(said: str) -> list[str]:
    """Return a date (ISO 8601) as it is printed, squeezed, but not with the month's number first.

    ``2026-03-04`` is ``04.03.2026``, ``4.3.26``, ``20260304``, ``4. März 2026``, ``March 4, 2026``.
    """
    day = date.fromisoformat(said)
    year, short = f"{day.year:04d}", f"{day.year % 100:02d}"
    days = dict.fromkeys((f"{day.day:02d}", str(day.day)))
    months = dict.fromkeys((f"{day.month:02d}", str(day.month)))
    forms = [f"{year}{day.month:02d}{day.day:02d}"]
    forms += [f"{one}{month}{year}" for one in days for month in months]
    forms += [f"{day.day:02d}{day.month:02d}{short}"]
    for name in _NAMES[day.month]:
        for one in days:
            forms += [f"{one}{name}{year}", f"{name}{one}{year}", f"{one}{name}{short}"]
            forms += [f"{one}{ending}{name}{year}" for ending in ("th", "st", "nd", "rd", "er")]
            forms += [f"{name}{one}{ending}{year}" for ending in ("th", "st", "nd", "rd")]
    return list(dict.fromkeys(forms))


def _month_first(said: str) -> list[str]:
    day = date.fromisoformat(said)
    days = dict.fromkeys((f"{day.day:02d}", str(day.day)))
    months = dict.fromkeys((f"{day.month:02d}", str(day.month)))
    forms = [f"{month}{one}{day.year:04d}" for one in days for month in months]
    return [*forms, f"{day.month:02d}{day.day:02d}{day.year % 100:02d}"]


def _apart(one: Words, other: Words) -> float:
    return abs(one[0].top - other[0].top) + abs(one[0].left - other[0].left)
