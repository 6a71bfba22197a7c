"""What Textract says, as fields of a document's schema with their places on its pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.extract.einvoice.proof import Letters
from docparser.extract.layout.anchors import squeeze
from docparser.extract.values.typed import normalise
from docparser.model import DocumentType, FieldSource, FieldType, FieldValue, box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Placed
    from docparser.model import Value
    from docparser.model.type_schema import FieldRule, TypeSchema

    from .textract_answers import Corners, Said

_INVOICE = {
    "INVOICE_RECEIPT_ID": "invoice_number",
    "INVOICE_RECEIPT_DATE": "issue_date",
    "DUE_DATE": "due_date",
    "DELIVERY_DATE": "delivery_date",
    "VENDOR_NAME": "seller.name",
    "VENDOR_VAT_NUMBER": "seller.vat_id",
    "TAX_PAYER_ID": "seller.tax_no",
    "VENDOR_ADDRESS": "seller.address",
    "RECEIVER_NAME": "buyer.name",
    "RECEIVER_VAT_NUMBER": "buyer.vat_id",
    "RECEIVER_ADDRESS": "buyer.address",
    "PO_NUMBER": "order_number",
    "SUBTOTAL": "net_total",
    "TAX": "tax_total",
    "TOTAL": "grand_total",
    "AMOUNT_PAID": "prepaid",
    "AMOUNT_DUE": "due_payable",
}
_RECEIPT = {
    "VENDOR_NAME": "company",
    "INVOICE_RECEIPT_DATE": "date",
    "VENDOR_ADDRESS": "address",
    "TAX": "tax_total",
    "TOTAL": "total",
}
EXPENSES = {
    DocumentType.INVOICE: _INVOICE,
    DocumentType.CREDIT_NOTE: _INVOICE,
    DocumentType.RECEIPT: _RECEIPT,
}
"""The fields of a type by the names that AnalyzeExpense has for them."""

IDENTITIES = {
    "DOCUMENT_NUMBER": "document_number",
    "LAST_NAME": "surname",
    "FIRST_NAME": "given_names",
    "DATE_OF_BIRTH": "birth_date",
    "EXPIRATION_DATE": "expiry_date",
    "ID_TYPE": "kind",
}
"""The fields of an ID document by the names that AnalyzeID has for them."""

# What AnalyzeID calls a document begins with one of these.
_KINDS = {"DRIVER LICENSE": "driving_licence", "PASSPORT": "passport"}

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What lies so much outside of a value's place, in its own height, is still in it.
_SLACK = 0.25

# The degrees clockwise by which the text of the picture is turned, and how a point of the picture
# moves when the page is turned back.
_TURNS: dict[int, Callable[[float, float], tuple[float, float]]] = {
    0: lambda x, y: (x, y),
    90: lambda x, y: (y, 1 - x),
    180: lambda x, y: (1 - x, 1 - y),
    270: lambda x, y: (1 - y, x),
}


def labelled(schema: TypeSchema) -> dict[str, str]:
    """Return the fields of a schema by their labels, squeezed; not by a label that several have."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for rule in schema.fields:
        for labels in rule.labels.values():
            for label in map(squeeze, labels):
                if found.setdefault(label, rule.name) != rule.name:
                    several.add(label)
    return {label: name for label, name in found.items() if label not in several}


def named(said: Iterable[Said], names: Mapping[str, str]) -> Iterator[tuple[str, Said]]:
    """Yield what has one of these types, with the field that it is of."""
    for each in said:
        kind = each.type
        if kind == "ADDRESS" and each.groups:
            kind = f"{each.groups[0]}_ADDRESS"
        if kind in names:
            yield names[kind], each


def in_full(said: Sequence[Said]) -> Iterator[Said]:
    """Yield what an ID document says: middle names behind the first, its kind in words of ours."""
    middle = next((each for each in said if each.type == "MIDDLE_NAME" and each.text), None)
    for each in said:
        if each.type == "FIRST_NAME" and each.text and middle is not None:
            sure = min(each.confidence, middle.confidence)
            yield each._replace(text=f"{each.text} {middle.text}", confidence=sure)
        elif each.type == "ID_TYPE":
            for begins, kind in _KINDS.items():
                if each.text.startswith(begins):
                    yield each._replace(normalised=kind)
        elif each.text:
            yield each


class PageFields:
    """Makes fields of what is said of one page.

    Parameters
    ----------
    schema, locale
        Which fields there are, and what ambiguous values are read by.
    page
        The page as our own lanes have read it.
    rotation
        The degrees clockwise by which the picture that was sent had been turned.
    """

    def __init__(self, schema: TypeSchema, locale: Locale, page: PageView, rotation: int) -> None:
        self._rules = {rule.name: rule for rule in schema.fields}
        self._locale = locale
        self._page = page
        self._turn = _TURNS.get((rotation - page.page.rotation) % 360, _TURNS[0])
        self._words = [word for segment in page.segments for word in segment.words]

    def of(self, said: Iterable[tuple[str, Said]]) -> Iterator[FieldValue]:
        """Yield the fields that are in the schema and whose values are of their type."""
        for name, each in said:
            rule = self._rules.get(name)
            value = None if rule is None else self._value(rule, each)
            if rule is not None and value is not None:
                yield self._field(rule, value, each)
            currency = self._rules.get("currency")
            if currency is not None and each.currency and name in {"grand_total", "total"}:
                yield self._field(currency, each.currency, each)

    def _value(self, rule: FieldRule, said: Said) -> Value | None:
        iso = _ISO_DATE.match(said.normalised)
        if rule.type is FieldType.DATE and iso:
            return iso[0]
        if rule.type is FieldType.TEXT and said.normalised:
            return said.normalised
        value = normalise(rule.type, said.text, self._locale)
        if rule.type is FieldType.MONEY and isinstance(value, dict) and said.currency:
            return {**value, "currency": said.currency}
        return value

    def _field(self, rule: FieldRule, value: Value, said: Said) -> FieldValue:
        words = self._words_of(said)
        proof = self._page.proof(words) if words else None
        place = None if proof or not said.corners else box(*self._around(said.corners))
        return FieldValue(
            name=rule.name,
            type=rule.type,
            value=value,
            raw=" ".join(said.text.split()),
            quote=proof.quote if proof else "",
            page=self._page.number,
            polygon=proof.polygon if proof else place,
            word_ids=proof.word_ids if proof else (),
            source=FieldSource.TEXTRACT,
            confidence=round(said.confidence, 4),
        )

    def _words_of(self, said: Said) -> Sequence[Placed]:
        """Return our own words where Textract has read the value, or the first that read as it."""
        if not said.corners:
            places = Letters(self._words).places(squeeze(said.text))
            return next(places, ())
        left, top, right, bottom = self._around(said.corners)
        slack = _SLACK * (bottom - top)
        across, down = self._page.page.width_pt, self._page.page.height_pt
        return [
            word
            for word in self._words
            if left <= (word.left + word.right) / 2 / across <= right
            and top - slack <= (word.top + word.bottom) / 2 / down <= bottom + slack
        ]

    def _around(self, corners: Corners) -> tuple[float, float, float, float]:
        """Return the box around a place on the upright page, in 0..1."""
        points = [self._turn(x, y) for x, y in corners]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)
