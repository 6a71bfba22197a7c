"""Identifying numbers: what they look like, how they are checked, what stands beside them.

A number counts when its checksum or structure is right and, where one in a few hundred would be
right by chance, when its label says what it is. A label is also enough without the checksum, with
less confidence: printed samples, typing errors and OCR break checksums, and the number beside the
word is still somebody's. An invoice number is no card.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import PiiType

from . import checks
from .engine import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.classify.reading import Reading

    from .labels import LabelIndex


class Number(NamedTuple):
    """One row of the table.

    ``alone`` is the confidence (0..1) of a number that passes the check without a label near it,
    ``labelled`` of one beside its label that does not; 0 rules either out. ``strong`` says
    that the check is a checksum, or a structure that nothing else has.
    """

    type: PiiType
    rule: str
    pattern: str
    check: Callable[[str], bool]
    label: str = ""
    alone: float = 0.0
    labelled: float = 0.0
    strong: bool = True
    unless: tuple[str, ...] = ()


_BOTH = 0.98
"""The confidence of a number that passes its check beside its label."""
_WEAK_BOTH = 0.85
"""The same where the check is of its form alone."""
_DIGIT = re.compile(r"\d")
_LEAST_DIGITS = 5
"""Fewer digits has no identifying number, however its line breaks."""

_VAT_COUNTRIES = (
    "AT ?U|BE|BG|HR|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK"
)

NUMBERS: tuple[Number, ...] = (
    Number(
        PiiType.MACHINE_READABLE_ZONE, "machine_readable_zone.icao9303",
        r"[A-Z0-9<]{44}|[A-Z0-9<]{30}", checks.machine_readable, alone=0.95,
    ),
    Number(
        PiiType.PAYMENT_CARD, "payment_card.grouped",
        r"\d{4}([ .-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3[47]\d{2}([ -])\d{6}\2\d{5}"
        r"|3[0689]\d{2}([ -])\d{6}\3\d{4}", checks.card, "card", alone=0.95, labelled=0.6,
    ),
    Number(
        PiiType.PAYMENT_CARD, "payment_card.labelled", r"\d{12,19}", checks.luhn, "card",
        labelled=0.5,
    ),
    Number(
        # A bare number is a card unless it is called something else: brand, length and Luhn
        # digit agree by chance once in fifty, and a card that is missed would leave the vault.
        PiiType.PAYMENT_CARD, "payment_card.bare", r"\d{14,19}", checks.card, alone=0.8,
        unless=("serial", "number"),
    ),
    Number(
        PiiType.TAX_ID, "tax_id.de", r"\d{2} \d{3} \d{3} \d{3}", checks.stdnum("de.idnr"),
        "tax_id", alone=0.95,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.de", r"\d{11}|\d{2}(?:[ /]?\d{3}){3}", checks.stdnum("de.idnr"),
        "tax_id", labelled=0.6,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.de_steuernummer",
        r"\d{2,3} ?/ ?\d{3,4} ?/ ?\d{4,5}|\d{10,13}", checks.stdnum("de.stnr"), "tax_number",
        labelled=0.6, strong=False,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.de_steuernummer", r"\d{3}/\d{3}/\d{5}|\d{2}/\d{3}/\d{5}",
        checks.stdnum("de.stnr"), "tax_number", alone=0.5, strong=False, unless=("serial",),
    ),
    Number(
        PiiType.TAX_ID, "tax_id.it", r"[A-Za-z]{6}\d{2}[A-Ea-eHhLlMmPpRrSsTt]\d{2}[A-Za-z]\d{3}"
        r"[A-Za-z]", checks.stdnum("it.codicefiscale"), "fiscal", alone=0.95, labelled=0.7,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.es", r"\d{8}-?[A-Z]|\d{7}-[A-Z]", checks.spanish_identity, "fiscal",
        alone=0.85, labelled=0.6,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.es", r"[XYZ]-?\d{7}-?[A-Z]", checks.stdnum("es.nie"), "fiscal",
        alone=0.85, labelled=0.6,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.us_itin", r"9\d{2}-[5-9]\d-\d{4}", checks.american_taxpayer,
        "fiscal", alone=0.6, strong=False,
    ),
    Number(
        PiiType.TAX_ID, "tax_id.labelled",
        r"\d{2}-?\d{7}|\d{10}|\d{13}|\d{2} \d{2} \d{3} \d{3} \d{3}|\d{2}-\d{3}/\d{4}",
        checks.has_digits(9), "fiscal", strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.de", r"\d{2} ?\d{6} ?[A-Za-z] ?\d{2} ?\d",
        checks.german_pension, "pension", alone=0.95, labelled=0.6,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.us", r"\d{3}-\d{2}-\d{4}",
        checks.american_security, "ssn", alone=0.9, strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.us", r"\d{3} \d{2} \d{4}|\d{9}",
        checks.american_security, "ssn", strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.uk",
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        checks.british_insurance, "nino", alone=0.85, strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.uk",
        r"(?i:[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d])",
        checks.british_insurance, "nino", strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.fr",
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        checks.stdnum("fr.nir"), "nir", alone=0.95, labelled=0.7,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.at", r"\d{4} ?\d{6}", checks.stdnum("at.vnr"),
        "at_social", labelled=0.5,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.ch", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",
        checks.stdnum("ch.ssn"), "ahv", alone=0.95, labelled=0.8,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.pl", r"\d{11}", checks.stdnum("pl.pesel"),
        "national",
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.se", r"(?:19|20)?\d{6}[-+]?\d{4}",
        checks.stdnum("se.personnummer"), "national",
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.fi", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]",
        checks.finnish_identity, "national", alone=0.9,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.nl", r"\d{9}", checks.stdnum("nl.bsn"),
        "national",
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.be",
        r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}", checks.stdnum("be.nn"), "national",
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.dk", r"\d{6}-?\d{4}", checks.stdnum("dk.cpr"),
        "national", strong=False,
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.no", r"\d{6} ?\d{5}",
        checks.stdnum("no.fodselsnummer"), "national",
    ),
    Number(
        PiiType.SOCIAL_SECURITY, "social_security.ca", r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        checks.stdnum("ca.sin"), "national",
    ),
    Number(
        PiiType.HEALTH_ID, "health_id.de", r"[A-Za-z]\d{9}", checks.german_health, "health",
        labelled=0.6,
    ),
    Number(
        PiiType.HEALTH_ID, "health_id.uk_nhs", r"\d{3}[ -]?\d{3}[ -]?\d{4}",
        checks.stdnum("gb.nhs"), "nhs", labelled=0.6,
    ),
    Number(
        PiiType.DRIVING_LICENCE, "driving_licence.uk",
        r"(?i:[A-Z9]{5}\d[0156]\d(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z0-9]{3})",
        checks.has_digits(6), "driving", alone=0.85, strong=False,
    ),
    Number(
        PiiType.PASSPORT, "passport.labelled", r"[A-Za-z0-9]{6,12}", checks.has_digits(4),
        "passport", strong=False,
    ),
    Number(
        PiiType.DRIVING_LICENCE, "driving_licence.labelled", r"[A-Za-z0-9]{7,16}",
        checks.has_digits(4), "driving", strong=False,
    ),
    Number(
        PiiType.ID_CARD, "id_card.labelled", r"[A-Za-z0-9]{7,13}", checks.has_digits(4), "id_card",
        strong=False,
    ),
    Number(
        PiiType.VAT_ID, "vat_id.eu",
        rf"(?:{_VAT_COUNTRIES})[ .-]?[A-Z0-9](?:[ .-]?[A-Z0-9]){{6,12}}",
        checks.stdnum("eu.vat"), "vat", alone=0.9, labelled=0.6,
    ),
    Number(
        # In lower case the country may be a word, such as "de": then the number touches it.
        PiiType.VAT_ID, "vat_id.eu", rf"(?i:{_VAT_COUNTRIES})\d[A-Za-z0-9]{{7,11}}",
        checks.stdnum("eu.vat"), "vat", alone=0.8, labelled=0.5,
    ),
    Number(
        PiiType.VAT_ID, "vat_id.form", r"DE\d{9}|ATU\d{8}", checks.has_digits(8), "vat", alone=0.5,
        strong=False, unless=("serial",),
    ),
    Number(
        PiiType.VAT_ID, "vat_id.ch", r"CHE[- ]?\d{3}[. ]?\d{3}[. ]?\d{3}(?: (?:MWST|TVA|IVA))?",
        checks.stdnum("ch.uid"), "vat", alone=0.9, labelled=0.7,
    ),
    Number(
        PiiType.VAT_ID, "vat_id.uk", r"(?:GB ?)?\d{3} ?\d{4} ?\d{2}", checks.stdnum("gb.vat"),
        "vat", labelled=0.5,
    ),
    Number(
        PiiType.VAT_ID, "vat_id.it", r"\d{11}", checks.stdnum("it.iva"), "vat", labelled=0.5,
    ),
    Number(
        PiiType.BANK_ACCOUNT, "bank_account.labelled", r"\d(?:[ -]?\d){5,13}",
        checks.has_digits(6), "account", strong=False,
    ),
)  # fmt: skip

_IBAN_HEAD = r"(?i:(?:(?<![^\W_])|(?<=iban))([A-Z]{2}) ?\d{2}(?=[ ./-]?[A-Z0-9]))"
_MISREAD = str.maketrans("OoIl", "0011")
"""What OCR makes of digits."""
_IBAN_LONGEST = 34
_IBAN_SHORTEST = 15


def find_numbers(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    """Yield the identifying numbers of a page, overlapping ones too.

    No search goes over lines without digits, nor for numbers that need a label that is not there:
    most pages of prose are not searched at all.
    """
    if "<<" in reading.text:
        yield from _machine_readable(reading)
    runs = _digit_runs(reading)
    rows = [row for row in NUMBERS if row.alone or labels.present(row.label)] if runs else []
    for start, end in runs:
        yield from _ibans(reading, labels, start, end)
        for row in rows:
            yield from _hits(row, reading, labels, start, end)


def _machine_readable(reading: Reading) -> Iterator[Hit]:
    """Yield the lines of a machine-readable zone that hold the name and no check digit."""
    pattern = bounded(r"[A-Z0-9<]{44}|[A-Z0-9<]{36}|[A-Z0-9<]{30}")
    for match in pattern.finditer(reading.text):
        if _compiled(r"[A-Z]{2}<<[A-Z]").search(match.group()):
            yield Hit(
                PiiType.MACHINE_READABLE_ZONE, *match.span(), 0.85, "machine_readable_zone.name"
            )


def _digit_runs(reading: Reading) -> list[tuple[int, int]]:
    """Return runs of lines with digits enough for an identifier, or a part of a broken one.

    The line above has the other part, if it has digits: a number breaks behind its country, too.
    """
    runs: list[tuple[int, int]] = []
    above = None
    for line in reading.lines:
        digits = len(_DIGIT.findall(reading.text, line.start, line.end))
        follows = bool(runs) and runs[-1][1] + 1 == line.start
        if digits and follows:
            runs[-1] = (runs[-1][0], line.end)
        elif digits >= _LEAST_DIGITS:
            runs.append((line.start if above is None else above, line.end))
        above = line.start if digits else None
    return runs


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # At the first page, not at the cold start.
    return re.compile(pattern)


@cache
def bounded(pattern: str) -> re.Pattern[str]:
    """Return the pattern held to whole numbers: not a part of a longer word or number."""
    return re.compile(rf"(?<![^\W_])(?<!\d[-./,])(?:{pattern})(?![^\W_])(?![-./,]\d)")


def _hits(row: Number, reading: Reading, labels: LabelIndex, start: int, end: int) -> Iterator[Hit]:
    """Yield what a row finds within ``[start:end]``.

    Groups are parted by spaces, and a word beside the number may look like one more group. So of
    each match the longest beginning that passes counts; if none does, the next group may open it.
    """
    pattern = bounded(row.pattern)
    while match := pattern.search(reading.flat, start, end):
        text = match.group()
        start = match.start() + len(text.partition(" ")[0])
        groups = text.split(" ")
        parts = [" ".join(groups[:count]) for count in range(len(groups), 0, -1)]
        fitting = [part for part in parts if pattern.fullmatch(part)]
        right = next((part for part in fitting if row.check(part)), None)
        part = right or fitting[0]
        span = (match.start(), match.start() + len(part))
        confidence = _confidence(row, labels, reading, span, right=right is not None)
        if confidence:
            start = span[1]
            yield Hit(
                row.type,
                *span,
                confidence,
                row.rule,
                verified=right is not None and row.strong,
            )


def _confidence(
    row: Number, labels: LabelIndex, reading: Reading, span: tuple[int, int], *, right: bool
) -> float:
    """Return how certain a number is by its check and its label, 0 if it is none."""
    if right and row.strong and row.label and labels.near(row.label, span[0]):
        return _BOTH
    if row.label and (right or row.labelled) and labels.beside(row.label, span[0]):
        return _WEAK_BOTH if right else row.labelled
    if not right or (row.unless and any(labels.near(name, span[0]) for name in row.unless)):
        return 0.0
    # Numbers below one another, as in a column, are parts of one number only if that is long.
    broken = "\n" in reading.text[slice(*span)]
    return 0.0 if broken and len(checks.compact(reading.text[slice(*span)])) < 15 else row.alone


def _ibans(reading: Reading, labels: LabelIndex, start: int, end: int) -> Iterator[Hit]:
    """Yield IBANs: the country says how long it is, so each candidate is checked once."""
    head = _compiled(_IBAN_HEAD)
    while match := head.search(reading.flat, start, end):
        start = match.end(1)
        length = checks.IBAN_LENGTHS.get(match.group(1).upper())
        if length is None:
            continue
        if whole := _iban_of(length).match(reading.flat, match.start(), end):
            text = whole.group()
            right = _digits(text) >= 8 and checks.iban(text)
            near = labels.near("iban", match.start())
            cut = reading.flat[whole.end() : whole.end() + 1].isalnum()
            if not right and not cut and _is_misread_iban(text):
                yield Hit(PiiType.IBAN, *whole.span(), 0.75, "iban.misread")
                start = whole.end()
                continue
            if right or (
                not cut and near and text.isupper() and labels.beside("iban", match.start())
            ):
                confidence = (_BOTH if near else 0.95) if right else 0.75
                yield Hit(
                    PiiType.IBAN,
                    *whole.span(),
                    confidence,
                    "iban.mod97" if right else "iban.labelled",
                    verified=right,
                )
                start = whole.end()
                continue
        if labels.beside("iban", match.start()):
            span = _iban_like(reading.flat, match.start(), end)
            if span is not None:
                yield Hit(PiiType.IBAN, *span, 0.6, "iban.labelled")
                start = span[1]


@cache
def _iban_of(length: int) -> re.Pattern[str]:
    # A word may touch it; one letter more is a longer number, and another one.
    ends = r"(?![^\W_])|(?=[^\W\d_]{3})"
    return re.compile(rf"(?i:[A-Z]{{2}} ?\d{{2}}(?:[ ./-]?[A-Z0-9]){{{length - 4}}})(?:{ends})")


def _is_misread_iban(text: str) -> bool:
    """Whether the digits are right once letters are read as those that an engine takes them for."""
    again = text[:2] + text[2:].translate(_MISREAD)
    return _digits(text) >= 8 and again != text and checks.iban(again)


def _iban_like(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the groups that look like an IBAN of any length: but the bank's, each has a digit."""
    stop = start
    size = 0
    for place, group in enumerate(_compiled(r"[A-Za-z0-9]+").finditer(text, start, end)):
        apart = group.start() - stop > 1
        bare = place > 1 and not _digits(group.group())
        if (place and apart) or bare or size + len(group.group()) > _IBAN_LONGEST:
            break
        stop = group.end()
        size += len(group.group())
    return (start, stop) if size >= _IBAN_SHORTEST else None


def _digits(text: str) -> int:
    return len(_DIGIT.findall(text))
