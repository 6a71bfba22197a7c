"""Pages made of printed lines, and a sink that keeps what tables become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.tables import TableReader
from docparser.extract.view import view
from docparser.model import DocumentType, Lane, LaneReason, Page, box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.tables import TablesFound
    from docparser.model import Column, DocumentTable, TableRow

WIDTH, HEIGHT = 595.0, 842.0
CHARACTER, SIZE = 4.5, 9.0

Cell = tuple[float, str]
"""Where a text begins, in points, or ends where that is negative, and the text."""


def page(
    lines: Sequence[Sequence[Cell]], number: int = 1, *, top: float = 60.0, pitch: float = 14.0
) -> Page:
    """Return a page with lines of cells, one below the other; a line without cells is left free."""
    words: list[dict[str, Any]] = []
    for at, line in enumerate(lines):
        y = top + at * pitch
        for x, text in line:
            left = x if x >= 0 else -x - CHARACTER * len(text)
            for part in text.split(" "):
                right = left + CHARACTER * len(part)
                words.append(
                    {
                        "id": f"p{number}.w{len(words) + 1}",
                        "text": part,
                        "polygon": box(
                            left / WIDTH, y / HEIGHT, right / WIDTH, (y + SIZE) / HEIGHT
                        ),
                        "confidence": 1.0,
                    }
                )
                left = right + CHARACTER / 2
    entry = {
        "id": f"p{number}.l1",
        "text": " ".join(word["text"] for word in words),
        "polygon": box(0, 0, 1, 1),
        "words": words,
    }
    block = {"id": f"p{number}.b1", "polygon": box(0, 0, 1, 1), "lines": [entry]}
    return _page(number, LaneReason.TEXT_LAYER_TRUSTED, blocks=[block] if words else [])


def grid_page(
    rows: Sequence[Sequence[str]],
    number: int = 1,
    *,
    reason: LaneReason = LaneReason.TEXT_INPUT,
) -> Page:
    """Return a page with one table and nothing else, as that of a spreadsheet is."""
    across, down = 1 / len(rows[0]), 0.9 / len(rows)
    cells = [
        {
            "row": row,
            "column": column,
            "polygon": box(
                column * across, 0.05 + row * down, (column + 1) * across, 0.05 + (row + 1) * down
            ),
            "text": text,
        }
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    ]
    table = {
        "id": f"p{number}.t1",
        "polygon": box(0, 0.05, 1, 0.95),
        "rows": len(rows),
        "columns": len(rows[0]),
        "cells": cells,
    }
    block = {"id": f"p{number}.b1", "kind": "table", "polygon": box(0, 0.05, 1, 0.95), "lines": []}
    return _page(number, reason, blocks=[block], tables=[table])


def _page(number: int, reason: LaneReason, **content: Any) -> Page:
    return Page.model_validate(
        {
            "number": number,
            "lane": Lane.TEXT,
            "lane_reason": reason,
            "width_pt": WIDTH,
            "height_pt": HEIGHT,
            **content,
        }
    )


class KeptRows:
    """The rows of one table, as they came."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.rows: list[TableRow] = []
        self.table: DocumentTable | None = None

    def row(self, row: TableRow) -> None:
        """Take the next row."""
        self.rows.append(row)

    def end(self, table: DocumentTable) -> None:
        """Take what the table is."""
        self.table = table

    def values(self, *names: str) -> list[tuple[Any, ...]]:
        """Return the values of some columns, row by row; amounts as they are stored."""
        places = [[column.name for column in self.columns].index(name) for name in names]
        return [tuple(_plain(row.cells[at].value) for at in places) for row in self.rows]

    def texts(self, name: str) -> list[str]:
        """Return the texts of a column."""
        at = [column.name for column in self.columns].index(name)
        return [row.cells[at].text for row in self.rows]


def _plain(value: Any) -> Any:
    return value["amount"] if isinstance(value, dict) and "amount" in value else value


class Kept:
    """Keeps all tables in memory."""

    def __init__(self) -> None:
        self.tables: dict[str, KeptRows] = {}

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> KeptRows:
        """Begin a table."""
        return self.tables.setdefault(table_id, KeptRows(columns))


def read(
    pages: Sequence[Page],
    kind: DocumentType | None = DocumentType.BANK_STATEMENT,
    language: str = "de",
) -> tuple[TablesFound, list[KeptRows]]:
    """Return what is found in pages of a document of a type, and the rows of its tables."""
    kept = Kept()
    schema = schemas.shipped(kind) if kind is not None else None
    reader = TableReader(schema, Locale(language=language), kept)
    for each in pages:
        reader.read(each, view(each))
    found = reader.finish()
    return found, [kept.tables[table.id] for table in found.tables]
