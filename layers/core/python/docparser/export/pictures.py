"""Pages as pictures in a PDF: what an image file shows, or a page of a PDF drawn again."""

from __future__ import annotations

import ctypes
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2_raw as pdfium
from pikepdf import Dictionary, Name
from PIL import ExifTags, Image, ImageOps

if TYPE_CHECKING:
    from pathlib import Path

    import pikepdf

    from docparser.pdf_file import PdfPage

MOST_PIXELS = 20_000_000
"""A picture has as many at most: A4 at 450 dpi."""

_QUALITY = 85
_DPI = 200

# EXIF's orientations, by the degrees clockwise that they stand for.
_EXIF_DEGREES = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_EXIF_TURNED = range(2, 9)
_QUARTERS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


class Encoded(NamedTuple):
    """A picture as a PDF holds it: its size in pixels, its bytes, and how they are to be read."""

    wide: int
    tall: int
    content: bytes
    words: dict[str, Any]

    def stream(self, pdf: pikepdf.Pdf) -> pikepdf.Stream:
        """Return the picture as an object of a PDF."""
        words = {
            key: Name(value) if isinstance(value, str) else value
            for key, value in self.words.items()
        }
        return pdf.make_stream(
            self.content,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=self.wide,
            Height=self.tall,
            **words,
        )


class ImageFile:
    """A PNG, a JPEG, or a TIFF with a page for each frame; one is in memory at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def page(self, number: int, rotation: int) -> Encoded:
        """Return a page upright.

        Parameters
        ----------
        number
            The page's number, from 1.
        rotation
            The degrees clockwise that make it upright, what the file says of itself included.
        """
        Image.MAX_IMAGE_PIXELS = None  # preflight has refused the pages that are too large
        with Image.open(self._path, formats=("PNG", "JPEG", "TIFF")) as image:
            if image.format == "TIFF":
                image.seek(number - 1)
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            upright = rotation == 0 and orientation not in _EXIF_TURNED
            plain = upright and image.width * image.height <= MOST_PIXELS
            if plain and image.format == "JPEG" and image.mode in {"L", "RGB"}:
                space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
                # Its own bytes: nothing is lost.
                return _jpeg(image.width, image.height, self._path.read_bytes(), space)
        return encoded(self.picture(number, rotation))

    def picture(self, number: int, rotation: int) -> Image.Image:
        """Return the pixels of a page, upright as `page` says."""
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(self._path, formats=("PNG", "JPEG", "TIFF")) as image:
            if image.format == "TIFF":
                image.seek(number - 1)
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            shrink = int((image.width * image.height / MOST_PIXELS) ** 0.5 + 0.999)
            if shrink > 1:
                image.draft(None, (image.width // shrink, image.height // shrink))
            picture = _flat(image)
            while picture.width * picture.height > MOST_PIXELS:
                picture = picture.convert("L" if picture.mode == "1" else picture.mode).reduce(2)
            picture = ImageOps.exif_transpose(picture)
        return _turned(picture, rotation - _EXIF_DEGREES.get(orientation, 0))


def drawn(page: PdfPage, turn: int, *, annotated: bool = True) -> Image.Image:
    """Draw an open page of a PDF, turned by so many degrees more than the file says.

    Fields, free text and stamps are part of the page; other annotations are drawn if it is
    ``annotated``.
    """
    scale = min(_DPI / 72, (MOST_PIXELS / (page.width_pt * page.height_pt)) ** 0.5)
    wide, tall = (max(1, round(side * scale)) for side in (page.width_pt, page.height_pt))
    pixels = bytearray(4 * wide * tall)
    shared = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    bitmap = pdfium.FPDFBitmap_CreateEx(wide, tall, pdfium.FPDFBitmap_BGRx, shared, 4 * wide)
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, wide, tall, 0xFFFFFFFF)
    flags = pdfium.FPDF_ANNOT if annotated else 0
    pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, wide, tall, 0, flags)
    pdfium.FPDFBitmap_Destroy(bitmap)
    picture = Image.frombuffer("RGB", (wide, tall), pixels, "raw", "BGRX", 0, 1)
    return _turned(picture, turn)


def encoded(picture: Image.Image) -> Encoded:
    """Return a picture packed: black and white as faxes are, without loss; the rest as JPEG."""
    buffer = BytesIO()
    if picture.mode == "1":
        # One strip, so that its bytes are the whole picture; white is 0, as a PDF expects it.
        picture.save(buffer, "TIFF", compression="group4", tiffinfo={278: picture.height, 262: 0})
        with Image.open(buffer) as written:
            (offset,), (length,) = written.tag_v2[273], written.tag_v2[279]  # type: ignore[attr-defined]
        words = {
            "BitsPerComponent": 1,
            "ColorSpace": "/DeviceGray",
            "Filter": "/CCITTFaxDecode",
            "DecodeParms": Dictionary(K=-1, Columns=picture.width, Rows=picture.height),
        }
        packed = buffer.getvalue()[offset : offset + length]
        return Encoded(picture.width, picture.height, packed, words)
    if picture.mode != "L":
        picture = picture.convert("RGB")
    picture.save(buffer, "JPEG", quality=_QUALITY)
    space = "/DeviceGray" if picture.mode == "L" else "/DeviceRGB"
    return _jpeg(picture.width, picture.height, buffer.getvalue(), space)


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    """Return a picture turned clockwise by quarters of a circle."""
    turn = _QUARTERS.get(degrees % 360)
    return picture if turn is None else picture.transpose(turn)


def _jpeg(wide: int, tall: int, content: bytes, space: str) -> Encoded:
    words = {"BitsPerComponent": 8, "ColorSpace": space, "Filter": "/DCTDecode"}
    return Encoded(wide, tall, content, words)


def _flat(image: Image.Image) -> Image.Image:
    """Return a picture of black and white, of grey or of colour, without transparency."""
    if image.mode.startswith("I") or image.mode == "F":
        deep = image.convert("F" if image.mode in {"I", "F"} else "I").convert("F")
        _, brightest = deep.getextrema()
        # Whole numbers of 16 bits, unless there is more.
        full = max(float(brightest), 65535.0 if image.mode != "F" else 1.0)  # type: ignore[arg-type]
        return deep.point(lambda value: value * (255 / full) + 0).convert("L")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    if image.mode in {"1", "L"}:
        return image.copy()
    return image.convert("RGB")
