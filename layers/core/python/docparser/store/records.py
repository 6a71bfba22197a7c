"""Records and events: one DynamoDB table, every change of status one conditional transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    from datetime import timedelta

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Source

_CONFLICT = "ConditionalCheckFailed"


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
        """Create a document with its first revision, its first event and its first alias.

        Returns
        -------
        bool
            False if the document exists: the same bytes came before.
        """
        ref = record.ref
        event = Event(
            ref=ref, seq=record.seq, at=record.created_at, to=record.status, stage=record.stage
        )
        return self._transact(
            [
                self._put(items.head(record, name), fresh=True),
                self._put(items.from_record(record), fresh=True),
                self._put(items.from_event(event), fresh=True),
                self._put(items.alias(ref, upload_id, name, record.created_at)),
            ]
        )

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
        writes = [{"Update": update}, self._put(items.from_event(event), fresh=True)]
        if to.terminal and moved.level is not None:
            writes.append({"Update": self._level_of_head(moved)})
        return moved if self._transact(writes) else None

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
