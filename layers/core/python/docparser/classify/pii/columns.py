"""Numbers and addresses that a column's or a cell's edge broke.

Reading order goes across: of an account number on two lines of a narrow column the second half
comes after whatever stands beside the first. So what stands below one another, and what a table
holds as one cell, is read once more by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.classify.reading import Reading
from docparser.model import Block, Line, Word

from .addresses import find_addresses
from .labels import LabelIndex
from .numbers import find_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.classify.reading import Place
    from docparser.model import Page

    from .engine import Hit

_ALIGNED = 0.02
"""Two pieces of lines begin at the same place if they differ by less of the page's width."""
_CLOSE = 2.0
"""A line that begins more line heights below is no continuation."""
_MOST_COLUMNS = 20
_MOST_WORDS = 3000
"""So much of a page is read a second time: ten pages of prose, or one very long table."""
_DIGIT = re.compile(r"\d")


def find_broken(reading: Reading) -> Iterator[Hit]:
    """Yield what is whole in a column and broken in reading order, with all of its spans.

    Numbers stand below one another in every table: one that two of them make has its checksum.
    """
    words = {word.id: word for block in reading.page.blocks for line in block.lines
             for word in line.words}  # fmt: skip
    groups = [*_chains(reading), *_cells(reading.page, words)]
    if not groups:
        return
    places = {place.id: place for place in reading.places(0, len(reading.text))}
    column = Reading(_page_of(groups, words, reading.page))
    numbers = (hit for hit in find_numbers(column, LabelIndex(column)) if hit.verified)
    for hit in (*numbers, *find_addresses(column)):
        spans = _spans(column.places(hit.start, hit.end), places, hit)
        if len(spans) > 1:
            yield hit._replace(start=spans[0][0], end=spans[0][1], more=tuple(spans[1:]))


def _chains(reading: Reading) -> list[list[list[str]]]:
    """Return the word ids of pieces of lines below one another, line by line."""
    open_chains: list[tuple[float, float, list[list[str]]]] = []
    chains: list[list[list[str]]] = []
    was_parted = False
    read = 0
    for line in reading.lines:
        if read > _MOST_WORDS:
            break
        segments = reading.segments(line)
        parted = len(segments) > 1
        following = []
        if (parted or was_parted) and len(segments) <= _MOST_COLUMNS:
            for start, end in segments:
                piece = reading.places(start, end)
                ids = [place.id for place in piece if place.id is not None]
                if not ids or not piece[0].polygon:
                    continue
                left = min(point[0] for point in piece[0].polygon)
                chain = _continued(open_chains, left, line.top, line.bottom - line.top)
                if chain is None:
                    chain = []
                    chains.append(chain)
                chain.append(ids)
                read += len(ids)
                following.append((left, line.bottom, chain))
        open_chains, was_parted = following, parted
    return [chain for chain in chains if len(chain) > 1]


def _continued(
    chains: list[tuple[float, float, list[list[str]]]], left: float, top: float, height: float
) -> list[list[str]] | None:
    """Return the chain that a piece of a line continues."""
    for chain_left, bottom, chain in chains:
        if abs(chain_left - left) < _ALIGNED and top - bottom < _CLOSE * height:
            return chain
    return None


def _cells(page: Page, words: dict[str, Word]) -> list[list[list[str]]]:
    """Return the word ids of cells that may hold a number of several groups."""
    return [
        [[word_id for word_id in cell.word_ids if word_id in words]]
        for table in page.tables
        for cell in table.cells
        if len(cell.word_ids) > 1 and _DIGIT.search(cell.text)
    ]


def _page_of(groups: list[list[list[str]]], words: dict[str, Word], page: Page) -> Page:
    """Return a page on which each group is a block of its own."""
    blocks = []
    left = _MOST_WORDS
    for number, group in enumerate(groups):
        left -= sum(map(len, group))
        if left < 0:
            break
        lines = [
            Line.model_construct(
                id=f"{number}.{index}",
                text="",
                polygon=words[ids[0]].polygon,
                words=tuple(words[word_id] for word_id in ids),
            )
            for index, ids in enumerate(group)
            if ids
        ]
        if lines:
            blocks.append(
                Block.model_construct(id=str(number), polygon=lines[0].polygon, lines=tuple(lines))
            )
    return page.model_copy(update={"blocks": tuple(blocks), "tables": ()})


def _spans(column: list[Place], places: dict[str | None, Place], hit: Hit) -> list[tuple[int, int]]:
    """Return where the words of a hit stand in reading order, those side by side as one span."""
    spans: list[tuple[int, int]] = []
    for word in column:
        place = places[word.id]
        start = place.start + max(hit.start - word.start, 0)
        end = place.end - max(word.end - hit.end, 0)
        if spans and spans[-1][1] + 1 == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    spans.sort()
    # A cell may name a word twice.
    return [span for index, span in enumerate(spans) if not index or spans[index - 1][1] <= span[0]]
