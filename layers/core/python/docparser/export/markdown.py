"""Markdown: headings, lists, tables and paragraphs in reading order, page breaks as comments.

CommonMark, with the tables of GitHub Flavored Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.model import BlockKind

from .tables import markdown as markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docparser.model import Block, Gap, Page, Table

# CommonMark section 2.4: these may be escaped anywhere; escaped here is what changes a reading.
_INLINE = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^(\s*)([#+\-=~|]|\d{1,9}(?=[.)]))")

_BULLET = re.compile(r"[-*•‣◦▪–—·]\s+")  # noqa: RUF001 - as they are printed
_NUMBER = re.compile(r"\d{1,9}[.)]\s")


class Markdown:
    """``document.md``."""

    name = "document.md"
    media_type = "text/markdown; charset=utf-8"

    def page(self, page: Page) -> str:
        """Return a page: its number as a comment, then its blocks."""
        tables = {word: table for table in page.tables for word in _words(table)}
        blocks = "".join(f"{_block(block, tables)}\n\n" for block in page.blocks)
        return f"<!-- page {page.number} -->\n\n{blocks}"

    def gap(self, gap: Gap) -> str:
        """Return a comment that names the missing page and why."""
        return f"<!-- page {gap.page}: {gap.code} -->\n\n"


def _words(table: Table) -> Iterator[str]:
    """Yield the ids of a table's words."""
    for cell in table.cells:
        yield from cell.word_ids


def _block(block: Block, tables: Mapping[str, Table]) -> str:
    if block.kind is BlockKind.TABLE:
        table = next((tables[w.id] for w in block.lines[0].words if w.id in tables), None)
        if table is not None:
            return markdown_table(table, _escape_inline)
    if block.kind is BlockKind.HEADING:
        text = " ".join(line.text for line in block.lines)
        return f"{'#' * (block.level or 1)} {_escape_inline(text)}"
    lines = [_escape(line.text) for line in block.lines]
    if block.kind is BlockKind.LIST_ITEM:
        return _item(block, lines)
    return "\n".join(lines)


def _item(block: Block, lines: list[str]) -> str:
    """Return an item of a list; its own number or bullet becomes Markdown's."""
    text = block.lines[0].text
    bullet = _BULLET.match(text)
    if bullet is not None:
        return "\n  ".join([f"- {_escape(text[bullet.end() :])}", *lines[1:]])
    if _NUMBER.match(text) is not None:
        return "\n   ".join([_escape_inline(text), *lines[1:]])
    return "\n".join(lines)


def _escape_inline(text: str) -> str:
    return _INLINE.sub(r"\\\1", text)


def _escape(line: str) -> str:
    escaped = _escape_inline(line)
    start = _LINE_START.match(escaped)
    if start is None:
        return escaped
    at = start.end(2)
    # A number opens a list by what follows it, so the escape goes behind the digits.
    at = at if start[2].isdigit() else start.start(2)
    return f"{escaped[:at]}\\{escaped[at:]}"
