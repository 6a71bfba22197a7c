"""Preflight and the text lane: what is planned, what is refused, and that every page is told of."""

from __future__ import annotations

import hashlib
import io
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from docparser.errors import Rejected
from docparser.intake.identity import document_id
from docparser.intake.preflight import Preflight
from docparser.model import (
    Gap,
    Lane,
    LaneReason,
    Page,
    PageCode,
    PageStatus,
    Plan,
    Priority,
    Record,
    Ref,
    RejectedCode,
    Source,
    Status,
    WarningCode,
    now,
)
from docparser.ocr.shard import TextLane
from docparser.settings import Limits
from docparser.store.blobs import Blobs, Sources
from PIL import Image

from tests.pdfs import scan_pdf, text_pdf
from tests.stack import Pipeline

CALL = SimpleNamespace(gb_seconds=0.25)
PICTURE = Image.effect_noise((80, 60), 60)


class Walk:
    """Preflight and the text lane over one document after another, in the embedded AWS."""

    def __init__(self, pipeline: Pipeline, *, ocr: bool, limits: Limits) -> None:
        self.pipeline = pipeline
        self.sources = Sources(pipeline.client("s3"))
        self.work = Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])
        self.preflight = Preflight(
            sources=self.sources,
            work=self.work,
            records=pipeline.records,
            limits=limits,
            document_deadline=timedelta(hours=1),
            ocr=ocr,
        )

    def plan(self, content: bytes, name: str = "") -> tuple[Ref, Source, Plan]:
        # A key that no event rule listens to: nobody else walks this document.
        key, digest = f"renamed/t/{uuid.uuid4().hex}", hashlib.sha256(content).hexdigest()
        bucket = self.pipeline.names["INTAKE_BUCKET"]
        stored = self.pipeline.client("s3").put_object(
            Bucket=bucket, Key=key, Body=content, Metadata={"name": name}
        )
        source = Source(bucket=bucket, key=key, version_id=stored["VersionId"])
        ref = Ref(tenant="preflight", document_id=document_id(uuid.uuid4().hex, digest))
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=source,
            priority=Priority.STANDARD,
            content_sha256=digest,
            size_bytes=len(content),
            created_at=now(),
            updated_at=now(),
            lease_until=now() + timedelta(hours=1),
        )
        assert self.pipeline.records.open(record, name=name, upload_id=uuid.uuid4().hex)
        return ref, source, self.preflight.run(ref, source, CALL)

    def read(self, ref: Ref, source: Source, plan: Plan) -> list[Page]:
        lane = TextLane(sources=self.sources, work=self.work)
        return [
            page
            for shard in plan.shards
            if shard.lane is Lane.TEXT
            for page in lane.run(ref, source, shard, CALL).pages
        ]


@pytest.fixture
def walk(pipeline: Pipeline) -> Walk:
    return Walk(pipeline, ocr=True, limits=Limits())


@pytest.fixture
def without_ocr(pipeline: Pipeline) -> Walk:
    return Walk(pipeline, ocr=False, limits=Limits())


def image(kind: str, *frames: Image.Image) -> bytes:
    buffer = io.BytesIO()
    first, *others = frames or (PICTURE,)
    if others:
        first.save(buffer, kind, save_all=True, append_images=others)
    else:
        first.save(buffer, kind)
    return buffer.getvalue()


def with_huge_page(content: bytes, number: int) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.pages[number - 1].MediaBox = [0, 0, 80_500, 80_500]
        pdf.save(buffer)
    return buffer.getvalue()


def lanes(plan: Plan) -> list[Lane]:
    return [
        shard.lane for shard in plan.shards for _ in range(shard.first_page, shard.last_page + 1)
    ]


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("TIFF", "image/tiff")]
)
def test_an_image_is_read_by_ocr(walk: Walk, kind: str, media_type: str) -> None:
    _, _, plan = walk.plan(image(kind))

    assert (plan.media_type, lanes(plan)) == (media_type, [Lane.GPU])
    assert (plan.reasons, plan.refused, plan.warnings) == ((LaneReason.IMAGE_INPUT,), (), ())


def test_the_pages_of_a_mixed_pdf_go_their_own_ways(walk: Walk) -> None:
    ref, source, plan = walk.plan(scan_pdf(text=2, scanned=3))

    assert [(shard.lane, shard.first_page, shard.last_page) for shard in plan.shards] == [
        (Lane.TEXT, 1, 2),
        (Lane.GPU, 3, 5),
    ]
    assert plan.reasons == (
        *[LaneReason.TEXT_LAYER_TRUSTED] * 2,
        *[LaneReason.NO_TEXT_LAYER] * 3,
    )
    assert [page.status for page in walk.read(ref, source, plan)] == [PageStatus.OK] * 2


def test_where_there_is_no_ocr_its_pages_are_named(without_ocr: Walk) -> None:
    for content in (image("PNG"), scan_pdf(scanned=1)):
        ref, source, plan = without_ocr.plan(content)
        assert lanes(plan) == [Lane.TEXT]
        (page,) = without_ocr.read(ref, source, plan)
        assert (page.status, page.code) == (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)
        assert page.lane_reason is plan.reasons[0]


def test_a_huge_page_is_refused_and_its_neighbours_are_read(walk: Walk) -> None:
    ref, source, plan = walk.plan(with_huge_page(text_pdf(("one",), ("two",), ("three",)), 2))

    assert plan.refused == (Gap(page=2, code=PageCode.PAGE_TOO_LARGE),)
    one, two, three = walk.read(ref, source, plan)
    assert (one.text, three.text) == ("one", "three")
    assert (two.number, two.status, two.code) == (2, PageStatus.ERROR, PageCode.PAGE_TOO_LARGE)


def test_refused_frames_are_told_of_without_opening_the_source(
    pipeline: Pipeline, walk: Walk
) -> None:
    strict = Walk(pipeline, ocr=True, limits=Limits(max_page_pixels=4800))
    frames = image("TIFF", PICTURE, PICTURE.resize((800, 600)), PICTURE)

    ref, source, plan = strict.plan(frames)
    assert lanes(plan) == [Lane.GPU, Lane.TEXT, Lane.GPU]
    assert plan.refused == (Gap(page=2, code=PageCode.PAGE_TOO_LARGE),)

    gone = Source(bucket=source.bucket, key="renamed/t/nothing")
    (page,) = strict.read(ref, gone, plan)
    assert (page.number, page.code, page.lane) == (2, PageCode.PAGE_TOO_LARGE, Lane.TEXT)
    assert page.lane_reason is LaneReason.IMAGE_INPUT


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", RejectedCode.EMPTY),
        (b"no document", RejectedCode.UNSUPPORTED),
        (b"GIF89a" + bytes(64), RejectedCode.UNSUPPORTED),
        (image("JPEG")[:-40], RejectedCode.CORRUPT),
        (image("PNG")[:-40], RejectedCode.CORRUPT),
        (image("TIFF")[:60], RejectedCode.CORRUPT),
        (with_huge_page(text_pdf(("one",)), 1), RejectedCode.TOO_MANY_PIXELS),
    ],
)
def test_what_cannot_be_read_has_its_code(walk: Walk, content: bytes, code: RejectedCode) -> None:
    with pytest.raises(Rejected) as caught:
        walk.plan(content)
    assert caught.value.code is code


def test_a_name_that_claims_another_kind_is_noticed(walk: Walk) -> None:
    assert walk.plan(image("PNG"), "scan.pdf")[2].warnings == (WarningCode.NAME_MISMATCH,)
    assert walk.plan(image("PNG"), "scan.png")[2].warnings == ()


def test_a_garbled_page_is_planned_for_ocr_and_never_believed(
    walk: Walk, without_ocr: Walk
) -> None:
    garbled = (
        Path(__file__).parents[2] / "samples" / "documents" / "en" / "garbled-notice.pdf"
    ).read_bytes()

    _, _, plan = walk.plan(garbled)
    assert (lanes(plan), plan.reasons) == ([Lane.GPU], (LaneReason.TEXT_LAYER_GARBLED,))

    ref, source, plan = without_ocr.plan(garbled)
    (page,) = without_ocr.read(ref, source, plan)
    assert (page.code, page.blocks) == (PageCode.OCR_UNAVAILABLE, ())
