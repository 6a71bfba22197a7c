"""A page as one string, with the way back from any stretch of it to the words on the page."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from docparser.model import Polygon, box

from .disguise import is_foreign, is_split, is_styled, plain, spaced_out, unmasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Line, Page

HEAD = 0.12
"""The header: what lies wholly above this share of the page's height."""
FOOT = 0.9
"""The footer: what lies wholly below this share of the page's height."""
TITLE_AREA = 0.45
"""Where a first page names itself: what begins above this share of its height."""

_GAP = 1.5
"""A space wider than so many line heights parts two pieces of a line, as in a page header."""
_LETTERS = 2.5
"""And wider than so many of its letters: small type may be set wide."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line of the reading: ``text[start:end]``, and where it stands on the page.

    ``opens`` says whether it is the first line of its block, ``siblings`` how many lines the
    block has besides; ``top`` and ``bottom`` are 0..1.
    """

    start: int
    end: int
    opens: bool
    siblings: int
    top: float
    bottom: float

    @property
    def in_head(self) -> bool:
        """Whether the line lies in the page header."""
        return self.bottom <= HEAD

    @property
    def in_foot(self) -> bool:
        """Whether the line lies in the page footer."""
        return self.top >= FOOT


@dataclass(frozen=True, slots=True)
class Place:
    """A word of the reading: ``text[start:end]``, its box and the line that it stands on.

    ``id`` is None where the lane gave no words: their line's box is then theirs.
    """

    id: str | None
    start: int
    end: int
    line: int
    polygon: Polygon


class Reading:
    """One page's words as a string: parted by a space, the lines by a line feed.

    Disguises are undone: invisible characters are left out, letters of other scripts among Latin
    ones read as what they look like, letters set apart as one word.

    Parameters
    ----------
    page
        A page with status OK; only its blocks are read.

    Attributes
    ----------
    page
        The page itself.
    text
        The words in reading order, compatibility forms (ligatures, full width) resolved.
    lower
        The same in lower case, line feeds as spaces: positions agree with ``text``.
    flat
        ``text`` with line feeds as spaces.
    lines
        The lines, in order.
    disguised
        Whether something was undone that ordinary typesetting does not produce.
    """

    def __init__(self, page: Page) -> None:
        self.number = page.number
        self.lines: list[Stretch] = []
        self.disguised = False
        self.page = page
        self._line_starts: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._ids: list[str | None] = []
        self._polygons: list[Polygon] = []
        pieces: list[str] = []
        position = 0
        among_latin = not any(
            is_foreign(line.text)
            for block in page.blocks
            for line in block.lines
            if not line.text.isascii()
        )
        for block in page.blocks:
            for place, line in enumerate(block.lines):
                start = position
                words = self._undone(line, among_latin=among_latin)
                joined = spaced_out([(word[1], word[2]) for word in words])
                for index, (word_id, text, polygon) in enumerate(words):
                    self._starts.append(position)
                    self._ends.append(position + len(text))
                    self._ids.append(word_id)
                    self._polygons.append(polygon)
                    pieces.append(text if index in joined else text + " ")
                    position += len(pieces[-1])
                if position == start:
                    continue
                pieces[-1] = pieces[-1][:-1] + "\n"
                heights = [point[1] for point in line.polygon] or [0.5]
                self._line_starts.append(start)
                self.lines.append(
                    Stretch(
                        start=start,
                        end=position - 1,
                        opens=place == 0,
                        siblings=len(block.lines) - 1,
                        top=min(heights),
                        bottom=max(heights),
                    )
                )
        self.text = "".join(pieces)
        self.flat = self.text.replace("\n", " ")
        self.lower = self.flat.lower()

    def _undone(self, line: Line, *, among_latin: bool) -> list[tuple[str | None, str, Polygon]]:
        """Return a line's words with id and polygon, without their disguises.

        A lane that gives no word boxes still gives the line: its words then share its polygon.
        """
        found: list[tuple[str | None, str, Polygon]] = []
        given: list[tuple[str | None, str, Polygon]]
        if line.words:
            given = [(word.id, word.text, word.polygon) for word in line.words]
        else:
            given = [(None, text, line.polygon) for text in line.text.split()]
        for word_id, text, polygon in given:
            clean = text
            if not text.isascii():
                bare = plain(text)
                clean = unmasked(bare, among_latin=among_latin)
                # A letter alone may be a formula's.
                masked = clean != bare and len(bare) > 1
                self.disguised |= masked or is_split(text) or is_styled(text)
            if clean:
                found.append((word_id, clean, polygon))
        return found

    @cached_property
    def parted(self) -> str:
        """``text`` with a tab for every wide gap: what it parts is no one name or address."""
        pieces = []
        start = 0
        for line in self.lines:
            segments = self.segments(line)
            for segment, following in pairwise(segments):
                pieces.append(self.text[start : segment[1]] + "\t")
                start = following[0]
        return "".join(pieces) + self.text[start:]

    def find(
        self, phrase: str, first: int = 0, last: int | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield the spans of a phrase in lower case within ``[first:last]``, whole words only.

        A ``*`` at an end lets the word go on there. Plain searching is 20 times faster than one
        alternation of all phrases, and has nothing to compile at a cold start.
        """
        lower = self.lower
        stem = phrase.strip("*")
        opens, closes = phrase[0] != "*", phrase[-1] != "*"
        last = len(lower) if last is None else last
        start = lower.find(stem, first, last)
        while start >= 0:
            end = start + len(stem)
            cut_before = start > 0 and lower[start].isalnum() and lower[start - 1].isalnum()
            cut_after = lower[end - 1].isalnum() and lower[end : end + 1].isalnum()
            if not (opens and cut_before) and not (closes and cut_after):
                yield start, end
            start = lower.find(stem, end, last)

    def begins(self, line: Stretch, phrase: str) -> bool:
        """Whether a line begins with a phrase in lower case, whole words only."""
        end = line.start + len(phrase.strip("*"))
        return any(self.find(phrase, line.start, end))

    def places(self, start: int, end: int) -> list[Place]:
        """Return the words that ``text[start:end]`` touches, in order."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, end - 1)
        line = self.line_at(start)
        found = []
        for index in range(first, last):
            while self.lines[line].end <= self._starts[index]:
                line += 1
            if self._ends[index] > start:
                found.append(
                    Place(
                        id=self._ids[index],
                        start=self._starts[index],
                        end=self._ends[index],
                        line=line,
                        polygon=self._polygons[index],
                    )
                )
        return found

    def polygon(self, start: int, end: int) -> Polygon | None:
        """Return the box around the words that ``text[start:end]`` touches, or None if none."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, end - 1)
        return around(self._polygons[first:last])

    def line_at(self, position: int) -> int:
        """Return the index of the line that holds a position."""
        return max(bisect_right(self._line_starts, position) - 1, 0)

    def segments(self, line: Stretch) -> list[tuple[int, int]]:
        """Return the pieces of a line that wide gaps part, as spans of ``text``."""
        first = bisect_right(self._starts, line.start) - 1
        last = bisect_right(self._starts, line.end - 1)
        across = self._across[first:last]
        letters = sum(self._ends[first:last]) - sum(self._starts[first:last])
        letter = sum(right - left for left, right in across) / max(letters, 1)
        widest = max(_GAP * (line.bottom - line.top), _LETTERS * letter)
        spans = []
        start = line.start
        for index in range(first + 1, last):
            right, left = across[index - first - 1][1], across[index - first][0]
            # Shares of the width against shares of the height: on paper they differ by at most
            # 1.5, which a threshold this coarse can bear. A place that is not known parts nothing.
            if left - right > widest:
                spans.append((start, self._starts[index] - 1))
                start = self._starts[index]
        spans.append((start, line.end))
        return spans

    @cached_property
    def _across(self) -> list[tuple[float, float]]:
        """Where each word begins and ends across the page."""
        found = []
        for polygon in self._polygons:
            across = [point[0] for point in polygon]
            found.append((min(across), max(across)) if across else (0.0, 1.0))
        return found


def around(polygons: list[Polygon]) -> Polygon | None:
    """Return the upright box around polygons, or None if they have no points."""
    points = [point for polygon in polygons for point in polygon]
    if not points:
        return None
    across = [point[0] for point in points]
    down = [point[1] for point in points]
    return box(min(across), min(down), max(across), max(down))
