"""What personal data demands of a document's level, by the rules of its tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Level, PiiRule, PiiType, strictest

from .pii import PiiWatch
from .sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docparser.model import Evidence, PiiFinding, Policy

    from .reading import Reading

_UNRULED = PiiRule(level=Level.CONFIDENTIAL)
"""What a kind demands that a policy of an earlier day does not know."""
_MAILBOX = Level.INTERNAL
"""A private mailbox is a person's, whatever stands on a company's letterhead."""


class PersonalDemand(NamedTuple):
    """A level that is demanded, how certain that is (0..1), and why."""

    level: Level
    certainty: float
    evidence: Evidence


class PersonalData:
    """Watches for personal data page by page, and weighs it.

    Parameters
    ----------
    policy
        What each kind demands.
    """

    def __init__(self, policy: Policy) -> None:
        self._rules = policy.pii
        self._watch = PiiWatch()
        self._seen = Sightings()
        self._kinds: dict[str, PiiType] = {}

    @property
    def counts(self) -> Mapping[PiiType, int]:
        """How many of each kind were found."""
        return self._watch.counts

    @property
    def verified(self) -> int:
        """How many are right by their checksum, or by a structure that nothing else has."""
        return sum(self._watch.verified.values())

    def read(self, reading: Reading) -> list[PiiFinding]:
        """Return what stands on a page."""
        findings = self._watch.read(reading)
        for finding in findings:
            apart = finding.rule in self._rule(finding.type).lesser
            name = f"pii.{finding.rule if apart else finding.type}"
            self._kinds[name] = finding.type
            self._seen.add(name, finding.confidence, reading, finding.start, finding.end)
        return findings

    def demands(self) -> Iterator[PersonalDemand]:
        """Yield what was found demands, one for each rule that fired."""
        for sighting in self._seen:
            kind = self._kinds[sighting.rule]
            rule = self._rule(kind)
            level = rule.lesser.get(sighting.rule.removeprefix("pii."), rule.level)
            yield PersonalDemand(level, sighting.weight, sighting.evidence())
            if rule.many is not None and self._watch.distinct(kind) >= rule.many:
                many = sighting.evidence().model_copy(update={"rule": f"pii.{kind}.many"})
                yield PersonalDemand(rule.level_of_many, sighting.weight, many)
        for sighting in self._watch.sightings:
            if sighting.rule == "pii.private_mail":
                yield PersonalDemand(_MAILBOX, sighting.weight, sighting.evidence())
            if sighting.rule == "pii.contact_list":
                mail, phone = self._rule(PiiType.EMAIL), self._rule(PiiType.PHONE)
                listed = strictest(mail.level_of_many, phone.level_of_many)
                yield PersonalDemand(listed, sighting.weight, sighting.evidence())

    def _rule(self, kind: PiiType) -> PiiRule:
        return self._rules.get(kind, _UNRULED)
