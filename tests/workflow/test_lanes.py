"""The lanes of scans through the whole pipeline: which one reads, and which one if that cannot.

The endpoint is the test's own; the CPU lane and Textract are read by the engine itself.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from docparser.model import Status
from docparser.pricing import TEXTRACT_DETECTION

from tests.pdfs import scan_pdf
from tests.stack import Pipeline, until
from tests.workflow.endpoint import Endpoint, serving
from tests.workflow.test_faults import NOWHERE
from tests.workflow.test_read_scans import EXPECTED, WORDS, mixed_pdf, picture, stored, words
from tests.workflow.test_scans import SERVER_ERROR, changed_states, document, left
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Record, Ref

READ_WITHIN_S = 180  # the function may still be preparing its models
RETRIED = ("ReadScan", "ReadOnCpu", "ReadByTextract")


@pytest.fixture(scope="module")
def _served(pipeline: Pipeline) -> Iterator[Endpoint]:
    endpoint = Endpoint(pipeline)
    with (
        serving(endpoint) as url,
        pipeline.changed("ocr-request", AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=url),
        changed_states(pipeline, _impatient),
    ):
        yield endpoint


@pytest.fixture
def endpoint(_served: Endpoint) -> Iterator[Endpoint]:
    _served.refuse = None
    yield _served
    _served.drained()


def _impatient(states: dict[str, Any]) -> None:
    """Let what failed be tried again once, and soon."""
    for name in RETRIED:
        for retry in states[name]["Retry"]:
            retry.update(IntervalSeconds=1, MaxAttempts=1)


def scan(*lines: str) -> bytes:
    return stored("PNG", picture(*(lines or (" ".join(WORDS),))))


def sent(pipeline: Pipeline, content: bytes, **options: str) -> Ref:
    pipeline.upload(content, **options)
    return ref_of(content)


def ended(pipeline: Pipeline, ref: Ref) -> Record:
    return pipeline.ended(ref, timeout_s=READ_WITHIN_S)


def read_in(pipeline: Pipeline, record: Record, shard: str = "s0001") -> set[tuple[str, str]]:
    """Return the lanes that read a shard's pages, and why."""
    pages = document(pipeline, record.ref, f"pages/{shard}.json")["pages"]
    return {(page["lane"], page["lane_reason"]) for page in pages}


def entered(pipeline: Pipeline, ref: Ref) -> list[str]:
    """Return the states that a walk's shards were in."""
    names = [
        event["stateEnteredEventDetails"]["name"]
        for event in pipeline.history(ref)
        if "stateEnteredEventDetails" in event
    ]
    return names[names.index("ReadPages") + 1 : names.index("Assemble")]


# ---------------------------------------------------------------- the CPU lane
def test_a_few_scans_are_read_on_the_cpu(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given a document with a scan between two pages of text
    ref = sent(pipeline, mixed_pdf(), policy="cost")
    # When it walks
    record = ended(pipeline, ref)
    # Then the scan, and it alone, was read by the function
    assert (record.status, record.failed_pages) == (Status.COMPLETED, 0)
    assert record.pages_by_lane == {"text": 2, "cpu": 1}
    assert record.gpu_seconds == 0
    assert words(pipeline, record, "s0002") == {2: EXPECTED}
    assert endpoint.about(ref.document_id) == []
    # under the document's number, with its price
    (page,) = document(pipeline, ref, "pages/s0002.json")["pages"]
    assert page["blocks"][0]["id"].startswith("p2.")
    assert float(page["cost_usd"]) > 0
    assert record.cost_usd > float(page["cost_usd"])
    # and nothing is left between.
    until(lambda: left(pipeline, ref) == [])


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_a_picture_is_read_on_the_cpu_if_its_owner_says_so(
    pipeline: Pipeline, endpoint: Endpoint, form: str
) -> None:
    ref = sent(pipeline, stored(form, picture(" ".join(WORDS))), lane="cpu")
    record = ended(pipeline, ref)
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 1})
    assert words(pipeline, record, "s0001") == {1: EXPECTED}
    assert read_in(pipeline, record) == {("cpu", "FORCED")}


def test_frames_of_two_shards_are_read_on_the_cpu(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given more frames than a shard holds
    names = ["north", "south", "east", "west", "spring", "summer", "autumn", "winter", "evening"]
    content = stored("TIFF", *(picture(f"The word is {name}") for name in names))
    # When they are read in the CPU lane
    record = ended(pipeline, sent(pipeline, content, lane="cpu"))
    # Then each is the page of its number
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 9})
    read = words(pipeline, record, "s0001") | words(pipeline, record, "s0002")
    assert {number: set(names) & found for number, found in read.items()} == {
        number: {name} for number, name in enumerate(names, start=1)
    }


# ---------------------------------------------------------------- falling back
def test_a_scan_whose_endpoint_is_away_is_read_on_the_cpu(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given an endpoint that takes nothing
    endpoint.refuse = (503, "ServiceUnavailable")
    # When a scan is sent to it
    ref = sent(pipeline, scan(), lane="gpu")
    # Then the CPU reads it, and the page says why
    record = ended(pipeline, ref)
    assert (record.status, record.failed_pages) == (Status.COMPLETED, 0)
    assert record.pages_by_lane == {"cpu": 1}
    assert words(pipeline, record, "s0001") == {1: EXPECTED}
    assert read_in(pipeline, record) == {("cpu", "FALLBACK_FAILED")}
    assert entered(pipeline, ref) == ["Lane", "ReadScan", "Fallback", "Lane", "ReadOnCpu"]
    until(lambda: left(pipeline, ref) == [])


def test_a_scan_that_fails_at_the_endpoint_is_read_on_the_cpu(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    ref = sent(pipeline, scan(), lane="gpu")
    for count in (1, 2):
        endpoint.fail(endpoint.waits(ref.document_id, count), SERVER_ERROR)
    record = ended(pipeline, ref)
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 1})
    assert read_in(pipeline, record) == {("cpu", "FALLBACK_FAILED")}


def test_what_the_cpu_cannot_read_goes_to_the_endpoint(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a function that reaches no bucket
    with pipeline.changed("ocr-cpu", AWS_ENDPOINT_URL_S3=NOWHERE):
        ref = sent(pipeline, scan_pdf(text=0, scanned=1), lane="cpu")
        # When the endpoint is asked in its place
        asked = endpoint.waits(ref.document_id)
        endpoint.deliver(asked)
        record = ended(pipeline, ref)
    # Then its answer counts, and what lay between is purged
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"gpu": 1})
    assert record.gpu_seconds == 1.5
    assert read_in(pipeline, record) == {("gpu", "FALLBACK_FAILED")}
    until(lambda: left(pipeline, ref) == [])


def test_a_scan_that_neither_lane_reads_is_missing(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given neither endpoint nor function
    endpoint.refuse = (500, "InternalFailure")
    with pipeline.changed("ocr-cpu", AWS_ENDPOINT_URL_S3=NOWHERE):
        mixed = sent(pipeline, mixed_pdf(), lane="gpu")
        alone = sent(pipeline, scan(), lane="gpu")
        # When a document of text and a scan walks, and one of a scan alone
        record, failed = ended(pipeline, mixed), ended(pipeline, alone)
    # Then what could be read is there, and what could not is named
    states = entered(pipeline, alone)
    assert states == ["Lane", "ReadScan", "Fallback", "Lane", "ReadOnCpu", "Fallback", "GiveUp"]
    assert (failed.status, failed.code) == (Status.FAILED, "PAGES_MISSING")
    assert record.status in {Status.PARTIAL, Status.FAILED}


def test_an_answer_that_comes_before_the_cpu_has_read_counts(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given an endpoint that is silent for too long
    with _silence(pipeline):
        # and a function that cannot read meanwhile
        with pipeline.changed("ocr-cpu", AWS_ENDPOINT_URL_S3=NOWHERE):
            ref = sent(pipeline, scan_pdf(text=0, scanned=1), lane="gpu")
            asked = endpoint.waits(ref.document_id)
            until(lambda: "ReadOnCpu" in _states(pipeline, ref))
            # When the answer comes after all
            endpoint.deliver(asked)
            until(lambda: endpoint.callback(asked) is None)
        record = ended(pipeline, ref)
    # Then it is what the document says
    assert record.status is Status.COMPLETED
    assert record.pages_by_lane == {"gpu": 1}
    assert "read by the endpoint" in text_of(pipeline, ref)


def test_an_answer_that_comes_after_the_cpu_has_read_changes_nothing(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given a walk whose scan the CPU has read, and which is held up before it is routed
    with _silence(pipeline), pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        ref = sent(pipeline, scan(), lane="gpu")
        asked = endpoint.waits(ref.document_id)
        until(lambda: "Classify" in _states(pipeline, ref), READ_WITHIN_S)
        # When the endpoint answers
        endpoint.deliver(asked, endpoint.answer_pages(1, "something else"))
        until(lambda: endpoint.callback(asked) is None)
    # Then what was counted stays
    record = ended(pipeline, ref)
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 1})
    assert record.gpu_seconds == 0
    assert "something" not in text_of(pipeline, ref)


def _silence(pipeline: Pipeline) -> contextlib.AbstractContextManager[None]:
    def edit(states: dict[str, Any]) -> None:
        states["ReadScan"]["TimeoutSeconds"] = 2
        states["ReadOnCpu"]["Retry"][0].update(IntervalSeconds=1, MaxAttempts=8, BackoffRate=1.0)

    return changed_states(pipeline, edit)


def _states(pipeline: Pipeline, ref: Ref) -> list[str]:
    with contextlib.suppress(pipeline.client("stepfunctions").exceptions.ExecutionDoesNotExist):
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in pipeline.history(ref)
            if "stateEnteredEventDetails" in event
        ]
    return []


def text_of(pipeline: Pipeline, ref: Ref) -> str:
    return json.dumps(document(pipeline, ref, "pages/s0001.json"))


# ---------------------------------------------------------------- Textract
def test_textract_reads_what_its_owner_lets_it_see(pipeline: Pipeline, endpoint: Endpoint) -> None:
    ref = sent(pipeline, scan(), lane="textract", level="INTERNAL")
    record = ended(pipeline, ref)
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"textract": 1})
    assert words(pipeline, record, "s0001") == {1: EXPECTED}
    assert read_in(pipeline, record) == {("textract", "FORCED")}
    assert record.charges_usd > 0


@pytest.mark.parametrize("options", [{}, {"level": "CONFIDENTIAL"}, {"level": "RESTRICTED"}])
def test_textract_sees_nothing_else(
    pipeline: Pipeline, endpoint: Endpoint, options: dict[str, str]
) -> None:
    asked = {"lane": "textract", "policy": "cost", **options}
    record = ended(pipeline, sent(pipeline, scan(), **asked))
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 1})
    assert record.charges_usd == 0


def test_what_textract_cannot_read_stays_in_the_account(
    pipeline: Pipeline, endpoint: Endpoint
) -> None:
    # Given Textract away
    with pipeline.changed("ocr-textract", AWS_ENDPOINT_URL_TEXTRACT=NOWHERE):
        ref = sent(pipeline, scan(), lane="textract", level="PUBLIC")
        record = ended(pipeline, ref)
    # Then the engine reads the page
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"cpu": 1})
    assert read_in(pipeline, record) == {("cpu", "FALLBACK_FAILED")}
    states = entered(pipeline, ref)
    assert states == ["Lane", "ReadByTextract", "Fallback", "Lane", "ReadOnCpu"]


def test_pages_that_wait_for_textract_are_read_once(pipeline: Pipeline, endpoint: Endpoint) -> None:
    # Given a quota of a page in five seconds
    content = stored("TIFF", *(picture(f"The word is {name}") for name in ("north", "south")))
    with pipeline.changed("ocr-textract", DOCPARSER_TEXTRACT_PAGES_PER_SECOND="0.2"):
        record = ended(pipeline, sent(pipeline, content, lane="textract", level="PUBLIC"))
    # Then both pages are read, each at its price
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"textract": 2})
    assert record.charges_usd == 2 * TEXTRACT_DETECTION


# ---------------------------------------------------------------- what is said of it
def test_no_log_of_the_lane_says_what_a_page_says(pipeline: Pipeline, endpoint: Endpoint) -> None:
    record = ended(pipeline, sent(pipeline, scan("Kanarienvogel"), lane="cpu"))
    assert record.status is Status.COMPLETED
    assert "kanarien" in text_of(pipeline, record.ref).casefold()
    logs = pipeline.client("logs")
    lines = [
        event["message"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/docparser-{pipeline.outputs.env}-ocr-cpu"
        )
        for event in page["events"]
    ]
    assert any(record.ref.document_id in line for line in lines)
    assert "kanarien" not in "\n".join(lines).casefold()
    assert "kanarien" not in json.dumps(pipeline.history(record.ref), default=str).casefold()
