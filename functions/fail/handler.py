"""fail: the record says why a walk stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Event, Noun, Record, Stage
from docparser.outcome import INTERRUPTED, Stop
from docparser.pricing import Use
from docparser.store.records import Records
from docparser.store.waiting import Waiting
from pydantic import Field, model_validator

if TYPE_CHECKING:
    from docparser.function import Call


class StepError(Noun):
    """Step Functions' error output: its name, and Lambda's error object as JSON."""

    error: str = Field(alias="Error")
    cause: str = Field(default="", alias="Cause")


class FailRequest(Request):
    """From the state machine's Fail state, or from EventBridge once an execution has ended.

    No Catch sees a time-out of the whole execution, an abort or a runtime error: the event then
    names the execution's input, and its status stands for the error. Only the embedded AWS says
    more than we know: that the execution ended because its own machine did.
    """

    error: StepError

    @model_validator(mode="before")
    @classmethod
    def _from_event(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "detail" not in value:
            return value
        detail = value["detail"]
        error = INTERRUPTED if detail.get("error") == INTERRUPTED else detail["status"]
        return {"ref": json.loads(detail["input"])["ref"], "error": {"Error": error}}


class Settings(settings.Table, settings.Flow, settings.DispatchQueue):
    """What fail needs."""


SETTINGS = settings.load(Settings)
STOP = Stop(
    records=Records(aws.dynamodb(), SETTINGS.table),
    waiting=Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue),
    max_failures=SETTINGS.max_failures,
)


@function(Stage.COMPLETE, FailRequest, uses=(Record, Event, Use))
def handler(request: FailRequest, call: Call) -> dict[str, Any]:
    """Return the status and the code that the record now has."""
    error = request.error
    status, code = STOP.run(request.ref, error=error.error, cause=error.cause, call=call)
    return {"status": status, "code": code}
