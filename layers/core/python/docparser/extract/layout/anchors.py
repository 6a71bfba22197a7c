"""Labels on a page, and where the value that belongs to a label may stand.

A label is a phrase of a vocabulary: "Invoice no", "Fällig am", "Total TTC". It is looked for in
letters and digits alone, whatever blanks, points and capitals are between them, so that words that
OCR has split or glued together still read as it; letters that OCR confuses count as one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docparser.extract.view import PageView, Placed, Segment

# Labels of one key on one page: a page of thousands says nothing more with the next one.
_MOST_OF_A_KEY = 64

# A value under its label stands no further below it than so many heights of the label.
_BELOW = 3.6

# How many rows are looked through for it: superscripts and rules make rows of their own.
_ROWS_BELOW = 6

# Words closer than this share of their height have no blank between them.
_NO_BLANK = 0.1
_OF_NUMBERS = frozenset("0123456789.,-/")

# A label of so few letters ends with its word, or at a colon: "PO" in PO4711 is none.
_SHORT = 2

# So many segments of its row may stand between a label and its value, and one more.
_SEGMENTS_BESIDE = 4

# What a value to the right loses for each height of the label that it stands away.
_FAR = 0.003

# Letters of one shape, as OCR confuses them.
_SHAPES = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "0": "o", "5": "s"})
_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# What stands between a label and its value in one line, and belongs to neither.
_DASHES = "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_JOINTS = " \t:;=#.*>)]°º_/|," + _DASHES


class Relation(StrEnum):
    """Where a value stands, seen from its label."""

    AFTER = "after"
    RIGHT = "right"
    BELOW = "below"


_WORTH = {Relation.AFTER: 1.0, Relation.RIGHT: 0.95, Relation.BELOW: 0.85}


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Return the letters and digits of a text in one case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return "".join(c for c in plain if c.isalnum())


def _shape(text: str) -> str:
    """Return squeezed text with letters of one shape made one."""
    return text.translate(_SHAPES)


@dataclass(frozen=True, eq=False)
class Reading:
    """Words of a page as one text, of which each part leads back to its words."""

    words: tuple[Placed, ...]
    skipped: int = 0
    """Characters of the first word that belong to a label before it."""

    @cached_property
    def text(self) -> str:
        """The words, one space between them, but none within a number that OCR has split."""
        return self._joined[self.skipped :]

    def covering(self, start: int, end: int) -> tuple[Placed, ...]:
        """Return the words that have a part of ``text[start:end]``; at least one."""
        start, end = start + self.skipped, max(end, start + 1) + self.skipped
        found = [
            word
            for word, at in zip(self.words, self._starts, strict=True)
            if at < end and start < at + len(word.text)
        ]
        return tuple(found or self.words[:1])

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        starts = [0]
        for before, word in pairwise(self.words):
            starts.append(starts[-1] + len(before.text) + (not _split(before, word)))
        return tuple(starts)

    @cached_property
    def _joined(self) -> str:
        text = ""
        for word, start in zip(self.words, self._starts, strict=True):
            text = text.ljust(start) + word.text
        return text


def _split(before: Placed, word: Placed) -> bool:
    """Whether two words are one number: nothing stands between them, not even a blank."""
    if not (before.text[-1] in _OF_NUMBERS and word.text[0] in _OF_NUMBERS):
        return False
    return abs(word.left - before.right) < _NO_BLANK * (word.bottom - word.top)


def reading(*segments: Segment) -> Reading:
    """Return segments, from left to right, as one reading."""
    return Reading(tuple(word for segment in segments for word in segment.words))


@dataclass(frozen=True, eq=False)
class Anchor:
    """A label found in a segment: its words are ``segment.words[first:last]``.

    ``key`` and ``phrase`` are the vocabulary's; ``leads`` tells whether it begins its segment,
    ``marked`` whether a colon or the like follows. ``rest`` is what follows in the segment.
    """

    key: str
    phrase: str
    segment: Segment
    first: int
    last: int
    leads: bool
    marked: bool
    rest: Reading | None

    @property
    def words(self) -> tuple[Placed, ...]:
        """The label's words."""
        return self.segment.words[self.first : self.last]

    @property
    def left(self) -> float:
        """The left side of the label, in points."""
        return self.segment.words[self.first].left

    @property
    def right(self) -> float:
        """The right side of the label, in points."""
        return self.segment.words[self.last - 1].right


@dataclass(frozen=True, eq=False)
class Place:
    """Where a label's value may stand; ``score`` in 0..1 is how usual that place is."""

    relation: Relation
    reading: Reading
    segment: Segment
    score: float


class Vocabulary:
    """Phrases by key; where several fit, the longest is the label.

    Parameters
    ----------
    phrases
        Phrases by key. A phrase with an umlaut stands for its spelling with ``ae`` too.
    """

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._by_start: dict[str, list[tuple[str, str, str]]] = {}
        for key, many in phrases.items():
            for phrase in many:
                folded = phrase.casefold()
                for spelling in {folded, folded.translate(_UMLAUTS)}:
                    shape = _shape(squeeze(spelling))
                    self._by_start.setdefault(shape[:3], []).append((shape, key, phrase))
        for known in self._by_start.values():
            known.sort(key=lambda each: -len(each[0]))

    def find(self, view: PageView) -> tuple[Anchor, ...]:
        """Return the labels of a page, row by row."""
        taken: Counter[str] = Counter()
        found = []
        for segment in view.segments:
            for anchor in self.read(segment):
                taken[anchor.key] += 1
                if taken[anchor.key] <= _MOST_OF_A_KEY:
                    found.append(anchor)
        return tuple(found)

    def read(self, segment: Segment) -> list[Anchor]:
        """Return the labels of one segment, from left to right, none in another."""
        letters = _Letters(segment)
        found: list[Anchor] = []
        at = 0
        for start in letters.starts:
            if start < at:
                continue
            for shape, key, phrase in self._beginning(letters.shape[start : start + 3]):
                end = start + len(shape)
                if not letters.shape.startswith(shape, start):
                    continue
                if end in (letters.ends if len(shape) > _SHORT else letters.word_ends):
                    found.append(letters.anchor(key, phrase, start, end))
                    at = end
                    break
        return found

    def _beginning(self, shape: str) -> Iterator[tuple[str, str, str]]:
        """Yield phrases that begin with three letters, or are no longer; the longest first."""
        for count in (3, 2, 1):
            yield from self._by_start.get(shape[:count], ())


class _Letters:
    """The letters and digits of a segment, and where a label may begin and end in them."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.starts: list[int] = []
        self.ends: set[int] = set()
        self.word_ends: set[int] = set()
        # Of each letter: its word, and the place of the character behind it in the word.
        self._places: list[tuple[int, int]] = []
        shape: list[str] = []
        for number, word in enumerate(segment.words):
            before = ""
            for at, character in enumerate(word.text):
                kind = _kind(character)
                if kind != before:
                    # What a hyphen joins to digits is a part of their number: R-4711.
                    glued = character in "-/" and word.text[at + 1 : at + 2].isdigit()
                    if before and not glued:
                        self.ends.add(len(shape))
                    if before and character in ":#":
                        self.word_ends.add(len(shape))
                    if kind:
                        self.starts.append(len(shape))
                before = kind
                for letter in squeeze(character) if kind else "":
                    shape.append(letter)
                    self._places.append((number, at + 1))
            if before:
                self.ends.add(len(shape))
            self.word_ends.add(len(shape))
        self.shape = _shape("".join(shape))

    def anchor(self, key: str, phrase: str, start: int, end: int) -> Anchor:
        words = self.segment.words
        first, (last, behind) = self._places[start][0], self._places[end - 1]
        between = words[last].text[behind:]
        number, skipped = last, behind
        marked = False
        # Points, a colon, a hash: they end the label, in its own word or as the next one.
        while True:
            value = between.lstrip(_JOINTS)
            if value[:1].isdigit() and between[: -len(value)].endswith(tuple(_DASHES)):
                value = between[-len(value) - 1 :]
            marked |= any(c in ":#=" for c in between[: len(between) - len(value)])
            skipped += len(between) - len(value)
            if value:
                break
            number, skipped = number + 1, 0
            if number == len(words):
                break
            between = words[number].text
        rest = Reading(words[number:], skipped) if number < len(words) else None
        leads = first == 0 and not squeeze(words[0].text[: self._places[start][1] - 1])
        return Anchor(key, phrase, self.segment, first, last + 1, leads, marked, rest)


def _kind(character: str) -> str:
    """Return whether a character is a letter (``a``), a digit (``0``) or neither (nothing)."""
    if character.isalpha():
        return "a"
    return "0" if character.isdigit() else ""


def places(view: PageView, anchor: Anchor, *, rows_below: int = _ROWS_BELOW) -> Iterator[Place]:
    """Yield where the value of a label may stand, whatever other labels there are."""
    return Labelled(view, ()).places(anchor, rows_below=rows_below)


class Labelled:
    """A page with its labels, and for each of them the places where its value may stand.

    What another label begins, or what stands behind it, is no place of this one.
    """

    def __init__(self, view: PageView, anchors: Sequence[Anchor]) -> None:
        self.view = view
        self.anchors = tuple(anchors)
        self._of: dict[int, list[Anchor]] = {}
        for anchor in self.anchors:
            self._of.setdefault(id(anchor.segment), []).append(anchor)

    def of(self, segment: Segment) -> tuple[Anchor, ...]:
        """Return the labels in a segment, from left to right."""
        return tuple(self._of.get(id(segment), ()))

    def begins(self, segment: Segment) -> Anchor | None:
        """Return the label that a segment begins with."""
        return next((anchor for anchor in self.of(segment) if anchor.leads), None)

    def behind(self, anchor: Anchor) -> Reading | None:
        """Return what follows a label in its segment, up to the next one that has a mark."""
        rest = anchor.rest
        if rest is None:
            return None
        for other in self.of(anchor.segment):
            if other.first >= anchor.last and other.marked:
                kept = tuple(
                    word for word in rest.words if word.left < other.segment.words[other.first].left
                )
                return Reading(kept, rest.skipped) if kept else None
        return rest

    def places(self, anchor: Anchor, *, rows_below: int = _ROWS_BELOW) -> Iterator[Place]:
        """Yield where the value of a label may stand, the most usual place first.

        Behind it in its segment, then in the next segments of its row, then under it. Nobody has
        looked yet whether what stands there is a value of the right type.
        """
        behind = self.behind(anchor)
        if behind is not None:
            worth = _WORTH[Relation.AFTER] if anchor.marked or anchor.leads else 0.8
            yield Place(Relation.AFTER, behind, anchor.segment, worth)
        height = max(anchor.segment.bottom - anchor.segment.top, 1.0)
        yield from self.beside(anchor)
        yield from self._below(anchor, height, rows_below)

    def beside(self, anchor: Anchor) -> Iterator[Place]:
        """Yield the places in a label's row, up to the next label."""
        segment = anchor.segment
        height = max(segment.bottom - segment.top, 1.0)
        if any(other.first >= anchor.last and other.marked for other in self.of(segment)):
            return
        row = [other for other in self.view.rows[segment.row] if other.left >= segment.right]
        for rank, other in enumerate(row[:_SEGMENTS_BESIDE]):
            if self.begins(other):
                return
            away = (other.left - anchor.right) / height
            score = _WORTH[Relation.RIGHT] - 0.15 * rank - min(_FAR * away, 0.2)
            yield Place(Relation.RIGHT, reading(other), other, max(score, 0.1))

    def _below(self, anchor: Anchor, height: float, rows_below: int) -> Iterator[Place]:
        segment = anchor.segment
        rank = 0
        for row in self.view.rows[segment.row + 1 : segment.row + 1 + rows_below]:
            if row[0].top - segment.bottom > _BELOW * height:
                return
            under = [other for other in row if _overlaps(other, anchor, height)]
            for other in under:
                if self.begins(other):
                    return
                down = max(other.top - segment.bottom, 0.0) / height
                aligned = min(
                    abs(other.left - anchor.left),
                    abs(other.right - anchor.right),
                    abs(other.left + other.right - anchor.left - anchor.right) / 2,
                )
                score = _WORTH[Relation.BELOW] - 0.08 * down - min(0.02 * aligned / height, 0.15)
                yield Place(Relation.BELOW, reading(other), other, max(score - 0.2 * rank, 0.05))
            rank += bool(under)


def _overlaps(other: Segment, anchor: Anchor, height: float) -> bool:
    shared = min(other.right, anchor.right) - max(other.left, anchor.left)
    return shared > 0 or abs(other.left - anchor.left) < height / 2
