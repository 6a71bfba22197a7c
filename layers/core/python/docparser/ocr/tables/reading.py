"""How a table is read: row by row, and what becomes of it in the document model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.ocr.lines import rows, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docparser.model import Polygon
    from docparser.ocr.glyphs import PlacedWord

    from .found import FoundTable


def lines(table: FoundTable) -> list[list[PlacedWord]]:
    """Return the lines of a table in reading order: from row to row, each from left to right.

    Every word of the table's cells is in exactly one line.
    """
    found: list[list[PlacedWord]] = []
    for row in range(table.rows):
        words = [word for cell in table.cells if cell.row == row for word in cell.words]
        found.extend(line.words for line in rows(segments(words)))
    return found


def entries(
    found: Sequence[FoundTable],
    number: int,
    ids: Mapping[PlacedWord, Sequence[str]],
    polygon: Callable[[float, float, float, float], Polygon | Sequence[tuple[float, float]]],
) -> list[dict[str, Any]]:
    """Return a page's tables as plain data of `docparser.model.Table`, validated with the page.

    Parameters
    ----------
    found
        The tables of the page.
    number
        The page's number, for the tables' ids.
    ids
        The ids of each word; several where words are equal to the letter and the place.
    polygon
        Takes left, top, right and bottom of a box as `find` gives it, returns its polygon on the
        page (0..1).
    """
    given: dict[PlacedWord, int] = {}
    tables = []
    for index, table in enumerate(found, 1):
        cells = []
        for cell in table.cells:
            word_ids = []
            for word in cell.words:
                nth = given.get(word, 0)
                given[word] = nth + 1
                word_ids.append(ids[word][nth])
            cells.append(
                {
                    "row": cell.row,
                    "column": cell.column,
                    "row_span": cell.row_span,
                    "column_span": cell.column_span,
                    "polygon": polygon(cell.left, cell.top, cell.right, cell.bottom),
                    "text": " ".join(word.text for word in cell.words),
                    "word_ids": word_ids,
                }
            )
        tables.append(
            {
                "id": f"p{number}.t{index}",
                "polygon": polygon(table.left, table.top, table.right, table.bottom),
                "rows": table.rows,
                "columns": table.columns,
                "cells": cells,
            }
        )
    return tables
