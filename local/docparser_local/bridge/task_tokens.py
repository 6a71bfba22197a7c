"""Task tokens: SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as waiting,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceCondition,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackConsumerTimeout,
    CallbackNotifyConsumerError,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)

from docparser_local.bridge import executions

if TYPE_CHECKING:
    from collections.abc import Callable


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


def _renewing(evaluate: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return an evaluation of a task in which a retry waits for a token of its own.

    The interpreter makes one token for all tries, so that a second one would at once get the
    outcome of the first.
    """

    def evaluate_once(task: Any, env: Any) -> None:
        context = env.states.context_object
        retried = context.context_object_data["State"]["RetryCount"] > 0
        if retried and task.resource.condition == ResourceCondition.WaitForTaskToken:
            env.callback_pool_manager.add(context.update_task_token())
        evaluate(task, env)

    return evaluate_once


def install() -> None:
    """Route the three actions to the interpreter's callback pools; renew tokens."""
    task = waiting.StateTaskServiceCallback
    task._eval_execution = _renewing(task._eval_execution)
    stepfunctions._send_task_success = send_success
    stepfunctions._send_task_failure = send_failure
    stepfunctions._send_task_heartbeat = send_heartbeat
