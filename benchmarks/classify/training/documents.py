"""Generated documents of every type, worn as documents are when they reach a reader."""

from __future__ import annotations

import random
import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import DocumentType

from benchmarks.classify.training.grammar import LANGUAGES, Grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = tuple(kind for kind in DocumentType if kind is not DocumentType.UNKNOWN)
_MISREAD = {"l": "1", "o": "0", "e": "c", "m": "rn", "i": "l", "s": "5", "n": "u", "t": "f"}
_FEW_WORDS = 6
_MANY_LINES = 12


class Made(NamedTuple):
    """A generated text; ``kind`` UNKNOWN says that nobody could tell.

    ``layout`` is the alternative of the grammar that it was made from: what is held out in
    training are layouts, as sellers and collections are in the field.
    """

    text: str
    kind: DocumentType
    language: str
    layout: int


def documents(count: int, seed: int) -> Iterator[Made]:
    """Yield so many texts of every type, languages and layouts by turns."""
    chance = random.Random(seed)
    grammars = {language: Grammar(language, chance) for language in LANGUAGES}
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        grammar = grammars[language]
        for kind in KINDS:
            # The rest of the world has most layouts, so it has more texts as well.
            for _ in range(3 if kind is DocumentType.OTHER else 1):
                layout = chance.randrange(grammar.layouts(kind.value))
                text = worn(grammar.text(kind.value, layout), kind, chance)
                if len(text.split()) >= _FEW_WORDS:
                    yield Made(text, kind, language, layout)


def strange(count: int, seed: int) -> Iterator[Made]:
    """Yield texts of which nobody could tell the type: too short, meaningless, or two at once."""
    chance = random.Random(seed)
    grammars = [Grammar(language, chance) for language in LANGUAGES]
    for number in range(count):
        grammar = grammars[number % len(grammars)]
        first, second = (grammar.text(kind.value) for kind in chance.sample(KINDS, 2))
        text = (
            " ".join(first.split()[chance.randrange(9) :][: chance.randint(2, 7)]),
            "\n".join(_syllables(chance) for _ in range(chance.randint(5, 30))),
            "\n".join(first.splitlines()[:8] + second.splitlines()[:8]),
        )[number // len(grammars) % 3]
        yield Made(text, DocumentType.UNKNOWN, "und", 0)


def _syllables(chance: random.Random) -> str:
    syllables = "ba ko ru ti mel dor ska vin olo ume pra lin gos tep fi".split()
    words = ("".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(9))
    return " ".join(words)


def worn(text: str, kind: DocumentType, chance: random.Random) -> str:
    """Return a text as it may arrive: cut, wrapped, in capitals, misread."""
    lines = text.splitlines()
    if len(lines) > _MANY_LINES and chance.random() < 0.25:
        # A later page, without the title and whatever else would say what it is.
        lines = lines[chance.randrange(len(lines) // 2) :]
    if chance.random() < 0.4:
        lines = [line for line in lines if chance.random() > 0.15]
    if chance.random() < 0.15:
        # A table whose cells were read one by one.
        lines = [cell for line in lines for cell in re.split(r"\s+(?=-?[\d€$])", line)]
    if chance.random() < 0.7:
        lines = _wrapped(lines, chance.choice([30, 38, 50, 70, 90, 110]), chance)
    if chance.random() < (0.5 if kind is DocumentType.RECEIPT else 0.04):
        lines = [line.upper() for line in lines]
    if chance.random() < 0.1:
        lines = [_without_accents(line) for line in lines]
    if chance.random() < 0.3:
        rate = chance.choice([0.005, 0.01, 0.03])
        lines = ["".join(_misread(c, rate, chance) for c in line) for line in lines]
    return "\n".join(lines)


def _wrapped(lines: list[str], width: int, chance: random.Random) -> list[str]:
    """Return running text filled to a width; what is set apart stays so."""
    joined = chance.random() < 0.7
    made: list[str] = []
    prose: list[str] = []
    for line in [*lines, ""]:
        if joined and line.endswith((".", "!", "?", "»", ",")) and len(line) > 40:
            prose.append(line)
            continue
        made += textwrap.wrap(" ".join(prose), width)
        made += textwrap.wrap(line, width) if len(line) > width else [line]
        prose = []
    return made


def _misread(character: str, rate: float, chance: random.Random) -> str:
    if chance.random() >= rate:
        return character
    return _MISREAD.get(character, chance.choice(["", character, "."]))


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
