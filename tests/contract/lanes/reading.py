"""Having a document read in a lane: by the whole pipeline, or by the lane's own code."""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from docparser.bounded import Bounds
from docparser.intake import image, pdf
from docparser.intake.identity import document_id
from docparser.intake.lanes import PlannedPage, Signals, Situation, plan_lanes
from docparser.intake.shards import plan_shards
from docparser.model import (
    Document,
    Gap,
    Lane,
    LanePolicy,
    LaneReason,
    Page,
    Plan,
    PlannedShard,
    Record,
    Ref,
    Shard,
    Source,
    Stage,
    now,
)
from docparser.ocr.cpu_lane import CpuLane
from docparser.ocr.shard import TextLane
from docparser.ocr.shards import Shards
from docparser.pdf_file import open_pdf
from docparser.settings import Limits
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.endpoint_state import EndpointState

if TYPE_CHECKING:
    from docparser.ocr.cpu_lane import Reader

    from tests.contract.lanes.drawn import Drawn
    from tests.stack import Pipeline

READ_WITHIN_S = 240  # the server may still be loading its models
_LIMITS = Limits()
_CALL = SimpleNamespace(gb_seconds=12.0)


@dataclass(frozen=True)
class Reading:
    """What became of a document in a lane; ``reasons`` are the planned ones, by page."""

    drawn: Drawn
    planned: tuple[PlannedShard, ...]
    reasons: dict[int, LaneReason]
    shards: tuple[Shard, ...]
    page_count: int
    gaps: tuple[Gap, ...]
    record: Record | None = None

    def __getitem__(self, name: str) -> Page:
        """Return a page by what it is called."""
        number = self.drawn.number(name)
        return next(page for shard in self.shards for page in shard.pages if page.number == number)


# ---------------------------------------------------------------- the whole pipeline
def sent(pipeline: Pipeline, drawn: Drawn, lane: Lane | None) -> Ref:
    """Upload a document that is to be read in a lane; None is what the policy says."""
    # A document of its own: what follows a file's end is nobody's business.
    content = drawn.content + f"\n%{uuid.uuid4().hex}\n".encode()
    # Of Textract, tables are asked for where quality counts most.
    policy = LanePolicy.QUALITY if lane is Lane.TEXTRACT else LanePolicy.COST
    forced = {} if lane is None else {"lane": lane.value}
    pipeline.upload(content, "", level="PUBLIC", policy=policy.value, **forced)
    sha256 = hashlib.sha256(content).hexdigest()
    return Ref(tenant="default", document_id=document_id("default", sha256))


def walked(pipeline: Pipeline, drawn: Drawn, ref: Ref, lane: Lane | None) -> Reading:
    """Wait for a document's end; return what the vault has of it, beside what was planned."""
    record = pipeline.ended(ref, timeout_s=READ_WITHIN_S)
    document = Document.model_validate_json(stored(pipeline, ref, "document.json"))
    shards = tuple(
        Shard.model_validate_json(stored(pipeline, ref, f"pages/{entry.shard_id}.json"))
        for entry in document.shards
    )
    planned = _planned(pipeline, ref)
    reasons = {number: page.reason for number, page in enumerate(_lanes(drawn, lane), start=1)}
    return Reading(
        drawn, planned, reasons, shards, document.page_count, document.gaps, record=record
    )


def stored(pipeline: Pipeline, ref: Ref, name: str) -> bytes:
    """Return a file of a document's result."""
    answer = pipeline.client("s3").get_object(
        Bucket=pipeline.names["VAULT_BUCKET"], Key=layout.revision_prefix(ref) + name
    )
    return bytes(answer["Body"].read())


def _planned(pipeline: Pipeline, ref: Ref) -> tuple[PlannedShard, ...]:
    """Return the plan as the state machine was told it: the plan itself is purged by now."""
    ended = next(
        event["stateExitedEventDetails"]
        for event in pipeline.history(ref)
        if event.get("stateExitedEventDetails", {}).get("name") == "Preflight"
    )
    shards = json.loads(ended["output"])["plan"]["shards"]
    return tuple(PlannedShard.model_validate(shard) for shard in shards)


# ---------------------------------------------------------------- the lanes' own code
def read_here(pipeline: Pipeline, drawn: Drawn, reader: Reader) -> Reading:
    """Have a document read in the CPU lane by a reader of this process."""
    ref = Ref(tenant="default", document_id=f"d{uuid.uuid4().hex}")
    work = Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])
    source = Source(bucket=work.bucket, key=f"default/{ref.document_id}/source")
    work.put(source.key, drawn.content, drawn.media_type)
    plan = _plan(drawn, Lane.CPU)
    work.put_json_once(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"), plan.to_json())
    cpu = CpuLane(
        sources=Sources(pipeline.client("s3")), shards=Shards(work), reader=reader,
        page_deadline_s=60,
    )  # fmt: skip
    text = TextLane(
        sources=Sources(pipeline.client("s3")),
        work=work,
        bounds=Bounds(1 << 30, 60, 60, 1 << 30),
    )
    shards = tuple(
        (text if shard.lane is Lane.TEXT else cpu).run(ref, source, shard, _CALL)
        for shard in plan.shards
    )
    gaps = tuple(
        Gap(page=page.number, code=page.code)
        for shard in shards
        for page in shard.pages
        if page.code is not None
    )
    reasons = dict(enumerate(plan.reasons, start=1))
    return Reading(drawn, plan.shards, reasons, shards, plan.page_count, gaps)


def _plan(drawn: Drawn, lane: Lane) -> Plan:
    pages = _lanes(drawn, lane)
    return Plan(
        media_type=drawn.media_type,
        content_sha256=hashlib.sha256(drawn.content).hexdigest(),
        size_bytes=len(drawn.content),
        created_at=now(),
        shards=plan_shards([page.lane for page in pages], _LIMITS),
        reasons=tuple(page.reason for page in pages),
        refused=tuple(
            Gap(page=number, code=page.refused)
            for number, page in enumerate(pages, start=1)
            if page.refused is not None
        ),
    )


def _lanes(drawn: Drawn, lane: Lane | None) -> list[PlannedPage]:
    """Return who is to read each page and why, where all lanes are deployed and may see it."""
    situation = Situation(
        endpoint=EndpointState.WARM,
        cpu=True,
        textract=True,
        policy=LanePolicy.COST,
        forced=lane,
    )
    return plan_lanes(_signals(drawn), situation)


def _signals(drawn: Drawn) -> Sequence[Signals]:
    """Return what preflight knows of the pages."""
    limits = {"max_pages": _LIMITS.max_pages, "max_page_pixels": _LIMITS.max_page_pixels}
    with tempfile.NamedTemporaryFile() as file:
        file.write(drawn.content)
        file.flush()
        path = Path(file.name)
        if drawn.media_type == "application/pdf":
            with open_pdf(path) as opened:
                looked_at = pdf.inspect(opened, render_dpi=_LIMITS.render_dpi, **limits)
                return [pdf.signals(facts) for facts in looked_at]
        return [
            Signals(reason=LaneReason.IMAGE_INPUT, scan=True, refused=facts.refused)
            for facts in image.inspect(path, drawn.media_type, **limits)
        ]
