"""Dates as documents print them, to ISO 8601.

Numbers alone are read by context (what cannot be a month is a day), then by the locale: month first
in the United States, year first in East Asia, Hungary, Lithuania and Sweden, else day first.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from .text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.extract.extractor import Locale

_MONTHS = (
    "january jan januar janvier janv jänner enero gennaio januari janeiro",
    "february feb febr februar février févr fév feber febrero febbraio februari fevereiro",
    "march mar märz mrz mär maerz mars marzo maart março",
    "april apr avril avr abril aprile",
    "may mai mayo maggio mei maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet juil julio luglio julho",
    "august aug août aoû agosto augustus",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dicembre dezembro",
)
_BARE = str.maketrans("äéûôç", "aeuoc")


def _spellings(name: str) -> set[str]:
    """Return a month's name with its accents, with them as marks of their own, and without."""
    import unicodedata

    return {name, unicodedata.normalize("NFD", name), name.translate(_BARE)}


MONTHS = {
    spelling: number
    for number, names in enumerate(_MONTHS, 1)
    for name in names.split()
    for spelling in _spellings(name)
}
"""Names and short forms of months (English, German, French and four more), in lower case."""

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMERIC = re.compile(
    r"(?<![0-9])(?<![0-9][.,/:-])(?P<a>[0-9]{1,4})(?P<mark> ?[./-] ?| )(?P<b>[0-9]{1,2})(?P=mark)"
    r"(?P<c>[0-9]{4}|[0-9]{1,2})"
    r"(?:(?![0-9]|[./,-][0-9])|(?=[0-9]{2}:[0-9]{2}))"
)
_DAY_FIRST = re.compile(
    r"(?<![0-9])(?P<day>[0-3]?[0-9])(?:st|nd|rd|th|er|re|[.ºª])? ?(?:day )?(?:of |de )?[-/. ]?"
    rf"(?P<month>{_NAME})(?![^\W\d_])[.,]?"
    # Passports have the month in two languages: 12 AUG/AOÛT 64.
    r"(?: ?/ ?[^\W\d_]{3,10})? ?(?:of |de )?[-/,.' ]?(?P<year>[0-9]{4}|[0-9]{2})"
    r"(?![0-9]|[.,:][0-9])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_])(?P<month>{_NAME})(?![^\W\d_])[.,]?[- /]?(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
    r"(?: ?, ?|[-/ .])(?P<year>[0-9]{4}|'?[0-9]{2})(?![0-9]|[.,:][0-9])",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    rf"(?<![0-9])(?P<year>[0-9]{{4}})[-/ ](?P<month>{_NAME})[-/ ](?P<day>[0-3]?[0-9])(?![0-9])",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    r"(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日"
)
_DIGIT = re.compile(r"[0-9]")
_COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])")
_TIME = re.compile(
    r"(?:T| *,? *(?:um |at |à )?)[0-9]{1,2}[:.h][0-9]{2}(?::[0-9]{2}\S*)?(?: ?[AP]M)?"
)
# A weekday or a place, and a preposition.
_BEFORE = re.compile(
    r"(?:[^\W\d_]{2,20}\b[., ]*)?(?:le|den|am|the|on|dated|vom|du|of)?", re.IGNORECASE
)

_LOOKALIKES = str.maketrans("OoQDlI|!SsBZ", "000011115582")
_LIKELY = re.compile(
    r"(?<![0-9A-Za-z])[0-9OoQDlI|!SsBZ]{1,4} ?[./-] ?[0-9OoQDlI|!SsBZ]{1,2} ?[./-] ?"
    r"[0-9OoQDlI|!SsBZ]{2,4}(?![0-9A-Za-z])"
)

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""No date before or after these years is taken for one."""

_MONTH_FIRST_IN = frozenset({"US", "PH", "FM", "MH", "PW"})
_YEAR_FIRST_IN = frozenset("CN JP KR TW HU LT SE MN".split())
_YEAR_FIRST_SPOKEN = frozenset("zh ja ko hu lt sv mn".split())


def parse(text: str, locale: Locale) -> date | None:
    """Return the date that a text is, weekday and time of day left out; None if it is none."""
    said = plain(text).strip()
    if len(said) > 80:
        return None
    if (match := _COMPACT.fullmatch(said)) is not None:
        return _day(match["year"], match["month"], match["day"])
    for start, end, day in find(said, locale):
        before, behind = said[:start].strip(" ,.(["), said[end:].strip(" .,;)]")
        if _BEFORE.fullmatch(before) and (not behind or _TIME.fullmatch(behind)):
            return day
    return None


def find(text: str, locale: Locale, *, ocr: bool = False) -> list[tuple[int, int, date]]:
    """Return dates in a text: start, end, date, from left to right.

    Two-digit years are those of 1969 to 2068. With ``ocr`` letters among digits are read as the
    digits that they look like.
    """
    said = plain(text)
    if ocr:
        said = _LIKELY.sub(_read_again, said)
    if _DIGIT.search(said) is None:
        return []
    found: list[tuple[int, int, date]] = []
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST, _EAST_ASIAN):
        for match in pattern.finditer(said):
            month = match["month"]
            number = month if month.isdecimal() else str(MONTHS[month.lower()])
            day = _day(match["year"].lstrip("'"), number, match["day"])
            if day is not None:
                found.append((*match.span(), day))
    numeric = list(_NUMERIC.finditer(said))
    month_first = _month_first((match.group("a", "b", "c") for match in numeric), locale)
    for match in numeric:
        day = _numeric(
            match["a"], match["mark"].strip(), match["b"], match["c"], locale, month_first
        )
        if day is not None:
            found.append((*match.span(), day))
    return _apart(found)


def orders_month_first(texts: Iterable[str], locale: Locale) -> bool:
    """Whether the numeric dates of a document have the month first, as all its dates together say.

    Dates that have a day above 12 in the second place show that they do, in the first that they do
    not; where neither is seen, or both, the locale decides.
    """
    seen = (match for text in texts for match in _NUMERIC.finditer(plain(text)))
    return _month_first((match.group("a", "b", "c") for match in seen), locale)


def _month_first(dates: Iterable[tuple[str, ...]], locale: Locale) -> bool:
    first = second = 0
    for a, b, c in dates:
        if len(a) <= 2 and len(c) >= 2:
            first += 12 < int(a) <= 31 and 1 <= int(b) <= 12
            second += 12 < int(b) <= 31 and 1 <= int(a) <= 12
    if bool(first) != bool(second):
        return second > 0
    return locale.country in _MONTH_FIRST_IN


def _numeric(a: str, mark: str, b: str, c: str, locale: Locale, month_first: bool) -> date | None:
    if len(a) == 4:
        return _day(a, b, c) if len(c) <= 2 else None
    if len(a) == 3 or len(c) < 2 or (not mark and len(c) != 4):
        return None
    orders = [(c, b, a)]  # day, month, year
    if mark != ".":
        orders.insert(0 if month_first else 1, (c, a, b))
    year_first = locale.country in _YEAR_FIRST_IN or locale.language in _YEAR_FIRST_SPOKEN
    if len(c) == 2 and len(a) == 2:
        orders.insert(0 if year_first else len(orders), (a, b, c))
    return next((day for order in orders if (day := _day(*order)) is not None), None)


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= 69 else 2000
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _read_again(match: re.Match[str]) -> str:
    """Return what looks like a date with its letters as digits, if most of it is digits."""
    said = match[0]
    digits = sum(map(str.isdecimal, said))
    letters = sum(map(str.isalpha, said)) + said.count("|") + said.count("!")
    return said.translate(_LOOKALIKES) if digits > max(letters, 3) else said


def _apart(found: list[tuple[int, int, date]]) -> list[tuple[int, int, date]]:
    """Return dates from left to right; of those that overlap, the one that begins first."""
    kept: list[tuple[int, int, date]] = []
    for each in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or each[0] >= kept[-1][1]:
            kept.append(each)
    return kept
