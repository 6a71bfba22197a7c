"""IBANs (ISO 13616), with or without blanks."""

from __future__ import annotations

import re

from .text import plain

LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 "
        "DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 "
        "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
        "MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 "
        "RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
        "VA22 VG24 XK20 YE30"
    ).split()
}
"""Characters of an IBAN by country, of the SWIFT registry."""

_START = re.compile(r"(?:(?<![0-9A-Z])|(?<=IBAN))(?=([A-Z]{2}) ?[0-9OIL]{2})", re.IGNORECASE)
_LOOKALIKES = str.maketrans("OQDILSBZ", "00011582")
# Countries whose accounts have letters; all others have digits alone after the country.
_LETTERS = frozenset(
    "AD AZ BH BR BG CH CY DO FK FR GB GE GI GL GR GT IE IQ JO KW KZ LB LC LI LU LV MC MD MK MT MU "
    "NL OM PK PS QA RO RU SA SC SM IT SV TR UA VA VG YE NI EG".split()
)


def parse(text: str) -> str | None:
    """Return the IBAN that a text is, without blanks; its check digits need not be right."""
    said = plain(text).strip(" .,;:()").upper().removeprefix("IBAN").lstrip(" .:")
    taken = _take(said, 0)
    return taken[1] if taken is not None and taken[0] == len(said) else None


def find(text: str, *, ocr: bool = False) -> list[tuple[int, int, str]]:
    """Return IBANs in a text: start, end, the number without blanks.

    They have the length of their country; `valid` tells whether the check digits are right. With
    ``ocr`` letters in the place of digits are read as digits where that makes the number valid.
    """
    said = plain(text)
    said = said.upper() if len(said.upper()) == len(said) else said
    found = []
    ended = 0
    for match in _START.finditer(said):
        if match.start() < ended or (taken := _take(said, match.start())) is None:
            continue
        end, number = taken
        if ocr and not valid(number):
            number = _read_again(number)
        if number[2:4].isdecimal():
            found.append((match.start(), end, number))
            ended = end
    return found


def valid(number: str) -> bool:
    """Whether a number without blanks has its country's length and right check digits (mod 97)."""
    if LENGTHS.get(number[:2]) != len(number) or not (number.isascii() and number.isalnum()):
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def _take(said: str, start: int) -> tuple[int, str] | None:
    """Return where an IBAN ends, and it; None if other characters or too few follow."""
    length = LENGTHS.get(said[start : start + 2])
    if length is None:
        return None
    number = ""
    at = start
    while len(number) < length and at < len(said):
        if said[at].isascii() and said[at].isalnum():
            number += said[at]
        elif said[at] not in " -." or said[at - 1] in " -.":
            return None
        at += 1
    if len(number) < length or said[at : at + 1].isalnum():
        return None
    return at, number


def _read_again(number: str) -> str:
    digits = slice(2, 4) if number[:2] in _LETTERS else slice(2, None)
    again = number[:2] + number[digits].translate(_LOOKALIKES) + number[2:][len(number[digits]) :]
    return again if valid(again) else number
