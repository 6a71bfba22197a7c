"""Extract: every page is shown to the readers of fields, one shard in memory at a time."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from docparser.errors import Superseded, Terminal
from docparser.model import (
    Action,
    Classification,
    DocumentType,
    Extraction,
    Manifest,
    Plan,
    Policy,
    Record,
    Ref,
    Review,
    ReviewMode,
    ReviewReason,
    Shard,
    Stage,
    TerminalCode,
    WarningCode,
)
from docparser.store import layout
from docparser.store.blobs import JSON

from . import einvoice, schemas
from .corrections import said_of
from .engine import Document
from .extractor import Locale
from .reading import Reading
from .sink import TableFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docparser.function import Call
    from docparser.model import Fact, Page, Readable, ShardEntry, Source, TypeDecision
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records

    from .einvoice import EInvoice
    from .engine import AskingExtractor, Engine
    from .sink import RowsFormat

# What may be an e-invoice's XML, or hold it.
_TEXT, _PDF = "text/", "application/pdf"
_LEAST_LIKELY = 0.25

MOST_RETRIES = 2
"""How often the state machine tries again what has failed for a reason that passes."""

_DECIDED = frozenset({Review.APPROVED, Review.CORRECTED})


class Extracted(NamedTuple):
    """What was found, and what follows from it; ``review`` is as for `Classify`."""

    extraction: Extraction
    review: ReviewMode


class Extract:
    """Reads typed fields and tables from what was read, each value with its proof.

    Parameters
    ----------
    sources, work, records
        Where uploads are, the stages' outputs, and what is known of documents.
    csv
        Writes a table's rows for other programs.
    engines
        Ask services for fields, of documents whose level and policy allow it.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        work: Blobs,
        records: Records,
        csv: Callable[[TextIO], RowsFormat],
        engines: Sequence[Engine] = (),
    ) -> None:
        self._sources = sources
        self._work = work
        self._records = records
        self._csv = csv
        self._engines = tuple(engines)

    def run(self, ref: Ref, source: Source, call: Call, *, retries: int = 0) -> Extracted:
        """Return what was found, stored as ``extract/fields.json``, each table's rows beside it.

        A repeat finds it there. Once people have said something of the document, or have let it
        wait, it is read anew: it may be of another type. After the last of `MOST_RETRIES` it does
        without services that are away.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a shard holds other bytes than were assembled, or the source others
            than were taken in; SOURCE_GONE; Superseded: the record is another attempt's, or has
            ended.
        """
        record = self._records.get(ref)
        if record is None or record.ref != ref:
            raise Superseded(TerminalCode.INTERNAL)
        policy = Policy.model_validate_json(self._output(ref, Stage.CLASSIFY, "policy.json"))
        last_try = retries >= MOST_RETRIES
        key = layout.stage_key(ref, Stage.EXTRACT, "fields.json")
        if record.review in _DECIDED or record.waits:
            found = self._found(record, policy, source, anew=True, last_try=last_try)
            self._work.put(key, found.to_json(), JSON)
        else:
            stored = self._work.find(key)
            if stored is None:
                found = self._found(record, policy, source, anew=False, last_try=last_try)
                stored = self._work.put_json_once(key, found.to_json())
            found = Extraction.model_validate_json(stored)
        return self._extracted(record, policy, found, call)

    def _output(self, ref: Ref, stage: Stage, file: str) -> bytes:
        return self._work.get(layout.stage_key(ref, stage, file))

    def _found(
        self, record: Record, policy: Policy, source: Source, *, anew: bool, last_try: bool
    ) -> Extraction:
        """Read a document; its tables are stored before anything tells of them."""
        ref = record.ref
        classification = Classification.model_validate_json(
            self._output(ref, Stage.CLASSIFY, "classification.json")
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            plan = Plan.model_validate_json(self._output(ref, Stage.PREFLIGHT, "plan.json"))
            invoice = self._invoice(plan, source, folder / "source")
            kind = record.corrected_type or (invoice and invoice.type)
            kind = kind or _likeliest(classification.type, policy)
            files = TableFiles(folder, self._csv)
            locale = Locale(classification.language, policy.extract.country)
            schema = schemas.of(kind, policy)
            asking: list[AskingExtractor] = []
            # What is shown to a service cannot be taken back once a person knows better.
            certain = ReviewReason.LEVEL_UNSURE not in classification.review
            if schema is not None and certain and (invoice is None or invoice.type is None):
                document = Document(
                    ref=ref,
                    kind=kind,
                    level=classification.level.value,
                    schema=schema,
                    locale=locale,
                    policy=policy,
                    answers=_Answers(self._work, ref),
                    fetched=lambda: self._fetched(plan.readable(source), folder / "readable"),
                    last_try=last_try,
                )
                asking = [
                    reader
                    for engine in self._engines
                    if (reader := engine.reader(document)) is not None
                ]
            reading = Reading(
                kind,
                schema,
                locale,
                files,
                invoice=invoice,
                asking=asking,
                least_confidence=policy.extract.least_confidence,
            )
            for page in self._pages(ref):
                reading.read(page)
            found = reading.extraction(said_of(self._work, record, kind))
            tables = [table.id for table in found.tables]
            prefix = layout.stage_key(ref, Stage.EXTRACT, "")
            files.store(self._work, prefix, tables, anew=anew)
        return found

    def _invoice(self, plan: Plan, source: Source, path: Path) -> EInvoice | None:
        """Return what the XML of an e-invoice says, if the source is one or has one attached.

        Of a PDF it is read in the one without a password, of a text in what was taken in. Preflight
        warns of every PDF that has files attached; any other is not even fetched.
        """
        readable = plan.readable(source)
        has_files = WarningCode.ACTIVE_CONTENT in plan.warnings
        if plan.media_type.startswith(_TEXT):
            readable = plan.model_copy(update={"normalised": None}).readable(source)
        elif not plan.media_type == readable.media_type == _PDF or not has_files:
            return None
        invoice = einvoice.read(*self._fetched(readable, path))
        path.unlink()
        return invoice

    def _fetched(self, readable: Readable, path: Path) -> tuple[Path, str]:
        """Return a file that is on the disk now, unless it was, and its media type."""
        if not path.exists():
            with path.open("wb") as file:
                self._sources.fetch(readable.source, file, readable.sha256)
        return path, readable.media_type

    def _pages(self, ref: Ref) -> Iterator[Page]:
        """Yield every page that is stored, in order; a shard of them is in memory at a time."""
        manifest = Manifest.model_validate_json(self._output(ref, Stage.ASSEMBLE, "manifest.json"))
        for entry in manifest.shards:
            yield from self._shard(ref, entry).pages

    def _shard(self, ref: Ref, entry: ShardEntry) -> Shard:
        body = self._output(ref, Stage.READ, entry.file.name)
        if hashlib.sha256(body).hexdigest() != entry.file.sha256:
            # The places that prove a value would be places on other pages.
            raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
        return Shard.model_validate_json(body)

    def _extracted(
        self, record: Record, policy: Policy, found: Extraction, call: Call
    ) -> Extracted:
        """Note what was found, and say what follows."""
        mode = policy.review.mode if found.review else ReviewMode.OFF
        if record.review in _DECIDED:
            mode = ReviewMode.OFF  # somebody has looked at it
        elif mode is ReviewMode.PARK and record.waits:
            mode = ReviewMode.MARK  # it has waited long enough
        required = {} if mode is ReviewMode.OFF else {"review": Review.REQUIRED}
        self._records.advance(
            record.ref,
            Stage.EXTRACT,
            gb_seconds=call.gb_seconds,
            action=Action.EXTRACTED,
            facts=_told(found, mode),
            violations=len(found.violations),
            row_gaps=len(found.gaps),
            # It may have been another type before, for which others were asked.
            field_charges_usd=max(record.field_charges_usd, found.charges_usd),
            **required,
        )
        return Extracted(found, mode)


class _Answers:
    """Answers of services, among the outputs of Extract."""

    def __init__(self, work: Blobs, ref: Ref) -> None:
        self._work = work
        self._ref = ref

    def once(self, name: str, ask: Callable[[], bytes]) -> bytes:
        key = layout.stage_key(self._ref, Stage.EXTRACT, name)
        answer = self._work.find(key)
        return self._work.put_json_once(key, ask()) if answer is None else answer


def _likeliest(decided: TypeDecision, policy: Policy) -> DocumentType:
    """Return the type whose fields are looked for.

    Where the classifier abstained, it is the best of its guesses that has fields and some
    likelihood: a person looks at such a document anyway, and finds them there.
    """
    if decided.value is DocumentType.UNKNOWN:
        for kind, confidence in decided.alternatives:
            if confidence >= _LEAST_LIKELY and schemas.of(kind, policy) is not None:
                return kind
    return decided.value


def _told(found: Extraction, mode: ReviewMode) -> dict[str, Fact]:
    """Return what the audit trail tells of an extraction: names and counts, no value."""
    return {
        "definition": found.definition,
        "fields": len(found.fields),
        "violations": tuple(violation.rule for violation in found.violations),
        "missing": found.missing,
        "tables": len(found.tables),
        "row_gaps": len(found.gaps),
        "review": mode.value,
        "reasons": tuple(reason.value for reason in found.review),
    }
