"""A PDF without personal data: every page a new picture, covered where something was found.

Nothing of the original's own objects comes along: no text layer, no annotation, no form field, no
metadata, no attachment, no layer that is switched off. Under a cover there are no pixels, and the
invisible text over the pictures is the redacted one.

Where a page was read from its text layer nobody has read its pictures: they are left out. A page
that nobody read may say anything: it is an empty sheet.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pikepdf
from PIL import ImageDraw

from docparser.model import Gap, Lane
from docparser.pdf_file import MEDIA_TYPE as PDF
from docparser.pdf_file import open_pdf

from .picture_pages import EMPTY_PT, PicturePage, PicturePages
from .pictures import ImageFile, drawn, encoded
from .redaction import covers, redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from PIL import Image

    from docparser.model import Page, PiiFinding
    from docparser.pdf_file import PdfFile

    Drawing = Callable[[Page], Image.Image | None]

NAME = "redacted.pdf"
MEDIA_TYPE = PDF


def write(
    source: Path,
    media_type: str,
    pages: Iterable[tuple[Page | Gap, Sequence[PiiFinding]]],
    target: Path,
) -> None:
    """Write a document as a PDF without its personal data; one page is decoded at a time.

    Parameters
    ----------
    source
        The document: a PDF, a PNG, a JPEG or a TIFF.
    media_type
        Which of them.
    pages
        Every page in order, or what stands for a missing one, and what was found on it.
    target
        The file to write. Files beside it, whose names begin with its own, are used meanwhile.
    """
    with ExitStack() as stack:
        out = stack.enter_context(pikepdf.new())
        draw = (
            _of_pdf(stack.enter_context(open_pdf(source)))
            if media_type == PDF
            else _of_pictures(ImageFile(source))
        )
        pictures = PicturePages(stack, target)
        for page, findings in pages:
            out.add_blank_page(page_size=EMPTY_PT)
            picture = None if isinstance(page, Gap) else draw(page)
            if isinstance(page, Gap) or picture is None:
                continue
            covered = encoded(_covered(picture, page, findings))
            pictures.add(PicturePage(redacted(page, findings), covered))
        pictures.place(out)
        out.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _of_pdf(pdf: PdfFile) -> Drawing:
    def draw(page: Page) -> Image.Image | None:
        with pdf.page(page.number) as sheet:
            if sheet is None:
                return None
            if page.lane is Lane.TEXT:
                sheet.remove_images()
            # Nobody has read what other annotations than fields, free text and stamps say.
            return drawn(sheet, page.rotation - sheet.rotation, annotated=False)

    return draw


def _of_pictures(file: ImageFile) -> Drawing:
    return lambda page: file.picture(page.number, page.rotation)


def _covered(picture: Image.Image, page: Page, findings: Sequence[PiiFinding]) -> Image.Image:
    """Paint over what was found; what was there is gone, since the picture is packed after it."""
    pen = ImageDraw.Draw(picture)
    for cover in covers(page, findings):
        corners = (
            int(cover.left * picture.width),
            int(cover.top * picture.height),
            -int(-cover.right * picture.width),
            -int(-cover.bottom * picture.height),
        )
        pen.rectangle(corners, fill=0 if picture.mode in {"1", "L"} else (0, 0, 0))
    return picture
