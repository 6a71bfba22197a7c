"""What elements of an e-invoice say, as typed values: the same for both syntaxes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docparser.model import (
    Column,
    FieldSource,
    FieldType,
    FieldValue,
    RowCell,
    TableRole,
    TableRow,
)

from .elements import place, text
from .invoice import XmlTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docparser.model import Value

    Cell = tuple[str, Value | None]

# Digits of an amount; longer ones are no money.
_DECIMAL = re.compile(r"[-+]?[0-9]{1,24}(\.[0-9]{0,12})?|[-+]?\.[0-9]{1,12}")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WHOLE_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BLANKS = re.compile(r"\s+")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")

# Texts are cut here: a name or a description of an article is shorter, a whole contract longer.
_LONGEST = 2000

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "308", "381", "396", "420", "458", "532"})
"""UNTDID 1001: credit notes of every kind."""

LINE_COLUMNS = (
    Column(name="position", type=FieldType.IDENTIFIER),
    Column(name="item_number", type=FieldType.IDENTIFIER),
    Column(name="description"),
    Column(name="quantity", type=FieldType.QUANTITY),
    Column(name="unit_price", type=FieldType.MONEY),
    Column(name="tax_rate", type=FieldType.PERCENT),
    Column(name="amount", type=FieldType.MONEY),
)
TAX_COLUMNS = (
    Column(name="category", type=FieldType.IDENTIFIER),
    Column(name="tax_rate", type=FieldType.PERCENT),
    Column(name="net", type=FieldType.MONEY),
    Column(name="tax", type=FieldType.MONEY),
)

Money = tuple[Decimal, str]


def number(element: Any | None) -> Decimal | None:
    """Return the decimal that an element is, or None; nothing has no sign."""
    said = text(element)
    found = Decimal(said) if _DECIMAL.fullmatch(said) else None
    return abs(found) if found is not None and found.is_zero() else found


def plain_number(amount: Decimal, *, decimals: int = 0) -> str:
    """Return a decimal without exponent and without zeros after ``decimals`` places."""
    whole, _, rest = f"{amount:f}".partition(".")
    rest = rest.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{rest}" if rest else whole


def money(element: Any | None, currency: str) -> Value | None:
    """Return an amount with the currency that it names, or else this one, if there is one."""
    amount = number(element)
    if amount is None or element is None:
        return None
    named = (element.get("currencyID") or "").strip().upper() or currency
    value = {"amount": plain_number(amount, decimals=2)}
    return {**value, "currency": named} if _CURRENCY.fullmatch(named) else value


def day(element: Any | None) -> str | None:
    """Return an ISO 8601 date of a day that exists, or None.

    UBL's dates may have a time zone behind them, CII's are of format 102: ``20260304``.
    """
    said = text(element)
    match = _ISO_DATE.match(said) or _WHOLE_DATE.match(said)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return None


def one_line(said: str) -> str:
    """Return text on one line."""
    return _BLANKS.sub(" ", said).strip()[:_LONGEST]


def unspaced(said: str) -> str:
    """Return an identifier without blanks, in capitals."""
    return _BLANKS.sub("", said).upper()[:_LONGEST]


def mentioned(root: Any) -> Iterator[str]:
    """Yield all IBANs and amounts of a document: ``DE02...`` and ``119.00``."""
    for element in root.iter("{*}*"):
        said = text(element)
        if not said or len(element) or len(said) > 64:
            continue
        amount = number(element)
        if amount is not None:
            yield plain_number(abs(amount), decimals=2)
        elif _IBAN.fullmatch(unspaced(said)):
            yield unspaced(said)


class Fields:
    """Collects fields, each once for each value, in the order in which they are added.

    Parameters
    ----------
    currency
        That of amounts which name none.
    """

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._found: list[FieldValue] = []
        self._seen: set[str] = set()

    @property
    def found(self) -> tuple[FieldValue, ...]:
        """The fields so far."""
        return tuple(self._found)

    def text(self, name: str, *elements: Any | None) -> None:
        """Add the first element that has text."""
        for element in elements:
            if said := one_line(text(element)):
                self._add(name, FieldType.TEXT, said, element)
                return

    def identifier(
        self, name: str, element: Any | None, type_: FieldType = FieldType.IDENTIFIER
    ) -> None:
        """Add an identifier; IBAN, BIC and VAT ids are written without blanks."""
        said = one_line(text(element))
        if said:
            value = said if type_ is FieldType.IDENTIFIER else unspaced(said)
            self._add(name, type_, value, element)

    def tax_number(self, name: str, element: Any | None) -> None:
        """Add the number that a tax office gives; in some countries words of law stand there."""
        if any(map(str.isdigit, text(element))):
            self.identifier(name, element)

    def code(self, name: str, element: Any | None, type_: FieldType) -> None:
        """Add a code of a currency or a country."""
        said = text(element).upper()
        form = _CURRENCY if type_ is FieldType.CURRENCY else _COUNTRY
        if form.fullmatch(said):
            self._add(name, type_, said, element)

    def date(self, name: str, element: Any | None) -> None:
        """Add a date."""
        if value := day(element):
            self._add(name, FieldType.DATE, value, element)

    def money(self, name: str, elements: Iterable[Any]) -> None:
        """Add an amount in the document's currency; others are the same in that of the taxes."""
        for element in elements:
            value = money(element, self.currency)
            if isinstance(value, dict) and self.currency in {"", value.get("currency")}:
                self._add(name, FieldType.MONEY, value, element)
                return

    def address(self, name: str, parts: dict[str, Any | None], element: Any | None) -> None:
        """Add an address whose parts are elements; one of a country alone is none."""
        said = {part: one_line(text(found)) for part, found in parts.items()}
        value = {part: each for part, each in said.items() if each}
        if element is None or not value.keys() - {"country"}:
            return
        town = " ".join(value[part] for part in ("postcode", "city") if part in value)
        lines = [value.get("line1"), value.get("line2"), value.get("line3"), town]
        lines += [value.get("region"), value.get("country")]
        whole = ", ".join(line for line in lines if line)
        self._add(name, FieldType.ADDRESS, {"text": whole, **value}, element, whole)

    def _add(
        self, name: str, type_: FieldType, value: Value, element: Any, raw: str | None = None
    ) -> None:
        key = f"{name} {value}"
        if key in self._seen:
            return
        self._seen.add(key)
        self._found.append(
            FieldValue(
                name=name,
                type=type_,
                value=value,
                raw=one_line(text(element)) if raw is None else raw,
                path=place(element),
                source=FieldSource.XML,
                confidence=1.0,
            )
        )


def table(role: TableRole, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> XmlTable:
    """Return rows, each a text and a value for every column, as a table.

    A column in which no row says anything is left out: MINIMUM and BASIC know fewer.
    """
    used = [at for at in range(len(columns)) if any(row[at][0] for row in rows)]
    return XmlTable(
        role=role,
        columns=tuple(columns[at] for at in used),
        rows=tuple(
            TableRow(
                number=number,
                page=1,
                cells=tuple(RowCell(text=row[at][0], value=row[at][1]) for at in used),
            )
            for number, row in enumerate(rows, 1)
        ),
    )


def text_cell(said: str) -> Cell:
    """Return the cell of a text or an identifier."""
    said = one_line(said)
    return said, said or None


def money_cell(element: Any | None, currency: str) -> Cell:
    """Return the cell of an amount."""
    return text(element), money(element, currency)


def percent_cell(element: Any | None) -> Cell:
    """Return the cell of a rate."""
    rate = number(element)
    return text(element), None if rate is None else plain_number(rate)


def quantity_cell(element: Any | None) -> Cell:
    """Return the cell of a quantity with its unit, a code of UN/ECE Rec 20."""
    amount = number(element)
    if amount is None or element is None:
        return text(element), None
    unit = (element.get("unitCode") or "").strip()
    value = {"amount": plain_number(amount)}
    return one_line(f"{text(element)} {unit}"), {**value, "unit": unit} if unit else value
