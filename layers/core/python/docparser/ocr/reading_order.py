"""Lines and paragraphs in the order in which a person reads them, found by geometry alone.

The content stream's order cannot be trusted: producers draw columns line by line, headers last and
bold words twice.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from .columns import regions
from .glyphs import PlacedWord
from .lines import Segment, rows, segments, whole
from .tables import lines as table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .tables import FoundTable

# A paragraph ends where the step to the next line exceeds the usual one by this factor.
_PARAGRAPH_STEP = 1.35

# The usual step, in heights, where a region has too few lines to tell or is set wide.
_USUAL_STEP = 1.5

# A first line is indented by so many heights; the rest of a table's cell begins further right.
_INDENT = 0.7
_WIDEST_INDENT = 4.0

# A line of another size (a heading, a footnote) is a paragraph of its own.
_SAME_SIZE = 1.25


class Paragraph(NamedTuple):
    """Lines of words that belong together; those of a table are its rows."""

    lines: list[list[PlacedWord]]
    is_table: bool


def paragraphs(words: Iterable[PlacedWord], tables: Sequence[FoundTable] = ()) -> list[Paragraph]:
    """Return paragraphs of lines of words, in reading order.

    Upright text comes first; text written in other directions (notes in the margin) follows, one
    direction after the other. What is written aslant (a stamp, a watermark) comes last, a line
    for each slant, as the stream has it.

    Parameters
    ----------
    words
        The words on the page, in the order of the stream.
    tables
        The tables found among them. A table is never taken apart: it is one paragraph, and the
        text beside it is read before or after.
    """
    tables = [table for table in tables if any(cell.words for cell in table.cells)]
    tabulated = {id(word) for table in tables for cell in table.cells for word in cell.words}
    directions: dict[int, list[PlacedWord]] = {0: []} if tables else {}
    for word in words:
        if id(word) not in tabulated:
            directions.setdefault(word.angle, []).append(word)
    found: list[Paragraph] = []
    for angle in sorted(directions, key=lambda angle: (angle % 90 != 0, angle)):
        if angle == 0:
            parts = segments(directions[angle]) + [whole(table) for table in tables]
            for region in regions(parts):
                found.extend(_read(region))
        elif angle % 90:
            found.append(Paragraph([directions[angle]], is_table=False))
        else:
            turned = [_turned(word, angle) for word in directions[angle]]
            found.extend(
                Paragraph([[_turned(word, -angle) for word in line] for line in lines], False)
                for region in regions(segments(turned))
                for lines in _split(rows(region))
            )
    return found


def _read(region: list[Segment]) -> Iterator[Paragraph]:
    """Yield the paragraphs of a region, each table where its turn is."""
    standing = sorted(
        (segment for segment in region if segment.table is not None),
        key=lambda segment: (segment.top, segment.left),
    )
    text = [segment for segment in region if segment.table is None] if standing else region
    for block in standing:
        before = [segment for segment in text if _precedes(segment, block)]
        text = [segment for segment in text if not _precedes(segment, block)]
        for lines in _split(rows(before)):
            yield Paragraph(lines, is_table=False)
        if block.table is not None:
            yield Paragraph(table_lines(block.table), is_table=True)
    for lines in _split(rows(text)):
        yield Paragraph(lines, is_table=False)


def _precedes(segment: Segment, table: Segment) -> bool:
    """Tell whether text is read before a table: it stands above, or to the left of it."""
    middle = (segment.top + segment.bottom) / 2
    if middle < table.top:
        return True
    return middle < table.bottom and segment.right <= (table.left + table.right) / 2


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
