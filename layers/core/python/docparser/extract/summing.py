"""What the columns of tables add up to, taken from the rows as they pass."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.model import FieldType, TableRole

from .validation import ColumnSum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.model import Column, DocumentTable, TableRow

    from .tables import RowSink, TableSink


class _Rows:
    """One table on its way: an amount that could not be read leaves its column without a sum."""

    def __init__(self, columns: tuple[Column, ...], rows: RowSink, sums: Sums) -> None:
        self._columns = columns
        self._rows = rows
        self._sums = sums
        self._count = 0
        self._totals = {
            place: Decimal()
            for place, column in enumerate(columns)
            if column.type is FieldType.MONEY
        }

    def row(self, row: TableRow) -> None:
        self._rows.row(row)
        self._count += 1
        for place in tuple(self._totals):
            cell = row.cells[place]
            if isinstance(cell.value, dict):
                self._totals[place] += Decimal(cell.value["amount"])
            elif cell.text.strip(" -"):
                del self._totals[place]

    def end(self, table: DocumentTable) -> None:
        self._rows.end(table)
        totals = {self._columns[place].name: total for place, total in self._totals.items()}
        names = {column.name for column in self._columns}
        if table.role is TableRole.TRANSACTIONS and "amount" not in names:
            # Two columns for one amount: what came in, and what went out.
            moved = [name for name in ("credit", "debit") if name in names]
            if moved and all(name in totals for name in moved):
                out = abs(totals.get("debit", Decimal()))
                totals["amount"] = totals.get("credit", Decimal()) - out
        self._sums.take(
            table.id,
            [ColumnSum(table.role, name, total, self._count) for name, total in totals.items()],
        )


class Sums:
    """Passes rows on and adds up what they hold in columns of money.

    Parameters
    ----------
    sink
        Takes the rows.
    """

    def __init__(self, sink: TableSink) -> None:
        self._sink = sink
        self._sums: dict[str, list[ColumnSum]] = {}

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> _Rows:
        """Begin a table."""
        return _Rows(columns, self._sink.begin(table_id, columns), self)

    def take(self, table_id: str, sums: list[ColumnSum]) -> None:
        """Take the sums of a table that has ended."""
        self._sums[table_id] = sums

    def of(self, tables: Iterable[DocumentTable]) -> tuple[ColumnSum, ...]:
        """Return the sums of tables, each column that could be read in every row."""
        return tuple(each for table in tables for each in self._sums.get(table.id, ()))
