"""RedriveExecution: a failed execution runs again from the state in which it failed.

It restarts the failed state of the top level: a Map or Parallel state runs again in full, and
variables set by ``Assign`` are lost. AWS keeps both.
"""

from __future__ import annotations

import contextvars
import json
import threading
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from docparser_local.bridge.executions import run

REDRIVABLE = {"FAILED", "TIMED_OUT", "ABORTED"}


def redrive(data: dict[str, Any]) -> Any:
    """RedriveExecution: run again from the last state entered at the top level."""
    arn = data.get("executionArn", "")
    execution = stepfunctions._executions.get(arn)
    if execution is None:
        return error_response_json("ExecutionDoesNotExist", f"Execution {arn} not found", 400)
    resume_at = _last_entered(execution)
    if execution["status"] not in REDRIVABLE or resume_at is None:
        return error_response_json("ExecutionNotRedrivable", "Execution is not redrivable", 400)
    execution |= {"status": "RUNNING", "stopDate": None, "output": None}
    execution |= {"error": None, "cause": None}
    stepfunctions._emit_execution_status_event(execution)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run, arn, resume_at), daemon=True).start()
    return json_response({"redriveDate": stepfunctions.now_iso()})


def _last_entered(execution: dict[str, Any]) -> tuple[str, Any] | None:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
    names = json.loads(machine["definition"])["States"] if machine else {}
    for event in reversed(execution["events"]):
        details = event.get("stateEnteredEventDetails")
        if details and details["name"] in names:
            return details["name"], json.loads(details["input"])
    return None


def _with_redrive(original: Any) -> Any:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return stepfunctions._finalize_response(redrive(json.loads(body)))
        return await original(method, path, headers, body, query)

    return handle


def install() -> None:
    """Add the action to ministack's ``states`` service."""
    stepfunctions.handle_request = _with_redrive(stepfunctions.handle_request)
