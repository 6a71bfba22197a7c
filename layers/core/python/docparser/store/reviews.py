"""What people have to look at, or have: revisions in the index of their tenant's documents."""

from __future__ import annotations

from typing import Any, NamedTuple

from docparser.model import Review, Status, WaitingFor

from . import items
from .record_reader import Known, RecordReader, known_of

AT_ONCE = 50
"""Revisions in one call of the table: their records and heads fill one answer."""

_FINISHED = frozenset({Status.COMPLETED, Status.PARTIAL})


class Found(NamedTuple):
    """Revisions, the oldest first; ``position`` is where to go on, None at the end."""

    revisions: list[tuple[str, Known]]
    position: str | None


class Reviews(RecordReader):
    """The reviews of one table. The index is a moment behind it; what it names is looked up."""

    def required(self, tenant: str, *, limit: int, after: str | None = None) -> Found:
        """Return documents that somebody should look at now: parked ones, and finished ones.

        Parameters
        ----------
        tenant
            Whose documents.
        limit
            How many to look at, at most `AT_ONCE`; what moved on since is left out.
        after
            Where an earlier answer ended.
        """
        found = self._found(tenant, decided=False, limit=limit, after=after)
        return found._replace(
            revisions=[(place, known) for place, known in found.revisions if _is_due(known)]
        )

    def decided(self, tenant: str, *, limit: int, after: str | None = None) -> Found:
        """Return revisions that people have decided about, whether they are current or not."""
        return self._found(tenant, decided=True, limit=limit, after=after)

    def _found(self, tenant: str, *, decided: bool, limit: int, after: str | None) -> Found:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by_tenant",
            "KeyConditionExpression": "gsi1pk = :part",
            "ExpressionAttributeValues": {
                ":part": {"S": items.review_key(tenant, decided=decided)}
            },
            "Limit": limit,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = items.reviewed_key(tenant, after, decided=decided)
        answer = self._client.query(**asked)
        rows = [items.unmarshal(item) for item in answer["Items"]]
        keys = {(row["pk"], sk) for row in rows for sk in (row["sk"], items.HEAD)}
        wanted = [items.marshal({"pk": pk, "sk": sk}) for pk, sk in keys]
        stored = self._batch(wanted) if wanted else []
        there = {(item["pk"], item["sk"]): item for item in stored}
        revisions = [
            (str(row["gsi1sk"]), known_of(head, items.to_record(record)))
            for row in rows
            if (record := there.get((row["pk"], row["sk"]))) is not None
            and (head := there.get((row["pk"], items.HEAD))) is not None
            and (decided or int(head["current_revision"]) == int(record["revision"]))
        ]
        more = "LastEvaluatedKey" in answer
        return Found(revisions, str(rows[-1]["gsi1sk"]) if more and rows else None)


def _is_due(known: Known) -> bool:
    record = known.record
    waits = record.status is Status.WAITING and record.waiting_for is WaitingFor.REVIEW
    return record.review is Review.REQUIRED and (waits or record.status in _FINISHED)
