"""Index: chunks into the index that the level allows, counted on both sides."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from docparser import observability
from docparser.errors import Retryable, Superseded, Terminal
from docparser.model import (
    Classification,
    IndexScope,
    Level,
    Manifest,
    Ref,
    RetryableCode,
    Shard,
    Stage,
    Status,
    TerminalCode,
)
from docparser.model.search import chunk_id
from docparser.store import layout

from .chunking import Chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.function import Call
    from docparser.model import Chunk
    from docparser.store.blobs import Blobs
    from docparser.store.records import Records

    from .index import SearchIndex

SCOPES = {
    Level.CONFIDENTIAL: IndexScope.NONE,
    Level.RESTRICTED: IndexScope.METADATA,
    Level.INTERNAL: IndexScope.FULL,
    Level.PUBLIC: IndexScope.FULL,
}
"""How much of a document the index may know: the matrix's last column."""

_BATCH = 250

# Together less than the function's 300 s: a time-out of Lambda's own would not be repeated.
_STORE_S = 240
_WITHDRAW_S = 40


class IndexOutcome(NamedTuple):
    """How much of a document can be searched, in how many chunks."""

    scope: IndexScope
    chunks: int


class Index:
    """Makes a document searchable as far as its level allows; without an index, not at all."""

    def __init__(self, *, work: Blobs, records: Records, index: SearchIndex | None) -> None:
        self._work = work
        self._records = records
        self._index = index

    def run(self, ref: Ref, call: Call) -> IndexOutcome:
        """Store a document's chunks and delete what earlier revisions left.

        Raises
        ------
        Retryable
            The index is away, or holds fewer chunks than were made.
        Terminal
            CHECKSUM_MISMATCH: a shard holds other bytes than were assembled; Superseded: the
            attempt no longer runs; what a cancelled one had stored is gone.
        """
        manifest = Manifest.model_validate_json(self._output(ref, Stage.ASSEMBLE, "manifest.json"))
        classification = Classification.model_validate_json(
            self._output(ref, Stage.CLASSIFY, "classification.json")
        )
        self._records.require_running(ref)
        scope = SCOPES[classification.level.value] if self._index else IndexScope.NONE
        stored = 0
        if self._index:
            with self._index.within(_STORE_S):
                stored = self._store(self._index, scope, ref, manifest, classification)
        try:
            self._records.advance(
                ref, Stage.INDEX, gb_seconds=call.gb_seconds, index=scope, chunks=stored
            )
        except Superseded:
            self._withdraw_cancelled(ref, stored)
            raise
        return IndexOutcome(scope, stored)

    def _withdraw_cancelled(self, ref: Ref, stored: int) -> None:
        """Delete what was stored while its document was cancelled: nobody may find it."""
        record = self._records.get(ref)
        if self._index and record and record.status is Status.CANCELLED:
            with self._index.within(_WITHDRAW_S):
                self._index.delete(
                    ref.tenant,
                    ref.document_id,
                    only_revision=ref.revision,
                    # They were stored this very moment: no search may see them yet.
                    known=(chunk_id(ref.document_id, ref.revision, k + 1) for k in range(stored)),
                )

    def _store(
        self,
        index: SearchIndex,
        scope: IndexScope,
        ref: Ref,
        manifest: Manifest,
        classification: Classification,
    ) -> int:
        chunks = Chunks(ref, classification)
        stored = 0
        if scope is IndexScope.FULL:
            for batch in _batches(self._passages(ref, manifest, chunks)):
                stored += index.put(batch)
        else:
            # What the level forbids goes first, whichever revision it was allowed in.
            if purged := index.delete(ref.tenant, ref.document_id):
                observability.log("purged what the level forbids", count=purged)
            if scope is IndexScope.METADATA:
                stored = index.put([chunks.description(manifest)])
        if stored != chunks.made:
            observability.log_error("chunks missing", count=chunks.made - stored)
            raise Retryable(RetryableCode.DEPENDENCY)
        if scope is IndexScope.FULL:
            index.delete(ref.tenant, ref.document_id, keep_revision=ref.revision)
        return stored

    def _passages(self, ref: Ref, manifest: Manifest, chunks: Chunks) -> Iterator[Chunk]:
        """Yield the chunks of all pages that were read, one shard in memory at a time."""
        for entry in manifest.shards:
            shard = self._output(ref, Stage.READ, entry.file.name)
            if hashlib.sha256(shard).hexdigest() != entry.file.sha256:
                # Its level was decided on other text than would be searched.
                raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
            for page in Shard.model_validate_json(shard).pages:
                yield from chunks.of_page(page)

    def _output(self, ref: Ref, stage: Stage, file: str) -> bytes:
        return self._work.get(layout.stage_key(ref, stage, file))


def _batches(chunks: Iterator[Chunk]) -> Iterator[Sequence[Chunk]]:
    batch: list[Chunk] = []
    for chunk in chunks:
        batch.append(chunk)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
