"""Purge: what was erased is nowhere any more, and the record proves it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

from docparser import observability
from docparser.errors import Retryable
from docparser.model import (
    Action,
    Erasure,
    RejectedCode,
    RetryableCode,
    Source,
    Status,
    Zone,
    now,
)
from docparser.model.search import chunk_id
from docparser.store import layout
from docparser.store.erasures import Found

from .refusals import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from docparser.model import Record, Ref
    from docparser.search.index import SearchIndex
    from docparser.store.blobs import Blobs, Sources, Version
    from docparser.store.erasures import Erasing, Erasures, PurgeOrder
    from docparser.store.executions import Executions
    from docparser.store.records import Records

    from .erasures import ErasureRequests

BACKUPS = "POINT_IN_TIME_RECOVERY_35_DAYS"
"""The table's backups hold the file name for so long."""
IN_PARENT = "IN_PARENT"
"""The file that the document came in is kept, and has it inside."""
HELD_CHILDREN = "HELD_CHILDREN"
"""A file inside it came under a legal hold after the erasure was asked for, and is kept."""
INDEX_S = 120.0

_NOTED_AT_ONCE = 1000
_ROUNDS = 5  # of listing what is left; each deletes all that it found


class Place(Protocol):
    """Where objects of documents lie: a bucket with versions or without, a zone of any kind."""

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every version of every object below a prefix."""
        ...

    def purge(self, prefix: str) -> int:
        """Delete every version of every object below a prefix; return how many there were."""
        ...


class _Corner(NamedTuple):
    """A part of a place where something of a document may lie."""

    purpose: str
    place: Place
    prefix: str


class Purge:
    """Deletes all that an erased document has left, and proves it.

    Every step may be repeated: a purge that ends half-way goes on where it was. The proof counts
    what all tries have deleted, since each lists it in the table before.

    Parameters
    ----------
    records, erasures, requests
        What is known of documents and of what is being erased, and who erases the files inside.
    executions
        The walks: one that was cancelled for this may still run.
    intake, work, exchange
        The buckets that a walk passes through.
    zones
        The zones, and whatever keeps copies of one, each by its name; they pass locks.
    sources
        Uploads.
    index
        Where nobody may find it; None where none is deployed.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        erasures: Erasures,
        requests: ErasureRequests,
        executions: Executions,
        intake: Blobs,
        work: Place,
        exchange: Place,
        zones: Mapping[str, Place],
        sources: Sources,
        index: SearchIndex | None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._erasures = erasures
        self._requests = requests
        self._executions = executions
        self._intake = intake
        self._work = work
        self._exchange = exchange
        self._zones = zones
        self._sources = sources
        self._index = index
        self._clock = clock

    def run(self, order: PurgeOrder) -> Erasure | None:
        """Purge a document.

        Returns
        -------
        Erasure or None
            The proof; None where the document is not erased, or where a walk that was cancelled
            may still write: all that was there is gone, and the sweep asks again once it is quiet.

        Raises
        ------
        Retryable
            A bucket did not delete all, or the index is away: the same order goes on.
        """
        record = self._records.current(order.tenant, order.document_id)
        if record is None:
            return None
        if order.zone is not None and order.revision is not None:
            self._clear_revision(record.ref, order.zone, order.revision)
            return None
        if order.zone is not None:
            self._clear(record, order.zone)
            return None
        erasing = self._erasures.of(record.ref)
        if record.status is not Status.ERASED or erasing is None:
            # It was proven before. What had been listed for that may be left.
            if record.erasure is not None:
                self._erasures.forget_found(record.ref)
            return record.erasure
        walk = self._executions.find(record.ref)
        if walk is not None and walk.runs:
            self._executions.stop(record.ref)
        revisions = [*self._revisions(record)]
        held_children = erasing.children and self._erase_children(record, erasing)
        self._forget_passages(record.ref, revisions)
        for _ in range(_ROUNDS):
            if not self._delete(record.ref, revisions):
                break
        else:
            raise Retryable(RetryableCode.DEPENDENCY)
        self._erasures.forget_names(record.ref)
        if self._clock() < erasing.quiet_from:
            self._records.renew(record, erasing.quiet_from)
            return None
        return self._prove(record, revisions, held_children=held_children)

    def _clear(self, record: Record, zone: Zone) -> None:
        """Delete what is locked in a zone that a document has left for its level."""
        if zone in record.zones or record.level is None:
            return
        if purged := self._zones[zone].purge(layout.document_prefix(record.ref)):
            observability.log("purged what the level forbids", count=purged)

    def _clear_revision(self, ref: Ref, zone: Zone, revision: int) -> None:
        """Delete what is locked in a zone of a revision that was cancelled, or refused."""
        record = self._records.get(ref.model_copy(update={"revision": revision}))
        if record is None:
            return
        is_refused = record.status is Status.REJECTED and record.code == RejectedCode.REFUSED
        if record.status is not Status.CANCELLED and not is_refused:
            return
        if purged := self._zones[zone].purge(layout.revision_prefix(record.ref)):
            observability.log("cleaned up", count=purged)

    # ------------------------------------------------------------------ elsewhere than in objects
    def _revisions(self, record: Record) -> Iterator[Record]:
        for number in range(1, record.ref.revision):
            ref = record.ref.model_copy(update={"revision": number, "attempt": 1})
            if (one := self._records.get(ref)) is not None:
                yield one
        yield record

    def _erase_children(self, record: Record, erasing: Erasing) -> bool:
        """Erase the files inside that came with a document; return whether any is held."""
        held = False
        for child in self._erasures.children(record.ref):
            current = self._records.current(record.ref.tenant, child)
            if current is None or current.status is Status.ERASED:
                continue
            try:
                begun = self._requests.begin(current, actor=erasing.by, reason=erasing.reason)
            except Held:
                held = True
                continue
            if begun is None:
                # It moved on this very moment: the next try finds it again.
                raise Retryable(RetryableCode.THROTTLED)
        return held

    def _forget_passages(self, ref: Ref, revisions: Sequence[Record]) -> None:
        if self._index is None:
            return
        noted = (
            chunk_id(ref.document_id, one.ref.revision, number)
            for one in revisions
            for number in range(1, (one.chunks or 0) + 1)
        )
        # The index has those of the newest revision that came to it. Before they are gone: whoever
        # repeats this finds none.
        has = [one.chunks or 0 for one in revisions if one.index is not None]
        self._erasures.note_passages(ref, has[-1] if has else 0)
        with self._index.within(INDEX_S):
            gone = self._index.delete(ref.tenant, ref.document_id, known=noted)
        self._erasures.note_passages(ref, gone)

    # ------------------------------------------------------------------ objects
    def _corners(self, ref: Ref) -> Iterator[_Corner]:
        prefix = layout.document_prefix(ref)
        yield _Corner("intake", self._intake, layout.renamed_prefix(ref))
        yield _Corner("work", self._work, prefix)
        for exchanged in layout.ocr_document_prefixes(ref):
            yield _Corner("ocr", self._exchange, exchanged)
        for name, place in self._zones.items():
            yield _Corner(name, place, prefix)

    def _delete(self, ref: Ref, revisions: Iterable[Record]) -> int:
        """List what there is, delete it, and return how many versions there were."""
        deleted = 0
        for corner in self._corners(ref):
            if self._note(ref, corner.purpose, corner.place.versions(corner.prefix)):
                deleted += corner.place.purge(corner.prefix)
        keys = {one.source.key for one in revisions if one.source.bucket == self._intake.bucket}
        for key in sorted(keys):
            versions = (one for one in self._intake.versions(key) if one.key == key)
            if noted := self._note(ref, "intake", versions):
                self._sources.discard(Source(bucket=self._intake.bucket, key=key))
                deleted += noted
        return deleted

    def _note(self, ref: Ref, purpose: str, versions: Iterable[Version]) -> int:
        """Note the versions that are about to be deleted; return how many there are."""
        found: list[Found] = []
        noted = 0
        for one in versions:
            line = f"{purpose}/{one.key} {one.version_id} {one.etag}"
            found.append(Found(line=line, size_bytes=one.size_bytes))
            if len(found) == _NOTED_AT_ONCE:
                self._erasures.keep(ref, found)
                noted += len(found)
                found = []
        self._erasures.keep(ref, found)
        return noted + len(found)

    # ------------------------------------------------------------------ proven
    def _prove(
        self, record: Record, revisions: Iterable[Record], *, held_children: bool
    ) -> Erasure | None:
        for one in revisions:
            if one is not record:
                # No record tells of a result that is no more.
                self._records.change_from(
                    one, Status.ERASED, stage=one.stage, finished_at=one.finished_at
                )
        erasing = self._erasures.of(record.ref)
        if erasing is None:
            return None  # another purge of the same document was faster
        sizes = {one.line: one.size_bytes for one in self._erasures.found(record.ref)}
        residuals = [BACKUPS]
        if record.parent is not None and not self._is_erased(record, record.parent):
            residuals.append(IN_PARENT)
        if held_children:
            residuals.append(HELD_CHILDREN)
        proof = Erasure(
            erased_at=self._clock(),
            versions=len(sizes),
            size_bytes=sum(sizes.values()),
            passages=erasing.passages,
            objects_sha256=hashlib.sha256("\n".join(sorted(sizes)).encode()).hexdigest(),
            residuals=tuple(residuals),
        )
        noted = self._records.note(
            record,
            Action.ERASED,
            facts={
                "versions": proof.versions,
                "size_bytes": proof.size_bytes,
                "passages": proof.passages,
                "objects_sha256": proof.objects_sha256,
                "residuals": proof.residuals,
            },
            also=self._erasures.ending(record.ref),
            erasure=proof,
            lease_until=None,
        )
        if noted is None:
            return None
        self._erasures.forget_found(record.ref)
        observability.count("DocumentErased")
        return proof

    def _is_erased(self, record: Record, document_id: str) -> bool:
        other = self._records.current(record.ref.tenant, document_id)
        return other is None or other.status is Status.ERASED
