"""Revisions: what changes opens one, what does not is not done again, what was there stays."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from docparser.model import Level, Status, Zone
from docparser.route.matrix import allowed_zones

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.unit.api.calls import Api, api_on
from tests.workflow.test_faults import NOWHERE, seen_failing
from tests.workflow.test_read_scans import mixed_pdf
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from docparser.model import Record, Ref

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
RESULT = ("document.json", "document.md", "document.txt", "original", "pages/s0001.json")


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


def revision(content: bytes, number: int) -> Ref:
    return ref_of(content).model_copy(update={"revision": number})


def fresh(sample: str) -> bytes:
    """Return a sample that no test has uploaded before."""
    with pikepdf.open(SAMPLES / sample) as pdf:
        pdf.docinfo["/Title"] = uuid.uuid4().hex
        saved = io.BytesIO()
        pdf.save(saved)
    return saved.getvalue()


def encrypted(content: bytes, password: str) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        saved = io.BytesIO()
        pdf.save(saved, encryption=pikepdf.Encryption(user=password, owner=password))
    return saved.getvalue()


def entered(pipeline: Pipeline, ref: Ref) -> list[str]:
    """Return the states that a walk has entered."""
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in pipeline.history(ref)
        if "stateEnteredEventDetails" in event
    ]


def stored(pipeline: Pipeline, ref: Ref, file: str, zone: str = "VAULT") -> bytes:
    key = f"default/{ref.document_id}/r{ref.revision}/{file}"
    answer = pipeline.client("s3").get_object(Bucket=pipeline.names[f"{zone}_BUCKET"], Key=key)
    body: bytes = answer["Body"].read()
    return body


def revisions_in(pipeline: Pipeline, zone: Zone, ref: Ref) -> set[str]:
    """Return which revisions of a document lie in a zone."""
    prefix = f"default/{ref.document_id}/"
    keys = pipeline.keys(f"{zone.upper()}_BUCKET", prefix)
    return {key.removeprefix(prefix).partition("/")[0] for key in keys}


def assert_nothing_is_left_over(pipeline: Pipeline, record: Record) -> None:
    """Assert that neither uploads nor intermediates of a document are left."""
    prefix = f"default/{record.ref.document_id}/"
    until(lambda: not pipeline.keys("INTAKE_BUCKET", f"renamed/{prefix}"))
    assert pipeline.keys("WORK_BUCKET", f"{prefix}r{record.ref.revision}/") == []


def test_a_password_opens_what_nobody_could_read(pipeline: Pipeline) -> None:
    # Given a document that is rejected, because it is encrypted
    content = encrypted(text_pdf(("Dear Sir,", "a locked letter")), "sesame ä")
    first = pipeline.upload(content)
    record = pipeline.ended(ref_of(content))
    assert (record.status, record.code) == (Status.REJECTED, "ENCRYPTED")
    # When it is sent again with its password
    second = pipeline.upload(content, "locked.pdf", password="sesame%20%C3%A4")
    # Then its next revision is read,
    ref = revision(content, 2)
    record = pipeline.ended(ref)
    assert record.status is Status.COMPLETED
    assert stored(pipeline, ref, "document.txt").split() == [
        b"Dear",
        b"Sir,",
        b"a",
        b"locked",
        b"letter",
    ]
    # the vault holds the file as it came, and no upload is left,
    assert stored(pipeline, ref, "original") == content
    until(lambda: not {first.key, second.key} & {*pipeline.keys("INTAKE_BUCKET")})
    # and the password is nowhere
    said = json.dumps(
        [pipeline.items(ref), pipeline.execution(ref)["input"], pipeline.history(ref)], default=str
    )
    assert "sesame" not in said


def test_a_wrong_password_is_refused_and_the_right_one_still_helps(pipeline: Pipeline) -> None:
    content = encrypted(text_pdf(), "sesame")
    pipeline.upload(content, password="other")
    assert pipeline.ended(ref_of(content)).code == "ENCRYPTED"
    pipeline.upload(content, password="other")  # nobody tries it twice
    pipeline.upload(content, password="sesame")
    record = pipeline.ended(revision(content, 2))
    assert record.status is Status.COMPLETED
    current = pipeline.records.current("default", record.ref.document_id)
    assert current == record


def test_a_stricter_level_while_a_document_walks_ends_that_walk(pipeline: Pipeline) -> None:
    # Given a walk that is held up
    content = fresh("de/pressemitteilung.pdf")
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        pipeline.upload(content)
        until(lambda: seen_failing(pipeline, content))
        # When the same bytes come as RESTRICTED
        source = pipeline.upload(content, level="RESTRICTED")
        until(lambda: pipeline.record(revision(content, 2)))
    # Then that walk is cancelled, and the next revision is read from what came
    first = pipeline.record(ref_of(content))
    assert first is not None
    assert first.status is Status.CANCELLED
    record = pipeline.ended(revision(content, 2))
    assert (record.status, record.level, record.source) == (Status.COMPLETED, "RESTRICTED", source)
    assert "Restore" not in entered(pipeline, record.ref)
    assert revisions_in(pipeline, Zone.SYNC, record.ref) == set()
    # And the cancelled one stays so, whatever its execution came to
    until(lambda: pipeline.execution(ref_of(content))["status"] != "RUNNING", timeout_s=90)
    assert pipeline.record(ref_of(content)).status is Status.CANCELLED  # type: ignore[union-attr]


def test_a_stricter_level_of_what_was_read_takes_back_what_it_forbids(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a public document
    content = fresh("de/pressemitteilung.pdf")
    pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    assert first.level is Level.PUBLIC
    assert first.zones == allowed_zones(Level.PUBLIC, first.type, ())
    # When its bytes come as CONFIDENTIAL
    source = pipeline.upload(content, level="CONFIDENTIAL")
    record = pipeline.ended(revision(content, 2))
    # Then it is classified anew, and not a page is read again
    assert (record.status, record.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    assert entered(pipeline, record.ref) == [
        "Begin", "Restore", "Restored", "Classify", "Extract", "Parked", "Scanned", "Personal",
        "Route", "Fill", "FillZone", "Filled", "Clear", "PurgeZone", "PurgeZone", "Cleared",
        "Index", "Complete",
    ]  # fmt: skip
    # And all its revisions lie where CONFIDENTIAL may lie, and nowhere else
    for zone in Zone:
        allowed = zone in allowed_zones(Level.CONFIDENTIAL, record.type, ())
        expected = {"r1", "r2"} if allowed else set()
        # What is locked in the backup, the purge deletes a moment later.
        until(lambda zone=zone, all_=expected: revisions_in(pipeline, zone, record.ref) == all_)
    # And both results can be had
    for number in ("1", "2"):
        where = f"/documents/{record.ref.document_id}/content"
        assert api.get(where, revision=number).status == 303
    assert pipeline.record(first.ref) == first
    until(lambda: source.key not in pipeline.keys("INTAKE_BUCKET"))
    assert_nothing_is_left_over(pipeline, record)


def reprocess(api: Api, ref: Ref, **asked: Any) -> None:
    answer = api.post(f"/documents/{ref.document_id}/revisions", asked)
    assert (answer.status, answer.json["status"]) == (202, "QUEUED")


def test_a_reprocess_from_classify_reads_nothing_again(pipeline: Pipeline, api: Api) -> None:
    # Given a document
    content = fresh("en/operations-report.pdf")
    pipeline.upload(content, "report.pdf")
    first = pipeline.ended(ref_of(content))
    # When it is to be classified again, while none of what reads is there
    away = {"AWS_ENDPOINT_URL_S3": NOWHERE}
    with pipeline.changed("preflight", **away), pipeline.changed("extract-text", **away):
        reprocess(api, first.ref, **{"from": "classify"})
        record = pipeline.ended(revision(content, 2))
    # Then it is, from the pages that were read before
    assert (record.status, record.level, record.type) == (Status.COMPLETED, first.level, first.type)
    assert "ReadPages" not in entered(pipeline, record.ref)
    assert (record.pages, record.pages_by_lane) == (first.pages, first.pages_by_lane)
    for file in RESULT[1:]:
        assert stored(pipeline, record.ref, file) == stored(pipeline, first.ref, file), file
    # And it cost what was done
    assert 0 < record.cost_usd < first.cost_usd
    # And the old result is there as before
    assert pipeline.record(first.ref) == first
    assert_nothing_is_left_over(pipeline, record)


def test_a_scan_that_is_classified_again_keeps_what_was_made_of_it(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a scan with its searchable PDF
    content = mixed_pdf()
    pipeline.upload(content, "scan.pdf")
    first = pipeline.ended(ref_of(content), timeout_s=180)
    assert first.warnings == ()
    # When it is classified again, while nobody can export
    with pipeline.changed("export", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        reprocess(api, first.ref, **{"from": "classify"})
        record = pipeline.ended(revision(content, 2))
    # Then the result is the same to the last file
    assert (record.status, record.warnings) == (Status.COMPLETED, ())
    for file in ("document.pdf", "document.alto.xml", "document.txt", "pages/s0002.json"):
        assert stored(pipeline, record.ref, file) == stored(pipeline, first.ref, file), file
    assert record.pages_by_lane == first.pages_by_lane
    assert "Export" not in entered(pipeline, record.ref)


def test_a_reprocess_from_read_reads_again_what_the_vault_holds(
    pipeline: Pipeline, api: Api
) -> None:
    content = text_pdf(("Dear Sir,", "read me twice"))
    pipeline.upload(content, "letter.pdf")
    first = pipeline.ended(ref_of(content))
    reprocess(api, first.ref, level="RESTRICTED")
    record = pipeline.ended(revision(content, 2))
    assert record.status is Status.COMPLETED
    states = entered(pipeline, record.ref)
    assert states[:4] == ["Begin", "Restore", "Restored", "Preflight"]
    assert "ReadText" in states
    assert record.declared_level is Level.RESTRICTED
    assert [*Level].index(record.level or Level.PUBLIC) <= [*Level].index(Level.RESTRICTED)
    assert stored(pipeline, record.ref, "original") == content
    documents = [
        json.loads(stored(pipeline, ref, "document.json")) for ref in (first.ref, record.ref)
    ]
    assert [document["revision"] for document in documents] == [1, 2]
    assert documents[0]["texts"] == documents[1]["texts"]
    assert_nothing_is_left_over(pipeline, record)


def test_a_rejected_document_is_reprocessed_from_its_upload(pipeline: Pipeline, api: Api) -> None:
    content = text_pdf()
    with pipeline.changed("preflight", DOCPARSER_MAX_BYTES="100"):
        pipeline.upload(content)
        rejected = pipeline.ended(ref_of(content))
    assert rejected.code == "TOO_LARGE"
    reprocess(api, rejected.ref)
    record = pipeline.ended(revision(content, 2))
    assert (record.status, record.source) == (Status.COMPLETED, rejected.source)


def test_revisions_that_race_leave_one_result_that_is_current(pipeline: Pipeline, api: Api) -> None:
    # Given a document
    content = fresh("de/pressemitteilung.pdf")
    pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    waiting = pipeline.waiting()
    # When two levels are declared and it is reprocessed, all at once and each of them often
    sources = [pipeline.upload(content, level=level) for level in ("INTERNAL", "CONFIDENTIAL")]
    path = f"/documents/{first.ref.document_id}/revisions"
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(api.post, path, {"from": "classify"}) for _ in range(4)]
        told = [pool.submit(pipeline.tell, source, len(content)) for source in sources * 10]
        assert {each.result().status for each in asked} <= {202, 409}
        for each in told:
            each.result()
    until(lambda: pipeline.waiting() <= waiting, timeout_s=90)

    def settled() -> Record | None:
        current = pipeline.records.current("default", first.ref.document_id)
        return current if current is not None and current.status.terminal else None

    # Then the last revision is as strict as the strictest, and every one before it has ended
    record = until(settled, timeout_s=90)
    assert (record.status, record.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    assert 2 <= record.ref.revision <= 7
    formers = [pipeline.record(revision(content, n)) for n in range(1, record.ref.revision)]
    assert {former.status for former in formers if former} <= {Status.COMPLETED, Status.CANCELLED}
    assert None not in formers
    # And each was walked once at most, and no zone holds what the level forbids
    names = pipeline.executions(first.ref)
    assert len(names) == len({*names}) <= record.ref.revision
    for ref in (revision(content, n) for n in range(1, record.ref.revision + 1)):
        if ref.execution_name in names:
            until(lambda ref=ref: pipeline.execution(ref)["status"] != "RUNNING", timeout_s=60)
    assert revisions_in(pipeline, Zone.SYNC, first.ref) == set()
    assert "r1" in revisions_in(pipeline, Zone.VAULT, first.ref)
    assert hashlib.sha256(stored(pipeline, record.ref, "original")).hexdigest() == (
        record.content_sha256
    )
