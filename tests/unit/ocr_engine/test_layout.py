"""From words anywhere on a picture to a page: straightened, in order, and back on the page."""

from __future__ import annotations

import numpy as np
import pytest
from docparser.model import BlockKind, LaneReason, Page
from docparser_ocr import layout
from docparser_ocr.engine import ReadLine, ReadPage
from docparser_ocr.rules import Stroke
from docparser_ocr.source import Sheet
from docparser_ocr.words import ReadWord
from numpy.typing import NDArray

WIDE, TALL = 1240, 1754
SHEET = Sheet(3, 595.0, 842.0, 0, LaneReason.IMAGE_INPUT)

Text = tuple[float, float, str]


def turned(points: NDArray[np.floating], degrees: float) -> NDArray[np.floating]:
    """Return points turned clockwise about the middle of the page."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.array([WIDE, TALL]) / 2
    return (points - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle


def line(left: float, top: float, text: str, degrees: float = 0, height: float = 24) -> ReadLine:
    words = []
    for word in text.split():
        right = left + 0.5 * height * len(word)
        corners = np.array(
            [[left, top], [right, top], [right, top + height], [left, top + height]], float
        )
        words.append(ReadWord(word, 0.9, turned(corners, degrees).astype(np.float32)))
        left = right + 0.4 * height
    return ReadLine(tuple(words), doubtful=False, direction=0)


def page(*texts: Text, degrees: float = 0, strokes: tuple[Stroke, ...] = ()) -> Page:
    lines = tuple(line(left, top, text, degrees) for left, top, text in texts)
    return layout.page(SHEET, ReadPage(WIDE, TALL, 0, lines, strokes))


def lines_of(read: Page) -> list[str]:
    return [line.text for block in read.blocks for line in block.lines]


@pytest.mark.parametrize("degrees", [-10, -8, -5, -2, 2, 5, 8, 10])
def test_a_page_that_leans_has_its_columns_and_rows(degrees: float) -> None:
    left = [(80.0, 300.0 + 34 * n, f"left column holds sentence number {n}") for n in range(12)]
    right = [(680.0, 300.0 + 34 * n, f"right column holds sentence number {n}") for n in range(12)]
    rows = [
        [(80.0, 900.0 + 60 * n, f"Item {n}"), (700.0, 900.0 + 60 * n, f"{n},00 EUR")]
        for n in range(4)
    ]
    texts = [*right, *left, *(cell for row in rows for cell in row)]

    read = page(*texts, degrees=degrees)

    assert lines_of(read) == [
        *(text for _, _, text in left),
        *(text for _, _, text in right),
        *(" ".join(text for _, _, text in row) for row in rows),
    ]


@pytest.mark.parametrize("degrees", [-10, 0, 10])
def test_polygons_lie_where_the_words_lie_on_the_page(degrees: float) -> None:
    texts = [(200.0, 400.0 + 40 * n, f"the sentence that has number {n}") for n in range(5)]

    read = page(*texts, degrees=degrees)

    for found, (left, top, text) in zip(read.blocks[0].lines, texts, strict=True):
        truth = [word.quad / (WIDE, TALL) for word in line(left, top, text, degrees).words]
        for word, quad in zip(found.words, truth, strict=True):
            assert np.array(word.polygon) == pytest.approx(quad, abs=2e-5)
        ends = np.array([truth[0][0], truth[-1][1], truth[-1][2], truth[0][3]])
        assert np.array(found.polygon) == pytest.approx(ends, abs=1e-3)


def test_what_leans_out_of_the_page_is_cut_off() -> None:
    read = page((0, 5, "at the very edge of the page"), (20, 1735, "at its lower edge"), degrees=10)

    corners = np.array(
        [word.polygon for block in read.blocks for line in block.lines for word in line.words]
    )
    assert corners.min() >= 0
    assert corners.max() <= 1


def test_blocks_have_kinds() -> None:
    body = [
        (
            80.0,
            300.0 + 30 * n,
            "a sentence of the body that runs on over it all and on and on in the rain",
        )
        for n in range(8)
    ]
    heading = line(80, 240, "An account of foxes", height=36)
    lines = (heading, *(line(*text) for text in body), line(600, 1700, "- 7 -"))

    read = layout.page(SHEET, ReadPage(WIDE, TALL, 0, lines))

    assert [(block.kind, block.level) for block in read.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, None),
        (BlockKind.FOOTER, None),
    ]


def test_a_ruled_table_is_a_block_and_names_its_words() -> None:
    across, down = (300.0, 360.0, 420.0, 480.0), (80.0, 500.0, 900.0)
    strokes = (
        *(Stroke(down[0], y, down[-1], y, 2) for y in across),
        *(Stroke(x, across[0], x, across[-1], 2) for x in down),
    )
    cells = [["Item", "Price"], ["Nougat", "4,55"], ["Honey", "7,10"]]
    texts = [
        (x + 20, y + 16, text)
        for y, row in zip(across, cells, strict=False)
        for x, text in zip(down, row, strict=False)
    ]

    read = page(
        (80, 200, "above the table"),
        *texts,
        degrees=5,
        strokes=tuple(
            Stroke(*turned(np.array([stroke[:2], stroke[2:4]]), 5).ravel(), 2) for stroke in strokes
        ),
    )

    assert [(block.kind, block.text) for block in read.blocks] == [
        (BlockKind.PARAGRAPH, "above the table"),
        (BlockKind.TABLE, "Item Price\nNougat 4,55\nHoney 7,10"),
    ]
    (table,) = read.tables
    words = {word.id: word.text for line in read.blocks[1].lines for word in line.words}
    assert (table.rows, table.columns) == (3, 2)
    assert [[words[id_] for id_ in cell.word_ids] for cell in table.cells] == [
        [text] for row in cells for text in row
    ]


def test_equal_words_at_one_place_are_both_kept() -> None:
    read = page((80, 300, "twice"), (80, 300, "twice"))

    words = [word for block in read.blocks for line in block.lines for word in line.words]
    assert [word.text for word in words] == ["twice", "twice"]
    assert len({word.id for word in words}) == 2


def test_a_page_with_nothing_on_it_has_no_blocks() -> None:
    assert page().blocks == ()
