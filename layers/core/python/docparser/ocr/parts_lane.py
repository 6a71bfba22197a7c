"""The text lane of parts: what has no pages is set on one, in a plain column, as on a typewriter.

The page is as high as its text. Every character is equally wide, so that the places of words,
lines, blocks and cells agree with each other, and those of a quotation can be shown; how the text
looked in its own program nobody knows here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser import parts
from docparser.model import BlockKind, Lane, Page, box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docparser.model import LaneReason
    from docparser.parts import PartBlock

WIDTH_PT = 595.0
_MARGIN_PT = 50.0
_COLUMN_PT = WIDTH_PT - 2 * _MARGIN_PT
_CHARACTER_PT = 5.0
_FONT_PT = 10.0
_LINE_PT = 12.0
_LEAST_HEIGHT_PT = 842.0
_CELL_GAP_PT = 5.0

# Columns are as wide as their longest cells, within reason: the rest of a long one wraps.
_WIDEST_CELL = 40
_NARROWEST_CELL = 3

_WORD = re.compile(r"\S+")

Place = tuple[float, float, float, float]


class _Word(NamedTuple):
    text: str
    left: float
    top: float
    right: float
    bottom: float


class _Line(NamedTuple):
    """The words of a line, and which of them stand in which column of a table."""

    words: list[_Word]
    columns: list[int]


class _Set(NamedTuple):
    """A block that was set: its lines, and where its table begins and ends if it is one."""

    block: PartBlock
    lines: list[_Line]
    rows: list[tuple[float, float]]
    columns: list[tuple[float, float]]


def read_pages(path: Path, numbers: range, reasons: Sequence[LaneReason]) -> Iterator[Page]:
    """Yield the pages of these numbers of a parts file, one at a time.

    Parameters
    ----------
    path
        The parts file.
    numbers
        The pages' numbers, from 1.
    reasons
        Why each page of the document is read in its lane, in order.
    """
    with path.open("rb") as file:
        for number, blocks in parts.read_parts(file, numbers):
            yield _page(number, blocks, reasons[number - 1])


def _page(number: int, blocks: list[PartBlock], reason: LaneReason) -> Page:
    """Set one part."""
    top = _MARGIN_PT
    placed: list[_Set] = []
    for block in blocks:
        setting = _set_table if block.kind is BlockKind.TABLE else _set_text
        made, top = setting(block, top)
        if made.lines:
            placed.append(made)
            top += _LINE_PT
    height = max(top + _MARGIN_PT, _LEAST_HEIGHT_PT)
    return Page.model_validate(
        {
            "number": number,
            "lane": Lane.TEXT,
            "lane_reason": reason,
            "width_pt": WIDTH_PT,
            "height_pt": height,
            **_content(placed, number, height),
        }
    )


def _set_text(block: PartBlock, top: float) -> tuple[_Set, float]:
    """Set a block of text; a line that is too long goes on below."""
    lines: list[_Line] = []
    for text in block.text.split("\n"):
        words, bottom = _wrapped(text, _MARGIN_PT, _COLUMN_PT, top)
        by_line: dict[float, list[_Word]] = {}
        for word in words:
            by_line.setdefault(word.top, []).append(word)
        lines += [_Line(line, []) for line in by_line.values()]
        top = bottom
    return _Set(block, lines, [], []), top


def _set_table(block: PartBlock, top: float) -> tuple[_Set, float]:
    """Set a table: a line for each row, whose cells wrap each within its column."""
    edges = _edges(block.rows)
    lines: list[_Line] = []
    rows: list[tuple[float, float]] = []
    for row in block.rows:
        words: list[_Word] = []
        columns: list[int] = []
        lowest = top + _LINE_PT
        for column, cell in enumerate(row):
            left, right = edges[column]
            at = top
            for text in cell.split("\n"):
                found, at = _wrapped(text, left, right - left - _CELL_GAP_PT, at)
                words += found
                columns += [column] * len(found)
            lowest = max(lowest, at)
        lines.append(_Line(words, columns))
        rows.append((top, lowest))
        top = lowest
    return _Set(block, lines, rows, edges), top


def _edges(rows: tuple[tuple[str, ...], ...]) -> list[tuple[float, float]]:
    """Return the left and right edge of each column, by the lengths of its cells."""
    count = max((len(row) for row in rows), default=0)
    lengths = [_NARROWEST_CELL] * count
    for row in rows:
        for column, cell in enumerate(row):
            if len(cell) > lengths[column]:
                lengths[column] = min(len(cell), _WIDEST_CELL)
    whole = sum(lengths) or 1
    edges = []
    left = _MARGIN_PT
    for length in lengths:
        right = left + _COLUMN_PT * length / whole
        edges.append((left, right))
        left = right
    return edges


def _wrapped(text: str, left: float, width: float, top: float) -> tuple[list[_Word], float]:
    """Return the words of a line of text with their places, and where the next one begins.

    A word that is longer than its line is set narrower.
    """
    words: list[_Word] = []
    width = max(width, 1.0)
    at = left
    for found in _WORD.finditer(text):
        wide = min(len(found[0]) * _CHARACTER_PT, width)
        if at > left and at + wide > left + width:
            at, top = left, top + _LINE_PT
        words.append(_Word(found[0], at, top, at + wide, top + _FONT_PT))
        at += wide + _CHARACTER_PT
    return words, top + _LINE_PT


def _content(placed: list[_Set], number: int, height: float) -> dict[str, Any]:
    """Return blocks and tables as plain data, which is validated once, with the page."""
    blocks: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    lines = words = 0
    for made in placed:
        entries: list[dict[str, Any]] = []
        cells: dict[tuple[int, int], list[str]] = {}
        extents: list[Place] = []
        for row, line in enumerate(made.lines):
            if not line.words:
                continue
            lines += 1
            places = [_scaled(word, height) for word in line.words]
            extents.append(_around(places))
            ids = [f"p{number}.w{index}" for index in range(words + 1, words + 1 + len(places))]
            words += len(places)
            entries.append(
                {
                    "id": f"p{number}.l{lines}",
                    "text": " ".join([word.text for word in line.words]),
                    "polygon": box(*extents[-1]),
                    "words": [
                        {
                            "id": key,
                            "text": word.text,
                            "polygon": ((left, top), (right, top), (right, bottom), (left, bottom)),
                            "confidence": 1.0,
                        }
                        for key, word, (left, top, right, bottom) in zip(
                            ids, line.words, places, strict=True
                        )
                    ],
                }
            )
            for key, column in zip(ids, line.columns, strict=bool(line.columns)):
                cells.setdefault((row, column), []).append(key)
        if not entries:
            continue
        blocks.append(
            {
                "id": f"p{number}.b{len(blocks) + 1}",
                "kind": made.block.kind,
                "level": made.block.level,
                "polygon": box(*_around(extents)),
                "lines": entries,
            }
        )
        if made.rows:
            tables.append(_table(made, cells, f"p{number}.t{len(tables) + 1}", height))
    return {"blocks": blocks, "tables": tables}


def _table(
    made: _Set, cells: dict[tuple[int, int], list[str]], key: str, height: float
) -> dict[str, Any]:
    """Return a table as plain data; a cell without words is not in it."""
    return {
        "id": key,
        "polygon": box(
            made.columns[0][0] / WIDTH_PT,
            made.rows[0][0] / height,
            made.columns[-1][1] / WIDTH_PT,
            made.rows[-1][1] / height,
        ),
        "rows": len(made.rows),
        "columns": len(made.columns),
        "cells": [
            {
                "row": row,
                "column": column,
                "polygon": box(
                    made.columns[column][0] / WIDTH_PT,
                    made.rows[row][0] / height,
                    made.columns[column][1] / WIDTH_PT,
                    made.rows[row][1] / height,
                ),
                "text": " ".join(made.block.rows[row][column].split()),
                "word_ids": word_ids,
            }
            for (row, column), word_ids in cells.items()
        ],
    }


def _scaled(word: _Word, height: float) -> Place:
    return (
        round(word.left / WIDTH_PT, 5),
        round(word.top / height, 5),
        round(word.right / WIDTH_PT, 5),
        round(word.bottom / height, 5),
    )


def _around(places: list[Place]) -> Place:
    """Return the smallest box around boxes of left, top, right and bottom."""
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
