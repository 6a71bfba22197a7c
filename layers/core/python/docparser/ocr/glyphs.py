"""The words of a page's text layer, with their places.

pdfium gives characters: in the order of the content stream, with spaces and line breaks put in
where it sees gaps. This module turns them into words; what order they are read in is found by
`reading_order`.
"""

from __future__ import annotations

import math
import re
from array import array
from ctypes import PYFUNCTYPE, c_int, c_void_p, cast
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2_raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.pdf_file import PdfPage, TextLayer

# A second prototype of the same function, which takes addresses instead of pointer objects and
# keeps the interpreter lock: with one call per character, this halves the cost of the boxes.
_loose_char_box = PYFUNCTYPE(c_int, c_void_p, c_int, c_void_p)(
    cast(pdfium.FPDFText_GetLooseCharBox, c_void_p).value or 0
)

# pdfium marks a hyphen that it takes for one of a divided word by U+FFFE or U+0002 and lets the
# word's second half follow without a break. We end the word there: it is divided on the page too.
_HYPHENS = "\ufffe\x02"
_HYPHEN_TO_TEXT = {ord(mark): "-" for mark in _HYPHENS}

# A soft hyphen that made it into a content stream has been drawn (many fonts map the hyphen's
# glyph to it), so it is read as what is seen. Without a glyph: zero-width spaces, joiners of
# lines and marks of direction; and what is no character.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2060\ufeff\uffff]")
_CLEAN = {0xAD: "-", **_HYPHEN_TO_TEXT}

# What pdfium writes between words. A NUL within a word has a place of its own, as the others have.
_GAPS = " \r\n"
_WORD = re.compile(rf"[^\s{_HYPHENS}]+[{_HYPHENS}]?|[{_HYPHENS}]")

# Bold is imitated by drawing a word again, shifted by a part of its height; never by more points
# than one cell of the grid in which such twins are found.
_OVERPRINT = 0.15
_GRID_PT = 4.0
_MOST_TWINS = 50

# Degrees by which upright text may lean and still be read in rows.
_SKEW = 8.0

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""A letter of Hebrew, Arabic, Syriac or another script written from right to left."""

# A dense page of a newspaper has 30,000 characters. Half a million take two seconds and 210 MB
# (measured); a page beyond that is made to do harm.
MAX_CHARACTERS = 500_000


class PlacedWord(NamedTuple):
    """A word and its box on the upright page: points, origin top left, y downwards.

    ``angle`` is the direction of writing in degrees clockwise, 0 for upright text.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    angle: int


class TooManyCharacters(Exception):  # noqa: N818
    """A page has more characters than anybody would read; it is not read either."""


def read_words(page: PdfPage) -> list[PlacedWord]:
    """Return the words that lie on the page, in pdfium's order.

    Boxes are the union of loose character boxes: as high as the font, as wide as the advance.
    What lies outside the crop box is not on the paper and is left out; a word drawn twice at the
    same place, as some producers do for bold, appears once.

    Raises
    ------
    TooManyCharacters
        The page has more than `MAX_CHARACTERS`.
    """
    with page.text_layer() as layer:
        if layer is None:
            return []
        if len(layer.text) > MAX_CHARACTERS:
            raise TooManyCharacters
        boxes = array("f", bytes(16 * len(layer.text)))
        address, first = cast(layer.handle, c_void_p).value, boxes.buffer_info()[0]
        for index, character in enumerate(layer.text):
            if character not in _GAPS:
                _loose_char_box(address, index, first + 16 * index)
        return _without_overprints(_placed_words(page, layer, boxes))


def _placed_words(page: PdfPage, layer: TextLayer, boxes: array[float]) -> Iterator[PlacedWord]:
    lefts, tops, rights, bottoms = boxes[0::4], boxes[1::4], boxes[2::4], boxes[3::4]
    for match in _WORD.finditer(layer.text):
        word = match.group()
        start, end = match.span()
        if not word.isalnum():
            word = _INVISIBLE.sub("", word.translate(_CLEAN))
            if not word:
                continue
        left, top = min(lefts[start:end]), max(tops[start:end])
        right, bottom = max(rights[start:end]), min(bottoms[start:end])
        if not (
            left < page.right and right > page.left and bottom < page.top and top > page.bottom
        ):
            continue
        # -1 where pdfium knows no angle, which is not one degree but upright.
        angle = math.degrees(max(pdfium.FPDFText_GetCharAngle(layer.handle, start), 0.0))
        yield PlacedWord(
            word, *upright(page, left, top, right, bottom), _direction(page.rotation + angle)
        )


def _direction(angle: float) -> int:
    """Return whole degrees; a little skew, as of a scan with its text laid over, is none."""
    right_angle = round(angle / 90) * 90
    return (right_angle if abs(angle - right_angle) <= _SKEW else round(angle)) % 360


def upright(
    page: PdfPage, left: float, top: float, right: float, bottom: float
) -> tuple[float, float, float, float]:
    """Return a box of the page's space, cut to the page, on the upright page.

    Left, top, right and bottom in points: origin bottom left before, top left after.
    """
    left, right = max(left, page.left), min(right, page.right)
    bottom, top = max(bottom, page.bottom), min(top, page.top)
    if page.rotation == 90:
        return bottom - page.bottom, left - page.left, top - page.bottom, right - page.left
    if page.rotation == 180:
        return page.right - right, bottom - page.bottom, page.right - left, top - page.bottom
    if page.rotation == 270:
        return page.top - top, page.right - right, page.top - bottom, page.right - left
    return left - page.left, page.top - top, right - page.left, page.top - bottom


def _without_overprints(words: Iterator[PlacedWord]) -> list[PlacedWord]:
    """Drop each word that repeats another one at nearly the same place.

    Twins are looked up in a grid and among the last few of a cell, since a page may hold the same
    word ten thousand times.
    """
    kept: list[PlacedWord] = []
    seen: dict[str, dict[tuple[int, int], list[PlacedWord]]] = {}
    for word in words:
        column, row = int(word.left / _GRID_PT), int(word.top / _GRID_PT)
        grid = seen.get(word.text)
        if grid is None:
            seen[word.text] = {(column, row): [word]}
        elif any(
            _overprints(twin, word)
            for cell in product((column - 1, column, column + 1), (row - 1, row, row + 1))
            if cell in grid
            for twin in grid[cell][-_MOST_TWINS:]
        ):
            continue
        else:
            grid.setdefault((column, row), []).append(word)
        kept.append(word)
    return kept


def _overprints(one: PlacedWord, other: PlacedWord) -> bool:
    near = min(_GRID_PT, _OVERPRINT * (one.bottom - one.top), _OVERPRINT * (one.right - one.left))
    return abs(one.left - other.left) <= near and abs(one.top - other.top) <= near
