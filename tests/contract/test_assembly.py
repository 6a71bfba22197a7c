"""Assembly: what a plan names and nobody stored is named as missing, and nothing else moves."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
from docparser.classify.stage import Classify
from docparser.errors import Terminal
from docparser.export.markdown import Markdown
from docparser.export.plain_text import PlainText
from docparser.intake.identity import document_id
from docparser.model import (
    Block,
    Gap,
    Lane,
    LaneReason,
    Level,
    Line,
    Manifest,
    Page,
    PageCode,
    PageStatus,
    Plan,
    PlannedShard,
    Record,
    Ref,
    Shard,
    Source,
    Stage,
    Status,
    box,
    now,
)
from docparser.ocr.assembly import Assembly
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from docparser.store import layout
from docparser.store.blobs import Blobs
from docparser.store.policies import Policies

from tests.stack import Pipeline

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
CALL = SimpleNamespace(gb_seconds=0.25)
TWO_SHARDS = (
    PlannedShard(shard_id="s0001", first_page=1, last_page=2, lane=Lane.TEXT),
    PlannedShard(shard_id="s0002", first_page=3, last_page=4, lane=Lane.TEXT),
)


def page(number: int, text: str) -> Page:
    place = box(0, 0, 1, 1)
    line = Line(id=f"p{number}.l1", text=text, polygon=place, words=())
    return Page(
        number=number,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
        blocks=(Block(id=f"p{number}.b1", polygon=place, lines=(line,)),),
    )


def unread(number: int, code: PageCode | None = None) -> Page:
    blank = page(number, "")
    return blank.model_copy(update={"status": PageStatus.ERROR, "code": code, "blocks": ()})


def classifying(pipeline: Pipeline, work: Blobs) -> Classify:
    policies = Policies(pipeline.client("dynamodb"), pipeline.names["TABLE"])
    return Classify(work=work, records=pipeline.records, policies=policies, min_confidence=0.6)


@pytest.fixture
def work(pipeline: Pipeline) -> Blobs:
    return Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])


@pytest.fixture
def ref(pipeline: Pipeline, work: Blobs) -> Ref:
    """A running document with a plan of two shards, of which nothing is read yet."""
    content = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    ref = Ref(tenant="t", document_id=document_id("t", content))
    moment = now()
    record = Record(
        ref=ref,
        status=Status.QUEUED,
        source=Source(bucket="b", key="k"),
        content_sha256=content,
        size_bytes=1,
        created_at=moment,
        updated_at=moment,
    )
    assert pipeline.records.open(record, name="x.pdf", upload_id=uuid.uuid4().hex)
    assert pipeline.records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    plan = Plan(
        media_type="application/pdf",
        content_sha256=content,
        size_bytes=1,
        created_at=moment,
        shards=TWO_SHARDS,
        reasons=(LaneReason.TEXT_LAYER_TRUSTED,) * 4,
    )
    work.put_json_once(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"), plan.to_json())
    return ref


def store(work: Blobs, ref: Ref, shard_id: str, *pages: Page) -> bytes:
    shard = Shard(shard_id=shard_id, pages=pages, gb_seconds=0.5)
    key = layout.stage_key(ref, Stage.READ, f"{shard_id}.json")
    return work.put_json_once(key, shard.to_json())


def assembled(pipeline: Pipeline, work: Blobs, ref: Ref) -> Manifest:
    renditions = (Markdown, PlainText)
    assembly = Assembly(work=work, records=pipeline.records, renditions=renditions)
    return assembly.run(ref, CALL)


def text_of(work: Blobs, ref: Ref) -> str:
    return work.get(layout.stage_key(ref, Stage.ASSEMBLE, "document.txt")).decode()


def gaps(*numbers: int) -> tuple[Gap, ...]:
    return tuple(Gap(page=number, code=PageCode.PAGE_UNREADABLE) for number in numbers)


@pytest.mark.parametrize(
    ("stored", "missing", "pages"),
    [("s0001", (3, 4), ["one\n", "two\n", "", ""]), ("s0002", (1, 2), ["", "", "one\n", "two\n"])],
)
def test_a_shard_that_nobody_stored_is_named_page_by_page(
    pipeline: Pipeline,
    work: Blobs,
    ref: Ref,
    stored: str,
    missing: tuple[int, ...],
    pages: list[str],
) -> None:
    # Given one shard of two
    (planned,) = (shard for shard in TWO_SHARDS if shard.shard_id == stored)
    numbers = (planned.first_page, planned.last_page)
    body = store(work, ref, stored, *map(page, numbers, ("one", "two")))
    # When what there is is put together
    manifest = assembled(pipeline, work, ref)
    # Then the other's pages are named, and counted
    assert manifest.page_count == 4
    assert manifest.gaps == gaps(*missing)
    assert manifest.pages_by_lane == {Lane.TEXT: 2}
    (entry,) = manifest.shards
    assert entry.shard_id == stored
    assert entry.file.sha256 == hashlib.sha256(body).hexdigest()
    record = pipeline.record(ref)
    assert record is not None
    assert (record.stage, record.failed_pages) == (Stage.ASSEMBLE, 2)
    # And every page that was read stands in its place
    assert text_of(work, ref).split("\f") == pages


def test_a_page_that_its_shard_leaves_out_is_missing_too(
    pipeline: Pipeline, work: Blobs, ref: Ref
) -> None:
    # Given shards that lack page 2, and say of pages 1 and 4 that they were not read
    store(work, ref, "s0001", unread(1, PageCode.PAGE_DEADLINE))
    store(work, ref, "s0002", page(3, "three"), unread(4))
    manifest = assembled(pipeline, work, ref)
    first, *others = manifest.gaps
    assert first == Gap(page=1, code=PageCode.PAGE_DEADLINE)
    assert tuple(others) == gaps(2, 4)
    assert text_of(work, ref).split("\f") == ["", "", "three\n", ""]


@pytest.mark.parametrize("shards", [(), ("s0001", "s0002")])
def test_a_document_of_which_nothing_was_read_is_not_assembled(
    pipeline: Pipeline, work: Blobs, ref: Ref, shards: tuple[str, ...]
) -> None:
    for shard_id in shards:
        store(work, ref, shard_id)
    with pytest.raises(Terminal, match="PAGES_MISSING"):
        assembled(pipeline, work, ref)
    assert work.find(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json")) is None
    record = pipeline.record(ref)
    assert record is not None
    assert (record.stage, record.failed_pages) == (Stage.PREFLIGHT, None)


def test_what_was_assembled_once_stays(pipeline: Pipeline, work: Blobs, ref: Ref) -> None:
    # Given a document that was put together without its second shard
    store(work, ref, "s0001", page(1, "one"), page(2, "two"))
    first = assembled(pipeline, work, ref)
    text = text_of(work, ref)
    assert assembled(pipeline, work, ref) == first
    # When that shard is stored late, and assembly is repeated
    store(work, ref, "s0002", page(3, "three"), page(4, "four"))
    # Then manifest and text are those of the first run, and agree
    assert assembled(pipeline, work, ref) == first
    assert text_of(work, ref) == text
    stored = work.get(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json"))
    assert json.loads(stored) == json.loads(first.to_json())
    (described,) = (piece for piece in first.texts if piece.name == "document.txt")
    assert described.sha256 == hashlib.sha256(text.encode()).hexdigest()
    record = pipeline.record(ref)
    assert record is not None
    assert record.failed_pages == 2


def test_a_text_that_an_interrupted_run_left_is_described_as_it_is_stored(
    pipeline: Pipeline, work: Blobs, ref: Ref
) -> None:
    """Route compares each copy with the manifest: it must name the bytes that are there."""
    store(work, ref, "s0001", page(1, "one"), page(2, "two"))
    left = b"one\n\ftwo\n\f\f "
    digest = hashlib.sha256(left).hexdigest()
    key = layout.stage_key(ref, Stage.ASSEMBLE, "document.txt")
    assert work.put_once(key, left, digest, PlainText.media_type)
    manifest = assembled(pipeline, work, ref)
    (described,) = (piece for piece in manifest.texts if piece.name == "document.txt")
    assert (described.sha256, described.size_bytes) == (digest, len(left))
    assert described.media_type == PlainText.media_type


@pytest.mark.parametrize(
    ("stored", "level"),
    [(("s0001", "s0002"), Level.PUBLIC), (("s0001",), Level.CONFIDENTIAL)],
    ids=["all pages read", "a shard lost"],
)
def test_a_page_that_nobody_read_makes_the_document_confidential(
    pipeline: Pipeline, work: Blobs, ref: Ref, stored: tuple[str, ...], level: Level
) -> None:
    # Given a press release, marked for public release, some of whose pages may be lost
    with open_pdf(SAMPLES / "de" / "pressemitteilung.pdf") as pdf:
        released = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)
    for planned in TWO_SHARDS:
        if planned.shard_id in stored:
            numbers = (planned.first_page, planned.last_page)
            pages = [released.model_copy(update={"number": number}) for number in numbers]
            store(work, ref, planned.shard_id, *pages)
    assembled(pipeline, work, ref)
    # When its level is decided, then what nobody saw could be anything
    decision = classifying(pipeline, work).run(ref, CALL).classification.level
    assert decision.value is level
    lost = [(seen.page, seen.count) for seen in decision.evidence if seen.rule == "page.unread"]
    assert lost == ([] if level is Level.PUBLIC else [(3, 2)])


def test_a_release_that_its_owner_declared_restricted_is_restricted(
    pipeline: Pipeline, work: Blobs, ref: Ref
) -> None:
    # Given the plan of a document whose owner named a level
    key = layout.stage_key(ref, Stage.PREFLIGHT, "plan.json")
    plan = Plan.model_validate_json(work.get(key))
    declared = plan.model_copy(update={"declared_level": Level.RESTRICTED})
    work.put(key, declared.to_json(), "application/json")
    # When every page of it says that it is for everybody
    with open_pdf(SAMPLES / "de" / "pressemitteilung.pdf") as pdf:
        released = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)
    for planned in TWO_SHARDS:
        numbers = (planned.first_page, planned.last_page)
        pages = [released.model_copy(update={"number": number}) for number in numbers]
        store(work, ref, planned.shard_id, *pages)
    assembled(pipeline, work, ref)
    # Then the stricter level wins
    decided = classifying(pipeline, work).run(ref, CALL).classification
    assert decided.level.value is Level.RESTRICTED
