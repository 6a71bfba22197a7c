"""Identifiers of persons and businesses: found by their form, counted if their check holds.

A number counts when its checksum or structure is right (python-stdnum, or the standard named at
the check), and, where one number in a few hundred would be right by chance, when its context
says what it is. An invoice number is no card; an IBAN with a wrong digit is no IBAN.

What an identifier demands of the document's level:

- a private person's (tax and social security numbers, cards, date of birth, passport):
  CONFIDENTIAL;
- bank details and tax numbers of whoever does business: RESTRICTED;
- a private mailbox: at least INTERNAL;
- VAT ids, phone numbers, business mail addresses: nothing, a company prints them on its
  letterhead; but very many different ones make a contact list, RESTRICTED.

The checking libraries are imported when the first candidate turns up, not at the cold start:
phonenumbers costs 45 ms of CPU and stdnum 30 ms (measured).
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Level

from .sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .reading import Reading


class Identifier(NamedTuple):
    """One row of the table.

    ``certainty`` is how sure a hit is (0..1); ``context`` a pattern that has to match in the
    `_CONTEXT` characters before the hit, in lower case, None if the form says enough.
    """

    name: str
    level: Level
    certainty: float
    pattern: str
    check: Callable[[str], bool]
    context: str | None = None


_DIGIT = re.compile(r"\d")
_LEAST_DIGITS = 5
"""Those of the shortest, a date of birth: 3 May 1975."""
_CONTEXT = 60
_MANY = 20
"""So many different phone numbers and mail addresses make a contact list."""


def _stdnum(module: str) -> Callable[[str], bool]:
    """Return the check of a python-stdnum module, imported at its first use."""

    def check(number: str) -> bool:
        return bool(import_module(f"stdnum.{module}").is_valid(number))

    return check


def _iban(number: str) -> bool:
    """Check country, structure and ISO 7064 digits."""
    return bool(import_module("stdnum.iban").is_valid(number, check_country=False))


# Visa's old length of 13 is left out: it is that of every article and location number (GS1), and
# those of Germany begin with 4 as well.
_BRANDS = (
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|35[2-8]\d{13}"
    r"|(?:50[12]\d|503[08]|5[68]\d\d|63\d\d|67\d\d)\d{12,15}"
)


def _card(number: str) -> bool:
    """Check brand prefix, length and the Luhn digit (ISO/IEC 7812-1)."""
    digits = re.sub(r"\D", "", number)
    return bool(_compiled(_BRANDS).fullmatch(digits)) and _stdnum("luhn")(digits)


def _pension_number(number: str) -> bool:
    """Check a German Rentenversicherungsnummer (VKVV paragraph 4).

    The letter stands for its place in the alphabet; digit sums of the weighted digits add up,
    modulo 10, to the check digit. Day and month have to exist (day + 50 is a later serial).
    """
    compact = number.replace(" ", "")
    if not (1 <= int(compact[2:4]) % 50 <= 31 and 1 <= int(compact[4:6]) <= 12):
        return False
    digits = compact[:8] + f"{ord(compact[8]) - 64:02d}" + compact[9:11]
    return _digit_sums(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(compact[11])


def _health_number(number: str) -> bool:
    """Check a German Krankenversichertennummer (paragraph 290 SGB V), letter and nine digits."""
    digits = f"{ord(number[0]) - 64:02d}" + number[1:9]
    return _digit_sums(digits, (1, 2) * 5) % 10 == int(number[9])


def _digit_sums(digits: str, weights: tuple[int, ...]) -> int:
    products = (int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return sum(product // 10 + product % 10 for product in products)


def _insurance_number(number: str) -> bool:
    """Check a UK National Insurance number: prefixes that HMRC never allots are wrong."""
    return number[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}


def _machine_readable(line: str) -> bool:
    """Check a line of a passport's or card's machine-readable zone (ICAO 9303, weights 7 3 1).

    The number in TD3's second line and TD1's first carries its own check digit.
    """
    start = 5 if len(line) == 30 else 0
    if len(line) == 30 and line[0] not in "ACI":
        return False
    values = [0 if c == "<" else int(c, 36) for c in line[start : start + 10]]
    weighted = sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values[:9]))
    return line[start + 9].isdigit() and weighted % 10 == values[9]


def _always(_: str) -> bool:
    """Accept what its context already proves."""
    return True


def _mixed(number: str) -> bool:
    """Accept a document number: at least four digits."""
    return sum(character.isdigit() for character in number) >= 4


_MONTH = (
    r"(?:jan|feb|fév|mar|mär|apr|avr|ma[iy]|jun|jui|jul|aug|aoû|sep|o[ck]t|nov|de[cz]|déc)"
    r"[a-zéûä]*\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d"
    rf"|\d{{1,2}}\.? (?i:{_MONTH}) (?:19|20)\d\d|(?i:{_MONTH}) \d{{1,2}},? (?:19|20)\d\d)"
)
_BORN = (
    r"geboren am|geb\. am|geburtsdatum|geburtstag|geb\.-datum|geb\.datum|date of birth|"
    r"\bd\.?o\.?b\b|birth ?date|date de naissance|\bnée? le|fecha de nacimiento|data di nascita|"
    r"geboortedatum"
)
_CARD_WORDS = (
    r"(?:card|karte|visa|amex|american express|carte|credit|kredit|\bpan\b|\bcc\b).{0,25}$"
)
_SERIAL_WORDS = (
    r"invoice|rechnung|order|bestell|auftrag|track|sendung|imei|\bean\b|gtin|isbn|seri[ae]|"
    r"artikel|item|barcode|refer|kunde|customer|\bgst\b|facture|vertrag|contract|\bid\b|\bno\b"
)

IDENTIFIERS: tuple[Identifier, ...] = (
    Identifier(
        "iban", Level.RESTRICTED, 0.95,
        r"[A-Z]{2} ?\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?", _iban,
    ),
    Identifier(
        "payment_card", Level.CONFIDENTIAL, 0.95,
        r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3[47]\d{2}([ -])\d{6}\2\d{5}"
        r"|3[0689]\d{2}([ -])\d{6}\3\d{4}", _card,
    ),
    Identifier(
        "payment_card", Level.CONFIDENTIAL, 0.9, r"\d{12,19}", _stdnum("luhn"), _CARD_WORDS,
    ),
    Identifier(
        "payment_card", Level.CONFIDENTIAL, 0.8, r"\d{14,19}", _card,
        # A bare number is a card unless it is called something else: brand, length and Luhn
        # digit agree by chance once in fifty, and a card that is missed would leave the vault.
        rf"^(?!.*(?:{_SERIAL_WORDS}))",
    ),
    Identifier(
        "de_tax_id", Level.CONFIDENTIAL, 0.95, r"\d{2} \d{3} \d{3} \d{3}", _stdnum("de.idnr"),
    ),
    Identifier(
        "de_tax_id", Level.CONFIDENTIAL, 0.95, r"\d{11}|\d{2}(?:[ /]?\d{3}){3}",
        _stdnum("de.idnr"),
        r"steuer-?\s?id|identifikationsnummer|identifikations-nr|\bid-?nr|tax id|idnummer|\btin\b",
    ),
    Identifier(
        "de_pension_number", Level.CONFIDENTIAL, 0.95, r"\d{2} ?\d{6} ?[A-Z] ?\d{2} ?\d",
        _pension_number,
    ),
    Identifier(
        "de_health_number", Level.CONFIDENTIAL, 0.9, r"[A-Z]\d{9}", _health_number,
        r"versicher|kranken|kvnr|kv-nr|health|insur|gesundheit",
    ),
    Identifier(
        "de_tax_number", Level.RESTRICTED, 0.6,
        r"\d{2,3} ?/ ?\d{3,4} ?/ ?\d{4,5}|\d{10,13}", _stdnum("de.stnr"),
        r"steuernummer|steuer-nr|st\.? ?-?nr|tax number|tax no",
    ),
    Identifier(
        "us_ssn", Level.CONFIDENTIAL, 0.9, r"\d{3}-\d{2}-\d{4}", _stdnum("us.ssn"),
    ),
    Identifier(
        "us_ssn", Level.CONFIDENTIAL, 0.9, r"\d{3} ?\d{2} ?\d{4}", _stdnum("us.ssn"),
        r"\bssn\b|social security",
    ),
    Identifier(
        "uk_nino", Level.CONFIDENTIAL, 0.85,
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _insurance_number,
    ),
    Identifier(
        "fr_nir", Level.CONFIDENTIAL, 0.95,
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        _stdnum("fr.nir"),
    ),
    Identifier(
        "at_social_number", Level.CONFIDENTIAL, 0.9, r"\d{4} ?\d{6}", _stdnum("at.vnr"),
        r"sv-?nr|sozialversicherung|svnr|versicherungsnummer|\bvsnr",
    ),
    Identifier(
        "ch_social_number", Level.CONFIDENTIAL, 0.95, r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",
        _stdnum("ch.ssn"),
    ),
    Identifier(
        "it_tax_code", Level.CONFIDENTIAL, 0.95, r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]",
        _stdnum("it.codicefiscale"),
    ),
    Identifier(
        "es_tax_id", Level.CONFIDENTIAL, 0.85, r"\d{8}-?[A-Z]", _stdnum("es.dni"),
    ),
    Identifier(
        "es_tax_id", Level.CONFIDENTIAL, 0.85, r"[XYZ]-?\d{7}-?[A-Z]", _stdnum("es.nie"),
    ),
    Identifier(
        "machine_readable_zone", Level.CONFIDENTIAL, 0.95, r"[A-Z0-9<]{44}|[A-Z0-9<]{30}",
        _machine_readable,
    ),
    Identifier(
        "id_document_number", Level.CONFIDENTIAL, 0.8, r"[A-Z0-9]{7,13}", _mixed,
        r"(?:passport|reisepass|personalausweis|\bausweis|identity card|id card|"
        r"driver'?s? licen[cs]e|driving licen[cs]e|führerschein|carte d'identité|passeport|"
        r"ausweisnummer|passnummer)\W{0,3}(?:no|nr|nummer|number|id|n°|#)?[\W_]{0,6}$",
    ),
    Identifier(
        "date_of_birth", Level.CONFIDENTIAL, 0.85, _DATE, _always, rf"(?:{_BORN})[^\d]{{0,30}}$",
    ),
    Identifier(
        "vat_id", Level.PUBLIC, 0.9,
        r"(?:AT ?U|BE|BG|HR|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
        r"[ .-]?[A-Z0-9](?:[ .-]?[A-Z0-9]){6,12}",
        _stdnum("eu.vat"),
    ),
)  # fmt: skip

_PRIVATE_MAIL = frozenset(
    "gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de "
    "hotmail.com hotmail.de outlook.com outlook.de live.com live.de yahoo.com yahoo.de yahoo.fr "
    "icloud.com me.com aol.com posteo.de mailbox.org proton.me protonmail.com orange.fr free.fr "
    "wanadoo.fr laposte.net hotmail.fr arcor.de msn.com".split()
)
_MAIL = r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?:\+|\b00)[1-9][\d ()/.-]{6,20}\d|\(?\b\d[\d ()/.-]{5,18}\d"
_PHONE_WORDS = r"(?:tel|telefon|phone|fax|mobile?|fon|cell|handy|durchwahl|call|tél)\W{0,6}$"
_PHONE_REGIONS = ("DE", "US", "GB", "FR", "AT", "CH")
"""Where a number without a country code may be at home."""


class IdentifierWatch:
    """Watches for identifiers page by page.

    Attributes
    ----------
    seen
        One sighting per rule, ``identifier.<name>``; its weight is the certainty.
    levels
        What each rule that fired demands.
    """

    def __init__(self) -> None:
        self.seen = Sightings()
        self.levels: dict[str, Level] = {}
        self._contacts: set[str] = set()

    def read(self, reading: Reading) -> None:
        """Look through one page."""
        taken: list[tuple[int, int]] = []
        for start, end in _digit_runs(reading):
            self._run(reading, start, end, taken)
        self._contact(reading, taken)

    def _run(self, reading: Reading, start: int, end: int, taken: list[tuple[int, int]]) -> None:
        for identifier in IDENTIFIERS:
            for span in _valid_spans(identifier, reading, start, end):
                if not _overlaps(span, taken):
                    taken.append(span)
                    self._add(
                        identifier.name, identifier.level, identifier.certainty, reading, span
                    )

    def _contact(self, reading: Reading, taken: list[tuple[int, int]]) -> None:
        for match in _compiled(_MAIL).finditer(reading.text):
            domain = match.group().rpartition("@")[2].lower()
            private = domain in _PRIVATE_MAIL
            name, level = ("private_mail", Level.INTERNAL) if private else ("mail", Level.PUBLIC)
            self._add(name, level, 0.9, reading, match.span())
            self._count_contact(match.group().lower(), reading, match.span())
        for match in _compiled(_PHONE).finditer(reading.text):
            if len(self._contacts) >= _MANY:
                # The question is answered, and a check takes 0.1 ms.
                break
            if _overlaps(match.span(), taken):
                continue
            number = _phone_number(match.group(), reading.lower[: match.start()][-_CONTEXT:])
            if number is not None:
                self._add("phone", Level.PUBLIC, 0.7, reading, match.span())
                self._count_contact(number, reading, match.span())

    def _count_contact(self, contact: str, reading: Reading, span: tuple[int, int]) -> None:
        if len(self._contacts) < _MANY:
            self._contacts.add(contact)
            if len(self._contacts) == _MANY:
                self._add("contact_list", Level.RESTRICTED, 0.7, reading, span)

    def _add(
        self, name: str, level: Level, certainty: float, reading: Reading, span: tuple[int, int]
    ) -> None:
        rule = f"identifier.{name}"
        self.levels[rule] = level
        self.seen.add(rule, certainty, reading, *span)


def _digit_runs(reading: Reading) -> list[tuple[int, int]]:
    """Return the runs of lines that have enough digits for an identifier.

    No pattern crosses a line, and prose has hardly any digits: most of it is not searched at all.
    """
    runs: list[tuple[int, int]] = []
    for line in reading.lines:
        if len(_DIGIT.findall(reading.text, line.start, line.end)) < _LEAST_DIGITS:
            continue
        if runs and runs[-1][1] + 1 == line.start:
            runs[-1] = (runs[-1][0], line.end)
        else:
            runs.append((line.start, line.end))
    return runs


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # At the first page, not at the cold start.
    return re.compile(pattern)


@cache
def _bounded(pattern: str) -> re.Pattern[str]:
    """Return the pattern held to whole numbers: not a part of a longer word or number."""
    return _compiled(rf"(?<!\w)(?<!\d[-./])(?:{pattern})(?!\w)(?![-./]\d)")


def _in_context(context: str | None, lower: str, start: int) -> bool:
    if context is None:
        return True
    return _compiled(context).search(lower[max(0, start - _CONTEXT) : start]) is not None


def _valid_spans(
    identifier: Identifier, reading: Reading, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield the spans of valid numbers within ``text[start:end]``.

    Groups are parted by spaces, and a word beside the number may look like one more group. So of
    each match the longest beginning that passes counts; if none does, the next group may open it.
    """
    pattern = _bounded(identifier.pattern)
    while match := pattern.search(reading.text, start, end):
        text = match.group()
        start = match.start() + len(text.partition(" ")[0])
        if not _in_context(identifier.context, reading.lower, match.start()):
            continue
        groups = text.split(" ")
        for count in range(len(groups), 0, -1):
            part = " ".join(groups[:count])
            if pattern.fullmatch(part) and identifier.check(part):
                start = match.start() + len(part)
                yield match.start(), start
                break


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _phone_number(text: str, before: str) -> str | None:
    """Return a valid number in E.164; one without country code needs a label before it."""
    international = text.startswith(("+", "00"))
    if not international and not _compiled(_PHONE_WORDS).search(before):
        return None
    phonenumbers = import_module("phonenumbers")
    if text.startswith("00"):
        text = "+" + text[2:]
    for region in (None,) if international else _PHONE_REGIONS:
        try:
            # "+49 (0) 30": the trunk zero in brackets is not dialled from abroad.
            number = phonenumbers.parse(text.replace("(0)", ""), region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None
