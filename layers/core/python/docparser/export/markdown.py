"""Markdown (CommonMark): paragraphs as they stand on the pages, page breaks as comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docparser.model import Block, Gap, Page

# CommonMark section 2.4: these may be escaped anywhere; escaped here is what changes a reading.
_INLINE = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^(\s*)([#+\-=~|]|\d{1,9}(?=[.)]))")


class Markdown:
    """``document.md``."""

    name = "document.md"
    media_type = "text/markdown; charset=utf-8"

    def page(self, page: Page) -> str:
        """Return a page: its number as a comment, then its blocks as paragraphs."""
        blocks = "".join(f"{_paragraph(block)}\n\n" for block in page.blocks)
        return f"<!-- page {page.number} -->\n\n{blocks}"

    def gap(self, gap: Gap) -> str:
        """Return a comment that names the missing page and why."""
        return f"<!-- page {gap.page}: {gap.code} -->\n\n"


def _paragraph(block: Block) -> str:
    return "\n".join(_escape(line.text) for line in block.lines)


def _escape(line: str) -> str:
    escaped = _INLINE.sub(r"\\\1", line)
    start = _LINE_START.match(escaped)
    if start is None:
        return escaped
    at = start.end(2)
    # A number opens a list by what follows it, so the escape goes behind the digits.
    at = at if start[2].isdigit() else start.start(2)
    return f"{escaped[:at]}\\{escaped[at:]}"
