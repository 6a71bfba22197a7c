"""Reads passports, identity cards and driving licences: by their zone, their labels, their numbers.

The machine-readable zone counts most, since its check digits tell whether it was read rightly. The
items of a driving licence are numbered alike in Europe and in America (1 surname, 2 given names,
3 birth, 4b expiry, 4d or 5 number).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found
from docparser.extract.values import country as countries
from docparser.extract.values import dates
from docparser.model import FieldType

from . import mrz
from .anchors import reading, squeeze
from .labelled import LabelledReader, Sighting, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Segment
    from docparser.model import FieldValue
    from docparser.model.type_schema import TypeSchema

_KINDS = (
    ("residence_permit", r"aufenthalts(?:titel|erlaubnis)|residence permit|titre de s(?:é|e)jour"),
    ("driving_licence", r"f(?:ü|ue)hrerschein|driv(?:er'?s?|ing) ?licen[cs]e|permis de conduire"),
    ("passport", r"passport|reisepass|passeport"),
    (
        "identity_card",
        r"personalausweis|identity card|identification card|carte (?:nationale )?d'identit(?:é|e)"
        r"|identit(?:ä|ae)tskarte",
    ),
    ("visa", r"\bvisa\b|\bvisum\b"),
)
_KIND = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS]
_ITEM = re.compile(r"(?P<number>1|2|3|4[abd]|5|15)[.:]?(?:,? |(?<=[.:]))(?P<said>\S.*)")
_ITEMS = {
    "1": "surname",
    "2": "given_names",
    "3": "birth_date",
    "4b": "expiry_date",
    "4d": "document_number",
    "5": "document_number",
    "15": "sex",
}
_NUMBER_ALONE = re.compile(r"(?:1|2|3|4[abd]|5|15)[.:]")
_TITLE_OF_PEOPLE = re.compile(r"(?:mr|mrs|ms|miss|dr)\.? ", re.IGNORECASE)
_ITEM_LABEL = re.compile(
    r"(?:DOB|EXP|ISS|SEX|DLN?|NO\.?|NUMBER|LN|FN|DD|(?:family |sur)?name|given names?)[:.]? +",
    re.IGNORECASE,
)
_SEXES = (
    ("F", re.compile(r"f\b|female|w\b|weiblich|f(?:é|e)minin", re.IGNORECASE)),
    ("M", re.compile(r"m\b|male|m(?:ä|ae)nnlich|masculin", re.IGNORECASE)),
    ("X", re.compile(r"[x<]\W*$|d\b|divers", re.IGNORECASE)),
)
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z][0-9A-Za-z -]{3,24}[0-9A-Za-z]")
# The number of a German card or passport: nine digits and consonants. It stands on top, and mostly
# without a label.
_CARD_NUMBER = re.compile(r"(?=.{0,8}[0-9])(?=.{0,8}[A-Z])[CFGHJ-NPRTV-Z0-9]{9}")
_TOP, _CARD_SCORE = 12, 0.6

_MORE = {
    "document_number": ("4d NUMBER", "4d DL", "4d DLN", "DL NO", "licence no", "license no"),
    "expiry_date": ("4b EXP", "4b EXPIRES"),
    "birth_date": ("3 DOB", "geboren"),
    "sex": ("15 SEX",),
}

_IN_ZONES = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})

# A printed name of so few letters is no name.
_LEAST_NAME = 2

# What stands in a zone, by what vouches for it: all check digits, its own, those of other parts.
_WHOLE, _OWN, _OTHERS = 0.99, 0.95, 0.88

_ITEM_SCORE, _TITLE_SCORE, _COUNTRY_SCORE = 0.8, 0.8, 0.6
_PAGES, _MOST_SEGMENTS = 4, 200

# So many numbered items make a driving licence.
_LEAST_ITEMS, _BY_ITEMS = 3, 0.5


class IdentityReader:
    """Reads the pages of an identity document, each once and in order.

    Parameters
    ----------
    schema
        With the labels of its fields.
    locale
        What ambiguous dates are read by.
    """

    def __init__(self, schema: TypeSchema, locale: Locale) -> None:
        self._locale = locale
        self._pages = 0
        self._zone: mrz.Zone | None = None
        self._labelled = LabelledReader(
            schema, locale, but={"kind"}, more=_MORE, finders={"sex": _sexes}
        )

    def read(self, page: PageView) -> None:
        """Take one page in."""
        self._pages += 1
        if self._pages > _PAGES:
            return
        self._labelled.read(page)
        if self._zone is None:
            self._read_zone(page)
        self._read_titles(page)
        self._read_items(page)

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        fields: list[FieldValue] = []
        for field in self._labelled.found().fields:
            if field.name in _PEOPLE:
                seen = self._labelled.sightings(field.name)
                fields.append(field_of(field.name, field.type, _printed(seen)))
            elif field.name == "birth_date":
                fields.append(_past(field))
            else:
                fields.append(field)
        kinds = self._labelled.sightings("kind")
        if kinds:
            fields.append(field_of("kind", FieldType.TEXT, kinds[0]))
        return Found(tuple(fields))

    def _read_zone(self, page: PageView) -> None:
        rows = [row for row in page.rows if row]
        found = mrz.find([mrz.line(" ".join(each.text for each in row)) for row in rows])
        if found is None:
            return
        at, zone = found
        self._zone = zone
        for name, line in zone.places.items():
            value = getattr(zone, name)
            if value is None:
                continue
            words = reading(*rows[at + line]).words
            said = value.isoformat() if isinstance(value, date) else value
            score = _WHOLE if mrz.WHOLE in zone.checked else _OTHERS
            score = max(score, _OWN if name in zone.checked else 0.0)
            proof = page.proof(words)
            self._labelled.take(name, Sighting(said, proof.quote, proof, score))

    def _read_titles(self, page: PageView) -> None:
        for segment in page.segments[:_TOP]:
            if _CARD_NUMBER.fullmatch(segment.text):
                proof = page.proof(segment.words)
                number = Sighting(segment.text, segment.text, proof, _CARD_SCORE)
                self._labelled.take("document_number", number)
        for segment in page.segments[:_MOST_SEGMENTS]:
            text = segment.text
            proof = page.proof(segment.words)
            for kind, pattern in _KIND:
                if (match := pattern.search(text)) is not None:
                    # A title is nearly alone in its line; elsewhere it is a word of a sentence.
                    score = _TITLE_SCORE * (0.5 + 0.5 * len(match[0]) / len(text))
                    self._labelled.take("kind", Sighting(kind, match[0], proof, score))
                    break
            if (code := countries.NAMES.get(text.lower().strip(" .,"))) is not None:
                self._labelled.take("issuing_country", Sighting(code, text, proof, _COUNTRY_SCORE))

    def _read_items(self, page: PageView) -> None:
        """Take the numbered items of a driving licence, if there are some in their order."""
        items = [
            (match, segment)
            for segment in _numbered(page)
            if (match := _ITEM.fullmatch(segment.text)) is not None
        ]
        if len({match["number"] for match, _ in items}) < _LEAST_ITEMS:
            return
        proof = page.proof(items[0][1].words)
        self._labelled.take("kind", Sighting("driving_licence", proof.quote, proof, _BY_ITEMS))
        for match, segment in items:
            name = _ITEMS.get(match["number"])
            if name is not None:
                self._read_item(page, segment, name, match)

    def _read_item(self, page: PageView, segment: Segment, name: str, match: re.Match[str]) -> None:
        label = _ITEM_LABEL.match(match["said"])
        start = match.start("said") + (label.end() if label else 0)
        said = segment.text[start:].strip()
        value: str | None = said
        if name.endswith("_date"):
            days = dates.find(said, self._locale)
            value = days[0][2].isoformat() if days else None
        elif name == "document_number":
            number = _NUMBER.fullmatch(said)
            value = number[0].replace("-", "").replace(" ", "") if number else None
        elif name == "sex":
            value = next((code for _, _, code in _sexes(said)), None)
        elif name == "given_names":
            said = _TITLE_OF_PEOPLE.sub("", said)
            start += len(segment.text[start:].strip()) - len(said)
            value = said
        if name in _PEOPLE and (any(map(str.isdigit, said)) or len(squeeze(said)) < _LEAST_NAME):
            value = None
        if not value:
            return
        proof = page.proof(reading(segment).covering(start, start + len(said)))
        self._labelled.take(name, Sighting(value, said, proof, _ITEM_SCORE))


_PEOPLE = frozenset({"surname", "given_names"})


def _numbered(page: PageView) -> Iterator[Segment]:
    """Yield segments; what stands behind a number that is alone, together with it."""
    count = 0
    for row in page.rows:
        number: Segment | None = None
        for segment in row:
            count += 1
            if count > _MOST_SEGMENTS:
                return
            if _NUMBER_ALONE.fullmatch(segment.text):
                number = segment
                continue
            if number is not None:
                segment = replace(segment, words=(*number.words, *segment.words))
                number = None
            yield segment


def _past(field: FieldValue) -> FieldValue:
    """Return a birthday that has been: 12.08.64 is none of 2064."""
    day = date.fromisoformat(str(field.value))
    if day <= datetime.now(UTC).date() or (day.month, day.day) == (2, 29):
        return field
    return field.model_copy(update={"value": day.replace(year=day.year - 100).isoformat()})


def _printed(seen: Sequence[Sighting]) -> Sighting:
    """Return the best name, as it is printed where that says the same: zones have no accents."""
    best = seen[0]
    for other in seen[1:]:
        said = str(other.value).casefold()
        if squeeze(str(best.value)) in {squeeze(said), squeeze(said.translate(_IN_ZONES))}:
            return replace(other, score=best.score)
    return best


def _sexes(text: str, *_: object) -> list[tuple[int, int, str]]:
    for code, pattern in _SEXES:
        if (match := pattern.match(text)) is not None:
            return [(*match.span(), code)]
    return []
