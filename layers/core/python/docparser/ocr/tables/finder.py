"""Tables on a page, from where its words stand and which rules are drawn."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from . import cells
from .aligned import aligned
from .ruled import edges, grids
from .runs import text_lines, usual_height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.ocr.glyphs import PlacedWord

    from .aligned import Aligned
    from .found import FoundTable, Rule
    from .ruled import Edge, Grid

# A page with more words is not looked at: no paper has room for them.
_MOST_WORDS = 20_000

# A rule parts two rows if it runs along so much of a table's width.
_PARTING = 0.5


def find(words: Sequence[PlacedWord], rules: Sequence[Rule]) -> list[FoundTable]:
    """Return the tables of a page, from top to bottom.

    Tables with a drawn grid are made from their rules, others from figures that stand in columns;
    level rules then tell rows apart. What is neither is left alone, as a text torn into cells is
    worse than a table read line by line.

    Parameters
    ----------
    words
        The words on the straightened page, in any order and any unit of length. Only upright
        ones (``angle`` 0) are put into cells.
    rules
        The rules drawn on it, in the same unit.

    Returns
    -------
    list of FoundTable
        Tables do not overlap. A word is in one cell at most, and it is the very object given.
    """
    upright = [word for word in words if word.angle == 0]
    if not upright or len(upright) > _MOST_WORDS:
        return []
    em = usual_height(upright)
    across, down = edges(rules, em)
    found = _drawn(upright, grids(across, down, em), em)
    taken = {id(word) for table in found for cell in table.cells for word in cell.words}
    rest = [word for word in upright if id(word) not in taken]
    for table in aligned(text_lines(rest, em), across, em):
        found.append(_of_lines(table, across, em))
    return sorted(found, key=lambda table: (table.top, table.left))


def _drawn(words: Sequence[PlacedWord], drawn: Sequence[Grid], em: float) -> list[FoundTable]:
    """Return the tables of drawn grids, the larger before those that lie in them."""
    waiting = sorted(words, key=lambda word: word.top + word.bottom)
    middles = [(word.top + word.bottom) / 2 for word in waiting]
    taken: set[int] = set()
    found: list[FoundTable] = []
    for grid in sorted(drawn, key=_area, reverse=True):
        first, last = bisect_left(middles, grid.ys[0]), bisect_right(middles, grid.ys[-1])
        inside = [
            word
            for word in waiting[first:last]
            if grid.xs[0] <= (word.left + word.right) / 2 <= grid.xs[-1] and id(word) not in taken
        ]
        for table in cells.of_grid(grid, inside, em):
            found.append(table)
            taken |= {id(word) for cell in table.cells for word in cell.words}
    return found


def _area(grid: Grid) -> float:
    return (grid.xs[-1] - grid.xs[0]) * (grid.ys[-1] - grid.ys[0])


def _of_lines(table: Aligned, across: Sequence[Edge], em: float) -> FoundTable:
    left = min(line.words[0].left for line in table.lines)
    right = max(line.runs[-1].right for line in table.lines)
    parting = [
        edge.at
        for edge in across
        if min(edge.end, right) - max(edge.start, left) >= _PARTING * (right - left)
    ]

    def is_parted(above: float, below: float) -> bool:
        return bisect_left(parting, above) < bisect_right(parting, below)

    return cells.of_aligned(table, em, is_parted)
