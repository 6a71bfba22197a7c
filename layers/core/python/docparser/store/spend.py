"""What may still be spent on language models: set aside before a call, by one conditional write.

Two counters hold a tenant's caps: one of the day (UTC), one of the revision. Both are raised by the
most that a call can cost, or neither is; once it is known what it did cost, the rest is given back.
Whoever stops in between has spent what was set aside.

========  ==============  ==============================
item      pk              sk
========  ==============  ==============================
day       ``S#<tenant>``  ``D#2026-11-22``
revision  the same        ``<document_id>-r<revision>``
========  ==============  ==============================
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Ref

# A day's counter outlives its day, a revision's its walk, however often that is taken up again.
_KEPT_S = 14 * 86_400

# Two calls of one tenant may meet on its counters; the second is made a moment later.
_TRIES = 5
_PAUSE_S = 0.05


class Spend:
    """The counters in one table.

    Parameters
    ----------
    client, table
        Where they are kept.
    now, sleep
        The clock, in epoch seconds, and how it is waited.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._now = now
        self._sleep = sleep

    def reserve(
        self, ref: Ref, usd: Decimal, *, per_day: Decimal, per_document: Decimal
    ) -> Reserved | None:
        """Set aside what a call can cost at most, in US dollars.

        Parameters
        ----------
        ref
            The revision that the call is for.
        usd
            The most that the call can cost; more than nothing.
        per_day, per_document
            What the tenant may spend in a day (UTC), and on a revision.

        Returns
        -------
        Reserved or None
            None if a cap would be passed, if too many others spend at once, or if the counters
            cannot be read: the call must not be made.
        """
        now = self._now()
        if usd > min(per_day, per_document):
            return None
        tenant = f"S#{ref.tenant}"
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        counters = (
            ({"pk": {"S": tenant}, "sk": {"S": f"D#{day}"}}, per_day),
            (
                {"pk": {"S": tenant}, "sk": {"S": f"{ref.document_id}-r{ref.revision}"}},
                per_document,
            ),
        )
        writes = [_raised(self._table, key, usd, cap, int(now)) for key, cap in counters]
        for attempt in range(_TRIES):
            try:
                self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = {reason.get("Code") for reason in error.response["CancellationReasons"]}
                if "ConditionalCheckFailed" in reasons or "TransactionConflict" not in reasons:
                    return None
                self._sleep(_PAUSE_S * 2**attempt)
            except (BotoCoreError, ClientError):
                return None  # nobody knows what has been spent
            else:
                return Reserved(self._client, self._table, [key for key, _ in counters], usd)
        return None


class Reserved:
    """Money that is set aside, in US dollars."""

    def __init__(
        self, client: DynamoDBClient, table: str, keys: list[dict[str, Any]], usd: Decimal
    ) -> None:
        self._client = client
        self._table = table
        self._keys = keys
        self.usd = usd

    def settle(self, spent: Decimal) -> None:
        """Give back what a call did not cost, once; what cannot be given back stays spent.

        Parameters
        ----------
        spent
            What it cost, in US dollars; nothing for a call that was refused.
        """
        rest = self.usd - spent
        self.usd = spent
        for key in self._keys if rest > 0 else ():
            with suppress(BotoCoreError, ClientError):
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression="ADD spent_usd :rest",
                    ExpressionAttributeValues={":rest": {"N": format(-rest, "f")}},
                )


def _raised(table: str, key: dict[str, Any], usd: Decimal, cap: Decimal, now: int) -> Any:
    """Return the write that raises a counter, unless that would pass its cap."""
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET expires_at = :expires ADD spent_usd :usd",
            "ConditionExpression": "attribute_not_exists(spent_usd) OR spent_usd <= :room",
            "ExpressionAttributeValues": {
                ":usd": {"N": format(usd, "f")},
                ":room": {"N": format(cap - usd, "f")},
                ":expires": {"N": str(now + _KEPT_S)},
            },
        }
    }
