"""What classifying costs: a page when warm, a document of ten, the import at a cold start.

Prints CPU milliseconds for pages of 2,000 characters (prose, and one dense with numbers), for a
document of ten pages of 3,000 characters with what its type alone takes of it, for the import
beside that of boto3 with one client, and the memory of a process that has classified::

    uv run python -m benchmarks.classify speed

The last result is kept in ``benchmarks/results/classify.json``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.classify import Classifier
from docparser.classify.doctype import TypeScore
from docparser.classify.reading import Reading

from benchmarks.machine import stamp
from benchmarks.text_lane import PROSE
from tests.unit.classify.pages import page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docparser.model import Page

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "benchmarks" / "results" / "classify.json"
REPEATS = 200
DOCUMENT_REPEATS = 20
IMPORTS = 7
CHARACTERS = 2000
TARGET_MS = 5.0
DOCUMENT_PAGES = 10
DOCUMENT_CHARACTERS = 3000
DOCUMENT_TARGET_MS = 150.0
MEMORY_TARGET_MB = 512

NUMBERS = (
    "Invoice 4711 of 2025-03-01: IBAN DE89 3704 0044 0532 0130 00, VAT DE136695976, 12 x 84,00, "
    "Tel. 030 41092-0, Steuernummer 181/815/08155, total 1.199,92. "
)

_MEMORY = """
import resource
from benchmarks.classify.speed import classify, document
for _ in range(20):
    classify(document())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def page_with(text: str, characters: int = CHARACTERS, number: int = 1) -> Page:
    """Return a page of so many characters."""
    return page_of(textwrap.fill((text * 40)[:characters], 90), number)


def document() -> list[Page]:
    """Return ten pages of 3,000 characters, prose and numbers by turns."""
    return [
        page_with((PROSE, NUMBERS)[number % 2], DOCUMENT_CHARACTERS, number + 1)
        for number in range(DOCUMENT_PAGES)
    ]


def classify(pages: Sequence[Page]) -> None:
    """Classify pages as one document."""
    classifier = Classifier()
    for page in pages:
        classifier.read(page)
    classifier.decide()


def type_only(readings: Sequence[Reading]) -> None:
    """Decide the type of pages that are read already."""
    score = TypeScore()
    for reading in readings:
        score.read(reading)
    score.decide(0.6)


def milliseconds(run: Callable[[], None], repeats: int = REPEATS) -> float:
    """Return the median CPU time of a call."""
    costs = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        costs.append(1000 * (time.process_time() - start))
    return round(statistics.median(costs), 2)


def import_milliseconds(first: str, measured: str) -> float:
    """Return the median CPU time of a statement in a fresh interpreter, after another."""
    script = (
        f"{first}\nimport time; start = time.process_time()\n{measured}\n"
        "print(1000 * (time.process_time() - start))"
    )
    return round(statistics.median(_printed(script) for _ in range(IMPORTS)), 1)


def _printed(script: str) -> float:
    """Return the number that a script prints in a fresh interpreter."""
    run = [sys.executable, "-c", script]
    return float(subprocess.run(run, capture_output=True, check=True, cwd=ROOT).stdout)


def main() -> None:
    """Measure, print, and keep the result."""
    client = "import boto3\nboto3.client('s3', region_name='us-east-1')"
    prose, numbers = page_with(PROSE), page_with(NUMBERS)
    pages = document()
    readings = [Reading(page) for page in pages]
    result = {
        **stamp("classify"),
        "characters_a_page": CHARACTERS,
        "cpu_ms_a_page_of_prose": milliseconds(lambda: classify([prose])),
        "cpu_ms_a_page_of_numbers": milliseconds(lambda: classify([numbers])),
        "cpu_ms_a_page_target": TARGET_MS,
        "ten_pages": {
            "characters_a_page": DOCUMENT_CHARACTERS,
            "cpu_ms": milliseconds(lambda: classify(pages), DOCUMENT_REPEATS),
            "cpu_ms_type_only": milliseconds(lambda: type_only(readings), DOCUMENT_REPEATS),
            "cpu_ms_target": DOCUMENT_TARGET_MS,
        },
        "memory_mb": round(_printed(_MEMORY)),
        "memory_mb_target": MEMORY_TARGET_MB,
        "import_cpu_ms": import_milliseconds("import docparser.model", "import docparser.classify"),
        "boto3_and_one_client_cpu_ms": import_milliseconds("", client),
        "checking_libraries_at_first_use_cpu_ms": import_milliseconds(
            "", "import phonenumbers, stdnum.iban, stdnum.luhn"
        ),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
