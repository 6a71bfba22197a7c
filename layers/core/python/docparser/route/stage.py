"""Route: decides where a result may lie, and says what its zones receive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from docparser.errors import Superseded
from docparser.model import (
    Action,
    Classification,
    Document,
    Exports,
    Extraction,
    Lane,
    Level,
    Manifest,
    Piece,
    Placement,
    Policy,
    Review,
    ReviewMode,
    Stage,
    Status,
    TerminalCode,
    WarningCode,
    Zone,
    now,
)
from docparser.store import layout
from docparser.store.blobs import JSON

from .matrix import allowed_zones, lock_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.function import Call
    from docparser.model import DocumentType, FieldValue, Record, Ref
    from docparser.model.extraction import FieldName
    from docparser.store.blobs import Blobs
    from docparser.store.records import Records


_DESCRIBED_AT_ONCE = 16


class Routed(NamedTuple):
    """Which zones have to be filled, and then which have to be purged."""

    fill: tuple[Zone, ...]
    purge: tuple[Zone, ...]


class Said(Protocol):
    """What people have said of fields: their names, and the values that they have."""

    @property
    def names(self) -> tuple[FieldName, ...]:
        """Return the names."""
        ...

    @property
    def fields(self) -> tuple[FieldValue, ...]:
        """Return the values."""
        ...


class Route:
    """Decides, and touches no zone: whoever fills one is told by two files in the work bucket.

    Parameters
    ----------
    work, records
        The stages' outputs, and what is known of documents.
    said
        Returns what people have said of the fields of a document of a type.
    """

    def __init__(
        self,
        *,
        work: Blobs,
        records: Records,
        said: Callable[[Blobs, Record, DocumentType], Said],
    ) -> None:
        self._work = work
        self._records = records
        self._said = said

    def run(self, ref: Ref, call: Call, *, extracted: bool) -> Routed:
        """Store the document and its placement, and note where it will lie.

        The level is read from the stored classification: a level that arrived otherwise could be
        another one. Both files are written anew by a repeat, since people may have said something
        of the document meanwhile.

        Parameters
        ----------
        ref, call
            The attempt, and this invocation.
        extracted
            Whether Extract has come to its end. What an earlier one has stored, before people said
            something of the document, may be of another type.

        Raises
        ------
        Superseded
            The attempt no longer runs, and nothing was stored.
        """
        record = self._running(ref)
        manifest = Manifest.model_validate_json(self._output(ref, Stage.ASSEMBLE, "manifest.json"))
        classification = Classification.model_validate_json(
            self._output(ref, Stage.CLASSIFY, "classification.json")
        )
        policy = Policy.model_validate_json(self._output(ref, Stage.CLASSIFY, "policy.json"))
        extraction = self._extraction(ref) if extracted else None
        document = self._document(record, manifest, classification, extraction)
        placement = self._placement(ref, classification, policy)
        self._store(ref, "document.json", document.to_json())
        self._store(ref, "zones.json", placement.to_json())
        level = classification.level.value
        told = (
            record.stage is Stage.ROUTE
            and record.level is level
            and record.zones == placement.zones
        )
        self._records.advance(
            ref,
            Stage.ROUTE,
            # Not once more by a function that died after it had told.
            action=None if told else Action.ROUTED,
            facts={"level": level.value, "zones": tuple(zone.value for zone in placement.zones)},
            gb_seconds=call.gb_seconds,
            zones=placement.zones,
            level=level,
            warnings=document.warnings,
            **({} if extracted else _without_fields(record, policy)),
        )
        # Nothing of a first walk lies anywhere yet.
        walked_before = ref.revision > 1 or ref.attempt > 1 or record.waits > 0
        forbidden = tuple(zone for zone in Zone if zone not in placement.zones)
        return Routed(placement.zones, forbidden if walked_before else ())

    def _running(self, ref: Ref) -> Record:
        record = self._records.get(ref)
        if record is None or record.ref != ref or record.status is not Status.RUNNING:
            raise Superseded(TerminalCode.INTERNAL)
        return record

    def _output(self, ref: Ref, stage: Stage, file: str) -> bytes:
        return self._work.get(layout.stage_key(ref, stage, file))

    def _store(self, ref: Ref, file: str, body: bytes) -> None:
        self._work.put(layout.stage_key(ref, Stage.ROUTE, file), body, JSON)

    def _placement(self, ref: Ref, classification: Classification, policy: Policy) -> Placement:
        level, kind = classification.level.value, classification.type.value
        by_tag = level is Level.INTERNAL and any(rule.tags for rule in policy.sync)
        tags = self._records.tags(ref.tenant, ref.document_id) if by_tag else {}
        zones = allowed_zones(level, kind, policy.sync, tags)
        days = lock_days(policy.retention, level, kind) if Zone.BACKUP in zones else None
        lock_until = None if days is None else now() + timedelta(days=days)
        return Placement(zones=zones, lock_until=lock_until)

    # ------------------------------------------------------------------ the document
    def _document(
        self,
        record: Record,
        manifest: Manifest,
        classification: Classification,
        extraction: Extraction | None,
    ) -> Document:
        ref = record.ref
        warnings = {*manifest.warnings, *classification.warnings}
        if extraction is None:
            warnings.add(WarningCode.EXTRACTION_FAILED)
            # Later revisions take it from the result.
            kind = classification.type.value
            said = self._said(self._work, record, kind)
            extraction = Extraction(type=kind, fields=said.fields, corrected=said.names)
        warnings |= {*extraction.warnings}
        exports = self._made(ref, Stage.EXPORT)
        if exports is None and any(lane is not Lane.TEXT for lane in manifest.pages_by_lane):
            # Nothing that was read is missing: the document goes on without.
            warnings.add(WarningCode.EXPORT_FAILED)
        redacted = self._made(ref, Stage.REDACT) if record.redact else Exports(files=())
        if redacted is None:
            warnings.add(WarningCode.REDACTION_FAILED)
        counted = {
            name: getattr(manifest, name) for name in Manifest.model_fields if name != "schema_"
        }
        counted["warnings"] = tuple(warning for warning in WarningCode if warning in warnings)
        return Document(
            **counted,
            tenant=ref.tenant,
            document_id=ref.document_id,
            revision=ref.revision,
            exports=() if exports is None else exports.files,
            pii=self._findings(ref),
            redacted=() if redacted is None else redacted.files,
            definition=extraction.definition,
            fields=extraction.fields,
            missing=extraction.missing,
            corrected=extraction.corrected,
            violations=extraction.violations,
            tables=extraction.tables,
            table_files=self._tables(ref, extraction),
            row_gaps=extraction.gaps,
            classification=classification,
        )

    def _extraction(self, ref: Ref) -> Extraction:
        return Extraction.model_validate_json(self._output(ref, Stage.EXTRACT, "fields.json"))

    def _tables(self, ref: Ref, extraction: Extraction) -> tuple[Piece, ...]:
        """Return the files of each table, in their order."""
        keys = [
            layout.stage_key(ref, Stage.EXTRACT, f"{table.id}.{kind}")
            for table in extraction.tables
            for kind in ("json", "csv")
        ]
        with ThreadPoolExecutor(_DESCRIBED_AT_ONCE) as pool:
            return tuple(pool.map(self._work.describe, keys))

    def _made(self, ref: Ref, stage: Stage) -> Exports | None:
        """Return what a stage made of the document, or None if that failed or was not tried."""
        body = self._work.find(layout.stage_key(ref, stage, "exports.json"))
        return None if body is None else Exports.model_validate_json(body)

    def _findings(self, ref: Ref) -> tuple[Piece, ...]:
        """Return the files that say what personal data stands where, in page order."""
        prefix = layout.stage_key(ref, Stage.CLASSIFY, layout.FINDINGS)
        with ThreadPoolExecutor(_DESCRIBED_AT_ONCE) as pool:
            found = pool.map(self._work.describe, self._work.keys(prefix))
            return tuple(
                piece.model_copy(update={"name": piece.name.removeprefix(layout.FINDINGS)})
                for piece in found
            )


def _without_fields(record: Record, policy: Policy) -> dict[str, Any]:
    """Return what the record says of a document whose fields nobody could read."""
    looked_at = record.review in {Review.APPROVED, Review.CORRECTED}
    if looked_at or policy.review.mode is ReviewMode.OFF:
        return {"violations": None, "row_gaps": None}
    return {"violations": None, "row_gaps": None, "review": Review.REQUIRED}
