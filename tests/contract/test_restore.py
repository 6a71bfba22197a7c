"""Restore: what a revision begins with is what the revision before it has left, byte by byte."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docparser.classify.stage import Classify
from docparser.errors import Superseded, Terminal
from docparser.extract.corrections import EARLIER, Corrections
from docparser.intake.options import Options
from docparser.model import (
    Classification,
    Document,
    DocumentType,
    FieldSource,
    FieldType,
    FieldValue,
    Gap,
    Lane,
    LaneReason,
    Level,
    LevelDecision,
    Manifest,
    Page,
    PageCode,
    Piece,
    Plan,
    Record,
    Ref,
    Shard,
    ShardEntry,
    Source,
    Stage,
    Status,
    TypeDecision,
    WarningCode,
)
from docparser.restore import Restore
from docparser.route.bucket_zone import BucketZone
from docparser.store import layout
from docparser.store.policies import Policies

from tests.contract.premises import Died, Premises

if TYPE_CHECKING:
    from docparser.function import Call

CALL: Call = SimpleNamespace(gb_seconds=0.25)  # type: ignore[assignment]


def restore(premises: Premises) -> Restore:
    return Restore(
        vault=BucketZone(premises.blobs("vault"), keys={}),
        intake=premises.blobs("intake"),
        work=premises.blobs("work"),
        sources=premises.sources,
        records=premises.records,
        document_deadline=timedelta(hours=1),
    )


def completed(
    premises: Premises,
    *,
    name: str = "",
    warnings: tuple[WarningCode, ...] = (),
    fields: tuple[FieldValue, ...] = (),
    corrected: tuple[str, ...] = (),
) -> Record:
    """Return a document of two pages, one of them missing, whose result lies in the vault."""
    content = uuid.uuid4().bytes
    record = premises.taken(content, **({"name": name} if name else {}))
    prefix = layout.revision_prefix(record.ref)
    vault = premises.blobs("vault")

    def stored(file: str, body: bytes, media_type: str = "application/json") -> Piece:
        digest = hashlib.sha256(body).hexdigest()
        assert vault.put_once(prefix + file, body, digest, media_type)
        return Piece(
            name=file.rpartition("/")[2], size_bytes=len(body), sha256=digest, media_type=media_type
        )

    page = Page(
        number=1, lane=Lane.CPU, lane_reason=LaneReason.NO_TEXT_LAYER, width_pt=595, height_pt=842
    )
    shard = Shard(shard_id="s0001", pages=(page,), gb_seconds=7)
    exported = WarningCode.EXPORT_FAILED not in warnings
    document = Document(
        media_type="application/pdf",
        content_sha256=record.content_sha256,
        size_bytes=len(content),
        created_at=record.created_at,
        page_count=2,
        shards=(
            ShardEntry(
                shard_id="s0001",
                first_page=1,
                last_page=2,
                lane=Lane.CPU,
                file=stored("pages/s0001.json", shard.to_json()),
            ),
        ),
        texts=(stored("document.md", b"# Brief", "text/markdown"),),
        gaps=(Gap(page=2, code=PageCode.PAGE_UNREADABLE),),
        pages_by_lane={Lane.CPU: 1},
        warnings=warnings,
        fields=fields,
        corrected=corrected,
        tenant=record.ref.tenant,
        document_id=record.ref.document_id,
        revision=1,
        exports=(stored("document.alto.xml", b"<alto/>", "text/xml"),) if exported else (),
        classification=Classification(
            type=TypeDecision(value=DocumentType.LETTER, confidence=0.9),
            level=LevelDecision(value=Level.PUBLIC, confidence=0.9),
        ),
    )
    stored("original", content, "application/pdf")
    stored("document.json", document.to_json())
    for status in (Status.RUNNING, Status.PARTIAL):
        assert premises.records.change(record.ref, status, stage=Stage.COMPLETE)
    premises.sources.delete(record.source)
    return premises.current(record.ref)


def reopened(premises: Premises, record: Record, begins_at: Stage, **options: Any) -> Record:
    following = premises.revisions.reprocess(
        record, from_stage=begins_at, options=Options(**options)
    )
    assert following is not None
    return following


def work(premises: Premises, ref: Ref) -> list[str]:
    prefix = layout.revision_prefix(ref)
    return sorted(key.removeprefix(prefix) for key in premises.objects("work", prefix))


def test_a_walk_from_classify_finds_all_that_was_read(premises: Premises) -> None:
    # Given a result, and a revision that takes it up under a stricter level
    former = completed(premises, name="Brief.pdf")
    record = reopened(premises, former, Stage.CLASSIFY, level=Level.INTERNAL)
    assert (record.begins_at, record.status) == (Stage.CLASSIFY, Status.QUEUED)
    # When it is restored
    source, manifest = restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
    # Then the outputs of the stages before are those of the result
    assert work(premises, record.ref) == [
        "assemble/document.md", "assemble/manifest.json", "export/document.alto.xml",
        "export/exports.json", "preflight/plan.json", "read/s0001.json",
    ]  # fmt: skip
    body = premises.blobs("work").get(layout.stage_key(record.ref, Stage.READ, "s0001.json"))
    assert manifest is not None
    assert hashlib.sha256(body).hexdigest() == manifest.shards[0].file.sha256
    assert (manifest.page_count, len(manifest.gaps)) == (2, 1)
    plan = premises.blobs("work").get(layout.stage_key(record.ref, Stage.PREFLIGHT, "plan.json"))
    assert Plan.model_validate_json(plan).declared_level == "INTERNAL"
    # And the original is back, with what its owner asked for
    assert premises.sources.open(source).sha256() == record.content_sha256
    assert premises.sources.metadata(source) == {"name": "Brief.pdf", "level": "INTERNAL"}
    # And its record knows it, and what had been counted
    running = premises.current(record.ref)
    assert (running.status, running.source, running.stage) == (Status.RUNNING, source, "restore")
    assert (running.pages, running.failed_pages, running.pages_by_lane) == (2, 1, {"cpu": 1})
    assert running.gb_seconds == pytest.approx(0.25)
    # And the classifier decides anew, never below what was declared
    classify = Classify(
        work=premises.blobs("work"),
        records=premises.records,
        policies=Policies(premises.client("dynamodb"), premises.table),
        min_confidence=0.6,
    )
    decided = classify.run(record.ref, CALL)
    assert [*Level].index(decided.classification.level.value) <= [*Level].index(Level.INTERNAL)
    # And the old result is as it was
    assert premises.records.get(former.ref) == former
    assert len(premises.objects("vault", layout.revision_prefix(former.ref))) == 5


def test_a_walk_from_preflight_finds_the_original_alone(premises: Premises) -> None:
    former = completed(premises)
    record = reopened(premises, former, Stage.READ, lane=Lane.GPU)
    assert record.begins_at is Stage.PREFLIGHT
    source, manifest = restore(premises).run(record.ref, Stage.PREFLIGHT, CALL)
    assert manifest is None
    assert work(premises, record.ref) == []
    assert premises.sources.open(source).sha256() == record.content_sha256
    assert premises.sources.metadata(source) == {"lane": "gpu"}
    assert premises.current(record.ref).pages is None


@pytest.mark.parametrize(
    ("start", "begins_at", "page"),
    [(Stage.CLASSIFY, Stage.CLASSIFY, 1), (Stage.READ, Stage.PREFLIGHT, None)],
)
def test_what_people_have_said_of_fields_holds_where_pages_are_as_they_were_in_its_place(
    premises: Premises, start: Stage, begins_at: Stage, page: int | None
) -> None:
    # Given a result with a field that a person has corrected, one that nobody has, and one that
    # the document has not, as a person has said
    found, said = (
        FieldValue(
            name=name,
            type=FieldType.DATE,
            value="2026-03-04",
            raw="4.3.2026",
            page=1,
            source=source,
            confidence=1,
        )
        for name, source in (("date", FieldSource.LAYOUT), ("due_date", FieldSource.REVIEW))
    )
    former = completed(premises, fields=(found, said), corrected=("due_date", "iban"))
    record = reopened(premises, former, start)
    # When its next revision is restored
    restore(premises).run(record.ref, begins_at, CALL)
    # Then Extract will find what the person said
    body = premises.blobs("work").get(layout.stage_key(record.ref, Stage.EXTRACT, EARLIER))
    assert Corrections.model_validate_json(body) == Corrections(
        type=DocumentType.LETTER,
        names=("due_date", "iban"),
        fields=(said.model_copy(update={"page": page}),),
    )


def test_what_extract_says_again_is_not_carried_over(premises: Premises) -> None:
    of_extract = (
        WarningCode.XML_DIFFERS,
        WarningCode.EXTRACTION_FAILED,
        WarningCode.XML_UNREADABLE,
        WarningCode.VALUES_CONTRADICT,
        WarningCode.SEVERAL_DOCUMENTS,
        WarningCode.PAGES_ABSENT,
        WarningCode.ROWS_MISSING,
        WarningCode.VALUES_UNPROVEN,
        WarningCode.MODEL_SKIPPED,
        WarningCode.TEXTRACT_SKIPPED,
    )
    former = completed(premises, warnings=(WarningCode.REPAIRED, *of_extract))
    record = reopened(premises, former, Stage.CLASSIFY)
    _, manifest = restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
    assert manifest is not None
    assert manifest.warnings == (WarningCode.REPAIRED,)


def test_an_export_that_failed_is_not_made_up(premises: Premises) -> None:
    record = reopened(
        premises, completed(premises, warnings=(WarningCode.EXPORT_FAILED,)), Stage.CLASSIFY
    )
    _, manifest = restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
    assert manifest is not None
    assert manifest.warnings == ()
    assert "export/exports.json" not in work(premises, record.ref)


@pytest.mark.parametrize("answered", [False, True], ids=["before a call", "after a call"])
def test_whoever_dies_at_any_call_leaves_nothing_twice(
    premises: Premises, *, answered: bool
) -> None:
    died, at_call = True, 0
    while died:
        record = reopened(premises, completed(premises, name="x.pdf"), Stage.CLASSIFY)
        died = False
        with premises.dying(at_call, answered=answered):
            try:
                restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
            except Died:
                died = True
        sources = {restore(premises).run(record.ref, Stage.CLASSIFY, CALL).source for _ in "ab"}
        assert premises.objects("intake", record.source.key) == [record.source.key]
        assert sources == {premises.current(record.ref).source}
        assert len(work(premises, record.ref)) == 6
        at_call += 1
    assert at_call > 10


def test_a_next_attempt_takes_up_what_the_first_one_brought_back(premises: Premises) -> None:
    record = reopened(premises, completed(premises), Stage.CLASSIFY)
    source, _ = restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
    failed = premises.records.change(record.ref, Status.FAILED, stage=Stage.CLASSIFY)
    assert failed is not None
    again = premises.revisions.again(failed)
    assert again is not None
    assert (again.ref.attempt, again.source, again.begins_at) == (2, source, Stage.CLASSIFY)
    assert premises.waiters(again) == 1
    assert restore(premises).run(again.ref, Stage.CLASSIFY, CALL).source == source
    with pytest.raises(Superseded):
        restore(premises).run(record.ref, Stage.CLASSIFY, CALL)


def test_what_is_cancelled_while_it_is_restored_leaves_no_copy(premises: Premises) -> None:
    record = reopened(premises, completed(premises), Stage.PREFLIGHT)
    stage = restore(premises)
    copy = stage._intake.copy

    def copied(*arguments: Any, **options: Any) -> str | None:
        version_id = copy(*arguments, **options)
        assert premises.records.change(record.ref, Status.CANCELLED, stage=Stage.RESTORE)
        return version_id

    stage._intake.copy = copied  # type: ignore[method-assign]
    with pytest.raises(Superseded):
        stage.run(record.ref, Stage.PREFLIGHT, CALL)
    assert premises.objects("intake", record.source.key) == []


def test_a_result_that_is_not_what_it_was_is_refused(premises: Premises) -> None:
    former = completed(premises)
    record = reopened(premises, former, Stage.CLASSIFY)
    vault = premises.blobs("vault")
    vault.put(f"{layout.revision_prefix(former.ref)}document.md", b"# Other", "text/markdown")
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        restore(premises).run(record.ref, Stage.CLASSIFY, CALL)


def test_without_a_result_there_is_nothing_to_restore(premises: Premises) -> None:
    former = completed(premises)
    record = reopened(premises, former, Stage.CLASSIFY)
    premises.blobs("vault").purge(layout.revision_prefix(former.ref))
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        restore(premises).run(record.ref, Stage.CLASSIFY, CALL)


# ---------------------------------------------------------------------- who may be reopened
def test_a_reprocess_keeps_what_was_asked_for_and_gets_stricter_only(premises: Premises) -> None:
    first = premises.taken(uuid.uuid4().bytes, level="RESTRICTED", policy="fast", lane="cpu")
    for status in (Status.RUNNING, Status.COMPLETED):
        premises.records.change(first.ref, status, stage=Stage.COMPLETE)
    record = reopened(
        premises, premises.current(first.ref), Stage.READ, level=Level.PUBLIC, lane=Lane.GPU
    )
    assert (record.declared_level, record.policy, record.lane) == ("RESTRICTED", "fast", "gpu")
    assert (record.ref.revision, record.priority) == (2, first.priority)


@pytest.mark.parametrize(
    ("level", "children", "stage"),
    [
        (Level.CONFIDENTIAL, 2, Stage.PREFLIGHT),
        (Level.CONFIDENTIAL, 0, Stage.CLASSIFY),
        (Level.PUBLIC, 2, Stage.CLASSIFY),
        (None, 2, Stage.CLASSIFY),
    ],
)
def test_a_stricter_level_reaches_the_files_inside(
    premises: Premises, level: Level | None, children: int, stage: Stage
) -> None:
    first = premises.taken(uuid.uuid4().bytes, level="INTERNAL")
    premises.records.change(first.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    premises.records.advance(first.ref, Stage.PREFLIGHT, children=children)
    premises.records.change(first.ref, Status.COMPLETED, stage=Stage.COMPLETE)
    asked = reopened(premises, premises.current(first.ref), Stage.CLASSIFY, level=level)
    assert asked.begins_at == stage
    # Nor is it forgotten where that revision is cancelled, and another one asks for nothing
    premises.records.change(asked.ref, Status.CANCELLED, stage=Stage.INTAKE)
    again = reopened(premises, premises.current(first.ref), Stage.CLASSIFY)
    assert again.begins_at == stage


def test_a_rejected_document_is_reprocessed_from_its_upload(premises: Premises) -> None:
    rejected = premises.walked(
        uuid.uuid4().bytes, Status.RUNNING, Status.REJECTED, code="TOO_MANY_PAGES"
    )
    reprocess = premises.revisions.reprocess
    assert reprocess(rejected, from_stage=Stage.CLASSIFY, options=Options()) is None
    record = reopened(premises, rejected, Stage.READ)
    assert (record.source, record.begins_at) == (rejected.source, None)
    # Two who ask for it at once get one
    assert reprocess(rejected, from_stage=Stage.READ, options=Options()) is None


@pytest.mark.parametrize(
    "statuses",
    [(Status.RUNNING,), (Status.RUNNING, Status.FAILED), (Status.RUNNING, Status.CANCELLED)],
)
def test_what_has_no_result_is_not_reprocessed(
    premises: Premises, statuses: tuple[Status, ...]
) -> None:
    record = premises.walked(uuid.uuid4().bytes, *statuses)
    for stage in (Stage.READ, Stage.CLASSIFY):
        assert premises.revisions.reprocess(record, from_stage=stage, options=Options()) is None
    assert premises.current(record.ref) == record


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.REJECTED, Status.CANCELLED])
def test_only_what_has_failed_gets_another_attempt(premises: Premises, status: Status) -> None:
    record = premises.walked(uuid.uuid4().bytes, Status.RUNNING, status)
    assert premises.revisions.again(record) is None


def test_a_manifest_that_is_restored_is_a_manifest(premises: Premises) -> None:
    record = reopened(premises, completed(premises), Stage.CLASSIFY)
    restore(premises).run(record.ref, Stage.CLASSIFY, CALL)
    key = layout.stage_key(record.ref, Stage.ASSEMBLE, "manifest.json")
    assert b'"docparser/manifest/1"' in premises.blobs("work").get(key)
    assert (
        Manifest.model_validate_json(premises.blobs("work").get(key)).media_type
        == "application/pdf"
    )
    assert record.source == Source(bucket=premises.bucket["intake"], key=record.source.key)
