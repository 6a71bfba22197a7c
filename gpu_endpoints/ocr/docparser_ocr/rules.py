"""Which rules are drawn on a page: the level and upright lines that part the cells of tables.

Morphological opening by a long thin element keeps what is as long as it and drops the rest (the
usual method; D. Bloomberg, "Multiresolution morphological approach to document image analysis",
ICDAR 1991). The page is turned by its lean first, and seen at the detector's size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from docparser.ocr.tables import Rule

from . import quads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cv2.typing import MatLike
    from numpy.typing import NDArray

    from .quads import Image, Quad

    Mask = NDArray[np.uint8]

# Pixels of the reduced picture, which is about as large as what the detector sees.
_PIXELS = 1280 * 960
_SHORTEST_ACROSS = 36
_SHORTEST_DOWN = 18
_THICKEST = 7
_MOST = 2000

# A page that leans by fewer degrees is not turned.
_LEVEL = 0.1

# Degrees; what leans more is not written level.
_STEEPEST = 30

# Pixels: the mean along a rule, and what a closing across it fills; a rule is darker than what
# lies on both sides by so many of 255 grays. Grain of 4 grays stays below that.
_SMOOTH = 13
_CLOSED = 9
_DARKER = 6

# What a closing fills of a line of text, and how much of its quad's height is text for certain: a
# rule that touches the letters is as near as that.
_LETTERS = 15
_TEXT = 0.8

# No rule runs between words nearer than this, in heights of their quads.
_SPACE = 0.35

# Upright strokes no longer than this, in heights of the line that they stand in, are stems.
_STEM = 1.15


class Stroke(NamedTuple):
    """A rule on the upright picture, from end to end in pixels, and how thick it is."""

    x0: float
    y0: float
    x1: float
    y1: float
    thickness: float


def find(image: Image, lines: Sequence[Sequence[Quad]]) -> tuple[Stroke, ...]:
    """Return the rules on an upright picture; those across before those down.

    Parameters
    ----------
    image
        The picture.
    lines
        The words of each line of text on it. Lines tell how the page leans. Words are painted
        over; not lines, since the detector takes the cells of a row for one, rules and all.
    """
    tall, wide = image.shape[:2]
    lean = _lean(lines)
    gray, scale = _reduced(image)
    texts = [text for line in lines for text in _texts(line)]
    _erase(gray, texts, scale)
    size = gray.shape[1], gray.shape[0]
    turn = cv2.getRotationMatrix2D(((size[0] - 1) / 2, (size[1] - 1) / 2), lean, 1.0)
    if abs(lean) > _LEVEL:
        turned = cv2.warpAffine(gray, turn, size, borderMode=cv2.BORDER_REPLICATE)
        gray = np.asarray(turned, np.uint8)
    else:
        turn = np.eye(2, 3)
    back = np.asarray(cv2.invertAffineTransform(turn), float)
    found = [
        Stroke(*_on_page(back, ends, scale, wide, tall), thickness * scale)
        for ends, thickness in (*_across(gray), *_down(gray))
    ]
    return tuple(_without_letters(found, texts))[:_MOST]


def placed(
    strokes: Sequence[Stroke], level: Callable[[NDArray[np.floating]], NDArray[np.floating]]
) -> list[Rule]:
    """Return strokes as rules of the straightened page.

    Parameters
    ----------
    strokes
        What `find` found.
    level
        Takes points of the upright picture (n by 2) to the straightened page.
    """
    if not strokes:
        return []
    ends = level(np.array([stroke[:4] for stroke in strokes], float).reshape(-1, 2))
    rules = []
    for (x0, y0), (x1, y1), stroke in zip(ends[0::2], ends[1::2], strokes, strict=True):
        half = stroke.thickness / 2
        if abs(x1 - x0) >= abs(y1 - y0):
            left, right = sorted((float(x0), float(x1)))
            middle = float(y0 + y1) / 2
            rules.append(Rule(left, middle - half, right, middle + half))
        else:
            top, bottom = sorted((float(y0), float(y1)))
            middle = float(x0 + x1) / 2
            rules.append(Rule(middle - half, top, middle + half, bottom))
    return rules


def _lean(lines: Sequence[Sequence[Quad]]) -> float:
    """Return the degrees clockwise by which the longer level lines of text lean."""
    spans = [np.stack([line[0][0], line[-1][1], line[-1][2], line[0][3]]) for line in lines if line]
    widths = [(quads.width(span), quads.angle(span)) for span in spans]
    level = [(width, angle) for width, angle in widths if abs(angle) < _STEEPEST]
    if not level:
        return 0.0
    longest = max(level)[0]
    return float(np.median([angle for width, angle in level if 2 * width >= longest]))


def _reduced(image: Image) -> tuple[Mask, int]:
    """Return the picture in gray, its sides divided by a whole number, and that number."""
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = max(1, math.ceil(math.sqrt(gray.size / _PIXELS) - 0.2))
    if scale == 1:
        return gray, 1
    tall, wide = gray.shape
    gray = gray[: max(tall // scale, 1) * scale, : max(wide // scale, 1) * scale]
    size = (max(wide // scale, 1), max(tall // scale, 1))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _texts(line: Sequence[Quad]) -> Iterator[Quad]:
    """Yield the parts of a line that no rule runs through: words a usual space apart."""
    first = 0
    for index in range(1, len(line) + 1):
        if index < len(line):
            gap = float(
                np.linalg.norm(line[index][[0, 3]] - line[index - 1][[1, 2]], axis=1).mean()
            )
            if gap < _SPACE * quads.height(line[index]):
                continue
        begin, end = line[first], line[index - 1]
        yield np.stack([begin[0], end[1], end[2], begin[3]])
        first = index


def _erase(gray: Mask, texts: Sequence[Quad], scale: int) -> None:
    """Paint text over with its ground: letters in a row look like rules."""
    text = np.zeros_like(gray)
    for quad in texts:
        inner = np.round(quads.thinned(quad, _TEXT) / scale)
        cv2.fillConvexPoly(text, inner.astype(np.int32), (255,))
    ground = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((_LETTERS, _LETTERS), np.uint8))
    cv2.copyTo(ground, text, gray)


def _across(gray: Mask) -> Iterator[tuple[NDArray[np.floating], float]]:
    for left, top, wide, tall, area in _parts(_drawn(gray, 0, _SHORTEST_ACROSS)):
        if area <= _THICKEST * wide and tall <= 2 * _THICKEST:
            y = top + (tall - 1) / 2
            yield np.array([[left, y], [left + wide - 1, y]]), area / wide


def _down(gray: Mask) -> Iterator[tuple[NDArray[np.floating], float]]:
    for left, top, wide, tall, area in _parts(_drawn(gray, 1, _SHORTEST_DOWN)):
        if area <= _THICKEST * tall and wide <= 2 * _THICKEST:
            x = left + (wide - 1) / 2
            yield np.array([[x, top], [x, top + tall - 1]]), area / tall


def _drawn(gray: Mask, axis: int, shortest: int) -> MatLike:
    """Return a mask of what is thin and dark across an axis (0: x, 1: y) and long along it.

    First the mean along the rule, so that grain goes and dashes join; then what a closing across
    it would fill, whatever lies on its two sides: paper, a shaded row, a line of text.
    """
    along = cv2.blur(gray, _kernel(_SMOOTH, axis))
    thin = cv2.morphologyEx(along, cv2.MORPH_BLACKHAT, np.ones(_kernel(_CLOSED, axis), np.uint8))
    _, ink = cv2.threshold(thin, _DARKER - 1, 255, cv2.THRESH_BINARY)
    # A rule that is not quite level steps from one row of pixels to the next.
    ink = cv2.dilate(ink, np.ones(_kernel(2, axis), np.uint8))
    return cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(_kernel(shortest, 1 - axis), np.uint8))


def _kernel(length: int, axis: int) -> tuple[int, int]:
    return (length, 1) if axis == 0 else (1, length)


def _parts(mask: MatLike) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield left, top, width, height and area of the connected parts.

    By contours: on a mask that is nearly empty they take a tenth of what labelling takes.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:_MOST]:
        left, top, wide, tall = cv2.boundingRect(contour)
        area = cv2.countNonZero(mask[top : top + tall, left : left + wide])
        yield left, top, wide, tall, area


def _on_page(
    back: NDArray[np.floating], ends: NDArray[np.floating], scale: int, wide: int, tall: int
) -> tuple[float, float, float, float]:
    points = (ends @ back[:, :2].T + back[:, 2]) * scale + (scale - 1) / 2
    (x0, y0), (x1, y1) = np.clip(points, 0, (wide, tall))
    return float(x0), float(y0), float(x1), float(y1)


def _without_letters(strokes: list[Stroke], texts: Sequence[Quad]) -> Iterator[Stroke]:
    """Drop strokes that are what is left of letters: stems, and level ones within a line."""
    if not texts:
        yield from strokes
        return
    corners = np.array(texts)
    (left, top), (right, bottom) = corners.min(axis=1).T, corners.max(axis=1).T
    tall = bottom - top
    edge = (1 - _TEXT) * tall
    for stroke in strokes:
        x, y = (stroke.x0 + stroke.x1) / 2, (stroke.y0 + stroke.y1) / 2
        if abs(stroke.y1 - stroke.y0) > abs(stroke.x1 - stroke.x0):
            within = (top <= y) & (y <= bottom) & (abs(stroke.y1 - stroke.y0) <= _STEM * tall)
        else:
            within = (top + edge <= y) & (y <= bottom - edge)
            within &= abs(stroke.x1 - stroke.x0) <= right - left
        if not (within & (left <= x) & (x <= right)).any():
            yield stroke
