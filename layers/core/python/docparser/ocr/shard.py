"""Reading one shard in the text lane: its pages become one object, written once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser import pdf_file
from docparser.model import PageCode

from . import text_lane
from .shards import Shards, priced

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Page, Plan, PlannedShard, Ref, Shard, Source
    from docparser.store.blobs import Blobs, Sources


class TextLane:
    """Reads the text layer of planned pages."""

    def __init__(self, *, sources: Sources, work: Blobs) -> None:
        self._sources = sources
        self._shards = Shards(work)

    def run(self, ref: Ref, source: Source, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard's pages, stored as ``read/<shard_id>.json``.

        A page that cannot be read is in the shard with its code: whoever counts must find it.

        Raises
        ------
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than planned.
        """
        self._shards.reopen(ref, planned.shard_id)
        plan = self._shards.plan(ref)
        pages = self._read(source, plan, range(planned.first_page, planned.last_page + 1))
        return self._shards.commit(ref, priced(planned, pages, gb_seconds=call.gb_seconds))

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
