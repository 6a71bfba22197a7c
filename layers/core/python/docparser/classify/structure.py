"""What gives a document type away by its form: the layout of lines, not a word of the table.

Each cue looks at the lines of one page and answers with the place where it saw its form first.
Weights are in the unit of `cues`. Every pattern is anchored or made of single runs, so that the
time is proportional to the text whatever it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.model import DocumentType as Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .reading import Reading, Stretch


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a page shows: ``text[start:end]`` is where it begins, ``count`` how often."""

    type: Type
    name: str
    weight: float
    start: int
    end: int
    count: int = 1

    @property
    def rule(self) -> str:
        """The rule's name: ``type.email.structure.mail_headers``."""
        return f"type.{self.type.value}.structure.{self.name}"


def forms(reading: Reading) -> Iterator[Form]:
    """Yield the forms that a page shows."""
    lines = [
        (line, reading.lower[line.start : line.end].strip()) for line in reading.lines[:_MOST_LINES]
    ]
    for look in _LOOKS:
        yield from look(reading, lines)


_MOST_LINES = 400
"""What a page has at most where it is one; a text of one line per word is cut here."""
_FIRST_LINES = 15
_Lines = list[tuple["Stretch", str]]

# --- electronic invoices, printed or attached as text

_CII = re.compile(
    r"crossindustry(?:invoice|document)\b|supplychaintradetransaction\b|"
    r"applicableheadertradesettlement\b|exchangeddocument(?:context)?\b"
)
_UBL_INVOICE = re.compile(
    r"\binvoicetypecode\b|\binvoiceline\b|xsd:invoice-2\b|\baccountingsupplierparty\b|"
    r"\blegalmonetarytotal\b"
)
_UBL_CREDIT_NOTE = re.compile(r"\bcreditnotetypecode\b|\bcreditnoteline\b|xsd:creditnote-2\b")
_CREDITING = re.compile(r"typecode>\s*+(?:381|261|262|296|308|396|420|458|532)\b")
"""UNTDID 1001: the codes of a credit note; all others that an invoice may have are invoices."""
_NAMES_OF_INVOICES = 2
_STEMS = ("crossindustry", "tradetransaction", "supplierparty", "invoiceline", "creditnote")


def _e_invoice(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield element names of Cross Industry Invoice (UN/CEFACT) or UBL 2.1 (OASIS)."""
    del lines
    lower = reading.lower
    if not any(stem in lower for stem in _STEMS):
        return
    credit = [*_UBL_CREDIT_NOTE.finditer(lower)]
    found = [*_CII.finditer(lower), *_UBL_INVOICE.finditer(lower), *credit]
    if len({match[0] for match in found}) < _NAMES_OF_INVOICES:
        return
    kind = Type.CREDIT_NOTE if credit or _CREDITING.search(lower) else Type.INVOICE
    start, end = found[0].span()
    yield Form(kind, "e_invoice", 7.0, start, end, len(found))


# --- mail

_HEADERS = {
    "from": "from von de da van",
    "to": "to an à aan cc bcc kopie",
    "subject": "subject betreff objet onderwerp oggetto",
    "date": "date sent datum gesendet envoyé verzonden data",
    "machine": "message-id return-path received mime-version content-type in-reply-to reply-to "
    "delivered-to x-mailer user-agent",
}
_HEADER_OF = {name: group for group, names in _HEADERS.items() for name in names.split()}
_MAIL_WEIGHTS = {2: 2.0, 3: 4.5, 4: 6.0, 5: 7.0}
_GAP_BETWEEN_HEADERS = 6
"""So many lines may stand between two headers: a folded value, the other column of a print."""


def _mail_headers(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield a run of header lines; in a printed mail the values may stand beside them."""
    groups: dict[str, Stretch] = {}
    since = 0
    last = None
    for line, text in lines:
        name, colon, _ = text.partition(":")
        group = _HEADER_OF.get(name.strip()) if colon else None
        since += 1
        if group is None:
            continue
        if groups and since > _GAP_BETWEEN_HEADERS:
            if len(groups) >= min(_MAIL_WEIGHTS):
                break
            groups = {}
        groups.setdefault(group, line)
        since, last = 0, line
    if last is None or len(groups) < min(_MAIL_WEIGHTS) or not {"from", "to"} & groups.keys():
        return
    first = min(groups.values(), key=lambda line: line.start)
    # A memo has the same lines, but no address in them.
    addressed = "@" in reading.lower[first.start : last.end + _ADDRESS_AFTER]
    weight = _MAIL_WEIGHTS[len(groups)] * (1.0 if addressed else 0.5)
    yield Form(Type.EMAIL, "mail_headers", weight, first.start, first.end, len(groups))


_ADDRESS_AFTER = 200

# --- forms

_BLANK = re.compile(r"_{4,}+|\.{8,}+(?!\s*+\.*+\s*+\d)|\[ ?+[x ]? ?+\]|[☐☑☒□❏◻]")
_FEWEST_BLANKS = 4


def _blanks(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield lines and boxes to be filled in."""
    spots = [match.span() for match in _BLANK.finditer(reading.lower)]
    if len(spots) >= _FEWEST_BLANKS and len(lines) > 1:
        weight = min(1.0 + 0.25 * len(spots), 4.0)
        yield Form(Type.FORM, "blanks", weight, *spots[0], len(spots))


# --- identity documents

_MACHINE_READABLE = re.compile(r"[a-z0-9<]{20,50}")
_FILLERS = 4


def _machine_readable_zone(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield a machine-readable zone (ICAO Doc 9303: 30, 36 or 44 characters, filled by <)."""
    del reading
    zone = [
        line
        for line, text in lines
        if text.count("<") >= _FILLERS and _MACHINE_READABLE.fullmatch(text.replace(" ", ""))
    ]
    if zone:
        yield Form(
            Type.ID_DOCUMENT, "machine_readable_zone", 6.0, zone[0].start, zone[0].end, len(zone)
        )


# --- tills

_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b")
_AMOUNT_END = re.compile(r"\d[.,]\d\d(?: ?[a-z€%*]{1,3})?$")
_STRIP = 46
_FEWEST_AMOUNTS = 3
_MOST_STRIP_LINES = 120


def _till_strip(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield narrow lines, amounts at their ends, and the time of day, rare on an invoice."""
    if reading.number > 1 or len(lines) > _MOST_STRIP_LINES:
        return
    if any(len(text) > _STRIP for _, text in lines):
        return
    amounts = [line for line, text in lines if _AMOUNT_END.search(text[-_TAIL:])]
    clock = next((line for line, text in lines if _CLOCK.search(text)), None)
    if clock is not None and len(amounts) >= _FEWEST_AMOUNTS:
        yield Form(Type.RECEIPT, "till_strip", 2.0, clock.start, clock.end, len(amounts))


_TAIL = 24

# --- statements

_DATED = re.compile(
    r"\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4}|\.)?\s|\d{4}-\d\d-\d\d\s|\d{1,2} [a-zéûä]{3,9}\.? "
)
_SIGNED_END = re.compile(r"[\d.,]*\d[.,]\d\d ?(?:[-+shcd]|cr|dr|eur|€)?$")
_FEWEST_BOOKINGS = 4


def _bookings(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield lines that begin with a day and end with an amount."""
    del reading
    booked = [
        line for line, text in lines if _DATED.match(text) and _SIGNED_END.search(text[-_TAIL:])
    ]
    if len(booked) >= _FEWEST_BOOKINGS:
        weight = min(0.3 * len(booked), 2.5)
        yield Form(
            Type.BANK_STATEMENT, "bookings", weight, booked[0].start, booked[0].end, len(booked)
        )


# --- numbered parts

_ENTRY = re.compile(r"\[\d{1,3}\] ?\D")
_CLAUSE = re.compile(r"(?:§ ?|article |artikel |section |clause )\d{1,3}\b")
_FEWEST_ENTRIES = 4
_FEWEST_CLAUSES = 3


def _numbered(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield a list of references by number; clauses by number."""
    del reading
    entries = [line for line, text in lines if _ENTRY.match(text)]
    if len(entries) >= _FEWEST_ENTRIES:
        yield Form(
            Type.SCIENTIFIC_ARTICLE,
            "reference_list", 2.5, entries[0].start, entries[0].end, len(entries),
        )  # fmt: skip
    clauses = [line for line, text in lines if _CLAUSE.match(text)]
    if len(clauses) >= _FEWEST_CLAUSES:
        yield Form(Type.CONTRACT, "clauses", 2.0, clauses[0].start, clauses[0].end, len(clauses))


# --- what is none of these

_FOLIO = re.compile(r"[-(\[]{0,2} ?(?:\d{1,4}|[ivxlc]{1,7}) ?[-)\]]{0,2}")
_LEADER = re.compile(r"(?:\. ?){4,}\s*\d{1,4}$|…\s*\d{1,4}$")
_CODE_ENDS = (";", "{", "}", "};", "});", "/>")
_FEWEST_LINES = 8
_PROSE_LINE = 20
_PROSE_DIGITS = 0.02
_FEWEST_LEADERS = 5


def _book_page(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield running text under a page number; a running head makes it clearer."""
    if len(lines) < _FEWEST_LINES:
        return
    edges = [*lines[:2], lines[-1]]
    folio = next((line for line, text in edges if _FOLIO.fullmatch(text)), None)
    body = [text for _, text in lines if len(text) >= _PROSE_LINE]
    if folio is None or 2 * len(body) < len(lines):
        return
    whole = "".join(body)
    digits = sum(map(str.isdigit, whole))
    labels = sum(text.endswith(":") or _AMOUNT_END.search(text[-_TAIL:]) is not None
                 for text in body)  # fmt: skip
    if digits > _PROSE_DIGITS * len(whole) or labels > len(body) // _FEWEST_LINES:
        return
    headed = any(
        line is not folio and len(text) > 2 and reading.text[line.start : line.end].isupper()
        for line, text in lines[:2]
    )
    yield Form(Type.OTHER, "book_page", 2.5 if headed else 1.5, folio.start, folio.end)


def _leaders(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield lines of dots up to a page number, on most of the page: contents, an index."""
    del reading
    led = [line for line, text in lines if _LEADER.search(text[-_TAIL:])]
    if len(led) >= _FEWEST_LEADERS and 2 * len(led) > len(lines):
        yield Form(Type.OTHER, "leaders", 2.0, led[0].start, led[0].end, len(led))


def _source_code(reading: Reading, lines: _Lines) -> Iterator[Form]:
    """Yield lines that end as statements of a programming language do."""
    del reading
    ended = [line for line, text in lines if text.endswith(_CODE_ENDS)]
    if len(ended) >= _FEWEST_LEADERS and 3 * len(ended) > len(lines):
        yield Form(Type.OTHER, "source_code", 3.0, ended[0].start, ended[0].end, len(ended))


_LOOKS: tuple[Callable[[Reading, _Lines], Iterator[Form]], ...] = (
    _e_invoice,
    _mail_headers,
    _blanks,
    _machine_readable_zone,
    _till_strip,
    _bookings,
    _numbered,
    _book_page,
    _leaders,
    _source_code,
)
