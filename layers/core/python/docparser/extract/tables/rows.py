"""Rows on their way out: cells get their values, rows their numbers, and the sink takes them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.extract.values import dates, typed
from docparser.model import Column, DocumentTable, FieldType, RowCell, TableRole, TableRow

from .printed import DATE, DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docparser.extract.extractor import Locale
    from docparser.model import Polygon, Value

    from .found import RowSink, TableSink

_WITHOUT_CENTS = re.compile(r",-+")


@dataclass(slots=True)
class PrintedCell:
    """What is printed in a cell, and where."""

    text: str
    polygon: Polygon | None = None


@dataclass(slots=True)
class PrintedRow:
    """A row as it is printed: the page on which it begins, and its cells."""

    page: int
    cells: list[PrintedCell] = field(default_factory=list)


def decimal_of(value: Value | None) -> Decimal | None:
    """Return the amount of a value that is money, a quantity or a number."""
    if isinstance(value, dict):
        return Decimal(value["amount"]) if "amount" in value else None
    return Decimal(value) if isinstance(value, str) and value else None


class TableWriter:
    """Writes one table of the document, row by row.

    Parameters
    ----------
    sink
        Takes the rows.
    table_id, role, columns
        What the table is.
    locale
        What ambiguous dates and numbers are read by.
    currencies
        For each column the ISO 4217 code that its head states, None where it states none.
    """

    def __init__(
        self,
        sink: TableSink,
        table_id: str,
        role: TableRole,
        columns: tuple[Column, ...],
        locale: Locale,
        currencies: Sequence[str | None],
    ) -> None:
        self.table_id = table_id
        self.role = role
        self.columns = columns
        self._locale = locale
        self._currencies = currencies
        self.latest: date | None = None
        self._sink: RowSink = sink.begin(table_id, columns)
        self._first = self._last = 0
        self._parts: list[str] = []
        self.rows = 0
        self.by_page: Counter[int] = Counter()

    def part(self, table_id: str) -> None:
        """Note the id of a page's table that rows come from."""
        if table_id not in self._parts:
            self._parts.append(table_id)

    def values(self, row: PrintedRow) -> list[Value | None]:
        """Return the values of a row's cells, None where a cell is empty or cannot be read."""
        return [
            value_of(column.type, cell.text, self._locale, currency, self.latest)
            if cell.text
            else None
            for column, cell, currency in zip(
                self.columns, row.cells, self._currencies, strict=True
            )
        ]

    def write(self, row: PrintedRow, values: Sequence[Value | None]) -> None:
        """Write the next row."""
        self.rows += 1
        self.by_page[row.page] += 1
        self._first = self._first or row.page
        self._last = row.page
        places = [cell.polygon for cell in row.cells if cell.polygon]
        self._sink.row(
            TableRow(
                number=self.rows,
                page=row.page,
                polygon=_around(places) if places else None,
                cells=tuple(
                    RowCell(text=cell.text, value=value, polygon=cell.polygon)
                    for cell, value in zip(row.cells, values, strict=True)
                ),
            )
        )

    def end(self) -> DocumentTable:
        """End the table and return what it is."""
        table = DocumentTable(
            id=self.table_id,
            role=self.role,
            columns=self.columns,
            rows=self.rows,
            first_page=max(self._first, 1),
            last_page=max(self._last, 1),
            parts=tuple(self._parts),
        )
        self._sink.end(table)
        return table


def value_of(
    kind: FieldType,
    text: str,
    locale: Locale,
    currency: str | None = None,
    latest: date | None = None,
) -> Value | None:
    """Return the value of a printed cell.

    Parameters
    ----------
    kind, text, locale
        What it is, what is printed, and what ambiguous values are read by.
    currency
        Of an amount beside which none stands.
    latest
        No date without a year is later.
    """
    value = typed.normalise(kind, text, locale)
    if value is None and kind is FieldType.DATE:
        # Posting and value date in one cell: the first is the row's.
        match = DATE.match(text) or DAY.fullmatch(text)
        value = match and (
            typed.normalise(kind, match[0], locale) or _in_year(match[0], locale, latest)
        )
    elif value is None and kind is FieldType.MONEY:
        value = typed.normalise(kind, _WITHOUT_CENTS.sub("", text), locale)
    if currency and kind is FieldType.MONEY and isinstance(value, dict):
        return {"currency": currency, **value}
    return value


def _in_year(text: str, locale: Locale, latest: date | None) -> str | None:
    """Return a date that is printed without its year: the last such day up to ``latest``."""
    if latest is None:
        return None
    mark = next((mark for mark in "./-" if mark in text), " ")
    for year in (latest.year, latest.year - 1):
        day = dates.parse(f"{text.rstrip(mark)}{mark}{year}", locale)
        if day is not None and day <= latest:
            return day.isoformat()
    return None


def _around(polygons: Sequence[Polygon]) -> Polygon:
    left = min(polygon[0][0] for polygon in polygons)
    top = min(polygon[0][1] for polygon in polygons)
    right = max(polygon[2][0] for polygon in polygons)
    bottom = max(polygon[2][1] for polygon in polygons)
    return ((left, top), (right, top), (right, bottom), (left, bottom))
