"""Pictures of kinds that no lane reads, as a TIFF with a frame for each of their pictures."""

from __future__ import annotations

import io
import math
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PIL import BmpImagePlugin, GifImagePlugin, Image, WebPImagePlugin
from PIL.TiffImagePlugin import AppendingTiffWriter

from docparser.errors import Rejected
from docparser.model import PageCode, RejectedCode

from . import sniff
from .image import FrameFacts, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from PIL.ImageFile import ImageFile

_FILES: dict[str, Callable[[IO[bytes]], ImageFile]] = {
    sniff.WEBP: WebPImagePlugin.WebPImageFile,
    sniff.BMP: BmpImagePlugin.BmpImageFile,
    sniff.GIF: GifImagePlugin.GifImageFile,
}

_ORIENTATION = 274  # the tag of EXIF and TIFF
_TURNED = range(2, 9)


class _Frame(NamedTuple):
    """A picture that is not decoded yet: its size, and how to."""

    size: tuple[int, int]
    decode: Callable[[], Image.Image]


def write_tiff(
    path: Path,
    media_type: str,
    target: Path,
    *,
    max_pages: int,
    max_page_pixels: int,
    max_pixels: int,
) -> list[FrameFacts]:
    """Write every picture of a file, each as it is meant to be seen but not turned.

    How it is to be turned stays a tag, as whoever reads a page says how its file turned it. A
    transparent picture lies on white paper.

    Parameters
    ----------
    path
        The file.
    media_type
        What it is: WebP, BMP, GIF or HEIC.
    target
        The TIFF to write. Its frames are the file's, in order; one that is refused is a dot.
    max_pages
        The most pictures.
    max_page_pixels
        The most pixels of one.
    max_pixels
        The most pixels of all: an animation may repeat a large picture in a few bytes each.

    Returns
    -------
    list of FrameFacts
        One for each picture. Refused: ``PAGE_TOO_LARGE``, ``PAGE_UNREADABLE``.

    Raises
    ------
    Rejected
        CORRUPT, TOO_MANY_PAGES, TOO_MANY_PIXELS, BOMB: nothing was decoded; or CORRUPT, as not one
        picture could be.
    """
    with warnings.catch_warnings(), path.open("rb") as file:
        # They quote what is in the file, and stop nothing.
        warnings.simplefilter("ignore")
        frames = _heic(file) if media_type == sniff.HEIC else _pillow(_FILES[media_type], file)
        _keep_within(frames, max_pages, max_page_pixels, max_pixels)
        facts = []
        with target.open("w+b") as made, AppendingTiffWriter(made) as writer:
            for number, frame in enumerate(frames, start=1):
                known = facts_of(number, frame.size, max_page_pixels)
                picture = None if known.refused else _decoded(frame)
                if picture is None and known.refused is None:
                    known = FrameFacts(number, refused=PageCode.PAGE_UNREADABLE)
                writer.write(_as_tiff(picture or Image.new("1", (1, 1), 1)))
                writer.newFrame()
                facts.append(known)
    if all(known.refused for known in facts):
        raise Rejected(RejectedCode.CORRUPT)
    return facts


def _keep_within(
    frames: list[_Frame], max_pages: int, max_page_pixels: int, max_pixels: int
) -> None:
    if len(frames) > max_pages:
        raise Rejected(RejectedCode.TOO_MANY_PAGES)
    pixels = [width * height for width, height in (frame.size for frame in frames)]
    if all(each > max_page_pixels for each in pixels):
        raise Rejected(RejectedCode.TOO_MANY_PIXELS)
    if sum(pixels) > max_pixels:
        raise Rejected(RejectedCode.BOMB)


def _pillow(opened: Callable[[IO[bytes]], ImageFile], file: IO[bytes]) -> list[_Frame]:
    with _corrupt_if_it_fails():
        image = opened(file)
        # The frames of an animation all have the size of its canvas.
        count = getattr(image, "n_frames", 1)

    def decode(index: int) -> Image.Image:
        image.seek(index)
        image.load()
        return image

    return [_Frame(image.size, partial(decode, index)) for index in range(count)]


def _heic(file: IO[bytes]) -> list[_Frame]:
    # A library of 10 MB that few documents need.
    import pi_heif  # type: ignore[import-untyped]

    with _corrupt_if_it_fails():
        # They come turned as the file says, and without what EXIF says of it: ISO 23008-12 has it
        # for information only.
        return [_Frame(picture.size, picture.to_pillow) for picture in pi_heif.open_heif(file)]


@contextmanager
def _corrupt_if_it_fails() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - parsers raise whatever they trip over
        raise Rejected(RejectedCode.CORRUPT) from None


def _decoded(frame: _Frame) -> Image.Image | None:
    try:
        return frame.decode()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise whatever they trip over
        return None


def _as_tiff(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    # LZW takes 0.3 s for a grey A4 scan of 300 dpi; deflate 1.1 s for an eighth less.
    _on_white(picture).save(
        made, "TIFF", compression="tiff_lzw", dpi=_dpi(picture), tiffinfo=_tags(picture)
    )
    return made.getvalue()


def _tags(picture: Image.Image) -> dict[int, int]:
    orientation = picture.getexif().get(_ORIENTATION, 1)
    return {_ORIENTATION: orientation} if orientation in _TURNED else {}


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a copy without transparency, palette or metadata."""
    if picture.mode in {"1", "L", "RGB"} and "transparency" not in picture.info:
        return Image.merge(picture.mode, picture.split())
    layered = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


def _dpi(picture: Image.Image) -> tuple[float, float] | None:
    """Return the dots per inch across and down, if the file says something that can be so."""
    dots = [float(each) for each in picture.info.get("dpi", ())]
    if len(dots) != 2 or not all(0 < each < math.inf for each in dots):
        return None
    return dots[0], dots[1]
