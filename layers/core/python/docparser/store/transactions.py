"""Conditional writes to the table: several items together or none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from docparser.errors import Retryable
from docparser.model import RetryableCode

from . import items

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Ref

_CONFLICT = "ConditionalCheckFailed"


class Transactions:
    """The writes of one table, as its API takes them."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, item: dict[str, Any], *, fresh: bool = False) -> dict[str, Any]:
        """Return the write of an item, which must not exist yet if it is ``fresh``."""
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if fresh else {}
        return {"Put": {"TableName": self._table, "Item": items.marshal(item), **condition}}

    def update(
        self, ref: Ref, sk: str, values: dict[str, Any], condition: dict[str, Any]
    ) -> dict[str, Any]:
        """Return a document's update that sets values, and removes those that are None.

        Parameters
        ----------
        ref
            Whose item.
        sk
            Which of the document's items.
        values
            The attributes that change.
        condition
            The attributes that must be as they are named here, those that are None must not be
            there; the item must exist.
        """
        kept = {name: value for name, value in values.items() if value is not None}
        dropped = [name for name, value in values.items() if value is None]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
        if dropped:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in dropped)
        conditions = ["attribute_exists(pk)"]
        for name, was in condition.items():
            absent = was is None
            conditions.append(
                f"attribute_not_exists(#{name})" if absent else f"#{name} = :was_{name}"
            )
        update = {
            "TableName": self._table,
            "Key": items.key(ref.tenant, ref.document_id, sk),
            "UpdateExpression": expression.strip(),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {f"#{name}": name for name in {*values, *condition}},
        }
        given = {
            **{f":{name}": items.attribute(value) for name, value in kept.items()},
            **{
                f":was_{name}": items.attribute(was)
                for name, was in condition.items()
                if was is not None
            },
        }
        return {**update, "ExpressionAttributeValues": given} if given else update

    def standing(self, ref: Ref, sk: str, condition: dict[str, Any]) -> dict[str, Any]:
        """Return the check that one of a document's items is as an update would want it."""
        update = self.update(ref, sk, {}, condition)
        del update["UpdateExpression"]
        return {"ConditionCheck": update}

    def run(self, writes: list[Any]) -> bool:
        """Write everything or nothing; False if a condition does not hold.

        Raises
        ------
        Retryable
            Another transaction holds an item, or the table throttles: the same writes may pass.
        """
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = {row.get("Code") for row in error.response.get("CancellationReasons", [])}
            if _CONFLICT in reasons:
                return False
            raise Retryable(RetryableCode.THROTTLED) from None
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "TransactionInProgressException":
                raise Retryable(RetryableCode.THROTTLED) from None
            raise
        return True

    def insert(self, item: dict[str, Any]) -> bool:
        """Write one item alone; False if it exists."""
        try:
            self._client.put_item(**self.put(item, fresh=True)["Put"])
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def run_one(self, update: dict[str, Any]) -> bool:
        """Write one update alone; False if its condition does not hold."""
        try:
            self._client.update_item(**update)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
