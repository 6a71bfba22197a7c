"""Executions of the state machine, started under names that can be used once."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

    from docparser.model import Record, Ref


_RUNS = {"RUNNING", "PENDING_REDRIVE"}


class Walk(NamedTuple):
    """Whether a walk still runs and, if it ended by an error, by which."""

    runs: bool
    error: str


class Executions:
    """The executions of one state machine."""

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        self._client = client
        self._arn = state_machine_arn

    def start(self, record: Record) -> bool:
        """Start an attempt's walk; return False if it was started before and has ended.

        Starting one that runs is harmless: nothing happens.
        """
        document: dict[str, Any] = {
            "ref": record.ref.model_dump(mode="json"),
            "source": record.source.model_dump(mode="json"),
            "priority": record.priority,
        }
        if record.begins_at is not None:
            document["begins_at"] = record.begins_at
        try:
            self._client.start_execution(
                stateMachineArn=self._arn,
                name=record.ref.execution_name,
                input=json.dumps(document),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            # It has ended, or it runs and was started with another input.
            return False
        return True

    def find(self, ref: Ref) -> Walk | None:
        """Return an attempt's walk; None if it was never started.

        The answer is seconds old at times: a walk that has just begun may be unknown.
        """
        try:
            answer = self._client.describe_execution(executionArn=self._execution(ref))
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        return Walk(answer["status"] in _RUNS, answer.get("error", ""))

    def stop(self, ref: Ref) -> None:
        """Stop an attempt's walk; that it was never started, or has ended, is fine."""
        gone = self._client.exceptions
        # One that ended this very moment is not running, and some say so by an error.
        with contextlib.suppress(gone.ExecutionDoesNotExist, gone.ValidationException):
            self._client.stop_execution(executionArn=self._execution(ref))

    def _execution(self, ref: Ref) -> str:
        execution = self._arn.replace(":stateMachine:", ":execution:")
        return f"{execution}:{ref.execution_name}"
