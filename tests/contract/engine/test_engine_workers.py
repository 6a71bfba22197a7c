"""Lambda execution environments: errors, reuse, logs, limits."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.machines import invoke, machine
from tests.contract.engine.running import poll

if TYPE_CHECKING:
    from tests.contract.engine.running import Engine


def logged(engine: Engine, name: str, word: str) -> list[dict[str, Any]]:
    """Return the lines of a function's log that hold a word."""
    logs = engine.client("logs")
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []  # nothing was written yet
    return [event for event in events if word in event["message"]]


def test_a_worker_stays_warm(engine: Engine) -> None:
    name = engine.function("echo")
    first, _ = engine.invoke(name, {})
    second, _ = engine.invoke(name, {})
    assert (second["pid"], second["calls"]) == (first["pid"], 2)


def test_the_runtime_is_this_interpreter(engine: Engine) -> None:
    payload, _ = engine.invoke(engine.function("echo"), {"a": None})
    assert payload["python"] == list(sys.version_info[:2])
    assert payload["in"] == {"a": None}
    assert payload["env"] == "on"
    assert 0 < payload["remaining_ms"] <= 30_000


def test_an_exception_is_described_as_on_aws_and_leaves_the_worker_warm(engine: Engine) -> None:
    name = engine.function("broken")
    payload, failed = engine.invoke(name)
    assert failed
    assert payload["errorType"] == "PermanentError"
    assert payload["errorMessage"] == "nope"
    assert payload["requestId"]
    (frame,) = payload["stackTrace"]
    assert "in broken" in frame
    engine.invoke(name)
    streams = {event["logStreamName"] for event in logged(engine, name, "about to fail")}
    assert len(streams) == 1


@pytest.mark.parametrize(
    ("handler", "kind", "words"),
    [
        ("leave", "Runtime.ExitError", "exit status 3"),
        ("unserialisable", "Runtime.MarshalError", "not JSON serializable"),
        ("missing", "Runtime.HandlerNotFound", "'missing' missing on module 'handlers'"),
    ],
)
def test_runtime_errors_have_their_names(
    engine: Engine, handler: str, kind: str, words: str
) -> None:
    payload, failed = engine.invoke(engine.function(handler))
    assert failed
    assert payload["errorType"] == kind
    assert words in payload["errorMessage"]


def test_a_module_that_is_not_there(engine: Engine) -> None:
    name = engine.function("echo")
    configure = engine.client("lambda").update_function_configuration
    configure(FunctionName=name, Handler="nowhere.echo")
    payload, failed = engine.invoke(name)
    assert failed
    assert payload["errorType"] == "Runtime.ImportModuleError"


def test_a_function_that_takes_too_long_is_killed_and_comes_back(engine: Engine) -> None:
    name = engine.function("slow", Timeout=1)
    payload, failed = engine.invoke(name, {"seconds": 10})
    assert failed
    assert payload["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in payload["errorMessage"]
    assert engine.invoke(name, {"seconds": 0})[1] is False


def test_changed_settings_reach_the_next_invocation(engine: Engine) -> None:
    name = engine.function("echo")
    assert engine.invoke(name)[0]["env"] == "on"
    engine.client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"SETTING": "off"}}
    )
    assert engine.invoke(name)[0]["env"] == "off"


def test_the_users_own_settings_do_not_leak_in(engine: Engine) -> None:
    assert engine.invoke("echo")[0]["foreign"] == []


def test_no_log_line_is_lost(engine: Engine) -> None:
    name = engine.function("chatter")
    engine.invoke(name, {"lines": 1000})
    assert len(logged(engine, name, "line ")) == 1000


def test_a_missing_function_is_a_named_error_for_a_state(engine: Engine) -> None:
    row = engine.finish(engine.begin(machine({"Call": invoke("nobody")})))
    assert row["error"] == "Lambda.ResourceNotFoundException"


def test_an_exit_is_a_named_error_for_a_state(engine: Engine) -> None:
    name = engine.function("leave")
    row = engine.finish(engine.begin(machine({"Call": invoke(name)})))
    assert row["error"] == "Runtime.ExitError"


def test_nobody_is_throttled(engine: Engine) -> None:
    name = engine.function("slow")
    began = time.monotonic()
    client = engine.client("lambda")
    for _ in range(12):
        client.invoke(FunctionName=name, InvocationType="Event", Payload='{"seconds": 0.05}')
    reports = poll(lambda: len(logged(engine, name, "REPORT")) == 12, 20)
    assert reports
    assert time.monotonic() - began < 20
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.invoke(FunctionName="nobody")


def test_a_function_calls_models_through_the_gateway(engine: Engine) -> None:
    gateway = f"http://127.0.0.1:{engine.port + 1}"
    expected = {"s3": engine.url, "sagemaker-runtime": gateway}
    assert engine.invoke(engine.function("endpoints")) == (expected, False)
