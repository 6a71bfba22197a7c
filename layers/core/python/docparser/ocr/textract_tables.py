"""The tables of a Textract response: cells, merged where Textract says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.textract.blocks import Blocks

    from .textract_places import Corners

# A grid that claims more rows or columns than this is damaged; Textract's pages have far fewer.
_MOST = 1000


class ReadCell(NamedTuple):
    """A cell; rows and columns count from 0. ``words`` are the ids of its word blocks."""

    row: int
    column: int
    row_span: int
    column_span: int
    corners: Corners
    words: tuple[str, ...]


class ReadTable(NamedTuple):
    """A table; ``around`` has its titles and footers: id and type of the block, and its words."""

    corners: Corners
    rows: int
    columns: int
    cells: tuple[ReadCell, ...]
    around: tuple[tuple[str, str, tuple[str, ...]], ...]

    def places(self) -> dict[str, tuple[int, int]]:
        """Return row and column of each word."""
        found: dict[str, tuple[int, int]] = {}
        for cell in self.cells:
            for word in cell.words:
                found.setdefault(word, (cell.row, cell.column))
        return found


def find(blocks: Blocks, table: Any) -> ReadTable | None:
    """Return one of trp's tables, or None if it has no cells.

    A merged cell stands for the cells that it names, and has their words. Where two of them name
    the same cell the first counts, and a place is taken once.
    """
    single = {
        cell.id: ReadCell(
            cell.rowIndex - 1,
            cell.columnIndex - 1,
            cell.rowSpan,
            cell.columnSpan,
            tuple((point.x, point.y) for point in cell.geometry.polygon),
            tuple(
                word.id
                for word in cell.content
                if word.id in blocks.by_id and blocks.by_id[word.id]["BlockType"] == "WORD"
            ),
        )
        for row in table.rows
        for cell in row.cells
    }
    merged = []
    for block in blocks.related(table.block, "MERGED_CELL"):
        parts = [child["Id"] for child in blocks.related(block, "CHILD")]
        if not parts or not all(part in single for part in parts):
            continue
        covered = sorted(single.pop(part) for part in parts)
        merged.append(
            ReadCell(
                block["RowIndex"] - 1,
                block["ColumnIndex"] - 1,
                block["RowSpan"],
                block["ColumnSpan"],
                tuple((point["X"], point["Y"]) for point in block["Geometry"]["Polygon"]),
                tuple(word for cell in covered for word in cell.words),
            )
        )
    cells = tuple(_apart(sorted([*merged, *single.values()])))
    if not cells:
        return None
    return ReadTable(
        corners=tuple((point.x, point.y) for point in table.geometry.polygon),
        rows=max(cell.row + cell.row_span for cell in cells),
        columns=max(cell.column + cell.column_span for cell in cells),
        cells=cells,
        around=tuple(
            (block["Id"], kind, tuple(word["Id"] for word in blocks.related(block, "CHILD")))
            for kind in ("TABLE_TITLE", "TABLE_FOOTER")
            for block in blocks.related(table.block, kind)
        ),
    )


def _apart(cells: list[ReadCell]) -> Iterator[ReadCell]:
    """Yield the cells that lie on a grid and on no other cell."""
    taken: set[tuple[int, int]] = set()
    for cell in cells:
        below, beyond = cell.row + cell.row_span, cell.column + cell.column_span
        if not (0 <= cell.row < below <= _MOST and 0 <= cell.column < beyond <= _MOST):
            continue
        places = {
            (row, column) for row in range(cell.row, below) for column in range(cell.column, beyond)
        }
        if taken.isdisjoint(places):
            taken |= places
            yield cell
