"""What pages come from: an input whose pages can be looked at, one at a time, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from docparser.model import LaneReason, PageCode

    from .deadline import Deadline
    from .quads import Image


class Sheet(NamedTuple):
    """What is known of a page before it is read.

    Points (1/72 inch) of the page as its file says it lies; ``rotation`` is the degrees clockwise
    by which the file says it must be turned for that.
    """

    number: int
    width_pt: float
    height_pt: float
    rotation: int
    reason: LaneReason


class Sight(NamedTuple):
    """A page as it is seen: its picture, or the code that says why there is none."""

    sheet: Sheet
    picture: Image | PageCode


class Source(Protocol):
    """An open input; several threads may look at its pages."""

    page_count: int

    def look(self, number: int, deadline: Deadline) -> Sight:
        """Return the picture of a page, numbered from 1.

        Raises
        ------
        DeadlineExceeded
            The page could not be drawn in time.
        """

    def close(self) -> None:
        """Let go of the file."""
