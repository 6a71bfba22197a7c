"""VAT identification numbers of the EU and its neighbours, with or without blanks."""

from __future__ import annotations

import re
from importlib import import_module

from .text import plain

_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}", "GB": r"\d{9}(?:\d{3})?|(?:GD|HA)\d{3}",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}",
    "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}",
    "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}(?:\d{3})?", "CHE": r"\d{9}",
    "NO": r"\d{9}(?:MVA)?",
}  # fmt: skip
_COMPILED = {prefix: re.compile(form, re.ASCII) for prefix, form in _FORMS.items()}
_START = re.compile(
    rf"(?<![0-9A-Za-z])({'|'.join(sorted(_FORMS, key=len, reverse=True))})(?=[ .-]?[0-9A-Z])"
)
_CHARACTERS = re.compile(r"[0-9A-Z]")
_SWISS_TAIL = re.compile(r" ?(?:MWST|TVA|IVA)\b")
# Where python-stdnum has what is not called after its country.
_COUNTRIES = {"CHE": "ch", "XI": "gb", "EL": "gr"}

MOST_CHARACTERS = 15
"""The longest number with its country (Sweden's 14), and one more that shows that it goes on."""


def parse(text: str) -> str | None:
    """Return the VAT id that a text is, without blanks; its check digit need not be right."""
    said = plain(text).strip(" .,;:()")
    for start, end, number in find(said):
        if start == 0 and end == len(said):
            return number
    return None


def find(text: str) -> list[tuple[int, int, str]]:
    """Return VAT ids in a text: start, end, the number without blanks (``CHE123456789``).

    They have the form of their country; `valid` tells whether the check digits are right.
    """
    said = plain(text)
    found = []
    ended = 0
    for match in _START.finditer(said):
        if match.start() < ended:
            continue
        taken = _take(said, match.end(), match[1])
        if taken is not None:
            end, number = taken
            found.append((match.start(), end, match[1] + number))
            ended = end
    return found


def valid(number: str) -> bool:
    """Whether a number without blanks has a right check digit."""
    prefix = "CHE" if number.startswith("CHE") else number[:2]
    form = _COMPILED.get(prefix)
    if form is None or not form.fullmatch(number[len(prefix) :]):
        return False
    country = _COUNTRIES.get(prefix, prefix.lower())
    module = import_module("stdnum").get_cc_module(country, "vat")
    if prefix == "CHE":
        number += "MWST"
    elif prefix == "NO":
        number = number[2:].removesuffix("MVA") + "MVA"
    elif prefix == "XI":
        number = number[2:]
    return bool(module.is_valid(number))


def _take(said: str, start: int, prefix: str) -> tuple[int, str] | None:
    """Return where the longest number of a country's form ends that nothing is glued to."""
    number = ""
    best = None
    at = start
    while len(number) < MOST_CHARACTERS and at < len(said):
        if _CHARACTERS.match(said[at]) or (prefix == "IE" and said[at] in "+*"):
            number += said[at]
            glued = said[at + 1 : at + 2].isalnum()
            if not glued and _COMPILED[prefix].fullmatch(number):
                best = at + 1, number
        elif said[at] not in " .-/" or said[at - 1] in " .-/":
            break
        at += 1
    if best is not None and prefix == "CHE" and (tail := _SWISS_TAIL.match(said, best[0])):
        return tail.end(), best[1]
    return best
