"""intake's edge: of a batch, exactly the messages that failed come again."""

from __future__ import annotations

import io
import json
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from docparser.errors import Retryable
from docparser.intake.notices import ObjectCreated
from docparser.model import Ref, RetryableCode
from docparser.settings import NAMES

from tests.unit.test_events import event_of, handler_of

CONTEXT = SimpleNamespace(aws_request_id="r")
CANARY = "CANARY-c05e"


class Stub:
    """Takes everything in, but keys that a test says are not to be had now."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.away: set[str] = set()

    def take_in(self, event: ObjectCreated) -> Ref:
        key = event.detail.object.key
        if key in self.away:
            raise Retryable(RetryableCode.THROTTLED)
        self.taken.append(key)
        return Ref(tenant="t", document_id="d" + "0" * 32)


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in NAMES:
        if name.endswith(("TABLE", "BUCKET", "ARN", "QUEUE")):
            monkeypatch.setenv(f"DOCPARSER_{name}", "x")
    module = handler_of("intake")
    monkeypatch.setattr(module, "ARRIVAL", Stub())
    return module


def message(message_id: str, body: str) -> dict[str, Any]:
    (sample,) = event_of("intake.json")["Records"]
    return {**sample, "messageId": message_id, "body": body}


def good(message_id: str) -> dict[str, Any]:
    (sample,) = event_of("intake.json")["Records"]
    body = json.loads(sample["body"])
    body["detail"]["object"]["key"] = f"standard/t/{message_id}"
    return message(message_id, json.dumps(body))


MALFORMED = (
    CANARY,
    "",
    json.dumps({CANARY: CANARY}),
    json.dumps({"detail": {"bucket": {"name": CANARY}, "object": {"key": [CANARY]}}}),
)


def failures(answer: dict[str, Any]) -> list[str]:
    return [row["itemIdentifier"] for row in answer["batchItemFailures"]]


@pytest.mark.parametrize("body", MALFORMED)
def test_only_the_malformed_message_comes_again(
    intake: ModuleType, body: str, log: io.StringIO
) -> None:
    batch = {"Records": [good("first"), message("second", body), good("third")]}
    assert failures(intake.handler(batch, CONTEXT)) == ["second"]
    assert intake.ARRIVAL.taken == ["standard/t/first", "standard/t/third"]
    assert '"message":"stopped"' in log.getvalue()
    assert CANARY not in log.getvalue()


def test_only_what_could_not_be_taken_in_now_comes_again(intake: ModuleType) -> None:
    intake.ARRIVAL.away = {"standard/t/first"}
    batch = {"Records": [good("first"), good("second")]}
    assert failures(intake.handler(batch, CONTEXT)) == ["first"]
    assert intake.ARRIVAL.taken == ["standard/t/second"]


def test_a_batch_of_which_nothing_is_good_comes_again_without_an_error(
    intake: ModuleType, log: io.StringIO
) -> None:
    """An error would count as the function's, and its text would be logged by the runtime."""
    batch = {"Records": [message(str(number), body) for number, body in enumerate(MALFORMED)]}
    assert failures(intake.handler(batch, CONTEXT)) == ["0", "1", "2", "3"]
    assert intake.ARRIVAL.taken == []
    assert CANARY not in log.getvalue()


def test_a_batch_does_not_remember_the_one_before(intake: ModuleType) -> None:
    assert failures(intake.handler({"Records": [message("bad", CANARY)]}, CONTEXT)) == ["bad"]
    assert failures(intake.handler({"Records": [good("good")]}, CONTEXT)) == []
