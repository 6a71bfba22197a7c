"""The audit trail of documents that walk: told, verified, anchored, and without a word of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docparser.audit.anchors import Anchor
from docparser.audit.daily import Anchoring
from docparser.model import Action, Status, now
from docparser.store import chain, items
from docparser.store.audit_bucket import AuditBucket
from docparser.store.event_reader import EventReader

from tests.pdfs import text_pdf
from tests.stack import until
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from docparser.model import Event, Record, Ref

    from tests.stack import Pipeline

COMMAND = Path(sys.executable).with_name("docparser")
TEXT, NAME, FIELD = (f"Kanarie{kind}{uuid.uuid4().hex[:8]}" for kind in ("text", "name", "field"))


def docparser(pipeline: Pipeline, *words: str, actor: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as a user of this stack does."""
    environment = {
        **os.environ,
        "DOCPARSER_HOME": str(pipeline.home),
        "DOCPARSER_ENDPOINT": pipeline.outputs.endpoint,
        "AWS_ACCESS_KEY_ID": actor,
    }
    return subprocess.run(
        [COMMAND, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def verified(pipeline: Pipeline, *words: str) -> tuple[int, set[tuple[Any, ...]]]:
    """Verify; return the exit status and what was found."""
    result = docparser(pipeline, "audit", "verify", *words, "--json")
    assert result.stderr == ""
    findings = json.loads(result.stdout)["findings"]
    found = {(f["code"], f["document_id"], f["revision"], f["seq"]) for f in findings}
    return result.returncode, found


def walked(pipeline: Pipeline, *lines: str) -> Record:
    content = text_pdf((TEXT, *lines, "IBAN DE89370400440532013000"), salt=uuid.uuid4().hex)
    pipeline.upload(content, f"{NAME}.pdf")
    return pipeline.ended(ref_of(content), timeout_s=90)


@pytest.fixture(scope="module")
def completed(pipeline: Pipeline) -> Record:
    record = walked(pipeline, f"Invoice no. 4711 of {TEXT}", "Total amount due: 100.00 EUR")
    assert record.status is Status.COMPLETED
    return record


@pytest.fixture(scope="module")
def rejected(pipeline: Pipeline) -> Record:
    content = f"%PDF-1.7 {TEXT} not a PDF at all".encode()
    pipeline.upload(content, f"{NAME}.pdf")
    return pipeline.ended(ref_of(content))


def reader(pipeline: Pipeline) -> EventReader:
    return EventReader(pipeline.client("dynamodb"), pipeline.names["TABLE"])


def bucket(pipeline: Pipeline) -> AuditBucket:
    names = {row["Name"] for row in pipeline.client("s3").list_buckets()["Buckets"]}
    (name,) = (name for name in names if "-audit-" in name)
    return AuditBucket(pipeline.client("s3"), name)


def anchor_today(pipeline: Pipeline) -> list[Anchor]:
    """Let the night after today come."""
    night = datetime.combine(now().date() + timedelta(days=1), time(0, 15, tzinfo=UTC))
    anchoring = Anchoring(reader(pipeline), bucket(pipeline), clock=lambda: night)
    return anchoring.run(lambda: 900.0)


def anchored_by_function(pipeline: Pipeline) -> dict[str, int]:
    """Call the function that anchors; return how many events of which days it has anchored."""
    answer = pipeline.client("lambda").invoke(
        FunctionName=f"docparser-{pipeline.outputs.env}-anchor", Payload=b"{}"
    )
    days: dict[str, int] = json.loads(answer["Payload"].read())["days"]
    return days


def events(pipeline: Pipeline, ref: Ref) -> list[Event]:
    return list(reader(pipeline).of_document(ref.tenant, ref.document_id))


def put(pipeline: Pipeline, event: Event) -> None:
    item = items.marshal(items.from_event(event))
    pipeline.client("dynamodb").put_item(TableName=pipeline.names["TABLE"], Item=item)


def delete(pipeline: Pipeline, ref: Ref, sk: str) -> None:
    key = items.key(ref.tenant, ref.document_id, sk)
    pipeline.client("dynamodb").delete_item(TableName=pipeline.names["TABLE"], Key=key)


# ---------------------------------------------------------------------- told
def test_the_trail_tells_what_a_walk_decided_and_what_it_cost(
    pipeline: Pipeline, completed: Record
) -> None:
    told = events(pipeline, completed.ref)
    by_action = {event.action: event for event in told}
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert {Action.CLASSIFIED, Action.EXTRACTED, Action.ROUTED} <= by_action.keys()
    classified = by_action[Action.CLASSIFIED].facts
    assert (classified["type"], classified["level"]) == (completed.type, completed.level)
    assert told[-1].to is Status.COMPLETED
    assert told[-1].facts["cost_usd"] == f"{completed.cost_usd:.6f}"
    assert completed.chain == told[-1].sha256
    # And the command tells the same
    result = docparser(pipeline, "audit", "list", completed.ref.document_id, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert [each["sha256"] for each in json.loads(result.stdout)["events"]] == [
        event.sha256 for event in told
    ]
    shown = docparser(pipeline, "audit", "list", completed.ref.document_id).stdout
    assert "QUEUED -> RUNNING" in shown
    assert "classified" in shown


def test_what_nobody_touched_is_whole(
    pipeline: Pipeline, completed: Record, rejected: Record
) -> None:
    for record in (completed, rejected):
        assert verified(pipeline, record.ref.document_id) == (0, set())
    assert verified(pipeline, "--all") == (0, set())
    said = docparser(pipeline, "audit", "verify", completed.ref.document_id).stdout
    assert "Nothing was changed." in said


def test_what_never_was_is_not_found(pipeline: Pipeline) -> None:
    for words in (("list",), ("verify",)):
        result = docparser(pipeline, "audit", *words, "d" + "0" * 32)
        assert result.returncode == 4


def test_the_trail_names_who_asked(pipeline: Pipeline) -> None:
    # Given somebody with a name, who lets a document be read again, and then erased
    record = walked(pipeline, "again")
    ref = record.ref.model_copy(update={"revision": 2})
    document_id = ref.document_id
    assert docparser(pipeline, "reprocess", document_id, actor="alice").returncode == 0
    pipeline.ended(ref, timeout_s=90)
    assert docparser(pipeline, "erase", document_id, "--yes", actor="bob").returncode == 0
    until(lambda: events(pipeline, ref)[-1].action is Action.ERASED, timeout_s=90)
    # Then the trail of both revisions names both, is whole, and stays
    told = events(pipeline, ref)
    second = [event for event in told if event.ref.revision == 2]
    assert second[0].actor == "alice"
    assert second[0].previous in {event.sha256 for event in told if event.ref.revision == 1}
    asked = next(event for event in told if event.action is Action.ERASURE_REQUESTED)
    assert asked.actor == "bob"
    assert verified(pipeline, document_id) == (0, set())


# ---------------------------------------------------------------------- tampered with
def test_an_event_that_was_changed_in_the_table_is_found(
    pipeline: Pipeline, completed: Record
) -> None:
    # Given somebody who makes a document less confidential, in the table itself
    ref = completed.ref
    classified = next(e for e in events(pipeline, ref) if e.action is Action.CLASSIFIED)
    put(pipeline, classified.model_copy(update={"facts": {**classified.facts, "level": "PUBLIC"}}))
    # Then it is found, and where
    found = ("EDITED", ref.document_id, 1, classified.seq)
    assert verified(pipeline, ref.document_id) == (1, {found})
    status, everything = verified(pipeline, "--all")
    assert (status, found in everything) == (1, True)
    put(pipeline, classified)
    assert verified(pipeline, ref.document_id) == (0, set())


def test_what_was_made_to_fit_again_is_found_once_it_was_anchored(pipeline: Pipeline) -> None:
    # Given documents of a day that is over
    cut, gone = walked(pipeline, "one"), walked(pipeline, "two")
    yesterday = (now().date() - timedelta(days=1)).isoformat()
    assert anchored_by_function(pipeline) in ({yesterday: 0}, {})
    assert anchored_by_function(pipeline) == {}
    anchors = anchor_today(pipeline)
    assert [anchor.day for anchor in anchors] == [now().date()]
    assert anchors[0].previous is not None
    for record in (cut, gone):
        assert verified(pipeline, record.ref.document_id) == (0, set())
    # When the last event of one is cut off, and its record says that it never was
    before = events(pipeline, cut.ref)
    last = before.pop()
    delete(pipeline, cut.ref, items.event_key(1, last.seq))
    pipeline.client("dynamodb").update_item(
        TableName=pipeline.names["TABLE"],
        Key=items.key(cut.ref.tenant, cut.ref.document_id, items.revision_key(1)),
        UpdateExpression="SET #seq = :seq, #chain = :chain",
        ExpressionAttributeNames={"#seq": "seq", "#chain": "chain"},
        ExpressionAttributeValues={
            ":seq": items.attribute(before[-1].seq),
            ":chain": items.attribute(before[-1].sha256),
        },
    )
    # And another document vanishes
    for sk in (
        items.HEAD,
        items.revision_key(1),
        *(items.event_key(1, event.seq) for event in events(pipeline, gone.ref)),
    ):
        delete(pipeline, gone.ref, sk)
    # Then the anchor tells
    a_cut = ("CUT", cut.ref.document_id, 1, last.seq)
    a_loss = ("DOCUMENT_REMOVED", gone.ref.document_id, None, None)
    assert verified(pipeline, cut.ref.document_id) == (1, {a_cut})
    assert verified(pipeline, gone.ref.document_id) == (1, {a_loss})
    status, everything = verified(pipeline, "--all")
    assert status == 1
    assert {a_cut, a_loss} <= everything


# ---------------------------------------------------------------------- not a word
def test_no_word_of_a_document_is_in_the_trail(
    pipeline: Pipeline, completed: Record, rejected: Record
) -> None:
    anchor_today(pipeline)
    table = [
        chain.canonical(event).decode()
        for record in (completed, rejected)
        for event in events(pipeline, record.ref)
    ]
    s3, kept = pipeline.client("s3"), bucket(pipeline)
    rows = s3.list_object_versions(Bucket=kept.bucket)["Versions"]
    exported = [kept.version(row["Key"], row["VersionId"]) or b"" for row in rows]
    assert any(completed.ref.document_id.encode() in body for body in exported)
    for place in (*table, *(body.decode() for body in exported)):
        for word in (TEXT, NAME, FIELD, "4711", "DE8937", "Invoice", ".pdf"):
            assert word not in place
