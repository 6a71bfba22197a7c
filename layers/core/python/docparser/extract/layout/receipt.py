"""Reads the receipts of tills: who sold, when, for how much, with which tax, paid how."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found
from docparser.extract.values import address
from docparser.extract.values.money import Amount
from docparser.extract.values.typed import amount as stored
from docparser.extract.view import Proof
from docparser.model import FieldSource, FieldType, FieldValue, WarningCode, box

from . import receipt_payment as payment
from .anchors import squeeze
from .receipt_dates import bought
from .receipt_entries import entries, has_total
from .receipt_head import begins, head
from .receipt_labels import TOTALS, Kind
from .receipt_lines import strips
from .receipt_sums import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView
    from docparser.model import Value

    from .receipt_dates import Clock, Moment
    from .receipt_entries import Entry
    from .receipt_head import Named
    from .receipt_lines import Line
    from .receipt_sums import Sums

# Receipts in one document and amounts in one receipt that are kept; those behind them only count.
_MOST_RECEIPTS = 100
_MOST_ENTRIES = 20_000
_ENDS = 200
# A name of so many letters tells that a receipt begins anew.
_LEAST_NAME = 4


@dataclass
class _Receipt:
    """What is known of one receipt; its pages have been let go."""

    locale: Locale
    company: Named | None = None
    address: Named | None = None
    titled: bool = False
    moment: Moment | None = None
    clock: Clock | None = None
    entries: list[Entry] = field(default_factory=list)
    lines: int = 0
    paid: tuple[str, str, Proof] | None = None
    currency: tuple[str, str, Proof] | None = None

    @property
    def totalled(self) -> bool:
        """Whether it has a total of its own."""
        return any(entry.kind in TOTALS for entry in self.entries)


class ReceiptReader:
    """Reads the fields of a receipt, which may have several pages.

    Two receipts in one picture, below or beside each other, or one a page, are told apart by the
    totals and heads that each has; the fields are those of the first.
    """

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._receipts: list[_Receipt] = []

    def read(self, page: PageView) -> None:
        """Take one page in: its receipts, or more of the one before."""
        for strip in strips(page, lambda lines: has_total(lines, self._locale)):
            for lines in _stacked(strip, self._locale):
                self._take(_read(lines, self._locale))

    def found(self) -> Found:
        """Return the fields of the first receipt that has a total."""
        if not self._receipts:
            return Found()
        main = next((each for each in self._receipts if each.totalled), self._receipts[0])
        sums = settle(main.entries)
        warnings = set()
        if sums.contradicted:
            warnings.add(WarningCode.VALUES_CONTRADICT)
        if any(_another(main, sums, other) for other in self._receipts if other is not main):
            warnings.add(WarningCode.SEVERAL_DOCUMENTS)
        return Found(tuple(_fields(main, sums)), frozenset(warnings))

    def _take(self, receipt: _Receipt) -> None:
        before = self._receipts[-1] if self._receipts else None
        begun = receipt.company is not None and receipt.titled
        if before is None or (begun and before.totalled and receipt.totalled):
            if len(self._receipts) < _MOST_RECEIPTS:
                self._receipts.append(receipt)
            return
        room = _MOST_ENTRIES - len(before.entries)
        before.entries += [
            replace(entry, number=before.lines + entry.number) for entry in receipt.entries[:room]
        ]
        before.lines += receipt.lines
        before.currency = before.currency or receipt.currency
        before.company = before.company or receipt.company
        before.address = before.address or receipt.address
        before.paid = before.paid or receipt.paid
        if before.moment is None or (receipt.moment and receipt.moment.score > before.moment.score):
            before.moment, before.clock = receipt.moment or before.moment, receipt.clock
        before.clock = before.clock or receipt.clock


def _stacked(lines: Sequence[Line], locale: Locale) -> list[Sequence[Line]]:
    """Return the lines of receipts that stand below each other.

    Each has a total and begins with the name that the first has, or below a gap with a name and
    an address of its own.
    """
    name = head(lines, locale).company
    first = squeeze(name.lines[0]) if name else ""
    beginnings = [
        at
        for at, line in enumerate(lines[:-3])
        if at > 3
        and (
            (len(first) >= _LEAST_NAME and squeeze(line.text).startswith(first))
            or (line.blank >= line.height and begins(lines, at, locale))
        )
    ]
    cuts = [0]
    if beginnings:
        totals = [at for at, line in enumerate(lines) if has_total((line,), locale)]
        for at in beginnings:
            before = bisect_left(totals, at)
            if (
                at > cuts[-1] + 3
                and len(cuts) < _MOST_RECEIPTS
                and bisect_left(totals, cuts[-1]) < before < len(totals)
            ):
                cuts.append(at)
    return [lines[start:end] for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def _read(lines: Sequence[Line], locale: Locale) -> _Receipt:
    """Return what one page, or a part of one, says of a receipt."""
    lines = [replace(line, number=at) for at, line in enumerate(lines)]
    # A long roll says who and when at its ends; between them are articles.
    ends = lines if len(lines) <= 2 * _ENDS else [*lines[:_ENDS], *lines[-_ENDS:]]
    if locale.country is None:
        locale = replace(locale, country=payment.country_of(line.text for line in ends))
    top = head(lines, locale)
    found = entries(lines, locale)
    moment, clock = bought(ends, locale)
    return _Receipt(
        locale,
        top.company,
        top.address,
        top.titled,
        moment,
        clock,
        found[:_MOST_ENTRIES],
        len(lines),
        _paid(ends, found),
        payment.currency_named(ends, locale),
    )


def _paid(lines: Sequence[Line], found: Sequence[Entry]) -> tuple[str, str, Proof] | None:
    """Return how was paid as a line without an amount says: method, text and place."""
    totals = [e.number for e in found if e.kind in {*TOTALS, Kind.AMOUNT}]
    for line in lines:
        said = payment.method(line.text)
        if said is None:
            continue
        name, start, end = said
        behind = line.number > min(totals, default=lines[-1].number) and len(line.words) <= 4
        # "Cash" alone above the total is a kind of sale, "girocard" is how was paid.
        alone = name != "cash" and end - start >= len(line.text.strip())
        if behind or alone or payment.METHOD_LABEL.search(line.text):
            return name, line.text[start:end], line.proof(start, end)
    return None


def _another(main: _Receipt, sums: Sums, other: _Receipt) -> bool:
    """Whether another receipt is one of its own and no copy of the first."""
    if not other.totalled or sums.total is None:
        return False
    total = settle(other.entries).total
    same = total is not None and total.amount == sums.total.amount
    days = [each.moment.day for each in (main, other) if each.moment]
    times = [each.clock.time for each in (main, other) if each.clock]
    return not same or len(set(days)) > 1 or len(set(times)) > 1


def _fields(receipt: _Receipt, sums: Sums) -> list[FieldValue]:
    found = []
    if receipt.company is not None:
        found.append(_named("company", receipt.company))
    if receipt.moment is not None:
        moment = receipt.moment
        score = min(0.95, 0.45 + 0.18 * moment.score)
        day = moment.day.isoformat()
        found.append(_field("date", FieldType.DATE, day, moment.raw, moment.proof, score))
    if receipt.clock is not None:
        clock = receipt.clock
        found.append(
            _field("time", FieldType.TEXT, clock.time, clock.raw, clock.proof, clock.score)
        )
    if receipt.address is not None:
        found.append(_place(receipt.address, receipt.locale))
    return found + _money(receipt, sums)


def _money(receipt: _Receipt, sums: Sums) -> list[FieldValue]:
    found = []
    currency = _currency(receipt, sums)
    code = currency.value if currency is not None and isinstance(currency.value, str) else None
    for name, each in (("total", sums.total), ("tax_total", sums.tax)):
        if each is not None:
            value = stored(Amount(each.amount, each.entry.currency or code))
            proof = _joined(each.proofs)
            found.append(_field(name, FieldType.MONEY, value, proof.quote, proof, each.score))
    found += [] if currency is None else [currency]
    payment_method = _payment(receipt, sums)
    return found + ([] if payment_method is None else [payment_method])


def _payment(receipt: _Receipt, sums: Sums) -> FieldValue | None:
    paid = [
        (abs(entry.amount), said[0], entry.named)
        for entry in sums.paid
        if (said := payment.method(entry.label)) is not None and entry.named is not None
    ]
    if paid:
        _, method, proof = max(paid, key=lambda each: each[0])
        return _field("payment_method", FieldType.TEXT, method, proof.quote, proof, 0.85)
    if receipt.paid is not None:
        method, raw, proof = receipt.paid
        return _field("payment_method", FieldType.TEXT, method, raw, proof, 0.6)
    change = sums.change
    if change is not None and change.amount and change.named is not None:
        # Who was given change paid in cash, whatever the line above is called.
        proof = change.named
        return _field("payment_method", FieldType.TEXT, "cash", proof.quote, proof, 0.6)
    return None


def _currency(receipt: _Receipt, sums: Sums) -> FieldValue | None:
    """Return the currency that the total names, else the receipt, else its country's."""
    if sums.total is None:
        return None
    entry = sums.total.entry
    if entry.currency and entry.sign is not None:
        sign = entry.sign
        return _field("currency", FieldType.CURRENCY, entry.currency, sign.quote, sign, 0.9)
    if receipt.currency is not None:
        code, raw, proof = receipt.currency
        return _field("currency", FieldType.CURRENCY, code, raw, proof, 0.75)
    usual = payment.currency_of(receipt.locale.country)
    if usual is None:
        return None
    proof = entry.proof(sums.total.amount)
    return _field("currency", FieldType.CURRENCY, usual, "", proof, 0.55)


def _joined(proofs: Sequence[Proof]) -> Proof:
    """Return the place of an amount, or of all amounts on its page that it was added up from."""
    same = [proof for proof in proofs if proof.page == proofs[0].page]
    if len(same) == 1:
        return same[0]
    xs = [x for proof in same for x, _ in proof.polygon]
    ys = [y for proof in same for _, y in proof.polygon]
    return Proof(
        same[0].page,
        box(min(xs), min(ys), max(xs), max(ys)),
        tuple(word for proof in same for word in proof.word_ids),
        " ".join(proof.quote for proof in same),
    )


def _named(name: str, each: Named) -> FieldValue:
    return _field(name, FieldType.TEXT, each.text, each.raw, each.proof, each.score)


def _place(each: Named, locale: Locale) -> FieldValue:
    parts = address.parse(each.lines, locale) or {}
    value = {**parts, "text": each.text}
    return _field("address", FieldType.ADDRESS, value, each.raw, each.proof, each.score)


def _field(
    name: str, kind: FieldType, value: Value, raw: str, proof: Proof, score: float
) -> FieldValue:
    return FieldValue(
        name=name,
        type=kind,
        value=value,
        raw=raw,
        quote=proof.quote,
        page=proof.page,
        polygon=proof.polygon,
        word_ids=proof.word_ids,
        source=FieldSource.LAYOUT,
        confidence=round(max(0.0, min(1.0, score)), 4),
    )
