"""How a receipt was paid, and the country and the currency that it speaks of."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from docparser.extract.values import currency

from .receipt_amounts import NOT_CURRENCIES
from .receipt_words import LEGAL_FORM, POSTCODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Proof

    from .receipt_lines import Line

_METHODS = (
    (
        "card",
        re.compile(
            r"\b(?:visa|master ?card|maestro|amex|american express|girocard|giro ?card"
            r"|ec[- ]?(?:cash|karte|card)"
            r"|v ?pay|c[b8]|carte (?:bancaire|bleue|de cr[ée]dit)|(?:kredit|debit|bank"
            r"|giro)?kart(?:e|enzahlung)"
            r"|(?:credit|debit|bank) ?card|card|d[ée]bit"
            r"|cr[ée]dit|sans ?contact|contactless|kontaktlos"
            r"|nets)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "mobile",
        re.compile(
            r"\b(?:apple ?pay|google ?pay|paypal|alipay|wechat|e-?wallet|grab ?pay|boost|twint"
            r"|paynow|mobile ?pay"
            r"|touch ?'?n'? ?go|lydia|klarna)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "voucher",
        re.compile(r"\b(?:voucher|gutschein|gift ?card|ticket restaurant|bon d'achat)\b", re.I),
    ),
    ("cheque", re.compile(r"\b(?:cheque|ch[èe]que|scheck)\b", re.IGNORECASE)),
    ("transfer", re.compile(r"\b(?:bank transfer|überweisung|virement)\b", re.IGNORECASE)),
    (
        "cash",
        re.compile(
            r"\b(?:cash|bar|bargeld|barzahlung|esp[èe]ces?|tunai|contant)\b|מזומן|نقد",
            re.IGNORECASE,
        ),
    ),
)
METHOD_LABEL = re.compile(
    r"\b(?:payment|paid by|pay(?:ment)? ?(?:mode|method|type)|tender|zahlungsart|zahlart"
    r"|bezahlung|bezahlt"
    r"|zahlung|mode de (?:paiement|r[èe]glement)|paiement|r[èe]glement|r[ée]gl[ée])\b",
    re.IGNORECASE,
)


def method(text: str) -> tuple[str, int, int] | None:
    """Return how a line says that was paid, and where in it; None if it does not.

    The word is one of card, mobile, voucher, cheque, transfer and cash.
    """
    for name, pattern in _METHODS:
        if match := pattern.search(text):
            return name, *match.span()
    return None


_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (country, re.compile(pattern))
    for country, pattern in (
        (
            "MY",
            r"(?i:\bsdn\.? ?bhd|\bjalan\b|selangor|kuala lumpur|malaysia|johor)|\bRM ?[0-9]|\(RM\)",
        ),
        ("SG", r"(?i:\bpte\.? ?ltd|singapore)|S\$"),
        ("GB", r"£|(?i:\bvat (?:reg|no|number)|united kingdom|\bgb ?[0-9]{9})"),
        ("DE", r"(?i:\bGmbH|\bMwSt|\bUSt\b|\bSteuer-?nr|straße\b|deutschland)|\bDE ?[0-9]{9}\b"),
        ("AT", r"\bATU ?[0-9]{8}|(?i:österreich)|\bA-[0-9]{4}\b"),
        ("CH", r"\bCHF\b|\bCHE-?[0-9]{3}|(?i:schweiz|suisse)|\bCH-[0-9]{4}\b"),
        (
            "FR",
            r"(?i:\bsiret|\bsiren|\btva\b|\bttc\b|\bcedex\b|\brcs\b)|\bFR ?[0-9]{2} ?[0-9]{9}\b",
        ),
        ("US", r"(?i:\bsales tax\b|\bstate tax\b)"),
        ("AU", r"\bABN\b|(?i:australia)"),
        ("CA", r"(?i:\bhst\b|\bpst\b|canada)"),
    )
)
_BY_POSTCODE = {"us": "US", "gb": "GB", "ca": "CA", "sg": "SG", "au": "AU", "nl": "NL"}
_CURRENCIES = {
    "MY": "MYR", "SG": "SGD", "GB": "GBP", "DE": "EUR", "AT": "EUR", "CH": "CHF", "FR": "EUR",
    "US": "USD", "AU": "AUD", "CA": "CAD", "NL": "EUR",
}  # fmt: skip


def country_of(texts: Iterable[str]) -> str | None:
    """Return the country that lines of a receipt speak of most: ISO 3166-1 alpha-2."""
    votes: Counter[str] = Counter()
    for text in texts:
        for country, pattern in _SIGNS:
            votes[country] += pattern.search(text) is not None
        postcode = POSTCODE.search(text)
        for group, country in _BY_POSTCODE.items():
            votes[country] += 2 * (postcode is not None and postcode[group] is not None)
    (country, count), *_ = votes.most_common(1) or [("", 0)]
    return country if count else None


def currency_of(country: str | None) -> str | None:
    """Return what is paid with in a country: ISO 4217."""
    return _CURRENCIES.get(country or "")


def currency_named(lines: Iterable[Line], locale: Locale) -> tuple[str, str, Proof] | None:
    """Return the currency that most lines name: its ISO 4217 code, its sign and its first place."""
    votes: Counter[str] = Counter()
    places: dict[str, tuple[str, str, Proof]] = {}
    for line in lines:
        # Of the legal form Sdn. Bhd. the dinar of Bahrain has the letters.
        if LEGAL_FORM.search(line.text):
            continue
        for start, end, code in currency.find(line.text, locale):
            if code not in NOT_CURRENCIES:
                votes[code] += 1
                places.setdefault(code, (code, line.text[start:end], line.proof(start, end)))
    return places[votes.most_common(1)[0][0]] if votes else None
