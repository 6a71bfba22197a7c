"""The one stack of a home directory: start it, deploy to it, ask it, stop it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import TYPE_CHECKING

from docparser_local.deploy import Deployer
from docparser_local.errors import (
    EngineStartError,
    NotDeployedError,
    NotRunningError,
    PortInUseError,
)
from docparser_local.fingerprint import ROOT, engine_fingerprint
from docparser_local.outputs import Outputs
from docparser_local.settings import LOOPBACK, EngineSettings
from docparser_local.synth import synthesize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_POLL_S = 0.05
_STACK_SUFFIXES = ("storage", "pipeline")
# No proxy can reach this machine's loopback, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Stack:
    """The embedded AWS of one home directory, with the product deployed to it.

    >>> outputs = Stack(Path(".docparser")).up()
    >>> os.environ |= outputs.environment() | outputs.settings()

    Parameters
    ----------
    home
        Directory for state, logs and caches.
    port
        Port of the engine on 127.0.0.1.
    env
        Name of the environment, part of every resource's name.
    """

    def __init__(self, home: Path, port: int = 4566, env: str = "local") -> None:
        self._settings = EngineSettings(port, home.resolve())
        self._env = env

    def up(self, on_step: Callable[[str], None] | None = None) -> Outputs:
        """Bring the stack to the state that the source tree describes.

        Starts the engine if none runs, restarts it if the code it holds in memory changed, then
        deploys. Callers at the same time wait for each other.

        Raises
        ------
        LocalStackError
            One of its subclasses, with one line for the user.
        """
        step = on_step or (lambda _text: None)
        with self._exclusive():
            self._ensure_engine(step)
            step("synthesizing")
            assembly = synthesize(ROOT, self._settings.home / "synth", {"env": self._env})
            Deployer(self._settings.url).deploy(assembly, on_step=step)
        return self.outputs()

    def down(self) -> bool:
        """Stop the engine; return whether one was running."""
        with self._exclusive():
            return self._stop()

    def running(self) -> bool:
        """Return whether this home's engine runs and answers."""
        return self._process() is not None and _answers(self._settings.url)

    def outputs(self) -> Outputs:
        """Return what is deployed on the running engine.

        Raises
        ------
        NotRunningError
            No engine runs for this home.
        NotDeployedError
            It runs, without the complete stacks.
        """
        if not self.running():
            raise NotRunningError(f"no engine runs for {self._settings.home}")
        deployer = Deployer(self._settings.url)
        values: dict[str, str] = {}
        for suffix in _STACK_SUFFIXES:
            name = f"docparser-{self._env}-{suffix}"
            outputs = deployer.outputs(name)
            if outputs is None:
                raise NotDeployedError(f"stack {name} is not deployed")
            values |= outputs
        return Outputs(endpoint=self._settings.url, env=self._env, values=values)

    # ------------------------------------------------------------ the engine's process
    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        self._settings.make_home()
        with (self._settings.home / "stack.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed
            yield

    def _process(self) -> dict[str, object] | None:
        """Return the running engine's description; its lock on the file is the proof of life."""
        try:
            stream = self._settings.process_file.open()
        except FileNotFoundError:
            return None
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _description(stream)
        return None

    def _ensure_engine(self, step: Callable[[str], None]) -> None:
        process = self._process()
        stale = process is not None and (
            process.get("fingerprint") != engine_fingerprint()
            or process.get("port") != self._settings.port
        )
        if process is not None and stale:
            step("restarting the engine: its code changed")
            self._stop()
            process = None
        if process is None:
            self._require_free_port()
            step("starting the engine")
            self._start()
        self._await_ready()

    def _require_free_port(self) -> None:
        port, home = self._settings.port, self._settings.home
        if not _listening(port):
            return
        if _answers(self._settings.url):
            raise PortInUseError(
                f"port {port} is held by a Docparser engine of another folder than {home}; "
                "stop it there, or choose another port with DOCPARSER_ENDPOINT"
            )
        raise PortInUseError(f"port {port} is in use by another program")

    def _start(self) -> None:
        command = [sys.executable, "-m", "docparser_local.engine", "--detach"]
        command += ["--port", str(self._settings.port), "--home", str(self._settings.home)]
        with self._settings.log.open("a") as log:
            # It forks and returns, so the engine is no child that this process would have to reap.
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, cwd=ROOT
            )

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        seen = False
        while time.monotonic() < deadline:
            if _answers(self._settings.url):
                return
            alive = self._process() is not None
            if seen and not alive:
                break
            seen = seen or alive
            time.sleep(_POLL_S)
        raise EngineStartError(f"the engine did not start; see {self._settings.log}")

    def _stop(self) -> bool:
        process = self._process()
        if process is None:
            return False
        pid = int(str(process["pid"]))
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        with suppress(ProcessLookupError):  # it may end at any moment
            os.kill(pid, signal.SIGTERM)
            while self._process() is not None:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(_POLL_S)
        return True


def _description(stream: TextIO) -> dict[str, object]:
    """Read what an engine says of itself; it locks the file an instant before it writes."""
    while not (text := stream.read()):
        time.sleep(_POLL_S)
    return dict(json.loads(text))


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _answers(url: str) -> bool:
    try:
        with _DIRECT.open(f"{url}/_ministack/health", timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException):  # the latter from a port on which something else speaks
        return False
