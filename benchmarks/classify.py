"""What classifying costs: a page when warm, the import at a cold start; and how often it is right.

Prints CPU milliseconds for pages of 2,000 characters (prose, and one dense with numbers), for the
import beside that of boto3 with one client, and the scores on the shared collection of labelled
texts if it lies beside the project::

    uv run python -m benchmarks.classify

The last result is kept in ``benchmarks/results/classify.json``.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.classify import Classifier
from docparser.model import DocumentType

from benchmarks.machine import stamp
from benchmarks.text_lane import PROSE
from tests.unit.classify.pages import page_of

if TYPE_CHECKING:
    from docparser.model import Page

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "classify.json"
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data")) / "classify"
REPEATS = 200
IMPORTS = 7
CHARACTERS = 2000
TARGET_MS = 5.0

NUMBERS = (
    "Invoice 4711 of 2025-03-01: IBAN DE89 3704 0044 0532 0130 00, VAT DE136695976, 12 x 84,00, "
    "Tel. 030 41092-0, Steuernummer 181/815/08155, total 1.199,92. "
)
LABELS = {"id": DocumentType.ID_DOCUMENT, "book_page": DocumentType.OTHER}


def page_with(text: str) -> Page:
    """Return a page of 2,000 characters."""
    return page_of(textwrap.fill((text * 20)[:CHARACTERS], 90))


def milliseconds(page: Page) -> float:
    """Return the median CPU time of classifying a page as a document of its own."""
    costs = []
    for _ in range(REPEATS):
        start = time.process_time()
        classifier = Classifier()
        classifier.read(page)
        classifier.decide()
        costs.append(1000 * (time.process_time() - start))
    return round(statistics.median(costs), 2)


def import_milliseconds(first: str, measured: str) -> float:
    """Return the median CPU time of a statement in a fresh interpreter, after another."""
    script = (
        f"{first}\nimport time; start = time.process_time()\n{measured}\n"
        "print(1000 * (time.process_time() - start))"
    )
    runs = [
        float(
            subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        )
        for _ in range(IMPORTS)
    ]
    return round(statistics.median(runs), 1)


def scores() -> dict[str, Any]:
    """Return accuracy, macro-F1 and confusions on the labelled texts."""
    pairs: Counter[tuple[str, str]] = Counter()
    with (DATA / "manifest.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            classifier = Classifier()
            text = (DATA / row["file"]).read_text(encoding="utf-8")
            for number, part in enumerate(text.split("\f"), start=1):
                classifier.read(page_of(part, number))
            label = LABELS.get(row["label"], row["label"])
            pairs[str(label), classifier.decide().type.value.value] += 1
    labels = {label for label, _ in pairs}
    f1 = []
    for label in labels:
        held = sum(count for pair, count in pairs.items() if pair[0] == label)
        given = sum(count for pair, count in pairs.items() if pair[1] == label)
        f1.append(2 * pairs[label, label] / (held + given))
    right = sum(pairs[label, label] for label in labels)
    return {
        "texts": pairs.total(),
        "accuracy": round(right / pairs.total(), 3),
        "macro_f1": round(statistics.mean(f1), 3),
        "confusions": {f"{a} -> {b}": n for (a, b), n in sorted(pairs.items()) if a != b},
    }


def main() -> None:
    """Measure, print, and keep the result."""
    client = "import boto3\nboto3.client('s3', region_name='us-east-1')"
    result = {
        **stamp("classify"),
        "characters_a_page": CHARACTERS,
        "cpu_ms_a_page_of_prose": milliseconds(page_with(PROSE)),
        "cpu_ms_a_page_of_numbers": milliseconds(page_with(NUMBERS)),
        "cpu_ms_a_page_target": TARGET_MS,
        "import_cpu_ms": import_milliseconds("import docparser.model", "import docparser.classify"),
        "boto3_and_one_client_cpu_ms": import_milliseconds("", client),
        "checking_libraries_at_first_use_cpu_ms": import_milliseconds(
            "", "import phonenumbers, stdnum.iban, stdnum.luhn"
        ),
    }
    if DATA.is_dir():
        result["types"] = scores()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
