"""Why a walk stopped: what errors become in the record, and what of them never gets there."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from docparser.model import Record, Ref, Source, Stage, Status, now
from docparser.outcome import INTERRUPTED, Stop

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

    def retry(
        self, record: Record, source: Source, lease: timedelta, *, ready_at: datetime, counts: bool
    ) -> Record:
        assert (record, source) == (self.record, self.record.source)
        ref = record.ref.model_copy(update={"attempt": record.ref.attempt + 1})
        self.ended = record
        self.record = record.model_copy(
            update={
                "ref": ref,
                "status": Status.QUEUED,
                "code": None,
                "failures": record.failures + counts,
                "lease_until": ready_at + lease,
            }
        )
        return self.record


class Announced:
    """A queue of which is noted who was told of it, and for when."""

    def __init__(self) -> None:
        self.seen: list[tuple[Ref, float]] = []

    def announce(self, record: Record, *, delay: timedelta = timedelta(0)) -> None:
        self.seen.append((record.ref, delay.total_seconds()))


def stopped(error: str, cause: str = "", **facts: Any) -> Record:
    """Return the record that a walk ended with which was stopped by an error."""
    records, queue = OneRecord(), Announced()
    records.record = records.record.model_copy(update=facts)
    stop = Stop(records=records, waiting=queue, max_failures=3)
    answer = stop.run(REF, error=error, cause=cause, call=CALL)
    ended = records.ended if queue.seen else records.record
    assert answer == (ended.status, ended.code)
    assert CANARY not in repr(records.asked)
    return ended


def after(error: str, cause: str = "", **facts: Any) -> tuple[Record, list[tuple[Ref, float]]]:
    """Return the record as it stands once a walk was stopped, and who was announced."""
    records, queue = OneRecord(), Announced()
    records.record = records.record.model_copy(update=facts)
    Stop(records=records, waiting=queue, max_failures=3).run(
        REF, error=error, cause=cause, call=CALL
    )
    return records.record, queue.seen


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
    queue = Announced()
    stop = Stop(records=records, waiting=queue, max_failures=3)
    answer = stop.run(REF, error="FAILED", cause="", call=CALL)
    # Then nothing is written
    assert answer == (Status.FAILED, "DEADLINE")
    assert (records.asked, queue.seen) == ([], [])


def test_a_code_that_is_no_word_is_not_believed() -> None:
    message = json.dumps({"code": {"of": CANARY}, "stage": "read", "page": None})
    record = stopped("Terminal", json.dumps({"errorMessage": message}))
    assert (record.status, record.code) == (Status.FAILED, "INTERNAL")


# ---------------------------------------------------------------------- next attempts
PASSING = ["THROTTLED", "DEPENDENCY", "ENDPOINT_COLD", "ENDPOINT_ERROR"]
NEXT = REF.model_copy(update={"attempt": 2})


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize(("failures", "delay"), [(0, 30), (1, 60)])
def test_what_may_pass_is_tried_again_each_time_after_a_longer_while(
    code: str, failures: int, delay: int
) -> None:
    record, announced = after("Retryable", ours(code, kind="Retryable"), failures=failures)
    assert (record.status, record.failures) == (Status.QUEUED, failures + 1)
    assert announced == [(NEXT, delay)]


@pytest.mark.parametrize("code", PASSING)
def test_what_has_failed_too_often_is_set_aside_with_the_reason(code: str) -> None:
    record, announced = after("Retryable", ours(code, kind="Retryable"), failures=2)
    assert (record.status, record.code, record.failures) == (Status.FAILED, code, 3)
    assert record.lease_until is None
    assert announced == []


@pytest.mark.parametrize("error", ["Terminal", "TIMED_OUT", "ABORTED", "States.Runtime"])
def test_a_defect_is_not_tried_again(error: str) -> None:
    record, announced = after(error, ours("PAGES_MISSING"))
    assert (record.status, record.failures) == (Status.FAILED, 1)
    assert announced == []


def test_a_rejected_document_is_not_tried_again() -> None:
    record, announced = after("Rejected", ours("ENCRYPTED", kind="Rejected"))
    assert (record.status, record.failures, announced) == (Status.REJECTED, 0, [])


@pytest.mark.parametrize("failures", [0, 2, 7])
def test_an_interrupted_walk_begins_anew_at_once_however_often(failures: int) -> None:
    record, announced = after(INTERRUPTED, failures=failures)
    assert (record.status, record.failures) == (Status.QUEUED, failures)
    assert announced == [(NEXT, 0)]


def test_who_died_before_the_next_attempt_is_repeated() -> None:
    # Given a record that has failed and is due, because `fail` died then
    due = now() + timedelta(minutes=1)
    facts = {"status": Status.FAILED, "code": "THROTTLED", "lease_until": due}
    # When it is called again, or EventBridge calls it
    record, announced = after("FAILED", **facts)
    assert record.status is Status.QUEUED
    assert announced == [(NEXT, 30)]


def test_who_died_before_the_next_attempt_was_announced_announces_it() -> None:
    record, announced = after("FAILED", ref=NEXT, status=Status.QUEUED)
    assert record.ref == NEXT
    assert announced == [(NEXT, 0)]


def test_an_attempt_that_was_superseded_announces_nothing() -> None:
    later = REF.model_copy(update={"attempt": 3})
    for facts in ({"ref": later, "status": Status.QUEUED}, {"ref": NEXT, "status": Status.RUNNING}):
        assert after("FAILED", **facts)[1] == []
