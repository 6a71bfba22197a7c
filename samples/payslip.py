"""A German payslip (Entgeltabrechnung) whose deductions follow from the gross pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

from samples.house_style import (
    BODY,
    CELL,
    CELL_HEAD,
    CELL_HEAD_RIGHT,
    CELL_RIGHT,
    GREY,
    RULE,
    SHADE,
    SMALL,
    SUBJECT,
    cents,
    german,
    typeset,
)
from samples.letterhead import FIRST_PAGE, LATER_PAGES, Letterhead, Sender

HAVELBERG = Sender(
    name="Havelberg Feinmechanik GmbH",
    claim="Personalabteilung",
    return_address="Havelberg Feinmechanik GmbH · Optikerweg 5 · 14712 Rathenow",
    colour=HexColor(0x3B4A6B),
    foot=(
        ("Havelberg Feinmechanik GmbH", "Optikerweg 5", "14712 Rathenow"),
        ("Betriebsnummer 97654321", "Amtsgericht Potsdam, HRB 31907", "USt-IdNr. DE299999901"),
        ("Rückfragen: Frau Jännicke", "Telefon +49 30 23125-204"),
    ),
)

PERSON = (
    ("Personalnummer", "00731"),
    ("Geburtsdatum", "12.05.1985"),
    ("Eintritt", "01.09.2016"),
    ("Steuer-ID", "86 095 742 719"),
    ("SV-Nummer", "53 120585 K 57 5"),
    ("Steuerklasse", "I, Kinderfreibeträge 0,0"),
    ("Konfession", "keine"),
    ("Krankenkasse", "BKK Havelland"),
)

EARNINGS = (
    ("100", "Monatsentgelt, Entgeltgruppe 9", Decimal("3980.00")),
    ("210", "Zulage Schichtführung", Decimal("230.00")),
    ("340", "Vermögenswirksame Leistungen, Anteil Arbeitgeber", Decimal("40.00")),
)
# Income tax of class I for this gross pay; the social rates are the employee's halves of 2025.
INCOME_TAX = Decimal("637.41")
SOCIAL_RATES = (
    ("Krankenversicherung 7,3 % zzgl. Zusatzbeitrag 1,25 %", Decimal("0.0855")),
    ("Pflegeversicherung 1,8 % zzgl. Zuschlag 0,6 %", Decimal("0.0240")),
    ("Rentenversicherung 9,3 %", Decimal("0.0930")),
    ("Arbeitslosenversicherung 1,3 %", Decimal("0.0130")),
)
SAVINGS = Decimal("40.00")


def ledger(header: tuple[str, str], rows: list[tuple[str, Decimal]], total: str) -> Table:
    """Return a table of amounts that ends with their sum."""
    amount = sum((value for _, value in rows), Decimal(0))
    cells: list[list[Any]] = [
        [Paragraph(header[0], CELL_HEAD), Paragraph(header[1], CELL_HEAD_RIGHT)]
    ]
    cells += [[Paragraph(label, CELL), Paragraph(german(v), CELL_RIGHT)] for label, v in rows]
    cells.append([Paragraph(total, CELL_HEAD), Paragraph(german(amount), CELL_HEAD_RIGHT)])
    return Table(
        cells,
        colWidths=[130 * mm, 35 * mm],
        style=TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
                ("LINEABOVE", (0, -1), (-1, -1), 0.6, GREY),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        ),
    )


def entgeltabrechnung() -> bytes:
    """German payslip for one month, with tax id, insurance number and bank account."""
    gross = sum((amount for _, _, amount in EARNINGS), Decimal(0))
    social = [(label, cents(gross * rate)) for label, rate in SOCIAL_RATES]
    net = gross - INCOME_TAX - sum((amount for _, amount in social), Decimal(0))
    head = Letterhead(
        sender=HAVELBERG,
        recipient=(
            "Persönlich/Vertraulich",
            "Frau Katharina König",
            "Schleusenstraße 23",
            "14712 Rathenow",
        ),
        information=PERSON,
    )
    story = [
        Paragraph("Entgeltabrechnung für Mai 2025", SUBJECT),
        ledger(
            ("Lohnart und Bezeichnung", "Betrag in €"),
            [(f"{number} {label}", amount) for number, label, amount in EARNINGS],
            "Gesamtbrutto",
        ),
        Spacer(0, 7),
        ledger(
            ("Steuerliche Abzüge", "Betrag in €"),
            [("Lohnsteuer", INCOME_TAX), ("Solidaritätszuschlag", Decimal("0.00"))],
            "Summe der Steuern",
        ),
        Spacer(0, 7),
        ledger(
            ("Sozialversicherung, Anteil Arbeitnehmerin", "Betrag in €"),
            social,
            "Summe der Sozialversicherungsbeiträge",
        ),
        Spacer(0, 7),
        ledger(
            ("Auszahlung", "Betrag in €"),
            [
                ("Nettoverdienst", net),
                ("Überweisung vermögenswirksame Leistungen", -SAVINGS),
            ],
            "Auszahlungsbetrag",
        ),
        Spacer(0, 8),
        Paragraph(
            "Die Überweisung erfolgt zum 30.05.2025 auf das Konto IBAN "
            "DE02 1203 0000 0000 2020 51 bei der Havelländischen Sparbank eG.",
            BODY,
        ),
        Paragraph(
            "Urlaubsanspruch 2025: 30 Tage, davon genommen 11, Rest 19. Arbeitszeitkonto am "
            "31.05.2025: +14,5 Stunden. Diese Abrechnung ist eine Entgeltbescheinigung nach "
            "§ 108 Abs. 3 Satz 1 der Gewerbeordnung; bitte bewahren Sie sie auf.",
            SMALL,
        ),
    ]
    return typeset(
        story,
        title="Entgeltabrechnung Mai 2025",
        author=HAVELBERG.name,
        language="de",
        paint_before=head.paint_head,
        paint_after=head.paint_foot,
        first=FIRST_PAGE,
        margins=LATER_PAGES,
    )
