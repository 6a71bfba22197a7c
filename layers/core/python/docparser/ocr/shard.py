"""Reading one shard in the text lane: its pages become one object, written once."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docparser import bounded, parts, pdf_file
from docparser.model import Page, PageCode

from . import parts_lane, text_lane
from .shards import Shards, priced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.bounded import Bounds
    from docparser.function import Call
    from docparser.model import Plan, PlannedShard, Ref, Shard, Source
    from docparser.store.blobs import Blobs, Sources


class TextLane:
    """Reads the text layer of planned pages, and the parts of what has none.

    Pages of a PDF are read in a child process, which ``bounds`` holds to a page's deadline.
    """

    def __init__(self, *, sources: Sources, work: Blobs, bounds: Bounds) -> None:
        self._sources = sources
        self._shards = Shards(work)
        self._bounds = bounds

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
        """Read the pages of these numbers; the file is opened only if there is one to read."""
        pages = {
            gap.page: text_lane.unread(gap.page, plan.reasons[gap.page - 1], gap.code)
            for gap in plan.refused
            if gap.page in numbers
        }
        remaining = [number for number in numbers if number not in pages]
        readable = plan.readable(source)
        if remaining and readable.media_type in {pdf_file.MEDIA_TYPE, parts.MEDIA_TYPE}:
            read = self._pdf if readable.media_type == pdf_file.MEDIA_TYPE else _parts
            with tempfile.NamedTemporaryFile() as file:
                self._sources.fetch(readable.source, file, readable.sha256)
                pages |= {page.number: page for page in read(Path(file.name), remaining, plan)}
        for number in numbers:
            if number not in pages:
                # A picture has no text layer; it comes here where no OCR endpoint is deployed.
                pages[number] = text_lane.unread(
                    number, plan.reasons[number - 1], PageCode.OCR_UNAVAILABLE
                )
        return tuple(pages[number] for number in numbers)

    def _pdf(self, path: Path, numbers: list[int], plan: Plan) -> Iterator[Page]:
        """Yield pages of a PDF; one that takes too long, or takes its reader along, costs itself.

        Raises
        ------
        Rejected
            CORRUPT, ENCRYPTED: the file cannot be opened.
        """
        with bounded.answering(lambda: _opened(path, plan), self._bounds) as child:
            for number in numbers:
                try:
                    yield Page.model_validate_json(child.ask(b"%d" % number))
                except bounded.Overrun:
                    yield _unread(number, plan, PageCode.PAGE_DEADLINE)
                except bounded.Died:
                    yield _unread(number, plan, PageCode.PAGE_UNREADABLE)


@contextmanager
def _opened(path: Path, plan: Plan) -> Iterator[Callable[[bytes], bytes]]:
    """Give what reads a page of a PDF by its number."""
    with pdf_file.open_pdf(path) as pdf:

        def read(question: bytes) -> bytes:
            number = int(question)
            return text_lane.read_page(pdf, number, plan.reasons[number - 1]).to_json()

        yield read


def _parts(path: Path, numbers: list[int], plan: Plan) -> Iterator[Page]:
    """Yield pages of a parts file; one that is not in it cannot be read."""
    read = {
        page.number: page
        for page in parts_lane.read_pages(path, range(numbers[0], numbers[-1] + 1), plan.reasons)
    }
    for number in numbers:
        yield read.get(number) or _unread(number, plan, PageCode.PAGE_UNREADABLE)


def _unread(number: int, plan: Plan, code: PageCode) -> Page:
    return text_lane.unread(number, plan.reasons[number - 1], code)
