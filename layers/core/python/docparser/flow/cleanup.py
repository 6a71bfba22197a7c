"""Clean-up: of a document that was cancelled nothing is left, wherever its walk had come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser import observability
from docparser.model.search import chunk_id
from docparser.store import layout
from docparser.store.blobs import Locked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docparser.model import Record, Ref, Zone
    from docparser.route.zones import ZoneStore
    from docparser.search.index import SearchIndex
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.erasures import Erasures
    from docparser.store.records import Records


class Cleanup:
    """Deletes what a cancelled walk has left; what other revisions stored is not touched.

    Parameters
    ----------
    work, exchange, zones
        Where a revision may have left something.
    erasures
        Who is told of what is locked there.
    sources
        Uploads.
    index
        Where nobody may find it; None where none is deployed.
    records
        What is known of documents.
    """

    def __init__(
        self,
        *,
        work: Blobs,
        exchange: Blobs,
        zones: Mapping[Zone, ZoneStore],
        erasures: Erasures,
        sources: Sources,
        index: SearchIndex | None,
        records: Records,
    ) -> None:
        self._work = work
        self._exchange = exchange
        self._zones = zones
        self._erasures = erasures
        self._sources = sources
        self._index = index
        self._records = records

    def run(self, cancelled: Record) -> int:
        """Delete a revision's objects and passages; return how many objects there were.

        Raises
        ------
        Retryable
            A bucket did not delete all, or the index or a zone is away: what is left is deleted
            next time.
        """
        ref = cancelled.ref
        deleted = self._work.purge(layout.revision_prefix(ref))
        deleted += sum(self._clear(ref, zone, store) for zone, store in self._zones.items())
        deleted += sum(self._exchange.purge(prefix) for prefix in layout.ocr_prefixes(ref))
        current = self._records.current(ref.tenant, ref.document_id)
        # Another revision may read the same upload.
        if (
            current is None
            or current.ref.revision == ref.revision
            or (current.source != cancelled.source)
        ):
            self._sources.discard(cancelled.source)
        if self._index is not None:
            noted = range(1, (cancelled.chunks or 0) + 1)
            self._index.delete(
                ref.tenant,
                ref.document_id,
                only_revision=ref.revision,
                known=(chunk_id(ref.document_id, ref.revision, number) for number in noted),
            )
        if deleted:
            observability.log("cleaned up", count=deleted)
        return deleted

    def _clear(self, ref: Ref, zone: Zone, store: ZoneStore) -> int:
        try:
            return store.purge(layout.revision_prefix(ref))
        except Locked:
            self._erasures.send(ref, zone, revision=ref.revision)
            return 0
