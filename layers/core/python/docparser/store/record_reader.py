"""What the table tells of documents: their records, heads and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.errors import Retryable
from docparser.model import Record, Ref, RetryableCode, Status, rfc3339

from . import items

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # keys in one BatchGetItem
_BATCH_TRIES = 4  # an answer ends at 16 MB, or where the table throttles


class Known(NamedTuple):
    """A document as its head and its current record tell it; the head alone knows a file name."""

    record: Record
    name: str
    position: str
    """Where it stands among its tenant's documents: ``<created_at>#<document_id>``."""
    hold: str | None = None
    """The references of the legal holds that it is under, parted by commas."""


class Newest(NamedTuple):
    """Documents of a tenant, the newest first; ``position`` is the last one's, None at the end."""

    known: list[Known]
    position: str | None


class RecordReader:
    """The records of one table, as they stand; reads of the indexes alone are a moment behind."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, ref: Ref) -> Record | None:
        """Return a revision's record as it stands, whatever its attempt."""
        return self._record(ref.tenant, ref.document_id, ref.revision)

    def standing(self, refs: Iterable[Ref]) -> dict[str, Record]:
        """Return the records of revisions as they stand, whatever their attempts.

        They are found by the execution name of the attempt that was asked for; what is not there
        has none.
        """
        asked = {
            ref.execution_name: {
                "pk": items.document_key(ref.tenant, ref.document_id),
                "sk": items.revision_key(ref.revision),
            }
            for ref in refs
        }
        keys = list({tuple(one.values()): one for one in asked.values()}.values())
        found: dict[tuple[str, str], Record] = {}
        for first in range(0, len(keys), _BATCH):
            found |= self._records(keys[first : first + _BATCH])
        return {
            name: found[one["pk"], one["sk"]]
            for name, one in asked.items()
            if (one["pk"], one["sk"]) in found
        }

    def current(self, tenant: str, document_id: str) -> Record | None:
        """Return the record of a document's current revision."""
        head = self._item(tenant, document_id, items.HEAD)
        if head is None:
            return None
        return self._record(tenant, document_id, int(head["current_revision"]))

    def revisions(self, tenant: str, document_id: str) -> list[Record]:
        """Return the records of all revisions of a document that are there, the first first."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :revisions)",
            "ExpressionAttributeValues": {
                ":pk": {"S": items.document_key(tenant, document_id)},
                ":revisions": {"S": items.REVISIONS},
            },
            "ConsistentRead": True,
        }
        found: list[Record] = []
        while True:
            answer = self._client.query(**asked)
            found += [items.to_record(items.unmarshal(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def result_before(self, ref: Ref) -> Record | None:
        """Return the newest revision before this one that has left a result, if any."""
        for revision in range(ref.revision - 1, 0, -1):
            record = self._record(ref.tenant, ref.document_id, revision)
            if record is not None and record.status in {Status.COMPLETED, Status.PARTIAL}:
                return record
        return None

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
        return None if record is None else known_of(head, record)

    def tags(self, tenant: str, document_id: str) -> dict[str, str]:
        """Return what the sender of a document calls it."""
        head = self._item(tenant, document_id, items.HEAD) or {}
        tags: dict[str, str] = head.get("tags") or {}
        return tags

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
        records = self._records(keys)
        known = [
            known_of(head, records[one["pk"], one["sk"]])
            for head, one in zip(heads, keys, strict=True)
            # The index is a moment behind the table: it may tell of a document that is gone.
            if (one["pk"], one["sk"]) in records
        ]
        more = "LastEvaluatedKey" in answer
        return Newest(known, str(heads[-1]["gsi1sk"]) if more and heads else None)

    def overdue(
        self, first_hex: str, before: datetime, limit: int, *, queued: bool
    ) -> list[Record]:
        """Return revisions whose lease ran out, the oldest lease first.

        Parameters
        ----------
        first_hex
            One of the 16 parts of the index: the first hex digit of the documents' ids.
        before
            The moment until which a lease counts as run out.
        limit
            How many to look at, at most 100.
        queued
            Whether to look at those that are QUEUED, or at all others.
        """
        answer = self._client.query(
            TableName=self._table,
            IndexName="open",
            KeyConditionExpression="gsi2pk = :part AND gsi2sk < :before",
            ExpressionAttributeValues={
                ":part": {"S": items.open_key(first_hex, queued=queued)},
                ":before": {"S": rfc3339(before)},
            },
            Limit=limit,
        )
        found = [items.unmarshal(item) for item in answer["Items"]]
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in found]
        records = self._records(keys)
        stand = (records.get((one["pk"], one["sk"])) for one in keys)
        # The index is a moment behind the table: a lease may have been renewed, a walk ended.
        return [
            record
            for record in stand
            if record is not None and record.lease_until is not None and record.lease_until < before
        ]

    def expired(self, first_hex: str, before: datetime, limit: int) -> list[Record]:
        """Return revisions whose time to be kept is over, the oldest first.

        Parameters
        ----------
        first_hex
            One of the 16 parts of the index: the first hex digit of the documents' ids.
        before
            The moment until which it counts as over.
        limit
            How many to look at, at most 100.
        """
        answer = self._client.query(
            TableName=self._table,
            IndexName="open",
            KeyConditionExpression="gsi2pk = :part AND gsi2sk < :before",
            ExpressionAttributeValues={
                ":part": {"S": items.kept_key(first_hex)},
                ":before": {"S": rfc3339(before)},
            },
            Limit=limit,
        )
        found = [items.unmarshal(item) for item in answer["Items"]]
        records = self._records([{"pk": item["pk"], "sk": item["sk"]} for item in found])
        return [
            record
            for record in records.values()
            if record.status is not Status.ERASED and record.retain_until is not None
        ]

    def is_erased_with_children(self, tenant: str, document_id: str) -> bool:
        """Whether a document was erased together with whatever came, or comes, inside it."""
        head = self._item(tenant, document_id, items.HEAD)
        return head is not None and head.get("erased") == items.WITH_CHILDREN

    def knows_alias(self, ref: Ref, upload_id: str) -> bool:
        """Whether this upload has been taken in before: its message is a redelivery."""
        return self._item(ref.tenant, ref.document_id, items.alias_key(upload_id)) is not None

    def ping(self) -> None:
        """Read a key that nothing lies under; raises what the table answers if it is away."""
        self._item("", "", items.HEAD)

    def _records(self, keys: list[dict[str, str]]) -> dict[tuple[str, str], Record]:
        found = self._batch([items.marshal(one) for one in keys]) if keys else []
        return {(item["pk"], item["sk"]): items.to_record(item) for item in found}

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


def known_of(head: dict[str, Any], record: Record) -> Known:
    """Return a document by its unmarshalled head and one of its records."""
    holds = ", ".join(head.get("holds", ()))
    return Known(record, str(head["name"]), str(head["gsi1sk"]), holds or None)
