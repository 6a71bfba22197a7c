"""Words written so that a person reads them and a search does not find them.

Invisible characters, letters of another script that look alike, full-width and mathematical
letters, letters set apart: each is undone, word by word, so that positions keep their way back to
the page. Much of it is innocent - soft hyphens, ligatures, spaced headings, full-width digits in
Chinese - and is undone all the same; what ordinary typesetting does not produce is called a
disguise.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import Polygon

# Typographic variants that would hide a phrase from a plain comparison. One character for one,
# so that positions stay true. U+0130 is the only character whose lower case is two characters.
_PLAIN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u00a0\u0130", "-----'' I")

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e007f"
)
_LETTER = r"[^\W_]"
_DIGIT = r"\d"
_HIDDEN = f"[{_INVISIBLE}]+"
# Browsers put break opportunities into long addresses, typesetters soft hyphens between letters:
# neither hides anything. Between digits, or as a whole alphabet of fillers, nobody needs them.
_SPLIT_WORD = (
    f"^[^/@._]*{_LETTER}[{_INVISIBLE.replace(chr(0xAD), '')}]+{_LETTER}[^/@._]*$"
    rf"|\d[{_INVISIBLE}]+\d"
)
_STYLED = "[\U0001d400-\U0001d7ff\uff21-\uff3a\uff41-\uff5a]{4}|[\uff10-\uff19]{4}"
_CJK = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"

# Cyrillic letters, then Greek ones, as escapes: on the screen nobody tells them apart.
_RESEMBLANCES = (
    ("\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e", "ABESIJKMHO"),
    ("\u0420\u0421\u0422\u0425\u0423\u0430\u0435\u043e\u0440\u0441", "PCTXYaeopc"),
    ("\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0475", "yxijshdqwv"),
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f", "ABEZHIKMNO"),
    ("\u03a1\u03a4\u03a5\u03a7\u03b1\u03bd\u03bf\u03c1\u03b9\u03ba", "PTYXavopik"),
    ("\u03c4\u03c5\u03c7", "tux"),
)
_LOOKALIKES = {
    ord(foreign): latin for row in _RESEMBLANCES for foreign, latin in zip(*row, strict=True)
}
_FOREIGN = "[\u0370-\u03ff\u0400-\u052f]"
_RUN = r"[^\W_]+"
_SHORT = 3
"""A run of so few characters may be a formula's, if its letters are Greek."""
_GREEK = "[\u0370-\u03ff]"
_LATIN = "[A-Za-z\u00c0-\u024f]"

_LEAST_SPACED = 6
"""So many single characters in a row are one word, as in V E R T R A U L I C H."""
_WORD_GAP = 1.6
"""A gap so many times the usual one parts two spaced-out words."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # At the first word that is not ASCII: these classes take 4 ms to compile (measured).
    return re.compile(pattern)


def plain(text: str) -> str:
    """Return a word with compatibility forms and other scripts' digits as plain characters.

    Invisible characters are left out.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _compiled(_HIDDEN).sub("", text))
    text = _compiled(_DIGIT).sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
    return text.translate(_PLAIN).strip()


def is_split(text: str) -> bool:
    """Whether invisible characters part what reads as one word or number."""
    return not text.isascii() and _compiled(_SPLIT_WORD).search(text) is not None


def is_styled(text: str) -> bool:
    """Whether letters or digits are forms that look like plain ones and compare otherwise."""
    return (
        not text.isascii()
        and _compiled(_STYLED).search(text) is not None
        and not _compiled(_CJK).search(text)
    )


def is_foreign(text: str) -> bool:
    """Whether the word has letters of another script that look like none of ours."""
    return any(_compiled(_FOREIGN).match(c) and ord(c) not in _LOOKALIKES for c in text)


def unmasked(text: str, *, among_latin: bool) -> str:
    """Return a plain word with lookalikes of other scripts as the Latin letters they resemble.

    A run of letters and digits without a Latin letter is taken for Latin only ``among_latin``
    words: in a Russian text it is a Russian word. Short runs stay in such a text, and Greek ones
    in any: formulas have Greek letters, and no text among Latin words has a Cyrillic one alone.
    """
    if text.isascii() or not _compiled(_FOREIGN).search(text):
        return text

    def latin(match: re.Match[str]) -> str:
        run = match.group()
        if is_foreign(run) or not (among_latin or _compiled(_LATIN).search(run)):
            return run
        if len(run) <= _SHORT and (not among_latin or _compiled(_GREEK).search(run)):
            return run
        return run.translate(_LOOKALIKES)

    return _compiled(_RUN).sub(latin, text)


def spaced_out(words: Sequence[tuple[str, Polygon]]) -> set[int]:
    """Return the places of words that the next one continues: single characters set apart."""
    joined: set[int] = set()
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and len(words[end][0]) == 1 and words[end][0].isalnum():
            end += 1
        if end - start >= _LEAST_SPACED:
            gaps = [_gap(words[i][1], words[i + 1][1]) for i in range(start, end - 1)]
            usual = sorted(gaps)[len(gaps) // 2]
            joined.update(
                start + i for i, gap in enumerate(gaps) if usual <= 0 or gap <= _WORD_GAP * usual
            )
        start = max(end, start + 1)
    return joined


def _gap(before: Polygon, after: Polygon) -> float:
    if not before or not after:
        return 0.0
    return min(point[0] for point in after) - max(point[0] for point in before)
