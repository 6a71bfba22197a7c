"""Records and events: one DynamoDB table, every change of status one conditional transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.errors import Superseded
from docparser.model import (
    TRANSITIONS,
    Event,
    Record,
    Ref,
    Stage,
    Status,
    TerminalCode,
    now,
)

from . import items
from .record_reader import Known, Newest, RecordReader
from .transactions import Transactions
from .waiting import waiting_item

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Priority, Source

__all__ = ["CLEANING", "Known", "Newest", "Records"]

CLEANING = timedelta(seconds=60)
"""How long after a cancellation the sweeper removes what its walk has left."""


class Records(RecordReader):
    """The records of one table. A change that comes too late changes nothing and says so.

    Whatever makes a revision QUEUED puts its document into its tenant's queue in the same
    transaction. Who is woken for it afterwards is the caller's part (`Waiting.announce`).
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        super().__init__(client, table)
        self._writes = Transactions(client, table)

    # ------------------------------------------------------------------ taking in
    def open(self, record: Record, *, name: str, upload_id: str, waits: bool = True) -> bool:
        """Create a document whose bytes are there: revision, event and first alias.

        Parameters
        ----------
        record
            The first record.
        name, upload_id
            The file name, and under which id the bytes came.
        waits
            Whether it waits for a walk; not so where it is about to be refused.

        Returns
        -------
        bool
            False if the document exists: the same bytes came before.
        """
        head = self._writes.put(items.head(record, name), fresh=True)
        first = self._first_writes(record, waits=waits)
        return self._writes.run([head, *first, self._alias(record.ref, upload_id, name)])

    def announce(self, record: Record, *, name: str, tags: dict[str, str]) -> bool:
        """Create a document whose bytes are still to come; no upload is known yet.

        Returns
        -------
        bool
            False if the document exists.
        """
        head = self._writes.put(items.head(record, name, tags or None), fresh=True)
        return self._writes.run([head, *self._first_writes(record)])

    def next_revision(
        self,
        record: Record,
        *,
        cancels: Record | None = None,
        failed: Record | None = None,
        name: str = "",
        upload_id: str | None = None,
    ) -> bool:
        """Open a document's next revision, whose bytes are there (QUEUED) or still to come.

        Parameters
        ----------
        record
            Its first record; the revision before it must be the current one.
        cancels
            The record of that revision if it has not ended: it becomes CANCELLED in the same
            transaction, so that a document is never cancelled for a revision that does not come.
        failed
            The record of that revision if it has FAILED: it must still be as it was read, and gets
            no further attempt, so that two revisions never walk at once.
        name, upload_id
            The upload that it was opened for, if any. With its alias in the transaction a message
            that comes again is known.

        Returns
        -------
        bool
            False if another got there first.
        """
        ref = record.ref
        head = self._writes.update(
            ref,
            items.HEAD,
            {"current_revision": ref.revision},
            {"current_revision": ref.revision - 1},
        )
        writes = [{"Update": head}, *self._first_writes(record)]
        if cancels is not None:
            if Status.CANCELLED not in TRANSITIONS[cancels.status]:
                return False
            writes += self._moving(cancels, Status.CANCELLED, cancels.ref, cancels.stage)[1]
        if failed is not None:
            set_aside = self._writes.update(
                failed.ref,
                items.revision_key(failed.ref.revision),
                {"lease_until": None, "gsi2pk": None, "gsi2sk": None},
                {"status": failed.status, "attempt": failed.ref.attempt, "seq": failed.seq},
            )
            writes.append({"Update": set_aside})
        if upload_id is not None:
            writes.append(self._alias(ref, upload_id, name))
        return self._writes.run(writes)

    def arrive(
        self,
        record: Record,
        source: Source,
        *,
        size_bytes: int,
        priority: Priority,
        lease: timedelta,
        name: str,
        upload_id: str,
        waits: bool = True,
        **facts: Any,
    ) -> Record | None:
        """Queue a document whose announced bytes are there; None if its record has moved on.

        The alias is part of the transaction, so that a message which comes again is known. Further
        facts are what the upload's owner asked for.
        """
        moment = now()
        facts |= {
            "source": source,
            "size_bytes": size_bytes,
            "priority": priority,
            "lease_until": moment + lease,
        }
        moved, writes = self._moving(record, Status.QUEUED, record.ref, Stage.INTAKE, facts=facts)
        writes.append(self._alias(record.ref, upload_id, name))
        if waits:
            writes.append(self._waiting(moved, moment))
        return moved if self._writes.run(writes) else None

    def add_alias(self, ref: Ref, *, name: str, upload_id: str) -> bool:
        """Remember that the same bytes came again, under another name perhaps.

        An upload is dealt with once, by whoever writes its alias: here, or together with the walk
        that reads it. False if that has happened.
        """
        return self._writes.insert(items.alias(ref, upload_id, name, now()))

    def _alias(self, ref: Ref, upload_id: str, name: str) -> dict[str, Any]:
        return self._writes.put(items.alias(ref, upload_id, name, now()), fresh=True)

    def _first_writes(self, record: Record, *, waits: bool = True) -> list[dict[str, Any]]:
        event = Event(
            ref=record.ref,
            seq=record.seq,
            at=record.created_at,
            to=record.status,
            stage=record.stage,
        )
        queued = record.status is Status.QUEUED and waits
        return [
            self._writes.put(items.from_record(record), fresh=True),
            self._writes.put(items.from_event(event), fresh=True),
            *([self._waiting(record, record.created_at)] if queued else []),
        ]

    def _waiting(self, record: Record, ready_at: datetime) -> dict[str, Any]:
        return self._writes.put(waiting_item(record, ready_at))

    # ------------------------------------------------------------------ moving on
    def change(
        self, ref: Ref, to: Status, *, stage: Stage, code: str | None = None, **facts: Any
    ) -> Record | None:
        """Move a revision to another status, with its event, in one transaction.

        Parameters
        ----------
        ref
            The attempt that asks; another attempt's record is not touched.
        to
            The new status. Being there already counts as done: stages may be repeated.
        stage, code
            The stage that asks, and why (an error code), for record and event.
        facts
            Further attributes of the record.

        Returns
        -------
        Record or None
            The record as it now stands, or None on a conflict: the record belongs to another
            attempt, or has ended. Nothing was changed then.
        """
        record = self.get(ref)
        if record is None or record.ref.attempt != ref.attempt:
            return None
        return self.change_from(record, to, stage=stage, code=code, **facts)

    def change_from(
        self, record: Record, to: Status, *, stage: Stage, code: str | None = None, **facts: Any
    ) -> Record | None:
        """Do as `change` does, for a caller that has just read the record of its attempt."""
        if record.status is to:
            return record
        if to not in TRANSITIONS[record.status]:
            return None
        moved, writes = self._moving(record, to, record.ref, stage, code=code, facts=facts)
        if self._writes.run(writes):
            return moved
        # Somebody was faster. If it was this very attempt, running twice for a moment because a
        # call was retried while it still ran, then what was wanted has happened.
        stands = self.get(record.ref)
        if stands is None or stands.ref.attempt != record.ref.attempt or stands.status is not to:
            return None
        return stands

    def retry(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        *,
        ready_at: datetime,
        counts: bool,
    ) -> Record | None:
        """Give a FAILED revision its next attempt; None if another got there first.

        A revision that is no longer the current one gets none.

        Parameters
        ----------
        record
            The FAILED record.
        source
            The bytes that the attempt reads.
        lease
            How long after ``ready_at`` nobody need look after it.
        ready_at
            Before this moment it is not started.
        counts
            Whether the attempt failed by itself. After ``max_failures`` such a document is set
            aside; the end of a machine is no failure of a document's.
        """
        failures = record.failures + 1 if counts else record.failures
        return self._attempt_again(record, source, lease, ready_at, {"failures": failures})

    def begin_again(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        *,
        name: str = "",
        upload_id: str | None = None,
        **facts: Any,
    ) -> Record | None:
        """Give a FAILED revision its next attempt because somebody wants it: as if the first.

        It reads the bytes that came now: those of the first attempt may be gone. The upload that
        brought them is known afterwards, as for `next_revision`. None if another got there first.
        """
        facts |= {"failures": 0}
        alias = [] if upload_id is None else [self._alias(record.ref, upload_id, name)]
        return self._attempt_again(record, source, lease, now(), facts, *alias)

    def _attempt_again(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        ready_at: datetime,
        facts: dict[str, Any],
        *writes: dict[str, Any],
    ) -> Record | None:
        if record.status is not Status.FAILED:
            return None
        ref = record.ref.model_copy(update={"attempt": record.ref.attempt + 1})
        facts |= {"finished_at": None, "lease_until": ready_at + lease, "source": source}
        moved, moving = self._moving(record, Status.QUEUED, ref, Stage.INTAKE, facts=facts)
        queued = self._waiting(moved, ready_at)
        # Only the current revision walks: another one may know of a stricter level.
        current = {"current_revision": ref.revision}
        head = {"Update": self._writes.update(ref, items.HEAD, current, current)}
        return moved if self._writes.run([*moving, head, queued, *writes]) else None

    def _moving(
        self,
        record: Record,
        to: Status,
        ref: Ref,
        stage: Stage,
        *,
        code: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> tuple[Record, list[dict[str, Any]]]:
        """Return a record in its next status, and the writes that bring it there."""
        moment = now()
        ending: dict[str, Any] = {}
        if to.terminal:
            # What was cancelled has still to be cleaned up after, if anything of it ever came.
            came = record.status is not Status.AWAITING_UPLOAD
            cleaned_from = moment + CLEANING if to is Status.CANCELLED and came else None
            ending = {"finished_at": moment, "lease_until": cleaned_from}
        changed = {
            "status": to,
            "stage": stage,
            "seq": record.seq + 1,
            "code": code,
            "updated_at": moment,
            **ending,
            **(facts or {}),
        }
        moved = record.model_copy(update={"ref": ref, **changed})
        event = Event(
            ref=ref,
            seq=moved.seq,
            at=moment,
            from_=record.status,
            to=to,
            stage=stage,
            code=code,
        )
        update = self._writes.update(
            ref,
            items.revision_key(ref.revision),
            {"attempt": ref.attempt, **changed, **items.open_index(moved)},
            {"status": record.status, "attempt": record.ref.attempt, "seq": record.seq},
        )
        writes = [{"Update": update}, self._writes.put(items.from_event(event), fresh=True)]
        if to.terminal and to is not Status.CANCELLED and moved.level is not None:
            head = self._writes.update(ref, items.HEAD, {"level": moved.level}, {})
            writes.append({"Update": head})
        return moved, writes

    def require_running(self, ref: Ref) -> None:
        """Make sure that an attempt still runs, before work that shows.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended.
        """
        record = self.get(ref)
        if (
            record is None
            or record.status is not Status.RUNNING
            or record.ref.attempt != ref.attempt
        ):
            raise Superseded(TerminalCode.INTERNAL)

    def advance(self, ref: Ref, stage: Stage, *, gb_seconds: float = 0, **facts: Any) -> None:
        """Note that a stage of a running attempt is done, and what it found.

        Seconds of Lambda add up, because a stage that runs twice is paid twice. What the pages
        used of other services (``gpu_seconds``, ``charges_usd``) are facts: whoever counts the
        pages gives the whole sum, and a repeat gives the same one.

        Parameters
        ----------
        ref
            The attempt.
        stage
            The stage that is done.
        gb_seconds
            What it used of Lambda, in gigabyte-seconds; added up over the stages.
        facts
            Further attributes of the record.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended.
        """
        values = {"stage": stage, "updated_at": now(), **facts}
        update = self._writes.update(
            ref,
            items.revision_key(ref.revision),
            values,
            {"status": Status.RUNNING, "attempt": ref.attempt},
        )
        update["UpdateExpression"] += " ADD gb_seconds :gb_seconds"
        update["ExpressionAttributeValues"][":gb_seconds"] = items.attribute(gb_seconds)
        if not self._writes.run_one(update):
            raise Superseded(TerminalCode.INTERNAL)

    # ------------------------------------------------------------------ leases
    def renew(self, record: Record, lease_until: datetime) -> bool:
        """Look after a revision later; False if it is not as it was when it was looked at."""
        renewed = record.model_copy(update={"lease_until": lease_until})
        return self._lease(record, {"lease_until": lease_until, **items.open_index(renewed)})

    def cleaned(self, record: Record) -> bool:
        """Note that nothing is left of a CANCELLED walk; False if that was noted before."""
        return self._lease(record, {"lease_until": None, "gsi2pk": None, "gsi2sk": None})

    def _lease(self, record: Record, values: dict[str, Any]) -> bool:
        condition = {
            "status": record.status,
            "attempt": record.ref.attempt,
            "lease_until": record.lease_until,
        }
        sk = items.revision_key(record.ref.revision)
        return self._writes.run_one(self._writes.update(record.ref, sk, values, condition))
