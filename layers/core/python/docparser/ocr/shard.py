"""Reading one shard in the text lane: its pages become one object, written once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser import observability, pdf_file
from docparser.model import PageCode, PageStatus, Plan, PlannedShard, Ref, Shard, Stage
from docparser.store import layout

from . import text_lane

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Page, Source
    from docparser.store.blobs import Blobs, Sources


class TextLane:
    """Reads the text layer of planned pages."""

    def __init__(self, *, sources: Sources, work: Blobs) -> None:
        self._sources = sources
        self._work = work

    def run(self, ref: Ref, source: Source, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard's pages, stored as ``read/<shard_id>.json``.

        A page that cannot be read is in the shard with its code: whoever counts must find it.

        Raises
        ------
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than planned.
        """
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        plan = Plan.model_validate_json(body)
        pages = self._read(source, plan, range(planned.first_page, planned.last_page + 1))
        shard = Shard(shard_id=planned.shard_id, pages=pages, gb_seconds=call.gb_seconds)
        stored = self._work.put_json_once(
            layout.stage_key(ref, Stage.READ, f"{planned.shard_id}.json"), shard.to_json()
        )
        shard = Shard.model_validate_json(stored)
        for page in shard.pages:
            if page.code is not None:
                observability.count("PageError", code=page.code)
        if read := len(shard.pages) - failed_pages(shard):
            observability.count("PageRead", read, lane=planned.lane)
        return shard

    def _read(self, source: Source, plan: Plan, numbers: range) -> tuple[Page, ...]:
        """Read the pages of these numbers; the source is opened only if there is one to read."""
        pages = {
            gap.page: text_lane.unread(gap.page, plan.reasons[gap.page - 1], gap.code)
            for gap in plan.refused
            if gap.page in numbers
        }
        remaining = [number for number in numbers if number not in pages]
        if plan.media_type != pdf_file.MEDIA_TYPE:
            for number in remaining:
                # An image has no text layer; it comes here where no OCR endpoint is deployed.
                pages[number] = text_lane.unread(
                    number, plan.reasons[number - 1], PageCode.OCR_UNAVAILABLE
                )
        elif remaining:
            with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
                self._sources.fetch(source, file, plan.content_sha256)
                with pdf_file.open_pdf(Path(file.name)) as opened:
                    for number in remaining:
                        pages[number] = text_lane.read_page(
                            opened, number, plan.reasons[number - 1]
                        )
        return tuple(pages[number] for number in numbers)


def failed_pages(shard: Shard) -> int:
    """Return how many of a shard's pages were not read."""
    return sum(page.status is PageStatus.ERROR for page in shard.pages)
