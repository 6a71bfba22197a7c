"""Arrival: an uploaded object becomes a record and an execution, once, however often it is told."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from docparser import observability
from docparser.errors import Terminal
from docparser.model import (
    Noun,
    Priority,
    Record,
    Ref,
    Source,
    Stage,
    Status,
    TerminalCode,
    now,
)
from docparser.store import layout

from .identity import document_id, oversize_digest

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


class Arrival:
    """Takes uploads in.

    Every step may be repeated: the record is created under a condition, the execution has a name
    that can be used once, and the alias, written last, marks the message as dealt with.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        work: Blobs,
        records: Records,
        executions: Executions,
        max_bytes: int,
        lease: timedelta,
    ) -> None:
        self._sources = sources
        self._work = work
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
        arrived = event.detail.object
        where = layout.parse_upload_key(arrived.key)
        if where is None:
            raise Terminal(TerminalCode.INTERNAL)
        upload = Source(
            bucket=event.detail.bucket.name, key=arrived.key, version_id=arrived.version_id
        )
        readable = arrived.size <= self._max_bytes
        try:
            content, metadata = (
                self._sources.digest(upload)
                if readable
                else (oversize_digest(arrived.size, arrived.etag), {})
            )
        except Terminal as error:
            if error.code is not TerminalCode.SOURCE_GONE:
                raise
            observability.log("upload gone", code=error.code)
            return None
        ref = Ref(tenant=where.tenant, document_id=document_id(where.tenant, content))
        upload_id = where.upload_id or uuid.uuid5(uuid.NAMESPACE_URL, repr(upload)).hex
        name = layout.decode_name(metadata.get(layout.NAME_METADATA, ""))
        source = upload
        if where.upload_id is None:
            name = name or arrived.key.rpartition("/")[2]
            source = self._under_our_name(upload, ref, content, readable=readable)
        moment = now()
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=source,
            priority=Priority(where.priority),
            content_sha256=content,
            size_bytes=arrived.size,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + self._lease,
        )
        if self._records.open(record, name=name, upload_id=upload_id):
            observability.count("DocumentStarted")
            self._executions.start(ref, source, record.priority)
        else:
            record = self._again(ref, name, upload_id)
        if readable and upload != record.source:
            # Another object holds these bytes now, and an upload may not lie about: the level
            # that decides where it may be is not even known yet.
            self._sources.delete(upload)
        return record.ref

    def _under_our_name(
        self, upload: Source, ref: Ref, content_sha256: str, *, readable: bool
    ) -> Source:
        """Return a foreign drop's source under a key of ours.

        Whoever drops a file chooses its key, often a person's name. The execution's history keeps
        its input for 90 days, so the walk reads a copy whose key says nothing. What is too large
        to be read is not copied: preflight refuses it by its size alone.
        """
        source = Source(bucket=self._work.bucket, key=layout.stage_key(ref, Stage.INTAKE, "source"))
        if readable and self._records.get(ref) is None:
            self._work.copy(upload, source.key, content_sha256)
        return source

    def _again(self, ref: Ref, name: str, upload_id: str) -> Record:
        """Meet known bytes: a redelivery, an alias, or a document that deserves another try."""
        record = self._records.current(ref.tenant, ref.document_id)
        if record is None:
            raise Terminal(TerminalCode.INTERNAL)
        redelivered = self._records.knows_alias(ref, upload_id)
        if record.status is Status.FAILED and not redelivered:
            # Somebody sends the file again because we failed: the same revision, next attempt.
            record = self._records.retry(record, self._lease) or record
        if not record.status.terminal:
            # A crash between record and execution leaves a record that nobody walks.
            self._executions.start(record.ref, record.source, record.priority)
        if not redelivered:
            self._records.add_alias(ref, name=name, upload_id=upload_id)
        return record
