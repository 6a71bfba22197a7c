"""An append-only file of changes: what is in it survives ``kill -9``."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack.core import persistence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LOG = logging.getLogger(__name__)

Row = dict[str, Any]
"""One thing that is so from here on; its only key says of which kind it is."""

_SYNC_INTERVAL_S = 0.1
_DISK_FAILED = 74  # EX_IOERR


class Journal:
    """Changes, each one line, written before anybody is told of it.

    ``with journal as rows:`` is one change: it is made in memory and added to ``rows`` while no
    other thread changes anything, and written in one line when the outermost block ends, so that
    a crash leaves all of it or nothing. A line is with the operating system then, which is what
    survives ``kill -9``; a thread of its own makes it survive a power cut, a tenth of a second
    later: an fsync in the request's path would stop every other request for that long.

    The file is a row of segments. :meth:`rotate` begins a new one; whoever has stored elsewhere
    what the earlier ones say calls :meth:`drop`. To read a segment whose changes are partly or all
    stored already must do no harm: rows say how things are, not how they differ.

    Parameters
    ----------
    path
        The segments' path without number and suffix.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._rows: list[Row] = []
        self._written = threading.Event()
        self._carried: Callable[[], list[Row]] = list
        numbers = [_number(segment) for segment in self._segments()]
        self._current = max(numbers, default=0) + 1
        self._descriptor = self._open()
        self.bytes = sum(segment.stat().st_size for segment in self._segments())
        threading.Thread(target=self._sync, daemon=True, name="journal").start()

    def __enter__(self) -> list[Row]:
        """Begin a change, or join the one that this thread has begun."""
        self._lock.acquire()
        self._depth += 1
        return self._rows

    def __exit__(self, *_error: object) -> None:
        """Write the change; also one that failed half way, since its half is in memory."""
        try:
            self._depth -= 1
            if self._rows and not self._depth:
                rows, self._rows = self._rows, []
                self._write(rows)
        finally:
            self._lock.release()

    def append(self, row: Row) -> None:
        """Write a change of one row."""
        with self as rows:
            rows.append(row)

    def carry(self, rows: Callable[[], list[Row]]) -> None:
        """Begin every further segment with these rows: they stand for what is not stored."""
        self._carried = rows

    def rows(self) -> Iterator[Row]:
        """Read every row, oldest first; a line that was cut short counts for nothing."""
        for segment in self._segments():
            for line in segment.read_bytes().splitlines():
                try:
                    rows = json.loads(line, object_hook=_hook(line))
                except ValueError:
                    LOG.warning("a line of %s was cut short", segment.name)
                    continue
                yield from rows

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return len(self._segments())

    def rotate(self) -> int:
        """Begin a new segment; return its number, for :meth:`drop`."""
        with self._lock:
            earlier = self._descriptor
            self._current += 1
            self._descriptor = self._open()
            self.bytes = 0
            if rows := self._carried():
                self._write(rows)
            number = self._current
        os.close(earlier)
        return number

    def drop(self, before: int) -> None:
        """Forget the segments with a lower number."""
        for segment in self._segments():
            if _number(segment) < before:
                segment.unlink()

    def _segments(self) -> list[Path]:
        found = self._path.parent.glob(f"{self._path.name}.*.jsonl")
        return sorted(found, key=_number)

    def _open(self) -> int:
        path = self._path.with_name(f"{self._path.name}.{self._current:06d}.jsonl")
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _write(self, rows: list[Row]) -> None:
        text = json.dumps(rows, separators=(",", ":"), default=persistence._json_default)
        line = text.encode() + b"\n"
        try:
            written = os.write(self._descriptor, line)
            if written < len(line):
                raise OSError("the disk took a part of the line")
        except OSError:
            # The change is in memory, where others see it, and cannot be kept: nothing that this
            # process says from here on would be true after its end.
            LOG.critical("the journal cannot be written; the engine ends", exc_info=True)
            os._exit(_DISK_FAILED)
        self.bytes += len(line)
        self._written.set()

    def _sync(self) -> None:
        while True:
            self._written.wait()
            self._written.clear()
            with self._lock:
                descriptor = os.dup(self._descriptor)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            time.sleep(_SYNC_INTERVAL_S)


def of_kind(rows: Iterable[Row], *kinds: str) -> list[Row]:
    """Return the rows of these kinds, in their order."""
    return [row for row in rows if any(kind in row for kind in kinds)]


def _hook(line: bytes) -> Callable[[dict[str, Any]], Any] | None:
    """Return what restores values that JSON does not know; most lines have none."""
    return persistence._json_object_hook if b'"__bytes__"' in line else None


def _number(segment: Path) -> int:
    return int(segment.name.split(".")[-2])
