"""Records and events: one DynamoDB table, every change of status one conditional transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from docparser.errors import Retryable, Superseded
from docparser.model import (
    TRANSITIONS,
    Event,
    Record,
    Ref,
    RetryableCode,
    Stage,
    Status,
    TerminalCode,
    now,
)

from . import items

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Priority, Source

_CONFLICT = "ConditionalCheckFailed"
_BATCH_TRIES = 4  # an answer ends at 16 MB, or where the table throttles


class Known(NamedTuple):
    """A document as its head and its current record tell it; the head alone knows a file name."""

    record: Record
    name: str
    position: str
    """Where it stands among its tenant's documents: ``<created_at>#<document_id>``."""


class Newest(NamedTuple):
    """Documents of a tenant, the newest first; ``position`` is the last one's, None at the end."""

    known: list[Known]
    position: str | None


class Records:
    """The records of one table. A change that comes too late changes nothing and says so."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    # ------------------------------------------------------------------ reading
    def get(self, ref: Ref) -> Record | None:
        """Return a revision's record as it stands, whatever its attempt."""
        return self._record(ref.tenant, ref.document_id, ref.revision)

    def current(self, tenant: str, document_id: str) -> Record | None:
        """Return the record of a document's current revision."""
        head = self._item(tenant, document_id, items.HEAD)
        if head is None:
            return None
        return self._record(tenant, document_id, int(head["current_revision"]))

    def known(self, tenant: str, document_id: str) -> Known | None:
        """Return a document's head and its current record, mostly in one call."""
        keys = [items.HEAD, items.revision_key(1)]
        found = self._batch([items.key(tenant, document_id, sk) for sk in keys])
        head = next((item for item in found if item["sk"] == items.HEAD), None)
        if head is None:
            return None
        current = int(head["current_revision"])
        first = next((items.to_record(item) for item in found if item is not head), None)
        record = first if current == 1 else self._record(tenant, document_id, current)
        return None if record is None else _known(head, record)

    def newest(self, tenant: str, *, limit: int, after: str | None = None) -> Newest:
        """Return documents of a tenant, the newest first, with their current records.

        Parameters
        ----------
        tenant
            Whose documents.
        limit
            How many heads to read: at most 100, as many as one call for their records takes.
        after
            The position at which an earlier answer ended, ``<created_at>#<document_id>``. What
            it names need not exist.
        """
        asked: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by_tenant",
            "KeyConditionExpression": "gsi1pk = :tenant",
            "ExpressionAttributeValues": {":tenant": {"S": items.tenant_key(tenant)}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = items.listed_key(tenant, after)
        answer = self._client.query(**asked)
        heads = [items.unmarshal(item) for item in answer["Items"]]
        keys = [
            {"pk": head["pk"], "sk": items.revision_key(int(head["current_revision"]))}
            for head in heads
        ]
        found = self._batch([items.marshal(one) for one in keys]) if keys else []
        records = {(item["pk"], item["sk"]): items.to_record(item) for item in found}
        known = [
            _known(head, records[one["pk"], one["sk"]])
            for head, one in zip(heads, keys, strict=True)
            # The index is a moment behind the table: it may tell of a document that is gone.
            if (one["pk"], one["sk"]) in records
        ]
        more = "LastEvaluatedKey" in answer
        return Newest(known, str(heads[-1]["gsi1sk"]) if more and heads else None)

    def ping(self) -> None:
        """Read a key that nothing lies under; raises what the table answers if it is away."""
        self._item("", "", items.HEAD)

    def _batch(self, keys: Iterable[Any]) -> list[dict[str, Any]]:
        """Return the items of at most 100 keys, those that exist, in no order."""
        wanted: Any = {self._table: {"Keys": list(keys), "ConsistentRead": True}}
        found: list[dict[str, Any]] = []
        for _ in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(RequestItems=wanted)
            found += [items.unmarshal(item) for item in answer["Responses"].get(self._table, [])]
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return found
        raise Retryable(RetryableCode.THROTTLED)

    def _record(self, tenant: str, document_id: str, revision: int) -> Record | None:
        item = self._item(tenant, document_id, items.revision_key(revision))
        return None if item is None else items.to_record(item)

    def _item(self, tenant: str, document_id: str, sk: str) -> dict[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key=items.key(tenant, document_id, sk), ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else items.unmarshal(item)

    # ------------------------------------------------------------------ taking in
    def open(self, record: Record, *, name: str, upload_id: str) -> bool:
        """Create a document whose bytes are there: revision, event and first alias.

        Returns
        -------
        bool
            False if the document exists: the same bytes came before.
        """
        alias = items.alias(record.ref, upload_id, name, record.created_at)
        return self._transact([*self._beginning(record, name), self._put(alias)])

    def announce(self, record: Record, *, name: str, tags: dict[str, str]) -> bool:
        """Create a document whose bytes are still to come; no upload is known yet.

        Returns
        -------
        bool
            False if the document exists.
        """
        return self._transact(self._beginning(record, name, tags))

    def announce_again(self, record: Record) -> bool:
        """Open a document's next revision, whose bytes are still to come.

        Returns
        -------
        bool
            False if another got there first.
        """
        ref = record.ref
        head = {
            "TableName": self._table,
            "Key": items.key(ref.tenant, ref.document_id, items.HEAD),
            "UpdateExpression": "SET current_revision = :next",
            "ConditionExpression": "current_revision = :current",
            "ExpressionAttributeValues": {
                ":next": items.attribute(ref.revision),
                ":current": items.attribute(ref.revision - 1),
            },
        }
        return self._transact([{"Update": head}, *self._first_writes(record)])

    def renew(self, record: Record, lease_until: datetime) -> None:
        """Wait longer for bytes that were announced, if they are still waited for."""
        renewed = record.model_copy(update={"lease_until": lease_until})
        values = {"lease_until": lease_until, **items.open_index(renewed)}
        update = self._update(record.ref, values, {"status": Status.AWAITING_UPLOAD})
        try:
            self._client.update_item(**update)
        except self._client.exceptions.ConditionalCheckFailedException:
            return

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
    ) -> Record | None:
        """Queue a document whose announced bytes are there; None if its record has moved on.

        The alias is part of the transaction, so that a message which comes again is known.
        """
        facts = {
            "source": source,
            "size_bytes": size_bytes,
            "priority": priority,
            "lease_until": now() + lease,
        }
        alias = self._put(items.alias(record.ref, upload_id, name, now()))
        return self._move(record, Status.QUEUED, record.ref, Stage.INTAKE, None, facts, alias)

    def _beginning(
        self, record: Record, name: str, tags: dict[str, str] | None = None
    ) -> list[dict[str, Any]]:
        head = self._put(items.head(record, name, tags or None), fresh=True)
        return [head, *self._first_writes(record)]

    def _first_writes(self, record: Record) -> list[dict[str, Any]]:
        event = Event(
            ref=record.ref,
            seq=record.seq,
            at=record.created_at,
            to=record.status,
            stage=record.stage,
        )
        return [
            self._put(items.from_record(record), fresh=True),
            self._put(items.from_event(event), fresh=True),
        ]

    def knows_alias(self, ref: Ref, upload_id: str) -> bool:
        """Whether this upload has been taken in before: its message is a redelivery."""
        return self._item(ref.tenant, ref.document_id, items.alias_key(upload_id)) is not None

    def add_alias(self, ref: Ref, *, name: str, upload_id: str) -> None:
        """Remember that the same bytes came again, under another name perhaps."""
        self._client.put_item(
            TableName=self._table, Item=items.marshal(items.alias(ref, upload_id, name, now()))
        )

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
        moved = self._move(record, to, record.ref, stage, code, facts)
        if moved is not None:
            return moved
        # Somebody was faster. If it was this very attempt, running twice for a moment because a
        # call was retried while it still ran, then what was wanted has happened.
        stands = self.get(record.ref)
        if stands is None or stands.ref.attempt != record.ref.attempt or stands.status is not to:
            return None
        return stands

    def expire(self, record: Record) -> Record | None:
        """End an attempt whose lease has run out without an end; None if it ended after all."""
        return self.change_from(
            record, Status.FAILED, stage=record.stage, code=TerminalCode.DEADLINE
        )

    def retry(self, record: Record, source: Source, lease: timedelta) -> Record | None:
        """Give a FAILED revision its next attempt; None if another got there first.

        The attempt reads the bytes that came now: those of the first attempt may be gone.
        """
        ref = record.ref.model_copy(update={"attempt": record.ref.attempt + 1})
        facts = {"finished_at": None, "lease_until": now() + lease, "source": source}
        return self._move(record, Status.QUEUED, ref, Stage.INTAKE, None, facts)

    def _move(
        self,
        record: Record,
        to: Status,
        ref: Ref,
        stage: Stage,
        code: str | None,
        facts: dict[str, Any],
        *writes: dict[str, Any],
    ) -> Record | None:
        moment = now()
        ending: dict[str, Any] = {"finished_at": moment, "lease_until": None} if to.terminal else {}
        moved = record.model_copy(
            update={
                "ref": ref,
                "status": to,
                "stage": stage,
                "seq": record.seq + 1,
                "code": code,
                "updated_at": moment,
                **ending,
                **facts,
            }
        )
        event = Event(
            ref=ref,
            seq=moved.seq,
            at=moment,
            from_=record.status,
            to=to,
            stage=stage,
            code=code,
        )
        update = self._update(
            ref,
            {
                "attempt": ref.attempt,
                "status": to,
                "stage": stage,
                "seq": moved.seq,
                "code": code,
                "updated_at": moment,
                **ending,
                **facts,
                **items.open_index(moved),
            },
            condition={
                "status": record.status,
                "attempt": record.ref.attempt,
                "seq": record.seq,
            },
        )
        together = [{"Update": update}, self._put(items.from_event(event), fresh=True), *writes]
        if to.terminal and moved.level is not None:
            together.append({"Update": self._level_of_head(moved)})
        return moved if self._transact(together) else None

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
        update = self._update(ref, values, {"status": Status.RUNNING, "attempt": ref.attempt})
        update["UpdateExpression"] += " ADD gb_seconds :gb_seconds"
        update["ExpressionAttributeValues"][":gb_seconds"] = items.attribute(gb_seconds)
        try:
            self._client.update_item(**update)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise Superseded(TerminalCode.INTERNAL) from None

    # ------------------------------------------------------------------ writing
    def _put(self, item: dict[str, Any], *, fresh: bool = False) -> dict[str, Any]:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if fresh else {}
        return {"Put": {"TableName": self._table, "Item": items.marshal(item), **condition}}

    def _update(self, ref: Ref, values: dict[str, Any], condition: dict[str, Any]) -> Any:
        """Return an update that sets values, removes those that are None, under a condition."""
        kept = {name: value for name, value in values.items() if value is not None}
        dropped = [name for name, value in values.items() if value is None]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if dropped:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in dropped)
        return {
            "TableName": self._table,
            "Key": items.key(ref.tenant, ref.document_id, items.revision_key(ref.revision)),
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join(f"#{name} = :was_{name}" for name in condition),
            "ExpressionAttributeNames": {f"#{name}": name for name in {*values, *condition}},
            "ExpressionAttributeValues": {
                **{f":{name}": items.attribute(value) for name, value in kept.items()},
                **{f":was_{name}": items.attribute(was) for name, was in condition.items()},
            },
        }

    def _level_of_head(self, record: Record) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": items.key(record.ref.tenant, record.ref.document_id, items.HEAD),
            "UpdateExpression": "SET #level = :level",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#level": "level"},
            "ExpressionAttributeValues": {":level": items.attribute(record.level)},
        }

    def _transact(self, writes: list[Any]) -> bool:
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = {row.get("Code") for row in error.response.get("CancellationReasons", [])}
            if _CONFLICT in reasons:
                return False
            # Another transaction holds an item, or the table throttles: the same write may pass.
            raise Retryable(RetryableCode.THROTTLED) from None
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "TransactionInProgressException":
                raise Retryable(RetryableCode.THROTTLED) from None
            raise
        return True


def _known(head: dict[str, Any], record: Record) -> Known:
    return Known(record, str(head["name"]), str(head["gsi1sk"]))
