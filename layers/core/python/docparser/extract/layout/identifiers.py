"""Identifiers in a text: an invoice's number, an order's, those of taxes and of banks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.extract.values import bic, currency, dates, iban, vat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.extract.extractor import Locale

    from .anchors import Reading

_WORD = re.compile(r"\S+")
_NOT_YET = re.compile(
    r"(?:n[or]\.?|n[\u00b0\u00ba]|#|:|-|number|nummer|num[\u00e9e]ro|id|\(\d{3}\))[:.]?",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"[A-Z]{1,4}")
_GROUPS = re.compile(r"[0-9]{2,5}(?: [0-9]{2,5}){1,4}")
_DIGIT_START = re.compile(r"[0-9][\w./-]*")
_AMOUNT_LIKE = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})*[.,][0-9]{2}")
_LINKS = re.compile(
    r"[\s,;/()\u2013-]*(?:vom|von|du|of|dated|from|issued(?: (?:at|on))?|le|am|date|datum|on|"
    r"en date du|as of|invoice date)?[\s:]*",
    re.IGNORECASE,
)
_TAX_NUMBER = re.compile(r"[0-9][0-9 /.-]{4,20}[0-9]")
_VAT_LIKE = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Z]{2}[ ]?[0-9A-Z]{2,4}[0-9]{6,10}|CHE[-. 0-9]{9,13})(?![0-9A-Za-z])"
)
_IBAN_LIKE = re.compile(
    r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])"
)


def leading(read: Reading, locale: Locale) -> tuple[int, int, str, bool] | None:
    """Return the identifier that a text begins with: start, end, it, and whether nothing follows.

    Blanks around a hyphen or a slash in it are OCR's and are left out, as are those that part its
    digits in groups; a row of capitals before the digits belongs to it.
    """
    words = list(_WORD.finditer(read.text))
    at = 0
    while at < len(words) - 1 and at < 3 and _NOT_YET.fullmatch(words[at][0]):
        at += 1
    if at == len(words):
        return None
    first = words[at]
    start, end, text = first.start(), first.end(), first[0]
    following = words[at + 1][0] if at + 1 < len(words) else ""
    if _PREFIX.fullmatch(text) and _DIGIT_START.fullmatch(following) and text not in currency.CODES:
        at += 1
        end, text = words[at].end(), f"{text} {following}"
    grouped = text.isdecimal() and _GROUPS.fullmatch(read.text[start:].strip()) is not None
    while at + 1 < len(words):
        following = words[at + 1][0]
        if grouped:
            at += 1
            end, text = words[at].end(), text + following
            continue
        joins = text[-1] in "-/_" or (following[0] in "-/_" and len(following) > 1)
        if following in ("-", "/") and at + 2 < len(words) and words[at + 2][0][0].isdigit():
            joins = not words[at + 2][0][-1].isalpha()
        if not joins or not re.fullmatch(r"[\w./-]+", following):
            break
        at += 1
        end, text = words[at].end(), text + following
    stripped = text.strip("#()[]").rstrip(".,;:")
    if not _acceptable(stripped, locale):
        return None
    start += text.find(stripped[0])
    rest = read.text[end:].strip()
    clean = not rest or _goes_on(rest, locale)
    return start, end, stripped, clean


def _acceptable(text: str, locale: Locale) -> bool:
    if not any(map(str.isdigit, text)) or len(text) > 40 or text.endswith("%"):
        return False
    if not re.fullmatch(r"[\w./\\#+: \u2011\u2013\u2014-]+", text):
        return False
    separated = any(mark in text for mark in ".-/") or " " in text
    if separated and dates.parse(text, locale) is not None:
        return False
    return _AMOUNT_LIKE.fullmatch(text) is None and not text.startswith("+")


def _goes_on(rest: str, locale: Locale) -> bool:
    """Whether what follows an identifier is no part of a sentence: a date, a bracket, a mark."""
    if rest[0] in "(/,;|-\u2013" or len(rest) <= 2:
        return True
    at = after_link(rest, 0)
    found = dates.find(rest, locale)
    return bool(found) and found[0][0] <= at + 2


def after_link(text: str, start: int) -> int:
    """Return where a date may begin behind an identifier: after "vom", "of", a comma."""
    link = _LINKS.match(text, start)
    return link.end() if link is not None else start


def of_kind(key: str, text: str, *, ocr: bool) -> Iterator[tuple[int, int, str, float]]:
    """Yield identifiers of a label's kind in a text: start, end, it, how sure it is."""
    if key.startswith("vat"):
        for start, end, number in vat.find(text):
            yield start, end, number, 0.97 if vat.valid(number) else 0.75
        for match in _VAT_LIKE.finditer(text):
            yield *match.span(), re.sub(r"[ .-]", "", match[0]), 0.4
    elif key.startswith("iban"):
        for start, end, number in iban.find(text, ocr=ocr):
            yield start, end, number, 0.98 if iban.valid(number) else 0.45
        for match in _IBAN_LIKE.finditer(text):
            yield *match.span(), match[0].replace(" ", ""), 0.4
    elif key == "bic":
        for start, end, code in bic.find(text):
            yield start, end, code, 0.95
    else:
        for match in _TAX_NUMBER.finditer(text):
            yield *match.span(), match[0], 0.9
