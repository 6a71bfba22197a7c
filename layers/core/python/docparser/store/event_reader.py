"""What the table tells of events: a revision's, a document's, a day's."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from . import items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Event, Ref


class EventReader:
    """The events of one table; those of a day come from an index, which is a moment behind."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def of_revision(self, ref: Ref) -> Iterator[Event]:
        """Yield a revision's events, of all its attempts, the first first."""
        return self._of(ref.tenant, ref.document_id, items.events_prefix(ref.revision))

    def of_document(self, tenant: str, document_id: str) -> Iterator[Event]:
        """Yield the events of all revisions of a document, in their order."""
        return self._of(tenant, document_id, items.EVENTS)

    def some_of_document(
        self, tenant: str, document_id: str, *, limit: int, after: tuple[int, int] | None
    ) -> list[Event]:
        """Return so many events of a document, those behind a revision's event of a number."""
        asked: dict[str, Any] = (
            {}
            if after is None
            else {"ExclusiveStartKey": items.key(tenant, document_id, items.event_key(*after))}
        )
        found = self._of(tenant, document_id, items.EVENTS, Limit=limit, **asked)
        return list(islice(found, limit))

    def of_day(self, day: date, first_hex: str) -> Iterator[Event]:
        """Yield the events of a day (UTC) of one sixteenth of all documents.

        They come document by document, each in the order of its revisions and their events.

        Parameters
        ----------
        day
            The day that the events name.
        first_hex
            The first hex digit of the documents' ids.
        """
        return self._query(
            IndexName="by_day",
            KeyConditionExpression="gsi3pk = :day",
            ExpressionAttributeValues={":day": {"S": items.day_key(day, first_hex)}},
        )

    def _of(self, tenant: str, document_id: str, prefix: str, **asked: Any) -> Iterator[Event]:
        return self._query(
            **asked,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":pk": {"S": items.document_key(tenant, document_id)},
                ":prefix": {"S": prefix},
            },
            ConsistentRead=True,
        )

    def _query(self, **asked: Any) -> Iterator[Event]:
        while True:
            answer = self._client.query(TableName=self._table, **asked)
            yield from (items.to_event(items.unmarshal(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
