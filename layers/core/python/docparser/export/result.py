"""What the stages have left of a document, as renditions read it, and where they store theirs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from docparser.model import Manifest, Piece, Plan, Shard, Source, Stage
from docparser.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docparser.model import Gap, Page, Readable, Ref, ShardEntry
    from docparser.store.blobs import Blobs, Sources


class Result:
    """One revision's stage outputs; a shard of pages is in memory at a time."""

    def __init__(self, work: Blobs, ref: Ref) -> None:
        self._work = work
        self._ref = ref

    def manifest(self) -> Manifest:
        """Return what Assemble counted."""
        body = self._work.get(layout.stage_key(self._ref, Stage.ASSEMBLE, "manifest.json"))
        return Manifest.model_validate_json(body)

    def readable(self, source: Source) -> Readable:
        """Return what the lanes have read, for the source that was taken in."""
        body = self._work.get(layout.stage_key(self._ref, Stage.PREFLIGHT, "plan.json"))
        return Plan.model_validate_json(body).readable(source)

    def fetch(self, readable: Readable, sources: Sources, path: Path) -> None:
        """Bring what the lanes have read to the disk.

        Raises
        ------
        Terminal
            SOURCE_GONE, CHECKSUM_MISMATCH: it is not what was taken in.
        """
        with path.open("wb") as file:
            sources.fetch(readable.source, file, readable.sha256)

    def pages(self, manifest: Manifest) -> Iterator[tuple[ShardEntry | None, Page | Gap]]:
        """Yield every page in order, or what stands for a missing one, and the shard it is of.

        A shard that is not in the manifest was stored too late: its pages are gaps, of no shard.
        """
        gaps = {gap.page: gap for gap in manifest.gaps}
        number = 1
        for entry in manifest.shards:
            yield from ((None, gaps[missing]) for missing in range(number, entry.first_page))
            body = self._work.get(layout.stage_key(self._ref, Stage.READ, entry.file.name))
            pages = {page.number: page for page in Shard.model_validate_json(body).pages}
            number = entry.last_page + 1
            for each in range(entry.first_page, number):
                yield entry, gaps.get(each) or pages[each]
        yield from ((None, gaps[missing]) for missing in range(number, manifest.page_count + 1))

    def store(self, stage: Stage, path: Path, media_type: str) -> Piece:
        """Store a file of a stage once; return what is stored."""
        key = layout.stage_key(self._ref, stage, path.name)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            if not self._work.put_once(key, file, digest, media_type):
                return self._work.describe(key)
        return Piece(
            name=path.name, size_bytes=path.stat().st_size, sha256=digest, media_type=media_type
        )
