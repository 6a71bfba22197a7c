"""Values of several readers made into one set: who counts, who agrees, who contradicts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from docparser.model import FieldSource, FieldType, WarningCode

from .extractor import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docparser.model import FieldValue
    from docparser.model.type_schema import TypeSchema

_RANK = {source: place for place, source in enumerate(FieldSource)}
_CERTAIN = frozenset({FieldSource.REVIEW, FieldSource.XML})
"""Sources whose word is final, however sure others are."""

UNSURE = 0.5
"""A value below this does not stand against one above it, whatever their sources."""

_CONTRADICTED = frozenset({FieldType.MONEY, FieldType.DATE, FieldType.IBAN})

MOST_VALUES = 200
"""Of a field of which there are many, no more values are kept."""


def merge(*found: Found, schema: TypeSchema | None = None) -> Found:
    """Return one value for each field, and all of those of which there are many.

    Of two sources the one counts that comes first in `FieldSource`, unless it is unsure and the
    other is not. Another source, or another reader, that has the same value raises its confidence;
    one that is sure of another amount, date or account is warned of, but for XML's: what differs
    from that is told apart (XML_DIFFERS). A value without a place takes that of its equal.

    Parameters
    ----------
    found
        What each reader has found; a reader says of each field either one value or several.
    schema
        Which fields there are: a tenant's own may have fewer than the readers know. None keeps all.
    """
    known = None if schema is None else {rule.name: rule.type for rule in schema.fields}
    warnings = set().union(*(each.warnings for each in found))
    by_name: dict[str, list[tuple[FieldValue, ...]]] = {}
    for each in found:
        said: dict[str, list[FieldValue]] = {}
        for field in each.fields:
            if known is not None and known.get(field.name) is not field.type:
                continue
            said.setdefault(field.name, []).append(field)
        for name, values in said.items():
            by_name.setdefault(name, []).append(tuple(values[:MOST_VALUES]))
    fields: list[FieldValue] = []
    for several in by_name.values():
        several.sort(key=_order)
        best, others = several[0], several[1:]
        fields += [_corroborated(value, others) for value in best]
        if _contradicts(best, others):
            warnings.add(WarningCode.VALUES_CONTRADICT)
    return Found(tuple(fields), frozenset(warnings))


def agree(one: FieldValue, other: FieldValue) -> bool:
    """Whether two values of a field say the same: by amount, by letters and digits, by address."""
    if one.type is not other.type:
        return False
    if isinstance(one.value, dict) and isinstance(other.value, dict):
        if one.type is FieldType.ADDRESS:
            return _same_letters(one.value.get("text", ""), other.value.get("text", ""))
        return _same_amount(one.value, other.value)
    if isinstance(one.value, str) and isinstance(other.value, str):
        return _same_letters(one.value, other.value)
    return one.value == other.value


def _order(values: tuple[FieldValue, ...]) -> tuple[bool, int, float]:
    sure = max(value.confidence for value in values)
    source = min((value.source for value in values), key=_RANK.__getitem__)
    return (source not in _CERTAIN and sure < UNSURE, _RANK[source], -sure)


def _corroborated(value: FieldValue, others: Iterable[Sequence[FieldValue]]) -> FieldValue:
    """Return a value with the confidence that all who have it give it together."""
    doubt = 1 - value.confidence
    changes: dict[str, object] = {}
    for values in others:
        same = next((other for other in values if agree(value, other)), None)
        if same is None:
            continue
        doubt *= 1 - same.confidence
        if value.page is None and same.page is not None and "page" not in changes:
            where = ("page", "polygon", "word_ids", "quote")
            changes |= {name: getattr(same, name) for name in where}
        changes |= _completed(value, same)
    if value.source is not FieldSource.REVIEW:
        changes["confidence"] = max(value.confidence, round(1 - doubt, 4))
    return value.model_copy(update=changes)


def _completed(value: FieldValue, same: FieldValue) -> dict[str, object]:
    """Return an amount with the currency that only another reader has seen."""
    if value.type is not FieldType.MONEY or not isinstance(value.value, dict):
        return {}
    if "currency" in value.value or not isinstance(same.value, dict):
        return {}
    currency = same.value.get("currency")
    return {"value": value.value | {"currency": currency}} if currency else {}


def _contradicts(best: tuple[FieldValue, ...], others: Iterable[tuple[FieldValue, ...]]) -> bool:
    value = best[0]
    if len(best) > 1 or value.type not in _CONTRADICTED or value.source in _CERTAIN:
        return False
    rivals = (values[0] for values in others if len(values) == 1)
    return any(rival.confidence >= UNSURE and not agree(value, rival) for rival in rivals)


def _same_amount(one: dict[str, str], other: dict[str, str]) -> bool:
    try:
        if Decimal(one.get("amount", "")) != Decimal(other.get("amount", "")):
            return False
    except InvalidOperation:
        return one == other
    second = "currency" if "currency" in {**one, **other} else "unit"
    return one.get(second, other.get(second)) == other.get(second, one.get(second))


def _same_letters(one: str, other: str) -> bool:
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    """Return letters and digits alone; signs too where there is nothing else."""
    return "".join(filter(str.isalnum, text.casefold())) or text
