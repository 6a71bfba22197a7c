"""Claims: who looks at a document just now, so that no two people decide about it.

=====  ==============================  ==========
item   pk                              sk
=====  ==============================  ==========
claim  ``T#<tenant>#D#<document_id>``  ``REVIEW``
=====  ==============================  ==========
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.errors import Retryable
from docparser.model import Moment, Noun, RetryableCode
from docparser.model.record import Actor  # noqa: TC001 - Pydantic reads it

from . import items

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Ref

REVIEW = "REVIEW"

_BATCH = 100
_BATCH_TRIES = 4


class Claim(Noun):
    """A revision that one person looks at, and nobody else ``until`` then."""

    revision: int
    by: Actor
    at: Moment
    until: Moment

    def holds(self, ref: Ref, moment: datetime) -> bool:
        """Whether it is for this revision, and has not expired."""
        return self.revision == ref.revision and moment < self.until


class Claims:
    """The claims in one table; whoever writes one does so together with its event."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def of(self, ref: Ref) -> Claim | None:
        """Return the claim on a document, whether it holds or not."""
        answer = self._client.get_item(TableName=self._table, Key=_key(ref), ConsistentRead=True)
        return _claim(answer["Item"]) if "Item" in answer else None

    def of_all(self, refs: Iterable[Ref]) -> dict[str, Claim]:
        """Return the claims on at most 100 documents, whether they hold or not, by ids."""
        wanted: Any = {self._table: {"Keys": [_key(ref) for ref in refs]}}
        found: dict[str, Claim] = {}
        if not wanted[self._table]["Keys"]:
            return found
        for _ in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(RequestItems=wanted)
            for item in answer["Responses"].get(self._table, []):
                found[str(item["pk"]["S"]).rpartition("#")[2]] = _claim(item)
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return found
        raise Retryable(RetryableCode.THROTTLED)

    def taking(self, ref: Ref, claim: Claim, instead_of: Claim | None) -> dict[str, Any]:
        """Return the write of a claim, in place of the one that was read or of none."""
        item = {
            **items.unmarshal(_key(ref)),
            **{name: getattr(claim, name) for name in Claim.model_fields},
            "expires_at": int(claim.until.timestamp()),
        }
        condition = (
            {"ConditionExpression": "attribute_not_exists(pk)"}
            if instead_of is None
            else _as_read(instead_of)
        )
        return {"Put": {"TableName": self._table, "Item": items.marshal(item), **condition}}

    def dropping(self, ref: Ref, claim: Claim) -> dict[str, Any]:
        """Return the write that takes the claim away that was read."""
        return {"Delete": {"TableName": self._table, "Key": _key(ref), **_as_read(claim)}}


def _claim(item: dict[str, Any]) -> Claim:
    known = items.unmarshal(item)
    return Claim.model_validate({name: known[name] for name in Claim.model_fields})


def _key(ref: Ref) -> dict[str, Any]:
    return items.key(ref.tenant, ref.document_id, REVIEW)


def _as_read(claim: Claim) -> dict[str, Any]:
    return {
        "ConditionExpression": "#at = :at AND #by = :by",
        "ExpressionAttributeNames": {"#at": "at", "#by": "by"},
        "ExpressionAttributeValues": {
            ":at": items.attribute(claim.at),
            ":by": items.attribute(claim.by),
        },
    }
