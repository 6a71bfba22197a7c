"""Text and Markdown: every page in its place, nothing read as mark-up that was not."""

from __future__ import annotations

import pytest
from docparser.export.markdown import Markdown
from docparser.export.plain_text import PlainText
from docparser.model import Block, Gap, Lane, LaneReason, Line, Page, PageCode, box

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
