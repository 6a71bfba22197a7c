"""What the API tells of the trail, and what it says of one that was tampered with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from docparser.api.audit import AuditRoom
from docparser.api.entrance import entrance
from docparser.api.routes import resolver
from docparser.model import Status
from docparser.store import items

from tests.contract.audit.trails import FIRST, Trails
from tests.unit.api.calls import Api, rooms

if TYPE_CHECKING:
    from docparser.model import Record

UNKNOWN = "d" + "0" * 32


@pytest.fixture
def api(trails: Trails) -> Api:
    room = AuditRoom(records=trails.records, events=trails.reader)
    return Api(entrance(resolver(rooms(audit=room))))


@pytest.fixture
def ended(trails: Trails) -> Record:
    """Two revisions, of five and of three events."""
    return trails.again(trails.walked(tenant="default"), FIRST + timedelta(days=1))


def pages(api: Api, record: Record, limit: int) -> list[dict[str, Any]]:
    """Return the answers that lead to the end of a list."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        path = f"/documents/{record.ref.document_id}/events"
        answer = api.get(path, limit=str(limit), **cursor)
        assert answer.status == 200
        found.append(answer.json)
        if answer.json["next_cursor"] is None:
            return found
        cursor = {"cursor": answer.json["next_cursor"]}


@pytest.mark.parametrize("limit", [1, 3, 4, 8, 1000])
def test_events_are_listed_in_their_order(
    trails: Trails, api: Api, ended: Record, limit: int
) -> None:
    found = pages(api, ended, limit)
    assert all(len(page["items"]) <= limit for page in found)
    told = [event for page in found for event in page["items"]]
    assert told == [event.model_dump(mode="json") for event in trails.events(ended.ref)]
    assert [(row["ref"]["revision"], row["seq"]) for row in told] == [
        *((1, seq) for seq in range(1, 6)),
        *((2, seq) for seq in range(1, 4)),
    ]
    assert found[0]["current_revision"] == 2
    assert [(row["revision"], row["seq"]) for row in found[0]["revisions"]] == [(1, 5), (2, 3)]


@pytest.mark.parametrize(
    "cursor", ["", "x", "0001-00000a", "1-1", "0001-000001\n", "\u0660001-000001"]
)
def test_a_cursor_that_was_not_given_is_refused(api: Api, ended: Record, cursor: str) -> None:
    answer = api.get(f"/documents/{ended.ref.document_id}/events", cursor=cursor)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("limit", ["0", "1001", "x", "-1"])
def test_a_limit_out_of_its_bounds_is_refused(api: Api, ended: Record, limit: str) -> None:
    answer = api.get(f"/documents/{ended.ref.document_id}/events", limit=limit)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "limit" in answer.json["detail"]


def test_what_never_was_is_not_found(api: Api, trails: Trails) -> None:
    for document_id in (UNKNOWN, "x", "d#E", trails.walked(tenant="other").ref.document_id):
        listed = api.get(f"/documents/{document_id.replace('#', '%23')}/events")
        verified = api.get("/audit/verification", document_id=document_id)
        assert [(one.status, one.code) for one in (listed, verified)] == [(404, "NOT_FOUND")] * 2


def test_a_verification_needs_a_document(api: Api) -> None:
    answer = api.get("/audit/verification")
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "document_id" in answer.json["detail"]


def test_the_trail_of_an_erased_document_stays(trails: Trails, api: Api, ended: Record) -> None:
    assert trails.records.change(ended.ref, Status.ERASED, stage=ended.stage) is not None
    assert len(pages(api, ended, 200)[0]["items"]) == 9
    answer = api.get("/audit/verification", document_id=ended.ref.document_id)
    assert (answer.json["events"], answer.json["findings"]) == (9, [])


def test_a_trail_that_does_not_fit_together_is_told_of(
    trails: Trails, api: Api, ended: Record
) -> None:
    def verified() -> dict[str, Any]:
        return api.get("/audit/verification", document_id=ended.ref.document_id).json

    assert verified() == {
        "document_id": ended.ref.document_id,
        "events": 8,
        "unchained": 0,
        "findings": [],
    }
    events = trails.events(ended.ref)
    trails.put(events[2].model_copy(update={"actor": "bob"}))
    trails.delete(events[-1])
    found = [(row["code"], row["revision"], row["seq"]) for row in verified()["findings"]]
    assert found == [("EDITED", 1, 3), ("CUT", 2, 3)]
    # And where nothing but events is left
    trails.set(ended.ref, items.HEAD, {"name": "x"})
    for sk in (items.HEAD, items.revision_key(1), items.revision_key(2)):
        trails.remove(ended.ref, sk)
    assert [row["code"] for row in verified()["findings"]] == ["DOCUMENT_REMOVED"]


def test_no_answer_holds_a_word_of_a_document(api: Api, ended: Record) -> None:
    body = api.get(f"/documents/{ended.ref.document_id}/events").body
    assert re.search(r"secret|\.pdf", body) is None
