"""How a server starts and ends."""

from __future__ import annotations

import concurrent.futures
import importlib.util
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.contract.ocr_server.serving import Server, start
from tests.contract.ocr_server.test_contract import answered, encoded, picture, refused, scans


def test_what_runs_is_finished_before_the_end(tmp_path: Path, models: Path, server: Server) -> None:
    draining = start(tmp_path, models, DOCPARSER_OCR_THREADS="1")
    draining.wait_until_ready()
    content = scans(*[(f"Page {number}",) for number in range(8)])
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(draining.invoke, content, "application/pdf")
        # Nothing tells from outside that a request was let in; the first pages take longer.
        time.sleep(0.5)
        draining.process.terminate()
        while draining.ping() == 200:
            time.sleep(0.01)
        assert draining.ping() == 503
        refused(draining.invoke(encoded(picture("Too late"))), 503, "THROTTLED")
        assert len(answered(running.result()).pages) == 8
    assert draining.process.wait(10) == 0


def test_models_that_cannot_be_prepared_end_the_server(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("no folder")
    server = start(tmp_path, tmp_path / "models")
    assert server.process.wait(30) == 1
    assert '"message": "models not loaded", "error_type"' in server.log.read_text()


def test_weights_that_were_changed_end_the_server(tmp_path: Path, models: Path) -> None:
    # Given a wheel of the models' name in which one bit differs
    spec = importlib.util.find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    package = tmp_path / "site" / "rapidocr"
    shutil.copytree(Path(spec.origin).parent / "models", package / "models")
    (package / "__init__.py").touch()
    weights = package / "models" / "PP-OCRv6_det_small.onnx"
    content = bytearray(weights.read_bytes())
    content[1_000_000] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    # When a server starts with it, though what was prepared from the right one is at hand
    server = start(tmp_path, models, PYTHONPATH=str(tmp_path / "site"))
    # Then it never becomes ready
    assert server.process.wait(30) == 1
    assert '"error_type": "OtherWeights"' in server.log.read_text()


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "docparser_ocr.server", "--port", "1"],
        env={"DOCPARSER_OCR_THREADS": "many"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 2
    assert "DOCPARSER_OCR_THREADS" in finished.stderr
    assert "many" not in finished.stderr
