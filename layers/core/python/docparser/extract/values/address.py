"""Postal addresses in parts: street, postcode, city, region, country."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import country as countries
from .text import plain, squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.extractor import Locale

_CITY = r"(?P<city>[^\W\d_][^\d,;|]{1,48}?)"
_TAIL = r"(?:[,;] ?(?P<region>[^\W\d_][^\d,;]{1,40}))?[.,]?"
_PREFIXED = re.compile(
    rf"(?:(?P<country>[A-Z]{{1,3}})[- ])?(?P<postcode>[0-9]{{4}} ?[A-Z]{{2}}|[0-9]{{3}} [0-9]{{2}}"
    rf"|[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4,6}}),? {_CITY}(?: (?:CEDEX|Cedex)(?: [0-9]{{1,2}})?)?{_TAIL}"
)
_AMERICAN = re.compile(
    rf"{_CITY},? (?P<region>[A-Z]{{2}})\.?,? (?P<postcode>[0-9]{{5}}(?:-[0-9]{{4}})?)[.,]?"
)
_CANADIAN = re.compile(
    rf"{_CITY},? (?P<region>[A-Z]{{2}}),? (?P<postcode>[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9])[.,]?"
)
_BRITISH = re.compile(
    rf"(?:{_CITY},? )?(?P<postcode>[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}})[.,]?"
)
_Shapes = tuple[tuple[re.Pattern[str], str | None], ...]
# Looked for first: a street's number may look like a postcode that a city follows.
_POSTCODE_LAST: _Shapes = ((_AMERICAN, "US"), (_CANADIAN, "CA"), (_BRITISH, "GB"))
_POSTCODE_FIRST: _Shapes = ((_PREFIXED, None),)
_IN_LINE = re.compile(r"(?<=[^\W\d_]{3}) (?=[0-9]{5} [^\W\d_]{2})")
_PARTS = re.compile(r" ?[,;|\u00b7\u2022] ?")

MOST_CHARACTERS = 600
"""An address is never longer."""


def parse(lines: Sequence[str], locale: Locale) -> dict[str, str] | None:
    """Return the parts of an address; None without a postcode and its city.

    Parameters
    ----------
    lines
        As they are printed, without the name of whoever lives there; lines that commas part count
        as well. What stands before the city is ``line1`` and ``line2``.
    locale
        Gives the country where the address names none.
    """
    whole = squeeze(", ".join(line.strip(" ,") for line in lines if line.strip(" ,")))
    if not whole or len(whole) > MOST_CHARACTERS:
        return None
    parts = [part for part in _PARTS.split(plain(whole)) if part]
    # What nothing parts from the street before it is parted by its digits.
    for several in (parts, [piece for part in parts for piece in _IN_LINE.split(part, 1)]):
        for shapes in (_POSTCODE_LAST, _POSTCODE_FIRST):
            if (found := _found(several, shapes, locale)) is not None:
                return {"text": whole} | found
    return None


def _found(parts: list[str], shapes: _Shapes, locale: Locale) -> dict[str, str] | None:
    """Return the parts of an address by the first city that has a postcode."""
    for at in range(len(parts)):
        # "12345 Berlin" stands alone, "San Jose, CA 95110" is parted by a comma.
        for end in (at + 1, at + 2):
            place = _place(", ".join(parts[at:end]), shapes) if end <= len(parts) else None
            if place is not None:
                return _named(parts[:at], place, parts[end:], locale)
    return None


def _named(
    street: list[str], place: dict[str, str], after: list[str], locale: Locale
) -> dict[str, str]:
    """Return the parts by their names: what stands before the city, the city, what follows."""
    if len(street) > 2:
        street = [", ".join(street[:-1]), street[-1]]
    address = {f"line{number}": line for number, line in enumerate(street, 1)}
    for name in ("postcode", "city", "region"):
        if name in place:
            address[name] = place[name].strip(" .,")
    codes = [countries.parse(part) for part in after]
    other = [part for part, code in zip(after, codes, strict=True) if code is None]
    if other and "region" not in address and len(other[0]) <= 40:
        address["region"] = other[0].strip(" .")
    printed = countries.parse(place.get("country", ""))
    country = next(filter(None, codes), None) or printed or locale.country
    return address | ({"country": country} if country else {})


def _place(said: str, shapes: _Shapes) -> dict[str, str] | None:
    """Return postcode, city and what else stands in their line, if that is what the text is."""
    if len(said) > 120:
        return None
    for shape, country in shapes:
        if (match := shape.fullmatch(said)) is not None and match["city"]:
            found = {name: part for name, part in match.groupdict().items() if part}
            return {"country": country} | found if country else found
    return None
