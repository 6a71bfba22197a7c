"""Which script a page is in, and the recogniser that knows it.

Pages are read with the pruned head, which knows Latin letters alone. What it reads of others it is
unsure of, so a page of which it is unsure is looked at with the whole head, which knows Chinese,
Japanese and Greek (without accents) besides. Neither knows Cyrillic or Hangul.
"""

from __future__ import annotations

import re
from statistics import fmean
from typing import TYPE_CHECKING

from .recognition import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .deadline import Deadline
    from .quads import Image
    from .recognition import Recogniser

OTHER_SCRIPTS = frozenset({"el", "ja", "zh"})
"""Languages (ISO 639-1) that are read with the whole head at once."""

# On pages in Latin script at most 9 % of the lines' length is read with less than this confidence
# (64 evaluation pages, photographs and prints of the 18th century among them); on pages in others
# 70 % and more.
_UNSURE = 0.9
_UNSURE_SHARE = 0.25

# So many of those lines, the longest, are read again to see what they are.
_SAMPLE = 4

# What the whole head reads in another script: a third of the letters, and it is surer than the
# pruned one.
_SHARE = 1 / 3

_LETTER = re.compile(r"[^\W\d_]")
_OTHER = re.compile("[\u0370-\u03ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9d]")

# Greek letters that no Latin one looks like; in a word with one of them, the others are Greek too.
_GREEK = re.compile("[ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπρστφχψω∆]")
_WORD = re.compile(r"[^ ]+")
_LOOK_ALIKE = str.maketrans(
    "ABEZHIKMNOPTYXaovkiuxpnS\u00b5\u2206",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονκιυχρηςμΔ",
)


class ByScript:
    """Reads lines as a `Recogniser` does, with the head that knows their script.

    Pictures that are read in one call are of one page.
    """

    def __init__(self, latin: Recogniser, full: Recogniser) -> None:
        self._latin = latin
        self._full = full

    def __call__(
        self, pictures: Sequence[Image], deadline: Deadline, language: str = "und"
    ) -> list[Reading]:
        """Return the readings in the order of the pictures.

        ``language`` is what the page is said to be in: ISO 639-1, or ``und``.

        Raises
        ------
        DeadlineExceeded
            Looked at between batches.
        """
        if language in OTHER_SCRIPTS:
            return [_in_one_script(reading) for reading in self._full(pictures, deadline)]
        readings = self._latin(pictures, deadline)
        unsure = _unsure([picture.shape[1] for picture in pictures], readings)
        if not unsure:
            return readings
        again = self._full([pictures[index] for index in unsure], deadline)
        if not _is_other_script(again, [readings[index] for index in unsure]):
            return readings
        return [
            _in_one_script(full) if _OTHER.search(full.text) else latin
            for full, latin in zip(self._full(pictures, deadline), readings, strict=True)
        ]


def _unsure(widths: Sequence[int], readings: Sequence[Reading]) -> list[int]:
    """Return the longest lines that were read badly, none if they are few."""
    bad = [index for index, reading in enumerate(readings) if reading.confidence < _UNSURE]
    if sum(widths[index] for index in bad) <= _UNSURE_SHARE * sum(widths):
        return []
    return sorted(bad, key=widths.__getitem__, reverse=True)[:_SAMPLE]


def _is_other_script(full: Sequence[Reading], latin: Sequence[Reading]) -> bool:
    text = "".join(reading.text for reading in full)
    letters, others = len(_LETTER.findall(text)), len(_OTHER.findall(text))
    surer = fmean(r.confidence for r in full) > fmean(r.confidence for r in latin)
    return surer and others > _SHARE * letters


def _in_one_script(reading: Reading) -> Reading:
    """Return a reading whose Greek words have no Latin letters."""
    text = _WORD.sub(
        lambda word: word[0].translate(_LOOK_ALIKE) if _GREEK.search(word[0]) else word[0],
        reading.text,
    )
    return Reading(text, reading.places, reading.confidences)
