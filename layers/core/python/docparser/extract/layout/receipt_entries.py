"""What a till has printed amounts for: each line's label with its amounts.

Two labels may share a line, an amount may stand alone under its label, and a label written from
right to left has its amount on its left. An item is only counted: a till roll has thousands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import currency

from . import receipt_amounts as amounts
from .receipt_labels import TOTALS, Kind, kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Proof

    from .receipt_amounts import Printed
    from .receipt_lines import Line

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_RATE = re.compile(r"(?<![0-9.,])([0-9]{1,2}(?:[.,][0-9]{1,2})?) ?%")
# "2 x 1.99", "@ 12.00": the price of one, which is no amount of its own line.
_PRICE_OF_ONE = re.compile(
    r"(?<![^\W_])[0-9.,]+ ?[x\u00d7*@] ?|@ ?[^\W\d_]{0,3}[0-9](?![0-9.,]* ?%)|/ ?(?:kg|st|ea)\b",
    re.I,
)
_CURRENCIES = re.compile(rf"{currency.PATTERN}|[()%:=*.@-]", re.IGNORECASE)

# With so many amounts of two decimals, a total without them is one that was misread.
_ENOUGH = 3


@dataclass(frozen=True)
class Entry:
    """A label and the amounts behind it, from left to right.

    ``number`` counts the document's lines from 0. ``proofs`` are where the amounts stand, ``named``
    is where the label stands and ``sign`` where the last amount's currency does. ``rate`` is in per
    cent, ``size`` the height of the line in points; ``priced`` tells of the price of one.
    """

    number: int
    kind: Kind
    label: str
    amounts: tuple[Printed, ...]
    proofs: tuple[Proof, ...]
    named: Proof | None = None
    sign: Proof | None = None
    rate: float | None = None
    size: float = 0.0
    priced: bool = False

    @property
    def amount(self) -> Decimal:
        """The last amount, which is the line's own."""
        return self.amounts[-1].amount

    @property
    def currency(self) -> str | None:
        """The currency of the last amount, as an ISO 4217 code, if it is named."""
        return self.amounts[-1].currency

    def proof(self, amount: Decimal) -> Proof:
        """Return where an amount stands; of one that is none of them, where the last does."""
        for each, proof in zip(self.amounts, self.proofs, strict=True):
            if each.amount == amount:
                return proof
        return self.proofs[-1]


def entries(lines: Sequence[Line], locale: Locale, first: int = 0) -> list[Entry]:
    """Return what amounts there are in the lines of a receipt, from the top to the bottom.

    Where hardly an amount has two decimals and no total, the numbers of totals, taxes and payments
    count without.
    """
    found = [entry for line in lines for entry in _of_line(line, lines, locale, first)]
    if len(found) >= _ENOUGH or any(entry.kind in TOTALS for entry in found):
        return found
    whole = [entry for line in lines for entry in _without_decimals(line, locale, first)]
    return whole if any(entry.kind in TOTALS for entry in whole) else found


def has_total(lines: Sequence[Line], locale: Locale) -> bool:
    """Whether lines have a total, as each receipt does."""
    return any(entry.kind in TOTALS for line in lines for entry in _of_line(line, (), locale, 0))


def _of_line(line: Line, lines: Sequence[Line], locale: Locale, first: int) -> Iterator[Entry]:
    printed = amounts.find(line.text, locale)
    if not printed:
        parted = amounts.find_parted(line.text)
        if parted is None:
            return
        printed = [parted]
    yield from _grouped(line, printed, lines, first)


def _without_decimals(line: Line, locale: Locale, first: int) -> Iterator[Entry]:
    printed = amounts.find(line.text, locale) or amounts.find_whole(line.text, locale)[-1:]
    if printed:
        for entry in _grouped(line, printed, (), first):
            if entry.kind is not Kind.NONE or entry.currency is not None:
                yield entry


def _grouped(
    line: Line, printed: Sequence[Printed], lines: Sequence[Line], first: int
) -> Iterator[Entry]:
    """Yield the amounts of a line by their labels."""
    text = line.text
    groups: list[tuple[tuple[int, int], list[Printed]]] = []
    at = 0
    for each in printed:
        between = text[at : each.start]
        named = _LETTERS.search(_CURRENCIES.sub(" ", between)) is not None
        if not groups or (named and kind(between) is not Kind.NONE):
            groups.append(((at, each.start), [each]))
        else:
            groups[-1][1].append(each)
        at = each.end
    above = None
    if not _LETTERS.search(text[slice(*groups[0][0])]):
        if kind(text[at:]) is not Kind.NONE:
            groups[0] = ((at, len(text)), groups[0][1])
        else:
            above = _label_above(line, lines)
    for span, own in groups:
        yield _entry(line, span, own, above, first)
        above = None


def _entry(
    line: Line, span: tuple[int, int], own: Sequence[Printed], above: Line | None, first: int
) -> Entry:
    label = above.text if above is not None else line.text[slice(*span)]
    what = kind(label)
    named = None
    if what is not Kind.NONE:
        named = above.proof() if above is not None else line.proof(*span)
    rate = _RATE.search(line.plain)
    sign = own[-1].sign
    return Entry(
        first + line.number,
        what,
        label.strip() if what is not Kind.NONE else "",
        tuple(own),
        tuple(line.proof(each.start, each.end) for each in own),
        named,
        line.proof(*sign) if sign is not None and what is not Kind.NONE else None,
        float(rate[1].replace(",", ".")) if rate else None,
        line.height,
        _PRICE_OF_ONE.search(line.text) is not None,
    )


def _label_above(line: Line, lines: Sequence[Line]) -> Line | None:
    """Return the line above, if it is a label whose amount has slipped into this line."""
    above = lines[line.number - 1] if 0 < line.number <= len(lines) else None
    if above is None or above.view is not line.view or line.blank > line.height:
        return None
    if any(c.isdigit() for c in above.plain) or kind(above.text) is Kind.NONE:
        return None
    return above if len(_LETTERS.findall(above.text)) <= 3 else None
