"""What all samples share: fonts, paragraph styles, prose files and the page frame.

The bytes of a sample must be the same on every machine. Hence the only embedded fonts are those
that reportlab itself ships (Bitstream Vera), and reportlab runs in its invariant mode, which fixes
dates and document ids.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

SANS, SANS_BOLD, SANS_ITALIC = "Vera", "VeraBd", "VeraIt"
# The serif is one of the fourteen fonts that every PDF reader must bring along. reportlab ships no
# serif that could be embedded, and PDFs without embedded fonts are common enough to want a sample.
SERIF, SERIF_BOLD, SERIF_ITALIC = "Times-Roman", "Times-Bold", "Times-Italic"

# Streams as other programs write them: packed, and not spelled out in ASCII on top of it.
rl_config.useA85 = 0

for _name in (SANS, SANS_BOLD, SANS_ITALIC):
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))
pdfmetrics.registerFontFamily(SANS, SANS, SANS_BOLD, SANS_ITALIC, SANS_BOLD)

INK = HexColor(0x1F2328)
GREY = HexColor(0x5F6873)
RULE = HexColor(0xC3C9D0)
SHADE = HexColor(0xF1F3F5)

BODY = ParagraphStyle(
    "body", fontName=SANS, fontSize=9, leading=13.5, textColor=INK, spaceAfter=7.5
)
HEADING = ParagraphStyle(
    "heading", BODY, fontName=SANS_BOLD, fontSize=10, spaceBefore=5, spaceAfter=5, keepWithNext=1
)
TITLE = ParagraphStyle("title", BODY, fontName=SANS_BOLD, fontSize=17, leading=22, spaceAfter=10)
SUBJECT = ParagraphStyle("subject", BODY, fontName=SANS_BOLD, fontSize=10, spaceAfter=12)
SMALL = ParagraphStyle("small", BODY, fontSize=7.5, leading=10.5, textColor=GREY, spaceAfter=0)
CELL = ParagraphStyle("cell", BODY, fontSize=8, leading=11, spaceAfter=0)
CELL_RIGHT = ParagraphStyle("cell-right", CELL, alignment=TA_RIGHT)
CELL_HEAD = ParagraphStyle("cell-head", CELL, fontName=SANS_BOLD)
CELL_HEAD_RIGHT = ParagraphStyle("cell-head-right", CELL_HEAD, alignment=TA_RIGHT)

SERIF_BODY = ParagraphStyle(
    "serif-body", BODY, fontName=SERIF, fontSize=10.5, leading=14, alignment=TA_JUSTIFY
)
SERIF_HEADING = ParagraphStyle(
    "serif-heading",
    SERIF_BODY,
    fontName=SERIF_BOLD,
    spaceBefore=6,
    spaceAfter=5,
    keepWithNext=1,
)

PROSE_FOLDER = Path(__file__).parent / "text"

PagePainter = Callable[[Canvas, int], None]


class Block(NamedTuple):
    """One heading or paragraph of a prose file."""

    is_heading: bool
    text: str


class Margins(NamedTuple):
    """White space around the text, in points."""

    left: float = 25 * mm
    right: float = 22 * mm
    top: float = 25 * mm
    bottom: float = 25 * mm


def read_prose(name: str) -> list[Block]:
    """Return the blocks of `text/<name>.txt`: parted by empty lines, headings begin with `# `."""
    text = (PROSE_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [
        Block(block.startswith("# "), " ".join(block.removeprefix("# ").split()))
        for block in text.strip().split("\n\n")
    ]


def flow(
    blocks: list[Block], body: ParagraphStyle = BODY, heading: ParagraphStyle = HEADING
) -> list[Any]:
    """Return the blocks as flowables."""
    return [Paragraph(block.text, heading if block.is_heading else body) for block in blocks]


def typeset(
    story: list[Any],
    *,
    title: str,
    author: str,
    language: str,
    paint_before: PagePainter | None = None,
    paint_after: PagePainter | None = None,
    first: Margins | None = None,
    margins: Margins = Margins(),  # noqa: B008 (an immutable tuple)
) -> bytes:
    """Set a story on A4 pages and return the PDF.

    Parameters
    ----------
    story
        Flowables in reading order.
    title, author, language
        Written to the document information; `language` is ISO 639-1.
    paint_before, paint_after
        Draw what stands above and below the text of a page. They are kept apart so that the
        content stream of a page is in reading order: head, text, foot.
    first
        Margins of the first page where they differ.
    margins
        Margins of all other pages, in points.
    """
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        author=author,
        lang=language,
        creator="docparser samples",
        invariant=1,
    )

    def template(name: str, edge: Margins) -> PageTemplate:
        width, height = A4
        frame = Frame(
            edge.left,
            edge.bottom,
            width - edge.left - edge.right,
            height - edge.top - edge.bottom,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )

        def paint(painter: PagePainter | None) -> Callable[[Canvas, BaseDocTemplate], None]:
            def on_page(canvas: Canvas, doc: BaseDocTemplate) -> None:
                if painter is not None:
                    canvas.saveState()
                    painter(canvas, doc.page)
                    canvas.restoreState()

            return on_page

        return PageTemplate(
            name,
            [frame],
            onPage=paint(paint_before),
            onPageEnd=paint(paint_after),
            autoNextPageTemplate="later" if name == "first" else None,
        )

    document.addPageTemplates([template("first", first or margins), template("later", margins)])
    document.build(story)
    return buffer.getvalue()


def cents(amount: Decimal) -> Decimal:
    """Round an amount of money half up to two places."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def german(number: Decimal | int) -> str:
    """Write a number the German way: `1.234,56`."""
    return f"{number:,}".translate(str.maketrans(",.", ".,"))
