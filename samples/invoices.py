"""Invoices and a credit note, whose totals are computed from their positions."""

# ruff: noqa: RUF001 (typographic dashes and multiplication signs are meant)
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table, TableStyle

from samples.house_style import (
    BODY,
    CELL,
    CELL_HEAD,
    CELL_HEAD_RIGHT,
    CELL_RIGHT,
    GREY,
    RULE,
    SANS,
    SANS_BOLD,
    SHADE,
    SMALL,
    SUBJECT,
    TITLE,
    Margins,
    cents,
    german,
    typeset,
)
from samples.letterhead import FIRST_PAGE, LATER_PAGES, PAGE_HEIGHT, Letterhead, Sender

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

BRANDT = Sender(
    name="Brandt Holzbau GmbH",
    claim="Zimmerei · Abbund · Dachstühle · Aufstockungen",
    return_address="Brandt Holzbau GmbH · Sägemühlenweg 17 · 90427 Nürnberg",
    colour=HexColor(0x8A4B1F),
    foot=(
        (
            "Brandt Holzbau GmbH",
            "Sägemühlenweg 17",
            "90427 Nürnberg",
            "www.brandt.example",
        ),
        (
            "Geschäftsführer: Jörg Brandt",
            "Amtsgericht Nürnberg, HRB 28417",
            "USt-IdNr. DE136695976",
            "Steuernummer 241/123/45678",
        ),
        (
            "Bankverbindung: Commerzbank",
            "IBAN DE89 3704 0044 0532 0130 00",
            "BIC COBADEFFXXX",
        ),
    ),
)

LINDNER = (
    "Architekturbüro Lindner & Partner mbB",
    "Frau Sabine Lindner",
    "Fürther Straße 88",
    "90429 Nürnberg",
)


class Position(NamedTuple):
    """One line of an invoice; `price` is net, per unit."""

    description: str
    quantity: Decimal
    unit: str
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Net amount of the line."""
        return cents(self.quantity * self.price)


RECHNUNG_POSITIONS = (
    Position(
        "Konstruktionsvollholz KVH-Si, Fichte, 80 × 200 mm, gehobelt und gefast",
        Decimal("6.480"),
        "m³",
        Decimal("642.00"),
    ),
    Position(
        "Brettschichtholz GL24h, Sichtqualität, Firstpfette 160 × 320 mm, Länge 12,40 m",
        Decimal("2"),
        "Stück",
        Decimal("918.50"),
    ),
    Position("Abbund nach Werkplan W-03, maschinell", Decimal("214.5"), "lfm", Decimal("7.80")),
    Position("Montage des Dachstuhls, Facharbeiter", Decimal("86"), "Std.", Decimal("58.40")),
    Position("Autokran 60 t mit Bedienung", Decimal("1"), "Tag", Decimal("1140.00")),
    Position(
        "Verbindungsmittel: Balkenschuhe, Sparrenpfettenanker, Vollgewindeschrauben",
        Decimal("1"),
        "psch.",
        Decimal("486.30"),
    ),
)

GUTSCHRIFT_POSITIONS = (
    Position(
        "Konstruktionsvollholz KVH-Si 80 × 200 mm: Rückgabe von acht nicht benötigten Sparren",
        Decimal("0.640"),
        "m³",
        Decimal("642.00"),
    ),
    Position("Montage: drei Stunden doppelt berechnet", Decimal("3"), "Std.", Decimal("58.40")),
)

INVOICE_POSITIONS = (
    Position("Site survey and condition report, pump house 2", Decimal("2"), "days", Decimal(880)),
    Position("Replacement impeller, bronze, 240 mm", Decimal("2"), "pcs", Decimal("1345.00")),
    Position("Mechanical seal kit, type MG1-65", Decimal("4"), "pcs", Decimal("212.75")),
    Position("Fitting and alignment, two engineers", Decimal("26"), "hours", Decimal("74.50")),
    Position("Commissioning run and vibration record", Decimal("1"), "lot", Decimal("560.00")),
)


class Totals(NamedTuple):
    """Net, tax and gross sums of an invoice."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def add_up(positions: tuple[Position, ...], tax_rate: Decimal) -> Totals:
    """Return the sums of the positions at one rate of value added tax (0.19 for 19 %)."""
    net = sum((position.total for position in positions), Decimal(0))
    tax = cents(net * tax_rate)
    return Totals(net, tax, net + tax)


def positions_table(
    header: tuple[str, ...], rows: list[tuple[str, ...]], sums: list[tuple[str, str]]
) -> Table:
    """Return the table of positions with its sums; the columns after the second are numbers."""
    cells: list[list[Any]] = [
        [Paragraph(text, CELL_HEAD_RIGHT if i > 1 else CELL_HEAD) for i, text in enumerate(header)]
    ]
    cells += [
        [Paragraph(text, CELL_RIGHT if i > 1 else CELL) for i, text in enumerate(row)]
        for row in rows
    ]
    for index, (label, amount) in enumerate(sums):
        is_last = index == len(sums) - 1
        style = CELL_HEAD_RIGHT if is_last else CELL_RIGHT
        cells.append([Paragraph(label, style), "", "", "", "", Paragraph(amount, style)])
    first_sum = len(rows) + 1
    return Table(
        cells,
        colWidths=[11 * mm, 69 * mm, 19 * mm, 16 * mm, 24 * mm, 26 * mm],
        repeatRows=1,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, GREY),
                ("LINEBELOW", (0, 1), (-1, first_sum - 1), 0.4, RULE),
                ("LINEABOVE", (0, -1), (-1, -1), 0.6, GREY),
                ("LINEBELOW", (0, -1), (-1, -1), 1.2, GREY),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                *(("SPAN", (0, row), (4, row)) for row in range(first_sum, len(cells))),
            ]
        ),
    )


def german_positions(
    positions: tuple[Position, ...], totals: Totals, grand_total_label: str
) -> Table:
    """Return the table of positions in German, at 19 % value added tax, in euros."""
    return positions_table(
        ("Pos.", "Bezeichnung", "Menge", "Einheit", "Einzelpreis", "Gesamtpreis"),
        [
            (
                str(number),
                position.description,
                german(position.quantity),
                position.unit,
                f"{german(position.price)} €",
                f"{german(position.total)} €",
            )
            for number, position in enumerate(positions, 1)
        ],
        [
            ("Nettobetrag", f"{german(totals.net)} €"),
            ("zzgl. 19 % Umsatzsteuer", f"{german(totals.tax)} €"),
            (grand_total_label, f"{german(totals.gross)} €"),
        ],
    )


def rechnung() -> bytes:
    """German invoice for timber and carpentry, with discount terms and bank details."""
    totals = add_up(RECHNUNG_POSITIONS, Decimal("0.19"))
    discount = cents(totals.gross * Decimal("0.02"))
    head = Letterhead(
        sender=BRANDT,
        recipient=LINDNER,
        information=(
            ("Rechnungsnummer", "2025-0417"),
            ("Rechnungsdatum", "14.04.2025"),
            ("Kundennummer", "10482"),
            ("Ihr Auftrag", "AL-2025-031"),
            ("Leistungszeit", "31.03.–04.04.2025"),
            ("Bearbeitung", "Petra Kühnel"),
            ("Telefon", "+49 171 3920012"),
        ),
    )
    story = [
        Paragraph("Rechnung Nr. 2025-0417", SUBJECT),
        Paragraph("Sehr geehrte Frau Lindner,", BODY),
        Paragraph(
            "für die Lieferung und Montage des Dachstuhls am Bauvorhaben Weißgerbergasse 11 "
            "berechnen wir Ihnen wie vereinbart:",
            BODY,
        ),
        german_positions(RECHNUNG_POSITIONS, totals, "Rechnungsbetrag"),
        Spacer(0, 12),
        KeepTogether(
            [
                Paragraph(
                    f"Bitte überweisen Sie den Rechnungsbetrag von {german(totals.gross)} € bis "
                    "zum 14.05.2025 ohne Abzug auf das unten genannte Konto. Bei Zahlung bis zum "
                    f"24.04.2025 gewähren wir 2 % Skonto, das sind {german(discount)} €. Geben Sie "
                    "als Verwendungszweck bitte die Rechnungsnummer an.",
                    BODY,
                ),
                Paragraph(
                    "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum. Wir danken "
                    "für Ihren Auftrag und die gute Zusammenarbeit auf der Baustelle.",
                    BODY,
                ),
            ]
        ),
    ]
    return typeset(
        story,
        title="Rechnung 2025-0417",
        author=BRANDT.name,
        language="de",
        paint_before=head.paint_head,
        paint_after=head.paint_foot,
        first=FIRST_PAGE,
        margins=LATER_PAGES,
    )


def gutschrift() -> bytes:
    """German credit note that corrects the invoice above."""
    totals = add_up(GUTSCHRIFT_POSITIONS, Decimal("0.19"))
    head = Letterhead(
        sender=BRANDT,
        recipient=LINDNER,
        information=(
            ("Gutschriftnummer", "2025-G-0032"),
            ("Datum", "06.05.2025"),
            ("Kundennummer", "10482"),
            ("Zu Rechnung", "2025-0417"),
            ("Bearbeitung", "Petra Kühnel"),
            ("Telefon", "+49 171 3920012"),
        ),
    )
    story = [
        Paragraph("Gutschrift Nr. 2025-G-0032 (Rechnungskorrektur)", SUBJECT),
        Paragraph("Sehr geehrte Frau Lindner,", BODY),
        Paragraph(
            "zu unserer Rechnung Nr. 2025-0417 vom 14.04.2025 schreiben wir Ihnen die folgenden "
            "Beträge gut:",
            BODY,
        ),
        german_positions(GUTSCHRIFT_POSITIONS, totals, "Gutschriftsbetrag"),
        Spacer(0, 12),
        Paragraph(
            f"Den Betrag von {german(totals.gross)} € erstatten wir innerhalb von zehn Tagen auf "
            "Ihr uns bekanntes Konto mit der Endziffer 7030. Bitte berichtigen Sie Ihren "
            "Vorsteuerabzug entsprechend. Wir bitten, das Versehen bei der Stundenabrechnung zu "
            "entschuldigen.",
            BODY,
        ),
        Paragraph("Mit freundlichen Grüßen", BODY),
        Paragraph("Petra Kühnel<br/>Buchhaltung", BODY),
    ]
    return typeset(
        story,
        title="Gutschrift 2025-G-0032",
        author=BRANDT.name,
        language="de",
        paint_before=head.paint_head,
        paint_after=head.paint_foot,
        first=FIRST_PAGE,
        margins=LATER_PAGES,
    )


def invoice() -> bytes:
    """English invoice for work on pumps, in pounds."""
    totals = add_up(INVOICE_POSITIONS, Decimal("0.20"))

    def paint_head(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(HexColor(0x17466B))
        canvas.setFont(SANS_BOLD, 16)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 25 * mm, "Severn Pump Services Ltd")
        canvas.setFillColor(GREY)
        canvas.setFont(SANS, 8)
        for index, line in enumerate(
            (
                "Unit 6, Tannery Lane, Gloucester GL1 2PN, United Kingdom",
                "Telephone +44 20 7946 0188 · accounts@severnpumps.example",
            )
        ):
            canvas.drawString(25 * mm, PAGE_HEIGHT - (31 + 4 * index) * mm, line)
        canvas.setStrokeColor(RULE)
        canvas.line(25 * mm, PAGE_HEIGHT - 39 * mm, A4[0] - 20 * mm, PAGE_HEIGHT - 39 * mm)

    def paint_foot(canvas: Canvas, _page: int) -> None:
        canvas.setFillColor(GREY)
        canvas.setFont(SANS, 7)
        canvas.drawString(
            25 * mm,
            18 * mm,
            "Severn Pump Services Ltd · Registered in England and Wales No. 07946188 · "
            "VAT registration No. GB 980 7806 84",
        )

    details = (
        ("Invoice to", "Invoice number", "SPS-20418"),
        ("Calder Valley Water Board", "Invoice date", "28 May 2025"),
        ("Accounts Payable", "Due date", "27 June 2025"),
        ("Mill House, 3 Weir Road", "Purchase order", "CVW-7731"),
        ("Hebden HX7 4QT", "Account number", "C-1187"),
    )
    story = [
        Paragraph("Invoice", TITLE),
        Table(
            [
                [
                    Paragraph(address, CELL_HEAD if row == 0 else CELL),
                    Paragraph(label, CELL),
                    Paragraph(value, CELL_HEAD),
                ]
                for row, (address, label, value) in enumerate(details)
            ],
            colWidths=[95 * mm, 35 * mm, 35 * mm],
            style=TableStyle(
                [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
            ),
        ),
        Spacer(0, 14),
        positions_table(
            ("No.", "Description", "Quantity", "Unit", "Unit price", "Amount"),
            [
                (
                    str(number),
                    position.description,
                    f"{position.quantity}",
                    position.unit,
                    f"£{position.price:,.2f}",
                    f"£{position.total:,.2f}",
                )
                for number, position in enumerate(INVOICE_POSITIONS, 1)
            ],
            [
                ("Subtotal", f"£{totals.net:,.2f}"),
                ("VAT at 20%", f"£{totals.tax:,.2f}"),
                ("Total due", f"£{totals.gross:,.2f}"),
            ],
        ),
        Spacer(0, 14),
        Paragraph(
            "Payment terms: thirty days from the date of invoice. Please quote the invoice number "
            "with your payment. Interest on late payments is charged at 8 per cent above the base "
            "rate of the Bank of England.",
            BODY,
        ),
        Paragraph(
            "Bank: National Westminster Bank<br/>Account name: Severn Pump Services Ltd<br/>"
            "IBAN: GB29 NWBK 6016 1331 9268 19<br/>BIC: NWBKGB2L",
            BODY,
        ),
        Paragraph(
            "Parts carry a warranty of twelve months. The vibration record and the report on pump "
            "house 2 have been sent to your engineer, Mr D. Hargreaves, by separate post.",
            SMALL,
        ),
    ]
    return typeset(
        story,
        title="Invoice SPS-20418",
        author="Severn Pump Services Ltd",
        language="en",
        paint_before=paint_head,
        paint_after=paint_foot,
        margins=Margins(top=48 * mm, right=20 * mm),
    )
