"""Programs in the back: one per process file, started anew when they change or die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from docparser_local import programs
from docparser_local.errors import EngineStartError, PortInUseError
from docparser_local.program import Program
from docparser_local.settings import EngineSettings

from tests.contract.engine.running import free_port, poll

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEALTH = "/healthy"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Return a program that serves a folder."""
    port = free_port()
    (tmp_path / "healthy").write_text("")
    server = ("-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path))
    program = Program(
        title="the server",
        arguments=server,
        port=port,
        process_file=tmp_path / "server.json",
        log=tmp_path / "server.log",
        fingerprint=lambda: "one",
        health=HEALTH,
    )
    yield program
    program.stop()


def ignore(_step: str) -> None:
    """Tell nobody."""


def test_it_starts_once_and_stops(program: Program) -> None:
    steps: list[str] = []
    assert program.process() is None
    assert program.start(steps.append)
    program.await_ready()
    assert not program.start(steps.append)
    assert steps == ["starting the server"]
    program.require_port()
    assert program.stop()
    assert not program.stop()
    assert not program.answers()


def test_it_is_not_ours_to_wait_for(program: Program) -> None:
    program.start(ignore)
    pid = program.process().pid
    assert os.getpgid(pid) != os.getpgid(0)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_a_dead_one_is_started_again(program: Program) -> None:
    program.start(ignore)
    program.await_ready()
    first = program.process().pid
    os.kill(first, signal.SIGKILL)
    poll(lambda: program.process() is None)
    with pytest.raises(EngineStartError, match="has ended"):
        program.require_process()
    assert program.start(ignore)
    program.await_ready()
    assert program.process().pid != first


def test_changed_code_starts_it_anew(program: Program) -> None:
    program.start(ignore)
    program.await_ready()
    steps: list[str] = []
    assert replace(program, fingerprint=lambda: "two").start(steps.append)
    assert steps == ["restarting the server: its code changed", "starting the server"]


def test_two_cannot_hold_one_file(program: Program) -> None:
    program.start(ignore)
    command = [sys.executable, "-m", "docparser_local.detached"]
    command += ["--file", str(program.process_file), "--port", "1", "--fingerprint", "x", "true"]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "held by a running process" in second.stderr


def test_a_start_that_fails_names_the_log(program: Program) -> None:
    broken = replace(program, arguments=("-c", "raise SystemExit('no such model')"))
    broken.start(ignore)
    with pytest.raises(EngineStartError, match=r"the server did not start; see .*server\.log"):
        broken.await_ready()
    assert "no such model" in broken.log.read_text()


def test_a_port_in_use_is_named(program: Program) -> None:
    named = f"port {program.port}, for the server, is in use"
    with (
        socket.create_server(("127.0.0.1", program.port)),
        pytest.raises(PortInUseError, match=named),
    ):
        program.require_port()


def test_the_same_program_of_another_folder_is_named(program: Program, tmp_path: Path) -> None:
    program.start(ignore)
    program.await_ready()
    other = replace(program, process_file=tmp_path / "other" / "server.json")
    with pytest.raises(PortInUseError, match="the server of another Docparser folder"):
        other.require_port()


def test_a_users_account_and_proxies_stay_out(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("LC_KEPT", "yes")
    show = "import os; print(sorted(os.environ)); raise SystemExit"
    replace(program, arguments=("-c", show), environment={"GIVEN": "1"}).start(ignore)
    names = poll(program.log.read_text)
    assert "'GIVEN'" in names
    assert "'LC_KEPT'" in names
    assert "AWS_PROFILE" not in names
    assert "http_proxy" not in names


def test_the_programs_of_a_stack_do_not_share_a_thing(tmp_path: Path) -> None:
    settings = EngineSettings(5000, tmp_path)
    three = (
        programs.engine(settings),
        programs.model_gateway(settings, "local"),
        programs.ocr_server(settings),
    )
    assert [program.port for program in three] == [5000, 5001, 5002]
    for name in ("process_file", "log", "title"):
        assert len({getattr(program, name) for program in three}) == 3
