"""Policies in the table: one holds, every version stays, a broken one lets nothing out."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from docparser.model import Level, PiiRule, PiiType, TenantPolicy
from docparser.policy import DEFAULT_VERSION, default_policy, is_readable
from docparser.store.policies import Policies

from tests.contract.premises import Premises

STRICT = TenantPolicy(pii={PiiType.PERSON: PiiRule(level=Level.INTERNAL)})
REDACTING = TenantPolicy(redact=True)


@pytest.fixture
def policies(premises: Premises) -> Policies:
    return Policies(premises.client("dynamodb"), premises.table)


@pytest.fixture
def tenant() -> str:
    return f"t{uuid.uuid4().hex[:12]}"


def attributes(premises: Premises, tenant: str, **changes: Any) -> None:
    """Change attributes of the policy that holds, as only somebody beside us would."""
    premises.client("dynamodb").update_item(
        TableName=premises.table,
        Key={"pk": {"S": f"P#{tenant}"}, "sk": {"S": "POLICY"}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        ExpressionAttributeNames={f"#{name}": name for name in changes},
        ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
    )


def test_without_a_policy_the_default_holds(policies: Policies, tenant: str) -> None:
    assert policies.of(tenant) == default_policy()
    assert policies.holding(tenant) == (default_policy(), 0, None)
    assert policies.history(tenant, before=None, limit=10) == ([], None)


def test_a_change_holds_for_its_tenant_alone(policies: Policies, tenant: str) -> None:
    change = policies.change(tenant, STRICT, replaces=0, actor="alice")

    assert change is not None
    assert (change.version, change.actor, change.previous) == (1, "alice", None)
    policy = policies.of(tenant)
    assert policy.version == f"{DEFAULT_VERSION}+1"
    assert policy.pii[PiiType.PERSON].level is Level.INTERNAL
    assert policies.of(f"{tenant}x") == default_policy()


def test_every_version_can_be_read_again(policies: Policies, tenant: str) -> None:
    first = policies.change(tenant, STRICT, replaces=0, actor="alice")
    second = policies.change(tenant, REDACTING, replaces=1, actor="bob")
    third = policies.change(tenant, TenantPolicy(), replaces=2, actor="alice")

    assert [policies.at(tenant, version) for version in (1, 2, 3)] == [first, second, third]
    assert policies.at(tenant, 4) is None
    assert second is not None
    assert first is not None
    assert second.previous == first.sha256
    assert policies.history(tenant, before=None, limit=2) == ([third, second], 2)
    assert policies.history(tenant, before=2, limit=2) == ([first], None)
    assert policies.history(tenant, before=1, limit=2) == ([], None)


@pytest.mark.parametrize("replaces", [0, 2])
def test_only_the_version_that_holds_is_replaced(
    policies: Policies, tenant: str, replaces: int
) -> None:
    policies.change(tenant, STRICT, replaces=0, actor="alice")

    assert policies.change(tenant, REDACTING, replaces=replaces, actor="bob") is None
    assert policies.holding(tenant).version == 1


def test_the_same_change_again_finds_itself_done(policies: Policies, tenant: str) -> None:
    first = policies.change(tenant, STRICT, replaces=0, actor="alice")

    assert policies.change(tenant, STRICT, replaces=0, actor="alice") == first
    assert policies.change(tenant, STRICT, replaces=0, actor="bob") is None
    assert policies.holding(tenant).version == 1


def test_of_many_who_change_the_same_version_one_does(policies: Policies, tenant: str) -> None:
    def change(number: int) -> bool:
        own = TenantPolicy(redact=bool(number % 2))
        return policies.change(tenant, own, replaces=0, actor=f"p{number}") is not None

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(change, range(8)))

    assert sum(done) == 1
    assert policies.holding(tenant).version == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"policy": {"S": "{"}},
        {"policy": {"S": '{"redact": 7}'}},
        {"policy": {"S": '{"schema":"docparser/tenant_policy/1","redact":false}'}},
        {"policy": {"N": "1"}},
        {"actor": {"S": "mallory"}},
        {"sha256": {"S": "0" * 64}},
        {"at": {"S": "yesterday"}},
    ],
    ids=str,
)
def test_what_cannot_be_read_lets_nothing_out(
    premises: Premises, policies: Policies, tenant: str, broken: dict[str, Any]
) -> None:
    policies.change(tenant, REDACTING, replaces=0, actor="alice")

    # When
    attributes(premises, tenant, **broken)

    # Then
    policy = policies.of(tenant)
    assert not is_readable(policy)
    assert policy.sync == ()
    assert policies.holding(tenant) == (policy, 1, None)
    # And it can be set anew.
    assert policies.change(tenant, STRICT, replaces=1, actor="alice") is not None
    assert is_readable(policies.of(tenant))


def test_a_version_that_somebody_edits_is_none_any_more(
    premises: Premises, policies: Policies, tenant: str
) -> None:
    policies.change(tenant, STRICT, replaces=0, actor="alice")
    policies.change(tenant, REDACTING, replaces=1, actor="alice")
    premises.client("dynamodb").update_item(
        TableName=premises.table,
        Key={"pk": {"S": f"P#{tenant}"}, "sk": {"S": "POLICY#000001"}},
        UpdateExpression="SET actor = :bob",
        ExpressionAttributeValues={":bob": {"S": "bob"}},
    )

    assert policies.at(tenant, 1) is None
    changes, more = policies.history(tenant, before=None, limit=10)
    assert ([change.version for change in changes], more) == ([2], None)
