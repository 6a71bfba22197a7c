"""A non-disclosure agreement and a service contract, both marked on every page."""

# ruff: noqa: RUF001 (typographic quotation marks are meant)
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table, TableStyle

from samples.house_style import (
    BODY,
    GREY,
    HEADING,
    INK,
    SANS,
    SANS_BOLD,
    SERIF,
    SERIF_BODY,
    SERIF_BOLD,
    SERIF_HEADING,
    TITLE,
    Margins,
    PagePainter,
    flow,
    read_prose,
    typeset,
)
from samples.letterhead import PAGE_HEIGHT, PAGE_WIDTH

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


def marking(text: str, font: str) -> PagePainter:
    """Return a painter that sets a sensitivity marking at the head of every page."""

    def paint(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(INK)
        canvas.setFont(font, 9)
        canvas.drawCentredString(PAGE_WIDTH / 2, PAGE_HEIGHT - 14 * mm, text)

    return paint


def folio(left: str, page_label: str, font: str) -> PagePainter:
    """Return a painter for the foot of a page: a short title and the page number."""

    def paint(canvas: Canvas, page: int) -> None:
        canvas.setFillColor(GREY)
        canvas.setFont(font, 8)
        canvas.drawString(25 * mm, 14 * mm, left)
        canvas.drawRightString(PAGE_WIDTH - 22 * mm, 14 * mm, f"{page_label} {page}")

    return paint


def signatures(rows: list[tuple[str, str]], style: ParagraphStyle) -> Any:
    """Return two columns for the parties to sign in, kept on one page."""
    table = Table(
        [[Paragraph(left, style), Paragraph(right, style)] for left, right in rows],
        colWidths=[81 * mm, 81 * mm],
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        ),
    )
    return KeepTogether([Spacer(0, 10), table])


def nda() -> bytes:
    """English mutual non-disclosure agreement, marked CONFIDENTIAL."""
    title = ParagraphStyle(
        "nda-title", TITLE, fontName=SERIF_BOLD, fontSize=18, alignment=TA_CENTER, spaceAfter=16
    )
    story = [
        Paragraph("Mutual Non-Disclosure Agreement", title),
        *flow(read_prose("nda"), SERIF_BODY, SERIF_HEADING),
        signatures(
            [
                (
                    "<b>Signed for Halden Optics Ltd</b>",
                    "<b>Signed for Corvane Instruments GmbH</b>",
                ),
                ("Signature: ______________________", "Signature: ______________________"),
                ("Name: Dr Marian Holt", "Name: Friederike Asmussen"),
                ("Title: Managing Director", "Title: Geschäftsführerin"),
                ("Date: 3 February 2025", "Date: 3 February 2025"),
            ],
            ParagraphStyle("signature", SERIF_BODY, spaceAfter=0),
        ),
    ]
    return typeset(
        story,
        title="Mutual Non-Disclosure Agreement",
        author="Halden Optics Ltd",
        language="en",
        paint_before=marking("CONFIDENTIAL", SERIF_BOLD),
        paint_after=folio("Halden Optics / Corvane Instruments: NDA", "Page", SERIF),
    )


def dienstleistungsvertrag() -> bytes:
    """German service contract, marked STRENG VERTRAULICH."""
    centred = ParagraphStyle("centred", BODY, alignment=TA_CENTER)
    story = [
        Paragraph("Dienstleistungsvertrag", ParagraphStyle("t", TITLE, alignment=TA_CENTER)),
        Paragraph("zwischen der", centred),
        Paragraph(
            "<b>Wernmühle Lebensmittelwerke AG</b><br/>Am Alten Speicher 2, 21465 Süderbrook<br/>"
            "vertreten durch den Vorstand Dr. Henrike Maaß<br/>– nachfolgend „Auftraggeber“ –",
            centred,
        ),
        Paragraph("und der", centred),
        Paragraph(
            "<b>Kälber & Strüwe Automation GmbH</b><br/>Gießereistraße 40, 22761 Hamburg<br/>"
            "vertreten durch den Geschäftsführer Ole Strüwe<br/>– nachfolgend „Auftragnehmer“ –",
            centred,
        ),
        *flow(read_prose("dienstleistungsvertrag"), BODY, HEADING),
        signatures(
            [
                ("Süderbrook, den 17. März 2025", "Hamburg, den 19. März 2025"),
                ("_________________________", "_________________________"),
                ("Dr. Henrike Maaß, Auftraggeber", "Ole Strüwe, Auftragnehmer"),
            ],
            ParagraphStyle("signature", BODY, spaceAfter=0),
        ),
    ]
    return typeset(
        story,
        title="Dienstleistungsvertrag",
        author="Wernmühle Lebensmittelwerke AG",
        language="de",
        margins=Margins(top=22 * mm, bottom=21 * mm),
        paint_before=marking("STRENG VERTRAULICH", SANS_BOLD),
        paint_after=folio("Dienstleistungsvertrag Prozessdatenerfassung", "Seite", SANS),
    )
