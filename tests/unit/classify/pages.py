"""Pages made of text, in the shape that a reading lane gives."""

from __future__ import annotations

from docparser.model import Block, Lane, LaneReason, Line, Page, Word, box


def page_of(text: str, number: int = 1, lines_per_page: int = 40) -> Page:
    """Return a page that holds a text.

    Lines stand from 10% to 90% of the height, ``lines_per_page`` or all of them if they are more;
    words take 1% of the width per character; an empty line begins a new block.
    """
    rows = text.split("\n")
    step = 0.8 / max(lines_per_page, len(rows))
    blocks: list[Block] = []
    lines: list[Line] = []
    for row, content in enumerate([*rows, ""]):
        if content.strip():
            lines.append(_line(content, number, row, 0.1 + row * step, step))
        elif lines:
            name = f"p{number}.b{len(blocks) + 1}"
            place = box(0.05, lines[0].polygon[0][1], 0.95, lines[-1].polygon[2][1])
            blocks.append(Block(id=name, polygon=place, lines=tuple(lines)))
            lines = []
    return Page(
        number=number,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
        blocks=tuple(blocks),
    )


def _line(content: str, number: int, row: int, top: float, step: float) -> Line:
    words = []
    left = 0.05
    for place, text in enumerate(content.split(), start=1):
        right = left + 0.01 * len(text)
        words.append(
            Word(
                id=f"p{number}.w{row * 100 + place}",
                text=text,
                polygon=box(left, top, right, top + 0.8 * step),
                confidence=1,
            )
        )
        left = right + 0.01
    return Line(
        id=f"p{number}.l{row + 1}",
        text=" ".join(word.text for word in words),
        polygon=box(0.05, top, left, top + 0.8 * step),
        words=tuple(words),
    )
