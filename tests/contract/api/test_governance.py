"""Levels, legal holds and erasures over the API, on the real table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docparser.model import DocumentType, Level, Record, Review, Stage, Status, WaitingFor
from docparser.store.records import Records

from tests.contract.api.test_documents import stored
from tests.contract.api.test_review import claim, decide, parked
from tests.stack import Pipeline
from tests.unit.api.calls import Answer, Api, api_on

ALICE, BOB = "arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/bob"
CANARY = "canary ä"


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


@pytest.fixture
def records(pipeline: Pipeline) -> Records:
    return pipeline.records


def finished(records: Records, level: Level = Level.RESTRICTED, **facts: Any) -> Record:
    """Return a record with a result that nothing of is stored."""
    known = {"level": level, "type": DocumentType.REPORT, **facts}
    return stored(records, Status.COMPLETED, **known)


def ask(api: Api, method: str, record: Record, what: str, body: Any, actor: str = ALICE) -> Answer:
    path = f"/documents/{record.ref.document_id}/{what}"
    return api(method, path, body=json.dumps(body), actor=actor)


# ---------------------------------------------------------------------- what is sent
@pytest.mark.parametrize(
    ("method", "what", "body", "place"),
    [
        ("POST", "level", {"level": "SECRET", "reason": "r"}, "level"),
        ("POST", "level", {"level": "PUBLIC"}, "reason"),
        ("POST", "level", {"level": "PUBLIC", "reason": CANARY}, "reason"),
        ("POST", "level", {"level": "PUBLIC", "reason": ""}, "reason"),
        ("POST", "level", {"level": "PUBLIC", "reason": "r" * 101}, "reason"),
        ("POST", "level", {"level": "PUBLIC", "reason": "r\n"}, "reason"),
        ("POST", "level", {"level": "PUBLIC", "reason": "r", CANARY: 1}, ""),
        ("POST", "level/approval", {"approve": "true"}, "approve"),
        ("POST", "level/approval", {"approve": 1}, "approve"),
        ("POST", "level/approval", {}, "approve"),
        ("PUT", "hold", {"reference": CANARY}, "reference"),
        ("PUT", "hold", {}, "reference"),
        ("POST", "erasure", {"only": True}, "reason"),
        ("POST", "erasure", {"reason": "r", "only": "yes"}, "only"),
    ],
)
def test_what_is_not_as_documented_is_refused_by_its_place(
    api: Api, records: Records, method: str, what: str, body: Any, place: str
) -> None:
    record = finished(records)
    answer = ask(api, method, record, what, body)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert place in answer.json["detail"]
    assert "canary" not in answer.body
    assert records.get(record.ref) == record


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("POST", "level", {"level": "PUBLIC", "reason": "r"}),
        ("POST", "level/approval", {"approve": True}),
        ("PUT", "hold", {"reference": "m"}),
        ("POST", "erasure", {"reason": "r"}),
    ],
)
def test_another_tenant_s_document_is_as_unknown_as_any(
    api: Api, records: Records, method: str, what: str, body: Any
) -> None:
    record = stored(records, Status.FAILED, tenant="acme")
    assert ask(api, method, record, what, body).code == "NOT_FOUND"
    assert api(method, f"/documents/x/{what}", body=json.dumps(body)).code == "NOT_FOUND"
    assert records.get(record.ref) == record


# ---------------------------------------------------------------------- levels
def test_a_level_and_its_request_can_be_looked_at(api: Api, records: Records) -> None:
    record = finished(records)
    path = f"/documents/{record.ref.document_id}/level"
    assert api.get(path).json["request"] is None
    asked = ask(api, "POST", record, "level", {"level": "INTERNAL", "reason": "m/1"})
    assert asked.status == 202
    shown = api.get(path).json
    assert shown == asked.json
    assert (shown["level"], shown["request"]["by"]) == ("RESTRICTED", ALICE)


@pytest.mark.parametrize(
    ("level", "kind", "wanted", "code"),
    [
        (Level.RESTRICTED, DocumentType.REPORT, "RESTRICTED", "CONFLICT"),
        (Level.CONFIDENTIAL, DocumentType.PAYSLIP, "RESTRICTED", "CONFLICT"),
    ],
)
def test_a_level_that_cannot_be_is_refused(
    api: Api, records: Records, level: Level, kind: DocumentType, wanted: str, code: str
) -> None:
    record = finished(records, level, type=kind)
    answer = ask(api, "POST", record, "level", {"level": wanted, "reason": "r"})
    assert (answer.status, answer.code) == (409, code)
    assert records.get(record.ref) == record


def test_what_has_no_result_yet_is_not_lowered(api: Api, records: Records) -> None:
    record = stored(records, Status.RUNNING, declared_level=Level.CONFIDENTIAL)
    answer = ask(api, "POST", record, "level", {"level": "PUBLIC", "reason": "r"})
    assert (answer.status, answer.code) == (409, "NOT_READY")
    assert ask(api, "POST", record, "level/approval", {"approve": True}).code == "CONFLICT"


def test_nobody_who_did_not_sign_is_a_second_person(api: Api, records: Records) -> None:
    # Given a request by somebody whom the gateway does not name
    record = finished(records)
    body = {"level": "INTERNAL", "reason": "r"}
    assert ask(api, "POST", record, "level", body, actor="").json["request"]["by"] != ""
    # Then another whom it does not name may be the same
    assert ask(api, "POST", record, "level/approval", {"approve": True}, actor="").status == 403


# ---------------------------------------------------------------------- holds
def test_a_held_document_says_so(api: Api, records: Records) -> None:
    record = finished(records)
    held = ask(api, "PUT", record, "hold", {"reference": "matter 1"})
    assert (held.status, held.json["references"]) == (200, ["matter 1"])
    path = f"/documents/{record.ref.document_id}"
    assert api.get(path).json["hold"] == "matter 1"
    assert ask(api, "POST", record, "erasure", {"reason": "r"}).code == "HELD"
    other = api("DELETE", f"{path}/hold", query={"reference": "matter 2"}, actor=ALICE)
    assert (other.status, other.code) == (409, "CONFLICT")
    freed = api("DELETE", f"{path}/hold", query={"reference": "matter 1"}, actor=ALICE)
    assert freed.json["references"] == []
    assert api.get(path).json["hold"] is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"declared_level": Level.CONFIDENTIAL}, 409),
        ({"corrected_type": DocumentType.PAYSLIP}, 409),
        ({"declared_level": Level.INTERNAL, "corrected_type": DocumentType.REPORT}, 202),
    ],
)
@pytest.mark.parametrize("waits", [False, True], ids=["cancelled", "rejected"])
def test_nobody_alone_stops_what_makes_a_level_stricter(
    api: Api, records: Records, said: dict[str, Any], answer: int, waits: bool
) -> None:
    # Given a result, and the revision that goes by what somebody said of it since
    first = finished(records, Level.INTERNAL)
    ref = first.ref.model_copy(update={"revision": 2})
    begun = {"ref": ref, "status": Status.QUEUED, "finished_at": None, "level": None, **said}
    following = records.next_revision(first.model_copy(update=begun))
    assert following is not None
    path = f"/documents/{ref.document_id}"
    if waits:
        assert records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        due = {"review": Review.REQUIRED, "waiting_for": WaitingFor.REVIEW}
        assert records.change(ref, Status.WAITING, stage=Stage.REVIEW, **due)
        claim(api, first)
        refused = decide(api, first, decision="reject")
    else:
        refused = api("DELETE", path)
    assert refused.status == answer


def test_a_held_document_that_is_all_in_its_walk_is_not_cancelled(
    api: Api, records: Records
) -> None:
    record = stored(records, Status.RUNNING)
    path = f"/documents/{record.ref.document_id}"
    ask(api, "PUT", record, "hold", {"reference": "m"})
    answer = api("DELETE", path)
    assert (answer.status, answer.code) == (409, "HELD")
    assert records.get(record.ref).status is Status.RUNNING  # type: ignore[union-attr]
    api("DELETE", f"{path}/hold", query={"reference": "m"})
    assert api("DELETE", path).status == 202


def test_a_held_document_that_waits_is_not_rejected(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = parked(pipeline)
    ask(api, "PUT", record, "hold", {"reference": "m"})
    claim(api, record)
    answer = decide(api, record, decision="reject")
    assert (answer.status, answer.code) == (409, "HELD")
    assert records.get(record.ref).status is Status.WAITING  # type: ignore[union-attr]


# ---------------------------------------------------------------------- erasures
def test_an_erasure_is_begun_once_and_the_document_is_gone(api: Api, records: Records) -> None:
    record = finished(records)
    path = f"/documents/{record.ref.document_id}"
    assert api.get(f"{path}/erasure").code == "NOT_FOUND"
    for _ in range(2):
        answer = ask(api, "POST", record, "erasure", {"reason": "request 1"})
        assert (answer.status, answer.json["status"]) == (202, "ERASED")
    for gone in (path, f"{path}/content", f"{path}/level"):
        assert (api.get(gone).status, api.get(gone).code) == (410, "ERASED")
    for method, what, body in (
        ("POST", "level", {"level": "PUBLIC", "reason": "r"}),
        ("PUT", "hold", {"reference": "m"}),
        ("POST", "revisions", {}),
    ):
        assert ask(api, method, record, what, body).status == 410
    assert api.get(f"{path}/erasure").json["status"] == "ERASED"
    stands = records.get(record.ref)
    assert stands is not None
    assert (stands.stage, stands.content_sha256) == (Stage.PREFLIGHT, record.content_sha256)
    known = records.known("default", record.ref.document_id)
    assert known is not None
    assert known.name == ""
