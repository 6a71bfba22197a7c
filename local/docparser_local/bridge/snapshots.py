"""Periodic snapshots of the services, so that a crash loses seconds and not the session."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation, sqs

from docparser_local.files import write_beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOG = logging.getLogger(__name__)

# Written at a clean stop only: they grow with every invocation, and no execution depends on them.
_LEFT_OUT = frozenset({"cloudwatch", "cloudwatch_logs"})
_DEPLOYER = "cloudformation"
_INTERVAL_S = 1.0
# After a snapshot that took t seconds the next one waits ten times as long, so that taking them
# never costs more than a tenth of one core.
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
    """

    def __init__(self, folder: Path, activity: Callable[[], int]) -> None:
        self._folder = folder
        self._activity = activity
        self._stop = threading.Event()
        self._digests: dict[str, str] = {}
        self._deployments: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._loop, daemon=True, name="snapshots")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after a snapshot that may be under way."""
        self._stop.set()
        self._thread.join()

    def take(self) -> None:
        """Store every changed service.

        All files are complete before the first is renamed, so that a crash mixes two snapshots
        only in the instant of the renames.
        """
        changed = []
        deployments = _deployments()
        for name, get_state in app._build_persistence_save_dict().items():
            # Templates are copied whole by ministack, a seventh of a busy engine's time, and
            # change only when somebody deploys.
            idle = name == _DEPLOYER and deployments == self._deployments
            state = None if name in _LEFT_OUT or idle else _consistent(name, get_state)
            if state is None:
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

    def _loop(self) -> None:
        seen, quiet, rest = -1, False, _INTERVAL_S
        while not self._stop.wait(rest):
            now = self._activity()
            # One more after the last request: its events may still have been on their way.
            if now == seen and quiet:
                continue
            quiet, seen = now == seen, now
            started = time.monotonic()
            try:
                self.take()
            except Exception:
                LOG.exception("could not store the services' state")
            rest = max(_INTERVAL_S, _REST * (time.monotonic() - started))


def _deployments() -> tuple[int, int]:
    """Return numbers that change with every step of a deployment."""
    events = sum(len(rows) for rows in cloudformation._stack_events.all_values())
    return events, len(cloudformation._change_sets.all_values())


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


def install() -> None:
    """Make messages that were in flight visible again when the engine starts.

    Whoever held them was a worker of the engine that stopped. AWS would wait for the visibility
    timeout, six times a function's own.
    """
    restore = sqs.load_persisted_state

    def restore_visible(data: Any) -> None:
        restore(data)
        now = time.time()
        for queue in sqs._queues.all_values():
            for message in queue["messages"]:
                if message.get("receive_count"):
                    message["visible_at"] = min(message["visible_at"], now)

    sqs.load_persisted_state = restore_visible
