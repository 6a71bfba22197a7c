"""Why a walk stopped: what errors become in the record, and what of them never gets there."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from docparser.model import Record, Ref, Source, Stage, Status, now
from docparser.outcome import Stop

REF = Ref(tenant="t", document_id="d" + "0" * 32)
CANARY = "CANARY-51ce"
CALL = SimpleNamespace(gb_seconds=0.25)


class OneRecord:
    """A table with one running record, which takes every change and keeps what was asked."""

    def __init__(self) -> None:
        moment = now()
        self.asked: list[dict[str, Any]] = []
        self.record = Record(
            ref=REF,
            status=Status.RUNNING,
            stage=Stage.PREFLIGHT,
            source=Source(bucket="b", key="k"),
            content_sha256="0" * 64,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
        )

    def get(self, ref: Ref) -> Record:
        assert ref == REF
        return self.record

    def change_from(self, record: Record, to: Status, **facts: Any) -> Record:
        self.asked.append({"to": to, **facts})
        self.record = record.model_copy(update={"status": to, **facts})
        return self.record


def stopped(error: str, cause: str = "") -> Record:
    """Return the record after a walk was stopped by an error."""
    records = OneRecord()
    answer = Stop(records=records).run(REF, error=error, cause=cause, call=CALL)
    assert answer == (records.record.status, records.record.code)
    assert CANARY not in repr(records.asked)
    return records.record


def ours(code: str, stage: str = "read", kind: str = "Terminal") -> str:
    """Return Lambda's error object of one of our errors, as a Catch sees it."""
    message = json.dumps({"code": code, "stage": stage, "page": None})
    return json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": [CANARY]})


@pytest.mark.parametrize("error", ["States.Timeout", "Sandbox.Timedout", "TIMED_OUT"])
def test_what_ran_out_of_time_failed_by_its_deadline(error: str) -> None:
    # Lambda's words of a time-out: no JSON of ours.
    cause = json.dumps({"errorType": error, "errorMessage": "Task timed out after 60.00 seconds"})
    for said in (cause, ""):
        record = stopped(error, said)
        assert (record.status, record.code) == (Status.FAILED, "DEADLINE")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("Lambda.TooManyRequestsException", "THROTTLED"),
        ("Lambda.ServiceException", "DEPENDENCY"),
        ("Lambda.SdkClientException", "DEPENDENCY"),
    ],
)
def test_a_service_that_stayed_away_has_its_own_code(error: str, code: str) -> None:
    record = stopped(error, f"Rate Exceeded {CANARY} (Service: AWSLambda)")
    assert (record.status, record.code) == (Status.FAILED, code)


def test_our_own_word_is_believed_with_its_stage() -> None:
    record = stopped("Terminal", ours("CHECKSUM_MISMATCH", "route"))
    assert (record.status, record.code, record.stage) == (
        Status.FAILED, "CHECKSUM_MISMATCH", "route"
    )  # fmt: skip
    assert record.gb_seconds == 0.25


def test_what_was_retried_in_vain_keeps_its_code() -> None:
    record = stopped("Retryable", ours("DEPENDENCY", "classify", "Retryable"))
    assert (record.status, record.code) == (Status.FAILED, "DEPENDENCY")


def test_a_rejection_is_the_inputs_fault() -> None:
    record = stopped("Rejected", ours("ENCRYPTED", "preflight", "Rejected"))
    assert (record.status, record.code) == (Status.REJECTED, "ENCRYPTED")


@pytest.mark.parametrize(
    "cause",
    [
        CANARY,
        f'"{CANARY}"',
        json.dumps({"errorMessage": CANARY}),
        json.dumps({"errorMessage": json.dumps(CANARY)}),
        json.dumps({"errorMessage": json.dumps([CANARY])}),
        json.dumps({"errorMessage": json.dumps({"code": CANARY})}),
        json.dumps({"errorMessage": json.dumps({"code": "INTERNAL", "stage": CANARY})}),
        json.dumps({"errorMessage": {"code": CANARY, "stage": "read"}}),
        ours(CANARY),
        ours("EMPTY" + CANARY),
    ],
)
@pytest.mark.parametrize("error", ["Terminal", "Runtime.ExitError", f"{CANARY}Error"])
def test_a_runtimes_own_words_stay_out_of_the_record(error: str, cause: str) -> None:
    record = stopped(error, cause)
    assert (record.status, record.code) == (Status.FAILED, "INTERNAL")
    assert CANARY not in record.model_dump_json()


def test_an_unknown_stage_leaves_the_one_that_the_record_names() -> None:
    assert stopped("States.Runtime").stage == Stage.PREFLIGHT


def test_who_comes_late_is_told_what_the_record_says() -> None:
    # Given a record that has ended
    records = OneRecord()
    records.record = records.record.model_copy(update={"status": Status.FAILED, "code": "DEADLINE"})
    # When EventBridge tells of the failed execution
    answer = Stop(records=records).run(REF, error="FAILED", cause="", call=CALL)
    # Then nothing is written
    assert answer == (Status.FAILED, "DEADLINE")
    assert records.asked == []


def test_a_code_that_is_no_word_is_not_believed() -> None:
    message = json.dumps({"code": {"of": CANARY}, "stage": "read", "page": None})
    record = stopped("Terminal", json.dumps({"errorMessage": message}))
    assert (record.status, record.code) == (Status.FAILED, "INTERNAL")
