"""Restore: a revision takes from the result before it what it does not do again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.errors import Superseded, Terminal
from docparser.extract.corrections import EARLIER, Corrections
from docparser.intake.options import Options
from docparser.model import (
    Document,
    Exports,
    Manifest,
    Plan,
    Record,
    Ref,
    Source,
    Stage,
    Status,
    TerminalCode,
    WarningCode,
    now,
)
from docparser.route.pieces import filed
from docparser.store import layout

if TYPE_CHECKING:
    from datetime import timedelta

    from docparser.function import Call
    from docparser.route.zones import ZoneStore
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records

_COPIES_AT_ONCE = 16
# What Classify and Redact made follows from a level that may be another one now, and what Extract
# made from a type that may be.
_KEPT = {Stage.READ, Stage.ASSEMBLE, Stage.EXPORT}
# Stages that come again say these again.
_SAID_AGAIN = {
    WarningCode.EXPORT_FAILED,
    WarningCode.REDACTION_FAILED,
    WarningCode.EXTRACTION_FAILED,
    WarningCode.XML_DIFFERS,
    WarningCode.XML_UNREADABLE,
    WarningCode.VALUES_CONTRADICT,
    WarningCode.SEVERAL_DOCUMENTS,
    WarningCode.PAGES_ABSENT,
    WarningCode.ROWS_MISSING,
    WarningCode.VALUES_UNPROVEN,
    WarningCode.MODEL_SKIPPED,
    WarningCode.TEXTRACT_SKIPPED,
}


class Restored(NamedTuple):
    """What a walk begins with: its source and, where nothing is read again, what was read."""

    source: Source
    manifest: Manifest | None


class Restore:
    """Lays out what stages before the one that a revision begins at would have left.

    Only this stage reads the vault: none that parses an upload can.
    """

    def __init__(
        self,
        *,
        vault: ZoneStore,
        intake: Blobs,
        work: Blobs,
        sources: Sources,
        records: Records,
        document_deadline: timedelta,
    ) -> None:
        self._vault = vault
        self._intake = intake
        self._work = work
        self._sources = sources
        self._records = records
        self._document_deadline = document_deadline

    def run(self, ref: Ref, begins_at: Stage, call: Call) -> Restored:
        """Bring the original back and, for a walk from Classify, all that was made of it.

        Every copy is compared by SHA-256 with what the earlier result says of it. A repeat finds
        what is there and writes the same again.

        Raises
        ------
        Terminal
            SOURCE_GONE: no revision before this one has a result; CHECKSUM_MISMATCH: a file of it
            is not what it was; Superseded: the record is another attempt's, or has ended.
        ZoneAway
            The vault cannot be reached.
        """
        record = self._records.change(
            ref,
            Status.RUNNING,
            stage=Stage.RESTORE,
            lease_until=now() + self._document_deadline,
        )
        if record is None:
            raise Superseded(TerminalCode.INTERNAL)
        former = self._records.result_before(ref)
        if former is None:
            raise Terminal(TerminalCode.SOURCE_GONE)
        document = self._document(former.ref)
        if document.content_sha256 != record.content_sha256:
            raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
        source = self._original(record, former.ref)
        said = Corrections.of(document)
        if said is not None:
            # What people have said of its fields holds, whatever is read this time; where it stands
            # is known of pages that are not read again.
            said = said if begins_at is Stage.CLASSIFY else said.without_places()
            self._put(ref, Stage.EXTRACT, EARLIER, said.to_json())
        manifest = None
        facts: dict[str, Any] = {}
        if begins_at is Stage.CLASSIFY:
            manifest = self._read_before(record, former, document)
            facts = {
                "pages": manifest.page_count,
                "failed_pages": len(manifest.gaps),
                "pages_by_lane": manifest.pages_by_lane,
                "warnings": manifest.warnings,
                "children": former.children,
                "malware": former.malware,
            }
        try:
            self._records.advance(
                ref, Stage.RESTORE, gb_seconds=call.gb_seconds, source=source, **facts
            )
        except Superseded:
            # Nobody knows of this version, so that nobody else could delete it.
            self._sources.delete(source)
            raise
        return Restored(source, manifest)

    def _document(self, former: Ref) -> Document:
        body = self._vault.find(f"{layout.revision_prefix(former)}document.json")
        if body is None:
            raise Terminal(TerminalCode.SOURCE_GONE)
        return Document.model_validate_json(body)

    def _original(self, record: Record, former: Ref) -> Source:
        """Return the source where a walk reads it, copied unless an earlier try has done so."""
        there = self._sources.pinned(record.source)
        if there is not None:
            return there
        version_id = self._vault.bring(
            f"{layout.revision_prefix(former)}original",
            self._intake,
            record.source.key,
            record.content_sha256,
            content_type="application/octet-stream",
            metadata=self._metadata(record),
        )
        return record.source.model_copy(update={"version_id": version_id})

    def _metadata(self, record: Record) -> dict[str, str]:
        """Return what an upload of the same file would say.

        Its name decides how a text is read, and object metadata is a home of names.
        """
        known = self._records.known(record.ref.tenant, record.ref.document_id)
        name = (
            {layout.NAME_METADATA: layout.encode_name(known.name)} if known and known.name else {}
        )
        return {**name, **Options.of(record).metadata()}

    # ------------------------------------------------------------------ what was read
    def _read_before(self, record: Record, former: Record, document: Document) -> Manifest:
        """Lay out the outputs of the stages before Classify, and of Export after it."""
        ref = record.ref
        with ThreadPoolExecutor(_COPIES_AT_ONCE) as pool:
            copying = [
                pool.submit(
                    self._vault.bring,
                    f"{layout.revision_prefix(former.ref)}{file}",
                    self._work,
                    layout.stage_key(ref, stage, name),
                    piece.sha256,
                    content_type=piece.media_type,
                )
                for stage, name, file, piece in filed(document)
                if stage in _KEPT
            ]
            for copied in copying:
                copied.result()
        if WarningCode.EXPORT_FAILED not in document.warnings:
            exports = Exports(files=document.exports)
            self._put(ref, Stage.EXPORT, "exports.json", exports.to_json())
        # It has no shards, because this walk reads nothing.
        plan = Plan(
            media_type=document.media_type,
            content_sha256=document.content_sha256,
            size_bytes=document.size_bytes,
            created_at=document.created_at,
            shards=(),
            reasons=(),
            declared_level=record.declared_level,
            children=document.children,
        )
        self._put(ref, Stage.PREFLIGHT, "plan.json", plan.to_json())
        counted = {
            name: getattr(document, name) for name in Manifest.model_fields if name != "schema_"
        }
        theirs = {*document.classification.warnings, *_SAID_AGAIN}
        warnings = tuple(one for one in document.warnings if one not in theirs)
        manifest = Manifest(**{**counted, "warnings": warnings})
        stored = self._put(ref, Stage.ASSEMBLE, "manifest.json", manifest.to_json())
        return Manifest.model_validate_json(stored)

    def _put(self, ref: Ref, stage: Stage, file: str, body: bytes) -> bytes:
        return self._work.put_json_once(layout.stage_key(ref, stage, file), body)
