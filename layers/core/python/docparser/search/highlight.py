"""Where in a passage the words of a query stand, and the text around them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import box

from .terms import Token, english, german, in_order, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docparser.model import Polygon
    from docparser.model.search import Box

    from .query import Query

SNIPPET_WORDS = 30
_SHARED_START = 4
# A passage of words holds fewer; one made of thousands of single letters may not take half a
# minute if a query names them all.
_MOST_PLACES = 500


class Highlight(NamedTuple):
    """The polygon around the words that matched, and some 30 words with them inside."""

    polygon: Polygon | None
    snippet: str


class _Occurrence(NamedTuple):
    """A part of a query, by its number, from one word of a passage to another."""

    first: int
    last: int
    part: int


class _Forms(dict[str, frozenset[str]]):
    """Which of a query's tokens another token is a form of: same German or same English stem."""

    def __init__(self, wanted: Iterable[str]) -> None:
        super().__init__()
        self._german: dict[str, set[str]] = {}
        self._english: dict[str, set[str]] = {}
        for token in wanted:
            self._german.setdefault(german(token), set()).add(token)
            self._english.setdefault(english(token), set()).add(token)
        self._starts = tuple({token[0] for token in wanted})

    def __missing__(self, token: str) -> frozenset[str]:
        """Return the wanted tokens that a token is a form of, and remember them.

        A stem keeps its token's first letter, so that most tokens need no stemming here.
        """
        of: frozenset[str] = frozenset()
        if token.startswith(self._starts):
            of = of.union(
                self._german.get(german(token), ()), self._english.get(english(token), ())
            )
        self[token] = of
        return of


class Highlighter:
    """Finds the words of one query in passages."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._forms = _Forms({token for part in query.parts for way in part.ways for token in way})

    def show(self, words: Sequence[str], boxes: Sequence[Box]) -> Highlight:
        """Return where a passage matches the query.

        That is the query as it was typed, if the passage holds it; else the shortest run of at
        most 30 words that holds the most parts of it.

        Parameters
        ----------
        words
            The passage's words, at least one.
        boxes
            Their places, one for each; or none, then there is no polygon.
        """
        matched = self._matched(words)
        polygon = None
        if boxes:
            lefts, tops, rights, bottoms = zip(*[boxes[index] for index in matched], strict=True)
            polygon = box(min(lefts), min(tops), max(rights), max(bottoms))
        return Highlight(polygon, _snippet(words, matched[0], matched[-1]))

    def _matched(self, words: Sequence[str]) -> list[int]:
        """Return the words, counted from 0, that are shown as the match."""
        placed = in_order(words)
        forms = self._forms
        places = ((index, of) for index, token in enumerate(placed) if (of := forms[token.text]))
        wanted = dict(islice(places, _MOST_PLACES))
        if typed := _runs(self._query.sequence, wanted):
            start, end = typed[0]
            return [*range(placed[start].first, placed[end].last + 1)]
        found = self._occurrences(words, placed, wanted)
        if not found:
            return _resembling(self._query, placed) or [*range(len(words))]
        matched = {index for one in _best_window(found) for index in range(one.first, one.last + 1)}
        return sorted(_with_neighbours(matched, {placed[index].first for index in wanted}))

    def _occurrences(
        self,
        words: Sequence[str],
        placed: Sequence[Token],
        wanted: Mapping[int, frozenset[str]],
    ) -> list[_Occurrence]:
        """Return where the wanted parts stand, in their order on the page."""
        whole = [(token, of) for token in joined(words) if (of := self._forms[token.text])]
        found = set()
        for number, part in enumerate(self._query.wanted):
            for way in part.ways:
                for start, end in _runs(way, wanted):
                    found.add(_Occurrence(placed[start].first, placed[end].last, number))
                if len(way) == 1:
                    found |= {
                        _Occurrence(token.first, token.last, number)
                        for token, of in whole
                        if way[0] in of
                    }
        return sorted(found)[:_MOST_PLACES]


def _runs(sequence: Sequence[str], wanted: Mapping[int, frozenset[str]]) -> list[tuple[int, int]]:
    """Return from which token to which a sequence stands without a gap."""
    opening = sequence[0]
    return [
        (start, start + len(sequence) - 1)
        for start, of in wanted.items()
        if opening in of
        and all(token in wanted.get(start + offset, ()) for offset, token in enumerate(sequence))
    ]


def _best_window(found: Sequence[_Occurrence]) -> Sequence[_Occurrence]:
    """Return the neighbouring occurrences with the most parts, then in the fewest words.

    Among equals those win that stand in the query's order, then the first.
    """
    best: Sequence[_Occurrence] = found[:1]
    best_key: tuple[int, int, int] | None = None
    for start, opening in enumerate(found):
        parts: set[int] = set()
        in_sequence = 0
        end = opening.last
        for stop in range(start, len(found)):
            end = max(end, found[stop].last)
            if stop > start and end - opening.first >= SNIPPET_WORDS:
                break
            parts.add(found[stop].part)
            in_sequence += stop > start and found[stop].part == found[stop - 1].part + 1
            key = (-len(parts), end - opening.first, -in_sequence)
            if best_key is None or key < best_key:
                best, best_key = found[start : stop + 1], key
    return best


def _with_neighbours(matched: set[int], typed: set[int]) -> set[int]:
    """Add the words beside a match that were typed too: the stop words around it."""
    first, last = min(matched), max(matched)
    while first - 1 in typed:
        first -= 1
    while last + 1 in typed:
        last += 1
    inside = {index for index in typed if first <= index <= last}
    return matched | inside


def _resembling(query: Query, placed: Sequence[Token]) -> list[int]:
    """Return the words that begin as a wanted token does.

    An engine with other stemmers than ours may find a form that we do not know.
    """
    starts = {token[:_SHARED_START] for part in query.wanted for token in part.tokens}
    return sorted({token.first for token in placed if token.text[:_SHARED_START] in starts})


def _snippet(words: Sequence[str], first: int, last: int) -> str:
    """Return some 30 words around a match, with an ellipsis where the passage goes on."""
    spare = max(SNIPPET_WORDS - (last - first + 1), 0)
    start = max(first - spare // 2, 0)
    end = min(max(last + 1, start + SNIPPET_WORDS), len(words))
    start = max(min(start, end - SNIPPET_WORDS), 0)
    text = " ".join(words[start : min(end, start + 2 * SNIPPET_WORDS)])
    return f"{'… ' if start else ''}{text}{' …' if end < len(words) else ''}"
