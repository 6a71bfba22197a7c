"""From a grid, drawn or aligned, to a table: which words are in which cell."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from .columns import Column, Piece, row_groups
from .found import FoundCell, FoundTable
from .ruled import Grid, Region
from .runs import WIDEST_SPACE, Run, text_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docparser.ocr.glyphs import PlacedWord

    from .aligned import Aligned

    Parted = Callable[[float, float], bool]
    Words = list[PlacedWord]

# A drawn grid is a table if so many cells hold words, and none holds nearly all of a text.
_FILLED = 3
_FILLED_SHARE = 0.1
_LONG = 60
_MOST_OF_ALL = 0.6

# Tables that touch each other; more parts has only a drawing.
_MOST_PARTS = 40

# Lines of one cell are no further apart, in heights of a usual word.
_LINE_GAP = 0.4

# A drawn row is cut into the lines in it if the table has so few of them.
_FEW_ROWS = 4


class _Span(NamedTuple):
    """A cell before it has a place: rows and columns from first to behind the last."""

    row: int
    column: int
    row_end: int
    column_end: int
    words: Words


def of_grid(grid: Grid, words: Sequence[PlacedWord], em: float) -> list[FoundTable]:
    """Return the tables that a drawn grid is, or none if it is a box, a form's frame, a drawing.

    Parameters
    ----------
    grid
        What the rules make.
    words
        The words whose middles lie within it.
    em
        The height of a usual word.
    """
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    if rows < 2 or columns < 2 or not words:
        return []
    parts = list(islice(_parts(grid, words), _MOST_PARTS + 1))
    if len(parts) > _MOST_PARTS:
        return []
    tables = []
    for part in parts:
        inside = [word for word in words if _lies_in(word, part)] if part != grid else words
        table = _of_part(part, inside, em)
        if table:
            tables.append(table)
    return tables


def _of_part(grid: Grid, words: Sequence[PlacedWord], em: float) -> FoundTable | None:
    """Return the one table that a grid is, or None where it only looks like one."""
    if len(grid.ys) < 3 or len(grid.xs) < 3 or not words:
        return None
    held = _held(grid, words)
    filled = [len(members) for members in held.values() if members]
    if len(filled) < max(_FILLED, _FILLED_SHARE * len(grid.regions)):
        return None
    if max(filled) > max(_LONG, _MOST_OF_ALL * sum(filled)):
        return None
    spans = [
        span
        for region in grid.regions
        for part in _cut_across(_Span(*region[:4], held.get(region, [])), grid.ys, em)
        for span in _cut_down(part, grid.xs, em)
    ]
    spans, ys = _cut_into_lines(spans, list(grid.xs), list(grid.ys), em)
    return _table(spans, grid.xs, ys, em, ruled=True)


def of_aligned(found: Aligned, em: float, is_parted: Parted) -> FoundTable:
    """Return the table that aligned lines are."""
    groups = row_groups(found.lines, found.placed, found.columns, em, is_parted)
    spans: list[_Span] = []
    for row, group in enumerate(groups):
        cells = _merged([piece for index in group for piece in found.placed[index]])
        column = 0
        for first, last, words in cells:
            spans += [_Span(row, empty, row + 1, empty + 1, []) for empty in range(column, first)]
            spans.append(_Span(row, first, row + 1, last + 1, words))
            column = last + 1
        spans += [
            _Span(row, empty, row + 1, empty + 1, []) for empty in range(column, len(found.columns))
        ]
    words = [word for line in found.lines for word in line.words]
    xs = [
        min(word.left for word in words),
        *((left.right + right.left) / 2 for left, right in pairwise(found.columns)),
        max(word.right for word in words),
    ]
    tops = [min(found.lines[index].top for index in group) for group in groups]
    bottoms = [max(found.lines[index].bottom for index in group) for group in groups]
    ys = [
        tops[0],
        *((above + below) / 2 for above, below in zip(bottoms, tops[1:], strict=False)),
        bottoms[-1],
    ]
    return _table(spans, xs, ys, em, ruled=False)


def _merged(held: Iterable[Piece]) -> list[tuple[int, int, Words]]:
    """Return the cells of one row from its pieces: what shares a column is one cell."""
    cells: list[tuple[int, int, Words]] = []
    for piece in held:
        first, last, words = piece.first, piece.last, list(piece.run.words)
        apart = []
        for cell in cells:
            if cell[0] <= last and cell[1] >= first:
                first, last = min(first, cell[0]), max(last, cell[1])
                words = [*cell[2], *words]
            else:
                apart.append(cell)
        cells = [*apart, (first, last, words)]
    return sorted(cells, key=lambda cell: cell[0])


def _table(
    spans: Iterable[_Span], xs: Sequence[float], ys: Sequence[float], em: float, *, ruled: bool
) -> FoundTable:
    cells = tuple(
        FoundCell(
            span.row,
            span.column,
            span.row_end - span.row,
            span.column_end - span.column,
            xs[span.column],
            ys[span.row],
            xs[span.column_end],
            ys[span.row_end],
            tuple(_in_order(span.words, em)),
        )
        for span in sorted(spans, key=lambda span: span[:2])
    )
    return FoundTable(xs[0], ys[0], xs[-1], ys[-1], len(ys) - 1, len(xs) - 1, cells, ruled)


def _in_order(words: Words, em: float) -> Words:
    """Return the words of a cell line by line."""
    if len(words) < 2:
        return words
    return [word for line in text_lines(words, em) for word in line.words]


def _held(grid: Grid, words: Iterable[PlacedWord]) -> dict[Region, Words]:
    """Return the words of each cell, by where their middles lie."""
    fields = {
        (row, column): region
        for region in grid.regions
        for row in range(region.row, region.row_end)
        for column in range(region.column, region.column_end)
    }
    rows, columns = len(grid.ys) - 2, len(grid.xs) - 2
    held: dict[Region, Words] = {}
    for word in words:
        row = bisect_right(grid.ys, (word.top + word.bottom) / 2) - 1
        column = bisect_right(grid.xs, (word.left + word.right) / 2) - 1
        region = fields[min(max(row, 0), rows), min(max(column, 0), columns)]
        held.setdefault(region, []).append(word)
    return held


def _lies_in(word: PlacedWord, grid: Grid) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return grid.xs[0] <= x < grid.xs[-1] and grid.ys[0] <= y < grid.ys[-1]


def _parts(grid: Grid, words: Iterable[PlacedWord]) -> Iterator[Grid]:
    """Yield the tables that a grid is made of: tables that touch have their rules in common.

    Cells that nothing encloses part one table from another. A block of totals often hangs below a
    table, as wide as its last columns; a corner that is left out is part of its table.
    """
    open_ = [region for region in grid.regions if region.open]
    if not open_:
        yield grid
        return
    closed = {
        (row, column)
        for region in grid.regions
        if not region.open
        for row in range(region.row, region.row_end)
        for column in range(region.column, region.column_end)
    }
    written = {region for region, members in _held(grid, words).items() if members and region.open}
    while closed:
        block = _connected(closed)
        closed -= block
        top, bottom = min(block)[0], max(block)[0] + 1
        ends: dict[int, tuple[int, int]] = {}
        for row, column in block:
            left, right = ends.get(row, (column, column + 1))
            ends[row] = min(left, column), max(right, column + 1)
        extents = [ends[row] for row in range(top, bottom)]
        steps = [index for index in range(1, len(extents)) if extents[index] != extents[index - 1]]
        left, right = min(extents)[0], max(end for _, end in extents)
        stops = [0, *steps, len(extents)]
        is_one = all(below - above >= 2 for above, below in pairwise(stops)) and steps
        if not is_one and not any(
            region.row < bottom
            and region.row_end > top
            and region.column < right
            and region.column_end > left
            for region in written
        ):
            yield _part(grid, top, bottom, left, right)
            continue
        for above, below in pairwise(stops):
            yield _part(grid, top + above, top + below, *extents[above])


def _connected(fields: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the fields that touch the first one, by others or directly."""
    waiting = [min(fields)]
    found = set(waiting)
    while waiting:
        row, column = waiting.pop()
        for beside in (
            (row - 1, column),
            (row + 1, column),
            (row, column - 1),
            (row, column + 1),
        ):
            if beside in fields and beside not in found:
                found.add(beside)
                waiting.append(beside)
    return found


def _part(grid: Grid, top: int, bottom: int, left: int, right: int) -> Grid:
    """Return a part of a grid, without lines that nothing in it ends at."""
    regions = [
        Region(
            max(region.row, top),
            max(region.column, left),
            min(region.row_end, bottom),
            min(region.column_end, right),
            region.open,
        )
        for region in grid.regions
        if region.row < bottom
        and region.row_end > top
        and region.column < right
        and region.column_end > left
    ]
    rows = _numbered(stop for region in regions for stop in (region.row, region.row_end))
    columns = _numbered(stop for region in regions for stop in (region.column, region.column_end))
    return Grid(
        [grid.xs[column] for column in columns],
        [grid.ys[row] for row in rows],
        [
            Region(
                rows[region.row],
                columns[region.column],
                rows[region.row_end],
                columns[region.column_end],
                region.open,
            )
            for region in regions
        ],
    )


def _numbered(stops: Iterable[int]) -> dict[int, int]:
    """Return for each line that is left which it is then, in ascending order."""
    return {stop: number for number, stop in enumerate(sorted(set(stops)))}


def _cut_across(span: _Span, ys: Sequence[float], em: float) -> Iterator[_Span]:
    """Cut a cell where its lines of text are far apart at one of the grid's lines."""
    first, begun, bottom = 0, span.row, float("-inf")
    words = sorted(span.words, key=lambda word: (word.top + word.bottom, word.left))
    for index, word in enumerate(words):
        line = bisect_right(ys, word.top + 0.2 * em) - 1
        if index > first and begun < line < span.row_end and word.top - bottom >= _LINE_GAP * em:
            yield span._replace(row=begun, row_end=line, words=words[first:index])
            first, begun = index, line
        bottom = max(bottom, word.bottom)
    yield span._replace(row=begun, words=words[first:])


def _cut_down(span: _Span, xs: Sequence[float], em: float) -> Iterator[_Span]:
    """Cut a cell where its words leave a wide gap at one of the grid's lines.

    An edge between two cells of a scan may have faded, or touch the letters beside it.
    """
    words = sorted(span.words, key=lambda word: word.left)
    first, begun, right = 0, span.column, float("-inf")
    for index, word in enumerate(words):
        if index > first and word.left - right >= WIDEST_SPACE * em:
            line = bisect_right(xs, word.left + 0.4 * em) - 1
            if begun < line < span.column_end and xs[line] >= right - 0.2 * em:
                yield span._replace(column=begun, column_end=line, words=words[first:index])
                first, begun = index, line
        right = max(right, word.right)
    yield span._replace(column=begun, words=words[first:])


def _cut_into_lines(
    spans: list[_Span], xs: list[float], ys: list[float], em: float
) -> tuple[list[_Span], list[float]]:
    """Cut rows that hold several lines of figures: many tables draw columns and no rows."""
    if len(ys) - 1 > _FEW_ROWS:
        return spans, ys
    columns = [Column(left, right) for left, right in pairwise(xs)]
    cut: list[_Span] = []
    places: list[float] = []
    moved = {}
    for row in range(len(ys) - 1):
        moved[row] = len(places)
        places.append(ys[row])
        held = [span for span in spans if span.row <= row < span.row_end]
        parts = _row_parts(held, columns, em)
        if not parts:
            continue
        bottoms = [max(word.bottom for cell in part.values() for word in cell) for part in parts]
        tops = [min(word.top for cell in part.values() for word in cell) for part in parts]
        first = moved[row]
        places += [(above + below) / 2 for above, below in zip(bottoms, tops[1:], strict=False)]
        for index, part in enumerate(parts):
            for span in held:
                words = part.get(span.column, [])
                cut.append(span._replace(row=first + index, row_end=first + index + 1, words=words))
    places.append(ys[-1])
    moved[len(ys) - 1] = len(places) - 1
    if len(places) == len(ys):
        return spans, ys
    whole = {(span.row, span.column) for span in spans}
    for span in spans:
        if span.row_end - span.row == 1 and moved[span.row_end] - moved[span.row] > 1:
            whole.discard((span.row, span.column))
    kept = [
        span._replace(row=moved[span.row], row_end=moved[span.row_end])
        for span in spans
        if (span.row, span.column) in whole
    ]
    return kept + cut, places


def _row_parts(
    held: Sequence[_Span], columns: Sequence[Column], em: float
) -> list[dict[int, Words]]:
    """Return the words of the rows that a drawn row holds, by column; none if it is one row."""
    if any(span.row_end - span.row > 1 for span in held):
        return []
    owners = {id(word): span for span in held for word in span.words}
    if not owners:
        return []
    lines = text_lines([word for span in held for word in span.words], em)
    placed = [_pieces_in(line.words, owners) for line in lines]
    figures = Counter(
        piece.first for pieces in placed if len(pieces) > 1 for piece in pieces if piece.run.numeric
    )
    if max(figures.values(), default=0) < 2:
        return []
    groups = row_groups(lines, placed, columns, em, _never)
    if len(groups) < 2:
        return []
    return [_cells_of([piece for index in group for piece in placed[index]]) for group in groups]


def _pieces_in(words: Words, owners: dict[int, _Span]) -> list[Piece]:
    """Return the pieces of a line, one for each drawn cell that it runs through."""
    cells: dict[int, Words] = {}
    for word in words:
        cells.setdefault(owners[id(word)].column, []).append(word)
    return [
        Piece(Run(members), column, owners[id(members[0])].column_end - 1)
        for column, members in sorted(cells.items())
    ]


def _cells_of(held: Iterable[Piece]) -> dict[int, Words]:
    cells: dict[int, Words] = {}
    for piece in held:
        cells.setdefault(piece.first, []).extend(piece.run.words)
    return cells


def _never(_above: float, _below: float) -> bool:
    return False
