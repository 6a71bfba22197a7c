"""Pages with tables whose cells are known, and how well found ones agree with them.

Tables are drawn word by word with reportlab: ruled or not, with spanning headings, cells of
several lines, empty cells and totals. The same seed gives the same page.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from docparser.model import Table

A4 = (595.0, 842.0)
FONT = "Helvetica"

STYLES = ("grid", "levels", "frame", "heading", "none")
"""Every cell boxed; level rules only; frame and columns but no rows; one rule; no rules."""

_GOODS = (
    "Espresso beans dark roast 1 kg",
    "Paper filter",
    "Grinder",
    "Cleaning tablets for automatic machines, pack of twenty",
    "Descaler",
    "Milk jug",
    "Stainless steel tamper with wooden handle and matching base plate",
    "Cup set",
    "Delivery",
    "Water filter cartridge, fits all models since the year of introduction",
    "Barista course",
    "Spare seal",
)


class MadeCell(NamedTuple):
    """A cell as it was drawn."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


@dataclass
class MadeTable:
    """A table: how it is drawn, how wide its columns are (points), which end at the right."""

    style: str
    widths: list[float]
    rightwards: list[bool]
    cells: list[MadeCell] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return max(cell.row + cell.row_span for cell in self.cells)


def made_table(seed: int, style: str) -> MadeTable:
    """Make up an invoice's lines: 3 to 6 columns, 3 to 12 rows, a spanning heading or totals."""
    chance = random.Random(seed)
    columns = chance.randint(3, 6)
    widths = [30.0, *([150.0] if columns < 6 else [140.0]), *[66.0] * (columns - 2)]
    table = MadeTable(style, widths, [False, False, *[True] * (columns - 2)])
    put = table.cells.append
    row = 0
    if chance.random() < 0.3 and columns >= 4:
        put(MadeCell(0, 0, 1, 2, "Goods"))
        put(MadeCell(0, 2, 1, columns - 2, "Prices in EUR"))
        row = 1
    names = ["Pos", "Description", "Quantity", "Price", "Tax", "Amount"]
    for column in range(columns):
        put(MadeCell(row, column, 1, 1, names[column] if column < columns - 1 else "Amount"))
    for number in range(1, chance.randint(3, 12) + 1):
        row += 1
        put(MadeCell(row, 0, 1, 1, str(number)))
        put(MadeCell(row, 1, 1, 1, chance.choice(_GOODS)))
        for column in range(2, columns):
            is_empty = column < columns - 1 and chance.random() < 0.12
            money = f"{chance.randint(1, 1999)}.{chance.randint(0, 99):02}"
            put(MadeCell(row, column, 1, 1, "" if is_empty else money))
    if chance.random() < 0.5:
        row += 1
        label = MadeCell(row, 0, 1, columns - 1, "Total")
        put(label if style == "grid" else MadeCell(row, 1, 1, 1, "Total"))
        put(MadeCell(row, columns - 1, 1, 1, f"{chance.randint(2000, 9999)}.00"))
    return table


def write(path: Path, tables: Sequence[MadeTable], *, size: float = 9) -> Path:
    """Write each table on a page, between paragraphs."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    for table in tables:
        canvas.setFont(FONT, size)
        canvas.drawString(60, 770, "Thank you for your order, which we are pleased to invoice.")
        bottom = _draw(canvas, table, 60.0, 730.0, size)
        canvas.drawString(60, bottom - 40, "Please transfer the amount within fourteen days to")
        canvas.drawString(60, bottom - 40 - 1.3 * size, "the account below; goods stay ours till.")
        canvas.showPage()
    canvas.save()
    return path


def _draw(canvas: Canvas, table: MadeTable, left: float, top: float, size: float) -> float:
    """Draw a table below a height; return where it ends."""
    xs = [left]
    for width in table.widths:
        xs.append(xs[-1] + width)
    texts = {
        (cell.row, cell.column): _wrapped(
            cell.text, sum(table.widths[cell.column : cell.column + cell.column_span]) - 8, size
        )
        for cell in table.cells
    }
    step = 1.2 * size
    # Rows without rules between them stand a little apart, or nobody could tell them.
    pad = 0.7 * size if table.style != "frame" else 0.35 * size
    ys = [top]
    for row in range(table.rows):
        lines = max(len(texts[cell.row, cell.column]) for cell in table.cells if cell.row == row)
        ys.append(ys[-1] - lines * step - pad)
    for cell in table.cells:
        right = xs[cell.column + cell.column_span]
        y = ys[cell.row] - pad / 2 - 0.9 * size
        for line in texts[cell.row, cell.column]:
            if table.rightwards[cell.column] and cell.column_span == 1:
                canvas.drawRightString(right - 4, y, line)
            elif cell.column_span > 1 and cell.column > 0:
                canvas.drawCentredString((xs[cell.column] + right) / 2, y, line)
            else:
                canvas.drawString(xs[cell.column] + 4, y, line)
            y -= step
    _rule(canvas, table, xs, ys)
    return ys[-1]


def _rule(canvas: Canvas, table: MadeTable, xs: Sequence[float], ys: Sequence[float]) -> None:
    canvas.setLineWidth(0.6)
    heads = 1 + max((cell.row for cell in table.cells if cell.text == "Pos"), default=0)
    if table.style == "grid":
        for cell in table.cells:
            x, y = xs[cell.column], ys[cell.row + cell.row_span]
            wide, high = xs[cell.column + cell.column_span] - x, ys[cell.row] - y
            canvas.rect(x, y, wide, high)
    elif table.style == "levels":
        for y in ys:
            canvas.line(xs[0], y, xs[-1], y)
    elif table.style == "frame":
        canvas.rect(xs[0], ys[-1], xs[-1] - xs[0], ys[0] - ys[-1])
        canvas.line(xs[0], ys[heads], xs[-1], ys[heads])
        for x in xs[1:-1]:
            canvas.line(x, ys[heads - 1], x, ys[-1])
        if heads > 1:
            canvas.line(xs[2], ys[0], xs[2], ys[1])
            canvas.line(xs[0], ys[1], xs[-1], ys[1])
    elif table.style == "heading":
        canvas.line(xs[0], ys[heads], xs[-1], ys[heads])


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and stringWidth(longer, FONT, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def adjacency_f1(found: Iterable[MadeCell], truth: Iterable[MadeCell]) -> float:
    """Return the F1 of adjacency relations between cells that hold text.

    M. Goebel et al., "A methodology for evaluating algorithms for table understanding in PDF
    documents", DocEng 2012: each cell and its next neighbour to the right and below, empty cells
    skipped, compared as pairs of texts with their direction.
    """
    ours, theirs = _relations(list(found)), _relations(list(truth))
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def _relations(cells: list[MadeCell]) -> Counter[tuple[str, str, str]]:
    grid = {
        (row, column): cell
        for cell in cells
        if cell.text
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    rows = 1 + max((row for row, _ in grid), default=-1)
    columns = 1 + max((column for _, column in grid), default=-1)
    pairs = set()
    for (row, column), cell in grid.items():
        right = next(
            (
                grid[row, at]
                for at in range(column + 1, columns)
                if grid.get((row, at), cell) != cell
            ),
            None,
        )
        below = next(
            (
                grid[at, column]
                for at in range(row + 1, rows)
                if grid.get((at, column), cell) != cell
            ),
            None,
        )
        pairs |= {(cell, right, "right")} if right else set()
        pairs |= {(cell, below, "below")} if below else set()
    return Counter((_letters(one.text), _letters(other.text), way) for one, other, way in pairs)


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


def cells_of(tables: Iterable[Table]) -> list[MadeCell]:
    """Return the cells of a page's tables, as if they stood one below the other."""
    cells: list[MadeCell] = []
    below = 0
    for table in tables:
        cells += [
            MadeCell(below + cell.row, cell.column, cell.row_span, cell.column_span, cell.text)
            for cell in table.cells
        ]
        below += table.rows
    return cells
