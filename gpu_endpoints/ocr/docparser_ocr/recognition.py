"""What a line says: one pass of a CTC recogniser over the line's picture.

A. Graves et al., "Connectionist temporal classification", ICML 2006. The recogniser gives a class
for each step of 8 pixels along the line; blanks and repetitions fall away, and where a character
remains it stands on the paper.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean
from typing import TYPE_CHECKING

import cv2
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
10 %. A line longer than the last, small print across a wide sheet, is read in pieces.
"""

# Pictures of one width are read together, up to so many pixels, and padded in grey, which is 0 to
# the model.
_BATCH_PIXELS = LINE_HEIGHT * 320 * 6
_GREY = 127

# To run the model costs 1.9 ms whatever it is given, and 14 us for each column of a picture
# (measured, one core): so many columns of padding cost as much as a run.
_COLUMNS_OF_A_CALL = 135

# Where characters are narrower than this, in pixels with the spaces between them, two steps do not
# always fall on each, and one of two like ones is lost (`1100` becomes `110`). Such a page, told by
# so many lines of usual length, is read from wider pictures: on a quarter of the evaluation pages
# that mends a third of the words misread.
_DENSE = 17
_STRETCH = 1.2
_SAMPLE = 6
_SAMPLE_COLUMNS = 2400

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
        """Return the readings in the order of the pictures, which are of one page.

        Raises
        ------
        DeadlineExceeded
            Looked at between batches.
        """
        typical = _typical([picture.shape[1] for picture in pictures])
        readings = dict(
            zip(typical, self._read([pictures[i] for i in typical], deadline), strict=True)
        )
        length = sum(pictures[index].shape[1] for index in typical)
        if length < _DENSE * sum(len(reading.text) for reading in readings.values()):
            return self._read([_stretched(picture) for picture in pictures], deadline)
        others = [index for index in range(len(pictures)) if index not in readings]
        readings |= zip(others, self._read([pictures[i] for i in others], deadline), strict=True)
        return [readings[index] for index in range(len(pictures))]

    def _read(self, pictures: Sequence[Image], deadline: Deadline) -> list[Reading]:
        """Read pictures of any length."""
        cuts = [_cuts(picture) for picture in pictures]
        pieces = [
            picture[:, begin:end]
            for picture, each in zip(pictures, cuts, strict=True)
            for begin, end in pairwise(each)
        ]
        read = iter(self._read_pieces(pieces, deadline))
        return [_joined([next(read) for _ in each[1:]], each) for each in cuts]

    def _read_pieces(self, pictures: Sequence[Image], deadline: Deadline) -> list[Reading]:
        readings = [Reading("", (), ())] * len(pictures)
        for group, wide in _groups([_bucket(picture.shape[1]) for picture in pictures]):
            deadline.check()
            batch = np.full((len(group), LINE_HEIGHT, wide, 3), _GREY, np.uint8)
            for row, index in enumerate(group):
                batch[row, :, : pictures[index].shape[1]] = pictures[index]
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
        if first.size == 0:
            return Reading("", (), ())
        surest = np.minimum(np.maximum.reduceat(probabilities, changes)[kept], 1.0).tolist()
        between = np.maximum.reduceat(spaces, (first + last) // 2).tolist()
        text: list[str] = []
        places: list[float] = []
        confidences: list[float] = []
        for index, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            character = self._characters[classes[begin]]
            if text and " " not in {character, text[-1]}:
                space = between[index - 1]
                if space > _POSSIBLE_SPACE:
                    before, middle = (first[index - 1] + last[index - 1]) // 2, (begin + end) // 2
                    text.append(" ")
                    places.append((before + int(spaces[before:middle].argmax()) + 0.5) / steps)
                    confidences.append(space)
            text.append(character)
            places.append((begin + end) / 2 / steps)
            confidences.append(surest[index])
        return Reading(
            "".join(text),
            tuple(min(place * stretch, 1.0) for place in places),
            tuple(confidences),
        )


def _typical(widths: Sequence[int]) -> list[int]:
    """Return the indices of some of the lines above the usual length: as many as tell the pitch."""
    order = sorted(range(len(widths)), key=widths.__getitem__)
    first = max(0, min(len(order) * 3 // 5, len(order) - _SAMPLE))
    sample: list[int] = []
    columns = 0
    for index in order[first : first + _SAMPLE]:
        if columns >= _SAMPLE_COLUMNS:
            break
        sample.append(index)
        columns += widths[index]
    return sample


def _stretched(picture: Image) -> Image:
    size = (round(picture.shape[1] * _STRETCH), picture.shape[0])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _cuts(picture: Image) -> list[int]:
    """Return the columns between which a picture is read, both of its ends among them."""
    wide, longest = picture.shape[1], WIDTHS[-1]
    cuts = [0]
    while wide - cuts[-1] > longest:
        end = cuts[-1] + longest
        begin = end - longest // 4
        cuts.append(begin + _widest_gap(picture[:, begin:end]))
    return [*cuts, wide]


def _widest_gap(picture: Image) -> int:
    """Return the middle of the most columns beside each other that show nothing."""
    contrast = np.ptp(picture, axis=0).max(axis=1)
    blank: list[bool] = (contrast <= (int(contrast.min()) + int(contrast.max())) / 2).tolist()
    columns = groupby(range(len(blank)), key=blank.__getitem__)
    runs = [list(run) for empty, run in columns if empty]
    widest = max(runs, key=len)
    return widest[len(widest) // 2]


def _joined(readings: Sequence[Reading], cuts: Sequence[int]) -> Reading:
    """Return the reading of a line that was read between these columns; it is cut at spaces."""
    if len(readings) == 1:
        return readings[0]
    text, wide = "", cuts[-1]
    places: list[float] = []
    confidences: list[float] = []
    for reading, (begin, end) in zip(readings, pairwise(cuts), strict=True):
        if text and reading.text and " " not in {text[-1], reading.text[0]}:
            text += " "
            places.append(begin / wide)
            confidences.append(1.0)
        text += reading.text
        places += [(begin + place * (end - begin)) / wide for place in reading.places]
        confidences += reading.confidences
    return Reading(text, tuple(places), tuple(confidences))


def _bucket(wide: int) -> int:
    return WIDTHS[bisect_left(WIDTHS, wide)]


def _groups(widths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Yield indices of pictures that are read together, narrow ones first, and their width.

    Those of one width; a few that are little narrower than others are read with them.
    """
    order = sorted(range(len(widths)), key=widths.__getitem__)
    buckets = [(wide, list(same)) for wide, same in groupby(order, key=widths.__getitem__)]
    group: list[int] = []
    for place, (wide, same) in enumerate(buckets):
        group += same
        wider = buckets[place + 1][0] if place + 1 < len(buckets) else None
        at_once = max(1, _BATCH_PIXELS // (wide * LINE_HEIGHT))
        if wider is not None and len(group) * (wider - wide) < _COLUMNS_OF_A_CALL:
            continue
        for first in range(0, len(group), at_once):
            yield group[first : first + at_once], wide
        group = []
