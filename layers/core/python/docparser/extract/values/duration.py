"""Durations in words and digits, to ISO 8601: "two (2) years" is P2Y."""

from __future__ import annotations

import re

from .text import plain

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one ein eine einem einer eines un une a an", "two zwei deux", "three drei trois",
            "four vier quatre", "five fünf cinq", "six sechs", "seven sieben sept",
            "eight acht huit", "nine neun neuf", "ten zehn dix", "eleven elf onze",
            "twelve zwölf douze",
            "thirteen dreizehn treize", "fourteen vierzehn quatorze", "fifteen fünfzehn quinze",
            "sixteen sechzehn seize", "seventeen siebzehn dix-sept", "eighteen achtzehn dix-huit",
            "nineteen neunzehn dix-neuf", "twenty zwanzig vingt",
        ),
        1,
    )
    for word in words.split()
} | {
    "twenty-four": 24, "twenty four": 24, "vierundzwanzig": 24, "vingt-quatre": 24, "thirty": 30,
    "dreißig": 30, "dreissig": 30, "trente": 30, "thirty-six": 36, "thirty six": 36,
    "sechsunddreißig": 36, "trente-six": 36, "forty-five": 45, "forty-eight": 48, "fifty": 50,
    "sixty": 60, "sechzig": 60, "soixante": 60, "ninety": 90, "neunzig": 90,
    "quatre-vingt-dix": 90, "ninety-nine": 99, "hundred": 100, "one hundred": 100,
    "twenty-five": 25, "twenty five": 25, "forty": 40, "vierzig": 40, "fünfzig": 50,
}  # fmt: skip
_UNITS = {
    "Y": "years year jahren jahres jahre jahr années année ans an",
    "M": "months month monaten monats monate monat mois",
    "W": "weeks week wochen woche semaines semaine",
    "D": "days day tagen tages tage tag jours jour",
}
_CODES = {name: code for code, names in _UNITS.items() for name in names.split()}
_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_UNIT = "|".join(sorted(_CODES, key=len, reverse=True))
_DURATION = re.compile(
    rf"(?<![\w.,])(?:(?P<word>{_WORD})(?: ?[(\[] ?(?P<digits>[0-9]{{1,4}}) ?[)\]])?"
    r"|(?P<number>[0-9]{1,4})(?: ?[(\[][^\W\d]{2,20}[)\]])?)"
    r"[ -]{0,2}(?:full |consecutive |calendar |business |working |volle |weitere |further "
    r"|additional |contract |année\(s\) )?"
    rf"\(?(?P<unit>{_UNIT})\)?(?:\(s\))?(?!\w)",
    re.IGNORECASE,
)


def parse(text: str) -> str | None:
    """Return the duration that a text is."""
    said = plain(text).strip(" .,;:()")
    for start, end, length in find(said):
        if start == 0 and end >= len(said) - 1:
            return length
    return None


def find(text: str) -> list[tuple[int, int, str]]:
    """Return durations in a text: start, end, ISO 8601. Digits in brackets count, not the word."""
    found = []
    for match in _DURATION.finditer(plain(text)):
        digits = match["digits"] or match["number"]
        number = int(digits) if digits else _NUMBERS[match["word"].lower()]
        if number:
            found.append((*match.span(), f"P{number}{_CODES[match['unit'].lower()]}"))
    return found
