"""Waiting documents: items of the table, each in its tenant's queue, and who has a queue at all.

==========  ==========================  =====================================
item        pk                          sk
==========  ==========================  =====================================
document    ``Q#<priority>#<tenant>``   ``<queued_at>#<execution name>``
roster      ``Q#<priority>``            ``<tenant>``
==========  ==========================  =====================================

A document's item is written in the transaction that makes its record QUEUED, so that a queued
document waits, whatever dies. Its key follows from the record alone: whoever meets the record can
look whether it waits, and writing the item again changes nothing.

The roster is a hint that is never missing for long. It is written after the transaction, with a
fresh mark, and taken away only on the condition that the mark is the one seen before the queue was
found empty: a document that comes in between has changed the mark.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.errors import Retryable
from docparser.model import Moment, Noun, Priority, Record, Ref, RetryableCode, rfc3339

from . import items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

NUDGE = json.dumps({"schema": "docparser/nudge/1"})

_LONGEST_DELAY_S = 900  # SQS keeps a message back no longer
_DELETED_AT_ONCE = 25
_FOUND_AT_ONCE = 100
_BATCH_TRIES = 4


class Waiter(Noun):
    """A document in a queue, since ``queued_at``; one that ``ready_at`` is later waits till then.

    Only what was postponed has a ``ready_at``: the clock of whoever queued it may be minutes ahead,
    and what may start at once must not wait for that.
    """

    ref: Ref
    priority: Priority
    queued_at: Moment
    ready_at: Moment | None = None

    @property
    def name(self) -> str:
        """The name of the execution that it waits for."""
        return self.ref.execution_name


class Enrolled(Noun):
    """A tenant that had documents waiting when its mark was written."""

    tenant: str
    mark: str


def waiting_item(record: Record, ready_at: datetime) -> dict[str, Any]:
    """Return the item by which a QUEUED record waits, as plain values.

    Parameters
    ----------
    record
        The record as it stands once it is QUEUED; ``updated_at`` is when that happened.
    ready_at
        Before this moment it is not started.
    """
    ref = record.ref
    return {
        **_key(record),
        "tenant": ref.tenant,
        "document_id": ref.document_id,
        "revision": ref.revision,
        "attempt": ref.attempt,
        "ready_at": ready_at if ready_at > record.updated_at else None,
    }


class Queues:
    """The queues of one table."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    # ------------------------------------------------------------------ coming
    def mark(self, priority: Priority, tenant: str) -> None:
        """Enrol a tenant, with a fresh mark."""
        item = {"pk": _roster_key(priority), "sk": tenant, "mark": uuid.uuid4().hex}
        self._dynamodb.put_item(TableName=self._table, Item=items.marshal(item))

    def put(self, record: Record) -> None:
        """Let a QUEUED record wait again that has lost its item; it may start at once."""
        item = waiting_item(record, record.updated_at)
        self._dynamodb.put_item(TableName=self._table, Item=items.marshal(item))

    # ------------------------------------------------------------------ waiting
    def roster(self, priority: Priority) -> list[Enrolled]:
        """Return the tenants that may have documents waiting."""
        rows = self._query({":pk": {"S": _roster_key(priority)}})
        return [Enrolled(tenant=row["sk"], mark=row["mark"]) for row in rows]

    def queue(self, priority: Priority, tenant: str, *, step: int) -> Iterator[Waiter]:
        """Yield a tenant's waiting documents, the oldest first, read so many at a time."""
        for row in self._query({":pk": {"S": _queue_key(priority, tenant)}}, step):
            yield Waiter(
                ref=Ref(**{name: row[name] for name in Ref.model_fields}),
                priority=priority,
                queued_at=row["sk"].partition("#")[0],
                ready_at=row.get("ready_at"),
            )

    def holds(self, records: Iterable[Record]) -> set[str]:
        """Return the execution names of those, of at most 100 records, that wait."""
        keys = [items.marshal(_key(record)) for record in records][:_FOUND_AT_ONCE]
        wanted: Any = {self._table: {"Keys": keys, "ConsistentRead": True}} if keys else {}
        found: set[str] = set()
        for _ in range(_BATCH_TRIES):
            if not wanted:
                return found
            answer = self._dynamodb.batch_get_item(RequestItems=wanted)
            for row in answer["Responses"].get(self._table, []):
                found.add(str(items.unmarshal(row)["sk"]).partition("#")[2])
            wanted = answer.get("UnprocessedKeys")
        raise Retryable(RetryableCode.THROTTLED)

    # ------------------------------------------------------------------ going
    def remove(self, waiters: Iterable[Waiter]) -> None:
        """Forget documents that wait no longer: they were started, or need not be."""
        keys = [
            items.marshal({"pk": _queue_key(one.priority, one.ref.tenant), "sk": _place(one)})
            for one in waiters
        ]
        for first in range(0, len(keys), _DELETED_AT_ONCE):
            batch = keys[first : first + _DELETED_AT_ONCE]
            left: Any = {self._table: [{"DeleteRequest": {"Key": key}} for key in batch]}
            for _ in range(_BATCH_TRIES):
                left = self._dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems")
                if not left:
                    break
            else:
                raise Retryable(RetryableCode.THROTTLED)

    def strike(self, priority: Priority, enrolled: Enrolled) -> bool:
        """Take a tenant off the roster; return False if it was marked anew meanwhile."""
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=items.marshal({"pk": _roster_key(priority), "sk": enrolled.tenant}),
                ConditionExpression="mark = :seen",
                ExpressionAttributeValues={":seen": {"S": enrolled.mark}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _query(self, values: dict[str, Any], step: int | None = None) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            **({"Limit": step} if step else {}),
        }
        while True:
            answer = self._dynamodb.query(**asked)
            yield from (items.unmarshal(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


class Waiting(Queues):
    """The queues of one table, and the message that wakes who empties them."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, sqs: SQSClient, queue_url: str
    ) -> None:
        super().__init__(dynamodb, table)
        self._sqs = sqs
        self._queue_url = queue_url

    def announce(self, record: Record, *, delay: timedelta = timedelta(0)) -> None:
        """Let a document be found whose record is QUEUED and whose item is stored.

        Announcing it again is harmless; not to do so costs it its place until the sweep comes by.

        Parameters
        ----------
        record
            The record.
        delay
            How long it will be before it may start.
        """
        self.mark(record.priority, record.ref.tenant)
        seconds = min(int(delay.total_seconds()), _LONGEST_DELAY_S)
        delayed: Any = {"DelaySeconds": seconds} if seconds else {}
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=NUDGE, **delayed)


def _key(record: Record) -> dict[str, str]:
    return {
        "pk": _queue_key(record.priority, record.ref.tenant),
        "sk": f"{rfc3339(record.updated_at)}#{record.ref.execution_name}",
    }


def _place(waiter: Waiter) -> str:
    return f"{rfc3339(waiter.queued_at)}#{waiter.name}"


def _queue_key(priority: Priority, tenant: str) -> str:
    return f"Q#{priority}#{tenant}"


def _roster_key(priority: Priority) -> str:
    return f"Q#{priority}"
