"""Text and Markdown: every page in its place, nothing read as mark-up that was not."""

from __future__ import annotations

import pytest
from docparser.export.markdown import Markdown
from docparser.export.plain_text import PlainText
from docparser.model import (
    Block,
    BlockKind,
    Cell,
    Gap,
    Lane,
    LaneReason,
    Line,
    Page,
    PageCode,
    Table,
    Word,
    box,
)

BOX = box(0, 0, 1, 1)


def page(number: int, *blocks: tuple[str, ...]) -> Page:
    return Page(
        number=number,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
        blocks=tuple(
            Block(
                id=f"p{number}.b{b}",
                polygon=BOX,
                lines=tuple(
                    Line(id=f"p{number}.l{b}{n}", text=line, polygon=BOX, words=())
                    for n, line in enumerate(block)
                ),
            )
            for b, block in enumerate(blocks)
        ),
    )


def test_plain_text() -> None:
    text = PlainText()
    made = text.page(page(1, ("a b", "c"), ("d",)))
    made += text.page(page(2))
    made += text.gap(Gap(page=3, code=PageCode.PAGE_UNREADABLE))
    made += text.page(page(4, ("e",)))
    assert made == "a b\nc\n\nd\n\f\f\fe\n"


def test_markdown() -> None:
    text = Markdown()
    made = text.page(page(1, ("a b", "c"), ("d",)))
    made += text.gap(Gap(page=2, code=PageCode.OCR_UNAVAILABLE))
    assert made == "<!-- page 1 -->\n\na b\nc\n\nd\n\n<!-- page 2: OCR_UNAVAILABLE -->\n\n"


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("# 5", "\\# 5"),
        ("1. first", "1\\. first"),
        ("1234567890. no list", "1234567890. no list"),
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("=====", "\\====="),
        ("a * b_c [x] <y> `z`", "a \\* b\\_c \\[x\\] \\<y\\> \\`z\\`"),
        ("3.14 is a number", "3\\.14 is a number"),
        ("plain", "plain"),
    ],
)
def test_markdown_escapes(line: str, escaped: str) -> None:
    assert f"\n{escaped}\n" in Markdown().page(page(1, (line,)))


def block(kind: BlockKind, *lines: str, level: int | None = None) -> Page:
    made = page(1, lines)
    (only,) = made.blocks
    return made.model_copy(
        update={"blocks": (only.model_copy(update={"kind": kind, "level": level}),)}
    )


@pytest.mark.parametrize(
    ("kind", "level", "lines", "written"),
    [
        (BlockKind.HEADING, 2, ("A heading of", "two * lines"), "## A heading of two \\* lines"),
        (BlockKind.LIST_ITEM, None, ("• first", "goes on"), "- first\n  goes on"),
        (BlockKind.LIST_ITEM, None, ("2. second", "goes on"), "2. second\n   goes on"),
        (BlockKind.LIST_ITEM, None, ("a) third",), "a) third"),
        (BlockKind.FOOTNOTE, None, ("1 A note.",), "1 A note."),
        (BlockKind.TABLE, None, ("no grid 1",), "no grid 1"),
    ],
)
def test_markdown_of_a_kind(
    kind: BlockKind, level: int | None, lines: tuple[str, ...], written: str
) -> None:
    made = Markdown().page(block(kind, *lines, level=level))
    assert made == f"<!-- page 1 -->\n\n{written}\n\n"


def test_markdown_of_a_table() -> None:
    words = tuple(
        Word(id=f"p1.w{n}", text=text, polygon=BOX, confidence=1)
        for n, text in enumerate(("Item", "Price", "a|b", "2", "3"))
    )
    cells = (
        Cell(row=0, column=0, polygon=BOX, text="Item", word_ids=("p1.w0",)),
        Cell(row=0, column=1, column_span=2, polygon=BOX, text="Price", word_ids=("p1.w1",)),
        Cell(row=1, column=0, polygon=BOX, text="a|b", word_ids=("p1.w2",)),
        Cell(row=1, column=2, polygon=BOX, text="2\n3", word_ids=("p1.w3", "p1.w4")),
    )
    lines = tuple(
        Line(id=f"p1.l{n}", text="", polygon=BOX, words=part)
        for n, part in enumerate((words[:2], words[2:]))
    )
    made = page(1).model_copy(
        update={
            "blocks": (Block(id="p1.b1", kind=BlockKind.TABLE, polygon=BOX, lines=lines),),
            "tables": (Table(id="p1.t1", polygon=BOX, rows=2, columns=3, cells=cells),),
        }
    )
    assert Markdown().page(made) == (
        "<!-- page 1 -->\n\n| Item | Price |  |\n| --- | --- | --- |\n| a\\|b |  | 2 3 |\n\n"
    )
