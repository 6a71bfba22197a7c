"""What a printed cell looks like, before it has a type: a date, an amount, a number, a position."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan|feb|f[ée]v|m[aä]r|maa|apr|avr|may|ma[iy]|jun|jui|jul|aug|ao[uû]|sep|oct|okt|nov|de[cz]"
    r"|d[ée]c)[a-zäéû]{0,7}\.?"
)
_CURRENCY = r"(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|MYR|RM|Fr\.|[€$£¥])"

_TWO_DIGITS = r"(?:0[1-9]|[12]\d|3[01])"
_DAY_OR_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"

DATE = re.compile(
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})?"
    rf"|\d{{1,2}}\.? {_MONTH},?(?: \d{{4}}| \d{{2}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?"
    rf"|\d{{1,2}}[.-]?{_MONTH}[.-]?(?:\d{{4}}|\d{{2}})?"
    rf"|{_DAY_OR_MONTH}/{_DAY_OR_MONTH}|{_TWO_DIGITS}-{_TWO_DIGITS})(?![\w/.-]*\d)",
    re.IGNORECASE,
)
"""A date as statements print it, its year perhaps left out."""

DAY = re.compile(rf"{_TWO_DIGITS}\.(?:0[1-9]|1[0-2])(?![\w/.,-]*\d)")
"""A day that might as well be an amount: ``01.03``. It is one where a date is expected."""

_NUMBER = r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,6})?|\d+(?:[.,]\d{1,6})?"
_WITH_CENTS = r"(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+)[.,]\d{2,4}"
_SIDE = r"(?: ?(?:CR|DR|Cr|Dr|S|H)\b\.?)?"

_AMOUNT = re.compile(
    rf"[-+\u2212(]? ?{_CURRENCY}? ?[-+\u2212]? ?(?:{_WITH_CENTS}) ?[-+\u2212]? ?{_CURRENCY}?"
    rf"[-+\u2212]?\)?{_SIDE}"
)
_FIGURE = re.compile(
    rf"[-+\u2212(]? ?{_CURRENCY}? ?[-+\u2212]? ?(?:{_NUMBER})(?:,-+)? ?[-+\u2212%]? ?{_CURRENCY}?"
    rf"[-+\u2212]?\)?{_SIDE}"
)
_POSITION = re.compile(r"(?:[A-Z]?\d{1,6}(?:\.\d{1,4}){0,3}|[A-Z]\.)[.)]?")
_INTEGER = re.compile(r"\d{1,9}[.)]?")

_AMOUNT_WITHIN = re.compile(rf"(?<![\w.,/-])[-+\u2212(]?(?:{_WITH_CENTS})(?![\d/]|[.,]\d)")


_DRAWN = "|¦[] "
"""What an engine reads where a rule is drawn beside a word."""


def bare(text: str) -> str:
    """Return a cell's text without the rules around it that were taken for characters."""
    return text.strip(_DRAWN)


def is_date(text: str) -> bool:
    """Whether a cell is a date, or two of them (posting and value date)."""
    text = bare(text)
    match = DATE.match(text)
    if match is None:
        return False
    rest = text[match.end() :].strip(" ,;/|")
    return not rest or DATE.fullmatch(rest) is not None


def begins_with_date(text: str) -> bool:
    """Whether a line begins with a date, after a number of its own at most."""
    text = bare(text)
    if DATE.match(text) or DAY.match(text):
        return True
    first, _, rest = text.partition(" ")
    return _INTEGER.fullmatch(first) is not None and DATE.match(bare(rest)) is not None


def is_amount(text: str) -> bool:
    """Whether a cell is an amount with its cents, a currency beside it or none."""
    return _AMOUNT.fullmatch(bare(text)) is not None


def is_figure(text: str) -> bool:
    """Whether a cell is any number: with cents or without, an amount or a share."""
    return _FIGURE.fullmatch(bare(text)) is not None


def has_amount(text: str) -> bool:
    """Whether an amount with cents stands somewhere in a line."""
    return _AMOUNT_WITHIN.search(text) is not None


def is_position(text: str) -> bool:
    """Whether a cell is the number of its row: 1, 1.2, 010, A3."""
    return _POSITION.fullmatch(bare(text)) is not None


def position(text: str) -> int | None:
    """Return the whole number that a row has, None where it has none."""
    return int(text.rstrip(".)")) if _INTEGER.fullmatch(text) else None
