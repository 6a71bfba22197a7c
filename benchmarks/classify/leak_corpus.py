"""Documents with planted markings and identifiers, and the level that each must at least have.

A document is a text without secrets (`leak_texts`) into which some of these are put: one or two
markings, as companies and authorities print them, at the top, at the bottom or in the middle of the
first or a later page; an identifier that its checksum or structure proves, with the words that
stand beside such a number; a disguise of either; and words and numbers that only look like them.
The same seed gives the same documents.
"""

from __future__ import annotations

import random
import string
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Block, Lane, LaneReason, Level, Line, Page, Word, box, strictest
from stdnum import luhn
from stdnum.ch import ssn as ch_ssn
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.iso7064 import mod_11_10, mod_97_10
from stdnum.it import codicefiscale

from .leak_texts import BODIES, DECOYS, FILLERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .leak_texts import Body

MARKS: dict[Level, tuple[str, ...]] = {
    Level.CONFIDENTIAL: (
        "Confidential", "Strictly confidential", "Company confidential", "Highly confidential",
        "Private and confidential", "Strictly private & confidential", "Commercial in confidence",
        "Confidential and proprietary", "Privileged and confidential", "TLP:RED", "Top secret",
        "Vertraulich", "Streng vertraulich", "Firmenvertraulich", "Persönlich / Vertraulich",
        "Streng geheim", "Confidentiel", "Strictement confidentiel", "Très confidentiel",
    ),
    Level.RESTRICTED: (
        "Restricted", "Restricted distribution", "Limited distribution", "Need to know",
        "Do not distribute", "Not for distribution", "TLP:AMBER", "Official-Sensitive",
        "VS-NfD", "VS - Nur für den Dienstgebrauch", "Nur für den Dienstgebrauch",
        "Eingeschränkter Verteiler", "Nicht zur Weitergabe bestimmt", "Diffusion restreinte",
        "Diffusion limitée", "Ne pas diffuser",
    ),
    Level.INTERNAL: (
        "Internal", "Internal use only", "For internal use only", "Company internal",
        "Not for public release", "TLP:GREEN", "Intern", "Nur für internen Gebrauch",
        "Nur für den internen Gebrauch", "Nur zum internen Gebrauch", "Betriebsintern",
        "Document interne", "Usage interne", "À usage interne",
    ),
    Level.PUBLIC: (
        "For public release", "Approved for public release", "Press release", "TLP:CLEAR",
        "Zur Veröffentlichung freigegeben", "Pressemitteilung", "Communiqué de presse",
        "Diffusion publique",
    ),
}  # fmt: skip

STATEMENTS: dict[Level, tuple[str, ...]] = {
    Level.CONFIDENTIAL: (
        "This document is confidential and meant for its recipients alone.",
        "This report contains confidential figures of the group.",
        "Dieses Dokument ist vertraulich und nur für die Empfänger bestimmt.",
        "Die Angaben sind streng vertraulich zu behandeln.",
        "Ce document est confidentiel et réservé à ses destinataires.",
    ),
    Level.RESTRICTED: (
        "It must not be distributed outside the project.",
        "Embargoed until 12 June 2026, ten o'clock.",
    ),
    Level.INTERNAL: (
        "This paper is for internal use only and will be revised.",
        "Die Übersicht ist nicht zur Veröffentlichung bestimmt.",
    ),
}

_PLAIN_DRESS = (
    "{}", "{upper}", "- {} -", "*** {upper} ***", "[{upper}]", "{}.", "{upper}!", "<< {upper} >>",
    "{upper} (DRAFT)", "DRAFT - {}", "{} / {upper}", "\N{BULLET} {} \N{BULLET}", "{}, 14 May 2026",
)  # fmt: skip
_EDGE_DRESS = (
    "{} | Northgate Instruments Ltd | Page 1 of 3", "Seilerei Brandt GmbH | {} | Seite 1 von 3",
    "{} - 14.05.2026", "Northgate Instruments Ltd - {}", "© Northgate Instruments Ltd. {}",
    "© 2026 Northgate Instruments Ltd. {}. All rights reserved.", "Version 1.2 | {}",
    "{}     4 / 12", "Document 4711     {}     Rev. B", "Northgate Instruments Ltd: {}",
    "Seite 2 {}",
)  # fmt: skip
_LABELS = (
    "Classification: {}", "Sensitivity: {}", "Klassifizierung: {}", "Einstufung: {}",
    "Document classification: {}", "Security level: {}", "Classification     {}", "Status: {}",
    "Confidentiality level: {}", "Vertraulichkeit: {}", "Schutzklasse: {}", "Marking: {}",
    "Classification : {}", "Classification: {} (see policy 12)",
)  # fmt: skip

PLACES = ("header", "footer", "title", "label", "stacked", "apart", "watermark", "statement")
"""Where a marking stands.

The last three are in the middle of a page; a stacked one is a stamp of one word below the other.
"""


class Identifier(NamedTuple):
    """What its number demands, how it is made, and beside which words it stands."""

    name: str
    level: Level
    make: Callable[[random.Random], str]
    carriers: tuple[str, ...]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def _iban(rng: random.Random) -> str:
    country, body = rng.choice(
        (
            ("DE", _digits(rng, 18)),
            ("AT", _digits(rng, 16)),
            ("FR", _digits(rng, 23)),
            ("NL", "INGB" + _digits(rng, 10)),
            ("GB", "NWBK" + _digits(rng, 14)),
        )
    )
    check = mod_97_10.calc_check_digits(body + country)
    number = f"{country}{check}{body}"
    return number if rng.random() < 0.3 else " ".join(textwrap.wrap(number, 4))


def _card(rng: random.Random) -> str:
    body = rng.choice(("4929", "5412", "4111", "5555")) + _digits(rng, 11)
    number = body + luhn.calc_check_digit(body)
    return rng.choice((" ", "-")).join(textwrap.wrap(number, 4))


def _idnr(rng: random.Random) -> str:
    # One digit stands twice, one is missing, none twice in a row: as the authority gives them.
    chosen = rng.sample(string.digits[1:], 9)
    body = "".join([*chosen, chosen[0]])
    number = body + mod_11_10.calc_check_digit(body)
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


def _pension(rng: random.Random) -> str:
    letter = rng.choice(string.ascii_uppercase)
    head = f"{rng.randint(2, 89):02d}{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}"
    head += f"{rng.randint(40, 99):02d}"
    serial = f"{rng.randint(0, 99):02d}"
    digits = head + f"{ord(letter) - 64:02d}" + serial
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(d) * w for d, w in zip(digits, weights, strict=True))
    check = sum(p // 10 + p % 10 for p in products) % 10
    return f"{head[:2]} {head[2:]} {letter} {serial}{check}"


def _ssn(rng: random.Random) -> str:
    return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


def _nir(rng: random.Random) -> str:
    body = f"{rng.choice('12')}{rng.randint(40, 99)}{rng.randint(1, 12):02d}"
    body += f"{rng.randint(10, 75)}{rng.randint(1, 500):03d}{rng.randint(1, 500):03d}"
    check = nir.calc_check_digits(body)
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:13]} {check}"


def _ahv(rng: random.Random) -> str:
    body = "756" + _digits(rng, 9)
    number = next(body + d for d in string.digits if ch_ssn.is_valid(body + d))
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"


def _fiscal_code(rng: random.Random) -> str:
    letters = "".join(rng.choices("BCDFGLMNPRSTV", k=6))
    body = f"{letters}{rng.randint(40, 99)}{rng.choice('ABCDEHLMPRST')}{rng.randint(1, 28):02d}"
    body += f"H{rng.randint(100, 999)}"
    return body + codicefiscale.calc_check_digit(body)


def _dni(rng: random.Random) -> str:
    body = _digits(rng, 8)
    return body + dni.calc_check_digit(body)


def _zone(rng: random.Random) -> str:
    def check(text: str) -> str:
        values = [0 if c == "<" else int(c, 36) for c in text]
        return str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)

    number = "C" + "".join(rng.choices("0123456789FGHJKLMNPRTVWXYZ", k=8))
    born = f"{rng.randint(40, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    expires = f"{rng.randint(27, 35)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    line = number + check(number) + "D<<" + born + check(born) + "F" + expires + check(expires)
    line += "<" * 14 + "<"
    return line + check(number + check(number) + born + check(born) + expires + check(expires))


def _born(rng: random.Random) -> str:
    return f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(1940, 2005)}"


IDENTIFIERS = (
    Identifier(
        "iban", Level.RESTRICTED, _iban,
        ("IBAN: {}", "Bitte überweisen Sie auf {}", "Please pay to {} by Friday", "{}"),
    ),
    Identifier(
        "payment_card", Level.CONFIDENTIAL, _card,
        ("Card number: {}", "Kreditkarte {}", "It was paid with {} in May", "{}"),
    ),
    Identifier(
        "tax_id", Level.CONFIDENTIAL, _idnr,
        ("Steuer-ID: {}", "Identifikationsnummer {}", "Steuerliche Identifikationsnummer: {}"),
    ),
    Identifier(
        "pension_number", Level.CONFIDENTIAL, _pension,
        ("Rentenversicherungsnummer: {}", "Sozialversicherungsnummer {}", "SV-Nummer: {}"),
    ),
    Identifier(
        "ssn", Level.CONFIDENTIAL, _ssn, ("SSN: {}", "Social security number {}", "SSN {}"),
    ),
    Identifier(
        "nir", Level.CONFIDENTIAL, _nir, ("Numéro de sécurité sociale : {}", "NIR {}", "{}"),
    ),
    Identifier("ahv", Level.CONFIDENTIAL, _ahv, ("AHV-Nr. {}", "AHV-Nummer: {}", "{}")),
    Identifier(
        "fiscal_code", Level.CONFIDENTIAL, _fiscal_code, ("Codice fiscale: {}", "C.F. {}", "{}"),
    ),
    Identifier("dni", Level.CONFIDENTIAL, _dni, ("DNI: {}", "NIF {}", "DNI {}")),
    Identifier("machine_readable_zone", Level.CONFIDENTIAL, _zone, ("{}",)),
    Identifier(
        "date_of_birth", Level.CONFIDENTIAL, _born,
        ("Geburtsdatum: {}", "Date of birth: {}", "geboren am {}", "Date de naissance : {}"),
    ),
)  # fmt: skip

_LOOKALIKES = str.maketrans(
    "ABCEHIKMOPTXaceiopsxy",
    "\u0410\u0412\u0421\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0422\u0425"
    "\u0430\u0441\u0435\u0456\u043e\u0440\u0455\u0445\u0443",
)
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _homoglyphs(rng: random.Random, text: str) -> str:
    """Replace some of the letters that have a twin in another script, at least one per word."""
    words = []
    for word in text.split(" "):
        twins = [i for i, c in enumerate(word) if c.translate(_LOOKALIKES) != c]
        chosen = set(rng.sample(twins, (len(twins) + 1) // 2))
        words.append(
            "".join(c.translate(_LOOKALIKES) if i in chosen else c for i, c in enumerate(word))
        )
    return " ".join(words)


def _invisible(rng: random.Random, text: str) -> str:
    """Put an invisible character after every second one that is visible."""
    filler = rng.choice("\u200b\u200c\u200d\u2060\u00ad\ufeff")
    return "".join(c + (filler if i % 2 == 0 and c != " " else "") for i, c in enumerate(text))


def _full_width(_: random.Random, text: str) -> str:
    return text.translate(_FULL_WIDTH)


def _spaced(_: random.Random, text: str) -> str:
    return "   ".join(" ".join(word) for word in text.split(" "))


DISGUISES: dict[str, Callable[[random.Random, str], str]] = {
    "homoglyph": _homoglyphs,
    "invisible": _invisible,
    "full_width": _full_width,
    "spaced": _spaced,
}
"""Spacing is for words alone: a number that is spaced out is no number of its form any more."""


class Marking(NamedTuple):
    """A marking that was planted."""

    level: Level
    place: str
    page: int
    text: str


@dataclass(frozen=True)
class Planted:
    """A document with what was put into it.

    ``least`` is the level that it must at least have. ``truth`` is the level that somebody who
    knows all of this would give it.
    """

    number: int
    body: Body
    pages: tuple[Page, ...]
    markings: tuple[Marking, ...]
    identifier: Identifier | None
    carried: str
    disguise: str | None
    decoys: int
    least: Level
    truth: Level


def documents(count: int, seed: int) -> Iterator[Planted]:
    """Yield so many documents, each another combination."""
    rng = random.Random(seed)
    for number in range(count):
        yield _document(number, rng)


def _document(number: int, rng: random.Random) -> Planted:
    body = BODIES[number % len(BODIES)]
    page_count = rng.choice((1, 2, 3, 3, 6))
    disguise = rng.choice((None, None, *DISGUISES))
    markings = _markings(rng, page_count, disguise)
    identifier = rng.choice(IDENTIFIERS) if rng.random() < 0.5 else None
    carried = ""
    if identifier is not None:
        value = identifier.make(rng)
        if disguise and disguise != "spaced":
            value = DISGUISES[disguise](rng, value)
        carried = rng.choice(identifier.carriers).format(value)
    decoys = rng.randint(0, 3)
    pages = _pages(rng, body, page_count, markings, carried, decoys)
    demands = [marking.level for marking in markings]
    if identifier is not None:
        demands.append(identifier.level)
    # A marking at the edge of the first page says what the whole is; without one, its type does.
    announced = any(
        m.page == 1 and m.place not in {"apart", "watermark", "statement"} for m in markings
    )
    usual = body.floor if announced or (markings and page_count == 1) else body.level
    planted = strictest(body.floor, *demands, Level.PUBLIC)
    if any(marking.level is Level.PUBLIC for marking in markings):
        usual = Level.CONFIDENTIAL if body.floor is Level.CONFIDENTIAL else Level.PUBLIC
        planted = strictest(usual, *demands)
    return Planted(
        number=number,
        body=body,
        pages=pages,
        markings=markings,
        identifier=identifier,
        carried=carried,
        disguise=disguise,
        decoys=decoys,
        least=planted,
        truth=strictest(planted, usual) if markings else strictest(planted, body.level),
    )


def _markings(rng: random.Random, pages: int, disguise: str | None) -> tuple[Marking, ...]:
    count = rng.choices((0, 1, 2), weights=(3, 10, 3))[0]
    levels = rng.sample(list(Level), count)
    return tuple(_marking(rng, level, pages, disguise) for level in levels)


def _marking(rng: random.Random, level: Level, pages: int, disguise: str | None) -> Marking:
    place = rng.choice(PLACES)
    page = 1 if place in {"title", "label", "stacked"} else rng.choice((1, 1, pages))
    if level is Level.PUBLIC:
        # Who releases a document says so where it begins.
        place, page = rng.choice(("header", "footer", "title")), 1
    if place == "statement":
        text = rng.choice(STATEMENTS[level])
        # A disguise of the words that matter; the sentence around them may be as it is.
        return Marking(level, place, page, DISGUISES[disguise](rng, text) if disguise else text)
    mark = rng.choice(MARKS[level])
    if place in {"stacked", "watermark"}:
        # A disguise and a stamp at once is more than anybody does.
        said = mark.upper() if place == "stacked" or rng.random() < 0.5 else mark
        return Marking(level, place, page, said)
    dress = _PLAIN_DRESS
    if place == "label":
        dress = _LABELS
    elif place in {"header", "footer"} and disguise != "spaced":
        dress = _PLAIN_DRESS + _EDGE_DRESS
    # The draft of a release is not released.
    released = level is Level.PUBLIC
    chosen = rng.choice([each for each in dress if not (released and "DRAFT" in each)])
    said = mark.upper() if "{upper}" in chosen else mark
    if disguise == "spaced":
        said = said.upper()
    if disguise:
        said = DISGUISES[disguise](rng, said)
    return Marking(level, place, page, chosen.format(said, upper=said))


# ------------------------------------------------------------------ pages
def _pages(
    rng: random.Random,
    body: Body,
    count: int,
    markings: tuple[Marking, ...],
    carried: str,
    decoys: int,
) -> tuple[Page, ...]:
    inner = [list(body.paragraphs)]
    fillers = FILLERS[body.language]
    inner += [rng.sample(fillers, 3) for _ in range(count - 1)]
    for decoy in rng.sample(DECOYS[body.language], decoys):
        rng.choice(inner).append(decoy)
    if carried:
        page = rng.choice((inner[0], inner[-1]))
        page.insert(rng.randint(1, len(page)), carried)
    edges: list[dict[str, list[str]]] = [{"header": [], "footer": []} for _ in inner]
    marks: list[list[str]] = [[] for _ in inner]
    for marking in markings:
        page = inner[marking.page - 1]
        if marking.place == "watermark":
            marks[marking.page - 1].append(marking.text)
        elif marking.place == "stacked":
            page.insert(0, "\n".join(marking.text.split(" ")))
        elif marking.place in {"header", "footer"}:
            edges[marking.page - 1][marking.place].append(marking.text)
        elif marking.place in {"title", "label"}:
            page.insert(0, marking.text)
        else:
            page.insert(rng.randint(1, len(page)), marking.text)
    return tuple(
        laid_out(number, paragraphs, watermarks, **edge)
        for number, (paragraphs, watermarks, edge) in enumerate(
            zip(inner, marks, edges, strict=True), start=1
        )
    )


def laid_out(
    number: int, paragraphs: list[str], watermarks: list[str], header: list[str], footer: list[str]
) -> Page:
    """Return an A4 page: blocks from 14% of its height down, header and footer at its edges.

    A watermark is a large line over the middle of it all, and comes after it.
    """
    rows: list[tuple[float, list[str]]] = []
    for place, text in enumerate(header):
        rows.append((0.03 + 0.03 * place, [text]))
    lines = [
        [piece for line in part.split("\n") for piece in textwrap.wrap(line, 95) or [""]]
        for part in paragraphs
    ]
    step = min(0.016, 0.72 / (sum(len(part) for part in lines) + len(lines)))
    top = 0.14
    for part in lines:
        rows.append((top, part))
        top += step * (len(part) + 1)
    for place, text in enumerate(footer):
        rows.append((0.92 + 0.03 * place, [text]))
    blocks = [
        _block(number, place, top, texts, 0.8 * step)
        for place, (top, texts) in enumerate(rows, start=1)
    ]
    blocks += [
        _block(number, len(blocks) + place, 0.45, [text], 0.08)
        for place, text in enumerate(watermarks, start=1)
    ]
    return Page(
        number=number,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
        blocks=tuple(blocks),
    )


def _block(page: int, place: int, top: float, texts: list[str], height: float) -> Block:
    lines = []
    for row, text in enumerate(texts):
        at = top + row * height / 0.8
        words = []
        left = 0.08
        # Several spaces part words that are spaced out.
        for index, word in enumerate(text.split(" ")):
            if word:
                right = left + 0.0085 * len(word)
                name = f"p{page}.w{place * 1000 + row * 60 + index}"
                words.append(
                    Word(
                        id=name, text=word, polygon=box(left, at, right, at + height), confidence=1
                    )
                )
                left = right
            left += 0.0085
        lines.append(
            Line(
                id=f"p{page}.l{place * 100 + row}",
                text=" ".join(word.text for word in words),
                polygon=box(0.08, at, max(left, 0.1), at + height),
                words=tuple(words),
            )
        )
    return Block(
        id=f"p{page}.b{place}",
        polygon=box(0.08, top, 0.95, top + len(texts) * height / 0.8),
        lines=tuple(lines),
    )
