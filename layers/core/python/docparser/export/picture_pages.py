"""Pages of a PDF that are pictures, with invisible text over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pikepdf
from pikepdf import Dictionary, Name

from . import boxes_font
from .overlay import Sheet, content

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from docparser.model import Page

    from .pictures import Encoded

FONT = Name("/DocparserText")
"""The font of what is laid over a page, among the page's resources."""

EMPTY_PT = (595, 842)
"""The size of a page that is not there: a sheet of A4, empty."""

_PICTURE = Name("/DocparserPage")

# Annex C of ISO 32000-2: readers show no page that is smaller or larger.
_LEAST_PT, _MOST_PT = 3, 14400

# Pictures are in memory up to here; then they go to disk as a PDF of their own, of which qpdf reads
# what it needs.
_MEMORY_BYTES = 64 << 20


class PicturePage(NamedTuple):
    """What was read of a page, and how it looks."""

    page: Page
    encoded: Encoded


class PicturePages:
    """Pages that are pictures: collected, and set in their places at the end.

    Packed, they are in memory up to 64 MiB together; what is more lies on the disk meanwhile, in
    files beside the target whose names begin with its own.
    """

    def __init__(self, stack: ExitStack, target: Path) -> None:
        self._stack = stack
        self._target = target
        self._written: list[tuple[pikepdf.Pdf, list[int]]] = []
        self._pdf: pikepdf.Pdf | None = None
        self._font: pikepdf.Object | None = None
        self._numbers: list[int] = []
        self._size = 0

    def add(self, picture: PicturePage) -> None:
        """Add a page; write what was collected to disk once there is much of it."""
        if self._pdf is None:
            self._pdf = pikepdf.new()
            self._font = boxes_font.embedded(self._pdf)
        page, encoded = picture
        wide, tall = (
            min(max(side, _LEAST_PT), _MOST_PT) for side in (page.width_pt, page.height_pt)
        )
        made = self._pdf.add_blank_page(page_size=(wide, tall))
        made.obj.Resources = Dictionary(
            XObject=Dictionary({str(_PICTURE): encoded.stream(self._pdf)}),
            Font=Dictionary({str(FONT): self._font}),
        )
        shown = b"q %.2f 0 0 %.2f 0 0 cm %s Do Q\n" % (wide, tall, str(_PICTURE).encode())
        text = content(page, Sheet(0, 0, wide, tall, 0), str(FONT)[1:])
        made.obj.Contents = self._pdf.make_stream(shown + text)
        self._numbers.append(page.number)
        self._size += len(encoded.content) + len(text)
        if self._size >= _MEMORY_BYTES:
            self._write()

    def place(self, out: pikepdf.Pdf) -> None:
        """Set every picture in its page's place."""
        if self._pdf is not None:
            self._write()
        for part, numbers in self._written:
            for page, number in zip(part.pages, numbers, strict=True):
                out.pages[number - 1] = page

    def _write(self) -> None:
        assert self._pdf is not None  # noqa: S101 - for mypy: only called with a part at hand
        path = self._target.with_name(f"{self._target.name}.part{len(self._written)}")
        self._pdf.save(path)
        self._pdf.close()
        self._written.append((self._stack.enter_context(pikepdf.open(path)), self._numbers))
        # Open files stay readable without their names.
        path.unlink()
        self._pdf, self._numbers, self._size = None, [], 0
