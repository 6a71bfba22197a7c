"""Quadrilaterals on a page: pixels, origin top left, y downwards.

A quad is an array of 4 corners by x and y, clockwise from the corner at which its text begins
above the first character.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""Height by width by BGR."""

Quad: TypeAlias = NDArray[np.float32]
"""4 corners by x and y."""


def upright(corners: NDArray[np.floating]) -> Quad:
    """Return four corners clockwise from the top left."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def width(quad: Quad) -> float:
    """Return the length of the longer of the upper and the lower edge, in pixels."""
    a, b, c, d = quad.tolist()
    return max(math.dist(a, b), math.dist(c, d))


def height(quad: Quad) -> float:
    """Return the length of the longer of the left and the right edge, in pixels."""
    a, b, c, d = quad.tolist()
    return max(math.dist(a, d), math.dist(b, c))


def angle(quad: Quad) -> float:
    """Return the direction of writing in degrees clockwise, -180 to 180."""
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    return float(np.degrees(np.arctan2(along[1], along[0])))


def begun_at(quad: Quad, corner: int) -> Quad:
    """Return the same quad, its text beginning at another corner."""
    return np.roll(quad, -corner, axis=0)


def thinned(quad: Quad, share: float) -> Quad:
    """Return the middle of a quad, as wide as it is and so much of its height."""
    off = (1 - share) / 2 * np.stack([quad[3] - quad[0], quad[2] - quad[1]])
    return np.array(
        [quad[0] + off[0], quad[1] + off[1], quad[2] - off[1], quad[3] - off[0]], np.float32
    )


def part(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a quad between two places along its text, 0 (begin) to 1 (end)."""
    upper, lower = quad[1] - quad[0], quad[2] - quad[3]
    return np.array(
        [
            quad[0] + start * upper,
            quad[0] + end * upper,
            quad[3] + end * lower,
            quad[3] + start * lower,
        ],
        np.float32,
    )


def quarter_turned(image: Image, quads: list[Quad], turns: int) -> tuple[Image, list[Quad]]:
    """Turn a page and the quads on it clockwise by so many quarters of a circle."""
    for _ in range(turns % 4):
        tall = image.shape[0]
        image = np.rot90(image, -1)
        quads = [upright(np.stack([tall - quad[:, 1], quad[:, 0]], axis=1)) for quad in quads]
    return np.ascontiguousarray(image), quads


def crop(image: Image, quad: Quad, tall: int) -> Image:
    """Cut a quad out of a page and straighten it to a height in pixels, keeping its aspect."""
    source_wide, source_tall = max(width(quad), 1.0), max(height(quad), 1.0)
    wide = max(1, round(source_wide * tall / source_tall))
    # Sampling a line much higher than the crop would skip pixels: first cut, then average.
    shrink = source_tall > 1.2 * tall
    size = (max(1, round(source_wide)), round(source_tall)) if shrink else (wide, tall)
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    straight = cv2.warpPerspective(
        image,
        cv2.getPerspectiveTransform(quad, corners),
        size,
        flags=cv2.INTER_LINEAR if shrink else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if shrink:
        straight = cv2.resize(straight, (wide, tall), interpolation=cv2.INTER_AREA)
    return np.asarray(straight, np.uint8)
