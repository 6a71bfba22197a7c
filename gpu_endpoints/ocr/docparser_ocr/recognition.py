"""What a line says: one pass of a CTC recogniser over the line's picture.

A. Graves et al., "Connectionist temporal classification", ICML 2006. The recogniser gives a class
for each step of 8 pixels along the line; blanks and repetitions fall away, and where a character
remains it stands on the paper.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from .backends import Model
    from .deadline import Deadline
    from .quads import Image

LINE_HEIGHT = 48
"""Pixels; the height of a line's picture that the model was trained with."""

WIDTHS: tuple[int, ...] = (
    *range(64, 512, 32),
    *range(512, 1024, 64),
    *range(1024, 2048, 128),
    *range(2048, 3072 + 1, 256),
)
"""Pixels; the widths of the batches, each of which a backend compiles once.

They cost 6 % of pixels that show nothing on the evaluation pages; two thirds as many would cost
10 %. A line longer than the last is no line: the height of a page in letters an inch wide.
"""

# Pictures of one width are read together, up to so many pixels, and padded in grey, which is 0 to
# the model.
_BATCH_PIXELS = LINE_HEIGHT * 320 * 6
_GREY = 127

# A space that is likelier than this may be one, though it is not the best class: what stands on
# the picture decides (`words`).
_POSSIBLE_SPACE = 0.05


@dataclass(frozen=True)
class Reading:
    """The characters of one line.

    ``places`` are the characters' middles along the line, 0 (its begin) to 1 (its end);
    ``confidences`` are the probabilities (0..1) of each. Spaces are told generously, unlikely ones
    too: spaces are what is missed most.
    """

    text: str
    places: tuple[float, ...]
    confidences: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """The mean over the characters, spaces aside; 0 where nothing was read."""
        pairs = zip(self.text, self.confidences, strict=True)
        return fmean([value for character, value in pairs if character != " "] or [0.0])


class Recogniser:
    """Reads pictures of lines, `LINE_HEIGHT` high."""

    def __init__(self, model: Model, characters: Sequence[str]) -> None:
        self._model = model
        self._characters = characters

    def __call__(self, pictures: Sequence[Image], deadline: Deadline) -> list[Reading]:
        """Return the readings in the order of the pictures.

        Raises
        ------
        DeadlineExceeded
            Looked at between batches.
        """
        readings = [Reading("", (), ())] * len(pictures)
        for group, wide in _groups([_bucket(picture.shape[1]) for picture in pictures]):
            deadline.check()
            batch = np.full((len(group), LINE_HEIGHT, wide, 3), _GREY, np.uint8)
            for row, index in enumerate(group):
                picture = pictures[index][:, :wide]
                batch[row, :, : picture.shape[1]] = picture
            classes, probabilities, spaces = self._model(batch)
            for row, index in enumerate(group):
                readings[index] = self._reading(
                    classes[row], probabilities[row], spaces[row], wide / pictures[index].shape[1]
                )
        return readings

    def _reading(
        self,
        classes: NDArray[np.int64],
        probabilities: NDArray[np.float32],
        spaces: NDArray[np.float32],
        stretch: float,
    ) -> Reading:
        """Collapse blanks and repetitions; ``stretch`` is the batch's width by the picture's."""
        steps = len(classes)
        changes = np.flatnonzero(np.r_[True, classes[1:] != classes[:-1]])
        ends = np.r_[changes[1:], steps]
        kept = classes[changes] != 0
        first, last = changes[kept], ends[kept]
        text: list[str] = []
        places: list[float] = []
        confidences: list[float] = []
        for index, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            character = self._characters[classes[begin]]
            middle = (begin + end) // 2
            if text and " " not in {character, text[-1]}:
                before = (first[index - 1] + last[index - 1]) // 2
                if (between := spaces[before : middle + 1]).max() > _POSSIBLE_SPACE:
                    text.append(" ")
                    places.append((before + int(between.argmax()) + 0.5) / steps)
                    confidences.append(float(between.max()))
            text.append(character)
            places.append((begin + end) / 2 / steps)
            confidences.append(min(float(probabilities[begin:end].max()), 1.0))
        return Reading(
            "".join(text),
            tuple(min(place * stretch, 1.0) for place in places),
            tuple(confidences),
        )


def _bucket(wide: int) -> int:
    return WIDTHS[min(bisect_left(WIDTHS, wide), len(WIDTHS) - 1)]


def _groups(widths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield indices of equal widths, narrow ones first, and the width."""
    order = sorted(range(len(widths)), key=widths.__getitem__)
    for wide, same in groupby(order, key=widths.__getitem__):
        group = list(same)
        at_once = max(1, _BATCH_PIXELS // (wide * LINE_HEIGHT))
        for first in range(0, len(group), at_once):
            yield group[first : first + at_once], wide
