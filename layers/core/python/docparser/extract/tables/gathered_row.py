"""Printed lines of a table, cut into its cells, and the rows that they are gathered to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.model import box

from .rows import PrintedCell, PrintedRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.view import PageView, Placed

Box = tuple[float, float, float, float]


def text_of(words: Sequence[Placed]) -> str:
    """Return words with one space between them."""
    return " ".join(word.text for word in words)


class Line(NamedTuple):
    """A printed line as the table's cells."""

    words: dict[int, list[Placed]]
    texts: dict[int, str]
    figures: frozenset[int]
    leads: bool


class GatheredRow:
    """A row whose lines are still coming."""

    def __init__(self, view: PageView, columns: int, prose: int | None) -> None:
        self.page = view.number
        self._prose = prose
        self.filled: frozenset[int] = frozenset()
        self.lines = 0
        self._across, self._down = view.page.width_pt, view.page.height_pt
        self._texts = [""] * columns
        self._boxes: list[Box | None] = [None] * columns

    def add(self, page: int, line: Line) -> None:
        """Add a line; what stands on another page than the first has no place."""
        self.lines += 1
        for column, text in line.texts.items():
            words = line.words[column]
            if column in self.filled and self._prose is not None:
                # What stands under a figure belongs to the description.
                column = self._prose
            before = self._texts[column]
            self._texts[column] = f"{before} {text}" if before else text
            if page == self.page:
                own = _box(words)
                other = self._boxes[column]
                self._boxes[column] = own if other is None else _both(own, other)
        self.filled |= line.figures

    def lacks(self, column: int | None) -> bool:
        """Whether a column is still empty."""
        return column is not None and not self._texts[column]

    def printed(self) -> PrintedRow:
        """Return the row, all its lines together."""
        cells = [
            PrintedCell(
                text,
                around
                and box(
                    around[0] / self._across,
                    around[1] / self._down,
                    around[2] / self._across,
                    around[3] / self._down,
                ),
            )
            for text, around in zip(self._texts, self._boxes, strict=True)
        ]
        return PrintedRow(self.page, cells)


def _box(words: Sequence[Placed]) -> Box:
    return (
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def _both(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
