"""The state machine's error handling, held to the code that raises and the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docparser import errors
from docparser.model import Lane
from docparser.settings import Deadlines
from jsonata import Jsonata

from infra.deadlines import scan_timeout

MACHINE = json.loads(
    (Path(__file__).parents[2] / "statemachines" / "document.asl.json").read_text("utf-8")
)
SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Runtime.ExitError",
}


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


TASKS = [(name, state) for name, state in states(MACHINE) if state["Type"] == "Task"]


@pytest.mark.parametrize(("name", "state"), TASKS, ids=[name for name, _ in TASKS])
def test_every_task_retries_what_passes(name: str, state: dict[str, Any]) -> None:
    passing, throttled = state["Retry"]
    assert set(passing["ErrorEquals"]) == {
        errors.Retryable.__name__,
        *(SERVICE_ERRORS - {"Lambda.TooManyRequestsException"}),
    }
    assert (passing["IntervalSeconds"], passing["BackoffRate"]) == (2, 2.0)
    assert (passing["MaxAttempts"], passing["JitterStrategy"]) == (5, "FULL")
    # A burst waits for room: 12 tries, a minute apart in the end, are up to eight minutes. A scan
    # may be tried again by its endpoint's fault as well, and 400 must fit into one history.
    assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    tries = 8 if name == "ReadScan" else 12
    assert (throttled["MaxAttempts"], throttled["MaxDelaySeconds"]) == (tries, 60)
    assert throttled["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("name", [n for n in MACHINE["States"] if n not in
                                  {"Fail", "Outcome", "Closed", "Failed"}])  # fmt: skip
def test_every_step_of_the_walk_leads_to_fail(name: str) -> None:
    (catch,) = MACHINE["States"][name]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Fail")


def test_the_errors_that_leave_functions_are_the_three_that_the_contract_names() -> None:
    leaving = {errors.Rejected, errors.Retryable, errors.Terminal}
    assert {kind.__name__ for kind in leaving} == {"Rejected", "Retryable", "Terminal"}
    named = {
        error for _, state in states(MACHINE) for retry in state.get("Retry", ())
        for error in retry["ErrorEquals"]
    }  # fmt: skip
    assert named - SERVICE_ERRORS <= {kind.__name__ for kind in leaving}


INSIDE = MACHINE["States"]["ReadPages"]["ItemProcessor"]["States"]
LOST = {"States.Timeout", "Sandbox.Timedout", "Runtime.ExitError"}


@pytest.mark.parametrize(
    ("name", "given_up"), [("ReadText", LOST), ("ReadScan", {"Retryable", "Terminal", *LOST})]
)
def test_a_shard_that_nobody_reads_costs_its_own_pages_only(name: str, given_up: set[str]) -> None:
    (catch,) = INSIDE[name]["Catch"]
    assert {*catch["ErrorEquals"]} == given_up
    assert catch["Next"] == "GiveUp"
    assert INSIDE["GiveUp"]["End"] is True
    assert "Catch" not in INSIDE["GiveUp"]  # what nobody could even mark stops the walk


def test_each_lane_has_its_reader() -> None:
    choice = INSIDE[MACHINE["States"]["ReadPages"]["ItemProcessor"]["StartAt"]]
    ((condition, reader),) = [(row["Condition"], row["Next"]) for row in choice["Choices"]]
    assert f"'{Lane.GPU}'" in condition
    assert (reader, choice["Default"]) == ("ReadScan", "ReadText")


def test_only_the_endpoint_is_waited_for() -> None:
    waiting = [name for name, state in TASKS if state["Resource"].endswith(".waitForTaskToken")]
    assert waiting == ["ReadScan"]
    payload = INSIDE["ReadScan"]["Arguments"]["Payload"]
    assert payload["task_token"] == "{% $states.context.Task.Token %}"


def test_states_pass_no_variables_which_a_redrive_would_lose() -> None:
    assert "Assign" not in json.dumps(MACHINE)


def test_the_deadlines_are_the_settings() -> None:
    assert MACHINE["TimeoutSeconds"] == Deadlines().document_deadline_s
    known = Deadlines()
    assert INSIDE["ReadScan"]["TimeoutSeconds"] == scan_timeout(
        int(known.document_deadline_s), known.scan_deadline_s
    )
    assert all(state["TimeoutSeconds"] <= 600 for name, state in TASKS if name != "ReadScan")


@pytest.mark.parametrize(
    ("elapsed_s", "waits_s"), [(0, 1800), (1200, 1800), (1800, 1200), (2950, 60), (9000, 60)]
)
def test_a_scan_waits_no_longer_than_its_document_has_time(elapsed_s: int, waits_s: int) -> None:
    # Given a document that began some time ago
    began = datetime.now(UTC) - timedelta(seconds=elapsed_s)
    context = {"Execution": {"StartTime": began.isoformat().replace("+00:00", "Z")}}
    # When a shard of its scans is about to be read
    source = INSIDE["ReadScan"]["TimeoutSeconds"].removeprefix("{%").removesuffix("%}")
    expression = Jsonata(source.strip())
    expression.assign("states", {"context": context})
    # Then it may wait for what is left, less what the rest of the walk needs
    assert expression.evaluate(None) == pytest.approx(waits_s, abs=1)
