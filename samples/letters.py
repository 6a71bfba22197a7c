"""Two business letters and a press release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer

from samples.house_style import (
    BODY,
    GREY,
    HEADING,
    RULE,
    SANS,
    SANS_BOLD,
    SERIF,
    SERIF_BODY,
    SERIF_BOLD,
    SMALL,
    SUBJECT,
    TITLE,
    Margins,
    flow,
    read_prose,
    typeset,
)
from samples.invoices import BRANDT
from samples.letterhead import FIRST_PAGE, LATER_PAGES, PAGE_HEIGHT, PAGE_WIDTH, Letterhead

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


def brief() -> bytes:
    """German business letter after DIN 5008 about a late delivery."""
    head = Letterhead(
        sender=BRANDT,
        recipient=("Frau", "Dr. Aylin Öztürk", "Weißgerbergasse 11", "90403 Nürnberg"),
        information=(
            ("Ihr Zeichen", "öz"),
            ("Unser Zeichen", "jb-2025-031"),
            ("Name", "Jörg Brandt"),
            ("Telefon", "+49 171 3920011"),
            ("E-Mail", "j.brandt@brandt.example"),
            ("Datum", "11. März 2025"),
        ),
    )
    story = [
        Paragraph("Dachstuhl Weißgerbergasse 11: neuer Montagetermin", SUBJECT),
        *flow(read_prose("brief")),
        Spacer(0, 22),
        Paragraph("Jörg Brandt<br/>Geschäftsführer", BODY),
        Paragraph("Anlagen: Bauzeitenplan, verkehrsrechtliche Anordnung", SMALL),
    ]
    return typeset(
        story,
        title="Neuer Montagetermin",
        author=BRANDT.name,
        language="de",
        paint_before=head.paint_head,
        paint_after=head.paint_foot,
        first=FIRST_PAGE,
        margins=LATER_PAGES,
    )


def letter() -> bytes:
    """English letter of a surveyor to the owner of a house."""

    def paint_head(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(HexColor(0x24513B))
        canvas.setFont(SERIF_BOLD, 20)
        canvas.drawString(28 * mm, PAGE_HEIGHT - 26 * mm, "Ashcombe & Rowe")
        canvas.setFont(SERIF, 10)
        canvas.drawString(28 * mm, PAGE_HEIGHT - 32 * mm, "Chartered Building Surveyors")
        canvas.setFillColor(GREY)
        canvas.setFont(SERIF, 9)
        for index, line in enumerate(
            ("9 Priory Row", "Bath BA2 6LT", "020 7946 0321", "office@ashcombe-rowe.example")
        ):
            canvas.drawRightString(
                PAGE_WIDTH - 26 * mm, PAGE_HEIGHT - (24 + 4.2 * index) * mm, line
            )

    def paint_foot(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(GREY)
        canvas.setFont(SERIF, 8)
        canvas.drawCentredString(
            PAGE_WIDTH / 2,
            15 * mm,
            "Ashcombe & Rowe LLP is registered in England and Wales under number OC794632",
        )

    story = [
        Paragraph(
            "Mrs Eleanor Whitcombe<br/>Orchard House<br/>27 Church Lane<br/>Frome BA11 8QR",
            SERIF_BODY,
        ),
        Spacer(0, 8),
        Paragraph("19 June 2025", SERIF_BODY),
        Paragraph("Our reference: AR/25/1174", SERIF_BODY),
        Spacer(0, 8),
    ]
    salutation, *text = flow(read_prose("letter"), SERIF_BODY)
    subject = Paragraph("<b>Survey of Orchard House, 27 Church Lane</b>", SERIF_BODY)
    story += [salutation, subject, *text, Spacer(0, 26)]
    story.append(Paragraph("Thomas Rowe MRICS<br/>Partner", SERIF_BODY))
    story.append(Paragraph("Enclosure: list of contractors with estimate of costs", SERIF_BODY))
    return typeset(
        story,
        title="Survey of Orchard House",
        author="Ashcombe & Rowe",
        language="en",
        paint_before=paint_head,
        paint_after=paint_foot,
        margins=Margins(left=28 * mm, right=26 * mm, top=56 * mm, bottom=24 * mm),
    )


def pressemitteilung() -> bytes:
    """German press release about a new ferry, released for publication."""

    def paint_head(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(HexColor(0x0B5C7A))
        canvas.setFont(SANS_BOLD, 13)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 22 * mm, "Fährgesellschaft Althafen mbH")
        canvas.setFillColor(GREY)
        canvas.setFont(SANS, 8)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 27 * mm, "Presse und Öffentlichkeitsarbeit")
        canvas.setStrokeColor(RULE)
        canvas.line(25 * mm, PAGE_HEIGHT - 31 * mm, A4[0] - 22 * mm, PAGE_HEIGHT - 31 * mm)

    title, *text = (
        Paragraph("Elektrische Fähre verbindet ab Juni Althafen und Grünwerder", TITLE),
        *flow(read_prose("pressemitteilung"), BODY, HEADING),
    )
    story = [
        Paragraph("<b>PRESSEMITTEILUNG</b> Nr. 7/2025", BODY),
        Paragraph("Zur Veröffentlichung freigegeben · Althafen, 20. Mai 2025", BODY),
        title,
        *text,
        Paragraph("Pressekontakt", HEADING),
        Paragraph(
            "Fährgesellschaft Althafen mbH, Pressestelle, Am Kai 3, 21769 Althafen<br/>"
            "Telefon 040 66969-120, presse@faehre-althafen.example<br/>"
            "Bildmaterial steht unter www.faehre-althafen.example/presse zum Abruf bereit. "
            "Abdruck honorarfrei, Belegexemplar erbeten.",
            BODY,
        ),
    ]
    return typeset(
        story,
        title="Elektrische Fähre verbindet Althafen und Grünwerder",
        author="Fährgesellschaft Althafen mbH",
        language="de",
        paint_before=paint_head,
        margins=Margins(top=38 * mm, bottom=20 * mm),
    )
