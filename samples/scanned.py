"""What was on the paper of the scanned samples: originals with a text layer, set as the others."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph

from samples.house_style import (
    BODY,
    GREY,
    HEADING,
    RULE,
    SANS,
    SANS_BOLD,
    TITLE,
    Block,
    Margins,
    flow,
    read_prose,
    typeset,
)
from samples.letterhead import PAGE_HEIGHT, PAGE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PROSE = ParagraphStyle("typed", BODY, fontSize=11, leading=17, spaceAfter=9)
_HEADING = ParagraphStyle("typed-heading", HEADING, fontSize=12, leading=16)
_TITLE = ParagraphStyle("typed-title", TITLE, fontSize=18, leading=24)
_MARGINS = Margins(top=38 * mm, bottom=24 * mm)

_RECEIPT_WIDTH, _RECEIPT_HEIGHT = 80 * mm, 150 * mm
_PURCHASES = (
    ("Oat flat white", 2, Decimal("3.60")),
    ("Cheese scone", 1, Decimal("2.95")),
    ("Leek and potato soup", 1, Decimal("6.50")),
    ("Apple juice", 2, Decimal("2.40")),
    ("Carrot cake slice", 1, Decimal("3.85")),
)


def bibliothek() -> bytes:
    """German press release of a library, released for publication."""
    return _set(
        "bibliothek",
        title="Stadtbibliothek öffnet am Sonntag",
        sender="Stadtbibliothek Lindenau",
        language="de",
        above=(
            "<b>PRESSEMITTEILUNG</b> Nr. 12/2025",
            "Zur Veröffentlichung freigegeben · Lindenau, 18. August 2025",
        ),
    )


def footbridge() -> bytes:
    """English press release about a bridge, released for publication."""
    return _set(
        "footbridge",
        title="Milford Quay footbridge reopens",
        sender="Tarn Valley District Council",
        language="en",
        above=("<b>PRESS RELEASE</b>", "Approved for public release · 3 July 2025"),
    )


def inspection() -> bytes:
    """English report on a weir, four pages, internal."""
    return _set(
        "inspection",
        title="Inspection report: weir and fish ladder at Holt Mill",
        sender="Tarn Rivers Trust",
        language="en",
        above=("24 April 2025",),
        mark="Internal use only",
    )


def protokoll() -> bytes:
    """German minutes of a committee, two pages, internal."""
    return _set(
        "protokoll",
        title="Protokoll der Sitzung vom 16. September 2025",
        sender="Pumpenwerk Kessler GmbH",
        language="de",
        above=("Arbeitsausschuss Fertigung",),
        mark="Nur für den internen Gebrauch",
    )


def pruefbericht() -> bytes:
    """German report on fire extinguishers, two pages, internal."""
    return _set(
        "pruefbericht",
        title="Prüfbericht Brandschutz 2025",
        sender="Lagerhaus Süd eG",
        language="de",
        above=("19. Mai 2025",),
        mark="Nur für den internen Gebrauch",
    )


def receipt() -> bytes:
    """Receipt of a café in pounds, on a roll of paper 80 mm wide."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(_RECEIPT_WIDTH, _RECEIPT_HEIGHT), invariant=1)
    left, right, middle = 7 * mm, _RECEIPT_WIDTH - 7 * mm, _RECEIPT_WIDTH / 2
    canvas.setFont(SANS_BOLD, 14)
    canvas.drawCentredString(middle, _RECEIPT_HEIGHT - 14 * mm, "The Copper Kettle")
    canvas.setFont(SANS, 9)
    for row, text in enumerate(("12 Bridge Street, Milford", "VAT No GB 999 9999 73")):
        canvas.drawCentredString(middle, _RECEIPT_HEIGHT - (20 + 4.5 * row) * mm, text)
    canvas.setFont(SANS_BOLD, 11)
    canvas.drawCentredString(middle, _RECEIPT_HEIGHT - 34 * mm, "SALES RECEIPT")
    canvas.setFont(SANS, 9)
    canvas.drawString(left, _RECEIPT_HEIGHT - 42 * mm, "Receipt No 004817")
    canvas.drawRightString(right, _RECEIPT_HEIGHT - 42 * mm, "21/06/2025 13:42")
    canvas.drawString(left, _RECEIPT_HEIGHT - 47 * mm, "Till 2")
    canvas.drawRightString(right, _RECEIPT_HEIGHT - 47 * mm, "Table 9")
    height = _RECEIPT_HEIGHT - 57 * mm
    total = Decimal(0)
    for name, quantity, price in _PURCHASES:
        canvas.drawString(left, height, f"{quantity} x {name}")
        canvas.drawRightString(right, height, f"{quantity * price:.2f}")
        total += quantity * price
        height -= 6 * mm
    canvas.setStrokeColor(GREY)
    canvas.line(left, height + 2 * mm, right, height + 2 * mm)
    height -= 4 * mm
    canvas.setFont(SANS_BOLD, 12)
    canvas.drawString(left, height, "TOTAL")
    canvas.drawRightString(right, height, f"£{total:.2f}")
    canvas.setFont(SANS, 9)
    for label, amount in (
        ("VAT included at 20 %", f"{total / 6:.2f}"),
        ("Cash", "40.00"),
        ("Change due", f"{40 - total:.2f}"),
    ):
        height -= 7 * mm
        canvas.drawString(left, height, label)
        canvas.drawRightString(right, height, amount)
    canvas.drawCentredString(middle, height - 14 * mm, "Thank you, please come again")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def garbled_notice() -> bytes:
    """Return the press release about the bridge with a text layer of exchanged letters.

    The page looks as it should. Its fonts tell that each letter stands for the one seven places
    on, as a faulty converter would: what is copied out of the file makes no sense.
    """
    buffer = BytesIO()
    with pikepdf.open(BytesIO(footbridge())) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                if "/ToUnicode" not in font:
                    continue
                lines = font.ToUnicode.read_bytes().split(b"\n")
                font.ToUnicode = pdf.make_stream(b"\n".join(map(_exchanged, lines)))
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def _exchanged(line: bytes) -> bytes:
    """Move the letters that a line of a ToUnicode table maps codes to."""
    for first in (0x41, 0x61):
        for letter in range(26):
            source = b"<%04X>" % (first + letter)
            if line.endswith(source):
                return line.removesuffix(source) + b"<%04X>" % (first + (letter + 7) % 26)
    return line


def _set(
    prose: str,
    *,
    title: str,
    sender: str,
    language: str,
    above: tuple[str, ...],
    mark: str | None = None,
) -> bytes:
    """Set a prose file under a letterhead; a ``mark`` stands at the head of each page."""

    def paint_head(canvas: Canvas, _page: int) -> None:
        canvas.setFont(SANS_BOLD, 14)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 22 * mm, sender)
        if mark:
            canvas.setFont(SANS_BOLD, 10)
            canvas.drawRightString(PAGE_WIDTH - 22 * mm, PAGE_HEIGHT - 22 * mm, mark)
        canvas.setStrokeColor(RULE)
        canvas.line(25 * mm, PAGE_HEIGHT - 28 * mm, PAGE_WIDTH - 22 * mm, PAGE_HEIGHT - 28 * mm)

    story: list[Any] = [Paragraph(text, _PROSE) for text in above]
    story.append(Paragraph(title, _TITLE))
    for number, page in enumerate(_pages(read_prose(prose))):
        if number:
            story.append(PageBreak())
        story += flow(page, _PROSE, _HEADING)
    return typeset(
        story,
        title=title,
        author=sender,
        language=language,
        paint_before=paint_head,
        margins=_MARGINS,
    )


def _pages(blocks: list[Block]) -> Iterator[list[Block]]:
    """Part the blocks where a file has a line of three dashes."""
    page: list[Block] = []
    for block in blocks:
        if block.text == "---":
            yield page
            page = []
        else:
            page.append(block)
    yield page
