"""BICs (ISO 9362): bank, country, place, and a branch or none."""

from __future__ import annotations

import re

from . import country
from .text import plain

_BIC = re.compile(r"(?<![0-9A-Za-z])([A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![0-9A-Za-z])")
_BLANKS = re.compile(r"[ .-]+")


def parse(text: str) -> str | None:
    """Return the BIC that a text is, in capitals and without blanks."""
    said = _BLANKS.sub("", plain(text)).upper()
    match = _BIC.fullmatch(said)
    return said if match is not None and _exists(said) else None


def find(text: str) -> list[tuple[int, int, str]]:
    """Return what may be a BIC in a text: start, end, code.

    There is no check digit, and words in capitals have its form: a label should stand by.
    """
    return [(*m.span(), m[1]) for m in _BIC.finditer(plain(text)) if _exists(m[1])]


def _exists(code: str) -> bool:
    return code[4:6] in country.CODES or code[4:6] == "XK"
