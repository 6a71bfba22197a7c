"""A run of a backfill, followed: its executions, its markers, the documents they became."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.model import Status, WaitingFor
from docparser.store.markers import Outcome

from .errors import ClientError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.model import Record
    from docparser.store.markers import Marker, Markers
    from types_boto3_stepfunctions import SFNClient

    from .backfill_job import Planned

_STARTS = 3  # executions that one command starts before it gives up
_LOOK_S = 1.0
_SWEEP = 200  # documents that are asked for at once
_SHARE = 4  # a pause is at least this many times as long as the sweep before it
_CONFIRM_S = 3.0  # a document that failed for a passing reason is queued again at once
_UNREADABLE_LIST = "States.ItemReaderFailed"


class RunFailed(ClientError):  # noqa: N818 - read as a sentence where it is caught
    """The run's executions fail; what they took in by then is kept, and the next one goes on."""


class Row(NamedTuple):
    """One object in the report."""

    key: str
    document_id: str
    outcome: str
    status: str
    code: str


class Executions:
    """The executions of one run: the first, and those that resume it."""

    def __init__(self, states: SFNClient, machine_arn: str, planned: Planned) -> None:
        self._states = states
        self._machine_arn = machine_arn
        self._planned = planned

    def join(self) -> str:
        """Return the ARN of the run's execution that runs; start the next one where none does.

        Raises
        ------
        UsageError
            The name is that of another run.
        """
        attempt = 1
        while (known := self._described(attempt)) is not None:
            if _identity(known["input"]) != _identity(self._input):
                raise UsageError(
                    f"{self._planned.job.run} is another run, of another source or with other "
                    "options: choose another --name"
                )
            if known["status"] == "RUNNING":
                return str(known["executionArn"])
            attempt += 1
        try:
            answer = self._states.start_execution(
                stateMachineArn=self._machine_arn, name=self._name(attempt), input=self._input
            )
        except self._states.exceptions.ExecutionAlreadyExists:
            return self.join()  # another command was faster
        return answer["executionArn"]

    def finish(self, arn: str, on_step: Callable[[str], None]) -> None:
        """Wait until every object of the run was dealt with, in one execution or in the next.

        Raises
        ------
        RunFailed
            Its executions do not end well, or its list cannot be read.
        """
        for started in range(1, _STARTS + 1):
            ended = self._ended(arn, on_step)
            if ended["status"] == "SUCCEEDED":
                return
            why = f"{ended['status']} {ended.get('error', '')}".rstrip()
            if ended.get("error") == _UNREADABLE_LIST:
                raise RunFailed(f"the run {self._planned.job.run} cannot read its list: {why}")
            if started < _STARTS:
                on_step(f"resumed after {why}")
                arn = self.join()
        raise RunFailed(f"the run {self._planned.job.run} ended as {why}; run it again to resume")

    def _ended(self, arn: str, on_step: Callable[[str], None]) -> Any:
        while (seen := self._states.describe_execution(executionArn=arn))["status"] == "RUNNING":
            on_step(self._progress(arn))
            time.sleep(_LOOK_S)
        return seen

    def _progress(self, arn: str) -> str:
        for run in self._states.list_map_runs(executionArn=arn)["mapRuns"]:
            described = self._states.describe_map_run(mapRunArn=run["mapRunArn"])
            counts = described["executionCounts"]
            return f"{counts['succeeded']} of {counts['total']} batches are taken in"
        return "listing"

    def _described(self, attempt: int) -> Any:
        arn = self._machine_arn.replace(":stateMachine:", ":execution:")
        try:
            return self._states.describe_execution(executionArn=f"{arn}:{self._name(attempt)}")
        except self._states.exceptions.ExecutionDoesNotExist:
            return None

    def _name(self, attempt: int) -> str:
        return f"{self._planned.job.run}-a{attempt}"

    @property
    def _input(self) -> str:
        return self._planned.execution_input


def _identity(execution_input: str) -> Any:
    """Return what makes a run the run that it is: all but how urgent it is."""
    said = json.loads(execution_input)
    del said["job"]["priority"]
    return said


class Documents:
    """What became of a run's objects, page by page of its markers: memory does not grow with them.

    Parameters
    ----------
    markers
        The table's markers.
    planned
        The run.
    patience_s
        How long to wait while no document of the run moves, in seconds.
    """

    def __init__(self, markers: Markers, planned: Planned, *, patience_s: float) -> None:
        self._markers = markers
        self._run = planned.job.run
        self._tenant = planned.job.tenant
        self._patience_s = patience_s
        self.outcomes: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()

    def rows(self, *, wait: bool, on_step: Callable[[str], None]) -> Iterator[Row]:
        """Yield a row for every object, its document's end waited for if asked."""
        for page in self._markers.pages(self._run):
            ids = list(dict.fromkeys(each.document_id for each in page if each.document_id))
            if wait:
                records = self._settled(ids, on_step)
            else:
                records = self._markers.standing(self._tenant, ids)
            for marker in page:
                yield self._row(marker, records.get(marker.document_id or ""))

    @property
    def as_promised(self) -> bool:
        """Whether every object was read, and its document completed or rejected."""
        fine = {Status.COMPLETED.value, Status.REJECTED.value}
        return not self.outcomes[Outcome.UNREADABLE] and not self.statuses.keys() - fine

    def _row(self, marker: Marker, record: Record | None) -> Row:
        status = record.status.value if record else ""
        self.outcomes[marker.outcome.value] += 1
        if marker.document_id:
            self.statuses[status or "GONE"] += 1
        code = marker.code or (record.code if record else None) or ""
        return Row(marker.key, marker.document_id or "", marker.outcome.value, status, code)

    def _settled(self, ids: list[str], on_step: Callable[[str], None]) -> dict[str, Record]:
        """Return the records of documents once they have ended, or nothing moves any more."""
        ended: dict[str, Record] = {}
        seen: dict[str, Record] = {}
        waiting = ids
        moved_at = time.monotonic()
        while waiting:
            begun = time.monotonic()
            turn, waiting = waiting[:_SWEEP], waiting[_SWEEP:]
            records = self._markers.standing(self._tenant, turn)
            if any(record != seen.get(each) for each, record in records.items()):
                moved_at = begun
            seen |= records
            # What waits for a person may do so for weeks.
            over = {
                each: one
                for each, one in records.items()
                if one.status.terminal or one.waiting_for is WaitingFor.REVIEW
            }
            ended |= over
            waiting += [each for each in turn if each in records and each not in over]
            if time.monotonic() - moved_at > self._patience_s:
                break
            if len(over) < len(turn):
                on_step(f"{100 * len(ended) // max(1, len(ids))} % of the documents have ended")
                spent_s = time.monotonic() - begun
                time.sleep(max(_LOOK_S, _SHARE * spent_s))
        return self._confirmed({**seen, **ended}, on_step)

    def _confirmed(
        self, records: dict[str, Record], on_step: Callable[[str], None]
    ) -> dict[str, Record]:
        """Look again at those that failed: some are on their way to the next attempt."""
        failed = [each for each, record in records.items() if record.status is Status.FAILED]
        if not failed:
            return records
        time.sleep(_CONFIRM_S)
        again = self._markers.standing(self._tenant, failed)
        if any(not record.status.terminal for record in again.values()):
            return records | self._settled(failed, on_step)
        return records | again
