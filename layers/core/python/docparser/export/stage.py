"""Export: a scan becomes a searchable PDF, and ALTO; what was digital has its own text already."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model import Exports, Gap, Lane, Manifest, Piece, Plan, Ref, Shard, Source, Stage
from docparser.store import layout

from . import searchable_pdf
from .alto import Alto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.function import Call
    from docparser.model import Page
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records


class Export:
    """Writes the renditions that a document needs if pages of it are pictures.

    They are made on disk, page by page, and stored once. Which of them there are stands in
    ``export/exports.json``, which is written last: who finds it finds all.
    """

    def __init__(self, *, sources: Sources, work: Blobs, records: Records) -> None:
        self._sources = sources
        self._work = work
        self._records = records

    def run(self, ref: Ref, source: Source, call: Call) -> Exports:
        """Return what was made; nothing where every page was read from its text layer.

        Raises
        ------
        Terminal
            SOURCE_GONE, CHECKSUM_MISMATCH: the pinned version is not what was taken in.
        """
        key = layout.stage_key(ref, Stage.EXPORT, "exports.json")
        made = self._work.find(key)
        if made is None:
            made = self._work.put_json_once(key, self._make(ref, source).to_json())
        self._records.advance(ref, Stage.EXPORT, gb_seconds=call.gb_seconds)
        return Exports.model_validate_json(made)

    def _make(self, ref: Ref, source: Source) -> Exports:
        body = self._work.get(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json"))
        manifest = Manifest.model_validate_json(body)
        files: tuple[Piece, ...] = ()
        if any(lane is not Lane.TEXT for lane in manifest.pages_by_lane):
            with tempfile.TemporaryDirectory() as folder:
                files = (
                    self._searchable(ref, source, manifest, Path(folder)),
                    self._alto(ref, manifest),
                )
        return Exports(files=files)

    def _searchable(self, ref: Ref, source: Source, manifest: Manifest, folder: Path) -> Piece:
        original, made = folder / "original", folder / searchable_pdf.NAME
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        readable = Plan.model_validate_json(body).readable(source)
        with original.open("wb") as file:
            self._sources.fetch(readable.source, file, readable.sha256)
        pages = self._pages(ref, manifest)
        searchable_pdf.write(original, readable.media_type, pages, made)
        return self._store(ref, made, searchable_pdf.MEDIA_TYPE)

    def _alto(self, ref: Ref, manifest: Manifest) -> Piece:
        alto = Alto()
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / alto.name
            with made.open("w", encoding="utf-8") as file:
                file.write(alto.head())
                for page in self._pages(ref, manifest):
                    file.write(alto.gap(page) if isinstance(page, Gap) else alto.page(page))
                file.write(alto.tail())
            return self._store(ref, made, alto.media_type)

    def _pages(self, ref: Ref, manifest: Manifest) -> Iterator[Page | Gap]:
        """Yield every page in order, or what stands for a missing one; a shard is held at a time.

        A shard that is not in the manifest was stored too late: its pages are gaps.
        """
        gaps = {gap.page: gap for gap in manifest.gaps}
        number = 1
        for entry in manifest.shards:
            yield from (gaps[missing] for missing in range(number, entry.first_page))
            body = self._work.get(layout.stage_key(ref, Stage.READ, entry.file.name))
            pages = {page.number: page for page in Shard.model_validate_json(body).pages}
            number = entry.last_page + 1
            for each in range(entry.first_page, number):
                yield gaps.get(each) or pages[each]
        yield from (gaps[missing] for missing in range(number, manifest.page_count + 1))

    def _store(self, ref: Ref, path: Path, media_type: str) -> Piece:
        """Store a file once; return what is stored."""
        key = layout.stage_key(ref, Stage.EXPORT, path.name)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            if not self._work.put_once(key, file, digest, media_type):
                return self._work.describe(key)
        return Piece(
            name=path.name, size_bytes=path.stat().st_size, sha256=digest, media_type=media_type
        )
