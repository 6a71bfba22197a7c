"""The tenants' policies: the one that holds, and every version that ever did.

=======================  ==============  ===================
item                     pk              sk
=======================  ==============  ===================
the policy that holds    ``P#<tenant>``  ``POLICY``
one version              ``P#<tenant>``  ``POLICY#000007``
=======================  ==============  ===================

Both are written by one transaction, which only the version before it lets through. Each version
names who set it and carries the hash of the one before, so that a decision can always be read
together with its rules, and nobody changes a rule unseen.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from docparser import observability
from docparser.model import PolicyChange, TenantPolicy, now
from docparser.policy import closed, default_policy, merged

from . import items
from .transactions import Transactions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from docparser.model import Actor, Policy

_CURRENT = "POLICY"
_LAST_VERSION = 999_999


class Holding(NamedTuple):
    """The rules that hold, and the tenant's own version that they come from: 0 if it has none.

    ``change`` is None where there is none, and where it cannot be read.
    """

    policy: Policy
    version: int
    change: PolicyChange | None


class Policies:
    """The policies in one table. Nothing is remembered between two calls."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._writes = Transactions(client, table)

    def of(self, tenant: str) -> Policy:
        """Return the rules that hold for a tenant, as `holding` finds them."""
        return self.holding(tenant).policy

    def holding(self, tenant: str) -> Holding:
        """Return the rules that hold for a tenant: its own over the default ones.

        Where its own cannot be read, those that stand for them (`docparser.policy.closed`): a
        look-up that fails denies.
        """
        item = self._item(tenant, _CURRENT)
        if item is None:
            return Holding(default_policy(), 0, None)
        change = _read(item)
        if change is None:
            observability.count("PolicyUnreadable")
            return Holding(closed(), int(item["version"]), None)
        return Holding(merged(change.policy, change.version), change.version, change)

    def at(self, tenant: str, version: int) -> PolicyChange | None:
        """Return one version of a tenant's policy; None if there is none, or none to be read."""
        item = self._item(tenant, _version_key(version))
        return None if item is None else _read(item)

    def change(
        self, tenant: str, policy: TenantPolicy, *, replaces: int, actor: Actor
    ) -> PolicyChange | None:
        """Set a tenant's policy; None if another version holds than the one that it replaces.

        The same change again finds itself done.

        Parameters
        ----------
        tenant
            Whose policy.
        policy
            What it says; {} takes all back.
        replaces
            The version that its author has seen, 0 if there was none.
        actor
            Who sets it.
        """
        before = self._item(tenant, _version_key(replaces)) if replaces else None
        change = _sealed(
            PolicyChange(
                tenant=tenant,
                version=replaces + 1,
                at=now(),
                actor=actor,
                policy=policy,
                previous=None if before is None else before.get("sha256"),
            )
        )
        if self._writes.run(self._changing(change)):
            return change
        done = self.at(tenant, change.version)
        if done is not None and (done.policy, done.actor) == (policy, actor):
            return done
        return None

    def history(
        self, tenant: str, *, before: int | None, limit: int
    ) -> tuple[list[PolicyChange], int | None]:
        """Return versions of a tenant's policy, the newest first, and below which to go on.

        One that cannot be read is left out: the gap in the versions shows it.

        Parameters
        ----------
        tenant
            Whose policy.
        before
            Only versions below this one; all if None.
        limit
            How many at most.
        """
        last = _LAST_VERSION if before is None else before - 1
        if last < 1:
            return [], None
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": _partition(tenant)},
                ":first": {"S": _version_key(1)},
                ":last": {"S": _version_key(last)},
            },
            ScanIndexForward=False,
            Limit=limit,
            ConsistentRead=True,
        )
        rows = [items.unmarshal(row) for row in answer["Items"]]
        changes = [change for change in map(_read, rows) if change is not None]
        more = "LastEvaluatedKey" in answer
        return changes, int(rows[-1]["sk"].rpartition("#")[2]) if more and rows else None

    # ------------------------------------------------------------------ items
    def _item(self, tenant: str, sk: str) -> dict[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table,
            Key={"pk": {"S": _partition(tenant)}, "sk": {"S": sk}},
            ConsistentRead=True,
        )
        return items.unmarshal(answer["Item"]) if "Item" in answer else None

    def _changing(self, change: PolicyChange) -> list[dict[str, Any]]:
        current: dict[str, Any] = {
            "TableName": self._table,
            "Item": items.marshal(_item_of(change, _CURRENT)),
        }
        if change.version == 1:
            current["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            current["ConditionExpression"] = "#version = :was"
            current["ExpressionAttributeNames"] = {"#version": "version"}
            current["ExpressionAttributeValues"] = {":was": items.attribute(change.version - 1)}
        kept = self._writes.put(_item_of(change, _version_key(change.version)), fresh=True)
        return [{"Put": current}, kept]


def _partition(tenant: str) -> str:
    return f"P#{tenant}"


def _version_key(version: int) -> str:
    return f"{_CURRENT}#{version:06d}"


def _item_of(change: PolicyChange, sk: str) -> dict[str, Any]:
    fields = {name: getattr(change, name) for name in PolicyChange.model_fields}
    # As text: its hash is over these very numbers, which the table would keep as others.
    fields["policy"] = change.policy.model_dump_json()
    return {"pk": _partition(change.tenant), "sk": sk, **fields}


def _read(item: dict[str, Any]) -> PolicyChange | None:
    """Return the version in an unmarshalled item; None if it is not one that was ever written."""
    known = {name: item[name] for name in PolicyChange.model_fields if name in item}
    try:
        policy = TenantPolicy.model_validate_json(known.pop("policy"))
        change = PolicyChange.model_validate({**known, "policy": policy})
    except (KeyError, TypeError, ValidationError):
        return None
    return change if change == _sealed(change) else None


def _sealed(change: PolicyChange) -> PolicyChange:
    """Return a version with its hash: SHA-256 over its canonical JSON without it."""
    told = change.model_dump(mode="json", exclude={"sha256"})
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return change.model_copy(update={"sha256": digest})
