"""What `docparser level`, `hold` and `erase` make of a service's answers."""

import json
from typing import Any

import pytest

from tests.unit.client.records import ID
from tests.unit.client.service import Reply, Service
from tests.unit.client.test_command_answers import Command

PROOF = {
    "erased_at": "2026-01-01T12:00:00.000Z",
    "versions": 24,
    "size_bytes": 1_482_131,
    "passages": 1,
    "objects_sha256": "9f" * 32,
    "residuals": ["POINT_IN_TIME_RECOVERY_35_DAYS"],
}


@pytest.fixture
def docparser(service: Service, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(service, capsys)


def says(service: Service, *answers: dict[str, Any], status: int = 200) -> None:
    service.replies += [Reply(status, json.dumps(answer).encode()) for answer in answers]


def refuses(service: Service, status: int, code: str) -> None:
    body = json.dumps({"code": code, "title": code, "detail": f"It is {code}."}).encode()
    service.replies.append(Reply(status, body, {"content-type": "application/problem+json"}))


def level(has: str | None = "RESTRICTED", **said: Any) -> dict[str, Any]:
    return {"document_id": ID, "revision": 1, "status": "COMPLETED", "level": has, **said}


def erasure(proof: dict[str, Any] | None) -> dict[str, Any]:
    return {"document_id": ID, "status": "ERASED", "proof": proof}


def asked(service: Service) -> list[tuple[str, str]]:
    return [(one.method, one.path.removeprefix(f"/v1/documents/{ID}")) for one in service.seen]


# ---------------------------------------------------------------------- level
def test_a_stricter_level_is_set(service: Service, docparser: Command) -> None:
    says(service, level(), level(None, revision=2, status="QUEUED", declared_level="CONFIDENTIAL"))
    code, out, err = docparser("level", "set", ID, "CONFIDENTIAL", "--reason", "m/1")
    assert (code, err) == (0, "")
    assert "to be CONFIDENTIAL at least" in out
    assert asked(service) == [("GET", "/level"), ("POST", "/level")]
    assert json.loads(service.seen[1].body) == {"level": "CONFIDENTIAL", "reason": "m/1"}


@pytest.mark.parametrize(
    ("verb", "wanted"),
    [("set", "PUBLIC"), ("request", "CONFIDENTIAL"), ("request", "RESTRICTED")],
)
def test_which_way_it_goes_is_not_guessed(
    service: Service, docparser: Command, verb: str, wanted: str
) -> None:
    says(service, level())
    code, out, err = docparser("level", verb, ID, wanted, "--reason", "r")
    assert (code, out) == (2, "")
    assert "docparser level" in err
    assert asked(service) == [("GET", "/level")]


def test_a_looser_level_is_asked_for(service: Service, docparser: Command) -> None:
    request = {
        "level": "INTERNAL",
        "instead_of": "RESTRICTED",
        "reason": "m/1",
        "by": "alice\x1b[2J",
        "at": "2026-01-01T12:00:00.000Z",
        "until": "2026-01-31T12:00:00.000Z",
    }
    says(service, level(), level(request=request))
    code, out, err = docparser("level", "request", ID, "INTERNAL", "--reason", "m/1")
    assert (code, err) == (0, "")
    assert "INTERNAL instead of RESTRICTED was asked for by alice" in out
    assert "\x1b" not in out


def test_who_asked_cannot_approve(service: Service, docparser: Command) -> None:
    refuses(service, 403, "FORBIDDEN")
    code, out, err = docparser("level", "approve", ID)
    assert (code, out) == (3, "")
    assert err == "docparser: It is FORBIDDEN.\n"


@pytest.mark.parametrize(("verb", "approve"), [("approve", True), ("refuse", False)])
def test_a_decision_is_sent(service: Service, docparser: Command, verb: str, approve: bool) -> None:
    says(service, level())
    assert docparser("level", verb, ID)[0] == 0
    assert json.loads(service.seen[0].body) == {"approve": approve}


def test_a_level_as_json(service: Service, docparser: Command) -> None:
    says(service, level())
    code, out, _ = docparser("level", "show", ID, "--json")
    assert code == 0
    assert json.loads(out)["level"] == "RESTRICTED"


# ---------------------------------------------------------------------- hold
def test_a_hold_is_set_and_released(service: Service, docparser: Command) -> None:
    says(service, {"document_id": ID, "references": ["a b", "c"]})
    says(service, {"document_id": ID, "references": []})
    assert docparser("hold", "set", ID, "--reference", "a b")[1] == f"{ID}  held for a b, c\n"
    assert docparser("hold", "release", ID, "--reference", "a b")[1] == f"{ID}  not held\n"
    put, delete = service.seen
    assert json.loads(put.body) == {"reference": "a b"}
    assert delete.query == {"reference": "a b"}


# ---------------------------------------------------------------------- erase
def test_an_erasure_is_waited_for(service: Service, docparser: Command) -> None:
    says(service, erasure(None), erasure(None), erasure(PROOF))
    code, out, err = docparser("erase", ID, "--yes", "--reason", "request 7", "--only")
    assert (code, err) == (0, "")
    assert "24 versions of objects, 1,482,131 bytes, 1 passage of the index" in out
    assert "what stays: POINT_IN_TIME_RECOVERY_35_DAYS" in out
    assert json.loads(service.seen[0].body) == {"reason": "request 7", "only": True}
    assert asked(service) == [("POST", "/erasure"), ("GET", "/erasure"), ("GET", "/erasure")]


def test_nobody_waits_longer_than_they_said(service: Service, docparser: Command) -> None:
    says(service, erasure(None))
    code, out, _ = docparser("erase", ID, "--yes", "--timeout", "0")
    assert code == 1
    assert "ask again later" in out


def test_nothing_is_erased_by_who_is_not_sure(
    service: Service, docparser: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code, out, err = docparser("erase", ID)
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert service.seen == []


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("Yes\n", 0), ("\n", 1), ("n\n", 1)])
def test_who_is_asked_may_say_no(
    service: Service,
    docparser: Command,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    code: int,
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return said

    monkeypatch.setattr("sys.stdin", Terminal())
    if code == 0:
        says(service, erasure(PROOF))
    assert docparser("erase", ID)[0] == code
    assert len(service.seen) == (1 if code == 0 else 0)


def test_a_hold_is_told_of(service: Service, docparser: Command) -> None:
    refuses(service, 409, "HELD")
    code, out, err = docparser("erase", ID, "--yes")
    assert (code, out, err) == (1, "", "docparser: It is HELD.\n")
