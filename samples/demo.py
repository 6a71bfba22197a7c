"""The demo: every sample through the pipeline, and the outcome held to `expected.tsv`."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from samples.generate import DOCUMENTS

EXPECTED = Path(__file__).with_name("expected.tsv")
OUT = Path("out/demo")
DOCPARSER = Path(sys.executable).with_name("docparser")


def differences(expected: Path, outcomes: Path) -> list[str]:
    """Return one line for each sample whose outcome is not the expected one."""
    wanted, got = _rows(expected), _rows(outcomes)
    return [
        f"{name}: expected {_said(row)}, got {_said({key: got[name][key] for key in row})}"
        if name in got
        else f"{name}: no outcome"
        for name, row in wanted.items()
        if name not in got or any(got[name][key] != value for key, value in row.items())
    ] + [f"{name}: not expected" for name in got.keys() - wanted.keys()]


def _rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop("name"): row for row in csv.DictReader(file, delimiter="\t")}


def _said(row: dict[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in row.items())


def fresh(documents: Path, folder: Path) -> None:
    """Write copies that the service has never seen: what it knows already does not walk again.

    A line after the end of a PDF or an image is read by nobody, and makes its bytes new. What is
    empty stays so.
    """
    mark = f"\n% {uuid.uuid4().hex}\n".encode()
    for path in sorted(documents.rglob("*")):
        if path.is_file():
            copy = folder / path.relative_to(documents)
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            copy.write_bytes(content and content + mark)


def main() -> int:
    """Process the samples; return 0 if every outcome is the expected one."""
    code = subprocess.run([DOCPARSER, "up"], check=False).returncode  # with today's code
    if code:
        return code
    with tempfile.TemporaryDirectory() as folder:
        fresh(DOCUMENTS, Path(folder))
        command = [DOCPARSER, "process", folder, "--out", str(OUT)]
        code = subprocess.run(command, check=False).returncode
    if code:
        return code
    wrong = differences(EXPECTED, OUT / "outcomes.tsv")
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(f"Every outcome is as {EXPECTED.name} says.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
