"""The running text of pages, in which every character knows the word that it is from.

A sentence goes on where the page ends. So each page is read with the end of the page before it,
without what is printed at the top and foot of pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.view import Proof
from docparser.model import BlockKind, box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.model import Block, Line, Page, Word

# How much of the page before is read again, in characters: a long sentence of an agreement.
_TAIL = 1500

# A line ends its paragraph where the next word would still have had so much of a line's height.
_ROOM = 1.0

_MARGINS = frozenset({BlockKind.HEADER, BlockKind.FOOTER})

# One character for another: places in the text stay what they are.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u201f\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'"),
        **dict.fromkeys("\u2010\u2011\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\n\r\t\f\v\u2028\u2029", " "),
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a page and where it begins and ends in the running text."""

    page: int
    word: Word
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Running:
    """Text with plain quotation marks; ``fresh`` is where this page begins, after the one before.

    Lines of a paragraph are parted by a blank; a line that ends before the margin, and a paragraph,
    end with a line feed.
    """

    text: str
    tokens: tuple[Token, ...]
    fresh: int

    def words(self, start: int, end: int) -> tuple[Token, ...]:
        """Return the words that have a character from ``start`` to ``end``."""
        first = bisect_right(self.tokens, start, key=lambda token: token.end)
        last = bisect_left(self.tokens, end, key=lambda token: token.start)
        return self.tokens[first:last]

    def tail(self) -> Running:
        """Return the end of this text, as the beginning of that of the next page."""
        cut = max(self.fresh, len(self.text) - _TAIL)
        kept = [token for token in self.tokens if token.start >= cut]
        if not kept:
            return EMPTY
        first = kept[0].start
        return Running(
            self.text[first:],
            tuple(Token(t.page, t.word, t.start - first, t.end - first) for t in kept),
            0,
        )


EMPTY = Running("", (), 0)


def running(page: Page, before: Running = EMPTY) -> Running:
    """Return the text of a page after the end of the one before, which `Running.tail` gave."""
    text: list[str] = [before.text, " "] if before.text else []
    tokens = list(before.tokens)
    fresh = at = sum(map(len, text))
    blocks = [block for block in page.blocks if block.kind not in _MARGINS]
    margins = _margins(blocks)
    for block, margin in zip(blocks, margins, strict=True):
        for line, after in _with_next(block.lines):
            for word in line.words:
                plain = word.text.translate(_PLAIN)
                tokens.append(Token(page.number, word, at, at + len(plain)))
                text.append(plain)
                text.append(" ")
                at += len(plain) + 1
            if not line.words:
                continue
            if after is None or _ends(line, after, margin, page):
                text[-1] = "\n"
            elif _hyphenated(text[-2], after):
                # The hyphen of a compound and that of a broken word look the same.
                text.pop()
                at -= 1
    return Running("".join(text), tuple(tokens), fresh)


def proof(words: Sequence[Token]) -> Proof:
    """Return where words stand, of which there is at least one: those of the first one's page."""
    return proof_of(words[0].page, [token.word for token in words if token.page == words[0].page])


def proof_of(page: int, words: Sequence[Word]) -> Proof:
    """Return where words of one page stand, of which there is at least one."""
    corners = [corner for word in words for corner in word.polygon]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Proof(
        page,
        box(min(across), min(down), max(across), max(down)),
        tuple(word.id for word in words),
        " ".join(word.text for word in words),
    )


def _margins(blocks: Sequence[Block]) -> list[float]:
    """Return how far to the right the column of each block goes, 0..1."""
    rights = [max((x for x, _ in block.polygon), default=0.0) for block in blocks]
    lefts = [min((x for x, _ in block.polygon), default=0.0) for block in blocks]
    spans = sorted(zip(lefts, rights, strict=True))
    # Blocks whose sides overlap are one column: merged from left to right, each page once.
    columns: list[list[float]] = []
    for left, right in spans:
        if columns and left < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], right)
        else:
            columns.append([left, right])
    starts = [left for left, _ in columns]
    return [columns[bisect_right(starts, left) - 1][1] for left in lefts]


def _with_next(lines: Sequence[Line]) -> Iterator[tuple[Line, Line | None]]:
    filled = [line for line in lines if line.words]
    for number, line in enumerate(filled):
        yield line, filled[number + 1] if number + 1 < len(filled) else None


def _ends(line: Line, after: Line, margin: float, page: Page) -> bool:
    """Tell whether a line was ended on purpose: the next word would have fitted into it."""
    last, first = line.words[-1], after.words[0]
    height = max(y for _, y in last.polygon) - min(y for _, y in last.polygon)
    room = (margin - max(x for x, _ in last.polygon)) * page.width_pt
    needed = max(x for x, _ in first.polygon) - min(x for x, _ in first.polygon)
    return room > needed * page.width_pt + _ROOM * height * page.height_pt


def _hyphenated(word: str, after: Line) -> bool:
    return len(word) > 1 and word.endswith("-") and after.words[0].text[:1].isalnum()
