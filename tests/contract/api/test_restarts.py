"""Documents that walk again because somebody asks, on the real table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from docparser.model import Level, Record, Stage, Status
from docparser.store.records import Known, Records

from tests.contract.api.test_documents import stored
from tests.stack import Pipeline
from tests.unit.api.calls import Api, api_on


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


@pytest.fixture
def records(pipeline: Pipeline) -> Records:
    return pipeline.records


def where(record: Record, what: str) -> str:
    return f"/documents/{record.ref.document_id}/{what}"


def revision(pipeline: Pipeline, record: Record, number: int) -> dict[str, Any]:
    """Return the item of a revision, whatever the dispatcher has made of it."""
    rows = {row["sk"]["S"]: row for row in pipeline.items(record.ref)}
    return rows[f"R#{number:04d}"]


# ---------------------------------------------------------------------- revisions
@pytest.mark.parametrize(
    ("asked", "begins_at"),
    [({}, "preflight"), ({"from": "read"}, "preflight"), ({"from": "classify"}, "classify")],
)
@pytest.mark.parametrize("status", [Status.COMPLETED, Status.PARTIAL])
def test_what_was_read_is_read_again_as_the_next_revision(
    pipeline: Pipeline,
    api: Api,
    records: Records,
    status: Status,
    asked: dict[str, str],
    begins_at: str,
) -> None:
    record = stored(records, status)
    answer = api.post(where(record, "revisions"), asked)
    assert answer.status == 202
    state = answer.json
    assert (state["revision"], state["attempt"], state["status"]) == (2, 1, "QUEUED")
    assert (state["begins_at"], state["name"]) == (begins_at, "a.pdf")
    # The first one stays as it is
    assert records.get(record.ref) == record
    # And the source of the second is where the original will be restored to
    source = revision(pipeline, record, 2)["source"]["M"]["key"]["S"]
    assert source.startswith("renamed/default/")


def test_what_is_asked_for_holds_and_a_level_only_becomes_stricter(
    api: Api, records: Records
) -> None:
    record = stored(records, Status.COMPLETED, declared_level=Level.RESTRICTED)
    asked = {"policy": "quality", "lane": "cpu", "level": "PUBLIC"}
    state = api.post(where(record, "revisions"), asked).json
    assert (state["policy"], state["lane"]) == ("quality", "cpu")
    assert state["declared_level"] == "RESTRICTED"


def test_what_was_rejected_is_read_again_from_its_upload(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = stored(records, Status.REJECTED, code="CORRUPT")
    assert api.post(where(record, "revisions"), {"from": "classify"}).code == "CONFLICT"
    state = api.post(where(record, "revisions"), {}).json
    assert (state["revision"], state["begins_at"]) == (2, None)
    assert revision(pipeline, record, 2)["source"]["M"]["key"] == {"S": record.source.key}


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.FAILED, Status.CANCELLED])
def test_what_is_under_way_failed_or_left_nothing_is_not_read_again(
    api: Api, records: Records, status: Status
) -> None:
    record = stored(records, status)
    answer = api.post(where(record, "revisions"), {"from": "classify"})
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert records.get(record.ref) == record


def test_of_many_who_ask_at_once_one_opens_the_revision(
    pipeline: Pipeline, records: Records
) -> None:
    record = stored(records, Status.COMPLETED)

    def ask(_: int) -> int:
        return api_on(pipeline).post(where(record, "revisions"), {}).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == [202, 409, 409, 409]


def test_a_record_that_moves_on_meanwhile_is_looked_at_again(
    pipeline: Pipeline, api: Api, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a document that is read again by somebody else between the two calls
    record = stored(records, Status.COMPLETED)
    look, others = Records.known, iter([True])

    def late(self: Records, tenant: str, document_id: str) -> Known | None:
        known = look(self, tenant, document_id)
        if next(others, False):
            assert api_on(pipeline).post(where(record, "revisions"), {}).status == 202
        return known

    monkeypatch.setattr(Records, "known", late)
    answer = api.post(where(record, "revisions"), {})
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert records.known("default", record.ref.document_id).record.ref.revision == 2  # type: ignore[union-attr]


# ---------------------------------------------------------------------- attempts
def test_what_failed_is_tried_again(pipeline: Pipeline, api: Api, records: Records) -> None:
    record = stored(records, Status.FAILED, code="INTERNAL")
    answer = api("POST", where(record, "attempts"))
    assert answer.status == 202
    state = answer.json
    assert (state["revision"], state["attempt"], state["status"]) == (1, 2, "QUEUED")
    assert (state["code"], state["failures"]) == (None, 0)
    assert pipeline.events(record.ref)[:4] == [
        ("QUEUED", ""),
        ("RUNNING", ""),
        ("FAILED", "INTERNAL"),
        ("QUEUED", ""),
    ]


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.RUNNING, Status.COMPLETED, Status.REJECTED, Status.CANCELLED]
)
def test_only_what_failed_is_tried_again(api: Api, records: Records, status: Status) -> None:
    record = stored(records, status)
    answer = api("POST", where(record, "attempts"))
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert records.get(record.ref) == record


@pytest.mark.parametrize("what", ["revisions", "attempts"])
def test_another_tenant_s_document_is_as_unknown_as_any(
    api: Api, records: Records, what: str
) -> None:
    record = stored(records, Status.FAILED, tenant="acme")
    assert api.post(where(record, what), {}).code == "NOT_FOUND"
    assert api.post(f"/documents/{'d' * 33}/{what}", {}).code == "NOT_FOUND"


@pytest.mark.parametrize("what", ["revisions", "attempts"])
def test_what_was_erased_stays_erased(api: Api, records: Records, what: str) -> None:
    record = stored(records, Status.COMPLETED)
    records.change(record.ref, Status.ERASED, stage=Stage.COMPLETE)
    answer = api.post(where(record, what), {})
    assert (answer.status, answer.code) == (410, "ERASED")
