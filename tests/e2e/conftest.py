"""The real command, as a user runs it, with a home and a port of its own."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stack import free_port

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("docparser")
TIMEOUT_S = 180


@dataclass(frozen=True)
class Command:
    """`docparser` with its home and its port."""

    home: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DOCPARSER_HOME": str(self.home),
            "DOCPARSER_ENDPOINT": f"http://127.0.0.1:{self.port}",
            # Whoever forces colours on every pipe is not to find them in ours.
            "FORCE_COLOR": "1",
        }

    @property
    def api(self) -> str:
        """The URL of the local stack's API, as `up` tells it."""
        said = self("up").stdout.splitlines()[-1]
        return said.removeprefix("The local stack answers at ")

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def start(self, *words: object, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *map(str, words)],
            env=self.environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            # A shell without job control lets what it puts in the background ignore interrupts,
            # and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


@pytest.fixture(scope="session")
def docparser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command; its stack is started by the first `process`, and stopped at the end."""
    home = tmp_path_factory.mktemp("home")
    # Synthesis takes ten seconds and its cache is keyed by what it is made of: share it.
    cache = ROOT / ".docparser" / "synth"
    cache.mkdir(parents=True, exist_ok=True)
    (home / "synth").symlink_to(cache)
    command = Command(home=home, port=free_port())
    yield command
    assert command("down").returncode == 0


def outcomes(out: Path) -> dict[str, dict[str, str]]:
    """Return the rows of outcomes.tsv by name."""
    with (out / "outcomes.tsv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file, delimiter="\t")}
