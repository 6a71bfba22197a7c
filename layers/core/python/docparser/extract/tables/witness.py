"""Who else saw rows: a count of lines that look like rows, and holes where one should stand.

Nothing here knows how rows are put together: what is wrong there must show here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import TableRole

from . import sums
from .printed import begins_with_date, has_amount, is_figure, is_position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.view import PageView, Segment

# Dates of one column begin at one place, give or take so many heights of a line.
_SAME_PLACE = 0.7

# A hole is wider than the usual space between rows by so much of a line.
_HOLE = 0.8
# Space between rows that is usual is so in this share of them, and in so many of them at least.
_REGULAR = 0.93
_LEAST_ROWS = 12
# What places on two pages differ by that are meant to be the same, in points.
_PLAY = 0.4


def row_like(view: PageView, role: TableRole, rows: Sequence[int] | None = None) -> list[int]:
    """Return which rows of a page look like rows of a table.

    Transactions begin with a date, all at one place, and have an amount; line items have a text
    and two figures behind it. Sums are none.
    """
    places = range(len(view.rows)) if rows is None else rows
    if role is TableRole.LINE_ITEMS:
        items = [at for at in places if _is_item(view.rows[at])]
        numbered = [at for at in items if is_position(view.rows[at][0].words[0].text)]
        return numbered if 2 * len(numbered) >= len(items) else items
    found = [at for at in places if _is_transaction(view.rows[at])]
    if not found:
        return []
    lefts = Counter(round(view.rows[at][0].left) for at in found)
    usual = lefts.most_common(1)[0][0]
    return [at for at in found if abs(view.rows[at][0].left - usual) <= _SAME_PLACE * view.height]


def _is_transaction(row: Sequence[Segment]) -> bool:
    text = " ".join(segment.text for segment in row)
    if not begins_with_date(text) or not has_amount(text):
        return False
    return not any(sums.kind(segment.text) for segment in row[1:]) and not any(
        sums.kind(" ".join(word.text for word in row[0].words[skipped:])) for skipped in (1, 2, 3)
    )


def _is_item(row: Sequence[Segment]) -> bool:
    figures = sum(1 for segment in row if is_figure(segment.text))
    texts = [segment.text for segment in row if not is_figure(segment.text)]
    return figures > 1 and bool(texts) and not any(sums.kind(text) for text in texts)


class _Start(NamedTuple):
    page: int
    row: int
    space: float


class Spacing:
    """The space between the rows of a table: where it is regular, a hole is a row that is gone."""

    def __init__(self) -> None:
        self._bottom: tuple[int, float] | None = None
        self._height = 0.0
        self._starts: list[_Start] = []
        self._spaces: Counter[int] = Counter()
        self._pitches: Counter[int] = Counter()
        self._top = 0.0
        self._first: dict[int, tuple[int, float]] = {}
        self._last: dict[int, tuple[int, float]] = {}
        self._head = (0, 0.0)
        self._heads: dict[int, float] = {}
        self._lines = self._rows = 0

    def head(self, page: int, row: Sequence[Segment]) -> None:
        """Take in the head above a page's first row."""
        self._head = (page, max(segment.bottom for segment in row))

    def row(self, page: int, number: int, row: Sequence[Segment]) -> None:
        """Take in the first line of a row."""
        top = min(segment.top for segment in row)
        self._rows += 1
        if self._bottom is not None and self._bottom[0] == page:
            space = top - self._bottom[1]
            self._spaces[round(space)] += 1
            self._pitches[round(10 * (top - self._top))] += 1
            if space > _HOLE * self._height and len(self._starts) < 1000:
                self._starts.append(_Start(page, number - 1, space))
        if page not in self._first:
            self._first[page] = (number, top)
            if self._head[0] == page:
                self._heads[page] = self._head[1]
        self._bottom = (page, 0.0)
        self._top = top
        self.line(row)
        self._last[page] = (number, self._bottom[1])

    def line(self, row: Sequence[Segment]) -> None:
        """Take in a line, the first or another of its row."""
        self._lines += 1
        bottom = max(segment.bottom for segment in row)
        self._height = max(segment.bottom - segment.top for segment in row)
        if self._bottom is not None:
            self._bottom = (self._bottom[0], bottom)

    def interrupted(self) -> None:
        """Note that something else stands between the last row and the next."""
        self._bottom = None
        self._head = (0, 0.0)

    def holes(self) -> list[tuple[int, int]]:
        """Return where a row seems to be gone: the page, and the row above."""
        count = sum(self._spaces.values())
        if count < _LEAST_ROWS or not self._height:
            return []
        usual, _ = self._spaces.most_common(1)[0]
        regular = sum(n for space, n in self._spaces.items() if abs(space - usual) <= 2)
        if regular < _REGULAR * count:
            return []
        found = [
            (start.page, start.row)
            for start in self._starts
            if start.space - usual >= _HOLE * self._height
        ]
        if self._lines == self._rows:
            found += self._at_ends()
        return sorted(found)

    def _at_ends(self) -> list[tuple[int, int]]:
        """Return where pages begin later, or end earlier, than others do.

        Nothing vouches for the rows, so a page that has room for one more is not believed.
        """
        (tenths, _), *_ = self._pitches.most_common(1)
        pitch = tenths / 10
        under_heads = {page: self._first[page][1] - at for page, at in self._heads.items()}
        pages = sorted(self._first)
        # The first page begins where its letterhead ends, the last one ends anywhere.
        tops = {page: self._first[page][1] for page in pages[1:] if page not in self._heads}
        bottoms = {page: -self._last[page][1] for page in pages[:-1]}
        return [
            *((page, self._first[page][0] - 1) for page in _later(under_heads, _HOLE * pitch)),
            *((page, self._first[page][0] - 1) for page in _later(tops, _HOLE * pitch)),
            *((page, self._last[page][0]) for page in _later(bottoms, pitch - _PLAY)),
        ]


def _later(places: dict[int, float], least: float) -> list[int]:
    """Return the pages whose place is behind the earliest by so much."""
    earliest = min(places.values(), default=0.0)
    return [page for page, place in places.items() if place - earliest >= least]
