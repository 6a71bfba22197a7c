"""Where the lines of text are: differentiable binarisation.

M. Liao et al., "Real-time scene text detection with differentiable binarization", AAAI 2020; the
model is PP-OCRv6's. It scores each pixel as the core of a line; a core is a line shrunk by a
known amount, so its rectangle is grown by that much again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from . import quads

if TYPE_CHECKING:
    from cv2.typing import MatLike
    from numpy.typing import NDArray

    from .backends import Model
    from .quads import Image, Quad

# The model halves its input five times.
_STRIDE = 32

# Pixels, as the model sees the page; thinner cores are rules and dirt.
_THINNEST = 3

# A page of which half the lines are thinner than this, in the same pixels, is looked at closer.
_FINE_PRINT = 13


@dataclass(frozen=True)
class DetectionOptions:
    """How a page is looked at.

    ``pixels`` is the size at which the model sees a page, at most (larger pages are scaled down),
    and ``closer_pixels`` that of a page in fine print; ``pixel_score`` and ``core_score`` are the
    least scores (0..1) of a core's pixels and of its mean; ``growth`` is the share of area by
    circumference that a core is grown by; ``most`` is how many lines a page may have.
    """

    pixels: int = 1024 * 832
    closer_pixels: int = 1536 * 1152
    pixel_score: float = 0.3
    core_score: float = 0.5
    growth: float = 1.6
    most: int = 3000


def scaled(image: Image, pixels: int) -> Image:
    """Return a page as the model takes it: sides in its stride, so many pixels at most."""
    tall, wide = image.shape[:2]
    ratio = min(1.0, math.sqrt(pixels / (tall * wide)))
    size = [max(_STRIDE, round(side * ratio / _STRIDE) * _STRIDE) for side in (wide, tall)]
    how = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


class Detector:
    """Finds the lines on a page."""

    def __init__(self, model: Model, options: DetectionOptions | None = None) -> None:
        self._model = model
        self._options = options or DetectionOptions()

    def __call__(self, image: Image) -> list[Quad]:
        """Return a quad for each line, corners clockwise from the top left, in no order."""
        tall, wide = image.shape[:2]
        seen = scaled(image, self._options.pixels)
        found = self._lines(seen)
        reduced = seen.shape[0] < tall and seen.shape[1] < wide
        if found and reduced and median(map(_thickness, found)) < _FINE_PRINT:
            seen = scaled(image, self._options.closer_pixels)
            found = self._lines(seen)
        scale = np.array([wide / seen.shape[1], tall / seen.shape[0]], np.float32)
        edge = np.array([wide, tall], np.float32)
        return [quads.upright(np.clip(corners * scale, 0, edge)) for corners in found]

    def _lines(self, seen: Image) -> list[NDArray[np.float32]]:
        scores = self._model(seen[None])[0][0, 0]
        return [
            corners
            for contour in self._contours(scores)
            if (corners := self._line(contour, scores)) is not None
        ]

    def _contours(self, scores: NDArray[np.float32]) -> list[NDArray[np.int32]]:
        mask = (scores > self._options.pixel_score).astype(np.uint8)
        mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        return [np.asarray(c, np.int32) for c in contours[: self._options.most] if len(c) > 3]

    def _line(
        self, contour: NDArray[np.int32], scores: NDArray[np.float32]
    ) -> NDArray[np.float32] | None:
        """Return the corners of the line around a core, or None where the core is too weak."""
        rectangle = cv2.minAreaRect(contour)
        centre, (a, b), angle = rectangle
        if min(a, b) < _THINNEST:
            return None
        if _mean_inside(cv2.boxPoints(rectangle), contour, scores) < self._options.core_score:
            return None
        grown = a * b * self._options.growth / (a + b)
        return np.asarray(cv2.boxPoints((centre, (a + grown, b + grown), angle)), np.float32)


def _thickness(corners: NDArray[np.float32]) -> float:
    return float(
        min(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1]))
    )


def _mean_inside(
    corners: MatLike, contour: NDArray[np.int32], scores: NDArray[np.float32]
) -> float:
    left, top, wide, tall = cv2.boundingRect(contour)
    mask = np.zeros((tall, wide), np.uint8)
    cv2.fillPoly(mask, [(np.asarray(corners) - (left, top)).astype(np.int32)], (1,))
    return float(cv2.mean(scores[top : top + tall, left : left + wide], mask)[0])
