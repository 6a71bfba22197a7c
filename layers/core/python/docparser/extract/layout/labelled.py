"""Fields that stand by their labels: whatever the type of a document, its schema says how.

It is what reads fields that a tenant has thought of, and the ground on which the readers of
payslips and identity documents stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from docparser.extract.extractor import Found
from docparser.extract.values import bic, currency, dates, duration, iban, money, percent, vat
from docparser.extract.values import country as countries
from docparser.extract.values.typed import amount, decimal_text, normalise
from docparser.model import FieldSource, FieldType, FieldValue, Lane
from docparser.model.type_schema import fits

from .anchors import Labelled, Vocabulary, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Proof
    from docparser.model import Value
    from docparser.model.type_schema import FieldRule, TypeSchema

    from .anchors import Anchor, Place

    Spans = Sequence[tuple[int, int, Value]]
    Finder = Callable[[str, Locale, bool], Spans]
    """Finds values in a text, with ``True`` in one that OCR has read."""

# So many sightings of a field are kept; the best of them are.
_MOST_SIGHTINGS = 60
_MOST_VALUES = 50

# A text is no longer than this, and a longer one is a sentence.
_MOST_CHARACTERS = 120

# A last word of so few characters, its point included, may be a short form.
_SHORT_FORM = 6

# A value begins within so many characters.
_MOST_READ = 300

# What a value loses that does not begin where its label ends, or is not all that stands there.
_LATER, _AMONG = 0.8, 0.92

# An account or a VAT id whose check digits are right is one, wherever it stands.
_RIGHT_DIGITS, _WRONG_DIGITS = 0.8, 0.6

# An amount without cents and without a currency may be any number.
_BARE = 0.5

# A label in the middle of a line is mostly a word of a longer one.
_WITHIN, _MARKED = 0.45, 0.9

# What has less evidence is no value.
_LEAST = 0.4

# One that does not have the pattern of its field is hardly its value.
_NO_PATTERN = 0.4

_IDENTIFIER = re.compile(r"[^\W_][\w./\\+-]*[^\W_](?: ?[/-] ?[^\W_]+)*|[0-9]")
_ITEM_MARK = re.compile(r"\(?[0-9a-z]{1,2}[).]")
_SPACED = re.compile(r"[0-9A-Z]{2,}(?: [0-9A-Z]{2,})+")


@dataclass(frozen=True)
class Sighting:
    """A value that may be a field's, where it stands, and how much speaks for it (0..1)."""

    value: Value
    raw: str
    proof: Proof
    score: float


class _Value(NamedTuple):
    start: int
    end: int
    value: Value


class LabelledReader:
    """Reads what stands by the labels of a schema's fields.

    Parameters
    ----------
    schema
        Whose fields; those without labels are not read.
    locale
        What ambiguous dates and numbers are read by.
    but
        Names of fields that another reader reads.
    more
        Labels by field, besides those of the schema.
    finders
        What finds the values of a field in a text, where its type does not say.
    """

    def __init__(
        self,
        schema: TypeSchema,
        locale: Locale,
        *,
        but: Iterable[str] = (),
        more: Mapping[str, tuple[str, ...]] | None = None,
        finders: Mapping[str, Finder] | None = None,
    ) -> None:
        left_out = frozenset(but)
        self._rules = {rule.name: rule for rule in schema.fields if rule.name not in left_out}
        labels = {
            name: _labels(rule, (more or {}).get(name, ())) for name, rule in self._rules.items()
        }
        self._vocabulary = Vocabulary({name: said for name, said in labels.items() if said})
        self._finders = finders or {}
        self._locale = locale
        self._seen: dict[str, list[Sighting]] = {name: [] for name in self._rules}

    def read(self, page: PageView) -> None:
        """Take one page in."""
        if not any(rule.labels for rule in self._rules.values()):
            return
        labelled = Labelled(page, self._vocabulary.find(page))
        ocr = page.page.lane is not Lane.TEXT
        for anchor in labelled.anchors:
            rule = self._rules[anchor.key]
            find = self._finders.get(rule.name) or _FINDERS.get(rule.type)
            worth = _worth(anchor, leads=_leads(anchor, labelled))
            for place in labelled.places(anchor):
                if _is_label(place, labelled):
                    continue
                sighting = _sighting(rule, find, place, worth, page, self._locale, ocr=ocr)
                if sighting is not None:
                    self.take(rule.name, sighting)
                    break

    def take(self, name: str, sighting: Sighting) -> None:
        """Take a sighting of a field that was made elsewhere."""
        seen = self._seen.setdefault(name, [])
        seen.append(sighting)
        if len(seen) > 2 * _MOST_SIGHTINGS:
            # The sort is stable: of equals the one that was seen first comes first.
            seen.sort(key=lambda each: -each.score)
            del seen[_MOST_SIGHTINGS:]

    def sightings(self, name: str) -> Sequence[Sighting]:
        """Return what may be the values of a field, the best first."""
        return sorted(self._seen.get(name, ()), key=lambda each: -each.score)[:_MOST_SIGHTINGS]

    def found(self) -> Found:
        """Return the best value of each field, all different ones of which there are many."""
        fields: list[FieldValue] = []
        for rule in self._rules.values():
            kept: list[Sighting] = []
            for sighting in self.sightings(rule.name):
                if all(sighting.value != other.value for other in kept):
                    kept.append(sighting)
            fields += [
                field_of(rule.name, rule.type, sighting)
                for sighting in kept[: _MOST_VALUES if rule.many else 1]
            ]
        return Found(tuple(fields))


def field_of(name: str, kind: FieldType, sighting: Sighting) -> FieldValue:
    """Return a sighting as the value of a field."""
    return FieldValue(
        name=name,
        type=kind,
        value=sighting.value,
        raw=sighting.raw,
        quote=sighting.proof.quote,
        page=sighting.proof.page,
        polygon=sighting.proof.polygon,
        word_ids=sighting.proof.word_ids,
        source=FieldSource.LAYOUT,
        confidence=round(min(max(sighting.score, 0.0), 1.0), 4),
    )


def _labels(rule: FieldRule, more: tuple[str, ...]) -> tuple[str, ...]:
    said = (label for labels in rule.labels.values() for label in labels)
    return tuple(label for label in dict.fromkeys((*said, *more)) if squeeze(label))


def _leads(anchor: Anchor, page: Labelled) -> bool:
    """Whether nothing but other labels, or an item's mark, stands before: "(a) Nom / Surname"."""
    if anchor.leads:
        return True
    labels = {id(word) for other in page.of(anchor.segment) for word in other.words}
    before = anchor.segment.words[: anchor.first]
    if before and _ITEM_MARK.fullmatch(before[0].text):
        before = before[1:]
    return all(id(word) in labels or not squeeze(word.text) for word in before)


def _worth(anchor: Anchor, *, leads: bool) -> float:
    """Return how much a label says: a long one more than a word that stands in every sentence."""
    length = min(len(squeeze(anchor.phrase)), 12) / 12
    return (0.8 + 0.2 * length) * (1.0 if leads else _MARKED if anchor.marked else _WITHIN)


def _is_label(place: Place, page: Labelled) -> bool:
    """Whether what stands in a place is other labels, as in "Name / Nom", and no value."""
    labels = {id(word) for other in page.of(place.segment) for word in other.words}
    return all(id(word) in labels or not squeeze(word.text) for word in place.reading.words)


def _sighting(
    rule: FieldRule,
    find: Finder | None,
    place: Place,
    worth: float,
    page: PageView,
    locale: Locale,
    *,
    ocr: bool,
) -> Sighting | None:
    text = place.reading.text[:_MOST_READ]
    found = _first(rule.type, find, text, locale, ocr=ocr)
    if found is None:
        return None
    words = place.reading.covering(found.start, found.end)
    score = worth * place.score * min(word.word.confidence for word in words) ** 0.25
    if text[: found.start].strip(" :.-"):
        score *= _LATER
    if text[found.end :].strip(" .,;"):
        score *= _AMONG
    raw = text[found.start : found.end]
    score = _weighed(rule, found.value, raw, score)
    return Sighting(found.value, raw, page.proof(words), score) if score >= _LEAST else None


def _weighed(rule: FieldRule, value: Value, raw: str, score: float) -> float:
    """Return the evidence for a value, by what itself looks like."""
    if rule.pattern is not None and not _has_pattern(rule.pattern, value):
        score *= _NO_PATTERN
    if isinstance(value, dict):
        bare = rule.type is FieldType.MONEY and "currency" not in value and raw.isdecimal()
        return score * _BARE if bare else score
    check = _CHECK_DIGITS.get(rule.type)
    if check is None or not isinstance(value, str):
        return score
    return max(score, _RIGHT_DIGITS) if check(value) else score * _WRONG_DIGITS


def _has_pattern(pattern: str, value: Value) -> bool:
    said = value.get("amount", value.get("text", "")) if isinstance(value, dict) else value
    return isinstance(said, bool) or fits(pattern, said)


def _first(
    kind: FieldType, find: Finder | None, text: str, locale: Locale, *, ocr: bool
) -> _Value | None:
    """Return the first value of a type in a text; of texts and the like, all of it."""
    if find is not None:
        return next((_Value(*each) for each in find(text, locale, ocr)), None)
    if kind is FieldType.IDENTIFIER:
        return _identifier(text)
    whole = _whole(text)
    start = text.find(whole)
    if not whole or len(whole) > _MOST_CHARACTERS:
        return None
    if kind is FieldType.TEXT and not any(map(str.isalnum, whole)):
        return None
    value = normalise(kind, whole, locale)
    return None if value is None else _Value(start, start + len(whole), value)


def _whole(text: str) -> str:
    """Return a text without the marks around it; "Inc." keeps its point, a sentence does not."""
    whole = text.strip(" ,:;-").lstrip(".")
    last = whole.rpartition(" ")[2]
    return whole if len(last) <= _SHORT_FORM else whole.rstrip(".")


def _identifier(text: str) -> _Value | None:
    """Return the first word with a digit, with groups that blanks part: ``12 345 67``."""
    for match in _IDENTIFIER.finditer(text[:_MOST_CHARACTERS]):
        if any(map(str.isdigit, match[0])):
            spaced = _SPACED.match(text, match.start())
            whole = spaced if spaced is not None and spaced.end() > match.end() else match
            return _Value(*whole.span(), whole[0].replace(" ", ""))
    return None


def _days(text: str, locale: Locale, ocr: bool) -> Spans:
    return [(start, end, day.isoformat()) for start, end, day in dates.find(text, locale, ocr=ocr)]


def _money(text: str, locale: Locale, ocr: bool) -> Spans:
    return [(start, end, amount(each)) for start, end, each in money.find(text, locale, ocr=ocr)]


def _percent(text: str, locale: Locale, _: bool) -> Spans:
    return [(start, end, decimal_text(share)) for start, end, share in percent.find(text, locale)]


def _country(text: str, _: Locale, __: bool) -> Spans:
    said = text.strip(" .,:;-")
    for part in (said, said.split("/")[0].strip(), said.split(" ")[0]):
        if (code := countries.parse(part)) is not None:
            start = text.index(part)
            return [(start, start + len(part), code)]
    return []


_CHECK_DIGITS = {FieldType.IBAN: iban.valid, FieldType.VAT_ID: vat.valid}
_FINDERS: dict[FieldType, Finder] = {
    FieldType.DATE: _days,
    FieldType.MONEY: _money,
    FieldType.PERCENT: _percent,
    FieldType.COUNTRY: _country,
    FieldType.IBAN: lambda text, _, ocr: [*iban.find(text, ocr=ocr)],
    FieldType.BIC: lambda text, _, __: [*bic.find(text)],
    FieldType.VAT_ID: lambda text, _, __: [*vat.find(text)],
    FieldType.DURATION: lambda text, _, __: [*duration.find(text)],
    FieldType.CURRENCY: lambda text, locale, _: [*currency.find(text, locale)],
}
