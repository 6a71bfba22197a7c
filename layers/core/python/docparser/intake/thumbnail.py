"""How much is written on a photographed page, and how askew: seen on an eighth of it.

A JPEG can be decoded at an eighth of its size, from the first coefficient of each of its blocks: 16
ms for a page of A4 at 200 dpi, all told (measured). No other format can, so that of other pictures
and of the pages of a PDF nobody knows this before they are read.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, JpegImagePlugin

if TYPE_CHECKING:
    from pathlib import Path

_EIGHTH = 8
_MOST_PIXELS = 50_000_000
_LONGER_SIDE = 400
_PAPER_NOISE = 16  # grey values below the paper's own that are shadow and grain
_STEEPEST = 20  # degrees
_STRAIGHT = 1.05  # how much sharper the rows of a turned page must be than those of the page as is


class Thumbnail(NamedTuple):
    """What a small picture of a page shows.

    ``ink`` is its darkness below the paper's (0..1: a page of print has some hundredths),
    ``skew`` how many degrees it is turned counterclockwise, within 20, in whole ones.
    """

    ink: float
    skew: int


def look(path: Path) -> Thumbnail | None:
    """Look at a JPEG; None where it cannot be decoded, or not as an eighth of it."""
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # they quote what is in the file
        try:
            image = JpegImagePlugin.JpegImageFile(file)
            # A picture in many passes has to be decoded whole, and as often as it says.
            if image.width * image.height > _MOST_PIXELS or image.info.get("progressive"):
                return None
            image.draft("L", (image.width // _EIGHTH, image.height // _EIGHTH))
            small = image.convert("L")
        except Exception:  # noqa: BLE001 (its parsers raise whatever they trip over)
            return None
    small.thumbnail((_LONGER_SIDE, _LONGER_SIDE), Image.Resampling.BOX)
    counts = small.histogram()
    paper = _median(counts)
    darkness = sum(
        (paper - grey) * count for grey, count in enumerate(counts) if grey < paper - _PAPER_NOISE
    )
    ink = darkness / (max(paper, 1) * sum(counts))
    return Thumbnail(round(ink, 4), _skew(small, paper))


def _median(counts: list[int]) -> int:
    half, seen = sum(counts) / 2, 0
    for grey, count in enumerate(counts):
        seen += count
        if seen >= half:
            return grey
    return len(counts) - 1


def _skew(page: Image.Image, paper: int) -> int:
    """Return the angle at which the page's lines or columns are parted best.

    Projection profiles: Postl, "Detection of linear oblique structures and skew scan in digitized
    documents" (ICPR 1986). The profile of a straight page changes most from row to row.
    """
    sharpness = {
        angle: _sharpness(page.rotate(-angle, Image.Resampling.BILINEAR, fillcolor=paper))
        for angle in range(-_STEEPEST, _STEEPEST + 1)
    }
    best = max(sharpness, key=lambda angle: (sharpness[angle], -abs(angle)))
    return best if sharpness[best] > _STRAIGHT * sharpness[0] else 0


def _sharpness(page: Image.Image) -> int:
    return max(
        sum((here - there) ** 2 for here, there in pairwise(profile))
        for profile in (
            page.resize((1, page.height), Image.Resampling.BOX).tobytes(),
            page.resize((page.width, 1), Image.Resampling.BOX).tobytes(),
        )
    )
