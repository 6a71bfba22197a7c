"""The ladder of totals: net, taxes, gross, what was paid, what is due.

Labels alone do not tell: "Total" stands over a column of items, in a table of taxes and at the
end. Of all amounts that stand by a label the ones are taken that add up: net + tax = gross, and
gross - paid = due (EN 16931, BR-CO-13 to BR-CO-16).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from docparser.extract.values import currency, money

from .anchors import Relation, reading, squeeze

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Proof

    from .anchors import Anchor, Labelled, Place

KEYS = frozenset({"net", "tax", "tax.total", "gross", "prepaid", "payable"})

# So many different amounts of one key are tried together.
_TRIED = 7

# Totals whose labels and places leave no doubt contradict each other if they do not add up.
_SURE = 0.6

# What was paid and what is left stand no more rows below the gross total.
_ROWS_AFTER_GROSS = 4

# The highest value added tax is Hungary's, 27 %.
_HIGHEST_RATE = 0.275

# A tax is its rate's share of its base, rounded; a table of taxes has no more rows.
_HALF_A_CENT = Decimal("0.0101")
_MOST_RATES = 8

# Each rate is rounded by itself: so many cents may be between net + tax and gross.
_CENTS_OFF = 2

_PERCENT_AFTER = re.compile(r"\s*%")
_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s*%")
_INCLUSIVE = re.compile(r"(?<!\w)(?:inkl|incl|einschl)\w*\.?", re.IGNORECASE)
_EXCLUSIVE = re.compile(
    r"(?<!\w)(?:excl\w*|exkl\w*|ex|ohne|hors|before|vor|without|sans)\.?(?: \d+ ?%)?$",
    re.IGNORECASE,
)
_OF_BASE = re.compile(r"(?:\d+(?:[.,]\d+)? ?% ?)?(?:on|of|auf|von|aus|sur|de)(?!\w)", re.IGNORECASE)
_UNIT_AFTER = re.compile(r"\s*(?:%|[^\W\d_])")
# Words that stand over columns and under tables of taxes as well.
_GENERIC = frozenset(
    "total summe gesamt sum netto net brutto gross tax steuer vat mwst tva".split()
)
_HEADS_OF_ITEMS = frozenset(
    "menge quantity qty quantite qte einzelpreis unitprice price prixunitaire description "
    "beschreibung bezeichnung designation item artikelnr pos position preis anzahl hours rate work "
    "stunden leistung artikel article product produkt produit unit einheit unite service details "
    "activity heures prestation satz discount rabatt remise ep einzel".split()
)


@dataclass(frozen=True)
class Total:
    """An amount that stands by a label of one of `KEYS`; ``cents`` is what it is counted in."""

    key: str
    amount: Decimal
    currency: str | None
    proof: Proof
    raw: str
    score: float
    page: int
    row: int
    rate: Decimal | None = None

    @property
    def cents(self) -> int:
        """The amount in hundredths, rounded."""
        return int((self.amount * 100).to_integral_value())


@dataclass(frozen=True)
class Ladder:
    """The totals that were chosen, and whether they add up."""

    net: Total | None = None
    tax: Total | None = None
    gross: Total | None = None
    prepaid: Total | None = None
    payable: Total | None = None
    adds_up: bool = False
    contradicts: bool = False

    @property
    def currencies(self) -> list[str]:
        """The currencies that stand beside the amounts."""
        steps = (self.gross, self.payable, self.net, self.tax)
        return [step.currency for step in steps if step is not None and step.currency]


def read(page: Labelled, locale: Locale, *, ocr: bool = False) -> Iterator[Total]:
    """Yield the amounts of a page that stand by a label of a total, each with its score."""
    for anchor in page.anchors:
        if anchor.key not in KEYS or not _counts(anchor, page):
            continue
        heads_items = _heads_items(anchor, page)
        found: list[Total] = []
        whole = False
        for place in page.places(anchor):
            if place.relation is Relation.BELOW and (whole or heads_items):
                break
            amounts = list(_amounts(anchor, place, page, locale, ocr=ocr))
            # "20 % VAT on 100.00": what stands in the label is what the tax is of.
            base = anchor.key == "tax" and _OF_BASE.match(place.reading.text) is not None
            whole |= bool(amounts) and not base
            # Under a head, beside a rate: that is of one rate, where others may follow.
            base |= place.relation is Relation.BELOW and _has_rate(page, place)
            found += [replace(each, score=0.5 * each.score) if base else each for each in amounts]
        yield from _weighed(found)
    yield from _of_rates(page, locale)


def _has_rate(page: Labelled, place: Place) -> bool:
    row = page.view.rows[place.segment.row]
    return len(row) > 2 and any(_RATE.search(segment.text) for segment in row[:12])


def _of_rates(page: Labelled, locale: Locale) -> Iterator[Total]:
    """Yield the sums of a table of taxes: a row for each rate, with what it is of and the tax."""
    rows = []
    for row in page.view.rows:
        text = " ".join(segment.text for segment in row)
        if len(row) < 3 or len(text) > 120 or len(rates := _RATE.findall(text)) != 1:
            continue
        whole = reading(*row)
        share = Decimal(rates[0].replace(",", ".")) / 100
        found = [
            (each, whole.covering(start, end), row[0].row)
            for start, end, each in money.find(whole.text, locale)
            if _PERCENT_AFTER.match(whole.text, end) is None
        ]
        for base, tax in pairwise(found):
            exact = base[0].amount * share
            if (
                abs(exact - tax[0].amount) <= _HALF_A_CENT
                and base[0].amount.as_tuple().exponent == -2
            ):
                rows.append((base, tax))
                break
    if len(rows) < 2 or len({tuple(tax[1]) for _, tax in rows}) < len(rows):
        return
    for key, column in (("net", 0), ("tax.total", 1)):
        amounts = [row[column] for row in rows[:_MOST_RATES]]
        words = [word for _, some, _ in amounts for word in some]
        yield Total(
            key,
            sum((each.amount for each, _, _ in amounts), Decimal(0)),
            amounts[0][0].currency,
            page.view.proof(words),
            " + ".join(word.text for word in words),
            0.6,
            page.view.number,
            amounts[-1][2],
        )


def _counts(anchor: Anchor, page: Labelled) -> bool:
    """Whether a label is more than a word of a sentence: it leads, or an amount ends its row."""
    before = anchor.segment.words[: anchor.first]
    if anchor.marked or not any(map(str.isalpha, "".join(word.text for word in before))):
        return True
    behind = page.behind(anchor)
    return behind is None or not behind.text[:1].isalpha()


def _heads_items(anchor: Anchor, page: Labelled) -> bool:
    """Whether a label stands in the head of a table of items."""
    row = page.view.rows[anchor.segment.row]
    words = {re.sub(r"\W", "", segment.text.casefold()) for segment in row[:20]}
    plain = {word.translate(str.maketrans("éàü", "eau")) for word in words}
    return bool(plain & _HEADS_OF_ITEMS)


def _amounts(
    anchor: Anchor, place: Place, page: Labelled, locale: Locale, *, ocr: bool
) -> Iterator[Total]:
    text = place.reading.text
    if len(text) > 120:
        return
    rates = [Decimal(rate.replace(",", ".")) for rate in _RATE.findall(anchor.segment.text)]
    if place.segment is not anchor.segment:
        rates += [Decimal(rate.replace(",", ".")) for rate in _RATE.findall(text)]
    for start, end, amount in _written(text, locale, ocr=ocr):
        whole = amount.amount == amount.amount.to_integral_value() and "," not in text[start:end]
        counts = whole and "." not in text[start:end] and amount.currency is None
        if (_UNIT_AFTER if counts else _PERCENT_AFTER).match(text, end):
            continue
        letters = sum(map(str.isalpha, text[:start]))
        if counts and letters:
            continue
        score = place.score * max(0.3, 1 - 0.03 * letters)
        if squeeze(anchor.phrase) in _GENERIC:
            score *= 0.9
        decimals = -int(amount.amount.as_tuple().exponent)
        if decimals not in (2, 3) and amount.currency is None:
            score *= 0.55
        total = Total(
            anchor.key,
            amount.amount + 0,
            amount.currency or _named(anchor, locale),
            page.view.proof(place.reading.covering(start, end)),
            text[start:end],
            score,
            page.view.number,
            anchor.segment.row,
            rates[0] if rates else None,
        )
        before = " ".join(word.text for word in anchor.segment.words[: anchor.first])
        if anchor.key == "tax" and _EXCLUSIVE.search(before):
            yield replace(total, key="net", score=0.9 * score)
            continue
        yield total
        if anchor.key == "tax" and _INCLUSIVE.search(before):
            yield replace(total, key="gross", score=0.6 * score)


def _written(text: str, locale: Locale, *, ocr: bool) -> list[tuple[int, int, money.Amount]]:
    """Return the amounts of a text; of one that OCR has put blanks into also what they part."""
    found = money.find(text, locale, ocr=ocr)
    if ocr and len(found) > 1 and not any(map(str.isalpha, text)):
        joined = money.parse(text.replace(" ", ""), locale)
        found += [(0, len(text), joined)] if joined is not None else []
    return found


def _named(anchor: Anchor, locale: Locale) -> str | None:
    """Return the currency that a label names: "Total EUR", "Endbetrag in CHF"."""
    codes = {code for _, _, code in currency.find(anchor.segment.text, locale)}
    return codes.pop() if len(codes) == 1 else None


def _weighed(found: list[Total]) -> Iterator[Total]:
    """Yield the amounts of one label: of a tax the one that its rate makes of its base."""
    if not found or not found[0].key.startswith("tax") or len(found) == 1:
        yield from found
        return
    proven = _of_base(found)
    for number, total in enumerate(found):
        if not total.key.startswith("tax"):
            yield total
        elif total is proven:
            yield replace(total, score=min(max(each.score for each in found) + 0.05, 1.0))
        else:
            last = number == len(found) - 1
            yield replace(total, score=total.score * (0.9 if last and proven is None else 0.4))


def _of_base(found: Sequence[Total]) -> Total | None:
    for tax in found:
        for base in found:
            if tax is base or tax.rate is None:
                continue
            if abs(base.amount * tax.rate / 100 - tax.amount) <= Decimal("0.011"):
                return tax
    return None


def choose(totals: Iterable[Total], printed: dict[int, Total]) -> Ladder:
    """Return the totals that fit each other best.

    Parameters
    ----------
    totals
        All that `read` has found.
    printed
        Any amounts of the document by their cents: what follows from the others, without a label
        of its own, counts if it is printed.
    """
    by_key: dict[str, list[Total]] = {key: [] for key in KEYS}
    for total in totals:
        by_key[total.key].append(total)
    nets, grosses = _best(by_key["net"]), _best(by_key["gross"])
    payables, paid = _best(by_key["payable"]), _best(by_key["prepaid"])
    # "Summe" may be what the tax is added to; whether it adds up so tells.
    nets += [replace(total, score=0.45 * total.score) for total in grosses]
    # "Amount due" may be all that stands under net and tax.
    grosses += [replace(total, score=0.5 * total.score) for total in payables]
    fitting = {gross.cents - net.cents for gross in grosses for net in nets}
    taxes = _tax_options(by_key["tax"], by_key["tax.total"], fitting)
    tails = {id(gross): _tail(gross, paid, payables) for gross in grosses if gross.key == "gross"}
    alone = (0.0, (None, payables[0] if payables else None))
    best, best_score = Ladder(), 0.0
    for gross in [*grosses, None]:
        ends, (prepaid, payable) = tails.get(id(gross), alone)
        for net in [*nets, None]:
            for tax in [*taxes, None]:
                score = ends + sum(each.score for each in (gross, net, tax) if each)
                sound = _adds_up(net, tax, gross)
                if net is not None and net.key != "net" and not sound:
                    continue
                score += 1.2 * sound
                if net is not None and tax is not None and gross is not None and not sound:
                    score -= 0.5
                if score > best_score:
                    best_score = score
                    best = Ladder(net, tax, gross, prepaid, payable, adds_up=sound)
    return _completed(best, printed)


def _best(totals: Sequence[Total], before: Container[int] = ()) -> list[Total]:
    """Return the likeliest totals of a key, of each amount one; later ones before equals."""
    kept: dict[int, Total] = {}
    ranked = sorted(
        totals, key=lambda t: (t.cents not in before, -round(t.score, 1), -t.page, -t.row)
    )
    for total in ranked:
        kept.setdefault(total.cents, total)
    return list(kept.values())[:_TRIED]


def _tax_options(single: Sequence[Total], total: Sequence[Total], fitting: set[int]) -> list[Total]:
    """Return the taxes that may be all: a sum that is printed, one rate, or the sum of several.

    ``fitting`` are differences of gross and net in cents: such a tax is tried before others.
    """
    near = {cents + off for cents in fitting for off in range(-_CENTS_OFF, _CENTS_OFF + 1)}
    options = [replace(each, score=min(each.score + 0.1, 1.0)) for each in _best(total)]
    rows = _best(single, near)
    options += rows
    apart = [row for row in rows if row.score > 0.3]
    for count in (2, 3, 4):
        for some in combinations(apart, count):
            if len({row.row for row in some}) == count and len({row.rate for row in some}) == count:
                options.append(_summed(some))
    return options


def _summed(some: Sequence[Total]) -> Total:
    some = sorted(some, key=lambda total: (total.page, total.row))
    first = some[0]
    words = tuple(word for total in some for word in total.proof.word_ids)
    quote = " + ".join(total.proof.quote for total in some)
    xs = [x for total in some for x, _ in total.proof.polygon if total.page == first.page]
    ys = [y for total in some for _, y in total.proof.polygon if total.page == first.page]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    polygon = ((left, top), (right, top), (right, bottom), (left, bottom))
    return replace(
        first,
        amount=sum((total.amount for total in some), Decimal(0)),
        raw=quote,
        proof=replace(first.proof, polygon=polygon, word_ids=words, quote=quote),
        score=0.85 * min(total.score for total in some),
    )


def _tail(
    gross: Total, paid: Sequence[Total], payables: Sequence[Total]
) -> tuple[float, tuple[Total | None, Total | None]]:
    """Return what was paid and what is due, as it fits a gross total best, and how well."""
    best: tuple[float, tuple[Total | None, Total | None]] = (0.0, (None, None))
    for prepaid in [*paid, None]:
        for payable in [*payables, None]:
            if payable is None and prepaid is None:
                continue
            score = sum(0.4 * each.score for each in (prepaid, payable) if each)
            left = gross.cents - (abs(prepaid.cents) if prepaid else 0)
            if payable is not None and abs(payable.cents - left) <= 1:
                score += 0.6
            elif prepaid is not None:
                # Two labels that do not fit are told of; one alone may be of something else.
                score -= 0.4 if payable is None else 0.2
            if score > best[0]:
                best = score, (prepaid, payable)
    return best


def _adds_up(net: Total | None, tax: Total | None, gross: Total | None) -> bool:
    if net is None or tax is None or gross is None:
        return False
    if 2 * abs(tax.cents) > abs(net.cents):  # no tax on sales is half of what is sold
        return False
    return abs(net.cents + _signed(tax, gross).cents - gross.cents) <= _CENTS_OFF


def _signed(tax: Total, gross: Total) -> Total:
    """Return a tax with the sign of the whole: in brackets it is contained, not negative."""
    if tax.raw.startswith("(") and tax.cents * gross.cents < 0:
        return replace(tax, amount=-tax.amount)
    return tax


def _completed(ladder: Ladder, printed: dict[int, Total]) -> Ladder:
    """Return the ladder with what follows from it: a missing step that is printed, what is due."""
    net, tax, gross = ladder.net, ladder.tax, ladder.gross
    if net is not None:
        net = replace(net, key="net")
    if gross is not None and gross.key == "payable":
        # What is due is the gross total where net and tax make it.
        score = 1.8 * gross.score if ladder.adds_up else gross.score
        gross = replace(gross, key="gross", score=min(score, 1.0))
    if tax is not None and gross is not None:
        tax = _signed(tax, gross)
    if net is not None and tax is not None and gross is not None:
        sure = min(net.score, tax.score, gross.score) > _SURE
        whole = replace(
            ladder, net=net, gross=gross, tax=tax, contradicts=sure and not ladder.adds_up
        )
    else:
        if gross is not None and net is None and tax is None:
            net, tax = _beside(gross, printed)
        elif net is None and gross is not None and tax is not None:
            net = _implied("net", gross.cents - tax.cents, printed)
        elif tax is None and gross is not None and net is not None:
            tax = _implied("tax", gross.cents - net.cents, printed)
        elif gross is None and net is not None and tax is not None:
            gross = _implied("gross", net.cents + tax.cents, printed)
        whole = replace(ladder, net=net, tax=tax, gross=gross)
    return whole if whole.gross is None else _closed(whole, whole.gross, printed)


def _closed(ladder: Ladder, gross: Total, printed: dict[int, Total]) -> Ladder:
    """Return the ladder with what was paid of a gross total and what is left of it."""
    prepaid, payable = ladder.prepaid, ladder.payable
    if prepaid is not None:
        prepaid = replace(prepaid, amount=abs(prepaid.amount))
    elif payable is None:
        prepaid, payable = _rest(gross, printed)
    left = gross.cents - (prepaid.cents if prepaid is not None else 0)
    contradicts = ladder.contradicts
    if payable is None and left == gross.cents:
        payable = replace(gross, key="payable", score=0.9 * gross.score)
    elif payable is None:
        payable = _implied("payable", left, printed)
    elif abs(left - payable.cents) <= 1:
        payable = replace(payable, score=max(payable.score, 0.9 * gross.score))
    elif prepaid is None:
        paid = gross.cents - payable.cents
        prepaid = _implied("prepaid", paid, printed) or _implied("prepaid", -paid, printed)
        if prepaid is not None:
            prepaid = replace(prepaid, amount=abs(prepaid.amount))
        if prepaid is not None and not gross.row < prepaid.row < payable.row:
            prepaid = None
    else:
        contradicts |= min(gross.score, prepaid.score, payable.score) > _SURE
    return replace(ladder, prepaid=prepaid, payable=payable, contradicts=contradicts)


def _beside(gross: Total, printed: dict[int, Total]) -> tuple[Total | None, Total | None]:
    """Return two amounts of one row that make a gross total, the less a usual tax on the other."""
    for net in printed.values():
        tax = printed.get(gross.cents - net.cents)
        if tax is None or (tax.page, tax.row) != (net.page, net.row):
            continue
        if 0 < tax.cents / (net.cents or 1) <= _HIGHEST_RATE:
            return replace(net, key="net"), replace(tax, key="tax")
    return None, None


def _rest(gross: Total, printed: dict[int, Total]) -> tuple[Total | None, Total | None]:
    """Return two amounts under the gross total that make it, whatever their labels are."""
    near = [
        each
        for each in printed.values()
        if each.page == gross.page and 0 < each.row - gross.row <= _ROWS_AFTER_GROSS
    ]
    cents = {abs(each.cents): each for each in near if each.cents}
    for paid in sorted(near, key=lambda each: each.row):
        due = cents.get(gross.cents - abs(paid.cents))
        if paid.cents and due is not None and due.row > paid.row:
            return replace(paid, key="prepaid", amount=abs(paid.amount)), replace(
                due, key="payable"
            )
    return None, None


def _implied(key: str, cents: int, printed: dict[int, Total]) -> Total | None:
    total = printed.get(cents)
    return None if total is None else replace(total, key=key, score=0.45)
