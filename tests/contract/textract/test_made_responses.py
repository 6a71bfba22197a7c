"""Responses with one thing each that a reader may trip over."""

from __future__ import annotations

from typing import Any

import pytest
from docparser.model import BlockKind, LaneReason, Page, PageCode, PageStatus
from docparser.ocr.textract_response import Frame, read_pages
from docparser.textract.blocks import NoDocumentError
from docparser.textract.forms import key_values

from tests.contract.textract import invariants
from tests.contract.textract.made import Block, block, line, page, response

FRAME = Frame(1, LaneReason.NO_TEXT_LAYER, 600, 800)


def read(*blocks: Block | list[Block]) -> Page:
    (found,) = read_pages(response(page(*blocks)), [FRAME])
    invariants.check(found)
    return found


def texts(found: Page) -> list[str]:
    return [each.text for part in found.blocks for each in part.lines]


def test_a_blank_page_has_no_blocks() -> None:
    found = read()
    assert (found.status, found.blocks, found.tables) == (PageStatus.OK, (), ())
    assert (found.width_pt, found.height_pt, found.rotation) == (600, 800, 0)


def test_words_and_confidences() -> None:
    found = read(line("a", "Hello there", 0.1, 0.1, Confidence=87.5))
    (word, _) = found.blocks[0].lines[0].words
    assert (word.text, word.confidence) == ("Hello", 0.875)
    assert word.polygon == ((0.1, 0.1), (0.15, 0.1), (0.15, 0.12), (0.1, 0.12))


def test_a_doubtful_line_is_marked() -> None:
    found = read(line("a", "smudge", 0.1, 0.1, Confidence=30.0), line("b", "clear", 0.1, 0.5))
    assert [each.doubtful for part in found.blocks for each in part.lines] == [True, False]


def test_a_word_with_a_space_in_it_is_two() -> None:
    word = block("WORD", "w", 0.1, 0.1, 0.08, 0.02, Text="$ 452.43")
    found = read(block("LINE", "l", 0.1, 0.1, 0.08, 0.02, Text="$ 452.43", child=["w"]), word)
    first, second = found.blocks[0].lines[0].words
    assert (first.text, second.text) == ("$", "452.43")
    assert first.polygon[1][0] < second.polygon[0][0]
    assert second.polygon[1] == (0.18, 0.1)


def test_places_beyond_the_page_are_cut_off() -> None:
    found = read(line("a", "edge of the page", 0.95, -0.01))
    corners = [corner for word in found.blocks[0].lines[0].words for corner in word.polygon]
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in corners)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED"])
def test_a_job_without_an_end_is_no_document(status: str) -> None:
    with pytest.raises(NoDocumentError):
        read_pages(response(page(line("a", "early", 0.1, 0.1)), JobStatus=status), [FRAME])


def test_a_page_that_is_not_in_the_response_is_named() -> None:
    frames = [FRAME, FRAME._replace(number=2)]
    (_, second) = read_pages(response(page(line("a", "one", 0.1, 0.1), number=1)), frames)
    assert (second.number, second.code) == (2, PageCode.PAGE_UNREADABLE)


# ---------------------------------------------------------------- what is missing or twice
def without(name: str, *blocks: Block | list[Block]) -> list[Block]:
    return [each for each in page(*blocks) if each["Id"] != name]


def test_a_missing_word_leaves_the_others() -> None:
    (found,) = read_pages(response(without("a.1", line("a", "one two three", 0.1, 0.1))), [FRAME])
    assert texts(found) == ["one three"]


def test_a_line_without_words_has_those_of_its_text() -> None:
    found = read(block("LINE", "a", 0.1, 0.1, 0.13, 0.02, Text="Hello there!!"))
    (first, second) = found.blocks[0].lines[0].words
    assert (first.text, second.text) == ("Hello", "there!!")
    assert first.polygon[1] == (0.15, 0.1)


def test_a_word_without_a_line_is_one() -> None:
    found = read(line("a", "one", 0.1, 0.1), block("WORD", "w", 0.1, 0.5, 0.1, 0.02, Text="alone"))
    assert texts(found) == ["one", "alone"]


def test_a_missing_page_block_is_no_loss() -> None:
    (found,) = read_pages(response(line("a", "one", 0.1, 0.1)), [FRAME])
    assert texts(found) == ["one"]


def test_blocks_of_unknown_types_and_shapes_are_left_out() -> None:
    odd: list[Any] = [
        block("HOLOGRAM", "h", Text="no"),
        block("QUERY_RESULT", "q", Text="an answer, not on the page"),
        {"BlockType": "WORD", "Id": "no-place", "Text": "nowhere"},
        {"BlockType": "CELL", "Id": "no-row", "Geometry": block("CELL", "x")["Geometry"]},
        {"BlockType": "LINE"},
        block("WORD", "nan", 0.1, float("nan"), 0.1, 0.1, Text="nan"),
        "text",
        None,
    ]
    body = response(page(line("a", "one", 0.1, 0.1)))
    body["Blocks"] += odd
    (found,) = read_pages(body, [FRAME])
    invariants.check(found)
    assert texts(found) == ["one"]


def test_either_form_of_a_place_is_enough() -> None:
    boxed, cornered = line("a", "one", 0.1, 0.1), line("b", "two", 0.1, 0.5)
    for each in boxed:
        del each["Geometry"]["Polygon"]
    for each in cornered:
        del each["Geometry"]["BoundingBox"]
    assert texts(read(boxed, cornered)) == ["one", "two"]


def test_the_parts_of_a_long_response_are_one_document() -> None:
    first = response(page(line("a", "one", 0.1, 0.1), number=1), NextToken="more")
    second = response(page(line("b", "two", 0.1, 0.1), number=2), JobStatus="SUCCEEDED")
    found = read_pages([first, second], [FRAME, FRAME._replace(number=2)])
    assert [texts(each) for each in found] == [["one"], ["two"]]
    assert found[1].blocks[0].lines[0].words[0].id == "p2.w1"


# ---------------------------------------------------------------- tables
def cells(rows: int, columns: int, **texts: str) -> list[Block]:
    """Return the cells of a grid with ``r1c1``-like names and lines in them."""
    found: list[Block] = []
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            name = f"r{row}c{column}"
            x, y = 0.1 + 0.25 * (column - 1), 0.3 + 0.1 * (row - 1)
            inside = line(f"{name}.l", texts[name], x, y) if name in texts else []
            words = [each["Id"] for each in inside if each["BlockType"] == "WORD"]
            place = {"RowIndex": row, "ColumnIndex": column, "RowSpan": 1, "ColumnSpan": 1}
            found += [block("CELL", name, x, y, 0.25, 0.1, child=words, **place), *inside]
    return found


def names(blocks: list[Block]) -> list[str]:
    return [each["Id"] for each in blocks if each["BlockType"] == "CELL"]


def test_a_table_is_a_block_and_a_grid() -> None:
    grid = cells(2, 2, r1c1="Item", r1c2="Price", r2c1="Two pears", r2c2="1.20")
    table = block("TABLE", "t", 0.1, 0.3, 0.5, 0.2, child=names(grid))
    found = read(line("a", "Your order", 0.1, 0.1), grid, table, line("z", "Thanks", 0.1, 0.9))
    assert [part.kind for part in found.blocks] == ["paragraph", "table", "paragraph"]
    assert texts(found) == ["Your order", "Item", "Price", "Two pears", "1.20", "Thanks"]
    (read_table,) = found.tables
    assert (read_table.rows, read_table.columns) == (2, 2)
    assert [cell.text for cell in read_table.cells] == ["Item", "Price", "Two pears", "1.20"]


def test_a_merged_cell_has_the_words_of_its_parts() -> None:
    grid = cells(2, 2, r1c1="Fruit", r1c2="basket", r2c1="pears", r2c2="2")
    merged = block(
        "MERGED_CELL", "m", 0.1, 0.3, 0.5, 0.1, child=["r1c1", "r1c2"],
        RowIndex=1, ColumnIndex=1, RowSpan=1, ColumnSpan=2,
    )  # fmt: skip
    # A second one that wants a cell again, and a third without parts, are ignored.
    again = {**merged, "Id": "again", "Relationships": [{"Type": "CHILD", "Ids": ["r1c2", "r2c2"]}]}
    empty = {**merged, "Id": "empty", "Relationships": None}
    table = block(
        "TABLE",
        "t",
        0.1,
        0.3,
        0.5,
        0.2,
        child=names(grid),
        merged_cell=["m", "again", "empty", "no"],
    )
    (found,) = read(grid, merged, again, empty, table).tables
    assert [(cell.text, cell.column_span) for cell in found.cells] == [
        ("Fruit basket", 2),
        ("pears", 1),
        ("2", 1),
    ]


def test_a_relationship_in_two_parts_names_nothing_twice() -> None:
    grid = cells(2, 1, r1c1="one", r2c1="two")
    table = block("TABLE", "t", 0.1, 0.3, 0.5, 0.2, child=["r1c1"])
    table["Relationships"].append({"Type": "CHILD", "Ids": ["r1c1", "r2c1"]})
    (found,) = read(grid, table).tables
    assert [cell.text for cell in found.cells] == ["one", "two"]


def test_check_marks_are_no_text() -> None:
    grid = cells(1, 2, r1c1="Agree")
    grid[-1]["Relationships"] = [{"Type": "CHILD", "Ids": ["s"]}]
    mark = block("SELECTION_ELEMENT", "s", 0.4, 0.3, 0.02, 0.02, SelectionStatus="SELECTED")
    table = block("TABLE", "t", 0.1, 0.3, 0.5, 0.1, child=names(grid))
    found = read(grid, mark, table)
    assert [cell.text for cell in found.tables[0].cells] == ["Agree", ""]
    assert "SELECTED" not in found.text


def test_a_table_beyond_reason_has_no_such_cell() -> None:
    grid = cells(1, 1, r1c1="one")
    vast = block(
        "CELL", "vast", 0.5, 0.5, 0.1, 0.1,
        RowIndex=1, ColumnIndex=2, RowSpan=10**9, ColumnSpan=10**9,
    )  # fmt: skip
    table = block("TABLE", "t", 0.1, 0.3, 0.5, 0.2, child=[*names(grid), "vast"])
    (found,) = read(grid, vast, table).tables
    assert (found.rows, found.columns) == (1, 1)


# ---------------------------------------------------------------- layout
def test_layout_gives_order_and_kinds() -> None:
    parts = {
        "LAYOUT_SECTION_HEADER": "Terms",
        "LAYOUT_TITLE": "Agreement",
        "LAYOUT_FIGURE": "Logo Ltd",
        "LAYOUT_FOOTER": "Registered in Exampleshire",
        "LAYOUT_PAGE_NUMBER": "Page 1",
    }
    blocks: list[Block] = []
    for index, (kind, text) in enumerate(parts.items()):
        y = 0.1 + 0.2 * index
        blocks += line(f"l{index}", text, 0.1, y)
        blocks.append(block(kind, kind, 0.1, y, 0.5, 0.02, child=[f"l{index}"]))
    found = read(blocks)
    assert [(part.kind.value, part.level, part.text) for part in found.blocks] == [
        ("heading", 2, "Terms"),
        ("heading", 1, "Agreement"),
        ("paragraph", None, "Logo Ltd"),
        ("footer", None, "Registered in Exampleshire"),
        ("footer", None, "Page 1"),
    ]


def test_the_items_of_a_list() -> None:
    items = [line("a", "- pears", 0.1, 0.2), line("b", "- plums", 0.1, 0.25)]
    texts = [
        block("LAYOUT_TEXT", "ta", 0.1, 0.2, 0.5, 0.02, child=["a"]),
        block("LAYOUT_TEXT", "tb", 0.1, 0.25, 0.5, 0.02, child=["b"]),
    ]
    whole = block("LAYOUT_LIST", "list", 0.1, 0.2, 0.5, 0.1, child=["ta", "tb"])
    found = read(*items, whole, *texts)
    assert [(part.kind, part.text) for part in found.blocks] == [
        (BlockKind.LIST_ITEM, "- pears"),
        (BlockKind.LIST_ITEM, "- plums"),
    ]


def test_what_the_layout_forgot_follows_what_stands_before_it() -> None:
    lines = [line(name, f"line {name}", 0.1, 0.1 + 0.2 * index) for index, name in enumerate("abc")]
    layout = [
        block("LAYOUT_TEXT", "tc", 0.1, 0.5, 0.5, 0.02, child=["c"]),
        block("LAYOUT_TEXT", "ta", 0.1, 0.1, 0.5, 0.02, child=["a"]),
    ]
    assert texts(read(*lines, *layout)) == ["line c", "line a", "line b"]


def test_a_tables_title_is_its_caption() -> None:
    grid = cells(1, 2, r1c1="one", r1c2="two")
    title, foot = line("title", "Figures of May", 0.1, 0.2), line("foot", "in EUR", 0.1, 0.5)
    around = [
        block("TABLE_TITLE", "tt", 0.1, 0.2, 0.3, 0.02, child=[each["Id"] for each in title[1:]]),
        block("TABLE_FOOTER", "tf", 0.1, 0.5, 0.3, 0.02, child=[each["Id"] for each in foot[1:]]),
    ]
    table = block(
        "TABLE", "t", 0.1, 0.3, 0.5, 0.1,
        child=names(grid), table_title=["tt"], table_footer=["tf"],
    )  # fmt: skip
    found = read(title, grid, foot, *around, table)
    assert [part.kind.value for part in found.blocks] == ["caption", "table", "footnote"]


# ---------------------------------------------------------------- turned pages
TURNED = {
    0: (0, lambda x, y: (x, y)),
    90: (270, lambda x, y: (1 - y, x)),
    180: (180, lambda x, y: (1 - x, 1 - y)),
    270: (90, lambda x, y: (y, 1 - x)),
}


@pytest.mark.parametrize("degrees", TURNED)
def test_a_page_is_turned_upright(degrees: int) -> None:
    # Given: an upright page, turned clockwise before it was sent
    rotation, turn = TURNED[degrees]
    upright = [*line("a", "first of the lines", 0.1, 0.1), *line("b", "the second one", 0.1, 0.2)]
    for each in upright:
        for corner in each["Geometry"]["Polygon"]:
            corner["X"], corner["Y"] = turn(corner["X"], corner["Y"])
    wide, tall = (800, 600) if degrees % 180 else (600, 800)
    # When
    frame = Frame(1, LaneReason.NO_TEXT_LAYER, wide, tall, rotation=90)
    (found,) = read_pages(response(page(upright)), [frame])
    # Then
    invariants.check(found)
    assert (found.width_pt, found.height_pt) == (600, 800)
    assert found.rotation == (90 + rotation) % 360
    assert texts(found) == ["first of the lines", "the second one"]
    (x, y), *_ = found.blocks[0].lines[0].polygon
    assert (x, y) == pytest.approx((0.1, 0.1), abs=1e-4)


# ---------------------------------------------------------------- forms
def test_fields_of_a_form() -> None:
    label, value = line("k", "Name:", 0.1, 0.1), line("v", "A. Example", 0.3, 0.1)
    alone = line("w", "without label", 0.3, 0.2)
    mark = block("SELECTION_ELEMENT", "s", SelectionStatus="SELECTED")
    sets = [
        block("KEY_VALUE_SET", "K", EntityTypes=["KEY"], child=["k.0"], value=["V", "gone"]),
        block("KEY_VALUE_SET", "V", EntityTypes=["VALUE"], child=["v.0", "v.1"]),
        block("KEY_VALUE_SET", "K2", EntityTypes=["KEY"], value=["V2"]),
        block("KEY_VALUE_SET", "V2", EntityTypes=["VALUE"], child=["w.0", "w.1"]),
        block("KEY_VALUE_SET", "K3", EntityTypes=["KEY"], child=["k.0"], value=["V3"]),
        block("KEY_VALUE_SET", "V3", EntityTypes=["VALUE"], child=["s"]),
        block("KEY_VALUE_SET", "K4", EntityTypes=["KEY"]),
    ]
    found = key_values(response(page(label, value, alone, mark, *sets)))
    assert [pair[:3] for pair in found] == [
        (1, "Name:", "A. Example"),
        (1, "", "without label"),
    ]
    assert all(pair.confidence and len(pair.corners) == 4 for pair in found)
