"""Pages that are pictures: PNG, JPEG, and TIFF with a page for each frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from docparser.errors import Rejected
from docparser.model import LaneReason, PageCode, RejectedCode
from docparser.ocr.scan_input import MOST_PIXELS
from PIL import ExifTags, Image

from .source import Sheet, Sight

if TYPE_CHECKING:
    from pathlib import Path

    from . import quads
    from .deadline import Deadline

_POINTS_PER_INCH = 72
_FORMATS = ("PNG", "JPEG", "TIFF")

# A file that names a resolution outside of this names none: a default of its program, or damage.
_SANE_DPI = (50.0, 2400.0)

# Fax pages have 204 by 98 dots per inch; letters half as high are not read.
_SQUARE = 1.1

# EXIF's orientations, by the degrees clockwise that make the picture upright.
_EXIF_DEGREES = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_EXIF_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Every picture is measured against our own limit before it is decoded; Pillow's, which warns at
# 89 million pixels, is lower than a large drawing is.
Image.MAX_IMAGE_PIXELS = None


class ImagePages:
    """An image file: each page opens it anew, so that pages may be decoded at once.

    Parameters
    ----------
    path
        The file; it must stay as long as pages are looked at.
    dpi
        Dots per inch of a picture that does not say.
    max_pixels
        A larger page is not decoded.

    Raises
    ------
    Rejected
        ``CORRUPT``: no header of a known format.
    """

    def __init__(self, path: Path, *, dpi: int, max_pixels: int) -> None:
        self._path = path
        self._dpi = dpi
        self._max_pixels = max_pixels
        try:
            with Image.open(path, formats=_FORMATS) as image:
                self.page_count = _frames(image)
        except Exception:  # noqa: BLE001 - Pillow raises what its parsers meet: any kind of error
            raise Rejected(RejectedCode.CORRUPT) from None

    def close(self) -> None:
        """Do nothing: no file is kept open."""

    def look(self, number: int, deadline: Deadline) -> Sight:  # noqa: ARG002 - decoding ends
        """Return the picture of a page; see `Source`."""
        sheet = Sheet(number, 0.0, 0.0, 0, LaneReason.IMAGE_INPUT)
        try:
            with Image.open(self._path, formats=_FORMATS) as image:
                if image.format == "TIFF":
                    image.seek(number - 1)
                sheet = self._sheet(image, number)
                if image.width * image.height > self._max_pixels:
                    return Sight(sheet, PageCode.PAGE_TOO_LARGE)
                return Sight(sheet, _decoded(image, self._dots(image)))
        except Exception:  # noqa: BLE001 - as above
            return Sight(sheet, PageCode.PAGE_UNREADABLE)

    def _sheet(self, image: Image.Image, number: int) -> Sheet:
        across, down = self._dots(image)
        wide = round(image.width * _POINTS_PER_INCH / across, 2)
        tall = round(image.height * _POINTS_PER_INCH / down, 2)
        turned = _said_degrees(image)
        if turned % 180 and image.format != "TIFF":
            wide, tall = tall, wide
        return Sheet(number, wide, tall, turned, LaneReason.IMAGE_INPUT)

    def _dots(self, image: Image.Image) -> tuple[float, float]:
        """Return the dots per inch along the width and the height that Pillow tells."""
        try:
            across, down = (float(dots) for dots in image.info["dpi"])
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return self._dpi, self._dpi
        # Of a TIFF, Pillow tells the size of the upright picture before it has turned it.
        if image.format == "TIFF" and _said_degrees(image) % 180:
            across, down = down, across
        least, most = _SANE_DPI
        if not (least <= across <= most and least <= down <= most and across < 4 * down):
            return self._dpi, self._dpi
        return across, down


def _said_degrees(image: Image.Image) -> int:
    """Return the degrees clockwise by which the file says that a picture is to be turned."""
    return _EXIF_DEGREES.get(image.getexif().get(ExifTags.Base.Orientation, 1), 0)


def _frames(image: Image.Image) -> int:
    """Count the frames of a TIFF; another file's frames are variants of one picture.

    Where the chain of frames breaks, the frame that could not be found is counted: it becomes a
    page with a code.
    """
    if image.format != "TIFF":
        return 1
    frames = 1
    while True:
        try:
            image.seek(frames)
        except EOFError:
            return frames
        except Exception:  # noqa: BLE001 - as above
            return frames + 1
        frames += 1


def _decoded(image: Image.Image, dots: tuple[float, float]) -> quads.Image:
    """Decode to BGR on white, upright as the file says, with as many dots across as down."""
    shrink = int(max(1.0, (image.width * image.height / MOST_PIXELS) ** 0.5) + 0.999)
    if shrink > 1:
        # A JPEG is decoded at a smaller size at once.
        image.draft(None, (image.width // shrink, image.height // shrink))
    picture = _flat(image)
    if shrink > 1 and picture.width * picture.height > MOST_PIXELS:
        picture = picture.reduce(shrink)
    across, down = dots
    if max(across / down, down / across) > _SQUARE:
        most = max(across, down)
        size = round(picture.width * most / across), round(picture.height * most / down)
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    # Of a TIFF, Pillow has done so and no longer tells.
    turn = _EXIF_TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    if turn is not None:
        picture = picture.transpose(turn)
    if picture.mode == "L":
        return np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_GRAY2BGR), np.uint8)
    pixels = np.asarray(picture.convert("RGB"))
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)


def _flat(image: Image.Image) -> Image.Image:
    """Return a picture of 8 bits a channel, grey or coloured, without transparency."""
    if image.mode.startswith("I") or image.mode == "F":
        return _of_deep_pixels(image)
    if image.has_transparency_data:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")


def _of_deep_pixels(image: Image.Image) -> Image.Image:
    """Scale 16 and 32 bits to 8; Pillow's own conversion would clip them."""
    values = np.asarray(image, np.float32)
    brightest = float(values.max(initial=0.0))
    # Whole numbers of 16 bits, whether or not they lie in 32; anything else by what is there.
    full = 65535.0 if image.mode != "F" and brightest <= 65535 else max(brightest, 1.0)
    if image.mode == "F" and brightest <= 255:
        full = 255.0 if brightest > 1 else 1.0
    return Image.fromarray((np.clip(values / full, 0, 1) * 255).astype(np.uint8))
