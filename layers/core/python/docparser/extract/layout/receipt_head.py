"""The head of a receipt: whose it is and where it stands.

Lines from the top to the first item are sorted by what they say: titles, telephones, tax numbers,
document numbers, dates, the buyer. What is left are names and addresses. A name has a legal form or
a trade, is large, stands first or above the firm's number; an address has streets, postcodes and
states, and goes on from its first line to whatever line is something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from docparser.extract.values import dates

from . import receipt_words as words
from .anchors import squeeze
from .receipt_amounts import find
from .receipt_labels import one_wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Placed, Proof

    from .receipt_lines import Line

# The head has no more lines than these.
_MOST_LINES = 40


class Says(StrEnum):
    """What a line of the head is."""

    FREE = "free"
    TITLE = "title"
    CONTACT = "contact"
    NUMBER = "number"  # the firm's number, its tax number
    ENTRY = "entry"  # a document's number, a till, a table, a date
    BUYER = "buyer"
    GREETING = "greeting"
    COLUMNS = "columns"
    NOISE = "noise"


@dataclass(frozen=True)
class Named:
    """A name or an address: the text with its reading errors mended, and as it was read."""

    text: str
    lines: tuple[str, ...]
    raw: str
    proof: Proof
    score: float


@dataclass(frozen=True)
class Head:
    """What the head of a receipt says; ``titled`` tells whether it has a title or a number."""

    company: Named | None = None
    address: Named | None = None
    titled: bool = False


_TITLES = frozenset(
    "invoice receipt receipts bill quittung rechnung kassenbon kassenbeleg bon kassenzettel "
    "facture "
    "recu ticket duplicata duplicate kopie copy kundenbeleg haendlerbeleg bewirtungsbeleg note "
    "quittance fattura scontrino kassabon bonnetje beleg original simplified cashbill".split()
)
_TITLE_ROOTS = ("invoice", "receipt", "quittung", "rechnung", "facture")
_CONTACT = re.compile(
    r"(?<![^\W_])(?:te[l1i]|telefon|telephone|t[ée]l[ée]phone|t[ée]l|phone|ph|fax|hp|h/p|mobile"
    r"|mob|hotline"
    r"|whatsapp|telp|fon|careline|contact(?: no)?)(?![^\W\d_])[\s.:#/()no]*\+? ?[(0-9]"
    r"|^tel(?:efon|ephone)?\b|^\(?\+?\(?[0-9][0-9 ()/.-]{7,}$|www\.|https?:|@\S+\.|\S+\.(?:com|de"
    r"|fr|net|org|my|co\.uk|uk|sg)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![^\W_])(?:gst|c?sst|vat|tax|ust|st|steuer|steuernummer|tva|uid|siret|siren|rcs|ape|naf"
    r"|abn|acn|ein|tin"
    r"|reg|regn|registration|co|company|roc|brn|business|hrb|hra|mwst|btw|kvk|iva|p\.?iva|cif|nif"
    r"|intracom)\b[^0-9]{0,32}[0-9OQ]{3}"
    r"|^\(?[A-Z]{0,3}-?[0-9][0-9 .]{4,}[-\u00b7.]? ?[A-Z]{0,2}\)?$|\b(?:DE|FR|ATU|CHE)-?[0-9]{3}",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"(?<![^\W_])(?:inv|invoice|bill|receipt|raceipt|doc|document|order|ord|chk|check|table|tisch"
    r"|tbl|cashier"
    r"|kasse|kassierer(?:in)?|bediener(?:in)?|bedient|server|serveur|serveuse|caisse|caissier"
    r"|caissi[eè]re|hote"
    r"|terminal|counter|pos|till|guests?|covers|bon|beleg|belegnr|bonnr|ticket|slip|trans"
    r"|transaction|trx"
    r"|ref|salesperson|sales|operator|op|te|tr|store|register|clerk|filiale|markt|vorgang"
    r"|rechnungs?"
    r"|facture|vendeur|table|couverts|datum|date|uhrzeit|time|heure|le|user|staff|member|station"
    r"|lane)\b\.? ?"
    r"(?:no|nr|num|id|n[°o]|#)?\.? ?[:#.]* ?(?:[A-Z]{0,4}[-/]?)?[0-9]"
    r"|^[^\W\d_][\w .]{2,18} ?:|^(?:st|te|op|tr)#",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?<![0-9:])[012]?[0-9][:h][0-5][0-9](?![0-9])")
# What a line that begins so is, even if streets and towns seem to stand in it, and what one is
# that has such a part and no more of an address than a word.
_PLAIN: tuple[tuple[re.Pattern[str], Says], ...] = (
    (
        re.compile(
            r"^\W*(?:gst|c?sst|vat|tax|ust|steuer|st(?=\.?[- ]?nr)|tva|uid|siret|siren|rcs|naf|ape"
            r"|abn|acn|ein|mwst|hr[ab])\b[^0-9]{0,24}[0-9]{2}",
            re.IGNORECASE,
        ),
        Says.NUMBER,
    ),
    (re.compile(r"\bcapital\b.*[0-9]", re.IGNORECASE), Says.NUMBER),
    (re.compile(r"^(?!unit|ste|apt|suite|lot|shop)[^\W\d_]{2,8} ?# ?[0-9]", re.I), Says.ENTRY),
    (
        re.compile(r"^(?:inh|inhaber(?:in)?|prop|proprietor|owner|g[ée]rante?)\b", re.IGNORECASE),
        Says.CONTACT,
    ),
)
_LIKELY = (
    (_CONTACT, Says.CONTACT),
    (_NUMBER, Says.NUMBER),
    (_ENTRY, Says.ENTRY),
    (_TIME, Says.ENTRY),
)
_BUYER = re.compile(
    r"^\W*(?:bill(?:ed)? ?to|sold ?to|ship ?to|deliver(?:ed)? ?to|customer|cust|kunde|kundin"
    r"|client|buyer"
    r"|attn|m/s|an)\b(?!.{0,12}(?:copy|service|beleg))",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"thank ?you|welcome|willkommen|bienvenue|merci|vielen dank|danke|your order number|have a nice"
    r"|herzlich|bonjour|schönen tag|opening hours|business hours|öffnungszeiten|horaires"
    r"|self[- ]?service|dine[- ]?in|take[- ]?(?:away|out)|eat[- ]?in|sur place|à emporter",
    re.IGNORECASE,
)
_COLUMNS = frozenset(
    "item items qty quantity price amount description disc discount tax total artikel menge preis "
    "betrag bezeichnung ust mwst designation qte prix montant libelle unit uprice rm eur usd sub "
    "article pu tva gst itm desc amt pos einzel gesamt rate".split()
)
_ALIAS = re.compile(
    r"^(?:licen[cs]ee of|a? ?member of|formerly|f\.?k\.?a|trading as|t/a|d/?b/?a|operated by|by"
    r"|powered)\b",
    re.IGNORECASE,
)
_SLOGAN = frozenset(
    "your you we our the for from more life live save always best better every everything where "
    "with seit since est immer wir sie ihr ihre unser lieben mehr tous vous votre nous notre "
    "depuis toujours plus pour money all is are to of".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"[0-9]{4}")
_REGISTERED = re.compile(
    r"\s*[(\[]?\s*(?:co\.? ?\.?(?:no|reg)|reg|company|roc|brn|hrb)\b[^()]*[0-9][^()]*[)\]]?.*$"
    r"|\s*[(\[][^()\[\]]*[0-9]{3,}[^()\[\]]*[)\]]?.*$"
    r"|\s+#? ?[A-Z]{0,2}[0-9]{4,}[-\u00b7 ]?[A-Z]{0,2}$|\s+#[0-9]+$",
    re.IGNORECASE,
)
_PLACE_LABEL = re.compile(
    r"^(?:(?:h\.?o\.?|hq|head ?office|outlet|store|branch|shop|business|registered) ?)?"
    r"(?:add(?:r(?:ess)?)?|adresse|anschrift)\b\.? ?[:.]? *|^(?:h\.?o\.?|hq|head ?office) ?[:.] *",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"[\s,;|/-]*\b(?:te[l1]|phone|ph|fax|hp|t[ée]l)\b[\s.:]*\+?[(0-9].*$", re.IGNORECASE
)

_SPACED = 5
# Name, street and town stand in so many lines.
_LEAST_HEAD = 5
# Names of so many letters that differ in one are one name.
_LEAST_NAME = 4
# Words of one name are set in one size.
_SAME_SIZE = 0.2


def head(lines: Sequence[Line], locale: Locale) -> Head:
    """Return whose receipt it is and where that stands, as its first lines say."""
    lines = [part for line in lines[:_MOST_LINES] for part in _parted(line)]
    top, said = _sorted_out(lines, locale)
    company, used = _company(top, said)
    address = _address(top, said, used)
    if company is not None and address is not None:
        address = _repeated(address, [top[at] for at in sorted(used)], top)
    titled = any(each in {Says.TITLE, Says.NUMBER} for each in said)
    return Head(company, address, titled)


def begins(lines: Sequence[Line], at: int, locale: Locale) -> bool:
    """Whether a name and an address follow from a line on, as a receipt of its own has them."""
    top, said = _sorted_out(lines[at : at + _LEAST_HEAD], locale)
    if not said or said[0] is not Says.FREE or words.address_evidence(top[0].text):
        return False
    return any(
        what is Says.FREE and words.names_town(line.text)
        for line, what in zip(top[1:], said[1:], strict=True)
    )


def _parted(line: Line) -> list[Line]:
    """Return a line, or its parts where a name and its address stand in one.

    What is before the first mark between them has nothing of an address, the rest has enough.
    """
    text = line.text
    if words.address_evidence(text) < 1:
        return [line]
    for match in _BETWEEN.finditer(text):
        name, place = text[: match.start()], text[match.end() :]
        formal = words.LEGAL_FORM.search(name) is not None
        if words.address_evidence(name) and not formal:
            break
        own = formal or (words.has_trade(name) and words.names_town(place))
        if own and words.address_evidence(place) >= 1:
            return [line.part(0, match.start()), line.part(match.end(), len(text))]
    return [line]


def _sorted_out(lines: Sequence[Line], locale: Locale) -> tuple[list[Line], list[Says]]:
    """Return the lines above the first item or total, each with what it says."""
    top: list[Line] = []
    said: list[Says] = []
    for line in lines:
        what = says(line, locale)
        if what is Says.COLUMNS and any(each is Says.FREE for each in said):
            break
        amounts = find(line.text, locale)
        if amounts and any(each is Says.FREE for each in said):
            break
        top.append(line)
        said.append(Says.NOISE if amounts else what)
    return top, said


def says(line: Line, locale: Locale) -> Says:
    """Return what a line of the head says."""
    text = words.lettered(line.plain.strip())
    letters = [word for word in _WORD.findall(text) if len(word) > 1]
    found = [squeeze(word) for word in letters]
    if _BUYER.search(text):
        return Says.BUYER
    if _GREETING.search(text):
        return Says.GREETING
    if found and all(word in _COLUMNS for word in found) and len(found) == len(text.split()):
        return Says.COLUMNS
    if sum(word in _COLUMNS for word in found) >= 2 and _LONG_NUMBER.search(text) is None:
        return Says.COLUMNS
    place = words.address_evidence(_PLACE_LABEL.sub("", text))
    return _marked(text, found, place, line, locale) or (
        Says.NOISE if _is_noise(line, text, letters) else Says.FREE
    )


def _marked(text: str, found: list[str], place: float, line: Line, locale: Locale) -> Says | None:
    if plain := next((what for shape, what in _PLAIN if shape.search(text)), None):
        return plain
    if words.LEGAL_FORM.search(text) is not None:
        return None
    if _is_title(found):
        return Says.TITLE
    if place >= 1:
        return None
    likely = next((what for shape, what in _LIKELY if shape.search(text)), None)
    return likely or (Says.ENTRY if dates.find(line.text, locale, ocr=True) else None)


def _is_title(found: list[str]) -> bool:
    """Whether a line is the name of a kind of document and not much more."""
    if not found or len(found) > 6:
        return False
    return any(
        word in _TITLES or any(len(word) > 5 and one_wrong(word, root) for root in _TITLE_ROOTS)
        for word in found
    )


def _is_noise(line: Line, text: str, letters: list[str]) -> bool:
    """Whether a line has no words: numbers written by hand, scraps of a logo."""
    single = len(_WORD.findall(text)) - len(letters)
    # Names are sometimes spaced out, letter by letter.
    count = sum(map(len, letters)) + (single if single >= _SPACED else 0)
    digits = sum(map(str.isdecimal, text))
    if words.LEGAL_FORM.search(text) or words.address_evidence(text) >= 1:
        return False
    return count < 3 or (digits > count and digits > 4) or line.certainty < 0.35


def _company(top: list[Line], said: list[Says]) -> tuple[Named | None, frozenset[int]]:
    """Return the firm's name and which lines it stands in."""
    usual = median(line.height for line in top) if top else 1.0
    best: tuple[float, int] | None = None
    rank = 0
    for at, what in enumerate(said):
        if what is Says.BUYER:
            break
        if what is not Says.FREE:
            continue
        score = _firmness(top, said, at, usual) - 0.15 * rank
        rank += 1
        if best is None or score > best[0]:
            best = (score, at)
    if best is None or (best[0] <= -1 and _numbered(top[best[1]].text)):
        return None, frozenset()
    score, last = best
    first = last - 1 if _goes_on(top, said, last) else last
    lines = top[first : last + 1]
    if first == last and last + 1 < len(top) and _goes_on(top, said, last + 1):
        lines = top[first : last + 2]
    read = " ".join(word.text for line in lines for word in line.words)
    kept = _REGISTERED.sub("", read).strip(" -,:;*\"'") or read
    form = list(words.LEGAL_FORM.finditer(kept))
    if form and any(c.isdigit() for c in kept[form[-1].end() :]):
        kept = kept[: form[-1].end()]
    found = _words_of(lines, kept)
    score = min(0.95, max(0.2, 0.35 + 0.15 * score))
    proof = lines[0].view.proof(found)
    used = frozenset(range(first, first + len(lines)))
    return Named(words.spelled(kept), (kept,), kept, proof, score), used


def _words_of(lines: Sequence[Line], kept: str) -> list[Placed]:
    """Return the words of lines that a text, their beginning, is made of."""
    left = max(len(squeeze(kept)), 1)
    found = []
    for line in lines:
        for word in line.words:
            if left > 0:
                found.append(word)
            left -= len(squeeze(word.text))
    return found


def _firmness(top: list[Line], said: list[Says], at: int, usual: float) -> float:
    """Return how much a line looks like the firm's name."""
    text = top[at].text.strip()
    place = words.address_evidence(text)
    formal = words.LEGAL_FORM.search(text) is not None
    score = 3.0 if formal else -2.0 * min(place, 1.5)
    if not formal and place < 1 and words.has_trade(text):
        score += -1.0 if _only_trades(text) else 1.5
    after = said[at + 1] if at + 1 < len(top) else Says.NOISE
    if after is Says.NUMBER:
        score += 1.0
    elif after is Says.FREE and words.address_evidence(top[at + 1].text) >= 0.8:
        score += 0.5
    street = words.names_place(text) or words.ends_as_street(text)
    if not formal and street and after is Says.FREE and words.names_town(top[at + 1].text):
        score -= 1.5
    if not formal and _after_street(top, said, at):
        score -= 1.5
    score += min(max(top[at].height / max(usual, 1.0) - 1.0, 0.0), 1.0)
    if _ALIAS.search(text):
        score -= 4.0
    if not formal and _is_slogan(text):
        score -= 2.0
    # Below a title with the document's number stands whoever bought.
    entries = sum(each is Says.ENTRY for each in said[:at])
    return score - min(1.0 * entries, 3.0)


def _only_trades(text: str) -> bool:
    """Whether a line says what is sold, in two words or more, and nothing else."""
    found = _WORD.findall(text)
    return len(found) > 1 and all(words.has_trade(word) for word in found)


def _after_street(top: list[Line], said: list[Says], at: int) -> bool:
    """Whether a line follows the first line of an address: then it is the next of it."""
    return any(
        what is Says.FREE and words.address_evidence(line.text) >= 1
        for line, what in zip(top[:at], said[:at], strict=True)
    )


def _is_slogan(text: str) -> bool:
    found = [word.casefold() for word in _WORD.findall(text)]
    small = sum(word in _SLOGAN for word in found)
    ended = text.rstrip("\"'").endswith((".", "!", "?")) and len(found) > 2
    return len(found) > 1 and (small >= 2 or ended or 2 * small >= len(found))


def _goes_on(top: list[Line], said: list[Says], at: int) -> bool:
    """Whether a line is the rest of the name that the line above it begins."""
    if at == 0 or said[at] is not Says.FREE or said[at - 1] is not Says.FREE:
        return False
    above, line = top[at - 1], top[at]
    text = line.text.strip()
    if text.startswith(("&", "+ ")) and line.blank < line.height:
        return True
    form = words.LEGAL_FORM.search(text)
    if form is None and not words.has_trade(text):
        return False
    if words.LEGAL_FORM.search(above.text) or words.address_evidence(above.text) >= 1:
        return False
    before = _WORD.findall(text[: form.start()] if form else text)
    if not before:
        return True
    if form is None and _only_trades(text):
        return False
    size = abs(above.height - line.height) / max(above.height, line.height)
    together = line.blank < 1.0 * line.height and size <= _SAME_SIZE
    styled = above.text.isupper() == line.text.isupper()
    own = len(before) <= 2 and (form is None or words.has_trade(" ".join(before)))
    return together and styled and own and not _is_slogan(above.text)


def _address(top: list[Line], said: list[Says], used: frozenset[int]) -> Named | None:
    """Return the first address that is not the buyer's."""
    best: tuple[float, int, int] | None = None
    bought = False
    at = 0
    while at < len(top):
        if said[at] is Says.BUYER:
            bought = True
        if said[at] is not Says.FREE or at in used:
            at += 1
            continue
        end = at
        while end < len(top) and said[end] is Says.FREE and end not in used:
            end += 1
        block = _block(top, at, end)
        if block is not None:
            score, first, last = block
            # The later a block stands, the less it is the seller's.
            entries = sum(each is Says.ENTRY for each in said[:at])
            score -= 2.0 * bought + 0.8 * min(entries, 2)
            if best is None or score > best[0]:
                best = (score, first, last)
        at = end
    if best is None or best[0] < 0.6:
        return None
    score, first, last = best
    lines = top[first : last + 1]
    parts = [_TELEPHONE.sub("", _PLACE_LABEL.sub("", line.text)).strip() for line in lines]
    read = " ".join(" ".join(parts).split())
    proof = lines[0].view.proof(
        [word for line, part in zip(lines, parts, strict=True) for word in _within(line, part)]
    )
    mended = tuple(words.spelled(" ".join(part.split())) for part in parts if part)
    return Named(_joined(mended), mended, read, proof, min(0.95, 0.4 + 0.12 * score))


def _repeated(address: Named, above: Sequence[Line], top: Sequence[Line]) -> Named:
    """Return an address with words of the firm's name as they were read where that was surer.

    A firm is often called as its house is, and the two readings differ in one look-alike letter.
    """
    known = {w.text: w.word.confidence for line in above for w in line.words if w.text.isalpha()}
    sure = {word.text: word.word.confidence for line in top for word in line.words}

    def agreed(match: re.Match[str]) -> str:
        read = match[0]
        for name, confidence in known.items():
            alike = len(name) >= _LEAST_NAME and name[0] == read[0] and name != read
            if alike and words.confused(read.casefold(), name.casefold()) == 1:
                return name if confidence > sure.get(read, 1.0) else read
        return read

    lines = tuple(_WORD.sub(agreed, line) for line in address.lines)
    return replace(address, lines=lines, text=_joined(lines))


def _within(line: Line, part: str) -> tuple[Placed, ...]:
    start = max(line.text.find(part), 0)
    return line.covering(start, start + len(part))


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part if part.endswith((",", "-", "/")) else part + "," for part in parts).strip(
        " ,"
    )


def _block(top: list[Line], start: int, end: int) -> tuple[float, int, int] | None:
    """Return how much of an address stands in lines, its first line and its last."""
    evidence = [
        words.address_evidence(words.spelled(_PLACE_LABEL.sub("", top[at].text.strip())))
        for at in range(start, end)
    ]
    labelled = [bool(_PLACE_LABEL.match(top[at].text)) for at in range(start, end)]
    likely = [
        at
        for at, (score, label) in enumerate(zip(evidence, labelled, strict=True))
        if score >= 0.7 or label
    ]
    if not likely:
        return None
    town = next((at for at in likely if words.names_town(top[start + at].text)), likely[-1])
    first, last = likely[0], max(at for at in likely if at <= town or evidence[at] >= 1)
    # The street above a town need say neither street nor road: a number is enough.
    if first > 0 and words.names_town(top[start + first].text):
        above = top[start + first - 1].text
        numbered = any(c.isdigit() for c in above) or words.names_place(above)
        # A postcode that stands alone has its town above it.
        alone = words.is_postcode(top[start + first].text)
        if (numbered or alone) and not words.LEGAL_FORM.search(above):
            first -= 1
    while last + 1 < len(evidence):
        above, text = top[start + last].text, top[start + last + 1].text
        # A town whose postcode could not be read still has figures.
        towned = any(words.names_town(top[start + at].text) for at in range(first, last + 1))
        enough = 1.0 if towned else 0.4
        more = evidence[last + 1] >= enough or _continues(above, text)
        if not (more or (not towned and _numbered(text))):
            break
        last += 1
    total = sum(evidence[first : last + 1]) + any(labelled)
    return total, start + first, start + last


_BETWEEN = re.compile(r" *[,;|\u00b7\u2022]\s*| +[-\u2013] +|  +")
_FIRST_NUMBER = re.compile(r"^[0-9]{3,5}[ -]+[^\W\d_]{2,}")


def _numbered(text: str) -> bool:
    return any(c.isdigit() for c in text) and _WORD.search(text) is not None


def _continues(above: str, text: str) -> bool:
    """Whether a line without a street or a postcode still belongs to the address above it."""
    if above.rstrip().endswith((",", "-", "/", "&")):
        return True
    return _FIRST_NUMBER.match(text) is not None or words.names_state(text)
