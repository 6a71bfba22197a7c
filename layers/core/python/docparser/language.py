"""The language of a document or a page, by its script and its small words.

py3langid would tell ninety languages apart, but costs 210-350 ms of CPU at import (numpy is most
of it, measured) and 64 MB of layer: more than the whole allowance of a cold start. Rules that
know German, English and French gain nothing from a ninety-first guess, so small words are
counted, and what is in none of the languages below is ``und``.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Only words that are frequent in one language and rare in the others; what two share ("in",
# "an", "die", "was", "des", "la", "en") tells nothing.
_SMALL_WORDS = {
    "de": "der das und ist nicht mit für auf dem den ein eine einer eines von zu zum zur wird "
    "werden sie wir ihr ihre ihnen bei nach aus auch sich oder als durch über bis im am vom "
    "sind haben unser unsere wurde kann",
    "en": "the and of to is that for with this are be by on or as from your you we our have has "
    "which not will shall any such its it at their been may these all other",
    "fr": "le les du et est une dans pour qui que sur au aux par avec vous nous ce cette ces il "
    "elle votre notre vos nos sont sous être ou où ne pas leur",
    "nl": "het een van voor niet zijn wordt bij ook aan uw onze deze naar werd heeft maar",
    "it": "il di che della per sono nel alla delle gli dal questo con dei anche più",
    "es": "el los las del por una para con se su sus este esta como más al y",
}
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _language)

_WORD = re.compile(r"[^\W\d_]+")

ENOUGH = 3_000
"""Characters after which the answer no longer changes."""
_LEAST = 3
_LEAD = 1.3

_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9d]")
_LETTER = re.compile(r"[^\W\d_]")

# A text in another script has names, units and addresses in Latin letters.
_SCRIPT_SHARE = 0.3
_KANA_SHARE = 0.05


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of a page's language, ``und`` when too little speaks for one.

    Scripts that few languages share tell it (el; ja where there is kana, else zh), small words
    otherwise.
    """
    text = text[:ENOUGH]
    letters = len(_LETTER.findall(text))
    if letters and not text.isascii():
        kana = len(_KANA.findall(text))
        ideographs = kana + len(_HAN.findall(text))
        if ideographs > _SCRIPT_SHARE * letters:
            return "ja" if kana > _KANA_SHARE * ideographs else "zh"
        if len(_GREEK.findall(text)) > _SCRIPT_SHARE * letters:
            return "el"
    count = LanguageCount()
    count.read(text.lower())
    return count.decide()


class LanguageCount:
    """Counts small words until enough text was seen."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._seen = 0

    def read(self, lower: str) -> None:
        """Count a page's text (in lower case)."""
        if self._seen >= ENOUGH:
            return
        lower = lower[: ENOUGH - self._seen]
        self._seen += len(lower)
        for word in _WORD.findall(lower):
            for language in _LANGUAGES.get(word, ()):
                self._counts[language] += 1

    def lean(self, languages: Iterable[str]) -> None:
        """Count what other rules saw in a language: a table of prices has few small words."""
        self._counts.update(languages)

    def decide(self) -> str:
        """Return the ISO 639-1 code, ``und`` when too little speaks for one language."""
        ranked = sorted(self._counts.items(), key=lambda entry: (-entry[1], entry[0]))
        if not ranked or ranked[0][1] < _LEAST:
            return "und"
        if len(ranked) > 1 and ranked[0][1] < _LEAD * ranked[1][1]:
            return "und"
        return ranked[0][0]
