"""Callbacks: who waits for an answer of the OCR endpoint, and the tokens that answers are given to.

================  =====================  =========
item              pk                     sk
================  =====================  =========
callback          ``C#<inference_id>``   ``TOKEN``
================  =====================  =========
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docparser.model import Moment, Noun, PlannedShard, Ref

from . import items, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_stepfunctions import SFNClient


class Callback(Noun):
    """A state that waits, by its token, for the answer about one shard.

    ``pages`` are the planned numbers of the pages that were sent, in the order of the input.
    ``gb_seconds`` is what sending them used of Lambda, in gigabyte-seconds.
    """

    ref: Ref
    shard: PlannedShard
    task_token: str
    pages: tuple[int, ...]
    requested_at: Moment
    gb_seconds: float = 0

    @property
    def inference_id(self) -> str:
        """The name of the inference: a retry of the same shard has the same."""
        return layout.inference_id(self.ref, self.shard.shard_id)


class Callbacks:
    """The callbacks of one table; a retry of a shard replaces the callback of the try before."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, callback: Callback, lifetime: timedelta) -> None:
        """Remember who waits; the table forgets it after the lifetime if nobody ever answers."""
        fields = {name: getattr(callback, name) for name in Callback.model_fields}
        item = {
            **fields,
            **_key(callback.inference_id),
            "expires_at": int((callback.requested_at + lifetime).timestamp()),
        }
        self._client.put_item(TableName=self._table, Item=items.marshal(item))

    def get(self, inference_id: str) -> Callback | None:
        """Return who waits for an inference, or None if nobody does."""
        answer = self._client.get_item(
            TableName=self._table, Key=items.marshal(_key(inference_id)), ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        known = items.unmarshal(item)
        return Callback.model_validate({name: known[name] for name in Callback.model_fields})

    def delete(self, callback: Callback) -> bool:
        """Forget who waited; return False if a newer try waits under the same name.

        The moment is compared besides the token: an interpreter of the state machine may give a
        retry the token of the try before.
        """
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=items.marshal(_key(callback.inference_id)),
                ConditionExpression=(
                    "attribute_not_exists(pk) OR (task_token = :token AND requested_at = :moment)"
                ),
                ExpressionAttributeValues={
                    ":token": items.attribute(callback.task_token),
                    ":moment": items.attribute(callback.requested_at),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class TaskTokens:
    """Answers to states that wait. A token that nobody waits for any more is no error."""

    def __init__(self, client: SFNClient) -> None:
        self._client = client

    def succeed(self, token: str, output: dict[str, Any]) -> bool:
        """Let the state go on; return False if it no longer waits."""
        return self._sent(
            lambda: self._client.send_task_success(taskToken=token, output=json.dumps(output))
        )

    def fail(self, token: str, *, error: str, message: str) -> bool:
        """Fail the state as a function's error would; return False if it no longer waits.

        Parameters
        ----------
        token
            The state's token.
        error
            The error's name, which Retry and Catch compare.
        message
            What a function's error would say: code, stage and page as JSON.
        """
        cause = json.dumps({"errorType": error, "errorMessage": message})
        return self._sent(
            lambda: self._client.send_task_failure(taskToken=token, error=error, cause=cause)
        )

    def _sent(self, send: Callable[[], object]) -> bool:
        gone = self._client.exceptions
        try:
            send()
        except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
            return False
        return True


def _key(inference_id: str) -> dict[str, str]:
    return {"pk": f"C#{inference_id}", "sk": "TOKEN"}
