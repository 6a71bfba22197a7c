"""Tables on a page, from where its words stand and which rules are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.ocr.glyphs import PlacedWord

    from .found import FoundTable, Rule


def find(words: Sequence[PlacedWord], rules: Sequence[Rule]) -> list[FoundTable]:
    """Return the tables of a page, from top to bottom.

    Parameters
    ----------
    words
        The words on the straightened page, in any order and any unit of length. Only upright
        ones (``angle`` 0) are put into cells.
    rules
        The rules drawn on it, in the same unit.

    Returns
    -------
    list of FoundTable
        Tables do not overlap. A word is in one cell at most, and it is the very object given.
    """
    return []
