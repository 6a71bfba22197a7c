"""How well pages are read, and at what cost: the OCR engine beside Tesseract, in one run.

Reads the images of the shared collection that lies beside the project, as many at once as there
are cores, each by one thread, with the engine and with Tesseract 5 (once as it comes, once told
the languages). Texts are scored by the collection's own helper: character and word error rates,
and word F1, which does not depend on reading order; truth typed by people, derived from a text
layer and read by another engine are kept apart::

    uv run python -m benchmarks.ocr_quality

The last result is kept in ``benchmarks/results/ocr_quality.json``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser_ocr import backends, weights
from docparser_ocr.engine import ENGINE, Engine
from docparser_ocr.reader import opened, read_page
from docparser_ocr.settings import OcrSettings

from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "ocr_quality.json"
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR") or ROOT.parent / "shared" / "data")
SCORE = DATA / "score" / "score_ocr.py"
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
TRUTHS = ("human", "derived", "machine")
LANGUAGES = "eng+deu+fra"
CORES = os.cpu_count() or 1
PAGE_LIMIT_S = 600.0


def measured(read: Callable[[Path], str], images: list[Path], folder: Path) -> dict[str, Any]:
    """Read every image into a folder; return seconds a page, and the scores by kind of truth."""
    folder.mkdir()

    def one(path: Path) -> None:
        (folder / f"{path.stem}.txt").write_text(read(path), "utf-8")

    started, before = time.monotonic(), os.times()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, images))
    wall, after = time.monotonic() - started, os.times()
    return {
        "cpu_s_a_page": round((sum(after[:4]) - sum(before[:4])) / len(images), 2),
        "wall_s_a_page": round(wall / len(images), 2),
        "scores": {truth: scored(folder, truth) for truth in TRUTHS},
    }


def scored(folder: Path, truth: str) -> dict[str, dict[str, float]]:
    """Return the helper's table: pages, CER, WER and word F1 of each kind of document."""
    command = [sys.executable, str(SCORE), "--set", str(DATA / "ocr"), "--pred", str(folder)]
    table = subprocess.run(
        [*command, "--kind", truth], capture_output=True, text=True, check=True
    ).stdout
    rows = {}
    for line in table.splitlines()[1:]:
        group, *values = line.split()
        if group == "ALL" or group.startswith("kind="):
            pages, missing, cer, wer, f1 = (float(value) for value in values)
            if missing:
                raise RuntimeError("an image was not read")
            rows[group] = {"pages": pages, "cer": cer, "wer": wer, "word_f1": f1}
    return rows


def ours(models: Path) -> Callable[[Path], str]:
    """Return a reader of images by the engine, loaded and warm."""
    prepared = weights.prepared(models)
    opened_models = backends.opened(backends.chosen(None), prepared, at_once=CORES)
    engine = Engine(opened_models, prepared.characters, prepared.full_characters)
    engine.warm_up()
    settings = OcrSettings()

    def read(path: Path) -> str:
        source = opened(path, IMAGES[path.suffix], settings)
        page = read_page(engine, source, 1, PAGE_LIMIT_S)
        source.close()
        if page.code:
            raise RuntimeError(f"{path.name}: {page.code}")
        return page.text

    return read


def tesseract(*options: str) -> Callable[[Path], str]:
    """Return a reader of images by Tesseract, one thread for each."""

    def read(path: Path) -> str:
        return subprocess.run(
            ["tesseract", str(path), "stdout", *options],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        ).stdout

    return read


def tesseract_version() -> str:
    """Return Tesseract's version, or nothing where it is not installed with its languages."""
    if shutil.which("tesseract") is None:
        return ""
    about = subprocess.run(["tesseract", "--version"], capture_output=True, text=True)
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True)
    missing = set(LANGUAGES.split("+")) - set(languages.stdout.split())
    return "" if missing else about.stdout.split("\n")[0].removeprefix("tesseract ").strip()


def main() -> None:
    """Measure, print a table, and keep the result."""
    if not SCORE.exists():
        print(f"skipped: no collection of images in {DATA}; DOCPARSER_DATA_DIR names another")
        return
    images = sorted(path for path in (DATA / "ocr" / "images").iterdir() if path.suffix in IMAGES)
    result: dict[str, Any] = {**stamp("ocr_quality"), "images": len(images), "at_once": CORES}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        engines = {ENGINE: ours(folder / "models")}
        if version := tesseract_version():
            engines[f"tesseract {version}"] = tesseract()
            engines[f"tesseract {version} -l {LANGUAGES}"] = tesseract("-l", LANGUAGES)
        else:
            print(f"without Tesseract: it is not installed, or not with {LANGUAGES}")
        result["engines"] = {
            name: measured(read, images, folder / f"texts-{index}")
            for index, (name, read) in enumerate(engines.items())
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{'truth':9}{'kind':22}{'pages':>6}  {'engine':38}{'CER':>7}{'WER':>7}{'word F1':>9}")
    for truth in TRUTHS:
        for kind in next(iter(result["engines"].values()))["scores"][truth]:
            for name, found in result["engines"].items():
                row = found["scores"][truth][kind]
                print(
                    f"{truth:9}{kind:22}{row['pages']:6.0f}  {name:38}"
                    f"{row['cer']:7.3f}{row['wer']:7.3f}{row['word_f1']:9.3f}"
                )
    for name, found in result["engines"].items():
        print(f"{name:38}CPU {found['cpu_s_a_page']} s, wall {found['wall_s_a_page']} s a page")


if __name__ == "__main__":
    main()
