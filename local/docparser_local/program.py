"""A program of the stack that runs in the back: start it, ask for it, stop it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING

from docparser_local.errors import EngineStartError, PortInUseError
from docparser_local.fingerprint import ROOT
from docparser_local.process_file import Process, holder
from docparser_local.settings import LOOPBACK, foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_POLL_S = 0.05
# No proxy can reach this machine's loopback, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Program:
    """One program of a home directory.

    Parameters
    ----------
    title
        What the user is told of it: ``the engine``.
    arguments
        Of this Python interpreter.
    port
        TCP port on 127.0.0.1.
    process_file, log
        Files in the home directory.
    fingerprint
        Hashes the code and the arguments: another result is a reason to start the program anew.
    health
        Path that answers 200 once the program can be used.
    environment
        Variables in addition to the user's, less the foreign ones.
    """

    title: str
    arguments: tuple[str, ...]
    port: int
    process_file: Path
    log: Path
    fingerprint: Callable[[], str]
    health: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://{LOOPBACK}:{self.port}"

    def process(self) -> Process | None:
        """Return the running process, if there is one."""
        return holder(self.process_file)

    def answers(self) -> bool:
        """Return whether it can be used; a stranger on the port may answer as well."""
        try:
            with _DIRECT.open(f"{self.url}{self.health}", timeout=5) as response:
                return bool(response.status == 200)
        except (OSError, HTTPException):  # the latter from a port on which something else speaks
            return False

    def require_port(self) -> None:
        """Fail if its port is not its own.

        Raises
        ------
        PortInUseError
            Somebody else listens there.
        """
        process = self.process()
        if (process and process.port == self.port) or not _listening(self.port):
            return
        if self.answers():
            raise PortInUseError(
                f"port {self.port} is held by {self.title} of another Docparser folder than "
                f"{self.process_file.parent}; stop it there, or choose another port with "
                "DOCPARSER_ENDPOINT"
            )
        raise PortInUseError(f"port {self.port}, for {self.title}, is in use by another program")

    def start(self, step: Callable[[str], None]) -> bool:
        """Start it if it does not run, and anew if it changed; return whether it was started."""
        process, fingerprint = self.process(), self.fingerprint()
        if process and (process.fingerprint, process.port) != (fingerprint, self.port):
            step(f"restarting {self.title}: its code changed")
            self.stop()
            process = None
        if process:
            return False
        step(f"starting {self.title}")
        self._spawn(fingerprint)  # of the code about to be imported
        return True

    def await_ready(self) -> None:
        """Wait until it can be used.

        Raises
        ------
        EngineStartError
            It ended, or was not ready in time.
        """
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.answers():
                return
            if self.process() is None:
                break
            time.sleep(_POLL_S)
        raise EngineStartError(f"{self.title} did not start; see {self.log}")

    def require_process(self) -> None:
        """Fail if it has ended since it was started.

        Raises
        ------
        EngineStartError
            It has.
        """
        if self.process() is None:
            raise EngineStartError(f"{self.title} has ended; see {self.log}")

    def stop(self) -> bool:
        """Stop it and wait for its end; return whether it was running."""
        process = self.process()
        if process is None:
            return False
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        with suppress(ProcessLookupError):  # it may end at any moment
            os.kill(process.pid, signal.SIGTERM)
            while self.process() is not None:
                if time.monotonic() > deadline:
                    os.kill(process.pid, signal.SIGKILL)
                time.sleep(_POLL_S)
        return True

    def _spawn(self, fingerprint: str) -> None:
        command = [sys.executable, "-m", "docparser_local.detached"]
        command += ["--file", str(self.process_file), "--port", str(self.port)]
        command += ["--fingerprint", fingerprint, "--", sys.executable, *self.arguments]
        kept = {name: value for name, value in os.environ.items() if not foreign(name)}
        with self.log.open("a") as log:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                cwd=ROOT,
                env={**kept, **self.environment},
            )


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
