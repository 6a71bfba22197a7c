"""Reads the pages on which an e-invoice is printed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found
from docparser.extract.layout.anchors import Vocabulary, places
from docparser.model import FieldType, WarningCode

from .comparison import Comparison
from .proof import Printed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.extract.view import PageView, Placed
    from docparser.model import FieldValue

    from .invoice import EInvoice

# Values of one field that are looked for on pages; only an XML that means harm has more.
_MOST_VALUES = 12

# A value stands within so many words behind its label.
_LONGEST_VALUE = 12

# Codes are not printed as such.
_UNPRINTED = frozenset({"type_code"})

# Where one value is printed in several places, the label tells which of them is the field's.
_LABELS = Vocabulary(
    {
        "invoice_number": (
            "Rechnungsnummer",
            "Rechnungs-Nr",
            "Rechnung Nr",
            "Rechnung",
            "Invoice number",
            "Invoice no",
            "Invoice",
            "Facture",
            "Numéro de facture",
            "N° de facture",
        ),
        "issue_date": (
            "Rechnungsdatum",
            "Belegdatum",
            "Datum",
            "Invoice date",
            "Date of issue",
            "Date",
            "Date de facture",
            "Date d'émission",
        ),
        "due_date": (
            "Fälligkeit",
            "Fällig am",
            "Zahlbar bis",
            "Due date",
            "Payment due",
            "Date d'échéance",
            "Échéance",
        ),
        "delivery_date": (
            "Lieferdatum",
            "Leistungsdatum",
            "Delivery date",
            "Date of delivery",
            "Date de livraison",
        ),
        "net_total": (
            "Nettobetrag",
            "Summe netto",
            "Gesamt netto",
            "Net total",
            "Subtotal",
            "Total HT",
        ),
        "tax_total": ("Umsatzsteuer", "MwSt", "USt", "VAT", "Tax total", "TVA"),
        "grand_total": (
            "Gesamtbetrag",
            "Rechnungsbetrag",
            "Bruttobetrag",
            "Gesamtsumme",
            "Grand total",
            "Total amount",
            "Total",
            "Total TTC",
        ),
        "due_payable": (
            "Zahlbetrag",
            "Zu zahlen",
            "Amount due",
            "Balance due",
            "Due payable",
            "Net à payer",
            "Reste à payer",
        ),
        "prepaid": ("Bereits bezahlt", "Anzahlung", "Vorauszahlung", "Prepaid", "Acompte"),
    }
)


class EInvoiceReader:
    """An extractor whose values are those of the XML, proven by what is printed.

    Where the document is the XML itself there is nothing but its paths to prove them by.

    Parameters
    ----------
    invoice
        What the XML says.
    """

    def __init__(self, invoice: EInvoice) -> None:
        self._invoice = invoice
        self._comparison = Comparison(invoice) if invoice.attached else None
        self._sought = []
        count: Counter[str] = Counter()
        for at, field in enumerate(invoice.fields):
            count[field.name] += 1
            if field.name not in _UNPRINTED and count[field.name] <= _MOST_VALUES:
                self._sought.append(at)
        # By the field's place in the XML: how good its proof is, and the field with it.
        self._proven: dict[int, tuple[float, FieldValue]] = {}

    def read(self, page: PageView) -> None:
        """Take one page in."""
        if self._comparison is None:
            return  # the pages are the XML itself, and its paths say where things stand
        printed = Printed(page)
        labelled = _labelled(page)
        for at in self._sought:
            field = self._invoice.fields[at]
            found = printed.places(field)
            if not found:
                continue
            told = labelled.get(field.name, {})
            # Totals stand at the end, all else is first said at the beginning.
            if field.type is FieldType.MONEY:
                found = found[::-1]
            words = max(found, key=lambda words: _worth(words, told))
            worth = _worth(words, told)
            if not worth and _is_zero(field):
                continue  # a sum of nothing is printed for anything
            before = self._proven.get(at)
            later = field.type is FieldType.MONEY and before is not None and worth >= before[0]
            if before is None or worth > before[0] or later:
                self._proven[at] = worth, _with_proof(field, page, words)
        self._comparison.read(printed)

    def found(self) -> Found:
        """Return the XML's fields, with XML_DIFFERS where something else is printed."""
        fields = tuple(
            self._proven[at][1] if at in self._proven else field
            for at, field in enumerate(self._invoice.fields)
        )
        warnings = set(self._invoice.warnings)
        if self._comparison is not None and self._comparison.differs():
            warnings.add(WarningCode.XML_DIFFERS)
        return Found(fields, frozenset(warnings))


def _labelled(page: PageView) -> dict[str, dict[str, float]]:
    """Return, by field, the words that may be its value and how good their place is."""
    found: dict[str, dict[str, float]] = {}
    for anchor in _LABELS.find(page):
        told = found.setdefault(anchor.key, {})
        for place in places(page, anchor):
            for word in place.reading.words[:_LONGEST_VALUE]:
                told[word.word.id] = max(place.score, told.get(word.word.id, 0.0))
    return found


def _worth(words: Iterable[Placed], told: dict[str, float]) -> float:
    return max((told.get(word.word.id, 0.0) for word in words), default=0.0)


def _is_zero(field: FieldValue) -> bool:
    return isinstance(field.value, dict) and not Decimal(field.value.get("amount", "1"))


def _with_proof(field: FieldValue, page: PageView, words: tuple[Placed, ...]) -> FieldValue:
    proof = page.proof(words)
    return field.model_copy(
        update={
            "page": proof.page,
            "polygon": proof.polygon,
            "word_ids": proof.word_ids,
            "quote": proof.quote,
        }
    )
