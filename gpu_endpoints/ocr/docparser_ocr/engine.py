"""Reading one page: find lines, turn the page upright, read the lines, cut them into words."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from . import long_s, quads, rules, words
from .deadline import Deadline
from .detection import Detector
from .languages import ByScript
from .orientation import DirectionClassifier, Orientation
from .recognition import LINE_HEIGHT, Recogniser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .backends import Models
    from .quads import Image, Quad
    from .rules import Stroke
    from .words import ReadWord

ENGINE = "pp-ocrv6-small-latin"

# A line whose mean confidence is below this is marked.
_DOUBTFUL = 0.6

# Below this there was no text: a stain, a picture, a seal.
_NOISE = 0.3

# Text runs up or down if its quad is so much higher than wide, and than a usual line is high: a
# single letter is higher than wide too.
_STANDING = 1.5
_STANDING_LINES = 1.8


@dataclass(frozen=True)
class ReadLine:
    """A run of words as the detector found it.

    ``direction`` is 0 for upright text, 90 for text that runs down, 270 for text that runs up.
    """

    words: tuple[ReadWord, ...]
    doubtful: bool
    direction: int


@dataclass(frozen=True)
class ReadPage:
    """What stands on a page once it is upright: its size in pixels, its lines in no order, rules.

    ``turned`` is the degrees clockwise that made it upright.
    """

    wide: int
    tall: int
    turned: int
    lines: tuple[ReadLine, ...]
    rules: tuple[Stroke, ...] = ()


class Engine:
    """The models and what is done with them; several threads may read pages at once."""

    def __init__(
        self, models: Models, characters: Sequence[str], full_characters: Sequence[str]
    ) -> None:
        # A page has one thread; OpenCV's own would fight with those of the other pages.
        cv2.setNumThreads(1)
        self._detector = Detector(models.detector)
        self._recogniser = ByScript(
            Recogniser(models.recogniser, characters),
            Recogniser(models.full_recogniser, full_characters),
        )
        self._orientation = Orientation(DirectionClassifier(models.direction), self._recogniser)

    def warm_up(self) -> None:
        """Run every model once: its first run costs more than the next."""
        self.read(np.full((LINE_HEIGHT, LINE_HEIGHT, 3), 255, np.uint8), Deadline(60))

    def read(self, image: Image, deadline: Deadline, language: str = "und") -> ReadPage:
        """Read a page, said to be in a language (ISO 639-1, or ``und``).

        Raises
        ------
        DeadlineExceeded
            The deadline passed before everything was read.
        """
        found = self._detector(image)
        deadline.check()
        turns = self._orientation(image, found, deadline)
        image, found = quads.quarter_turned(image, found, turns)
        if turns % 2:
            # Lines that stand, and lean besides, are cut: the detector was trained with level ones.
            found = self._detector(image)
            deadline.check()
        tall, wide = image.shape[:2]
        lines = self._lines(image, found, deadline, language)
        drawn = rules.find(image, [[word.quad for word in line.words] for line in lines])
        return ReadPage(wide, tall, turns * 90, tuple(lines), drawn)

    def _lines(
        self, image: Image, found: list[Quad], deadline: Deadline, language: str
    ) -> list[ReadLine]:
        usual = median(map(_thickness, found)) if found else 0.0
        candidates = [(quad, ways) for quad in found for ways in [_ways(quad, usual)]]
        turned = [quads.begun_at(quad, way) for quad, ways in candidates for way in ways]
        pictures = [quads.crop(image, quad, LINE_HEIGHT) for quad in turned]
        readings = long_s.mended(self._recogniser(pictures, deadline, language), pictures)
        lines = []
        index = 0
        for _, ways in candidates:
            best = max(range(index, index + len(ways)), key=lambda i: readings[i].confidence)
            direction = {0: 0, 1: 90, 3: 270}[ways[best - index]]
            index += len(ways)
            reading = readings[best]
            if reading.confidence < _NOISE or not reading.text.strip():
                continue
            lines.append(
                ReadLine(
                    tuple(words.split(reading, pictures[best], turned[best])),
                    reading.confidence < _DOUBTFUL,
                    direction,
                )
            )
        return lines


def _thickness(quad: Quad) -> float:
    return min(quads.width(quad), quads.height(quad))


def _ways(quad: Quad, usual: float) -> Sequence[int]:
    """Return the corners at which the text of a quad may begin."""
    wide, tall = quads.width(quad), quads.height(quad)
    if tall >= _STANDING * wide and tall >= _STANDING_LINES * usual:
        return 1, 3
    return (0,)
