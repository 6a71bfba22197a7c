"""100 scanned pages through the whole pipeline, beside the OCR engine's own time on the same pages.

One PDF of pictures, as a scanner makes it: A4 at 150 dpi, grey, a little askew and noisy. In turns,
the pages go straight to the OCR server, in the shards that preflight would cut, and then, as a
document, through the local stack in front of that same server. The ratio of both is what the
pipeline adds. ``python -m benchmarks.scans`` writes ``benchmarks/results/scans.json``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pikepdf
import pypdfium2
from docparser.intake.shards import plan_shards
from docparser.model import Lane
from docparser.settings import Limits
from docparser_local.stack import Stack
from PIL import Image

from benchmarks.machine import stamp
from benchmarks.pipeline import one_page, walk

RESULTS = Path(__file__).parent / "results" / "scans.json"
PORT = 4590
OCR_SERVER = f"http://127.0.0.1:{PORT + 2}"
DPI = 150
CONCURRENCY = 2  # as many shards as the local endpoint reads at once


def scanned(pages: int, seed: int) -> bytes:
    """Return a PDF of pictures of pages with about 2,000 characters each."""
    random = np.random.default_rng(seed)
    pictures = [_picture(one_page(seed * 1000 + number), random) for number in range(pages)]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI, title=""
    )
    return buffer.getvalue()


def _picture(pdf: bytes, random: np.random.Generator) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=DPI / 72, grayscale=True).to_numpy()
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(random.uniform(-1, 1)), 1)
    page = cv2.warpAffine(page.reshape(height, width), turn, (width, height), borderValue=255)
    page = cv2.GaussianBlur(page, (3, 3), 0.6).astype(np.float32)
    page += random.normal(0, 6, page.shape)
    return Image.fromarray(page.clip(0, 255).astype(np.uint8))


def shards(pdf: bytes) -> list[bytes]:
    """Return the document in the parts in which preflight would have it read."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        planned = plan_shards([Lane.GPU] * len(document.pages), Limits())
        parts = []
        for shard in planned:
            part, buffer = pikepdf.new(), io.BytesIO()
            part.pages.extend(document.pages[shard.first_page - 1 : shard.last_page])
            part.save(buffer)
            parts.append(buffer.getvalue())
    return parts


def engine_seconds(parts: list[bytes]) -> tuple[float, int]:
    """Send shards straight to the OCR server; return the seconds, and the words that it read."""

    def read(part: bytes) -> int:
        answer = httpx.post(
            f"{OCR_SERVER}/invocations",
            content=part,
            headers={"Content-Type": "application/pdf"},
            timeout=600,
        )
        pages = answer.raise_for_status().json()["pages"]
        return sum(
            len(line["words"])
            for page in pages
            for block in page["blocks"]
            for line in block["lines"]
        )

    begun = time.perf_counter()
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        words = sum(pool.map(read, parts))
    return time.perf_counter() - begun, words


def measure(settings: dict[str, str], *, pages: int, rounds: int) -> dict[str, Any]:
    """Read each round's pages in both ways; return medians and the ratio's spread."""
    _await_server()
    engine_seconds(shards(scanned(4, seed=0)))
    walk(settings, [scanned(4, seed=0)])
    rows = []
    for seed in range(1, rounds + 1):
        pdf = scanned(pages, seed)
        alone, words = engine_seconds(shards(pdf))
        whole, records = walk(settings, [pdf])
        rows.append(
            {
                "engine_seconds": round(alone, 2),
                "pipeline_seconds": round(whole, 2),
                "ratio": round(whole / alone, 3),
                "words": words,
                "completed": records[0]["status"]["S"] == "COMPLETED",
            }
        )
        print(rows[-1])
    return {
        "pages": pages,
        "rounds": rows,
        "engine_pages_per_second": round(
            pages / statistics.median(row["engine_seconds"] for row in rows), 2
        ),
        "pipeline_pages_per_second": round(
            pages / statistics.median(row["pipeline_seconds"] for row in rows), 2
        ),
        "ratio": round(statistics.median(row["ratio"] for row in rows), 3),
    }


def _await_server(timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{OCR_SERVER}/ping").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise TimeoutError("the OCR server is not ready")


def main() -> None:
    """Measure on a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    head = stamp("scans")
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=PORT)
        outputs = stack.up()
        try:
            os.environ.update(outputs.environment())
            result = measure(outputs.settings(), pages=options.pages, rounds=options.rounds)
        finally:
            stack.down()
    RESULTS.write_text(json.dumps({**head, **result}, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
