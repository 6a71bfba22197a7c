"""`docparser policy`, in front of a service that says what the API would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docparser.api.policy import NewPolicy, PolicyHistory, PolicyState
from docparser.model import PolicyChange, TenantPolicy, now
from docparser.policy import DEFAULT_VERSION, closed, default_policy, merged
from docparser_client.api import Conflict, InvalidRequest, NotFound

from tests.unit.client.service import Service
from tests.unit.client.test_command_answers import Command

OWN = TenantPolicy.model_validate_json('{"pii":{"person":{"level":"INTERNAL"}},"redact":true}')
SHA = "0" * 64


def state(**changes: Any) -> dict[str, Any]:
    """Return what the API says of the rules, as it says it."""
    facts = {
        "version": f"{DEFAULT_VERSION}+2",
        "tenant_version": 2,
        "readable": True,
        "policy": merged(OWN, 2),
        "own": OWN,
        "actor": "arn:aws:iam::1:user/alice",
        "at": now(),
        "sha256": SHA,
    }
    return json.loads(PolicyState(**{**facts, **changes}).model_dump_json())


@pytest.fixture
def docparser(service: Service, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(service, capsys)


def test_what_holds_is_shown(service: Service, docparser: Command) -> None:
    service.says(state())

    code, out, _ = docparser("policy", "show")

    assert code == 0
    assert f"Policy {DEFAULT_VERSION}+2, set by arn:aws:iam::1:user/alice" in out
    for word in ("payslip", "CONFIDENTIAL", "RESTRICTED from 20 on", "redact: true", "sync: "):
        assert word in out
    assert (service.seen[0].method, service.seen[0].path) == ("GET", "/v1/policy")
    assert service.seen[0].query == {}


def test_a_version_is_asked_for_as_decisions_name_it(service: Service, docparser: Command) -> None:
    service.says(state())

    code, out, _ = docparser("policy", "show", "--version", f"{DEFAULT_VERSION}+2", "--json")

    assert code == 0
    assert json.loads(out)["version"] == f"{DEFAULT_VERSION}+2"
    assert service.seen[0].query == {"version": f"{DEFAULT_VERSION}+2"}


def test_what_is_set_can_be_written_to_a_file_and_set_again(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    service.says(state(), state(), state(tenant_version=3, version=f"{DEFAULT_VERSION}+3"))

    _, own, _ = docparser("policy", "show", "--own")
    file = tmp_path / "policy.json"
    file.write_text(own)
    code, out, _ = docparser("policy", "set", file)

    assert code == 0
    assert f"Policy {DEFAULT_VERSION}+3 holds." in out
    put = service.seen[2]
    assert (put.method, put.path) == ("PUT", "/v1/policy")
    sent = NewPolicy.model_validate_json(put.body)
    assert (sent.replaces, sent.policy) == (2, OWN)


def test_without_rules_of_its_own_a_tenant_writes_none(
    service: Service, docparser: Command
) -> None:
    nobody = {"own": None, "actor": None, "at": None, "sha256": None, "tenant_version": 0}
    service.says(
        state(version=DEFAULT_VERSION, policy=default_policy(), **nobody),
        state(version=DEFAULT_VERSION, policy=default_policy(), **nobody),
    )

    assert docparser("policy", "show", "--own")[1] == "{}\n"
    assert f"Policy {DEFAULT_VERSION}\n" in docparser("policy", "show")[1]


def test_what_cannot_be_read_is_said(service: Service, docparser: Command) -> None:
    service.says(state(readable=False, own=None, policy=closed()))

    assert "It cannot be read" in docparser("policy", "show")[1]


@pytest.mark.parametrize("content", [b"{", b"[]", b"7", b"\xff"])
def test_a_file_that_holds_no_rules_is_never_sent(
    service: Service, docparser: Command, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(content)

    code, _, err = docparser("policy", "set", file)

    assert code == 2
    assert "policy.json" in err
    assert service.seen == []


def test_a_file_that_is_not_there_is_named(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    code, _, err = docparser("policy", "set", tmp_path / "none.json")

    assert code == 2
    assert "none.json" in err


@pytest.mark.parametrize(
    ("status", "code", "exit_code"), [(409, "CONFLICT", 1), (422, "INVALID_REQUEST", 2)]
)
def test_a_refusal_is_told(
    service: Service, docparser: Command, tmp_path: Path, status: int, code: str, exit_code: int
) -> None:
    service.says(state())
    service.refuses(status, code)
    file = tmp_path / "policy.json"
    file.write_text("{}")

    got, _, err = docparser("policy", "set", file)

    assert got == exit_code
    assert err.startswith("docparser: ")


def test_history_tells_who_set_what(service: Service, docparser: Command) -> None:
    changes = [
        PolicyChange(
            tenant="default", version=version, at=now(), actor=actor, policy=policy, sha256=SHA
        )
        for version, actor, policy in ((2, "alice", OWN), (1, "bob", TenantPolicy()))
    ]
    pages = [
        PolicyHistory(items=(changes[0],), next_cursor="2"),
        PolicyHistory(items=(changes[1],), next_cursor=None),
    ]
    service.says(*(json.loads(page.model_dump_json()) for page in pages))

    code, out, _ = docparser("policy", "history")

    assert code == 0
    assert out.index("alice") < out.index("bob")
    assert "pii, redact" in out
    assert "nothing" in out
    assert service.seen[1].query["cursor"] == "2"


def test_no_history_is_said(service: Service, docparser: Command) -> None:
    service.says({"items": [], "next_cursor": None}, {"items": [], "next_cursor": None})

    assert "never changed" in docparser("policy", "history")[1]
    assert json.loads(docparser("policy", "history", "--json")[1]) == {"versions": []}


def test_the_client_names_what_goes_wrong(service: Service) -> None:
    with service.client() as client:
        service.refuses(404, "NOT_FOUND")
        with pytest.raises(NotFound):
            client.policies.get("2026-01-01+9")
        service.refuses(409, "CONFLICT")
        with pytest.raises(Conflict):
            client.policies.change({}, replaces=0)
        service.refuses(422, "INVALID_REQUEST")
        with pytest.raises(InvalidRequest):
            client.policies.change({"levels": {}}, replaces=0)
