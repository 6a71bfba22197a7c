"""Whether a text layer says what its page shows.

A PDF draws glyphs, and tells by tables of their own which characters they stand for. Where these
are missing or wrong, a page that any reader could read has a text layer of private characters, of
another alphabet's letters, or of words whose letters were exchanged one for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from .letter_pairs import ALPHABET, COSTS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters that are looked at; a page of a newspaper has 30,000.
_ENOUGH = 20_000

# Of a page's characters, the part that may be unmapped or no characters before it is garbled:
# symbols and bullets of private fonts are on many pages that are sound.
_UNMAPPED = 0.25
_NO_CHARACTERS = 0.2

# pdfium marks a word divided at the end of its line by one of these, and gives NUL to indexes that
# have nothing to read.
_PDFIUM_MARKS = "\0\x02\ufffe"
_BROKEN = {"Cc", "Cn", "Co", "Cs"}

# Letters of Latin-1's upper half: an eighth of the letters of Icelandic, and all of a Cyrillic or
# Greek text whose font spoke of another code page.
_LATIN_1 = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_MOST_LATIN_1 = 0.5
# UTF-8 that was taken for Latin-1 or Windows-1252. German has an umlaut every 60 letters.
_UTF_8_RUN = re.compile("[\u00c2-\u00c5][\u0080-\u00bf]|\u00e2(?:\u0080|\u20ac)")
_LETTERS_PER_RUN = 150
_FEWEST = 5

# Signs between letters, where words have none. Listings of programs have one for 25 letters.
_SIGN_IN_WORD = re.compile(r"[\[\\\]^`{|}~\"#$%;!?*<>=](?<=[^\W\d_].)(?=[^\W\d_])")
_LETTERS_PER_SIGN = 20

_OTHER_LATIN = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "\u0131": "i",  # Turkish, without its dot
    "þ": "th",
    "ð": "d",
}
_OTHER_LATIN_LETTER = re.compile(f"[{''.join(_OTHER_LATIN)}]")
_MARK = re.compile("[\u0300-\u036f]")
_WORD = re.compile("(?<![0-9_a-z])[a-z]{4,24}(?![0-9_a-z])")

# Words are judged in passages of this many letters, each word once. Measured on interfaces in 80
# languages, the worst passage costs 3.4 per pair, and 99.5 % of exchanged alphabets cost more than
# 3.5; passages of invoices and reports cost 2.9 at most.
_PASSAGE_LETTERS = 100
_HIGHEST_COST = 3.5
_GARBLED_PART = 1 / 3

# Lists of codes, abbreviations or bases of a gene are no words. Half of a language's letters and
# more stand in words of four letters or longer, and these use most of the alphabet.
_LEAST_IN_WORDS = 0.5
_FEWEST_DIFFERENT = 10

_COST = {
    (before, after): cost / 10
    for before, row in zip(ALPHABET, COSTS, strict=True)
    for after, cost in zip(ALPHABET, row, strict=True)
}


def garbled(text: str, unmapped: float = 0.0) -> bool:
    """Tell whether a page's characters are not those that its reader sees.

    Text that is too short, or not written in Latin letters, or no language at all, is believed
    unless its characters are none, or nothing says which they are.

    Parameters
    ----------
    text
        The text layer of a page.
    unmapped
        The part of its characters (0..1) that the file maps to none.
    """
    text = text[:_ENOUGH]
    if _no_characters(text) or _other_characters(text):
        return True
    exchanged = _exchanged_letters(text)
    if exchanged is None:
        return unmapped >= _UNMAPPED
    # Characters without a mapping are right by luck where a font's codes are those of ASCII, as in
    # the bitmap fonts of TeX: then they make words.
    return exchanged >= _GARBLED_PART


def latin_words(text: str) -> list[str]:
    """Return the words of four Latin letters or more, in small letters without their marks."""
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text.lower()))
    return _WORD.findall(_OTHER_LATIN_LETTER.sub(lambda found: _OTHER_LATIN[found[0]], plain))


def _no_characters(text: str) -> bool:
    """Tell whether private, unassigned and control characters make up much of the text."""
    broken = whole = 0
    for character, times in Counter(text).items():
        if character in _PDFIUM_MARKS or character.isspace():
            continue
        whole += times
        if character == "\ufffd" or unicodedata.category(character) in _BROKEN:
            broken += times
    return broken > 0 and broken >= _NO_CHARACTERS * whole


def _other_characters(text: str) -> bool:
    """Tell whether letters became signs, or letters of another code page than they were set in."""
    letters = sum(map(str.isalpha, text))
    upper_half = len(_LATIN_1.findall(text))
    if upper_half >= _PASSAGE_LETTERS / 2 and upper_half > _MOST_LATIN_1 * letters:
        return True
    return any(
        found >= _FEWEST and found * per >= letters
        for found, per in (
            (len(_UTF_8_RUN.findall(text)), _LETTERS_PER_RUN),
            (len(_SIGN_IN_WORD.findall(text)), _LETTERS_PER_SIGN),
        )
    )


def _exchanged_letters(text: str) -> float | None:
    """Return the part of the text (0..1) whose words have letter pairs that no language has.

    The model is a chain of letters (Shannon 1948) over many Latin-script languages at once. An
    exchange keeps the lengths of words and the number of different letters, and breaks the pairs.

    Returns
    -------
    float or None
        None if there are too few words to judge.
    """
    words = latin_words(text)
    if sum(map(len, words)) < _LEAST_IN_WORDS * sum(map(str.isalpha, text)):
        return None
    judged = exchanged = 0
    for passage in _passages(list(dict.fromkeys(words))):
        judged += 1
        pairs = Counter(pairwise(passage))
        cost = sum(_COST[pair] * times for pair, times in pairs.items())
        exchanged += cost > _HIGHEST_COST * (len(passage) - 1)
    return exchanged / judged if judged else None


def _passages(words: list[str]) -> Iterator[str]:
    """Yield words joined by spaces, in passages long enough to be judged."""
    passage: list[str] = []
    letters = 0
    for word in words:
        passage.append(word)
        letters += len(word)
        if letters >= _PASSAGE_LETTERS:
            if len(set("".join(passage))) >= _FEWEST_DIFFERENT:
                yield f" {' '.join(passage)} "
            passage, letters = [], 0
