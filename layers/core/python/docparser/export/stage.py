"""Export: a scan becomes a searchable PDF, and ALTO; what was digital has its own text already."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model import Exports, Gap, Lane, Manifest, Piece, Ref, Source, Stage
from docparser.store import layout

from . import searchable_pdf
from .alto import Alto
from .result import Result

if TYPE_CHECKING:
    from docparser.function import Call
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
        result = Result(self._work, ref)
        manifest = result.manifest()
        files: tuple[Piece, ...] = ()
        if any(lane is not Lane.TEXT for lane in manifest.pages_by_lane):
            with tempfile.TemporaryDirectory() as folder:
                files = (
                    self._searchable(result, source, manifest, Path(folder)),
                    self._alto(result, manifest, Path(folder)),
                )
        return Exports(files=files)

    def _searchable(
        self, result: Result, source: Source, manifest: Manifest, folder: Path
    ) -> Piece:
        original, made = folder / "original", folder / searchable_pdf.NAME
        readable = result.readable(source)
        result.fetch(readable, self._sources, original)
        pages = (page for _, page in result.pages(manifest))
        searchable_pdf.write(original, readable.media_type, pages, made)
        return result.store(Stage.EXPORT, made, searchable_pdf.MEDIA_TYPE)

    def _alto(self, result: Result, manifest: Manifest, folder: Path) -> Piece:
        alto = Alto()
        made = folder / alto.name
        with made.open("w", encoding="utf-8") as file:
            file.write(alto.head())
            for _, page in result.pages(manifest):
                file.write(alto.gap(page) if isinstance(page, Gap) else alto.page(page))
            file.write(alto.tail())
        return result.store(Stage.EXPORT, made, alto.media_type)
