"""Lines and paragraphs in the order in which a person reads them, found by geometry alone.

The content stream's order cannot be trusted: producers draw columns line by line, headers last and
bold words twice.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from .glyphs import RIGHT_TO_LEFT, PlacedWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Words further apart than this, in heights of their line, may belong to different columns: spaces
# of justified text stay below it, gutters of typeset columns begin at 0.9.
_WIDEST_SPACE = 0.85

# Words overlapping by this part of the smaller one's height stand on one line. Superscripts do,
# lines set solid do not.
_SAME_LINE = 0.5

# A paragraph ends where the step to the next line exceeds the usual one by this factor.
_PARAGRAPH_STEP = 1.35

# A line of another size (a heading, a footnote) is a paragraph of its own.
_SAME_SIZE = 1.25


class Segment:
    """Words of one line without a wide gap between them: the smallest part that is ordered."""

    __slots__ = ("bottom", "left", "right", "top", "words")

    def __init__(self, words: list[PlacedWord]) -> None:
        self.words = words
        self.left = min(word.left for word in words)
        self.top = min(word.top for word in words)
        self.right = max(word.right for word in words)
        self.bottom = max(word.bottom for word in words)


def paragraphs(words: Iterable[PlacedWord]) -> list[list[list[PlacedWord]]]:
    """Return paragraphs of lines of words, in reading order.

    Upright text comes first; text written in other directions (notes in the margin, stamps)
    follows, one direction after the other.
    """
    directions: dict[int, list[PlacedWord]] = {}
    for word in words:
        directions.setdefault(word.angle, []).append(word)
    found: list[list[list[PlacedWord]]] = []
    for angle in sorted(directions):
        turned = [_turned(word, angle) for word in directions[angle]]
        found.extend(
            [[_turned(word, -angle) for word in line] for line in paragraph]
            for paragraph in _split(_rows(_segments(turned)))
        )
    return found


def _turned(word: PlacedWord, angle: int) -> PlacedWord:
    """Return the word turned back by a multiple of 90 degrees, so that it is written upright."""
    left, top, right, bottom = word.left, word.top, word.right, word.bottom
    match angle % 360:
        case 90:
            box = top, -right, bottom, -left
        case 180:
            box = -right, -bottom, -left, -top
        case 270:
            box = -bottom, left, -top, right
        case _:
            return word
    return PlacedWord(word.text, *box, word.angle)


def _segments(words: Sequence[PlacedWord]) -> list[Segment]:
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


def _rows(segments: Sequence[Segment]) -> list[Segment]:
    """Join the segments that stand on one line, from left to right; lines from top to bottom."""
    rows: list[list[Segment]] = []
    # Each row is measured at its widest segment, so that an initial letter of three lines' height
    # does not pull the three lines into one.
    cores: list[Segment] = []
    for segment in sorted(segments, key=lambda segment: segment.top + segment.bottom):
        for index in range(len(rows) - 1, max(len(rows) - 4, -1), -1):
            if _on_one_line(cores[index], segment):
                rows[index].append(segment)
                if segment.right - segment.left > cores[index].right - cores[index].left:
                    cores[index] = segment
                break
        else:
            rows.append([segment])
            cores.append(segment)
    return [Segment(_in_writing_order(row)) for row in rows]


def _in_writing_order(row: list[Segment]) -> list[PlacedWord]:
    """Return the words of a row from its beginning to its end."""
    rightwards = sum(1 for segment in row if RIGHT_TO_LEFT.search(segment.words[0].text))
    if 2 * rightwards > len(row):
        row.sort(key=lambda segment: -segment.right)
    else:
        row.sort(key=lambda segment: segment.left)
    return [word for segment in row for word in segment.words]


def _split(rows: Sequence[Segment]) -> Iterator[list[list[PlacedWord]]]:
    """Cut lines into paragraphs at wider steps and at changes of size."""
    steps = [low.bottom - high.bottom for high, low in pairwise(rows)]
    usual = median(steps) if steps else 0.0
    paragraph: list[list[PlacedWord]] = []
    for index, row in enumerate(rows):
        if index and paragraph:
            above = rows[index - 1]
            sizes = sorted((above.bottom - above.top, row.bottom - row.top))
            if (
                steps[index - 1] > _PARAGRAPH_STEP * min(usual, 1.5 * sizes[1])
                or sizes[1] > _SAME_SIZE * sizes[0]
            ):
                yield paragraph
                paragraph = []
        paragraph.append(row.words)
    if paragraph:
        yield paragraph
