"""Columns and rows of lines that stand in a table: where the gaps are, and what is one row.

T. Kieninger, "Table structure recognition based on robust block segmentation", SPIE Document
Recognition V, 1998: a column is what no gap runs through, from line to line; a line that another
cell's text flows into is no row of its own.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from .runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .runs import Line

# All lengths are in heights of a usual word.

# The narrowest gap between columns, once several lines agree on it.
_RIVER = 0.35

# A spanning heading or an overlong cell crosses a river: it is one if so many lines, and so large
# a share of them, leave the gap.
_ENOUGH_GAPS = 3
_AGREEING = 0.75

# Lines with fewer runs than this share of what is usual do not tell where columns are.
_TELLING = 0.6

# Lines whose base lines are further apart are never one row; a line as near as this share of the
# step to the next one belongs to the line above.
_WIDEST_STEP = 1.9
_NEAR = 0.8


class Column(NamedTuple):
    """What stands in a column reaches from ``left`` to ``right``."""

    left: float
    right: float


class Piece(NamedTuple):
    """A run, or the part of it that stands in one column; the columns from first to last."""

    run: Run
    first: int
    last: int


def columns_of(lines: Sequence[Line], em: float) -> list[Column]:
    """Return the columns that lines stand in, from left to right."""
    counts = sorted(len(line.runs) for line in lines)
    usual = counts[(3 * len(counts)) // 4]
    telling = [line for line in lines if len(line.runs) >= max(2.0, _TELLING * usual)]
    events = sorted(
        [(run.left, 1) for line in telling for run in line.runs]
        + [(run.right, -1) for line in telling for run in line.runs]
    )
    found: list[Column] = []
    depth, begun = 0, 0.0
    for place, step in events:
        before, depth = depth, depth + step
        if depth == step == 1:
            begun = place
        elif depth == 0 < before:
            if found and begun - found[-1].right < _RIVER * em:
                found[-1] = Column(found[-1].left, place)
            else:
                found.append(Column(begun, place))
    parts = [part for column in found for part in _split(column, telling, em)]
    return _supported(parts, lines)


def _split(column: Column, lines: Sequence[Line], em: float) -> list[Column]:
    """Cut a column in two where nearly all lines leave a gap that one or two others cross."""
    held = [
        [run for run in line.runs if run.left < column.right and run.right > column.left]
        for line in lines
    ]
    held = [runs for runs in held if runs]
    gaps = sorted((left.right, right.left) for runs in held for left, right in pairwise(runs))
    if len(gaps) < _ENOUGH_GAPS:
        return [column]
    for left, right in gaps[len(gaps) // 2 :]:
        agreeing = [
            (max(left, begin), min(right, end))
            for begin, end in gaps
            if min(right, end) - max(left, begin) >= _RIVER * em
        ]
        begin, end = max(gap[0] for gap in agreeing), min(gap[1] for gap in agreeing)
        if len(agreeing) >= _AGREEING * len(held) and end - begin >= _RIVER * em:
            return [
                *_split(Column(column.left, begin), lines, em),
                *_split(Column(end, column.right), lines, em),
            ]
    return [column]


def _supported(found: list[Column], lines: Sequence[Line]) -> list[Column]:
    """Drop columns in which next to nothing stands: they join the nearest other."""
    while len(found) > 1:
        support = [
            sum(
                any(run.left < column.right and run.right > column.left for run in line.runs)
                for line in lines
            )
            for column in found
        ]
        weakest = min(range(len(found)), key=lambda index: support[index])
        if support[weakest] >= min(2, len(lines)):
            break
        gone = found.pop(weakest)
        near = min(
            range(len(found)),
            key=lambda index: max(found[index].left - gone.right, gone.left - found[index].right),
        )
        found[near] = Column(min(found[near].left, gone.left), max(found[near].right, gone.right))
    return found


def pieces(line: Line, columns: Sequence[Column], em: float) -> list[Piece]:
    """Return which columns the runs of a line stand in, cut where the line leaves a gap free."""
    middles = [(left.right + right.left) / 2 for left, right in pairwise(columns)]
    found: list[Piece] = []
    for run in line.runs:
        parts: list[list[int]] = []
        words: list[list[int]] = []
        for index, word in enumerate(run.words):
            inset = min(0.25 * em, 0.3 * (word.right - word.left))
            first = sum(middle <= word.left + inset for middle in middles)
            last = max(sum(middle < word.right - inset for middle in middles), first)
            if parts and first <= parts[-1][1]:
                parts[-1][1] = max(parts[-1][1], last)
                words[-1].append(index)
            elif parts and not _is_free(run, index, columns, parts[-1][1]):
                parts[-1][1] = last
                words[-1].append(index)
            else:
                parts.append([first, last])
                words.append([index])
        for (first, last), members in zip(parts, words, strict=True):
            found.append(Piece(Run([run.words[index] for index in members]), first, last))
    return found


def _is_free(run: Run, index: int, columns: Sequence[Column], column: int) -> bool:
    """Tell whether the gap before a word of a run is the one behind a column, not a mere space."""
    gap = run.words[index].left - run.words[index - 1].right
    river = columns[column + 1].left - columns[column].right if column + 1 < len(columns) else 0.0
    spaces = [
        max(right.left - left.right, 0.0)
        for place, (left, right) in enumerate(pairwise(run.words), 1)
        if place != index
    ]
    return gap >= min(river, 1.6 * median(spaces)) if spaces else gap >= 0.5 * river


def row_groups(
    lines: Sequence[Line],
    placed: Sequence[Sequence[Piece]],
    columns: Sequence[Column],
    em: float,
    is_parted: Callable[[float, float], bool],
) -> list[list[int]]:
    """Return which lines make a row each, by their indices.

    Parameters
    ----------
    lines, placed
        The lines and the pieces that they hold.
    columns
        The columns.
    em
        The height of a usual word.
    is_parted
        Tells whether a rule runs between two heights of the page.
    """
    steps = [low.bottom - high.bottom for high, low in pairwise(lines)]
    groups: list[list[int]] = []
    figures = [any(piece.run.numeric for piece in held) for held in placed]
    body = figures.index(True) if True in figures else 0
    for index, line in enumerate(lines):
        if (
            groups
            and steps[index - 1] <= _WIDEST_STEP * em
            and not is_parted(lines[index - 1].bottom - 0.3 * em, line.top + 0.3 * em)
            and (
                _completes(placed, groups[-1], index, body)
                or _flows(placed, groups[-1], index, columns, steps, em)
            )
        ):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _completes(placed: Sequence[Sequence[Piece]], group: list[int], index: int, body: int) -> bool:
    """Tell whether a line is the lower part of headings, whose upper part only some have."""
    if index >= body or any(piece.run.numeric for piece in placed[index]):
        return False
    above = {(piece.first, piece.last) for row in group for piece in placed[row]}
    held = {(piece.first, piece.last) for piece in placed[index]}
    if any(first != last for first, last in above | held):
        return False
    return above <= held or held <= above


def _flows(
    placed: Sequence[Sequence[Piece]],
    group: list[int],
    index: int,
    columns: Sequence[Column],
    steps: Sequence[float],
    em: float,
) -> bool:
    """Tell whether a line goes on with the text of the cells above it."""
    held = placed[index]
    above = {piece.first: piece.run for row in group for piece in placed[row]}
    if not all(piece.first in above and not piece.run.numeric for piece in held):
        return False
    if all(above[piece.first].numeric for piece in held):
        return False
    step = steps[index - 1]
    if held[0].first > 0 and 0 in above:
        return True
    if index < len(steps) and step <= _NEAR * steps[index]:
        return True
    if len(held) >= len(above):
        return False
    # A word that had fitted on the line above was not put there: this is another row.
    return all(
        above[piece.first].right + 0.25 * em + _width(piece.run) > columns[piece.last].right
        for piece in held
    )


def _width(run: Run) -> float:
    """Return the width of a run's first word."""
    return run.words[0].right - run.words[0].left
