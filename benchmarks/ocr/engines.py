"""The engines that are compared: each a process of its own that is given one picture after another.

What a picture costs is the CPU time of the process and of all that it started, as the kernel
counts it: threads, helpers and garbage included, imports and models not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, Protocol

from docparser.model import Page

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LANGUAGES = "eng+deu+fra"
STOCK = ("rapidocr==3.10.0", "onnxruntime==1.31.1")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
_TICKS = os.sysconf("SC_CLK_TCK")


class Reading(NamedTuple):
    """What an engine made of a picture, and the seconds of CPU and of time that it took."""

    text: str
    cpu_s: float
    wall_s: float
    page: Page | None = None


class Engine(Protocol):
    """Reads one picture at a time."""

    name: str

    def read(self, path: Path) -> Reading:
        """Read a picture."""

    def close(self) -> None:
        """End the engine's process."""


class _Child:
    """A process that answers a line with a line."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD, **environment},
        )

    def read(self, path: Path) -> Reading:
        before, started = cpu_seconds(self._process.pid), time.monotonic()
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        wall_s = time.monotonic() - started
        if not answer:
            raise RuntimeError(f"{self.name} ended at {path.name}")
        cpu_s = cpu_seconds(self._process.pid) - before
        said = json.loads(answer)
        if isinstance(said, str):
            return Reading(said, cpu_s, wall_s)
        page = Page.model_validate(said)
        if page.code:
            raise RuntimeError(f"{path.name}: {page.code}")
        return Reading(page.text, cpu_s, wall_s, page)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=60)


class _Tesseract:
    """Tesseract's command, a process for each picture: that is how it comes."""

    def __init__(self, name: str, *options: str) -> None:
        self.name = name
        self._options = options

    def read(self, path: Path) -> Reading:
        before, started = os.times(), time.monotonic()
        text = subprocess.run(
            ["tesseract", str(path), "stdout", *self._options],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **ONE_THREAD},
        ).stdout
        after = os.times()
        cpu_s = sum(after[2:4]) - sum(before[2:4])
        return Reading(text, cpu_s, time.monotonic() - started)

    def close(self) -> None:
        pass


def ours(models: Path, name: str) -> Engine:
    """Return our engine on one thread."""
    environment = {"DOCPARSER_OCR_MODELS": str(models), "DOCPARSER_OCR_THREADS": "1"}
    return _Child(name, [sys.executable, "-m", "benchmarks.ocr.our_reader"], environment)


def stock(environment: Path) -> list[Engine]:
    """Return RapidOCR as it comes, and without its per-line orientation; installs it first."""
    python, uv = environment / "bin" / "python", os.environ.get("UV", "uv")
    # Elsewhere: the project's own settings for uv leave out what rapidocr asks for.
    elsewhere = {"check": True, "cwd": environment.parent}
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, environment], **elsewhere)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *STOCK], **elsewhere)
    command = [str(python), str(HERE / "stock_reader.py")]
    return [
        _Child("stock RapidOCR", command, {}),
        _Child("stock RapidOCR, lines upright", [*command, "--upright"], {}),
    ]


def tesseract() -> list[Engine]:
    """Return Tesseract told the languages, if it is installed with them."""
    if shutil.which("tesseract") is None:
        return []
    about = subprocess.run(["tesseract", "--version"], capture_output=True, text=True)
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True)
    if set(LANGUAGES.split("+")) - set(languages.stdout.split()):
        return []
    version = about.stdout.split("\n")[0].removeprefix("tesseract ").strip()
    # With its own finding of orientation, so that turned pages are fair.
    return [_Tesseract(f"Tesseract {version}", "-l", LANGUAGES, "--psm", "1")]


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process, of its living descendants and of its finished ones."""
    total = 0.0
    for process in (pid, *descendants(pid)):
        try:
            stat = Path(f"/proc/{process}/stat").read_text()
        except FileNotFoundError:
            continue
        fields = stat.rpartition(")")[2].split()
        # utime, stime, cutime, cstime: fields 14 to 17 of proc(5), counted from the command on.
        total += sum(map(int, fields[11:15])) / _TICKS
    return total


def descendants(pid: int) -> list[int]:
    """Return the ids of a process's children, their children and so on."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except FileNotFoundError:
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found
