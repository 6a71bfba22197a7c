"""The demo, as `make demo` runs it: every sample ends as `samples/expected.tsv` says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from samples.demo import differences
from tests.e2e.conftest import ROOT, TIMEOUT_S, Command

TABLE = "name\tstatus\tcode\ttype\tlevel\tpages\na.pdf\tCOMPLETED\t\tletter\tPUBLIC\t1\n"


def test_every_sample_ends_as_expected(docparser: Command, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "samples.demo"],
        cwd=tmp_path,
        env={**docparser.environment, "PYTHONPATH": os.fspath(ROOT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Every outcome is as expected.tsv says." in ran.stdout


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (TABLE, []),
        (TABLE.replace("PUBLIC", "INTERNAL"), ["a.pdf"]),
        (TABLE.replace("a.pdf", "b.pdf"), ["a.pdf", "b.pdf"]),
    ],
)
def test_a_difference_is_said(tmp_path: Path, got: str, said: list[str]) -> None:
    for name, text in (("expected", TABLE), ("got", got)):
        (tmp_path / name).write_text(text)
    lines = differences(tmp_path / "expected", tmp_path / "got")
    assert [line.partition(":")[0] for line in lines] == said
