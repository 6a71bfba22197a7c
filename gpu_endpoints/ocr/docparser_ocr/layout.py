"""From lines in no order to a page: blocks and tables of words in reading order."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from docparser.language import language_of
from docparser.model import Lane, Page, PageCode, PageStatus
from docparser.ocr import tables
from docparser.ocr.blocks import blocks as placed_blocks
from docparser.ocr.glyphs import PlacedWord

from . import quads, rules
from .calibration import calibrated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docparser.model import Polygon
    from docparser.ocr.blocks import PlacedBlock
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


def page(sheet: Sheet, read: ReadPage, confidence: Callable[[float], float] = calibrated) -> Page:
    """Put what was read in order, straightened: a skewed page has no rows otherwise.

    ``confidence`` makes a word's confidence of how sure the recogniser was of it (0..1).
    """
    turn = _Turn(_skew(read.lines), read.wide, read.tall)
    members = [(line, word) for line in read.lines for word in line.words]
    quads_ = np.array([word.quad for _, word in members], np.float32).reshape(-1, 4, 2)
    boxes = turn.boxes(quads_, np.array([line.direction for line, _ in members], int))
    stream = [
        PlacedWord(word.text, *box, line.direction)
        for (line, word), box in zip(members, boxes, strict=True)
    ]
    found = tables.find(stream, rules.placed(read.rules, turn.level))
    entries = _Entries(sheet.number, turn, confidence)
    for placed, (line, word), polygon in zip(
        stream, members, turn.polygons(_upright(quads_)), strict=True
    ):
        entries.expect(placed, word, polygon, line.doubtful)
    blocks = [entries.block(block) for block in placed_blocks(stream, found, read.tall)]
    text = "\n".join(line["text"] for block in blocks for line in block["lines"])
    sideways = read.turned % 180 != 0
    return Page.model_validate(
        {
            "number": sheet.number,
            "lane": Lane.GPU,
            "lane_reason": sheet.reason,
            "width_pt": sheet.height_pt if sideways else sheet.width_pt,
            "height_pt": sheet.width_pt if sideways else sheet.height_pt,
            "rotation": (sheet.rotation + read.turned) % 360,
            "language": language_of(text),
            "blocks": blocks,
            "tables": tables.entries(found, sheet.number, entries.ids, turn.box_polygon),
        }
    )


class _Entries:
    """Blocks as plain data, numbered in reading order; validated once, with the page."""

    def __init__(self, number: int, turn: _Turn, confidence: Callable[[float], float]) -> None:
        self._number, self._turn, self._confidence = number, turn, confidence
        # Two words may be equal to the letter and the place.
        self._waiting: dict[PlacedWord, list[tuple[dict[str, Any], bool]]] = defaultdict(list)
        self._blocks = self._lines = self._words = 0
        self.ids: dict[PlacedWord, list[str]] = defaultdict(list)

    def expect(self, placed: PlacedWord, word: ReadWord, polygon: Polygon, doubtful: bool) -> None:
        """Take a word in before the blocks that hold it."""
        entry = {
            "text": word.text,
            "confidence": round(self._confidence(word.certainty), 4),
            "polygon": polygon,
        }
        self._waiting[placed].append((entry, doubtful))

    def block(self, block: PlacedBlock) -> dict[str, Any]:
        self._blocks += 1
        return {
            "id": f"p{self._number}.b{self._blocks}",
            "kind": block.kind,
            "level": block.level,
            "polygon": self._turn.around([word for line in block.lines for word in line]),
            "lines": [self._line(line) for line in block.lines],
        }

    def _line(self, line: Sequence[PlacedWord]) -> dict[str, Any]:
        self._lines += 1
        members = [self._waiting[placed].pop(0) for placed in line]
        for placed, (entry, _) in zip(line, members, strict=True):
            self._words += 1
            entry["id"] = f"p{self._number}.w{self._words}"
            self.ids[placed].append(entry["id"])
        return {
            "id": f"p{self._number}.l{self._lines}",
            "text": " ".join([placed.text for placed in line]),
            "polygon": self._turn.around(line),
            "doubtful": any(doubtful for _, doubtful in members),
            "words": [entry for entry, _ in members],
        }


class _Turn:
    """The page turned about its middle so that its lines run level, and back."""

    def __init__(self, degrees: float, wide: int, tall: int) -> None:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        self._back = np.array([[cos, sin], [-sin, cos]])
        self._middle = np.array([wide, tall]) / 2
        self._size = np.array([wide, tall], float)

    def level(self, points: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return points (any shape, by x and y) of the page on the straightened page."""
        levelled: NDArray[np.floating] = (points - self._middle) @ self._back.T + self._middle
        return levelled

    def boxes(
        self, words: NDArray[np.floating], directions: NDArray[np.int_]
    ) -> list[tuple[float, float, float, float]]:
        """Return left, top, right and bottom of words on the straightened page, in pixels.

        As high as the word's line is thick: the box around a quad that leans still would overlap
        the lines above and below.

        Parameters
        ----------
        words
            Their quads (n by 4 by 2), on the page.
        directions
            Their directions of writing, in degrees: 0 for upright text.
        """
        corners = self.level(words)
        begin, end = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
        low, high = np.minimum(begin, end), np.maximum(begin, end)
        sides = np.linalg.norm(words[:, [3, 2]] - words[:, [0, 1]], axis=2)
        # A word is thick across its line: downwards where it is written level.
        thick = np.where((directions == 0)[:, None], [[0, 1]], [[1, 0]])
        middle, half = (low + high) / 2, sides.max(axis=1, initial=0)[:, None] / 2
        low, high = (
            np.where(thick, middle - half, low),
            np.where(thick, middle + half, high),
        )
        return [
            (left, top, right, bottom)
            for left, top, right, bottom in np.hstack([low, high]).tolist()
        ]

    def around(self, words: Sequence[PlacedWord]) -> Polygon:
        """Return the polygon on the page of the box around words of the straightened page."""
        _, lefts, tops, rights, bottoms, _ = zip(*words, strict=True)
        return self.box_polygon(min(lefts), min(tops), max(rights), max(bottoms))

    def box_polygon(self, left: float, top: float, right: float, bottom: float) -> Polygon:
        """Return the polygon on the page of a box of the straightened page."""
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        return self.polygons(((corners - self._middle) @ self._back + self._middle)[None])[0]

    def polygons(self, corners: NDArray[np.floating]) -> list[Polygon]:
        """Return corners (n by 4 by 2, pixels) as polygons in 0..1, cut off at the page's edge."""
        scaled = np.clip(corners / self._size, 0, 1).round(5).tolist()
        return [tuple(map(tuple, polygon)) for polygon in scaled]


def _upright(words: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the corners of quads (n by 4 by 2) clockwise from the top left."""
    order = np.argsort(words[:, :, 0], axis=1, kind="stable")
    by_x = np.take_along_axis(words, order[:, :, None], axis=1)
    halves = by_x.reshape(-1, 2, 2, 2)
    order = np.argsort(halves[:, :, :, 1], axis=2, kind="stable")
    (left, right) = np.moveaxis(np.take_along_axis(halves, order[..., None], axis=2), 1, 0)
    return np.stack([left[:, 0], right[:, 0], right[:, 1], left[:, 1]], axis=1)


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
