"""Looking at every page of an image file before any is decoded; then at one that can be.

Pillow reads the headers. Its plugins are called by name: ``Image.open`` would warn of large
images or refuse them by a limit of its own, and try formats that nobody asked for.
"""

from __future__ import annotations

import mmap
import struct
import warnings
import zlib
from itertools import count, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from docparser.errors import Rejected
from docparser.model import PageCode, RejectedCode

from . import sniff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

    from PIL.ImageFile import ImageFile

_FILES: dict[str, Callable[[IO[bytes]], ImageFile]] = {
    sniff.PNG: PngImagePlugin.PngImageFile,
    sniff.JPEG: JpegImagePlugin.JpegImageFile,
    sniff.TIFF: TiffImagePlugin.TiffImageFile,
}

_PNG_SIGNATURE_BYTES = 8
_JPEG_START_OF_SCAN = 0xDA
_JPEG_END = b"\xff\xd9"
_SHEET_INCHES = 11.69  # the longer side of A4
_TIFF_PIECES = ((273, 279), (324, 325))
"""Tags of where a frame's strips and tiles begin, and of how many bytes they have."""


class FrameFacts(NamedTuple):
    """What the header of a page says: its size in ``pixels``, or why it is not read.

    ``dpi`` is its resolution in dots per inch if it shows a sheet of A4: what the header says of it
    is not believed, because cameras write 72 and screens 96.
    """

    number: int
    pixels: int = 0
    refused: PageCode | None = None
    dpi: float | None = None


def inspect(
    path: Path, media_type: str, *, max_pages: int, max_page_pixels: int
) -> list[FrameFacts]:
    """Look at every page.

    The first page that can be decoded is: a picture whose header alone is sound is none. A JPEG is
    not, as its decoder draws something whatever it is given.

    A TIFF has as many pages as frames; of a PNG or JPEG only the first picture is one, since the
    others are frames of an animation or a camera's previews.

    Parameters
    ----------
    path
        The file.
    media_type
        What it is, one of `sniff`'s images.
    max_pages
        The most pages a document may have.
    max_page_pixels
        The most pixels of a page.

    Returns
    -------
    list of FrameFacts
        One for each page, in order. Refused: ``PAGE_TOO_LARGE``; ``PAGE_UNREADABLE`` for a frame
        of a TIFF whose header makes no sense, or whose pixels lie beyond the end of the file, or
        could not be decoded on the way to one that can.

    Raises
    ------
    Rejected
        ``CORRUPT``: the (first) header makes no sense, or the file was cut off, or damaged in a
        way that its checksums show; at the end, if no page is left to read. ``TOO_MANY_PAGES``.
        ``TOO_MANY_PIXELS``: at the end, if no page is left to read and one is too large.
    """
    size_bytes = path.stat().st_size
    with warnings.catch_warnings(), path.open("rb") as file:
        # They quote what is in the file, and stop nothing.
        warnings.simplefilter("ignore")
        try:
            image = _FILES[media_type](file)
        except Exception:  # noqa: BLE001 (its parsers raise whatever they trip over)
            raise Rejected(RejectedCode.CORRUPT) from None
        if media_type != sniff.TIFF and not _complete(path, media_type):
            raise Rejected(RejectedCode.CORRUPT)
        pages: list[FrameFacts] = []
        for number in count(1):
            facts = _look(image, number, size_bytes, max_page_pixels)
            if facts is None:
                break
            if number > max_pages:
                raise Rejected(RejectedCode.TOO_MANY_PAGES)
            pages.append(facts)
            if media_type != sniff.TIFF:
                break
        if media_type != sniff.JPEG:
            pages = _one_decoded(image, pages)
    codes = {page.refused for page in pages}
    if None not in codes:
        too_large = PageCode.PAGE_TOO_LARGE in codes
        raise Rejected(RejectedCode.TOO_MANY_PIXELS if too_large else RejectedCode.CORRUPT)
    return pages


def _look(
    image: ImageFile, number: int, size_bytes: int, max_page_pixels: int
) -> FrameFacts | None:
    """Return what the header of frame ``number`` (from 1) says; None after the last one.

    Pillow ends a chain of frames that comes back to an earlier one.
    """
    try:
        image.seek(number - 1)
        within = _within(image, size_bytes)  # tags are parsed when they are first asked for
    except EOFError:
        return None
    except Exception:  # noqa: BLE001 (its parsers raise whatever they trip over)
        return FrameFacts(number, refused=PageCode.PAGE_UNREADABLE)
    if not within:
        return FrameFacts(number, refused=PageCode.PAGE_UNREADABLE)
    return facts_of(number, image.size, max_page_pixels)


def facts_of(number: int, size: tuple[int, int], max_page_pixels: int) -> FrameFacts:
    """Return what the size of a page, in pixels across and down, says of it."""
    width, height = size
    if width < 1 or height < 1:
        return FrameFacts(number, refused=PageCode.PAGE_UNREADABLE)
    if width * height > max_page_pixels:
        return FrameFacts(number, width * height, PageCode.PAGE_TOO_LARGE)
    return FrameFacts(number, width * height, dpi=round(max(width, height) / _SHEET_INCHES, 1))


def _one_decoded(image: ImageFile, pages: list[FrameFacts]) -> list[FrameFacts]:
    """Return the pages, those refused that come before the first one that can be decoded."""
    tried = list(pages)
    for index, page in enumerate(pages):
        if page.refused is not None:
            continue
        try:
            image.seek(index)
            image.load()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 (its parsers raise whatever they trip over)
            tried[index] = FrameFacts(page.number, refused=PageCode.PAGE_UNREADABLE)
        else:
            break
    return tried


def _within(image: ImageFile, size_bytes: int) -> bool:
    """Tell whether the strips or tiles of a TIFF's frame lie within the file."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return True
    for offsets, lengths in _TIFF_PIECES:
        begins, sizes = image.tag_v2.get(offsets, ()), image.tag_v2.get(lengths, ())
        # Some writers leave out the sizes; what is there must lie within.
        if any(sum(piece) > size_bytes for piece in zip_longest(begins, sizes, fillvalue=0)):
            return False
    return True


def _complete(path: Path, media_type: str) -> bool:
    """Tell whether a PNG or JPEG has its end.

    A decoder fills what is missing with grey: a page half read, and nobody would know.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return (_png_ends if media_type == sniff.PNG else _jpeg_ends)(content)


def _png_ends(content: mmap.mmap) -> bool:
    """Walk the chunks of a PNG to its last one; those that hold the picture bear out their CRC."""
    at = _PNG_SIGNATURE_BYTES
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        if end + 4 > len(content):
            return False
        # Decoders skip a damaged chunk whose name begins with a small letter: it is ancillary.
        if kind[:1].isupper():
            with memoryview(content) as view, view[at + 4 : end] as body:
                if zlib.crc32(body) != struct.unpack_from(">I", content, end)[0]:
                    return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _jpeg_ends(content: mmap.mmap) -> bool:
    """Walk the segments of a JPEG to its pixels, and find the mark after them.

    Within the pixels a byte FF is never followed by D9; within segments, as a preview, it is.
    """
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _JPEG_START_OF_SCAN:
            return content.find(_JPEG_END, at) >= 0
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False
