"""The invisible text of a page: what was read, laid where it stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from .boxes_font import DESCENT, WIDTH

if TYPE_CHECKING:
    from docparser.model import Page, Point, Word

_THINNEST_PT = 0.1


class Sheet(NamedTuple):
    """The visible part of a PDF page, in points before rotation, and the rotation (clockwise)."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def place(self, point: Point) -> tuple[float, float]:
        """Return where a point (0..1 from the top left) of the upright page lies."""
        u, v = point
        wide, tall = self.right - self.left, self.top - self.bottom
        match self.rotation % 360:
            case 90:
                return self.left + v * wide, self.bottom + u * tall
            case 180:
                return self.right - u * wide, self.bottom + v * tall
            case 270:
                return self.right - v * wide, self.top - u * tall
            case _:
                return self.left + u * wide, self.top - v * tall


def content(page: Page, sheet: Sheet, font: str) -> bytes:
    """Return the operators that write a page's words where they stand, in the order of reading.

    Parameters
    ----------
    page
        The page, with its words.
    sheet
        The PDF page that it becomes part of.
    font
        The name of the font of boxes among the page's resources.
    """
    parts = ["q BT 3 Tr"]
    for block in page.blocks:
        for line in block.lines:
            parts += [_written(word, sheet, font) for word in line.words]
    parts.append("ET Q")
    return "\n".join(parts).encode("ascii")


def _written(word: Word, sheet: Sheet, font: str) -> str:
    """Return a word, stretched to its box, and the space after it."""
    corners = [sheet.place(point) for point in word.polygon]
    (x, y), (right_x, right_y), (above_x, above_y) = corners[3], corners[2], corners[0]
    across, down = right_x - x, right_y - y
    wide = max(math.hypot(across, down), _THINNEST_PT)
    size = max(math.hypot(above_x - x, above_y - y), _THINNEST_PT)
    cos, sin = across / wide, down / wide
    units = len(word.text.encode("utf-16-be", "replace")) // 2
    stretch = 100 * wide / (WIDTH / 1000 * size * max(units, 1))
    rise = -DESCENT / 1000
    x += rise * (above_x - x)
    y += rise * (above_y - y)
    codes = f"{word.text} ".encode("utf-16-be", "replace").hex()
    return (
        f"/{font} {size:.2f} Tf {stretch:.2f} Tz "
        f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {x:.2f} {y:.2f} Tm <{codes}> Tj"
    )
