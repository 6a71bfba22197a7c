"""Pages of a PDF, drawn as a person sees them: notes, stamps and filled fields included."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from ctypes import byref, c_int, pointer
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2_raw as pdfium
from docparser.model import LaneReason, PageCode
from docparser.ocr.scan_input import MOST_PIXELS
from docparser.pdf_file import PdfPage, open_pdf

from .deadline import DeadlineExceeded
from .source import Sheet, Sight

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .deadline import Deadline
    from .quads import Image

_POINTS_PER_INCH = 72

# pdfium is not thread-safe, whatever the documents.
_pdfium_lock = threading.Lock()

# Text is drawn for paper: in grey, as subpixel colours are noise to the recogniser.
_FLAGS = pdfium.FPDF_ANNOT


class PdfPages:
    """An open PDF.

    Parameters
    ----------
    path
        The file; it must stay until `close`.
    dpi
        Dots per inch at which pages are drawn.
    max_pixels
        A page that is larger when drawn, or has an image that claims to be, is not looked at.

    Raises
    ------
    Rejected
        ``ENCRYPTED`` or ``CORRUPT``.
    """

    def __init__(self, path: Path, *, dpi: int, max_pixels: int) -> None:
        self._dpi = dpi
        self._max_pixels = max_pixels
        self._open = ExitStack()
        with _pdfium_lock:
            self._document = self._open.enter_context(open_pdf(path)).document
            self._open.callback(_Form.leave, form := _Form(self._document))
            self._form = form
            self.page_count: int = pdfium.FPDF_GetPageCount(self._document)

    def close(self) -> None:
        """Close the document."""
        with _pdfium_lock:
            self._open.close()

    def look(self, number: int, deadline: Deadline) -> Sight:
        """Return the picture of a page; see `Source`."""
        with _pdfium_lock, self._page(number) as page:
            if page is None:
                sheet = Sheet(number, 0.0, 0.0, 0, LaneReason.NO_TEXT_LAYER)
                return Sight(sheet, PageCode.PAGE_UNREADABLE)
            sheet = Sheet(
                number, page.width_pt, page.height_pt, page.rotation, LaneReason.NO_TEXT_LAYER
            )
            across, down = (
                max(1, round(side * self._dpi / _POINTS_PER_INCH))
                for side in (page.width_pt, page.height_pt)
            )
            if max(across * down, page.marks().largest_image_pixels) > self._max_pixels:
                return Sight(sheet, PageCode.PAGE_TOO_LARGE)
            shrink = max(1.0, (across * down / MOST_PIXELS) ** 0.5)
            size = max(1, int(across / shrink)), max(1, int(down / shrink))
            return Sight(sheet, self._drawn(page, *size, deadline))

    @contextmanager
    def _page(self, number: int) -> Iterator[PdfPage | None]:
        handle = pdfium.FPDF_LoadPage(self._document, number - 1)
        if handle and not self._form.handle and _has_fields(handle):
            # Pages cut out of a form have lost it: their fields are drawn only once flattened.
            pdfium.FPDFPage_Flatten(handle, pdfium.FLAT_NORMALDISPLAY)
            pdfium.FPDF_ClosePage(handle)
            handle = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not handle:
            yield None
            return
        self._form.enter_page(handle)
        try:
            page = PdfPage(handle)
            yield page if page.width_pt > 0 and page.height_pt > 0 else None
        finally:
            self._form.leave_page(handle)
            pdfium.FPDF_ClosePage(handle)

    def _drawn(self, page: PdfPage, across: int, down: int, deadline: Deadline) -> Image:
        """Draw a page on white, in steps, as a page made to take forever must end too."""
        picture = np.full((down, across, 3), 255, np.uint8)
        bitmap = pdfium.FPDFBitmap_CreateEx(
            across, down, pdfium.FPDFBitmap_BGR, picture.ctypes.data, picture.strides[0]
        )
        place = (page.handle, 0, 0, across, down, 0, _FLAGS)
        try:
            pause = _Pause(deadline)
            status = pdfium.FPDF_RenderPageBitmap_Start(bitmap, *place, pause.given)
            while status == pdfium.FPDF_RENDER_TOBECONTINUED and not deadline.passed:
                status = pdfium.FPDF_RenderPage_Continue(page.handle, pause.given)
            pdfium.FPDF_RenderPage_Close(page.handle)
            if status == pdfium.FPDF_RENDER_TOBECONTINUED:
                raise DeadlineExceeded
            self._form.draw(bitmap, place)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return picture


class _Form:
    """The document's form, if it has one: pdfium draws fields through it alone."""

    def __init__(self, document: Any) -> None:
        self.handle: Any = None
        if pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE:
            # Kept as long as the form: pdfium holds its address.
            self._info = pdfium.FPDF_FORMFILLINFO(version=2)
            self.handle = pdfium.FPDFDOC_InitFormFillEnvironment(document, byref(self._info))

    def leave(self) -> None:
        if self.handle:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self.handle)

    def enter_page(self, page: Any) -> None:
        if self.handle:
            pdfium.FORM_OnAfterLoadPage(page, self.handle)

    def leave_page(self, page: Any) -> None:
        if self.handle:
            pdfium.FORM_OnBeforeClosePage(page, self.handle)

    def draw(self, bitmap: Any, place: tuple[Any, ...]) -> None:
        if self.handle:
            pdfium.FPDF_FFLDraw(self.handle, bitmap, *place)


class _Pause:
    """What pdfium asks while it draws: whether it should stop and let us look at the clock."""

    def __init__(self, deadline: Deadline) -> None:
        kind = dict(pdfium.IFSDK_PAUSE._fields_)["NeedToPauseNow"]
        self._asked = kind(lambda _: c_int(deadline.passed).value)
        self._struct = pdfium.IFSDK_PAUSE(version=1, NeedToPauseNow=self._asked)
        self.given = pointer(self._struct)


def _has_fields(page: Any) -> bool:
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind == pdfium.FPDF_ANNOT_WIDGET:
            return True
    return False
