"""What a table is before it has ids: cells of placed words, on the straightened page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docparser.ocr.glyphs import PlacedWord


class Rule(NamedTuple):
    """A level or upright line that is drawn on the page, as the box around its ink.

    In the units and on the page of the words that it parts: points or pixels, origin top left,
    straightened. A rule runs across if it is wider than high, and down otherwise.
    """

    left: float
    top: float
    right: float
    bottom: float


class FoundCell(NamedTuple):
    """A cell: its place in the grid (from 0), how far it spans (from 1), its box and its words.

    ``words`` are in the order in which the cell is read; a cell may be empty.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    left: float
    top: float
    right: float
    bottom: float
    words: tuple[PlacedWord, ...]


class FoundTable(NamedTuple):
    """A table: its box, its size and its cells from row to row.

    Cells never overlap and cover the whole grid, and no word is in two. ``ruled`` tells whether
    rules drew the grid; otherwise the words' alignment did.
    """

    left: float
    top: float
    right: float
    bottom: float
    rows: int
    columns: int
    cells: tuple[FoundCell, ...]
    ruled: bool
