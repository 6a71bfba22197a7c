"""What becomes of tables: their rows go where the caller says, one by one, and the rest is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from docparser.model import Column, DocumentTable, RowGap, TableRow


class RowSink(Protocol):
    """Takes the rows of one table in their order; nobody holds them all."""

    def row(self, row: TableRow) -> None:
        """Take the next row."""
        ...

    def end(self, table: DocumentTable) -> None:
        """Take what the table is, now that its rows are counted; none follows."""
        ...


class TableSink(Protocol):
    """Takes the tables of a document; several may be open at once."""

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> RowSink:
        """Begin a table, ``t0001`` and so on, whose columns are as they will be in its end."""
        ...


@dataclass(frozen=True)
class TablesFound:
    """The tables of a document, in the order in which they begin.

    ``gaps`` are rows that are missing, or that nobody can vouch for; there are no more than a
    hundred, as a document of which more is missing has one cause for all of them.
    """

    tables: tuple[DocumentTable, ...] = ()
    gaps: tuple[RowGap, ...] = ()
