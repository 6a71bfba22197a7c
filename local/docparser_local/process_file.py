"""A file that a running process keeps locked and is described in: the proof that it lives."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_POLL_S = 0.05
_CLAIM_TRIES = 20


@dataclass(frozen=True)
class Process:
    """A running process: its TCP port, and what its code and its command were made of."""

    pid: int
    port: int
    fingerprint: str


def claim(path: Path) -> int | None:
    """Lock the file; return its descriptor, or None if a running process holds it.

    The lock goes when the last process with the descriptor has ended, and not a moment earlier.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # Someone who asks who holds the file holds a shared lock for an instant: try again.
    for _ in range(_CLAIM_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_POLL_S)
        else:
            os.ftruncate(descriptor, 0)
            return descriptor
    os.close(descriptor)
    return None


def describe(descriptor: int, process: Process) -> None:
    """Write who holds the file that was claimed."""
    os.write(descriptor, json.dumps(asdict(process)).encode())


def holder(path: Path) -> Process | None:
    """Return the process that holds the file, if any does."""
    try:
        stream = path.open()
    except FileNotFoundError:
        return None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            while not (text := stream.read()):  # it locks the file an instant before it writes
                time.sleep(_POLL_S)
            return Process(**json.loads(text))
    return None
