"""ALTO: well-formed whatever was read, every word with its place."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from docparser.export.alto import Alto
from docparser.model import (
    Block,
    BlockKind,
    Gap,
    Lane,
    LaneReason,
    Line,
    Page,
    PageCode,
    Word,
    box,
)

NS = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}


def page(*words: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Page:
    placed = tuple(
        Word(
            id=f"p1.w{n}",
            text=word,
            polygon=box(0.1 * n, 0.5, 0.1 * n + 0.05, 0.52),
            confidence=0.875,
        )
        for n, word in enumerate(words, 1)
    )
    line = Line(id="p1.l1", text=" ".join(words), polygon=box(0.1, 0.5, 0.9, 0.52), words=placed)
    block = Block(id="p1.b1", kind=kind, polygon=line.polygon, lines=(line,))
    return Page(
        number=1,
        lane=Lane.GPU,
        lane_reason=LaneReason.IMAGE_INPUT,
        width_pt=600,
        height_pt=900,
        language="de",
        blocks=(block,),
    )


def read(*pages: Page | Gap) -> ET.Element:
    alto = Alto()
    body = "".join(alto.gap(p) if isinstance(p, Gap) else alto.page(p) for p in pages)
    return ET.fromstring(alto.head() + body + alto.tail())


def test_a_word_stands_where_it_was_read() -> None:
    root = read(page("Haus", "<&\"'>"))
    first, second = root.findall(".//a:String", NS)
    assert (first.get("CONTENT"), second.get("CONTENT")) == ("Haus", "<&\"'>")
    # 600 points are 10,000 of 1200ths of an inch.
    places = [first.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC")]
    assert places == ["1000", "7500", "500", "300", "0.88"]
    sheet = root.find(".//a:Page", NS)
    assert sheet is not None
    assert (sheet.get("WIDTH"), sheet.get("HEIGHT")) == ("10000", "15000")
    block = root.find(".//a:TextBlock", NS)
    assert block is not None
    assert block.get("LANG") == "de"


def test_words_are_parted_by_spaces() -> None:
    line = read(page("a", "b", "c")).find(".//a:TextLine", NS)
    assert line is not None
    assert [part.tag.rpartition("}")[2] for part in line] == [
        "String",
        "SP",
        "String",
        "SP",
        "String",
    ]


def test_a_missing_page_is_named() -> None:
    root = read(page("a"), Gap(page=2, code=PageCode.PAGE_DEADLINE))
    pages = root.findall(".//a:Page", NS)
    assert [each.get("PHYSICAL_IMG_NR") for each in pages] == ["1", "2"]
    assert pages[1].get("PAGECLASS") == "PAGE_DEADLINE"


@pytest.mark.parametrize("kind", BlockKind)
def test_every_kind_names_a_tag_that_is_there(kind: BlockKind) -> None:
    root = read(page("a", kind=kind))
    tags = {tag.get("ID") for tag in root.findall(".//a:LayoutTag", NS)}
    block = root.find(".//a:TextBlock", NS)
    assert block is not None
    assert block.get("TAGREFS") in (tags if kind is not BlockKind.PARAGRAPH else {None})


def test_ids_are_names_and_unique() -> None:
    ids = [element.get("ID") for element in read(page("a", "b")).iter() if element.get("ID")]
    assert len(set(ids)) == len(ids)


def test_what_xml_cannot_hold_is_replaced() -> None:
    (word,) = read(page("a\x00\x0bb\ud800")).findall(".//a:String", NS)
    assert word.get("CONTENT") == "a\ufffd\ufffdb\ufffd"
