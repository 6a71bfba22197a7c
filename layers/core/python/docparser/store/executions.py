"""Executions of the state machine, started under names that can be used once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

    from docparser.model import Priority, Ref, Source


class Executions:
    """The executions of one state machine."""

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        self._client = client
        self._arn = state_machine_arn

    def start(self, ref: Ref, source: Source, priority: Priority) -> bool:
        """Start an attempt's walk; return False if it was started before, running or ended."""
        document = {
            "ref": ref.model_dump(mode="json"),
            "source": source.model_dump(mode="json"),
            "priority": priority,
        }
        try:
            self._client.start_execution(
                stateMachineArn=self._arn, name=ref.execution_name, input=json.dumps(document)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def stop(self, ref: Ref) -> None:
        """Stop an attempt's walk; that it was never started, or has ended, is fine."""
        execution = self._arn.replace(":stateMachine:", ":execution:")
        try:
            self._client.stop_execution(executionArn=f"{execution}:{ref.execution_name}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return
