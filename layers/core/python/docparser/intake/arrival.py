"""Arrival: an uploaded object becomes a document that waits, once, however often it is told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from docparser import observability
from docparser.errors import Retryable, Terminal
from docparser.model import (
    Malware,
    Priority,
    Record,
    Ref,
    RejectedCode,
    RetryableCode,
    Source,
    Stage,
    Status,
    TerminalCode,
    now,
)
from docparser.store import layout

from .identity import document_id, foreign_upload_id, oversize_digest
from .options import Options, strictest
from .revisions import QUEUED_LEASE, RESULT, Revisions

if TYPE_CHECKING:
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records
    from docparser.store.waiting import Waiting

    from .notices import ObjectCreated, ObjectScanned

_TRIES = 5  # a document moves on a few times in its life, and others may take it in just now


class Outcome(StrEnum):
    """What taking an object in has begun: a NEW document, one that walks AGAIN, or nothing."""

    NEW = "NEW"
    AGAIN = "AGAIN"
    KNOWN = "KNOWN"


class Taken(NamedTuple):
    """Which document an object is, and what its arrival has begun."""

    ref: Ref
    outcome: Outcome

    @property
    def begun(self) -> bool:
        """Whether a walk waits because of this object."""
        return self.outcome is not Outcome.KNOWN


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
    malware: Malware | None
    foreign: bool
    readable: bool


class _Settled(NamedTuple):
    """The record that has these bytes, and what came of their arrival."""

    record: Record
    outcome: Outcome = Outcome.KNOWN


class Arrival:
    """Takes uploads in.

    Every step may be repeated: what a document begins with is one transaction, its waiting and the
    alias that marks the message as dealt with among it. An upload is deleted only once a record
    pins another object with the same bytes, or has its result in the vault.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        intake: Blobs,
        records: Records,
        waiting: Waiting,
        max_bytes: int,
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._records = records
        self._waiting = waiting
        self._max_bytes = max_bytes
        self._revisions = Revisions(records=records, waiting=waiting, intake_bucket=intake.bucket)

    def take_in(self, notice: ObjectCreated | ObjectScanned) -> Ref | None:
        """Make a waiting document of an uploaded object.

        Returns
        -------
        Ref or None
            The document's current attempt; None if the upload is gone, or came out of a document
            that was erased with all that is in it, so that there is nothing to take in.

        Raises
        ------
        Terminal
            INTERNAL: the key names no tenant. The message goes to the dead letters, because a
            document may not land in another tenant's rooms by mistake.
        Retryable
            DEPENDENCY: its scan for malware has failed; THROTTLED: too many take it in at once.
        """
        malware = notice.malware
        where = layout.parse_upload_key(notice.source.key)
        if where is None:
            raise Terminal(TerminalCode.INTERNAL)
        try:
            upload = self._look_at(
                notice.source,
                tenant=where.tenant,
                priority=Priority(where.priority),
                upload_id=where.upload_id,
                malware=malware,
            )
        except Terminal as error:
            if error.code is not TerminalCode.SOURCE_GONE:
                raise
            observability.log("upload gone", code=error.code)
            return None
        parent = upload.options.parent
        if parent is not None and self._records.is_erased_with_children(where.tenant, parent):
            self._sources.delete(upload.source)
            observability.log("upload of an erased document's child")
            return None
        record = self._settle(upload).record
        if upload.readable and upload.source != record.source:
            # Another object holds these bytes now, and an upload may not lie about: the level
            # that decides where it may be is not even known yet.
            self._sources.delete(upload.source)
        return record.ref

    def take_over(
        self,
        source: Source,
        *,
        tenant: str,
        name: str,
        priority: Priority = Priority.STANDARD,
        options: Options | None = None,
    ) -> Taken:
        """Make a waiting document of somebody else's object, which stays where it is.

        Parameters
        ----------
        source
            The object, in any bucket. Without a version it is the one that is there now.
        tenant, priority
            Whose document it is to be, and in which queue it waits.
        name
            Its file name.
        options
            What is asked for; the object's own metadata says nothing to us.

        Raises
        ------
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: it was overwritten while it was read.
        Retryable
            THROTTLED: too many take it in at once.
        """
        looked_at = self._look_at(source, tenant=tenant, priority=priority)
        upload = looked_at._replace(name=name, options=options or Options())
        settled = self._settle(upload)
        return Taken(settled.record.ref, settled.outcome)

    def _look_at(
        self,
        source: Source,
        *,
        tenant: str,
        priority: Priority,
        upload_id: str | None = None,
        malware: Malware | None = None,
    ) -> _Upload:
        opened = self._sources.open(source)
        # A key without a version may name other bytes at any time: these are the ones.
        source = source.model_copy(update={"version_id": opened.version_id or source.version_id})
        readable = opened.size_bytes <= self._max_bytes
        if readable:
            content = opened.sha256()
        else:
            opened.close()
            content = oversize_digest(opened.size_bytes, opened.etag)
        foreign = upload_id is None
        name = layout.decode_name(opened.metadata.get(layout.NAME_METADATA, ""))
        return _Upload(
            ref=Ref(tenant=tenant, document_id=document_id(tenant, content)),
            source=source,
            upload_id=upload_id or foreign_upload_id(source),
            name=name or (source.key.rpartition("/")[2] if foreign else ""),
            priority=priority,
            content_sha256=content,
            size_bytes=opened.size_bytes,
            options=Options.read(opened.metadata),
            malware=malware,
            foreign=foreign,
            readable=readable,
        )

    # ------------------------------------------------------------------ what becomes of it
    def _settle(self, upload: _Upload) -> _Settled:
        """Find or make the record of an upload's bytes.

        Every step returns None where somebody else was faster; then it is looked at again.
        """
        tenant, document_id = upload.ref.tenant, upload.ref.document_id
        for _ in range(_TRIES):
            record = self._records.current(tenant, document_id)
            settled = self._open(upload) if record is None else self._meet(upload, record)
            if settled is not None:
                return settled
        raise Retryable(RetryableCode.THROTTLED)

    def _open(self, upload: _Upload) -> _Settled | None:
        """Meet new bytes: the first record of a document."""
        moment = now()
        pinned = self._pinned(upload)
        record = Record(
            ref=upload.ref,
            status=Status.QUEUED,
            source=pinned,
            priority=upload.priority,
            content_sha256=upload.content_sha256,
            size_bytes=upload.size_bytes,
            malware=upload.malware,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + QUEUED_LEASE,
            **upload.options.facts(),
        )
        opened = self._records.open(
            record, name=upload.name, upload_id=upload.upload_id, waits=not _infected(upload)
        )
        return self._begun(upload, opened, pinned)

    def _meet(self, upload: _Upload, record: Record) -> _Settled | None:
        """Meet known bytes: a redelivery, an alias, or a document that is to walk again."""
        if self._records.knows_alias(upload.ref, upload.upload_id):
            return self._told_again(upload)
        if record.status is Status.ERASED:
            # Not even another name of what was erased.
            return _Settled(record)
        if record.status is Status.AWAITING_UPLOAD:
            return self._announced(upload, record)
        if _infected(upload):
            return self._dealt_with(upload, record) and self._refused(record)
        if self._reopens(upload, record):
            return self._next_revision(upload, record)
        if record.status is Status.FAILED:
            return self._next_attempt(upload, record)
        return self._dealt_with(upload, record)

    def _told_again(self, upload: _Upload) -> _Settled | None:
        """Meet an upload that was dealt with, by a walk that may have begun this very moment."""
        record = self._records.current(upload.ref.tenant, upload.ref.document_id)
        if record is None:
            return None
        if _infected(upload):
            # Whoever queued it may have died before it could be refused.
            return self._refused(record)
        if record.status is Status.QUEUED:
            # Or before it let it be found.
            self._waiting.announce(record)
        return _Settled(record)

    def _dealt_with(self, upload: _Upload, record: Record) -> _Settled | None:
        """Make an upload an alias, so that no walk will ever read it."""
        known = self._records.add_alias(upload.ref, name=upload.name, upload_id=upload.upload_id)
        return _Settled(record) if known else None

    def _begun(self, upload: _Upload, record: Record | None, pinned: Source) -> _Settled | None:
        """Let a record be found that has just been queued, or give its copy up if it was not."""
        if record is None:
            self._give_up(upload, pinned)
            return None
        if _infected(upload):
            return self._refused(record)
        observability.count("DocumentStarted")
        self._waiting.announce(record)
        return _Settled(record, Outcome.NEW)

    def _refused(self, record: Record) -> _Settled | None:
        """End a walk in whose bytes malware was found; what still runs of it finds it ended."""
        if record.status.terminal:
            return _Settled(record)
        refused = self._records.change_from(
            record,
            Status.REJECTED,
            stage=Stage.INTAKE,
            code=RejectedCode.INFECTED,
            malware=Malware.INFECTED,
        )
        if refused is None:
            return None
        observability.count("Rejected", code=RejectedCode.INFECTED)
        return _Settled(refused)

    def _announced(self, upload: _Upload, awaiting: Record) -> _Settled | None:
        """Meet bytes that a request announced: now they can be walked."""
        pinned = self._pinned(upload)
        record = self._records.arrive(
            awaiting,
            pinned,
            size_bytes=upload.size_bytes,
            priority=upload.priority,
            lease=QUEUED_LEASE,
            name=upload.name,
            upload_id=upload.upload_id,
            waits=not _infected(upload),
            malware=upload.malware,
            **upload.options.over(awaiting).facts(),
        )
        return self._begun(upload, record, pinned)

    # ------------------------------------------------------------------ walking again
    def _reopens(self, upload: _Upload, record: Record) -> bool:
        """Tell whether these bytes came with something that their document's walk does not know."""
        level = strictest(upload.options.level, record.declared_level)
        stricter = level is not record.declared_level
        if record.status is Status.CANCELLED:
            # An alias of what was cancelled would be a loss, since nothing of it need be stored.
            # An upload of our own was on its way when somebody changed their mind, unless the
            # sweeper gave it up: it was sent late, or its message waited for long.
            if upload.foreign or record.code == TerminalCode.DEADLINE:
                return True
            # But a result from before that is there still, and its level may be too loose.
            return stricter and self._records.result_before(record.ref) is not None
        if stricter:
            return True
        return upload.options.password is not None and self._locked(upload, record)

    def _locked(self, upload: _Upload, record: Record) -> bool:
        """Tell whether a document may still need the password that came now."""
        refused = record.status is Status.REJECTED and record.code == RejectedCode.ENCRYPTED
        unseen = not record.status.terminal and record.pages is None
        if not refused and not unseen:
            return False
        tried = Options.read(self._sources.metadata(record.source) or {})
        return tried.password != upload.options.password

    def _next_revision(self, upload: _Upload, record: Record) -> _Settled | None:
        """Open a revision from the bytes that came now, or from the pages that were read."""
        # The files inside are sent by preflight alone, which has to tell them of the level.
        read = record.status in RESULT and not record.children
        source = self._revisions.restored(record) if read else self._pinned(upload)
        following = self._revisions.open_next(
            record,
            source,
            upload.options,
            begins_at=Stage.CLASSIFY if read else None,
            priority=upload.priority,
            malware=upload.malware,
            name=upload.name,
            upload_id=upload.upload_id,
        )
        if following is None:
            if not read:
                self._give_up(upload, source)
            return None
        self._drop_former(record, following)
        return _Settled(following, Outcome.AGAIN)

    def _next_attempt(self, upload: _Upload, failed: Record) -> _Settled | None:
        """Walk a document again that failed: the same revision, from the bytes that came now."""
        pinned = self._pinned(upload)
        record = self._revisions.attempt(
            failed, pinned, upload.options, name=upload.name, upload_id=upload.upload_id
        )
        if record is None:
            self._give_up(upload, pinned)
            return None
        self._drop_former(failed, record)
        return _Settled(record, Outcome.AGAIN)

    def _drop_former(self, former: Record, record: Record) -> None:
        """Delete what a walk read that nobody walks again; the sweeper cleans after others."""
        left = former.status in {Status.FAILED, Status.REJECTED} and former.source.version_id
        if left and former.source != record.source:
            self._sources.delete(former.source)

    # ------------------------------------------------------------------ what a walk reads
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

    def _give_up(self, upload: _Upload, pinned: Source) -> None:
        """Delete a copy that no record pins: each try made a version of its own."""
        if upload.foreign and upload.readable:
            self._sources.delete(pinned)


def _infected(upload: _Upload) -> bool:
    return upload.malware is Malware.INFECTED
