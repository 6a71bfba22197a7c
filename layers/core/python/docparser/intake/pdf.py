"""Looking at every page of a PDF before anything is read from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdfium2_raw as pdfium

from docparser.errors import Rejected
from docparser.model import LaneReason, Noun, PageCode, RejectedCode

from .garble import garbled
from .lanes import SCAN_COVER, Signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.pdf_file import PdfFile


_POINTS_PER_INCH = 72

# What a reader can see: no white space, no control characters, nothing that is no character.
_PRINTABLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ufffd-\uffff]")

# Printable characters of a stamp, a fax's or a court's head line, the panel of a signature. A page
# of a book has 2,000; what has fewer than these and a picture under half of the page is read by
# OCR, which finds the picture's text and the stamp's.
_STAMP_CHARACTERS = 300


class PageFacts(Noun):
    """What is known of a page before it is read.

    ``width_pt`` and ``height_pt`` are points (1/72 inch) of the upright page, ``rotation`` the
    degrees clockwise that make it upright, ``characters`` the printable characters of its text
    layer, and ``garbled`` whether they are not those that its reader sees. For ``drawn``,
    ``largest_image_pixels``, ``image_cover``, ``image_dpi`` and ``hidden_text`` see `Marks`;
    ``rules`` counts the ruled lines among the paths of a page that its text layer does not tell;
    ``pixels`` is the page's size when rendered. A ``refused`` page may not be read; of one that
    could not be loaded (``PAGE_UNREADABLE``) nothing else is known.
    """

    number: int
    width_pt: float = 0.0
    height_pt: float = 0.0
    rotation: int = 0
    characters: int = 0
    garbled: bool = False
    drawn: bool = False
    pixels: int = 0
    largest_image_pixels: int = 0
    image_cover: float = 0.0
    image_dpi: float = 0.0
    rules: int | None = None
    hidden_text: bool = False
    refused: PageCode | None = None


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
        One for each page, in order. A page that cannot be loaded or is too large is ``refused``;
        it becomes an error of that page, not of the document.

    Raises
    ------
    Rejected
        ``TOO_MANY_PAGES``, before any page is opened; after the last page, if not one is left to
        read: ``TOO_MANY_PIXELS``, with the first page that is too large, or ``CORRUPT``.
    """
    if pdf.page_count > max_pages:
        raise Rejected(RejectedCode.TOO_MANY_PAGES)
    scale = render_dpi / _POINTS_PER_INCH
    readable, too_large = False, None
    for number in range(1, pdf.page_count + 1):
        with pdf.page(number) as page:
            if page is None:
                yield PageFacts(number=number, refused=PageCode.PAGE_UNREADABLE)
                continue
            pixels = round(page.width_pt * scale) * round(page.height_pt * scale)
            marks = page.marks()
            refused = None
            characters, damaged = 0, False
            if max(pixels, marks.largest_image_pixels) > max_page_pixels:
                refused = PageCode.PAGE_TOO_LARGE
                too_large = too_large or number
            else:
                readable = True
                with page.text_layer() as layer:
                    if layer:
                        characters = len(_PRINTABLE.findall(layer.text))
                        damaged = garbled(layer.text, layer.unmapped())
            facts = PageFacts(
                number=number,
                width_pt=page.width_pt,
                height_pt=page.height_pt,
                rotation=page.rotation,
                characters=characters,
                garbled=damaged,
                drawn=marks.drawn,
                pixels=pixels,
                largest_image_pixels=marks.largest_image_pixels,
                image_cover=marks.image_cover,
                image_dpi=round(marks.image_dpi, 1),
                hidden_text=marks.hidden_text,
                refused=refused,
            )
            # Another look at its paths, which only a page is worth that an engine has to read.
            if refused is None and signals(facts).scan:
                facts = facts.model_copy(update={"rules": len(page.rules())})
            yield facts
    if too_large and not readable:
        raise Rejected(RejectedCode.TOO_MANY_PIXELS, page=too_large)
    if not readable:
        raise Rejected(RejectedCode.CORRUPT)


def signals(facts: PageFacts) -> Signals:
    """Return what the facts of a page say to whoever chooses its lane."""
    if facts.garbled:
        reason, scan = LaneReason.TEXT_LAYER_GARBLED, True
    elif facts.characters and not _stamped_scan(facts):
        reason, scan = LaneReason.TEXT_LAYER_TRUSTED, False
    else:
        reason, scan = LaneReason.NO_TEXT_LAYER, facts.drawn
    return Signals(
        reason=reason,
        scan=scan,
        layered=facts.characters > 0,
        dpi=facts.image_dpi or None,
        cover=facts.image_cover,
        rules=facts.rules,
        refused=facts.refused,
    )


def _stamped_scan(facts: PageFacts) -> bool:
    """Tell whether a page is a picture with no more text over it than a stamp has.

    Text that is not painted was laid over its scan by an OCR program: that is a text layer.
    """
    return (
        facts.image_cover >= SCAN_COVER
        and facts.characters < _STAMP_CHARACTERS
        and not facts.hidden_text
    )


def active_content(pdf: PdfFile) -> bool:
    """Tell whether pdfium knows of scripts, embedded files or an XFA form in the file.

    Its interface reports neither launch actions nor scripts of pages and of the open action.
    """
    return (
        pdfium.FPDFDoc_GetJavaScriptActionCount(pdf.document) > 0
        or pdfium.FPDFDoc_GetAttachmentCount(pdf.document) > 0
        or pdfium.FPDF_GetFormType(pdf.document)
        in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
    )
