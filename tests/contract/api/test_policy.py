"""The rules over the API: read as they hold and as they were, changed one by one."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

import pytest
from docparser.api import policy_routes
from docparser.api.entrance import entrance
from docparser.api.policy import MOST_BYTES, PolicyBook
from docparser.api.rooms import Rooms
from docparser.api.routes import resolver
from docparser.policy import DEFAULT_VERSION
from docparser.store.policies import Policies

from tests.contract.premises import Premises
from tests.unit.api.calls import Answer, Api, event

INTERNAL_NAMES = {"pii": {"person": {"level": "INTERNAL"}}}


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a tenant that nobody else has: all callers are of one."""
    name = f"t{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(policy_routes, "TENANT", name)
    return name


@pytest.fixture
def policies(premises: Premises) -> Policies:
    return Policies(premises.client("dynamodb"), premises.table)


@pytest.fixture
def api(policies: Policies, tenant: str) -> Api:
    others = {name: None for name in Rooms.__dataclass_fields__ if name != "policies"}
    rooms = Rooms(policies=PolicyBook(policies), **cast("Any", others))
    return Api(entrance(resolver(rooms)))


def put(api: Api, replaces: Any, policy: Any) -> Answer:
    return api("PUT", "/policy", body=json.dumps({"replaces": replaces, "policy": policy}))


def test_the_default_holds_until_something_is_said(api: Api) -> None:
    state = api.get("/policy").json

    assert (state["version"], state["tenant_version"]) == (DEFAULT_VERSION, 0)
    assert (state["own"], state["actor"], state["readable"]) == (None, None, True)
    assert state["policy"]["types"]["payslip"]["level"] == "CONFIDENTIAL"
    assert api.get("/policy/versions").json == {"items": [], "next_cursor": None}


def test_what_is_set_holds_and_says_by_whom(api: Api) -> None:
    answer = put(api, 0, INTERNAL_NAMES)

    assert answer.status == 200
    state = api.get("/policy").json
    assert state == answer.json
    assert (state["version"], state["tenant_version"]) == (f"{DEFAULT_VERSION}+1", 1)
    assert state["policy"]["pii"]["person"]["level"] == "INTERNAL"
    assert state["own"]["pii"]["person"]["level"] == "INTERNAL"
    identity = event("GET", "/policy")["requestContext"]["identity"]
    assert state["actor"] in {identity.get("userArn"), identity.get("accessKey"), "anonymous"}


def test_every_version_that_ever_held_can_be_read(api: Api) -> None:
    first = put(api, 0, INTERNAL_NAMES).json
    second = put(api, 1, {"redact": True}).json

    for state in (first, second):
        assert api.get("/policy", version=state["version"]).json == state
        # A plus sign that was not encoded arrives as a space.
        assert api.get("/policy", version=state["version"].replace("+", " ")).json == state
    assert api.get("/policy", version=DEFAULT_VERSION).json["policy"]["redact"] is False
    assert api.get("/policy", version=f"{DEFAULT_VERSION}+3").code == "NOT_FOUND"
    assert api.get("/policy", version="1999-01-01+1").code == "NOT_FOUND"


@pytest.mark.parametrize("version", ["1", "+1", "2026-11-22+0", "2026-11-22+x", "../../etc", ""])
def test_what_is_no_version_is_refused(api: Api, version: str) -> None:
    answer = api.get("/policy", version=version)

    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")


def test_versions_are_listed_in_pieces(api: Api) -> None:
    for version in range(3):
        put(api, version, {"redact": bool(version % 2)})

    first = api.get("/policy/versions", limit="2").json
    rest = api.get("/policy/versions", limit="2", cursor=first["next_cursor"]).json

    assert [change["version"] for change in first["items"]] == [3, 2]
    assert [change["version"] for change in rest["items"]] == [1]
    assert rest["next_cursor"] is None
    assert first["items"][0]["previous"] == first["items"][1]["sha256"]
    assert {change["action"] for change in first["items"]} == {"policy.changed"}


@pytest.mark.parametrize("cursor", ["x", "0", "-1", "1234567", "\u0661"])
def test_a_cursor_that_was_not_made_here_is_refused(api: Api, cursor: str) -> None:
    assert api.get("/policy/versions", cursor=cursor).code == "INVALID_REQUEST"


def test_a_tenant_has_schemas_of_its_own_and_they_come_back(api: Api) -> None:
    labels = {"labels": {"de": ["Lieferschein Nr."]}, "least_confidence": 1.0}
    number = {"$ref": "#/$defs/identifier", "pattern": "^LS-[0-9]+$", "x-docparser": labels}
    schema = {"properties": {"number": number}, "x-docparser": {"name": "note", "type": "form"}}
    llm = {"model_id": "eu.example.model-1:0", "usd_per_document": "0.10"}

    state = put(api, 0, {"extract": {"country": "DE", "llm": llm, "schemas": [schema]}}).json

    assert state == api.get("/policy").json
    assert state["policy"]["extract"]["schemas"] == [schema]
    assert state["policy"]["extract"]["llm"]["levels"] == ["PUBLIC", "INTERNAL"]
    number["pattern"] = "(a+)+\\1"
    refused = put(api, 1, {"extract": {"schemas": [schema]}})
    assert (refused.status, refused.code) == (422, "INVALID_REQUEST")
    assert "a+" not in json.dumps(refused.json)
    seen = {"model_id": "m", "levels": ["CONFIDENTIAL"]}
    refused = put(api, 1, {"extract": {"llm": seen}})
    assert (refused.status, refused.code) == (422, "INVALID_REQUEST")
    assert "extract.llm.levels" in refused.json["detail"]


def test_who_has_not_seen_what_holds_changes_nothing(api: Api) -> None:
    put(api, 0, INTERNAL_NAMES)

    late = put(api, 0, {"redact": True})

    assert (late.status, late.code) == (409, "CONFLICT")
    assert api.get("/policy").json["tenant_version"] == 1
    # Who asks twice for the same is answered twice.
    assert put(api, 0, INTERNAL_NAMES).json["tenant_version"] == 1


def test_what_is_looser_than_it_may_be_is_named(api: Api) -> None:
    loose = {
        "types": {"payslip": {"level": "PUBLIC", "certainty": 1}},
        "pii": {"payment_card": {"level": "PUBLIC"}},
    }

    answer = put(api, 0, loose)

    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "types.payslip, pii.payment_card" in answer.json["detail"]
    assert api.get("/policy").json["tenant_version"] == 0


def test_a_policy_has_an_end(api: Api) -> None:
    tags = {f"customer-{number}": "x" * 200 for number in range(MOST_BYTES // 200)}

    assert put(api, 0, {"sync": [{"tags": tags}]}).code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "policy",
    [
        None,
        [],
        {"levels": {}},
        {"types": {"poem": {"level": "PUBLIC", "certainty": 1}}},
        {"types": {"report": {"level": "SECRET-CANARY", "certainty": 1}}},
        {"sync": [{}]},
        {"review": {"days": 99}},
        {"review": {"days": "7"}},
        {"redact": 1},
        {"redact": "false"},
        {"retention": [{"days": True}]},
    ],
)
def test_what_is_no_policy_is_refused_without_a_word_of_it(api: Api, policy: Any) -> None:
    answer = put(api, 0, policy)

    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "CANARY" not in answer.body
    assert "poem" not in answer.body


@pytest.mark.parametrize("replaces", [-1, "0", None, 1.5, True, 10**9])
def test_what_is_no_number_is_refused(api: Api, replaces: Any) -> None:
    assert put(api, replaces, {}).status == 422


def test_a_whole_number_may_be_written_as_any(api: Api) -> None:
    state = put(api, 0.0, {"review": {"days": 7.0}}).json

    assert state["policy"]["review"]["days"] == 7


def test_what_cannot_be_read_is_said_and_can_be_set_anew(
    api: Api, premises: Premises, tenant: str
) -> None:
    put(api, 0, INTERNAL_NAMES)
    premises.client("dynamodb").update_item(
        TableName=premises.table,
        Key={"pk": {"S": f"P#{tenant}"}, "sk": {"S": "POLICY"}},
        UpdateExpression="SET policy = :p",
        ExpressionAttributeValues={":p": {"S": "{"}},
    )

    state = api.get("/policy").json

    assert (state["readable"], state["tenant_version"], state["own"]) == (False, 1, None)
    assert state["policy"]["sync"] == []
    assert put(api, 1, INTERNAL_NAMES).json["readable"] is True


def test_other_methods_are_refused_by_name(api: Api) -> None:
    answer = api("DELETE", "/policy")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, PUT")
