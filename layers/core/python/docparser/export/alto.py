"""ALTO 4.4: what was read of each page, word by word with its place, in the libraries' format.

https://www.loc.gov/standards/alto/ (schema v4). Places are in 1200ths of an inch from the top left
of the upright page, confidences from 0 to 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from docparser.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Block, Gap, Line, Page, Polygon, Word

_UNITS_PER_PT = 1200 / 72

# What XML 1.0 cannot hold.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAGS = {
    BlockKind.HEADING: "Heading",
    BlockKind.LIST_ITEM: "List item",
    BlockKind.CAPTION: "Caption",
    BlockKind.TABLE: "Table",
    BlockKind.HEADER: "Header",
    BlockKind.FOOTER: "Footer",
    BlockKind.FOOTNOTE: "Footnote",
}


class Alto:
    """``document.alto.xml``, a page at a time: `head`, then each page or gap, then `tail`."""

    name = "document.alto.xml"
    media_type = "application/xml"

    def head(self) -> str:
        """Return what stands before the first page."""
        tags = "".join(
            f'<LayoutTag ID="tag.{kind}" LABEL={quoteattr(label)}/>'
            for kind, label in _TAGS.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">\n'
            "<Description><MeasurementUnit>inch1200</MeasurementUnit>"
            '<Processing ID="docparser"><processingSoftware>'
            "<softwareName>Docparser</softwareName>"
            "</processingSoftware></Processing></Description>\n"
            f"<Tags>{tags}</Tags>\n<Layout>\n"
        )

    def page(self, page: Page) -> str:
        """Return a page."""
        across, along = page.width_pt * _UNITS_PER_PT, page.height_pt * _UNITS_PER_PT
        language = "" if page.language == "und" else f' LANG="{page.language}"'
        blocks = "".join(_block(block, across, along, language) for block in page.blocks)
        size = f'HEIGHT="{round(along)}" WIDTH="{round(across)}"'
        return (
            f'<Page ID="p{page.number}" PHYSICAL_IMG_NR="{page.number}" {size} '
            f'ROTATION="{page.rotation}"><PrintSpace HPOS="0" VPOS="0" {size}>\n{blocks}'
            "</PrintSpace></Page>\n"
        )

    def gap(self, gap: Gap) -> str:
        """Return a page that was not read: it has no size and nothing on it."""
        return (
            f'<Page ID="p{gap.page}" PHYSICAL_IMG_NR="{gap.page}" PAGECLASS="{gap.code}"></Page>\n'
        )

    def tail(self) -> str:
        """Return what stands behind the last page."""
        return "</Layout>\n</alto>\n"


def _block(block: Block, across: float, along: float, language: str) -> str:
    tag = f' TAGREFS="tag.{block.kind}"' if block.kind in _TAGS else ""
    lines = "".join(_line(line, across, along) for line in block.lines)
    place = _place(block.polygon, across, along)
    return f'<TextBlock ID="{block.id}" {place}{tag}{language}>\n{lines}</TextBlock>\n'


def _line(line: Line, across: float, along: float) -> str:
    place = _place(line.polygon, across, along)
    words = "<SP/>".join(_strings(line.words, across, along))
    return f'<TextLine ID="{line.id}" {place}>{words}</TextLine>\n'


def _strings(words: tuple[Word, ...], across: float, along: float) -> Iterator[str]:
    for word in words:
        text = quoteattr(_UNSPEAKABLE.sub("\ufffd", word.text))
        yield (
            f'<String ID="{word.id}" {_place(word.polygon, across, along)} '
            f'CONTENT={text} WC="{word.confidence:.2f}"/>'
        )


def _place(polygon: Polygon, across: float, along: float) -> str:
    lefts = [point[0] for point in polygon]
    tops = [point[1] for point in polygon]
    left, top = round(min(lefts) * across), round(min(tops) * along)
    right, bottom = round(max(lefts) * across), round(max(tops) * along)
    return f'HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{bottom - top}"'
