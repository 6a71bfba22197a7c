"""Writing parts: what a reader finds, block by block and row by row, cut where a part is full."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from docparser import parts
from docparser.model import BlockKind
from docparser.parts import PartBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .budget import Budget

# A line is worth so many characters at least: a part of short lines would be a page whose lines are
# thinner than its coordinates can tell.
_LINE_CHARACTERS = 20
# A part's table has as many places at most, whether something stands in them or not.
_MOST_PLACES = 200_000


class PartsWriter:
    """Collects one part at a time, and appends it to a file when it ends.

    ``pages`` is how many parts there are so far.
    """

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._blocks: list[PartBlock] = []
        self._characters = 0
        self._rows: list[dict[int, str]] = []
        self._columns: set[int] = set()
        self.pages = 0

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading."""
        self.block(BlockKind.HEADING, " ".join(text.split()), min(max(level, 1), 6))

    def paragraph(self, text: str) -> None:
        """Add a paragraph; its lines stay lines."""
        self.block(BlockKind.PARAGRAPH, text)

    def item(self, text: str) -> None:
        """Add an item of a list, with its number or bullet."""
        self.block(BlockKind.LIST_ITEM, text)

    def block(self, kind: BlockKind, text: str, level: int | None = None) -> None:
        """Add a block of any kind but a table; a text without a word adds none."""
        self.end_table()
        text = _clean(text)
        begin = 0
        while len(text) - begin > parts.MOST_CHARACTERS:
            end = _cut(text, begin)
            self._add(PartBlock(kind, text[begin:end].strip(), level))
            begin = end
        if rest := text[begin:].strip():
            self._add(PartBlock(kind, rest, level))

    def row(self, cells: Mapping[int, str]) -> None:
        """Add a row to the table that is being written; cells by their column, from 0.

        Columns that have no cell in a part, and rows that have none at all, are left out.
        """
        kept = {column: text for column, cell in cells.items() if (text := _clean(cell))}
        if not kept:
            return
        size = sum(map(len, kept.values())) + len(kept) + _LINE_CHARACTERS
        columns = len(self._columns | kept.keys())
        if self._rows and (
            self._characters + size > parts.MOST_CHARACTERS
            or columns * (len(self._rows) + 1) > _MOST_PLACES
        ):
            self.end_page()
        self._budget.spend(size)
        self._rows.append(kept)
        self._columns |= kept.keys()
        self._characters += size

    def table(self, rows: list[list[str]]) -> None:
        """Add a whole table."""
        self.end_table()
        for row in rows:
            self.row(dict(enumerate(row)))
        self.end_table()

    def end_table(self) -> None:
        """End the table that is being written, if one is."""
        if not self._rows:
            return
        order = sorted(self._columns)
        rows = tuple(tuple(row.get(column, "") for column in order) for row in self._rows)
        self._blocks.append(PartBlock(BlockKind.TABLE, rows=rows))
        self._rows, self._columns = [], set()

    def end_page(self, *, even_if_empty: bool = False) -> None:
        """End the part; one without blocks is written only where it is asked for."""
        self.end_table()
        if self._blocks or even_if_empty:
            parts.write_part(self._file, self._blocks)
            self.pages += 1
        self._blocks, self._characters = [], 0

    def close(self) -> None:
        """End the last part: a file without text is one empty part."""
        self.end_page(even_if_empty=self.pages == 0)

    def _add(self, block: PartBlock) -> None:
        size = len(block.text) + _LINE_CHARACTERS * (1 + block.text.count("\n"))
        if self._blocks and self._characters + size > parts.MOST_CHARACTERS:
            self.end_page()
        self._budget.spend(size)
        self._blocks.append(block)
        self._characters += size


# What no reader shows and no index finds: control characters, and halves of surrogate pairs.
_UNSEEN: dict[int, str | None] = dict.fromkeys(
    (*range(9), 11, *range(14, 32), 127, 0xFEFF, *range(0xD800, 0xE000))
)
_UNSEEN |= dict.fromkeys((12, 13, 0x85, 0x2028, 0x2029), "\n")


def _clean(text: str) -> str:
    """Return a text without what cannot be seen, and without space around it."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").translate(_UNSEEN)
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    return text.strip()


def _cut(text: str, begin: int) -> int:
    """Return where a text that is too long for a part, from there on, is best cut."""
    most = begin + parts.MOST_CHARACTERS - _LINE_CHARACTERS
    for mark in ("\n", " "):
        at = text.rfind(mark, begin + parts.MOST_CHARACTERS // 2, most)
        if at > 0:
            return at
    return most
