"""For how long an agreement, or else what it obliges to, holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACK = 320
_AHEAD = 170


def _signs(*signs: tuple[float, str]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(sign, re.IGNORECASE)) for weight, sign in signs)


_AGREEMENT = (
    r"(?:agreement|contract|lease|license|undertaking|\w*vertrag\w*|\w*vereinbarung|contrat|accord|"
    r"convention|bail)"
)

# What the sentence before a duration says for it, or against it.
_BEFORE = _signs(
    (3.0, rf"\b(?:initial\s+)?term\s+(?:of|for)\s+(?:this|the)\s+(?:\w+\s+){{0,3}}{_AGREEMENT}\b"),
    (2.5, r"\b(?:initial|original|fixed)\s+term\b|\bfor\s+(?:a|an|the)\s+(?:\w+\s+)?term\s+of\b"),
    (
        2.5,
        rf"\b(?:this|the)\s+(?:\w+[\s-]+){{0,3}}{_AGREEMENT}\b[^.;]{{0,150}}?\b(?:expires?|terminates?|"
        r"continues?|remains?|ends?|lapses?|effective|in\s+(?:full\s+)?(?:force|effect)|valid|binding)\b",
    ),
    (1.5, r"\b(?:term|duration|laufzeit|dauer|vertragsdauer|durée)\b[^.]{0,40}\Z"),
    (
        1.8,
        r"\b(?:obligations?|undertakings?|covenants?|confidentiality|provisions?|restrictions?|"
        r"confidential|keep|maintain)\b[^;]{0,220}?\b(?:continue|remain|survive|last|expire|"
        r"terminate|effect|binding|period|apply|force|cease|for|end)\b",
    ),
    (
        2.8,
        r"\blaufzeit\b|\bvertragsdauer\b|\b(?:dieser?|der|die)\s+\w*(?:vertrag|vereinbarung)\b"
        r"[^.;]{0,120}?\b(?:gilt|läuft|dauer|endet|geschlossen|abgeschlossen|zeitraum)\b",
    ),
    (
        1.8,
        r"\b(?:geheimhaltung\w*|verpflichtung\w*|vertraulichkeit\w*|verschwiegenheit\w*|pflichten)\b",
    ),
    (
        2.8,
        r"\b(?:présente?|le|la)\s+(?:contrat|accord|convention|bail)\b[^.;]{0,160}?\bdurée\b|"
        r"\bdurée\s+(?:du|de\s+la|de\s+l')\s*(?:présente?\s+)?(?:contrat|accord|convention)",
    ),
    (
        1.8,
        r"\b(?:obligations?|confidentialité|engagements?)\b[^.;]{0,160}?\b(?:durée|pendant|période)\b",
    ),
    (0.6, r"\bperiod\s+of\s*\Z|\bzeitraum\s+von\s*\Z|\bdauer\s+von\s*\Z|\bdurée\s+de\s*\Z"),
    (
        -2.5,
        r"\b(?:notice|within|at\s+least|less\s+than|prior|earlier\s+than|last|preceding|past|"
        r"previous|every|each|innerhalb|binnen|frist|mindestens|dans\s+(?:les|un)|préavis|moins)\b"
        r"[^.,;]{0,30}\Z",
    ),
    (
        -2.0,
        r"\b(?:renew\w*|extend\w*|successive|additional|verläng\w+|reconduction|renouvel\w+|"
        r"prorog\w+)\b[^.;]{0,60}\Z",
    ),
    (
        -2.5,
        r"\b(?:standstill|solicit\w*|hire|employ(?:ment)?|compet\w+|recruit\w*|abwerb\w*|"
        r"wettbewerb\w*|restricted\s+period|concurrence|débauch\w+)\b",
    ),
    (-0.8, r"\b(?:survive\w*|following|after)\b[^.;]{0,60}\Z"),
    (
        -2.0,
        r"\b(?:invoice|payment|pay|cure|remedy|rechnung|zahlung|facture|paiement|warranty|"
        r"gewährleist\w*|garantie|return|deliver|severance|salary|records?|audit)\b",
    ),
)

# The same for what comes behind it.
_AFTER = _signs(
    (
        1.5,
        r"\A[^.;]{0,30}?\b(?:from|after|following|beginning|commencing|as\s+of|ab|nach|seit|"
        r"à\s+compter)\b[^.;]{0,40}?\b(?:date\s+(?:hereof|of\s+this|first|set|of\s+(?:the\s+)?"
        r"(?:execution|signature|signing|last))|effective\s+date|hereof|inkrafttreten\w*|"
        r"unterzeichnung|vertragsschluss|abschluss|signature|entrée\s+en\s+vigueur|date\s+d'effet)",
    ),
    (
        0.8,
        r"\A[^.;]{0,30}?\b(?:from|after|following)\b[^.;]{0,40}?\b(?:disclosure|receipt|disclosed)",
    ),
    (
        -0.8,
        r"\A[^.;]{0,24}?\b(?:after|following|nach|après)\b[^.;]{0,50}?\b(?:terminat\w+|expir\w+|"
        r"beendigung|ablauf|ende|vertragsende|résiliation|cessation|fin)\b",
    ),
    (
        -3.0,
        r"\A'?s?'?\s*(?:prior\s+|advance\s+|written\s+|vorherige\w*\s+)*(?:notice|schriftlich\w*\s+"
        r"kündig\w*|kündigungsfrist)|\A(?:(?!unless|upon|until)[^.;]){0,24}?\b(?:prior\s+to|before|zum\s+(?:ende|monatsende|"
        r"quartal\w*|jahresende)|written\s+notice|notice|kündig\w+|de\s+préavis|avant|of\s+age)\b",
    ),
    (-2.0, r"\A[^.;]{0,20}?\b(?:period\s+following\s+the|anniversar)"),
)
_HEADED = re.compile(
    r"\b(?:term(?:\s+(?:and|&)\s+termination)?|duration|period|expiration|laufzeit|vertragsdauer|"
    r"dauer|inkrafttreten|durée(?:\s+\w+){0,5})\s*[.:;\-–—]?\s*\Z",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.;:](?=\s+(?:[A-ZÀ-Þ\"(]|\d))|\n")
_LEAST = 1.4


@dataclass(frozen=True, slots=True)
class Term:
    """Where a duration stands, in ISO 8601, and how much says that it is the agreement's."""

    start: int
    end: int
    length: str
    strength: float


def terms(text: str, since: int = 0) -> Iterator[Term]:
    """Yield the durations of a text for which enough speaks, from ``since`` on."""
    flat = text.replace("\n", " ")
    for at, to, length in duration.find(flat[since:]):
        start, end = since + at, since + to
        before, headed = _sentence(text, start)
        after = flat[end : end + _AHEAD]
        strength = sum(weight for weight, sign in _BEFORE if sign.search(before))
        strength += sum(weight for weight, sign in _AFTER if sign.search(after))
        if headed:
            strength += 1.5
        if length[-1] == "D":
            strength -= 1.5
        if strength >= _LEAST:
            yield Term(start, end, length, strength)


def _sentence(text: str, at: int) -> tuple[str, bool]:
    """Return what a sentence says before a place, and whether a heading speaks of duration."""
    since = max(0, at - _BACK)
    window = text[since:at]
    begin = 0
    for stop in _BREAK.finditer(window):
        # A line feed within a sentence: an address, or the column of a narrow page.
        if stop.group() == "\n" and not window[: stop.start()].rstrip().endswith((".", ":", ";")):
            if window[stop.end() : stop.end() + 1].islower():
                continue
        begin = stop.end()
    heading = window[max(0, begin - 60) : begin].rstrip(" .:;\n")
    return window[begin:].replace("\n", " "), bool(_HEADED.search(heading))
