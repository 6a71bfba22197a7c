"""Documents as callers see them: announced, listed, looked at and cancelled."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from docparser.intake.identity import document_id
from docparser.intake.options import Options, strictest
from docparser.model import (
    SYSTEM,
    Priority,
    Record,
    Ref,
    RejectedCode,
    RetryableCode,
    Source,
    Stage,
    Status,
    now,
)
from docparser.model.search import chunk_id
from docparser.store import layout
from docparser.store.presigned import UPLOAD_LIFE
from docparser.store.waiting import Waiter

from . import cursor as cursors
from .models import CreatedDocument, DocumentList, DocumentState, Upload
from .problems import Conflict, Erased, Held, InvalidRequest, NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from docparser.model import DocumentType
    from docparser.search.index import SearchIndex
    from docparser.store.executions import Executions
    from docparser.store.presigned import PresignedUrls
    from docparser.store.records import Known, Records
    from docparser.store.waiting import Waiting

    from .models import NewDocument

_DOCUMENT_ID = re.compile(r"d[0-9a-f]{32}")
_LOOKED_AT = 1000  # documents in one call of a list, whatever their status
_HEADS = 100  # documents in one call of the table
_KEPT = ("declared_level", "corrected_type", "redact", "parent", "depth", "chain")
TRIES = 5  # of a change, where others change the same document


class Documents:
    """The documents of every tenant, each call in one of them.

    Parameters
    ----------
    records, executions
        What is known of documents, and their walks.
    waiting
        Where documents wait for a walk.
    uploads
        Signs URLs of the intake bucket.
    index
        Where a cancelled document must not be found.
    max_bytes
        The largest file that is read.
    """

    def __init__(
        self,
        *,
        records: Records,
        executions: Executions,
        waiting: Waiting,
        uploads: PresignedUrls,
        index: SearchIndex | None,
        max_bytes: int,
    ) -> None:
        self._records = records
        self._executions = executions
        self._waiting = waiting
        self._uploads = uploads
        self._index = index
        self._max_bytes = max_bytes

    # ------------------------------------------------------------------ announced
    def create(self, tenant: str, new: NewDocument, *, actor: str = SYSTEM) -> CreatedDocument:
        """Announce a file, and say where to send it unless its bytes are known.

        Content that FAILED is taken again as its next attempt. The next revision is opened for
        CANCELLED content, which no walk will ever end; for content that was REJECTED because it is
        encrypted, and comes with a password; and for content under a stricter level than before.

        Raises
        ------
        TooLarge
            The file is larger than the service reads.
        Erased
            These bytes were erased.
        Unavailable
            The document changes too often just now.
        """
        if new.size > self._max_bytes:
            raise TooLarge
        ref = Ref(tenant=tenant, document_id=document_id(tenant, new.sha256))
        known = self._records.known(tenant, ref.document_id)
        if known is None:
            record = self._awaiting(ref, new)
            if self._records.announce(record, name=new.name, tags=new.tags, actor=actor):
                return self._with_upload(ref, new, Status.AWAITING_UPLOAD)
            # The same bytes were announced, or came, this very moment.
            known = self._known(tenant, ref.document_id)
        for _ in range(TRIES):
            created = self._again(known, new, actor)
            if created is not None:
                return created
            known = self._known(tenant, ref.document_id)
        raise Unavailable(RetryableCode.THROTTLED)

    def _again(self, known: Known, new: NewDocument, actor: str) -> CreatedDocument | None:
        """Meet known content; None where its document has moved on since it was looked at."""
        record = known.record
        ref = record.ref
        if record.status is Status.ERASED:
            raise Erased
        if record.status is Status.CANCELLED:
            ref = ref.model_copy(update={"revision": ref.revision + 1, "attempt": 1})
            # What was declared once is not taken back, nor what people said, nor where it lies.
            kept = {name: getattr(record, name) for name in _KEPT}
            following = self._awaiting(ref, new).model_copy(update=kept)
            if self._records.next_revision(following, actor=actor) is None:
                return None
            return self._with_upload(ref, new, Status.AWAITING_UPLOAD)
        if record.status is Status.AWAITING_UPLOAD:
            self._records.renew(record, now() + UPLOAD_LIFE)
            return self._with_upload(ref, new, record.status)
        if record.status is Status.FAILED or _says_more(new, record):
            return self._with_upload(ref, new, record.status)
        if new.name != known.name:
            # One alias for a name, however often it is announced.
            alias_id = uuid.uuid5(uuid.NAMESPACE_URL, new.name).hex
            self._records.add_alias(ref, name=new.name, upload_id=alias_id)
        return CreatedDocument(document_id=ref.document_id, status=record.status)

    def _awaiting(self, ref: Ref, new: NewDocument) -> Record:
        """Return the first record of a revision whose bytes are still to come."""
        moment = now()
        key = _upload_key(ref, new.priority)
        return Record(
            ref=ref,
            status=Status.AWAITING_UPLOAD,
            source=Source(bucket=self._uploads.bucket, key=key),
            priority=new.priority,
            content_sha256=new.sha256,
            size_bytes=new.size,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + UPLOAD_LIFE,
        )

    def _with_upload(self, ref: Ref, new: NewDocument, status: Status) -> CreatedDocument:
        # A key for each answer: of two uploads at once, one becomes the document, one an alias.
        url, headers, expires_at = self._uploads.upload(
            _upload_key(ref, new.priority),
            name=new.name,
            sha256=new.sha256,
            size_bytes=new.size,
            options=_options(new).metadata(),
        )
        return CreatedDocument(
            document_id=ref.document_id,
            status=status,
            upload=Upload(url=url, headers=headers, expires_at=expires_at),
        )

    # ------------------------------------------------------------------ looked at
    def get(self, tenant: str, document_id: str) -> DocumentState:
        """Return a document's current revision.

        Raises
        ------
        NotFound
            The tenant has none of this id.
        Erased
            It had one.
        """
        return state_of(self._known(tenant, document_id))

    def list(
        self,
        tenant: str,
        *,
        status: Status | None,
        kind: DocumentType | None,
        limit: int,
        cursor: str | None,
    ) -> DocumentList:
        """Return documents, the newest first, those of one status or type if asked.

        Raises
        ------
        InvalidRequest
            The cursor is none of ours.
        """
        try:
            position = None if cursor is None else cursors.decode(cursor)
        except cursors.InvalidCursor:
            raise InvalidRequest("cursor: not one that this service gave.") from None
        # Without a filter no more is read than is given; with one, as much as one call takes.
        step = min(_HEADS, limit) if status is None and kind is None else _HEADS
        found: list[DocumentState] = []
        for _ in range(_LOOKED_AT // step):
            newest = self._records.newest(tenant, limit=step, after=position)
            for place, known in enumerate(newest.known, start=1):
                if not _matches(known.record, status, kind):
                    continue
                found.append(state_of(known))
                if len(found) == limit:
                    more = place < len(newest.known) or newest.position is not None
                    return _listed(found, known.position if more else None)
            position = newest.position
            if position is None:
                break
        return _listed(found, position)

    # ------------------------------------------------------------------ cancelled
    def cancel(self, tenant: str, document_id: str, *, actor: str = SYSTEM) -> DocumentState:
        """End a document's walk as CANCELLED.

        The record comes first: the execution's end is reported to whoever finds it, and then the
        record has its answer.

        Raises
        ------
        Conflict
            It has ended already, or makes an earlier result's level stricter: nobody alone takes
            that back.
        Held
            A legal hold keeps the document, and there is nothing of it but what its walk has read.
        NotFound, Erased
            As for `get`.
        Unavailable
            The document's status changes too often just now.
        """
        for _ in range(TRIES):
            known = self._known(tenant, document_id)
            record = known.record
            if record.status is Status.CANCELLED:
                # An earlier call may have died before it stopped the walk.
                self._end(record)
            if record.status.terminal:
                raise Conflict
            if self._records.restricts(record):
                raise Conflict("It makes the document's level stricter, and cannot be cancelled.")
            is_all = self._records.is_all_there_is(record)
            if is_all and known.hold is not None:
                raise Held
            cancelled = self._records.change_from(
                record,
                Status.CANCELLED,
                stage=record.stage,
                actor=actor,
                unless_held=is_all,
            )
            if cancelled is not None:
                if record.status is Status.QUEUED:
                    waiter = Waiter(
                        ref=record.ref, priority=record.priority, queued_at=record.updated_at
                    )
                    self._waiting.remove([waiter])
                self._end(cancelled)
                return state_of(known._replace(record=cancelled))
            # The walk went on between the two calls; it does so a few times in its life.
        raise Unavailable(RetryableCode.THROTTLED)

    def _end(self, cancelled: Record) -> None:
        """Stop a cancelled document's walk, and let nobody find it.

        Chunks that Index is storing this very moment are deleted by Index itself.
        """
        ref = cancelled.ref
        self._executions.stop(ref)
        if self._index is None:
            return
        # Index may have noted its chunks since the record was read, or died before it could.
        record = self._records.get(ref) or cancelled
        if record.chunks or record.stage is Stage.ROUTE:
            noted = range(1, (record.chunks or 0) + 1)
            self._index.delete(
                ref.tenant,
                ref.document_id,
                only_revision=ref.revision,
                known=(chunk_id(ref.document_id, ref.revision, number) for number in noted),
            )

    def _known(self, tenant: str, document_id: str) -> Known:
        return known_document(self._records, tenant, document_id)


def known_document(records: Records, tenant: str, document_id: str) -> Known:
    """Return a tenant's document.

    Raises
    ------
    NotFound
        There is none: a malformed id is as unknown as any other.
    Erased
        There was one.
    """
    if _DOCUMENT_ID.fullmatch(document_id) is None:
        raise NotFound
    known = records.known(tenant, document_id)
    if known is None:
        raise NotFound
    if known.record.status is Status.ERASED:
        raise Erased
    return known


def _matches(record: Record, status: Status | None, kind: DocumentType | None) -> bool:
    if record.status is Status.ERASED:
        return False
    return status in (None, record.status) and kind in (None, record.type)


def _listed(found: list[DocumentState], position: str | None) -> DocumentList:
    cursor = None if position is None else cursors.encode(position)
    return DocumentList(items=tuple(found), next_cursor=cursor)


def _says_more(new: NewDocument, record: Record) -> bool:
    """Whether an upload tells of known content what its walk did not know, and must."""
    if strictest(new.level, record.declared_level) is not record.declared_level:
        return True
    encrypted = record.status is Status.REJECTED and record.code == RejectedCode.ENCRYPTED
    return encrypted and new.password is not None


def _options(new: NewDocument) -> Options:
    password = None if new.password is None else new.password.get_secret_value()
    return Options(new.policy, new.level, new.lane, password, redact=new.redact)


def _upload_key(ref: Ref, priority: Priority) -> str:
    return layout.upload_key(priority, ref.tenant, uuid.uuid4().hex)


def state_of(known: Known) -> DocumentState:
    """Return a document as its callers see it."""
    record = known.record
    taken = record.ref.model_dump(include={"document_id", "revision", "attempt"})
    named = {
        field: getattr(record, field)
        for field in DocumentState.model_fields
        if field in Record.model_fields
    }
    return DocumentState(**taken, **named, name=known.name, hold=known.hold)
