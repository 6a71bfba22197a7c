"""Machine-readable zones of travel documents (ICAO 9303): TD1, TD2, TD3 and visas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from docparser.extract.values import country as countries

if TYPE_CHECKING:
    from collections.abc import Sequence

_WEIGHTS = (7, 3, 1)
_DIGITS = str.maketrans("OQDUILZSGBT", "00001125687")
_LETTERS = str.maketrans("01258", "OIZSB")
# Fillers as OCR reads them, where several stand together or at the end.
_FILLERS = str.maketrans({"\u00ab": "<<", "\u2039": "<", "\u3008": "<", "\u00bb": "<<", "(": "<"})
_LINE = re.compile(r"[A-Z0-9<]{28,46}")
_TAIL = re.compile(r"(?<=<)[KLCEG]{1,3}(?=<|$)|(?<=<)[KLCEG<]+$")

WHOLE = "whole"
"""Stands among what was checked where all check digits are right."""

LONGEST = 120
"""A text of more characters is no line of a zone."""


class Form(NamedTuple):
    """How many lines a zone has, how long they are, and where its parts stand in them."""

    lines: int
    length: int
    number: tuple[int, int]
    birth: tuple[int, int]
    expiry: tuple[int, int]
    sex: tuple[int, int]
    nationality: tuple[int, int]
    names: tuple[int, int]
    composite: tuple[tuple[int, int, int], ...] = ()
    """Parts that the last digit of the second line checks together: line, start, end."""


# The first of each pair is the line, from 0; the second is where the part starts in it.
_NUMBER, _NATIONALITY, _BIRTH, _SEX, _EXPIRY = (1, 0), (1, 10), (1, 13), (1, 20), (1, 21)
_PASSPORT = (_NUMBER, _BIRTH, _EXPIRY, _SEX, _NATIONALITY, (0, 5))
_TD3 = Form(2, 44, *_PASSPORT, ((1, 0, 10), (1, 13, 20), (1, 21, 43)))
_TD2 = Form(2, 36, *_PASSPORT, ((1, 0, 10), (1, 13, 20), (1, 21, 35)))
_CARD = ((0, 5), (1, 0), (1, 8), (1, 7), (1, 15), (2, 0))
_TD1 = Form(3, 30, *_CARD, ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)))
_KINDS = {"P": "passport", "I": "identity_card", "A": "identity_card", "C": "identity_card"} | {
    "V": "visa",
}


@dataclass(frozen=True)
class Zone:
    """What a zone says; a part that is not there, or whose check digit is wrong, is None.

    ``places`` tells in which line (from 0) a part stands. ``checked`` are the parts that a right
    check digit vouches for.
    """

    kind: str
    issuing_country: str | None
    document_number: str | None
    surname: str | None
    given_names: str | None
    nationality: str | None
    birth_date: date | None
    sex: str | None
    expiry_date: date | None
    places: dict[str, int]
    checked: frozenset[str]


def line(text: str) -> str | None:
    """Return a line of a zone in its own characters, or None if a text is none."""
    if len(text) > LONGEST:
        return None
    said = "".join(text.split()).upper().translate(_FILLERS)
    if "<" not in said or not _LINE.fullmatch(said):
        return None
    return _TAIL.sub(lambda match: "<" * len(match[0]), said)


def find(lines: Sequence[str | None]) -> tuple[int, Zone] | None:
    """Return where a zone begins among the lines of a page, and what it says; the first one.

    Parameters
    ----------
    lines
        From top to bottom; None for each that is no `line`.
    """
    for at in range(len(lines)):
        for form in (_TD1, _TD3, _TD2):
            several = lines[at : at + form.lines]
            if len(several) < form.lines or not all(several):
                continue
            fitted = [_fitted(each or "", form.length) for each in several]
            if all(fitted) and (zone := _read([each or "" for each in fitted], form)) is not None:
                return at, zone
    return None


def check_digit(text: str) -> int:
    """Return the check digit of a text: weights 7 3 1, letters count from 10, fillers 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10


def _fitted(said: str, length: int) -> str | None:
    """Return a line with as many fillers at its end as it has to have."""
    bare = said.rstrip("<")
    if len(said) == length:
        return said
    if abs(len(said) - length) > 3 or len(bare) > length or len(said) - len(bare) < 2:
        return None
    return bare.ljust(length, "<")


def _read(lines: Sequence[str], form: Form) -> Zone | None:
    head = lines[0]
    if head[0] not in _KINDS:
        return None
    number, checks = _number(lines, form)
    birth, expiry = _day(lines, form.birth), _day(lines, form.expiry)
    right = {
        "document_number": checks,
        "birth_date": _checked(birth),
        "expiry_date": _checked(expiry),
    }
    # Without a single right check digit it is a row of letters and no zone.
    if not any(right.values()):
        return None
    checked = {name for name, is_right in right.items() if is_right}
    parts = ((form.number, number), (form.birth, birth), (form.expiry, expiry))
    if len(checked) == len(right) and (head[0] == "V" or _composite(lines, form, parts)):
        checked.add(WHOLE)
    last = _date(expiry, None) if right["expiry_date"] else None
    surname, given = _names(lines[form.names[0]][form.names[1] :])
    sex = lines[form.sex[0]][form.sex[1]]
    return Zone(
        kind=_kind(head),
        issuing_country=_country(head[2:5]),
        document_number=_whole_number(lines, form, number) if checks else None,
        surname=surname,
        given_names=given,
        nationality=_country(_part(lines, form.nationality, 3)),
        birth_date=_date(birth, last) if right["birth_date"] else None,
        sex={"M": "M", "F": "F", "<": "X", "X": "X"}.get(sex),
        expiry_date=last,
        places={
            "kind": 0,
            "issuing_country": 0,
            "document_number": form.number[0],
            "surname": form.names[0],
            "given_names": form.names[0],
            "nationality": form.nationality[0],
            "birth_date": form.birth[0],
            "sex": form.sex[0],
            "expiry_date": form.expiry[0],
        },
        checked=frozenset(checked),
    )


def _part(lines: Sequence[str], place: tuple[int, int], length: int) -> str:
    row, start = place
    return lines[row][start : start + length]


def _kind(head: str) -> str:
    if (head[0] == "I" and head[1] in "RP") or head[:2] == "AR":
        return "residence_permit"
    return _KINDS[head[0]]


def _number(lines: Sequence[str], form: Form) -> tuple[str, bool]:
    """Return the nine characters of the document's number, and whether they are right.

    Letters and digits of one shape are read as the check digit says.
    """
    body, digit = _part(lines, form.number, 9), _part(lines, form.number, 10)[9]
    rest = ""
    if digit == "<" and form is _TD1:
        rest, digit = _rest(lines)[:-1], _rest(lines)[-1:]
    digit = digit.translate(_DIGITS)
    if digit.isdecimal():
        # Letters where digits stand are what OCR makes; the other way round only in the series.
        digits = [body[:start] + body[start:].translate(_DIGITS) for start in (0, 1, 2)]
        for again in (body, *digits, body[:1].translate(_LETTERS) + body[1:]):
            if check_digit(again + rest) == int(digit):
                return again, True
    return body, False


def _rest(lines: Sequence[str]) -> str:
    """Return what a card's optional data begins with: the end of a long number, its check digit."""
    return lines[0][15:30].split("<", 1)[0]


def _whole_number(lines: Sequence[str], form: Form, body: str) -> str:
    """Return a number; of more than nine characters it goes on in the optional data (TD1)."""
    goes_on = form is _TD1 and lines[0][14] == "<"
    return (body + (_rest(lines)[:-1] if goes_on else "")).replace("<", "")


def _day(lines: Sequence[str], place: tuple[int, int]) -> str:
    return _part(lines, place, 7).translate(_DIGITS)


def _checked(said: str) -> bool:
    return len(said) == 7 and said.isdecimal() and check_digit(said[:6]) == int(said[6])


def _date(said: str, expiry: date | None) -> date | None:
    """Return a day of this century; of the last if the document would end before the birth."""
    year, month, day = int(said[:2]), int(said[2:4]), int(said[4:6])
    century = 2000
    if expiry is not None and 2000 + year >= expiry.year:
        century = 1900
    try:
        return date(century + year, month, day)
    except ValueError:
        return None


def _composite(
    lines: Sequence[str], form: Form, parts: Sequence[tuple[tuple[int, int], str]]
) -> bool:
    """Whether the last check digit is right, which is over parts that were read rightly."""
    read = list(lines)
    for (row, start), said in parts:
        read[row] = read[row][:start] + said + read[row][start + len(said) :]
    digit = lines[1][-1].translate(_DIGITS)
    whole = "".join(read[row][start:end] for row, start, end in form.composite)
    return digit.isdecimal() and check_digit(whole) == int(digit)


def _names(said: str) -> tuple[str | None, str | None]:
    surname, _, given = said.strip("<").partition("<<")
    return _name(surname), _name(given.partition("<<")[0])


def _name(said: str) -> str | None:
    return " ".join(said.translate(_LETTERS).replace("<", " ").split()) or None


def _country(said: str) -> str | None:
    return countries.parse(said.translate(_LETTERS).rstrip("<"))
