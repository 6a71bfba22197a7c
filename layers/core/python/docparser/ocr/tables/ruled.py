"""Ruled tables: from rules to edges, from edges to cells.

The way of A. Nurminen, "Algorithmic extraction of data in tables in PDF documents" (thesis,
Tampere 2013), which Tabula and pdfplumber took over: rules that continue each other are joined,
rules that meet make a grid, and cells of the grid without an edge between them are one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .found import Rule

# All lengths are in heights of a usual word.

# Rules no further apart are one; ends that miss each other by no more meet; a rule broken for no
# more goes on.
_SAME = 0.2
_SAME_ROW = 0.3
_MEET = 0.4
_BREAK = 0.5
_SHORTEST = 0.6

# An edge is there if so much of a cell's side is drawn, and somewhere so much of one.
_DRAWN = 0.55
_WHOLE = 0.8

# A side of the frame is whole if so many of the cells along it are closed there.
_FRAMED = 0.75

# No text has room in a cell so thin: it is the gap between two tables.
_THINNEST = 0.45

# More rules or crossings than any table has: a drawing, or a page made to do harm.
_MOST_RULES = 12_000
_MOST_EDGES = 1500
_MOST_CROSSINGS = 40_000


class Edge(NamedTuple):
    """A rule as a line: at ``at`` across its direction, from ``start`` to ``end`` along it."""

    at: float
    start: float
    end: float


class Region(NamedTuple):
    """A cell of a grid: its first row and column, and those behind its last.

    It is ``open`` if no edge parts it from what lies outside the grid.
    """

    row: int
    column: int
    row_end: int
    column_end: int
    open: bool


class Grid(NamedTuple):
    """Rules that meet: where its lines are, and the cells between."""

    xs: list[float]
    ys: list[float]
    regions: list[Region]


def edges(rules: Iterable[Rule], em: float) -> tuple[list[Edge], list[Edge]]:
    """Return the level and the upright edges that rules make, joined and sorted by their place."""
    across, down = [], []
    for left, top, right, bottom in rules:
        if right - left >= bottom - top:
            across.append(Edge((top + bottom) / 2, left, right))
        else:
            down.append(Edge((left + right) / 2, top, bottom))
    return _joined(across, em), _joined(down, em)


def grids(across: Sequence[Edge], down: Sequence[Edge], em: float) -> list[Grid]:
    """Return the grids that edges make, each of two cells or more."""
    found = []
    for levels, uprights in _meeting(across, down, em):
        levels = _whole(levels, _places(uprights, _THINNEST * em), em)
        ys = _places(levels, _SAME_ROW * em)
        uprights = _whole(uprights, ys, em)
        xs = _places(uprights, _THINNEST * em)
        if len(ys) < 2 or len(xs) < 2 or len(xs) + len(ys) < 5:
            continue
        if len(xs) * len(ys) > _MOST_CROSSINGS:
            continue
        found.append(Grid(xs, ys, _regions(levels, uprights, xs, ys, em)))
    return found


def _whole(parts: Sequence[Edge], stops: Sequence[float], em: float) -> list[Edge]:
    """Return the edges that close a side of a cell; others are underlines and what a scan adds."""
    kept = []
    for edge in parts:
        first = max(bisect_right(stops, edge.start) - 1, 0)
        for index in range(first, len(stops) - 1):
            begin, end = stops[index], stops[index + 1]
            if begin >= edge.end:
                break
            if min(edge.end, end) - max(edge.start, begin) >= _WHOLE * (end - begin) - _SAME * em:
                kept.append(edge)
                break
    return kept


def _joined(parts: list[Edge], em: float) -> list[Edge]:
    """Join edges that lie on one line and continue or overlap each other."""
    parts = [edge for edge in parts if edge.end - edge.start >= 0.2 * em]
    if len(parts) > _MOST_RULES:
        parts = sorted(parts, key=_length, reverse=True)[:_MOST_RULES]
    parts.sort()
    joined: list[Edge] = []
    index = 0
    while index < len(parts):
        last = index
        while last + 1 < len(parts) and parts[last + 1].at - parts[index].at <= _SAME * em:
            last += 1
        level = sorted(parts[index : last + 1], key=lambda edge: edge.start)
        weight, at, start, end = 0.0, 0.0, level[0].start, level[0].end
        for edge in level:
            if edge.start > end + _BREAK * em:
                joined.append(Edge(at / weight, start, end))
                weight, at, start, end = 0.0, 0.0, edge.start, edge.end
            length = max(edge.end - edge.start, 1e-6)
            weight, at = weight + length, at + length * edge.at
            end = max(end, edge.end)
        joined.append(Edge(at / weight, start, end))
        index = last + 1
    kept = [edge for edge in joined if edge.end - edge.start >= _SHORTEST * em]
    return sorted(sorted(kept, key=_length, reverse=True)[:_MOST_EDGES])


def _meeting(
    across: Sequence[Edge], down: Sequence[Edge], em: float
) -> list[tuple[list[Edge], list[Edge]]]:
    """Group level and upright edges that meet, directly or by others."""
    joined = _Joined(len(across) + len(down))
    slack = _MEET * em
    places = [edge.at for edge in across]
    crossings = 0
    for number, upright in enumerate(down, len(across)):
        first = bisect_left(places, upright.start - slack)
        for index in range(first, bisect_right(places, upright.end + slack)):
            crossings += 1
            level = across[index]
            if level.start - slack <= upright.at <= level.end + slack:
                joined.join(number, index)
        if crossings > 20 * _MOST_CROSSINGS:
            return []
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for index, edge in enumerate((*across, *down)):
        group = groups.setdefault(joined.root(index), ([], []))
        group[index >= len(across)].append(edge)
    return [group for group in groups.values() if group[0] and group[1]]


def _places(parts: Sequence[Edge], apart: float) -> list[float]:
    """Return where the lines of a grid are: of edges so little apart, where the longest is."""
    places: list[float] = []
    members: list[Edge] = []
    for edge in sorted(parts):
        if members and edge.at - members[0].at > apart:
            places.append(max(members, key=_length).at)
            members = []
        members.append(edge)
    if members:
        places.append(max(members, key=_length).at)
    return places


def _length(edge: Edge) -> float:
    return edge.end - edge.start


def _regions(
    levels: Sequence[Edge],
    uprights: Sequence[Edge],
    xs: Sequence[float],
    ys: Sequence[float],
    em: float,
) -> list[Region]:
    """Return the cells of a grid: its fields, joined where no edge is drawn between them."""
    rows, columns = len(ys) - 1, len(xs) - 1
    floors = _drawn(levels, ys, xs, em)
    walls = _drawn(uprights, xs, ys, em)
    outside = rows * columns
    joined = _Joined(outside + 1)
    for field, (row, column) in enumerate(product(range(rows), range(columns))):
        if column and not walls[column][row]:
            joined.join(field, field - 1)
        if row and not floors[row][column]:
            joined.join(field, field - columns)
        is_gap = ys[row + 1] - ys[row] < _THINNEST * em
        if is_gap and floors[row][column] and floors[row + 1][column]:
            joined.join(field, outside)
    for side, begin, step in (
        (walls[0], 0, columns),
        (walls[-1], columns - 1, columns),
        (floors[0], 0, 1),
        (floors[-1], (rows - 1) * columns, 1),
    ):
        # In a scan a part of the frame may have faded.
        if sum(side) < _FRAMED * len(side):
            for index, is_closed in enumerate(side):
                if not is_closed:
                    joined.join(begin + index * step, outside)
    return _shapes(joined, rows, columns, outside)


class _Joined:
    """Things that are one if they are joined, by others or directly (union-find)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, index: int) -> int:
        """Return what stands for all that is joined with a thing."""
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Make two things one."""
        self._parents[self.root(one)] = self.root(other)


def _shapes(joined: _Joined, rows: int, columns: int, outside: int) -> list[Region]:
    """Return the cells that joined fields make."""
    fields: dict[int, list[tuple[int, int]]] = {}
    for field, place in enumerate(product(range(rows), range(columns))):
        fields.setdefault(joined.root(field), []).append(place)
    regions = []
    for name, members in fields.items():
        is_open = name == joined.root(outside)
        top, bottom = members[0][0], members[-1][0] + 1
        left = min(column for _, column in members)
        right = max(column for _, column in members) + 1
        if not is_open and (bottom - top) * (right - left) == len(members):
            regions.append(Region(top, left, bottom, right, open=False))
            continue
        regions.extend(_strips(members, is_open=is_open))
    return sorted(regions)


def _strips(members: list[tuple[int, int]], *, is_open: bool) -> list[Region]:
    """Cut what is no rectangle into strips, each one row high."""
    strips: list[Region] = []
    for row, column in members:
        last = strips[-1] if strips else None
        if last and last.row == row and last.column_end == column:
            strips[-1] = last._replace(column_end=column + 1)
        else:
            strips.append(Region(row, column, row + 1, column + 1, is_open))
    return strips


def _drawn(
    parts: Sequence[Edge], places: Sequence[float], stops: Sequence[float], em: float
) -> list[list[bool]]:
    """Tell for each line of a grid which of its sections, from stop to stop, are drawn."""
    lengths = [[0.0] * (len(stops) - 1) for _ in places]
    for edge in parts:
        nearest = min(range(len(places)), key=lambda index: abs(places[index] - edge.at))
        first = max(bisect_right(stops, edge.start) - 1, 0)
        for index in range(first, len(stops) - 1):
            if stops[index] >= edge.end:
                break
            shared = min(edge.end, stops[index + 1]) - max(edge.start, stops[index])
            lengths[nearest][index] += max(shared, 0.0)
    return [
        [
            length >= _DRAWN * (stops[index + 1] - stops[index]) - 0.1 * em
            for index, length in enumerate(line)
        ]
        for line in lengths
    ]
