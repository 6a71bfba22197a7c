"""Lines and paragraphs in the order in which a person reads them, found by geometry alone.

The content stream's order cannot be trusted: producers draw columns line by line, headers last and
bold words twice.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from .columns import regions
from .glyphs import PlacedWord
from .lines import Segment, rows, segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A paragraph ends where the step to the next line exceeds the usual one by this factor.
_PARAGRAPH_STEP = 1.35

# The usual step, in heights, where a region has too few lines to tell or is set wide.
_USUAL_STEP = 1.5

# A first line is indented by so many heights; the rest of a table's cell begins further right.
_INDENT = 0.7
_WIDEST_INDENT = 4.0

# A line of another size (a heading, a footnote) is a paragraph of its own.
_SAME_SIZE = 1.25


def paragraphs(words: Iterable[PlacedWord]) -> list[list[list[PlacedWord]]]:
    """Return paragraphs of lines of words, in reading order.

    Upright text comes first; text written in other directions (notes in the margin) follows, one
    direction after the other. What is written aslant (a stamp, a watermark) comes last, a line
    for each slant, as the stream has it.
    """
    directions: dict[int, list[PlacedWord]] = {}
    for word in words:
        directions.setdefault(word.angle, []).append(word)
    found: list[list[list[PlacedWord]]] = []
    for angle in sorted(directions, key=lambda angle: (angle % 90 != 0, angle)):
        if angle % 90:
            found.append([directions[angle]])
            continue
        turned = [_turned(word, angle) for word in directions[angle]]
        found.extend(
            [[_turned(word, -angle) for word in line] for line in paragraph]
            for region in regions(segments(turned))
            for paragraph in _split(rows(region))
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


def _split(lines: Sequence[Segment]) -> Iterator[list[list[PlacedWord]]]:
    """Cut lines into paragraphs at wider steps, changes of size and indented first lines."""
    steps = [low.bottom - high.bottom for high, low in pairwise(lines)]
    sizes = [median(word.bottom - word.top for word in line.words) for line in lines]
    usual = median(steps) if steps else 0.0
    first = 0
    for index in range(1, len(lines)):
        above, line = lines[index - 1], lines[index]
        low, high = sorted(sizes[index - 1 : index + 1])
        below = lines[index + 1] if index + 1 < len(lines) else line
        if (
            steps[index - 1] > _PARAGRAPH_STEP * min(usual, _USUAL_STEP * high)
            or high > _SAME_SIZE * low
            or _is_indented(above, line, below)
        ):
            yield [line.words for line in lines[first:index]]
            first = index
    if lines:
        yield [line.words for line in lines[first:]]


def _is_indented(above: Segment, line: Segment, below: Segment) -> bool:
    """Tell whether a line begins further right than both of its neighbours at the margin."""
    height = line.bottom - line.top
    indents = line.left - above.left, line.left - below.left
    return (
        min(indents) > _INDENT * height
        and max(indents) < _WIDEST_INDENT * height
        and abs(above.left - below.left) < 0.2 * height
    )
