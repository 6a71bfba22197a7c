"""A document's table as comma-separated values (RFC 4180), for spreadsheets and other programs.

The head has the columns' names; money and quantities take two columns, ``amount`` and
``amount.currency``, ``hours`` and ``hours.unit``. A typed cell holds its normalised value, and what
is printed where that could not be read.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from docparser.model import FieldType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from docparser.model import Column, RowCell, TableRow

_SECOND = {FieldType.MONEY: "currency", FieldType.QUANTITY: "unit"}

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d[\d.,'\u2019\u00a0\u202f ]*%?")


class RowsCsv:
    """Writes one table, row by row.

    Parameters
    ----------
    file
        Text, opened with ``newline=""``; lines end CRLF.
    """

    media_type = "text/csv; charset=utf-8"

    def __init__(self, file: TextIO) -> None:
        self._lines = csv.writer(file)
        self._columns: tuple[Column, ...] = ()

    def begin(self, columns: Sequence[Column]) -> None:
        """Write the head."""
        self._columns = tuple(columns)
        head = []
        for column in self._columns:
            head.append(column.name)
            if column.type in _SECOND:
                head.append(f"{column.name}.{_SECOND[column.type]}")
        self._lines.writerow([harmless(name) for name in head])

    def row(self, row: TableRow) -> None:
        """Write one row.

        Raises
        ------
        ValueError
            It has not one cell for each column.
        """
        values: list[str] = []
        for column, cell in zip(self._columns, row.cells, strict=True):
            values += _values(column, cell)
        self._lines.writerow([harmless(value) for value in values])


def harmless(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula: it gets an apostrophe before it.

    What only looks like one stays: ``-12.00`` is a number. See OWASP, CSV injection.
    """
    if _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _values(column: Column, cell: RowCell) -> tuple[str, ...]:
    value, second = cell.value, _SECOND.get(column.type)
    if second is not None:
        parts = value if isinstance(value, dict) else {"amount": cell.text}
        return parts.get("amount", ""), parts.get(second, "")
    if isinstance(value, bool):
        return (str(value).lower(),)
    return (value if isinstance(value, str) else cell.text,)
