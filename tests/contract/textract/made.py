"""Small responses as Textract writes them, made for one test each."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def geometry(left: float, top: float, width: float, height: float) -> Block:
    right, bottom = left + width, top + height
    return {
        "BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height},
        "Polygon": [
            {"X": x, "Y": y}
            for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
        ],
    }


def block(kind: str, name: str, *place: float, **members: Any) -> Block:
    """Return a block; ``children`` and the like become its relationships."""
    related = {
        key.upper(): members.pop(key)
        for key in ("child", "value", "merged_cell", "table_title", "table_footer")
        if key in members
    }
    made = {
        "BlockType": kind,
        "Id": name,
        "Confidence": 99.0,
        "Geometry": geometry(*(place or (0, 0, 1, 1))),
        **members,
    }
    if related:
        made["Relationships"] = [{"Type": key, "Ids": ids} for key, ids in related.items()]
    return made


def line(name: str, text: str, left: float, top: float, **members: Any) -> list[Block]:
    """Return a line and its words; a character is a hundredth of the page wide."""
    words, x = [], left
    for index, word in enumerate(text.split()):
        width = 0.01 * len(word)
        words.append(block("WORD", f"{name}.{index}", x, top, width, 0.02, Text=word, **members))
        x += width + 0.01
    children = [word["Id"] for word in words]
    whole = block("LINE", name, left, top, x - left - 0.01, 0.02, Text=text, child=children)
    return [{**whole, **members}, *words]


def page(*blocks: Block | list[Block], number: int | None = None) -> list[Block]:
    flat = [each for item in blocks for each in (item if isinstance(item, list) else [item])]
    lines = [each["Id"] for each in flat if each["BlockType"] == "LINE"]
    found = [block("PAGE", f"page{number or ''}", child=lines), *flat]
    return [{**each, "Page": number} for each in found] if number else found


def response(*pages: list[Block], **members: Any) -> dict[str, Any]:
    return {
        "DocumentMetadata": {"Pages": len(pages)},
        "Blocks": [each for blocks in pages for each in blocks],
        **members,
    }
