"""What Textract says of a document, in the words of ours: pages of blocks, lines, words, tables.

Lines and words are Textract's. Their order is that of its layout blocks, which come in reading
order; what no layout block has, and all where nobody asked for the layout, is put in order by
geometry, like a page of our own engine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import trp

from docparser.model import BlockKind, Lane, LaneReason, Page, PageCode
from docparser.textract.blocks import Blocks

from .blocks import blocks as placed_blocks
from .shards import unread
from .tables import FoundCell, FoundTable
from .textract_places import Span, Upright
from .textract_tables import ReadTable, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .glyphs import PlacedWord
    from .textract_places import Corners

# Below this confidence a line is marked as doubtful, as in our own lanes.
_DOUBTFUL = 0.5

_KINDS: dict[str, tuple[BlockKind, int | None]] = {
    "LAYOUT_TITLE": (BlockKind.HEADING, 1),
    "LAYOUT_SECTION_HEADER": (BlockKind.HEADING, 2),
    "LAYOUT_HEADER": (BlockKind.HEADER, None),
    "LAYOUT_FOOTER": (BlockKind.FOOTER, None),
    "LAYOUT_PAGE_NUMBER": (BlockKind.FOOTER, None),
    "LAYOUT_LIST": (BlockKind.LIST_ITEM, None),
}
_PARAGRAPH = BlockKind.PARAGRAPH, None
_BESIDE_TABLES = {
    "table": (BlockKind.TABLE, None),
    "TABLE_TITLE": (BlockKind.CAPTION, None),
    "TABLE_FOOTER": (BlockKind.FOOTNOTE, None),
}


class Frame(NamedTuple):
    """What is known of a page before it is read: size and ``rotation`` of the picture sent."""

    number: int
    reason: LaneReason
    width_pt: float
    height_pt: float
    rotation: int = 0


def read_pages(
    responses: Mapping[str, Any] | Sequence[Mapping[str, Any]], frames: Sequence[Frame]
) -> tuple[Page, ...]:
    """Return the pages of a response, one for each frame, in order.

    Parameters
    ----------
    responses
        What DetectDocumentText or AnalyzeDocument answered, or the parts of what their asynchronous
        forms did.
    frames
        The pages that were sent. One that the response lacks is PAGE_UNREADABLE.

    Raises
    ------
    NoDocumentError
        It is no document's response: a job in progress, or one of an API without blocks.
    """
    blocks = Blocks(responses)
    found = list(blocks.pages[: len(frames)])
    pages = [_page(blocks, page, frame) for page, frame in zip(found, frames, strict=False)]
    pages += [
        unread(frame.number, Lane.TEXTRACT, frame.reason, PageCode.PAGE_UNREADABLE)
        for frame in frames[len(found) :]
    ]
    return tuple(pages)


@dataclass(eq=False)
class _Word:
    """A word: the block that it is of, and what it is called on our page."""

    key: str
    text: str
    corners: Corners
    confidence: float
    id: str = ""


@dataclass(eq=False)
class _Line:
    """A line of Textract's: its words, which block it is part of, and where in it."""

    key: str
    words: list[_Word]
    corners: Corners
    group: tuple[str, str] = ("", "")
    layout: int | None = None
    position: tuple[int, ...] = ()


@dataclass
class _Group:
    """Lines that become one block."""

    kind: BlockKind
    level: int | None
    lines: list[_Line] = field(default_factory=list)
    anchor: int = -1


class _Layout(NamedTuple):
    """A layout block: how many stand before it, what it is, and the place of each of its lines."""

    rank: int
    key: str
    kind: BlockKind
    level: int | None
    lines: dict[str, int]


def _page(blocks: Blocks, page: Any, frame: Frame) -> Page:
    lines = list(_lines(page))
    spans = [Span(line.corners, sum(len(word.text) for word in line.words)) for line in lines]
    upright = Upright(frame.width_pt, frame.height_pt, spans)
    tables = [table for table in (find(blocks, each) for each in page.tables) if table]
    layouts = list(_layouts(blocks, page, upright))
    _assign(lines, tables, layouts)
    groups = _in_order(_by_place(lines, upright), layouts)
    return Page.model_validate(
        {
            "number": frame.number,
            "lane": Lane.TEXTRACT,
            "lane_reason": frame.reason,
            "width_pt": upright.width_pt,
            "height_pt": upright.height_pt,
            "rotation": (frame.rotation - upright.turned) % 360,
            "blocks": list(_blocks(groups, frame.number, upright)),
            # After the blocks, which have named the words.
            "tables": list(_tables(tables, lines, frame.number, upright)),
        }
    )


# ---------------------------------------------------------------- lines and words
def _lines(page: Any) -> Iterator[_Line]:
    """Yield the lines of a page that have text; a word is part of the first line that names it.

    A line without words has those of its text, and a word without a line is one.
    """
    seen: set[str] = set()
    for line in page.lines:
        named = [word for word in line.words if word.id not in seen]
        seen.update(word.id for word in named)
        parts = named if line.words else [line]
        words = [word for part in parts for word in _words(part)]
        if words:
            yield _Line(line.id, words, _corners(line))
    for block in page.blocks:
        if block["BlockType"] == "WORD" and block["Id"] not in seen:
            word = trp.Word(block, {})
            if words := _words(word):
                yield _Line(word.id, words, _corners(word))


def _words(part: Any) -> list[_Word]:
    """Return what one of trp's words, or a line, is in words of ours: runs without white space.

    Textract's word may have a space in it. Each run is as long as its characters are many.
    """
    top_left, top_right, bottom_right, bottom_left = _corners(part)
    confidence = round(min(max(part.confidence / 100, 0.0), 1.0), 4)
    texts, begin = part.text.split(), 0
    length = len(" ".join(texts))
    words = []
    for text in texts:
        here, there = begin / length, (begin + len(text)) / length
        corners = (
            _between(top_left, top_right, here),
            _between(top_left, top_right, there),
            _between(bottom_left, bottom_right, there),
            _between(bottom_left, bottom_right, here),
        )
        words.append(_Word(part.id, text, corners, confidence))
        begin += len(text) + 1
    return words


def _between(
    one: tuple[float, float], other: tuple[float, float], share: float
) -> tuple[float, float]:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def _corners(thing: Any) -> Corners:
    return tuple((point.x, point.y) for point in thing.geometry.polygon)


# ---------------------------------------------------------------- which block a line is part of
def _layouts(blocks: Blocks, page: Any, upright: Upright) -> Iterator[_Layout]:
    """Yield the layout blocks that have lines, in their order; a list yields its items."""
    items = {
        child["Id"]
        for block in page.blocks
        if block["BlockType"] == "LAYOUT_LIST"
        for child in blocks.related(block, "CHILD")
    }
    found = [block for block in page.blocks if block["BlockType"].startswith("LAYOUT_")]
    for rank, block in enumerate(found):
        lines = [
            child["Id"] for child in blocks.related(block, "CHILD") if child["BlockType"] == "LINE"
        ]
        kind, level = _KINDS.get(block["BlockType"], _PARAGRAPH)
        if block["Id"] in items:
            kind, level = BlockKind.LIST_ITEM, None
        elif block["BlockType"] == "LAYOUT_TABLE":
            kind = BlockKind.TABLE
        elif block["BlockType"] == "LAYOUT_PAGE_NUMBER" and _high(block, upright):
            kind = BlockKind.HEADER
        places = {line: position for position, line in enumerate(lines)}
        yield _Layout(rank, block["Id"], kind, level, places)


def _high(block: Mapping[str, Any], upright: Upright) -> bool:
    """Tell whether a block lies in the upper half of the upright page."""
    points = [(point["X"], point["Y"]) for point in block["Geometry"]["Polygon"]]
    return sum(y for _, y in upright.corners(points)) < 0.5 * len(points)


def _assign(
    lines: Sequence[_Line], tables: Sequence[ReadTable], layouts: Sequence[_Layout]
) -> None:
    """Say of each line which block it is part of: a table's, a table's title, or a layout block's.

    A table has the lines whose words stand in its cells, mostly, whatever the layout calls them.
    """
    places = {
        word: (index, row, column)
        for index, table in enumerate(tables)
        for word, (row, column) in table.places().items()
    }
    around = {
        word: (kind, key) for table in tables for key, kind, words in table.around for word in words
    }
    laid = {line: layout for layout in reversed(layouts) for line in layout.lines}
    for line in lines:
        if layout := laid.get(line.key):
            line.layout = layout.rank
        inside = Counter(places[word.key][0] for word in line.words if word.key in places)
        beside = Counter(around[word.key] for word in line.words if word.key in around)
        if inside and 2 * inside.total() >= len(line.words):
            index = inside.most_common(1)[0][0]
            line.group = "table", str(index)
            line.position = min(
                places[word.key][1:]
                for word in line.words
                if places.get(word.key, (None,))[0] == index
            )
        elif beside and 2 * beside.total() >= len(line.words):
            line.group = beside.most_common(1)[0][0]
        elif layout:
            line.group, line.position = ("layout", layout.key), (layout.lines[line.key],)


# ---------------------------------------------------------------- reading order
def _by_place(lines: Sequence[_Line], upright: Upright) -> list[_Group]:
    """Return the lines in blocks, put in order by their places; a table is one block."""
    owners: dict[PlacedWord, list[_Line]] = defaultdict(list)
    tabulated: dict[str, list[PlacedWord]] = defaultdict(list)
    stream = []
    for line in lines:
        placed = [upright.placed(word.text, word.corners, line.corners) for word in line.words]
        stream += placed
        for word in placed:
            owners[word].append(line)
        if line.group[0] == "table":
            tabulated[line.group[1]] += placed
    tables = [_whole(words) for words in tabulated.values()]
    seen: set[str] = set()
    found = []
    for block in placed_blocks(stream, tables, upright.height_pt):
        begun = _Group(block.kind, block.level)
        for word in (word for row in block.lines for word in row):
            line = owners[word].pop(0)
            if line.key not in seen:
                seen.add(line.key)
                begun.lines.append(line)
        found.append(begun)
    return found


def _whole(words: Sequence[PlacedWord]) -> FoundTable:
    """Return a table as reading order needs it: its words and the box around them."""
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.right for word in words), max(word.bottom for word in words)
    cell = FoundCell(0, 0, 1, 1, left, top, right, bottom, tuple(words))
    return FoundTable(left, top, right, bottom, 1, 1, (cell,), ruled=False)


def _in_order(order: Sequence[_Group], layouts: Sequence[_Layout]) -> list[_Group]:
    """Return the blocks-to-be in reading order, with their lines in order.

    Where there is a layout, its order counts, and what is not part of it follows what stands before
    it on the page.
    """
    kinds = {layout.key: (layout.kind, layout.level) for layout in layouts}
    groups: dict[tuple[str, str], _Group] = {}
    anchor = -1
    for index, placed in enumerate(order):
        for line in placed.lines:
            key = line.group if line.group[0] else ("own", str(index))
            if key not in groups:
                kind, level = _BESIDE_TABLES.get(key[0], (placed.kind, placed.level))
                groups[key] = _Group(*kinds.get(key[1], (kind, level)), anchor=anchor)
            groups[key].lines.append(line)
            if line.layout is not None:
                anchor = line.layout
    for group in groups.values():
        laid = [line.layout for line in group.lines if line.layout is not None]
        group.anchor = min(laid, default=group.anchor)
        group.lines.sort(key=lambda line: line.position)
    return sorted(groups.values(), key=lambda group: group.anchor)


# ---------------------------------------------------------------- the page
def _blocks(groups: Sequence[_Group], number: int, upright: Upright) -> Iterator[dict[str, Any]]:
    """Yield the blocks as plain data, numbered in reading order; this names the words."""
    lines = words = 0
    for index, group in enumerate(groups, 1):
        entries = []
        for line in group.lines:
            lines += 1
            for word in line.words:
                words += 1
                word.id = f"p{number}.w{words}"
            entries.append(
                {
                    "id": f"p{number}.l{lines}",
                    "text": " ".join(word.text for word in line.words),
                    "polygon": upright.polygon(line.corners),
                    "doubtful": min(word.confidence for word in line.words) < _DOUBTFUL,
                    "words": [
                        {
                            "id": word.id,
                            "text": word.text,
                            "polygon": upright.polygon(word.corners),
                            "confidence": word.confidence,
                        }
                        for word in line.words
                    ],
                }
            )
        yield {
            "id": f"p{number}.b{index}",
            "kind": group.kind,
            "level": group.level,
            "polygon": _around(entries),
            "lines": entries,
        }


def _tables(
    tables: Sequence[ReadTable], lines: Sequence[_Line], number: int, upright: Upright
) -> Iterator[dict[str, Any]]:
    """Yield the tables as plain data; a word is part of the first cell that names it."""
    waiting: dict[str, list[_Word]] = defaultdict(list)
    for word in (word for line in lines for word in line.words):
        waiting[word.key].append(word)
    for index, table in enumerate(tables, 1):
        cells = []
        for cell in table.cells:
            words = [word for key in cell.words for word in waiting.pop(key, ())]
            cells.append(
                {
                    "row": cell.row,
                    "column": cell.column,
                    "row_span": cell.row_span,
                    "column_span": cell.column_span,
                    "polygon": upright.polygon(cell.corners),
                    "text": " ".join(word.text for word in words),
                    "word_ids": [word.id for word in words],
                }
            )
        yield {
            "id": f"p{number}.t{index}",
            "polygon": upright.polygon(table.corners),
            "rows": table.rows,
            "columns": table.columns,
            "cells": cells,
        }


def _around(lines: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Return the upright rectangle around the polygons of lines."""
    points = [point for line in lines for point in line["polygon"]]
    across, down = [x for x, _ in points], [y for _, y in points]
    left, top, right, bottom = min(across), min(down), max(across), max(down)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
