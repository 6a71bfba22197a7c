"""Bank statements of our own making: every row with its truth, in many layouts of invented banks.

A seeded generator draws language, columns (an amount with its sign, or debit and credit; a balance
or none; numbers or none), rules, descriptions of several lines, heads that are repeated or not,
carried sums, stated counts and balances, date and number styles, and which of them stand where.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

_SYLLABLES = "bar ker lin mos tal ven dor han rid sel wes gor fal nim pel quin tro ulb zen hof"
_WORDS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "en": {
        "bank": "Bank", "title": "Statement of account", "date": ("Date", "Posting date"),
        "value": "Value date", "text": ("Description", "Details", "Particulars"),
        "debit": ("Debit", "Paid out", "Withdrawals"), "credit": ("Credit", "Paid in", "Deposits"),
        "amount": ("Amount", "Amount (GBP)"), "balance": "Balance", "number": "No.",
        "opening": ("Opening balance", "Previous balance"),
        "closing": ("Closing balance", "New balance"),
        "carried": "Carried forward", "brought": "Brought forward",
        "count": ("Number of transactions: {}", "{} transactions"), "page": "Page {} of {}",
        "period": "Statement period {} to {}", "holder": "Account holder",
        "kinds": ("Card payment", "Direct debit", "Standing order", "Transfer from", "Cash"),
    },
    "de": {
        "bank": "Bank", "title": "Kontoauszug", "date": ("Datum", "Buchungstag"),
        "value": "Wert", "text": ("Verwendungszweck", "Buchungstext", "Vorgang"),
        "debit": ("Soll", "Belastung"), "credit": ("Haben", "Gutschrift"),
        "amount": ("Betrag", "Betrag in EUR", "Betrag (EUR)"), "balance": "Saldo", "number": "Nr.",
        "opening": ("Alter Kontostand", "Anfangssaldo"),
        "closing": ("Neuer Kontostand", "Endsaldo"),
        "carried": "Übertrag", "brought": "Übertrag",
        "count": ("Anzahl Buchungen: {}", "Anzahl der Posten: {}"), "page": "Seite {} von {}",
        "period": "Zeitraum {} bis {}", "holder": "Kontoinhaber",
        "kinds": ("Kartenzahlung", "Lastschrift", "Dauerauftrag", "Gutschrift von", "Auszahlung"),
    },
    "fr": {
        "bank": "Banque", "title": "Relevé de compte", "date": ("Date", "Date opération"),
        "value": "Valeur", "text": ("Libellé", "Nature de l'opération"),
        "debit": ("Débit",), "credit": ("Crédit",), "amount": ("Montant", "Montant EUR"),
        "balance": "Solde", "number": "N°", "opening": ("Ancien solde", "Solde initial"),
        "closing": ("Nouveau solde", "Solde final"), "carried": "À reporter",
        "brought": "Report", "count": ("Nombre d'opérations : {}", "{} opérations"),
        "page": "Page {} sur {}", "period": "Période du {} au {}", "holder": "Titulaire",
        "kinds": ("Paiement carte", "Prélèvement", "Virement de", "Retrait", "Virement à"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """What a statement looks like; ``witness`` is what it states that rows can be held against."""

    language: str
    columns: str
    balance: bool
    numbered: bool
    value_date: bool
    lines: int
    rules: str
    head_again: bool
    carried: bool
    counted: bool
    ends: str
    newest_first: bool
    dates: str
    size: float
    letter: bool
    gap: float
    seed: int

    @property
    def stated(self) -> bool:
        """Whether anything stands on it that tells how many rows there are, or what they sum to."""
        return self.balance or self.numbered or self.counted or self.ends != "none"


@dataclass(frozen=True)
class Row:
    """One transaction; ``balance`` is the one after it, None where none is printed."""

    day: date
    text: tuple[str, ...]
    amount: Decimal
    balance: Decimal | None


@dataclass(frozen=True)
class Statement:
    """A statement as PDF and its rows in the order in which they are printed."""

    layout: Layout
    pdf: bytes
    rows: tuple[Row, ...]
    opening: Decimal
    closing: Decimal


def layouts(count: int, seed: int = 3) -> list[Layout]:
    """Return layouts; those in which nothing is stated are every eighth."""
    draw = random.Random(seed)
    made = []
    for index in range(count):
        language = ("de", "en", "fr")[index % 3]
        silent = index % 8 == 7
        balance = not silent and draw.random() < 0.5
        newest = not silent and balance and draw.random() < 0.2
        ends = "none" if silent else draw.choice(("lines", "box", "lines", "box", "none"))
        counted = not silent and draw.random() < 0.4
        numbered = not silent and draw.random() < 0.3
        if not silent and not (balance or counted or numbered) and ends == "none":
            ends = "lines"
        made.append(
            Layout(
                language=language,
                columns=draw.choice(("signed", "sides", "sides", "marked" if language == "de"
                                     else "signed")),
                balance=balance,
                numbered=numbered,
                value_date=draw.random() < 0.35,
                lines=1 if silent else draw.choice((1, 1, 2, 3)),
                rules=draw.choice(("none", "rows", "grid", "head")),
                head_again=draw.random() < 0.7,
                carried=not silent and not newest and draw.random() < 0.4,
                counted=counted,
                ends=ends,
                newest_first=newest,
                dates=draw.choice(
                    {"de": ("%d.%m.%Y", "%d.%m.%y"), "en": ("%d %b %Y", "%d/%m/%Y", "%Y-%m-%d"),
                     "fr": ("%d/%m/%Y", "%d.%m.%Y")}[language]
                ),
                size=draw.choice((7.5, 8.0, 9.0)),
                letter=draw.random() < 0.2,
                gap=draw.choice((0.2, 0.35, 0.6)),
                seed=index,
            )
        )  # fmt: skip
    return made


def statement(
    layout: Layout,
    rows: int,
    *,
    blank: frozenset[int] = frozenset(),
    gone: frozenset[int] = frozenset(),
) -> Statement:
    """Return a statement of so many rows.

    Parameters
    ----------
    layout, rows
        What it looks like, and how many transactions it is about.
    blank
        Rows (from 0) whose words are missing, where their space is left.
    gone
        Rows that are missing without a trace, as if a page had been cut; what is stated of them,
        sums, balances, counts and numbers, stays.
    """
    draw = random.Random(layout.seed * 100_003 + rows)
    words = _WORDS[layout.language]
    day = date(2025, 1, 2) + timedelta(days=draw.randrange(300))
    opening = balance = Decimal(draw.randrange(-200_000, 4_000_000)) / 100
    made = []
    for _ in range(rows):
        day += timedelta(
            days=draw.choice((0, 0, 0, 1, 1, 2)) if rows < 500 else draw.random() < 0.1
        )
        amount = Decimal(draw.choice((-1, -1, 1)) * draw.randrange(101, 300_000)) / 100
        balance += amount
        text = [f"{draw.choice(words['kinds'])} {_name(draw)}"]
        text += [_more(draw) for _ in range(draw.randrange(layout.lines))]
        made.append(Row(day, tuple(text), amount, balance if layout.balance else None))
    closing = balance
    if layout.newest_first:
        made.reverse()
    pdf = _Press(layout, made, opening, closing, draw, blank, gone).printed()
    return Statement(layout, pdf, tuple(made), opening, closing)


def _name(draw: random.Random) -> str:
    return "".join(draw.sample(_SYLLABLES.split(), 2)).capitalize()


def _more(draw: random.Random) -> str:
    """Return another line of a description: some of them look like dates or amounts."""
    return draw.choice(
        (
            f"Ref {draw.randrange(10**6, 10**9)}",
            f"{_name(draw)} {_name(draw)}",
            f"{_name(draw)} {draw.randrange(1, 99)}/{draw.randrange(100, 999)}",
            f"{_name(draw)} 12.03.2024 {draw.randrange(10, 99)},50 EUR",
        )
    )


class _Press:
    """Sets one statement, page by page."""

    def __init__(
        self,
        layout: Layout,
        rows: Sequence[Row],
        opening: Decimal,
        closing: Decimal,
        draw: random.Random,
        blank: frozenset[int],
        gone: frozenset[int],
    ) -> None:
        self._layout, self._rows = layout, rows
        self._blank, self._gone = blank, gone
        self._opening, self._closing = opening, closing
        self._size = LETTER if layout.letter else A4
        self._columns = self._placed()
        self._bank = f"{_name(draw)} {_WORDS[layout.language]['bank']}"
        self._labels: dict[str, str] = {
            key: draw.choice(said) if isinstance(said, tuple) else said
            for key, said in _WORDS[layout.language].items()
        }
        self._canvas: Canvas
        self._y = 0.0

    def printed(self) -> bytes:
        """Return the PDF; it is set twice, as every page says how many there are."""
        pages = self._set(0)[1]
        return self._set(pages)[0]

    def _placed(self) -> list[tuple[str, float, float]]:
        """Return columns: name, left and right side."""
        layout = self._layout
        narrow = [("number", 30.0)] if layout.numbered else []
        narrow.append(("date", 78.0))
        if layout.value_date:
            narrow.append(("value", 62.0))
        right = (
            [("amount", 82.0)] if layout.columns != "sides" else [("debit", 74.0), ("credit", 74.0)]
        )
        if layout.balance:
            right.append(("balance", 82.0))
        left = 45.0
        wide = self._size[0] - 90 - sum(width for _, width in narrow + right)
        columns = []
        for name, width in [*narrow, ("text", wide), *right]:
            columns.append((name, left, left + width))
            left += width
        return columns

    def _set(self, pages: int) -> tuple[bytes, int]:
        buffer = io.BytesIO()
        self._canvas = canvas = Canvas(buffer, pagesize=self._size, invariant=1)
        layout, step = self._layout, self._layout.size * 1.2
        self._page = 1
        self._top(first=True)
        running = self._opening if not layout.newest_first else self._closing
        moved = Decimal(0)
        if layout.ends == "lines" and not layout.newest_first:
            self._sum(self._labels["opening"], self._opening)
        for number, row in enumerate(self._rows, 1):
            if number - 1 in self._gone:
                moved += row.amount
                running += row.amount if not layout.newest_first else -row.amount
                continue
            height = len(row.text) * step + layout.gap * step
            room = height + (2.2 * step if layout.carried else 0)
            if self._y - room < 70:
                if layout.carried:
                    self._sum(self._labels["carried"], running if layout.balance else moved)
                self._footer(pages)
                canvas.showPage()
                self._page += 1
                self._top(first=False)
                if layout.carried:
                    self._sum(self._labels["brought"], running if layout.balance else moved)
            self._row(number, row, height, step)
            moved += row.amount
            running += row.amount if not layout.newest_first else -row.amount
        if layout.ends == "lines":
            self._sum(
                self._labels["closing" if not layout.newest_first else "opening"],
                self._closing if not layout.newest_first else self._opening,
            )
        if layout.counted:
            self._y -= 2 * step
            self._text(45, self._labels["count"].format(len(self._rows)))
        self._footer(pages)
        canvas.save()
        return buffer.getvalue(), self._page

    def _top(self, *, first: bool) -> None:
        canvas, layout = self._canvas, self._layout
        self._y = self._size[1] - 50
        canvas.setFont("Helvetica-Bold", layout.size + 3)
        canvas.drawString(45, self._y, self._bank)
        canvas.setFont("Helvetica", layout.size)
        self._y -= 22
        if first:
            days = sorted(row.day for row in self._rows)
            for line in (
                self._labels["title"],
                f"{self._labels['holder']}: {_name(random.Random(layout.seed))}",
                "IBAN: DE89 3704 0044 0532 0130 00",
                self._labels["period"].format(self._date(days[0]), self._date(days[-1])),
            ):
                self._text(45, line)
                self._y -= layout.size * 1.5
            if layout.ends == "box":
                for key, value in (("opening", self._opening), ("closing", self._closing)):
                    self._text(45, self._labels[key])
                    self._right(330, self._money(value, column="balance"))
                    self._y -= layout.size * 1.5
            self._y -= 16
        if first or layout.head_again:
            canvas.setFont("Helvetica-Bold", layout.size)
            for name, left, right in self._columns:
                if name in {"amount", "debit", "credit", "balance"}:
                    canvas.drawRightString(right - 4, self._y, self._labels[name])
                else:
                    canvas.drawString(left + 3, self._y, self._labels[name])
            canvas.setFont("Helvetica", layout.size)
            if layout.rules != "none":
                canvas.line(45, self._y - 4, self._size[0] - 45, self._y - 4)
            self._y -= layout.size * 1.9

    def _row(self, number: int, row: Row, height: float, step: float) -> None:
        top = self._y + self._layout.size * 0.95
        if number - 1 not in self._blank:
            for name, left, right in self._columns:
                if name == "text":
                    for at, line in enumerate(row.text):
                        self._canvas.drawString(left + 3, self._y - at * step, line)
                else:
                    self._cell(name, number, row, left, right)
        self._y -= height
        if self._layout.rules in {"rows", "grid"}:
            self._rules(top, top - height)

    def _cell(self, name: str, number: int, row: Row, left: float, right: float) -> None:
        if name == "number":
            self._text(left + 3, str(number))
        elif name in {"date", "value"}:
            self._text(left + 3, self._date(row.day))
        elif name == "balance":
            self._right(right - 4, self._money(row.balance or Decimal(0), column=name))
        elif name == "amount":
            self._right(right - 4, self._money(row.amount, column=name))
        elif (row.amount < 0) == (name == "debit"):
            self._right(right - 4, self._money(abs(row.amount), column=name))

    def _rules(self, top: float, bottom: float) -> None:
        self._canvas.line(45, bottom, self._size[0] - 45, bottom)
        if self._layout.rules == "grid":
            for _, left, _ in self._columns:
                self._canvas.line(left, top, left, bottom)
            self._canvas.line(self._size[0] - 45, top, self._size[0] - 45, bottom)

    def _sum(self, label: str, amount: Decimal) -> None:
        step = self._layout.size * 1.2
        left = next(left for name, left, _ in self._columns if name == "text")
        self._text(left + 3, label)
        place = {name: right for name, _, right in self._columns}
        if "balance" in place or "amount" in place:
            name = "balance" if "balance" in place else "amount"
            self._right(place[name] - 4, self._money(amount, column=name))
        else:
            name = "credit" if amount >= 0 else "debit"
            self._right(place[name] - 4, self._money(abs(amount), column=name))
        self._y -= step * (1 + self._layout.gap)

    def _footer(self, pages: int) -> None:
        self._canvas.drawCentredString(
            self._size[0] / 2, 36, self._labels["page"].format(self._page, pages)
        )

    def _text(self, x: float, text: str) -> None:
        self._canvas.drawString(x, self._y, text)

    def _right(self, x: float, text: str) -> None:
        self._canvas.drawRightString(x, self._y, text)

    def _date(self, day: date) -> str:
        return day.strftime(self._layout.dates)

    def _money(self, amount: Decimal, *, column: str) -> str:
        text = f"{abs(amount):,.2f}"
        if self._layout.language == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        elif self._layout.language == "fr":
            text = text.replace(",", "\u00a0").replace(".", ",")
        if column == "amount" and self._layout.columns == "marked":
            return f"{text} {'S' if amount < 0 else 'H'}"
        if amount < 0:
            return f"{text}-" if self._layout.seed % 5 == 4 else f"-{text}"
        return text
