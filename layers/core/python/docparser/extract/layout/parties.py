"""Who sells and who buys: blocks of an address, by where they stand and what stands by them.

A letter has the sender's head on top, a small line with the return address over the recipient's
block in the window, and the sender's particulars in columns at the foot (DIN 5008, and what other
countries do alike). Forms have labels instead: Verkäufer, Bill to, Vendeur.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docparser.extract.values import address, vat
from docparser.extract.values import country as countries
from docparser.extract.view import Segment

from .anchors import Labelled, Reading, reading, squeeze

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Placed, Proof

    from .anchors import Anchor

# A block has no more lines; its first two, and any others, stand no further apart than so many
# heights of a line.
_MOST_LINES = 9
_FIRST_APART = 2.3
_FAR_APART = 2.6

# A line further from the next than so many times what lines were before begins another block.
_PITCH = 1.6

# Letters so many times as high as those below them are a letterhead's name.
_LARGER = 1.35

# Lines of a block begin at one place, give or take so many heights of a line.
_ALIGNED = 0.6

# No line of an address has more characters, nor has a return address.
_LONGEST_LINE = 160

# So many blocks of one page are looked at: pages of thousands are lists of addresses.
_MOST_BLOCKS = 60

# A letter's window: shares of the page's height between which it begins.
_WINDOW = (0.1, 0.4)
_HEAD = 0.2
_MIDDLE = 0.6
_FOOT = 0.82

_SEPARATORS = re.compile(
    r"\s*[\u25cf\u2022\u00b7|;\u2219\u25aa\u2013\u2014*/]+\s*|\s*,\s+|\s+[-.]\s+"
)
_MARK_END = re.compile(r"[\u25cf\u2022\u00b7|\u2219\u25aa]\s*$")
_MARK_START = re.compile(r"[\u25cf\u2022\u00b7|\u2219\u25aa]")
_PLACE = re.compile(
    r"(?<![\w/.-])(?:[A-Z]{1,3}[- ])?[0-9]{4,6}\s?"
    r"(?=[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][^\W\d_])"
    r"(?!(?:Stk|Stück|Std|EUR|kWh|KWh|km|kg)\b)"
    r"[^\W\d_][\w.'\u2019-]*"
    r"|(?<![\w/.-])[^\W\d_][\w.'\u2019 -]+,? [A-Z]{2},? [0-9]{5}(?:-[0-9]{4})?(?!\w)"
    r"|(?<!\w)[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}(?!\w)"
    r"|[^\W\d_][\w.'\u2019-]+,? (?:ACT|NSW|NT|QLD|SA|TAS|VIC|WA),? [0-9]{4}(?!\w)"
    r"|(?<![\w/.-])[0-9]{4} ?[A-Z]{2} [^\W\d_]{2,}"
)
LEGAL_FORM = re.compile(
    r"(?<!\w)(?:GmbH(?: ?& ?Co\.?(?: ?KGa?A?)?)?|g?mbH|AG|SE|KG|OHG|oHG|OG|GbR|UG|KGaA|"
    r"e\. ?K\.?|e\. ?V\.|eG|a\. ?G\.|e\. ?U\.|Ltd\.?|Limited|PLC|plc|LLP|LLC|L\.L\.C\.|Inc\.?|"
    r"Incorporated|Corp\.?|Corporation|Co\.|S\.?A\.?R\.?L\.?|S\.?A\.?S\.?U?|SA|S\.A\.|EURL|SCI|"
    r"SNC|SRL|S\.r\.l\.|S\.p\.A\.|B\.?V\.?|N\.?V\.?|Oy|AB|ApS|A/S|Sp\. ?z ?o\. ?o\.|s\.r\.o\.|"
    r"Pty|PartG|Gmbh|GMBH|VVaG)(?!\w)"
)
# Who belongs to no name: forms of address that stand in a line of their own, before a name.
_PERSONAL = re.compile(
    r"(?:Herrn? und Frau|Eheleute|Familie|Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|M\.|Mme|Madame|Monsieur)",
    re.IGNORECASE,
)
_FORM = r"(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Mme|M|Madame|Monsieur)(?:\.|(?!\w))"
FORM_OF_ADDRESS = re.compile(
    rf"^{_FORM}(?:\s*(?:&|/|and|und|ou|et|oder|or)\s*{_FORM})?\s+", re.IGNORECASE
)
"""How people are addressed, before their names: one form, or those of two."""
_COMPANY = re.compile(r"(?:An(?: die| den)?|Firma|Fa\.|To|\u00c0|Soci\u00e9t\u00e9)", re.IGNORECASE)
# Who opens the letter: somebody within the party.
_DEPARTMENT = re.compile(
    r"(?:(?:an )?(?:die )?(?:kreditoren|debitoren|finanz)?buchhaltung|accounts? payable|accounting|"
    r"finance(?: department)?|rechnungswesen|(?:service |d\u00e9partement )?comptabilit\u00e9|"
    r"accounts(?: department| dept\.?)?|attn|z\. ?h(?:d|\u00e4nden)).*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|www\.|https?:|(?<!\w)(?:(?:tel|fon|phone|fax|e-?mail|mobil|t\u00e9l|iban|bic|hr[ab]|siret|"
    r"rcs|telefon|telefax|t\u00e9l\u00e9phone|telephone|mobile)(?![^\W\d_])|ust-?id|registergericht|"
    r"amtsgericht|gesch\u00e4ftsf\u00fchr)",
    re.IGNORECASE,
)
_BANK = re.compile(r"bank|sparkasse|banque|(?<!\w)blz", re.IGNORECASE)
# What a document calls itself, over the name of whoever wrote it.
_TITLE = re.compile(
    r"(?:(?<!\w)(?:tax|vat|de|la|paie|invoice|rechnung|facture|factuur|fattura|factura|credit|note"
    r"|gutschrift|avoir|receipt|quittung|re\u00e7u|pay ?slip|bulletin|\w*abrechnung|statement"
    r"|\w*auszug|relev\u00e9)(?!\w)\W*)+",
    re.IGNORECASE,
)
_STATED_FORM = re.compile(
    r"(?<!\w)(SARL|SAS|SASU|SA|EURL|SNC)\s+(?:\w+\s+)?au capital", re.IGNORECASE
)


@dataclass(frozen=True)
class Line:
    """A line of a block: its text and the words that it stands in."""

    text: str
    words: tuple[Placed, ...]
    segment: Segment


@dataclass
class Block:
    """Lines of one party, and how much speaks for its being the seller or the buyer (0..1)."""

    lines: list[Line]
    page: int
    seller: float = 0.0
    buyer: float = 0.0
    label: str = ""
    one_line: bool = False
    vat_ids: list[tuple[str, tuple[Placed, ...]]] = field(default_factory=list)
    name: Name | None = None
    address: tuple[dict[str, str], tuple[Placed, ...]] | None = None


@dataclass(frozen=True)
class Name:
    """The name of a party and where it stands."""

    text: str
    words: tuple[Placed, ...]


@dataclass(frozen=True)
class Party:
    """Who was found: name, VAT id and address with their proofs, and the evidence for it."""

    name: tuple[str, Proof] | None
    vat_id: tuple[str, Proof] | None
    address: tuple[dict[str, str], Proof] | None
    score: float
    page: int


@dataclass(frozen=True)
class Parties:
    """The seller and the buyer of one page, each None where nobody was found."""

    seller: Party | None
    buyer: Party | None


def read(page: Labelled, locale: Locale) -> Parties:
    """Return who sells and who buys, as one page says it.

    Parameters
    ----------
    page
        A page with the labels of `docparser.extract.layout.invoice_labels`.
    locale
        By which addresses without a country are read.
    """
    labelled = list(_labelled(page))
    taken = {id(line.segment) for block in labelled for line in block.lines}
    blocks = [*labelled, *_letterheads(page, taken), *_unlabelled(page)][:_MOST_BLOCKS]
    for block in blocks:
        block.name = block.name or _name(block, page)
        block.address = _address(block, locale)
    blocks = [block for block in blocks if block.name is not None]
    _vote(blocks, page)
    _merge(blocks)
    stated = _STATED_FORM.search(" ".join(s.text for s in page.view.segments if "apital" in s.text))
    seller, buyer = _choose(blocks)
    return Parties(
        _party(seller, "seller", page, stated[1] if stated else ""),
        _party(buyer, "buyer", page, ""),
    )


def _labelled(page: Labelled) -> Iterator[Block]:
    """Yield blocks under or behind a label that says whose they are."""
    for anchor in page.anchors:
        if anchor.key not in ("seller", "buyer", "other.party") or not _heads(anchor, page):
            continue
        block = _under_heading(page, anchor)
        if block is not None:
            block.label = anchor.key
            weak = 0.0 if len(squeeze(anchor.phrase)) > 4 or anchor.marked else 0.1
            if anchor.key == "seller":
                block.seller = 0.97 - weak
            elif anchor.key == "buyer":
                block.buyer = 0.97 - weak
            yield block


def _heads(anchor: Anchor, page: Labelled) -> bool:
    """Whether a label is a heading: it begins its segment and is not a word of a sentence."""
    behind = page.behind(anchor)
    if not anchor.leads:
        # "Consignee / Buyer:"
        return behind is None and anchor.marked and len(anchor.segment.text) < 40
    if behind is None:
        return True
    text = behind.text
    if not any(map(str.isalpha, text)):
        return False
    if anchor.marked:
        return True
    return text[:1] in "(:/" or (len(text) < 60 and text[:1].isupper() and len(anchor.words) > 1)


def _under_heading(page: Labelled, anchor: Anchor) -> Block | None:
    lines: list[Line] = []
    behind = page.behind(anchor)
    segment = anchor.segment
    left = anchor.left
    if behind is not None and not _is_note(behind.text):
        lines.append(Line(behind.text, behind.words, segment))
        left = behind.words[0].left
    elif next(_down(page, segment, left), None) is None:
        for place in page.beside(anchor):
            lines.append(Line(place.reading.text, place.reading.words, place.segment))
            left, segment = place.segment.left, place.segment
            break
    block = Block(lines, page.view.number)
    for below in _down(page, segment, left, anchor.left):
        label = page.begins(below)
        if label is not None and _parts_blocks(label):
            break
        if label is not None and label.key in ("name", "address", "vat"):
            _take_value(block, page, label)
        elif label is None or label.key.startswith("title.") or page.behind(label):
            lines.append(_line(below))
    return block if lines else None


def _take_value(block: Block, page: Labelled, label: Anchor) -> None:
    """Add the value of a label within a block: "Name: ...", "USt-IdNr.: ..."."""
    place = next(page.places(label, rows_below=2), None)
    if place is None:
        return
    line = Line(place.reading.text, place.reading.words, place.segment)
    block.lines.append(line)
    if label.key == "name":
        above = _above_value(page, place.segment, label.segment)
        block.name = Name(line.text, line.words)
        if above is not None:
            block.name = Name(f"{above.text} {line.text}", (*above.words, *line.words))


def _above_value(page: Labelled, value: Segment, label: Segment) -> Line | None:
    """Return the first line of a value of two, beside the middle of which its label stands."""
    if value.row == 0 or value is label:
        return None
    for other in page.view.rows[value.row - 1]:
        near = value.top - other.bottom < 0.8 * _height(value)
        beside = other.top < label.top - 1 and other.bottom > label.top - 3
        if near and beside and abs(other.left - value.left) < 2 and page.begins(other) is None:
            return _line(other)
    return None


def _parts_blocks(label: Anchor) -> bool:
    return label.key in ("seller", "buyer", "other.party") or label.key.startswith("title.")


def _is_note(text: str) -> bool:
    """Whether what follows a heading belongs to it: a bracket, a number, another word for it."""
    return text[:1] in "(/" or len(squeeze(text)) < 2 or not any(map(str.isalpha, text))


def _down(
    page: Labelled,
    segment: Segment,
    left: float,
    other_left: float | None = None,
    *,
    pitch: float = 0.0,
) -> Iterator[Segment]:
    """Yield the lines below a segment that begin where it does, until they stand apart.

    Apart is what is further below than the lines before it were from each other.
    """
    height = _height(segment)
    above, taken = segment, 0
    lefts = [left] if other_left is None else [left, other_left]
    for row in page.view.rows[segment.row + 1 : segment.row + 1 + 3 * _MOST_LINES]:
        if row[0].top - above.bottom > _FAR_APART * height:
            return
        for below in row:
            if min(abs(below.left - each) for each in lefts) > _ALIGNED * height:
                continue
            label = page.begins(below)
            form = label is not None and not _parts_blocks(label) and other_left is not None
            if not form and not _next(above, below, height, pitch):
                return
            yield below
            pitch = max(pitch, below.bottom - above.bottom) if taken or pitch else pitch
            above, height, taken = below, max(height, _height(below)), taken + 1
            break
        if taken == _MOST_LINES:
            return


def _next(above: Segment, below: Segment, height: float, pitch: float) -> bool:
    """Whether a line follows another in one block, whose lines have had a pitch so far."""
    gap = below.top - above.bottom
    if not pitch:
        return gap <= _FIRST_APART * height
    return gap <= _FAR_APART * height and below.bottom - above.bottom <= _PITCH * pitch


def _unlabelled(page: Labelled) -> Iterator[Block]:
    """Yield blocks around each line with a postcode and a place."""
    found = 0
    for segment in _joined(page):
        if found == _MOST_BLOCKS:
            return
        if not any(map(str.isdigit, segment.text)) or _place(segment.text) is None:
            continue
        parts = [part for part in _SEPARATORS.split(segment.text) if part]
        if len(parts) >= 3 and _place(parts[0]) is None and _has_name(parts[0]):
            found += 1
            yield _one_line(page, segment, parts)
        elif len(segment.text) < 90:
            block = _around(page, segment)
            if block is not None:
                found += 1
                yield block


def _letterheads(page: Labelled, taken: Container[int]) -> Iterator[Block]:
    """Yield the names of companies that stand on top of a page without an address."""
    for segment in page.view.segments:
        if segment.top > _HEAD * page.view.page.height_pt:
            return
        form = LEGAL_FORM.search(segment.text)
        if (
            form is None
            or id(segment) in taken
            or page.begins(segment) is not None
            or len(segment.text) > 80
        ):
            continue
        if form.end() < len(segment.text.rstrip(" .,")) - 1:
            continue
        lines = [_line(segment)]
        above = next(
            (
                other
                for row in page.view.rows[max(segment.row - 1, 0) : segment.row]
                for other in row
                if abs(other.left - segment.left) < 2
                and segment.top - other.bottom < 0.5 * _height(segment)
                and page.begins(other) is None
                and _TITLE.fullmatch(other.text) is None
            ),
            None,
        )
        if above is not None:
            lines.insert(0, _line(above))
        block = Block(lines, page.view.number, label="letterhead")
        block.seller = 0.8
        yield block
        return


def _joined(page: Labelled) -> Iterator[Segment]:
    """Yield segments; those of a return address that wide gaps around its marks part, as one."""
    for row in page.view.rows:
        joined: list[Segment] = []
        for segment in row:
            last = joined[-1] if joined else None
            near = last is not None and segment.left - last.right < 3.5 * _height(segment)
            if (
                last is not None
                and near
                and (_MARK_END.search(last.text) or _MARK_START.match(segment.text))
            ):
                joined[-1] = Segment(segment.page, segment.row, (*last.words, *segment.words))
            else:
                joined.append(segment)
        yield from joined


def _place(text: str) -> re.Match[str] | None:
    """Return where a postcode and its place stand in a line; a longer text is no line."""
    return _PLACE.search(text) if len(text) <= _LONGEST_LINE else None


def _has_name(text: str) -> bool:
    if sum(map(str.isalpha, text)) < 3:
        return False
    return LEGAL_FORM.search(text) is not None or not any(map(str.isdigit, text))


def _one_line(page: Labelled, segment: Segment, parts: list[str]) -> Block:
    whole = reading(segment)
    at = whole.text.find(parts[0])
    words = whole.covering(at, at + len(parts[0]))
    lines = [Line(parts[0], words, segment)]
    for part in parts[1:]:
        at = whole.text.find(part, at)
        lines.append(Line(part, whole.covering(at, at + len(part)), segment))
    return Block(lines, page.view.number, one_line=True)


def _around(page: Labelled, segment: Segment) -> Block | None:
    """Return the lines over a line with a place, and those below it, that begin where it does."""
    height = _height(segment)
    top, pitch, lines = segment, 0.0, [_line(segment)]
    side = -1
    rows = page.view.rows
    for row in reversed(rows[max(segment.row - 3 * _MOST_LINES, 0) : segment.row]):
        if top.top - max(other.bottom for other in row[:12]) > 4 * height:
            break
        above, side = _in_line(row, top, height, side)
        if above is None:
            continue
        if not _next(above, top, height, pitch) or len(lines) == 6 or _ends_block(page, above):
            break
        lines.insert(0, _line(above))
        pitch = max(pitch, top.bottom - above.bottom)
        top = above
        if _height(above) > _LARGER * height:
            break
    if len(lines) == 1 and len(_SEPARATORS.split(segment.text)) < 2:
        return None
    block = Block(lines, page.view.number)
    for below in _down(page, segment, segment.left, pitch=pitch):
        label = page.begins(below)
        if label is not None and _parts_blocks(label):
            break
        lines.append(_line(below))
    return block


def _in_line(
    row: Sequence[Segment], segment: Segment, height: float, side: int
) -> tuple[Segment | None, int]:
    """Return which of a row's segments is in line with another, and by what.

    By their left sides (0), their right sides (1) or their middles (2), as ``side`` says where
    lines before it have told; -1 where none has.
    """
    for way in (0, 1, 2) if side < 0 else (side,):
        for other in row:
            left, right = other.left - segment.left, other.right - segment.right
            off = (left, right, (left + right) / 2)[way]
            if abs(off) <= _ALIGNED * height / (1 if way == 0 else 3):
                return other, way
    if side < 0 and len(row) == 1:
        # A letterhead that is centred by eye.
        only = row[0]
        over = only.left > segment.left and only.right < segment.right
        if over and segment.top - only.bottom < 0.8 * height:
            return only, 2
    return None, side


def _ends_block(page: Labelled, segment: Segment) -> bool:
    label = page.begins(segment)
    if label is None:
        # A date over an address dates the letter; a return address stands over the recipient's.
        parts = [part for part in _SEPARATORS.split(segment.text) if part]
        return len(parts) >= 3 and _place(segment.text) is not None
    if _parts_blocks(label):
        return page.behind(label) is None or label.marked
    return label.marked or page.behind(label) is None


def _height(segment: Segment) -> float:
    return max(segment.bottom - segment.top, 1.0)


def _line(segment: Segment) -> Line:
    return Line(segment.text, segment.words, segment)


def _name(block: Block, page: Labelled) -> Name | None:
    """Return the first line that can be a name, with the next one where it goes on there."""
    lines = [line for line in block.lines if _can_be_named(line, page)]
    if not lines:
        return None
    first = lines[0]
    at = block.lines.index(first)
    after = block.lines[at + 1 : at + 2]
    if _COMPANY.fullmatch(first.text.strip(" :,")) and after:
        first, after = after[0], block.lines[at + 2 : at + 3]
    if _PERSONAL.fullmatch(first.text.strip(" :,")) and after:
        return Name(f"{first.text} {after[0].text}", (*first.words, *after[0].words))
    if block.one_line or not after:
        return Name(first.text.strip(" ,;:"), first.words)
    # A name that goes on: nothing but its end says what kind of company it is.
    goes_on = (
        LEGAL_FORM.search(first.text) is None
        and (form := LEGAL_FORM.search(after[0].text)) is not None
        and form.end() >= len(after[0].text.rstrip(" .,")) - 1
        and not set(map(squeeze, first.text.split())) & set(map(squeeze, after[0].text.split()))
    )
    if goes_on:
        return Name(f"{first.text} {after[0].text}", (*first.words, *after[0].words))
    return Name(_without_address(first.text), first.words)


def _without_address(text: str) -> str:
    """Return what stands before the first comma, if the rest is an address."""
    place = _place(text)
    if place is None:
        return text.strip(" ,;:")
    parts = [part for part in _SEPARATORS.split(text) if part]
    return parts[0].strip(" ,;:")


def _can_be_named(line: Line, page: Labelled) -> bool:
    text = line.text.strip()
    letters = sum(map(str.isalpha, text))
    if letters < 2 or letters < 0.5 * len(text.replace(" ", "")) or len(text) > 90:
        return False
    if _DEPARTMENT.fullmatch(text) is not None or text.endswith(":"):
        return False
    if _TITLE.fullmatch(text) is not None:
        return False
    if _CONTACT.search(text) is not None and LEGAL_FORM.search(text) is None:
        return False
    place = _place(text)
    if place is not None:
        first, *more = [part for part in _SEPARATORS.split(text) if part]
        if place.start() == 0 or not more or not _has_name(first):
            return False
    label = page.begins(line.segment)
    if label is None or line.words[0] is not line.segment.words[0]:
        return True
    return not label.key.startswith("title.") and not label.marked


def _address(block: Block, locale: Locale) -> tuple[dict[str, str], tuple[Placed, ...]] | None:
    """Return the address of a block: from the line after the name to the one with the place."""
    place = next((n for n, line in enumerate(block.lines) if _place(line.text) is not None), None)
    if place is None or block.name is None:
        return None
    named = set(map(id, block.name.words))
    # Below the place stands the country, or what is no address any more; a street and its number
    # may look like a place.
    ends = place + 1
    while ends < min(place + 3, len(block.lines)) and _belongs(block.lines[ends].text):
        ends += 1
    lines = [
        line for line in block.lines[:ends] if not any(id(word) in named for word in line.words)
    ]
    kept = [
        line
        for line in lines
        if _CONTACT.search(line.text) is None and _TITLE.fullmatch(line.text) is None
    ][:5]
    if not kept:
        return None
    for count in (len(kept), len(kept) - 1):
        parsed = address.parse([line.text for line in kept[:count]], locale) if count else None
        if parsed is not None:
            return parsed, tuple(word for line in kept[:count] for word in line.words)
    return None


def _belongs(text: str) -> bool:
    """Whether a line below one with a place is of the same address: another place, a country."""
    return _place(text) is not None or countries.parse(text.strip(" .,")) is not None


def _vote(blocks: Sequence[Block], page: Labelled) -> None:
    """Let each block's place and company speak for its being the seller's or the buyer's."""
    for block in blocks:
        for line in block.lines:
            whole = Reading(line.words)
            for start, end, number in vat.find(whole.text):
                block.vat_ids.append((number, whole.covering(start, end)))
        if not block.label:
            block.seller, block.buyer = _weight(block, page)
    for block in blocks:
        under = [other for other in blocks if _under(block, other)] if block.one_line else []
        if under and not _names_bank(block):
            block.seller = 0.9
        for other in under:
            if not other.label:
                other.seller, other.buyer = 0.02, 0.92


def _weight(block: Block, page: Labelled) -> tuple[float, float]:
    """Return how much a block's place and lines speak for the seller, and for the buyer.

    Estimates; their order matters, and that two of them are multiplied.
    """
    at = block.lines[0].segment.top / page.view.page.height_pt
    company = any(LEGAL_FORM.search(line.text) for line in block.lines)
    if any(_PERSONAL.fullmatch(line.text.strip(" ,")) for line in block.lines[:2]):
        # Letters are written to people; who writes them has no form of address.
        return 0.1, 0.85
    contact = any(_CONTACT.search(line.text) or _digits_only(line.text) for line in block.lines)
    if block.one_line:
        seller = 0.82 if at < _WINDOW[0] or at > _FOOT else 0.45
        return (0.5 * seller if _names_bank(block) else seller), 0.05
    if at > _FOOT:
        return 0.7 + 0.05 * company, 0.02
    if contact or block.vat_ids:
        return (0.75, 0.3) if at < _WINDOW[1] else (0.4, 0.1)
    if at < _WINDOW[0]:
        return 0.78, 0.35
    if at < _WINDOW[1]:
        left = block.lines[0].segment.left < 0.45 * page.view.page.width_pt
        return (0.35 if at < _HEAD else 0.2), 0.6 + 0.05 * left
    return 0.12, 0.22 if at < _MIDDLE else 0.12


def _names_bank(block: Block) -> bool:
    return block.name is not None and _BANK.search(block.name.text) is not None


def _digits_only(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits >= 7 and digits > 0.5 * len(text.replace(" ", ""))


def _under(head: Block, other: Block) -> bool:
    """Whether a block stands in the window under a line with the return address."""
    if other.one_line or other.label in ("seller", "other.party"):
        return False
    line, first = head.lines[0].segment, other.lines[0].segment
    down = first.top - line.bottom
    return abs(first.left - line.left) < 15 and -1 <= down < 8 * _height(line)


def _merge(blocks: list[Block]) -> None:
    """Let a letterhead speak for the block of the same name that has an address, too."""
    heads = [block for block in blocks if block.label == "letterhead"]
    for head in heads:
        for block in blocks:
            if block is not head and _same(head, block) and block.address and not block.label:
                block.seller = max(block.seller, head.seller + 0.02)


def _choose(blocks: Sequence[Block]) -> tuple[Block | None, Block | None]:
    """Return the two blocks that are best together: a seller sells to somebody else."""
    best: tuple[float, Block | None, Block | None] = (0.0, None, None)
    options: list[Block | None] = [None, *blocks]
    for seller in options:
        for buyer in options:
            score = (seller.seller if seller else 0.15) * (buyer.buyer if buyer else 0.15)
            if seller is not None and buyer is not None and _same(seller, buyer):
                continue
            if score > best[0]:
                best = score, seller, buyer
    return best[1], best[2]


def _same(one: Block, other: Block) -> bool:
    if one is other or one.name is None or other.name is None:
        return one is other
    return squeeze(one.name.text) == squeeze(other.name.text)


def _party(block: Block | None, role: str, page: Labelled, stated: str) -> Party | None:
    if block is None or block.name is None:
        return None
    score = block.seller if role == "seller" else block.buyer
    view = page.view
    vat_id = block.vat_ids[0] if block.vat_ids else None
    return Party(
        (_denomination(block.name.text, stated), view.proof(block.name.words)),
        (vat_id[0], view.proof(vat_id[1])) if vat_id else None,
        (block.address[0], view.proof(block.address[1])) if block.address else None,
        score,
        view.number,
    )


def _denomination(name: str, stated: str) -> str:
    """Return a name without its form where the page states the form by itself.

    French letterheads must: "SARL au capital de 120 000 €" (Code de commerce, art. R123-238); the
    name is the denomination then, and the form is given beside it.
    """
    if stated and name.upper().endswith(f" {stated.upper()}"):
        return name[: -len(stated) - 1].rstrip(" ,")
    return name
