"""The bounded child: what it answers, what it dies of, and that its parent goes on."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser import bounded
from docparser.bounded import Bounds, Died, Overrun
from docparser.errors import Rejected, Terminal
from docparser.model import RejectedCode, TerminalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB = 1 << 20
BOUNDS = Bounds(memory_bytes=64 * MIB, seconds=20, cpu_seconds=1, file_bytes=4 * MIB)
CANARY = "the patient's name"


def children() -> set[str]:
    """Return the processes that this one has begun, those that nobody has waited for included."""
    threads = Path("/proc/self/task").iterdir()
    return {pid for thread in threads for pid in (thread / "children").read_text().split()}


def outcome(work: Callable[[], bytes], bounds: Bounds = BOUNDS) -> type[Rejected] | bytes:
    before = children()
    try:
        return bounded.run(work, bounds)
    except Rejected as error:
        return type(error)
    finally:
        # Whatever became of it, the next one is answered.
        assert bounded.run(lambda: b"fine", BOUNDS) == b"fine"
        assert children() <= before


def allocate() -> bytes:
    return bytes(100 * MIB)


def allocate_outside_of_python() -> bytes:
    memory = ctypes.CDLL(None)
    memory.malloc.restype = ctypes.c_void_p
    while True:
        # Nobody looks whether there was any: it writes to a null pointer in the end.
        ctypes.memset(ctypes.c_void_p(memory.malloc(ctypes.c_size_t(MIB))), 1, MIB)


def loop() -> bytes:
    while True:
        pass


def nest(depth: int = 0) -> bytes:
    return nest(depth + 1)


def crash() -> bytes:
    ctypes.string_at(0)
    return b""


def abort() -> bytes:
    os.abort()


def leave() -> bytes:
    os._exit(0)


def interrupt() -> bytes:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
    return b""


@pytest.mark.parametrize(
    ("work", "cause"),
    [
        (lambda: b"an answer" * 100_000, b"an answer" * 100_000),
        (lambda: b"", b""),
        (allocate, Overrun),
        (allocate_outside_of_python, Overrun),
        (loop, Overrun),
        (nest, Overrun),
        (lambda: bytes(65 * MIB), Overrun),
        (crash, Died),
        (abort, Died),
        (leave, Died),
        (interrupt, Died),
    ],
)
def test_what_a_child_ends_of(work: Callable[[], bytes], cause: type[Rejected] | bytes) -> None:
    begun = time.monotonic()
    assert outcome(work) == cause
    assert time.monotonic() - begun < 10


def test_the_wall_clock_ends_a_child_that_only_waits() -> None:
    def wait() -> bytes:
        time.sleep(60)
        return b""

    begun = time.monotonic()
    assert outcome(wait, BOUNDS._replace(seconds=0.2)) is Overrun
    assert time.monotonic() - begun < 5


def test_a_file_grows_to_its_bound_and_no_further(tmp_path: Path) -> None:
    def write() -> bytes:
        with (tmp_path / "large").open("wb") as file:
            for _ in range(1000):
                file.write(bytes(MIB))
        return b""

    assert outcome(write) is Overrun
    assert (tmp_path / "large").stat().st_size <= BOUNDS.file_bytes


def test_what_a_child_starts_ends_with_it(tmp_path: Path) -> None:
    def fork() -> bytes:
        for _ in range(3):
            if not os.fork():
                time.sleep(60)
        (tmp_path / "group").write_text(str(os.getpgrp()))
        time.sleep(60)
        return b""

    assert outcome(fork, BOUNDS._replace(seconds=0.5)) is Overrun
    group = int((tmp_path / "group").read_text())
    assert group != os.getpgrp()
    deadline = time.monotonic() + 5
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            states = subprocess.run(
                ["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True, check=False
            ).stdout.split()
            if all(state.startswith("Z") for state in states):
                break  # killed, and not yet reaped by whoever inherited them
            time.sleep(0.05)
        else:
            pytest.fail("the group lives on")


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    script = f"""
import os, pathlib, time
from docparser import bounded
def work():
    pathlib.Path({str(tmp_path / "child")!r}).write_text(str(os.getpid()))
    time.sleep(60)
bounded.run(work, bounded.Bounds({64 * MIB}, 60, 60, {MIB}))
"""
    parent = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 30
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child = Path("/proc", (tmp_path / "child").read_text(), "stat")
    assert child.exists()
    parent.kill()
    parent.wait()
    while child.exists() and child.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_the_work_refuses_is_refused() -> None:
    def refuse() -> bytes:
        raise Rejected(RejectedCode.TOO_MANY_PIXELS, page=7)

    with pytest.raises(Rejected) as caught:
        bounded.run(refuse, BOUNDS)
    assert (caught.value.code, caught.value.page) == (RejectedCode.TOO_MANY_PIXELS, 7)


def test_a_defect_is_told_of_without_its_message(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> bytes:
        sys.stdout.write(CANARY)
        sys.stderr.write(CANARY)
        os.write(1, CANARY.encode())
        logging.getLogger("a library").error(CANARY)
        raise KeyError(CANARY)

    with pytest.raises(Terminal) as caught:
        bounded.run(fail, BOUNDS)
    assert caught.value.code is TerminalCode.INTERNAL
    said = "".join([caplog.text, *capfd.readouterr(), repr(caught.value)])
    (record,) = caplog.records
    assert record.error_type == "KeyError"  # type: ignore[attr-defined]
    assert record.frames[-1].endswith(" fail")  # type: ignore[attr-defined]
    assert CANARY not in said + str(vars(record))


def test_one_child_answers_many_questions_and_is_replaced() -> None:
    @contextlib.contextmanager
    def opener() -> Iterator[Callable[[bytes], bytes]]:
        def answer(question: bytes) -> bytes:
            if question == b"crash":
                crash()
            if question == b"refuse":
                raise Rejected(RejectedCode.CORRUPT, page=1)
            return question + b" from %d" % os.getpid()

        yield answer

    with bounded.answering(opener, BOUNDS) as child:
        first = child.ask(b"1").split()
        assert child.ask(b"2").split() == [b"2", *first[1:]]
        for question, error in ((b"crash", Died), (b"refuse", Rejected)):
            with pytest.raises(error):
                child.ask(question)
            later = child.ask(b"3").split()
            assert later[-1] != first[-1]
            first = later
    with pytest.raises(ProcessLookupError):
        os.kill(int(first[-1]), 0)


def test_each_answer_has_the_whole_time(tmp_path: Path) -> None:
    @contextlib.contextmanager
    def opener() -> Iterator[Callable[[bytes], bytes]]:
        def answer(_: bytes) -> bytes:
            begun = time.process_time()
            while time.process_time() < begun + 0.8:
                pass
            return b""

        yield answer

    with bounded.answering(opener, BOUNDS) as child:
        for _ in range(3):
            assert child.ask(b"") == b""


def test_a_child_that_cannot_begin_says_why() -> None:
    @contextlib.contextmanager
    def opener() -> Iterator[Callable[[bytes], bytes]]:
        raise Rejected(RejectedCode.ENCRYPTED)
        yield

    with bounded.answering(opener, BOUNDS) as child:
        for _ in range(2):
            with pytest.raises(Rejected) as caught:
                child.ask(b"")
            assert caught.value.code is RejectedCode.ENCRYPTED


def test_what_the_parent_has_open_is_closed_to_a_child() -> None:
    ours, theirs = socket.socketpair()

    def opened() -> bytes:
        with contextlib.suppress(OSError):
            os.write(ours.fileno(), b"from the child")
        open_ones = (Path(f"/proc/self/fd/{each}") for each in range(3, 100) if is_open(each))
        return " ".join(str(each.readlink()) for each in open_ones).encode()

    with ours, theirs:
        said = bounded.run(opened, BOUNDS).decode().split()
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
    assert {each.partition(":")[0] for each in said} <= {"pipe", "/dev/null"}
    assert len([each for each in said if each.startswith("pipe")]) == 2


def is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
