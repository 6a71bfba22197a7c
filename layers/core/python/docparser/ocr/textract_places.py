"""Where things lie: from Textract's places on a picture to those on the upright page.

Textract gives corners in shares of the picture as it was sent, clockwise from the top left corner
of the text, however that is turned: so each line tells its direction.
"""

from __future__ import annotations

import math
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from docparser.ocr.glyphs import PlacedWord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docparser.model import Polygon

    Point = tuple[float, float]
    Corners = tuple[Point, ...]

# The degrees clockwise by which the text is turned, and how a point of the picture moves when the
# page is turned back.
_TURNS: dict[int, Callable[[float, float], Point]] = {
    0: lambda x, y: (x, y),
    90: lambda x, y: (y, 1 - x),
    180: lambda x, y: (1 - x, 1 - y),
    270: lambda x, y: (1 - y, x),
}

# A line so many times as long as high tells how the page leans; shorter ones only turn it.
_TELLING = 5.0


class Span(NamedTuple):
    """A line's corners on the picture, and how many characters it has."""

    corners: Corners
    characters: int


class Upright:
    """A page turned so that most of its text is upright.

    Parameters
    ----------
    width_pt, height_pt
        Size of the picture, as it was sent.
    spans
        Its lines.
    """

    def __init__(self, width_pt: float, height_pt: float, spans: Sequence[Span]) -> None:
        size = width_pt or 1.0, height_pt or 1.0
        votes: Counter[int] = Counter()
        for span in spans:
            votes[_quarter(_angle(span.corners, size))] += span.characters
        self.turned: int = votes.most_common(1)[0][0] if votes else 0
        self._turn = _TURNS[self.turned]
        sideways = self.turned % 180 != 0
        self.width_pt, self.height_pt = (height_pt, width_pt) if sideways else (width_pt, height_pt)
        self._size = (size[1], size[0]) if sideways else size
        self._lean = self._leaning(spans)
        radians = math.radians(self._lean)
        self._cos, self._sin = math.cos(radians), math.sin(radians)

    def corners(self, corners: Iterable[Point]) -> Corners:
        """Return corners of the picture on the upright page, in 0..1, cut off at its edges."""
        turned = (self._turn(x, y) for x, y in corners)
        return tuple((_share(x), _share(y)) for x, y in turned)

    def polygon(self, corners: Iterable[Point]) -> Polygon:
        """Return the same from the corner nearest to the page's top left one."""
        placed = self.corners(corners)
        first = min(range(len(placed)), key=lambda index: sum(placed[index]))
        return placed[first:] + placed[:first]

    def placed(self, text: str, corners: Corners, direction: Corners) -> PlacedWord:
        """Return a word on the page straightened, in points, so that it can be put in order.

        Parameters
        ----------
        text, corners
            The word, and its corners on the picture.
        direction
            The corners of its line, from which its direction is told: a short word has none.
        """
        angle = _quarter(self._level_angle(direction))
        points = [self._level(*self._turn(x, y)) for x, y in corners]
        begin, end = _middle(points[0], points[3]), _middle(points[1], points[2])
        half = (math.dist(points[0], points[3]) + math.dist(points[1], points[2])) / 4
        left, right = sorted((begin[0], end[0]))
        top, bottom = sorted((begin[1], end[1]))
        # As high as the text is thick: a box around leaning corners overlaps its neighbours.
        if angle % 180:
            middle = (left + right) / 2
            return PlacedWord(text, middle - half, top, middle + half, bottom, angle)
        middle = (top + bottom) / 2
        return PlacedWord(text, left, middle - half, right, middle + half, angle)

    def _leaning(self, spans: Sequence[Span]) -> float:
        """Return the degrees clockwise by which upright lines lean."""
        found = []
        for span in spans:
            turned = tuple(self._turn(x, y) for x, y in span.corners)
            angle = _angle(turned, self._size)
            wide = math.dist(*self._points(turned[0], turned[1]))
            high = math.dist(*self._points(turned[0], turned[3]))
            if _quarter(angle) == 0 and wide >= _TELLING * high:
                found.append(angle)
        return median(found) if found else 0.0

    def _level_angle(self, corners: Corners) -> float:
        turned = tuple(self._turn(x, y) for x, y in corners)
        return _angle(turned, self._size) - self._lean

    def _level(self, x: float, y: float) -> Point:
        across, down = (x - 0.5) * self._size[0], (y - 0.5) * self._size[1]
        level = across * self._cos + down * self._sin, down * self._cos - across * self._sin
        return level[0] + self._size[0] / 2, level[1] + self._size[1] / 2

    def _points(self, *shares: Point) -> list[Point]:
        return [(x * self._size[0], y * self._size[1]) for x, y in shares]


def _angle(corners: Corners, size: Point) -> float:
    """Return the direction of text in degrees clockwise, -180..180."""
    (begin, end) = corners[0], corners[1]
    return math.degrees(math.atan2((end[1] - begin[1]) * size[1], (end[0] - begin[0]) * size[0]))


def _quarter(angle: float) -> int:
    return round(angle / 90) * 90 % 360


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 5)
