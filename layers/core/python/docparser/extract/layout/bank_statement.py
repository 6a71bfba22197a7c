"""Reads bank statements: whose account it is, at which bank, for what time, and its balances."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found
from docparser.extract.tables import heads, stated
from docparser.extract.tables.printed import has_amount
from docparser.extract.tables.sums import SumKind
from docparser.extract.values import dates
from docparser.extract.values.money import Amount
from docparser.extract.values.typed import amount
from docparser.model import FieldType, TableRole

from . import parties
from .anchors import Labelled, reading
from .invoice_labels import VOCABULARY
from .labelled import LabelledReader, Sighting, field_of

if TYPE_CHECKING:
    from docparser.extract.extractor import Locale
    from docparser.extract.tables.heads import HeadColumn
    from docparser.extract.tables.stated import StatedBalance
    from docparser.extract.view import PageView, Proof
    from docparser.model.type_schema import TypeSchema

_BANK = re.compile(
    r"(?:\b|\w)(?:bank|banque|sparkasse|raiffeisen\w*|volksbank|kreditanstalt|landesbank|bancorp"
    r"|savings|credit union|building society|caisse d.[ée]pargne|cr[ée]dit (?:agricole|mutuel)"
    r"|soci[ée]t[ée] g[ée]n[ée]rale|banca|banco|bankhaus)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"period|zeitraum|p[ée]riode|statement|auszug|relev[ée]|\bfrom\b|\bvom\b|\bvon\b|\bdu\b"
    r"|bewegungen|umsätze|transactions",
    re.IGNORECASE,
)
# What stands between two dates that are a period.
_TO = re.compile(r"\s*(?:-|\u2013|to|until|through|bis(?: zum)?|au)\s*", re.IGNORECASE)

# Where a bank's name and the period stand: the top of the first pages.
_PAGES = 2
_HEAD = 30
_MOST_WORDS = 8

# What speaks for a balance that says which it is, and for one that says its day.
_NAMED, _DATED = 0.85, 0.6

# What speaks for a currency that stands by a balance.
_BESIDE = 0.6

_BALANCES = {SumKind.OPENING: "opening_balance", SumKind.CLOSING: "closing_balance"}


class BankStatementReader:
    """Reads the pages of a statement, each once and in order.

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
        self._labelled = LabelledReader(schema, locale, but=frozenset(_BALANCES.values()))
        self._balances: dict[SumKind, Sighting] = {}
        self._dated: tuple[Sighting, Sighting] | None = None
        self._debits: list[HeadColumn] = []

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._pages += 1
        if self._pages <= _PAGES:
            self._labelled.read(page)
            self._read_bank(page)
            self._read_period(page)
        if self._pages == 1 and page.segments:
            self._read_holder(page)
        for head in heads.find(page, (TableRole.TRANSACTIONS,)):
            self._debits = [each for each in head.columns if each.name == "debit"]
        for balance in stated.balances(page, self._locale):
            self._read_balance(page, balance)

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        balances = dict(self._balances)
        if self._dated is not None and self._dated[0] is not self._dated[1]:
            for kind, dated in zip(_BALANCES, self._dated, strict=True):
                balances.setdefault(kind, dated)
        fields = [
            *self._labelled.found().fields,
            *(
                field_of(name, FieldType.MONEY, balances[kind])
                for kind, name in _BALANCES.items()
                if kind in balances
            ),
        ]
        return Found(tuple(fields))

    def _read_bank(self, page: PageView) -> None:
        """Take the highest line that has the name of a bank."""
        for rank, segment in enumerate(page.segments[:_HEAD]):
            if (
                len(segment.words) <= _MOST_WORDS
                and _BANK.search(segment.text)
                and not any(map(str.isdigit, segment.text))
                and ":" not in segment.text
            ):
                score = 0.97 - 0.01 * rank
                proof = page.proof(segment.words)
                self._labelled.take("bank.name", Sighting(segment.text, segment.text, proof, score))
                return

    def _read_holder(self, page: PageView) -> None:
        """Take whom the letter is for as the holder, where no label says who it is."""
        both = parties.read(Labelled(page, VOCABULARY.find(page)), self._locale)
        if both.buyer is not None and both.buyer.name is not None:
            said, proof = both.buyer.name
            if not _BANK.search(said):
                self._take_holder(said, proof)
                return
        for segment in page.segments[:_HEAD]:
            text = segment.text
            if (
                parties.FORM_OF_ADDRESS.match(text)
                and len(segment.words) <= _MOST_WORDS
                and not any(map(str.isdigit, text))
            ):
                self._take_holder(text, page.proof(segment.words))
                return

    def _take_holder(self, said: str, proof: Proof) -> None:
        name = parties.FORM_OF_ADDRESS.sub("", said)
        self._labelled.take("account_holder", Sighting(name, said, proof, 0.6))

    def _read_period(self, page: PageView) -> None:
        """Take the two dates of a line that speaks of a period."""
        for rank, row in enumerate(page.rows[:_HEAD]):
            line = reading(*row)
            text = line.text
            found = dates.find(text, self._locale)
            if len(found) != 2 or found[0][2] > found[1][2]:
                continue
            before, between = text[: found[0][0]], text[found[0][1] : found[1][0]]
            if not _PERIOD.search(before) and not _TO.fullmatch(between):
                continue
            score = 0.9 - 0.005 * rank - (0.2 if has_amount(text) else 0.0)
            for name, (start, end, day) in zip(("period_start", "period_end"), found, strict=True):
                words = line.covering(start, end)
                sighting = Sighting(day.isoformat(), text[start:end], page.proof(words), score)
                self._labelled.take(name, sighting)

    def _read_balance(self, page: PageView, balance: StatedBalance) -> None:
        """Take the first opening balance and the last closing one.

        Of balances that only say their day the first opens, and the last closes.
        """
        if balance.kind not in {*_BALANCES, SumKind.BALANCE}:
            return
        right, number = balance.words[-1].right, balance.amount
        if any(abs(column.right - right) <= page.height for column in self._debits):
            number = -abs(number)
        value = amount(Amount(number, balance.currency))
        proof = page.proof(balance.words)
        score = _DATED if balance.kind is SumKind.BALANCE else _NAMED
        sighting = Sighting(value, proof.quote, proof, score)
        if balance.currency is not None:
            self._labelled.take("currency", Sighting(balance.currency, proof.quote, proof, _BESIDE))
        if balance.kind is SumKind.BALANCE:
            self._dated = (self._dated[0] if self._dated else sighting, sighting)
        elif balance.kind is SumKind.CLOSING or balance.kind not in self._balances:
            self._balances[balance.kind] = sighting
