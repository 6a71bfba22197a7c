"""Slots: how many documents walk at once. Leases that expire; nothing is ever counted.

====  ============  =============================
item  pk            sk
====  ============  =============================
slot  ``L#slots``   ``0001``, ``0002``, ...
====  ============  =============================

A slot that nobody holds has no item. One whose holder has ended is not given back: who needs a slot
finds that out, and takes it on the condition that nobody else did so first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.model import Moment, Noun, Ref, rfc3339

from . import items

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_dynamodb import DynamoDBClient

    from .waiting import Waiter

CLOCK_SKEW = timedelta(minutes=5)
"""How far two machines' clocks may be apart before one frees what another still holds."""

_PARTITION = "L#slots"


class Slot(Noun):
    """A slot that is held, by the execution of an attempt, until its lease runs out."""

    number: int
    ref: Ref
    lease_until: Moment

    @property
    def holder(self) -> str:
        """The name of the execution that holds it."""
        return self.ref.execution_name

    def expired(self, moment: datetime) -> bool:
        """Whether the lease has run out, whoever's clock it was written by."""
        return self.lease_until + CLOCK_SKEW < moment


class Slots:
    """The slots ``1..count`` of one table."""

    def __init__(self, client: DynamoDBClient, table: str, *, count: int) -> None:
        self._client = client
        self._table = table
        self.count = count

    def held(self) -> list[Slot]:
        """Return the slots that have a holder, expired or not; those beyond the count, too."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": _PARTITION}},
            "ConsistentRead": True,
        }
        held: list[Slot] = []
        while True:
            answer = self._client.query(**asked)
            held += [_slot(items.unmarshal(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return held
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def take(
        self, number: int, waiter: Waiter, lease_until: datetime, *, seen: Slot | None
    ) -> bool:
        """Take a slot for a document.

        Parameters
        ----------
        number
            Which slot.
        waiter
            The document.
        lease_until
            When the slot is free again whatever happens.
        seen
            Who held it when it was found free; None if nobody did.

        Returns
        -------
        bool
            False if somebody else was faster.
        """
        slot = Slot(number=number, ref=waiter.ref, lease_until=lease_until)
        try:
            self._client.put_item(
                TableName=self._table, Item=items.marshal(_item(slot)), **_unchanged(seen)
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def free(self, slot: Slot) -> bool:
        """Free a slot if it is still held as it was seen."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=items.marshal(_key(slot.number)),
                **_unchanged(slot),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _unchanged(seen: Slot | None) -> Any:
    if seen is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "holder = :holder AND lease_until = :lease",
        "ExpressionAttributeValues": {
            ":holder": {"S": seen.holder},
            ":lease": {"S": rfc3339(seen.lease_until)},
        },
    }


def _item(slot: Slot) -> dict[str, Any]:
    named = {name: getattr(slot.ref, name) for name in Ref.model_fields}
    return {**_key(slot.number), **named, "holder": slot.holder, "lease_until": slot.lease_until}


def _slot(item: dict[str, Any]) -> Slot:
    return Slot(
        number=int(item["sk"]),
        ref=Ref(**{name: item[name] for name in Ref.model_fields}),
        lease_until=item["lease_until"],
    )


def _key(number: int) -> dict[str, str]:
    return {"pk": _PARTITION, "sk": f"{number:04d}"}
