"""The server's side of its workers: each is started, asked, watched, ended and replaced."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from . import inference, journal, shared_memory
from .channel import Channel, ChannelClosed, Message
from .shared_memory import SharedMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .backends import Model
    from .metrics import Metrics

# A worker imports its libraries and tries every model once: half a second on an idle machine.
_START_S = 60.0

# A worker looks at the deadline itself between steps; later than this, it hangs in one.
_GRACE_S = 1.0

# What a worker's libraries do not give back goes with the worker.
_MOST_PAGES = 1000
_MOST_RESIDENT = 768 << 20

# Seconds between attempts to start a worker that could not be started.
_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class WorkerLost(Exception):  # noqa: N818 - it says what happened
    """The worker has died of what it read; ``late`` tells that it was ended for its deadline."""

    def __init__(self, *, late: bool) -> None:
        super().__init__(late)
        self.late = late


class WorkersMissing(Exception):  # noqa: N818 - it says what is the case
    """No worker could be started."""


class Workers:
    """So many processes; as many threads may ask them at once.

    ::

        workers.launch()
        workers.open(models, setup)
        answer = workers.ask(message, deadline_s)
        workers.close()
    """

    def __init__(self, count: int, metrics: Metrics) -> None:
        self._count = count
        self._metrics = metrics
        self._models: Sequence[Model] = ()
        self._setup = b""
        self._all: set[_Process] = set()
        # The worker that was used last is used next: the others' memory may go elsewhere.
        self._idle: list[_Process] = []
        self._failing = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()

    @property
    def able(self) -> bool:
        """Whether a page finds a worker, now or once one has started."""
        return self._failing < self._count

    @property
    def processes(self) -> list[int]:
        """The workers' process ids."""
        with self._changed:
            return [process.id for process in self._all]

    def launch(self) -> None:
        """Start the first process; it imports its libraries while the models load.

        Raises
        ------
        OSError
            The system has no room for a process.
        """
        self._all.add(_Process())

    def open(self, models: Sequence[Model], setup: bytes) -> None:
        """Tell the workers what they work with; return once the first is ready.

        The others come meanwhile: pages need not wait for all of them, nor the models, when they
        load, for the cores that so many imports take.

        Raises
        ------
        WorkersMissing
            The first did not become ready.
        """
        self._models, self._setup = models, setup
        (first,) = self._all
        self._set_up(first)
        self._idle.append(first)
        for _ in range(self._count - 1):
            threading.Thread(target=self._start, name="start worker", daemon=True).start()

    def close(self) -> None:
        """End all workers."""
        self._closing.set()
        with self._changed:
            for process in self._all:
                process.kill()
            self._all.clear()
            self._idle.clear()
            self._changed.notify_all()

    def ask(self, message: Message, deadline_s: float) -> Message:
        """Return a worker's answer; one who has had its time is replaced.

        Raises
        ------
        WorkerLost
            It died, or did not answer by the deadline and was ended.
        WorkersMissing
            There is none, and none can be started.
        """
        process = self._taken()
        # Whatever else goes wrong, one whose answer was not taken would give it to the next caller.
        lost: str | None = "died"
        try:
            answer = process.ask(message, self._models, deadline_s + _GRACE_S)
            used_up = process.pages >= _MOST_PAGES or process.resident > _MOST_RESIDENT
            lost = "recycled" if used_up else None
        except TimeoutError:
            lost = "late"
            raise WorkerLost(late=True) from None
        except ChannelClosed:
            raise WorkerLost(late=False) from None
        finally:
            if lost is None:
                self._back(process)
            else:
                self._replace(process, lost)
        return answer

    def release(self, path: str) -> None:
        """Have idle workers close an input, so that its file's room is free."""
        with self._changed:
            for process in self._idle:
                if process.path == path:
                    process.release()

    def _set_up(self, process: _Process) -> None:
        try:
            process.set_up(self._setup, self._models)
        except (ChannelClosed, TimeoutError):
            raise WorkersMissing from None

    def _taken(self) -> _Process:
        with self._changed:
            while True:
                self._changed.wait_for(
                    lambda: self._idle or not self.able or self._closing.is_set()
                )
                if not self._idle:
                    raise WorkersMissing
                process = self._idle.pop()
                if process.alive:
                    return process
                # It died while it had nothing to do, which is no page's fault.
                self._replace(process, "died")

    def _back(self, process: _Process) -> None:
        with self._changed:
            if not self._closing.is_set():
                self._idle.append(process)
                self._changed.notify()

    def _replace(self, process: _Process, reason: str) -> None:
        """End a worker, and start another meanwhile."""
        process.kill()
        self._metrics.replacements.labels(reason).inc()
        journal.write("worker replaced", code=reason)
        with self._changed:
            self._all.discard(process)
        threading.Thread(target=self._start, name="start worker", daemon=True).start()

    def _start(self) -> None:
        """Start a worker, however often it takes."""
        failed = 0
        while not self._closing.is_set():
            try:
                process = _Process()
            except OSError as error:
                journal.write_defect("worker not started", error)
            else:
                if self._begun(process, failed):
                    return
            failed += 1
            if failed == 1:
                with self._changed:
                    self._failing += 1
                    self._changed.notify_all()
            self._closing.wait(_PAUSES_S[min(failed, len(_PAUSES_S)) - 1])

    def _begun(self, process: _Process, failed: int) -> bool:
        """Make a process ready; return whether no other attempt is needed."""
        with self._changed:
            if self._closing.is_set():
                process.kill()
                return True
            self._all.add(process)
        try:
            self._set_up(process)
        except WorkersMissing as error:
            process.kill()
            with self._changed:
                self._all.discard(process)
            if not self._closing.is_set():
                journal.write_defect("worker not started", error)
            return False
        with self._changed:
            if not self._closing.is_set():
                self._failing -= failed > 0
                self._idle.append(process)
                self._changed.notify()
        return True


class _Process:
    """One worker; used by one thread at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        memory = shared_memory.created()
        try:
            self._memory = SharedMemory(memory)
            descriptors = theirs.fileno(), memory
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "docparser_ocr.worker", *map(str, descriptors)],
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # It finds what this process finds, wherever that came from (a Lambda's task root).
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                process_group=0,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(memory)
        self._channel = Channel(ours)
        self.id = self._popen.pid
        self.path = ""
        self.pages = 0
        self.resident = 0

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def set_up(self, setup: bytes, models: Sequence[Model]) -> None:
        """Tell it what it works with, and wait until it has run every model."""
        self._channel.send(Message({"do": "setup"}, setup))
        self._answer(models, _START_S)

    def ask(self, message: Message, models: Sequence[Model], limit_s: float) -> Message:
        """Return its answer, running models for it on the way.

        Raises
        ------
        ChannelClosed
            It has died, or sends nonsense.
        TimeoutError
            It took longer than the limit, in seconds, models aside.
        """
        self.path = message.values["path"]
        self._channel.send(message)
        answer = self._answer(models, limit_s)
        self.pages += message.values["do"] == "page"
        self.resident = int(answer.values["resident"])
        return answer

    def _answer(self, models: Sequence[Model], limit_s: float) -> Message:
        until = time.monotonic() + limit_s
        while "done" not in (message := self._channel.receive(until)).values:
            started = time.monotonic()
            try:
                answer = inference.answered(message, self._memory, models)
            except (KeyError, IndexError, TypeError, ValueError):
                raise ChannelClosed from None
            self._channel.send(answer)
            # A queue before the models is not its fault.
            until += time.monotonic() - started
        return message

    def release(self) -> None:
        """Have it close its input."""
        self.path = ""
        with contextlib.suppress(ChannelClosed):
            self._channel.send(Message({"do": "close"}))

    def kill(self) -> None:
        """End it, and whatever it may have started."""
        # Once it was waited for, its number may be another's.
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.id, signal.SIGKILL)
            self._popen.wait()
        self._channel.close()
