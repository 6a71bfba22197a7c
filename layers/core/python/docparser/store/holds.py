"""Legal holds: on a document's head, by the references of the matters that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.errors import Retryable
from docparser.model import RetryableCode

from . import items
from .transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Ref

HOLDS = "holds"
_BATCH = 100  # keys in one BatchGetItem
_BATCH_TRIES = 4


class Holds:
    """The holds in one table; a document is held while it has one, whatever its status."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._writes = Transactions(client, table)

    def of(self, ref: Ref) -> tuple[str, ...]:
        """Return the references that a document is held under."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=items.key(ref.tenant, ref.document_id, items.HEAD),
            ProjectionExpression=HOLDS,
            ConsistentRead=True,
        )
        item = items.unmarshal(answer.get("Item", {}))
        return tuple(item.get(HOLDS, ()))

    def any_of(self, tenant: str, documents: Iterable[str]) -> bool:
        """Whether any of some documents is held."""
        wanted = [items.key(tenant, one, items.HEAD) for one in documents]
        for first in range(0, len(wanted), _BATCH):
            if self._any_of(wanted[first : first + _BATCH]):
                return True
        return False

    def _any_of(self, keys: list[dict[str, Any]]) -> bool:
        left: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
        for _ in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(RequestItems=left)
            if any(HOLDS in item for item in answer["Responses"].get(self._table, [])):
                return True
            left = answer.get("UnprocessedKeys")
            if not left:
                return False
        raise Retryable(RetryableCode.THROTTLED)

    def setting(self, ref: Ref, holds: tuple[str, ...], were: tuple[str, ...]) -> dict[str, Any]:
        """Return the write that sets a document's holds, if they still are as they were read."""
        # No attribute at all where there is none: the condition of an erasure.
        return {
            "Update": self._writes.update(
                ref, items.HEAD, {HOLDS: holds or None}, {HOLDS: were or None}
            )
        }

    def absent(self, ref: Ref) -> dict[str, Any]:
        """Return the check of a transaction that a document is not held."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": items.key(ref.tenant, ref.document_id, items.HEAD),
                "ConditionExpression": f"attribute_not_exists({HOLDS})",
            }
        }
