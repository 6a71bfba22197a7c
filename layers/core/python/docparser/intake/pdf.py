"""Looking at every page of a PDF before anything is read from it."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING

import pypdfium2_raw as pdfium

from docparser.errors import Rejected
from docparser.model import Lane, LaneReason, Noun, RejectedCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docparser.pdf_file import PdfFile, PdfPage


_POINTS_PER_INCH = 72

# What a reader can see: no white space, no control characters, nothing that is no character.
_PRINTABLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ufffd-\uffff]")

# Names of active content as they stand in the file. pdfium's interface reports neither launch
# actions nor scripts of the open action; names are never encrypted, so the bytes show them.
_ACTIVE_NAMES = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|XFA|RichMedia)\b")


class PageFacts(Noun):
    """What is known of a page before it is read.

    ``width_pt`` and ``height_pt`` are points (1/72 inch) of the upright page, ``rotation`` the
    degrees clockwise that make it upright, ``characters`` the printable characters of its text
    layer, ``pixels`` its size when rendered, ``largest_image_pixels`` what its largest image
    claims. An ``unreadable`` page could not be loaded; nothing else is known of it.
    """

    number: int
    width_pt: float = 0.0
    height_pt: float = 0.0
    rotation: int = 0
    characters: int = 0
    drawn: bool = False
    pixels: int = 0
    largest_image_pixels: int = 0
    unreadable: bool = False


def inspect(
    pdf: PdfFile, *, max_pages: int, max_page_pixels: int, render_dpi: int
) -> Iterator[PageFacts]:
    """Look at every page in turn, holding one page at a time.

    Parameters
    ----------
    pdf
        An open PDF.
    max_pages
        The most pages a document may have.
    max_page_pixels
        The most pixels of a page rendered at ``render_dpi``, and of any image on it.
    render_dpi
        Dots per inch at which a page would be rendered.

    Yields
    ------
    PageFacts
        One for each page, in order. A page that cannot be loaded is ``unreadable``; it becomes an
        error of that page, not of the document.

    Raises
    ------
    Rejected
        ``TOO_MANY_PAGES``, before any page is opened; ``TOO_MANY_PIXELS``, with the page;
        ``CORRUPT``, after the last page, if not one could be loaded.
    """
    if pdf.page_count > max_pages:
        raise Rejected(RejectedCode.TOO_MANY_PAGES)
    scale = render_dpi / _POINTS_PER_INCH
    readable = False
    for number in range(1, pdf.page_count + 1):
        with pdf.page(number) as page:
            if page is None:
                yield PageFacts(number=number, unreadable=True)
                continue
            readable = True
            pixels = round(page.width_pt * scale) * round(page.height_pt * scale)
            drawn, largest = page.drawn()
            if max(pixels, largest) > max_page_pixels:
                raise Rejected(RejectedCode.TOO_MANY_PIXELS, page=number)
            yield PageFacts(
                number=number,
                width_pt=page.width_pt,
                height_pt=page.height_pt,
                rotation=page.rotation,
                characters=_printable_characters(page),
                drawn=drawn,
                pixels=pixels,
                largest_image_pixels=largest,
            )
    if not readable:
        raise Rejected(RejectedCode.CORRUPT)


def lane(facts: PageFacts) -> tuple[Lane, LaneReason]:
    """Choose how a page is read: by its text layer, the lane that is built.

    A page without one goes there too: it is blank, or ends as an error of that page.
    """
    if facts.characters:
        return Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED
    return Lane.TEXT, LaneReason.NO_TEXT_LAYER


def active_content(pdf: PdfFile) -> bool:
    """Tell whether the file carries scripts, launch actions, embedded files or an XFA form.

    Names inside compressed object streams are not seen in the bytes, which is why pdfium is asked
    as well; a launch action within one goes unnoticed.
    """
    return (
        pdfium.FPDFDoc_GetJavaScriptActionCount(pdf.document) > 0
        or pdfium.FPDFDoc_GetAttachmentCount(pdf.document) > 0
        or pdfium.FPDF_GetFormType(pdf.document)
        in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
        or _names_active_content(pdf.path)
    )


def _names_active_content(path: Path) -> bool:
    """Tell whether the file's bytes name active content; they are mapped, not loaded."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _ACTIVE_NAMES.search(content) is not None


def _printable_characters(page: PdfPage) -> int:
    """Count the characters of the text layer that a reader could see."""
    with page.text_layer() as layer:
        return len(_PRINTABLE.findall(layer.text)) if layer else 0
