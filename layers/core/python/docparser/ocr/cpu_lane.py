"""The CPU lane: the OCR engine reads a shard in the function itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docparser.errors import Rejected
from docparser.model import PageCode, PlannedShard, Ref, RejectedCode, Shard

from .answer import pages_read, pages_refused
from .scan_input import write_pages
from .shards import priced

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import OcrAnswer, Page, Plan, Source
    from docparser.store.blobs import Sources

    from .shards import Shards


class Reader(Protocol):
    """The OCR engine with its models open; `docparser_ocr`, which is in no layer, has it."""

    def read(self, path: Path, media_type: str, deadline_s: float) -> OcrAnswer:
        """Return the pages of a file, each read within so many seconds or an error.

        Raises
        ------
        Rejected
            The file as a whole cannot be read.
        """


class CpuLane:
    """Reads shards of scanned pages where no GPU is wanted, or none answers."""

    def __init__(
        self, *, sources: Sources, shards: Shards, reader: Reader, page_deadline_s: float
    ) -> None:
        self._sources = sources
        self._shards = shards
        self._reader = reader
        self._page_deadline_s = page_deadline_s

    def run(self, ref: Ref, source: Source, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard's pages, stored as ``read/<shard_id>.json``.

        Where the endpoint was waited for in vain, its answer may have come since, and counts.

        Raises
        ------
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than planned.
        """
        self._shards.reopen(ref, planned.shard_id)
        stored = self._shards.find(ref, planned.shard_id)
        if stored is not None:
            return stored
        pages = self._read(source, self._shards.plan(ref), planned)
        return self._shards.commit(ref, priced(planned, pages, gb_seconds=call.gb_seconds))

    def _read(self, source: Source, plan: Plan, planned: PlannedShard) -> tuple[Page, ...]:
        numbers = range(planned.first_page, planned.last_page + 1)
        given = tuple(numbers)
        readable = plan.readable(source)
        with tempfile.NamedTemporaryFile() as whole, tempfile.NamedTemporaryFile() as part:
            self._sources.fetch(readable.source, whole, readable.sha256)
            path = Path(whole.name)
            if len(numbers) < plan.page_count:
                given = write_pages(path, part, readable.media_type, numbers)
                part.flush()
                path = Path(part.name)
            if not given:
                return pages_refused(plan, planned, PageCode.PAGE_UNREADABLE)
            try:
                answer = self._reader.read(path, readable.media_type, self._page_deadline_s)
            except Rejected as error:
                large = error.code in {RejectedCode.TOO_LARGE, RejectedCode.TOO_MANY_PIXELS}
                code = PageCode.PAGE_TOO_LARGE if large else PageCode.PAGE_UNREADABLE
                return pages_refused(plan, planned, code)
        return pages_read(answer, plan, planned, given)
