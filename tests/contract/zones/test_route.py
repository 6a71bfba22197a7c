"""Route decides and Place does: what a zone is told, and what it is never made to do."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docparser.errors import Superseded, Terminal
from docparser.extract.corrections import EARLIER, Corrections, said_of
from docparser.intake.options import Options
from docparser.model import (
    Classification,
    Column,
    Document,
    DocumentTable,
    DocumentType,
    Exports,
    Extraction,
    FieldSource,
    FieldType,
    FieldValue,
    Lane,
    Level,
    LevelDecision,
    Manifest,
    Piece,
    Placement,
    Record,
    Review,
    ReviewMode,
    RowCode,
    RowGap,
    ShardEntry,
    Stage,
    Status,
    SyncRule,
    TypeDecision,
    Violation,
    WarningCode,
    Zone,
    now,
)
from docparser.policy import default_policy
from docparser.route.bucket_zone import BucketZone
from docparser.route.placing import Place
from docparser.route.stage import Route, Routed
from docparser.store import layout
from docparser.store.blobs import JSON, Blobs
from docparser.store.erasures import Erasures, PurgeOrder

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Source

    from tests.contract.premises import Premises

CALL: Call = SimpleNamespace(gb_seconds=0.25)  # type: ignore[assignment]
VAULT, BACKUP, SYNC = Zone.VAULT, Zone.BACKUP, Zone.SYNC


@dataclass(frozen=True)
class Walk:
    """A document that was classified, and runs."""

    premises: Premises
    record: Record
    source: Source

    @property
    def route(self) -> Route:
        return Route(work=self.premises.blobs("work"), records=self.premises.records, said=said_of)

    def routed(self, *, extracted: bool = True) -> Routed:
        return self.route.run(self.record.ref, CALL, extracted=extracted)

    def put(self, stage: Stage, file: str, body: bytes) -> Piece:
        key = layout.stage_key(self.record.ref, stage, file)
        self.premises.blobs("work").put(key, body, JSON)
        return Piece(name=file, size_bytes=len(body), sha256=hashlib.sha256(body).hexdigest())

    def stored(self, file: str) -> bytes:
        key = layout.stage_key(self.record.ref, Stage.ROUTE, file)
        return self.premises.blobs("work").get(key)

    def place(self, zone: Zone, blobs: Blobs | None = None, **given: Any) -> Place:
        store = BucketZone(blobs or self.premises.blobs("vault"), keys={})
        work, records = self.premises.blobs("work"), self.premises.records
        return Place(zone=zone, store=store, work=work, records=records, **given)


def classified(
    premises: Premises,
    level: Level,
    *,
    kind: DocumentType = DocumentType.LETTER,
    sync: tuple[SyncRule, ...] = (),
    lane: Lane = Lane.TEXT,
    warnings: tuple[WarningCode, ...] = (),
    **facts: Any,
) -> Walk:
    """Return a document as it comes to Route."""
    content = uuid.uuid4().bytes
    source = premises.upload(content)
    ref = premises.tell(source)
    assert ref is not None
    record = premises.records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT, **facts)
    assert record is not None
    walk = Walk(premises, record, source)
    shard = walk.put(Stage.READ, "s0001.json", b"{}")
    text = walk.put(Stage.ASSEMBLE, "document.txt", b"text")
    manifest = Manifest(
        media_type="application/pdf",
        content_sha256=record.content_sha256,
        size_bytes=len(content),
        created_at=record.created_at,
        page_count=1,
        shards=(ShardEntry(shard_id="s0001", first_page=1, last_page=1, lane=lane, file=shard),),
        texts=(text,),
        pages_by_lane={lane: 1},
        warnings=(WarningCode.REPAIRED,),
    )
    decided = Classification(
        type=TypeDecision(value=kind, confidence=0.9),
        level=LevelDecision(value=level, confidence=0.9),
        warnings=warnings,
    )
    policy = default_policy().model_copy(update={"sync": sync})
    walk.put(Stage.ASSEMBLE, "manifest.json", manifest.to_json())
    walk.put(Stage.CLASSIFY, "classification.json", decided.to_json())
    walk.put(Stage.CLASSIFY, "policy.json", policy.to_json())
    walk.put(Stage.EXTRACT, "fields.json", Extraction(type=kind).to_json())
    return walk


@pytest.mark.parametrize(
    ("level", "zones"),
    [
        (Level.CONFIDENTIAL, (VAULT,)),
        (Level.RESTRICTED, (VAULT, BACKUP)),
        (Level.INTERNAL, (VAULT, BACKUP)),
        (Level.PUBLIC, (VAULT, BACKUP, SYNC)),
    ],
)
def test_a_first_walk_fills_what_its_level_allows_and_has_nothing_to_purge(
    premises: Premises, level: Level, zones: tuple[Zone, ...]
) -> None:
    walk = classified(premises, level)
    assert walk.routed() == Routed(zones, ())
    placement = Placement.model_validate_json(walk.stored("zones.json"))
    assert placement.zones == zones
    # A backup is locked as the policy says
    if BACKUP in zones:
        assert placement.lock_until is not None
        assert abs(placement.lock_until - now() - timedelta(days=30)) < timedelta(minutes=1)
    else:
        assert placement.lock_until is None
    # And the record and the audit trail say where it lies
    record = premises.current(walk.record.ref)
    assert (record.stage, record.level, record.zones) == (Stage.ROUTE, level, zones)
    assert record.gb_seconds == pytest.approx(0.25)
    (routed,) = (one for one in premises.records.events(record.ref) if one.action == "routed")
    assert routed.facts == {"level": level, "zones": tuple(zone.value for zone in zones)}


@pytest.mark.parametrize("facts", [{"waits": 1}, {"attempt": 2}, {"revision": 2}])
def test_what_may_lie_elsewhere_is_purged_there(premises: Premises, facts: dict[str, int]) -> None:
    # Given a document that has walked, or waited, before
    walk = classified(premises, Level.RESTRICTED, **({"waits": 1} if "waits" in facts else {}))
    record = walk.record
    if "waits" not in facts:
        ended = Status.FAILED if "attempt" in facts else Status.COMPLETED
        former = premises.records.change(record.ref, ended, stage=Stage.ROUTE)
        assert former is not None
        again = (
            premises.revisions.again(former)
            if "attempt" in facts
            else premises.revisions.reprocess(
                former, from_stage=Stage.CLASSIFY, options=Options(level=Level.RESTRICTED)
            )
        )
        assert again is not None
        running = premises.records.change(again.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        assert running is not None
        before = layout.revision_prefix(record.ref)
        for key in premises.objects("work", before):
            body = premises.blobs("work").get(key)
            there = key.replace(before, layout.revision_prefix(running.ref))
            premises.blobs("work").put(there, body, JSON)
        walk = Walk(premises, running, walk.source)
    # Then what its level forbids is purged
    assert walk.routed() == Routed((VAULT, BACKUP), (SYNC,))


def test_an_internal_document_is_synced_by_what_its_sender_calls_it(premises: Premises) -> None:
    rules = (SyncRule(tags={"share": "yes"}),)
    walk = classified(premises, Level.INTERNAL, sync=rules)
    assert walk.routed().fill == (VAULT, BACKUP)
    ref = walk.record.ref
    premises.client("dynamodb").update_item(
        TableName=premises.table,
        Key={"pk": {"S": f"T#{ref.tenant}#D#{ref.document_id}"}, "sk": {"S": "HEAD"}},
        UpdateExpression="SET tags = :tags",
        ExpressionAttributeValues={":tags": {"M": {"share": {"S": "yes"}}}},
    )
    assert walk.routed().fill == (VAULT, BACKUP, SYNC)


def test_the_document_names_all_that_was_made(premises: Premises) -> None:
    # Given a scan with exports, findings and redacted renditions
    walk = classified(
        premises,
        Level.RESTRICTED,
        lane=Lane.CPU,
        warnings=(WarningCode.TEXT_DISGUISED,),
        redact=True,
    )
    exports = Exports(files=(walk.put(Stage.EXPORT, "document.pdf", b"%PDF"),))
    redacted = Exports(files=(walk.put(Stage.REDACT, "redacted.txt", b"***"),))
    walk.put(Stage.EXPORT, "exports.json", exports.to_json())
    walk.put(Stage.REDACT, "exports.json", redacted.to_json())
    found = walk.put(Stage.CLASSIFY, "pii-s0001.json", b'{"findings": []}')
    # When it is routed and its vault is filled
    assert VAULT in walk.routed().fill
    walk.place(VAULT).fill(walk.record.ref, walk.source, CALL)
    # Then the document names them,
    document = Document.model_validate_json(walk.stored("document.json"))
    assert (document.exports, document.redacted) == (exports.files, redacted.files)
    assert document.pii == (found.model_copy(update={"name": "s0001.json"}),)
    assert document.warnings == (WarningCode.REPAIRED, WarningCode.TEXT_DISGUISED)
    assert premises.current(walk.record.ref).warnings == document.warnings
    # and all of them lie there, under the names that it gives
    prefix = layout.revision_prefix(walk.record.ref)
    assert sorted(key.removeprefix(prefix) for key in premises.objects("vault", prefix)) == [
        "document.json", "document.pdf", "document.txt", "original", "pages/s0001.json",
        "pii/s0001.json", "redacted.txt",
    ]  # fmt: skip
    assert premises.blobs("vault").get(f"{prefix}document.json") == walk.stored("document.json")


def test_what_failed_on_the_way_is_told(premises: Premises) -> None:
    walk = classified(premises, Level.RESTRICTED, lane=Lane.CPU, redact=True)
    walk.routed()
    warnings = Document.model_validate_json(walk.stored("document.json")).warnings
    assert {*warnings} == {
        WarningCode.REPAIRED, WarningCode.EXPORT_FAILED, WarningCode.REDACTION_FAILED
    }  # fmt: skip


def extracted(walk: Walk) -> Extraction:
    """Let Extract have found a field, a table and rows that are missing from it."""
    table = DocumentTable(
        id="t0001", columns=(Column(name="text"),), rows=1, first_page=1, last_page=1
    )
    number = FieldValue(
        name="invoice_number",
        type=FieldType.IDENTIFIER,
        value="1",
        raw="1",
        source=FieldSource.LAYOUT,
        confidence=0.9,
    )
    found = Extraction(
        type=DocumentType.INVOICE,
        definition="invoice/1",
        fields=(number,),
        missing=("grand_total",),
        corrected=("invoice_number", "iban"),
        violations=(Violation(rule="total"),),
        tables=(table,),
        gaps=(RowGap(table="t0001", code=RowCode.COUNT_DIFFERS, page=1),),
        warnings=(WarningCode.ROWS_MISSING,),
    )
    walk.put(Stage.EXTRACT, "fields.json", found.to_json())
    for kind in ("json", "csv"):
        walk.put(Stage.EXTRACT, f"t0001.{kind}", kind.encode())
    return found


def test_fields_and_tables_lie_where_the_document_lies(premises: Premises) -> None:
    walk = classified(premises, Level.PUBLIC)
    found = extracted(walk)
    # When it is routed and a zone is filled
    walk.routed()
    walk.place(SYNC).fill(walk.record.ref, walk.source, CALL)
    # Then the document tells all that was extracted,
    document = Document.model_validate_json(walk.stored("document.json"))
    for name in ("definition", "fields", "missing", "corrected", "violations", "tables"):
        assert getattr(document, name) == getattr(found, name)
    assert document.row_gaps == found.gaps
    assert WarningCode.ROWS_MISSING in document.warnings
    # and its rows lie beside it
    prefix = layout.revision_prefix(walk.record.ref)
    assert [piece.name for piece in document.table_files] == ["t0001.json", "t0001.csv"]
    for piece in document.table_files:
        body = premises.blobs("vault").get(f"{prefix}tables/{piece.name}")
        assert hashlib.sha256(body).hexdigest() == piece.sha256


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        (ReviewMode.MARK, Review.NONE, Review.REQUIRED),
        (ReviewMode.PARK, Review.REQUIRED, Review.REQUIRED),
        (ReviewMode.MARK, Review.APPROVED, Review.APPROVED),
        (ReviewMode.OFF, Review.NONE, Review.NONE),
    ],
)
def test_fields_of_an_extract_that_failed_are_not_those_of_one_before(
    premises: Premises, mode: ReviewMode, before: Review, after: Review
) -> None:
    # Given fields that were found before people decided on something, and none since
    walk = classified(premises, Level.PUBLIC, review=before, violations=1, row_gaps=1)
    default = default_policy()
    review = default.review.model_copy(update={"mode": mode})
    policy = default.model_copy(update={"review": review})
    walk.put(Stage.CLASSIFY, "policy.json", policy.to_json())
    extracted(walk)
    # When it is routed
    walk.routed(extracted=False)
    # Then it has none, says so, and a person has to look at it unless one has
    document = Document.model_validate_json(walk.stored("document.json"))
    assert (document.definition, document.fields, document.tables) == ("", (), ())
    assert (document.table_files, document.row_gaps) == ((), ())
    assert document.warnings == (WarningCode.REPAIRED, WarningCode.EXTRACTION_FAILED)
    record = premises.current(walk.record.ref)
    assert record.warnings == document.warnings
    assert (record.violations, record.row_gaps, record.review) == (None, None, after)


def test_what_people_said_of_fields_outlives_an_extract_that_failed(premises: Premises) -> None:
    # Given what people said of the revision before, of one field that there is none
    walk = classified(premises, Level.PUBLIC, kind=DocumentType.INVOICE)
    found = extracted(walk)
    number = found.fields[0].model_copy(update={"source": FieldSource.REVIEW})
    said = Corrections(
        type=DocumentType.INVOICE, names=("invoice_number", "iban"), fields=(number,)
    )
    walk.put(Stage.EXTRACT, EARLIER, said.to_json())
    # When it is routed without fields
    walk.routed(extracted=False)
    # Then the next revision finds it in the result
    document = Document.model_validate_json(walk.stored("document.json"))
    assert Corrections.of(document) == said


def test_what_people_said_meanwhile_is_routed_anew(premises: Premises) -> None:
    walk = classified(premises, Level.PUBLIC)
    assert walk.routed().fill == (VAULT, BACKUP, SYNC)
    body = json.loads(
        premises.blobs("work").get(
            layout.stage_key(walk.record.ref, Stage.CLASSIFY, "classification.json")
        )
    )
    body["level"]["value"] = "CONFIDENTIAL"
    walk.put(Stage.CLASSIFY, "classification.json", json.dumps(body).encode())
    assert walk.routed().fill == (VAULT,)
    assert Placement.model_validate_json(walk.stored("zones.json")).zones == (VAULT,)
    told = [event.action for event in premises.records.events(walk.record.ref)]
    assert told.count("routed") == 2


def test_what_is_routed_once_more_is_told_once(premises: Premises) -> None:
    walk = classified(premises, Level.RESTRICTED)
    assert walk.routed() == walk.routed()
    told = [event.action for event in premises.records.events(walk.record.ref)]
    assert told.count("routed") == 1


def test_an_attempt_that_no_longer_runs_moves_nothing(premises: Premises) -> None:
    walk = classified(premises, Level.PUBLIC)
    walk.routed()
    assert premises.records.change(walk.record.ref, Status.CANCELLED, stage=Stage.ROUTE)
    with pytest.raises(Superseded):
        walk.routed()
    with pytest.raises(Superseded):
        walk.place(VAULT).fill(walk.record.ref, walk.source, CALL)
    with pytest.raises(Superseded):
        walk.place(SYNC).purge(walk.record.ref, CALL)
    assert premises.objects("vault", layout.document_prefix(walk.record.ref)) == []


@pytest.mark.parametrize(
    ("level", "zone"), [(Level.CONFIDENTIAL, BACKUP), (Level.RESTRICTED, SYNC)]
)
def test_a_zone_takes_no_level_that_it_is_not_open_to_whatever_it_is_told(
    premises: Premises, level: Level, zone: Zone
) -> None:
    walk = classified(premises, level)
    walk.routed()
    # Not what Route left out,
    with pytest.raises(Terminal, match="INTERNAL"):
        walk.place(zone).fill(walk.record.ref, walk.source, CALL)
    # and not what somebody wrote into its placement.
    walk.put(Stage.ROUTE, "zones.json", Placement(zones=(*Zone,)).to_json())
    with pytest.raises(Terminal, match="INTERNAL"):
        walk.place(zone).fill(walk.record.ref, walk.source, CALL)
    assert premises.objects("vault", layout.document_prefix(walk.record.ref)) == []


def test_nobody_purges_a_zone_where_the_document_lies(premises: Premises) -> None:
    walk = classified(premises, Level.CONFIDENTIAL)
    walk.routed()
    walk.place(VAULT).fill(walk.record.ref, walk.source, CALL)
    with pytest.raises(Terminal, match="INTERNAL"):
        walk.place(VAULT).purge(walk.record.ref, CALL)
    assert premises.objects("vault", layout.revision_prefix(walk.record.ref))


def test_a_document_that_waited_longer_than_its_lock_is_not_locked(premises: Premises) -> None:
    backup = f"{premises.table}-late-{uuid.uuid4().hex[:6]}"
    premises.client("s3").create_bucket(Bucket=backup, ObjectLockEnabledForBucket=True)
    blobs = Blobs(premises.client("s3"), backup)
    walk = classified(premises, Level.RESTRICTED)
    walk.routed()
    over = Placement(zones=(VAULT, BACKUP), lock_until=now() - timedelta(days=1))
    walk.put(Stage.ROUTE, "zones.json", over.to_json())
    walk.place(BACKUP, blobs).fill(walk.record.ref, walk.source, CALL)
    key = f"{layout.revision_prefix(walk.record.ref)}original"
    # S3 takes no lock that is over already
    assert "ObjectLockMode" not in premises.client("s3").head_object(Bucket=backup, Key=key)


def test_what_is_locked_where_it_may_no_longer_lie_is_left_to_the_purge(
    premises: Premises,
) -> None:
    # Given a backup that is locked, of a document that becomes CONFIDENTIAL
    backup = f"{premises.table}-locks-{uuid.uuid4().hex[:6]}"
    premises.client("s3").create_bucket(Bucket=backup, ObjectLockEnabledForBucket=True)
    blobs = Blobs(premises.client("s3"), backup)
    queue = premises.client("sqs").create_queue(QueueName=backup)["QueueUrl"]
    erasures = Erasures(premises.client("dynamodb"), premises.table, premises.client("sqs"), queue)
    walk = classified(premises, Level.PUBLIC, waits=1)
    walk.routed()
    place = walk.place(BACKUP, blobs, erasures=erasures)
    place.fill(walk.record.ref, walk.source, CALL)
    prefix = layout.document_prefix(walk.record.ref)
    stored = [*blobs.versions(prefix)]
    assert len(stored) == 4
    walk.put(Stage.ROUTE, "zones.json", Placement(zones=(VAULT,)).to_json())
    # When its backup is purged
    place.purge(walk.record.ref, CALL)
    # Then who may delete what is locked is told to, and that is enough
    (message,) = premises.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    order = PurgeOrder.model_validate_json(message["Body"])
    ref = walk.record.ref
    assert order == PurgeOrder(tenant=ref.tenant, document_id=ref.document_id, zone=BACKUP)
    assert [*blobs.versions(prefix)] == stored
