"""Snapshots of the services, so that a crash loses nothing and the journal stays short.

What the journal knows about is stored when the journal has grown long, or when something changed
that is not in it: a table's or a queue's own settings. Everything else is stored every second, and
before anybody hears that a deployment has ended.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation

from docparser_local.bridge import item_journal, message_journal
from docparser_local.files import write_beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docparser_local.bridge.journal import Journal

LOG = logging.getLogger(__name__)

# Written at a clean stop only: they grow with every invocation, and no execution depends on them.
_LEFT_OUT = frozenset({"cloudwatch", "cloudwatch_logs"})
_DEPLOYER = "cloudformation"
_DEFINITIONS = {"dynamodb": item_journal.definitions, "sqs": message_journal.definitions}
_MAX_JOURNAL_BYTES = 16 << 20
_INTERVAL_S = 1.0
# After a snapshot that took t seconds of processor time the next one waits ten times as long, so
# that taking them never costs more than a tenth of one core.
_REST = 10
_ATTEMPTS = 3
# Below this depth a value is encoded in one go, during which no other thread runs.
_DEPTH = 6


class Snapshots:
    """A thread that stores what changed.

    Parameters
    ----------
    folder
        Where ministack looks for its state at the next start.
    activity
        Returns a number that grows with every request; while it stands still nothing is done.
    journal
        What changed since the services that it knows about were stored.
    """

    def __init__(self, folder: Path, activity: Callable[[], int], journal: Journal) -> None:
        self._folder = folder
        self._activity = activity
        self._journal = journal
        self._definitions: dict[str, str] = {}
        self._taking = threading.Lock()
        self._stop = threading.Event()
        self._digests: dict[str, str] = {}
        self._deployments: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._loop, daemon=True, name="snapshots")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with a last snapshot after one that may be under way."""
        self._stop.set()
        self._thread.join()
        self.take(whole=True)

    def guard_deployments(self) -> None:
        """Let nobody hear that a deployment has ended before it is stored."""
        handle = cloudformation.handle_request

        async def handle_durably(*arguments: Any, **options: Any) -> Any:
            answer = await handle(*arguments, **options)
            if _deployments() != self._deployments and not _deploying():
                await asyncio.to_thread(self.take)
            return answer

        cloudformation.handle_request = handle_durably

    def take(self, *, whole: bool = False) -> None:
        """Store every changed service; shorten the journal if it is long, or for a ``whole`` one.

        All files are complete before the first is renamed, so that a crash mixes two snapshots
        only in the instant of the renames.
        """
        with self._taking:
            self._take(whole)

    def _take(self, whole: bool) -> None:
        changed = []
        deployments = _deployments()
        earlier = self._journal.segments > 1
        whole = whole or earlier or self._journal.bytes > _MAX_JOURNAL_BYTES
        segment = self._journal.rotate() if whole else None
        redefined = {name: _digest(define) for name, define in _DEFINITIONS.items()}
        for name, get_state in app._build_persistence_save_dict().items():
            same = name in redefined and redefined[name] == self._definitions.get(name)
            if same and not whole:
                continue
            # Templates are copied whole by ministack, a seventh of a busy engine's time, and
            # change only when somebody deploys.
            idle = name == _DEPLOYER and deployments == self._deployments
            state = None if name in _LEFT_OUT or idle else _consistent(name, get_state)
            if state is None:
                if name in _DEFINITIONS:
                    segment = None
                continue
            version = persistence._state_format_version(name)
            text = encode({"__ministack_format__": version, "payload": state})
            digest = hashlib.sha256(text.encode()).hexdigest()
            if self._digests.get(name) != digest:
                path = self._folder / f"{name}.json"
                changed.append((write_beside(path, text), path, name, digest))
        for beside, path, name, digest in changed:
            beside.replace(path)
            self._digests[name] = digest  # not before: what failed must be tried again
        self._deployments = deployments
        self._definitions = redefined
        if segment is not None:
            self._journal.drop(segment)

    def _loop(self) -> None:
        seen, quiet, rest = -1, False, _INTERVAL_S
        while not self._stop.wait(rest):
            now = self._activity()
            # One more after the last request: its events may still have been on their way.
            if now == seen and quiet:
                continue
            quiet, seen = now == seen, now
            started = time.thread_time()  # on a busy machine the clock says nothing of the cost
            try:
                self.take()
            except Exception:
                LOG.exception("could not store the services' state")
            rest = max(_INTERVAL_S, _REST * (time.thread_time() - started))


def _digest(define: Callable[[], Any]) -> str:
    return hashlib.sha256(encode(define()).encode()).hexdigest()


def _deployments() -> tuple[int, int]:
    """Return numbers that change with every step of a deployment."""
    events = sum(len(rows) for rows in cloudformation._stack_events.all_values())
    return events, len(cloudformation._change_sets.all_values())


def _deploying() -> bool:
    stacks = cloudformation._stacks.all_values()
    return any(stack.get("StackStatus", "").endswith("_IN_PROGRESS") for stack in stacks)


def _consistent(name: str, get_state: Callable[[], Any]) -> Any | None:
    for _ in range(_ATTEMPTS):
        try:
            return get_state()
        except RuntimeError:  # "dictionary changed size during iteration": a request came between
            time.sleep(0.01)
    LOG.warning("%s is too busy for a snapshot; the next one will have it", name)
    return None


def encode(value: Any, depth: int = _DEPTH) -> str:
    """Encode as JSON in small steps.

    The C encoder keeps the interpreter lock from its first byte to its last; for a large table
    that would hold up every request.
    """
    if not isinstance(value, (dict, list, str, int, float, bool, type(None))):
        value = persistence._json_default(value)
    if depth and isinstance(value, dict) and all(isinstance(key, str) for key in value):
        items = (f"{json.dumps(key)}:{encode(item, depth - 1)}" for key, item in value.items())
        return "{" + ",".join(items) + "}"
    return json.dumps(value, default=persistence._json_default)
