"""Requests for a looser level: one item for a document, until a second person has decided.

========  ==============================  =========
item      pk                              sk
========  ==============================  =========
request   ``T#<tenant>#D#<document_id>``  ``LEVEL``
========  ==============================  =========
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import Actor, Level, Moment, Noun

from . import items
from .transactions import Transactions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Ref

LEVEL = "LEVEL"


class LevelRequest(Noun):
    """Somebody's request to loosen a document's level, for the revision that they have seen.

    It holds ``until`` a moment. ``approved_by`` is who agreed, once somebody has: the revision
    that follows from it may still have to be opened.
    """

    revision: int
    level: Level
    instead_of: Level
    reason: str
    by: Actor
    at: Moment
    until: Moment
    approved_by: Actor | None = None


class LevelRequests:
    """The requests in one table; whoever writes one does so together with its event."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._writes = Transactions(client, table)

    def of(self, ref: Ref) -> LevelRequest | None:
        """Return the request for a document, whether it still holds or not."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=items.key(ref.tenant, ref.document_id, LEVEL),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        item = items.unmarshal(answer["Item"])
        known = {name: item[name] for name in LevelRequest.model_fields if name in item}
        return LevelRequest.model_validate(known)

    def putting(
        self, ref: Ref, request: LevelRequest, instead_of: LevelRequest | None
    ) -> dict[str, Any]:
        """Return the write of a request, in place of the one that was read or of none."""
        item = {
            "pk": items.document_key(ref.tenant, ref.document_id),
            "sk": LEVEL,
            **{name: getattr(request, name) for name in LevelRequest.model_fields},
            "expires_at": int(request.until.timestamp()),
        }
        if instead_of is None:
            return self._writes.put(item, fresh=True)
        write = self._writes.put(item)
        write["Put"] |= _as_read(instead_of)
        return write

    def approving(self, ref: Ref, request: LevelRequest, actor: Actor) -> dict[str, Any]:
        """Return the write by which a second person agrees to the request that was read."""
        condition = {"at": request.at, "level": request.level, "approved_by": None}
        return {"Update": self._writes.update(ref, LEVEL, {"approved_by": actor}, condition)}

    def dropping(self, ref: Ref, request: LevelRequest | None = None) -> dict[str, Any]:
        """Return the write that takes the request away: the one that was read, or any."""
        condition = {} if request is None else _as_read(request)
        key = items.key(ref.tenant, ref.document_id, LEVEL)
        return {"Delete": {"TableName": self._table, "Key": key, **condition}}

    def drop(self, ref: Ref, request: LevelRequest) -> None:
        """Take a request away that was dealt with; one that came since stays."""
        delete = self.dropping(ref, request)["Delete"]
        try:
            self._client.delete_item(**delete)
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _as_read(request: LevelRequest) -> dict[str, Any]:
    return {
        "ConditionExpression": "#at = :at",
        "ExpressionAttributeNames": {"#at": "at"},
        "ExpressionAttributeValues": {":at": items.attribute(request.at)},
    }
