"""Execution names, and the event that every change of status emits."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.machines import PASS_END, invoke, machine
from tests.contract.engine.running import function_arn, poll

if TYPE_CHECKING:
    from tests.contract.engine.running import Engine

WAIT = machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
FAIL = machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "C"}})
TIMES_OUT = {**WAIT, "TimeoutSeconds": 1}


def start(engine: Engine, machine_arn: str, name: str, value: str = "{}") -> dict[str, Any]:
    """Start an execution under a name."""
    return engine.client("stepfunctions").start_execution(
        stateMachineArn=machine_arn, name=name, input=value
    )


def test_a_repeated_start_of_a_running_execution_is_the_same_execution(engine: Engine) -> None:
    machine_arn = engine.create(WAIT)
    first = start(engine, machine_arn, "same", '{"a": 1}')
    again = start(engine, machine_arn, "same", '{"a": 1}')
    assert again["executionArn"] == first["executionArn"]
    assert again["startDate"] == first["startDate"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(engine, machine_arn, "same", '{"a": 2}')


def test_a_closed_name_is_taken_for_good(engine: Engine) -> None:
    machine_arn = engine.create(machine({"Pass": PASS_END}))
    engine.finish(start(engine, machine_arn, "closed")["executionArn"])
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(engine, machine_arn, "closed")


@pytest.mark.parametrize(
    ("definition", "status"), [(FAIL, "FAILED"), (TIMES_OUT, "TIMED_OUT"), (WAIT, "ABORTED")]
)
def test_the_end_of_an_execution_reaches_a_function(
    engine: Engine, definition: dict[str, Any], status: str
) -> None:
    machine_arn = engine.create(definition)
    function = engine.function("note_execution")
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            "stateMachineArn": [machine_arn],
        },
    }
    rule = f"ended-{uuid.uuid4().hex[:8]}"
    events = engine.client("events")
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": function_arn(function)}])
    name = uuid.uuid4().hex
    execution = start(engine, machine_arn, name, '{"ref": {"tenant": "t"}}')["executionArn"]
    if status == "ABORTED":
        engine.client("stepfunctions").stop_execution(executionArn=execution)
    item = poll(lambda: engine.stored(f"status#{name}"))
    event = json.loads(item["event"]["S"])
    detail = event["detail"]
    assert event["source"] == "aws.states"
    assert detail["status"] == status
    assert detail["executionArn"] == execution
    assert detail["stateMachineArn"] == machine_arn
    assert json.loads(detail["input"]) == {"ref": {"tenant": "t"}}
    assert detail["startDate"] <= detail["stopDate"]


def test_a_redriven_execution_is_running_again(engine: Engine) -> None:
    key = uuid.uuid4().hex
    execution = engine.begin(machine({"Flaky": invoke("flaky", {"key": key, "fail": 1})}))
    assert engine.finish(execution)["status"] == "FAILED"
    engine.client("stepfunctions").redrive_execution(executionArn=execution)
    assert engine.finish(execution)["status"] == "SUCCEEDED"


def test_express_children_may_not_wait_for_a_token(engine: Engine) -> None:
    task = invoke("echo", Resource="arn:aws:states:::lambda:invoke.waitForTaskToken")
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {"ProcessorConfig": config, **machine({"Ask": task})}
    each = {"Type": "Map", "ItemProcessor": processor, "End": True}
    with pytest.raises(ClientError, match="InvalidDefinition"):
        engine.create(machine({"Each": each}))
