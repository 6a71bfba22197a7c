"""A shard alone, as the OCR engine receives it: some pages of a PDF, some frames of a TIFF.

The readers of both formats are imported where they are used: a shard that is its whole document
needs neither.
"""

from __future__ import annotations

import io
import math
from ctypes import c_int, string_at
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

MOST_PIXELS = 20_000_000
"""A picture is read at this size at most: A4 at 450 dpi, where the usual letter fills a line's
picture with room to spare. It bounds what a page needs of memory."""

# Modes of Pillow that can be averaged, each by way of one of whole bytes.
_REDUCIBLE = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "RGBA": "RGBA", "CMYK": "CMYK"}

# The tag that says how a frame is to be turned or mirrored, and what undoes each of its values.
_ORIENTATION = 274
_LAID_BACK = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_90",
    7: "TRANSVERSE",
    8: "ROTATE_270",
}

_PDF = "application/pdf"


def write_pages(
    source: Path, target: IO[bytes], media_type: str, numbers: range
) -> tuple[int, ...]:
    """Write some pages of a PDF or a TIFF into a file of their own, of the same media type.

    Parameters
    ----------
    source
        The file.
    target
        An open file that receives the pages; it is read as well.
    media_type
        What the file is.
    numbers
        The pages' numbers, from 1.

    Returns
    -------
    tuple of int
        The numbers of the pages that were written: those that cannot be read are left out.
    """
    write = write_pdf_pages if media_type == _PDF else write_tiff_frames
    return write(source, target, numbers)


def write_pdf_pages(source: Path, target: IO[bytes], numbers: range) -> tuple[int, ...]:
    """Write some pages of a PDF into a PDF of their own.

    Parameters
    ----------
    source
        The PDF.
    target
        An open file that receives the pages.
    numbers
        The pages' numbers, from 1.

    Returns
    -------
    tuple of int
        The numbers of the pages that were written: those that pdfium cannot load are left out.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT: the file cannot be opened.
    """
    import pypdfium2_raw as pdfium

    from docparser.pdf_file import open_pdf

    with open_pdf(source) as opened:
        readable = []
        for number in numbers:
            with opened.page(number) as page:
                if page is not None:
                    readable.append(number)
        document = pdfium.FPDF_CreateNewDocument()
        try:
            # All at once: what the pages share, such as a font, is written once.
            indices = (c_int * len(readable))(*(number - 1 for number in readable))
            if not readable or not pdfium.FPDF_ImportPagesByIndex(
                document, opened.document, indices, len(readable), 0
            ):
                return ()
            _save(pdfium, document, target)
        finally:
            pdfium.FPDF_CloseDocument(document)
    return tuple(readable)


def _save(pdfium: Any, document: Any, target: IO[bytes]) -> None:
    def write(_: Any, data: Any, size: int) -> int:
        return int(target.write(string_at(data, size)) == size)

    writer = pdfium.FPDF_FILEWRITE(version=1)
    writer.WriteBlock = type(writer.WriteBlock)(write)
    if not pdfium.FPDF_SaveAsCopy(document, writer, pdfium.FPDF_NO_INCREMENTAL):
        raise OSError("the pages could not be written")


def write_tiff_frames(source: Path, target: IO[bytes], numbers: range) -> tuple[int, ...]:
    """Write some frames of a TIFF into a TIFF of their own, without loss up to `MOST_PIXELS`.

    One frame is in memory at a time. Sizes on paper and orientations are kept: whoever reads a
    page must know how its file turns it, wherever the page is read.

    Parameters
    ----------
    source
        The TIFF.
    target
        An open file that receives the frames; it is read as well.
    numbers
        The frames' numbers, from 1.

    Returns
    -------
    tuple of int
        The numbers of the frames that were written: those that Pillow cannot read are left out.
    """
    from PIL import Image
    from PIL.TiffImagePlugin import AppendingTiffWriter

    Image.MAX_IMAGE_PIXELS = None  # preflight has refused the pages that are too large
    written = []
    with Image.open(source, formats=("TIFF",)) as image, AppendingTiffWriter(target) as writer:
        for number in numbers:
            frame = io.BytesIO()
            try:
                image.seek(number - 1)
                orientation = image.getexif().get(_ORIENTATION, 1)
                picture, dpi = _no_larger_than_read(image)
                tags = {}
                if orientation in _LAID_BACK:
                    # Pillow has turned it, and forgotten that it did.
                    picture = picture.transpose(Image.Transpose[_LAID_BACK[orientation]])
                    tags[_ORIENTATION] = orientation
                # LZW takes 0.3 s for a grey A4 scan of 300 dpi; deflate 1.1 s for an eighth less.
                picture.save(frame, "TIFF", compression="tiff_lzw", dpi=dpi, tiffinfo=tags)
            except Exception:  # noqa: BLE001, S112 - Pillow raises whatever its plugins happen to
                continue
            # Complete before it is appended: half a frame would spoil those after it.
            writer.write(frame.getbuffer())
            writer.newFrame()
            written.append(number)
    return tuple(written)


def _no_larger_than_read(image: Image.Image) -> tuple[Image.Image, tuple[float, float] | None]:
    """Return a frame as the engine will look at it, and its dots per inch if the file says.

    Eight frames of A3 in colour at 600 dpi would be more than a request may hold, only to be
    reduced where they arrive. The picture is a copy, which has none of the file's tags: they may
    be as broken as they like.
    """
    dpi = image.info.get("dpi")
    shrink = math.ceil((image.width * image.height / MOST_PIXELS) ** 0.5)
    if shrink <= 1 or image.mode not in _REDUCIBLE:
        return image.copy(), dpi
    reduced = image.convert(_REDUCIBLE[image.mode]).reduce(shrink)
    dots = [float(each) / shrink for each in dpi or ()]
    if len(dots) != 2 or not all(0 < each < math.inf for each in dots):
        return reduced, None
    return reduced, (dots[0], dots[1])
