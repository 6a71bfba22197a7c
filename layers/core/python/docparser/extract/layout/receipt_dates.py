"""When something was bought: the date that a receipt labels, or that stands beside its time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docparser.extract.values import dates

from .receipt_labels import one_wrong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docparser.extract.extractor import Locale
    from docparser.extract.view import Proof

    from .receipt_lines import Line

_LABEL = re.compile(
    r"\b(?:date|dated|datum|belegdatum|tag|le|du|am|vom|issued|tarikh|data|fecha|datums?)\b\W*$"
    r"|התאריך\W*$|תאריך\W*$|التاريخ\W*$|تاريخ\W*$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"expir|\bexp\b|valid|until|before|due|fällig|gültig|einlösbar|\bbis\b|valable|jusqu|échéance"
    r"|return by"
    r"|exchange|umtausch|birth|geboren|since|member|\bdd\b|delivery|liefer|livraison|best|mhd|dlc"
    r"|next"
    r"|departure|arrival",
    re.IGNORECASE,
)
_BESIDES = re.compile(
    r"print|gedruckt|imprim|entry|from\b|\bvon\b|opened|copy|check-?in", re.IGNORECASE
)
_TIME = re.compile(
    r"(?<![0-9:.,/-])(?P<hour>[01]?[0-9]|2[0-3])(?: ?: ?|h"
    r"|\.(?=[0-9]{2} ?[Uu]hr))(?P<minute>[0-5][0-9])"
    r"(?:(?: ?[:.] ?"
    r"| )(?P<second>[0-5][0-9])(?![0-9.,:]))?(?![0-9:])\.? ?(?P<half>[AaPp]\.? ?[MmHN]\b)?"
)
_TIME_LABEL = re.compile(r"\b(?:time|tima|uhrzeit|zeit|heure|hour|masa|à|um|at)\b", re.IGNORECASE)
_HOURS = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam"
    r"|dim)\b.{0,12}[0-9]"
    r"|opening|business|hours|öffnung|horaires|ouvert|parking time|duration|dauer",
    re.IGNORECASE,
)
# Other dates' order tells the order of all; numbers with blanks between them need not be dates.
_MARKED = re.compile(r"(?<![0-9])[0-9]{1,2}(?P<mark>[./-])[0-9]{1,2}(?P=mark)[0-9]{2,4}(?![0-9])")
# A date one of whose two marks was not read.
_UNMARKED = re.compile(
    r"(?<![0-9])([0-3]?[0-9])(?: ([0-3]?[0-9])([./-])|([./-])([0-3]?[0-9]) )([0-9]{4}"
    r"|[0-9]{2})(?![0-9])"
)

# A word between a day and a year, or before both: a month whose name was misread.
_MONTH = re.compile(
    r"(?<=[0-9][ ./-])[^\W_]{3,9}(?=[ ,./-]{1,2}[0-9]{2})|\b[^\W_]{3,9}(?= [0-9]{1,2},? [0-9]{4}\b)"
)
_LETTERS = str.maketrans("0158", "olsb")

# Dates of one receipt that are looked at, and how far from the date its time may stand.
_MOST = 200
_LINES_APART = 3


@dataclass(frozen=True)
class Moment:
    """A date of a receipt: where it stands, its score, and the time beside it."""

    day: date
    raw: str
    proof: Proof
    score: float
    number: int


@dataclass(frozen=True)
class Clock:
    """A time of day, ``HH:MM`` or ``HH:MM:SS``."""

    time: str
    raw: str
    proof: Proof
    score: float


def bought(lines: Sequence[Line], locale: Locale) -> tuple[Moment | None, Clock | None]:
    """Return the date and the time of a receipt.

    Parameters
    ----------
    lines
        All lines of one receipt on one page.
    locale
        What ambiguous dates are read by, if no other date of the receipt tells.
    """
    marked = [line.text for line in lines if _MARKED.search(line.plain)]
    first = dates.orders_month_first(marked, locale)
    reading = replace(locale, country="US" if first else _not_american(locale.country))
    found = _dates(lines, reading, mend=False) or _dates(lines, reading, mend=True)
    if not found:
        return None, _clock(lines, None)
    seen = [each.day for each in found]
    best = max(
        (
            replace(each, score=each.score + 0.3 * min(seen.count(each.day) - 1, 3))
            for each in found
        ),
        key=lambda each: (each.score, -each.number),
    )
    return best, _clock(lines, best)


def _not_american(country: str | None) -> str | None:
    return None if country in {"US", "PH"} else country


def _dates(lines: Sequence[Line], locale: Locale, *, mend: bool) -> list[Moment]:
    found: list[Moment] = []
    for at, line in enumerate(lines):
        text = _MONTH.sub(_month, _UNMARKED.sub(_marked, line.plain)) if mend else line.text
        for start, end, day in dates.find(text, locale, ocr=True):
            before = text[:start]
            if not _LABEL.search(before) and not before.strip() and at:
                before = lines[at - 1].text + " "
            proof = line.proof(start, end)
            raw = line.text[start:end]
            found.append(Moment(day, raw, proof, _score(before, line.text, day), at))
            if len(found) == _MOST:
                return found
    return found


def _marked(match: re.Match[str]) -> str:
    mark = match[3] or match[4]
    return f"{match[1]}{mark}{match[2] or match[5]}{mark}{match[6]}"


def _month(match: re.Match[str]) -> str:
    """Return the month that a word between a day and a year must be, of the same length."""
    read = match[0].casefold().translate(_LETTERS)
    if read in dates.MONTHS:
        return read
    near = {month for month in dates.MONTHS if len(month) == len(read) and one_wrong(read, month)}
    numbers = {dates.MONTHS[month] for month in near}
    return min(near) if len(numbers) == 1 else match[0]


def _score(before: str, text: str, day: date) -> float:
    score = 1.0
    if _LABEL.search(before):
        score += 1.0
    if _TIME.search(text):
        score += 0.6
    if _OTHER.search(text):
        score -= 1.5
    elif _BESIDES.search(before):
        score -= 0.5
    if not 1990 <= day.year <= 2079:
        score -= 1.0
    return score


def _clock(lines: Sequence[Line], moment: Moment | None) -> Clock | None:
    best: tuple[float, Clock] | None = None
    for at, line in enumerate(lines):
        if _HOURS.search(line.plain) and (moment is None or at != moment.number):
            continue
        for match in _TIME.finditer(line.plain):
            score = _nearness(at, match, line, moment)
            if score <= 0:
                continue
            raw = match[0].strip()
            clock = Clock(_spoken(match), raw, line.proof(*match.span()), min(0.95, score))
            if best is None or score > best[0]:
                best = (score, clock)
    return best[1] if best else None


def _nearness(at: int, match: re.Match[str], line: Line, moment: Moment | None) -> float:
    score = 0.3
    if _TIME_LABEL.search(line.plain[: match.start()]):
        score += 0.35
    if moment is not None:
        apart = abs(at - moment.number)
        score += 0.5 if apart == 0 else 0.25 if apart <= _LINES_APART else -0.1
    if _OTHER.search(line.text):
        score -= 0.4
    if match["second"] or match["half"]:
        score += 0.05
    return score - 0.001 * match.start()


def _spoken(match: re.Match[str]) -> str:
    hour = int(match["hour"])
    half = (match["half"] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    spoken = f"{hour:02d}:{match['minute']}"
    return f"{spoken}:{match['second']}" if match["second"] else spoken
