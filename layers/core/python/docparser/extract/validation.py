"""Whether values follow the rules of their schema; what does not is told by name, never by value.

Amounts may be apart by what rounding makes: half of the currency's smallest unit for each amount
that was rounded, or for each row, and half of the smallest coin where a total is rounded to it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import FieldType, Violation
from docparser.model.type_schema import CheckKind, fits

from .values import currency, iban, vat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from docparser.model import FieldName, FieldValue, TableRole
    from docparser.model.type_schema import Check, FieldRule, TypeSchema

PATTERN = "pattern"
"""The rule that a value breaks which does not have its field's pattern."""

_MOST_APART = Decimal("0.01")
"""However many rows were rounded, this share of a total is no rounding."""


class ColumnSum(NamedTuple):
    """What a column of a document's tables adds up to, and over how many rows."""

    role: TableRole
    column: str
    total: Decimal
    rows: int


class _Values(NamedTuple):
    """A document's values by name, and the sums of its columns."""

    fields: Mapping[FieldName, tuple[FieldValue, ...]]
    sums: tuple[ColumnSum, ...]

    def all_of(self, names: Iterable[FieldName]) -> list[FieldValue] | None:
        """Return the first value of each field; None if one has none."""
        found = [self.fields.get(name, ()) for name in names]
        return [values[0] for values in found] if all(found) else None


def check(
    schema: TypeSchema, fields: Iterable[FieldValue], sums: Iterable[ColumnSum] = ()
) -> tuple[tuple[Violation, ...], tuple[FieldName, ...]]:
    """Return the rules that do not hold, and the required fields without a value.

    A check that lacks a value that it needs holds: what has to be there is ``required``.

    Parameters
    ----------
    schema
        Whose rules they are.
    fields
        The values, each field's in their order.
    sums
        Of the columns of tables whose rows were all read.
    """
    by_name: dict[FieldName, tuple[FieldValue, ...]] = {}
    for field in fields:
        by_name[field.name] = (*by_name.get(field.name, ()), field)
    values = _Values(by_name, tuple(sums))
    violations = [
        Violation(rule=PATTERN, fields=(rule.name,))
        for rule in schema.fields
        if rule.pattern is not None
        and not all(_fits(rule.pattern, value) for value in by_name.get(rule.name, ()))
    ]
    for each in schema.checks:
        if not _CHECKS[each.kind](each, values):
            named = (*each.fields, *each.more, *each.less, *((each.total,) if each.total else ()))
            present = tuple(name for name in named if name in by_name)
            violations.append(Violation(rule=each.name, fields=present or named))
    missing = tuple(r.name for r in schema.fields if r.required and r.name not in by_name)
    return tuple(violations), missing


def unsure(schema: TypeSchema, fields: Iterable[FieldValue], least: float) -> tuple[FieldName, ...]:
    """Return the fields with a value of less confidence than theirs has to have.

    Parameters
    ----------
    least
        What holds for a field of which the schema says nothing else.
    """
    rules = {rule.name: rule for rule in schema.fields}
    names = [
        field.name for field in fields if field.confidence < _least(rules.get(field.name), least)
    ]
    return tuple(dict.fromkeys(names))


def _least(rule: FieldRule | None, least: float) -> float:
    return least if rule is None or rule.least_confidence is None else rule.least_confidence


def _fits(pattern: str, field: FieldValue) -> bool:
    value = field.value
    if isinstance(value, dict):
        value = value.get("amount", value.get("text", ""))
    return isinstance(value, bool) or fits(pattern, value)


def _amount(field: FieldValue) -> Decimal | None:
    """Return a money's amount or a number; None for what is neither."""
    said = field.value.get("amount") if isinstance(field.value, dict) else field.value
    if not isinstance(said, str) or field.type not in _NUMERIC or not _DECIMAL.fullmatch(said):
        return None
    return Decimal(said)


# Decimal takes more: infinity, and exponents that fill the memory when they are written out.
_DECIMAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,12})?")
_NUMERIC = frozenset({FieldType.MONEY, FieldType.NUMBER, FieldType.PERCENT, FieldType.QUANTITY})


def _amounts(fields: Iterable[FieldValue]) -> list[Decimal] | None:
    """Return amounts of one currency; None if they are of several, or one is none."""
    fields = tuple(fields)
    amounts = [_amount(field) for field in fields]
    if len({code for field in fields if (code := _currency(field))}) > 1:
        return None
    found = [amount for amount in amounts if amount is not None]
    return found if len(found) == len(amounts) else None


def _currency(field: FieldValue) -> str | None:
    return field.value.get("currency") if isinstance(field.value, dict) else None


def _rounding(check: Check, terms: int, fields: Iterable[FieldValue]) -> Decimal:
    """Return how far apart amounts may be by rounding so many of them."""
    code = next(filter(None, map(_currency, fields)), None)
    unit = Decimal(1).scaleb(-currency.minor_digits(code))
    return check.tolerance * terms * unit


def _sum(check: Check, values: _Values) -> bool:
    fields = values.all_of((*check.fields, *check.less, *((check.total,) if check.total else ())))
    amounts = None if fields is None else _amounts(fields)
    if fields is None or amounts is None:
        return True
    terms = len(check.fields)
    whole, less, total = sum(amounts[:terms]), sum(amounts[terms:-1]), amounts[-1]
    apart = abs(whole - less - total)
    if whole * less < 0:
        # What is taken off has a minus as often as not.
        apart = min(apart, abs(whole + less - total))
    coin = currency.smallest_coin(_currency(fields[-1]))
    return apart <= max(_rounding(check, len(amounts), fields), coin / 2)


def _equal(check: Check, values: _Values) -> bool:
    fields = values.all_of(check.fields)
    if fields is None:
        return True
    amounts = _amounts(fields)
    if amounts is not None:
        return max(amounts) - min(amounts) <= _rounding(check, len(amounts), fields)
    return all(field.value == fields[0].value for field in fields)


def _order(check: Check, values: _Values) -> bool:
    """Dates and amounts; of fields without a value the others are in order still.

    Amounts of a refund are negative throughout, and in order by how much they are.
    """
    fields = [found[0] for name in check.fields if (found := values.fields.get(name))]
    if all(field.type is FieldType.DATE for field in fields):
        dates = [field.value for field in fields if isinstance(field.value, str)]
        return dates == sorted(dates)
    amounts = _amounts(fields)
    if amounts is None:
        return True
    if all(amount <= 0 for amount in amounts):
        amounts = [-amount for amount in amounts]
    return amounts == sorted(amounts)


def _lines_sum(check: Check, values: _Values) -> bool:
    fields = [found[0] for name in check.fields if (found := values.fields.get(name))]
    rows, total = _added(check, values)
    amounts = _amounts(fields)
    if not rows or not amounts:
        return True
    least, most = _rounding(check, 2, fields), _rounding(check, rows + 1, fields)
    whole = total + _beside(check.more, values) - _beside(check.less, values)
    return any(
        abs(amount - lines) <= max(least, min(most, abs(amount) * _MOST_APART))
        for amount in amounts
        for lines in (total, whole)
    )


def _beside(names: Iterable[FieldName], values: _Values) -> Decimal:
    """Return what fields add up to, whichever sign they have; those without a value are nothing."""
    found = (_amount(values.fields[name][0]) for name in names if name in values.fields)
    return sum((abs(amount) for amount in found if amount is not None), Decimal())


def _balance(check: Check, values: _Values) -> bool:
    fields = values.all_of(check.fields)
    amounts = None if fields is None else _amounts(fields)
    rows, total = _added(check, values)
    if fields is None or amounts is None or not rows:
        return True
    return abs(amounts[0] + total - amounts[1]) <= _rounding(check, rows, fields)


def _added(check: Check, values: _Values) -> tuple[int, Decimal]:
    found = [each for each in values.sums if (each.role, each.column) == (check.role, check.column)]
    return sum(each.rows for each in found), sum((each.total for each in found), Decimal())


def _together(check: Check, values: _Values) -> bool:
    return len({name in values.fields for name in check.fields}) == 1


def _any(check: Check, values: _Values) -> bool:
    return any(name in values.fields for name in check.fields)


def _checksum(check: Check, values: _Values) -> bool:
    return all(
        _has_check_digits(field) for name in check.fields for field in values.fields.get(name, ())
    )


def _has_check_digits(field: FieldValue) -> bool:
    if not isinstance(field.value, str):
        return True
    if field.type is FieldType.IBAN:
        return iban.valid(field.value)
    return field.type is not FieldType.VAT_ID or vat.valid(field.value)


_CHECKS: dict[CheckKind, Callable[[Check, _Values], bool]] = {
    CheckKind.SUM: _sum,
    CheckKind.EQUAL: _equal,
    CheckKind.ORDER: _order,
    CheckKind.LINES_SUM: _lines_sum,
    CheckKind.BALANCE: _balance,
    CheckKind.TOGETHER: _together,
    CheckKind.ANY: _any,
    CheckKind.CHECKSUM: _checksum,
}
