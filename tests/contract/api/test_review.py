"""The review queue on the real table: who looks at what, and what they decide."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from docparser.intake.revisions import Revisions
from docparser.model import (
    Action,
    DocumentType,
    Level,
    Record,
    Ref,
    Review,
    Source,
    Stage,
    Status,
    WaitingFor,
    now,
)
from docparser.store import layout
from docparser.store.blobs import Blobs
from docparser.store.claims import Claims
from docparser.store.parked import Parked, ParkedWalks
from docparser.store.records import Records

from tests.contract.api.test_documents import stored
from tests.stack import Pipeline
from tests.unit.api.calls import Answer, Api, api_on

ALICE, BOB = "arn:aws:iam::000000000000:user/alice", "arn:aws:iam::000000000000:user/bob"


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


@pytest.fixture
def records(pipeline: Pipeline) -> Records:
    return pipeline.records


def classified(records: Records, record: Record, **facts: Any) -> Record:
    """Let a record tell what Classify would have found."""
    found = {"type": DocumentType.UNKNOWN, "level": Level.RESTRICTED, **facts}
    told = {
        "type_confidence": 0.4,
        "level_confidence": 0.5,
        "rules": ("pii.iban",),
        "reasons": ("TYPE_UNSURE",),
    }
    noted = records.note(
        record,
        Action.CLASSIFIED,
        facts={"type": found["type"].value, "level": found["level"].value, **told},
        review=Review.REQUIRED,
        **found,
    )
    assert noted is not None
    return noted


def finished(records: Records, status: Status = Status.COMPLETED, **facts: Any) -> Record:
    """Return a finished record that somebody should look at."""
    return classified(records, stored(records, status), **facts)


def parked(pipeline: Pipeline, **facts: Any) -> Record:
    """Return a record that waits for somebody; nobody waits behind its token."""
    body = uuid.uuid4().bytes
    # No event rule listens there.
    key = f"renamed/default/{uuid.uuid4().hex}"
    bucket = pipeline.names["INTAKE_BUCKET"]
    version = pipeline.client("s3").put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]
    source = Source(bucket=bucket, key=key, version_id=version)
    running = stored(pipeline.records, Status.RUNNING, source=source)
    record = classified(pipeline.records, running, **facts)
    walks = ParkedWalks(pipeline.client("dynamodb"), pipeline.names["TABLE"])
    moment = now()
    waits = Parked(
        ref=record.ref, waiting_for=WaitingFor.REVIEW, task_token="nobody's", parked_at=moment
    )
    walks.put(waits, until=moment + timedelta(days=1))
    moved = pipeline.records.change_from(
        record,
        Status.WAITING,
        stage=Stage.REVIEW,
        waiting_for=WaitingFor.REVIEW,
        waits=1,
        lease_until=moment + timedelta(days=1),
    )
    assert moved is not None
    return moved


def claim(api: Api, record: Record, actor: str = ALICE) -> Answer:
    path = f"/documents/{record.ref.document_id}/review/claim"
    return api("POST", path, actor=actor)


def decide(api: Api, record: Record, actor: str = ALICE, **said: Any) -> Answer:
    return api.post(f"/documents/{record.ref.document_id}/review", said, actor=actor)


def extracted(records: Records, record: Record) -> Record:
    """Let a record tell what Extract would have found."""
    told = {
        "definition": "invoice/1",
        "violations": ("net_and_tax_are_gross",),
        "missing": ("issue_date",),
        "row_gaps": 2,
        "reasons": ("VALIDATION", "TYPE_UNSURE"),
    }
    noted = records.note(record, Action.EXTRACTED, facts=told, violations=1, row_gaps=2)
    assert noted is not None
    return noted


def laid_out(pipeline: Pipeline, ref: Ref) -> dict[str, Any]:
    """Return the corrections that lie in the work bucket for a revision, by their ids."""
    work = Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])
    prefix = f"{layout.revision_prefix(ref)}extract/corrections-"
    keys = list(work.keys(prefix))
    return {
        key.removeprefix(prefix).removesuffix(".json"): json.loads(work.get(key)) for key in keys
    }


def following(record: Record) -> Ref:
    return record.ref.model_copy(update={"revision": record.ref.revision + 1})


def walk_through(api: Api, path: str) -> list[dict[str, Any]]:
    """Return everything in a list, three at a time."""
    items: list[dict[str, Any]] = []
    words: dict[str, str | list[str]] = {"limit": "3"}
    while True:
        page = api.get(path, **words).json
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        words["cursor"] = page["next_cursor"]


def listed(api: Api) -> dict[str, dict[str, Any]]:
    return {one["document"]["document_id"]: one for one in walk_through(api, "/reviews")}


def events(records: Records, record: Record) -> list[tuple[str, str, dict[str, Any]]]:
    told = records.events(record.ref)
    return [(event.action.value, event.actor, dict(event.facts)) for event in told]


# ---------------------------------------------------------------------- the list
def test_what_somebody_should_look_at_is_listed_the_oldest_first(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    # Given documents of every kind
    due = [finished(records), finished(records, Status.PARTIAL), parked(pipeline)]
    under_way = classified(records, stored(records, Status.RUNNING))
    superseded = finished(records)
    following = superseded.model_copy(
        update={
            "ref": superseded.ref.model_copy(update={"revision": 2}),
            "status": Status.QUEUED,
            "review": Review.NONE,
        }
    )
    assert records.next_revision(following)
    cancelled = parked(pipeline)
    assert records.change_from(cancelled, Status.CANCELLED, stage=cancelled.stage)
    foreign = classified(records, stored(records, Status.COMPLETED, tenant="acme"))
    fine = stored(records, Status.COMPLETED)
    # When they are listed, three at a time
    found = listed(api)
    # Then those are there that somebody can decide about, in order
    ids = [record.ref.document_id for record in due]
    assert [one for one in found if one in ids] == ids
    others = (under_way, superseded, cancelled, foreign, fine)
    assert not {record.ref.document_id for record in others} & found.keys()
    assert found[ids[2]]["document"]["waiting_for"] == "review"
    assert found[ids[0]]["claimed_by"] is None


@pytest.mark.parametrize("path", ["/reviews", "/reviews/cases"])
def test_a_cursor_of_another_list_is_none(api: Api, records: Records, path: str) -> None:
    for _ in range(2):
        stored(records, Status.COMPLETED)
    cursor = api.get("/documents", limit="1").json["next_cursor"]
    assert api.get(path, cursor=cursor).status == 422
    assert api.get(path, limit="0").status == 422


# ---------------------------------------------------------------------- claims
def test_a_document_is_looked_at_by_one(api: Api, records: Records) -> None:
    record = finished(records)
    claimed = claim(api, record)
    assert claimed.status == 200
    said = claimed.json
    assert (said["claimed_by"], said["rules"]) == (ALICE, ["pii.iban"])
    assert said["reasons"] == ["TYPE_UNSURE"]
    assert (said["type_confidence"], said["level_confidence"]) == (0.4, 0.5)
    assert said["original"] is None
    assert listed(api)[record.ref.document_id]["claimed_by"] == ALICE
    # Another one is told so, and the first may go on
    refused = claim(api, record, BOB)
    assert (refused.status, refused.code) == (409, "CONFLICT")
    again = claim(api, record)
    assert again.json["claimed_until"] >= said["claimed_until"]
    assert [row[:2] for row in events(records, record) if row[0] == "review.claimed"] == [
        ("review.claimed", ALICE)
    ] * 2


def test_a_claim_expires(pipeline: Pipeline, api: Api, records: Records) -> None:
    # Given a claim of half an hour ago
    record = finished(records)
    claim(api, record)
    claims = Claims(pipeline.client("dynamodb"), pipeline.names["TABLE"])
    former = claims.of(record.ref)
    assert former is not None
    assert former.until - former.at == timedelta(minutes=30)
    expired = former.model_copy(update={"until": now() - timedelta(seconds=1)})
    write = claims.taking(record.ref, expired, former)
    pipeline.client("dynamodb").transact_write_items(TransactItems=[write])
    # Then whoever had it decides nothing, and another may have it
    assert decide(api, record, decision="approve").code == "FORBIDDEN"
    assert listed(api)[record.ref.document_id]["claimed_by"] is None
    assert claim(api, record, BOB).json["claimed_by"] == BOB


def test_who_reviews_a_parked_document_gets_the_file_itself(pipeline: Pipeline, api: Api) -> None:
    record = parked(pipeline)
    url = claim(api, record).json["original"]
    body = httpx.get(url).content
    assert len(body) == 16
    # Nobody gets it without a claim: it is in no other answer
    assert record.source.key not in json.dumps(listed(api)[record.ref.document_id])


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING, Status.COMPLETED])
def test_nobody_is_asked_to_look_at_other_documents(
    api: Api, records: Records, status: Status
) -> None:
    record = stored(records, status)
    assert claim(api, record).code == "CONFLICT"
    assert decide(api, record, decision="approve").code == "CONFLICT"
    unknown = record.model_copy(
        update={"ref": record.ref.model_copy(update={"document_id": "d" + "0" * 32})}
    )
    assert claim(api, unknown).code == "NOT_FOUND"
    assert decide(api, unknown, decision="approve").code == "NOT_FOUND"


def test_only_who_has_claimed_it_decides(pipeline: Pipeline, api: Api) -> None:
    record = parked(pipeline)
    assert decide(api, record, decision="approve").code == "FORBIDDEN"
    claim(api, record)
    refused = decide(api, record, BOB, decision="approve")
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert decide(api, record, decision="approve").status == 202


# ---------------------------------------------------------------------- decisions
@pytest.mark.parametrize("make", [finished, None], ids=["finished", "parked"])
def test_what_is_right_is_approved(
    pipeline: Pipeline, api: Api, records: Records, make: Callable[[Records], Record] | None
) -> None:
    record = parked(pipeline) if make is None else make(records)
    claim(api, record)
    state = decide(api, record, decision="approve").json
    assert state["review"] == "APPROVED"
    assert state["status"] == ("COMPLETED" if make else "RUNNING")
    assert record.ref.document_id not in listed(api)
    action, actor, facts = events(records, record)[-1]
    assert (action, actor) == ("review.decided", ALICE)
    assert facts == {
        "decision": "approve", "instead_of_type": "unknown", "instead_of_level": "RESTRICTED"
    }  # fmt: skip
    # And once only
    assert decide(api, record, decision="approve").code == "CONFLICT"


def test_a_parked_document_goes_on_as_what_a_person_says(pipeline: Pipeline, api: Api) -> None:
    record = parked(pipeline)
    claim(api, record)
    state = decide(api, record, decision="correct", type="invoice", level="CONFIDENTIAL").json
    assert (state["status"], state["review"], state["waiting_for"]) == (
        "RUNNING", "CORRECTED", None
    )  # fmt: skip
    assert (state["corrected_type"], state["declared_level"]) == ("invoice", "CONFIDENTIAL")
    stands = pipeline.record(record.ref)
    assert stands is not None
    assert stands.lease_until is not None
    assert stands.lease_until > now() + timedelta(minutes=50)


def test_a_finished_document_walks_again_as_what_a_person_says(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = finished(records)
    claim(api, record)
    state = decide(api, record, decision="correct", type="invoice").json
    assert (state["revision"], state["begins_at"]) == (2, "classify")
    assert (state["review"], state["corrected_type"]) == ("CORRECTED", "invoice")
    assert state["declared_level"] is None
    # The first revision tells who, and is no longer listed; the second names who opened it
    assert events(records, record)[-1][:2] == ("review.decided", ALICE)
    opened = record.model_copy(update={"ref": following(record)})
    assert events(records, opened)[0][1] == ALICE
    assert record.ref.document_id not in listed(api)


def test_a_stricter_level_holds_at_once_and_reaches_the_files_inside(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = finished(records, children=3)
    claim(api, record)
    state = decide(api, record, decision="correct", level="CONFIDENTIAL").json
    assert (state["revision"], state["begins_at"]) == (2, "preflight")
    assert state["declared_level"] == "CONFIDENTIAL"


def test_a_correction_whose_revision_was_not_opened_is_repeated(api: Api, records: Records) -> None:
    # Given who decided, and whose machine ended before the revision was opened
    record = finished(records)
    claim(api, record)
    noted = records.note(
        record,
        Action.REVIEW_DECIDED,
        actor=ALICE,
        facts={"decision": "correct", "type": "invoice"},
        review=Review.CORRECTED,
        corrected_type=DocumentType.INVOICE,
    )
    assert noted is not None
    # When the same is said again
    state = decide(api, record, decision="correct", type="invoice").json
    # Then it is opened
    assert (state["revision"], state["corrected_type"]) == (2, "invoice")
    # And what says otherwise is a decision that nobody asks for
    assert decide(api, record, decision="correct", type="letter").code == "CONFLICT"


@pytest.mark.parametrize("waits", [False, True], ids=["finished", "parked"])
def test_a_looser_level_takes_two_people(
    pipeline: Pipeline, api: Api, records: Records, waits: bool
) -> None:
    kind = DocumentType.INVOICE
    record = parked(pipeline, type=kind) if waits else finished(records, type=kind)
    claim(api, record)
    state = decide(api, record, decision="correct", level="PUBLIC").json
    # Then the document goes on under its own level
    assert (state["level"], state["declared_level"]) == ("RESTRICTED", None)
    assert (state["review"], state["revision"]) == ("CORRECTED", 1)
    level = api.get(f"/documents/{record.ref.document_id}/level").json
    assert (level["request"]["level"], level["request"]["by"]) == ("PUBLIC", ALICE)
    # And the same person is no second one
    path = f"/documents/{record.ref.document_id}/level/approval"
    approval = api.post(path, {"approve": True}, actor=ALICE)
    assert approval.code == ("NOT_READY" if waits else "FORBIDDEN")
    if not waits:
        approved = api.post(path, {"approve": True}, actor=BOB).json
        assert (approved["revision"], approved["approved_level"]) == (2, "PUBLIC")


@pytest.mark.parametrize(
    ("level", "approved"), [("CONFIDENTIAL", None), ("INTERNAL", Level.INTERNAL)]
)
def test_a_stricter_level_stands_above_what_two_people_approved(
    pipeline: Pipeline, api: Api, records: Records, level: str, approved: Level | None
) -> None:
    # Given a document that goes by an approved level, and waits for somebody all the same
    record = parked(pipeline, level=Level.INTERNAL, approved_level=Level.INTERNAL)
    claim(api, record)
    # When one person says that it is more sensitive, or as much
    assert decide(api, record, decision="correct", level=level).status == 202
    # Then that holds
    stands = records.get(record.ref)
    assert stands is not None
    assert (stands.declared_level, stands.approved_level) == (level, approved)


def test_another_type_than_a_person_s_makes_no_level_looser(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    # Given a document that one person has closed by its type, and that waits for another one
    kind = DocumentType.PAYSLIP
    record = parked(pipeline, type=kind, corrected_type=kind, level=Level.CONFIDENTIAL)
    claim(api, record)
    # When that one says that it is of another type
    assert decide(api, record, decision="correct", type="report").status == 202
    # Then it is, and stays as closed
    stands = records.get(record.ref)
    assert stands is not None
    assert stands.corrected_type is DocumentType.REPORT
    assert stands.declared_level is Level.CONFIDENTIAL


def test_a_stricter_level_voids_the_request_for_a_looser_one(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    # Given a document that waits, and a request for a looser level
    record = parked(pipeline, type=DocumentType.INVOICE)
    path = f"/documents/{record.ref.document_id}/level"
    assert api.post(path, {"level": "PUBLIC", "reason": "r"}, actor=BOB).status == 202
    claim(api, record)
    # When somebody says that it is more sensitive, nobody can approve the request any more
    assert decide(api, record, decision="correct", level="CONFIDENTIAL").status == 202
    assert api.get(path).json["request"] is None
    assert api.post(f"{path}/approval", {"approve": True}, actor=ALICE).code == "CONFLICT"


def test_type_and_looser_level_of_what_is_finished_come_one_after_the_other(
    api: Api, records: Records
) -> None:
    record = finished(records)
    claim(api, record)
    refused = decide(api, record, decision="correct", type="invoice", level="PUBLIC")
    assert refused.code == "CONFLICT"
    assert listed(api)[record.ref.document_id]["claimed_by"] == ALICE


def test_a_parked_document_is_rejected_for_good(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = parked(pipeline)
    claim(api, record)
    state = decide(api, record, decision="reject").json
    assert (state["status"], state["code"], state["review"]) == (
        "REJECTED", "REFUSED", "REJECTED"
    )  # fmt: skip
    assert state["finished_at"] is not None
    # The sweep looks after what there is of it
    stands = records.get(record.ref)
    assert stands is not None
    assert stands.lease_until is not None
    # And nobody reads it again from an upload that is gone
    path = f"/documents/{record.ref.document_id}/revisions"
    assert api.post(path, {}).code == "CONFLICT"


def test_what_is_held_is_not_rejected(pipeline: Pipeline, api: Api) -> None:
    record = parked(pipeline)
    hold = f"/documents/{record.ref.document_id}/hold"
    assert api("PUT", hold, body=json.dumps({"reference": "case 7"})).status in {200, 201}
    claim(api, record)
    refused = decide(api, record, decision="reject")
    assert (refused.status, refused.code) == (409, "HELD")
    stands = pipeline.record(record.ref)
    assert stands is not None
    assert stands.status is Status.WAITING


def test_what_has_gone_on_cannot_be_rejected(api: Api, records: Records) -> None:
    record = finished(records)
    claim(api, record)
    assert decide(api, record, decision="reject").code == "CONFLICT"
    assert listed(api)[record.ref.document_id]["claimed_by"] == ALICE


# ---------------------------------------------------------------------- fields
FIELDS = {"grand_total": ["1234.56 EUR"], "issue_date": ["2026-03-04"], "order_number": []}


def test_what_is_wrong_with_its_fields_is_told(api: Api, records: Records) -> None:
    record = extracted(records, finished(records, type=DocumentType.INVOICE))
    said = claim(api, record).json
    assert said["reasons"] == ["TYPE_UNSURE", "VALIDATION"]
    assert (said["definition"], said["row_gaps"]) == ("invoice/1", 2)
    assert (said["violations"], said["missing"]) == (["net_and_tax_are_gross"], ["issue_date"])
    assert (said["document"]["violations"], said["document"]["row_gaps"]) == (1, 2)


def test_corrected_fields_lie_where_the_next_revision_finds_them(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = extracted(records, finished(records, type=DocumentType.INVOICE))
    claim(api, record)
    state = decide(api, record, decision="correct", fields=FIELDS).json
    assert (state["revision"], state["begins_at"], state["review"]) == (2, "classify", "CORRECTED")
    # Then its record names the file of them, and nothing else tells what they are
    opened = records.get(following(record))
    assert opened is not None
    ((corrections_id, said),) = laid_out(pipeline, opened.ref).items()
    assert opened.corrections == corrections_id
    assert (said["type"], sorted(said["names"])) == ("invoice", sorted(FIELDS))
    assert {one["name"]: one["value"] for one in said["fields"]} == {
        "grand_total": {"amount": "1234.56", "currency": "EUR"}, "issue_date": "2026-03-04"
    }  # fmt: skip
    told = [
        event.model_dump_json() for ref in (record.ref, opened.ref) for event in records.events(ref)
    ]
    items = [row.model_dump_json() for row in (records.get(record.ref), opened) if row]
    assert "1234.56" not in "".join((*told, *items, json.dumps(state)))
    assert events(records, record)[-1][2]["fields"] == tuple(sorted(FIELDS))
    # And a case names them
    (case,) = (
        one for one in walk_through(api, "/reviews/cases")
        if one["content_sha256"] == record.content_sha256
    )  # fmt: skip
    assert case["corrected_fields"] == sorted(FIELDS)
    assert (case["definition"], case["missing"]) == ("invoice/1", ["issue_date"])
    # And the same said again is no other revision
    assert decide(api, record, decision="correct", fields=FIELDS).code == "CONFLICT"


def test_a_parked_document_goes_on_by_its_corrections(pipeline: Pipeline, api: Api) -> None:
    record = parked(pipeline, type=DocumentType.UNKNOWN)
    claim(api, record)
    # Given that nobody knows what it is, its fields are nothing's
    assert decide(api, record, decision="correct", fields=FIELDS).code == "INVALID_REQUEST"
    state = decide(api, record, decision="correct", type="invoice", fields=FIELDS).json
    assert (state["status"], state["revision"]) == ("RUNNING", 1)
    stands = pipeline.record(record.ref)
    assert stands is not None
    assert [*laid_out(pipeline, record.ref)] == [stands.corrections]


def test_fields_are_of_the_schema_that_they_were_found_by(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    # Given that the document's fields were found by the schema of a likelier type
    record = extracted(records, finished(records, type=DocumentType.UNKNOWN))
    claim(api, record)
    assert decide(api, record, decision="correct", fields=FIELDS).json["revision"] == 2
    (said,) = laid_out(pipeline, following(record)).values()
    assert said["type"] == "invoice"


def test_corrections_whose_revision_was_not_opened_are_repeated(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    # Given who decided, and whose machine ended before the revision was opened
    record = finished(records, type=DocumentType.INVOICE)
    claim(api, record)
    noted = records.note(
        record,
        Action.REVIEW_DECIDED,
        actor=ALICE,
        facts={"decision": "correct", "fields": tuple(sorted(FIELDS))},
        review=Review.CORRECTED,
        corrections="c" * 32,
    )
    assert noted is not None
    # When other fields are corrected, nobody asks for that
    other = {"grand_total": ["1.00"]}
    assert decide(api, record, decision="correct", fields=other).code == "CONFLICT"
    # Then the same opens it, and goes by what lies there
    assert decide(api, record, decision="correct", fields=FIELDS).json["revision"] == 2
    opened = records.get(following(record))
    assert opened is not None
    assert opened.corrections == "c" * 32
    assert not laid_out(pipeline, opened.ref)


def test_another_revision_goes_by_no_corrections(
    pipeline: Pipeline, api: Api, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a revision that somebody else opens while the fields are being corrected
    record = finished(records, type=DocumentType.INVOICE)
    claim(api, record)
    opening = Revisions.open_next

    def meanwhile(self: Revisions, former: Record, *words: Any, **facts: Any) -> Record | None:
        revision = {"ref": following(former), "status": Status.QUEUED, "review": Review.NONE}
        cleared = {"corrections": None}
        assert records.next_revision(former.model_copy(update=revision | cleared))
        return opening(self, former, *words, **facts)

    monkeypatch.setattr(Revisions, "open_next", meanwhile)
    # Then the correction is refused, and nothing of it is left
    assert decide(api, record, decision="correct", fields=FIELDS).code == "CONFLICT"
    assert not laid_out(pipeline, following(record))


def test_fields_of_what_is_finished_and_a_looser_level_come_one_after_the_other(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = finished(records, type=DocumentType.INVOICE)
    claim(api, record)
    said = {"decision": "correct", "level": "PUBLIC", "fields": FIELDS}
    assert decide(api, record, **said).code == "CONFLICT"
    assert not laid_out(pipeline, following(record))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (DocumentType.INVOICE, {"no_such_field": ["x"]}),
        (DocumentType.INVOICE, {"grand_total": ["1.234,56 canary"]}),
        (DocumentType.INVOICE, {"issue_date": ["2026-03-04", "2026-03-05"]}),
        (DocumentType.LETTER, {"grand_total": ["1.00"]}),
        (DocumentType.INVOICE, {"GrandTotal": ["1.00"]}),
        (DocumentType.INVOICE, {"grand_total": "1.00"}),
        (DocumentType.INVOICE, {"grand_total": [""]}),
        (DocumentType.INVOICE, {"grand_total": [1]}),
    ],
)
def test_fields_are_the_schema_s_and_in_their_form(
    pipeline: Pipeline, api: Api, records: Records, kind: DocumentType, fields: dict[str, Any]
) -> None:
    record = finished(records, type=kind)
    claim(api, record)
    answer = decide(api, record, decision="correct", fields=fields)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "canary" not in answer.body
    assert listed(api)[record.ref.document_id]["claimed_by"] == ALICE
    assert not laid_out(pipeline, following(record))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"decision": "maybe"},
        {"decision": "correct", "fields": {}},
        {"decision": "approve", "fields": {"total": ["1"]}},
        {"decision": "correct"},
        {"decision": "correct", "type": "unknown"},
        {"decision": "approve", "type": "invoice"},
        {"decision": "reject", "level": "PUBLIC"},
        {"decision": "correct", "type": "memo"},
        {"decision": "approve", "more": 1},
    ],
)
def test_a_decision_says_what_it_is(api: Api, records: Records, said: dict[str, Any]) -> None:
    record = finished(records)
    claim(api, record)
    assert decide(api, record, **said).status == 422


# ---------------------------------------------------------------------- cases
def test_decisions_are_cases_without_a_word_of_the_document(api: Api, records: Records) -> None:
    corrected, approved, waits = finished(records), finished(records), finished(records)
    for record in (corrected, approved):
        claim(api, record)
    decide(api, corrected, decision="correct", type="invoice", level="CONFIDENTIAL")
    decide(api, approved, decision="approve")
    cases = {case["content_sha256"]: case for case in walk_through(api, "/reviews/cases")}
    case = cases[corrected.content_sha256]
    assert case["revision"] == 1
    assert (case["type"], case["type_confidence"], case["rules"]) == ("unknown", 0.4, ["pii.iban"])
    assert (case["corrected_type"], case["corrected_level"]) == ("invoice", "CONFIDENTIAL")
    agreed = cases[approved.content_sha256]
    assert (agreed["decision"], agreed["corrected_type"]) == ("approve", None)
    assert waits.content_sha256 not in cases
    assert "a.pdf" not in json.dumps([case, agreed])
