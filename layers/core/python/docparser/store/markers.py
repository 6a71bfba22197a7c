"""Markers of a backfill: one item of the table for every object that was dealt with.

==============  ==============================  ===========================================
item            pk                              sk
==============  ==============================  ===========================================
marker          ``B#<run>``                     sha256 of bucket, key and version or ETag
==============  ==============================  ===========================================

The sort keys of a run are spread evenly, whatever its objects are called: the first page of its
markers is a sample of all of them.
"""

from __future__ import annotations

import time
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.errors import Retryable
from docparser.model import RetryableCode, now

from . import items

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Record

KEPT = timedelta(days=90)
"""How long a marker is kept: as long as Step Functions keeps the executions of a run."""

_BATCH = 100  # keys in one BatchGetItem
_BATCH_TRIES = 5  # an answer ends at 16 MB, or where the table throttles
_PAUSE_S = 0.1


class Outcome(StrEnum):
    """What became of an object: the first word of its row in the report.

    TAKEN began a walk, KNOWN is the bytes of a document that was there already, SKIPPED is nothing
    that could be a document, UNREADABLE could not be read or taken in, for the reason in its code.
    """

    TAKEN = "TAKEN"
    KNOWN = "KNOWN"
    SKIPPED = "SKIPPED"
    UNREADABLE = "UNREADABLE"


class Marker(NamedTuple):
    """One object of a run, by its ``item_id``, and what became of it.

    ``key`` is somebody else's: it stands in the table and in the report, and in no log.
    """

    item_id: str
    key: str
    outcome: Outcome
    version_id: str | None = None
    document_id: str | None = None
    code: str | None = None


class Markers:
    """The markers of one table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def known(self, run: str, item_ids: Iterable[str]) -> set[str]:
        """Return which of some objects are marked.

        Raises
        ------
        Retryable
            THROTTLED: the table does not answer for all of them.
        """
        keys = [_key(run, item_id) for item_id in item_ids]
        return {item["sk"] for item in self._batch(keys)}

    def put(self, run: str, marker: Marker) -> None:
        """Mark an object; to mark it again is harmless."""
        item = {
            "pk": _run_key(run),
            "sk": marker.item_id,
            "key": marker.key,
            "version_id": marker.version_id,
            "document_id": marker.document_id,
            "outcome": marker.outcome,
            "code": marker.code,
            "marked_at": now(),
            "expires_at": int((now() + KEPT).timestamp()),
        }
        self._client.put_item(TableName=self._table, Item=items.marshal(item))

    def pages(self, run: str) -> Iterator[list[Marker]]:
        """Yield a run's markers, in pages of at most 1 MB, in the order of their ids."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :run",
            ExpressionAttributeValues={":run": {"S": _run_key(run)}},
            ConsistentRead=True,
        )
        for page in pages:
            yield [_marker(items.unmarshal(item)) for item in page["Items"]]

    def standing(self, tenant: str, document_ids: Collection[str]) -> dict[str, Record]:
        """Return the current records of documents, by id; one that is not there is left out.

        Raises
        ------
        Retryable
            THROTTLED: the table does not answer for all of them.
        """
        heads = self._batch([items.key(tenant, each, items.HEAD) for each in document_ids])
        keys = [
            {"pk": head["pk"], "sk": items.revision_key(int(head["current_revision"]))}
            for head in heads
        ]
        records = map(items.to_record, self._batch([items.marshal(key) for key in keys]))
        return {record.ref.document_id: record for record in records}

    def _batch(self, keys: list[Any]) -> list[dict[str, Any]]:
        """Return the items of any number of keys, those that exist, in no order."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(keys), _BATCH):
            wanted: Any = {
                self._table: {"Keys": keys[start : start + _BATCH], "ConsistentRead": True}
            }
            for tried in range(_BATCH_TRIES):
                time.sleep(_PAUSE_S * tried)
                answer = self._client.batch_get_item(RequestItems=wanted)
                rows = answer["Responses"].get(self._table, [])
                found += [items.unmarshal(item) for item in rows]
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
            else:
                raise Retryable(RetryableCode.THROTTLED)
        return found


def _run_key(run: str) -> str:
    return f"B#{run}"


def _key(run: str, item_id: str) -> dict[str, Any]:
    return {"pk": {"S": _run_key(run)}, "sk": {"S": item_id}}


def _marker(item: dict[str, Any]) -> Marker:
    return Marker(
        item_id=item["sk"],
        key=item["key"],
        outcome=Outcome(item["outcome"]),
        version_id=item.get("version_id"),
        document_id=item.get("document_id"),
        code=item.get("code"),
    )
