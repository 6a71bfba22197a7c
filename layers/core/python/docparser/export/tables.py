"""Tables as Markdown writes them (GitHub Flavored Markdown, 4.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.model import Table


def markdown(table: Table, escape: Callable[[str], str]) -> str:
    """Return a table as rows of cells between bars; the first row is its head.

    A cell that spans others stands in the first of them, and the others are empty: Markdown has no
    spans.
    """
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        text = " ".join(cell.text.split())
        grid[cell.row][cell.column] = escape(text).replace("|", "\\|")
    rows = [f"| {' | '.join(row)} |" for row in grid]
    rows.insert(1, "|" + " --- |" * table.columns)
    return "\n".join(rows)
