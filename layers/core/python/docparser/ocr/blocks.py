"""Blocks of a page in reading order, and what part each of them plays.

Kinds are told from size, place and first characters alone, and only where these leave no doubt: a
wrong heading harms whoever splits or searches the text, a heading read as a paragraph hardly.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import BlockKind

from .reading_order import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .glyphs import PlacedWord
    from .tables import FoundTable

    Lines = list[list[PlacedWord]]

# Lengths are in heights of the page's body text, unless they are shares of the page.

# Body text is known from so many lines and words, in no more blocks than this (a page may be made
# of single letters); a page narrower than this is a receipt or a card, which has no headings and no
# margins to speak of.
_BODY_LINES = 5
_BODY_WORDS = 50
_MOST_BLOCKS = 400
_PAGE_WIDTH = 30.0

# Running heads and feet: this near the edge (share of the page's height), so far from the rest,
# so few lines, hardly larger than the body.
_MARGIN = 0.1
_NUMBER_MARGIN = 0.15
_ISOLATION = 1.2
_MARGIN_LINES = 3
_MARGIN_SIZE = 1.15

# Headings: so much larger than the body, so short, and followed by text. Sizes that differ by less
# than this are of one level; boxes that OCR draws vary by a tenth.
_HEADING_SIZE = 1.25
_HEADING_LINES = 2
_HEADING_WORDS = 14
_LEVEL_STEP = 1.15
_LEVELS = 6

# A heading hardly larger than the text that it stands over is one line, apart from what is above
# and shorter than what follows by this; without its size, its number or its capitals tell it.
_LARGER = 1.1
_SHORTER = 0.7
_LINE_WORDS = 8
_CAPITALS = 6

# Gaps this wide part cells: what has one is a row of something.
_CELL_GAP = 1.5

# Small print, as of footnotes. A line is full if it takes so much of the page's text.
_SMALL = 0.92
_FULL = 0.85
_FOOTNOTE_PLACE = 0.5
_CAPTION_LINES = 4

_LETTER = re.compile(r"[^\W\d_]")
_BULLET = re.compile(r"[•‣◦▪▫●○■□◆➢✓·*\u2013\u2014-]")
_NUMBER = re.compile(r"\(?(\d{1,2}|[a-zA-Z])[.)]")
_SECTION = re.compile(r"(§|\d{1,2}(\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)")
_NOTE = re.compile(r"(\d{1,2}|[*†‡]{1,3})\)?")
_CAPTION = re.compile(
    r"(fig(ure|\.)?|abb(ildung|\.)?|tab(le|elle|leau|\.)?|chart|bild|plate)\s+\d{1,3}\s?[.:\u2013\u2014-]",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014\s]*((page|seite|p\.|s\.)\s*)?(\d{1,4}|[ivxl]{1,6})"
    r"(\s*(/|of|von|de|sur)\s*\d{1,4})?[-\u2013\u2014\s]*",
    re.IGNORECASE,
)
_SENTENCE_END = (".", ",", ";", ":", "!", "-")


class PlacedBlock(NamedTuple):
    """Lines that belong together; ``level`` is that of a heading and None otherwise."""

    kind: BlockKind
    level: int | None
    lines: Lines


def blocks(
    words: Iterable[PlacedWord], tables: Sequence[FoundTable], height: float
) -> list[PlacedBlock]:
    """Return the blocks of a page in reading order.

    Parameters
    ----------
    words
        The words on the straightened page.
    tables
        The tables found among them; each is one block, its lines row by row.
    height
        The page's height, in the words' unit.
    """
    parts = [
        _Part(lines, paragraph.is_table)
        for paragraph in paragraphs(words, tables)
        for lines in _items(paragraph.lines, paragraph.is_table)
    ]
    page = _Body(parts, height)
    if page.is_known:
        page.mark_margins()
        page.mark_notes()
        page.mark_headings()
    return [PlacedBlock(part.kind, part.level, part.lines) for part in parts]


class _Part:
    """A block whose kind is being found."""

    __slots__ = (
        "bottom",
        "is_upright",
        "kind",
        "left",
        "level",
        "lines",
        "right",
        "size",
        "top",
    )

    def __init__(self, lines: Lines, is_table: bool) -> None:
        self.lines = lines
        self.level: int | None = None
        words = [word for line in lines for word in line]
        self.left = min([word.left for word in words])
        self.top = min([word.top for word in words])
        self.right = max([word.right for word in words])
        self.bottom = max([word.bottom for word in words])
        self.is_upright = words[0].angle == 0
        self.size = median([word.bottom - word.top for word in words])
        self.kind = BlockKind.TABLE if is_table else BlockKind.PARAGRAPH
        if not is_table and self.is_upright:
            if _is_item(lines[0]) and not _PAGE_NUMBER.fullmatch(_text(lines[0])):
                self.kind = BlockKind.LIST_ITEM
            elif len(lines) <= _CAPTION_LINES and _CAPTION.match(_text(lines[0][:3])):
                self.kind = BlockKind.CAPTION

    @property
    def is_plain(self) -> bool:
        return self.kind is BlockKind.PARAGRAPH and self.is_upright

    def word_count(self) -> int:
        return sum(map(len, self.lines))


class _Body:
    """The upright blocks of a page, seen against its body text."""

    def __init__(self, parts: Sequence[_Part], height: float) -> None:
        self._parts = [part for part in parts if part.is_upright]
        self._height = height
        self._text = [part for part in self._parts if part.kind is not BlockKind.TABLE]
        self._size = _usual_size(self._text)
        self._wide = max((part.right for part in self._parts), default=0.0) - min(
            (part.left for part in self._parts), default=0.0
        )
        body = [
            part
            for part in self._parts
            if part.kind is BlockKind.TABLE or part.size < _HEADING_SIZE * self._size
        ]
        self.is_known = (
            len(self._parts) <= _MOST_BLOCKS
            and sum(len(part.lines) for part in body) >= _BODY_LINES
            and sum(part.word_count() for part in body) >= _BODY_WORDS
            and self._wide >= _PAGE_WIDTH * self._size > 0
        )

    def mark_margins(self) -> None:
        """Mark page numbers, and what stands alone at the upper or the lower edge of the page."""
        edge = _NUMBER_MARGIN * self._height
        for part in (
            min(self._parts, key=lambda part: part.top),
            max(self._parts, key=lambda part: part.bottom),
        ):
            if len(part.lines) == 1 and _PAGE_NUMBER.fullmatch(_text(part.lines[0])):
                if part.bottom <= edge:
                    part.kind = BlockKind.HEADER
                elif part.top >= self._height - edge:
                    part.kind = BlockKind.FOOTER
        edge = _MARGIN * self._height
        upper = [part for part in self._parts if part.bottom <= edge]
        lower = [part for part in self._parts if part.top >= self._height - edge]
        between = [
            part for part in self._parts if part.bottom > edge and part.top < self._height - edge
        ]
        if not between:
            return
        room = _ISOLATION * self._size
        first = min(part.top for part in between)
        last = max(part.bottom for part in between)
        for kind, group, is_apart in (
            (BlockKind.HEADER, upper, all(first - part.bottom >= room for part in upper)),
            (BlockKind.FOOTER, lower, all(part.top - last >= room for part in lower)),
        ):
            small = all(self._is_marginal(part) for part in group)
            lines = {round(line[0].bottom / self._size) for part in group for line in part.lines}
            if group and is_apart and small and len(lines) <= _MARGIN_LINES:
                for part in group:
                    part.kind = kind

    def _is_marginal(self, part: _Part) -> bool:
        """Tell whether a block is no table, no heading, and no part of the running text.

        Small print may be sentences, the body's print at the page's edge may not: there a
        paragraph goes on from the page before, or on the next one.
        """
        if part.kind is BlockKind.TABLE or part.size > _MARGIN_SIZE * self._size:
            return False
        if part.size <= _SMALL * self._size:
            return True
        return not part.lines[-1][-1].text.endswith(_SENTENCE_END[:-1]) and not any(
            len(line) > _LINE_WORDS and line[-1].right - line[0].left >= _FULL * self._wide
            for line in part.lines
        )

    def mark_notes(self) -> None:
        """Mark footnotes: small, marked, in the lower half, with no body text below."""
        lowest = max(
            (
                part.bottom
                for part in self._parts
                if part.kind not in {BlockKind.FOOTER, BlockKind.HEADER}
                and part.size > _SMALL * self._size
            ),
            default=0.0,
        )
        for part in self._text:
            if (
                part.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
                and part.size <= _SMALL * self._size
                and part.top >= max(lowest, _FOOTNOTE_PLACE * self._height)
                and part.word_count() > 1
                and _NOTE.match(part.lines[0][0].text)
            ):
                part.kind = BlockKind.FOOTNOTE

    def mark_headings(self) -> None:
        """Mark headings and tell their levels from their sizes."""
        found = [
            (part, part.size >= _HEADING_SIZE * self._size)
            for above, part, following in zip(
                [None, *self._text], self._text, self._text[1:], strict=False
            )
            if self._is_heading(above, part, following)
        ]
        sizes = sorted({part.size for part, is_larger in found if is_larger}, reverse=True)
        level, bounds = 0, float("inf")
        levels: dict[float, int] = {}
        for size in sizes:
            if size * _LEVEL_STEP < bounds:
                level, bounds = level + 1, size
            levels[size] = min(level, _LEVELS)
        for part, is_larger in found:
            part.kind = BlockKind.HEADING
            part.level = levels[part.size] if is_larger else min(level + 1, _LEVELS)

    def _is_heading(self, above: _Part | None, part: _Part, following: _Part) -> bool:
        first, last = part.lines[0], part.lines[-1]
        text = _text(first)
        if (
            part.kind not in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
            or len(part.lines) > _HEADING_LINES
            or part.word_count() > _HEADING_WORDS
            or last[-1].text.endswith(_SENTENCE_END)
            or len(_LETTER.findall(text)) < 3
            or any(_has_gap(line, part.size) for line in part.lines)
            or any(self._is_beside(part, other) for other in self._parts)
        ):
            return False
        if part.size >= _HEADING_SIZE * self._size:
            return part.kind is BlockKind.PARAGRAPH
        if len(part.lines) > 1 or len(first) > _LINE_WORDS or not _heads(part, following):
            return False
        if _SECTION.fullmatch(first[0].text):
            return next(filter(str.isalpha, _text(first[1:])), "").isupper()
        if len(text) >= _CAPITALS and text.isupper():
            return True
        is_apart = above is None or part.top - above.bottom >= _ISOLATION / 2 * self._size
        return is_apart and text[0].isupper() and part.size >= _LARGER * following.size

    def _is_beside(self, part: _Part, other: _Part) -> bool:
        """Tell whether two blocks share a row, as a label and its value do."""
        shared = min(part.bottom, other.bottom) - max(part.top, other.top)
        return (
            part is not other
            and shared > 0.5 * min(part.size, other.size)
            and len(other.lines) <= _HEADING_LINES
        )


def _heads(part: _Part, following: _Part) -> bool:
    """Tell whether a line stands over running text, at its left edge or in its middle."""
    middles = part.left + part.right - following.left - following.right
    return (
        following.is_plain
        and following.word_count() > _LINE_WORDS
        and following.top >= part.bottom - part.size
        and part.size >= following.size / _LARGER
        and part.right - part.left <= _SHORTER * (following.right - following.left)
        and (abs(part.left - following.left) <= following.size or abs(middles) <= following.size)
    )


def _items(lines: Lines, is_table: bool) -> Iterator[Lines]:
    """Part the items of a list that is set as one paragraph."""
    first = 0
    if not is_table and _is_item(lines[0]):
        for index in range(1, len(lines)):
            if _follows(lines[first][0].text, lines[index]):
                yield lines[first:index]
                first = index
    yield lines[first:]


def _is_item(line: list[PlacedWord]) -> bool:
    """Tell whether a line begins with a bullet, or with a number that items have."""
    if len(line) == 1:
        return False
    mark = line[0].text
    return bool(_BULLET.fullmatch(mark) or _NUMBER.fullmatch(mark))


def _follows(mark: str, line: list[PlacedWord]) -> bool:
    """Tell whether a line begins with the mark that comes after another one."""
    if not _is_item(line):
        return False
    following = line[0].text
    if _BULLET.fullmatch(mark):
        return following == mark
    one, other = _NUMBER.fullmatch(mark), _NUMBER.fullmatch(following)
    if one is None or other is None:
        return False
    if one[1].isdigit() and other[1].isdigit():
        return int(other[1]) == int(one[1]) + 1
    return len(one[1]) == len(other[1]) == 1 and ord(other[1]) == ord(one[1]) + 1


def _usual_size(parts: Sequence[_Part]) -> float:
    """Return the height of most of the text, by words."""
    return median([part.size for part in parts for _ in range(part.word_count())] or [0.0])


def _has_gap(line: list[PlacedWord], size: float) -> bool:
    return any(after.left - before.right > _CELL_GAP * size for before, after in pairwise(line))


def _text(line: Sequence[PlacedWord]) -> str:
    return " ".join([word.text for word in line])
