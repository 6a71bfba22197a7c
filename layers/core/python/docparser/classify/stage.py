"""Classify: every page is shown to the classifier, one shard in memory at a time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from docparser.errors import Superseded, Terminal
from docparser.model import (
    Action,
    Classification,
    Manifest,
    PageStatus,
    PiiShard,
    Plan,
    Policy,
    Record,
    Ref,
    Review,
    ReviewMode,
    Shard,
    Stage,
    TerminalCode,
)
from docparser.store import layout
from docparser.store.blobs import JSON

from .classifier import Classifier
from .decisions import Decisions

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Fact, Level, ShardEntry
    from docparser.store.blobs import Blobs
    from docparser.store.policies import Policies
    from docparser.store.records import Records


class Decided(NamedTuple):
    """What was decided, and what follows from it.

    ``review`` is ``off`` where no person has to look at the document, ``park`` where it waits for
    one. ``redact`` tells whether a rendition without its personal data is wanted.
    """

    classification: Classification
    review: ReviewMode
    redact: bool


class Classify:
    """Decides type and sensitivity from what was read."""

    def __init__(
        self, *, work: Blobs, records: Records, policies: Policies, min_confidence: float
    ) -> None:
        self._work = work
        self._records = records
        self._policies = policies
        self._min_confidence = min_confidence

    def run(self, ref: Ref, call: Call) -> Decided:
        """Return the decision, stored as ``classify/classification.json``.

        The rules that it was made by lie beside it as ``classify/policy.json``: a revision keeps
        those that it first met, whatever its tenant changes meanwhile. Once people have said
        something of the document, it is decided anew.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a shard holds other bytes than were assembled; Superseded: the
            record is another attempt's, or has ended.
        """
        record = self._records.get(ref)
        if record is None or record.ref != ref:
            raise Superseded(TerminalCode.INTERNAL)
        policy = self._policy(ref)
        declared = self._declared(ref)
        decisions = Decisions.of(record, declared)
        found = self._read(ref, policy).decide(decisions)
        if decisions == Decisions(declared):
            stored = self._work.put_json_once(
                self._key(ref, "classification.json"), found.to_json()
            )
            found = Classification.model_validate_json(stored)
        else:
            # What was decided before knew less.
            self._work.put(self._key(ref, "classification.json"), found.to_json(), JSON)
        return self._decided(record, policy, found, decisions, call)

    def _key(self, ref: Ref, file: str) -> str:
        return layout.stage_key(ref, Stage.CLASSIFY, file)

    def _policy(self, ref: Ref) -> Policy:
        current = self._policies.of(ref.tenant)
        stored = self._work.put_json_once(self._key(ref, "policy.json"), current.to_json())
        return Policy.model_validate_json(stored)

    def _declared(self, ref: Ref) -> Level | None:
        """Return the level that the document's owner named."""
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        return Plan.model_validate_json(body).declared_level

    def _read(self, ref: Ref, policy: Policy) -> Classifier:
        """Return a classifier that has seen all there is of a document.

        What personal data is where is kept shard by shard, as ``classify/pii-<shard_id>.json``.
        """
        body = self._work.get(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json"))
        manifest = Manifest.model_validate_json(body)
        classifier = Classifier(policy, least_confidence=self._min_confidence)
        for entry in manifest.shards:
            shard = self._shard(ref, entry)
            findings = [
                finding
                for page in shard.pages
                if page.status is PageStatus.OK
                for finding in classifier.read(page)
            ]
            found = PiiShard(shard_id=shard.shard_id, findings=tuple(findings))
            self._work.put_json_once(self._key(ref, f"pii-{shard.shard_id}.json"), found.to_json())
        # The gaps name every page that was not read, those of a lost shard too, which no shard
        # shows: without them a document could be released for the pages that are left of it.
        for gap in manifest.gaps:
            classifier.miss(gap.page)
        return classifier

    def _shard(self, ref: Ref, entry: ShardEntry) -> Shard:
        body = self._work.get(layout.stage_key(ref, Stage.READ, entry.file.name))
        if hashlib.sha256(body).hexdigest() != entry.file.sha256:
            # A level decided on other text than is routed would be no level.
            raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
        return Shard.model_validate_json(body)

    def _decided(
        self,
        record: Record,
        policy: Policy,
        found: Classification,
        decisions: Decisions,
        call: Call,
    ) -> Decided:
        """Note what was decided, and say what follows."""
        mode = policy.review.mode if found.review else ReviewMode.OFF
        if mode is ReviewMode.PARK and decisions.overdue:
            mode = ReviewMode.MARK  # it has waited long enough
        redact = policy.redact if record.redact is None else record.redact
        review = record.review if decisions.reviewed else Review.NONE
        self._records.advance(
            record.ref,
            Stage.CLASSIFY,
            gb_seconds=call.gb_seconds,
            action=Action.CLASSIFIED,
            facts=_told(found, mode),
            type=found.type.value,
            level=found.level.value,
            policy_version=found.policy,
            pii=found.pii,
            review=Review.REQUIRED if mode is not ReviewMode.OFF else review,
            redact=redact,
        )
        return Decided(found, mode, redact)


def _told(found: Classification, mode: ReviewMode) -> dict[str, Fact]:
    """Return what the audit trail tells of a decision: names, counts and versions, no phrase."""
    return {
        "type": found.type.value,
        "type_confidence": found.type.confidence,
        "level": found.level.value,
        "level_confidence": found.level.confidence,
        "rules": tuple(entry.rule for entry in found.level.evidence),
        "pii": tuple(f"{kind}={count}" for kind, count in sorted(found.pii.items())),
        "policy": found.policy,
        "model": found.model,
        "review": mode.value,
        "reasons": tuple(reason.value for reason in found.review),
    }
