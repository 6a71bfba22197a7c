"""Currencies: codes, signs and names to ISO 4217."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from .text import plain

if TYPE_CHECKING:
    from docparser.extract.extractor import Locale

CODES = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG DEM FRF ITL ATS NLG HRK "
    "ESP SKK".split()
)
"""ISO 4217, and some that the euro replaced: old contracts name them."""

# Codes that are English, German or French words in capitals: nobody means them beside a number.
_WORDS = frozenset({"ALL", "TOP", "CUP", "MOP", "PEN", "TRY", "BAM", "LAK", "DOP", "SOS", "ARS"})

_NO_MINOR = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THREE_MINOR = frozenset("BHD IQD JOD KWD LYD OMR TND".split())

# Totals that are paid in cash are rounded to these by law or custom.
_COINS = {
    code: Decimal(coin)
    for coin, codes in {
        "0.05": "AUD CAD CHF MYR",
        "0.10": "NZD ZAR",
        "0.50": "DKK",
        "1": "CZK NOK SEK",
        "5": "HUF",
    }.items()
    for code in codes.split()
}

_DOLLARS = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD"} | {
    "MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "JM": "JMD", "BB": "BBD", "FJ": "FJD",
}  # fmt: skip
_CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "CZ": "CZK"}
_CROWNS_SPOKEN = {"sv": "SE", "nb": "NO", "nn": "NO", "no": "NO", "da": "DK", "is": "IS"}
_RUPEES = {"PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"}

_SIGNS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "£": "GBP", "rm": "MYR",
    "us$": "USD", "usd": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD",
    "s$": "SGD", "nz$": "NZD", "hk$": "HKD", "nt$": "TWD", "r$": "BRL", "mx$": "MXN",
    "fr.": "CHF", "sfr": "CHF", "sfr.": "CHF", "chf": "CHF", "zł": "PLN", "kč": "CZK",
    "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "฿": "THB", "₪": "ILS", "₫": "VND", "₴": "UAH",
    "₦": "NGN", "₱": "PHP", "лв": "BGN", "лв.": "BGN", "\u0440\u0443\u0431": "RUB", "元": "CNY",
    "円": "JPY", "lei": "RON", "dollars": "USD", "us dollars": "USD", "pounds": "GBP",
    "pounds sterling": "GBP", "schweizer franken": "CHF", "swiss francs": "CHF",
    "francs suisses": "CHF", "franken": "CHF", "ringgit": "MYR", "ringgit malaysia": "MYR",
    "د.إ": "AED", "ر.س": "SAR", "gbp": "GBP",
}  # fmt: skip
_BY_COUNTRY = frozenset({"$", "¥", "￥", "kr", "kr.", "rs", "rs.", "dollar"})

_PRINTED = frozenset(sign for sign in (*_SIGNS, *_BY_COUNTRY) if " " not in sign) | {
    code.lower() for code in CODES - _WORDS
}
_SPELT = sorted((sign for sign in _PRINTED if len(sign) > 1), key=len, reverse=True)
_LENGTHS = tuple(sorted({len(sign) for sign in _PRINTED}, reverse=True))
_MARKS = "".join(sign for sign in sorted(_PRINTED) if len(sign) == 1)
_FIND = re.compile(
    rf"[A-Za-z]{{1,2}}\$|[{re.escape(_MARKS)}]|(?<![^\W\d_])[^\W\d_]{{2,7}}\.?(?![^\W\d_])"
)

PATTERN = (
    # What begins with a letter is no part of a word; digits on either side may be glued to it.
    r"(?:(?<![^\W\d_])(?:"
    + "|".join(re.escape(sign) for sign in _SPELT if sign in {*_SIGNS, *_BY_COUNTRY})
    + "|(?-i:"
    + "|".join(sorted(CODES - _WORDS))
    + rf"))(?![^\W\d_])|[{re.escape(_MARKS)}])"
)
"""Signs and codes as they stand beside an amount; to be compiled with IGNORECASE."""


def parse(text: str, locale: Locale) -> str | None:
    """Return the ISO 4217 code of a sign, a code or a name; None if it is none.

    ``$``, ``¥``, ``kr`` and ``Rs`` are those of the locale's country, else of the United States,
    of Japan, of Sweden (by language: Norway, Denmark, Iceland) and of India.
    """
    said = plain(text).strip(" ()[]:").lower()
    if said.upper() in CODES:
        return said.upper()
    if said in _SIGNS:
        return _SIGNS[said]
    country = locale.country
    if said in {"$", "dollar"}:
        return _DOLLARS.get(country or "", "USD")
    if said in {"¥", "￥"}:
        return "CNY" if country == "CN" or locale.language == "zh" else "JPY"
    if said in {"kr", "kr."}:
        return _CROWNS.get(country or _CROWNS_SPOKEN.get(locale.language, ""), "SEK")
    if said in {"rs", "rs."}:
        return _RUPEES.get(country or "", "INR")
    return None


def find(text: str, locale: Locale) -> list[tuple[int, int, str]]:
    """Return signs and codes in a text: start, end, ISO 4217; names of several words are not."""
    said = plain(text)
    found = []
    for match in _FIND.finditer(said):
        sign = match[0] if is_printed(match[0]) else match[0].rstrip(".")
        if is_printed(sign) and (code := parse(sign, locale)) is not None:
            found.append((match.start(), match.start() + len(sign), code))
    return found


def before(said: str, low: int, end: int) -> str:
    """Return the sign that ends at ``end`` of a `plain` text and not before ``low``, or ""."""
    for length in _LENGTHS:
        start = end - length
        if start < low or not is_printed(said[start:end]):
            continue
        if not (said[start].isalpha() and said[start - 1 : start].isalpha()):
            return said[start:end]
    return ""


def behind(said: str, start: int) -> str:
    """Return the sign that starts at ``start`` of a `plain` text, or ""."""
    for length in _LENGTHS:
        sign = said[start : start + length]
        if len(sign) < length or not is_printed(sign):
            continue
        if not (sign[-1].isalpha() and said[start + length : start + length + 1].isalpha()):
            return sign
    return ""


def is_printed(sign: str) -> bool:
    """Whether a text stands for a currency beside a number: codes do so in capitals alone."""
    lower = sign.lower()
    return lower in _PRINTED and (sign == sign.upper() or lower in _SIGNS or lower in _BY_COUNTRY)


def minor_digits(currency: str | None) -> int:
    """Return how many decimals the amounts of a currency have; 2 where it is not known."""
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THREE_MINOR else 2


def smallest_coin(currency: str | None) -> Decimal:
    """Return what totals are rounded to where the smallest coin is no smallest unit; else 0."""
    return _COINS.get(currency or "", Decimal())
