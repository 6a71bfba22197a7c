"""Route: copies to the zones that the level allows; what the level forbids is purged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from docparser import observability
from docparser.model import (
    Classification,
    Document,
    Exports,
    Lane,
    Manifest,
    Piece,
    Placement,
    Ref,
    Source,
    Stage,
    WarningCode,
)
from docparser.store import layout
from docparser.store.blobs import JSON

from .matrix import allowed_zones, forbidden_zones

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docparser.function import Call
    from docparser.model import Zone
    from docparser.store.blobs import Blobs
    from docparser.store.records import Records

_COPIES_AT_ONCE = 16


class _Copy(NamedTuple):
    source: Source
    file: str
    sha256: str
    content_type: str


class Route:
    """Puts a result where it may lie, and nowhere else."""

    def __init__(self, *, work: Blobs, zones: Mapping[Zone, Blobs], records: Records) -> None:
        self._work = work
        self._zones = zones
        self._records = records

    def run(self, ref: Ref, source: Source, call: Call) -> Placement:
        """Copy a result to its zones, each copy compared by SHA-256 with what was read.

        The level is read from the stored classification: a level that arrived otherwise could be
        another one.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a copy differs and was deleted again; SOURCE_GONE; Superseded: the
            attempt no longer runs, and nothing was copied.
        """
        manifest = Manifest.model_validate_json(self._output(ref, Stage.ASSEMBLE, "manifest.json"))
        classification = Classification.model_validate_json(
            self._output(ref, Stage.CLASSIFY, "classification.json")
        )
        level, kind = classification.level.value, classification.type.value
        self._records.require_running(ref)
        for zone in forbidden_zones(level, kind):
            if purged := self._zones[zone].purge(layout.document_prefix(ref)):
                observability.log("purged what the level forbids", count=purged)
        exports = self._exports(ref)
        if exports is None and any(lane is not Lane.TEXT for lane in manifest.pages_by_lane):
            # Nothing that was read is missing: the document goes on without.
            warnings = (*manifest.warnings, WarningCode.EXPORT_FAILED)
            manifest = manifest.model_copy(update={"warnings": warnings})
        files = () if exports is None else exports.files
        document = _document(ref, manifest, files, classification).to_json()
        placed = Placement(zones=allowed_zones(level, kind))
        copies = list(self._copies(ref, source, manifest, files))
        for zone in placed.zones:
            self._fill(self._zones[zone], layout.revision_prefix(ref), copies, document)
        # Not written once: what an earlier attempt filled says nothing of where copies lie now.
        self._work.put(layout.stage_key(ref, Stage.ROUTE, "zones.json"), placed.to_json(), JSON)
        self._records.advance(
            ref,
            Stage.ROUTE,
            gb_seconds=call.gb_seconds,
            zones=placed.zones,
            level=level,
            warnings=manifest.warnings,
        )
        return placed

    def _output(self, ref: Ref, stage: Stage, file: str) -> bytes:
        return self._work.get(layout.stage_key(ref, stage, file))

    def _exports(self, ref: Ref) -> Exports | None:
        """Return what else was made of the document, or None if that failed or was not tried."""
        body = self._work.find(layout.stage_key(ref, Stage.EXPORT, "exports.json"))
        return None if body is None else Exports.model_validate_json(body)

    def _copies(
        self, ref: Ref, source: Source, manifest: Manifest, exports: tuple[Piece, ...]
    ) -> Iterator[_Copy]:
        """Yield everything that a zone receives but the document itself."""
        yield _Copy(source, "original", manifest.content_sha256, manifest.media_type)
        for entry in manifest.shards:
            key = layout.stage_key(ref, Stage.READ, entry.file.name)
            page = Source(bucket=self._work.bucket, key=key)
            yield _Copy(page, f"pages/{entry.file.name}", entry.file.sha256, JSON)
        for stage, files in ((Stage.ASSEMBLE, manifest.texts), (Stage.EXPORT, exports)):
            for file in files:
                key = layout.stage_key(ref, stage, file.name)
                written = Source(bucket=self._work.bucket, key=key)
                yield _Copy(written, file.name, file.sha256, file.media_type)

    def _fill(self, zone: Blobs, prefix: str, copies: list[_Copy], document: bytes) -> None:
        """Copy everything, then write the document: who sees it finds all that it names."""
        with ThreadPoolExecutor(_COPIES_AT_ONCE) as pool:
            copying = [
                pool.submit(
                    zone.copy,
                    copy.source,
                    prefix + copy.file,
                    copy.sha256,
                    content_type=copy.content_type,
                )
                for copy in copies
            ]
            for copied in copying:
                copied.result()
        zone.put(f"{prefix}document.json", document, JSON)


def _document(
    ref: Ref, manifest: Manifest, exports: tuple[Piece, ...], classification: Classification
) -> Document:
    counted = {name: getattr(manifest, name) for name in Manifest.model_fields if name != "schema_"}
    return Document(
        **counted,
        tenant=ref.tenant,
        document_id=ref.document_id,
        revision=ref.revision,
        exports=exports,
        classification=classification,
    )
