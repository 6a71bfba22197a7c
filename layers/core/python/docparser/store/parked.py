"""Parked walks: the tokens by which they go on.

======  =======================  =========
item    pk                       sk
======  =======================  =========
parked  ``C#<execution name>``   ``TOKEN``
======  =======================  =========
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import Moment, Noun, Ref, WaitingFor

from . import items

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient


class Parked(Noun):
    """A walk that waits, by the token of its state, for a person or a service."""

    ref: Ref
    waiting_for: WaitingFor
    task_token: str
    parked_at: Moment


class ParkedWalks:
    """The parked walks of one table: each has one token, the last one that it was given."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, parked: Parked, until: datetime) -> None:
        """Remember by which token a walk goes on; the table forgets it some time after."""
        fields = {name: getattr(parked, name) for name in Parked.model_fields}
        item = {**fields, **_key(parked.ref), "expires_at": int(until.timestamp())}
        self._client.put_item(TableName=self._table, Item=items.marshal(item))

    def get(self, ref: Ref) -> Parked | None:
        """Return how an attempt's walk goes on, or None if it is not parked."""
        answer = self._client.get_item(
            TableName=self._table, Key=items.marshal(_key(ref)), ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        known = items.unmarshal(item)
        return Parked.model_validate({name: known[name] for name in Parked.model_fields})

    def delete(self, parked: Parked) -> bool:
        """Forget a token that was answered; False if the walk is parked by a newer one.

        The moment is compared besides the token: an interpreter of the state machine may give a
        state that runs again the token of its run before.
        """
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=items.marshal(_key(parked.ref)),
                ConditionExpression=(
                    "attribute_not_exists(pk) OR (task_token = :token AND parked_at = :moment)"
                ),
                ExpressionAttributeValues={
                    ":token": items.attribute(parked.task_token),
                    ":moment": items.attribute(parked.parked_at),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(ref: Ref) -> dict[str, Any]:
    return {"pk": f"C#{ref.execution_name}", "sk": "TOKEN"}
