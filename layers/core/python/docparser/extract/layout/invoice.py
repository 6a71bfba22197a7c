"""Fields of an invoice or a credit note, read from where its words stand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found, Locale
from docparser.extract.values import bic, currency, dates, iban, money, vat
from docparser.model import (
    DocumentType,
    FieldSource,
    FieldType,
    FieldValue,
    Lane,
    WarningCode,
)

from . import parties, terms, totals
from .anchors import Labelled, Reading, Relation, Vocabulary, reading, squeeze
from .invoice_labels import TITLES, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.extract.view import PageView, Proof, Segment

    from .anchors import Anchor

# So many sightings of a field are kept from all pages, and so many totals from the last ones.
_MOST_SIGHTINGS = 200
_FIRST_TOTALS, _LAST_TOTALS = 200, 400
_MOST_PRINTED = 4000

_TITLES = Vocabulary(TITLES)

# Sentences about the payment are looked for in so many segments of a page.
_MOST_SENTENCES = 400

# An amount right behind a label that nothing but a whole sum has.
_PLAINLY = 0.9

# A title with a number in it is no longer.
_LONGEST_TITLE = 110

# A page's parties are read on so many pages; an invoice says on its first one who is who.
_PAGES_WITH_PARTIES = 3

_WORD = re.compile(r"\S+")
_NOT_YET = re.compile(
    r"(?:n[or]\.?|n[\u00b0\u00ba]|#|:|-|number|nummer|num[\u00e9e]ro|id|\(\d{3}\))[:.]?",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"[A-Z]{1,4}")
_GROUPS = re.compile(r"[0-9]{2,5}(?: [0-9]{2,5}){1,4}")
_DIGIT_START = re.compile(r"[0-9][\w./-]*")
_AMOUNT_LIKE = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})*[.,][0-9]{2}")
_LINKS = re.compile(
    r"[\s,;/()\u2013-]*(?:vom|von|du|of|dated|from|issued(?: (?:at|on))?|le|am|date|datum|on|"
    r"en date du|as of|invoice date)?[\s:]*",
    re.IGNORECASE,
)
_TAX_NUMBER = re.compile(r"[0-9][0-9 /.-]{4,20}[0-9]")
_VAT_LIKE = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Z]{2}[ ]?[0-9A-Z]{2,4}[0-9]{6,10}|CHE[-. 0-9]{9,13})(?![0-9A-Za-z])"
)
_IBAN_LIKE = re.compile(
    r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])"
)
_PAGE_OF = re.compile(
    r"(?<!\w)(?:seite|blatt|page|pg|p)\.?\s*:?\s*([0-9]{1,4})\s*(?:/|von|of|de|sur|\u2013|-)\s*([0-9]{1,4})(?!\w)",
    re.IGNORECASE,
)
_PAGE_LABEL = re.compile(r"(?<!\w)(?:seite|blatt|page)", re.IGNORECASE)
_TYPE_CODE = re.compile(r"\(([0-9]{3})\)")
_TITLE_END = re.compile(r"(?:rechnung|faktura|invoice|facture)s?", re.IGNORECASE)
_PLACE_AND_DATE = re.compile(
    r"(?i:vom|du|dated) ?|[^\W\d_a-z][\w.' -]{1,40},? ?(?i:(?:den|dem|le|the|am|on) ?)?"
)
_NUMBER_MARK = re.compile(r"#|(?:nr|no)[.:]|n[\u00b0\u00ba]", re.IGNORECASE)
_MAY_BE_CURRENCY = re.compile(r"[€$£]|(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])")
_REVERSE = re.compile(
    r"reverse.?charge|steuerschuldnerschaft|autoliquidation|steuerfrei|umsatzsteuerbefreit|"
    r"umsatzsteuer wird nicht|kein(?:e)? (?:ausweis der |ausgewiesene )?umsatzsteuer|vat exempt|"
    r"exempt from vat|tva non applicable|exon[\u00e9e]r|kleinunternehmer|zero.?rated|"
    r"hors champ de la tva",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sighting:
    """A value that may be a field's, where it stands, and how much speaks for it (0..1)."""

    value: str
    raw: str
    proof: Proof
    score: float
    page: int


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
        self._seen: dict[str, list[Sighting]] = {}
        self._totals: list[totals.Total] = []
        self._printed: dict[int, totals.Total] = {}
        self._parties: list[parties.Parties] = []
        self._signs: Counter[str] = Counter()
        self._dates: list[str] = []
        self._pages = 0
        self._numbered: dict[int, tuple[int, int]] = {}

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._pages += 1
        if not page.segments:
            return
        ocr = page.page.lane is not Lane.TEXT
        labelled = Labelled(page, VOCABULARY.find(page))
        self._read_head(labelled, ocr=ocr)
        self._read_identifiers(labelled, ocr=ocr)
        self._read_totals(labelled, ocr=ocr)
        self._read_sentences(page, ocr=ocr)
        if len(self._parties) < _PAGES_WITH_PARTIES:
            self._parties.append(parties.read(labelled, self._locale))
        self._read_page_number(page)

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        warnings = set()
        last = self._second_document()
        if last is not None:
            warnings.add(WarningCode.SEVERAL_DOCUMENTS)
        elif self._lacks_pages():
            warnings.add(WarningCode.PAGES_ABSENT)
        until = last - 1 if last is not None else self._pages
        ladder = totals.choose(
            (total for total in self._totals if total.page <= until), self._printed
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

    # Reading a page

    def _see(self, key: str, sighting: Sighting) -> None:
        kept = self._seen.setdefault(key, [])
        if len(kept) < _MOST_SIGHTINGS:
            kept.append(sighting)

    def _read_head(self, page: Labelled, *, ocr: bool) -> None:
        for anchor in page.anchors:
            if anchor.key in ("number", "order"):
                self._read_identifier(page, anchor, 0.97 if anchor.key == "number" else 0.9)
            if anchor.key == "number":
                self._read_titled_number(page, anchor)
            elif anchor.key.startswith("title."):
                self._read_title(page, anchor)
            elif anchor.key == "number.bare":
                self._read_bare(page, anchor)
            elif anchor.key in ("issued", "issued.weak", "due", "delivered"):
                self._read_date(page, anchor, ocr=ocr)
            elif anchor.key == "currency":
                self._read_currency(page, anchor)

    def _read_identifier(self, page: Labelled, anchor: Anchor, worth: float) -> None:
        if not (anchor.leads or anchor.marked) and anchor.key == "order":
            return
        key = "order" if anchor.key == "order" else "number"
        stopped = False
        for place in page.places(anchor):
            if stopped and place.relation is Relation.RIGHT:
                continue
            found = _identifier(place.reading, self._locale)
            if found is None:
                if place.relation is Relation.AFTER and _says_more(place.reading.text):
                    break
                # Further right than words that are no number stands nothing of this label.
                stopped = any(map(str.isalpha, place.reading.text))
                continue
            start, end, number, clean = found
            score = worth * place.score * (1.0 if clean else _unclean(place.relation))
            if not (anchor.leads or anchor.marked):
                score *= 0.8
            self._sight(key, number, place.reading, start, end, score, page)
            if anchor.key != "order":
                self._date_behind(page, place.reading, end, score)
            if clean:
                break

    def _read_title(self, page: Labelled, anchor: Anchor) -> None:
        if anchor.marked:
            self._read_identifier(page, anchor, 0.93)
        if not anchor.leads:
            return
        behind = page.behind(anchor)
        height = max(word.bottom - word.top for word in anchor.words)
        long = behind is not None and len(behind.text) > 60
        top = 1 - anchor.segment.top / page.view.page.height_pt
        score = min(height / 40, 0.5) + 0.4 * top - 0.3 * long
        said = anchor.key.removeprefix("title.")
        words = anchor.words
        code = _TYPE_CODE.search(anchor.segment.text)
        self._see(
            "title",
            Sighting(
                code[1] if code else said,
                anchor.phrase,
                page.view.proof(words),
                max(score, 0.01),
                page.view.number,
            ),
        )
        if behind is None:
            self._read_under_title(page, anchor)
            return
        found = _identifier(behind, self._locale)
        if found is not None and found[0] <= 12:
            start, end, number, clean = found
            sure = 0.9 if anchor.marked or start > 0 else 0.75
            score = sure * (1.0 if clean else 0.6)
            self._sight("number", number, behind, start, end, score, page)
            self._date_behind(page, behind, end, score)

    def _read_under_title(self, page: Labelled, anchor: Anchor) -> None:
        """Read "#4711" beside or under the word Invoice."""
        for place in page.places(anchor, rows_below=2):
            found = _identifier(place.reading, self._locale)
            if found is not None and _NUMBER_MARK.match(place.segment.text) is not None:
                start, end, number, clean = found
                score = place.score * (0.9 if clean else 0.6)
                self._sight("number", number, place.reading, start, end, score, page)
                return

    def _read_titled_number(self, page: Labelled, anchor: Anchor) -> None:
        """Take "Gutschrift Nr. 17" for a title, too."""
        for title in _TITLES.read(anchor.segment)[:1] if anchor.leads else ():
            proof = page.view.proof(title.words)
            said = title.key.removeprefix("title.")
            self._see("title", Sighting(said, title.phrase, proof, 0.3, page.view.number))

    def _read_bare(self, page: Labelled, anchor: Anchor) -> None:
        """Read "Schlussrechnung über Montage Nr. 4711 vom 3.4.2026": a number within a title.

        "Nummer" alone, or after a word that is no title, is a weak label: it may be anything's.
        """
        segment = anchor.segment
        said = "".join(word.text for word in anchor.words)
        # "N" is a number's sign with its ring alone.
        if len(segment.text) > _LONGEST_TITLE or (len(squeeze(said)) < 2 and said.isalnum()):
            return
        before = segment.words[: anchor.first]
        if any(_TITLE_END.search(word.text) for word in before[:3]):
            worth = 0.88
        elif page.view.number == 1 and segment.top < 0.6 * page.view.page.height_pt:
            worth = 0.55
            if len(before) > 1 or any(other is not anchor for other in page.of(segment)):
                return
        else:
            return
        for place in page.places(anchor, rows_below=1):
            found = _identifier(place.reading, self._locale)
            if found is not None and found[0] <= 4:
                start, end, number, clean = found
                score = worth * place.score * (1.0 if clean else 0.7)
                self._sight("number", number, place.reading, start, end, score, page)
                self._date_behind(page, place.reading, end, score)
            return

    def _date_behind(self, page: Labelled, rest: Reading, end: int, score: float) -> None:
        """Read the date that follows a number: "Nr. 4711 vom 03.04.2026"."""
        link = _LINKS.match(rest.text, end)
        at = link.end() if link is not None else end
        for start, until, _ in dates.find(rest.text, self._locale):
            if at - 1 <= start <= at + 1:
                self._sight_date("issued", rest, start, until, 0.96 * score, page)
            break

    def _read_date(self, page: Labelled, anchor: Anchor, *, ocr: bool) -> None:
        key = anchor.key.removesuffix(".weak")
        worth = {"issued": 0.97, "issued.weak": 0.8, "due": 0.95, "delivered": 0.95}[anchor.key]
        if anchor.key == "issued.weak" and not anchor.marked and len(anchor.phrase) < 3:
            return
        if not (anchor.leads or anchor.marked):
            if anchor.key == "issued.weak":
                return
            worth *= 0.85
        for place in page.places(anchor):
            text = place.reading.text
            found = dates.find(text, self._locale, ocr=ocr)
            if not found:
                continue
            start, end, _ = found[0]
            letters = sum(map(str.isalpha, text[:start]))
            if len(found) > 1 and key == "delivered":
                return
            score = worth * place.score * max(0.2, 1 - 0.05 * letters)
            self._sight_date(key, place.reading, start, end, score, page)
            return

    def _read_currency(self, page: Labelled, anchor: Anchor) -> None:
        if not (anchor.leads or anchor.marked):
            return
        for place in page.places(anchor, rows_below=2):
            text = place.reading.text
            for start, end, code in currency.find(text, self._locale)[:1]:
                letters = sum(map(str.isalpha, text[:start]))
                score = 0.95 * place.score * max(0.2, 1 - 0.1 * letters)
                self._sight("currency", code, place.reading, start, end, score, page)
                return

    def _read_identifiers(self, page: Labelled, *, ocr: bool) -> None:
        for anchor in page.anchors:
            if anchor.key in ("vat", "vat.buyer", "tax_no", "iban", "iban.buyer", "bic"):
                self._read_labelled_id(page, anchor, ocr=ocr)
        for segment in page.view.segments:
            text = segment.text
            if not any(map(str.isdigit, text)) or len(text) < 9:
                continue
            whole = reading(segment)
            for start, end, number in iban.find(text, ocr=ocr):
                score = 0.85 if iban.valid(number) else 0.35
                self._sight("iban", number, whole, start, end, score, page)
            for start, end, number in vat.find(text):
                if vat.valid(number):
                    self._sight("vat", number, whole, start, end, 0.8, page)

    def _read_labelled_id(self, page: Labelled, anchor: Anchor, *, ocr: bool) -> None:
        # Within a sentence a tax number follows its label at once, or it is another word.
        within = anchor.key == "tax_no" and not (anchor.leads or anchor.marked)
        for place in page.places(anchor, rows_below=2):
            text = place.reading.text
            if within and place.relation is not Relation.AFTER:
                return
            most = 1 if within else 24
            found = [each for each in _ids(anchor.key, text, ocr=ocr) if each[0] <= most]
            if found:
                start, end, number, sure = found[0]
                score = sure * place.score
                self._sight(anchor.key, number, place.reading, start, end, score, page)
                return

    def _read_totals(self, page: Labelled, *, ocr: bool) -> None:
        self._totals.extend(totals.read(page, self._locale, ocr=ocr))
        if len(self._totals) > _FIRST_TOTALS + _LAST_TOTALS:
            self._totals[_FIRST_TOTALS:-_LAST_TOTALS] = []
        for segment in page.view.segments:
            text = segment.text
            if len(text) > 60:
                continue
            if not any(map(str.isdigit, text)):
                self._read_head_currency(page, segment)
                continue
            whole: Reading | None = None
            for start, end, amount in money.find(text, self._locale, ocr=ocr):
                if amount.currency is not None:
                    self._signs[amount.currency] += 1
                if amount.amount.as_tuple().exponent != -2 or len(self._printed) >= _MOST_PRINTED:
                    continue
                whole = whole or reading(segment)
                total = totals.Total(
                    "", amount.amount + 0, amount.currency,
                    page.view.proof(whole.covering(start, end)), text[start:end], 0.4,
                    page.view.number, segment.row,
                )  # fmt: skip
                self._printed[total.cents] = total

    def _read_head_currency(self, page: Labelled, segment: Segment) -> None:
        """Read "Betrag CHF" over a column: the currency of amounts that have none beside them."""
        if len(segment.text) > 30 or _MAY_BE_CURRENCY.search(segment.text) is None:
            return
        for start, end, code in currency.find(segment.text, self._locale):
            self._sight("currency.head", code, reading(segment), start, end, 0.6, page)

    def _read_sentences(self, page: PageView, *, ocr: bool) -> None:
        """Read what running text says of the payment, and dates that stand alone on top."""
        taken = 0
        for segment in page.segments:
            text = segment.text
            if _REVERSE.search(text):
                proof = page.proof(segment.words)
                self._see("untaxed", Sighting("0.00", text, proof, 0.6, page.number))
            if len(text) < 6 or not any(map(str.isdigit, text)):
                continue
            found = dates.find(text, self._locale, ocr=ocr)
            whole = reading(segment)
            if len(self._dates) < _MOST_SIGHTINGS:
                self._dates.extend(text[start:end] for start, end, _ in found)
            for start, end, _ in found:
                before = f"{_neighbour(page, segment, -1)} {text[:start]}"
                if terms.is_due(before, f"{text[end:]} {_neighbour(page, segment, 1)}"):
                    self._sight_date("due", whole, start, end, 0.85, page)
            self._read_place_and_date(page, segment, found)
            alone = len(found) == 1 and found[0][1] - found[0][0] >= len(text.strip(" .,")) - 1
            if alone and page.number == 1 and segment.top < 0.45 * page.page.height_pt:
                high = 0.5 - 0.3 * segment.top / page.page.height_pt
                self._sight_date("issued", whole, found[0][0], found[0][1], high, page)
            if taken < _MOST_SENTENCES and len(text) > 5 and not found:
                taken += 1
                for term in terms.days(text):
                    proof = page.proof(whole.covering(0, len(text)))
                    self._see(
                        "terms",
                        Sighting(
                            str(term.days), text[term.start : term.end], proof, 0.75, page.number
                        ),
                    )

    def _read_place_and_date(
        self, page: PageView, segment: Segment, found: list[tuple[int, int, date]]
    ) -> None:
        """Read "Berlin, den 3. April 2026", as letters begin, and "vom 3.4.2026" under a number."""
        if len(found) != 1 or segment.top > 0.6 * page.page.height_pt or page.number > 1:
            return
        start, end, _ = found[0]
        text = segment.text
        if _PLACE_AND_DATE.fullmatch(text[:start]) and len(text) - end <= 1:
            self._sight_date("issued", reading(segment), start, end, 0.72, page)

    def _read_page_number(self, page: PageView) -> None:
        for segment in (*page.segments[:40], *page.segments[-40:]):
            if _PAGE_LABEL.search(segment.text) is None:
                continue
            match = _PAGE_OF.search(segment.text)
            if match is not None and 0 < int(match[1]) <= int(match[2]) <= 2000:
                self._numbered[page.number] = (int(match[1]), int(match[2]))
                return

    def _sight(
        self, key: str, value: str, read: Reading, start: int, end: int, score: float,
        page: Labelled | PageView,
    ) -> None:  # fmt: skip
        view = page.view if isinstance(page, Labelled) else page
        proof = view.proof(read.covering(start, end))
        self._see(key, Sighting(value, read.text[start:end], proof, score, view.number))

    def _sight_date(
        self, key: str, read: Reading, start: int, end: int, score: float,
        page: Labelled | PageView,
    ) -> None:  # fmt: skip
        self._sight(key, "", read, start, end, score, page)

    # Choosing among what was read

    def _best(self, key: str, until: int) -> list[Sighting]:
        """Return sightings by their score; a value seen several times counts a little more."""
        seen = [sighting for sighting in self._seen.get(key, ()) if sighting.page <= until]
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
            for sighting in self._seen.get(other, ())
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
        if country is None and max(self._signs, key=self._signs.__getitem__, default="") == "USD":
            country = "US"
        locale = replace(self._locale, country=country)
        if dates.orders_month_first(self._dates, locale):
            return replace(locale, country="US")
        return locale

    def _who(self, until: int) -> tuple[parties.Party | None, parties.Party | None]:
        seller: parties.Party | None = None
        buyer: parties.Party | None = None
        for found in self._parties[:until]:
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
        codes = Counter(ladder.currencies) or self._signs
        heads = self._best("currency.head", until)
        if not codes and len({head.value for head in heads}) == 1:
            return heads[0].value, heads[0]
        if not codes:
            return None
        code, times = codes.most_common(1)[0]
        steps = (ladder.gross, ladder.payable, ladder.net, ladder.tax, *self._printed.values())
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
            for total in self._totals
        )

    # What the pages say of the document as a whole

    def _second_document(self) -> int | None:
        """Return the page where another invoice begins: its own number, and totals of its own."""
        firsts: dict[str, int] = {}
        for sighting in self._seen.get("number", ()):
            if sighting.score >= 0.75:
                firsts.setdefault(squeeze(sighting.value), sighting.page)
        pages = sorted(set(firsts.values()))
        ends = {total.page for total in self._totals if total.key in ("gross", "payable")}
        for before, page in pairwise(pages):
            begins = self._numbered.get(page, (1, 1))[0] == 1
            shared = any(
                sighting.page >= page and squeeze(sighting.value) in firsts
                and firsts[squeeze(sighting.value)] < page
                for sighting in self._seen.get("number", ())
            )  # fmt: skip
            closed = any(before <= end < page for end in ends) and any(end >= page for end in ends)
            if begins and closed and not shared:
                return page
        return None

    def _lacks_pages(self) -> bool:
        """Whether pages say that there are more of them than there are."""
        if not self._numbered:
            return False
        stated = max(count for _, count in self._numbered.values())
        numbers = [number for number, _ in self._numbered.values()]
        return stated > self._pages or max(numbers) > self._pages


def _sure(number: str) -> float:
    return 0.95 if vat.valid(number) else 0.6


def _neighbour(page: PageView, segment: Segment, step: int) -> str:
    """Return the line before or after one, where a sentence may begin or go on."""
    at = segment.row + step
    if not 0 <= at < len(page.rows):
        return ""
    near = [other for other in page.rows[at] if abs(other.left - segment.left) < 12]
    return near[0].text if near else ""


def _says_more(text: str) -> bool:
    """Whether what follows a label is a sentence, and no value can be expected further on."""
    return len(text) > 30


def _unclean(relation: Relation) -> float:
    return 0.7 if relation is Relation.AFTER else 0.4


def _identifier(read: Reading, locale: Locale) -> tuple[int, int, str, bool] | None:
    """Return the identifier that a text begins with: start, end, it, and whether nothing follows.

    Blanks around a hyphen or a slash in it are OCR's and are left out; a row of capitals before
    the digits belongs to it.
    """
    words = list(_WORD.finditer(read.text))
    at = 0
    while at < len(words) - 1 and at < 3 and _NOT_YET.fullmatch(words[at][0]):
        at += 1
    if at == len(words):
        return None
    first = words[at]
    start, end, text = first.start(), first.end(), first[0]
    following = words[at + 1][0] if at + 1 < len(words) else ""
    if _PREFIX.fullmatch(text) and _DIGIT_START.fullmatch(following) and text not in currency.CODES:
        at += 1
        end, text = words[at].end(), f"{text} {following}"
    grouped = text.isdecimal() and _GROUPS.fullmatch(read.text[start:].strip()) is not None
    while at + 1 < len(words):
        following = words[at + 1][0]
        if grouped:
            at += 1
            end, text = words[at].end(), f"{text} {following}"
            continue
        joins = text[-1] in "-/_" or (following[0] in "-/_" and len(following) > 1)
        if following in ("-", "/") and at + 2 < len(words) and words[at + 2][0][0].isdigit():
            joins = not words[at + 2][0][-1].isalpha()
        if not joins or not re.fullmatch(r"[\w./-]+", following):
            break
        at += 1
        end, text = words[at].end(), text + following
    stripped = text.strip("#()[]").rstrip(".,;:")
    if not _acceptable(stripped, locale):
        return None
    start += text.find(stripped[0])
    rest = read.text[end:].strip()
    clean = not rest or _goes_on(rest, locale)
    return start, end, stripped, clean


def _acceptable(text: str, locale: Locale) -> bool:
    if not any(map(str.isdigit, text)) or len(text) > 40 or text.endswith("%"):
        return False
    if not re.fullmatch(r"[\w./\\#+: \u2011\u2013\u2014-]+", text):
        return False
    separated = any(mark in text for mark in ".-/") or " " in text
    if separated and dates.parse(text, locale) is not None:
        return False
    return _AMOUNT_LIKE.fullmatch(text) is None and not text.startswith("+")


def _goes_on(rest: str, locale: Locale) -> bool:
    """Whether what follows an identifier is no part of a sentence: a date, a bracket, a mark."""
    if rest[0] in "(/,;|-\u2013" or len(rest) <= 2:
        return True
    link = _LINKS.match(rest)
    at = link.end() if link is not None else 0
    found = dates.find(rest, locale)
    return bool(found) and found[0][0] <= at + 2


def _ids(key: str, text: str, *, ocr: bool) -> Iterator[tuple[int, int, str, float]]:
    """Yield identifiers of a label's kind in a text: start, end, it, how sure it is."""
    if key.startswith("vat"):
        for start, end, number in vat.find(text):
            yield start, end, number, 0.97 if vat.valid(number) else 0.75
        for match in _VAT_LIKE.finditer(text):
            yield *match.span(), re.sub(r"[ .-]", "", match[0]), 0.4
    elif key.startswith("iban"):
        for start, end, number in iban.find(text, ocr=ocr):
            yield start, end, number, 0.98 if iban.valid(number) else 0.45
        for match in _IBAN_LIKE.finditer(text):
            yield *match.span(), match[0].replace(" ", ""), 0.4
    elif key == "bic":
        for start, end, code in bic.find(text):
            yield start, end, code, 0.95
    else:
        for match in _TAX_NUMBER.finditer(text):
            yield *match.span(), match[0], 0.9


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
