"""Work on untrusted bytes, in a process that the operating system bounds.

Parsers of foreign files loop, allocate and crash. A forked child does such work under limits of the
kernel's, and answers through a pipe; whatever becomes of it, the worker goes on::

    facts = Facts.model_validate_json(bounded.run(lambda: look(path).to_json(), bounds))

    with bounded.answering(opened_pages, bounds) as child:
        for number in numbers:
            page = Page.model_validate_json(child.ask(b"%d" % number))

``multiprocessing`` is no choice: its pools and queues need POSIX semaphores, which Lambda lacks.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import logging
import math
import os
import resource
import select
import signal
import struct
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from . import observability
from .errors import Rejected, Terminal
from .function import frames
from .model import RejectedCode, TerminalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from contextlib import AbstractContextManager

    Answer = Callable[[bytes], bytes]

_MOST_ANSWER_BYTES = 64 << 20
_PIECE_BYTES = 1 << 20

# A message is its kind, its length and its body.
_HEAD = struct.Struct("!cQ")
_QUESTION, _ANSWER, _REJECTED, _FAILED = b"Q", b"A", b"R", b"F"

# How a child ends that could not have the memory, or nested deeper than the interpreter does.
_NO_MEMORY = 77
# Signals by which the kernel says that a limit was reached: CPU time, a file's size, and, where
# we did not send it, the machine's own memory.
_LIMITS = {signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL}
# A library that gets no memory often aborts, or stumbles over a null pointer. If the child had this
# part of its memory by then, memory is what it died of.
_NEARLY_ALL = 0.7

_PARENT_DEATH_SIGNAL = 1  # prctl's option


class Bounds(NamedTuple):
    """What a child may use.

    ``memory_bytes`` is what it may allocate beyond what its parent had; ``seconds`` the time on the
    wall for one answer, and ``cpu_seconds`` on the processor, whole ones; ``file_bytes`` the size
    of each file that it writes.
    """

    memory_bytes: int
    seconds: float
    cpu_seconds: int
    file_bytes: int


class Overrun(Rejected):
    """The child reached a bound, and was ended: ``BOMB``."""

    def __init__(self) -> None:
        super().__init__(RejectedCode.BOMB)


class Died(Rejected):
    """A parser took the child along: ``CORRUPT``."""

    def __init__(self) -> None:
        super().__init__(RejectedCode.CORRUPT)


def run(work: Callable[[], bytes], bounds: Bounds) -> bytes:
    """Return what ``work`` returns, done in a child of its own.

    What it changes in memory is lost; what it writes to disk stays.

    Raises
    ------
    Rejected
        What ``work`` raised, `Overrun` or `Died`.
    Terminal
        INTERNAL: ``work`` raised anything else. The log says what and where, never its message.
    """

    @contextmanager
    def once() -> Iterator[Answer]:
        yield lambda _: work()

    with answering(once, bounds) as child:
        return child.ask(b"")


@contextmanager
def answering(
    opener: Callable[[], AbstractContextManager[Answer]], bounds: Bounds
) -> Iterator[Child]:
    """Give a child that answers one question after another, and end it.

    ``opener`` is entered within the child, before its first answer: a file is opened there, once.
    """
    child = Child(opener, bounds)
    try:
        yield child
    finally:
        child.end()


class Child:
    """A process that answers questions; it starts with the first one.

    One that gave no answer is replaced at the next question, so that a bad page costs no other.
    """

    def __init__(
        self, opener: Callable[[], AbstractContextManager[Answer]], bounds: Bounds
    ) -> None:
        self._opener = opener
        self._bounds = bounds
        self._process: _Process | None = None

    def ask(self, question: bytes) -> bytes:
        """Return the answer to a question.

        Raises
        ------
        Rejected
            What ``opener`` or its answer raised, `Overrun` or `Died`.
        Terminal
            INTERNAL: they raised anything else.
        """
        if self._process is None:
            self._process = _started(self._opener, self._bounds)
        try:
            kind, body = self._process.exchange(question, self._bounds.seconds)
        except Rejected:
            self.end()
            raise
        if kind == _ANSWER:
            return body
        self.end()
        said = json.loads(body)
        if kind == _REJECTED:
            raise Rejected(RejectedCode(said["code"]), page=said["page"])
        observability.log_error("child failed", **said)
        raise Terminal(TerminalCode.INTERNAL)

    def end(self) -> None:
        """End the process, if there is one, and what it started."""
        if self._process is not None:
            self._process.end()
            self._process = None


class _Process:
    """A forked child, by its id and our ends of its pipes."""

    def __init__(self, pid: int, questions: int, answers: int, memory_bytes: int) -> None:
        self._pid = pid
        self._questions = questions
        self._answers = answers
        self._nearly_all_bytes = _resident_bytes() + _NEARLY_ALL * memory_bytes
        self._reaped = False

    def exchange(self, question: bytes, seconds: float) -> tuple[bytes, bytes]:
        """Send a question; return kind and body of the answer that comes within so many seconds.

        Raises
        ------
        Rejected
            `Overrun` or `Died`.
        """
        deadline = time.monotonic() + seconds
        try:
            _write(self._questions, _QUESTION, question)
            kind, length = _HEAD.unpack(self._read(_HEAD.size, deadline))
            if length > _MOST_ANSWER_BYTES:
                raise Overrun
            return kind, self._read(length, deadline)
        except (EOFError, BrokenPipeError):
            raise self._cause() from None

    def end(self) -> None:
        """Kill the child and its descendants, and forget it."""
        os.close(self._questions)
        os.close(self._answers)
        if not self._reaped:
            self._reap()

    def _read(self, size: int, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        body = bytearray()
        while len(body) < size:
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise Overrun
            piece = os.read(self._answers, min(size - len(body), _PIECE_BYTES))
            if not piece:
                raise EOFError
            body += piece
        return bytes(body)

    def _cause(self) -> Overrun | Died:
        """Tell what a child died of that has closed its pipe."""
        status, peak_bytes = self._reap()
        if os.WIFSIGNALED(status):
            limited = os.WTERMSIG(status) in _LIMITS or peak_bytes > self._nearly_all_bytes
        else:
            limited = os.WEXITSTATUS(status) == _NO_MEMORY
        return Overrun() if limited else Died()

    def _reap(self) -> tuple[int, int]:
        """Kill the child and its descendants; return its status, and the most memory it had.

        A child that has died already keeps the status that it died with.
        """
        # It makes a group of its own only once it runs.
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.kill(self._pid, signal.SIGKILL)
        self._reaped = True
        _, status, used = os.wait4(self._pid, 0)
        return status, used.ru_maxrss * 1024


def _started(opener: Callable[[], AbstractContextManager[Answer]], bounds: Bounds) -> _Process:
    """Fork; the child never returns from here."""
    asked, questions = os.pipe()
    answers, answered = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            _confine(bounds, parent, {asked, answered})
            _serve(opener, asked, answered, bounds)
        except (MemoryError, RecursionError):
            os._exit(_NO_MEMORY)
        finally:
            # Nothing of the parent's stack may be unwound a second time.
            os._exit(1)
    os.close(asked)
    os.close(answered)
    return _Process(pid, questions, answers, bounds.memory_bytes)


def _confine(bounds: Bounds, parent: int, pipes: Collection[int]) -> None:
    """Bound this process, and cut it off from the parent's group, signals, streams and files."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXFSZ, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.disable()
    # Libraries tell of what they find in a file, which would be in our log.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")
    # Connections to AWS are open there, and our ends of the pipes.
    for opened in [int(each.name) for each in Path("/proc/self/fd").iterdir()]:
        if opened > 2 and opened not in {nowhere, *pipes}:
            with suppress(OSError):
                os.close(opened)
    logging.disable()
    pages, *_, data = map(int, Path("/proc/self/statm").read_text().split()[:6])
    # Address space holds files that are mapped, too, as large as the largest that it may write.
    size = resource.getpagesize()
    _limit(resource.RLIMIT_DATA, data * size + bounds.memory_bytes)
    _limit(resource.RLIMIT_AS, pages * size + 2 * bounds.memory_bytes + bounds.file_bytes)
    _limit(resource.RLIMIT_FSIZE, bounds.file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    # What was there before is the parent's, and is not looked at again: its pages stay shared.
    gc.freeze()


def _limit(name: int, value: int) -> None:
    _, hard = resource.getrlimit(name)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (value, value))


def _serve(
    opener: Callable[[], AbstractContextManager[Answer]], asked: int, answered: int, bounds: Bounds
) -> NoReturn:
    """Answer questions until nobody asks any more."""
    question = _question(asked, bounds)
    try:
        with opener() as answer:
            while True:
                _write(answered, _ANSWER, answer(question))
                question = _question(asked, bounds)
    except Rejected as error:
        said = {"code": error.code, "page": error.page}
        _write(answered, _REJECTED, json.dumps(said).encode())
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 - the edge of the process: nothing passes unnamed
        where = {"error_type": type(error).__name__, "frames": frames(error)}
        _write(answered, _FAILED, json.dumps(where).encode())
    os._exit(0)


def _question(asked: int, bounds: Bounds) -> bytes:
    """Wait for the next question, and begin to count the CPU time of its answer."""
    head = _exactly(asked, _HEAD.size)
    _, length = _HEAD.unpack(head)
    question = _exactly(asked, length)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (math.ceil(time.process_time()) + bounds.cpu_seconds, hard)
    )
    return question


def _exactly(pipe: int, size: int) -> bytes:
    body = b""
    while len(body) < size:
        piece = os.read(pipe, size - len(body))
        if not piece:
            os._exit(0)
        body += piece
    return body


def _write(pipe: int, kind: bytes, body: bytes) -> None:
    for part in (_HEAD.pack(kind, len(body)), body):
        view = memoryview(part)
        while view:
            view = view[os.write(pipe, view) :]


def _resident_bytes() -> int:
    """Return the memory of this process that a fork begins with: pages of files are left out."""
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * resource.getpagesize()
