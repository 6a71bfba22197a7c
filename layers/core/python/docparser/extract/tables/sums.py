"""Lines of a table that are no rows: carried sums, balances, totals."""

from __future__ import annotations

import re
from enum import StrEnum


class SumKind(StrEnum):
    """What a line with a sum tells."""

    CARRIED = "carried"
    OPENING = "opening"
    CLOSING = "closing"
    BALANCE = "balance"
    TOTAL = "total"


_OPENING = re.compile(
    r"opening balance|(?:previous|starting|beginning|old|initial) balance|balance (?:brought|b/?f)"
    r"|start(?:ing)? balance|anfangs(?:saldo|bestand)|alter (?:konto)?(?:stand|saldo)"
    r"|er(?:ö|oe)ffnungssaldo|saldo(?:vortrag| vortrag)|vortrag\b|alter kontostand"
    r"|(?:ancien|pr[ée]c[ée]dent) solde|solde (?:initial|pr[ée]c[ée]dent|ant[ée]rieur|d.ouverture"
    r"|de d[ée]part|d[ée]but)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:closing|ending|new|final) balance|balance (?:carried|c/?f)|end(?:saldo|bestand)"
    r"|neuer (?:konto)?(?:stand|saldo)|schlu(?:ss|ß)saldo|abschlu(?:ss|ß)saldo"
    r"|nouveau solde|solde (?:final|de cl[ôo]ture|nouveau|de fin|fin)",
    re.IGNORECASE,
)
_BALANCE = re.compile(
    r"(?:konto)?(?:saldo|stand) (?:am|per|vom|zum)\b|kontostand\b|balance (?:on|as of|at)\b"
    r"|(?:solde (?:au|cr[ée]diteur|d[ée]biteur)|tagessaldo)",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    r"(?:sum|amount|total|balance)? ?(?:carried|brought) (?:forward|over|down)|[cb]/[fd]\b"
    r"|(?:.{0,20}\b)?(?:ü|ue)bertrag\b|.{0,12}reporter\b|report\b|solde report[ée]|zwischensumme"
    r"|sous[- ]?total|sub-? ?total|seitensumme|page total|total (?:de la )?page|zwischensaldo",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"total\w*\b|gesamt\w*\b|summe\w*\b|(?:netto|brutto)(?!preis)\w*\b|net\b|gross\b|montant\b"
    r"|(?:zzgl|zuz(?:ü|ue)glich|plus|inkl|incl|including|dont|add|less)\b"
    r"|(?:mwst|m\.w\.st|ust|u\.st|vat|v\.a\.t|tva|gst|umsatzsteuer|mehrwertsteuer|steuer|tax)\b"
    r"|(?:rechnungs|zahl|end|positions|steuer|waren)(?:betrag|summe|wert)|zu zahlen|fällig"
    r"|(?:amount|balance|payment) due|due\b|[àa] payer|net [àa] payer|versand\w*|porto\b|shipping"
    r"|fracht|freight|frais de port|rabatt|discount|remise|solde [àa] payer|rundung|rounding"
    r"|(?:umsatz|umsätze|gutschriften|belastungen)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"(?:netto|brutto|net|gross|montant|add|less|plus|due|mwst|m\.w\.st|ust|u\.st|vat|v\.a\.t|tva|gst"
    r"|umsatzsteuer|mehrwertsteuer|steuer|tax|rechnungs|waren|versand|porto|shipping|fracht|freight"
    r"|frais de port|rabatt|discount|remise|rundung|rounding)",
    re.IGNORECASE,
)
"""What begins a line of an invoice's sums, and names of those to whom money goes."""
_CHARGE = re.compile(
    r"versand|porto|shipping|fracht|freight|frais de port|rabatt|discount|remise|rundung|rounding",
    re.IGNORECASE,
)
_TOTAL_WITHIN = re.compile(r"\b(?:total|summe|gesamtbetrag|montant total)\b", re.IGNORECASE)
_SHORT = 6
"""A label has no more words: a longer text speaks of a total."""

_ORDER = (
    (_OPENING, SumKind.OPENING),
    (_CLOSING, SumKind.CLOSING),
    (_CARRIED, SumKind.CARRIED),
    (_BALANCE, SumKind.BALANCE),
    (_TOTAL, SumKind.TOTAL),
)


def kind(text: str) -> SumKind | None:
    """Return what the sum in a line is that begins with this text; None if it is no sum."""
    text = text.strip(" .:*-=•")
    for pattern, sum_kind in _ORDER:
        if pattern.match(text):
            return sum_kind
    if _TOTAL_WITHIN.search(text) and len(text.split()) <= _SHORT:
        return SumKind.TOTAL
    return None


def kind_of_statement(text: str) -> SumKind | None:
    """Return what the sum in a line of an account is; None where only an invoice's begins so."""
    found = kind(text)
    if found is SumKind.TOTAL and _NAMES.match(text) and not _TOTAL_WITHIN.search(text):
        return None
    return found


def is_charge(text: str) -> bool:
    """Whether a line of an invoice's sums is a charge or an allowance, which others list as a row.

    >>> is_charge("Versandkosten")
    True
    """
    return _CHARGE.match(text) is not None
