"""What the table says of many documents, in few calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.model import Event, Record, Ref, Status
from docparser.store import items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # keys in one BatchGetItem call


@dataclass(frozen=True)
class Listed:
    """A document with its name and its current revision's record."""

    name: str
    record: Record


class Catalogue:
    """Reads records, names and events; it never writes."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def records(self, refs: Sequence[Ref]) -> dict[str, Record]:
        """Return the records of revisions, by document id; those that are not there are left out.

        The reads are not strongly consistent, and keys that a throttled table does not answer are
        left out as well: whoever watches asks again.
        """
        found: dict[str, Record] = {}
        for start in range(0, len(refs), _BATCH):
            keys = [
                items.key(ref.tenant, ref.document_id, items.revision_key(ref.revision))
                for ref in refs[start : start + _BATCH]
            ]
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in answer["Responses"].get(self._table, []):
                record = items.to_record(items.unmarshal(item))
                found[record.ref.document_id] = record
        return found

    def newest(self, tenant: str, limit: int) -> list[Listed]:
        """Return a tenant's newest documents, the newest first."""
        answer = self._client.query(
            TableName=self._table,
            IndexName="by_tenant",
            KeyConditionExpression="gsi1pk = :tenant",
            ExpressionAttributeValues={":tenant": {"S": f"T#{tenant}"}},
            ScanIndexForward=False,
            Limit=limit,
        )
        heads = [items.unmarshal(item) for item in answer["Items"]]
        refs = [
            Ref(
                tenant=tenant,
                document_id=head["gsi1sk"].rpartition("#")[2],
                revision=int(head["current_revision"]),
            )
            for head in heads
        ]
        records = self.records(refs)
        return [
            Listed(name=head.get("name", ""), record=records[ref.document_id])
            for head, ref in zip(heads, refs, strict=True)
            if ref.document_id in records
        ]

    def name(self, tenant: str, document_id: str) -> str:
        """Return the name under which a document first came; empty if it had none."""
        answer = self._client.get_item(
            TableName=self._table, Key=items.key(tenant, document_id, items.HEAD)
        )
        return str(items.unmarshal(answer.get("Item", {})).get("name", ""))

    def events(self, ref: Ref) -> list[Event]:
        """Return the events of a document's revision, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :events)",
            ExpressionAttributeValues={
                ":pk": {"S": items.document_key(ref.tenant, ref.document_id)},
                ":events": {"S": items.events_prefix(ref.revision)},
            },
        )
        return [
            items.to_event(ref, items.unmarshal(item)) for page in pages for item in page["Items"]
        ]

    def queued_at(self, record: Record) -> datetime:
        """Return when a record's attempt was taken in."""
        if record.ref.attempt > 1:
            for event in self.events(record.ref):
                if event.to is Status.QUEUED and event.ref.attempt == record.ref.attempt:
                    return event.at
        return record.created_at
