"""Preflight: is this a document that we read, within the limits, and who reads which pages."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.errors import Rejected, Superseded
from docparser.model import (
    Gap,
    Lane,
    LaneReason,
    Level,
    Plan,
    Record,
    Ref,
    RejectedCode,
    Source,
    Stage,
    Status,
    TerminalCode,
    WarningCode,
    now,
)
from docparser.pdf_file import open_pdf
from docparser.store import layout
from docparser.store.blobs import JSON
from docparser.store.endpoint_state import EndpointState

from . import pdf, sniff
from .lanes import (
    Signals,
    Situation,
    engine_lane,
    fallback,
    plan_lanes,
    scans_of,
    textract_allowed,
)
from .options import Options
from .shards import plan_shards, with_fewer_changes

if TYPE_CHECKING:
    from datetime import timedelta

    from docparser.function import Call
    from docparser.settings import Limits, ScanLanes
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.endpoint_state import EndpointWatch
    from docparser.store.records import Records


class Preflight:
    """Looks at a source once, completely, before anybody spends work on it.

    ``lanes`` tells who may read scans, ``endpoint`` whether the OCR endpoint is awake.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        work: Blobs,
        records: Records,
        limits: Limits,
        document_deadline: timedelta,
        lanes: ScanLanes,
        endpoint: EndpointWatch,
    ) -> None:
        self._sources = sources
        self._work = work
        self._records = records
        self._limits = limits
        self._document_deadline = document_deadline
        self._lanes = lanes
        self._endpoint = endpoint
        self._textract_tenants = frozenset(
            tenant.strip() for tenant in lanes.textract_tenants.split(",")
        )

    def run(self, ref: Ref, source: Source, call: Call) -> Plan:
        """Return the plan of a source's pages, stored as ``preflight/plan.json``.

        Raises
        ------
        Rejected
            EMPTY, TOO_LARGE, UNSUPPORTED, ENCRYPTED, CORRUPT, TOO_MANY_PAGES, TOO_MANY_PIXELS.
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than were taken
            in; Superseded: the record belongs to another attempt.
        """
        record = self._records.change(
            ref,
            Status.RUNNING,
            stage=Stage.PREFLIGHT,
            lease_until=now() + self._document_deadline,
        )
        if record is None:
            raise Superseded(TerminalCode.INTERNAL)
        if record.size_bytes == 0:
            raise Rejected(RejectedCode.EMPTY)
        if record.size_bytes > self._limits.max_bytes:
            raise Rejected(RejectedCode.TOO_LARGE)
        with tempfile.NamedTemporaryFile() as file:
            metadata = self._sources.fetch(source, file, record.content_sha256)
            name = layout.decode_name(metadata.get(layout.NAME_METADATA, ""))
            plan = self._plan(Path(file.name), record, name, Options.read(metadata))
        key = layout.stage_key(ref, Stage.PREFLIGHT, "plan.json")
        stored = Plan.model_validate_json(self._work.put_json_once(key, plan.to_json()))
        kept = self._allowed(ref.tenant, stored, plan)
        if kept != stored:
            self._work.put(key, kept.to_json(), JSON)
        plan = kept
        self._records.advance(
            ref,
            Stage.PREFLIGHT,
            gb_seconds=call.gb_seconds,
            pages=plan.page_count,
            warnings=plan.warnings,
        )
        return plan

    def _allowed(self, tenant: str, stored: Plan, looked: Plan) -> Plan:
        """Return the plan of an earlier attempt, no looser than the bytes that came now ask for.

        Its shards stay as they were cut, since some may be read already. Only what Textract may
        see no longer goes elsewhere.
        """
        declared = [level for level in (stored.declared_level, looked.declared_level) if level]
        if stored == looked or not declared:
            return stored
        level = min(declared, key=[*Level].index)  # the strictest comes first
        kept = stored.model_copy(update={"declared_level": level})
        shown = any(shard.lane is Lane.TEXTRACT for shard in stored.shards)
        if not shown or self._shows(tenant, level):
            return kept
        shards = tuple(
            shard.model_copy(update={"lane": shard.fallback or Lane.TEXT, "fallback": None})
            if shard.lane is Lane.TEXTRACT
            else shard
            for shard in stored.shards
        )
        return kept.model_copy(update={"shards": shards, "reasons": looked.reasons})

    def _shows(self, tenant: str, level: Level | None) -> bool:
        """Tell whether Textract may see a tenant's document of this declared level."""
        return textract_allowed(
            deployed=self._lanes.textract,
            level=level,
            tenant_allows=tenant in self._textract_tenants,
        )

    def _plan(self, path: Path, record: Record, name: str, options: Options) -> Plan:
        with path.open("rb") as file:
            found = sniff.media_type(file.read(sniff.SNIFF_BYTES))
        if found is None:
            raise Rejected(RejectedCode.UNSUPPORTED)
        looked_at, active = self._pdf(path) if found == sniff.PDF else self._image(path, found)
        situation = self._situation(record.ref.tenant, options, looked_at)
        engine, _ = engine_lane(scans_of(looked_at), situation)
        pages = with_fewer_changes(
            plan_lanes(looked_at, situation), self._limits.max_shards // 2, engine
        )
        gpu = situation.endpoint is not EndpointState.NONE
        noticed = {
            WarningCode.NAME_MISMATCH: not sniff.name_agrees(name, found),
            WarningCode.ACTIVE_CONTENT: active,
        }
        return Plan(
            media_type=found,
            content_sha256=record.content_sha256,
            size_bytes=record.size_bytes,
            created_at=record.created_at,
            shards=plan_shards(
                [page.lane for page in pages],
                self._limits,
                {lane: fallback(lane, cpu=situation.cpu, gpu=gpu) for lane in Lane},
            ),
            reasons=tuple(page.reason for page in pages),
            refused=tuple(
                Gap(page=number, code=page.refused)
                for number, page in enumerate(pages, start=1)
                if page.refused is not None
            ),
            policy=situation.policy,
            declared_level=options.level,
            warnings=tuple(warning for warning, seen in noticed.items() if seen),
        )

    def _situation(self, tenant: str, options: Options, pages: list[Signals]) -> Situation:
        """Return what the choice of lanes depends on, besides the pages."""
        lanes = self._lanes
        # Nobody asks SageMaker for a document without scans, or where there is no other lane.
        asked = lanes.ocr_cpu and scans_of(pages) > 0
        asleep = EndpointState.COLD if self._endpoint.deployed else EndpointState.NONE
        return Situation(
            endpoint=self._endpoint.state() if asked else asleep,
            cpu=lanes.ocr_cpu,
            textract=self._shows(tenant, options.level),
            policy=options.policy or lanes.lane_policy,
            forced=options.lane,
        )

    def _pdf(self, path: Path) -> tuple[list[Signals], bool]:
        """Return what a PDF's pages say, and whether it carries active content."""
        with open_pdf(path) as opened:
            active = pdf.active_content(opened)
            pages = [
                pdf.signals(facts)
                for facts in pdf.inspect(
                    opened,
                    max_pages=self._limits.max_pages,
                    max_page_pixels=self._limits.max_page_pixels,
                    render_dpi=self._limits.render_dpi,
                )
            ]
        return pages, active

    def _image(self, path: Path, media_type: str) -> tuple[list[Signals], bool]:
        """Return what an image's pages say; it carries no active content."""
        # Not at init: most documents are PDFs, and every cold start would pay for Pillow.
        from . import image, thumbnail

        seen = thumbnail.look(path) if media_type == sniff.JPEG else None
        return [
            Signals(
                reason=LaneReason.IMAGE_INPUT,
                scan=True,
                dpi=facts.dpi,
                cover=1.0,
                ink=seen.ink if seen else None,
                skew=seen.skew if seen else None,
                refused=facts.refused,
            )
            for facts in image.inspect(
                path,
                media_type,
                max_pages=self._limits.max_pages,
                max_page_pixels=self._limits.max_page_pixels,
            )
        ], False
