"""The lines of a receipt: what stands beside each other on one strip of paper.

A picture may show two receipts side by side. Then each row of the page is a line of both, and the
page is cut where no word stands and where both sides have amounts and a total of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from docparser.extract.values.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docparser.extract.view import PageView, Placed, Proof, Segment

# Lines of one page that are looked at; a till roll photographed whole has some three hundred.
_MOST_LINES = 12_000

# No line of a receipt has more characters, nor have two of them side by side; what goes on behind
# them is not looked at, since what reads a line may take the square of its length.
_MOST_CHARACTERS = 240

# The gutter between two receipts is at least this share of the page's width.
_GUTTER = 0.02

# So many gutters are tried, the widest first: for each all lines are read.
_MOST_GUTTERS = 8

# Receipts side by side have at least so many lines each.
_LEAST_LINES = 6


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a receipt, from its left to its right; positions are in points.

    ``number`` counts the lines of the page from 0, ``blank`` is the empty space above it.
    """

    view: PageView
    number: int
    segments: tuple[Segment, ...]
    blank: float = 0.0

    @cached_property
    def words(self) -> tuple[Placed, ...]:
        """The words."""
        return tuple(word for segment in self.segments for word in segment.words)

    @cached_property
    def text(self) -> str:
        """The words, one space between them, two where the line has a wide gap."""
        return "  ".join(segment.text for segment in self.segments)

    @cached_property
    def plain(self) -> str:
        """The text with the digits and dashes of ASCII, of the same length."""
        return plain(self.text)

    @cached_property
    def height(self) -> float:
        """The height of its tallest word, in points."""
        return max(word.bottom - word.top for word in self.words)

    @cached_property
    def left(self) -> float:
        """The left side, in points."""
        return min(word.left for word in self.words)

    @cached_property
    def right(self) -> float:
        """The right side, in points."""
        return max(word.right for word in self.words)

    @cached_property
    def certainty(self) -> float:
        """The mean confidence of its words, each as often as it has characters; 0..1."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.word.confidence * len(word.text) for word in self.words) / max(letters, 1)

    def covering(self, start: int, end: int) -> tuple[Placed, ...]:
        """Return the words that have a part of ``text[start:end]``; at least one."""
        at, found = 0, []
        for segment in self.segments:
            for word in segment.words:
                if at < end and start < at + len(word.text):
                    found.append(word)
                at += len(word.text) + 1
            at += 1
        return tuple(found or self.words[:1])

    def part(self, start: int, end: int) -> Line:
        """Return the line with the words alone that have a part of ``text[start:end]``."""
        kept = set(map(id, self.covering(start, end)))
        segments = (
            replace(segment, words=tuple(word for word in segment.words if id(word) in kept))
            for segment in self.segments
        )
        return replace(self, segments=tuple(segment for segment in segments if segment.words))

    def proof(self, start: int = 0, end: int | None = None) -> Proof:
        """Return where ``text[start:end]`` stands."""
        return self.view.proof(self.covering(start, len(self.text) if end is None else end))


def strips(view: PageView, whole: Callable[[Sequence[Line]], bool]) -> list[list[Line]]:
    """Return the lines of each receipt on a page, from left to right.

    Parameters
    ----------
    view
        The page.
    whole
        Tells whether lines are a receipt of their own: whether they have a total.
    """
    rows = view.rows[:_MOST_LINES]
    together = _lines(view, rows)
    if len(together) < _LEAST_LINES:
        return [together]
    for left, right in _gutters(rows, view.page.width_pt)[:_MOST_GUTTERS]:
        middle = (left + right) / 2
        sides = [
            _lines(view, [[s for s in row if (s.right < middle) is first] for row in rows])
            for first in (True, False)
        ]
        if all(len(side) >= _LEAST_LINES and whole(side) for side in sides):
            return sides
    return [together]


def _lines(view: PageView, rows: Sequence[Sequence[Segment]]) -> list[Line]:
    lines: list[Line] = []
    bottom: float | None = None
    for row in map(_clipped, rows):
        if not row:
            continue
        top = min(segment.top for segment in row)
        lines.append(Line(view, len(lines), tuple(row), 0.0 if bottom is None else top - bottom))
        bottom = max(segment.bottom for segment in row)
    return lines


def _clipped(row: Sequence[Segment]) -> Sequence[Segment]:
    """Return a row as far as a line of a receipt can go."""
    kept: list[Segment] = []
    length = 0
    for segment in row:
        words: list[Placed] = []
        for word in segment.words:
            length += len(word.text) + 1
            if length > _MOST_CHARACTERS:
                break
            words.append(word)
        if len(words) == len(segment.words):
            kept.append(segment)
            continue
        return [*kept, replace(segment, words=tuple(words))] if words else kept
    return kept


def _gutters(rows: Sequence[Sequence[Segment]], width: float) -> list[tuple[float, float]]:
    """Return where no word stands from the top to the bottom, the widest place first."""
    spans = sorted((s.left, s.right) for row in rows for s in row)
    found = []
    reached = spans[0][1] if spans else 0.0
    for left, right in spans:
        if left - reached >= _GUTTER * width:
            found.append((reached, left))
        reached = max(reached, right)
    return sorted(found, key=lambda gutter: gutter[0] - gutter[1])
