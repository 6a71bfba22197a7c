"""The append-only record of execution starts and ends: one JSON line each."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDED = ("status", "stopDate", "output", "error", "cause")


class Journal:
    """Written before a start or an end is visible to anybody, so a crash cannot hide either.

    A line is with the operating system when its call returns, which is what survives ``kill -9``.
    A thread of its own makes it survive a power cut, a few milliseconds later: an fsync in the
    request's path would stop every other request for that long.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._path = path
        self._archive = path.with_suffix(".archive")
        self._lock = threading.Lock()
        self._written = threading.Event()
        threading.Thread(target=self._sync, daemon=True, name="journal").start()

    def started(self, execution: dict[str, Any]) -> None:
        """Record that an execution runs, from here on or again."""
        self._append({"start": {k: v for k, v in execution.items() if k != "events"}})

    def ended(self, execution: dict[str, Any]) -> None:
        """Record how an execution ended."""
        row = {key: execution.get(key) for key in _ENDED}
        self._append({"end": {"executionArn": execution["executionArn"], **row}})

    def rows(self) -> Iterator[dict[str, Any]]:
        """Read every line, oldest first; one cut short by a power failure is left out."""
        for path in (self._archive, self._path):
            for line in path.read_text().splitlines() if path.exists() else ():
                with contextlib.suppress(json.JSONDecodeError):
                    yield json.loads(line)

    def archive(self) -> None:
        """Set all lines so far aside; they still count until :meth:`drop_archive`."""
        with self._lock, self._archive.open("ab") as archive:
            archive.write(self._path.read_bytes())
            archive.flush()
            os.fsync(archive.fileno())
            os.ftruncate(self._descriptor, 0)

    def drop_archive(self) -> None:
        """Forget the lines set aside, once what they say is stored elsewhere."""
        self._archive.unlink(missing_ok=True)

    def _append(self, row: dict[str, Any]) -> None:
        with self._lock:
            os.write(self._descriptor, json.dumps(row).encode() + b"\n")
        self._written.set()

    def _sync(self) -> None:
        while True:
            self._written.wait()
            self._written.clear()
            os.fsync(self._descriptor)
