"""Lines of text as a table sees them: runs of words with wide gaps between."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.ocr.glyphs import PlacedWord

# All lengths are in heights of a usual word.

# Words further apart may stand in different cells: spaces of justified text may be as wide, but do
# not stand below each other.
WIDEST_SPACE = 0.7

# Words overlapping by this part of the smaller one's height stand on one line.
_SAME_LINE = 0.5
_LOOK_BACK = 4

# Possessive, so that a word of ten thousand digits costs no more than its length. Marks before and
# behind: a sign, a currency, a percent, brackets of what is negative, one letter for a tax rate.
_NUMERIC = re.compile(
    r"[(+\-\u2212\u2013€$£¥~#]*+\d[\d.,:/'\u2019\-\u00a0]*+[)%€$£¥\-*]*+[A-Za-z]?"
)
_GROUPS = 3
_UNIT = re.compile(r"[A-Z]{3}|[€$£¥%\-\u2013\u2014()+]{1,2}|[a-zA-Z]{1,3}\.?|h|[Uu]nit\(s\)")


class Run:
    """Words of a line without a wide gap between them."""

    __slots__ = ("bottom", "left", "numeric", "right", "top", "words")

    def __init__(self, words: list[PlacedWord]) -> None:
        self.words = words
        self.left = words[0].left
        self.right = max(word.right for word in words)
        self.top = min(word.top for word in words)
        self.bottom = max(word.bottom for word in words)
        self.numeric = is_numeric(words)


class Line:
    """Words on one base line, and their runs from left to right."""

    __slots__ = ("bottom", "runs", "top", "words")

    def __init__(self, words: list[PlacedWord], em: float) -> None:
        words.sort(key=lambda word: word.left)
        self.words = words
        self.top = min(word.top for word in words)
        self.bottom = max(word.bottom for word in words)
        runs = [[words[0]]]
        right = words[0].right
        for word in words[1:]:
            if word.left - right >= WIDEST_SPACE * em:
                runs.append([word])
            else:
                runs[-1].append(word)
            right = max(right, word.right)
        self.runs = [Run(run) for run in runs]


def usual_height(words: Sequence[PlacedWord]) -> float:
    """Return the height of a usual word, the unit of all lengths here."""
    return median(word.bottom - word.top for word in words) or 1.0


def text_lines(words: Sequence[PlacedWord], em: float) -> list[Line]:
    """Return the lines of upright words, from top to bottom."""
    groups: list[tuple[PlacedWord, list[PlacedWord]]] = []
    for word in sorted(words, key=lambda word: (word[2] + word[4], word[1])):
        top, bottom = word[2], word[4]
        for index in range(len(groups) - 1, max(len(groups) - 1 - _LOOK_BACK, -1), -1):
            core, members = groups[index]
            shared = min(bottom, core[4]) - max(top, core[2])
            if shared >= _SAME_LINE * min(bottom - top, core[4] - core[2]):
                members.append(word)
                # Measured at the widest word: an initial of three lines' height is narrow.
                if word[3] - word[1] > core[3] - core[1]:
                    groups[index] = (word, members)
                break
        else:
            groups.append((word, [word]))
    return [Line(members, em) for _, members in groups]


def is_numeric(words: Sequence[PlacedWord]) -> bool:
    """Tell whether words are a figure: a sum, a quantity with its unit, a date in digits."""
    figures = 0
    for word in words:
        if _NUMERIC.fullmatch(word.text):
            figures += 1
        elif not _UNIT.fullmatch(word.text):
            return False
    # A number of a telephone or an account has many groups of digits, and no decimals.
    return 0 < figures <= _GROUPS and len(words) <= 2 * figures + 1
