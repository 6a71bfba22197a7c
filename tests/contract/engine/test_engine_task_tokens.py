"""Tasks that wait for a token."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.machines import LAMBDA, PASS_END, callback, invoke, machine, token_of
from tests.contract.engine.running import Engine


def test_token_success(engine: Engine) -> None:
    url, _ = engine.queue()
    execution = engine.begin(machine({"Ask": callback(url)}))
    engine.client("stepfunctions").send_task_success(
        taskToken=token_of(engine.messages(url)[0]), output='{"x": 1}'
    )
    assert json.loads(engine.finish(execution)["output"]) == {"x": 1}


def test_token_failure_is_caught(engine: Engine) -> None:
    url, _ = engine.queue()
    catch = [{"ErrorEquals": ["E1"], "Next": "After"}]
    execution = engine.begin(machine({"Ask": callback(url, Catch=catch), "After": PASS_END}))
    token = token_of(engine.messages(url)[0])
    engine.client("stepfunctions").send_task_failure(taskToken=token, error="E1", cause="why")
    assert json.loads(engine.finish(execution)["output"]) == {"Error": "E1", "Cause": "why"}


def test_a_retry_waits_for_a_token_of_its_own(engine: Engine) -> None:
    url, _ = engine.queue()
    retry = [{"ErrorEquals": ["E1"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    execution = engine.begin(machine({"Ask": callback(url, Retry=retry)}))
    client = engine.client("stepfunctions")
    first = token_of(engine.messages(url)[0])
    client.send_task_failure(taskToken=first, error="E1", cause="why")
    second = token_of(engine.messages(url)[0])
    assert second != first
    client.send_task_success(taskToken=second, output='{"x": 1}')
    assert json.loads(engine.finish(execution)["output"]) == {"x": 1}


def test_unknown_token_is_rejected(engine: Engine) -> None:
    with pytest.raises(ClientError, match="InvalidToken"):
        engine.client("stepfunctions").send_task_success(taskToken="nobody", output="{}")


def test_missed_heartbeat(engine: Engine) -> None:
    url, _ = engine.queue()
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "After"}]
    task = callback(url, HeartbeatSeconds=1, TimeoutSeconds=20, Catch=catch)
    began = time.monotonic()
    engine.run(machine({"Ask": task, "After": PASS_END}))
    assert time.monotonic() - began < 5


@pytest.mark.xfail(
    strict=True, reason="the interpreter reports a missed heartbeat as States.Timeout"
)
def test_missed_heartbeat_error_name(engine: Engine) -> None:
    url, _ = engine.queue()
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "After"}]
    engine.run(machine({"Ask": callback(url, HeartbeatSeconds=1, Catch=catch), "After": PASS_END}))


def test_heartbeats_keep_the_task_alive(engine: Engine) -> None:
    url, _ = engine.queue()
    execution = engine.begin(machine({"Ask": callback(url, HeartbeatSeconds=2)}))
    token, client = token_of(engine.messages(url)[0]), engine.client("stepfunctions")
    for _ in range(3):
        time.sleep(1)
        client.send_task_heartbeat(taskToken=token)
    client.send_task_success(taskToken=token, output="{}")
    assert engine.finish(execution)["status"] == "SUCCEEDED"


def test_lambda_token(engine: Engine) -> None:
    url, _ = engine.queue()
    task = invoke(
        "hand_over",
        {"queue": url, "token.$": "$$.Task.Token"},
        Resource=f"{LAMBDA}.waitForTaskToken",
    )
    del task["OutputPath"]
    execution = engine.begin(machine({"Ask": task}))
    engine.client("stepfunctions").send_task_success(
        taskToken=token_of(engine.messages(url)[0]), output='{"y": 2}'
    )
    assert json.loads(engine.finish(execution)["output"]) == {"y": 2}


def test_tokens_inside_a_map(engine: Engine) -> None:
    url, _ = engine.queue()
    each = {"Type": "Map", "ItemProcessor": machine({"Ask": callback(url)}), "End": True}
    execution, answered = engine.begin(machine({"Each": each}), [1, 2, 3]), 0
    while answered < 3:
        for message in engine.messages(url):
            output = json.dumps(answered)
            engine.client("stepfunctions").send_task_success(
                taskToken=token_of(message), output=output
            )
            answered += 1
    assert sorted(json.loads(engine.finish(execution)["output"])) == [0, 1, 2]
