"""For how long an agreement, or else what it obliges to, holds.

Agreements are full of durations: of notice, of renewals, of payment. Each is judged by what its
sentence says before and behind it; what is said most plainly is the agreement's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEHIND, _AHEAD = 320, 170


def _signs(*signs: tuple[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(sign, re.IGNORECASE)) for weight, sign in signs)


_AGREEMENT = (
    r"(?:agreement|contract|lease|license|undertaking|\w*vertrag\w*|\w*vereinbarung|"
    r"\w*vertragsverhältnis\w*|contrat|accord|convention|bail)"
)
_HOLDS = (
    r"(?:expires?|terminates?|continues?|remains?|ends?|lapses?|effective|force|valid|binding|"
    r"commences?|runs?|gilt|läuft|endet|dauer\w*|geschlossen|abgeschlossen|zeitraum|laufzeit|"
    r"durée|pendant|vigueur|expire|prend)"
)
_OBLIGATIONS = (
    r"(?:obligations?|undertakings?|covenants?|dut(?:y|ies)|confidentiality|restrictions?|"
    r"confidential\s+information|\w*geheimhaltung\w*|verpflichtung\w*|\w*vertraulich\w*|"
    r"verschwiegenheit\w*|\w*pflichten|obligations?|confidentialité|engagements?)"
)

# What the sentence says before the duration.
_BEFORE = _signs(
    (3.0, rf"\b(?:term|duration|durée|laufzeit|dauer)\s+(?:of|for|du|de\s+la|de\s+l'|der|des|"
     rf"dieser|dieses)\s*(?:(?:this|the|présente?)\s+)?(?:\w+\s+){{0,3}}{_AGREEMENT}\b"),
    (2.5, r"\b(?:initial|original|fixed)\s+term\b|"
     r"\b(?:for|have|has)\s+(?:a|the)\s+(?:\w+\s+)?term\s+of\b|"
     r"\bdurée\s+(?:déterminée\s+|initiale\s+|ferme\s+)?de\b|"
     r"\b\w*(?:laufzeit|vertragsdauer)\s+(?:beträgt|ist|von)\b"),
    (2.5, rf"\b(?:this|the|dieser?|der|die|le|la|présente?|cette)\s+(?:[\w-]+\s+){{0,3}}"
     rf"{_AGREEMENT}\b[^.;]{{0,150}}?\b{_HOLDS}\b"),
    (1.0, r"\b(?:term|duration|laufzeit|dauer|vertragsdauer|durée)\b[^.]{0,40}\Z"),
    (2.0, r"\b(?:valable|valide|valid\s+for|in\s+force\s+for|in\s+kraft\s+für)\s*\Z"),
    (1.8, rf"\b{_OBLIGATIONS}\b[^;]{{0,220}}?\b(?:survive|last|period|apply|cease|gelten|bestehen|"
     rf"fort|{_HOLDS})\b"),
    (1.6, r"\b(?:keep|hold|maintain|treat|preserve)\b[^.;]{0,160}\b(?:confiden\w*|secret\w*)\b"
     r"[^.;]{0,40}\bfor\s*\Z"),
    (1.5, r"\b(?:not|never)\b[^;.]{0,60}\b(?:disclose|use)\b[^;.]{0,120}\Z"),
    (0.6, r"\b(?:period|zeitraum|dauer|durée|période)\s+(?:of|von|de)\s*\Z"),
    (-2.5, r"\b(?:notice|within|at\s+least|less\s+than|prior|earlier\s+than|last|preceding|past|"
     r"previous|every|each|innerhalb|binnen|\w*frist|mindestens|dans|préavis|moins)\b[^.,;]{0,30}\Z"),
    (-2.5, r"\b(?:renew\w*|extend\w*|successive|additional|verläng\w+|reconduction|renouvel\w+|"
     r"prorog\w+)\b[^.;]{0,60}\Z"),
    (-0.8, r"\b(?:following|after)\b[^.;]{0,60}\Z"),
)  # fmt: skip

# What it says behind it.
_AFTER = _signs(
    (1.5, r"\A[^.;]{0,30}?\b(?:from|after|following|beginning|commencing|as\s+of|of|ab|nach|seit|"
     r"à\s+compter)\b[^.;]{0,40}?\b(?:date|effective\s+date|hereof|inkrafttreten\w*|"
     r"unterzeichnung|vertragsschluss|abschluss|signature|entrée\s+en\s+vigueur)\b"),
    (2.5, r"\A\s*(?:befristet|(?:fest\s+)?(?:ab)?geschlossen)\b"),
    (0.8, r"\A[^.;]{0,30}?\b(?:from|after|following)\b[^.;]{0,40}?\b(?:disclosure|receipt|receive|"
     r"disclosed)"),
    (-1.6, r"\A[^.;]{0,24}?\b(?:after|following|nach|après)\b[^.;]{0,50}?\b(?:terminat\w+|"
     r"expir\w+|beendigung|ablauf|ende|vertragsende|résiliation|cessation|fin)\b"),
    (-3.5, r"\A'?s?'?\s*(?:prior\s+|advance\s+|written\s+|vorherige\w*\s+)*(?:notice|"
     r"schriftlich\w*|kündigungsfrist)"),
    (-3.5, r"\A(?:(?!unless|upon|until|ohne|without|sans)[^.;]){0,24}?\b(?:prior\s+to|before|"
     r"zum\s+(?:\w+\s+){0,2}?(?:ende|monatsende|quartal\w*|jahresende)|notice|kündig\w+|de\s+préavis|avant|of\s+age)\b"),
    (-2.0, r"\A[^.;]{0,20}?\bperiod\s+following\s+the"),
)  # fmt: skip

# What the sentence and its heading are about, wherever in it that is said.
_TOPICS = _signs(
    (-3.0, r"\b(?:stand-?still|\w*solicit\w*|hire|employment|compete|competition|competing|"
     r"recruit\w*|abwerb\w*|\w*wettbewerb\w*|restricted\s+period|concurrence|débauch\w+|"
     r"sollicit\w+)\b"),
    (-2.5, r"\b(?:invoices?|payments?|payable|cure|remedy|\w*rechnung\w*|zahlung\w*|zahlbar|"
     r"factures?|paiement|payables|warrant(?:y|s|ies)|\w*gewährleist\w*|garantie?\w*|garanti|deliver\w*|"
     r"severance|salary|records?|audits?|aufbewahr\w*|einbehalt\w*|livraison|securities)\b"),
)  # fmt: skip

_HEADED = re.compile(
    r"\b(?:term(?:\s+(?:and|&)\s+termination)?|duration|period|expiration|laufzeit|vertragsdauer|"
    r"dauer|inkrafttreten|durée(?:\s+\w+){0,5})\s*[.:;\u2013-]?\s*\Z",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.;:](?=\s+(?:[A-ZÀ-Þ\"(§]|\d|\Z))|\n")

# A heading has no more words; what has is a sentence.
_HEADING = 5

_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth"
).split()
_ANNIVERSARY = re.compile(
    rf"\b(?:(?P<nth>{'|'.join(_NTH)}|twentieth)|(?P<number>\d{{1,2}})(?:st|nd|rd|th))"
    r"(?:\s+\(\d{1,2}(?:st|nd|rd|th)?\))?\s+anniversary\b",
    re.IGNORECASE,
)
_LEAST = 1.4

# A page with more durations is no prose, and each is looked at closely.
_MOST = 300


@dataclass(frozen=True, slots=True)
class Term:
    """Where a duration stands, in ISO 8601, and how much says that it is the agreement's."""

    start: int
    end: int
    length: str
    strength: float


def terms(text: str) -> Iterator[Term]:
    """Yield the durations of a text for which enough speaks."""
    flat = text.replace("\n", " ")
    found = (*duration.find(flat), *_anniversaries(flat))
    for start, end, length in found[:_MOST]:
        strength = _strength(text, flat, start, end)
        # Days are of notice and payment, with few exceptions.
        if length[-1] == "D":
            strength -= 1.5
        if strength >= _LEAST:
            yield Term(start, end, length, strength)


def _anniversaries(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield terms that end on a day of the year: "the third anniversary of the date hereof"."""
    for found in _ANNIVERSARY.finditer(text):
        nth = (found["nth"] or "").casefold()
        years = int(found["number"] or (_NTH.index(nth) + 1 if nth in _NTH else 20))
        if years:
            yield *found.span(), f"P{years}Y"


def _strength(text: str, flat: str, start: int, end: int) -> float:
    since = max(0, start - _BEHIND)
    heading_at, begin = (since + place for place in _begin(text[since:start]))
    before, after = flat[begin:start], flat[end : end + _AHEAD]
    heading = flat[heading_at:begin]
    if len(heading.split()) > _HEADING:
        heading = ""
    stop = _BREAK.search(text, end, end + _AHEAD)
    sentence = flat[begin : stop.start() if stop else end + _AHEAD]
    strength = sum(weight for weight, sign in _BEFORE if sign.search(before))
    strength += sum(weight for weight, sign in _AFTER if sign.search(after))
    for weight, sign in _TOPICS:
        if sign.search(sentence) or sign.search(heading):
            strength += weight
    return strength + (1.5 if _HEADED.search(heading.rstrip(" .:;")) else 0.0)


def _begin(window: str) -> tuple[int, int]:
    """Return where the last sentence of a text begins, and the one before it."""
    heading = begin = 0
    for stop in _BREAK.finditer(window):
        if stop.group() == "\n":
            ended = window[: stop.start()].rstrip().endswith((".", ":", ";"))
            # A narrow column breaks its lines within sentences.
            if ended or window[stop.end() : stop.end() + 1].islower():
                continue
        heading, begin = begin, stop.end()
    return heading, begin
