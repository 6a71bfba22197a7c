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

_HEADING_LINES = 4

_RIVER = 0.35

# Rows with a figure behind another cell, at least: of three columns and more, of two.
_ROWS = 3
_ROWS_NARROW = 4
_COLUMNS_WIDE = 4

# The share of figures, its heading left out, in a column of figures.
_FIGURES = 0.6

# No paper is wide enough for more.
_MOST_COLUMNS = 60

_LEADER = "...."

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
        table = _table(region, em)
        if table:
            found.append(table)
    return found


def _is_tabular(line: Line) -> bool:
    """Tell whether a line may be a row: three runs, or two of which one behind is a figure."""
    count = len(line.runs)
    return 2 < count <= _MOST_COLUMNS or (count == 2 and line.runs[1].numeric)


class _Region:
    """Lines that follow each other and share a river, from a tabular one to another."""

    def __init__(self, em: float) -> None:
        self._em = em
        self._rivers: list[tuple[float, float]] = []
        self._waiting: list[Line] = []
        self.lines: list[Line] = []

    @property
    def last(self) -> Line | None:
        """The line above the next one."""
        lines = self._waiting or self.lines
        return lines[-1] if lines else None

    def takes(self, line: Line) -> bool:
        """Take a line in, if it goes on with the table; one without columns waits for the next."""
        if not _is_tabular(line):
            if self.lines:
                self._waiting.append(line)
            return len(self._waiting) <= _UNCOLUMNED
        own = _gaps(line)
        if self.lines:
            common = _shared(self._rivers, line, self._em)
            if not any(
                min(right, end) - max(left, start) >= _RIVER * self._em
                for left, right in common
                for start, end in own
            ):
                return False
            # The first lines may be headings that span columns; the figures tell more.
            is_early = len(self.lines) < _HEADING_LINES and len(own) > len(common)
            if is_early:
                self._rivers = own
            elif len(line.runs) > 2 or len(self.lines[0].runs) == 2:
                self._rivers = common
            self.lines += self._waiting
        else:
            self._rivers = own
        self._waiting = []
        self.lines.append(line)
        return True


def _regions(lines: Sequence[Line], across: Sequence[Edge], em: float) -> Iterator[list[Line]]:
    """Yield lines that may be a table, those of each from top to bottom."""
    region = _Region(em)
    for line in lines:
        last = region.last
        is_far = last is not None and line.top - last.bottom > _gap(last, line, across) * em
        if is_far or not region.takes(line):
            if len(region.lines) > 1:
                yield region.lines
            region = _Region(em)
            if _is_tabular(line):
                region.takes(line)
    if len(region.lines) > 1:
        yield region.lines


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


def _table(region: list[Line], em: float) -> Aligned | None:
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
    if _is_index(placed) or any(
        _is_prose(placed, index, column) for index, column in enumerate(columns)
    ):
        return None
    return Aligned(region, columns, placed)


def _trimmed(region: list[Line], placed: Sequence[Sequence[Piece]], columns: int) -> list[Line]:
    """Return a region without the lines at its ends that hold too few of its columns."""
    least = 2 if columns <= 3 else 3
    first, last = 0, len(region)
    while first < last and not _belongs(placed[first], least):
        first += 1
    while last > first and len(placed[last - 1]) < 2:
        last -= 1
    return region[first:last]


def _belongs(held: Sequence[Piece], least: int) -> bool:
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
        if figures[index] >= 2 and figures[index] >= _FIGURES * (counts[index] - 1)
    }
    rows = [
        held
        for held in placed
        if any(piece.first in numeric and piece.run.numeric for piece in held[1:])
    ]
    # Two rows are enough below headings for every column.
    is_headed = len(rows) > 1 and columns >= _COLUMNS_WIDE and _is_heading(placed[0], columns)
    if len(rows) < (_ROWS_NARROW if columns == 2 else _ROWS) and not is_headed:
        return False
    if columns == 2:
        return all(any(mark in held[-1].run.words[0].text for mark in ".,%") for held in rows)
    # An address beside a list of dates and numbers has one column of figures, and no headings.
    return len(numeric) > 1 or _is_heading(placed[0], columns)


def _is_heading(held: Sequence[Piece], columns: int) -> bool:
    """Tell whether a line names every column."""
    return len(held) == columns and not any(piece.run.numeric for piece in held)


def _is_index(placed: Sequence[Sequence[Piece]]) -> bool:
    """Tell whether dots lead to the figures: a table of contents, which reads as lines."""
    led = sum(
        any(_LEADER in word.text for piece in held for word in piece.run.words) for held in placed
    )
    return 2 * led >= len(placed)


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
