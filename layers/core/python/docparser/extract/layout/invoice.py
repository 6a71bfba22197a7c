"""Fields of an invoice or a credit note, read from where its words stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found, Locale
from docparser.extract.values import dates, vat
from docparser.model import (
    DocumentType,
    FieldSource,
    FieldType,
    FieldValue,
    WarningCode,
)

from . import totals
from .anchors import squeeze
from .invoice_sightings import Sighting, Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.extract.view import PageView

    from . import parties

# An amount right behind a label that nothing but a whole sum has.
_PLAINLY = 0.9


class InvoiceReader:
    """Reads the pages of an invoice or of a credit note, each once and in order.

    Parameters
    ----------
    locale
        Language and country by which dates and numbers are read; where the document's dates, or
        its seller's country, tell more, they count.
    kind
        What the document was taken for: it is its type code where no title says.
    """

    def __init__(self, locale: Locale, kind: DocumentType = DocumentType.INVOICE) -> None:
        self._locale = locale
        self._kind = kind
        self._read = Sightings(locale)

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._read.read(page)

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        warnings = set()
        last = self._second_document()
        if last is not None:
            warnings.add(WarningCode.SEVERAL_DOCUMENTS)
        elif self._lacks_pages():
            warnings.add(WarningCode.PAGES_ABSENT)
        until = last - 1 if last is not None else self._read.pages
        ladder = totals.choose(
            (total for total in self._read.totals if total.page <= until), self._read.printed
        )
        if ladder.contradicts or self._has_rival(ladder, until):
            warnings.add(WarningCode.VALUES_CONTRADICT)
        seller, buyer = self._who(until)
        fields = [
            *self._dated(until, seller),
            *self._named("number", "invoice_number", until),
            *self._named("order", "order_number", until),
            *_party_fields("seller", seller),
            *_party_fields("buyer", buyer),
            *self._tax_ids(until, seller, buyer),
            *self._named("iban", "iban", until, FieldType.IBAN),
            *self._named("bic", "bic", until, FieldType.BIC),
            *self._money(ladder, until),
            *self._type_code(until),
        ]
        return Found(tuple(fields), frozenset(warnings))

    # Choosing among what was read

    def _best(self, key: str, until: int) -> list[Sighting]:
        """Return sightings by their score; a value seen several times counts a little more."""
        seen = [sighting for sighting in self._read.seen.get(key, ()) if sighting.page <= until]
        times = Counter(squeeze(sighting.value or sighting.raw) for sighting in seen)
        return sorted(
            seen,
            key=lambda each: (
                -each.score - 0.02 * min(times[squeeze(each.value or each.raw)], 3),
                each.page,
            ),
        )

    def _named(
        self, key: str, name: str, until: int, kind: FieldType = FieldType.IDENTIFIER
    ) -> Iterator[FieldValue]:
        for best in self._best(key, until)[:1]:
            yield _field(name, kind, best.value, best)

    def _dated(self, until: int, seller: parties.Party | None) -> Iterator[FieldValue]:
        locale = self._date_locale(seller)
        issued = self._date("issued", until, locale)
        due = self._date("due", until, locale)
        if issued is not None:
            yield _field("issue_date", FieldType.DATE, issued[0].isoformat(), issued[1])
        if due is not None and issued is not None and due[0] < issued[0]:
            later = self._date("due", until, locale, since=issued[0])
            due = later or (due[0], replace(due[1], score=0.4 * due[1].score))
        if due is not None:
            yield _field("due_date", FieldType.DATE, due[0].isoformat(), due[1])
        elif issued is not None:
            yield from self._due_by_terms(issued, until)
        delivered = self._date("delivered", until, locale)
        if delivered is not None:
            yield _field("delivery_date", FieldType.DATE, delivered[0].isoformat(), delivered[1])

    def _due_by_terms(self, issued: tuple[date, Sighting], until: int) -> Iterator[FieldValue]:
        said = self._best("terms", until)
        if len({term.value for term in said}) == 1:
            term = said[0]
            due = issued[0] + timedelta(days=int(term.value))
            score = term.score * min(issued[1].score + 0.1, 1.0)
            yield _field("due_date", FieldType.DATE, due.isoformat(), replace(term, score=score))

    def _date(
        self, key: str, until: int, locale: Locale, since: date | None = None
    ) -> tuple[date, Sighting] | None:
        others = {
            sighting.proof.word_ids
            for other in ("due", "delivered", "other.date")
            for sighting in self._read.seen.get(other, ())
        }
        for sighting in self._best(key, until):
            # A date without a label of its own is that of the issue unless it has another's.
            if key == "issued" and sighting.score < 0.75 and sighting.proof.word_ids in others:
                continue
            found = dates.find(sighting.raw, locale) or dates.find(sighting.raw, locale, ocr=True)
            if found and (since is None or found[0][2] >= since):
                return found[0][2], sighting
        return None

    def _date_locale(self, seller: parties.Party | None) -> Locale:
        country = self._locale.country
        if country is None and seller is not None and seller.address is not None:
            country = seller.address[0].get("country")
        if (
            country is None
            and max(self._read.signs, key=self._read.signs.__getitem__, default="") == "USD"
        ):
            country = "US"
        locale = replace(self._locale, country=country)
        if dates.orders_month_first(self._read.dates, locale):
            return replace(locale, country="US")
        return locale

    def _who(self, until: int) -> tuple[parties.Party | None, parties.Party | None]:
        seller: parties.Party | None = None
        buyer: parties.Party | None = None
        for found in self._read.parties[:until]:
            if found.seller and (seller is None or found.seller.score > seller.score + 0.25):
                seller = found.seller
            if found.buyer and (buyer is None or found.buyer.score > buyer.score + 0.25):
                buyer = found.buyer
        return seller, buyer

    def _tax_ids(
        self, until: int, seller: parties.Party | None, buyer: parties.Party | None
    ) -> Iterator[FieldValue]:
        buyers = {each.value for each in self._best("vat.buyer", until)}
        if buyer is not None and buyer.vat_id is not None:
            buyers.add(buyer.vat_id[0])
            number, proof = buyer.vat_id
            yield _field(
                "buyer.vat_id", FieldType.VAT_ID, number,
                Sighting(number, proof.quote, proof, _sure(number), proof.page),
            )  # fmt: skip
        else:
            for best in self._best("vat.buyer", until)[:1]:
                yield _field("buyer.vat_id", FieldType.VAT_ID, best.value, best)
        if seller is not None and seller.vat_id is not None and seller.vat_id[0] not in buyers:
            number, proof = seller.vat_id
            yield _field(
                "seller.vat_id", FieldType.VAT_ID, number,
                Sighting(number, proof.quote, proof, _sure(number), proof.page),
            )  # fmt: skip
        else:
            others = [each for each in self._best("vat", until) if each.value not in buyers]
            for best in others[:1]:
                yield _field("seller.vat_id", FieldType.VAT_ID, best.value, best)
        yield from self._named("tax_no", "seller.tax_no", until)

    def _money(self, ladder: totals.Ladder, until: int) -> Iterator[FieldValue]:
        code = self._currency(ladder, until)
        if code is not None:
            yield _field("currency", FieldType.CURRENCY, code[0], code[1])
        unit = {"currency": code[0]} if code is not None else {}
        bonus = 0.1 if ladder.adds_up else -0.15
        tax = ladder.tax
        for name, total in (
            ("net_total", ladder.net),
            ("tax_total", tax),
            ("grand_total", ladder.gross),
            ("prepaid", ladder.prepaid),
            ("due_payable", ladder.payable),
        ):
            if total is not None:
                yield _amount(name, total, unit, bonus)
        if tax is None:
            yield from self._untaxed(ladder, until, unit)

    def _untaxed(
        self, ladder: totals.Ladder, until: int, unit: dict[str, str]
    ) -> Iterator[FieldValue]:
        """Yield a tax of zero where words say that there is none."""
        net, gross = ladder.net, ladder.gross
        if gross is None or (net is not None and net.cents != gross.cents):
            return
        for best in self._best("untaxed", until)[:1]:
            yield _field("tax_total", FieldType.MONEY, {"amount": "0.00"} | unit, best)

    def _currency(self, ladder: totals.Ladder, until: int) -> tuple[str, Sighting] | None:
        for best in self._best("currency", until)[:1]:
            return best.value, best
        codes = Counter(ladder.currencies) or self._read.signs
        heads = self._best("currency.head", until)
        if not codes and len({head.value for head in heads}) == 1:
            return heads[0].value, heads[0]
        if not codes:
            return None
        code, times = codes.most_common(1)[0]
        steps = (ladder.gross, ladder.payable, ladder.net, ladder.tax, *self._read.printed.values())
        shown = next((each for each in steps if each is not None and each.currency == code), None)
        if shown is None:
            return None
        score = 0.9 * times / sum(codes.values())
        return code, Sighting(code, shown.raw, shown.proof, score, shown.page)

    def _type_code(self, until: int) -> Iterator[FieldValue]:
        titles = [each for each in self._best("title", until) if each.page == 1]
        if not titles:
            return
        best = titles[0]
        code = best.value
        if not code.isdigit():
            code = {"invoice": "380", "credit": "381"}[code]
            if self._kind is DocumentType.CREDIT_NOTE:
                code = "381"
        yield _field(
            "type_code",
            FieldType.IDENTIFIER,
            code,
            replace(best, score=min(0.5 + best.score, 0.95)),
        )

    def _has_rival(self, ladder: totals.Ladder, until: int) -> bool:
        """Whether another page says, just as plainly, that the whole is another amount."""
        if ladder.gross is None:
            return False
        steps = (ladder.net, ladder.tax, ladder.gross, ladder.prepaid, ladder.payable)
        known = {abs(step.cents) for step in steps if step is not None}
        return any(
            total.key == "gross"
            and total.score > _PLAINLY
            and total.page != ladder.gross.page
            and total.page <= until
            and abs(total.cents) not in known
            for total in self._read.totals
        )

    # What the pages say of the document as a whole

    def _second_document(self) -> int | None:
        """Return the page where another invoice begins: its own number, and totals of its own."""
        firsts: dict[str, int] = {}
        for sighting in self._read.seen.get("number", ()):
            if sighting.score >= 0.75:
                firsts.setdefault(squeeze(sighting.value), sighting.page)
        pages = sorted(set(firsts.values()))
        ends = {total.page for total in self._read.totals if total.key in ("gross", "payable")}
        for before, page in pairwise(pages):
            begins = self._read.numbered.get(page, (1, 1))[0] == 1
            shared = any(
                sighting.page >= page and squeeze(sighting.value) in firsts
                and firsts[squeeze(sighting.value)] < page
                for sighting in self._read.seen.get("number", ())
            )  # fmt: skip
            closed = any(before <= end < page for end in ends) and any(end >= page for end in ends)
            if begins and closed and not shared:
                return page
        return None

    def _lacks_pages(self) -> bool:
        """Whether pages say that there are more of them than there are."""
        if not self._read.numbered:
            return False
        stated = max(count for _, count in self._read.numbered.values())
        numbers = [number for number, _ in self._read.numbered.values()]
        return stated > self._read.pages or max(numbers) > self._read.pages


def _sure(number: str) -> float:
    return 0.95 if vat.valid(number) else 0.6


def _field(
    name: str, kind: FieldType, value: str | dict[str, str], sighting: Sighting
) -> FieldValue:
    proof = sighting.proof
    return FieldValue(
        name=name,
        type=kind,
        value=value,
        raw=sighting.raw,
        quote=proof.quote,
        page=proof.page,
        polygon=proof.polygon,
        word_ids=proof.word_ids,
        source=FieldSource.LAYOUT,
        confidence=round(min(max(sighting.score, 0.0), 1.0), 3),
    )


def _amount(name: str, total: totals.Total, unit: dict[str, str], bonus: float) -> FieldValue:
    amount = total.amount
    if -int(amount.as_tuple().exponent) < 2:
        amount = amount.quantize(Decimal("0.01"))
    sighting = Sighting("", total.raw, total.proof, 0.9 * total.score + bonus, total.page)
    return _field(name, FieldType.MONEY, {"amount": f"{amount:f}"} | unit, sighting)


def _party_fields(role: str, party: parties.Party | None) -> Iterator[FieldValue]:
    if party is None:
        return
    if party.name is not None:
        name, proof = party.name
        yield _field(
            f"{role}.name", FieldType.TEXT, name,
            Sighting(name, proof.quote, proof, party.score, proof.page),
        )  # fmt: skip
    if party.address is not None:
        address, proof = party.address
        yield _field(
            f"{role}.address", FieldType.ADDRESS, address,
            Sighting("", proof.quote, proof, 0.95 * party.score, proof.page),
        )  # fmt: skip
