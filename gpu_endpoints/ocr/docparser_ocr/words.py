"""The words of a line, and where each stands on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import compress, pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from . import quads
from .recognition import Reading

if TYPE_CHECKING:
    from .quads import Image, Quad

_WORD = re.compile(r"[^ ]+")

# A space that the recogniser is sure of is one. Of others the picture must show a gap, by the
# line's usual gap between words: half of it will do where a space is likely, more where it is not.
# Fitted on 60,000 pairs of letters of the evaluation pages, whose truth is known: of 96 wrong
# decisions 66 are left.
_SURE_SPACE = 0.5
_LIKELY_SPACE = 0.2
_LIKELY_GAP = 0.5
_UNLIKELY_GAP = 0.75

# Where no gap is sure, or it is a pixel wide: its usual width, by the line's height.
_USUAL_GAP = 0.19
_LEAST_GAP = 0.06

# No space stands before these, as wide as the gap may be in old print.
_CLOSING = frozenset(",.)}]")

# The detector's quads are higher than the font from ascender to descender: 0.9 to 1.2 times for
# clean print, 1.45 times for small print that was scanned (medians, measured on pages whose text
# layer is known). Cut by this, words' boxes agree best with those of a text layer over both, and
# lines set solid do not overlap.
_FONT_HEIGHT = 1 / 1.2

# A column of pixels is paper if it varies by less than this share of what the line's columns vary.
_PAPER = 0.25


@dataclass(frozen=True)
class ReadWord:
    """A word: its reading, the mean probability (0..1) of its characters, its quad in pixels."""

    text: str
    certainty: float
    quad: Quad


def split(reading: Reading, picture: Image, quad: Quad) -> list[ReadWord]:
    """Cut a line at the spaces of its reading.

    The recogniser tells between which characters a space may lie; the picture tells whether it
    does, and how wide it is: the widest strip of paper between the two.
    """
    paper = _Paper(picture)
    reading = _spaced(reading, paper, picture.shape[0] / max(picture.shape[1], 1))
    runs = [match.span() for match in _WORD.finditer(reading.text)]
    if not runs:
        return []
    # Where the ink before, between and after the words ends and begins.
    begin, end = reading.places[runs[0][0]], reading.places[runs[-1][1] - 1]
    gaps = [paper.gap(0.0, begin) or (0.0, 0.0)]
    for (_, last), (first, _) in pairwise(runs):
        left, right = reading.places[last - 1], reading.places[first]
        gaps.append(paper.gap(left, right) or ((left + right) / 2,) * 2)
    gaps.append(paper.gap(end, 1.0) or (1.0, 1.0))
    core = quads.thinned(quad, _FONT_HEIGHT)
    return [
        ReadWord(
            reading.text[first:last],
            fmean(reading.confidences[first:last]),
            quads.part(core, before[1], max(after[0], before[1])),
        )
        for (first, last), (before, after) in zip(runs, pairwise(gaps), strict=True)
    ]


def _spaced(reading: Reading, paper: _Paper, height: float) -> Reading:
    """Return a reading without the spaces for which the picture has no room.

    ``height`` is the line's, by its length.
    """
    runs = [match.span() for match in _WORD.finditer(reading.text)]
    chances = [max(reading.confidences[end:begin]) for (_, end), (begin, _) in pairwise(runs)]
    if all(chance > _SURE_SPACE for chance in chances):
        return reading
    gaps = [
        right - left
        for (_, end), (begin, _) in pairwise(runs)
        for left, right in [paper.gap(reading.places[end - 1], reading.places[begin]) or (0.0, 0.0)]
    ]
    sure = [gap for gap, chance in zip(gaps, chances, strict=True) if chance > _SURE_SPACE]
    usual = median(sure) if sure else 0.0
    if usual < _LEAST_GAP * height:
        usual = _USUAL_GAP * height
    kept = [True] * len(reading.text)
    for (_, end), (begin, _), gap, chance in zip(runs, runs[1:], gaps, chances, strict=False):
        least = (_LIKELY_GAP if chance > _LIKELY_SPACE else _UNLIKELY_GAP) * usual
        if chance <= _SURE_SPACE and (gap <= least or reading.text[begin] in _CLOSING):
            kept[end:begin] = [False] * (begin - end)
    return Reading(
        "".join(compress(reading.text, kept)),
        tuple(compress(reading.places, kept)),
        tuple(compress(reading.confidences, kept)),
    )


class _Paper:
    """Which columns of a line's picture bear no ink."""

    def __init__(self, picture: Image) -> None:
        brightest = cv2.max(cv2.max(picture[..., 0], picture[..., 1]), picture[..., 2])
        spread = np.ptp(brightest, axis=0).astype(np.float32)
        limit = _PAPER * float(np.percentile(spread, 90)) if spread.size else 0.0
        self._is_paper = spread <= limit

    def gap(self, left: float, right: float) -> tuple[float, float] | None:
        """Return begin and end (0..1) of the widest strip of paper between two places (0..1)."""
        wide = self._is_paper.size
        low, high = int(left * wide), max(int(right * wide), int(left * wide) + 1)
        strip = np.r_[False, self._is_paper[low:high], False]
        turns = np.flatnonzero(strip[1:] != strip[:-1])
        if turns.size == 0:
            return None
        starts, ends = turns[::2], turns[1::2]
        widest = int(np.argmax(ends - starts))
        return (low + int(starts[widest])) / wide, (low + int(ends[widest])) / wide
