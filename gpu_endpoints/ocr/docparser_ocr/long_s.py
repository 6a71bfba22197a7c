"""The long s of old print, which the recogniser takes for an f.

The two differ by the bar on the right of the stem, which the picture shows. It shows it well
enough where half of all f are in doubt, not where none should be: so a page is only looked at if
its words say that it has a long s, words that are none with an f.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .quads import Image
    from .recognition import Reading

# French, English and German words, and parts that no word of theirs has.
_TELLING = re.compile(
    r"\b(?:"
    r"fes?|fon|foit|foient|feroit|feule?|ainfi|auffi|lorfqu\w*|puifqu\w*|plufieurs|prefque|chofes?"
    r"|fhall|fhould|fuch|fome|firft|moft|muft|thefe|thofe|fhe|alfo|juft|himfelf"
    r"|ift|fich|diefe[mnrs]?|felbft|wiffen"
    r"|eft|ef(?:p[^\W\d_]|c[hlor]|ti)[^\W\d_]+|fp[lr][^\W\d_]+|paff(?:age|er|ion)[^\W\d_]*"
    r"|[^\W\d_]*(?:duif[eio]|cuifin|[ao]iff(?:oi|el|an)|(?:[lpn]a|oi)ift)[^\W\d_]*"
    r")\b"
)
_LEAST_WORDS = 2

# An f within a word: a round s stands at its end.
_INNER_F = re.compile(r"f(?=[^\W\d_])")

# The ink beside the stem at the height of small letters, by that below it: 0.6 for an f, 0.1 for a
# long s (means, on eight pages of the 18th century).
_BAR = 0.4

# No f is followed by these: there a weak bar is dirt.
_NEVER_AFTER_F = frozenset("bcdgmnpqv")
_CLEAR_BAR = 0.7


def mended(readings: Sequence[Reading], pictures: Sequence[Image]) -> list[Reading]:
    """Return the readings of a page with s where a long s was read as f.

    A page without two words that only a long s explains comes back as it is.
    """
    told: set[str] = set()
    for reading in readings:
        if "f" in reading.text:
            told.update(_TELLING.findall(reading.text.lower()))
    if len(told) < _LEAST_WORDS:
        return list(readings)
    return [_mended(reading, picture) for reading, picture in zip(readings, pictures, strict=True)]


def _mended(reading: Reading, picture: Image) -> Reading:
    found = [match.start() for match in _INNER_F.finditer(reading.text)]
    if not found:
        return reading
    ink = _ink(picture)
    text = list(reading.text)
    for index in found:
        never = text[index + 1] in _NEVER_AFTER_F
        if _bar(ink, reading.places[index]) < (_CLEAR_BAR if never else _BAR):
            text[index] = "s"
    return replace(reading, text="".join(text))


def _ink(picture: Image) -> NDArray[np.float32]:
    """Return how much ink there is at each pixel, 0 to 1."""
    grey = picture.max(axis=2).astype(np.float32)
    dark, light = np.percentile(grey, (2, 95))
    ink: NDArray[np.float32] = np.clip((light - grey) / (light - dark + 1e-6), 0, 1)
    return ink


def _bar(ink: NDArray[np.float32], place: float) -> float:
    """Return the ink (0..1) right of a letter's stem at the height of small letters' tops.

    The sizes are those of a line's picture, 48 pixels high.
    """
    profile = np.convolve(ink.mean(axis=1), (0.25, 0.5, 0.25), "same")
    top = int(np.diff(profile)[8:28].argmax()) + 9
    middle = int(place * ink.shape[1])
    left = max(0, middle - 7)
    stems = ink[top + 4 : 36, left : middle + 8].mean(axis=0)
    if stems.size == 0:
        return 1.0
    stem = left + int(stems.argmax())
    beside = slice(stem + 3, stem + 7)
    bar = ink[top - 2 : top + 4, beside]
    if bar.shape[1] == 0:
        return 1.0
    return float(bar.max(axis=0).mean() - ink[top + 6 : top + 11, beside].mean())
