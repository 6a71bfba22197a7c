"""The GPU's benchmark is complete: on a CPU it does everything that it does on a GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torch.conftest import ROOT

torch = pytest.importorskip("torch", reason="torch is not installed")


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.ocr_gpu", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(tmp_path: Path) -> None:
    run = benchmark("--output", str(tmp_path / "result.json"))
    assert run.returncode == 2
    assert "no CUDA device" in run.stderr
    assert not (tmp_path / "result.json").exists()


def test_on_a_cpu_it_runs_to_its_end(tmp_path: Path) -> None:
    pytest.importorskip("rapidfuzz", reason="the group bench is not installed")
    output = tmp_path / "result.json"
    run = benchmark(*("--device", "cpu", "--pages", "2", "--workers", "2", "--output", str(output)))
    assert run.returncode == 0, run.stderr
    result = json.loads(output.read_text())
    # what was measured, when and on what
    assert (result["benchmark"], result["device"], result["pages"]) == ("ocr_gpu", "cpu", 2)
    assert result["measured_at"].endswith("Z")
    assert result["pages_per_s"] > 0
    assert result["resident_mb"] > 100
    # both devices read the same
    assert result["errors"]["device_against_cpu"] <= 0.001
    assert result["errors"]["device"] < 0.05
    assert {row["model"] for row in result["models_ms"]} >= {"detector", "recogniser", "direction"}
    # The walls are counted on the graphs: as large as the sum on paper, 175 GFLOP and 7 GB.
    walls = result["walls"]
    assert 50 < walls["gflop_per_page"] < 500
    assert 1 < walls["gb_per_page"] < 20
    assert all(walls[name] > 0 for name in ("memory_pages_per_s", "host_pages_per_s"))
    assert "pages/s, decode to JSON" in run.stdout
