"""How fast an API may be called by all functions together: a token bucket in the table.

The bucket holds one token, so that calls are evenly spaced and never come in bursts. It is kept as
the moment at which the next token is there (the generic cell rate algorithm, ITU-T I.371): each
call takes the next moment for itself by one conditional write, and waits for it. No call is made
to find out that it may not be made, and those who wait do so in turn.

======  ============  ==========
item    pk            sk
======  ============  ==========
bucket  ``P#<api>``   ``BUCKET``
======  ============  ==========
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from docparser.errors import Retryable
from docparser.model import RetryableCode

from . import items

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb import DynamoDBClient

# An item that nobody has written for so long says nothing any more.
_REMEMBERED_S = 3600

# One of the two writes fits whenever a bucket is looked at; between them another caller may have
# moved it, who then found its own turn.
_TRIES = 8


class Pace:
    """The token bucket of one API.

    Parameters
    ----------
    client, table
        Where it is kept.
    api
        The API's name, as its quota has it.
    per_second
        How many calls a second all functions together may make.
    now, sleep
        The clock, in epoch seconds, and how it is waited.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        api: str,
        per_second: float,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._key: dict[str, Any] = items.marshal({"pk": f"P#{api}", "sk": "BUCKET"})
        self._step_s = 1 / per_second
        self._now = now
        self._sleep = sleep

    def take(self, patience_s: float) -> None:
        """Take a token, and wait until it is there.

        Parameters
        ----------
        patience_s
            The longest wait, in seconds.

        Raises
        ------
        Retryable
            THROTTLED: it would take longer. No token was taken.
        """
        for _ in range(_TRIES):
            now = self._now()
            turn = self._queued(now, patience_s)
            if turn is None and self._idle(now):
                return
            if turn is not None:
                self._sleep(max(turn - self._now(), 0.0))
                return
            if self._full(now, patience_s):
                break
        raise Retryable(RetryableCode.THROTTLED)

    def _queued(self, now: float, patience_s: float) -> float | None:
        """Take the next moment of a bucket that is in use; return it, or None if it is not."""
        written = self._write(
            "SET next_at = next_at + :step, expires_at = :expires",
            "next_at >= :now AND next_at <= :latest",
            {":step": self._step_s, ":now": now, ":latest": now + patience_s},
            now,
        )
        return None if written is None else written - self._step_s

    def _idle(self, now: float) -> bool:
        """Take the token of a bucket that is full; return False if it is not."""
        written = self._write(
            "SET next_at = :next, expires_at = :expires",
            "attribute_not_exists(pk) OR next_at < :now",
            {":next": now + self._step_s, ":now": now},
            now,
        )
        return written is not None

    def _full(self, now: float, patience_s: float) -> bool:
        """Tell whether so many wait that there is no turn within the patience."""
        answer = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        item = answer.get("Item")
        return item is not None and float(item["next_at"]["N"]) > now + patience_s

    def _write(
        self, update: str, condition: str, values: dict[str, float], now: float
    ) -> float | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={
                    **{name: {"N": f"{value:.3f}"} for name, value in values.items()},
                    ":expires": {"N": str(int(now) + _REMEMBERED_S)},
                },
                ReturnValues="UPDATED_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return float(answer["Attributes"]["next_at"]["N"])
