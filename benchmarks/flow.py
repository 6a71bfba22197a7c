"""The flow's promises in figures: a storm of redeliveries, a burst, a long document, bombs.

``python -m benchmarks.flow`` starts a stack of its own and writes ``benchmarks/results/flow.json``.

storm
    Every upload's event is delivered 20 times more, from eight threads and out of order, while
    its document waits, walks and has ended. Counted: executions per distinct document, documents
    without exactly one result.
burst
    200 one-page documents, 2,000, 200 again. Latency is from a document's record to its end, the
    time in which it waits for a slot included.
long
    A PDF of 3,000 pages beside one of 30: how long its pages are read, and the peak memory of each
    function's workers.
bombs
    Files that promise more than anybody may unpack, from upload to REJECTED.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import statistics
import struct
import tempfile
import time
import uuid
import zlib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.intake.identity import document_id
from docparser.model import Ref, Status
from docparser_local.stack import Stack
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import stamp
from benchmarks.pipeline import WORDS, one_page
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import Record

RESULTS = Path(__file__).parent / "results" / "flow.json"
PORT = 4580
DELIVERIES = 20
_PATIENCE_S = 3600
_PEAK = re.compile(r"Max Memory Used: (\d+) MB")


PARTS = ("storm", "long", "bombs", "bursts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storm", type=int, default=40, help="distinct documents")
    parser.add_argument("--burst", type=int, default=2000, help="documents of the great burst")
    parser.add_argument("--pages", type=int, default=3000, help="pages of the long document")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    asked = parser.parse_args()
    head = stamp("flow")
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=PORT)
        pipeline = Pipeline(stack.up(), Path(home))
        os.environ.update(pipeline.outputs.environment())
        try:
            burst(pipeline, 10)
            found = {part: shown(measure(pipeline, part, asked)) for part in asked.parts}
        finally:
            stack.down()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    # What was measured at another time says so itself.
    when = {part: {"measured_at": head["measured_at"], **found[part]} for part in found}
    RESULTS.write_text(json.dumps({**kept, **head, **when}, indent=2) + "\n")


def measure(pipeline: Pipeline, part: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Return one part's figures."""
    if part == "storm":
        return storm(pipeline, asked.storm)
    if part == "long":
        return long_document(pipeline, asked.pages)
    if part == "bombs":
        return bombs(pipeline)
    runs = [shown(burst(pipeline, documents)) for documents in (200, asked.burst, 200)]
    few = statistics.median(runs[number]["documents_per_second"] for number in (0, 2))
    return {"runs": runs, "great_to_small": round(runs[1]["documents_per_second"] / few, 3)}


def shown(result: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(result))
    return result


def ref_of(content: bytes) -> Ref:
    """Return the first attempt at a document with this content."""
    import hashlib

    digest = hashlib.sha256(content).hexdigest()
    return Ref(tenant="default", document_id=document_id("default", digest))


def ends(pipeline: Pipeline, refs: Sequence[Ref], every_s: float) -> list[Record]:
    """Wait until every document has ended; return the records."""
    ended: dict[str, Record] = {}

    def look() -> bool:
        for ref in refs:
            if ref.document_id not in ended:
                record = pipeline.record(ref)
                if record is None or not record.status.terminal:
                    return False
                ended[ref.document_id] = record
        return True

    until(look, _PATIENCE_S, every_s)
    return [ended[ref.document_id] for ref in refs]


# ---------------------------------------------------------------------- storm
def storm(pipeline: Pipeline, documents: int) -> dict[str, Any]:
    """Deliver every event 21 times in all."""
    contents = [one_page(number) for number in range(documents)]
    refs = [ref_of(content) for content in contents]
    rng = random.Random(5)
    uploads = [(pipeline.upload(content), len(content)) for content in contents]
    told = [*uploads] * DELIVERIES
    rng.shuffle(told)
    with ThreadPoolExecutor(8) as pool:
        # Three parts at once, one when all have ended: what comes late is a delivery, too.
        list(pool.map(lambda one: pipeline.tell(*one), told[: len(told) * 3 // 4]))
        ends(pipeline, refs, 1)
        list(pool.map(lambda one: pipeline.tell(*one), told[len(told) * 3 // 4 :]))
    until(lambda: pipeline.waiting() == 0, _PATIENCE_S, 1)
    records = ends(pipeline, refs, 1)
    started = [name for ref in refs for name in pipeline.executions(ref)]
    results = [
        sum(key.endswith("/document.json") for key in pipeline.keys("VAULT_BUCKET", _prefix(ref)))
        for ref in refs
    ]
    return {
        "documents": documents,
        "deliveries": len(uploads) + len(told),
        "executions_per_document": round(len(started) / documents, 4),
        "completed": sum(record.status is Status.COMPLETED for record in records),
        "without_exactly_one_result": sum(count != 1 for count in results),
    }


def _prefix(ref: Ref) -> str:
    return f"{ref.tenant}/{ref.document_id}/"


# ---------------------------------------------------------------------- burst
def burst(pipeline: Pipeline, documents: int) -> dict[str, Any]:
    """Upload documents as fast as eight threads can; return what their records say."""
    contents = [one_page(number) for number in range(documents)]
    refs = [ref_of(content) for content in contents]
    begun = datetime.now(UTC)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pipeline.upload, contents))
    records = ends(pipeline, refs, max(1.0, documents / 500))  # a look costs the engine
    seconds = (max(record.finished_at for record in records) - begun).total_seconds()
    waits = sorted((r.finished_at - r.created_at).total_seconds() for r in records)
    return {
        "documents": documents,
        "completed": sum(record.status is Status.COMPLETED for record in records),
        "seconds": round(seconds, 1),
        "documents_per_second": round(documents / seconds, 2),
        "latency_p50_s": round(statistics.median(waits), 2),
        "latency_p95_s": round(waits[int(len(waits) * 0.95) - 1], 2),
    }


# ---------------------------------------------------------------------- long
def many_pages(pages: int) -> bytes:
    """Return a PDF of pages with about 2,000 characters each."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1)
    canvas.setTitle(uuid.uuid4().hex)
    for page in range(pages):
        canvas.setFont("Times-Roman", 11)
        text = f"Page {page} " + " ".join(WORDS[(page + n) % len(WORDS)] for n in range(400))
        for row, start in enumerate(range(0, 2000, 90)):
            canvas.drawString(60, 780 - 15 * row, text[start : start + 90])
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def long_document(pipeline: Pipeline, pages: int) -> dict[str, Any]:
    """Walk a document of 30 pages, then one of many; compare what the pages took."""
    few = _walk_of(pipeline, 30)
    many = _walk_of(pipeline, pages)
    ratio = {
        name: round(peak / few["peak_mb"][name], 3)
        for name, peak in many["peak_mb"].items()
        if name in few["peak_mb"]
    }
    times = pages / 30
    return {
        "few": few,
        "many": many,
        "peak_memory_ratio": ratio,
        "largest_peak_memory_ratio": max(ratio.values()),
        "reading_to_as_many_times_the_few": round(
            many["reading_s"] / (times * few["reading_s"]), 3
        ),
        "walk_to_as_many_times_the_few": round(many["walk_s"] / (times * few["walk_s"]), 3),
    }


def _walk_of(pipeline: Pipeline, pages: int) -> dict[str, Any]:
    """Walk three documents of some pages, or one of many; return medians."""
    readings, walks, since = [], [], datetime.now(UTC)
    for _ in range(3 if pages <= 100 else 1):
        ref = ref_of(content := many_pages(pages))
        pipeline.upload(content)
        [record] = ends(pipeline, [ref], 1)
        if record.status is not Status.COMPLETED or record.pages != pages:
            raise RuntimeError(f"{record.status} with {record.pages} pages")
        until(lambda ref=ref: pipeline.execution(ref)["status"] != "RUNNING", 60)
        moments = {
            event["stateEnteredEventDetails"]["name"]: event["timestamp"]
            for event in pipeline.history(ref)
            if event["type"].endswith("StateEntered")
        }
        readings.append((moments["Assemble"] - moments["ReadPages"]).total_seconds())
        walks.append((record.finished_at - record.created_at).total_seconds())
    return {
        "pages": pages,
        "reading_s": round(statistics.median(readings), 2),
        "walk_s": round(statistics.median(walks), 2),
        "peak_mb": _peaks(pipeline, since),
    }


def _peaks(pipeline: Pipeline, since: datetime) -> dict[str, int]:
    """Return the peak memory of each function's workers since a moment, in MB."""
    logs = pipeline.client("logs")
    peaks: dict[str, int] = defaultdict(int)
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        name = group["logGroupName"].rpartition("docparser-local-")[2]
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=int(since.timestamp() * 1000)
        )
        for page in pages:
            for event in page["events"]:
                if used := _PEAK.search(event["message"]):
                    peaks[name] = max(peaks[name], int(used[1]))
    return dict(sorted(peaks.items()))


# ---------------------------------------------------------------------- bombs
def picture_bomb() -> bytes:
    """Return a PNG that claims 50,000 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 250_000, 200_000, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000_000 + uuid.uuid4().bytes)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive_bomb() -> bytes:
    """Return a ZIP of 5 GB of zeros in 5 MB."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("zeros.bin", "w", force_zip64=True) as entry:
            block = b"\0" * (1 << 24)
            for _ in range(300):
                entry.write(block)
        archive.writestr("id.txt", uuid.uuid4().hex)
    return buffer.getvalue()


def page_bomb() -> bytes:
    """Return a PDF whose pages are 4,000 by 4,000 inches large."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(288_000, 288_000))
    canvas.setTitle(uuid.uuid4().hex)
    for _ in range(3001):
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def bombs(pipeline: Pipeline) -> dict[str, Any]:
    """Return how long each kind takes to be rejected, the median of three, and its code."""
    made = {"picture": picture_bomb, "archive": archive_bomb, "pages": page_bomb}
    found: dict[str, Any] = {}
    for name, make in made.items():
        seconds, codes = [], set()
        for _ in range(3):
            ref = ref_of(content := make())
            begun = time.perf_counter()
            pipeline.upload(content)
            record = until(
                lambda ref=ref: (
                    known if (known := pipeline.record(ref)) and known.status.terminal else None
                ),
                120,
                0.02,
            )
            seconds.append(time.perf_counter() - begun)
            codes.add(f"{record.status}/{record.code}")
        found[name] = {"seconds": round(statistics.median(seconds), 2), "ends": sorted(codes)}
    return found


if __name__ == "__main__":
    main()
