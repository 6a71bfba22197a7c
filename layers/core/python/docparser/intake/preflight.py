"""Preflight: is this a document that we read, within the limits, and who reads which pages."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.errors import Rejected, Superseded
from docparser.model import (
    Gap,
    Lane,
    Level,
    Malware,
    Plan,
    Readable,
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
from docparser.store import layout
from docparser.store.blobs import JSON
from docparser.store.endpoint_state import EndpointState

from .examine import Examined, Upload, open_made
from .lanes import (
    Signals,
    Situation,
    engine_lane,
    fallback,
    plan_lanes,
    scans_of,
    textract_allowed,
)
from .options import Options, strictest
from .shards import plan_shards, with_fewer_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from docparser.function import Call
    from docparser.model import Child
    from docparser.settings import Limits, ScanLanes
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.endpoint_state import EndpointWatch
    from docparser.store.records import Records

    from .children import Children
    from .examine import Examiner, MadeFile
    from .malware import Clamd


class Preflight:
    """Looks at a source once, completely, before anybody spends work on it.

    ``lanes`` tells who may read scans, ``endpoint`` whether the OCR endpoint is awake, ``scanner``
    who looks for malware.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        work: Blobs,
        children: Children,
        records: Records,
        limits: Limits,
        examiner: Examiner,
        document_deadline: timedelta,
        lanes: ScanLanes,
        endpoint: EndpointWatch,
        scanner: Clamd | None,
    ) -> None:
        self._sources = sources
        self._work = work
        self._children = children
        self._records = records
        self._limits = limits
        self._examiner = examiner
        self._document_deadline = document_deadline
        self._lanes = lanes
        self._endpoint = endpoint
        self._scanner = scanner
        self._textract_tenants = frozenset(
            tenant.strip() for tenant in lanes.textract_tenants.split(",")
        )

    def run(self, ref: Ref, source: Source, call: Call) -> Plan:
        """Return the plan of a source's pages, stored as ``preflight/plan.json``.

        What the lanes read instead of the source is stored as ``preflight/source``, and the files
        inside it are uploaded as documents of their own.

        Raises
        ------
        Rejected
            Every code that there is.
        Retryable
            DEPENDENCY: the scanner for malware is away.
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
        with tempfile.TemporaryDirectory() as folder:
            original, made = Path(folder, "original"), Path(folder, "made")
            made.mkdir()
            with original.open("wb") as file:
                metadata = self._sources.fetch(source, file, record.content_sha256)
            options = Options.read(metadata).over(record)
            malware = self._scanner.scan(original) if self._scanner else record.malware
            if malware is Malware.INFECTED:
                # Whoever wanted it read again, or died before it was refused.
                raise Rejected(RejectedCode.INFECTED)
            name = layout.decode_name(metadata.get(layout.NAME_METADATA, ""))
            upload = Upload(name=name, password=options.password)
            examined = self._examiner.examine(original, upload, made)
            children = self._children.of(record, examined.children, made)
            looked = self._plan(record, options, examined).model_copy(
                update={
                    "normalised": self._normalised(ref, examined.made, made),
                    "children": children,
                    "warnings": _noticed(examined, children),
                    "malware": malware or Malware.OFF,
                }
            )
            key = layout.stage_key(ref, Stage.PREFLIGHT, "plan.json")
            stored = Plan.model_validate_json(self._work.put_json_once(key, looked.to_json()))
            plan = self._allowed(ref.tenant, stored, looked)
            if plan != stored:
                self._work.put(key, plan.to_json(), JSON)
            # Before its parent is read: it waits for nothing, and a crash from here on repeats it.
            self._children.send(record, options, examined.children, children, made)
        self._records.advance(
            ref,
            Stage.PREFLIGHT,
            gb_seconds=call.gb_seconds,
            pages=plan.page_count,
            warnings=plan.warnings,
            children=len(plan.children),
            malware=plan.malware,
        )
        return plan

    def _normalised(self, ref: Ref, file: MadeFile | None, made: Path) -> Readable | None:
        """Store what the lanes read instead of the source; what an earlier attempt stored stays."""
        if file is None:
            return None
        key = layout.stage_key(ref, Stage.PREFLIGHT, "source")
        with open_made(made, file.file) as body:
            digest = hashlib.file_digest(body, "sha256").hexdigest()
            body.seek(0)
            self._work.put_once(key, body, digest, file.media_type)
        stored = self._work.describe(key)
        return Readable(
            source=Source(bucket=self._work.bucket, key=key),
            media_type=stored.media_type,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
        )

    def _allowed(self, tenant: str, stored: Plan, looked: Plan) -> Plan:
        """Return the plan of an earlier attempt, no looser than the bytes that came now ask for.

        Its shards stay as they were cut, since some may be read already. Only what Textract may
        see no longer goes elsewhere.
        """
        level = strictest(stored.declared_level, looked.declared_level)
        if stored == looked or level is None:
            return stored
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

    def _plan(self, record: Record, options: Options, examined: Examined) -> Plan:
        looked_at = examined.pages
        situation = self._situation(record.ref.tenant, options, looked_at)
        engine, _ = engine_lane(scans_of(looked_at), situation)
        pages = with_fewer_changes(
            plan_lanes(looked_at, situation), self._limits.max_shards // 2, engine
        )
        gpu = situation.endpoint is not EndpointState.NONE
        return Plan(
            media_type=examined.media_type,
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
        )

    def _situation(self, tenant: str, options: Options, pages: Sequence[Signals]) -> Situation:
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


def _noticed(examined: Examined, children: Sequence[Child]) -> tuple[WarningCode, ...]:
    noticed = dict.fromkeys(examined.warnings)
    if any(child.code is not None for child in children):
        noticed[WarningCode.CHILDREN_SKIPPED] = None
    return tuple(noticed)
