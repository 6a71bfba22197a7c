"""Arrival: an uploaded object becomes a record and an execution, once, however often it is told."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ConfigDict, Field

from docparser import observability
from docparser.errors import Terminal
from docparser.model import (
    Noun,
    Priority,
    Record,
    Ref,
    Source,
    Status,
    TerminalCode,
    now,
)
from docparser.store import layout

from .identity import document_id, oversize_digest
from .options import Options

if TYPE_CHECKING:
    from datetime import timedelta

    from docparser.store.blobs import Blobs, Sources
    from docparser.store.executions import Executions
    from docparser.store.records import Records


class Named(Noun):
    """A bucket, as the event names it."""

    model_config = ConfigDict(extra="ignore")
    name: str


class Arrived(Noun):
    """An object, as the event names it; size in bytes."""

    model_config = ConfigDict(extra="ignore")
    key: str
    size: int = 0
    etag: str = ""
    version_id: str | None = Field(default=None, alias="version-id")


class Detail(Noun):
    """Bucket and object of an event."""

    model_config = ConfigDict(extra="ignore")
    bucket: Named
    object: Arrived


class ObjectCreated(Noun):
    """EventBridge's ``Object Created``, the unchanged body of an intake message."""

    model_config = ConfigDict(extra="ignore")
    detail: Detail


class _Upload(NamedTuple):
    """What is known of an upload once its bytes were read."""

    ref: Ref
    source: Source
    upload_id: str
    name: str
    priority: Priority
    content_sha256: str
    size_bytes: int
    options: Options
    foreign: bool
    readable: bool


class Arrival:
    """Takes uploads in.

    Every step may be repeated: the record is created under a condition, the execution has a name
    that can be used once, and the alias marks the message as dealt with. An upload is deleted only
    once a record pins another object with the same bytes.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        intake: Blobs,
        records: Records,
        executions: Executions,
        max_bytes: int,
        lease: timedelta,
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._records = records
        self._executions = executions
        self._max_bytes = max_bytes
        self._lease = lease

    def take_in(self, event: ObjectCreated) -> Ref | None:
        """Make a document of an uploaded object, and start its walk.

        Returns
        -------
        Ref or None
            The document's current attempt; None if the upload is gone, so that there is nothing
            to take in.

        Raises
        ------
        Terminal
            INTERNAL: the key names no tenant. The message goes to the dead letters, because a
            document may not land in another tenant's rooms by mistake.
        """
        try:
            upload = self._look_at(event)
        except Terminal as error:
            if error.code is not TerminalCode.SOURCE_GONE:
                raise
            observability.log("upload gone", code=error.code)
            return None
        known = self._records.current(upload.ref.tenant, upload.ref.document_id)
        record = self._open(upload) if known is None else self._again(upload, known)
        if upload.readable and upload.source != record.source:
            # Another object holds these bytes now, and an upload may not lie about: the level
            # that decides where it may be is not even known yet.
            self._sources.delete(upload.source)
        return record.ref

    def _look_at(self, event: ObjectCreated) -> _Upload:
        arrived = event.detail.object
        where = layout.parse_upload_key(arrived.key)
        if where is None:
            raise Terminal(TerminalCode.INTERNAL)
        source = Source(
            bucket=event.detail.bucket.name, key=arrived.key, version_id=arrived.version_id
        )
        readable = arrived.size <= self._max_bytes
        content, metadata = (
            self._sources.digest(source)
            if readable
            else (oversize_digest(arrived.size, arrived.etag), {})
        )
        name = layout.decode_name(metadata.get(layout.NAME_METADATA, ""))
        foreign = where.upload_id is None
        return _Upload(
            ref=Ref(tenant=where.tenant, document_id=document_id(where.tenant, content)),
            source=source,
            upload_id=where.upload_id or uuid.uuid5(uuid.NAMESPACE_URL, repr(source)).hex,
            name=name or (arrived.key.rpartition("/")[2] if foreign else ""),
            priority=Priority(where.priority),
            content_sha256=content,
            size_bytes=arrived.size,
            # Our own uploads keep their metadata: only a copy must be told of it.
            options=Options.read(metadata) if foreign else Options(),
            foreign=foreign,
            readable=readable,
        )

    def _open(self, upload: _Upload) -> Record:
        """Meet new bytes: the first record of a document."""
        moment = now()
        record = Record(
            ref=upload.ref,
            status=Status.QUEUED,
            source=self._pinned(upload),
            priority=upload.priority,
            content_sha256=upload.content_sha256,
            size_bytes=upload.size_bytes,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + self._lease,
        )
        if not self._records.open(record, name=upload.name, upload_id=upload.upload_id):
            # The same bytes came twice at once, and the other message was faster.
            known = self._records.current(upload.ref.tenant, upload.ref.document_id)
            if known is None:
                raise Terminal(TerminalCode.INTERNAL)
            return self._again(upload, known)
        observability.count("DocumentStarted")
        self._executions.start(record.ref, record.source, record.priority)
        return record

    def _again(self, upload: _Upload, record: Record) -> Record:
        """Meet known bytes: a redelivery, an alias, or a document that deserves another try."""
        if record.status is Status.AWAITING_UPLOAD:
            return self._announced(upload, record)
        redelivered = self._records.knows_alias(upload.ref, upload.upload_id)
        if not record.status.terminal:
            # A crash between record and execution leaves a record that nobody walks.
            walks = self._executions.start(record.ref, record.source, record.priority)
            if not walks and record.lease_until is not None and record.lease_until < now():
                # Its execution has ended, and the event that should have said so was lost.
                record = self._records.expire(record) or record
        if record.status is Status.FAILED and not redelivered:
            record = self._next_attempt(upload, record)
        if record.status is Status.CANCELLED and upload.foreign and not redelivered:
            return self._next_revision(upload, record)
        if not redelivered:
            self._records.add_alias(upload.ref, name=upload.name, upload_id=upload.upload_id)
        return record

    def _announced(self, upload: _Upload, awaiting: Record) -> Record:
        """Meet bytes that a request announced: now the walk can begin."""
        record = self._records.arrive(
            awaiting,
            self._pinned(upload),
            size_bytes=upload.size_bytes,
            priority=upload.priority,
            lease=self._lease,
            name=upload.name,
            upload_id=upload.upload_id,
        )
        if record is None:
            # The same bytes came twice at once, or nobody waits for them any more.
            return self._again(upload, self._records.get(awaiting.ref) or awaiting)
        observability.count("DocumentStarted")
        self._executions.start(record.ref, record.source, record.priority)
        return record

    def _next_attempt(self, upload: _Upload, failed: Record) -> Record:
        """Walk a document again that failed: the same revision, from the bytes that came now."""
        record = self._records.retry(failed, self._pinned(upload), self._lease)
        if record is None:
            return self._records.get(failed.ref) or failed
        self._executions.start(record.ref, record.source, record.priority)
        if failed.source != record.source:
            # They are the same if intake died between this attempt's record and its alias, the
            # attempt failed, and the message came again: then these bytes are the only ones.
            self._sources.delete(failed.source)
        return record

    def _next_revision(self, upload: _Upload, cancelled: Record) -> Record:
        """Walk a document that was cancelled, because somebody dropped its bytes anew.

        Nothing of it need be stored anywhere, so an alias of it would be a loss. An upload of our
        own is another matter: it was on its way while its document was cancelled.
        """
        moment = now()
        ref = cancelled.ref.model_copy(
            update={"revision": cancelled.ref.revision + 1, "attempt": 1}
        )
        awaiting = Record(
            ref=ref,
            status=Status.AWAITING_UPLOAD,
            # Not the dropped key, which somebody else chose.
            source=Source(
                bucket=self._intake.bucket, key=layout.renamed_key(ref, upload.upload_id)
            ),
            priority=upload.priority,
            content_sha256=upload.content_sha256,
            size_bytes=upload.size_bytes,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + self._lease,
        )
        self._records.next_revision(awaiting)
        return self._again(upload, self._records.current(ref.tenant, ref.document_id) or cancelled)

    def _pinned(self, upload: _Upload) -> Source:
        """Return the object that a walk reads: the upload itself, or a copy under a key of ours.

        Whoever drops a file chooses its key, often a person's name. The execution's history keeps
        its input for 90 days, so the walk reads a copy whose key says nothing. What is too large
        to be read is not copied: preflight refuses it by its size alone.
        """
        if not upload.foreign:
            return upload.source
        key = layout.renamed_key(upload.ref, upload.upload_id)
        version_id = None
        if upload.readable:
            version_id = self._intake.copy(
                upload.source,
                key,
                upload.content_sha256,
                content_type="application/octet-stream",
                metadata={
                    layout.NAME_METADATA: layout.encode_name(upload.name),
                    **upload.options.metadata(),
                },
            )
        return Source(bucket=self._intake.bucket, key=key, version_id=version_id)
