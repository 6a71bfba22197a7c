"""A page as a reader of fields sees it: rows of segments, whatever lane has read the page.

Blocks are made for reading aloud: columns apart, paragraphs together. A label and its value may
stand in two of them. Here all words of a page are put into rows again, and each row is cut where
its gaps are wide; positions are in points of the upright page, origin top left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from docparser.model import box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docparser.model import Page, Polygon, Word

# A gap of so many heights of the line parts two segments: a space is a quarter to a third of one.
_GAP = 1.0

# A photographed page leans: lines at least so wide, as a share of the page, tell how much. With
# less than this, as height over width, or with fewer lines, rows are taken to be level.
_TELLING = 0.15
_LEVEL = 0.002
_LEAST_TELLING = 5

# No line has more words. What is set on top of itself, or without an end, is cut here, so that no
# reader of segments needs to fear one.
_MOST_WORDS = 200

# Words whose middles are no further apart than this share of the lower one stand in one row.
_SAME_ROW = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A word and its box in points."""

    word: Word
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        """The word."""
        return self.word.text


@dataclass(frozen=True, eq=False)
class Segment:
    """Words of one row without a wide gap between them; ``row`` counts from 0 down the page."""

    page: int
    row: int
    words: tuple[Placed, ...]

    @cached_property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def left(self) -> float:
        """The left side, in points."""
        return min(word.left for word in self.words)

    @cached_property
    def top(self) -> float:
        """The upper side, in points."""
        return min(word.top for word in self.words)

    @cached_property
    def right(self) -> float:
        """The right side, in points."""
        return max(word.right for word in self.words)

    @cached_property
    def bottom(self) -> float:
        """The lower side, in points."""
        return max(word.bottom for word in self.words)


@dataclass(frozen=True)
class Proof:
    """Where words stand on a page: what a field's value is proven by."""

    page: int
    polygon: Polygon
    word_ids: tuple[str, ...]
    quote: str


@dataclass(frozen=True, eq=False)
class PageView:
    """One page; ``rows`` from top to bottom, each with its segments from left to right."""

    page: Page
    rows: tuple[tuple[Segment, ...], ...]

    @property
    def number(self) -> int:
        """The page's number, from 1."""
        return self.page.number

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """All segments, row by row."""
        return tuple(segment for row in self.rows for segment in row)

    @cached_property
    def height(self) -> float:
        """The usual height of a line, in points; 0 without any."""
        return median(s.bottom - s.top for s in self.segments) if self.segments else 0.0

    def proof(self, words: Sequence[Placed]) -> Proof:
        """Return where words stand, of which there is at least one."""
        across, down = self.page.width_pt, self.page.height_pt
        return Proof(
            self.number,
            box(
                min(word.left for word in words) / across,
                min(word.top for word in words) / down,
                max(word.right for word in words) / across,
                max(word.bottom for word in words) / down,
            ),
            tuple(word.word.id for word in words),
            " ".join(word.text for word in words),
        )


def view(page: Page) -> PageView:
    """Return a page as rows of segments; one that could not be read has none."""
    words = [
        _placed(word, page) for block in page.blocks for line in block.lines for word in line.words
    ]
    rows = []
    for number, row in enumerate(_rows(words, _slope(page))):
        rows.append(tuple(Segment(page.number, number, part) for part in _segments(row)))
    return PageView(page, tuple(rows))


def _placed(word: Word, page: Page) -> Placed:
    xs, ys = [x for x, _ in word.polygon], [y for _, y in word.polygon]
    across, down = page.width_pt, page.height_pt
    return Placed(word, min(xs) * across, min(ys) * down, max(xs) * across, max(ys) * down)


def _slope(page: Page) -> float:
    """Return how far lines fall from left to right, as height over width; 0 for a level page."""
    across, down = page.width_pt, page.height_pt
    slopes = []
    for block in page.blocks:
        for line in block.lines:
            if len(line.words) < 2:
                continue
            # From right to left the last word stands first.
            (x1, y1), (x2, y2) = sorted(
                _middle(word) for word in (line.words[:1] + line.words[-1:])
            )
            if x2 - x1 >= _TELLING:
                slopes.append((y2 - y1) * down / ((x2 - x1) * across))
    slope = median(slopes) if len(slopes) >= _LEAST_TELLING else 0.0
    return slope if abs(slope) >= _LEVEL else 0.0


def _middle(word: Word) -> tuple[float, float]:
    xs, ys = [x for x, _ in word.polygon], [y for _, y in word.polygon]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _rows(words: Iterable[Placed], slope: float) -> list[list[Placed]]:
    """Return words in rows: each joins the row whose middle its own is next to.

    Middles are taken along the slope of the page's lines.
    """
    rows: list[list[Placed]] = []
    middle = 0.0
    placed = [
        ((word.top + word.bottom) / 2 - slope * (word.left + word.right) / 2, word)
        for word in words
    ]
    for here, word in sorted(placed, key=lambda each: each[0]):
        lower = min(word.bottom - word.top, rows[-1][0].bottom - rows[-1][0].top) if rows else 0.0
        if rows and here - middle <= _SAME_ROW * lower:
            row = rows[-1]
            row.append(word)
            middle += (here - middle) / len(row)
        else:
            rows.append([word])
            middle = here
    return rows


def _segments(row: list[Placed]) -> list[tuple[Placed, ...]]:
    row.sort(key=lambda word: word.left)
    found: list[list[Placed]] = []
    for word in row:
        before = found[-1][-1] if found else None
        if (
            before is None
            or word.left - before.right > _GAP * (word.bottom - word.top)
            or len(found[-1]) == _MOST_WORDS
        ):
            found.append([word])
        else:
            found[-1].append(word)
    return [tuple(part) for part in found]
