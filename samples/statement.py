"""A bank statement without a ruled line: its rows are told apart by their dates alone."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from samples.house_style import GREY, INK, SANS, SANS_BOLD, cents, german

if TYPE_CHECKING:
    from collections.abc import Iterator

BANK = "Havelländische Sparbank eG"
OPENING = Decimal("3412.86")
_FIRST = date(2025, 6, 2)
_BOOKED, _VALUE, _TEXT = 20 * mm, 38 * mm, 56 * mm
_AMOUNT, _BALANCE = 152 * mm, 190 * mm  # where they end
_TOP, _LAST_LINE = 262 * mm, 36 * mm
_LEADING = 4.4 * mm

_ONCE = {
    2: ("Überweisung Hausverwaltung Möhring", "Miete Wohnung 12, Uferstraße 4", "-640.00"),
    11: ("Dauerauftrag Sparplan", "Verwendungszweck Urlaub", "-150.00"),
    23: ("Lastschrift Stadtwerke Rathenow", "Strom und Gas, Vertrag 4471920", "-118.40"),
    41: ("Gutschrift Finanzamt Nauen", "Erstattung Einkommensteuer 2024", "312.17"),
    72: ("Gutschrift Havelberg Feinmechanik GmbH", "Entgelt 06/2025, Personalnr. 00731", "2604.11"),
}
_OFTEN = (
    ("Kartenzahlung Bäckerei Lindow", "", -19, -3),
    ("Kartenzahlung Wochenmarkt Altstadt", "", -46, -8),
    ("Kartenzahlung Buchhandlung am Dom", "", -58, -9),
    ("Kartenzahlung Fahrradladen Speiche", "Rechnung 2025-118", -95, -24),
    ("Lastschrift Optikkasse Havelland", "Beitrag Mitglied 20731", -34, -18),
    ("Auszahlung Geldautomat Steinstraße", "", -60, -20),
    ("Gutschrift K. Perleberg", "Anteil Geschenk", 15, 40),
)


class Booking(NamedTuple):
    """One row; a debit is negative. The second line of its text may be empty."""

    booked: date
    value: date
    text: str
    purpose: str
    amount: Decimal
    balance: Decimal


def bookings(count: int = 84) -> list[Booking]:
    """Return the rows in their order; the balance runs with them."""
    chance = random.Random(20250602)
    found = []
    balance = OPENING
    for number in range(count):
        day = _FIRST + timedelta(days=number * 28 // count)
        often, purpose, least, most = chance.choice(_OFTEN)
        amount = Decimal(chance.randint(least * 100, most * 100))
        text, purpose, once = _ONCE.get(number, (often, purpose, ""))
        amount = Decimal(once) if once else cents(amount / 100)
        balance += amount
        value = day + timedelta(days=chance.choice((0, 0, 1)))
        found.append(Booking(day, value, text, purpose, amount, balance))
    return found


def kontoauszug() -> bytes:
    """German statement of account over a month: a running balance, carried from page to page."""
    rows = bookings()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, lang="de")
    canvas.setTitle("Kontoauszug 6/2025")
    canvas.setAuthor(BANK)
    pages = list(_pages(rows))
    for number, page in enumerate(pages, 1):
        height = _head(canvas, number, len(pages))
        before = OPENING if number == 1 else pages[number - 2][-1].balance
        label = "Alter Saldo vom 31.05.2025" if number == 1 else "Übertrag"
        height = _sum(canvas, height, label, before)
        for row in page:
            height = _row(canvas, height, row)
        if number < len(pages):
            _sum(canvas, height, "Übertrag auf die nächste Seite", page[-1].balance)
        else:
            height = _sum(canvas, height - 2 * mm, "Neuer Saldo vom 30.06.2025", page[-1].balance)
            canvas.drawString(_TEXT, height, f"Anzahl der Buchungen: {len(rows)}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _pages(rows: list[Booking]) -> Iterator[list[Booking]]:
    """Part the rows into what fits a page; none is parted itself."""
    page: list[Booking] = []
    room = start = _TOP - 44 * mm - _LAST_LINE
    for row in rows:
        needed = _LEADING * (2 if row.purpose else 1)
        if room < needed:
            yield page
            page, room = [], start + 30 * mm
        page.append(row)
        room -= needed
    yield page


def _head(canvas: Canvas, number: int, count: int) -> float:
    """Draw what stands above the rows; return where these begin, in points."""
    canvas.setFillColor(INK)
    canvas.setFont(SANS_BOLD, 13)
    canvas.drawString(_BOOKED, 280 * mm, BANK)
    canvas.setFont(SANS, 8)
    canvas.drawRightString(_BALANCE, 280 * mm, f"Seite {number} von {count}")
    height = _TOP
    if number == 1:
        canvas.setFont(SANS_BOLD, 11)
        canvas.drawString(_BOOKED, _TOP + 4 * mm, "Kontoauszug Nr. 6/2025")
        canvas.setFont(SANS, 8.5)
        for label, value in (
            ("Kontoinhaberin", "Katharina König"),
            ("IBAN", "DE02 1203 0000 0000 2020 51"),
            ("BIC", "HVLSDE6RXXX"),
            ("Zeitraum", "01.06.2025 bis 30.06.2025"),
            ("Währung", "EUR"),
        ):
            height -= 5 * mm
            canvas.drawString(_BOOKED, height, label)
            canvas.drawString(_BOOKED + 32 * mm, height, value)
        height -= 5 * mm
    canvas.setFont(SANS_BOLD, 8)
    height -= 6 * mm
    for x, text in ((_BOOKED, "Buchung"), (_VALUE, "Wert"), (_TEXT, "Vorgang")):
        canvas.drawString(x, height, text)
    for x, text in ((_AMOUNT, "Betrag EUR"), (_BALANCE, "Saldo EUR")):
        canvas.drawRightString(x, height, text)
    canvas.setFont(SANS, 8)
    return height - 6 * mm


def _row(canvas: Canvas, height: float, row: Booking) -> float:
    canvas.drawString(_BOOKED, height, f"{row.booked:%d.%m.}")
    canvas.drawString(_VALUE, height, f"{row.value:%d.%m.}")
    canvas.drawString(_TEXT, height, row.text)
    canvas.drawRightString(_AMOUNT, height, _signed(row.amount))
    canvas.drawRightString(_BALANCE, height, _signed(row.balance))
    if row.purpose:
        height -= _LEADING
        canvas.setFillColor(GREY)
        canvas.drawString(_TEXT, height, row.purpose)
        canvas.setFillColor(INK)
    return height - _LEADING


def _sum(canvas: Canvas, height: float, label: str, amount: Decimal) -> float:
    canvas.setFont(SANS_BOLD, 8)
    canvas.drawString(_TEXT, height, label)
    canvas.drawRightString(_BALANCE, height, _signed(amount))
    canvas.setFont(SANS, 8)
    return height - 1.4 * _LEADING


def _signed(amount: Decimal) -> str:
    """Return an amount as German banks print it: ``1.234,56-``."""
    return f"{german(abs(amount))}{'-' if amount < 0 else ''}"
