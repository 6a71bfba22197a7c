"""The lane: boto3 speaks to the gateway, the shard lies in the bucket, the pace in the table."""

from __future__ import annotations

import hashlib
import io
import uuid
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docparser import pricing
from docparser.errors import Retryable, Terminal
from docparser.model import (
    Gap,
    Lane,
    LanePolicy,
    LaneReason,
    PageCode,
    PageStatus,
    Plan,
    PlannedShard,
    Ref,
    Shard,
    Source,
    Stage,
    now,
)
from docparser.ocr.shards import Shards
from docparser.ocr.textract_lane import Textract, TextractLane
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.pace import Pace
from docparser.textract.pictures import MOST_BYTES, open_pictures
from PIL import Image

from tests.contract.textract import invariants
from tests.contract.textract.readings import PAGE, UNREADABLE, answer, picture
from tests.pdfs import scan_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.engine.model import Gateway

CALL: Any = SimpleNamespace(gb_seconds=0.25)
MEDIA_TYPES = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"II*\x00": "image/tiff"}


def tiff(*sizes: tuple[int, int]) -> bytes:
    frames = [Image.new("L", size, 255) for size in sizes]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@dataclass
class Document:
    """A planned document, and the lane that reads it."""

    gateway: Gateway
    content: bytes
    pages: int
    ref: Ref
    per_second: float = 50

    @property
    def work(self) -> Blobs:
        return Blobs(self.gateway.engine.client("s3"), "work")

    def plan(self, **changes: Any) -> None:
        plan = Plan(
            media_type=MEDIA_TYPES.get(self.content[:4], "image/jpeg"),
            content_sha256=hashlib.sha256(self.content).hexdigest(),
            size_bytes=len(self.content),
            created_at=now(),
            shards=(self.shard(),),
            reasons=(LaneReason.NO_TEXT_LAYER,) * self.pages,
            **changes,
        )
        self.work.put_json_once(
            layout.stage_key(self.ref, Stage.PREFLIGHT, "plan.json"), plan.to_json()
        )
        self.gateway.engine.client("s3").put_object(
            Bucket="intake", Key=self.ref.document_id, Body=self.content
        )

    def shard(self, **changes: Any) -> PlannedShard:
        return PlannedShard(
            shard_id="s0001", first_page=1, last_page=self.pages, lane=Lane.TEXTRACT, **changes
        )

    def read(self, **changes: Any) -> Shard:
        engine = self.gateway.engine
        paces = {
            name: Pace(
                engine.client("dynamodb"),
                "pages",
                api=f"{name}-{self.ref.document_id}",
                per_second=self.per_second,
            )
            for name in ("detect", "analyze")
        }
        lane = TextractLane(
            sources=Sources(engine.client("s3")),
            work=self.work,
            shards=Shards(self.work),
            textract=Textract(self.gateway.textract, **paces),
        )
        source = Source(bucket="intake", key=self.ref.document_id)
        return lane.run(self.ref, source, self.shard(**changes), CALL)

    @property
    def files(self) -> set[str]:
        """The names of what lies in the bucket for the shard."""
        prefix = layout.stage_key(self.ref, Stage.READ, "")
        listed = self.gateway.engine.client("s3").list_objects_v2(Bucket="work", Prefix=prefix)
        return {row["Key"].rpartition("/")[2] for row in listed.get("Contents", [])}


@pytest.fixture
def document(gateway: Gateway) -> Iterator[Any]:
    def make(content: bytes, pages: int = 1, **plan: Any) -> Document:
        ref = Ref(tenant="default", document_id=f"d{uuid.uuid4().hex}", revision=1, attempt=1)
        made = Document(gateway, content, pages, ref)
        made.plan(**plan)
        return made

    return make


def test_a_shard_is_read_page_by_page(document: Any) -> None:
    # Given
    scan = document(scan_pdf(scanned=3), 3)
    # When
    shard = scan.read()
    # Then
    assert [page.number for page in shard.pages] == [1, 2, 3]
    for page in shard.pages:
        invariants.check(page)
        assert (page.lane, page.lane_reason) == (Lane.TEXTRACT, LaneReason.NO_TEXT_LAYER)
        assert page.text.split() == PAGE.text.split()
        assert (round(page.width_pt), round(page.height_pt)) == (595, 842)
        assert page.tables == ()
    sent = [body for body, _ in scan.gateway.model.requests]
    assert len(sent) == 3
    assert all(body.startswith(b"\xff\xd8\xff") for body in sent)
    assert Shards(scan.work).find(scan.ref, "s0001") == shard
    assert scan.files == {"s0001.json"}


def test_what_textract_charges_is_recorded(document: Any) -> None:
    shard = document(scan_pdf(scanned=2), 2).read()
    assert shard.charges_usd == 2 * pricing.TEXTRACT_DETECTION
    assert shard.gb_seconds == CALL.gb_seconds
    (cost,) = {page.cost_usd for page in shard.pages}
    lambda_usd = Decimal("0.25") * pricing.LAMBDA_GB_SECOND / 2
    assert cost == (pricing.TEXTRACT_DETECTION + lambda_usd).quantize(Decimal("0.000001"))


def test_quality_asks_for_tables_and_layout(document: Any) -> None:
    (page,) = document(picture(), policy=LanePolicy.QUALITY).read().pages
    assert [(part.kind, part.level) for part in page.blocks] == [
        (part.kind, part.level) for part in PAGE.blocks
    ]
    assert page.tables == PAGE.tables
    assert page.cost_usd > pricing.textract_charge(("TABLES", "LAYOUT"))


def test_a_shard_that_fell_back_says_so(document: Any) -> None:
    (page,) = document(picture()).read(fell_back=True).pages
    assert page.lane_reason is LaneReason.FALLBACK_FAILED


def test_a_shard_that_is_there_costs_nothing_again(document: Any) -> None:
    scan = document(picture())
    first = scan.read()
    assert scan.read() == first
    assert len(scan.gateway.model.requests) == 1


# ---------------------------------------------------------------- a page among others
def test_a_page_that_textract_refuses_leaves_its_neighbours(document: Any) -> None:
    # Given: five pages of which the engine takes one for broken, one for too large
    scan = document(tiff((10, 10), (20, 10), (30, 10), (40, 10), (50, 10)), 5,
                    refused=(Gap(page=4, code=PageCode.PAGE_TOO_LARGE),))  # fmt: skip
    codes = {20: PageCode.PAGE_UNREADABLE, 30: PageCode.PAGE_TOO_LARGE}

    def behave(body: bytes) -> tuple[int, bytes]:
        wide = Image.open(io.BytesIO(body)).width
        return 200, answer(UNREADABLE, code=codes[wide]) if wide in codes else answer(PAGE)

    scan.gateway.model.behave = behave
    # When
    shard = scan.read()
    # Then
    assert [page.code for page in shard.pages] == [
        None,
        PageCode.PAGE_UNREADABLE,
        PageCode.PAGE_TOO_LARGE,
        PageCode.PAGE_TOO_LARGE,
        None,
    ]
    assert [page.cost_usd > 0 for page in shard.pages] == [True, False, False, False, True]
    assert shard.charges_usd == 2 * pricing.TEXTRACT_DETECTION
    assert len(scan.gateway.model.requests) == 4


def test_a_page_that_cannot_be_drawn_is_named(document: Any) -> None:
    scan = document(tiff((10, 10), (20, 10)), 3)  # the plan knew of a frame that is not there
    shard = scan.read()
    assert [page.code for page in shard.pages] == [None, None, PageCode.PAGE_UNREADABLE]


def test_a_file_that_cannot_be_opened_is_all_unreadable(document: Any) -> None:
    shard = document(b"%PDF-1.7 nothing follows", 2).read()
    assert [page.code for page in shard.pages] == [PageCode.PAGE_UNREADABLE] * 2
    assert shard.charges_usd == 0


# ---------------------------------------------------------------- throttles and faults
def test_what_was_read_before_a_throttle_is_kept(
    document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: Textract throttles from the third page on
    scan = document(scan_pdf(scanned=4), 4)
    client, calls = scan.gateway.textract, []
    read = client.detect_document_text

    def throttled(**request: Any) -> Any:
        calls.append(request)
        if len(calls) > 2:
            answer = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "no"}}
            raise client.exceptions.ProvisionedThroughputExceededException(answer, "Detect")
        return read(**request)

    monkeypatch.setattr(client, "detect_document_text", throttled)
    # When
    with pytest.raises(Retryable, match="THROTTLED"):
        scan.read()
    assert scan.files == {"s0001.part.json"}
    monkeypatch.undo()
    before = len(scan.gateway.model.requests)
    shard = scan.read()
    # Then
    assert [page.status for page in shard.pages] == [PageStatus.OK] * 4
    assert [page.number for page in shard.pages] == [1, 2, 3, 4]
    assert before == 2
    assert len(scan.gateway.model.requests) == 4
    assert shard.charges_usd == 4 * pricing.TEXTRACT_DETECTION
    assert scan.files == {"s0001.json"}


def test_a_full_bucket_is_a_throttle(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docparser.ocr.textract_lane._PATIENCE_S", 0.5)
    scan = document(scan_pdf(scanned=3), 3)
    scan.per_second = 0.1
    with pytest.raises(Retryable, match="THROTTLED"):
        scan.read()
    assert len(scan.gateway.model.requests) == 1
    assert scan.files == {"s0001.part.json"}


def test_a_service_that_fails_may_be_asked_again(document: Any) -> None:
    scan = document(picture())
    scan.gateway.model.behave = lambda _body: (500, b"canary")
    with pytest.raises(Retryable, match="DEPENDENCY") as raised:
        scan.read()
    assert raised.value.__cause__ is None
    assert scan.files == set()


def test_an_error_of_ours_is_one(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = document(picture())
    client = scan.gateway.textract

    def denied(**request: Any) -> Any:
        answer = {"Error": {"Code": "AccessDeniedException", "Message": "canary"}}
        raise client.exceptions.AccessDeniedException(answer, "Detect")

    monkeypatch.setattr(client, "detect_document_text", denied)
    with pytest.raises(Terminal, match="INTERNAL") as raised:
        scan.read()
    assert "canary" not in f"{raised.value!r}{raised.value.__cause__!r}"


# ---------------------------------------------------------------- what is sent
def sent(path: Path, content: bytes, media_type: str = "image/png") -> Any:
    path.write_bytes(content)
    with open_pictures(path, media_type) as pictures:
        return pictures.page(1)


def test_a_plain_picture_is_sent_as_it_is(tmp_path: Path) -> None:
    content = picture("PNG", (400, 600), dpi=(100, 100))
    found = sent(tmp_path / "page", content)
    assert found.content == content
    assert (found.width_pt, found.height_pt, found.rotation) == (288, 432, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_sent_as_one_that_textract_takes(tmp_path: Path, mode: str) -> None:
    white = {"RGBA": (0, 0, 0, 0), "LA": (0, 0), "CMYK": (0, 0, 0, 0), "I;16": 65535, "1": 1}
    image = Image.new(mode, (60, 80), white.get(mode, 255))
    buffer = io.BytesIO()
    image.save(buffer, "TIFF")
    found = sent(tmp_path / "page", buffer.getvalue(), "image/tiff")
    with Image.open(io.BytesIO(found.content)) as arrived:
        assert arrived.format == "JPEG"
        assert arrived.mode in {"L", "RGB"}
        darkest = min(low for low, _ in arrived.convert("RGB").getextrema())
        assert (mode == "P") or darkest > 250


def test_a_photograph_is_turned_as_its_file_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = sent(tmp_path / "page", picture("JPEG", (60, 40), exif=exif), "image/jpeg")
    with Image.open(io.BytesIO(found.content)) as arrived:
        assert arrived.size == (40, 60)
    assert found.rotation == 90
    assert found.width_pt < found.height_pt


def test_a_fax_gets_square_dots(tmp_path: Path) -> None:
    content = picture("PNG", (204, 98), dpi=(204, 98))
    found = sent(tmp_path / "page", content)
    with Image.open(io.BytesIO(found.content)) as arrived:
        assert arrived.size == pytest.approx((204, 204), abs=2)
    assert (found.width_pt, found.height_pt) == pytest.approx((72, 72), abs=0.5)


def test_a_picture_is_made_as_small_as_it_must_be(tmp_path: Path) -> None:
    noise = Image.effect_noise((4000, 4000), 100).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG", compress_level=1)
    assert len(buffer.getvalue()) > MOST_BYTES
    assert len(sent(tmp_path / "noise", buffer.getvalue()).content) <= MOST_BYTES
    wide = sent(tmp_path / "wide", picture(size=(12_000, 40)))
    with Image.open(io.BytesIO(wide.content)) as arrived:
        assert max(arrived.size) <= 10_000
