"""Preflight: is this a document that we read, within the limits, and who reads which pages."""

from __future__ import annotations

import math
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected, Superseded
from docparser.model import (
    Gap,
    Lane,
    LaneReason,
    PageCode,
    Plan,
    PlannedShard,
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

from . import pdf, sniff

if TYPE_CHECKING:
    from datetime import timedelta

    from docparser.function import Call
    from docparser.settings import Limits
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records


class _Planned(NamedTuple):
    """Who reads a page and why, or why nobody does."""

    lane: Lane
    reason: LaneReason
    refused: PageCode | None


class Preflight:
    """Looks at a source once, completely, before anybody spends work on it.

    ``ocr`` tells whether an OCR endpoint is deployed, so that scans can be read.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        work: Blobs,
        records: Records,
        limits: Limits,
        document_deadline: timedelta,
        ocr: bool,
    ) -> None:
        self._sources = sources
        self._work = work
        self._records = records
        self._limits = limits
        self._document_deadline = document_deadline
        self._ocr = ocr

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
            plan = self._plan(Path(file.name), record, name)
        body = self._work.put_json_once(
            layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"), plan.to_json()
        )
        plan = Plan.model_validate_json(body)
        self._records.advance(
            ref,
            Stage.PREFLIGHT,
            gb_seconds=call.gb_seconds,
            pages=plan.page_count,
            warnings=plan.warnings,
        )
        return plan

    def _plan(self, path: Path, record: Record, name: str) -> Plan:
        with path.open("rb") as file:
            found = sniff.media_type(file.read(sniff.SNIFF_BYTES))
        if found is None:
            raise Rejected(RejectedCode.UNSUPPORTED)
        pages, active = self._pdf(path) if found == sniff.PDF else self._image(path, found)
        noticed = {
            WarningCode.NAME_MISMATCH: not sniff.name_agrees(name, found),
            WarningCode.ACTIVE_CONTENT: active,
        }
        return Plan(
            media_type=found,
            content_sha256=record.content_sha256,
            size_bytes=record.size_bytes,
            created_at=record.created_at,
            shards=plan_shards([page.lane for page in pages], self._limits),
            reasons=tuple(page.reason for page in pages),
            refused=tuple(
                Gap(page=number, code=page.refused)
                for number, page in enumerate(pages, start=1)
                if page.refused is not None
            ),
            warnings=tuple(warning for warning, seen in noticed.items() if seen),
        )

    def _pdf(self, path: Path) -> tuple[list[_Planned], bool]:
        """Return a PDF's pages, and whether it carries active content."""
        with open_pdf(path) as opened:
            active = pdf.active_content(opened)
            pages = [
                _Planned(*pdf.lane(facts, ocr=self._ocr), facts.refused)
                for facts in pdf.inspect(
                    opened,
                    max_pages=self._limits.max_pages,
                    max_page_pixels=self._limits.max_page_pixels,
                    render_dpi=self._limits.render_dpi,
                )
            ]
        return pages, active

    def _image(self, path: Path, media_type: str) -> tuple[list[_Planned], bool]:
        """Return an image's pages; it carries no active content."""
        # Not at init: most documents are PDFs, and every cold start would pay for Pillow.
        from . import image

        pages = []
        for facts in image.inspect(
            path,
            media_type,
            max_pages=self._limits.max_pages,
            max_page_pixels=self._limits.max_page_pixels,
        ):
            lane = Lane.GPU if self._ocr and facts.refused is None else Lane.TEXT
            pages.append(_Planned(lane, LaneReason.IMAGE_INPUT, facts.refused))
        return pages, False


def plan_shards(lanes: list[Lane], limits: Limits) -> tuple[PlannedShard, ...]:
    """Cut pages into shards of one lane each, at most ``max_shards`` of them.

    The shard grows with the document, because the state machine's history and its payload hold
    only so many shards. Pages that change lanes often would cut more: then neighbouring runs of
    one lane are too short to fill a shard, and the shard size is doubled until the count fits.

    Raises
    ------
    Rejected
        TOO_MANY_PAGES: the lanes alternate so often that no shard size helps.
    """
    size = max(limits.shard_pages, math.ceil(len(lanes) / limits.max_shards))
    while True:
        shards = _cut(lanes, size)
        if len(shards) <= limits.max_shards:
            return shards
        if size >= len(lanes):
            raise Rejected(RejectedCode.TOO_MANY_PAGES)
        size *= 2


def _cut(lanes: list[Lane], size: int) -> tuple[PlannedShard, ...]:
    shards: list[PlannedShard] = []
    for lane, run in groupby(enumerate(lanes, start=1), key=lambda page: page[1]):
        numbers = [number for number, _ in run]
        for start in range(0, len(numbers), size):
            part = numbers[start : start + size]
            shards.append(
                PlannedShard(
                    shard_id=f"s{len(shards) + 1:04d}",
                    first_page=part[0],
                    last_page=part[-1],
                    lane=lane,
                )
            )
    return tuple(shards)
