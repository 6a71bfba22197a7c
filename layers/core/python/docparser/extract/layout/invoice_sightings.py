"""What the pages of an invoice show that may be the value of a field."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import currency, dates, iban, money, vat
from docparser.model import Lane

from . import identifiers, parties, terms, totals
from .anchors import Labelled, Reading, Relation, Vocabulary, reading, squeeze
from .invoice_labels import TITLES, VOCABULARY

if TYPE_CHECKING:
    from datetime import date

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Proof, Segment

    from .anchors import Anchor

# So many sightings of a field are kept from all pages, and so many totals from the last ones.
_MOST_SIGHTINGS = 200
_FIRST_TOTALS, _LAST_TOTALS = 200, 400
_MOST_PRINTED = 4000

_TITLES = Vocabulary(TITLES)

# Sentences about the payment are looked for in so many segments of a page.
_MOST_SENTENCES = 400

# A title with a number in it is no longer.
_LONGEST_TITLE = 110

# A page's parties are read on so many pages; an invoice says on its first one who is who.
_PAGES_WITH_PARTIES = 3

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


class Sightings:
    """What was seen on the pages of an invoice, each read once and in order.

    Attributes
    ----------
    seen
        Sightings by what they may be: ``number issued due delivered order terms title vat ...``.
    totals, printed
        Amounts by a label of a total, and any amount by its cents.
    parties
        Who sells and who buys, page by page.
    signs, dates
        How often each currency stands beside an amount, and how dates are written.
    pages, numbered
        How many pages there were, and what those say of it: number and count by page.
    """

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self.seen: dict[str, list[Sighting]] = {}
        self.totals: list[totals.Total] = []
        self.printed: dict[int, totals.Total] = {}
        self.parties: list[parties.Parties] = []
        self.signs: Counter[str] = Counter()
        self.dates: list[str] = []
        self.pages = 0
        self.numbered: dict[int, tuple[int, int]] = {}

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self.pages += 1
        if not page.segments:
            return
        ocr = page.page.lane is not Lane.TEXT
        labelled = Labelled(page, VOCABULARY.find(page))
        self._read_head(labelled, ocr=ocr)
        self._read_identifiers(labelled, ocr=ocr)
        self._read_totals(labelled, ocr=ocr)
        self._read_sentences(page, ocr=ocr)
        if len(self.parties) < _PAGES_WITH_PARTIES:
            self.parties.append(parties.read(labelled, self._locale))
        self._read_page_number(page)

    def _see(self, key: str, sighting: Sighting) -> None:
        kept = self.seen.setdefault(key, [])
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
            found = identifiers.leading(place.reading, self._locale)
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
        found = identifiers.leading(behind, self._locale)
        if found is not None and found[0] <= 12:
            start, end, number, clean = found
            sure = 0.9 if anchor.marked or start > 0 else 0.75
            score = sure * (1.0 if clean else 0.6)
            self._sight("number", number, behind, start, end, score, page)
            self._date_behind(page, behind, end, score)

    def _read_under_title(self, page: Labelled, anchor: Anchor) -> None:
        """Read "#4711" beside or under the word Invoice."""
        for place in page.places(anchor, rows_below=2):
            found = identifiers.leading(place.reading, self._locale)
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
            found = identifiers.leading(place.reading, self._locale)
            if found is not None and found[0] <= 4:
                start, end, number, clean = found
                score = worth * place.score * (1.0 if clean else 0.7)
                self._sight("number", number, place.reading, start, end, score, page)
                self._date_behind(page, place.reading, end, score)
            return

    def _date_behind(self, page: Labelled, rest: Reading, end: int, score: float) -> None:
        """Read the date that follows a number: "Nr. 4711 vom 03.04.2026"."""
        at = identifiers.after_link(rest.text, end)
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
            found = [
                each for each in identifiers.of_kind(anchor.key, text, ocr=ocr) if each[0] <= most
            ]
            if found:
                start, end, number, sure = found[0]
                score = sure * place.score
                self._sight(anchor.key, number, place.reading, start, end, score, page)
                return

    def _read_totals(self, page: Labelled, *, ocr: bool) -> None:
        self.totals.extend(totals.read(page, self._locale, ocr=ocr))
        if len(self.totals) > _FIRST_TOTALS + _LAST_TOTALS:
            self.totals[_FIRST_TOTALS:-_LAST_TOTALS] = []
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
                    self.signs[amount.currency] += 1
                if amount.amount.as_tuple().exponent != -2 or len(self.printed) >= _MOST_PRINTED:
                    continue
                whole = whole or reading(segment)
                total = totals.Total(
                    "", amount.amount + 0, amount.currency,
                    page.view.proof(whole.covering(start, end)), text[start:end], 0.4,
                    page.view.number, segment.row,
                )  # fmt: skip
                self.printed[total.cents] = total

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
            if len(self.dates) < _MOST_SIGHTINGS:
                self.dates.extend(text[start:end] for start, end, _ in found)
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
                self.numbered[page.number] = (int(match[1]), int(match[2]))
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
