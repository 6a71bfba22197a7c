"""Which way up a page is: decided once for the page, from its lines together.

Deciding line by line turns good lines over: most of the error of stock pipelines comes from there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from . import quads
from .recognition import LINE_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .backends import Model
    from .deadline import Deadline
    from .languages import ByScript
    from .quads import Image, Quad

# So many lines are looked at, of about this aspect: long enough to tell, short enough to be cheap.
# Of a longer one, only so many pixels of its begin: the classifier would see it squeezed.
_SAMPLE = 8
_TYPICAL_ASPECT = 4.0
_LONGEST = 6 * LINE_HEIGHT

# A probability of being upside down from which on the recogniser is asked which way reads better.
_SUSPICION = 0.3

# A line is sideways if it is so much higher than wide.
_SIDEWAYS = 1.5


class DirectionClassifier:
    """Tells lines that stand on their head."""

    _WIDTH = 192

    def __init__(self, model: Model) -> None:
        self._model = model

    def __call__(self, pictures: Sequence[Image]) -> float:
        """Return the mean probability (0..1) that the lines are upside down."""
        batch = np.full((len(pictures), LINE_HEIGHT, self._WIDTH, 3), 127, np.uint8)
        for row, picture in enumerate(pictures):
            wide = min(self._WIDTH, picture.shape[1])
            batch[row, :, :wide] = cv2.resize(picture, (wide, LINE_HEIGHT))
        return float(self._model(batch)[0][:, 1].mean())


class Orientation:
    """Finds the quarter turns that make a page upright."""

    def __init__(self, direction: DirectionClassifier, recogniser: ByScript) -> None:
        self._direction = direction
        self._recogniser = recogniser

    def __call__(self, image: Image, lines: list[Quad], deadline: Deadline) -> int:
        """Return how many quarters of a circle, clockwise, a page with these lines must turn."""
        if not lines:
            return 0
        base = 3 if _is_sideways(lines) else 0
        turned, turned_lines = quads.quarter_turned(image, lines, base)
        sample = [
            np.ascontiguousarray(quads.crop(turned, quad, LINE_HEIGHT)[:, :_LONGEST])
            for quad in _typical(turned_lines)
        ]
        if base == 0 and self._direction(sample) <= _SUSPICION:
            return 0
        flipped = [np.ascontiguousarray(picture[::-1, ::-1]) for picture in sample]
        if self._quality(flipped, deadline) > self._quality(sample, deadline):
            return (base + 2) % 4
        return base

    def _quality(self, pictures: Sequence[Image], deadline: Deadline) -> float:
        readings = self._recogniser(pictures, deadline)
        return sum(len(reading.text) * reading.confidence for reading in readings)


def _is_sideways(lines: Sequence[Quad]) -> bool:
    extents = [np.ptp(quad, axis=0) for quad in lines]
    vertical = sum(tall for wide, tall in extents if tall > _SIDEWAYS * wide)
    horizontal = sum(wide for wide, tall in extents if wide > _SIDEWAYS * tall)
    return bool(vertical > horizontal)


def _typical(lines: Sequence[Quad]) -> list[Quad]:
    def oddity(quad: Quad) -> float:
        aspect = max(quads.width(quad), 1.0) / max(quads.height(quad), 1.0)
        return abs(math.log(aspect / _TYPICAL_ASPECT))

    return sorted(lines, key=oddity)[:_SAMPLE]
