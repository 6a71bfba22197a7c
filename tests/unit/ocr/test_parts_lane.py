"""Virtual pages: the text of parts, in places that agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser import parts
from docparser.export.markdown import Markdown
from docparser.export.plain_text import PlainText
from docparser.model import BlockKind, Lane, LaneReason
from docparser.ocr.parts_lane import read_pages
from docparser.parts import PartBlock

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.model import Page, Polygon

LONG = " ".join(f"Wort{number}" for number in range(60))
PARTS = [
    [
        PartBlock(BlockKind.HEADING, "Überschrift", 2),
        PartBlock(BlockKind.PARAGRAPH, f"kurze Zeile\n{LONG}"),
        PartBlock(
            BlockKind.TABLE,
            rows=(("Name", "Preis", ""), ("Öl\nzwei", "3 €", "x" * 300), ("", "", "")),
        ),
        PartBlock(BlockKind.LIST_ITEM, "• eins"),
    ],
    [],
    [PartBlock(BlockKind.PARAGRAPH, "z" * 2000)],
]


@pytest.fixture
def pages(tmp_path: Path) -> list[Page]:
    path = tmp_path / "parts.jsonl"
    with path.open("wb") as file:
        for part in PARTS:
            parts.write_part(file, part)
    return list(read_pages(path, range(1, 4), [LaneReason.TEXT_INPUT] * 3))


def edges(polygon: Polygon) -> tuple[float, float, float, float]:
    return polygon[0][0], polygon[0][1], polygon[2][0], polygon[2][1]


def within(inner: Polygon, outer: Polygon) -> bool:
    left, top, right, bottom = edges(inner)
    x0, y0, x1, y1 = edges(outer)
    slack = 1e-4
    return x0 - slack <= left <= right <= x1 + slack and y0 - slack <= top <= bottom <= y1 + slack


def test_what_is_on_the_pages(pages: list[Page]) -> None:
    first, second, third = pages

    assert [page.number for page in pages] == [1, 2, 3]
    assert {(page.lane, page.lane_reason) for page in pages} == {(Lane.TEXT, "TEXT_INPUT")}
    assert [(block.kind, block.level) for block in first.blocks] == [
        ("heading", 2),
        ("paragraph", None),
        ("table", None),
        ("list_item", None),
    ]
    assert first.blocks[0].text == "Überschrift"
    assert " ".join(first.blocks[1].text.split()) == f"kurze Zeile {LONG}"
    assert first.blocks[2].text == f"Name Preis\nÖl zwei 3 € {'x' * 300}"
    assert second.blocks == ()
    assert third.text == "z" * 2000


def test_tables_name_their_words(pages: list[Page]) -> None:
    (table,) = pages[0].tables
    words = {word.id: word.text for block in pages[0].blocks for line in block.lines
             for word in line.words}  # fmt: skip

    assert (table.rows, table.columns) == (3, 3)
    assert {(cell.row, cell.column): cell.text for cell in table.cells} == {
        (0, 0): "Name",
        (0, 1): "Preis",
        (1, 0): "Öl zwei",
        (1, 1): "3 €",
        (1, 2): "x" * 300,
    }
    for cell in table.cells:
        assert " ".join(words[key] for key in cell.word_ids) == cell.text


def test_places_agree(pages: list[Page]) -> None:
    for page in pages:
        last = 0.0
        places = {}
        for block in page.blocks:
            assert edges(block.polygon)[1] >= last
            last = edges(block.polygon)[3]
            for line in block.lines:
                assert within(line.polygon, block.polygon)
                assert line.text == " ".join(word.text for word in line.words)
                for word in line.words:
                    places[word.id] = word.polygon
                    assert within(word.polygon, line.polygon)
                    left, top, right, bottom = edges(word.polygon)
                    assert left < right
                    assert top < bottom
        assert len(places) == sum(len(line.words) for block in page.blocks for line in block.lines)
        for table in page.tables:
            for cell in table.cells:
                assert within(cell.polygon, table.polygon)
                assert all(within(places[key], cell.polygon) for key in cell.word_ids)


def test_words_of_a_line_stand_beside_each_other(pages: list[Page]) -> None:
    for line in pages[0].blocks[1].lines:
        rights = [edges(word.polygon)[2] for word in line.words]
        lefts = [edges(word.polygon)[0] for word in line.words]
        assert all(right < left for right, left in zip(rights, lefts[1:], strict=False))
        assert len({edges(word.polygon)[1] for word in line.words}) == 1


def test_texts_are_made_of_it(pages: list[Page]) -> None:
    markdown, plain = Markdown(), PlainText()

    text = "".join(markdown.page(page) for page in pages)
    assert "## Überschrift" in text
    assert "| Name | Preis |  |\n| --- | --- | --- |\n| Öl zwei | 3 € |" in text
    assert "- eins" in text
    assert "".join(plain.page(page) for page in pages).count("\f") == 2


def test_only_the_pages_that_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "parts.jsonl"
    with path.open("wb") as file:
        for number in range(1, 9):
            parts.write_part(file, [PartBlock(BlockKind.PARAGRAPH, f"Seite {number}")])

    read = list(read_pages(path, range(3, 5), [LaneReason.TEXT_INPUT] * 8))

    assert [(page.number, page.text) for page in read] == [(3, "Seite 3"), (4, "Seite 4")]


def test_the_fullest_part_keeps_its_lines_apart(tmp_path: Path) -> None:
    path = tmp_path / "parts.jsonl"
    rows = tuple((str(number), "x") for number in range(2_000))
    with path.open("wb") as file:
        parts.write_part(file, [PartBlock(BlockKind.TABLE, rows=rows)])

    (page,) = read_pages(path, range(1, 2), [LaneReason.TEXT_INPUT])

    tops = [edges(line.polygon)[1] for line in page.blocks[0].lines]
    assert len(set(tops)) == 2_000
    assert tops == sorted(tops)
