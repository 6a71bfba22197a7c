"""The audit trail of a document: what happened to it, and whether the trail holds together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.audit.trail import Finding, Standing, Trail, checked
from docparser.model import Event
from docparser.model.base import DocumentId, Noun, Tenant

from .problems import InvalidRequest, NotFound

if TYPE_CHECKING:
    from docparser.model import Record
    from docparser.store.event_reader import EventReader
    from docparser.store.records import Records

_CURSOR = re.compile(r"([0-9]{4})-([0-9]{6})", re.ASCII)
_LOOKS = 3  # at a document that moves while it is looked at


class EventList(Noun):
    """Some events of a document, the first first; ``next_cursor`` asks for more, null at the end.

    ``revisions`` are those that the document has had up to ``current_revision``: with which event
    each ends, and with what hash.
    """

    tenant: Tenant
    document_id: DocumentId
    current_revision: int
    revisions: tuple[Standing, ...]
    items: tuple[Event, ...]
    next_cursor: str | None


class Verification(Noun):
    """Whether a document's trail holds together by itself.

    ``events`` counts its events, ``unchained`` those from before events had a chain. Each finding
    names an event, or a revision where there is no ``seq``. What was made to hold together again is
    found beside the anchors alone, in the audit bucket: `docparser audit verify` looks there.
    """

    document_id: DocumentId
    events: int
    unchained: int
    findings: tuple[Finding, ...]


class AuditRoom:
    """What is told of events; nothing of it is ever changed here.

    The trail of an erased document stays.
    """

    def __init__(self, *, records: Records, events: EventReader) -> None:
        self._records = records
        self._events = events

    def events(self, tenant: str, document_id: str, *, limit: int, cursor: str | None) -> EventList:
        """Return events of a document, of all its revisions.

        Raises
        ------
        NotFound
            There never was such a document, or nothing of it is left.
        InvalidRequest
            The cursor is none of ours.
        """
        after = None
        if cursor is not None:
            place = _CURSOR.fullmatch(cursor)
            if place is None:
                raise InvalidRequest("cursor: not one that this service gave.")
            after = int(place[1]), int(place[2])
        records = self._records.revisions(tenant, document_id)
        found = self._events.some_of_document(tenant, document_id, limit=limit, after=after)
        current = self._records.current(tenant, document_id)
        if current is None and not records and not found:
            raise NotFound
        last = found[-1] if len(found) == limit else None
        return EventList(
            tenant=tenant,
            document_id=document_id,
            current_revision=0 if current is None else current.ref.revision,
            revisions=tuple(Standing.of(record) for record in records),
            items=tuple(found),
            next_cursor=None if last is None else f"{last.ref.revision:04d}-{last.seq:06d}",
        )

    def verification(self, tenant: str, document_id: str) -> Verification:
        """Return whether a document's trail holds together.

        Raises
        ------
        NotFound
            There never was such a document, or nothing of it is left.
        """
        trail = self._trail(tenant, document_id)
        findings = checked(trail)
        for _ in range(_LOOKS - 1):
            if not findings:
                break
            # It may have moved between the records and the events.
            trail = self._trail(tenant, document_id)
            findings = checked(trail)
        return Verification(
            document_id=document_id,
            events=len(trail.events),
            unchained=trail.unchained,
            findings=tuple(findings),
        )

    def _trail(self, tenant: str, document_id: str) -> Trail:
        current = self._records.current(tenant, document_id)
        records: list[Record] = self._records.revisions(tenant, document_id)
        events = list(self._events.of_document(tenant, document_id))
        if current is None and not records and not events:
            raise NotFound
        return Trail(
            tenant=tenant,
            document_id=document_id,
            current_revision=0 if current is None else current.ref.revision,
            standings=[Standing.of(record) for record in records],
            events=events,
        )
