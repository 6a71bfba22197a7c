"""A PDF that can be searched: the pages as they look, with what was read as invisible text.

A page that was read from its own text layer stays as it is. Over a scan the text is laid, invisible
(ISO 32000-2, 9.3.6: rendering mode 3). A page whose text layer was not believed is drawn anew, as a
picture: otherwise both texts would be found. Scripts, launch actions and attachments do not come
along.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name

from docparser.model import Gap, Lane
from docparser.pdf_file import MEDIA_TYPE as PDF
from docparser.pdf_file import open_pdf

from . import boxes_font
from .overlay import Sheet, content
from .picture_pages import EMPTY_PT, FONT, PicturePage, PicturePages
from .pictures import ImageFile, drawn, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docparser.model import Page
    from docparser.pdf_file import PdfPage


NAME = "document.pdf"
MEDIA_TYPE = PDF


# What a reader may do at a click; every other action stays behind.
_HARMLESS = {"/URI", "/GoTo"}
_ARMED = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}

# What else runs or carries: further actions, attached files, private data of programs. An
# annotation's form field, window or the one that it answers may have any of it as well.
_LEFT_OF_PAGE = ("/AA", "/AF", "/PieceInfo", "/PresSteps")
_LEFT_OF_ANNOTATION = ("/AA", "/AF", "/PA", "/Parent", "/Popup", "/IRT")


def write(source: Path, media_type: str, pages: Iterable[Page | Gap], target: Path) -> None:
    """Write a document as a searchable PDF.

    One page's picture is decoded at a time; packed, they are in memory up to 64 MiB together.

    Parameters
    ----------
    source
        The document: a PDF, a PNG, a JPEG or a TIFF.
    media_type
        Which of them.
    pages
        Every page in order, or what stands for a missing one: its page of a PDF stays as it is, a
        missing picture is an empty sheet.
    target
        The file to write. Files beside it, whose names begin with its own, are used meanwhile.
    """
    with ExitStack() as stack:
        out = stack.enter_context(pikepdf.new())
        making = _pages_of_pdf if media_type == PDF else _pages_of_pictures
        parts = PicturePages(stack, target)
        for picture in making(stack, out, source, pages):
            parts.add(picture)
        parts.place(out)
        out.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _pages_of_pictures(
    _stack: ExitStack, out: pikepdf.Pdf, source: Path, pages: Iterable[Page | Gap]
) -> Iterator[PicturePage]:
    """Add an empty sheet for each page, and yield the pictures that take their places."""
    file = ImageFile(source)
    for page in pages:
        out.add_blank_page(page_size=EMPTY_PT)
        if not isinstance(page, Gap):
            yield PicturePage(page, file.page(page.number, page.rotation))


def _pages_of_pdf(
    stack: ExitStack, out: pikepdf.Pdf, source: Path, pages: Iterable[Page | Gap]
) -> Iterator[PicturePage]:
    """Add each page, with its text where it is a scan; yield the pictures of those drawn anew."""
    seen = stack.enter_context(open_pdf(source))
    try:
        original = stack.enter_context(pikepdf.open(source))
        whole = len(original.pages) == seen.page_count
    except pikepdf.PdfError:
        whole = False  # pdfium mends what qpdf cannot: then every page is drawn
    font = boxes_font.embedded(out)
    for page in pages:
        number = page.page if isinstance(page, Gap) else page.number
        if whole:
            out.pages.append(original.pages[number - 1])
            _disarm(out.pages[-1])
        else:
            out.add_blank_page(page_size=EMPTY_PT)
        if isinstance(page, Gap) or (whole and page.lane is Lane.TEXT):
            continue
        with seen.page(number) as sheet:
            if sheet is None:
                continue
            if not whole or _has_text(sheet):
                yield PicturePage(page, encoded(drawn(sheet, page.rotation - sheet.rotation)))
                continue
            place = Sheet(sheet.left, sheet.bottom, sheet.right, sheet.top, page.rotation)
        _lay_over(out, out.pages[-1], content(page, place, str(FONT)[1:]), font)
        out.pages[-1].obj.Rotate = page.rotation


def _has_text(page: PdfPage) -> bool:
    """Tell whether a reader would find text on a page before ours is laid over it."""
    with page.text_layer() as layer:
        return layer is not None and any(not mark.isspace() and mark != "\0" for mark in layer.text)


def _lay_over(pdf: pikepdf.Pdf, page: pikepdf.Page, text: bytes, font: pikepdf.Object) -> None:
    """Write text over a page, whatever its own content leaves behind."""
    page.contents_add(pdf.make_stream(b"q\n"), prepend=True)
    page.contents_add(pdf.make_stream(b"\nQ\n" + text))
    page.add_resource(font, Name.Font, FONT)


def _disarm(page: pikepdf.Page) -> None:
    """Take off a page what would run, or carry something else."""
    _strip(page.obj, _LEFT_OF_PAGE)
    annotations = page.obj.get(Name.Annots)
    if not isinstance(annotations, Array):
        return
    kept = Array()
    for annotation in annotations:
        if not isinstance(annotation, Dictionary) or str(annotation.get(Name.Subtype)) in _ARMED:
            continue
        _strip(annotation, _LEFT_OF_ANNOTATION)
        action = annotation.get(Name.A)
        if not isinstance(action, Dictionary) or str(action.get(Name.S)) not in _HARMLESS:
            _strip(annotation, ("/A",))
        else:
            _strip(action, ("/Next",))  # a chain of actions, of any kind
        kept.append(annotation)
    page.obj.Annots = kept


def _strip(holder: pikepdf.Object, keys: tuple[str, ...]) -> None:
    """Take entries off a dictionary, where it has them."""
    for key in keys:
        if key in holder:
            del holder[key]
