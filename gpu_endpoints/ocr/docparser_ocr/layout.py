"""From lines in no order to a page: blocks of lines of words in reading order."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from docparser.model import Lane, Page, PageCode, PageStatus
from docparser.ocr.glyphs import PlacedWord
from docparser.ocr.reading_order import paragraphs

from . import quads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from .engine import ReadLine, ReadPage
    from .quads import Quad
    from .source import Sheet
    from .words import ReadWord


# Lines stand in one row if their middles differ by less than this share of their height, and their
# heights by less than this; so many such pairs tell how the page leans.
_ROW = 0.5
_SAME_SIZE = 0.3
_ENOUGH_PAIRS = 4

# A line so many times as long as high tells its direction to a fifth of a degree.
_TELLING = 12.0


class _Placed(NamedTuple):
    word: ReadWord
    doubtful: bool


def failed(sheet: Sheet, code: PageCode) -> Page:
    """Return the page that stands for one that was not read."""
    return Page(
        number=sheet.number,
        status=PageStatus.ERROR,
        code=code,
        lane=Lane.GPU,
        lane_reason=sheet.reason,
        width_pt=sheet.width_pt,
        height_pt=sheet.height_pt,
        rotation=sheet.rotation,
    )


def page(sheet: Sheet, read: ReadPage) -> Page:
    """Put what was read in order, straightened: a skewed page has no rows otherwise."""
    turn = _Turn(_skew(read.lines), read.wide, read.tall)
    waiting: dict[PlacedWord, list[_Placed]] = defaultdict(list)
    stream: list[PlacedWord] = []
    for line in read.lines:
        for word in line.words:
            placed = PlacedWord(word.text, *turn.box(word, line.direction), line.direction)
            waiting[placed].append(_Placed(word, line.doubtful))
            stream.append(placed)
    sideways = read.turned % 180 != 0
    return Page.model_validate(
        {
            "number": sheet.number,
            "lane": Lane.GPU,
            "lane_reason": sheet.reason,
            "width_pt": sheet.height_pt if sideways else sheet.width_pt,
            "height_pt": sheet.width_pt if sideways else sheet.height_pt,
            "rotation": (sheet.rotation + read.turned) % 360,
            "blocks": _blocks(sheet.number, paragraphs(stream), waiting, turn),
        }
    )


def _blocks(
    number: int,
    found: list[list[list[PlacedWord]]],
    waiting: dict[PlacedWord, list[_Placed]],
    turn: _Turn,
) -> list[dict[str, Any]]:
    """Return the blocks as plain data, numbered in reading order."""
    blocks: list[dict[str, Any]] = []
    lines = words = 0
    for paragraph in found:
        entries = []
        for line in paragraph:
            lines += 1
            members = [waiting[placed].pop(0) for placed in line]
            entries.append(
                {
                    "id": f"p{number}.l{lines}",
                    "text": " ".join(placed.text for placed in line),
                    "polygon": turn.around(line),
                    "doubtful": any(member.doubtful for member in members),
                    "words": [
                        {
                            "id": f"p{number}.w{index}",
                            "text": member.word.text,
                            "confidence": round(member.word.confidence, 4),
                            "polygon": turn.polygon(quads.upright(member.word.quad)),
                        }
                        for index, member in enumerate(members, words + 1)
                    ],
                }
            )
            words += len(members)
        blocks.append(
            {
                "id": f"p{number}.b{len(blocks) + 1}",
                "polygon": turn.around([word for line in paragraph for word in line]),
                "lines": entries,
            }
        )
    return blocks


class _Turn:
    """The page turned about its middle so that its lines run level, and back."""

    def __init__(self, degrees: float, wide: int, tall: int) -> None:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        self._back = np.array([[cos, sin], [-sin, cos]])
        self._middle = np.array([wide, tall]) / 2
        self._size = np.array([wide, tall], float)

    def box(self, word: ReadWord, direction: int) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a word on the straightened page, in pixels.

        As high as the word's line is thick: the box around a quad that leans still would overlap
        the lines above and below.
        """
        corners = self._level(word.quad)
        begin, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
        half = quads.height(word.quad) / 2
        left, right = sorted((float(begin[0]), float(end[0])))
        top, bottom = sorted((float(begin[1]), float(end[1])))
        if direction:
            middle = (left + right) / 2
            return middle - half, top, middle + half, bottom
        middle = (top + bottom) / 2
        return left, middle - half, right, middle + half

    def around(self, words: Iterable[PlacedWord]) -> list[tuple[float, float]]:
        """Return the polygon on the page of the box around words of the straightened page."""
        boxes = np.array([word[1:5] for word in words])
        left, top = boxes[:, :2].min(axis=0)
        right, bottom = boxes[:, 2:].max(axis=0)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        return self.polygon((corners - self._middle) @ self._back + self._middle)

    def polygon(self, corners: NDArray[np.floating]) -> list[tuple[float, float]]:
        """Return corners in pixels as a polygon in 0..1; what lies outside the page is cut off."""
        scaled = np.clip(corners / self._size, 0, 1).round(5)
        return [(float(x), float(y)) for x, y in scaled]

    def _level(self, corners: NDArray[np.floating]) -> NDArray[np.floating]:
        level: NDArray[np.floating] = (corners - self._middle) @ self._back.T + self._middle
        return level


def _skew(lines: Sequence[ReadLine]) -> float:
    """Return the degrees clockwise by which the upright lines lean.

    Measured along the longer half of the lines. Short lines tell little, and a table has no
    other: there it is measured from cell to cell along the rows. Not elsewhere, as the lines of
    two columns beside each other need not be level.
    """
    spans = [_span(line) for line in lines if line.direction == 0]
    if not spans:
        return 0.0
    lengths = [quads.width(span) for span in spans]
    usual = median(lengths)
    pairs = zip(spans, lengths, strict=True)
    leaning = median(quads.angle(span) for span, length in pairs if length >= usual)
    if usual >= _TELLING * median(quads.height(span) for span in spans):
        return leaning
    beside = list(_beside_each_other(spans, leaning))
    return leaning + (median(beside) if len(beside) >= _ENOUGH_PAIRS else 0.0)


def _beside_each_other(spans: Sequence[Quad], leaning: float) -> Iterator[float]:
    """Yield by how many more degrees a line lies lower than the one to its left in its row."""
    radians = np.radians(leaning)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    middles = np.array([span.mean(axis=0) for span in spans]) @ turn
    heights = np.array([quads.height(span) for span in spans])
    for index, (middle, height) in enumerate(zip(middles, heights, strict=True)):
        across, down = (middles - middle).T
        alike = np.abs(heights - height) < _SAME_SIZE * height
        near = (across > 0) & (np.abs(down) < _ROW * height) & alike
        near[index] = False
        if near.any():
            right = int(np.argmin(np.where(near, across, np.inf)))
            yield float(np.degrees(np.arctan2(down[right], across[right])))


def _span(line: ReadLine) -> Quad:
    first, last = line.words[0].quad, line.words[-1].quad
    return np.stack([first[0], last[1], last[2], first[3]])
