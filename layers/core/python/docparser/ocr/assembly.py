"""Assembly: every planned page is accounted for, or named as missing."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from docparser.errors import Terminal
from docparser.model import (
    Gap,
    Lane,
    Manifest,
    PageCode,
    PageStatus,
    Piece,
    Plan,
    PlannedShard,
    Ref,
    Shard,
    ShardEntry,
    Stage,
    TerminalCode,
)
from docparser.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.function import Call
    from docparser.model import Page
    from docparser.store.blobs import Blobs
    from docparser.store.records import Records

_MEMORY_BYTES = 256 << 10  # a text stays in memory up to here, then it goes to disk


class Rendition(Protocol):
    """A text made of pages, such as Markdown; the implementations are in ``docparser.export``."""

    name: str
    media_type: str

    def page(self, page: Page) -> str:
        """Return what a page adds; the first page adds no separator."""

    def gap(self, gap: Gap) -> str:
        """Return what a page adds that was not read."""


class Assembly:
    """Reads the shards in page order, holding one at a time."""

    def __init__(
        self, *, work: Blobs, records: Records, renditions: tuple[Callable[[], Rendition], ...]
    ) -> None:
        self._work = work
        self._records = records
        self._renditions = renditions

    def run(self, ref: Ref, call: Call) -> Manifest:
        """Return the manifest, stored as ``assemble/manifest.json`` beside the renditions.

        Raises
        ------
        Terminal
            PAGES_MISSING: not one page was read.
        """
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        plan = Plan.model_validate_json(body)
        counted = _Count()
        with ExitStack() as stack:
            texts = [stack.enter_context(_Growing(make())) for make in self._renditions]
            for page in self._pages(ref, plan, counted):
                for text in texts:
                    text.add(page)
            if len(counted.gaps) == plan.page_count:
                raise Terminal(TerminalCode.PAGES_MISSING)
            pieces = tuple(text.store(self._work, ref) for text in texts)
        manifest = Manifest(
            media_type=plan.media_type,
            content_sha256=plan.content_sha256,
            size_bytes=plan.size_bytes,
            created_at=plan.created_at,
            page_count=plan.page_count,
            shards=tuple(counted.entries),
            texts=pieces,
            gaps=tuple(counted.gaps),
            pages_by_lane=dict(counted.lanes),
            warnings=plan.warnings,
            children=plan.children,
        )
        stored = self._work.put_json_once(
            layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json"), manifest.to_json()
        )
        manifest = Manifest.model_validate_json(stored)
        self._records.advance(
            ref,
            Stage.ASSEMBLE,
            gb_seconds=counted.gb_seconds + call.gb_seconds,
            gpu_seconds=counted.gpu_seconds,
            charges_usd=counted.charges_usd,
            failed_pages=len(manifest.gaps),
            pages_by_lane=manifest.pages_by_lane,
            cost_by_lane=dict(counted.costs),
        )
        return manifest

    def _pages(self, ref: Ref, plan: Plan, counted: _Count) -> Iterator[Page | Gap]:
        """Yield every planned page in order, read or missing, and count it.

        A page is let go of once it was yielded: one shard at most is in memory.
        """
        for planned in plan.shards:
            read = self._read(ref, planned, counted)
            for number in range(planned.first_page, planned.last_page + 1):
                yield counted.add_page(number, read.pop(number, None))

    def _read(self, ref: Ref, planned: PlannedShard, counted: _Count) -> dict[int, Page]:
        """Return the pages of a shard by their numbers, none if nobody has read it."""
        body = self._work.find(layout.stage_key(ref, Stage.READ, f"{planned.shard_id}.json"))
        if body is None:
            return {}
        shard = Shard.model_validate_json(body)
        counted.add_shard(planned, shard, body)
        return {page.number: page for page in shard.pages}


class _Count:
    """What assembly has seen so far."""

    def __init__(self) -> None:
        self.entries: list[ShardEntry] = []
        self.gaps: list[Gap] = []
        self.lanes: Counter[Lane] = Counter()
        self.costs: defaultdict[Lane, Decimal] = defaultdict(Decimal)
        self.gb_seconds = 0.0
        self.gpu_seconds = 0.0
        self.charges_usd = Decimal(0)

    def add_shard(self, planned: PlannedShard, shard: Shard, body: bytes) -> None:
        self.gb_seconds += shard.gb_seconds
        self.gpu_seconds += shard.gpu_seconds
        self.charges_usd += shard.charges_usd
        file = Piece(
            name=f"{planned.shard_id}.json",
            size_bytes=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )
        self.entries.append(
            ShardEntry(**planned.model_dump(exclude={"fallback", "fell_back"}), file=file)
        )

    def add_page(self, number: int, page: Page | None) -> Page | Gap:
        if page is not None and page.cost_usd:
            self.costs[page.lane] += page.cost_usd
        if page is None or page.status is PageStatus.ERROR:
            code = None if page is None else page.code
            gap = Gap(page=number, code=code or PageCode.PAGE_UNREADABLE)
            self.gaps.append(gap)
            return gap
        self.lanes[page.lane] += 1
        return page


class _Growing:
    """A rendition while it is written: it grows on disk, not in memory."""

    def __init__(self, rendition: Rendition) -> None:
        self._rendition = rendition
        self._digest = hashlib.sha256()
        self._size_bytes = 0
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            max_size=_MEMORY_BYTES
        )

    def __enter__(self) -> _Growing:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, page: Page | Gap) -> None:
        """Append a page, or what stands for a missing one."""
        rendition = self._rendition
        text = rendition.gap(page) if isinstance(page, Gap) else rendition.page(page)
        chunk = text.encode()
        self._digest.update(chunk)
        self._size_bytes += len(chunk)
        self._file.write(chunk)

    def store(self, work: Blobs, ref: Ref) -> Piece:
        """Store the whole text once; return what is stored."""
        key = layout.stage_key(ref, Stage.ASSEMBLE, self._rendition.name)
        digest = self._digest.hexdigest()
        self._file.seek(0)
        if not work.put_once(key, self._file, digest, self._rendition.media_type):
            return work.describe(key)
        return Piece(
            name=self._rendition.name,
            size_bytes=self._size_bytes,
            sha256=digest,
            media_type=self._rendition.media_type,
        )
