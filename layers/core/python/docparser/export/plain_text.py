r"""Plain text: lines end ``\n``, blocks are parted by one empty line, pages by ``\f``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docparser.model import Gap, Page


class PlainText:
    """``document.txt``; a page that was not read is empty, so that page n is the n-th piece."""

    name = "document.txt"
    media_type = "text/plain; charset=utf-8"

    def __init__(self) -> None:
        self._separator = ""

    def page(self, page: Page) -> str:
        """Return a page's text, with the separator before it."""
        return self._parted(f"{page.text}\n" if page.blocks else "")

    def gap(self, _gap: Gap) -> str:
        """Return an empty page."""
        return self._parted("")

    def _parted(self, text: str) -> str:
        parted = self._separator + text
        self._separator = "\f"
        return parted
