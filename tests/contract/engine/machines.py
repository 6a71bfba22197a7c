"""Short ways to write state machine definitions."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.engine.running import function_arn

LAMBDA = "arn:aws:states:::lambda:invoke"
PASS_END = {"Type": "Pass", "End": True}


def machine(states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a definition that starts at the first state."""
    return {"StartAt": next(iter(states)), "States": states, **fields}


def invoke(name: str, payload: Any = "$", **fields: Any) -> dict[str, Any]:
    """Return a Lambda task that ends the machine unless ``Next`` is given."""
    key = "Payload.$" if isinstance(payload, str) else "Payload"
    end = {} if "Next" in fields else {"End": True}
    parameters = {"FunctionName": function_arn(name), key: payload}
    task = {"Type": "Task", "Resource": LAMBDA, "Parameters": parameters}
    return {**task, "OutputPath": "$.Payload", **end, **fields}


def distributed(state: dict[str, Any], kind: str = "STANDARD", **fields: Any) -> dict[str, Any]:
    """Return a Distributed Map over one state."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": kind}
    processor = {"ProcessorConfig": config, **machine({"Item": state})}
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def reader(action: str, parameters: dict[str, Any], **config: Any) -> dict[str, Any]:
    """Return an S3 ItemReader."""
    resource = f"arn:aws:states:::s3:{action}"
    row: dict[str, Any] = {"Resource": resource, "Parameters": {"Bucket": "checks", **parameters}}
    return row | ({"ReaderConfig": config} if config else {})


def callback(queue_url: str, **fields: Any) -> dict[str, Any]:
    """Return a task that sends its token to a queue and waits."""
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    parameters = {"QueueUrl": queue_url, "MessageBody": {"token.$": "$$.Task.Token"}}
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **fields}


def sdk(action: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a service integration task."""
    end = {} if "Next" in fields else {"End": True}
    resource = f"arn:aws:states:::{action}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **end, **fields}


def token_of(message: dict[str, Any]) -> str:
    """Return the task token in a message."""
    return json.loads(message["Body"])["token"]
