"""How words become what is compared: tokens without case and accents, and their stems.

A word of a page may hold several tokens (``RE-2024/0815``, ``1.234,56``, ``e-mail``). They are
compared one by one in their order, and joined, so that another way of writing it is found too.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
import unicodedata
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MAX_TOKEN = 64
# Chinese, Japanese and Korean leave no space between words: each of their characters is a token.
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"(?=[^\W_])[{_CJK}]|[^\W_{_CJK}]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_HYPHENS = ("-", "\u2010", "\u00ad")
_STEMS_KEPT = 1 << 16

STOP_WORDS = frozenset(
    (
        "a an and are as at be by did do does for from has have how in is it its of on or that the "
        "their this to was were what when where which who why will with "
        "als am an auch auf aus bei das dass dem den der des die durch ein eine einem einen einer "
        "eines es fur hat haben im in ist mit nach nicht oder sich sie sind und vom von war waren "
        "wann warum was welche welcher welches wer werden wie wird wo wurde wurden zu zum zur"
    ).split()
)
"""Tokens so frequent in English or German that they tell no passage from another."""


class Token(NamedTuple):
    """A token of a passage, and the words, counted from 0, from which to which it reaches."""

    text: str
    first: int
    last: int


@functools.lru_cache(maxsize=_STEMS_KEPT)
def tokens(word: str) -> tuple[str, ...]:
    """Return a word's tokens: letters and digits, without case, accents or invisible characters.

    A token is cut after 64 characters: nobody types more, and whatever is longer is no word.
    """
    if word.isascii():
        folded = word.lower()
    else:
        # Folding and decomposing each make room for the other (Unicode 3.13, D146).
        decomposed = unicodedata.normalize("NFKD", word.translate(_INVISIBLE)).casefold()
        decomposed = unicodedata.normalize("NFKD", decomposed)
        folded = "".join([char for char in decomposed if not unicodedata.combining(char)])
    return tuple([token[:_MAX_TOKEN] for token in _TOKEN.findall(folded)])


def in_order(words: Sequence[str]) -> list[Token]:
    """Return the tokens of a passage's words, in their order."""
    return [
        Token(token, index, index) for index, word in enumerate(words) for token in tokens(word)
    ]


def joined(words: Sequence[str]) -> list[Token]:
    """Return what words with several tokens are without what parts them: ``e-mail``: ``email``.

    A word that ends with a hyphen before a small letter is joined with the next: it was divided
    at the end of a line.
    """
    found = []
    for index, word in enumerate(words):
        parts = tokens(word)
        if len(parts) > 1:
            found.append(Token("".join(parts)[:_MAX_TOKEN], index, index))
        if parts and word.endswith(_HYPHENS) and index + 1 < len(words):
            rest = words[index + 1]
            if rest[0].islower() and (following := tokens(rest)):
                found.append(Token((parts[-1] + following[0])[:_MAX_TOKEN], index, index + 1))
    return found


def _stemmer(language: str) -> Callable[[str], str]:
    """Return a Snowball stemmer (https://snowballstem.org).

    Its package imports the stemmers of 37 languages when it is imported itself: 220 ms of CPU at
    a cold start, where one takes 6. So the module is imported without running its package.
    """
    package, module = "snowballstemmer", f"snowballstemmer.{language}_stemmer"
    if package not in sys.modules:
        spec = importlib.util.find_spec(package)
        if spec is None:
            raise ModuleNotFoundError(package)
        sys.modules[package] = importlib.util.module_from_spec(spec)
        try:
            stemmers = import_module(module)
        finally:
            # Whoever imports the package later gets the whole of it.
            del sys.modules[package]
    else:
        stemmers = import_module(module)
    make = getattr(stemmers, f"{language.title()}Stemmer")
    stem: Callable[[str], str] = functools.lru_cache(maxsize=_STEMS_KEPT)(make().stemWord)
    return stem


german = _stemmer("german")
"""Return a token's German stem; ``ae`` counts as ``ä``, which is what `tokens` made ``a``."""

english = _stemmer("english")
"""Return a token's English stem."""
