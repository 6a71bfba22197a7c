"""Reads the tables of a document, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Column, DocumentTable, RowCell, TableRow

from .found import TablesFound

if TYPE_CHECKING:
    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView
    from docparser.model import Page, Table
    from docparser.model.type_schema import TypeSchema

    from .found import TableSink


class TableReader:
    """Takes pages in their order and hands rows on as they are known.

    Parameters
    ----------
    schema
        What the document's type knows of its tables; None where it has no schema.
    locale
        What ambiguous dates and numbers are read by.
    sink
        Takes the rows.
    """

    def __init__(self, schema: TypeSchema | None, locale: Locale, sink: TableSink) -> None:
        self._schema = schema
        self._locale = locale
        self._sink = sink
        self._tables: list[DocumentTable] = []

    def read(self, page: Page, view: PageView) -> None:
        """Take one page in, and the same page as rows of segments."""
        for table in page.tables:
            self._one(page, table)

    def finish(self) -> TablesFound:
        """End all tables and return what was found; nothing may be read after it."""
        return TablesFound(tuple(self._tables))

    def _one(self, page: Page, table: Table) -> None:
        name = f"t{len(self._tables) + 1:04d}"
        columns = tuple(Column(name=f"column_{at + 1}") for at in range(table.columns))
        sink = self._sink.begin(name, columns)
        cells = {(cell.row, cell.column): cell for cell in table.cells}
        for row in range(table.rows):
            found = [cells.get((row, column)) for column in range(table.columns)]
            sink.row(
                TableRow(
                    number=row + 1,
                    page=page.number,
                    cells=tuple(
                        RowCell(text=cell.text, polygon=cell.polygon) if cell else RowCell(text="")
                        for cell in found
                    ),
                )
            )
        self._tables.append(
            DocumentTable(
                id=name,
                columns=columns,
                rows=table.rows,
                first_page=page.number,
                last_page=page.number,
                parts=(table.id,),
            )
        )
        sink.end(self._tables[-1])
