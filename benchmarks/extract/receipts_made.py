"""Receipts of our own making: fifteen kinds of tills of nine countries, as pages with their truth.

The shared set has 29 receipts, all of one country. Here German, Austrian, Swiss, French, British,
American, Australian, Malaysian and Singaporean tills print what their laws and habits ask for.
Names, streets and towns are put together from syllables: no rule can know them. Pages are made as
words with places, as a lane would read them; ``noise`` is the share of characters that are read as
one that looks like them.

    uv run python -m benchmarks.extract.receipts_made [COUNT [NOISE]]
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from docparser.extract.extractor import Locale
from docparser.extract.layout.receipt import ReceiptReader
from docparser.extract.view import view
from docparser.model import Block, Lane, LaneReason, Line, Page, Word, box

from .scores import compared

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 90
FIELDS = ("company", "date", "time", "address", "total", "tax_total", "currency", "payment_method")
SCORED = ("company", "date", "address", "total")
CENT = Decimal("0.01")

_SYLLABLES = "bar ker lin mos tal ven dor han rid sel wes gor fal nim pel quin tro ulb zen hof"
_GOODS = {
    "de": "Joghurt Natur|Vollmilch 3,5%|Bananen|Brötchen|Gouda jung|Mineralwasser|Kaffee gemahlen|"
    "Eier 10er|Butter|Pfand 0,25|Waschmittel|Schokolade",
    "fr": "YAOURT NATURE|LAIT DEMI ECREME|BANANES|BAGUETTE TRAD|EMMENTAL RAPE|EAU MINERALE|CAFE|"
    "OEUFS X10|BEURRE DOUX|LESSIVE|CHOCOLAT NOIR|SAC CAISSE",
    "en": "WHOLE MILK|BANANAS|BREAD WHITE|CHEDDAR|SPRING WATER|GROUND COFFEE|EGGS LARGE|BUTTER|"
    "DETERGENT|DARK CHOCOLATE|ORANGE JUICE|PAPER BAG",
}
_LOOKS = {
    "O": "0", "0": "O", "I": "l", "l": "1", "1": "l", "S": "5", "5": "S", "B": "8", "8": "B",
    "E": "F", "e": "c", "m": "n", "M": "N", "H": "M", "C": "G", "a": "o", "i": "l",
}  # fmt: skip
_STATES = "TX CA NY OH IL WA CO GA".split()


@dataclass
class Till:
    """A strip of paper: lines of so many characters, printed in one width of type."""

    draw: random.Random
    width: int = 40
    lines: list[tuple[str, str, float]] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)

    def mid(self, text: str, scale: float = 1.0) -> None:
        """Print a line in the middle."""
        self.lines.append((text, "mid", scale))

    def row(self, left: str, right: str = "", scale: float = 1.0) -> None:
        """Print a line from the left, and what stands at its right."""
        room = self.width - len(left) - len(right)
        self.lines.append((left + " " * max(room, 1) + right if right else left, "left", scale))

    def rule(self, mark: str = "-") -> None:
        """Print a rule, or leave a line empty."""
        self.lines.append((mark * self.width if self.draw.random() < 0.5 else "", "left", 1.0))

    def says(self, **truth: object) -> None:
        """Keep what is printed as the truth."""
        self.truth |= {name: str(value) for name, value in truth.items()}


def page(
    till: Till, number: int = 1, *, noise: float = 0.0, skew: float = 0.0, across: float = 0.0
) -> Page:
    """Return a strip as a page: each word with its box, ``across`` points to the right."""
    pitch, leading = 6.0, 13.0
    width = till.width * pitch + 40 + across
    height = leading * 1.5 * len(till.lines) + 60
    lines = []
    y = 20.0
    for text, align, scale in till.lines:
        size = 9.0 * scale
        step = pitch * scale
        if text.strip(" -=*"):
            x = 20 + across + ((till.width * pitch - len(text) * step) / 2 if align == "mid" else 0)
            words = list(_words(till.draw, text, x, y, step, noise))
            lines.append(
                [(w, left, top + skew * left, right, size) for w, left, top, right in words]
            )
        y += leading * max(scale, 1.0)
    count = 0
    blocks = []
    for words in lines:
        made = []
        for text, left, top, right, size in words:
            count += 1
            place = box(left / width, top / height, right / width, (top + size) / height)
            sure = 0.97 if not noise else till.draw.uniform(0.7, 0.98)
            made.append(Word(id=f"p{number}.w{count}", text=text, polygon=place, confidence=sure))
        if made:
            whole = box(
                min(w.polygon[0][0] for w in made),
                min(w.polygon[0][1] for w in made),
                max(w.polygon[2][0] for w in made),
                max(w.polygon[2][1] for w in made),
            )
            own = " ".join(word.text for word in made)
            line = Line(id=f"p{number}.l{count}", text=own, polygon=whole, words=tuple(made))
            blocks.append(Block(id=f"p{number}.b{count}", polygon=whole, lines=(line,)))
    return Page(
        number=number,
        lane=Lane.GPU,
        lane_reason=LaneReason.IMAGE_INPUT,
        width_pt=width,
        height_pt=height,
        blocks=tuple(blocks),
    )


def _words(
    draw: random.Random, text: str, x: float, y: float, step: float, noise: float
) -> list[tuple[str, float, float, float]]:
    found = []
    at = 0
    for part in text.split(" "):
        if part:
            read = "".join(_LOOKS[c] if c in _LOOKS and draw.random() < noise else c for c in part)
            jitter = draw.uniform(-0.6, 0.6)
            left = x + at * step
            found.append((read, left, y + jitter, left + len(part) * step - 1.0))
        at += len(part) + 1
    return found


def _word(draw: random.Random) -> str:
    return "".join(draw.sample(_SYLLABLES.split(), draw.choice((2, 2, 3)))).capitalize()


def _digits(draw: random.Random, count: int) -> str:
    return str(draw.randint(1, 9)) + "".join(str(draw.randint(0, 9)) for _ in range(count - 1))


def _cased(draw: random.Random, text: str) -> str:
    return text.upper() if draw.random() < 0.5 else text


def _moment(draw: random.Random) -> datetime:
    return datetime(2019, 1, 1, 8, 0, 11) + timedelta(  # noqa: DTZ001
        days=draw.randint(0, 2500), minutes=draw.randint(0, 13 * 60), seconds=draw.randint(0, 40)
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _comma(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def _goods(draw: random.Random, language: str, least: int = 2) -> list[tuple[str, int, Decimal]]:
    names = _GOODS[language].split("|")
    return [
        (draw.choice(names), draw.choice((1, 1, 1, 2, 3)), Decimal(draw.randint(49, 2499)) / 100)
        for _ in range(draw.randint(least, 9))
    ]


def _sum(goods: list[tuple[str, int, Decimal]]) -> Decimal:
    return sum((count * price for _, count, price in goods), Decimal(0))


def _items(
    till: Till, goods: list[tuple[str, int, Decimal]], shown: Callable[[Decimal], str]
) -> None:
    style = till.draw.choice(("below", "before", "columns"))
    code = till.draw.choice(("", " A", " B", " T"))
    for name, count, price in goods:
        whole = shown(count * price) + code
        if style == "columns":
            till.row(f"{count} {name[:20]:20} {shown(price):>7}", whole)
        elif style == "before":
            till.row(f"{count}x {name}" if count > 1 else name, whole)
        else:
            till.row(name, whole)
            if count > 1:
                till.row(f"   {count} x {shown(price)}")


def _street(draw: random.Random, language: str) -> str:
    name, number = _word(draw), draw.randint(1, 180)
    if language == "de":
        return draw.choice(
            (
                f"{name}straße {number}",
                f"{name}str. {number}",
                f"Am {name}platz {number}",
                f"{name}weg {number}a",
                f"{name}er Allee {number}",
            )
        )
    if language == "fr":
        return draw.choice(
            (
                f"{number} rue de {name}",
                f"{number}, avenue du {name}",
                f"{number} bis boulevard {name}",
                f"Place {name}",
                f"ZAC de {name}",
            )
        )
    return draw.choice(
        (
            f"{number} {name} Street",
            f"{number} {name} Road",
            f"{number} {name} Ave",
            f"Unit {number % 9 + 1}, {number} {name} Lane",
            f"{number} {name} Blvd",
        )
    )


def _paid(
    till: Till, total: Decimal, shown: Callable[[Decimal], str], labels: dict[str, tuple[str, ...]]
) -> None:
    if till.draw.random() < 0.5:
        given = total + Decimal(till.draw.choice((0, 5, 10))) + (-total % 5)
        till.row(till.draw.choice(labels["cash"]), shown(given))
        if given != total or till.draw.random() < 0.5:
            till.row(till.draw.choice(labels["change"]), shown(given - total))
        till.says(payment_method="cash")
    else:
        till.row(till.draw.choice(labels["card"]), shown(total))
        till.says(payment_method="card")


_GERMAN = {
    "cash": ("Bar", "Gegeben Bar EUR", "BAR", "Geg. BAR EUR"),
    "change": ("Rückgeld", "Rückgeld BAR EUR", "Zurück EUR", "Wechselgeld"),
    "card": ("EC-Cash", "Geg. EC-Karte EUR", "Kartenzahlung", "girocard", "Mastercard", "Visa"),
}
_FRENCH = {
    "cash": ("ESPECES", "Espèces", "ESPECES EUR"),
    "change": ("RENDU", "A rendre", "Rendu monnaie", "MONNAIE RENDUE"),
    "card": ("CB", "CARTE BANCAIRE", "Carte bleue", "CB EMV"),
}
_ENGLISH = {
    "cash": ("CASH", "Cash", "CASH TENDERED", "CASH TEND"),
    "change": ("CHANGE", "CHANGE DUE", "Change"),
    "card": ("VISA", "MASTERCARD", "VISA DEBIT", "DEBIT CARD", "CREDIT CARD"),
}


def _vat_table(till: Till, total: Decimal, rates: tuple[str, str], style: str) -> Decimal:
    """Print the taxes of a total, part at each rate; return them together."""
    part = _cents(total * Decimal(till.draw.randint(20, 80)) / 100)
    split = [part, total - part] if till.draw.random() < 0.6 else [total]
    taxes = Decimal(0)
    nets = Decimal(0)
    for letter, rate, gross in zip("AB", rates, split, strict=False):
        net = _cents(gross / (1 + Decimal(rate) / 100))
        tax = gross - net
        taxes, nets = taxes + tax, nets + net
        values = {"net": _comma(net), "tax": _comma(tax), "gross": _comma(gross)}
        shown = _comma(Decimal(rate).quantize(CENT)) if till.draw.random() < 0.5 else rate
        row = "  ".join(f"{values[each]:>8}" for each in style.split())
        till.row(f"{letter} {shown}%", row)
    if len(split) == 2 and till.draw.random() < 0.7:
        values = {"net": _comma(nets), "tax": _comma(taxes), "gross": _comma(total)}
        till.row(
            "Gesamtbetrag" if rates[0] == "19" else "Total",
            "  ".join(f"{values[e]:>8}" for e in style.split()),
        )
    return taxes


def german_market(till: Till) -> None:
    draw = till.draw
    forms = ("Markt GmbH", "Getränkemarkt", "Supermarkt OHG", "Drogerie", "e.K.")
    name = f"{_word(draw)} {draw.choice(forms)}"
    if draw.random() < 0.4:
        till.mid(_word(draw).upper(), 2.2)
        name = (
            f"{_word(draw)} {draw.choice(('Vertriebs GmbH', 'Handels GmbH & Co. KG', 'Markt KG'))}"
        )
    name = _cased(draw, name)
    street, town = _street(draw, "de"), f"{_digits(draw, 5)} {_word(draw)}"
    for text in (name, street, town):
        till.mid(text)
    if draw.random() < 0.7:
        till.mid(f"Tel.: 0{_digits(draw, 3)} / {_digits(draw, 6)}")
    till.mid(draw.choice(("UID Nr.: DE", "USt-IdNr. DE")) + _digits(draw, 9))
    till.rule()
    till.row("", "EUR")
    goods = _goods(draw, "de")
    total = _sum(goods)
    _items(till, goods, _comma)
    till.rule()
    label = draw.choice(
        ("SUMME", "SUMME EUR", "Gesamt", "Summe", "ZU ZAHLEN", "Gesamtbetrag", "Total EUR")
    )
    till.row(label, _comma(total), draw.choice((1.0, 1.0, 1.4)))
    till.rule("=")
    _paid(till, total, _comma, _GERMAN)
    till.rule()
    style = draw.choice(("net tax gross", "tax net gross", "gross net tax"))
    heads = {"net": "Netto", "tax": "MwSt", "gross": "Brutto"}
    till.row("Satz", "   ".join(heads[each] for each in style.split()))
    taxes = _vat_table(till, total, ("19", "7"), style)
    at = _moment(draw)
    if draw.random() < 0.5:
        till.row(f"Datum: {at:%d.%m.%Y}")
        till.row(f"Uhrzeit: {at:%H:%M:%S} Uhr")
    else:
        till.row(f"{at:%d.%m.%y}  {at:%H:%M}  Kasse {draw.randint(1, 9)}  Bon {_digits(draw, 4)}")
    if draw.random() < 0.4:
        till.row(f"Mit diesem Einkauf {draw.randint(3, 60)} Punkte gesammelt")
    till.row(
        "Gültig bis 31.12.2031" if draw.random() < 0.3 else f"TSE-Transaktion: {_digits(draw, 6)}"
    )
    till.mid("Vielen Dank für Ihren Einkauf!")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=taxes,
        currency="EUR",
    )


def german_inn(till: Till) -> None:
    draw = till.draw
    name = draw.choice(
        ("Gasthaus {}", "Restaurant {}", "Café {}", "Wirtshaus zum {}", "Pizzeria {}")
    ).format(_word(draw))
    street, town = _street(draw, "de"), f"{_digits(draw, 5)} {_word(draw)}"
    till.mid(name, 1.6)
    if draw.random() < 0.4:
        till.mid(f"Inh. {_word(draw)} {_word(draw)}")
    till.mid(street)
    till.mid(town)
    till.mid(f"Tel. 0{_digits(draw, 4)}-{_digits(draw, 5)}")
    till.mid(f"Steuer-Nr.: {_digits(draw, 2)}/{_digits(draw, 3)}/{_digits(draw, 5)}")
    at = _moment(draw)
    till.row("")
    till.row(f"Rechnung Nr. {_digits(draw, 5)}", f"Tisch {draw.randint(1, 40)}")
    till.row(f"{at:%d.%m.%Y %H:%M}", f"Bediener: {draw.randint(1, 9)}")
    goods = _goods(draw, "de")
    total = _sum(goods)
    _items(till, goods, lambda value: _comma(value))
    till.rule()
    net = _cents(total / Decimal("1.19"))
    if draw.random() < 0.5:
        till.row("Zwischensumme", _comma(total))
    till.row(
        draw.choice(("Gesamt EUR", "Total", "Rechnungsbetrag", "Summe inkl. MwSt.", "Endbetrag")),
        _comma(total) + draw.choice(("", " €", " EUR")),
        1.3,
    )
    till.row("Nettobetrag", _comma(net))
    till.row("MwSt. 19%", _comma(total - net))
    if draw.random() < 0.5:
        _paid(till, total, _comma, _GERMAN)
    till.mid("Es bediente Sie " + _word(draw))
    till.mid("Wir danken für Ihren Besuch")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=total - net,
        currency="EUR",
    )


def german_fuel(till: Till) -> None:
    draw = till.draw
    name = f"{_word(draw)} Tankstelle"
    street, town = _street(draw, "de"), f"{_digits(draw, 5)} {_word(draw)}"
    till.row(name)
    till.row(street)
    till.row(town)
    till.row(f"Telefon: 0{_digits(draw, 9)}")
    till.row(f"St.Nr. {_digits(draw, 10)}")
    at = _moment(draw)
    till.row(f"Beleg-Nr. {_digits(draw, 4)}/{_digits(draw, 3)}", f"{at:%d.%m.%Y %H:%M}")
    litres, price = (
        Decimal(draw.randint(1500, 6000)) / 100,
        Decimal(draw.randint(1599, 1999)) / 1000,
    )
    total = _cents(litres * price)
    net = _cents(total / Decimal("1.19"))
    till.row("* Super E10", f"{_comma(total)} EUR A")
    till.row(f"  Zp 03  {_comma(litres)} l  x  {str(price).replace('.', ',')} EUR/l")
    till.rule()
    till.row("Gesamtbetrag", f"{_comma(total)} EUR", 1.2)
    till.row("Typ  Netto    MwSt     Brutto")
    till.row(f"A:19,00%  {_comma(net)}  {_comma(total - net)}  {_comma(total)}")
    till.row("")
    till.mid("K-U-N-D-E-N-B-E-L-E-G")
    till.row("Kartenzahlung")
    till.row("girocard")
    till.row("Betrag EUR", _comma(total))
    till.row(f"Terminal-ID {_digits(draw, 8)}")
    till.row(f"Datum {at:%d.%m.%y}  {at:%H:%M} Uhr")
    till.mid("Zahlung erfolgt")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=total - net,
        currency="EUR",
        payment_method="card",
    )


def swiss(till: Till) -> None:
    draw = till.draw
    name = f"{_word(draw)} {draw.choice(('AG', 'GmbH', 'Genossenschaft'))}"
    street, town = (
        _street(draw, "de").replace("ß", "ss"),
        f"{draw.choice(('', 'CH-'))}{_digits(draw, 4)} {_word(draw)}",
    )
    till.mid(name, 1.3)
    till.mid(street)
    till.mid(town)
    till.mid(f"CHE-{_digits(draw, 3)}.{_digits(draw, 3)}.{_digits(draw, 3)} MWST")
    goods = _goods(draw, "de")
    exact = _sum(goods)
    total = (exact * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20
    total = _cents(total)
    _items(till, goods, lambda value: f"{value:.2f}")
    till.rule()
    if total != exact:
        till.row("Zwischentotal", f"{exact:.2f}")
        till.row("Rundung", f"{total - exact:.2f}")
    till.row("Total CHF", f"{total:.2f}", 1.3)
    _paid(
        till,
        total,
        lambda value: f"{value:.2f}",
        {
            "cash": ("Bargeld CHF", "Bar CHF"),
            "change": ("Rückgeld CHF", "Zurück"),
            "card": ("Mastercard CHF", "Maestro", "TWINT CHF"),
        },
    )
    if till.lines[-1][0].startswith("TWINT"):
        till.says(payment_method="mobile")
    tax = _cents(total - total / Decimal("1.081"))
    till.row("inkl. MWST 8.1%", f"{tax:.2f}")
    at = _moment(draw)
    till.row(f"{at:%d.%m.%Y %H:%M}", f"Filiale {_digits(draw, 3)}")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=tax,
        currency="CHF",
    )


def french_market(till: Till) -> None:
    draw = till.draw
    trades = ("Supermarché", "Épicerie", "Marché", "Librairie", "Pharmacie")
    name = _cased(
        draw,
        f"{draw.choice(trades)} {_word(draw)}",
    )
    if draw.random() < 0.3:
        name = f"{draw.choice(('SARL', 'SAS', 'EURL'))} {_word(draw).upper()}"
    street, town = (
        _street(draw, "fr"),
        f"{_digits(draw, 5)} {_word(draw).upper()}{draw.choice(('', ' CEDEX', ''))}",
    )
    till.mid(name, draw.choice((1.0, 1.5)))
    till.mid(_cased(draw, street))
    till.mid(town)
    till.mid("Tél : 0" + " ".join((_digits(draw, 1), *(_digits(draw, 2) for _ in range(4)))))
    if draw.random() < 0.6:
        till.mid(f"SIRET {_digits(draw, 14)} NAF 4711D")
    at = _moment(draw)
    if draw.random() < 0.5:
        till.row(f"CAISSE {draw.randint(1, 9):02d}  TICKET {_digits(draw, 6)}")
    goods = _goods(draw, "fr")
    total = _sum(goods)
    mark = draw.choice(("", " €", "€"))
    _items(till, goods, lambda value: _comma(value) + mark)
    till.rule()
    till.row(
        draw.choice(
            ("TOTAL", "TOTAL A PAYER", "TOTAL EUR", "NET A PAYER", "TOTAL TTC", "Montant dû")
        ),
        _comma(total) + mark,
        draw.choice((1.0, 1.4)),
    )
    till.row(f"NB ARTICLES : {sum(count for _, count, _ in goods)}")
    _paid(till, total, lambda value: _comma(value) + mark, _FRENCH)
    till.row(
        "TAUX",
        "   ".join(
            {"net": "H.T.", "tax": "T.V.A.", "gross": "T.T.C."}[e] for e in "net tax gross".split()
        ),
    )
    taxes = _vat_table(till, total, ("20", "5.5"), "net tax gross")
    till.row(
        draw.choice(
            (
                f"le {at:%d/%m/%Y} à {at:%H:%M}",
                f"{at:%d/%m/%y %H:%M:%S}",
                f"Date : {at:%d/%m/%Y}  Heure : {at:%H:%M}",
            )
        )
    )
    till.mid("MERCI DE VOTRE VISITE")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=taxes,
        currency="EUR",
    )


def french_table(till: Till) -> None:
    draw = till.draw
    name = draw.choice(
        ("Brasserie {}", "Le {}", "Restaurant La {}", "Bistrot {}", "Crêperie {}")
    ).format(_word(draw))
    street, town = _street(draw, "fr"), f"{_digits(draw, 5)} {_word(draw)}"
    till.mid(name, 1.5)
    till.mid(street)
    till.mid(town)
    till.mid("Tel 0" + _digits(draw, 9))
    till.mid(f"TVA FR{_digits(draw, 11)}")
    at = _moment(draw)
    till.row(f"Table {draw.randint(1, 30)}", f"Couverts : {draw.randint(1, 8)}")
    till.row(f"{at:%d/%m/%Y}", f"{at:%H:%M}")
    till.row("Serveur : " + _word(draw))
    goods = _goods(draw, "fr")
    total = _sum(goods)
    net = _cents(total / Decimal("1.10"))
    _items(till, goods, _comma)
    till.rule()
    if draw.random() < 0.5:
        till.row("Total HT", _comma(net))
        till.row("TVA 10,00 %", _comma(total - net))
        till.row("Total TTC", _comma(total) + " EUR", 1.2)
    else:
        till.row("TOTAL", _comma(total) + " €", 1.4)
        till.row("dont TVA 10%", _comma(total - net))
    _paid(till, total, _comma, _FRENCH)
    till.mid("Service compris. Merci et à bientôt")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=total - net,
        currency="EUR",
    )


def american_grocery(till: Till) -> None:
    draw = till.draw
    name = _cased(
        draw, f"{_word(draw)} {draw.choice(('Market', 'Foods', 'Drug Store', 'Hardware', 'Mart'))}"
    )
    street, town = _street(draw, "en"), f"{_word(draw)}, {draw.choice(_STATES)} {_digits(draw, 5)}"
    till.mid(name, draw.choice((1.0, 1.8)))
    if draw.random() < 0.4:
        till.mid(
            draw.choice(
                ("Save money. Live better.", "Where fresh is everything", "Always there for you")
            )
        )
    if draw.random() < 0.5:
        till.mid(f"({_digits(draw, 3)}) {_digits(draw, 3)}-{_digits(draw, 4)}")
    till.mid(_cased(draw, street))
    till.mid(_cased(draw, town))
    till.mid(
        f"ST# {_digits(draw, 5)} OP# {_digits(draw, 6)} "
        f"TE# {_digits(draw, 2)} TR# {_digits(draw, 5)}"
    )
    goods = _goods(draw, "en")
    net = _sum(goods)
    rate = draw.choice(("8.250", "6.00", "7.125"))
    tax = _cents(net * Decimal(rate) / 100)
    _items(till, goods, lambda value: f"{value:,.2f}")
    till.row("SUBTOTAL", f"{net:,.2f}")
    till.row(
        draw.choice((f"TAX 1   {rate} %", "TAX", "SALES TAX", f"Sales Tax ({rate}%)")),
        f"{tax:,.2f}",
    )
    till.row(
        draw.choice(("TOTAL", "TOTAL", "BALANCE DUE", "AMOUNT DUE", "Total USD")),
        draw.choice(("", "$")) + f"{net + tax:,.2f}",
        1.2,
    )
    _paid(till, net + tax, lambda value: f"{value:,.2f}", _ENGLISH)
    till.mid(f"# ITEMS SOLD {len(goods)}")
    if draw.random() < 0.4:
        till.mid(f"YOU SAVED ${Decimal(draw.randint(100, 900)) / 100:.2f}")
    at = _moment(draw)
    if draw.random() < 0.5:
        till.mid(f"{at:%m/%d/%y}   {at:%H:%M:%S}")
    else:
        till.mid(f"{at:%m/%d/%Y} {at:%I:%M %p}")
    till.mid("THANK YOU FOR SHOPPING WITH US")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=net + tax,
        tax_total=tax,
        currency="USD",
    )


def american_diner(till: Till) -> None:
    draw = till.draw
    trade = draw.choice(("Grill", "Diner", "Tavern", "Kitchen", "Brewing Co."))
    name = f"{draw.choice(('The ', ''))}{_word(draw)} {trade}"
    street, town = _street(draw, "en"), f"{_word(draw)}, {draw.choice(_STATES)} {_digits(draw, 5)}"
    till.mid(name, 1.3)
    till.mid(street)
    till.mid(town)
    till.mid(f"{_digits(draw, 3)}-{_digits(draw, 3)}-{_digits(draw, 4)}")
    at = _moment(draw)
    till.row(
        f"Server: {_word(draw)}", f"{at:%b %d, %Y}" if draw.random() < 0.5 else f"{at:%m/%d/%Y}"
    )
    till.row(f"Check #{_digits(draw, 4)}   Table {draw.randint(1, 60)}", f"{at:%I:%M %p}")
    till.row(f"Guests: {draw.randint(1, 9)}")
    goods = _goods(draw, "en")
    net = _sum(goods)
    tax = _cents(net * Decimal("0.0825"))
    _items(till, goods, lambda value: f"${value:,.2f}")
    till.row("Subtotal", f"${net:,.2f}")
    till.row("Tax", f"${tax:,.2f}")
    total = net + tax
    if draw.random() < 0.5:
        till.row("Amount", f"${total:,.2f}")
        tip = _cents(total * Decimal("0.18"))
        till.row("Tip", f"${tip:,.2f}")
        total += tip
    till.row("Total", f"${total:,.2f}", 1.2)
    till.row("Visa XXXXXXXXXXXX" + _digits(draw, 4))
    till.row(f"Auth Code: {_digits(draw, 6)}")
    till.mid("Thanks for visiting!")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=tax,
        currency="USD",
        payment_method="card",
    )


def british(till: Till) -> None:
    draw = till.draw
    forms = ("Stores Ltd", "Bakery", "Pharmacy Limited", "Coffee House", "& Sons PLC")
    name = f"{_word(draw)} {draw.choice(forms)}"
    name = _cased(draw, name)
    street = _street(draw, "en")
    district = f"{draw.choice(('LS', 'M', 'SW', 'EH', 'B'))}{draw.randint(1, 19)}"
    town = f"{_word(draw)} {district} {draw.randint(1, 9)}{draw.choice(('AB', 'QT', 'XE'))}"
    till.mid(name, draw.choice((1.0, 1.4)))
    till.mid(street)
    if draw.random() < 0.5:
        till.mid(town)
    else:
        first, second = town.split(" ", 1)
        till.mid(first)
        till.mid(second)
    till.mid(f"Tel: 0{_digits(draw, 3)} {_digits(draw, 3)} {_digits(draw, 4)}")
    till.mid(f"VAT No. GB {_digits(draw, 3)} {_digits(draw, 4)} {_digits(draw, 2)}")
    goods = _goods(draw, "en")
    total = _sum(goods)
    _items(till, goods, lambda value: f"£{value:.2f}")
    if draw.random() < 0.4:
        till.row("Sub Total", f"£{total:.2f}")
    till.row(
        draw.choice(("TOTAL", "BALANCE DUE", "Total to pay", "TOTAL GBP", "Amount Due")),
        f"£{total:.2f}",
        1.2,
    )
    _paid(till, total, lambda value: f"£{value:.2f}", _ENGLISH)
    net = _cents(total / Decimal("1.2"))
    till.row(
        draw.choice(("VAT @ 20% incl.", "Includes VAT 20%", "VAT 20.00%")), f"£{total - net:.2f}"
    )
    at = _moment(draw)
    till.row(f"{at:%d/%m/%Y} {at:%H:%M}", f"Till {draw.randint(1, 9)}")
    till.mid("Please retain receipt. Returns within 28 days")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=total - net,
        currency="GBP",
    )


def singaporean(till: Till) -> None:
    draw = till.draw
    name = f"{_word(draw)} {draw.choice(('Foods', 'Kitchen', 'Trading'))} Pte Ltd"
    street = f"{draw.randint(1, 300)} {_word(draw)} Road "
    street += f"#{draw.randint(1, 9):02d}-{draw.randint(10, 99)}"
    town = f"Singapore {_digits(draw, 6)}"
    till.mid(name)
    till.mid(street)
    till.mid(town)
    till.mid(f"Tel: {_digits(draw, 8)}")
    till.mid(f"GST Reg No: {_digits(draw, 9)}M")
    at = _moment(draw)
    till.row(f"Bill No: {_digits(draw, 5)}", f"{at:%d %b %Y}")
    till.row(f"Cashier: {_word(draw)}", f"{at:%H:%M:%S}")
    goods = _goods(draw, "en")
    net = _sum(goods)
    _items(till, goods, lambda value: f"{value:.2f}")
    service = _cents(net / 10)
    tax = _cents((net + service) * Decimal("0.09"))
    till.row("Subtotal", f"{net:.2f}")
    till.row("Svc Chg 10%", f"{service:.2f}")
    till.row("GST 9%", f"{tax:.2f}")
    till.row("Grand Total", f"S${net + service + tax:.2f}", 1.2)
    till.row("NETS" if draw.random() < 0.5 else "VISA", f"{net + service + tax:.2f}")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=net + service + tax,
        tax_total=tax,
        currency="SGD",
        payment_method="card",
    )


def malaysian(till: Till) -> None:
    draw = till.draw
    forms = ("Sdn Bhd", "Enterprise", "Trading", "Restaurant Sdn. Bhd.")
    name = f"{_word(draw)} {_word(draw)} {draw.choice(forms)}"
    name = _cased(draw, name)
    road = f"Jalan {_word(draw)} {draw.randint(1, 9)}/{draw.randint(1, 30)}"
    street = f"No. {draw.randint(1, 99)}, {road},"
    park, town = (
        f"Taman {_word(draw)},",
        f"{_digits(draw, 5)} {_word(draw)}, {draw.choice(('Selangor', 'Johor', 'Perak'))}",
    )
    till.mid(name)
    till.mid(f"({_digits(draw, 6)}-{draw.choice('AHKMT')})")
    for text in (street, park, town):
        till.mid(text)
    till.mid(f"Tel: 03-{_digits(draw, 8)}")
    till.mid(f"SST ID: W10-{_digits(draw, 4)}-{_digits(draw, 8)}")
    till.mid("TAX INVOICE")
    at = _moment(draw)
    till.row(f"Receipt No: {_digits(draw, 7)}")
    till.row(f"Date: {at:%d/%m/%Y}", f"Time: {at:%I:%M:%S %p}")
    goods = _goods(draw, "en")
    net = _sum(goods)
    till.row("Description", "Qty   Amount(RM)")
    _items(till, goods, lambda value: f"{value:.2f}")
    tax = _cents(net * Decimal("0.06"))
    whole = net + tax
    total = (whole * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20
    till.row("Sub Total", f"{net:.2f}")
    till.row("SST @ 6%", f"{tax:.2f}")
    till.row("Total Inclusive SST", f"{whole:.2f}")
    till.row("Rounding Adj", f"{total - whole:.2f}")
    till.row("Grand Total (RM)", f"{total:.2f}", 1.2)
    _paid(till, _cents(total), lambda value: f"{value:.2f}", _ENGLISH)
    till.says(
        company=name,
        address=f"{street} {park} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=_cents(total),
        tax_total=tax,
        currency="MYR",
    )


def australian(till: Till) -> None:
    draw = till.draw
    name = f"{_word(draw)} {draw.choice(('Pty Ltd', 'Hotel', 'Newsagency'))}"
    street, town = (
        _street(draw, "en"),
        f"{_word(draw)} {draw.choice(('NSW', 'VIC', 'QLD'))} {_digits(draw, 4)}",
    )
    till.mid("TAX INVOICE")
    till.mid(name)
    till.mid(street)
    till.mid(town)
    till.mid(f"ABN {_digits(draw, 2)} {_digits(draw, 3)} {_digits(draw, 3)} {_digits(draw, 3)}")
    till.mid(f"Ph: (02) {_digits(draw, 4)} {_digits(draw, 4)}")
    at = _moment(draw)
    till.row(f"Date: {at:%d/%m/%Y}", f"{at:%H:%M}")
    goods = _goods(draw, "en")
    total = _sum(goods)
    _items(till, goods, lambda value: f"${value:.2f}")
    till.row("Total", f"${total:.2f}", 1.3)
    _paid(
        till,
        total,
        lambda value: f"${value:.2f}",
        {**_ENGLISH, "card": ("EFTPOS DEBIT CARD", "VISA CREDIT")},
    )
    tax = _cents(total / 11)
    till.row("GST included in total", f"${tax:.2f}")
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=tax,
        currency="AUD",
    )


def austrian(till: Till) -> None:
    draw = till.draw
    name = f"{draw.choice(('Bäckerei', 'Buchhandlung', 'Trafik', 'Apotheke'))} {_word(draw)}"
    street, town = (
        f"{_word(draw)}gasse {draw.randint(1, 90)}",
        f"{draw.choice(('', 'A-'))}{_digits(draw, 4)} {_word(draw)}",
    )
    till.mid(name, 1.2)
    till.mid(f"{street}, {town}")
    till.mid(f"ATU{_digits(draw, 8)}")
    at = _moment(draw)
    till.row(f"Rechnung: {_digits(draw, 6)}", f"{at:%d.%m.%Y %H:%M:%S}")
    goods = _goods(draw, "de")
    total = _sum(goods)
    _items(till, goods, lambda value: "€ " + _comma(value))
    till.row("Summe", "€ " + _comma(total), 1.3)
    net = _cents(total / Decimal("1.2"))
    _paid(till, total, lambda value: "€ " + _comma(value), _GERMAN)
    till.row("20% MwSt.", _comma(total - net))
    till.row("Netto", _comma(net))
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=total,
        tax_total=total - net,
        currency="EUR",
    )


def refund(till: Till) -> None:
    draw = till.draw
    name = f"{_word(draw)} {draw.choice(('Fashion Ltd', 'Electronics GmbH'))}"
    german = name.endswith("GmbH")
    street = _street(draw, "de" if german else "en")
    town = (
        f"{_digits(draw, 5)} {_word(draw)}"
        if german
        else f"{_word(draw)} M{draw.randint(1, 9)} {draw.randint(1, 9)}AB"
    )
    till.mid(name)
    till.mid(street)
    till.mid(town)
    at = _moment(draw)
    till.mid("GUTSCHRIFT / RETOURE" if german else "REFUND RECEIPT")
    till.row(f"{at:%d.%m.%Y} {at:%H:%M}" if german else f"{at:%d/%m/%Y} {at:%H:%M}")
    price = Decimal(draw.randint(500, 9000)) / 100
    shown = (lambda value: "-" + _comma(value)) if german else (lambda value: f"-£{value:.2f}")
    till.row("Retoure Hemd" if german else "RETURNED SHIRT", shown(price))
    till.row("Summe EUR" if german else "TOTAL", shown(price), 1.2)
    till.row("Bar" if german else "CASH", shown(price))
    till.says(
        company=name,
        address=f"{street} {town}",
        date=at.date(),
        time=f"{at:%H:%M}",
        total=-price,
        currency="EUR" if german else "GBP",
        payment_method="cash",
    )


KINDS: tuple[Callable[[Till], None], ...] = (
    german_market, german_inn, german_fuel, swiss, french_market, french_table, american_grocery,
    american_diner, british, singaporean, malaysian, australian, austrian, refund,
)  # fmt: skip
_LANGUAGES = {"german": "de", "swiss": "de", "austrian": "de", "french": "fr"}


def make(seed: int) -> tuple[Till, str]:
    """Return the receipt of a seed, and its language."""
    kind = KINDS[seed % len(KINDS)]
    till = Till(random.Random(seed), random.Random(seed).choice((36, 40, 44)))
    kind(till)
    return till, _LANGUAGES.get(kind.__name__.split("_")[0], "en")


def main() -> None:
    """Print how many of the fields are found, with and without misread characters."""
    numbers = [each for each in sys.argv[1:] if each != "-v"]
    count = int(numbers[0]) if numbers else COUNT
    for noise in [float(numbers[1])] if len(numbers) > 1 else [0.0, 0.01, 0.03]:
        tally, used = measured(count, noise, wrong="-v" in sys.argv)
        for name, each in [*tally.items(), ("the four", _together(tally))]:
            print(f"noise {noise:.2f} {name:15} F1 {f1(each):.3f}")
        print(f"noise {noise:.2f} {1000 * used / count:.1f} ms of CPU a page")


def measured(
    count: int, noise: float, *, wrong: bool = False
) -> tuple[dict[str, Counter[str]], float]:
    """Return how often each field is right, said and wanted, and the seconds of CPU in all."""
    tally: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    used = 0.0
    for seed in range(count):
        till, language = make(seed)
        lean = random.Random(seed).uniform(-0.03, 0.03)
        started = time.process_time()
        reader = ReceiptReader(Locale(language))
        reader.read(view(page(till, noise=noise, skew=lean)))
        found = {each.name: each for each in reader.found().fields}
        used += time.process_time() - started
        for name in FIELDS:
            want = till.truth.get(name)
            have = _plain(found[name].value) if name in found else None
            right = have is not None and want is not None and _same(name, have, want)
            tally[name].update(right=right, said=have is not None, wanted=want is not None)
            if wrong and want is not None and not right:
                print(f"{KINDS[seed % len(KINDS)].__name__} {seed} {name}: {have!r}, not {want!r}")
    return tally, used


def f1(counts: Counter[str]) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * counts["right"] / max(counts["said"] + counts["wanted"], 1)


def _together(tally: dict[str, Counter[str]]) -> Counter[str]:
    return sum((tally[name] for name in SCORED), Counter())


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("text") or value.get("amount"))
    return str(value)


def _same(name: str, have: str, want: str) -> bool:
    if name == "time":
        return have[:5] == want[:5]
    return compared(name, have) == compared(name, want)


if __name__ == "__main__":
    main()
