"""Erasures under way: who wants them, what was found so far, and which files lie inside a document.

==========  ==============================  ===============================
item        pk                              sk
==========  ==============================  ===============================
erasure     ``T#<tenant>#D#<document_id>``  ``ERASURE``
found       the same                        ``X#<hash of what it lists>``
child       the same, of its parent         ``K#<document_id>``
==========  ==============================  ===============================

What is about to be deleted is listed in the table first: a purge that ends half-way and is
repeated still proves all of it. Both kinds of items go with the proof.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from docparser.model import Actor, Moment, Zone
from docparser.model.base import DocumentId, Noun, Tenant

from . import items
from .claims import REVIEW
from .level_requests import LEVEL
from .transactions import Transactions
from .waiting import waiting_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

    from docparser.model import Record, Ref

ERASURE = "ERASURE"

_FOUND = "X#"
_LINES = 1000  # some 150 bytes each, in an item of 400 KB


class Erasing(Noun):
    """An erasure that somebody has asked for and that is not proven yet.

    Before ``quiet_from`` a function of a walk that was cancelled may still write. ``passages`` is
    how many the index had.
    """

    by: Actor
    reason: str
    at: Moment
    children: bool
    quiet_from: Moment
    passages: int = 0


class Found(Noun):
    """One version of an object of a document: ``line`` names it as the proof does, in bytes."""

    line: str
    size_bytes: int


class PurgeOrder(Noun):
    """A message: an erased document is to be purged, or any document from a zone it left.

    From a zone that its level has forbidden, ``zone``, its own function has deleted what is not
    locked; the rest wants the right to pass locks. So it is with what a ``revision`` has left
    there that was cancelled.
    """

    tenant: Tenant
    document_id: DocumentId
    zone: Zone | None = None
    revision: int | None = None


class Erasures:
    """The erasures in one table, and the queue of those who purge."""

    def __init__(self, client: DynamoDBClient, table: str, sqs: SQSClient, queue_url: str) -> None:
        self._client = client
        self._table = table
        self._sqs = sqs
        self._queue_url = queue_url
        self._writes = Transactions(client, table)

    # ------------------------------------------------------------------ asked for
    def send(self, ref: Ref, zone: Zone | None = None, *, revision: int | None = None) -> None:
        """Let a document be purged soon; telling it twice does no harm."""
        message = PurgeOrder(
            tenant=ref.tenant, document_id=ref.document_id, zone=zone, revision=revision
        )
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message.to_json().decode())

    def of(self, ref: Ref) -> Erasing | None:
        """Return the erasure of a document that is under way."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=items.key(ref.tenant, ref.document_id, ERASURE),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        item = items.unmarshal(answer["Item"])
        return Erasing.model_validate(
            {name: item[name] for name in Erasing.model_fields if name in item}
        )

    def beginning(self, ref: Ref, erasing: Erasing) -> list[dict[str, Any]]:
        """Return the writes by which an erasure begins: nobody reads the name from then on.

        They have the condition that the document is not held, and that the revision is its current
        one: the next one would go on.
        """
        fields = {name: getattr(erasing, name) for name in Erasing.model_fields}
        item = {
            "pk": items.document_key(ref.tenant, ref.document_id),
            "sk": ERASURE,
            **fields,
        }
        head = {
            "name": "",
            "tags": None,
            "level": None,
            "erased": items.WITH_CHILDREN if erasing.children else items.ALONE,
        }
        standing = {"holds": None, "current_revision": ref.revision}
        update = self._writes.update(ref, items.HEAD, head, standing)
        return [self._writes.put(item), {"Update": update}]

    def leaving_queue(self, queued: Record) -> dict[str, Any]:
        """Return the write by which a QUEUED document waits no longer for a walk."""
        item = items.marshal(waiting_item(queued, queued.updated_at))
        key = {"pk": item["pk"], "sk": item["sk"]}
        return {"Delete": {"TableName": self._table, "Key": key}}

    def ending(self, ref: Ref) -> list[dict[str, Any]]:
        """Return the writes by which an erasure ends; it has not ended before.

        Whoever looked at the document, or asked for another level of it, has nothing left to do.
        """
        ended, *others = (
            {
                "Delete": {
                    "TableName": self._table,
                    "Key": items.key(ref.tenant, ref.document_id, sk),
                }
            }
            for sk in (ERASURE, LEVEL, REVIEW)
        )
        ended["Delete"]["ConditionExpression"] = "attribute_exists(pk)"
        return [ended, *others]

    # ------------------------------------------------------------------ found
    def note_passages(self, ref: Ref, passages: int) -> None:
        """Note how many passages the index has, or has lost, unless more were noted before."""
        self._writes.run_one(
            {
                "TableName": self._table,
                "Key": items.key(ref.tenant, ref.document_id, ERASURE),
                "UpdateExpression": "SET passages = :passages",
                "ConditionExpression": "passages < :passages",
                "ExpressionAttributeValues": {":passages": items.attribute(passages)},
            }
        )

    def keep(self, ref: Ref, found: Sequence[Found]) -> None:
        """Note what is about to be deleted; noting the same again changes nothing."""
        for first in range(0, len(found), _LINES):
            some = found[first : first + _LINES]
            listed = "\n".join(one.line for one in some)
            item = {
                "pk": items.document_key(ref.tenant, ref.document_id),
                "sk": f"{_FOUND}{hashlib.sha256(listed.encode()).hexdigest()}",
                "lines": listed,
                "sizes": [one.size_bytes for one in some],
            }
            self._client.put_item(**self._writes.put(item)["Put"])

    def found(self, ref: Ref) -> Iterator[Found]:
        """Yield what was noted, some of it perhaps twice, in no order."""
        for item in self._below(ref, _FOUND):
            for line, size in zip(item["lines"].split("\n"), item["sizes"], strict=True):
                yield Found(line=line, size_bytes=int(size))

    def forget_found(self, ref: Ref) -> None:
        """Delete what was noted."""
        for item in self._below(ref, _FOUND):
            self._client.delete_item(
                TableName=self._table,
                Key=items.key(ref.tenant, ref.document_id, str(item["sk"])),
            )

    # ------------------------------------------------------------------ what else there is
    def children(self, ref: Ref) -> Iterator[str]:
        """Yield the documents that came inside one."""
        for item in self._below(ref, items.CHILDREN):
            yield str(item["sk"]).removeprefix(items.CHILDREN)

    def descendants(self, ref: Ref) -> Iterator[str]:
        """Yield the documents that came inside one, and inside those."""
        below = [*self.children(ref)]
        seen = {ref.document_id}
        while below:
            child = below.pop()
            if child in seen:
                continue
            seen.add(child)
            yield child
            below += self.children(ref.model_copy(update={"document_id": child}))

    def forget_names(self, ref: Ref) -> int:
        """Empty the names under which a document came; return how many there were."""
        emptied = 0
        for item in self._below(ref, items.ALIASES):
            if item["name"]:
                update = self._writes.update(ref, str(item["sk"]), {"name": ""}, {})
                self._writes.run_one(update)
                emptied += 1
        return emptied

    def _below(self, ref: Ref, prefix: str) -> Iterable[dict[str, Any]]:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": items.document_key(ref.tenant, ref.document_id)},
                ":prefix": {"S": prefix},
            },
            "ConsistentRead": True,
        }
        while True:
            answer = self._client.query(**asked)
            for item in answer["Items"]:
                yield items.unmarshal(item)
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
