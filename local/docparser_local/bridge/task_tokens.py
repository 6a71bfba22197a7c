"""Task tokens: SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackConsumerTimeout,
    CallbackNotifyConsumerError,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)

from docparser_local.bridge import executions


def _pools() -> list[Any]:
    return [w.env.callback_pool_manager for w in list(executions.running.values()) if w.env]


def _deliver(token: str, outcome: Any | None) -> Any:
    """Give the outcome (or, with ``None``, a heartbeat) to the execution that waits for it."""
    for pool in _pools():
        try:
            if outcome is None:
                found = pool.heartbeat(callback_id=token)
            else:
                found = pool.notify(callback_id=token, outcome=outcome)
        except CallbackNotifyConsumerError as error:
            timed_out = isinstance(error, CallbackConsumerTimeout)
            code = "TaskTimedOut" if timed_out else "TaskDoesNotExist"
            return error_response_json(code, "The task is no longer waiting", 400)
        if found:
            return json_response({})
    return error_response_json("InvalidToken", "Invalid token", 400)


def send_success(data: dict[str, Any]) -> Any:
    """Handle SendTaskSuccess."""
    token = data["taskToken"]
    return _deliver(token, CallbackOutcomeSuccess(callback_id=token, output=data["output"]))


def send_failure(data: dict[str, Any]) -> Any:
    """Handle SendTaskFailure."""
    token = data["taskToken"]
    outcome = CallbackOutcomeFailure(
        callback_id=token, error=data.get("error"), cause=data.get("cause")
    )
    return _deliver(token, outcome)


def send_heartbeat(data: dict[str, Any]) -> Any:
    """Handle SendTaskHeartbeat."""
    return _deliver(data["taskToken"], None)


def install() -> None:
    """Route the three actions to the interpreter's callback pools."""
    stepfunctions._send_task_success = send_success
    stepfunctions._send_task_failure = send_failure
    stepfunctions._send_task_heartbeat = send_heartbeat
