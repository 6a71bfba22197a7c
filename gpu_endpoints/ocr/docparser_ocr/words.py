"""The words of a line, and where each stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import quads

if TYPE_CHECKING:
    from .quads import Image, Quad
    from .recognition import Reading

# A column of pixels is paper if it varies by less than this share of what the line's columns vary.
_PAPER = 0.25


@dataclass(frozen=True)
class ReadWord:
    """A word: its reading, its confidence (0..1), and its quad on the page in pixels."""

    text: str
    confidence: float
    quad: Quad


def split(reading: Reading, picture: Image, quad: Quad) -> list[ReadWord]:
    """Cut a line at the spaces of its reading.

    The recogniser tells between which characters a space lies; the picture tells how wide it is:
    the widest strip of paper between the two.
    """
    edges = _Paper(picture)
    found: list[ReadWord] = []
    start, first = 0.0, 0
    text = reading.text
    for index in range(len(text) + 1):
        if index < len(text) and text[index] != " ":
            continue
        if index > first:
            if index == len(text) or not text[index:].strip():
                end, following = 1.0, 1.0
            else:
                after = next(i for i in range(index, len(text)) if text[i] != " ")
                end, following = edges.gap(reading.places[index - 1], reading.places[after])
            confidences = reading.confidences[first:index]
            found.append(
                ReadWord(
                    text[first:index],
                    sum(confidences) / len(confidences),
                    quads.part(quad, start, end),
                )
            )
            start = following
        first = index + 1
    return found


class _Paper:
    """Which columns of a line's picture bear no ink."""

    def __init__(self, picture: Image) -> None:
        spread = np.ptp(picture.max(axis=2), axis=0).astype(np.float32)
        limit = _PAPER * float(np.percentile(spread, 90)) if spread.size else 0.0
        self._is_paper = spread <= limit

    def gap(self, left: float, right: float) -> tuple[float, float]:
        """Return begin and end (0..1) of the widest strip of paper between two places (0..1).

        Where there is none, the middle, twice.
        """
        wide = self._is_paper.size
        low, high = int(left * wide), max(int(right * wide), int(left * wide) + 1)
        strip = np.r_[False, self._is_paper[low:high], False]
        turns = np.flatnonzero(strip[1:] != strip[:-1])
        if turns.size == 0:
            return ((left + right) / 2,) * 2
        starts, ends = turns[::2], turns[1::2]
        widest = int(np.argmax(ends - starts))
        return (low + int(starts[widest])) / wide, (low + int(ends[widest])) / wide
