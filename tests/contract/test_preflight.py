"""Preflight and the text lane: what is planned, what is refused, and that every page is told of."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote

import boto3
import pikepdf
import pytest
from docparser.bounded import Bounds
from docparser.errors import Rejected
from docparser.intake.children import Children
from docparser.intake.examine import Examiner
from docparser.intake.identity import document_id
from docparser.intake.malware import Clamd
from docparser.intake.preflight import Preflight
from docparser.model import (
    Gap,
    Lane,
    LanePolicy,
    LaneReason,
    Level,
    Malware,
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
from docparser.settings import Archives, Limits, Parsing, ScanLanes
from docparser.store.blobs import Blobs, Sources
from docparser.store.endpoint_state import EndpointState, EndpointWatch
from PIL import Image

from tests.pdfs import scan_pdf, text_pdf
from tests.stack import Pipeline
from tests.unit.intake.hostile_files import BOMBS

if TYPE_CHECKING:
    from types_boto3_sagemaker import SageMakerClient

CALL = SimpleNamespace(gb_seconds=0.25)
ENDPOINT = ScanLanes(ocr_endpoint="docparser-local-ocr")
"""The endpoint that the model gateway serves; no other lane reads scans."""
ALL_LANES = ENDPOINT.model_copy(
    update={"ocr_cpu": True, "textract": True, "textract_tenants": "t-open, t-other"}
)
PICTURE = Image.effect_noise((80, 60), 60)


def described(pipeline: Pipeline) -> SageMakerClient:
    """Return a client of SageMaker as the workers have one."""
    client: SageMakerClient = boto3.client(
        "sagemaker",
        endpoint_url=pipeline.outputs.gateway,
        region_name=pipeline.outputs.region,
        aws_access_key_id=pipeline.outputs.account,
        aws_secret_access_key="test",
    )
    return client


class Walk:
    """Preflight and the text lane over one document after another, in the embedded AWS."""

    def __init__(
        self,
        pipeline: Pipeline,
        lanes: ScanLanes = ENDPOINT,
        limits: Limits | None = None,
        archives: Archives | None = None,
        scanner: Clamd | None = None,
    ) -> None:
        self.pipeline = pipeline
        archives = archives or Archives()
        self.sources = Sources(pipeline.client("s3"))
        self.work = Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])
        self.preflight = Preflight(
            sources=self.sources,
            work=self.work,
            # Not the intake bucket: there each child would begin a walk of its own.
            children=Children(self.work, archives.max_depth),
            records=pipeline.records,
            limits=limits or Limits(),
            examiner=Examiner(limits or Limits(), archives, Parsing()),
            document_deadline=timedelta(hours=1),
            lanes=lanes,
            endpoint=EndpointWatch(lambda: described(pipeline), lanes.ocr_endpoint),
            scanner=scanner,
        )

    def plan(
        self,
        content: bytes,
        name: str = "",
        tenant: str = "preflight",
        malware: Malware | None = None,
        **options: str,
    ) -> tuple[Ref, Source, Plan]:
        # A key that no event rule listens to: nobody else walks this document.
        key, digest = f"renamed/t/{uuid.uuid4().hex}", hashlib.sha256(content).hexdigest()
        bucket = self.pipeline.names["INTAKE_BUCKET"]
        stored = self.pipeline.client("s3").put_object(
            Bucket=bucket, Key=key, Body=content, Metadata={"name": name, **options}
        )
        source = Source(bucket=bucket, key=key, version_id=stored["VersionId"])
        ref = Ref(tenant=tenant, document_id=document_id(uuid.uuid4().hex, digest))
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=source,
            priority=Priority.STANDARD,
            content_sha256=digest,
            size_bytes=len(content),
            malware=malware,
            created_at=now(),
            updated_at=now(),
            lease_until=now() + timedelta(hours=1),
        )
        assert self.pipeline.records.open(record, name=name, upload_id=uuid.uuid4().hex)
        return ref, source, self.preflight.run(ref, source, CALL)

    def read(self, ref: Ref, source: Source, plan: Plan) -> list[Page]:
        lane = TextLane(
            sources=self.sources, work=self.work, bounds=Bounds(1 << 30, 60, 60, 1 << 30)
        )
        return [
            page
            for shard in plan.shards
            if shard.lane is Lane.TEXT
            for page in lane.run(ref, source, shard, CALL).pages
        ]


@pytest.fixture
def walk(pipeline: Pipeline) -> Walk:
    return Walk(pipeline)


@pytest.fixture
def without_ocr(pipeline: Pipeline) -> Walk:
    return Walk(pipeline, ScanLanes())


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
    strict = Walk(pipeline, limits=Limits(max_page_pixels=4800))
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
        (b"no\0document\xff" * 9, RejectedCode.UNSUPPORTED),
        (b"GIF89a" + bytes(64), RejectedCode.CORRUPT),
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


def test_the_endpoint_of_the_gateway_is_awake(pipeline: Pipeline) -> None:
    def state(name: str) -> EndpointState:
        return EndpointWatch(lambda: described(pipeline), name).state()

    assert state(ENDPOINT.ocr_endpoint) is EndpointState.WARM
    assert state("docparser-nowhere-ocr") is EndpointState.COLD


def test_few_scans_are_read_on_the_cpu_and_many_on_the_gpu(pipeline: Pipeline) -> None:
    walk = Walk(pipeline, ALL_LANES)

    _, _, few = walk.plan(scan_pdf(text=1, scanned=8))
    assert [(shard.lane, shard.fallback) for shard in few.shards] == [
        (Lane.TEXT, None),
        (Lane.CPU, Lane.GPU),
    ]
    assert few.policy is LanePolicy.COST

    _, _, many = walk.plan(scan_pdf(scanned=9))
    assert {(shard.lane, shard.fallback) for shard in many.shards} == {(Lane.GPU, Lane.CPU)}


def test_a_sleeping_endpoint_is_passed_over(pipeline: Pipeline) -> None:
    asleep = ALL_LANES.model_copy(update={"ocr_endpoint": "docparser-nowhere-ocr"})
    _, _, plan = Walk(pipeline, asleep).plan(image("PNG"), policy="fast")
    assert (lanes(plan), plan.reasons) == ([Lane.CPU], (LaneReason.FALLBACK_COLD,))


@pytest.mark.parametrize(
    ("tenant", "options", "lane", "declared"),
    [
        ("t-shut", {}, Lane.CPU, None),
        ("t-shut", {"level": "PUBLIC"}, Lane.TEXTRACT, Level.PUBLIC),
        ("t-shut", {"level": "RESTRICTED"}, Lane.CPU, Level.RESTRICTED),
        ("t-open", {}, Lane.TEXTRACT, None),
        ("t-other", {"level": "INTERNAL"}, Lane.TEXTRACT, Level.INTERNAL),
        ("t-open", {"level": "CONFIDENTIAL"}, Lane.CPU, Level.CONFIDENTIAL),
        # Somebody wanted a level
        ("t-open", {"level": "top secret"}, Lane.CPU, Level.CONFIDENTIAL),
    ],
)
def test_textract_sees_a_document_only_if_it_may(
    pipeline: Pipeline, tenant: str, options: dict[str, str], lane: Lane, declared: Level | None
) -> None:
    # Given a picture of few pixels, which quality would rather show to Textract
    walk = Walk(pipeline, ALL_LANES)
    _, _, plan = walk.plan(image("PNG"), tenant=tenant, policy="quality", **options)
    assert (lanes(plan), plan.declared_level, plan.policy) == ([lane], declared, "quality")
    # Nor can anybody force it to be shown.
    _, _, plan = walk.plan(image("JPEG"), tenant=tenant, lane="textract", **options)
    forced = LaneReason.FORCED if lane is Lane.TEXTRACT else LaneReason.POLICY
    assert (lanes(plan), plan.reasons) == ([lane], (forced,))


@pytest.mark.parametrize(
    ("said", "lane", "kept"),
    [
        ("CONFIDENTIAL", Lane.CPU, Level.CONFIDENTIAL),
        ("top secret", Lane.CPU, Level.CONFIDENTIAL),
        ("INTERNAL", Lane.TEXTRACT, Level.INTERNAL),
        ("", Lane.TEXTRACT, Level.PUBLIC),
    ],
)
def test_bytes_that_come_again_under_a_stricter_level_are_not_shown_to_textract(
    pipeline: Pipeline, said: str, lane: Lane, kept: Level
) -> None:
    # Given a document that Textract might see, and whose walk failed after it was planned
    walk = Walk(pipeline, ALL_LANES)
    content = image("PNG")
    ref, source, plan = walk.plan(content, tenant="t-shut", lane="textract", level="PUBLIC")
    assert lanes(plan) == [Lane.TEXTRACT]
    # When its owner sends it again, and says more of it
    stored = pipeline.client("s3").put_object(
        Bucket=source.bucket, Key=source.key, Body=content, Metadata={"level": said}
    )
    again = source.model_copy(update={"version_id": stored["VersionId"]})
    plan = walk.preflight.run(ref, again, CALL)
    # Then the plan of before says so too, here and where it is stored
    assert (lanes(plan), plan.declared_level) == ([lane], kept)
    assert walk.preflight.run(ref, source, CALL) == plan


def test_options_that_nobody_understands_are_ignored(pipeline: Pipeline) -> None:
    walk = Walk(pipeline, ALL_LANES)
    _, _, plan = walk.plan(image("PNG"), policy="cheapest", lane="tesseract")
    assert (plan.policy, lanes(plan), plan.reasons) == (
        LanePolicy.COST, [Lane.CPU], (LaneReason.IMAGE_INPUT,)
    )  # fmt: skip


def test_a_forced_lane_reads_digital_pages_too(pipeline: Pipeline) -> None:
    _, _, plan = Walk(pipeline, ALL_LANES).plan(scan_pdf(text=1, scanned=1), lane="gpu")
    assert (lanes(plan), set(plan.reasons)) == ([Lane.GPU] * 2, {LaneReason.FORCED})


def test_a_photograph_that_hangs_askew_is_shown_to_textract(pipeline: Pipeline) -> None:
    # Given a page of A4 at 150 dpi, as it is and turned further than the engine straightens
    lines = Image.new("L", (1240, 1754), 235)
    for top in range(140, 1600, 40):
        lines.paste(40, (120, top, 1100, top + 14))
    walk = Walk(pipeline, ALL_LANES)
    for picture, lane in ((lines, Lane.CPU), (lines.rotate(14, fillcolor=235), Lane.TEXTRACT)):
        _, _, plan = walk.plan(image("JPEG", picture), policy="quality", level="PUBLIC")
        assert lanes(plan) == [lane]


# ---------------------------------------------------------------------- what is read instead
def locked(content: bytes, password: str) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(user=password, owner="owner"))
    return buffer.getvalue()


def test_a_password_that_came_with_the_upload_opens_it(walk: Walk) -> None:
    content = locked(text_pdf(("one",)), "pässwört")
    for options in ({}, {"password": "wrong"}):
        with pytest.raises(Rejected) as caught:
            walk.plan(content, **options)
        assert caught.value.code is RejectedCode.ENCRYPTED

    ref, source, plan = walk.plan(content, password=quote("pässwört", safe=""))

    read = plan.readable(source)
    assert read.source.key == f"preflight/{ref.document_id}/r1/preflight/source"
    assert plan.content_sha256 == hashlib.sha256(content).hexdigest() != read.sha256
    stored = walk.work.get(read.source.key)
    assert hashlib.sha256(stored).hexdigest() == read.sha256
    assert len(stored) == read.size_bytes
    (page,) = walk.read(ref, source, plan)
    assert page.text == "one"
    record = walk.pipeline.records.get(ref)
    assert record is not None
    assert "pässwört" not in record.model_dump_json() + plan.model_dump_json()


def test_a_picture_of_a_kind_that_no_lane_reads_becomes_a_tiff(walk: Walk) -> None:
    others = [Image.effect_noise((80, 60), sigma) for sigma in (20, 40)]
    _, source, plan = walk.plan(image("WEBP", PICTURE, *others))

    assert (plan.media_type, plan.page_count) == ("image/webp", 3)
    read = plan.readable(source)
    assert read.media_type == "image/tiff"
    with Image.open(io.BytesIO(walk.work.get(read.source.key))) as made:
        assert made.n_frames == 3


def test_what_an_earlier_attempt_stored_is_what_the_plan_tells_of(walk: Walk) -> None:
    ref, source, first = walk.plan(image("BMP"))
    # Given an attempt that stored the picture, and died before its plan
    key = f"preflight/{ref.document_id}/r1/preflight/plan.json"
    walk.work.delete(key)
    # When the next one makes another file of it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("docparser.intake.frames._dpi", lambda picture: (123, 123))
        plan = walk.preflight.run(ref, source, CALL)
    # Then what is stored and what is told are the same
    assert plan.normalised == first.normalised


def test_what_is_mended_says_so(walk: Walk) -> None:
    content = text_pdf(("one",))
    ref, source, plan = walk.plan(content[: content.rindex(b"startxref")])
    assert (plan.warnings, plan.normalised) == ((WarningCode.REPAIRED,), None)
    assert walk.read(ref, source, plan)[0].text == "one"


# ---------------------------------------------------------------------- what is inside
def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_files_inside_a_file_are_uploaded_as_documents_of_their_own(walk: Walk) -> None:
    letter, note = text_pdf(("one",)), f"a note {uuid.uuid4()}".encode()
    content = zipped(**{"Verträge/one.pdf": letter, "note.txt": note, "empty": b""})

    ref, _, plan = walk.plan(content, level="RESTRICTED", policy="fast")

    by_name = {child.name: child for child in plan.children}
    assert by_name["Verträge/one.pdf"].document_id == document_id(
        ref.tenant, hashlib.sha256(letter).hexdigest()
    )
    record = walk.pipeline.records.get(ref)
    assert record is not None
    assert (record.children, record.malware) == (len(plan.children), Malware.OFF)
    # Each is an upload of ours, which says where it came from
    uploads = {}
    s3 = walk.pipeline.client("s3")
    for place, child in enumerate(plan.children, start=1):
        inner = f"{ref.tenant}/{ref.document_id}/{place}/RESTRICTED"
        upload_id = uuid.uuid5(uuid.NAMESPACE_URL, inner).hex
        if child.document_id is not None:
            answer = s3.get_object(
                Bucket=walk.work.bucket, Key=f"standard/{ref.tenant}/{upload_id}"
            )
            uploads[child.name] = (answer["Body"].read(), answer["Metadata"])
    body, metadata = uploads["note.txt"]
    assert body == note
    assert metadata == {
        "name": "note.txt",
        "parent": ref.document_id,
        "depth": "1",
        "level": "RESTRICTED",
        "policy": "fast",
    }
    assert uploads["Verträge/one.pdf"][0] == letter


def test_a_file_that_lies_too_deep_is_skipped(pipeline: Pipeline) -> None:
    walk = Walk(pipeline, archives=Archives(max_depth=0))
    _, _, plan = walk.plan(zipped(inner=b"a note"))
    (child,) = plan.children
    assert (child.code, child.document_id) == (RejectedCode.BOMB, None)
    assert plan.warnings == (WarningCode.CHILDREN_SKIPPED,)


# ---------------------------------------------------------------------- malware
class Found(Clamd):
    """A daemon's answer; the daemon itself is asked in the unit tests."""

    def __init__(self, answer: Malware | Rejected) -> None:
        super().__init__("")
        self._answer = answer

    def scan(self, path: Path) -> Malware:
        if isinstance(self._answer, Rejected):
            raise self._answer
        return self._answer


def test_malware_is_looked_for_before_anything_is_parsed(pipeline: Pipeline) -> None:
    infected = Found(Rejected(RejectedCode.INFECTED))
    with pytest.raises(Rejected) as caught:
        Walk(pipeline, scanner=infected).plan(b"\xff\xff no document at all \0")
    assert caught.value.code is RejectedCode.INFECTED

    clean = Walk(pipeline, scanner=Found(Malware.CLEAN))
    ref, _, plan = clean.plan(image("PNG"))
    record = pipeline.records.get(ref)
    assert record is not None
    assert plan.malware is record.malware is Malware.CLEAN


def test_what_was_found_infected_is_parsed_by_nobody(walk: Walk) -> None:
    # Given a document that GuardDuty found infected, and that somebody lets walk all the same
    with pytest.raises(Rejected) as caught:
        walk.plan(image("PNG"), malware=Malware.INFECTED)
    assert caught.value.code is RejectedCode.INFECTED


def test_a_bomb_leaves_the_worker_as_it_was(walk: Walk) -> None:
    code, making = BOMBS["contents of 4 GB"]
    with pytest.raises(Rejected) as caught:
        walk.plan(making())
    assert caught.value.code == code
    assert walk.plan(text_pdf(("one",)))[2].page_count == 1
