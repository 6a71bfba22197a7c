"""Revisions and attempts: how a document that has a record walks again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import observability
from docparser.model import SYSTEM, Record, Source, Stage, Status, now
from docparser.store import layout

from .options import strictest

if TYPE_CHECKING:
    from docparser.model import Malware, Priority
    from docparser.store.records import Records
    from docparser.store.waiting import Waiting

    from .options import Options

QUEUED_LEASE = timedelta(minutes=5)
"""After how long the sweeper makes sure that a QUEUED document can still be found."""

RESULT = frozenset({Status.COMPLETED, Status.PARTIAL})
"""Statuses of revisions that left a result in the vault."""


class Revisions:
    """Opens next revisions and next attempts, and lets those be found who start them.

    Every call returns None where the document has moved on since its record was read: nothing was
    changed then, and the caller looks again.
    """

    def __init__(self, *, records: Records, waiting: Waiting, intake_bucket: str) -> None:
        self._records = records
        self._waiting = waiting
        self._intake_bucket = intake_bucket

    def reprocess(
        self, record: Record, *, from_stage: Stage, options: Options, actor: str = SYSTEM
    ) -> Record | None:
        """Open the next revision of a document that has ended, from what is stored of it.

        Parameters
        ----------
        record
            The current record: COMPLETED, PARTIAL, REJECTED or CANCELLED.
        from_stage
            READ looks at the original in the vault anew, CLASSIFY takes the pages that were read.
            A REJECTED document walks from its upload, which is still there, and from READ only.
        options
            What is asked for this time. What is left open stays as it was, and a level only
            becomes stricter.
        actor
            Who asks.

        Returns
        -------
        Record or None
            The QUEUED record. None if the document's status does not allow it, if it has no
            result to begin from, or if it has moved on.
        """
        if record.status is Status.REJECTED:
            if from_stage is Stage.CLASSIFY:
                return None
            return self.open_next(record, record.source, options, actor=actor)
        whole = record if record.status in RESULT else None
        if record.status is Status.CANCELLED:
            # What a cancelled walk left is purged; a result from before it is not.
            whole = self._records.result_before(record.ref)
        if whole is None:
            return None
        level = options.over(record).level
        # The files inside are sent by preflight alone, which has to tell them of a stricter level.
        kept = not whole.children or level is whole.declared_level
        begins_at = Stage.CLASSIFY if from_stage is Stage.CLASSIFY and kept else Stage.PREFLIGHT
        return self.open_next(
            record, self.restored(record), options, begins_at=begins_at, actor=actor
        )

    def again(self, record: Record, *, actor: str = SYSTEM) -> Record | None:
        """Give a FAILED document its next attempt, from the bytes that its last one read."""
        return self.attempt(record, record.source, actor=actor)

    # ------------------------------------------------------------------ both
    def open_next(
        self,
        record: Record,
        source: Source,
        options: Options,
        *,
        begins_at: Stage | None = None,
        priority: Priority | None = None,
        malware: Malware | None = None,
        name: str = "",
        upload_id: str | None = None,
        actor: str = SYSTEM,
        **decided: Any,
    ) -> Record | None:
        """Open the next revision of a document.

        A walk that has not ended is CANCELLED with it: it knows less than the next one will.

        Parameters
        ----------
        record
            The current record.
        source
            What the next revision reads.
        options
            What is asked for this time, as for `reprocess`.
        begins_at
            Where it begins, if what comes before is taken from an earlier result.
        priority
            Which queue it waits in; that of the current one if None.
        malware
            What is known of the bytes that came now, if any did.
        name, upload_id
            The upload that it is opened for.
        actor
            Who wants it.
        decided
            Attributes of the record that people have decided now. Without them the type that they
            corrected stays, and so does the level that they approved, or the stricter one that is
            asked for, as long as nothing is read anew.
        """
        moment = now()
        asked = options.over(record)
        # They approved it of the text that there was: what is read anew may hold more.
        approved = record.approved_level if begins_at is Stage.CLASSIFY else None
        approved = approved and strictest(approved, options.level)
        decided = {"corrected_type": record.corrected_type, "approved_level": approved} | decided
        ref = record.ref.model_copy(update={"revision": record.ref.revision + 1, "attempt": 1})
        following = Record(
            ref=ref,
            status=Status.QUEUED,
            source=source,
            priority=priority or record.priority,
            content_sha256=record.content_sha256,
            size_bytes=record.size_bytes,
            malware=malware or record.malware,
            begins_at=begins_at,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + QUEUED_LEASE,
            chain=record.chain,
            **{**asked.facts(), **decided},
        )
        opened = self._records.next_revision(
            following,
            cancels=None if record.status.terminal else record,
            failed=record if record.status is Status.FAILED else None,
            name=name,
            upload_id=upload_id,
            actor=actor,
        )
        if opened is None:
            return None
        observability.count("DocumentStarted")
        self._waiting.announce(opened)
        return opened

    def attempt(
        self,
        record: Record,
        source: Source,
        options: Options | None = None,
        *,
        name: str = "",
        upload_id: str | None = None,
        actor: str = SYSTEM,
    ) -> Record | None:
        """Give a FAILED document its next attempt because somebody wants it."""
        facts = {} if options is None else options.over(record).facts()
        attempt = self._records.begin_again(
            record, source, QUEUED_LEASE, name=name, upload_id=upload_id, actor=actor, **facts
        )
        if attempt is not None:
            self._waiting.announce(attempt)
        return attempt

    def restored(self, record: Record) -> Source:
        """Return where the original will lie for a walk that begins from an earlier result."""
        key = layout.renamed_key(record.ref, uuid.uuid4().hex)
        return Source(bucket=self._intake_bucket, key=key)
