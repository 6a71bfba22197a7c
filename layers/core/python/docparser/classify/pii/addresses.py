"""Postal addresses: a street and a number as its country writes them, and what goes with them.

The street with its number is the anchor; a house number before it, a flat, a postal code and a town
beside or below it are taken along, over a few lines.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from docparser.model import PiiType

from .engine import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.classify.reading import Reading

_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
# Few parts: a line of A-A-A-A can be taken apart in as many ways as it has hyphens, and more.
_CAP = rf"{_UPPER}[^\W\d_]*(?:[.'-][^\W\d_]+){{0,4}}\.?"
_SMALL = r"(?:de|du|des|del|della|di|da|do|dos|la|le|les|l|d|of|the|van|von|den|der|am|an|auf|y)"
_NAME = rf"(?:{_CAP}|{_SMALL}(?=[ ']))"
_HOUSE = r"\d{1,5} ?(?:[a-zA-Z]|bis|ter)?(?: ?[-/] ?\d{1,5} ?[a-zA-Z]?)?(?![\w,.]*\d)"
_NUMBER = r"\d{1,6}[a-zA-Z]?,?"

_GERMAN = (
    # Musterstraße 42, Verwaltung Straße 40, MUSTERSTR. 9, Alte Bergstraße 8, Am Alten Markt 5
    rf"(?:(?:{_UPPER}[^\W\d_]+(?:e|er|en) )?{_CAP}-)?"
    rf"(?:{_UPPER}[^\W\d_]+(?i:stra(?:ß|ss)e|str\.|str|weg|platz|allee|gasse|ring|damm|ufer|"
    r"chaussee|markt|steig|promenade|hof|wall|graben|gässchen|stieg|pfad|kamp)"
    rf"|(?:{_CAP}[ -]){{1,2}}(?:(?i:stra(?:ß|ss)e|str\.)|Weg|Platz|Allee|Ring|Damm|Ufer|WEG|PLATZ"
    rf"|ALLEE))\s{_HOUSE}"
    rf"|(?:Am|Im|Zum|Zur|An der|An den|Auf der|Auf dem|Unter den|In der|Beim|Hinter der) {_CAP}"
    rf"(?: {_CAP})? (?!\d{{4}}){_HOUSE}"
)
_ENGLISH = (
    rf"(?:{_NUMBER} )?(?!1[5-9]\d\d,|20\d\d,){_NUMBER}(?: {_CAP}){{1,4}} "
    r"(?:(?i:street|road|rd|avenue|ave|lane|drive|boulevard|blvd)|St|Ln|Dr|Court|Ct|Place|Pl|Square"
    r"|Sq|Terrace|Way|Parkway|Pkwy|Close|Crescent|Cres|Gardens|Grove|Hill|Park|Row|Walk|Mews|Hwy"
    r"|Highway|Turnpike|Circle|Trail|Alley|Loop|Route|Ridge|View|Heights|Run|Pike"
    r"|ST|LN|DR|COURT|PLACE|PL|SQUARE|TERRACE|WAY|CLOSE|CRESCENT|ROW)(?![^\W_])\.?"
)
_FRENCH = (
    rf"{_NUMBER} ?(?:bis |ter )?(?i:rue|avenue|av\.|boulevard|bd|chemin|place|impasse|allée|quai|"
    rf"route|cours|square|passage|sentier|faubourg) (?:{_NAME}[ ']){{0,4}}{_CAP}"
)
_ROMANCE = (
    rf"(?:Via|Viale|Piazza|Corso|Vicolo|Largo|Calle|C/|Avenida|Avda\.|Av\.|Plaza|Paseo|Rua|R\.|"
    rf"Travessa|Praça|ul\.|Ul\.|ulica|al\.|pl\.|os\.|Λεωφόρος|Rúa|Carrer|Ronda|Camino) ?"
    rf"(?:{_NAME} ){{0,4}}{_CAP},? (?:n[.º°]? ?)?{_HOUSE}"
)
_NORTHERN = (
    rf"(?:{_CAP} ){{0,2}}[^\W\d_]{{2,}}(?i:straat|laan|gracht|plein|kade|dijk|singel|gatan|gata|"
    r"vägen|väg|veien|vegen|vej|gade|stræde|katu|katu|tie|polku|utca|útja|tér|terrasse|allé|gate|"
    rf"gränd|stien|ova|ého|ská|ova) {_HOUSE}"
    rf"|(?:{_CAP} ){{1,2}}(?:utca|u\.|útja|út|tér|trg|ulica|gate|vei|väg|terrasse|tie|terrass) "
    rf"{_HOUSE}"
)
_BOX = (
    r"(?i:p\. ?o\. ?box|po box|postfach|postbus|bo[iî]te postale|casella postale|apartado|postboks)"
    r" \d[\d ]{0,8}\d|(?i:p\. ?o\. ?box|po box|postfach) \d"
    r"|(?:PSC|Unit|CMR) \d{2,5},? Box \d{1,5}|(?:USNS|USNV|USS|USCGC) [^\W\d_]+(?=\s+[AFD]PO )"
)
_UNIT = (
    r"(?i:suite|ste|apt|apartment|unit|flat|room|floor|wohnung|whg|app|appt|bât|esc|piso)\.? ?#?"
    r"\d{1,5}[a-zA-Z]?"
)
# A number before a street of any name counts where a flat follows: 6750 Koskikatu 25 Apt. 864.
_WITH_UNIT = (
    rf"(?:\d{{1,6}} )?{_NAME}(?: {_NAME}){{0,3}}(?: \d{{1,5}}[a-zA-Z]?\.?)?(?: {_CAP}){{0,2}}"
    rf"[ ,\n]{{1,2}}{_UNIT}"
)
# A street of any name above its postal code and town: Ecke 12 / 12345 Stadthausen.
_ABOVE_TOWN = rf"{_CAP}(?: {_NAME}){{0,2}} {_HOUSE}(?=\n(?:[A-Z]{{1,2}}[- ])?\d{{4,5}} {_CAP})"
_CORNER = rf"(?:the )?corner of [^\n]{{3,40}}? and {_CAP}(?: {_CAP}){{0,2}}"
_ANCHORS = (
    ("german", _GERMAN), ("english", _ENGLISH), ("french", _FRENCH), ("romance", _ROMANCE),
    ("northern", _NORTHERN), ("box", _BOX), ("unit", _WITH_UNIT), ("corner", _CORNER),
    ("above_town", _ABOVE_TOWN),
)  # fmt: skip

_BEFORE = re.compile(r"(?<![^\W_])(?:\d{1,6}[a-zA-Z]?,? ){1,2}$")
_POSTAL = (
    r"(?:(?:D|DE|A|AT|CH|F|FR|L|LU|B|BE|NL|I|IT|E|ES|DK|S|SE|FI|PL|CZ)[- ])?"
    r"\d{4,6}(?:-\d{3,4})?|\d{3} \d{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} [A-Z]{2}"
)
_STATE = r"(?:A[AEP]|[A-Z]{2}|nan)(?![^\W_])"
_TOWN = rf"{_CAP}(?:[ -](?:{_NAME} )?{_CAP}){{0,3}}"
_AFTER = (
    rf"(?:[ ,\n]{{1,4}}(?:{_UNIT}))?"
    rf"(?:[ ,\n]{{1,4}}(?:{_UNIT}))?"
    rf"(?:[ ,\n-]{{1,4}}(?:{_POSTAL})(?![^\W_])(?:[ ,]{{1,2}}{_TOWN})?"
    rf"|[ ,\n]{{1,4}}(?:[AFD]PO )?{_TOWN}[ ,\n]{{1,4}}(?:{_STATE}[ ,\n]{{1,3}})?"
    rf"(?:(?!HR[AB] ){_CAP}(?: {_CAP})?(?: \({_CAP}\))?[ \n])?(?:{_POSTAL})(?![^\W_])"
    rf"|[ ,\n]{{1,4}}[AFD]PO {_STATE} \d{{5}})?"
)
_LABELS = (
    "anschrift", "adresse", "address", "home address", "postal address", "billing address",
    "shipping address", "delivery address", "lieferadresse", "rechnungsadresse", "wohnhaft",
    "wohnhaft in", "wohnadresse", "residing at", "resides at", "lives at", "address is",
    "indirizzo", "dirección", "domicile",
)  # fmt: skip
_LABELLED = (
    rf"[\s:.=-]{{1,4}}((?:{_NUMBER} ){{0,2}}(?:{_NAME} ){{1,4}}\d{{1,5}}[a-zA-Z]?(?![\w/-]|[.,]\d))"
)
_LONGEST = 160
_DIGIT = re.compile(r"\d")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _anchored(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])")


def find_addresses(reading: Reading) -> Iterator[Hit]:
    """Yield the addresses of a page, each from its house number to its town.

    Only lines with digits are searched for streets.
    """
    text = reading.parted
    for start, end in _digit_lines(reading):
        for rule, pattern in _ANCHORS:
            for match in _anchored(pattern).finditer(text, start, end):
                yield _whole(text, *match.span(), rule)
    labelled = _compiled(_LABELLED)
    for phrase in _LABELS:
        for _, end in reading.find(phrase):
            if value := labelled.match(text, end):
                yield _whole(text, *value.span(1), "labelled")


def _digit_lines(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield runs of lines that have digits, with the line below, where the town may stand."""
    start = None
    for line in reading.lines:
        if _DIGIT.search(reading.text, line.start, line.end):
            start = line.start if start is None else start
        elif start is not None:
            yield start, line.end
            start = None
    if start is not None:
        yield start, len(reading.text)


def _whole(text: str, start: int, end: int, rule: str) -> Hit:
    """Return an anchor with the house number before it and what follows a street."""
    if before := _BEFORE.search(text, max(0, start - 14), start):
        start = before.start()
    after = _compiled(_AFTER).match(text, end, min(len(text), end + _LONGEST))
    follows = bool(after and after.group())
    end = after.end() if after else end
    end = start + len(text[start:end].rstrip(" ,-\n"))
    return Hit(PiiType.ADDRESS, start, end, 0.75 if follows else 0.6, f"address.{rule}")
