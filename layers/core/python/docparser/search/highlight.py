"""Where in a passage the words of a query stand, and the text around them."""

from __future__ import annotations

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


class Highlight(NamedTuple):
    """The polygon around the words that matched, and some 30 words with them inside."""

    polygon: Polygon | None
    snippet: str


class _Occurrence(NamedTuple):
    """A part of a query, by its number, from one word of a passage to another."""

    first: int
    last: int
    part: int


class _Forms:
    """Which tokens are forms of each other: those with the same German or English stem."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._german: dict[str, set[str]] = {}
        self._english: dict[str, set[str]] = {}
        for token in wanted:
            self._german.setdefault(german(token), set()).add(token)
            self._english.setdefault(english(token), set()).add(token)
        self._starts = tuple({token[0] for token in wanted})

    def of(self, token: str) -> set[str]:
        """Return the wanted tokens that a token is a form of.

        A stem keeps its token's first letter, so that most tokens need no stemming here.
        """
        if not token.startswith(self._starts):
            return set()
        return self._german.get(german(token), set()) | self._english.get(english(token), set())


def highlight(query: Query, words: Sequence[str], boxes: Sequence[Box]) -> Highlight:
    """Return where a passage matches a query.

    That is the query as it was typed, if the passage holds it; else the shortest run of at most
    30 words that holds the most parts of it.

    Parameters
    ----------
    query
        What was searched.
    words
        The passage's words, at least one.
    boxes
        Their places, one for each; or none, then there is no polygon.
    """
    matched = _matched(query, words)
    polygon = None
    if boxes:
        lefts, tops, rights, bottoms = zip(*[boxes[index] for index in matched], strict=True)
        polygon = box(min(lefts), min(tops), max(rights), max(bottoms))
    return Highlight(polygon, _snippet(words, matched[0], matched[-1]))


def _matched(query: Query, words: Sequence[str]) -> list[int]:
    """Return the words, counted from 0, that are shown as the match."""
    forms = _Forms({token for part in query.parts for way in part.ways for token in way})
    placed = in_order(words)
    wanted = {index: of for index, token in enumerate(placed) if (of := forms.of(token.text))}
    if typed := _runs(query.sequence, wanted):
        start, end = typed[0]
        return [*range(placed[start].first, placed[end].last + 1)]
    found = _occurrences(query, placed, wanted, forms, words)
    if not found:
        return _resembling(query, placed) or [*range(len(words))]
    matched = {index for one in _best_window(found) for index in range(one.first, one.last + 1)}
    return sorted(_with_neighbours(matched, {placed[index].first for index in wanted}))


def _runs(sequence: Sequence[str], wanted: Mapping[int, set[str]]) -> list[tuple[int, int]]:
    """Return from which token to which a sequence stands without a gap."""
    opening = sequence[0]
    return [
        (start, start + len(sequence) - 1)
        for start, of in wanted.items()
        if opening in of
        and all(token in wanted.get(start + offset, ()) for offset, token in enumerate(sequence))
    ]


def _occurrences(
    query: Query,
    placed: Sequence[Token],
    wanted: Mapping[int, set[str]],
    forms: _Forms,
    words: Sequence[str],
) -> list[_Occurrence]:
    """Return where the wanted parts stand, in their order on the page."""
    whole = [(token, of) for token in joined(words) if (of := forms.of(token.text))]
    found = set()
    for number, part in enumerate(query.wanted):
        for way in part.ways:
            for start, end in _runs(way, wanted):
                found.add(_Occurrence(placed[start].first, placed[end].last, number))
            if len(way) == 1:
                found |= {
                    _Occurrence(token.first, token.last, number)
                    for token, of in whole
                    if way[0] in of
                }
    return sorted(found)


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
