"""Redact: renditions of a document for whoever may see it, but not the personal data in it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model import Exports, Gap, PiiShard, Ref, Source, Stage
from docparser.store import layout

from . import redacted_pdf
from .markdown import Markdown
from .plain_text import PlainText
from .redaction import redacted
from .result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.function import Call
    from docparser.model import Manifest, Page, Piece, PiiFinding
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records

_SHOWN = frozenset({redacted_pdf.MEDIA_TYPE, "image/png", "image/jpeg", "image/tiff"})
"""What has pages to look at; text formats have their words only."""


class RedactedText(PlainText):
    """``redacted.txt``."""

    name = "redacted.txt"


class RedactedMarkdown(Markdown):
    """``redacted.md``."""

    name = "redacted.md"


class Redact:
    """Writes a document's text, and its pages as pictures, without what Classify has found.

    Made on disk, page by page, and stored once; which files there are stands in
    ``redact/exports.json``, which is written last.
    """

    def __init__(self, *, sources: Sources, work: Blobs, records: Records) -> None:
        self._sources = sources
        self._work = work
        self._records = records

    def run(self, ref: Ref, source: Source, call: Call) -> Exports:
        """Return what was made.

        Raises
        ------
        Terminal
            SOURCE_GONE, CHECKSUM_MISMATCH: the pinned version is not what was taken in.
        """
        key = layout.stage_key(ref, Stage.REDACT, "exports.json")
        made = self._work.find(key)
        if made is None:
            made = self._work.put_json_once(key, self._make(ref, source).to_json())
        self._records.advance(ref, Stage.REDACT, gb_seconds=call.gb_seconds)
        return Exports.model_validate_json(made)

    def _make(self, ref: Ref, source: Source) -> Exports:
        result = Result(self._work, ref)
        manifest = result.manifest()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            files = [
                self._text(ref, result, manifest, rendition, folder)
                for rendition in (RedactedText(), RedactedMarkdown())
            ]
            readable = result.readable(source)
            if readable.media_type in _SHOWN:
                original, made = folder / "original", folder / redacted_pdf.NAME
                result.fetch(readable, self._sources, original)
                pages = self._pages(ref, result, manifest)
                redacted_pdf.write(original, readable.media_type, pages, made)
                files.append(result.store(Stage.REDACT, made, redacted_pdf.MEDIA_TYPE))
        return Exports(files=tuple(files))

    def _text(
        self,
        ref: Ref,
        result: Result,
        manifest: Manifest,
        rendition: RedactedText | RedactedMarkdown,
        folder: Path,
    ) -> Piece:
        made = folder / rendition.name
        with made.open("w", encoding="utf-8", newline="\n") as file:
            for page, findings in self._pages(ref, result, manifest):
                if isinstance(page, Gap):
                    file.write(rendition.gap(page))
                else:
                    file.write(rendition.page(redacted(page, findings)))
        return result.store(Stage.REDACT, made, rendition.media_type)

    def _pages(
        self, ref: Ref, result: Result, manifest: Manifest
    ) -> Iterator[tuple[Page | Gap, Sequence[PiiFinding]]]:
        """Yield every page with what was found on it; the findings of one shard are in memory."""
        shard_id, found = None, PiiShard(shard_id="s0000")
        for entry, page in result.pages(manifest):
            if entry is None or isinstance(page, Gap):
                yield page, ()
                continue
            if entry.shard_id != shard_id:
                shard_id = entry.shard_id
                # Without its findings nothing of a shard is shown: this raises.
                key = layout.stage_key(ref, Stage.CLASSIFY, f"{layout.FINDINGS}{shard_id}.json")
                found = PiiShard.model_validate_json(self._work.get(key))
            yield page, [finding for finding in found.findings if finding.page == page.number]
