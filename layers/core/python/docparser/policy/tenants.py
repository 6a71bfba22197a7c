"""A tenant's policy laid over the default one; what no tenant may loosen stays as strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import DocumentType, Level, strictest

from .defaults import default_policy

if TYPE_CHECKING:
    from docparser.model import ExtractRule, PiiRule, Policy, TenantPolicy, TypeRule

FIXED_TYPES = frozenset(
    {
        DocumentType.PAYSLIP,
        DocumentType.ID_DOCUMENT,
        DocumentType.BANK_STATEMENT,
        DocumentType.UNKNOWN,
    }
)
"""Types whose levels and floors only become stricter: personal by law, or not known at all."""

UNREADABLE = "unreadable"
"""What the version of a policy ends in that stands for one which cannot be read."""


def merged(own: TenantPolicy, version: int, base: Policy | None = None) -> Policy:
    """Return a tenant's policy over the default one.

    Parameters
    ----------
    own
        What the tenant sets.
    version
        Which of the tenant's versions it is, from 1.
    base
        What it is laid over; the default policy of today if None.

    Returns
    -------
    Policy
        Whatever ``own`` says, it is nowhere looser than `loosened` allows.
    """
    base = base or default_policy()
    changes: dict[str, Any] = {
        "version": f"{base.version}+{version}",
        "types": {kind: _type_rule(base, own, kind) for kind in base.types},
        "pii": {
            kind: _no_looser(own.pii[kind], rule) if kind in own.pii else rule
            for kind, rule in base.pii.items()
        },
    }
    for name in ("sync", "retention", "redact"):
        if (said := getattr(own, name)) is not None:
            changes[name] = said
    if own.review is not None:
        least = max(own.review.least_level_confidence, base.review.least_level_confidence)
        changes["review"] = own.review.model_copy(update={"least_level_confidence": least})
    if own.extract is not None:
        changes["extract"] = _extract_rule(own.extract)
    return base.model_copy(update=changes)


def closed(base: Policy | None = None) -> Policy:
    """Return the policy of a tenant whose own cannot be read: the default, and nothing is synced.

    What it classifies is CONFIDENTIAL, whatever its rules say (`is_readable`).
    """
    base = base or default_policy()
    return base.model_copy(update={"version": f"{base.version}+{UNREADABLE}", "sync": ()})


def is_readable(policy: Policy) -> bool:
    """Whether a policy is what its tenant wants, and not what stands for it (`closed`)."""
    return not policy.version.endswith(f"+{UNREADABLE}")


def loosened(own: TenantPolicy, base: Policy | None = None) -> tuple[str, ...]:
    """Return the rules of a tenant's policy that are looser than they may be, by name.

    Those are ``types.<type>`` of `FIXED_TYPES`, ``pii.<type>`` of any kind of personal data,
    ``review.least_level_confidence``, below which a level is CONFIDENTIAL, and
    ``extract.llm.levels``, of which CONFIDENTIAL is never one.
    """
    base = base or default_policy()
    types = (
        f"types.{kind}"
        for kind, rule in own.types.items()
        if kind in FIXED_TYPES
        and (
            _looser(rule.level, base.types[kind].level)
            or _looser(rule.floor, base.types[kind].floor)
        )
    )
    pii = (f"pii.{kind}" for kind, rule in own.pii.items() if not _as_strict(rule, base.pii[kind]))
    unsure = own.review is not None and (
        own.review.least_level_confidence < base.review.least_level_confidence
    )
    names = ["review.least_level_confidence"] if unsure else []
    if own.extract is not None and own.extract != _extract_rule(own.extract):
        names.append("extract.llm.levels")
    return (*types, *pii, *names)


def _extract_rule(said: ExtractRule) -> ExtractRule:
    """Return a rule under which no language model sees a CONFIDENTIAL document."""
    if said.llm is None or Level.CONFIDENTIAL not in said.llm.levels:
        return said
    levels = tuple(level for level in said.llm.levels if level is not Level.CONFIDENTIAL)
    return said.model_copy(update={"llm": said.llm.model_copy(update={"levels": levels})})


def _type_rule(base: Policy, own: TenantPolicy, kind: DocumentType) -> TypeRule:
    usual = base.types[kind]
    said = own.types.get(kind, usual)
    if kind not in FIXED_TYPES:
        return said
    levels = {
        "level": strictest(said.level, usual.level),
        "floor": strictest(said.floor, usual.floor),
    }
    return said.model_copy(update=levels)


def _no_looser(said: PiiRule, base: PiiRule) -> PiiRule:
    """Return a rule that demands, of any number, at least what each of two rules does."""
    level = strictest(said.level, base.level)
    bounds = [rule for rule in (said, base) if rule.many is not None]
    return said.model_copy(
        update={
            "level": level,
            "lesser": {
                name: strictest(least, said.lesser.get(name, least))
                for name, least in base.lesser.items()
            },
            "many": min((rule.many for rule in bounds if rule.many), default=None),
            "level_of_many": strictest(level, *(rule.level_of_many for rule in bounds)),
        }
    )


def _as_strict(said: PiiRule, base: PiiRule) -> bool:
    if _looser(said.level, base.level):
        return False
    if any(_looser(at, base.lesser.get(name, base.level)) for name, at in said.lesser.items()):
        return False
    if said.many is None:
        return True  # what the default says of many stays
    if _looser(said.level_of_many, base.level):
        return False
    return base.many is None or (
        said.many <= base.many and not _looser(said.level_of_many, base.level_of_many)
    )


def _looser(level: Level, than: Level) -> bool:
    return level is not than and strictest(level, than) is than
