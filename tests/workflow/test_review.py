"""Documents that people look at: parked ones wait for them, finished ones are corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials
from docparser.model import DocumentType, Level, Record, Ref, Review, Status, WaitingFor, now
from docparser.store.slots import Slots
from docparser_client.api import Client, Conflict

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.test_walk import ref_of

BUCKETS = ("INTAKE", "WORK", "OCR", "VAULT", "BACKUP", "SYNC")


def unclear() -> bytes:
    """Return a document of which nobody can say what it is."""
    return text_pdf(("Seventeen grey stones lie on the lower shelf.", "Beside them is a box."))


def client_of(pipeline: Pipeline, name: str) -> Client:
    return Client(pipeline.outputs.api_url, credentials=Credentials(name, "secret"))


@pytest.fixture
def alice(pipeline: Pipeline) -> Iterator[Client]:
    with client_of(pipeline, "alice") as client:
        yield client


@pytest.fixture
def bob(pipeline: Pipeline) -> Iterator[Client]:
    with client_of(pipeline, "bob") as client:
        yield client


@pytest.fixture
def _parks(alice: Client) -> Iterator[None]:
    """Let unclear documents wait for a person."""
    before = alice.policies.get()
    wanted = {"review": {"mode": "park", "days": 7}}
    held = alice.policies.change(wanted, replaces=before.tenant_version)
    yield
    alice.policies.change({}, replaces=held.tenant_version)


def waits(pipeline: Pipeline, content: bytes) -> Record:
    """Take a document in; return its record once it waits."""
    pipeline.upload(content, "unclear.pdf")

    def look() -> Record | None:
        record = pipeline.record(ref_of(content))
        return record if record and record.status is Status.WAITING else None

    return until(look)


def sweep(pipeline: Pipeline) -> None:
    name = f"docparser-{pipeline.outputs.env}-sweep"
    answer = pipeline.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer


def overdue(pipeline: Pipeline, record: Record) -> None:
    """Let a record's lease have run out, and the sweep come by."""
    assert pipeline.records.renew(record, now() - timedelta(hours=1))
    sweep(pipeline)


def left(pipeline: Pipeline, ref: Ref) -> dict[str, list[str]]:
    """Return what lies of a document in any bucket, in every version."""
    found: dict[str, list[str]] = {}
    for purpose in BUCKETS:
        pages = (
            pipeline.client("s3")
            .get_paginator("list_object_versions")
            .paginate(Bucket=pipeline.names[f"{purpose}_BUCKET"])
        )
        keys = [
            row["Key"]
            for page in pages
            for kind in ("Versions", "DeleteMarkers")
            for row in page.get(kind, [])
            if ref.document_id in row["Key"]
        ]
        if keys:
            found[purpose] = keys
    return found


def classification(pipeline: Pipeline, record: Record) -> dict[str, Any]:
    key = f"default/{record.ref.document_id}/r{record.ref.revision}/document.json"
    vault = pipeline.names["VAULT_BUCKET"]
    body = pipeline.client("s3").get_object(Bucket=vault, Key=key)["Body"].read()
    return json.loads(body)["classification"]


def rules(found: dict[str, Any]) -> set[str]:
    return {
        entry["rule"] for part in ("type", "level") for entry in found[part].get("evidence", [])
    }


def listed(client: Client) -> set[str]:
    return {item.document.document_id for item in client.reviews.required()}


# ---------------------------------------------------------------------- parked
@pytest.mark.usefixtures("_parks")
def test_a_parked_document_goes_on_as_what_a_person_says(
    pipeline: Pipeline, alice: Client, bob: Client
) -> None:
    # Given a document that nobody can tell the type of
    content = unclear()
    record = waits(pipeline, content)
    document_id = record.ref.document_id
    # Then it waits for a person, without a slot, and lies in no zone
    assert (record.waiting_for, record.review) == (WaitingFor.REVIEW, Review.REQUIRED)
    assert record.lease_until is not None
    assert timedelta(days=6) < record.lease_until - now() < timedelta(days=8)
    slots = Slots(pipeline.client("dynamodb"), pipeline.names["TABLE"], count=100)
    name = record.ref.execution_name
    until(lambda: name not in {slot.holder for slot in slots.held()})
    assert not {"VAULT", "BACKUP", "SYNC"} & left(pipeline, record.ref).keys()
    assert document_id in listed(alice)
    # When one person looks at it, another cannot
    claimed = alice.reviews.claim(document_id)
    assert claimed.claimed_by == "alice"
    assert claimed.original is not None
    with pytest.raises(Conflict):
        bob.reviews.claim(document_id)
    # And when they say what it is
    state = alice.reviews.decide(document_id, "correct", document_type="report")
    assert state.status in {Status.RUNNING, Status.COMPLETED}
    # Then it goes on from there
    ended = pipeline.ended(record.ref)
    assert (ended.status, ended.type) == (Status.COMPLETED, DocumentType.REPORT)
    assert ended.review is Review.CORRECTED
    assert ended.ref.revision == 1
    found = classification(pipeline, ended)
    assert found["type"]["value"] == "report"
    assert "review.type" in rules(found)
    assert document_id not in listed(alice)
    # And the audit trail tells who decided
    told = [
        (event.action.value, event.actor)
        for event in pipeline.records.events(record.ref)
        if event.actor != "system"
    ]
    assert told == [("review.claimed", "alice"), ("review.decided", "alice")]


@pytest.mark.usefixtures("_parks")
def test_of_a_rejected_document_nothing_stays(pipeline: Pipeline, alice: Client) -> None:
    record = waits(pipeline, unclear())
    document_id = record.ref.document_id
    alice.reviews.claim(document_id)
    state = alice.reviews.decide(document_id, "reject")
    assert (state.status, state.code) == (Status.REJECTED, "REFUSED")
    until(lambda: pipeline.execution(record.ref)["status"] == "ABORTED")
    stands = pipeline.record(record.ref)
    assert stands is not None
    overdue(pipeline, stands)
    assert left(pipeline, record.ref) == {}
    keys = pipeline.keys("INTAKE_BUCKET", record.source.key)
    assert keys == []
    after = pipeline.record(record.ref)
    assert after is not None
    assert (after.status, after.code, after.review) == (
        Status.REJECTED, "REFUSED", Review.REJECTED
    )  # fmt: skip


@pytest.mark.usefixtures("_parks")
def test_what_nobody_looks_at_in_time_is_confidential(pipeline: Pipeline, alice: Client) -> None:
    record = waits(pipeline, unclear())
    overdue(pipeline, record)
    ended = pipeline.ended(record.ref)
    assert (ended.status, ended.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    assert "review.overdue" in rules(classification(pipeline, ended))
    # It can still be looked at
    assert ended.review is Review.REQUIRED
    assert record.ref.document_id in listed(alice)


@pytest.mark.usefixtures("_parks")
def test_a_parked_document_can_be_cancelled(pipeline: Pipeline, alice: Client) -> None:
    record = waits(pipeline, unclear())
    assert alice.cancel(record.ref.document_id).status is Status.CANCELLED
    until(lambda: pipeline.execution(record.ref)["status"] == "ABORTED")
    assert record.ref.document_id not in listed(alice)
    stands = pipeline.record(record.ref)
    assert stands is not None
    assert (stands.status, stands.waiting_for) == (Status.CANCELLED, None)


# ---------------------------------------------------------------------- marked
def test_by_default_nothing_waits_and_a_correction_opens_a_revision(
    pipeline: Pipeline, alice: Client
) -> None:
    # Given the default rules
    content = unclear()
    pipeline.upload(content, "unclear.pdf")
    record = pipeline.ended(ref_of(content))
    # Then the document has gone on, and is marked
    assert (record.status, record.review, record.waits) == (
        Status.COMPLETED, Review.REQUIRED, 0
    )  # fmt: skip
    assert record.type is DocumentType.UNKNOWN
    document_id = record.ref.document_id
    assert document_id in listed(alice)
    # When a person corrects it
    alice.reviews.claim(document_id)
    state = alice.reviews.decide(document_id, "correct", document_type="letter")
    # Then its next revision goes by that
    assert state.revision == 2
    second = pipeline.ended(record.ref.model_copy(update={"revision": 2}))
    assert (second.type, second.review) == (DocumentType.LETTER, Review.CORRECTED)
    assert document_id not in listed(alice)
    # And the first one stays as it was
    assert classification(pipeline, record)["type"]["value"] == "unknown"
    (case,) = [one for one in alice.reviews.cases() if one.document_id == document_id]
    assert (case.type, case.corrected_type, case.decision) == ("unknown", "letter", "correct")
