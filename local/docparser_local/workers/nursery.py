"""The engine's side of the nursery: ask it for workers, and for the status of dead ones."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class NurseryError(RuntimeError):
    """The nursery is gone, so no worker can be made."""


@dataclass(frozen=True)
class Pipes:
    """The engine's ends of a worker's pipes, as file descriptors."""

    pid: int
    request: int
    response: int
    log: int

    def close(self) -> None:
        """Close all three; a worker that waits for its next request then ends."""
        for descriptor in (self.request, self.response, self.log):
            os.close(descriptor)


class Nursery:
    """A process that forks workers; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        self._control = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "docparser_local.workers.process"],
            stdin=theirs.fileno(),
        )
        theirs.close()

    def spawn(self, code: Path, environment: dict[str, str]) -> Pipes:
        """Make a worker that runs in the folder ``code`` with exactly this environment."""
        request_out, request_in = os.pipe()
        response_out, response_in = os.pipe()
        log_out, log_in = os.pipe()
        theirs = [request_out, response_in, log_in]
        try:
            row = {"spawn": {"code": str(code), "environment": environment}}
            pid = self._ask(row, theirs)["pid"]
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return Pipes(pid, request_in, response_out, log_out)

    def reap(self, pid: int) -> int:
        """End a worker, if it has not ended by itself, and return its wait status."""
        return int(self._ask({"reap": pid})["status"])

    def stop(self) -> None:
        """End the nursery and every worker."""
        self._control.close()
        self._process.wait(5)

    def _ask(self, row: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        message = json.dumps(row).encode() + b"\n"
        with self._lock:
            try:
                # The descriptors travel with the first byte; the rest may need more than one call.
                sent = socket.send_fds(self._control, [message], descriptors or [])
                self._control.sendall(message[sent:])
                reply = b""
                while not reply.endswith(b"\n"):
                    part = self._control.recv(4096)
                    if not part:
                        raise NurseryError("the process that makes Lambda workers has ended")
                    reply += part
            except OSError as error:
                raise NurseryError("the process that makes Lambda workers has ended") from error
        return dict(json.loads(reply))
