"""A PDF, opened: its pages, how they lie, and their text layers.

pdfium is called through its C interface: the object wrappers of ``pypdfium2`` cost 40 ms more at
import, which every cold start would pay, and more in every call. pdfium is not thread-safe: only
one thread of a process may use this module.
"""

from __future__ import annotations

import math
import re
import stringprep
import unicodedata
from contextlib import contextmanager, suppress
from ctypes import (
    PYFUNCTYPE,
    byref,
    c_float,
    c_int,
    c_uint,
    c_ulong,
    c_ushort,
    c_void_p,
    cast,
    string_at,
)
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2_raw as pdfium

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Box = tuple[float, float, float, float]

MEDIA_TYPE = "application/pdf"

# A page's objects are looked at up to here: a map of a million strokes is known to be drawn after
# the first, and its images are found early or not at all.
_MAX_OBJECTS = 20_000

_SAMPLED_CHARACTERS = 300

# Points: a line is this thick and this long; within a path it may be so little off the level.
_THICKEST_RULE_PT = 3.0
_SHORTEST_RULE_PT = 4.0
_LEVEL_PT = 0.5

# Paths, lines and a path's segments that are looked at for rules; a drawing has more.
_MAX_PATHS = 4000
_MAX_RULES = 5000
_MAX_SEGMENTS = 2000

# What covers so much of the page is its ground.
_GROUND = 0.9

# Form XObjects nest; deeper than this nothing honest is drawn.
_MAX_FORM_DEPTH = 8

# Half a character, from fonts that map a symbol to one unit of its two: nothing to read.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# Text that leaves no paint: neither filled nor stroked, and the same as a clipping path.
_HIDDEN_TEXT = frozenset((pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP))

_TEXT_ANNOTATIONS = frozenset(
    (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP)
)


# Second prototypes, which take and give addresses instead of pointer objects and keep the
# interpreter lock: a page of text has thousands of objects, most of which are only told apart.
_page_object = PYFUNCTYPE(c_void_p, c_void_p, c_int)(
    cast(pdfium.FPDFPage_GetObject, c_void_p).value or 0
)
_form_object = PYFUNCTYPE(c_void_p, c_void_p, c_ulong)(
    cast(pdfium.FPDFFormObj_GetObject, c_void_p).value or 0
)
_object_type = PYFUNCTYPE(c_int, c_void_p)(cast(pdfium.FPDFPageObj_GetType, c_void_p).value or 0)

_PATHS = frozenset((pdfium.FPDF_PAGEOBJ_PATH,))

# Text this small, this light or this transparent is not there to be read. What covers so much (in
# square points) may hide text; a page with more of them is a drawing, behind which anything may be.
_SMALLEST_PT = 1.5
_NEARLY_WHITE = 240
_NEARLY_CLEAR = 13
_LEAST_COVER = 100.0
_MAX_COVERS = 200


class TextLayer:
    """The characters of an open page: pdfium's handle, and ``text`` with one item per index.

    Where an index has nothing to read, such as the second half of a surrogate pair, ``text`` has
    a NUL.
    """

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.text = _text(handle, pdfium.FPDFText_CountChars(handle))

    def unmapped(self) -> float:
        """Return the part (0..1) of the characters that the file maps to none, from a sample.

        pdfium then gives the code itself, which is the glyph's number and no character.
        """
        sample = range(0, len(self.text), max(1, len(self.text) // _SAMPLED_CHARACTERS))
        errors = sum(
            bool(pdfium.FPDFText_HasUnicodeMapError(self.handle, index) == 1) for index in sample
        )
        return errors / len(sample) if sample else 0.0


class Marks(NamedTuple):
    """What is drawn on a page.

    ``drawn`` tells whether anything is; ``largest_image_pixels`` is what the dictionary of the
    largest image claims; ``image_cover`` the share of the visible page that lies under images
    (0..1; what two of them cover counts twice); ``image_dpi`` the resolution, in dots per inch, of
    the one that covers most (0 without one); ``hidden_text`` tells whether text is written without
    being painted, as OCR programs lay it over a scan.
    """

    drawn: bool
    largest_image_pixels: int
    image_cover: float
    image_dpi: float
    hidden_text: bool


class _Holder(NamedTuple):
    """What holds page objects: the page, or a form within it, placed there by its matrices."""

    count: Callable[[Any], int]
    get: Callable[[int | None, int], int]
    handle: Any
    matrices: tuple[Any, ...] = ()

    def within(self, form: Any) -> _Holder:
        """Return a form that this one holds."""
        matrix = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
        pdfium.FPDFPageObj_GetMatrix(form, byref(matrix))
        return _Holder(
            pdfium.FPDFFormObj_CountObjects, _form_object, form, (*self.matrices, matrix)
        )


class PdfPage:
    """An open page: pdfium's handle, and how its space lies on the upright page.

    ``left``, ``bottom``, ``right`` and ``top`` (points, origin bottom left, before rotation) are
    the visible part: the crop box within the media box.
    """

    def __init__(self, handle: Any) -> None:
        bounds = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(handle, byref(bounds))
        self.handle = handle
        self.left: float = bounds.left
        self.bottom: float = bounds.bottom
        self.right: float = bounds.right
        self.top: float = bounds.top
        self.rotation: int = pdfium.FPDFPage_GetRotation(handle) * 90
        across, along = self.right - self.left, self.top - self.bottom
        turned = self.rotation % 180 != 0
        self.width_pt, self.height_pt = (along, across) if turned else (across, along)

    def marks(self) -> Marks:
        """Look at what is drawn on the page, without decoding anything.

        Text counts as a mark: glyphs that map to no character are still on the paper. Paths count
        unless they are invisible or white, as word processors paint the ground of blank pages.
        """
        drawn = hidden_text = False
        largest, covered = 0, 0.0
        widest = (0.0, 0.0)  # the area of the image that covers most, and its resolution
        width, height = c_uint(), c_uint()
        for thing, kind, matrices in self._things():
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                drawn = True
                area = self._area(thing, matrices)
                covered += area
                if pdfium.FPDFImageObj_GetImagePixelSize(thing, byref(width), byref(height)):
                    pixels = width.value * height.value
                    largest = max(largest, pixels)
                    # Of a scan's layers, which cover the same, the finest has the text.
                    widest = max(widest, (round(area), 72 * math.sqrt(pixels / max(area, 1))))
            elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
                drawn = True
                hidden_text = (
                    hidden_text or pdfium.FPDFTextObj_GetTextRenderMode(thing) in _HIDDEN_TEXT
                )
            elif not drawn:
                drawn = kind != pdfium.FPDF_PAGEOBJ_PATH or _visible_path(thing)
        whole = (self.right - self.left) * (self.top - self.bottom)
        cover = min(covered / whole, 1.0) if whole > 0 else 0.0
        return Marks(drawn, largest, cover, widest[1], hidden_text)

    def hides_text(self) -> bool:
        """Tell whether any text of the page's own cannot be seen by who looks at it.

        It is not painted, white on white, too small, transparent, or lies behind what was drawn
        after it. A page on which that cannot be told hides some.
        """
        texts: list[tuple[int, Any, tuple[Any, ...], bool]] = []
        covers: list[tuple[int, Box]] = []
        count = 0
        ink = _Ink()
        for thing, kind, matrices in self._things():
            count += 1
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                white = ink.white(thing)
                if white is None or ink.size_pt(thing, matrices) < _SMALLEST_PT:
                    return True
                texts.append((count, thing, matrices, white))
            elif kind != pdfium.FPDF_PAGEOBJ_PATH or _filled_path(thing):
                box = _bounds(thing, matrices)
                if box and (box[2] - box[0]) * (box[3] - box[1]) > _LEAST_COVER:
                    covers.append((count, box))
        if count >= _MAX_OBJECTS or len(covers) > _MAX_COVERS:
            return bool(texts)
        for order, thing, matrices, white in texts if covers else ():
            box = _bounds(thing, matrices)
            if box is None:
                continue
            over = [drawn for drawn, cover in covers if _within(box, cover)]
            if any(drawn > order for drawn in over) or (white and not over):
                return True
        return not covers and any(white for *_, white in texts)

    def rules(self) -> list[Box]:
        """Return the level and upright lines that are drawn, as left, bottom, right and top.

        In the page's space, in points. Thin boxes are lines too, and so are the sides of boxes
        and of filled rows. A page with more lines than any table has is a drawing: what follows
        the first thousands is not looked at.
        """
        found: list[Box] = []
        paths = 0
        for thing, _, matrices in self._things(_PATHS):
            paths += 1
            if paths > _MAX_PATHS or len(found) > _MAX_RULES:
                break
            box = _bounds(thing, matrices)
            if box is None:
                continue
            wide, high = box[2] - box[0], box[3] - box[1]
            if max(wide, high) < _SHORTEST_RULE_PT:
                continue
            if min(wide, high) <= _THICKEST_RULE_PT:
                if _visible_path(thing):
                    found.append(box)
            elif self._is_part(box) and _visible_path(thing):
                found += _sides(thing, matrices)
        return found

    def remove_images(self) -> None:
        """Take every image off the page, in memory only: what is drawn from now on has none.

        Not one is overlooked: a form that lies deeper than honest ones do goes as a whole.
        """
        _remove_images(
            _Holder(pdfium.FPDFPage_CountObjects, _page_object, self.handle),
            pdfium.FPDFPage_RemoveObject,
        )

    def _is_part(self, box: Box) -> bool:
        """Tell whether a box is less than the whole page, which is its ground."""
        whole = (self.right - self.left) * (self.top - self.bottom)
        return (box[2] - box[0]) * (box[3] - box[1]) < _GROUND * whole

    def _things(
        self, kinds: frozenset[int] | None = None
    ) -> Iterator[tuple[Any, int, tuple[Any, ...]]]:
        """Yield what is drawn of some kinds (None: all), each with the matrices of its forms."""
        left = _MAX_OBJECTS
        waiting: list[_Holder] = [_Holder(pdfium.FPDFPage_CountObjects, _page_object, self.handle)]
        while waiting and left > 0:
            holder = waiting.pop()
            address = cast(holder.handle, c_void_p).value
            for index in range(min(holder.count(holder.handle), left)):
                left -= 1
                place = holder.get(address, index)
                kind = _object_type(place)
                if kind == pdfium.FPDF_PAGEOBJ_FORM:
                    if len(holder.matrices) < _MAX_FORM_DEPTH:
                        waiting.append(holder.within(cast(place, pdfium.FPDF_PAGEOBJECT)))
                elif kinds is None or kind in kinds:
                    yield cast(place, pdfium.FPDF_PAGEOBJECT), kind, holder.matrices

    def _area(self, thing: Any, matrices: tuple[Any, ...]) -> float:
        """Return how much of the visible page a thing's bounding box covers, in square points."""
        box = _bounds(thing, matrices)
        if box is None:
            return 0.0
        left, bottom, right, top = box
        wide = min(right, self.right) - max(left, self.left)
        high = min(top, self.top) - max(bottom, self.bottom)
        return max(wide, 0.0) * max(high, 0.0)

    @contextmanager
    def text_layer(self) -> Iterator[TextLayer | None]:
        """Open the page's text layer, or give ``None`` where pdfium finds none."""
        handle = pdfium.FPDFText_LoadPage(self.handle)
        if not handle:
            yield None
            return
        try:
            yield TextLayer(handle)
        finally:
            pdfium.FPDFText_ClosePage(handle)


class PdfFile:
    """An open PDF; ``page_count`` is at least 1."""

    def __init__(self, document: Any, path: Path, page_count: int) -> None:
        self.document = document
        self.path = path
        self.page_count = page_count

    @contextmanager
    def page(self, number: int) -> Iterator[PdfPage | None]:
        """Open page ``number`` (from 1), or give ``None`` where pdfium cannot load it.

        Filled form fields, free text and stamps are annotations, drawn above the page's content
        and unknown to its text layer; they are made part of the content, in memory only.
        """
        handle = pdfium.FPDF_LoadPage(self.document, number - 1)
        if handle and _has_text_annotations(handle):
            pdfium.FPDFPage_Flatten(handle, pdfium.FLAT_NORMALDISPLAY)
            pdfium.FPDF_ClosePage(handle)
            handle = pdfium.FPDF_LoadPage(self.document, number - 1)
        if not handle:
            yield None
            return
        try:
            page = PdfPage(handle)
            yield page if page.width_pt > 0 and page.height_pt > 0 else None
        finally:
            pdfium.FPDF_ClosePage(handle)


@contextmanager
def open_pdf(path: Path, password: str | None = None) -> Iterator[PdfFile]:
    """Open a PDF from disk; pdfium reads the parts it needs, never the whole file.

    Raises
    ------
    Rejected
        ``ENCRYPTED``: the password is missing or wrong, or the security handler unknown.
        ``CORRUPT``: no PDF, or beyond pdfium's repair, or without pages.
    FileNotFoundError
        There is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError("the PDF to open is gone")
    _start_pdfium()
    for secret in password_forms(password):
        document = pdfium.FPDF_LoadDocument(str(path).encode(), secret)
        if document:
            break
    else:
        locked = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        if pdfium.FPDF_GetLastError() in locked:
            raise Rejected(RejectedCode.ENCRYPTED)
        raise Rejected(RejectedCode.CORRUPT)
    try:
        page_count = pdfium.FPDF_GetPageCount(document)
        if page_count < 1:
            raise Rejected(RejectedCode.CORRUPT)
        yield PdfFile(document, path, page_count)
    finally:
        pdfium.FPDF_CloseDocument(document)


def password_forms(password: str | None) -> list[bytes]:
    """Return the forms in which a password may open a file; without one, that of nobody.

    Up to revision 4 it is in PDFDocEncoding, which is Latin-1 for what a keyboard writes; later it
    is UTF-8. ISO 32000-2 asks for SASLprep (RFC 4013) since revision 6.
    """
    if password is None:
        return [b""]
    kept = [character for character in password if not stringprep.in_table_b1(character)]
    spaced = (" " if stringprep.in_table_c12(character) else character for character in kept)
    prepared = unicodedata.normalize("NFKC", "".join(spaced))
    forms = [password.encode(), prepared.encode()]
    with suppress(UnicodeEncodeError):
        forms.append(password.encode("latin-1"))
    return list(dict.fromkeys(forms))


@cache
def _start_pdfium() -> None:
    """Initialise pdfium, once in a process; the process's end frees it."""
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2))


def _text(handle: Any, count: int) -> str:
    """Return one character for each index of the text page; NUL where there is none to read."""
    if count < 1:
        return ""
    # A character takes up to two UTF-16 units; the last unit is the closing NUL.
    units = (c_ushort * (2 * count + 1))()
    written = pdfium.FPDFText_GetText(handle, 0, count, units)
    text = string_at(units, 2 * max(written - 1, 0)).decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return _LONE_SURROGATE.sub("\0", text)
    # Control characters have an index and no text; surrogates may have two indices.
    codes = [pdfium.FPDFText_GetUnicode(handle, index) for index in range(count)]
    for index, code in enumerate(codes):
        if 0xD800 <= code <= 0xDBFF and index + 1 < count and 0xDC00 <= codes[index + 1] <= 0xDFFF:
            codes[index] = 0x10000 + ((code - 0xD800) << 10) + codes[index + 1] - 0xDC00
            codes[index + 1] = 0
        elif 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            codes[index] = 0
    return "".join(map(chr, codes))


def _remove_images(holder: _Holder, remove: Callable[[Any, Any], int]) -> None:
    address = cast(holder.handle, c_void_p).value
    # From the last to the first: what was looked at keeps its index.
    for index in reversed(range(holder.count(holder.handle))):
        place = holder.get(address, index)
        kind = _object_type(place)
        thing = cast(place, pdfium.FPDF_PAGEOBJECT)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and len(holder.matrices) < _MAX_FORM_DEPTH:
            _remove_images(holder.within(thing), pdfium.FPDFFormObj_RemoveObject)
        elif kind in (pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_IMAGE) and remove(
            holder.handle, thing
        ):
            pdfium.FPDFPageObj_Destroy(thing)


def _has_text_annotations(page: Any) -> bool:
    """Tell whether a page bears annotations that show text."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _TEXT_ANNOTATIONS:
            return True
    return False


def _bounds(thing: Any, matrices: tuple[Any, ...]) -> Box | None:
    """Return the box around a thing on the page, or None where pdfium knows none."""
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium.FPDFPageObj_GetBounds(
        thing, byref(left), byref(bottom), byref(right), byref(top)
    ):
        return None
    if not matrices:
        return left.value, bottom.value, right.value, top.value
    corners = [
        _moved(x, y, matrices) for x in (left.value, right.value) for y in (bottom.value, top.value)
    ]
    across, along = zip(*corners, strict=True)
    return min(across), min(along), max(across), max(along)


def _moved(x: float, y: float, matrices: Sequence[Any]) -> tuple[float, float]:
    """Return where matrices, the innermost last, take a point."""
    for matrix in reversed(matrices):
        x, y = matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f
    return x, y


def _within(box: Box, cover: Box) -> bool:
    """Tell whether the middle of a box lies within another."""
    across, along = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return cover[0] <= across <= cover[2] and cover[1] <= along <= cover[3]


class _Ink:
    """How text is painted; its numbers are used again and again, since a page has many texts."""

    def __init__(self) -> None:
        self._parts = c_uint(), c_uint(), c_uint(), c_uint()
        self._given = tuple(byref(part) for part in self._parts)
        self._size = c_float()
        self._own = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)

    def white(self, text: Any) -> bool | None:
        """Tell whether text is painted white, or None if it is not painted at all."""
        if pdfium.FPDFTextObj_GetTextRenderMode(text) in _HIDDEN_TEXT:
            return None
        if not pdfium.FPDFPageObj_GetFillColor(text, *self._given):
            return False
        red, green, blue, alpha = self._parts
        if alpha.value < _NEARLY_CLEAR:
            return None
        return min(red.value, green.value, blue.value) >= _NEARLY_WHITE

    def size_pt(self, text: Any, matrices: tuple[Any, ...]) -> float:
        """Return how large text is on the page, in points."""
        if not pdfium.FPDFTextObj_GetFontSize(text, byref(self._size)):
            return 0.0
        pdfium.FPDFPageObj_GetMatrix(text, byref(self._own))
        size = abs(self._size.value) * _scale(self._own)
        for matrix in matrices:
            size *= _scale(matrix)
        return size


def _scale(matrix: Any) -> float:
    return math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))


def _filled_path(path: Any) -> bool:
    """Tell whether a path is filled, whatever its colour, and not see-through."""
    fill, stroke = c_int(), c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, byref(fill), byref(stroke)):
        return False
    if fill.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    known = pdfium.FPDFPageObj_GetFillColor(
        path, byref(red), byref(green), byref(blue), byref(alpha)
    )
    return not known or alpha.value > 255 - _NEARLY_CLEAR


def _sides(path: Any, matrices: tuple[Any, ...]) -> list[Box]:
    """Return the level and upright lines of a path; none if it has curves."""
    count = pdfium.FPDFPath_CountSegments(path)
    if not 1 < count <= _MAX_SEGMENTS:
        return []
    own = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFPageObj_GetMatrix(path, byref(own))
    chain = (*matrices, own)
    across, along = c_float(), c_float()
    sides: list[Box] = []
    begin = last = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, byref(across), byref(along))
        point = _moved(across.value, along.value, chain)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            _add_side(sides, last, point)
        else:
            return []
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            _add_side(sides, last, begin)
            last = begin
    return sides


def _add_side(sides: list[Box], begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Keep the line between two points if it is level or upright."""
    left, right = sorted((begin[0], end[0]))
    bottom, top = sorted((begin[1], end[1]))
    if (
        min(right - left, top - bottom)
        <= _LEVEL_PT
        < _SHORTEST_RULE_PT
        <= max(right - left, top - bottom)
    ):
        sides.append((left, bottom, right, top))


def _visible_path(path: Any) -> bool:
    """Tell whether a path leaves a mark: stroked, or filled in a colour other than white."""
    fill, stroke = c_int(), c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, byref(fill), byref(stroke)):
        return False
    if stroke.value:
        return True
    if fill.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    known = pdfium.FPDFPageObj_GetFillColor(
        path, byref(red), byref(green), byref(blue), byref(alpha)
    )
    if not known:
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 255
