"""A page alone, as Textract receives it: a PNG or a JPEG within the limits of its API.

Bytes that are sent with a request may be 5 MB, and a picture or a PDF page 10,000 pixels a side
(Textract, "Set quotas" and the type ``Document``; a PDF may not be sent that way at all). Letters
of 15 pixels are the smallest that it reads, which at 250 dpi is a font of 4 points.
"""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from ctypes import string_at
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pypdfium2_raw as pdfium
from PIL import ExifTags, Image, ImageOps

from docparser.pdf_file import MEDIA_TYPE, PdfPage, open_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docparser.pdf_file import PdfFile

MOST_BYTES = 5_000_000
MOST_SIDE = 10_000

_DPI = 250
_POINTS_PER_INCH = 72
_MOST_PIXELS = 20_000_000
_QUALITIES = (92, 75)
_FORMATS = ("PNG", "JPEG", "TIFF")
_AS_THEY_ARE = {"1", "L", "RGB"}

# A file that names a resolution outside of this names none; where it names none it shows a page of
# this one. Fax pages have fewer dots down than across.
_SANE_DPI = (50.0, 2400.0)
_USUAL_DPI = 200.0
_SQUARE = 1.1


class Picture(NamedTuple):
    """A page as it is sent: the file, the page's size in points, and how it was turned for it."""

    content: bytes
    width_pt: float
    height_pt: float
    rotation: int


class UnreadablePageError(Exception):
    """The page cannot be drawn or decoded."""


class Pictures(Protocol):
    """The pages of an open document."""

    def page(self, number: int) -> Picture:
        """Return page ``number`` (from 1).

        Raises
        ------
        UnreadablePageError
            It has none.
        """


@contextmanager
def open_pictures(path: Path, media_type: str) -> Iterator[Pictures]:
    """Open a PDF or an image; only one thread may use what this gives.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT: the PDF cannot be opened.
    """
    if media_type == MEDIA_TYPE:
        with open_pdf(path) as opened:
            yield _PdfPictures(opened)
    else:
        yield _ImagePictures(path)


class _PdfPictures:
    """Pages of a PDF, drawn."""

    def __init__(self, pdf: PdfFile) -> None:
        self._pdf = pdf

    def page(self, number: int) -> Picture:
        with self._pdf.page(number) as page:
            if page is None:
                raise UnreadablePageError
            content = _encoded(_drawn(page))
            return Picture(content, page.width_pt, page.height_pt, page.rotation)


def _drawn(page: PdfPage) -> Image.Image:
    dpi = min(
        _DPI,
        _POINTS_PER_INCH * (_MOST_PIXELS / (page.width_pt * page.height_pt)) ** 0.5,
        _POINTS_PER_INCH * MOST_SIDE / max(page.width_pt, page.height_pt),
    )
    across, down = (
        max(1, int(side * dpi / _POINTS_PER_INCH)) for side in (page.width_pt, page.height_pt)
    )
    bitmap = pdfium.FPDFBitmap_CreateEx(across, down, pdfium.FPDFBitmap_BGRx, None, 0)
    if not bitmap:
        raise UnreadablePageError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, across, down, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, across, down, 0, pdfium.FPDF_ANNOT)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        buffer = pdfium.FPDFBitmap_GetBuffer(bitmap)
        pixels = string_at(buffer, stride * down)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return Image.frombytes("RGB", (across, down), pixels, "raw", "BGRX", stride, 1)


class _ImagePictures:
    """The picture of a PNG or a JPEG, or a frame of a TIFF."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def page(self, number: int) -> Picture:
        try:
            with Image.open(self._path, formats=_FORMATS) as image:
                return self._picture(image, number)
        except Exception:  # noqa: BLE001 - Pillow raises what its parsers meet: any kind of error
            raise UnreadablePageError from None

    def _picture(self, image: Image.Image, number: int) -> Picture:
        if image.format == "TIFF":
            image.seek(number - 1)
        across, down = _dots(image)
        turned = _EXIF_DEGREES.get(image.getexif().get(ExifTags.Base.Orientation, 1), 0)
        # Of a TIFF, Pillow tells the size of the upright picture before it has turned it.
        upright = image.format == "TIFF"
        if turned % 180 and upright:
            across, down = down, across
        size_pt = image.width * _POINTS_PER_INCH / across, image.height * _POINTS_PER_INCH / down
        content = b"" if self._changes(image, across, down) else self._path.read_bytes()
        if not content:
            content = _encoded(_upright(image, across, down))
        width_pt, height_pt = size_pt[::-1] if turned % 180 and not upright else size_pt
        return Picture(content, round(width_pt, 2), round(height_pt, 2), turned)

    def _changes(self, image: Image.Image, across: float, down: float) -> bool:
        """Tell whether the file must be written anew before Textract may have it."""
        return (
            image.format == "TIFF"
            or image.mode not in _AS_THEY_ARE
            or image.has_transparency_data
            or max(image.size) > MOST_SIDE
            or max(across / down, down / across) > _SQUARE
            or image.getexif().get(ExifTags.Base.Orientation, 1) != 1
            or self._path.stat().st_size > MOST_BYTES
        )


_EXIF_DEGREES = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}


def _dots(image: Image.Image) -> tuple[float, float]:
    """Return the dots per inch across and down."""
    least, most = _SANE_DPI
    try:
        across, down = (float(dots) for dots in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return _USUAL_DPI, _USUAL_DPI
    if not (least <= across <= most and least <= down <= most):
        return _USUAL_DPI, _USUAL_DPI
    return across, down


def _upright(image: Image.Image, across: float, down: float) -> Image.Image:
    """Return a picture on white, upright as the file says, with as many dots across as down."""
    shrink = math.ceil((image.width * image.height / _MOST_PIXELS) ** 0.5)
    image.draft(None, (image.width // shrink, image.height // shrink))
    picture = _flat(image)
    if max(across / down, down / across) > _SQUARE:
        most = max(across, down)
        size = round(picture.width * most / across), round(picture.height * most / down)
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    # A copy has none of the file's tags: the turn is what the file said.
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    picture.getexif()[ExifTags.Base.Orientation] = orientation
    return ImageOps.exif_transpose(picture)


def _flat(image: Image.Image) -> Image.Image:
    """Return a picture of 8 bits a channel, grey or coloured, without transparency."""
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow's own conversion would clip deep pixels instead of scaling them.
        brightest = max(float(extreme) for extreme in image.convert("F").getextrema())  # type: ignore[arg-type]
        full = 65535.0 if image.mode != "F" and brightest <= 65535 else max(brightest, 1.0)
        return image.convert("F").point(lambda value: value * (255 / full)).convert("L")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _encoded(picture: Image.Image) -> bytes:
    """Return a picture as a JPEG that is small enough to be sent."""
    scale = min(
        1.0,
        (_MOST_PIXELS / (picture.width * picture.height)) ** 0.5,
        MOST_SIDE / max(picture.size),
    )
    if scale < 1:
        size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=quality)
            if file.tell() <= MOST_BYTES:
                return file.getvalue()
        picture = picture.reduce(2)
