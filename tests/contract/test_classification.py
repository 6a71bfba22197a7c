"""Classify, on real objects and a real table: what is decided, by which rules, and once."""

from __future__ import annotations

import hashlib
import json
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from docparser.classify.stage import Classify, Decided
from docparser.errors import Superseded, Terminal
from docparser.model import (
    Action,
    Classification,
    DocumentType,
    Gap,
    Lane,
    Level,
    Manifest,
    PageCode,
    Piece,
    PiiRule,
    PiiShard,
    PiiType,
    Plan,
    Policy,
    Record,
    Ref,
    Review,
    ReviewMode,
    ReviewReason,
    ReviewRule,
    Shard,
    ShardEntry,
    Source,
    Stage,
    Status,
    SyncRule,
    TenantPolicy,
    WarningCode,
    now,
)
from docparser.policy import DEFAULT_VERSION
from docparser.store import layout
from docparser.store.policies import Policies

from tests.contract.premises import Premises
from tests.unit.classify.pages import page_of
from tests.unit.classify.test_doctype import DOCUMENTS

CALL = SimpleNamespace(gb_seconds=0.25)
REPORT = DOCUMENTS["report", "en"]
RELEASE = "PRESS RELEASE\n\nAcme opens a new plant in Ulm.\n\nPress contact: info@acme.example"
POEM = "the tide goes out, the boats lie still"


class Classifying:
    """Documents that were read, and the stage that classifies them."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.tenant = f"t{uuid.uuid4().hex[:12]}"
        self.work = premises.blobs("work")
        self.records = premises.records
        self.policies = Policies(premises.client("dynamodb"), premises.table)
        self.stage = Classify(
            work=self.work, records=self.records, policies=self.policies, min_confidence=0.6
        )

    def set(self, policy: TenantPolicy) -> None:
        version = self.policies.holding(self.tenant).version
        assert self.policies.change(self.tenant, policy, replaces=version, actor="alice")

    def document(
        self, *texts: str, declared: Level | None = None, gaps: tuple[int, ...] = (), **facts: Any
    ) -> Ref:
        """Return a running document, a shard for each of its pages."""
        content = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
        ref = Ref(tenant=self.tenant, document_id=f"d{content[:32]}")
        moment = now()
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=Source(bucket="b", key="k"),
            content_sha256=content,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
            lease_until=moment,
            **facts,
        )
        assert self.records.open(record, name="a.pdf", upload_id=uuid.uuid4().hex)
        assert self.records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        entries = []
        for number, text in enumerate(texts, start=1):
            shard = Shard(shard_id=f"s{number:04d}", pages=(page_of(text, number),))
            body = shard.to_json()
            name = f"{shard.shard_id}.json"
            self.work.put_json_once(layout.stage_key(ref, Stage.READ, name), body)
            digest = hashlib.sha256(body).hexdigest()
            piece = Piece(name=name, size_bytes=len(body), sha256=digest)
            entries.append(
                ShardEntry(
                    shard_id=shard.shard_id,
                    first_page=number,
                    last_page=number,
                    lane=Lane.TEXT,
                    file=piece,
                )
            )
        facts_of_it = {
            "media_type": "application/pdf",
            "content_sha256": content,
            "size_bytes": 1,
            "created_at": moment,
        }
        manifest = Manifest(
            **facts_of_it,
            page_count=len(texts) + len(gaps),
            shards=tuple(entries),
            texts=(),
            gaps=tuple(Gap(page=page, code=PageCode.PAGE_UNREADABLE) for page in gaps),
        )
        plan = Plan(**facts_of_it, shards=(), reasons=(), declared_level=declared)
        for stage, name, noun in (
            (Stage.ASSEMBLE, "manifest.json", manifest),
            (Stage.PREFLIGHT, "plan.json", plan),
        ):
            self.work.put_json_once(layout.stage_key(ref, stage, name), noun.to_json())
        return ref

    def run(self, ref: Ref) -> Decided:
        return self.stage.run(ref, CALL)

    def stored(self, ref: Ref) -> Classification:
        return Classification.model_validate_json(self.file(ref, "classification.json"))

    def file(self, ref: Ref, name: str) -> bytes:
        return self.work.get(layout.stage_key(ref, Stage.CLASSIFY, name))

    def record(self, ref: Ref) -> Record:
        record = self.records.get(ref)
        assert record is not None
        return record

    def note(self, ref: Ref, **changes: Any) -> None:
        """Note what people decided, as those do who ask them."""
        assert self.records.note(self.record(ref), Action.REVIEW_DECIDED, actor="bob", **changes)


@pytest.fixture
def at(premises: Premises) -> Classifying:
    return Classifying(premises)


def rules(decided: Decided) -> list[str]:
    return [entry.rule for entry in decided.classification.level.evidence]


# ---------------------------------------------------------------------- what is kept
def test_a_decision_is_kept_with_its_rules_and_what_it_found(at: Classifying) -> None:
    ref = at.document(REPORT, "Spenden: IBAN DE89 3704 0044 0532 0130 00\n\ninfo@acme.example")

    decided = at.run(ref)

    assert at.stored(ref) == decided.classification
    assert decided.classification.level.value is Level.RESTRICTED
    assert decided.classification.policy == DEFAULT_VERSION
    assert decided.classification.model
    policy = Policy.model_validate_json(at.file(ref, "policy.json"))
    assert policy.version == DEFAULT_VERSION
    first, second = (
        PiiShard.model_validate_json(at.file(ref, f"pii-s000{number}.json")) for number in (1, 2)
    )
    assert {finding.page for finding in second.findings} == {2}
    assert [f.type for f in second.findings] == [PiiType.IBAN, PiiType.EMAIL]
    assert all(finding.words and finding.polygons for finding in second.findings)
    assert not {PiiType.IBAN, PiiType.EMAIL} & {finding.type for finding in first.findings}
    assert (decided.review, decided.redact) == (ReviewMode.OFF, False)


def test_the_record_and_the_audit_trail_tell_of_it(at: Classifying) -> None:
    ref = at.document(REPORT, "IBAN DE89 3704 0044 0532 0130 00")

    at.run(ref)

    record = at.record(ref)
    assert (record.type, record.level) == (DocumentType.REPORT, Level.RESTRICTED)
    assert record.policy_version == DEFAULT_VERSION
    assert record.pii[PiiType.IBAN] == 1
    assert (record.review, record.redact) == (Review.NONE, False)
    assert record.gb_seconds == pytest.approx(0.25)
    last = list(at.records.events(ref))[-1]
    assert last.action is Action.CLASSIFIED
    assert (last.facts["type"], last.facts["level"]) == ("report", "RESTRICTED")
    assert last.facts["policy"] == DEFAULT_VERSION
    assert "iban=1" in last.facts["pii"]
    assert "pii.iban" in last.facts["rules"]
    # Codes and numbers: nothing of what the document says.
    told = json.dumps(last.model_dump(mode="json"))
    assert "3704" not in told
    assert "Harbour" not in told


def test_a_repeat_finds_what_was_decided(at: Classifying) -> None:
    ref = at.document(REPORT)
    first = at.run(ref)
    before = at.file(ref, "classification.json")
    # The tenant's rules change between two tries
    at.set(TenantPolicy(redact=True))

    second = at.run(ref)

    assert second == first
    assert at.file(ref, "classification.json") == before


def test_a_page_that_nobody_read_closes_a_release(at: Classifying) -> None:
    ref = at.document(RELEASE, gaps=(2, 3))

    decided = at.run(ref)

    assert decided.classification.level.value is Level.CONFIDENTIAL
    unread = [e for e in decided.classification.level.evidence if e.rule == "page.unread"]
    assert [(entry.page, entry.count) for entry in unread] == [(2, 2)]


def test_a_shard_that_changed_since_is_no_shard(at: Classifying) -> None:
    ref = at.document(RELEASE)
    key = layout.stage_key(ref, Stage.READ, "s0001.json")
    at.work.put(key, at.work.get(key).replace(b"Ulm", b"Uim"), "application/json")

    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        at.run(ref)


def test_another_attempt_decides_nothing(at: Classifying) -> None:
    ref = at.document(RELEASE)

    with pytest.raises(Superseded):
        at.run(ref.model_copy(update={"attempt": 2}))
    with pytest.raises(Superseded):
        at.run(ref.model_copy(update={"revision": 2}))


# ---------------------------------------------------------------------- the tenant's rules
def test_a_tenant_s_rules_decide(at: Classifying) -> None:
    at.set(TenantPolicy(pii={PiiType.EMAIL: PiiRule(level=Level.CONFIDENTIAL)}, redact=True))

    decided = at.run(at.document(RELEASE))

    assert decided.classification.level.value is Level.CONFIDENTIAL
    assert rules(decided)[0] == "pii.email"
    assert decided.classification.policy == f"{DEFAULT_VERSION}+1"
    assert decided.redact


def test_rules_that_cannot_be_read_close_everything(at: Classifying, premises: Premises) -> None:
    at.set(TenantPolicy(sync=(SyncRule(types=(DocumentType.REPORT,)),)))
    premises.client("dynamodb").update_item(
        TableName=premises.table,
        Key={"pk": {"S": f"P#{at.tenant}"}, "sk": {"S": "POLICY"}},
        UpdateExpression="SET policy = :p",
        ExpressionAttributeValues={":p": {"S": "{}"}},
    )
    ref = at.document(RELEASE, approved_level=Level.PUBLIC)

    decided = at.run(ref)

    assert decided.classification.level.value is Level.CONFIDENTIAL
    assert "policy.unreadable" in rules(decided)
    assert decided.classification.policy == f"{DEFAULT_VERSION}+unreadable"
    assert Policy.model_validate_json(at.file(ref, "policy.json")).sync == ()


# ---------------------------------------------------------------------- people
def test_what_its_owner_declared_counts_from_plan_and_record(at: Classifying) -> None:
    named = at.run(at.document(RELEASE, declared=Level.RESTRICTED))
    raised = at.document(RELEASE)
    at.run(raised)
    at.note(raised, declared_level=Level.INTERNAL)
    again = at.run(raised)

    assert named.classification.level.value is Level.RESTRICTED
    assert again.classification.level.value is Level.INTERNAL
    assert rules(again)[0] == "declared.internal"
    assert at.stored(raised) == again.classification


def test_a_person_s_type_is_the_type(at: Classifying) -> None:
    ref = at.document(POEM)
    assert at.run(ref).classification.type.value is DocumentType.UNKNOWN

    at.note(ref, corrected_type=DocumentType.REPORT, review=Review.CORRECTED)
    decided = at.run(ref)

    kind = decided.classification.type
    assert (kind.value, kind.confidence) == (DocumentType.REPORT, 1.0)
    assert kind.evidence[0].rule == "review.type"
    assert kind.alternatives[0][0] is DocumentType.UNKNOWN
    # What it is worth is still what it was: a looser level takes two people.
    assert decided.classification.level.value is Level.CONFIDENTIAL
    assert at.stored(ref) == decided.classification
    assert at.record(ref).review is Review.CORRECTED


def test_a_person_s_type_may_close_a_document(at: Classifying) -> None:
    ref = at.document(RELEASE)
    at.note(ref, corrected_type=DocumentType.PAYSLIP, review=Review.CORRECTED)

    assert at.run(ref).classification.level.value is Level.CONFIDENTIAL


@pytest.mark.parametrize(
    ("text", "approved", "level"),
    [
        (f"CONFIDENTIAL\n\n{REPORT}", Level.INTERNAL, Level.INTERNAL),
        (f"{REPORT}\nIBAN DE89 3704 0044 0532 0130 00", Level.PUBLIC, Level.PUBLIC),
        (DOCUMENTS["payslip", "en"], Level.PUBLIC, Level.CONFIDENTIAL),
    ],
)
def test_what_two_people_approved_stands_above_the_rules_but_not_above_the_law(
    at: Classifying, text: str, approved: Level, level: Level
) -> None:
    decided = at.run(at.document(text, approved_level=approved))

    assert decided.classification.level.value is level
    assert rules(decided)[0] == "level.approved"
    assert len(rules(decided)) > 1


# ---------------------------------------------------------------------- doubt
def parking(at: Classifying) -> None:
    at.set(TenantPolicy(review=ReviewRule(mode=ReviewMode.PARK)))


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (POEM, (ReviewReason.TYPE_UNSURE, ReviewReason.LEVEL_UNSURE)),
        (f"CONFIDENTIAL\n\n{REPORT}\n\nInternal use only", (ReviewReason.MARKINGS_DIFFER,)),
        (REPORT, ()),
    ],
)
def test_doubt_is_marked_by_default(
    at: Classifying, text: str, reasons: tuple[ReviewReason, ...]
) -> None:
    ref = at.document(text)

    decided = at.run(ref)

    assert decided.classification.review == reasons
    assert decided.review is (ReviewMode.MARK if reasons else ReviewMode.OFF)
    assert at.record(ref).review is (Review.REQUIRED if reasons else Review.NONE)


def test_without_reviews_nobody_has_to_look(at: Classifying) -> None:
    at.set(TenantPolicy(review=ReviewRule(mode=ReviewMode.OFF)))
    ref = at.document(POEM)

    assert at.run(ref).review is ReviewMode.OFF
    assert at.record(ref).review is Review.NONE


def test_a_parked_document_goes_on_with_the_decision(at: Classifying) -> None:
    parking(at)
    ref = at.document(POEM)
    assert at.run(ref).review is ReviewMode.PARK
    assert at.record(ref).review is Review.REQUIRED

    at.note(ref, review=Review.APPROVED, waits=1)
    decided = at.run(ref)

    assert (decided.review, decided.classification.review) == (ReviewMode.OFF, ())
    assert at.record(ref).review is Review.APPROVED


def test_a_parked_document_that_nobody_looks_at_goes_on_closed(at: Classifying) -> None:
    parking(at)
    ref = at.document(f"Internal use only\n\n{POEM}")
    first = at.run(ref)
    assert (first.review, first.classification.level.value) == (ReviewMode.PARK, Level.INTERNAL)

    at.note(ref, waits=1)
    decided = at.run(ref)

    assert decided.review is ReviewMode.MARK
    assert decided.classification.level.value is Level.CONFIDENTIAL
    assert "review.overdue" in rules(decided)
    assert at.record(ref).review is Review.REQUIRED


def test_contradictory_markings_are_told_of(at: Classifying) -> None:
    decided = at.run(at.document(f"For public release\n\n{REPORT}", "CONFIDENTIAL"))

    assert decided.classification.level.value is Level.CONFIDENTIAL
    assert WarningCode.MARKINGS_DIFFER in decided.classification.warnings


def test_what_is_wanted_without_personal_data_stays_so(at: Classifying) -> None:
    ref = at.document(RELEASE, redact=True)

    assert at.run(ref).redact
    assert at.record(ref).redact is True
