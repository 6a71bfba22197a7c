"""Bank statements made for one test each, over as many pages as their rows need."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas

ROWS_ON_A_PAGE = 42
_SHOPS = ("Bäckerei am Markt", "Stadtwerke", "Miete", "Gehalt", "Fahrkarte", "Buchladen")
_FIRST_DAY = date(2026, 1, 2)


@dataclass(frozen=True)
class Entry:
    """A transaction, and the balance after it."""

    day: date
    text: str
    amount: Decimal
    balance: Decimal


def entries(count: int, *, seed: str, opening: Decimal = Decimal("5000.00")) -> list[Entry]:
    """Return transactions that add up."""
    chance = random.Random(seed)
    balance, made = opening, []
    for number in range(count):
        amount = Decimal(chance.randint(-20_000, 21_000)) / 100 or Decimal("1.00")
        balance += amount
        day = _FIRST_DAY + timedelta(days=number * 80 // count)
        made.append(Entry(day, f"{chance.choice(_SHOPS)} {number + 1}", amount, balance))
    return made


def statement(
    shown: list[Entry], *, opening: Decimal, closing: Decimal, count: int | None = None
) -> bytes:
    """Return a statement that shows some entries, and says what balance and count it says."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setSubject(f"{opening} {closing} {len(shown)} {shown[0].amount}")
    pages = [shown[at : at + ROWS_ON_A_PAGE] for at in range(0, len(shown), ROWS_ON_A_PAGE)]
    for number, rows in enumerate(pages, 1):
        canvas.setFont("Helvetica", 10)
        top = 800.0
        if number == 1:
            for line in (
                "Sparbank Muster",
                "Kontoauszug",
                "Kontoinhaberin: Erika Beispiel",
                "IBAN: DE89 3704 0044 0532 0130 00",
                "Zeitraum: 02.01.2026 - 31.03.2026",
                f"Anfangssaldo: {_german(opening)} EUR",
                *([f"Anzahl Buchungen: {count}"] if count is not None else []),
            ):
                canvas.drawString(60, top, line)
                top -= 14
        canvas.drawString(60, top - 6, "Datum")
        canvas.drawString(130, top - 6, "Buchungstext")
        canvas.drawRightString(440, top - 6, "Betrag EUR")
        canvas.drawRightString(530, top - 6, "Saldo EUR")
        top -= 22
        for entry in rows:
            canvas.drawString(60, top, entry.day.strftime("%d.%m.%Y"))
            canvas.drawString(130, top, entry.text)
            canvas.drawRightString(440, top, _german(entry.amount))
            canvas.drawRightString(530, top, _german(entry.balance))
            top -= 14.5
        if number == len(pages):
            canvas.drawString(60, top - 10, f"Endsaldo: {_german(closing)} EUR")
        canvas.drawString(270, 40, f"Seite {number} von {len(pages)}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _german(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
