"""Columns: which parts of a page are read one after the other, and which row by row.

A recursive X-Y cut (G. Nagy and S. Seth, "Hierarchical representation of optically scanned
documents", ICPR 1984) over boxes instead of pixels (J. Ha, R. Haralick and I. Phillips, "Recursive
X-Y cut using bounding boxes of connected components", ICDAR 1995). Two things differ. Gutters are
followed from band to band, so that a heading across the page or a footer does not hide them. And
a gutter is cut only if the text on both sides says so: the gap inside a table's row is as empty
and as tall as the one between two columns of prose, yet the row must stay whole. Where a table
continues a gutter of the text above or below it, the gutter ends at the table.
"""

from __future__ import annotations

import re
from bisect import bisect
from itertools import islice, pairwise
from statistics import median
from typing import TYPE_CHECKING

from .lines import Segment, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# All lengths are in heights of the region's usual line.

# The narrowest gutter; typeset columns begin at 0.9.
_NARROWEST_GUTTER = 0.8

# Boxes are as high as the font and touch in tight setting; bands are cut at the middle half.
_TRIM = 0.25

# An empty strip of this height across the page ends a gutter: what lies beyond (a running head, a
# footer, the text below a figure) is read before or after all columns. Trimmed boxes of lines set
# at 1.2 are 0.7 apart, those of paragraphs up to 1.7.
_TALLEST_GAP = 2.2

# Beyond the last line that has a neighbour across the gutter, a column goes on in steady steps.
_STEADY_GAP = 1.2

# Prose: lines of so many words that fill so much of their column, mostly.
_PROSE_ROWS = 4
_PROSE_WORDS = 3.0
_PROSE_FILL = 0.6

# Blocks beside each other that are no rows of a table: at least so many lines, no further apart
# than this unless the blocks' sizes differ by this factor, fewer than this share of them with
# three cells or more, and fewer than this share of their base lines in common.
_BLOCK_ROWS = 3
_BLOCK_STEP = 1.9
_OTHER_SIZE = 1.25
_TABLE_SHARE = 0.25
_ALIGNED_SHARE = 0.5

# Lines stand on one base line if their lower edges or their middles differ by less.
_ALIGNED = 0.15

# So many rows of short cells below each other, three or more in each, are a table.
_TABLE_ROWS = 3
_TABLE_CELLS = 3
_CELL_WORDS = 3.0

# A line with one space of less than this is no part of columns so many times as far apart.
_WIDEST_SPACE = 1.5
_WIDER = 2.5

# A page may be made to be cut forever: so deep, and so many gutters are looked at each time.
_MAX_DEPTH = 40
_MAX_GUTTERS = 24

# Possessive, so that a word of ten thousand dots costs no more than its length.
_NUMERIC = re.compile(r"\W*+\d[\d.,:/%€$£-]*+\W*+|[A-Z]{3}|[€$£%]")


class Band:
    """Segments between two empty strips that run across the region."""

    __slots__ = ("bottom", "gaps", "left", "right", "segments", "top")

    def __init__(self, segments: list[Segment], top: float, bottom: float, em: float) -> None:
        self.segments = segments
        self.top, self.bottom = top, bottom
        segments.sort(key=lambda segment: segment.left)
        self.left = segments[0].left
        self.right = self.left
        self.gaps: list[tuple[float, float]] = []
        for segment in segments:
            if segment.left - self.right >= _NARROWEST_GUTTER * em:
                self.gaps.append((self.right, segment.left))
            self.right = max(self.right, segment.right)

    def gap_across(self, left: float, right: float) -> float:
        """Return the width of the gap that a gutter runs through; 0 if one side has no text."""
        return next(
            (end - start for start, end in self.gaps if start <= left and right <= end), 0.0
        )

    def is_table_row(self, gutter: float, em: float) -> bool:
        """Tell whether the band is one row of three short cells or more, on both sides."""
        if len(self.gaps) + 1 < _TABLE_CELLS or not self.left < gutter <= self.right:
            return False
        middles = [segment.top + segment.bottom for segment in self.segments]
        words = sum(len(segment.words) for segment in self.segments)
        return max(middles) - min(middles) <= 2 * 2 * _ALIGNED * em and words < _CELL_WORDS * (
            len(self.gaps) + 1
        )


class Gutter:
    """An empty strip downwards, from band ``first`` to band ``last``, both inclusive.

    ``side`` tells where the last band seen had text: -1 left, 1 right, 0 on both sides.
    """

    __slots__ = ("first", "last", "left", "right", "side")

    def __init__(self, left: float, right: float, band: int) -> None:
        self.left, self.right = left, right
        self.first = self.last = band
        self.side = 0

    def give_way(self, band: Band, narrowest: float) -> int:
        """Narrow for a band with text on one side only.

        Returns
        -------
        int
            -1 if the band lies on the left, 1 if on the right, 0 if it is not such a band.
        """
        if band.right <= self.right - narrowest:
            self.left = max(self.left, band.right)
            return -1
        if band.left >= self.left + narrowest:
            self.right = min(self.right, band.left)
            return 1
        return 0

    def parts(self, bands: Sequence[Band], em: float) -> Iterator[Gutter]:
        """Yield the gutter, or what tables leave of it; then each part's halves, and so on.

        A part is halved at its tallest empty strip.
        """
        beside = self._beside_tables(bands, em)
        if beside is not None:
            for part in beside:
                yield from part.parts(bands, em)
            return
        self._drop_wide_spaces(bands, em)
        yield self
        steps = [
            (bands[index].top - bands[index - 1].bottom, index)
            for index in range(self.first + 1, self.last + 1)
        ]
        if not steps or max(steps)[0] <= _STEADY_GAP * em:
            return
        cut = max(steps)[1]
        for first, last in ((self.first, cut - 1), (cut, self.last)):
            yield from self._part(first, last).parts(bands, em)

    def sides(self, bands: Sequence[Band]) -> tuple[list[Segment], list[Segment]]:
        """Return the segments to the left and to the right of the gutter."""
        left: list[Segment] = []
        right: list[Segment] = []
        for band in bands[self.first : self.last + 1]:
            for segment in band.segments:
                (left if segment.right <= self.right else right).append(segment)
        return left, right

    def first_section(self, bands: Sequence[Band], em: float) -> Gutter | None:
        """Return the part of the gutter above the first place where both sides begin anew.

        That is below an empty strip, and on one base line.
        """
        for index in range(self.first + 1, self.last + 1):
            if bands[index].top - bands[index - 1].bottom <= _STEADY_GAP * em:
                continue
            left, right = self._part(index, index).sides(bands)
            if left and right and _are_level(_highest(left), _highest(right), _ALIGNED * em):
                return self._part(self.first, index - 1)
        return None

    def _part(self, first: int, last: int) -> Gutter:
        part = Gutter(self.left, self.right, first)
        part.last = last
        return part

    def _beside_tables(self, bands: Sequence[Band], em: float) -> list[Gutter] | None:
        """Return the parts above, between and below tables that cross the gutter, if any does."""
        parts: list[Gutter] = []
        first = index = self.first
        while index <= self.last:
            end = index
            while end <= self.last and bands[end].is_table_row(self.right, em):
                end += 1
            if end - index >= _TABLE_ROWS:
                if index > first:
                    parts.append(self._part(first, index - 1))
                first = end
            index = max(end, index + 1)
        if first == self.first:
            return None
        if first <= self.last:
            parts.append(self._part(first, self.last))
        return parts

    def _drop_wide_spaces(self, bands: Sequence[Band], em: float) -> None:
        """Leave out first and last lines that merely have a wide space where the gutter runs."""
        widths = {
            index: width
            for index in range(self.first, self.last + 1)
            if (width := bands[index].gap_across(self.left, self.right))
        }
        if len(widths) < _BLOCK_ROWS:
            return
        usual = median(widths.values())
        widest = min(_WIDEST_SPACE * em, usual / _WIDER)
        while self.first < self.last and widths.get(self.first, usual) < widest:
            self.first += 1
        while self.first < self.last and widths.get(self.last, usual) < widest:
            self.last -= 1


def regions(segments: list[Segment], depth: int = 0) -> list[list[Segment]]:
    """Return the parts of the page in reading order; each is read row by row.

    Parameters
    ----------
    segments
        The segments of one direction of writing, turned upright.
    depth
        How often the page has been cut already.
    """
    few = len(segments) < 2 * _BLOCK_ROWS and all(segment.table is None for segment in segments)
    if few or depth > _MAX_DEPTH:
        return [segments] if segments else []
    em = median([height for segment in segments for height in segment.heights()])
    bands = _bands(segments, em)
    candidates = (part for gutter in _gutters(bands, em) for part in gutter.parts(bands, em))
    for gutter in islice(candidates, _MAX_GUTTERS):
        left, right = gutter.sides(bands)
        if not _are_columns(left, right, em):
            continue
        section = gutter.first_section(bands, em)
        if section is not None and not _are_prose(left, right, em):
            beside = section.sides(bands)
            if _are_columns(*beside, em):
                gutter, (left, right) = section, beside
        above = [segment for band in bands[: gutter.first] for segment in band.segments]
        below = [segment for band in bands[gutter.last + 1 :] for segment in band.segments]
        return [
            region for part in (above, left, right, below) for region in regions(part, depth + 1)
        ]
    return [segments]


def _bands(segments: list[Segment], em: float) -> list[Band]:
    bands: list[Band] = []
    trimmed = sorted(
        (
            (
                segment.top + _TRIM * (segment.bottom - segment.top),
                segment.bottom - _TRIM * (segment.bottom - segment.top),
                segment,
            )
            for segment in segments
        ),
        key=lambda entry: entry[0],
    )
    members: list[Segment] = []
    first, last = trimmed[0][0], trimmed[0][1]
    for top, bottom, segment in trimmed:
        if top > last:
            bands.append(Band(members, first, last, em))
            members, first = [], top
        members.append(segment)
        last = max(last, bottom)
    bands.append(Band(members, first, last, em))
    return bands


def _gutters(bands: Sequence[Band], em: float) -> list[Gutter]:
    """Follow each gap downwards through the bands; return the gutters, the tallest first."""
    narrowest = _NARROWEST_GUTTER * em
    open_: list[Gutter] = []
    closed: list[Gutter] = []
    for index, band in enumerate(bands):
        step = band.top - bands[index - 1].bottom if index else 0.0
        if step > _TALLEST_GAP * em:
            closed += open_
            open_ = []
        still: list[Gutter] = []
        used: set[tuple[float, float]] = set()
        for gutter in open_:
            side = gutter.give_way(band, narrowest)
            if side:
                # Only one side has text here. The gutter goes on; its columns do if the text is
                # now here, now there, if both sides have text again, or in steady steps.
                steady = gutter.last == index - 1 and step <= _STEADY_GAP * em
                if steady or side == -gutter.side:
                    gutter.last = index
                gutter.side = side
                still.append(gutter)
                continue
            gap = max(
                band.gaps,
                key=lambda gap: min(gap[1], gutter.right) - max(gap[0], gutter.left),
                default=(0.0, 0.0),
            )
            left, right = max(gap[0], gutter.left), min(gap[1], gutter.right)
            if right - left < narrowest:
                closed.append(gutter)
                continue
            gutter.left, gutter.right, gutter.last = left, right, index
            gutter.side = 0
            used.add(gap)
            still.append(gutter)
        still += [_opened(bands, gap, index, em) for gap in band.gaps if gap not in used]
        open_ = still
    closed += open_
    return sorted(closed, key=lambda gutter: bands[gutter.first].top - bands[gutter.last].bottom)


def _opened(bands: Sequence[Band], gap: tuple[float, float], index: int, em: float) -> Gutter:
    """Open a gutter at a band, and upwards over what steadily leads to it on one side."""
    gutter = Gutter(*gap, index)
    while gutter.first > 0:
        above, first = bands[gutter.first - 1], bands[gutter.first]
        if first.top - above.bottom > _STEADY_GAP * em:
            break
        if not gutter.give_way(above, _NARROWEST_GUTTER * em):
            break
        gutter.first -= 1
    return gutter


def _are_columns(left: Sequence[Segment], right: Sequence[Segment], em: float) -> bool:
    """Tell whether two sides of a gutter are columns, rather than cells of the same rows."""
    if not left or not right:
        return False
    if any(segment.table is not None for side in (left, right) for segment in side):
        return _are_parted_by_tables(left, right, em)
    return _are_prose(left, right, em) or _are_blocks(rows(left), rows(right), em)


def _are_prose(left: Sequence[Segment], right: Sequence[Segment], em: float) -> bool:
    return all(_is_prose(rows(side), em) for side in (left, right))


def _are_parted_by_tables(left: Sequence[Segment], right: Sequence[Segment], em: float) -> bool:
    """Tell whether two sides, one of which has a table, are read one after the other.

    What stands beside a table is none of its rows. The rest must be columns by itself, if it has
    a row on both sides.
    """
    left, right = _not_beside_tables(left, right), _not_beside_tables(right, left)
    return not left or not right or _are_columns(left, right, em)


def _not_beside_tables(side: Sequence[Segment], other: Sequence[Segment]) -> list[Segment]:
    tables = [segment for segment in other if segment.table is not None]
    return [
        segment
        for segment in side
        if segment.table is None
        and not any(segment.top < table.bottom and segment.bottom > table.top for table in tables)
    ]


def _is_prose(side: Sequence[Segment], em: float) -> bool:
    """Tell whether lines run on: several words each, filling the width, not figures."""
    if len(side) < _PROSE_ROWS or _is_numeric(side):
        return False
    width = max(row.right for row in side) - min(row.left for row in side)
    full = sum(row.right - row.left >= _PROSE_FILL * width for row in side)
    cells = [_cells(row, em) for row in side]
    # What stands before a wide gap is the number of a clause, or a label of several words.
    labelled = sum(row[0] > 1 and min(row) <= _PROSE_WORDS for row in cells if len(row) > 1)
    running = sum(map(max, cells))
    return (
        2 * full >= len(side) and 2 * labelled < len(side) and running >= _PROSE_WORDS * len(side)
    )


def _cells(row: Segment, em: float) -> list[int]:
    """Return how many words stand in a row before, between and after its wide gaps."""
    cells = [1]
    for word, following in pairwise(row.words):
        if following.left - word.right >= _NARROWEST_GUTTER * em:
            cells.append(1)
        else:
            cells[-1] += 1
    return cells


def _is_numeric(side: Sequence[Segment]) -> bool:
    """Tell whether half the rows or more hold figures and units only."""
    figures = sum(
        all(_NUMERIC.fullmatch(word.text) is not None for word in row.words) for row in side
    )
    return 2 * figures >= len(side)


def _are_blocks(left: Sequence[Segment], right: Sequence[Segment], em: float) -> bool:
    """Tell whether two blocks, an address and a notice say, merely stand beside each other.

    Each is set in lines of its own step, so that their base lines do not agree. Cells may be like
    that too, centred beside taller ones, but then their steps are wide and their size the same.
    """
    top = max(left[0].top, right[0].top)
    bottom = min(left[-1].bottom, right[-1].bottom)
    facing = [
        [row for row in side if row.bottom > top and row.top < bottom] for side in (left, right)
    ]
    if min(len(side) for side in facing) < _BLOCK_ROWS or any(_is_numeric(side) for side in facing):
        return False
    sizes = sorted(median(row.bottom - row.top for row in side) for side in facing)
    for side in facing:
        if _TABLE_SHARE * len(side) <= sum(len(_cells(row, em)) > 2 for row in side):
            return False
        steps = [low.bottom - high.bottom for high, low in pairwise(side)]
        if median(steps) > _BLOCK_STEP * em and sizes[1] < _OTHER_SIZE * sizes[0]:
            return False
    fewer, more = sorted(facing, key=len)
    more.sort(key=lambda row: row.bottom)
    bottoms = [row.bottom for row in more]
    aligned = 0
    for row in fewer:
        # Lines on one base line end within a quarter of their height of each other.
        near = _ALIGNED * em + (_OTHER_SIZE - 1) * (row.bottom - row.top)
        first, last = bisect(bottoms, row.bottom - near), bisect(bottoms, row.bottom + near)
        aligned += any(_are_level(row, other, _ALIGNED * em) for other in more[first:last])
    return aligned < _ALIGNED_SHARE * len(fewer)


def _highest(segments: Sequence[Segment]) -> Segment:
    return min(segments, key=lambda segment: segment.top)


def _are_level(one: Segment, other: Segment, tolerance: float) -> bool:
    """Tell whether two lines stand on one base line.

    Lower edges agree where sizes differ, middles where one line has descenders and boxes are
    drawn around the ink.
    """
    lower = one.bottom - other.bottom
    if abs(lower) <= tolerance:
        return True
    small, large = sorted((one.bottom - one.top, other.bottom - other.top))
    return large < _OTHER_SIZE * small and abs(one.top - other.top + lower) <= 2 * tolerance
