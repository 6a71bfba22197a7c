"""Tables without a drawn grid: lines whose gaps stand below each other.

Rivers of white space are followed from line to line, as in T. Kieninger and A. Dengel, "The
T-Recs table recognition and analysis system", DAS 1998. Columns of an article, blocks of an
address and labels with their values have such rivers too: what makes a table is figures that are
aligned in columns, several lines of them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .columns import columns_of, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .columns import Column, Piece
    from .ruled import Edge
    from .runs import Line

# All lengths are in heights of a usual word.

# Lines further apart are no lines of one table, unless a rule lies between them.
_TALLEST_GAP = 2.2
_TALLEST_GAP_RULED = 3.5

# So many lines in a row may have no columns: a cell that wraps, a heading within the table.
_UNCOLUMNED = 3

_RIVER = 0.35

# Rows with a figure behind another cell, at least; fewer columns need more.
_ROWS = {2: 4, 3: 3}
_ROWS_WIDE = 2

# Share of a column's pieces that begin, end or are centred at one place.
_ALIGNED = 0.7
_OFF = 0.6

# A column of prose: pieces of so many words that fill so much of its width.
_PROSE_WORDS = 5.0
_PROSE_FILL = 0.7
_PROSE_LINES = 4


class Aligned(NamedTuple):
    """Lines that make a table, the columns that they stand in, and their pieces."""

    lines: list[Line]
    columns: list[Column]
    placed: list[list[Piece]]


def aligned(lines: Sequence[Line], across: Sequence[Edge], em: float) -> list[Aligned]:
    """Return the tables among lines, from top to bottom.

    Parameters
    ----------
    lines
        Lines from top to bottom.
    across
        The level rules of the page.
    em
        The height of a usual word.
    """
    found = []
    for region in _regions(lines, across, em):
        table = _table(region, across, em)
        if table:
            found.append(table)
    return found


def _is_tabular(line: Line) -> bool:
    """Tell whether a line may be a row: three runs, or two of which one behind is a figure."""
    count = len(line.runs)
    return count > 2 or (count == 2 and line.runs[1].numeric)


def _regions(lines: Sequence[Line], across: Sequence[Edge], em: float) -> Iterator[list[Line]]:
    """Yield lines that follow each other and share a river, from a tabular one to another."""
    region: list[Line] = []
    rivers: list[tuple[float, float]] = []
    waiting: list[Line] = []
    for line in lines:
        last = waiting[-1] if waiting else region[-1] if region else None
        if last and line.top - last.bottom > _gap(last, line, across) * em:
            if len(region) > 1:
                yield region
            region, rivers, waiting = [], [], []
        if not _is_tabular(line):
            if region:
                waiting.append(line)
            if len(waiting) > _UNCOLUMNED:
                if len(region) > 1:
                    yield region
                region, rivers, waiting = [], [], []
            continue
        if not region:
            region, rivers = [line], _gaps(line)
            continue
        common = _shared(rivers, line, em)
        own = _gaps(line)
        meets = any(
            min(right, end) - max(left, start) >= _RIVER * em
            for left, right in common
            for start, end in own
        )
        if meets:
            region += [*waiting, line]
            rivers = common if len(line.runs) > 2 or len(region[0].runs) == 2 else rivers
            if len(region) < 4 and len(own) > len(rivers):
                rivers = own
        else:
            if len(region) > 1:
                yield region
            region, rivers = [line], own
        waiting = []
    if len(region) > 1:
        yield region


def _gap(above: Line, below: Line, across: Sequence[Edge]) -> float:
    ruled = any(
        above.top < edge.at < below.bottom
        and edge.start < below.words[-1].right
        and edge.end > below.words[0].left
        for edge in across
    )
    return _TALLEST_GAP_RULED if ruled else _TALLEST_GAP


def _gaps(line: Line) -> list[tuple[float, float]]:
    return [(left.right, right.left) for left, right in pairwise(line.runs)]


def _shared(
    rivers: Sequence[tuple[float, float]], line: Line, em: float
) -> list[tuple[float, float]]:
    """Return what of the rivers the words of a line leave free."""
    free = [(float("-inf"), line.runs[0].left), *_gaps(line), (line.runs[-1].right, float("inf"))]
    return [
        (max(left, start), min(right, end))
        for left, right in rivers
        for start, end in free
        if min(right, end) - max(left, start) >= _RIVER * em
    ]


def _table(region: list[Line], across: Sequence[Edge], em: float) -> Aligned | None:
    """Return the table that a region is, or None where it only looks like one."""
    for _ in range(3):
        if len(region) < 2:
            return None
        columns = columns_of(region, em)
        if len(columns) < 2:
            return None
        placed = [pieces(line, columns, em) for line in region]
        trimmed = _trimmed(region, placed, len(columns))
        if len(trimmed) == len(region):
            break
        region = trimmed
    else:
        return None
    if not _has_figures(placed, len(columns)) or not _is_straight(placed, columns, em):
        return None
    if any(_is_prose(placed, index, column) for index, column in enumerate(columns)):
        return None
    return Aligned(region, columns, placed)


def _trimmed(region: list[Line], placed: Sequence[Sequence[Piece]], columns: int) -> list[Line]:
    """Return a region without the lines at its ends that hold too few of its columns."""
    least = 2 if columns <= 3 else 3
    first, last = 0, len(region)
    while first < last and not _belongs(placed[first], least, columns):
        first += 1
    while last > first and len(placed[last - 1]) < 2:
        last -= 1
    return region[first:last]


def _belongs(held: Sequence[Piece], least: int, columns: int) -> bool:
    """Tell whether a table may begin with a line: with most columns, or with spanning headings."""
    if len(held) >= least:
        return True
    spans = any(piece.last > piece.first for piece in held)
    return len(held) >= 2 and spans and not any(piece.run.numeric for piece in held)


def _has_figures(placed: Sequence[Sequence[Piece]], columns: int) -> bool:
    """Tell whether enough lines have a figure in a column that holds mostly figures."""
    counts = [0] * columns
    figures = [0] * columns
    for held in placed:
        for piece in held:
            if piece.first == piece.last:
                counts[piece.first] += 1
                figures[piece.first] += piece.run.numeric
    numeric = {
        index
        for index in range(columns)
        if figures[index] >= 2 and 2 * figures[index] >= counts[index]
    }
    rows = sum(
        len(held) >= 2 and any(piece.first in numeric and piece.run.numeric for piece in held[1:])
        for held in placed
    )
    if columns == 2 and not all(
        any(mark in word.text for mark in ".,%")
        for held in placed
        if len(held) == 2 and held[1].run.numeric
        for word in held[1].run.words[:1]
    ):
        return False
    return rows >= _ROWS.get(columns, _ROWS_WIDE)


def _is_straight(placed: Sequence[Sequence[Piece]], columns: Sequence[Column], em: float) -> bool:
    """Tell whether what stands in most columns begins, ends or is centred at one place."""
    straight = crooked = 0
    for index in range(len(columns)):
        held = [
            piece.run
            for row in placed
            for piece in row
            if piece.first == index and piece.last == index
        ]
        if len(held) < 3:
            continue
        share = max(
            _agreeing([run.left for run in held], em),
            _agreeing([run.right for run in held], em),
            _agreeing([(run.left + run.right) / 2 for run in held], em),
        )
        if share >= _ALIGNED:
            straight += 1
        else:
            crooked += 1
    return straight >= 2 * crooked


def _agreeing(places: list[float], em: float) -> float:
    """Return the largest share of places that lie within a little of each other."""
    places.sort()
    best = first = 0
    for last, place in enumerate(places):
        while place - places[first] > _OFF * em:
            first += 1
        best = max(best, last - first + 1)
    return best / len(places)


def _is_prose(placed: Sequence[Sequence[Piece]], index: int, column: Column) -> bool:
    """Tell whether a column is one of an article: line after line is full of words."""
    runs = [piece.run for held in placed for piece in held if piece.first == piece.last == index]
    if len(runs) < _PROSE_LINES or len(runs) < 0.8 * len(placed):
        return False
    words = sum(len(run.words) for run in runs)
    wide = column.right - column.left
    full = sum(run.right - run.left >= _PROSE_FILL * wide for run in runs)
    return words >= _PROSE_WORDS * len(runs) and full >= _PROSE_FILL * len(runs)
