"""Executions across restarts: which ended, which were interrupted, and who must hear of it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from ministack.core import persistence
from ministack.core.responses import request_scope
from ministack.services import stepfunctions

from docparser_local.bridge import executions
from docparser_local.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from docparser_local.bridge.journal import Journal, Row

_ENDED = ("status", "stopDate", "output", "error", "cause")
INTERRUPTED = "Engine.Interrupted"
_CAUSE = "the engine stopped while the execution was running"


class ExecutionJournal:
    """What the journal says of executions."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._unheard: dict[str, Row] = {}
        journal.carry(lambda: list(self._unheard.values()))

    def started(self, execution: dict[str, Any]) -> None:
        """Record that an execution runs, from here on or again."""
        self._journal.append({"start": {k: v for k, v in execution.items() if k != "events"}})

    def ended(self, execution: dict[str, Any]) -> None:
        """Record how an execution ended."""
        arn = execution["executionArn"]
        outcome = {key: execution.get(key) for key in _ENDED}
        with self._journal as rows:
            self._unheard[arn] = {"end": {"executionArn": arn, **outcome}}
            rows.append(self._unheard[arn])

    def announced(self, execution: dict[str, Any]) -> None:
        """Record that whoever has to hear of an execution's end has heard."""
        arn = execution["executionArn"]
        with self._journal as rows:
            self._unheard.pop(arn, None)
            rows.append({"announced": arn})


class ExecutionStore:
    """Keeps executions in a file between runs of the engine, and in the journal meanwhile.

    After a crash the file is as old as the last start; the journal brings it up to date, except
    for the histories of executions that ended in between.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path = path
        self._journal = journal

    def restore(self) -> list[dict[str, Any]]:
        """Load every execution; return those whose end nobody has heard of.

        The ones that a stop or a crash interrupted are among them, and are now ABORTED.
        """
        if self._path.exists():
            state = json.loads(self._path.read_text(), object_hook=persistence._json_object_hook)
            stepfunctions._executions.update(state["executions"])
            stepfunctions._map_runs.update(state["map_runs"])
        unheard: set[str] = set()
        for row in self._journal.rows():
            self._replay(row, unheard)
        interrupted = [
            execution
            for execution in stepfunctions._executions.all_values()
            if execution["status"] == "RUNNING" and not execution.get("sync")
        ]
        for execution in interrupted:
            execution |= {"status": "ABORTED", "stopDate": stepfunctions.now_iso()}
            execution |= {"error": INTERRUPTED, "cause": _CAUSE}
            details = {"error": INTERRUPTED, "cause": _CAUSE}
            stepfunctions._add_event(
                execution, "ExecutionAborted", {"executionAbortedEventDetails": details}
            )
        return interrupted + [
            execution
            for execution in stepfunctions._executions.all_values()
            if execution["executionArn"] in unheard
        ]

    def report(self, unheard: list[dict[str, Any]]) -> None:
        """Emit the end of these executions, then make the journal short again.

        In this order: a crash in between repeats the events, which consumers must bear anyhow.
        """
        for execution in unheard:
            with request_scope(*_scope(execution["executionArn"])):
                stepfunctions._emit_execution_status_event(execution)
        self.save()

    def save(self) -> None:
        """Store every execution with the history it has so far, and shorten the journal."""
        segment = self._journal.rotate()
        executions.collect_histories()
        state = {
            "executions": _copy(stepfunctions._executions),
            "map_runs": _copy(stepfunctions._map_runs),
        }
        write_atomically(self._path, json.dumps(state, default=persistence._json_default))
        self._journal.drop(segment)

    def _replay(self, row: dict[str, Any], unheard: set[str]) -> None:
        if "announced" in row:
            unheard.discard(row["announced"])
            return
        record = row.get("start") or row["end"]
        arn = record["executionArn"]
        account, region = _scope(arn)
        if "end" in row:
            unheard.add(arn)
        else:
            unheard.discard(arn)
        known = stepfunctions._executions.get_scoped(account, region, arn)
        if known is not None:
            known.update(record)
        elif "start" in row:
            fresh = {**record, "events": []}
            stepfunctions._executions.set_scoped(account, region, arn, fresh)


def _scope(arn: str) -> tuple[str, str]:
    _, _, _, region, account, *_ = arn.split(":")
    return account, region


def _copy(store: Any) -> Any:
    """Copy a store's top level, which other threads add to all the time."""
    fresh = type(store)()
    fresh._data = dict(store._data)
    return fresh


def install() -> None:
    """Take executions out of ministack's own snapshots: they grow without end."""

    def get_state() -> dict[str, Any]:
        names = (
            "state_machines",
            "tags",
            "activities",
            "state_machine_versions",
            "state_machine_aliases",
        )
        return {name: copy.deepcopy(getattr(stepfunctions, f"_{name}")) for name in names}

    stepfunctions.get_state = get_state
