"""Invoices of our own making: sixty documents of ten layouts, in English, German and French.

The shared set has 39 invoices of nine sellers, and many share one layout. Here sellers, buyers,
labels, columns, tax, number and date styles are drawn by a seeded generator, each page with its
truth, in the form of the shared set. Names, streets and places are put together from syllables:
no rule can know them. All check digits (VAT ids, IBANs) hold.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from stdnum import iban as ibans
from stdnum.at import uid as at_uid
from stdnum.be import vat as be_vat
from stdnum.de import vat as de_vat
from stdnum.iso7064 import mod_11_10

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COUNT = 60
CENT = Decimal("0.01")

_SYLLABLES = "bar ker lin mos tal ven dor han rid sel wes gor fal nim pel quin tro ulb zen hof"
_FORMS = {
    "DE": ("GmbH", "AG", "GmbH & Co. KG", "UG (haftungsbeschränkt)", "e.K.", "KG", ""),
    "AT": ("GmbH", "OG", "KG", ""),
    "GB": ("Ltd", "Limited", "PLC", "LLP", ""),
    "US": ("Inc.", "LLC", "Corp.", "Co.", ""),
    "FR": ("SARL", "SAS", "SA", "EURL", ""),
    "BE": ("SA", "SRL", "BV", ""),
    "CH": ("AG", "GmbH", "SA", ""),
}
_TRADES = {
    "de": ("Werkzeugbau", "Druckerei", "Logistik", "Software", "Elektrotechnik", "Tischlerei"),
    "en": ("Tools", "Printing", "Logistics", "Software", "Electrical", "Joinery"),
    "fr": ("Outillage", "Imprimerie", "Transports", "Logiciels", "Menuiserie", "Conseil"),
}
_FIRST = ("Anna", "Jonas", "Marie", "Peter", "Claire", "Tom", "Sofia", "Louis", "Grace", "Emil")
_STREETS = {
    "de": ("{}straße {}", "{}weg {}", "Am {}platz {}", "{}allee {}", "{}gasse {}"),
    "en": ("{1} {0} Street", "{1} {0} Road", "{1} {0} Avenue", "Unit {1}, {0} Lane"),
    "fr": ("{1} rue de {0}", "{1}, avenue du {0}", "{1} bis boulevard {0}", "{1} chemin des {0}"),
}
_COUNTRIES = {
    "DE": "Deutschland", "AT": "Österreich", "GB": "United Kingdom", "US": "USA",
    "FR": "France", "BE": "Belgique", "CH": "Schweiz",
}  # fmt: skip
_LANGUAGE = {"DE": "de", "AT": "de", "CH": "de", "GB": "en", "US": "en", "FR": "fr", "BE": "fr"}
_CURRENCY = {"GB": "GBP", "US": "USD", "CH": "CHF"}
_RATES = {
    "DE": (19, 7), "AT": (20, 10), "CH": ("8.1", "2.6"), "GB": (20, 5), "US": ("8.25",),
    "FR": (20, "5.5"), "BE": (21, 6),
}  # fmt: skip
_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "de": {
        "title": ("Rechnung", "RECHNUNG", "Faktura"),
        "credit": ("Gutschrift", "Rechnungskorrektur"),
        "number": ("Rechnungsnummer", "Rechnungs-Nr.", "Rechnung Nr.", "Rg.-Nr.", "Belegnummer",
                   "RE-Nr.", "Rechnungs Nr.", "Beleg Nr.", "Unsere Rechnungsnummer"),
        "issued": ("Rechnungsdatum", "Datum", "Belegdatum", "Ausstellungsdatum",
                   "Rechnungs- und Lieferdatum", "Rechnung vom", "Re.-Datum"),
        "due": ("Fällig am", "Fälligkeitsdatum", "Zahlbar bis", "Zahlungsziel",
                "Zahlung fällig am", "Spätestens zahlbar am"),
        "delivered": ("Lieferdatum", "Leistungsdatum"),
        "customer": ("Kundennummer", "Kunden-Nr.", "Ihre Kundennr."),
        "order": ("Bestellnummer", "Ihre Bestellung", "Auftragsnummer"),
        "seller": ("Verkäufer", "Rechnungssteller", "Lieferant"),
        "buyer": ("Rechnungsempfänger", "Käufer", "Rechnung an", "Kunde"),
        "ship": ("Lieferadresse", "Lieferanschrift"),
        "net": ("Nettobetrag", "Summe netto", "Zwischensumme", "Gesamt netto", "Nettosumme",
                "Summe Netto (EUR)", "Netto-Gesamtbetrag"),
        "tax": ("MwSt. {}%", "USt. {} %", "zzgl. {}% MwSt.", "Umsatzsteuer {} %",
                "+ {} % USt", "{}% MwSt. auf ~", "MwSt. {} % von ~"),
        "gross": ("Gesamtbetrag", "Rechnungsbetrag", "Bruttobetrag", "Endbetrag", "Gesamtsumme",
                  "Gesamt EUR", "Gesamtbetrag inkl. MwSt.", "Zu zahlender Gesamtbetrag"),
        "prepaid": ("Anzahlung", "Bereits bezahlt", "abzgl. Anzahlung"),
        "payable": ("Zahlbetrag", "Offener Betrag", "Zu zahlen", "Restbetrag",
                    "Noch zu zahlender Betrag"),
        "vat": ("USt-IdNr.", "USt-ID", "Umsatzsteuer-ID", "UID"),
        "columns": ("Bezeichnung", "Menge", "Einzelpreis", "Gesamt"),
        "terms": ("Zahlbar innerhalb von {} Tagen ohne Abzug.", "Zahlungsziel: {} Tage netto",
                  "Bitte zahlen Sie innerhalb {} Tagen nach Rechnungsdatum."),
        "until": ("Bitte überweisen Sie den Betrag bis zum {}.", "Zahlbar bis {} ohne Abzug."),
        "page": ("Seite {} von {}",),
        "reverse": ("Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)",),
        "bank": ("Bankverbindung",),
    },
    "en": {
        "title": ("Invoice", "INVOICE", "Tax Invoice"),
        "credit": ("Credit Note", "CREDIT NOTE"),
        "number": ("Invoice number", "Invoice No.", "Invoice #", "Invoice ID", "Document number",
                   "Inv. No.", "Invoice ref", "Our invoice", "Invoice Nr."),
        "issued": ("Invoice date", "Date", "Date of issue", "Issue date", "Issued",
                   "Date of invoice",
                   "Invoice date (tax point)", "Dated"),
        "due": ("Due date", "Payment due", "Due by", "Pay by", "Date due", "Payment deadline",
                "To be paid by"),
        "delivered": ("Delivery date", "Date of supply"),
        "customer": ("Customer no.", "Customer ID", "Account number"),
        "order": ("PO number", "Purchase order", "Order no.", "Your order"),
        "seller": ("From", "Seller", "Supplier", "Sold by"),
        "buyer": ("Bill to", "Invoice to", "Billed to", "Customer", "Buyer"),
        "ship": ("Ship to", "Deliver to"),
        "net": ("Subtotal", "Net total", "Total excl. VAT", "Net amount", "Total before tax",
                "Sub Total", "Total (excl. VAT)", "Amount excl. tax"),
        "tax": ("VAT {}%", "VAT ({} %)", "Tax {}%", "Sales tax ({}%)", "VAT @ {}%",
                "{}% VAT on ~", "Add VAT {}%"),
        "gross": ("Total", "Grand total", "Invoice total", "Total incl. VAT", "Total amount",
                  "TOTAL", "Total (incl. tax)", "Invoice amount"),
        "prepaid": ("Amount paid", "Less deposit", "Paid to date"),
        "payable": ("Balance due", "Amount due", "Total due", "Amount payable",
                    "Left to pay", "Outstanding amount"),
        "vat": ("VAT No.", "VAT ID", "VAT Reg. No", "VAT number"),
        "columns": ("Description", "Qty", "Unit price", "Amount"),
        "terms": ("Payment terms: {} days net", "Net {} days", "Payment within {} days."),
        "until": ("Please pay by {}.", "Payment is due on {}."),
        "page": ("Page {} of {}",),
        "reverse": ("Reverse charge: VAT to be accounted for by the recipient",),
        "bank": ("Bank details", "Payment details"),
    },
    "fr": {
        "title": ("Facture", "FACTURE"),
        "credit": ("Avoir", "AVOIR"),
        "number": ("Facture n°", "N° de facture", "Numéro de facture", "Facture no",
                   "Facture N° :", "Réf. facture", "N° pièce"),
        "issued": ("Date de facture", "Date", "Date d'émission", "Date de facturation",
                   "Émise le", "Facture du"),
        "due": ("Date d'échéance", "Échéance", "À payer avant le", "Payable le",
                "Date limite de règlement", "Échéance de règlement"),
        "delivered": ("Date de livraison", "Date de prestation"),
        "customer": ("N° client", "Code client", "Référence client"),
        "order": ("N° de commande", "Bon de commande", "Votre commande"),
        "seller": ("Vendeur", "Émetteur", "Fournisseur", "Prestataire"),
        "buyer": ("Client", "Facturé à", "Adresse de facturation", "Destinataire", "Acheteur"),
        "ship": ("Adresse de livraison", "Livré à"),
        "net": ("Total HT", "Montant HT", "Sous-total", "Total hors taxes", "Total net HT",
                "Total H.T.", "Base HT", "Total HT (EUR)"),
        "tax": ("TVA {} %", "TVA ({}%)", "T.V.A. {}%", "Montant TVA {} %",
                "TVA {}% sur ~"),
        "gross": ("Total TTC", "Montant TTC", "Montant total TTC", "Total général",
                  "TOTAL T.T.C.", "Total TTC (EUR)", "Total toutes taxes comprises"),
        "prepaid": ("Acompte versé", "Acompte", "Déjà réglé"),
        "payable": ("Net à payer", "Solde à payer", "Reste à payer", "Montant dû", "NET A PAYER"),
        "vat": ("N° TVA", "TVA intracommunautaire", "N° TVA intracom.", "Numéro de TVA"),
        "columns": ("Désignation", "Qté", "Prix unitaire", "Montant"),
        "terms": ("Paiement à {} jours net", "Payable sous {} jours", "Règlement à {} jours."),
        "until": ("À régler avant le {}.", "Paiement attendu au plus tard le {}."),
        "page": ("Page {} / {}",),
        "reverse": ("Autoliquidation de la TVA",),
        "bank": ("Coordonnées bancaires", "Règlement par virement"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Party:
    """A seller or a buyer."""

    name: str
    contact: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    iban: str
    bic: str

    @property
    def place(self) -> str:
        """Postcode and city, as the country writes them."""
        if self.country == "US":
            return f"{self.city}, TX {self.postcode}"
        if self.country == "GB":
            return f"{self.city} {self.postcode}"
        return f"{self.postcode} {self.city}"

    def lines(self, *, abroad: bool = False, contact: bool = False) -> list[str]:
        """Return the address as lines, with the country where the letter goes abroad."""
        lines = [self.name, self.contact if contact else "", self.street, self.place]
        return [line for line in [*lines, _COUNTRIES[self.country] if abroad else ""] if line]


@dataclass
class Made:
    """What an invoice says, and how."""

    draw: random.Random
    language: str
    seller: Party
    buyer: Party
    number: str
    issued: date
    due: date
    delivered: date
    order: str
    currency: str
    net: Decimal
    taxes: list[tuple[str, Decimal, Decimal]]
    tax: Decimal
    gross: Decimal
    prepaid: Decimal
    credit: bool
    items: list[tuple[str, int, Decimal, Decimal]]
    days: int
    style: str
    dates: str
    printed: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)

    def say(self, key: str) -> str:
        """Return the label of this invoice for a thing; always the same one."""
        if key not in self.words:
            self.words[key] = self.draw.choice(_LABELS[self.language][key])
        return self.words[key]

    def number_text(self, amount: Decimal, places: int = 2) -> str:
        """Return a number as this invoice writes it."""
        text = f"{amount:,.{places}f}"
        group, mark = {"de": ".,", "en": ",.", "fr": " ,", "ch": "'."}[self.style]
        return text.replace(",", "\0").replace(".", mark).replace("\0", group)

    def money(self, amount: Decimal) -> str:
        """Return an amount as this invoice writes it, most with the currency."""
        text = self.number_text(amount)
        sign = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}[self.currency]
        self.printed.add("currency")
        where = self.words.setdefault("~money", self.draw.choice("abc"))
        if self.language == "en" or self.style == "ch":
            return f"{sign} {text}" if self.currency == "CHF" or where == "b" else f"{sign}{text}"
        return f"{text} {sign if where != 'c' else self.currency}"

    def day(self, day: date) -> str:
        """Return a date as this invoice writes it."""
        month = _MONTHS[self.language].split()[day.month - 1]
        return {
            "iso": day.isoformat(),
            "points": f"{day:%d.%m.%Y}",
            "short": f"{day:%d.%m.%y}",
            "slash": f"{day:%d/%m/%Y}",
            "us": f"{day:%m/%d/%Y}",
            "words": f"{day.day} {month} {day.year}",
            "german": f"{day.day}. {month} {day.year}",
            "american": f"{month} {day.day}, {day.year}",
            "abbreviated": f"{day.day:02d}-{month[:3]}-{day.year}",
        }[self.dates]

    def truth(self) -> dict[str, object]:
        """Return the truth in the form of the shared set."""
        self.printed |= {"invoice_number", "issue_date", "seller.name", "buyer.name"}
        self.printed |= {"net_total", "grand_total", "due_payable", "tax_total"}
        return {
            "invoice_number": self.number,
            "issue_date": self.issued.isoformat(),
            "due_date": self.due.isoformat(),
            "delivery_date": self.delivered.isoformat(),
            "order_number": self.order,
            "currency": self.currency,
            "seller": {"name": self.seller.name, "vat_id": self.seller.vat_id},
            "buyer": {"name": self.buyer.name, "vat_id": self.buyer.vat_id},
            "iban": self.seller.iban,
            "bic": self.seller.bic,
            "net_total": str(self.net),
            "tax_total": str(self.tax),
            "grand_total": str(self.gross),
            "prepaid": str(self.prepaid),
            "due_payable": str(self.gross - self.prepaid),
            "_visible_fields": sorted(self.printed),
        }


class Sheet:
    """A page being drawn; ``y`` is the height of the next line, points from the top."""

    def __init__(self, canvas: Canvas, made: Made, size: tuple[float, float]) -> None:
        self.canvas, self.made = canvas, made
        self.width, self.height = size
        self.size = made.draw.choice((9.0, 9.5, 10.0, 11.0))
        self.font = made.draw.choice(("Helvetica", "Times-Roman"))
        self.bold = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}[self.font]
        self.step = self.size * made.draw.choice((1.2, 1.3, 1.45))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 0,
        bold: bool = False,
        align: str = "l",
    ) -> float:
        """Draw text whose base line is ``y`` from the top; return where the next line is."""
        size = size or self.size
        self.canvas.setFont(self.bold if bold else self.font, size)
        draw = {
            "l": self.canvas.drawString,
            "r": self.canvas.drawRightString,
            "c": self.canvas.drawCentredString,
        }[align]
        draw(x, self.height - y, text)
        return y + (self.step if size <= self.size else size * 1.3)

    def lines(self, x: float, y: float, lines: Sequence[str], **how: object) -> float:
        """Draw lines one below the other."""
        for line in lines:
            y = self.text(x, y, line, **how)  # type: ignore[arg-type]
        return y

    def pairs(self, x: float, value: float, y: float, pairs: Sequence[tuple[str, str]]) -> float:
        """Draw labels, and each one's value in a column of its own, at ``value`` or right of it."""
        colon = self.made.draw.choice((":", "", ":"))
        right = self.made.draw.random() < 0.3
        names = [self.canvas.stringWidth(label, self.font, self.size) for label, _ in pairs]
        value = max(value, x + max(names) + 2 * self.size)
        for label, said in pairs:
            self.text(x, y, label + colon)
            y = self.text(value + 90 if right else value, y, said, align="r" if right else "l")
        return y


def _luhn(digits: str) -> int:
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return -sum(d - 9 if d > 9 else d for d in doubled) % 10


def _digits(draw: random.Random, count: int) -> str:
    return str(draw.randint(1, 9)) + "".join(str(draw.randint(0, 9)) for _ in range(count - 1))


def _vat_id(draw: random.Random, country: str) -> str:
    if country == "DE":
        body = _digits(draw, 8)
        made = "DE" + body + mod_11_10.calc_check_digit(body)
        de_vat.validate(made)
    elif country == "AT":
        body = _digits(draw, 7)
        made = "ATU" + body + at_uid.calc_check_digit(body)
    elif country == "FR":
        body = _digits(draw, 8)
        siren = body + str(_luhn(body))
        made = f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    elif country == "BE":
        body = "0" + _digits(draw, 7)
        made = "BE" + body + f"{97 - int(body) % 97:02d}"
        be_vat.validate(made)
    elif country == "GB":
        while True:
            body = _digits(draw, 7)
            total = sum(int(d) * w for d, w in zip(body, range(8, 1, -1), strict=True))
            check = 97 - total % 97
            made = f"GB{body}{check:02d}"
            if int(body) >= 1000000 and check < 97:
                break
    else:
        made = ""
    return made


def _iban(draw: random.Random, country: str) -> str:
    bodies = {"DE": 18, "AT": 16, "CH": 17, "FR": 23, "BE": 12, "GB": 0, "US": 0}
    if not bodies[country]:
        if country == "US":
            return ""
        body = "NWBK" + _digits(draw, 14)
    else:
        body = _digits(draw, bodies[country])
    return country + ibans.calc_check_digits(country + "00" + body) + body


def _grouped(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _stem(draw: random.Random) -> str:
    return "".join(draw.sample(_SYLLABLES.split(), draw.choice((2, 2, 3)))).capitalize()


def _party(draw: random.Random, country: str, *, private: bool = False) -> Party:
    language = _LANGUAGE[country]
    person = f"{draw.choice(_FIRST)} {_stem(draw)}"
    form = draw.choice(_FORMS[country])
    trade = draw.choice(_TRADES[language]) if draw.random() < 0.5 or not form else ""
    name = person if private else " ".join(part for part in (_stem(draw), trade, form) if part)
    digits = 4 if country in ("AT", "CH", "BE") else 5
    postcode = _digits(draw, digits)
    if country == "GB":
        postcode = f"{draw.choice('ABEGLMNS')}{draw.randint(1, 19)} {draw.randint(1, 9)}AX"
    return Party(
        name,
        person if not private else "",
        draw.choice(_STREETS[language]).format(_stem(draw), draw.randint(1, 180)),
        postcode,
        _stem(draw) + {"de": "stadt", "en": "ton", "fr": "ville"}[language],
        country,
        _vat_id(draw, country) if not private else "",
        _iban(draw, country),
        f"{_stem(draw)[:4].upper().ljust(4, 'X')}{country}{draw.choice(('FF', '2L', 'PP'))}"
        + draw.choice(("", "XXX")),
    )


def make(seed: int) -> Made:
    """Return what the invoice of a number says."""
    draw = random.Random(seed)
    country = ("DE", "GB", "FR", "US", "AT", "BE", "CH", "DE", "FR", "GB")[seed % 10]
    language = _LANGUAGE[country]
    abroad = draw.random() < 0.2
    other = draw.choice(("DE", "FR", "GB", "AT")) if abroad else country
    seller = _party(draw, country)
    buyer = _party(draw, other, private=draw.random() < 0.25)
    issued = date(2023, 1, 1) + timedelta(days=draw.randint(0, 1000))
    days = draw.choice((7, 10, 14, 21, 30, 45, 60))
    items = []
    for _ in range(draw.randint(1, 7)):
        count = draw.randint(1, 40)
        price = Decimal(draw.randint(150, 90000)) / 100
        text = f"{draw.choice(_TRADES[language])} {_stem(draw)} {_digits(draw, 3)}"
        items.append((text, count, price, (count * price).quantize(CENT)))
    credit = seed % 12 == 7
    kind = draw.random()
    rates = [Decimal(str(rate)) for rate in _RATES[country]]
    free = (kind < 0.12 and buyer.vat_id != "") or (0.12 <= kind < 0.2)
    two = len(rates) > 1 and len(items) > 1 and kind > 0.7
    sums = [sum((i[3] for i in items[at::2] if two), Decimal(0)) for at in (0, 1)]
    if not two:
        sums = [sum((i[3] for i in items), Decimal(0)), Decimal(0)]
    if credit and draw.random() < 0.6:
        sums = [-each for each in sums]
        items = [(text, count, price, -total) for text, count, price, total in items]
    taxes = []
    for rate, base in zip(rates, sums, strict=False):
        if base:
            tax = Decimal(0) if free else (base * rate / 100).quantize(CENT, ROUND_HALF_UP)
            taxes.append(("0" if free else f"{rate.normalize():f}", base, tax))
    net = sum(sums)
    tax = sum(each[2] for each in taxes).quantize(CENT)
    gross = net + tax
    paid = (gross / 4).quantize(CENT) if draw.random() < 0.2 and not credit else Decimal("0.00")
    style = {"CH": "ch", "GB": "en", "US": "en"}.get(country, language)
    styles = {
        "de": ("points", "points", "german", "iso", "short"),
        "en": ("slash", "words", "abbreviated", "iso"),
        "fr": ("slash", "words", "points"),
    }[language]
    if country == "US":
        styles = ("us", "american", "us")
    number = draw.choice(
        (
            "{y}-{n}",
            "RE{y}{n}",
            "INV-{n}",
            "{n}",
            "F{y}/{n}",
            "R-{n}/{y}",
            "{y}{m:02d}-{n}",
            "{n}-A",
        )
    ).format(y=issued.year, m=issued.month, n=_digits(draw, draw.choice((4, 5, 6))))
    return Made(
        draw, language, seller, buyer, number, issued, issued + timedelta(days=days),
        issued - timedelta(days=draw.randint(1, 20)), f"PO{_digits(draw, 5)}",
        _CURRENCY.get(country, "EUR"), net.quantize(CENT), taxes, tax, gross.quantize(CENT),
        paid, credit, items, days, style, draw.choice(styles),
    )  # fmt: skip


def _title(made: Made) -> str:
    return made.say("credit" if made.credit else "title")


def _meta(made: Made, *, most: int = 9) -> list[tuple[str, str]]:
    """Return labels and values of the document's head, in this invoice's order."""
    draw = made.draw
    kinds = ["number", "issued"]
    more = {"customer": 0.6, "order": 0.5, "delivered": 0.5, "due": 0.0 if made.credit else 0.5}
    kinds = [*kinds, *(kind for kind, share in more.items() if draw.random() < share)][:most]
    fields = {"order": "order_number", "delivered": "delivery_date", "due": "due_date"}
    made.printed |= {fields[kind] for kind in kinds if kind in fields}
    said = {
        "number": made.number,
        "issued": made.day(made.issued),
        "customer": _digits(draw, 5),
        "order": made.order,
        "delivered": made.day(made.delivered),
        "due": made.day(made.due),
    }
    draw.shuffle(kinds)
    return [(made.say(kind), said[kind]) for kind in kinds]


def _tax_label(made: Made, rate: str, base: Decimal) -> str:
    """Return what stands before a tax: its rate, and in some invoices what it is a part of."""
    shown = rate.replace(".", "," if made.style in "defr" else ".")
    return made.say("tax").format(shown).replace("~", made.money(base))


def _totals(made: Made) -> list[tuple[str, str]]:
    """Return labels and values of the ladder of totals."""
    rows = []
    if made.draw.random() < 0.25:
        before = {"de": "Warenwert", "en": "Goods", "fr": "Total brut"}[made.language]
        off = {"de": "Rabatt", "en": "Discount", "fr": "Remise"}[made.language]
        reduced = (made.net / 9).quantize(CENT)
        rows += [(before, made.money(made.net + reduced)), (off, made.money(-reduced))]
    rows.append((made.say("net"), made.money(made.net)))
    for rate, base, tax in made.taxes:
        label = _tax_label(made, rate, base)
        rows.append((label, made.money(tax)))
    if len(made.taxes) > 1 and made.draw.random() < 0.5:
        label = {"de": "Summe MwSt.", "en": "Total VAT", "fr": "Total TVA"}[made.language]
        rows.append((label, made.money(made.tax)))
    rows.append((made.say("gross"), made.money(made.gross)))
    if made.prepaid:
        rows.append((made.say("prepaid"), made.money(-made.prepaid)))
        rows.append((made.say("payable"), made.money(made.gross - made.prepaid)))
        made.printed.add("prepaid")
    return rows


def _items(sheet: Sheet, y: float, left: float, right: float) -> float:
    made = sheet.made
    columns = (left, left + 0.55 * (right - left), left + 0.78 * (right - left), right)
    head = _LABELS[made.language]["columns"]
    sheet.text(columns[0], y, head[0], bold=True)
    for x, label in zip(columns[1:], head[1:], strict=True):
        sheet.text(x, y, label, bold=True, align="r")
    y += sheet.step * 1.3
    for text, count, price, total in made.items:
        sheet.text(columns[0], y, text)
        sheet.text(columns[1], y, str(count), align="r")
        sheet.text(columns[2], y, made.number_text(price), align="r")
        y = sheet.text(columns[3], y, made.number_text(total), align="r")
    return y + sheet.step


def _ladder(sheet: Sheet, y: float, left: float, right: float) -> float:
    for label, amount in _totals(sheet.made):
        sheet.text(left, y, label)
        y = sheet.text(right, y, amount, align="r")
    return y + sheet.step


def _terms(sheet: Sheet, x: float, y: float) -> float:
    """Draw how to pay: by a date, or within days of the date of issue."""
    made = sheet.made
    if not made.tax:
        y = sheet.text(x, y, made.say("reverse"))
    if made.credit:
        return y
    if "due_date" not in made.printed and made.draw.random() < 0.7:
        made.printed.add("due_date")
        if made.draw.random() < 0.5:
            return sheet.text(x, y, made.say("terms").format(made.days))
        return sheet.text(x, y, made.say("until").format(made.day(made.due)))
    return y


def _bank(made: Made) -> list[str]:
    if not made.seller.iban:
        return []
    made.printed |= {"iban", "bic"}
    return [f"IBAN: {_grouped(made.seller.iban)}", f"BIC: {made.seller.bic}"]


def _vat(made: Made) -> list[str]:
    if not made.seller.vat_id:
        return []
    made.printed.add("seller.vat_id")
    return [f"{made.say('vat')}: {made.seller.vat_id}"]


def _buyer_vat(made: Made) -> list[str]:
    if not made.buyer.vat_id or made.draw.random() < 0.5:
        return []
    made.printed.add("buyer.vat_id")
    return [f"{made.say('vat')}: {made.buyer.vat_id}"]


def _contact(made: Made) -> list[str]:
    stem = made.seller.name.split()[0].lower()
    return [f"Tel. +49 {_digits(made.draw, 8)}", f"info@{stem}.example", f"www.{stem}.example"]


def _abroad(made: Made) -> bool:
    return made.seller.country != made.buyer.country


def letter(sheet: Sheet) -> None:
    """Draw a letter: a window with the return address, an info block, a footer in columns."""
    made, edge = sheet.made, sheet.width - 60
    mark = made.draw.choice((" - ", " · ", ", ", " | "))
    seller = made.seller
    if made.draw.random() < 0.5:
        sheet.text(edge, 60, seller.name, size=16, bold=True, align="r")
    sheet.text(60, 128, mark.join([seller.name, seller.street, seller.place]), size=7)
    contact = made.draw.random() < 0.4
    sheet.lines(60, 145, made.buyer.lines(abroad=_abroad(made), contact=contact))
    y = sheet.pairs(360, 455, 145, _meta(made))
    y = sheet.text(60, max(y, 250), f"{_title(made)}", size=15, bold=True)
    y = _items(sheet, y + 15, 60, edge)
    y = _ladder(sheet, y, 300, edge)
    _terms(sheet, 60, y)
    foot = [
        [seller.name, seller.street, seller.place],
        [*_contact(made), *_vat(made)],
        [made.say("bank"), *_bank(made)],
    ]
    for number, lines in enumerate(foot):
        sheet.lines(60 + 165 * number, 775, lines, size=7.5)
    sheet.text(sheet.width / 2, 760, made.say("page").format(1, 1), align="c", size=7)


def letterhead(sheet: Sheet) -> None:
    """Draw the seller top left, the title top right, buyer and head side by side below."""
    made, edge = sheet.made, sheet.width - 50
    sheet.text(edge, 60, _title(made), size=20, bold=True, align="r")
    y = sheet.text(50, 60, made.seller.name, size=13, bold=True)
    y = sheet.lines(50, y, [made.seller.street, made.seller.place, *_contact(made), *_vat(made)])
    y = max(y, 160) + 15
    low = sheet.text(50, y, made.say("buyer"), bold=True)
    low = sheet.lines(50, low, [*made.buyer.lines(abroad=_abroad(made)), *_buyer_vat(made)])
    low = max(low, sheet.pairs(340, 440, y, _meta(made)))
    y = _items(sheet, low + 25, 50, edge)
    y = _ladder(sheet, y, 300, edge)
    y = _terms(sheet, 50, y)
    bank = _bank(made)
    if bank:
        sheet.lines(50, y + 10, [made.say("bank"), *bank])


def columns(sheet: Sheet) -> None:
    """Draw seller and buyer as labelled columns, and the head as boxes: labels over values."""
    made, edge = sheet.made, sheet.width - 55
    sheet.text(sheet.width / 2, 55, _title(made), size=18, bold=True, align="c")
    sheet.text(55, 95, made.say("seller"), bold=True)
    sheet.text(320, 95, made.say("buyer"), bold=True)
    seller = [*made.seller.lines(), *_vat(made)]
    buyer = [*made.buyer.lines(abroad=_abroad(made)), *_buyer_vat(made)]
    y = max(sheet.lines(55, 95 + sheet.step, seller), sheet.lines(320, 95 + sheet.step, buyer))
    y += 20
    meta = _meta(made, most=4)
    for number, (label, said) in enumerate(meta):
        x = 55 + number * (edge - 55) / len(meta)
        sheet.text(x, y, label, bold=True, size=8)
        sheet.text(x, y + sheet.step, said)
    y = _items(sheet, y + 3 * sheet.step + 10, 55, edge)
    y = _ladder(sheet, y, 340, edge)
    y = _terms(sheet, 55, y)
    sheet.lines(55, y + 15, _bank(made))


def sidebar(sheet: Sheet) -> None:
    """Draw a sidebar with each label over its value; the seller on top, the buyer beside."""
    made, edge = sheet.made, sheet.width - 45
    y = sheet.text(200, 60, made.seller.name, size=15, bold=True)
    parts = [made.seller.street, made.seller.place]
    sheet.text(200, y, ", ".join(parts), size=8)
    y = 120.0
    for label, said in _meta(made):
        y = sheet.text(45, y, label, size=8, bold=True)
        y = sheet.text(45, y, said) + 8
    low = sheet.text(200, 120, made.say("buyer") + ":", size=8)
    low = sheet.lines(200, low, made.buyer.lines(abroad=_abroad(made)))
    low = sheet.text(200, low + 25, _title(made), size=16, bold=True)
    low = _items(sheet, low + 10, 200, edge)
    low = _ladder(sheet, low, 320, edge)
    low = _terms(sheet, 200, low)
    foot = [" | ".join([*_vat(made), *_contact(made)]), " | ".join(_bank(made))]
    sheet.lines(45, 790, [line for line in foot if line], size=7.5)


def sentence(sheet: Sheet) -> None:
    """Draw number and date in the title's line; the buyer stands on the right."""
    made, edge = sheet.made, sheet.width - 60
    sheet.lines(60, 60, [made.seller.name, made.seller.street, made.seller.place])
    y = 60 + 3 * sheet.step
    y = sheet.lines(60, y, [*_vat(made), *_contact(made)])
    sheet.lines(340, 130, made.buyer.lines(abroad=_abroad(made)))
    on = {"de": "vom", "en": "of", "fr": "du"}[made.language]
    no = {"de": "Nr.", "en": "no.", "fr": "n°"}[made.language]
    title = {"de": "Rechnung", "en": "Invoice", "fr": "Facture"}[made.language]
    if made.credit:
        title = {"de": "Gutschrift", "en": "Credit note", "fr": "Avoir"}[made.language]
    said = f"{title} {no} {made.number} {on} {made.day(made.issued)}"
    y = sheet.text(60, 240, said, size=13, bold=True)
    y = _items(sheet, y + 15, 60, edge)
    y = _ladder(sheet, y, 300, edge)
    y = _terms(sheet, 60, y)
    sheet.text(60, y + 10, " - ".join(_bank(made)))


def inline(sheet: Sheet) -> None:
    """Draw labels and values in running lines, parties behind "From" and "To"."""
    made, edge = sheet.made, sheet.width - 50
    sheet.text(50, 55, _title(made), size=17, bold=True)
    y = 85.0
    meta = [f"{label}: {said}" for label, said in _meta(made)]
    for at in range(0, len(meta), 2):
        y = sheet.text(50, y, "   ".join(meta[at : at + 2]))
    y += 12
    for key, party, more in (("seller", made.seller, _vat(made)), ("buyer", made.buyer, [])):
        lines = party.lines(abroad=_abroad(made))
        y = sheet.text(50, y, f"{made.say(key)}: {lines[0]}")
        y = sheet.text(50, y, ", ".join(lines[1:]))
        y = sheet.lines(50, y, more) + 8
    y = _items(sheet, y + 15, 50, edge)
    for label, amount in _totals(made):
        y = sheet.text(50, y, f"{label}: {amount}")
    y = _terms(sheet, 50, y + 10)
    sheet.lines(50, y + 6, _bank(made))


def american(sheet: Sheet) -> None:
    """Draw bill-to and ship-to columns, labels in capitals stacked over values at the right."""
    made, edge = sheet.made, sheet.width - 50
    y = sheet.text(50, 60, made.seller.name, size=14, bold=True)
    y = sheet.lines(50, y, [made.seller.street, made.seller.place, *_vat(made)])
    right = sheet.text(edge, 60, _title(made).upper(), size=20, bold=True, align="r")
    for label, said in _meta(made, most=4):
        right = sheet.text(edge, right, label.upper(), size=8, align="r")
        right = sheet.text(edge, right, said, align="r") + 4
    y = max(y, 150) + 10
    sheet.text(50, y, made.say("buyer").upper(), bold=True)
    sheet.text(215, y, made.say("ship").upper(), bold=True)
    other = _party(made.draw, made.buyer.country)
    ship = made.buyer.lines() if made.draw.random() < 0.5 else other.lines()
    low = sheet.lines(50, y + sheet.step, made.buyer.lines(abroad=_abroad(made), contact=True))
    low = max(low, sheet.lines(215, y + sheet.step, ship), right)
    y = _items(sheet, low + 20, 50, edge)
    y = _ladder(sheet, y, 300, edge)
    y = _terms(sheet, 50, y)
    sheet.lines(50, y + 10, _bank(made))


def plain(sheet: Sheet) -> None:
    """Draw a letter without labels: place and date in a line, the number in the subject."""
    made, edge = sheet.made, sheet.width - 70
    seller = made.seller
    sheet.text(edge, 55, seller.name, size=14, bold=True, align="r")
    sheet.text(edge, 72, f"{seller.street}, {seller.place}", size=8, align="r")
    sheet.lines(70, 130, made.buyer.lines(abroad=_abroad(made)))
    on = {"de": ", den ", "en": ", ", "fr": ", le "}[made.language]
    sheet.text(edge, 225, seller.city + on + made.day(made.issued), align="r")
    no = {"de": "Nr.", "en": "no.", "fr": "n°"}[made.language]
    y = sheet.text(70, 260, f"{_title(made)} {no} {made.number}", size=12, bold=True)
    y = _items(sheet, y + 15, 70, edge)
    y = _ladder(sheet, y, 300, edge)
    y = _terms(sheet, 70, y)
    sheet.text(70, 780, "  ".join([*_vat(made), *_contact(made)]), size=8)
    sheet.text(70, 791, "  ".join(_bank(made)), size=8)


def carried(sheet: Sheet) -> None:
    """Draw two pages: the head on both, sums carried from one to the other, totals on the last."""
    made, edge = sheet.made, sheet.width - 55
    seller = made.seller
    carry = {"de": "Übertrag", "en": "Carried forward", "fr": "À reporter"}[made.language]
    sheet.text(55, 50, seller.name, size=12, bold=True)
    sheet.text(55, 64, f"{seller.street} | {seller.place}", size=8)
    sheet.lines(55, 120, made.buyer.lines(abroad=_abroad(made)))
    y = sheet.pairs(350, 450, 120, _meta(made))
    y = sheet.text(55, max(y, 210) + 10, _title(made), size=16, bold=True)
    y = _items(sheet, y + 10, 55, edge)
    sheet.text(55, y, carry)
    sheet.text(edge, y, made.number_text(made.net), align="r")
    sheet.text(edge, 800, made.say("page").format(1, 2), size=8, align="r")
    sheet.canvas.showPage()
    sheet.text(55, 50, seller.name, size=12, bold=True)
    sheet.text(55, 64, f"{seller.street} | {seller.place}", size=8)
    sheet.text(350, 50, f"{made.say('number')} {made.number}")
    sheet.text(55, 110, carry)
    sheet.text(edge, 110, made.number_text(made.net), align="r")
    y = _ladder(sheet, 140, 330, edge)
    y = _terms(sheet, 55, y)
    sheet.lines(55, y + 12, [*_vat(made), *_bank(made)])
    sheet.text(edge, 800, made.say("page").format(2, 2), size=8, align="r")


def footed(sheet: Sheet) -> None:
    """Draw a seller who stands in the footer alone, and totals as columns under their heads."""
    made, edge = sheet.made, sheet.width - 60
    sheet.lines(60, 110, made.buyer.lines(abroad=_abroad(made)))
    y = sheet.pairs(370, 465, 110, _meta(made))
    y = sheet.text(60, max(y, 220), _title(made), size=16, bold=True)
    y = _items(sheet, y + 15, 60, edge)
    if made.prepaid or len(made.taxes) > 1:
        y = _ladder(sheet, y, 300, edge)
    else:
        rate, net, tax = made.taxes[0]
        label = _tax_label(made, rate, net)
        heads = (made.say("net"), label, made.say("gross"))
        amounts = (net, tax, made.gross)
        for number, (head, amount) in enumerate(zip(heads, amounts, strict=True)):
            x = 300 + number * (edge - 300) / 2
            sheet.text(x, y, head, align="r", size=8)
            sheet.text(x, y + sheet.step, made.money(amount), align="r")
        y += 3 * sheet.step
    _terms(sheet, 60, y)
    seller = made.seller
    foot = [f"{seller.name} · {seller.street} · {seller.place}", " · ".join(_contact(made))]
    more = " · ".join([*_vat(made), *_bank(made)])
    for number, line in enumerate(line for line in [*foot, more] if line):
        sheet.text(sheet.width / 2, 790 + 10 * number, line, size=7.5, align="c")


LAYOUTS: tuple[Callable[[Sheet], None], ...] = (
    letter, letterhead, columns, sidebar, sentence, inline, american, footed, plain,
    carried,
)  # fmt: skip


def pdf(seed: int) -> tuple[bytes, dict[str, object], str]:
    """Return the invoice of a number as a PDF, its truth, and its layout's name."""
    made = make(seed)
    layout = LAYOUTS[(seed + seed // 10) % len(LAYOUTS)]
    if layout is american and made.seller.country != "US":
        size = A4
    else:
        size = LETTER if made.seller.country == "US" and layout in (american, letterhead) else A4
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=True)
    layout(Sheet(canvas, made, size))
    canvas.save()
    return file.getvalue(), made.truth(), layout.__name__
