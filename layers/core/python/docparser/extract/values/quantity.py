"""Quantities: a number and a unit, to UN/ECE Recommendation 20 where it has the unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from . import numbers
from .text import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from docparser.extract.extractor import Locale

_UNITS = {
    "H87": "stk stk. stck stck. stück st st. pcs pcs. pc pc. piece pieces pièce pièces pce pces "
    "stücke pz szt nos nos. no no.",
    "C62": "ea ea. each unit units unité unités einheit einheiten x \u00d7",
    "HUR": "h hr hrs hour hours std std. stunde stunden heure heures",
    "DAY": "d day days tag tage jour jours",
    "MON": "month months monat monate mois",
    "ANN": "year years jahr jahre an ans",
    "WEE": "week weeks woche wochen semaine semaines",
    "MIN": "min min. minute minutes minuten",
    "KGM": "kg kgs kilo kilogramm kilogramme kilogram",
    "GRM": "g gr gramm gramme gram grams",
    "TNE": "t to tonne tonnen tonnes",
    "LBR": "lb lbs",
    "LTR": "l ltr liter litre litres",
    "MLT": "ml",
    "MTR": "m meter mètre mètres metre metres lfm",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km",
    "MTK": "m2 m² qm sqm",
    "MTQ": "m3 m³ cbm",
    "KWH": "kwh",
    "MWH": "mwh",
    "SET": "set sets satz garnitur",
    "PR": "pr paar pair pairs paire paires",
    "XBX": "box boxes karton kartons carton cartons ctn",
    "XPK": "pack packs packung packungen pkg pck pkt paket pakete paquet paquets",
    "XBO": "fl flasche flaschen bottle bottles bouteille bouteilles btl",
    "LS": "pauschal psch psch. pauschale forfait lump",
    "P1": "%",
}
UNITS = {name: code for code, names in _UNITS.items() for name in names.split()}
"""Units as they are printed, in lower case, with their codes."""

_AMOUNT = re.compile(r"[-+]?[0-9][0-9.,' ]*")
_UNIT = re.compile(r"[^\W\d_][^\d\s]{0,11}[23²³]?|[\u00d7%]")


class Quantity(NamedTuple):
    """How much, and of what: a code of Rec 20, the unit as printed, or None where none is."""

    amount: Decimal
    unit: str | None = None


def parse(text: str, locale: Locale) -> Quantity | None:
    """Return the quantity that a text is: ``2 Stk``, ``12,5 kg``, ``3x`` or a number alone."""
    said = plain(text).strip()
    if len(said) > 60 or (match := _AMOUNT.match(said)) is None:
        return None
    amount = numbers.parse(match[0].strip(" .,'"), locale)
    if amount is None:
        return None
    rest = said[match.end() :].strip()
    if not rest:
        return Quantity(amount)
    return Quantity(amount, unit(rest)) if _UNIT.fullmatch(rest) else None


def unit(text: str) -> str:
    """Return the code of a unit, or the unit as it is printed."""
    said = plain(text).strip()
    return UNITS.get(said.lower(), said)
