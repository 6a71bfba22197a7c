"""What a person typed, as the parts that a passage must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .index import InvalidQuery
from .terms import STOP_WORDS, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 400
_QUOTE = re.compile('["\u201c\u201d\u201e\u201f\u00ab\u00bb]')


@dataclass(frozen=True)
class Part:
    """Tokens that stand side by side: a word, or a quoted phrase."""

    tokens: tuple[str, ...]
    quoted: bool = False

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The part's tokens; and, for a word that holds several, the same in one."""
        if self.quoted or len(self.tokens) == 1:
            return (self.tokens,)
        return (self.tokens, ("".join(self.tokens),))

    @property
    def stops(self) -> bool:
        """Whether the part is a word that tells no passage from another."""
        return not self.quoted and self.tokens[0] in STOP_WORDS and len(self.tokens) == 1


@dataclass(frozen=True)
class Query:
    """A query's parts, each once, in the order of their first appearance.

    ``sequence`` is every token as it was typed, repetitions included.
    """

    parts: tuple[Part, ...]
    sequence: tuple[str, ...]

    @property
    def wanted(self) -> tuple[Part, ...]:
        """The parts to search for: all but stop words, unless there is nothing else."""
        return tuple(part for part in self.parts if not part.stops) or self.parts


def parse(text: str) -> Query:
    """Return the query that a text is.

    Raises
    ------
    InvalidQuery
        No letter or digit in it, or more than 400 characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidQuery(f"a query has at most {MAX_CHARACTERS} characters")
    parts = list(_parts(text))
    if not parts:
        raise InvalidQuery("a query needs a letter or a digit")
    sequence = tuple(token for part in parts for token in part.tokens)
    return Query(parts=tuple(dict.fromkeys(parts)), sequence=sequence)


def _parts(text: str) -> Iterator[Part]:
    """Yield words and phrases in their order; a quote that nobody closes is no quote."""
    pieces = _QUOTE.split(text)
    for index, piece in enumerate(pieces):
        quoted = index % 2 == 1 and index < len(pieces) - 1
        for words in [piece.split()] if quoted else [[word] for word in piece.split()]:
            if found := tuple(token for word in words for token in tokens(word)):
                yield Part(found, quoted)
