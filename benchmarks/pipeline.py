"""The whole pipeline on this machine: 200 one-page born-digital PDFs, upload to final record.

Prints documents per second and where the time goes; writes ``benchmarks/results/pipeline.json``.
Run it alone: ``python -m benchmarks.pipeline``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from docparser.store import layout
from docparser_local.stack import Stack
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import stamp

RESULTS = Path(__file__).parent / "results" / "pipeline.json"
CHARACTERS = 2000
WORDS = (
    "the committee notes that delivery of the ordered goods was confirmed within the agreed term "
    "and asks the department to settle the open balance before the end of the coming quarter"
).split()


def one_page(number: int) -> bytes:
    """Return a PDF of one page with about 2,000 characters."""
    text = " ".join(WORDS[(number + n) % len(WORDS)] for n in range(CHARACTERS // 5))
    text = f"Report {number} {uuid.uuid4().hex} " + text[: CHARACTERS - 45]
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont("Times-Roman", 11)
    lines = [text[start : start + 90] for start in range(0, len(text), 90)]
    for row, line in enumerate(lines):
        canvas.drawString(60, 780 - 15 * row, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    documents = parser.parse_args().documents
    head = stamp("pipeline")
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=4599)
        outputs = stack.up()
        try:
            os.environ.update(outputs.environment())
            result = measure(outputs.settings(), documents)
        finally:
            stack.down()
    result = {**head, **result}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def measure(settings: dict[str, str], documents: int) -> dict[str, Any]:
    """Walk a warm-up of 10 documents, then the counted ones; return what was seen."""
    walk(settings, [one_page(n) for n in range(10)])
    contents = [one_page(n) for n in range(documents)]
    started = datetime.now(UTC)
    seconds, records = walk(settings, contents)
    wall = [_seconds(record) for record in records]
    return {
        "documents": documents,
        "characters_per_page": CHARACTERS,
        "completed": sum(record["status"]["S"] == "COMPLETED" for record in records),
        "seconds": round(seconds, 2),
        "documents_per_second": round(documents / seconds, 2),
        "median_seconds_per_document": round(statistics.median(wall), 2),
        "handler_milliseconds_per_document": _handlers(started, documents),
    }


def walk(settings: dict[str, str], contents: list[bytes]) -> tuple[float, list[Any]]:
    """Upload; return the seconds from the first upload to the last final record."""
    s3, table = boto3.client("s3"), boto3.client("dynamodb")

    def upload(content: bytes) -> None:
        s3.put_object(
            Bucket=settings["DOCPARSER_INTAKE_BUCKET"],
            Key=layout.upload_key("standard", "default", uuid.uuid4().hex),
            Body=content,
        )

    before = {record["pk"]["S"] for record in _records(table, settings)}
    begun = datetime.now(UTC)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upload, contents))
    while True:
        time.sleep(3)  # a look costs the engine; the records themselves say when they ended
        records = [row for row in _records(table, settings) if row["pk"]["S"] not in before]
        if len(records) == len(contents) and all("finished_at" in row for row in records):
            ended = max(datetime.fromisoformat(row["finished_at"]["S"]) for row in records)
            return (ended - begun).total_seconds(), records


def _records(table: Any, settings: dict[str, str]) -> list[dict[str, Any]]:
    pages = table.get_paginator("scan").paginate(
        TableName=settings["DOCPARSER_TABLE"],
        FilterExpression="begins_with(sk, :r)",
        ExpressionAttributeValues={":r": {"S": "R#"}},
    )
    return [row for page in pages for row in page["Items"]]


def _seconds(record: dict[str, Any]) -> float:
    times = [datetime.fromisoformat(record[name]["S"]) for name in ("created_at", "finished_at")]
    return (times[1] - times[0]).total_seconds()


def _handlers(started: datetime, documents: int) -> dict[str, float]:
    """Return what each stage's handler took for one document, from the functions' own logs."""
    logs = boto3.client("logs")
    used: dict[str, float] = defaultdict(float)
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        events = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"], startTime=int(started.timestamp() * 1000)
        )
        for page in events:
            for event in page["events"]:
                if event["message"].startswith("REPORT"):
                    name = group["logGroupName"].rpartition("docparser-local-")[2]
                    used[name] += float(event["message"].partition("Duration: ")[2].split()[0])
    return {name: round(total / documents, 1) for name, total in sorted(used.items())}


if __name__ == "__main__":
    main()
