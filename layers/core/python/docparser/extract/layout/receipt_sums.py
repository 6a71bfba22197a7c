"""The total of a receipt, its tax and how it was paid, as labels and arithmetic together say.

Every amount with a label of a total is a candidate. What speaks for one is how plainly its label
says so, and how many of a receipt's own sums come to it: cash less change, subtotal and tax, total
and rounding, all items together, a card's payment. An amount that nobody printed is never taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from .receipt_labels import TOTALS, Kind, shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docparser.extract.view import Proof

    from .receipt_entries import Entry

_WORTH = {
    Kind.DUE: 3.0,
    Kind.TOTAL: 2.5,
    Kind.NETT: 2.1,
    Kind.AMOUNT: 1.2,
    Kind.PAID: 0.9,
    Kind.SUBTOTAL: 0.8,
    Kind.ROUNDING: 0.6,
}
# What the taxes of a receipt are of is its total, if they are all in one row.
_GROSS = 1.0
_CENT = Decimal("0.011")
# Cash is rounded to five or ten cents, to a franc's twentieth.
_ROUNDED = Decimal("0.10")
# Items of one document that are added up.
_MOST_ITEMS = 20_000
_MOST_VALUES = 200


@dataclass(frozen=True)
class Sum:
    """An amount that was chosen, what it was added up from, and how much speaks for it: 0 to 1."""

    amount: Decimal
    score: float
    parts: tuple[tuple[Entry, Decimal], ...]

    @property
    def entry(self) -> Entry:
        """Where it stands, or where the first of its parts does."""
        return self.parts[0][0]

    @property
    def proofs(self) -> list[Proof]:
        """Where it stands, or its parts do."""
        return [entry.proof(amount) for entry, amount in self.parts]


@dataclass(frozen=True)
class Sums:
    """What a receipt comes to; ``contradicted`` tells of totals that no arithmetic joins."""

    total: Sum | None = None
    tax: Sum | None = None
    paid: tuple[Entry, ...] = ()
    change: Entry | None = None
    contradicted: bool = False


class _Figures:
    """The amounts of a receipt by what they are."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.all = list(entries)
        self._by_kind: dict[Kind, list[Entry]] = {}
        for entry in entries:
            self._by_kind.setdefault(entry.kind, []).append(entry)
        self._values: dict[tuple[Kind, ...], frozenset[Decimal]] = {}
        self.usual = max((each.size for each in self.all), default=0.0)
        totals = sorted(each.number for each in self.of(*TOTALS))
        self._totals = totals
        self.paying = min((e.number for e in self.of(Kind.PAID, Kind.CHANGE)), default=None)
        self.items = self._items()
        self.kept = self._kept()

    def totals_before(self, entry: Entry) -> int:
        """Return how many totals stand above an entry."""
        return bisect_left(self._totals, entry.number)

    def of(self, *kinds: Kind) -> list[Entry]:
        return [entry for kind in kinds for entry in self._by_kind.get(kind, ())]

    def values(self, *kinds: Kind) -> frozenset[Decimal]:
        if kinds not in self._values:
            # A roll of receipts has a few hundred; a page made to do harm has more.
            found = dict.fromkeys(entry.amount for entry in self.of(*kinds))
            self._values[kinds] = frozenset([*found][:_MOST_VALUES])
        return self._values[kinds]

    def _kept(self) -> set[Decimal]:
        """Return what is left of cash, and of all payments together, without the change."""
        paid = self.of(Kind.PAID)
        tendered = {*self.values(Kind.PAID), sum((e.amount for e in paid), Decimal(0))}
        return {given - abs(change) for given in tendered for change in self.values(Kind.CHANGE)}

    def _items(self) -> Decimal | None:
        ends = [e.number for e in self.of(Kind.SUBTOTAL, Kind.TOTAL, Kind.DUE, Kind.NETT)]
        end = min(ends, default=0)
        items = [e for e in self.of(Kind.NONE, Kind.TAKEN) if e.number < end][:_MOST_ITEMS]
        whole = [entry for entry in items if not entry.priced or len(entry.amounts) > 1]
        return sum((entry.amount for entry in whole), Decimal(0)) if whole else None


def settle(entries: Sequence[Entry]) -> Sums:
    """Return the total, the tax and the payments of a receipt's entries, in their order."""
    table = _tax_table(entries)
    figures = _Figures([entry for entry in entries if entry.number not in table])
    rows = [entry for entry in entries if entry.number in table]
    total = _total(figures, rows)
    if total is None:
        return Sums(paid=tuple(figures.of(Kind.PAID)))
    return Sums(
        total,
        _tax(figures, rows, total.amount),
        tuple(figures.of(Kind.PAID)),
        next(iter(figures.of(Kind.CHANGE)), None),
        _contradicted(figures, total),
    )


def _near(first: Decimal, second: Decimal, within: Decimal = _CENT) -> bool:
    return abs(first - second) < within


def parts(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return net, tax and gross if three of the amounts are that: net and tax make gross."""
    for at in range(len(amounts) - 2):
        a, b, c = amounts[at : at + 3]
        for net, tax, gross in ((a, b, c), (b, a, c), (b, c, a), (a, c, b)):
            if _near(net + tax, gross) and abs(tax) < abs(net):
                return net, tax, gross
    return None


def _tax_table(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the numbers of lines that tell taxes rate by rate, and their sum.

    A row has two amounts or more: of two, one is the tax of the other at the rate it names; of
    three, two make the third. The sums under rows have as many.
    """
    rows = [e for e in entries if len(e.amounts) >= 2 and e.kind is not Kind.COUNT and _is_row(e)]
    if not rows:
        return frozenset()
    numbers = {entry.number for entry in rows}
    totals = [e for e in entries if len(e.amounts) >= 2 and e.kind in TOTALS | {Kind.NONE}]
    for entry in totals:
        near = any(entry.number + beside in numbers for beside in range(-3, 4))
        if entry.kind in TOTALS and near:
            numbers.add(entry.number)
    return frozenset(numbers)


def _is_row(entry: Entry) -> bool:
    values = [each.amount for each in entry.amounts]
    if len(values) == 3 and _rated(values):
        return True
    if entry.priced or not all(abs(values[0]) >= abs(v) or len(values) > 2 for v in values[1:]):
        return False
    if entry.rate is not None and len(values) == 2:
        return _at_rate(values[0], values[1], entry.rate)
    if entry.kind in {Kind.TAX, Kind.UNTAXED, Kind.TAXES}:
        return True
    if len(values) >= 3:
        found = parts(values)
        return found is not None and found[1] != 0
    net, tax = values
    return net != 0 and any(_at_rate(net, tax, rate) for rate in _RATES) and tax != 0


def _rated(values: Sequence[Decimal]) -> bool:
    """Whether amounts are a rate without its sign, a base and its tax."""
    rate, base, tax = values[-3:]
    return 0 < rate < _HIGHEST and bool(tax) and _at_rate(base, tax, float(rate))


_HIGHEST = 30
# Rates of value-added and sales taxes that a row need not name.
_RATES = (2.1, 2.5, 2.6, 5.0, 5.5, 6.0, 7.0, 7.7, 8.0, 8.1, 9.0, 10.0, 13.0, 19.0, 20.0, 21.0)


def _at_rate(base: Decimal, tax: Decimal, rate: float) -> bool:
    """Whether an amount is the tax on another, added to it or contained in it."""
    share = Decimal(str(rate)) / 100
    return _near(base * share, tax, Decimal("0.03")) or _near(
        base * share / (1 + share), tax, Decimal("0.03")
    )


def _total(figures: _Figures, rows: Sequence[Entry]) -> Sum | None:
    scores: dict[Decimal, float] = {}
    best: dict[Decimal, Entry] = {}
    candidates = [(e.amount, _worth(e, figures), e) for e in figures.of(*_WORTH)]
    candidates += [(gross, _GROSS, e) for e in rows if (gross := _gross(e)) is not None]
    candidates += _kept(figures, rows)
    for value, worth, entry in candidates:
        if value not in scores or worth > scores[value]:
            scores[value], best[value] = worth, entry
    if not scores:
        return _unlabelled(figures)
    again = Counter(entry.amount for entry in figures.of(*TOTALS, Kind.PAID))
    labelled = any(value and best[value].kind in TOTALS for value in scores)
    for value in scores:
        scores[value] += 0.25 * min(again[value] - 1, 2) if again[value] else 0.0
        scores[value] += _support(value, figures)
        if not value and labelled:
            scores[value] -= 2.5
    value = max(scores, key=lambda each: (scores[each], best[each].number))
    entry = best[value]
    score = 0.45 + 0.11 * scores[value] - 0.1 * entry.amounts[-1].mended
    return Sum(value, min(0.98, max(0.15, score)), ((entry, value),))


def _kept(figures: _Figures, rows: Sequence[Entry]) -> list[tuple[Decimal, float, Entry]]:
    """Return amounts without a label that are the cash less the change."""
    return [
        (each.amount, _GROSS, entry)
        for entry in (*rows, *figures.of(Kind.NONE))
        for each in entry.amounts
        if each.amount in figures.kept
    ]


def _gross(entry: Entry) -> Decimal | None:
    """Return the gross amount of a row of taxes that has net and tax too."""
    found = parts([each.amount for each in entry.amounts])
    return found[2] if found is not None else None


def _worth(entry: Entry, figures: _Figures) -> float:
    worth = _WORTH[entry.kind]
    if entry.kind is Kind.PAID and any(figures.values(Kind.CHANGE)):
        return 0.3
    if entry.kind is Kind.ROUNDING:
        # The line after the rounding, whose label was read with it.
        totals = figures.values(*TOTALS)
        near = any(abs(entry.amount - total) <= _ROUNDED for total in totals)
        return 2.2 if near and entry.amount else worth - 1.0
    if figures.usual and entry.size > 0.9 * figures.usual and entry.kind in TOTALS:
        worth += 0.2
    # Of several totals the later one has everything in it, down to where the paying begins.
    paying = figures.paying
    if paying is not None and entry.number > paying and entry.kind in TOTALS:
        worth -= 0.4
    elif entry.kind in TOTALS:
        worth += 0.05 * min(figures.totals_before(entry), 5)
    return worth


def _support(value: Decimal, figures: _Figures) -> float:
    """Return how many of the receipt's own sums come to an amount, each by its weight."""
    score = 0.0
    if figures.of(Kind.CHANGE):
        score += 1.5 * (value in figures.kept)
    elif value in figures.values(Kind.PAID):
        score += 0.6
    taxes = figures.values(Kind.TAX, Kind.TAXES)
    before = figures.values(Kind.SUBTOTAL, Kind.UNTAXED, Kind.NETT)
    if any(_near(b + t, value) for b in before for t in taxes if t and b != value):
        score += 0.5
    added = figures.values(Kind.ADDED)
    totals = figures.values(*TOTALS, Kind.SUBTOTAL)
    if any(_near(t + a, value) for t in totals for a in added if a):
        score += 0.5
    rounding = {r for r in figures.values(Kind.ROUNDING) if r and abs(r) <= _ROUNDED}
    if any(value in {t + r, t - r} for t in totals for r in rounding if t != value):
        score += 0.5
    items = figures.items
    if items is not None and value and _near(items, value):
        score += 0.5
    return score


def _unlabelled(figures: _Figures) -> Sum | None:
    """Return the largest of the last amounts: a receipt whose labels nobody could read."""
    entries = [e for e in figures.all if e.kind in {Kind.NONE, Kind.TAKEN, Kind.ADDED}]
    late = entries[len(entries) // 2 :]
    if not late:
        return None
    entry = max(late, key=lambda each: (each.amount, -each.number))
    return Sum(entry.amount, 0.2, ((entry, entry.amount),))


def _contradicted(figures: _Figures, total: Sum) -> bool:
    """Whether another total is as plain as the one that was chosen and no sum explains both."""
    parts_of = figures.values(
        Kind.TAX, Kind.TAXES, Kind.ADDED, Kind.ROUNDING, Kind.TAKEN, Kind.PAID
    )
    parts_of |= figures.values(Kind.UNTAXED, Kind.SUBTOTAL, Kind.CHANGE)
    supported = bool(_support(total.amount, figures))
    for entry in figures.of(Kind.DUE, Kind.TOTAL):
        apart = abs(entry.amount - total.amount)
        if not apart or not entry.amount or entry.currency != total.entry.currency:
            continue
        explained = apart <= _ROUNDED or any(_near(apart, abs(part)) for part in parts_of)
        plain = _WORTH[entry.kind] >= _WORTH.get(total.entry.kind, 0.0)
        if plain and not explained and not supported:
            return True
    return False


def _taxes_said(
    figures: _Figures, rows: Sequence[Entry], total: Decimal
) -> list[tuple[float, tuple[tuple[Entry, Decimal], ...]]]:
    """Return what may be the taxes of a receipt: worth, and the amounts that are them together."""
    single = [e for e in figures.of(Kind.TAX) if abs(e.amount) < abs(total)]
    found = [(2.0, ((entry, entry.amount),)) for entry in figures.of(Kind.TAXES)]
    found += [(1.3, ((entry, entry.amount),)) for entry in single]
    distinct = [(entry, entry.amount) for entry in _distinct(single)]
    several = [(1.5, tuple(distinct))] if len(distinct) > 1 else []
    table = [(e, tax) for e in rows if (tax := _tax_of_row(e)) is not None]
    found += [(1.7, (each,)) for each in table if each[0].kind in TOTALS | {Kind.TAXES}]
    plain = tuple(each for each in table if each[0].kind not in TOTALS | {Kind.TAXES})
    several += [(1.6, plain)] if plain else []
    # A rate beside an amount, whose label nobody could read.
    rated = [e for e in figures.of(Kind.NONE) if e.rate and 0 < abs(e.amount) < abs(total) / 3]
    if rated:
        several.append((0.9, (*distinct, *((entry, entry.amount) for entry in rated))))
    return [*found, *several]


def _tax(figures: _Figures, rows: Sequence[Entry], total: Decimal) -> Sum | None:
    """Return the taxes of a receipt together; the best proven of what is printed or adds up."""
    candidates = [
        Sum(sum((amount for _, amount in parts), Decimal(0)), worth, parts)
        for worth, parts in _taxes_said(figures, rows, total)
    ]
    if not candidates:
        return None
    votes = Counter(each.amount for each in candidates)
    known = {e.amount for e in figures.of(Kind.SUBTOTAL, Kind.UNTAXED, Kind.NETT)}

    def score(each: Sum) -> float:
        proven = 0.3 * (votes[each.amount] - 1) + _proven(each.amount, total, known, each.entry)
        return each.score + proven - 1.5 * (abs(each.amount) >= abs(total) and bool(total))

    best = max(candidates, key=lambda each: (score(each), -each.entry.number))
    return replace(best, score=min(0.97, max(0.2, 0.4 + 0.15 * score(best))))


def _distinct(taxes: Iterable[Entry]) -> list[Entry]:
    """Return entries of different taxes: the same one may be printed twice."""
    seen: set[tuple[str, Decimal]] = set()
    found = []
    for entry in taxes:
        key = (shape(entry.label), entry.amount)
        if key not in seen:
            seen.add(key)
            found.append(entry)
    return found


def _tax_of_row(entry: Entry) -> Decimal | None:
    values = [each.amount for each in entry.amounts]
    if len(values) >= 3 and (found := parts(values)) is not None:
        return found[1]
    return min(values[-2:], key=abs) if len(values) >= 2 else None


def _proven(tax: Decimal, total: Decimal, known: set[Decimal], entry: Entry) -> float:
    score = 0.0
    if any(_near(net + tax, total, _ROUNDED) for net in known if net):
        score += 0.8
    if entry.rate and _at_rate(total, tax, entry.rate):
        score += 0.5
    return score
