"""Place: fills one zone, or purges it. Whoever does so has rights in this zone alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser import observability
from docparser.errors import Terminal
from docparser.model import Document, Placement, Stage, TerminalCode, Zone, now
from docparser.store import layout
from docparser.store.blobs import Locked

from .matrix import is_open_to
from .pieces import filed
from .zones import Copy, ZoneAway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docparser.function import Call
    from docparser.model import Ref, Source
    from docparser.store.blobs import Blobs
    from docparser.store.erasures import Erasures
    from docparser.store.records import Records

    from .zones import ZoneStore


class Place:
    """Does in one zone what Route has decided.

    Parameters
    ----------
    zone, store
        Which zone, and where it is.
    work, records
        Where Route has stored its decision, and what is known of the document.
    erasures
        Who is told of what is locked in the zone; None where nothing ever is.
    """

    def __init__(
        self,
        *,
        zone: Zone,
        store: ZoneStore,
        work: Blobs,
        records: Records,
        erasures: Erasures | None = None,
    ) -> None:
        self._zone = zone
        self._store = store
        self._work = work
        self._records = records
        self._erasures = erasures

    def fill(self, ref: Ref, source: Source, call: Call) -> None:
        """Copy all that the document names into the zone, the document last.

        Raises
        ------
        ZoneAway
            The zone cannot be reached; what arrived stays, and a repeat writes it again.
        Terminal
            INTERNAL: the document may not lie here; CHECKSUM_MISMATCH: a copy differs, and was
            deleted again; SOURCE_GONE; Superseded: the attempt no longer runs, and nothing was
            copied.
        """
        document, body, placement = self._decided(ref)
        level = document.classification.level.value
        # Route's decision again, so that no file that somebody changed opens a zone to a level.
        if self._zone not in placement.zones or not is_open_to(self._zone, level):
            raise Terminal(TerminalCode.INTERNAL)
        try:
            self._store.fill(
                layout.revision_prefix(ref),
                self._copies(ref, source, document),
                body,
                level=level,
                lock_until=self._lock_until(placement),
            )
        except ZoneAway:
            observability.count("ZoneAway", zone=self._zone)
            raise
        self._records.advance(ref, Stage.PLACE, gb_seconds=call.gb_seconds)

    def purge(self, ref: Ref, call: Call) -> None:
        """Delete all revisions of a document that may no longer lie in the zone.

        What is locked is left to the one function that may delete it.

        Raises
        ------
        ZoneAway
            The zone cannot be reached.
        Terminal
            INTERNAL: the document may lie here; Superseded: the attempt no longer runs.
        """
        if self._zone in self._decided(ref)[2].zones:
            raise Terminal(TerminalCode.INTERNAL)
        try:
            if purged := self._store.purge(layout.document_prefix(ref)):
                observability.log("purged what the level forbids", count=purged)
        except ZoneAway:
            observability.count("ZoneAway", zone=self._zone)
            raise
        except Locked:
            if self._erasures is None:
                raise
            self._erasures.send(ref, self._zone)
        self._records.advance(ref, Stage.PLACE, gb_seconds=call.gb_seconds)

    def _lock_until(self, placement: Placement) -> datetime | None:
        """Return until when copies are locked; no longer where the document has waited as long."""
        until = placement.lock_until
        return until if self._zone is Zone.BACKUP and until is not None and until > now() else None

    def _decided(self, ref: Ref) -> tuple[Document, bytes, Placement]:
        self._records.require_running(ref)
        body = self._output(ref, "document.json")
        placement = Placement.model_validate_json(self._output(ref, "zones.json"))
        return Document.model_validate_json(body), body, placement

    def _output(self, ref: Ref, file: str) -> bytes:
        return self._work.get(layout.stage_key(ref, Stage.ROUTE, file))

    def _copies(self, ref: Ref, source: Source, document: Document) -> Iterator[Copy]:
        """Yield everything that the zone receives but the document itself."""
        yield Copy(source, "original", document.content_sha256, document.media_type)
        for stage, name, file, piece in filed(document):
            made = self._work.source(layout.stage_key(ref, stage, name))
            yield Copy(made, file, piece.sha256, piece.media_type)
