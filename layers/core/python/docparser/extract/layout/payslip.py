"""Reads payslips: who pays whom, for which month, gross and net and what lies between them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found
from docparser.extract.values import dates, money, period
from docparser.extract.values.typed import amount
from docparser.model import FieldType, WarningCode

from . import parties
from .anchors import Labelled, reading, squeeze
from .invoice_labels import VOCABULARY
from .labelled import LabelledReader, Sighting, field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Segment
    from docparser.model import FieldValue, Value
    from docparser.model.type_schema import TypeSchema

_TITLE = re.compile(
    r"abrechnung|verdienst|lohn|gehalt|entgelt|bez(?:ü|ue)ge|pay ?slip"
    r"|pay ?(?:stub|advice|statement)"
    r"|earnings|salary|payroll|bulletin|paie|salaire",
    re.IGNORECASE,
)
_PERIOD_LABEL = re.compile(
    r"(?:pay|payroll|salary|earnings)?\W*period|month|monat|zeitraum|p(?:é|e)riode|mois|für\b|for\b",
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(
    r"birth|geb|naiss|eintritt|hire|start|joined|entr(?:é|e)e|druck|print|zahl|paid|pay date"
    r"|paiement|cumul|ytd|year to date",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:period|week|month) end(?:ing|ed|s)?\b|abrechnungszeitraum", re.IGNORECASE)

# So many segments of a page are its head, and a name in it is no longer.
_HEAD, _LONGEST_NAME = 12, 60

# The pages that are looked at for names and months: the first says whose and when.
_PAGES = 2

# A row has so many columns that are looked at, a document so many rows of base, rate and amount;
# the amount is rounded to cents.
_COLUMNS, _MOST_PRODUCTS = 12, 2_000
_ROUNDED = Decimal("0.01")

# What gross and net gain and lose by going together or not: net is never more than gross, and a
# gross pay that is all of the net is one read twice, as far as may be.
_TOGETHER, _SAME, _APART = 1.25, 0.85, 0.5


class PayslipReader:
    """Reads the pages of a payslip, each once and in order.

    Parameters
    ----------
    schema
        With the labels of its fields.
    locale
        What ambiguous dates and numbers are read by.
    """

    def __init__(self, schema: TypeSchema, locale: Locale) -> None:
        self._locale = locale
        self._pages = 0
        self._periods: list[Sighting] = []
        self._products: dict[str, Sighting] = {}
        self._labelled = LabelledReader(schema, locale, but={"period"})

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._pages += 1
        self._labelled.read(page)
        for row in page.rows:
            self._read_product(page, row)
        if self._pages > _PAGES or not page.segments:
            return
        self._read_parties(page)
        for row in page.rows:
            for at, segment in enumerate(row):
                self._read_period(page, segment, row[at - 1] if at else None)

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        fields = [
            self._counted(field)
            for field in self._labelled.found().fields
            if field.name not in _PAY
        ]
        if self._periods:
            best = max(self._periods, key=lambda each: each.score)
            fields.append(field_of("period", FieldType.TEXT, best))
        pay = _pay(self._labelled)
        sure = {field.name: field for field in pay}
        warnings = set()
        if len(pay) == len(_PAY) and _exceeds(sure["net"].value, sure["gross"].value):
            warnings.add(WarningCode.VALUES_CONTRADICT)
        return Found((*fields, *pay), frozenset(warnings))

    def _read_product(self, page: PageView, row: Sequence[Segment]) -> None:
        """Keep what is a share of what stands before it: base, rate and amount of a deduction."""
        if len(row) < 3 or len(self._products) >= _MOST_PRODUCTS:
            return
        printed = [
            (segment, said)
            for segment in row[:_COLUMNS]
            if (said := money.parse(segment.text, self._locale)) is not None
        ]
        for (base, whole), (_, rate), (place, share) in zip(
            printed, printed[1:], printed[2:], strict=False
        ):
            if whole.amount and abs(abs(whole.amount * rate.amount / 100) - abs(share.amount)) <= (
                _ROUNDED
            ):
                proof = page.proof(place.words)
                sighting = Sighting(amount(share), place.text, proof, 0.0)
                self._products[base.words[0].word.id] = sighting

    def _counted(self, field: FieldValue) -> FieldValue:
        """Return a deduction where it was taken for its base."""
        share = self._products.get(field.word_ids[0]) if field.word_ids else None
        if share is None or field.name not in _DEDUCTED:
            return field
        return field_of(field.name, field.type, replace(share, score=field.confidence))

    def _read_parties(self, page: PageView) -> None:
        """Take the letter's sender as the employer, and whom it is for as the employee."""
        self._read_company(page)
        both = parties.read(Labelled(page, VOCABULARY.find(page)), self._locale)
        if both.seller is not None and both.seller.name is not None:
            name, proof = both.seller.name
            self._labelled.take("employer.name", Sighting(name, name, proof, 0.7))
        if both.buyer is None:
            return
        named = both.buyer.name
        if both.buyer.address is not None:
            parts, proof = both.buyer.address
            if "line2" in parts and not any(map(str.isdigit, parts["line1"])):
                # The line before the street is who lives there; "personal" stands over it.
                named = (parts["line1"], proof)
                parts = {name: part for name, part in parts.items() if name != "line2"}
                parts |= {"line1": both.buyer.address[0]["line2"]}
                parts |= {"text": parts["text"].removeprefix(f"{named[0]}, ")}
            self._labelled.take("employee.address", Sighting(parts, proof.quote, proof, 0.75))
        if named is not None:
            said, proof = named
            name = parties.FORM_OF_ADDRESS.sub("", said)
            self._labelled.take("employee.name", Sighting(name, said, proof, 0.75))

    def _read_company(self, page: PageView) -> None:
        """Take the first line with a legal form, on top of a page, as the employer's."""
        for segment in page.segments[:_HEAD]:
            named = parties.LEGAL_FORM.search(
                segment.text.title() if segment.text.isupper() else segment.text
            )
            if named and len(segment.words) > 1 and len(segment.text) <= _LONGEST_NAME:
                name = segment.text
                sighting = Sighting(name, name, page.proof(segment.words), 0.5)
                self._labelled.take("employer.name", sighting)
                return

    def _read_period(self, page: PageView, segment: Segment, before: Segment | None) -> None:
        found = period.find(segment.text, self._locale)
        ends = dates.find(segment.text, self._locale) if not found else []
        if found:
            start, end, value = found[0]
        elif ends and _ENDING.search(
            segment.text if before is None else f"{before.text} {segment.text}"
        ):
            start, end, day = ends[0]
            value = f"{day:%Y-%m}"
        else:
            return
        said = segment.text[:start]
        label = said if squeeze(said) else (before.text if before is not None else "")
        if _OTHER_DATE.search(label):
            return
        score = 0.4
        score += 0.3 if _TITLE.search(segment.text) else 0.0
        score += 0.2 if _PERIOD_LABEL.search(label) else 0.0
        # A payslip says its month on top.
        score += 0.1 * (1 - segment.top / max(page.page.height_pt, 1.0))
        words = reading(segment).covering(start, end)
        raw = segment.text[start:end]
        self._periods.append(Sighting(value, raw, page.proof(words), min(score, 0.95)))
        del self._periods[200:]


_PAY = ("gross", "net")
_DEDUCTED = ("tax_total", "social_security_total")


def _pay(labelled: LabelledReader) -> list[FieldValue]:
    """Return the gross and the net pay that go together best.

    Net is gross less tax and social security; what is paid out may be less, and stands beside it.
    """
    gross, net = (labelled.sightings(name) for name in _PAY)
    if not gross or not net:
        return [
            field_of(name, FieldType.MONEY, each[0])
            for name, each in zip(_PAY, (gross, net), strict=True)
            if each
        ]
    deducted = [seen[0] for name in _DEDUCTED if (seen := labelled.sightings(name))]
    less = sum((abs(_amount(each.value)) for each in deducted), Decimal())
    pairs = [
        (one, other, _fit(_amount(one.value), _amount(other.value), less))
        for one in gross[:20]
        for other in net[:20]
    ]
    one, other, fit = max(pairs, key=lambda pair: pair[0].score * pair[1].score * pair[2])
    return [
        field_of(name, FieldType.MONEY, replace(each, score=each.score * fit))
        for name, each in zip(_PAY, (one, other), strict=True)
    ]


def _fit(gross: Decimal, net: Decimal, less: Decimal) -> float:
    if net > gross:
        return _APART
    if less and gross - less == net:
        return _TOGETHER
    return _SAME if net == gross else 1.0


def _exceeds(one: Value, other: Value) -> bool:
    return _amount(one) > _amount(other)


def _amount(value: Value) -> Decimal:
    return Decimal(value["amount"]) if isinstance(value, dict) else Decimal()
