"""Reading one shard in the text lane: its pages become one object, written once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser import observability
from docparser.model import PageStatus, Plan, PlannedShard, Ref, Shard, Stage
from docparser.pdf_file import open_pdf
from docparser.store import layout

from . import text_lane

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Source
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
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            self._sources.fetch(source, file, plan.content_sha256)
            with open_pdf(Path(file.name)) as opened:
                pages = tuple(
                    text_lane.read_page(opened, number, plan.reasons[number - 1])
                    for number in range(planned.first_page, planned.last_page + 1)
                )
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


def failed_pages(shard: Shard) -> int:
    """Return how many of a shard's pages were not read."""
    return sum(page.status is PageStatus.ERROR for page in shard.pages)
