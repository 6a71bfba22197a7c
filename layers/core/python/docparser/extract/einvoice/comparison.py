"""What is printed otherwise than the XML says: a page that shows another invoice is a known fraud.

Only what contradicts counts: a number, a date, an account that is printed where such a thing is
said to stand, and that is not the XML's. What is not printed, or printed as a part of a picture,
differs from nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.extract.extractor import Locale
from docparser.extract.layout.anchors import Relation, Vocabulary, places, squeeze
from docparser.extract.layout.invoice_labels import HEAD
from docparser.extract.values import dates, iban, money, vat
from docparser.model import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docparser.extract.layout.anchors import Anchor, Place
    from docparser.extract.view import PageView, Placed

    from .invoice import EInvoice
    from .proof import Printed

_LABELS = Vocabulary(
    {
        "number": HEAD["number"],
        "title": ("Invoice", "Facture"),
        "iban": ("IBAN",),
        "issued": (*HEAD["issued"], *HEAD["issued.weak"]),
        "total": (
            "Gesamtbetrag",
            "Rechnungsbetrag",
            "Rechnungssumme",
            "Rechnungsendbetrag",
            "Bruttobetrag",
            "Gesamtsumme",
            "Gesamtpreis brutto",
            "Endbetrag",
            "Zahlbetrag",
            "Zu zahlender Betrag",
            "Zu zahlen",
            "Grand total",
            "Invoice total",
            "Total amount",
            "Amount due",
            "Balance due",
            "Due payable",
            "Total due",
            "Total TTC",
            "Montant TTC",
            "Net à payer",
            "Total à payer",
            "Montant dû",
        ),
        # What stands in such a row is no total of the invoice, or not yet.
        "part": (
            "Skonto",
            "Abzug",
            "Rabatt",
            "Zwischensumme",
            "Übertrag",
            "Discount",
            "Subtotal",
            "Carried forward",
            "Escompte",
            "Remise",
            "Sous-total",
            "Report",
            "Rate",
            "Abschlag",
            "Instalment",
        ),
    }
)

# A page of fewer amounts is a letter to an invoice, or a picture.
_FEWEST_AMOUNTS = 3

# Below this confidence of its words, what OCR has read contradicts nothing.
_SURE = 0.95

_SHORTEST_NUMBER = 3
_SHORTEST_IBAN = 14
# "Mietrechnung (387) Nr. 42 vom 1.10.2018", "Invoice # 42 issued at 2018-10-01"
_NUMBERED = re.compile(
    r"(?:rechnung|gutschrift|beleg|invoice|credit note|facture|avoir)\b[^#°:]{0,40}?"
    r"(?:\bn[ro°º](?!\w)|number|nummer|num[eé]ro|#)[.:# ]*(?P<number>[^ :]+)(?P<rest>.*)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z ]+")
_ANYWHERE = Locale()


class Comparison:
    """Gathers what contradicts an XML, page by page.

    Parameters
    ----------
    invoice
        What the XML says.
    """

    def __init__(self, invoice: EInvoice) -> None:
        self._said = {field.name: field.value for field in reversed(invoice.fields)}
        self._mentioned = invoice.mentioned
        self._accounts = {
            str(field.value) for field in invoice.fields if field.name == "iban"
        } | invoice.mentioned
        self._amounts = _numbers(invoice.mentioned)
        self._others = {
            squeeze(str(field.value))
            for field in invoice.fields
            if field.name.endswith("vat_id") and not field.name.startswith("seller")
        }
        self._printed: set[str] = set()
        self._contradicted: set[str] = set()
        self._money = 0
        self._recognised = False

    def read(self, printed: Printed) -> None:
        """Take one page in."""
        view = printed.view
        self._recognised |= _recognised(view)
        letters = printed.rows.text
        if squeeze(str(self._said.get("invoice_number", ""))) in letters:
            self._printed.add("number")
        issued = self._said.get("issue_date")
        if issued is None or printed.dates(str(issued)):
            self._printed.add("issued")
        if squeeze(str(self._said.get("seller.vat_id", ""))) in letters:
            self._printed.add("seller")
        totals = {self._total("grand_total"), self._total("due_payable")} - {None}
        if not totals or totals & printed.amounts.keys():
            self._printed.add("total")
        self._money += sum(
            len(places) for amount, places in printed.amounts.items() if _has_cents(amount)
        )
        self._accounts_of(view)
        self._labelled(view)

    def differs(self) -> bool:
        """Tell whether something else is printed than the XML says."""
        if not self._recognised and "total" not in self._printed and self._money >= _FEWEST_AMOUNTS:
            return True
        return bool(self._contradicted - self._printed) or "row" in self._contradicted

    def _total(self, name: str) -> Decimal | None:
        value = self._said.get(name)
        return abs(Decimal(value["amount"])) if isinstance(value, dict) else None

    def _accounts_of(self, view: PageView) -> None:
        for segment in view.segments:
            if not _sure(view, segment.words):
                continue
            for _, _, number in iban.find(segment.text):
                if number in self._accounts:
                    self._printed.add("iban")
                elif iban.valid(number) and "iban" in self._said:
                    self._contradicted.add("iban")
            for _, _, number in vat.find(segment.text):
                # Where it is the seller's, that has been seen already.
                if "seller.vat_id" in self._said and squeeze(number) not in self._others:
                    self._contradicted.add("seller")

    def _labelled(self, view: PageView) -> None:
        for segment in view.segments:
            if match := _NUMBERED.search(segment.text):
                self._number(view, segment.words, match["number"], match["rest"])
        anchors = _LABELS.find(view)
        parts = {each.segment.row for each in anchors if each.key == "part"}
        for anchor in anchors:
            if anchor.key in {"number", "title"}:
                # Under a title stands anything.
                stands = places if anchor.key == "number" else _beside
                for place in stands(view, anchor):
                    number, _, rest = place.reading.text.partition(" ")
                    if self._number(view, place.reading.words, number, rest):
                        break
            elif anchor.key == "iban" and "iban" in self._said:
                self._account(view, anchor)
            elif anchor.key == "issued":
                self._date(view, anchor)
            elif anchor.key == "total" and anchor.segment.row not in parts:
                self._row(view, anchor)

    def _number(self, view: PageView, words: Iterable[Placed], number: str, rest: str) -> bool:
        """Look at what may be an invoice's number, and at the date behind it; False: it is none."""
        said = squeeze(str(self._said.get("invoice_number", "")))
        found = squeeze(number)
        if len(found) < _SHORTEST_NUMBER or not any(map(str.isdigit, found)):
            return False
        if dates.parse(number, _ANYWHERE) is not None or not _sure(view, words):
            return False
        if not (found in said or said in found or (_recognised(view) and _alike(found, said))):
            self._contradicted.add("number")
        if dates.find(rest, _ANYWHERE) and "issue_date" in self._said:
            self._contradicted.add("issued")
        return True

    def _account(self, view: PageView, anchor: Anchor) -> None:
        """Look at what is called an IBAN, whatever its check digits are."""
        for place in _beside(view, anchor):
            match = _ACCOUNT.match(place.reading.text.lstrip(": "))
            found = match[0].replace(" ", "") if match else ""
            if len(found) < _SHORTEST_IBAN or _recognised(view):
                continue
            if any(found.startswith(account) for account in self._accounts):
                self._printed.add("iban")
            else:
                self._contradicted.add("iban")
            return

    def _date(self, view: PageView, anchor: Anchor) -> None:
        for place in places(view, anchor):
            found = dates.find(place.reading.text, _ANYWHERE)
            if found and _sure(view, place.reading.words):
                self._contradicted.add("issued")
                return

    def _row(self, view: PageView, anchor: Anchor) -> None:
        """Look at the amounts of a total's row: one of them is one that the XML mentions."""
        amounts = [
            abs(amount.amount)
            for place in _beside(view, anchor)
            if _sure(view, place.reading.words)
            for _, _, amount in money.find(place.reading.text, _ANYWHERE)
            if _has_cents(amount.amount) or amount.currency
        ]
        if not amounts or self._amounts.intersection(amounts):
            return
        if _recognised(view) and any(
            _alike(str(amount), str(said)) for amount in amounts for said in self._amounts
        ):
            return
        self._contradicted.add("row")


def _beside(view: PageView, anchor: Anchor) -> Iterator[Place]:
    for place in places(view, anchor, rows_below=0):
        if place.relation is not Relation.BELOW:
            yield place


def _numbers(mentioned: Iterable[str]) -> set[Decimal]:
    return {Decimal(each) for each in mentioned if each[0].isdigit()}


def _has_cents(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent == -2


def _recognised(view: PageView) -> bool:
    """Whether a page was read by OCR, which may take a character for another."""
    return view.page.lane is not Lane.TEXT


def _sure(view: PageView, words: Iterable[Placed]) -> bool:
    """Whether words are certain: those of a text layer are."""
    return not _recognised(view) or all(each.word.confidence >= _SURE for each in words)


def _alike(one: str, other: str) -> bool:
    """Whether OCR may have read one as the other: of one length, and one character differs."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1
