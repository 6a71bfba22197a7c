"""Where the columns of a table are parted: along the widest stripe that the fewest lines cross."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.view import Placed

    from .heads import HeadColumn

_WIDEST_PT = 5000
_MOST_LINES = 400
"""More lines than these tell nothing new of where columns are."""


class Stripes:
    """How many lines have ink at each point across a page, line by line."""

    def __init__(self) -> None:
        self._ink = [0] * 64
        self.lines = 0

    def add(self, words: Sequence[Placed]) -> None:
        """Count a line in; a space between two of its words is no ink."""
        if self.lines >= _MOST_LINES or not words:
            return
        self.lines += 1
        last = min(int(words[-1].right) + 2, _WIDEST_PT)
        if last > len(self._ink):
            self._ink += [0] * (last - len(self._ink))
        for word in words:
            for at in range(max(int(word.left), 0), min(int(word.right) + 1, last)):
                self._ink[at] += 1

    def parted(self, head: Sequence[HeadColumn]) -> list[float]:
        """Return where each of a head's columns, but the first, begins, in points."""
        found: list[float] = []
        for left, right in pairwise(head):
            begin = max(left.left, found[-1] if found else 0.0)
            middle = self._between(begin, right.right, left.right, right.left)
            found.append(max(middle, begin))
        return found

    def _between(self, begin: float, end: float, inner: float, outer: float) -> float:
        """Return the middle of the widest stretch with the least ink.

        Stretches that reach between the two labels, ``inner`` and ``outer``, come before others.
        """
        first, last = int(begin), max(int(end), int(begin) + 1)
        inner, outer = min(inner, outer) - 1, max(inner, outer) + 1
        ink = self._ink[first:last]
        ink += [0] * (last - first - len(ink))
        least = min(ink)
        best, run = (False, 0, first), 0
        for at, count in enumerate([*ink, least + 1], first):
            if count == least:
                run += 1
                continue
            if run:
                reaches = at - run <= outer and at >= inner
                best = max(best, (reaches, run, at - run))
            run = 0
        _, length, start = best
        return start + length / 2

    def rivers(self, least: float) -> list[float]:
        """Return the middles of all stretches that no line crosses, ``least`` points wide.

        Those before the first and behind the last ink are none. One line of thirty may cross.
        """
        most = self.lines // 30
        inked = [at for at, count in enumerate(self._ink) if count > most]
        return [
            (left + right + 1) / 2 for left, right in pairwise(inked) if right - left - 1 >= least
        ]


def column_at(parted: Sequence[float], x: float) -> int:
    """Return the column, from 0, in which a place across the page lies."""
    return bisect_right(parted, x)
