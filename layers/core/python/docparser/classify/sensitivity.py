"""The sensitivity level: every rule demands a level, and the strictest demand wins.

1. The document starts from the level that its first page announces. Without a marking it starts
   from what its type usually holds. A type that was not recognised, or with little confidence,
   is unknown, and unknown is CONFIDENTIAL. A stricter runner-up that is still plausible counts
   as well.
2. Everything else can only make it stricter: what its owner declared, markings on later pages,
   statements in the text, identifiers, types that are personal by law whatever is printed on them,
   pages that could not be read.

So PUBLIC needs an explicit public marking and not one identifier beyond a company's own contact
data; INTERNAL needs a marking, or a clearly recognised type that seldom holds personal data.
The confidence joins the demands for the level that won (the chance that not all of them err).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.model import DocumentType, Evidence, Level, LevelDecision

from .levels import strictest

if TYPE_CHECKING:
    from docparser.model import TypeDecision

    from .identifiers import IdentifierWatch
    from .markings import MarkingWatch

_PLAUSIBLE = 0.15
"""A runner-up this likely has its say."""


class Usual(NamedTuple):
    """What a type usually holds, how certain that is, and what a marking cannot go below.

    A public marking lifts every floor but CONFIDENTIAL: somebody released it.
    """

    level: Level
    certainty: float
    floor: Level = Level.PUBLIC


USUAL: dict[DocumentType, Usual] = {
    DocumentType.INVOICE: Usual(Level.RESTRICTED, 0.85),
    DocumentType.CREDIT_NOTE: Usual(Level.RESTRICTED, 0.85),
    DocumentType.RECEIPT: Usual(Level.INTERNAL, 0.75),
    # Between two parties, so not for every employee; a standard NDA for download may say so.
    DocumentType.CONTRACT: Usual(Level.RESTRICTED, 0.8, Level.RESTRICTED),
    DocumentType.LETTER: Usual(Level.RESTRICTED, 0.75),
    DocumentType.EMAIL: Usual(Level.RESTRICTED, 0.7),
    DocumentType.REPORT: Usual(Level.INTERNAL, 0.65),
    # A form is made to take personal data, and whether it is filled in is not known here.
    DocumentType.FORM: Usual(Level.RESTRICTED, 0.65),
    DocumentType.PAYSLIP: Usual(Level.CONFIDENTIAL, 0.95, Level.CONFIDENTIAL),
    DocumentType.ID_DOCUMENT: Usual(Level.CONFIDENTIAL, 0.95, Level.CONFIDENTIAL),
    DocumentType.BANK_STATEMENT: Usual(Level.CONFIDENTIAL, 0.9, Level.CONFIDENTIAL),
    DocumentType.SCIENTIFIC_ARTICLE: Usual(Level.INTERNAL, 0.75),
    # Known to be none of the above, which says nothing about what it holds.
    DocumentType.OTHER: Usual(Level.CONFIDENTIAL, 0.5),
    DocumentType.UNKNOWN: Usual(Level.CONFIDENTIAL, 0.5),
}


class _Demand(NamedTuple):
    level: Level
    certainty: float
    evidence: Evidence


def decide_level(
    kind: TypeDecision,
    markings: MarkingWatch,
    identifiers: IdentifierWatch,
    unread: Evidence | None,
    declared: Level | None = None,
) -> LevelDecision:
    """Return the strictest level demanded, with every rule that fired, the deciding ones first."""
    demands = [
        *_type_demands(kind, announced=markings.announced),
        *_marking_demands(markings),
        *(
            _Demand(identifiers.levels[sighting.rule], sighting.weight, sighting.evidence())
            for sighting in identifiers.seen
        ),
    ]
    if unread is not None:
        # A page that nobody saw may hold anything.
        demands.append(_Demand(Level.CONFIDENTIAL, unread.weight, unread))
    if declared is not None:
        # Its owner knows better than any rule how bad a leak would be, and never how harmless.
        rule = f"declared.{declared.lower()}"
        demands.append(_Demand(declared, 1.0, Evidence(rule=rule, weight=1.0, page=1, phrase="")))
    level = strictest(*(demand.level for demand in demands))
    doubt = 1.0
    for demand in demands:
        if demand.level is level:
            doubt *= 1 - demand.certainty
    demands.sort(key=lambda d: (d.level is not level, -d.certainty, d.evidence.rule))
    return LevelDecision(
        value=level,
        confidence=round(min(1 - doubt, 0.99), 4),
        evidence=tuple(demand.evidence for demand in demands),
    )


def _type_demands(kind: TypeDecision, *, announced: Level | None) -> list[_Demand]:
    """Return what the type demands: its usual level, or under a marking only its floor."""
    demands = []
    candidates = [(kind.value, kind.confidence)]
    if kind.value is not DocumentType.UNKNOWN:
        candidates += [entry for entry in kind.alternatives if entry[1] >= _PLAUSIBLE]
    for candidate, confidence in candidates:
        usual = USUAL[candidate]
        level, certainty = usual.level, usual.certainty * confidence
        if announced is not None:
            released = announced is Level.PUBLIC and usual.floor is not Level.CONFIDENTIAL
            level = Level.PUBLIC if released else usual.floor
        if announced is None or level is not Level.PUBLIC:
            demands.append(_Demand(level, certainty, _named(f"type.{candidate}", certainty, kind)))
    return demands


def _named(rule: str, weight: float, kind: TypeDecision) -> Evidence:
    """Return the type as evidence, at the place that gave it away."""
    cue = kind.evidence[0] if kind.evidence else None
    return Evidence(
        rule=rule,
        weight=round(weight, 3),
        page=cue.page if cue else 1,
        phrase=cue.phrase if cue else "",
        polygon=cue.polygon if cue else None,
    )


def _marking_demands(markings: MarkingWatch) -> list[_Demand]:
    demands = []
    for sighting in markings.seen:
        _, _, name = sighting.rule.partition(".")
        if sighting.rule == "mention.confidential":
            # One mention proves nothing; a text that keeps speaking of confidentiality is not
            # for everybody, but the word may just as well be its subject.
            level = Level.RESTRICTED if markings.insistent else Level.PUBLIC
            demands.append(_Demand(level, 0.3 if markings.insistent else 0.1, sighting.evidence()))
        else:
            level = Level(name.upper())
            demands.append(_Demand(level, sighting.weight, sighting.evidence()))
    return demands
