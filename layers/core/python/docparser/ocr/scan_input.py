"""A shard alone, as the OCR endpoint receives it: some pages of a PDF, some frames of a TIFF.

The readers of both formats are imported where they are used: a shard that is its whole document
needs neither.
"""

from __future__ import annotations

import io
from ctypes import c_int, string_at
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


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
    """Write some frames of a TIFF, without loss, into a TIFF of their own.

    One frame is in memory at a time. Resolution is kept, orientation is applied.

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
                # A copy has none of the file's tags, which may be as broken as they like. LZW
                # takes 0.3 s for a grey A4 scan of 300 dpi; deflate 1.1 s for an eighth less.
                image.copy().save(frame, "TIFF", compression="tiff_lzw", dpi=image.info.get("dpi"))
            except Exception:  # noqa: BLE001, S112 - Pillow raises whatever its plugins happen to
                continue
            # Complete before it is appended: half a frame would spoil those after it.
            writer.write(frame.getbuffer())
            writer.newFrame()
            written.append(number)
    return tuple(written)
