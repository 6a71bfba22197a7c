"""Values by the type of their field: what is printed made into what the model stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import FieldType

from . import address, bic, country, currency, dates, duration, iban, money, numbers, percent, vat
from . import quantity as quantities
from .text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.model import Value

_YES = frozenset("yes ja oui true x ☑ ☒ ✓ ✔ ✗ [x] selected wahr vrai 1".split())
_NO = frozenset("no nein non false ☐ [] [ ] not_selected falsch faux 0".split())
_LANGUAGES = {
    "english": "en", "englisch": "en", "anglais": "en", "german": "de", "deutsch": "de",
    "allemand": "de", "french": "fr", "französisch": "fr", "français": "fr",
}  # fmt: skip


def normalise(kind: FieldType, text: str, locale: Locale) -> Value | None:
    r"""Return what a text is as a value of a type (`docparser.model.extraction.Value`).

    Parameters
    ----------
    kind
        The type of the field or column.
    text
        As it is printed, without the label; an address has its lines parted by ``\n``.
    locale
        What ambiguous dates and numbers are read by.

    Returns
    -------
    Value or None
        None if the text is no such value.
    """
    return _READERS[kind](text, locale)


def decimal_text(number: Decimal) -> str:
    """Return a decimal as it is stored: digits and a point, never an exponent, never ``-0``."""
    return format(number if number else abs(number), "f")


def amount(value: money.Amount) -> dict[str, str]:
    """Return an amount as it is stored; its currency is left out where it is not known."""
    stored = {"amount": decimal_text(value.amount)}
    return stored | {"currency": value.currency} if value.currency else stored


def _text(text: str, _: Locale) -> Value | None:
    return squeeze(text) or None


def _identifier(text: str, _: Locale) -> Value | None:
    return squeeze(text).strip(" .,:;#").replace(" ", "") or None


def _date(text: str, locale: Locale) -> Value | None:
    found = dates.parse(text, locale)
    return None if found is None else found.isoformat()


def _number(text: str, locale: Locale) -> Value | None:
    found = numbers.parse(text, locale)
    return None if found is None else decimal_text(found)


def _percent(text: str, locale: Locale) -> Value | None:
    found = percent.parse(text, locale)
    return None if found is None else decimal_text(found)


def _money(text: str, locale: Locale) -> Value | None:
    found = money.parse(text, locale)
    return None if found is None else amount(found)


def _quantity(text: str, locale: Locale) -> Value | None:
    found = quantities.parse(text, locale)
    if found is None:
        return None
    stored = {"amount": decimal_text(found.amount)}
    return stored | {"unit": found.unit} if found.unit else stored


def _address(text: str, locale: Locale) -> Value | None:
    whole = squeeze(text.replace("\n", ", "))
    parts = address.parse(text.split("\n"), locale)
    return parts or ({"text": whole} if whole else None)


def _boolean(text: str, _: Locale) -> Value | None:
    said = squeeze(text).lower()
    return True if said in _YES else False if said in _NO else None


def _language(text: str, _: Locale) -> Value | None:
    said = squeeze(text).lower()
    return said if len(said) == 2 and said.isascii() and said.isalpha() else _LANGUAGES.get(said)


_READERS: dict[FieldType, Callable[[str, Locale], Value | None]] = {
    FieldType.TEXT: _text,
    FieldType.IDENTIFIER: _identifier,
    FieldType.DATE: _date,
    FieldType.DURATION: lambda text, _: duration.parse(text),
    FieldType.NUMBER: _number,
    FieldType.PERCENT: _percent,
    FieldType.MONEY: _money,
    FieldType.QUANTITY: _quantity,
    FieldType.CURRENCY: currency.parse,
    FieldType.COUNTRY: lambda text, _: country.parse(text),
    FieldType.LANGUAGE: _language,
    FieldType.IBAN: lambda text, _: iban.parse(text),
    FieldType.BIC: lambda text, _: bic.parse(text),
    FieldType.VAT_ID: lambda text, _: vat.parse(text),
    FieldType.ADDRESS: _address,
    FieldType.BOOLEAN: _boolean,
}
