"""What the table says of many documents, in few calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer
from docparser.model import Event, Record, Ref, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # keys in one BatchGetItem call
_deserialize = TypeDeserializer().deserialize


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
                _key(ref.tenant, ref.document_id, f"R#{ref.revision:04d}")
                for ref in refs[start : start + _BATCH]
            ]
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in answer["Responses"].get(self._table, []):
                record = _record(_plain(item))
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
        heads = [_plain(item) for item in answer["Items"]]
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
        answer = self._client.get_item(TableName=self._table, Key=_key(tenant, document_id, "HEAD"))
        return str(_plain(answer.get("Item", {})).get("name", ""))

    def events(self, ref: Ref) -> list[Event]:
        """Return the events of a document's revision, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :events)",
            ExpressionAttributeValues={
                ":pk": {"S": _document_key(ref.tenant, ref.document_id)},
                ":events": {"S": f"E#{ref.revision:04d}#"},
            },
        )
        return [_event(ref, _plain(item)) for page in pages for item in page["Items"]]

    def queued_at(self, record: Record) -> datetime:
        """Return when a record's attempt was taken in."""
        if record.ref.attempt > 1:
            for event in self.events(record.ref):
                if event.to is Status.QUEUED and event.ref.attempt == record.ref.attempt:
                    return event.at
        return record.created_at


def _document_key(tenant: str, document_id: str) -> str:
    return f"T#{tenant}#D#{document_id}"


def _key(tenant: str, document_id: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": _document_key(tenant, document_id)}, "sk": {"S": sk}}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


def _record(item: dict[str, Any]) -> Record:
    ref = {name: item[name] for name in Ref.model_fields}
    known = {name: item[name] for name in Record.model_fields if name in item}
    return Record.model_validate({**known, "ref": ref})


def _event(ref: Ref, item: dict[str, Any]) -> Event:
    return Event(
        ref=ref.model_copy(update={"attempt": int(item["attempt"])}),
        seq=int(item["sk"].rpartition("#")[2]),
        at=item["at"],
        from_=item.get("from"),
        to=item["to"],
        stage=item["stage"],
        code=item.get("code"),
    )
