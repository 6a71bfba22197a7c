"""Segments and lines: which words stand beside each other on one base line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .glyphs import RIGHT_TO_LEFT, PlacedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tables import FoundTable

# Words further apart than this, in heights of their line, may belong to different columns: spaces
# of justified text stay below it, gutters of typeset columns begin at 0.9.
_WIDEST_SPACE = 0.85

# Words overlapping by this part of the smaller one's height stand on one line. Superscripts do,
# lines set solid do not.
_SAME_LINE = 0.5


class Segment:
    """Words of one line without a wide gap between them: the smallest part that is ordered.

    Or a whole ``table``, which is never taken apart.
    """

    __slots__ = ("bottom", "left", "right", "table", "top", "words")

    def __init__(self, words: list[PlacedWord]) -> None:
        self.words = words
        self.table: FoundTable | None = None
        self.left = min(word.left for word in words)
        self.top = min(word.top for word in words)
        self.right = max(word.right for word in words)
        self.bottom = max(word.bottom for word in words)

    def heights(self) -> list[float]:
        """Return the height of the line, or of a table's cells as if each had one line."""
        if self.table is None:
            return [self.bottom - self.top]
        firsts = [cell.words[0] for cell in self.table.cells if cell.words]
        return [word.bottom - word.top for word in firsts]


def whole(table: FoundTable) -> Segment:
    """Return a table as a segment that is as large as the table is drawn."""
    segment = Segment([word for cell in table.cells for word in cell.words])
    segment.table = table
    segment.left, segment.top = min(segment.left, table.left), min(segment.top, table.top)
    segment.right, segment.bottom = (
        max(segment.right, table.right),
        max(segment.bottom, table.bottom),
    )
    return segment


def segments(words: Sequence[PlacedWord]) -> list[Segment]:
    """Join words that follow each other in the stream and on the paper."""
    found: list[list[PlacedWord]] = []
    previous: PlacedWord | None = None
    for word in words:
        if previous is not None and _adjoins(previous, word):
            found[-1].append(word)
        else:
            found.append([word])
        previous = word
    return [Segment(run) for run in found]


def _adjoins(previous: PlacedWord, word: PlacedWord) -> bool:
    height = previous.bottom - previous.top
    gap = word.left - previous.right
    if gap < -height and RIGHT_TO_LEFT.search(word.text):
        gap = previous.left - word.right
    if not -0.5 * height <= gap <= _WIDEST_SPACE * height:
        return False
    return _on_one_line(previous, word)


def _on_one_line(one: PlacedWord | Segment, other: PlacedWord | Segment) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.bottom - one.top, other.bottom - other.top)
    return shared >= _SAME_LINE * smaller


def rows(parts: Sequence[Segment]) -> list[Segment]:
    """Join the segments that stand on one line, from left to right; lines from top to bottom."""
    found: list[list[Segment]] = []
    # Each row is measured at its widest segment, so that an initial letter of three lines' height
    # does not pull the three lines into one.
    cores: list[Segment] = []
    for segment in sorted(parts, key=lambda segment: segment.top + segment.bottom):
        for index in range(len(found) - 1, max(len(found) - 4, -1), -1):
            if _on_one_line(cores[index], segment):
                found[index].append(segment)
                if segment.right - segment.left > cores[index].right - cores[index].left:
                    cores[index] = segment
                break
        else:
            found.append([segment])
            cores.append(segment)
    return [Segment(_in_writing_order(row)) for row in found]


def _in_writing_order(row: list[Segment]) -> list[PlacedWord]:
    """Return the words of a row from its beginning to its end."""
    rightwards = sum(1 for segment in row if RIGHT_TO_LEFT.search(segment.words[0].text))
    if 2 * rightwards > len(row):
        row.sort(key=lambda segment: -segment.right)
    else:
        row.sort(key=lambda segment: segment.left)
    return [word for segment in row for word in segment.words]
