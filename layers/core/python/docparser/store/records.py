"""Records and events: one DynamoDB table, every change of status one conditional transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.errors import Retryable, Superseded
from docparser.model import (
    SYSTEM,
    TRANSITIONS,
    Action,
    Event,
    Record,
    Ref,
    RetryableCode,
    Stage,
    Status,
    TerminalCode,
    now,
    rfc3339,
    strictest,
)

from . import chain, items
from .event_reader import EventReader
from .record_reader import Known, Newest, RecordReader
from .transactions import Transactions
from .waiting import waiting_item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Fact, Priority, Source

__all__ = ["CLEANING", "Known", "Newest", "Records"]

CLEANING = timedelta(seconds=60)
"""How long after a cancellation the sweeper removes what its walk has left."""

_TRIES = 8  # of a change, where only the event before it was another one's than it had read


class Records(RecordReader):
    """The records of one table. A change that comes too late changes nothing and says so.

    Every change of status, and whatever else the audit trail tells, is one event on the revision's
    chain, written together with what it tells of. ``actor`` is who asked for it; ``facts`` are what
    the event tells: codes, numbers, versions and hashes, nothing of what a document says.

    Whatever makes a revision QUEUED puts its document into its tenant's queue in the same
    transaction. Who is woken for it afterwards is the caller's part (`Waiting.announce`).
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        super().__init__(client, table)
        self._writes = Transactions(client, table)
        self._events = EventReader(client, table)

    def events(self, ref: Ref) -> Iterator[Event]:
        """Yield a revision's events, of all its attempts, the first first; read page by page."""
        return self._events.of_revision(ref)

    # ------------------------------------------------------------------ taking in
    def open(
        self,
        record: Record,
        *,
        name: str,
        upload_id: str,
        waits: bool = True,
        actor: str = SYSTEM,
    ) -> Record | None:
        """Create a document whose bytes are there: revision, event and first alias.

        Parameters
        ----------
        record
            The first record.
        name, upload_id
            The file name, and under which id the bytes came.
        waits
            Whether it waits for a walk; not so where it is about to be refused.
        actor
            Who brought it.

        Returns
        -------
        Record or None
            The record on its chain; None if the document exists: the same bytes came before.
        """
        first, writes = self._first(record, actor, waits=waits)
        head = self._writes.put(items.head(record, name), fresh=True)
        alias = self._alias(record.ref, upload_id, name)
        inside = [] if record.parent is None else self._inside(record.ref, record.parent)
        return first if self._writes.run([head, *writes, alias, *inside]) else None

    def _inside(self, ref: Ref, parent: str) -> list[dict[str, Any]]:
        """Return the writes that tell a document's parent of it, which has not been erased."""
        above = items.key(ref.tenant, parent, items.HEAD)
        child = {
            "pk": items.document_key(ref.tenant, parent),
            "sk": items.child_key(ref.document_id),
        }
        standing = {
            "TableName": self._table,
            "Key": above,
            "ConditionExpression": "attribute_not_exists(erased) OR erased = :alone",
            "ExpressionAttributeValues": {":alone": {"S": items.ALONE}},
        }
        return [{"ConditionCheck": standing}, self._writes.put(child)]

    def announce(
        self, record: Record, *, name: str, tags: dict[str, str], actor: str = SYSTEM
    ) -> Record | None:
        """Create a document whose bytes are still to come; no upload is known yet.

        Returns
        -------
        Record or None
            The record on its chain; None if the document exists.
        """
        first, writes = self._first(record, actor)
        head = self._writes.put(items.head(record, name, tags or None), fresh=True)
        return first if self._writes.run([head, *writes]) else None

    def next_revision(
        self,
        record: Record,
        *,
        cancels: Record | None = None,
        failed: Record | None = None,
        name: str = "",
        upload_id: str | None = None,
        actor: str = SYSTEM,
        facts: Mapping[str, Fact] | None = None,
    ) -> Record | None:
        """Open a document's next revision, whose bytes are there (QUEUED) or still to come.

        Parameters
        ----------
        record
            Its first record; the revision before it must be the current one. Its ``chain`` is that
            revision's as it was read, which its own continues.
        cancels
            The record of that revision if it has not ended: it becomes CANCELLED in the same
            transaction, so that a document is never cancelled for a revision that does not come.
        failed
            The record of that revision if it has FAILED: it must still be as it was read, and gets
            no further attempt, so that two revisions never walk at once.
        name, upload_id
            The upload that it was opened for, if any. With its alias in the transaction a message
            that comes again is known.
        actor, facts
            Who wants it, and what its first event tells.

        Returns
        -------
        Record or None
            The record on its chain; None if another got there first.
        """
        ref = record.ref
        before: list[dict[str, Any]] = []
        if cancels is not None:
            if Status.CANCELLED not in TRANSITIONS[cancels.status]:
                return None
            cancelled, before = self._moving(
                cancels, Status.CANCELLED, cancels.ref, cancels.stage, actor=actor
            )
            record = record.model_copy(update={"chain": cancelled.chain})
        if failed is not None:
            aside = failed.model_copy(update={"lease_until": None})
            set_aside = self._writes.update(
                failed.ref,
                items.revision_key(failed.ref.revision),
                {"lease_until": None, **items.open_index(aside)},
                {"status": failed.status, "attempt": failed.ref.attempt, "seq": failed.seq},
            )
            before.append({"Update": set_aside})
        if not before:
            # Somebody may just have said of that revision what the next one must know.
            number = ref.revision - 1
            as_read = {"chain": record.chain}
            before.append(self._writes.standing(ref, items.revision_key(number), as_read))
        head = self._writes.update(
            ref,
            items.HEAD,
            {"current_revision": ref.revision},
            {"current_revision": ref.revision - 1, "erased": None},
        )
        first, writes = self._first(record, actor, facts=facts)
        alias = [] if upload_id is None else [self._alias(ref, upload_id, name)]
        done = self._writes.run([{"Update": head}, *writes, *before, *alias])
        return first if done else None

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
        actor: str = SYSTEM,
        **changes: Any,
    ) -> Record | None:
        """Queue a document whose announced bytes are there; None if its record has moved on.

        The alias is part of the transaction, so that a message which comes again is known. Further
        changes are what the upload's owner asked for.
        """
        moment = now()
        changes |= {
            "source": source,
            "size_bytes": size_bytes,
            "priority": priority,
            "lease_until": moment + lease,
        }
        moved, writes = self._moving(
            record, Status.QUEUED, record.ref, Stage.INTAKE, actor=actor, changes=changes
        )
        writes.append(self._alias(record.ref, upload_id, name))
        if waits:
            writes.append(self._waiting(moved, moment))
        return moved if self._writes.run(writes) else None

    def add_alias(self, ref: Ref, *, name: str, upload_id: str) -> bool:
        """Remember that the same bytes came again, under another name perhaps.

        An upload is dealt with once, by whoever writes its alias: here, or together with the walk
        that reads it. False if that has happened.
        """
        # Not even another name of what was erased.
        standing = self._writes.standing(ref, items.HEAD, {"erased": None})
        return self._writes.run([self._alias(ref, upload_id, name), standing])

    def _alias(self, ref: Ref, upload_id: str, name: str) -> dict[str, Any]:
        return self._writes.put(items.alias(ref, upload_id, name, now()), fresh=True)

    def _first(
        self,
        record: Record,
        actor: str,
        *,
        waits: bool = True,
        facts: Mapping[str, Fact] | None = None,
    ) -> tuple[Record, list[dict[str, Any]]]:
        """Return a revision's first record on its chain, and the writes that begin it."""
        event = Event(
            ref=record.ref,
            seq=record.seq,
            at=record.created_at,
            actor=actor,
            to=record.status,
            stage=record.stage,
            facts=facts or {},
        )
        sealed = chain.sealed(event, record.chain)
        first = record.model_copy(update={"chain": sealed.sha256})
        writes = [
            self._writes.put(items.from_record(first), fresh=True),
            self._writes.put(items.from_event(sealed), fresh=True),
        ]
        if record.status is Status.QUEUED and waits:
            writes.append(self._waiting(record, record.created_at))
        return first, writes

    def _waiting(self, record: Record, ready_at: datetime) -> dict[str, Any]:
        return self._writes.put(waiting_item(record, ready_at))

    # ------------------------------------------------------------------ moving on
    def change(
        self,
        ref: Ref,
        to: Status,
        *,
        stage: Stage,
        code: str | None = None,
        actor: str = SYSTEM,
        facts: Mapping[str, Fact] | None = None,
        **changes: Any,
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
        actor, facts
            Who wants it, and what the event tells.
        changes
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
        return self.change_from(
            record, to, stage=stage, code=code, actor=actor, facts=facts, **changes
        )

    def change_from(
        self,
        record: Record,
        to: Status,
        *,
        stage: Stage,
        code: str | None = None,
        action: Action = Action.STATUS,
        actor: str = SYSTEM,
        facts: Mapping[str, Fact] | None = None,
        also: Sequence[dict[str, Any]] = (),
        unless_held: bool = False,
        **changes: Any,
    ) -> Record | None:
        """Do as `change` does, for a caller that has just read the record of its attempt.

        ``action`` is what the event tells where it is more than the change, ``also`` what else is
        written in the same transaction; its conditions are the caller's to read again, and so is
        whether the document is held where that forbids the change.

        Raises
        ------
        Retryable
            THROTTLED: others write to the same record without a pause.
        """
        for _ in range(_TRIES):
            if record.status is to:
                return record
            if to not in TRANSITIONS[record.status]:
                return None
            moved, writes = self._moving(
                record,
                to,
                record.ref,
                stage,
                code=code,
                action=action,
                actor=actor,
                facts=facts,
                changes=changes,
                unless_held=unless_held,
            )
            if self._writes.run([*writes, *also]):
                return moved
            # Somebody was faster. If it was this very attempt, running twice for a moment because
            # a call was retried while it still ran, then what was wanted has happened. If an event
            # alone came between, it is written after that one.
            stands = self.get(record.ref)
            if stands is None or stands.ref.attempt != record.ref.attempt:
                return None
            if stands.status is not to and stands.status is not record.status:
                return None
            if (also or unless_held) and stands.chain == record.chain:
                return None
            record = stands
        raise Retryable(RetryableCode.THROTTLED)

    def note(
        self,
        record: Record,
        action: Action,
        *,
        actor: str = SYSTEM,
        stage: Stage | None = None,
        code: str | None = None,
        facts: Mapping[str, Fact] | None = None,
        gb_seconds: float = 0,
        also: Sequence[dict[str, Any]] = (),
        **changes: Any,
    ) -> Record | None:
        """Tell of what happened to a revision that keeps its status, in one transaction.

        Parameters
        ----------
        record
            The record as it was read. Events that came since are no obstacle, another status or
            attempt is.
        action
            What happened.
        actor, code, facts
            Who did it, why (a code), and what else the event tells.
        stage
            The stage that tells, for record and event; the record's own if None.
        gb_seconds
            What it used of Lambda, in gigabyte-seconds; added up over the stages.
        also
            What else is written in the same transaction.
        changes
            Attributes of the record that change with it.

        Returns
        -------
        Record or None
            The record as it now stands, or None if its status or attempt is another one now, or if
            a condition of what else is written does not hold.

        Raises
        ------
        Retryable
            THROTTLED: others write to the same record without a pause.
        """
        for _ in range(_TRIES):
            event = Event(
                ref=record.ref,
                seq=record.seq + 1,
                at=now(),
                action=action,
                actor=actor,
                to=record.status,
                stage=stage or record.stage,
                code=code,
                facts=facts or {},
            )
            changed = {"stage": event.stage, **changes}
            moved, writes = self._told(record, event, changed, gb_seconds=gb_seconds)
            if self._writes.run([*writes, *also]):
                return moved
            stands = self.get(record.ref)
            if (
                stands is None
                or stands.status is not record.status
                or stands.ref.attempt != record.ref.attempt
                or (also and stands.chain == record.chain)
            ):
                return None
            record = stands
        raise Retryable(RetryableCode.THROTTLED)

    def while_current(self, ref: Ref) -> dict[str, Any]:
        """Return the check of a transaction that a revision is its document's current one."""
        return self._writes.standing(ref, items.HEAD, {"current_revision": ref.revision})

    def is_all_there_is(self, record: Record) -> bool:
        """Whether nothing would be left of a document without what this walk of it has read."""
        came = record.status is not Status.AWAITING_UPLOAD
        return came and self.result_before(record.ref) is None

    def restricts(self, record: Record) -> bool:
        """Whether a walk takes an earlier result where people said since that it belongs.

        It is declared stricter than that is, or of another type.
        """
        if record.status is Status.AWAITING_UPLOAD:
            return False
        before = self.result_before(record.ref)
        if before is None:
            return False
        declared = record.declared_level
        stricter = (
            declared is not None
            and declared is not before.level
            and (before.level is None or strictest(declared, before.level) is declared)
        )
        return stricter or record.corrected_type not in (None, before.type)

    def retry(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        *,
        ready_at: datetime,
        counts: bool,
        actor: str = SYSTEM,
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
        actor
            Who wants it.
        """
        failures = record.failures + 1 if counts else record.failures
        changes = {"failures": failures}
        return self._attempt_again(record, source, lease, ready_at, actor, changes)

    def begin_again(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        *,
        name: str = "",
        upload_id: str | None = None,
        actor: str = SYSTEM,
        **changes: Any,
    ) -> Record | None:
        """Give a FAILED revision its next attempt because somebody wants it: as if the first.

        It reads the bytes that came now: those of the first attempt may be gone. The upload that
        brought them is known afterwards, as for `next_revision`. None if another got there first.
        """
        changes |= {"failures": 0}
        alias = [] if upload_id is None else [self._alias(record.ref, upload_id, name)]
        return self._attempt_again(record, source, lease, now(), actor, changes, *alias)

    def _attempt_again(
        self,
        record: Record,
        source: Source,
        lease: timedelta,
        ready_at: datetime,
        actor: str,
        changes: dict[str, Any],
        *writes: dict[str, Any],
    ) -> Record | None:
        if record.status is not Status.FAILED:
            return None
        ref = record.ref.model_copy(update={"attempt": record.ref.attempt + 1})
        # It has not waited for anybody yet.
        changes |= {
            "finished_at": None,
            "lease_until": ready_at + lease,
            "source": source,
            "waits": 0,
        }
        moved, moving = self._moving(
            record, Status.QUEUED, ref, Stage.INTAKE, actor=actor, changes=changes
        )
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
        action: Action = Action.STATUS,
        actor: str = SYSTEM,
        facts: Mapping[str, Fact] | None = None,
        changes: dict[str, Any] | None = None,
        unless_held: bool = False,
    ) -> tuple[Record, list[dict[str, Any]]]:
        """Return a record in its next status, and the writes that bring it there."""
        moment = now()
        ending: dict[str, Any] = {}
        if to.terminal:
            # What was cancelled has still to be cleaned up after, if anything of it ever came.
            came = record.status is not Status.AWAITING_UPLOAD
            cleaned_from = moment + CLEANING if to is Status.CANCELLED and came else None
            ending = {"finished_at": moment, "lease_until": cleaned_from}
        event = Event(
            ref=ref,
            seq=record.seq + 1,
            at=moment,
            action=action,
            actor=actor,
            from_=record.status,
            to=to,
            stage=stage,
            code=code,
            facts=facts or {},
        )
        waits_no_more = {"waiting_for": None} if record.status is Status.WAITING else {}
        changed = {
            "status": to,
            "stage": stage,
            "code": code,
            **waits_no_more,
            **ending,
            **(changes or {}),
        }
        moved, writes = self._told(record, event, changed)
        told = to.terminal and to not in (Status.CANCELLED, Status.ERASED)
        free: dict[str, Any] = {"holds": None} if unless_held else {}
        if told and moved.level is not None:
            head = self._writes.update(ref, items.HEAD, {"level": moved.level}, free)
            writes.append({"Update": head})
        elif free:
            writes.append(self._writes.standing(ref, items.HEAD, free))
        return moved, writes

    def _told(
        self, record: Record, event: Event, changed: dict[str, Any], *, gb_seconds: float = 0
    ) -> tuple[Record, list[dict[str, Any]]]:
        """Return a record after its next event, and the writes of both."""
        ref = event.ref
        sealed = chain.sealed(event, record.chain)
        changed = {**changed, "seq": event.seq, "updated_at": event.at, "chain": sealed.sha256}
        moved = record.model_copy(update={"ref": ref, **changed})
        # A lease may have been renewed since the record was read: no index of an older one.
        indexed = changed.keys() & {"status", "lease_until", "retain_until"}
        reviewed = changed.keys() & {"status", "review"}
        index = {
            **(items.open_index(moved) if indexed else {}),
            **(items.review_index(moved) if reviewed else {}),
        }
        update = self._writes.update(
            ref,
            items.revision_key(ref.revision),
            {"attempt": ref.attempt, **changed, **index},
            {
                "status": record.status,
                "attempt": record.ref.attempt,
                "seq": record.seq,
                "chain": record.chain,
            },
        )
        if gb_seconds:
            _add_gb_seconds(update, gb_seconds)
        return moved, [
            {"Update": update},
            self._writes.put(items.from_event(sealed), fresh=True),
        ]

    def require_running(self, ref: Ref) -> None:
        """Make sure that an attempt still runs, before work that shows.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended.
        """
        if self._running(ref) is None:
            raise Superseded(TerminalCode.INTERNAL)

    def advance(
        self,
        ref: Ref,
        stage: Stage,
        *,
        gb_seconds: float = 0,
        action: Action | None = None,
        facts: Mapping[str, Fact] | None = None,
        **changes: Any,
    ) -> None:
        """Note that a stage of a running attempt is done, and what it found.

        Seconds of Lambda add up, because a stage that runs twice is paid twice. What the pages
        used of other services (``gpu_seconds``, ``charges_usd``) are changes: whoever counts the
        pages gives the whole sum, and a repeat gives the same one.

        Parameters
        ----------
        ref
            The attempt.
        stage
            The stage that is done.
        gb_seconds
            What it used of Lambda, in gigabyte-seconds; added up over the stages.
        action, facts
            What the audit trail tells of it; nothing if None.
        changes
            Further attributes of the record.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended.
        """
        if action is not None:
            running = self._running(ref)
            noted = running and self.note(
                running, action, stage=stage, facts=facts, gb_seconds=gb_seconds, **changes
            )
            if noted is None:
                raise Superseded(TerminalCode.INTERNAL)
            return
        values = {"stage": stage, "updated_at": now(), **changes}
        update = self._writes.update(
            ref,
            items.revision_key(ref.revision),
            values,
            {"status": Status.RUNNING, "attempt": ref.attempt},
        )
        _add_gb_seconds(update, gb_seconds)
        if not self._writes.run_one(update):
            raise Superseded(TerminalCode.INTERNAL)

    def _running(self, ref: Ref) -> Record | None:
        """Return the record of an attempt that runs; None of any other."""
        record = self.get(ref)
        runs = (
            record is not None
            and record.status is Status.RUNNING
            and record.ref.attempt == ref.attempt
        )
        return record if runs else None

    # ------------------------------------------------------------------ leases
    def renew(self, record: Record, lease_until: datetime) -> bool:
        """Look after a revision later; False if it is not as it was when it was looked at."""
        renewed = record.model_copy(update={"lease_until": lease_until})
        return self._lease(record, {"lease_until": lease_until, **items.open_index(renewed)})

    def cleaned(self, record: Record) -> bool:
        """Note that nothing is left of a CANCELLED walk; False if that was noted before."""
        cleaned = record.model_copy(update={"lease_until": None})
        return self._lease(record, {"lease_until": None, **items.open_index(cleaned)})

    def expires_later(self, record: Record, until: datetime | None) -> bool:
        """Look later at an ended revision whose time is over, or never; its own time stays."""
        sk = items.revision_key(record.ref.revision)
        index: dict[str, Any] = {"gsi2pk": None, "gsi2sk": None}
        if until is not None:
            part = items.kept_key(record.ref.document_id[1])
            index = {"gsi2pk": part, "gsi2sk": rfc3339(until)}
        condition = {"status": record.status, "attempt": record.ref.attempt, "lease_until": None}
        return self._writes.run_one(self._writes.update(record.ref, sk, index, condition))

    def _lease(self, record: Record, values: dict[str, Any]) -> bool:
        condition = {
            "status": record.status,
            "attempt": record.ref.attempt,
            "lease_until": record.lease_until,
        }
        sk = items.revision_key(record.ref.revision)
        return self._writes.run_one(self._writes.update(record.ref, sk, values, condition))


def _add_gb_seconds(update: dict[str, Any], gb_seconds: float) -> None:
    update["UpdateExpression"] += " ADD gb_seconds :gb_seconds"
    update["ExpressionAttributeValues"][":gb_seconds"] = items.attribute(gb_seconds)
