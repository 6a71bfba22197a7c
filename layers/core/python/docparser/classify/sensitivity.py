"""The sensitivity level: every rule demands a level, and the strictest demand wins.

1. The document starts from the level that its first page announces. Without a marking it starts
   from what its type usually holds. A type that was not recognised, or with little confidence,
   is unknown, and unknown is CONFIDENTIAL. A stricter runner-up that is still plausible counts
   as well.
2. Everything else can only make it stricter: what its owner declared, markings on later pages,
   statements in the text, personal data, types that are personal by law whatever is printed on
   them, pages that could not be read, rules that could not be read.
3. A level that is more likely too loose than not, by what is said of the document as a whole, is
   CONFIDENTIAL.

So PUBLIC needs an explicit public marking and not one identifier beyond a company's own contact
data; INTERNAL needs a marking, or a clearly recognised type that seldom holds personal data.
What types and personal data demand is the tenant's policy. The confidence is the chance that the
level is strict enough: that not all err which demand it, or which say of the whole document that a
looser one would do.

What two people decided stands against all of this, but not against a type that is personal by law.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import (
    DocumentType,
    Evidence,
    Level,
    LevelDecision,
    TypeRule,
    strictest,
)
from docparser.policy import is_readable

if TYPE_CHECKING:
    from docparser.model import Policy, TypeDecision

    from .decisions import Decisions
    from .markings import MarkingWatch
    from .personal import PersonalData

_PLAUSIBLE = 0.15
"""A runner-up this likely has its say."""
_UNRULED = TypeRule(level=Level.CONFIDENTIAL, certainty=1, floor=Level.CONFIDENTIAL)
"""What a type holds that a policy of an earlier day does not know."""
_MOST = 0.99
"""Rules are never certain; people are taken at their word."""


class _Demand(NamedTuple):
    """``whole``: it says what the document is, and not only what it must not be shown as."""

    level: Level
    certainty: float
    evidence: Evidence
    whole: bool = False


def decide_level(
    policy: Policy,
    kinds: tuple[TypeDecision, ...],
    markings: MarkingWatch,
    personal: PersonalData,
    *,
    pages: tuple[Evidence, ...],
    decisions: Decisions,
) -> LevelDecision:
    """Return the strictest level demanded, with every rule that fired, the deciding ones first.

    Parameters
    ----------
    policy
        The tenant's rules.
    kinds
        The type; where a person has said another one, that comes first, and both demand: one
        person alone makes no level looser, not by naming another type either.
    markings, personal
        What was seen.
    pages
        What there is to say of whole pages: that nobody read them, that their text was disguised,
        that nobody sees some of it.
    decisions
        What people said.
    """
    demands = [
        *(
            demand
            for kind in kinds
            for demand in _type_demands(policy, kind, announced=markings.announced)
        ),
        *_marking_demands(markings),
        *(_Demand(*demand) for demand in personal.demands()),
    ]
    # A page that nobody saw may hold anything. A disguise was undone, and demands what it hid; what
    # is hidden demands as if it were seen, and announces nothing.
    for seen in pages:
        level = Level.CONFIDENTIAL if seen.rule == "page.unread" else Level.PUBLIC
        demands.append(_Demand(level, seen.weight, seen))
    if decisions.declared is not None:
        # Its owner knows better than any rule how bad a leak would be, and never how harmless.
        demands.append(_said(decisions.declared, f"declared.{decisions.declared.lower()}"))
    if decisions.overdue:
        demands.append(_said(Level.CONFIDENTIAL, "review.overdue"))
    if not is_readable(policy):
        demands.append(_said(Level.CONFIDENTIAL, "policy.unreadable"))
    elif decisions.approved is not None:
        return _approved(policy, kinds[0], decisions.approved, demands)
    decided = _strictest(demands)
    sure = _joined([demand.certainty for demand in demands if demand.whole])
    if decided.value is Level.CONFIDENTIAL or sure >= policy.review.least_level_confidence:
        return decided
    # What demands a level at least, such as its owner's word, never says that it is enough.
    unsure = Evidence(rule="level.unsure", weight=round(1 - sure, 3), page=1, phrase="")
    return LevelDecision(
        value=Level.CONFIDENTIAL, confidence=sure, evidence=(unsure, *decided.evidence)
    )


def _strictest(demands: list[_Demand]) -> LevelDecision:
    level = strictest(*(demand.level for demand in demands))
    said = [demand.certainty for demand in demands if demand.level is level or demand.whole]
    demands.sort(key=lambda d: (d.level is not level, -d.certainty, d.evidence.rule))
    return LevelDecision(
        value=level,
        confidence=_joined(said),
        evidence=tuple(demand.evidence for demand in demands),
    )


def _joined(certainties: list[float]) -> float:
    """Return the chance that not all of some err."""
    return round(min(1 - prod(1 - certainty for certainty in certainties), _MOST), 4)


def _approved(
    policy: Policy, kind: TypeDecision, approved: Level, demands: list[_Demand]
) -> LevelDecision:
    """Return what two people decided, with what the rules would have said."""
    floor = policy.types.get(kind.value, _UNRULED).floor
    value = Level.CONFIDENTIAL if floor is Level.CONFIDENTIAL else approved
    decision = _said(approved, "level.approved").evidence
    return LevelDecision(
        value=value, confidence=1.0, evidence=(decision, *_strictest(demands).evidence)
    )


def _said(level: Level, rule: str) -> _Demand:
    """Return the demand of what is no finding: there is no place on a page to show."""
    return _Demand(level, 1.0, Evidence(rule=rule, weight=1.0, page=1, phrase=""))


def _type_demands(policy: Policy, kind: TypeDecision, *, announced: Level | None) -> list[_Demand]:
    """Return what the type demands: its usual level, or under a marking only its floor."""
    demands = []
    candidates = [(kind.value, kind.confidence)]
    if kind.value is not DocumentType.UNKNOWN and kind.confidence < 1:
        candidates += [entry for entry in kind.alternatives if entry[1] >= _PLAUSIBLE]
    for candidate, confidence in candidates:
        usual = policy.types.get(candidate, _UNRULED)
        level, certainty = usual.level, usual.certainty * confidence
        if announced is not None:
            released = announced is Level.PUBLIC and usual.floor is not Level.CONFIDENTIAL
            level = Level.PUBLIC if released else usual.floor
        if announced is None or level is not Level.PUBLIC:
            named = _named(f"type.{candidate}", certainty, kind)
            demands.append(_Demand(level, certainty, named, whole=True))
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
            whole = level is markings.announced
            demands.append(_Demand(level, sighting.weight, sighting.evidence(), whole=whole))
    return demands
