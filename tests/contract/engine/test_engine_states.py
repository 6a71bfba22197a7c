"""Tasks and flow of state machines."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.machines import PASS_END, invoke, machine, sdk
from tests.contract.engine.running import Engine, poll


def test_lambda_worker_stays_warm(engine: Engine) -> None:
    def invoke_once():
        return json.loads(engine.client("lambda").invoke(FunctionName="echo")["Payload"].read())

    first, second = invoke_once(), invoke_once()
    assert second["pid"] == first["pid"]
    assert second["calls"] == first["calls"] + 1


def test_choice_and_intrinsics(engine: Engine) -> None:
    parameters = {
        "text.$": "States.Format('x-{}', $.in.n)",
        "sum.$": "States.MathAdd($.in.n, 1)",
        "hash.$": "States.Hash('a', 'SHA-256')",
        "parts.$": "States.ArrayPartition(States.ArrayRange(1, 6, 1), 2)",
        "merged.$": "States.JsonMerge($.in, $.in, false)",
        "id.$": "$$.Execution.Id",
    }
    rule = {"Variable": "$.in.n", "NumericGreaterThan": 5, "Next": "Shape"}
    states = {
        "Call": invoke("echo", Next="Route"),
        "Route": {"Type": "Choice", "Choices": [rule], "Default": "No"},
        "No": {"Type": "Fail"},
        "Shape": {"Type": "Pass", "Parameters": parameters, "End": True},
    }
    output = engine.run(machine(states), {"n": 7})
    assert (output["text"], output["sum"], output["parts"][2]) == ("x-7", 8, [5, 6])


def test_inline_map_in_parallel(engine: Engine) -> None:
    selector = {"value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"}
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": 4,
        "ItemSelector": selector,
        "ItemProcessor": machine({"Echo": invoke("echo")}),
        "End": True,
    }
    branches = [machine({"Each": each}), machine({"Pass": PASS_END})]
    output = engine.run(
        machine({"Both": {"Type": "Parallel", "Branches": branches, "End": True}}),
        {"items": [5, 6]},
    )
    assert [row["in"] for row in output[0]] == [{"value": 5, "index": 0}, {"value": 6, "index": 1}]


def test_retry_on_custom_error(engine: Engine) -> None:
    retry = {
        "ErrorEquals": ["TransientError"],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "JitterStrategy": "FULL",
    }
    output = engine.run(
        machine({"Call": invoke("flaky", {"key": "retry", "fail": 2}, Retry=[retry])})
    )
    assert output == {"attempts": 3}


def test_catch_custom_error(engine: Engine) -> None:
    catch = [
        {"ErrorEquals": ["PermanentError"], "ResultPath": "$.error", "Next": "After"},
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.other", "Next": "After"},
    ]
    output = engine.run(machine({"Call": invoke("broken", Catch=catch), "After": PASS_END}))
    assert json.loads(output["error"]["Cause"])["errorType"] == "PermanentError"


def test_task_timeout(engine: Engine) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "After"}]
    states = {
        "Call": invoke("slow", {"seconds": 5}, TimeoutSeconds=1, Catch=catch),
        "After": PASS_END,
    }
    began = time.monotonic()
    assert engine.run(machine(states))["Error"] == "States.Timeout"
    assert time.monotonic() - began < 4


def test_machine_timeout(engine: Engine) -> None:
    definition = machine({"Wait": {"Type": "Wait", "Seconds": 20, "End": True}}, TimeoutSeconds=1)
    assert engine.finish(engine.begin(definition))["status"] == "TIMED_OUT"


def test_missing_path_fails_with_states_runtime(engine: Engine) -> None:
    definition = machine(
        {"Pass": {"Type": "Pass", "Parameters": {"x.$": "$.missing"}, "End": True}}
    )
    assert engine.finish(engine.begin(definition))["error"] == "States.Runtime"


def test_unknown_start_state_is_rejected(engine: Engine) -> None:
    with pytest.raises(ClientError, match="MISSING_TRANSITION_TARGET"):
        engine.create({"StartAt": "Nope", "States": {"A": PASS_END}})


def test_a_wide_map_shares_a_few_workers(engine: Engine) -> None:
    item = machine({"Slow": invoke(engine.function("slow"), {"seconds": 0.1})})
    each = {"Type": "Map", "MaxConcurrency": 40, "ItemProcessor": item, "End": True}
    output = engine.run(machine({"Each": each}), list(range(20)))
    assert len(output) == 20
    assert 2 <= len({row["pid"] for row in output}) <= 4


def test_nested_execution_returns_output(engine: Engine) -> None:
    child = engine.create(machine({"Pass": {"Type": "Pass", "Result": {"z": 1}, "End": True}}))
    task = sdk(
        "states:startExecution.sync:2",
        {"StateMachineArn": child, "Input": {}},
        OutputPath="$.Output",
    )
    assert engine.run(machine({"Child": task})) == {"z": 1}


def test_express_sync(engine: Engine) -> None:
    definition = engine.create(machine({"Call": invoke("echo")}), "EXPRESS")
    row = engine.client("stepfunctions").start_sync_execution(
        stateMachineArn=definition, input='{"q": 1}'
    )
    assert row["status"] == "SUCCEEDED"
    assert json.loads(row["output"])["in"] == {"q": 1}


def test_history_events(engine: Engine) -> None:
    execution = engine.begin(machine({"Call": invoke("echo")}))
    engine.finish(execution)
    events = engine.client("stepfunctions").get_execution_history(executionArn=execution)["events"]
    types = [event["type"] for event in events]
    assert types[:4] == ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"]
    assert types[-1] == "ExecutionSucceeded"


def test_history_while_running_and_stop(engine: Engine) -> None:
    execution = engine.begin(machine({"Wait": {"Type": "Wait", "Seconds": 20, "End": True}}))
    states = engine.client("stepfunctions")
    poll(lambda: len(states.get_execution_history(executionArn=execution)["events"]) > 1)
    states.stop_execution(executionArn=execution, error="Operator", cause="enough")
    assert engine.finish(execution)["status"] == "ABORTED"


def test_redrive_resumes_at_the_failed_state(engine: Engine) -> None:
    states = {
        "First": invoke("echo", Next="Flaky"),
        "Flaky": invoke("flaky", {"key": "redrive", "fail": 1}),
    }
    execution = engine.begin(machine(states))
    assert engine.finish(execution)["status"] == "FAILED"
    client = engine.client("stepfunctions")
    client.redrive_execution(executionArn=execution)
    assert json.loads(engine.finish(execution)["output"]) == {"attempts": 2}
    types = [
        e["type"]
        for e in client.get_execution_history(executionArn=execution, maxResults=200)["events"]
    ]
    assert types.count("ExecutionRedriven") == 1
    assert types.count("TaskScheduled") == 3
