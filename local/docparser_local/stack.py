"""The one stack of a home directory: start it, deploy to it, ask it, stop it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docparser_local import programs
from docparser_local.deploy import Deployer
from docparser_local.errors import NotDeployedError, NotRunningError
from docparser_local.fingerprint import ROOT
from docparser_local.outputs import Outputs
from docparser_local.settings import EngineSettings
from docparser_local.synth import synthesize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_STACK_SUFFIXES = ("storage", "pipeline", "api")


class Stack:
    """The embedded AWS of one home directory, with the product deployed to it.

    >>> outputs = Stack(Path(".docparser")).up()
    >>> os.environ |= outputs.environment() | outputs.settings()

    Parameters
    ----------
    home
        Directory for state, logs and caches.
    port
        Port of the engine on 127.0.0.1; the model gateway and the OCR server have the two after
        it.
    env
        Name of the environment, part of every resource's name.
    calls
        The file in which functions note what they ask of AWS, if they should.
    """

    def __init__(
        self, home: Path, port: int = 4566, env: str = "local", calls: Path | None = None
    ) -> None:
        self._settings = EngineSettings(port, home.resolve())
        self._env = env
        self._engine = programs.engine(self._settings, calls)
        self._gateway = programs.model_gateway(self._settings, env)
        self._ocr = programs.ocr_server(self._settings)
        # The OCR server first, since it takes longest.
        self._programs = (self._ocr, self._engine, self._gateway)

    def up(self, on_step: Callable[[str], None] | None = None) -> Outputs:
        """Bring the stack to the state that the source tree describes.

        Starts the programs that do not run, restarts those whose code changed, then deploys.
        Callers at the same time wait for each other. The OCR server may still be loading its
        models when this returns: the gateway keeps what comes until then.

        Raises
        ------
        LocalStackError
            One of its subclasses, with one line for the user.
        """
        step = on_step or (lambda _text: None)
        with self._exclusive():
            for program in self._programs:
                program.require_port()
            for program in self._programs:
                program.start(step)
            self._engine.await_ready()
            self._gateway.await_ready()
            step("synthesizing")
            context = {
                "env": self._env,
                "search_location": str(self._settings.search_index),
                "ocr_models": str(self._settings.models),
                # The OCR server runs anyway: whoever reads on the CPU beside it loads the models
                # once more.
                "lane_policy": "fast",
            }
            assembly = synthesize(ROOT, self._settings.home / "synth", context)
            Deployer(self._settings.url).deploy(assembly, on_step=step)
            self._ocr.require_process()
        return self.outputs()

    def down(self) -> bool:
        """Stop every program; return whether one was running."""
        with self._exclusive():
            stopped = [program.stop() for program in (self._gateway, self._ocr, self._engine)]
        return any(stopped)

    def running(self) -> bool:
        """Return whether this home's engine runs and answers."""
        return self._engine.process() is not None and self._engine.answers()

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
        return Outputs(
            endpoint=self._settings.url,
            gateway=self._settings.gateway_url,
            env=self._env,
            values=values,
        )

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        self._settings.make_home()
        with (self._settings.home / "stack.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed
            yield
