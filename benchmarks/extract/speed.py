"""What extracting costs: CPU a page of each set, the import, and the memory of a process.

Pages are read once, before the clock starts; measured is what Extract does with each, tables
included, several times in turns. Receipts are left out, as reading them takes the OCR engine; the
pages of PDFs are read from their text layers. The result is kept in
``benchmarks/results/extract_speed.json``::

    uv run python -m benchmarks.extract speed
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.export.rows_csv import RowsCsv
from docparser.extract import schemas
from docparser.extract.corrections import Corrections
from docparser.extract.extractor import Locale
from docparser.extract.reading import Reading
from docparser.extract.sink import TableFiles
from docparser.model import DocumentType, LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from docparser.policy import default_policy

from benchmarks.extract.documents import labelled
from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import Page

RESULT = Path(__file__).parents[1] / "results" / "extract_speed.json"
REPEATS = 5
TARGET_MS = 30.0
SETS = {"invoices without XML": DocumentType.INVOICE, "agreements": DocumentType.CONTRACT}

_MEMORY = """
import resource
from benchmarks.extract import speed
for kind, documents in speed.documents().items():
    for pages in documents:
        speed.extracted(speed.SETS[kind], pages)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    """Measure, keep the result, print its rows."""
    found = {**stamp("extract_speed"), "target_ms": TARGET_MS, "sets": {}}
    for name, pages in documents().items():
        found["sets"][name] = measured(SETS[name], pages)
    command = [sys.executable, "-c", _MEMORY]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found["memory_mb"] = round(float(ran.stdout))
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    print("\n".join(rows(found)))


def documents() -> dict[str, list[list[Page]]]:
    """Return the pages of each document of the sets that have text layers."""
    sets = labelled()
    return {name: [_pages(each.path) for each in sets[name]] for name in SETS if sets.get(name)}


def _pages(path: Path) -> list[Page]:
    with open_pdf(path) as pdf:
        numbers = range(1, pdf.page_count + 1)
        return [read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED) for number in numbers]


def measured(kind: DocumentType, found: Sequence[Sequence[Page]]) -> dict[str, Any]:
    """Return the CPU milliseconds a page, of the median of some runs for each document."""
    extracted(kind, found[0])  # schemas and patterns are compiled once in a worker's life
    runs: list[list[float]] = [[] for _ in found]
    for _ in range(REPEATS):
        for times, pages in zip(runs, found, strict=True):
            begin = time.process_time()
            extracted(kind, pages)
            times.append(1000 * (time.process_time() - begin) / len(pages))
    each = sorted(statistics.median(times) for times in runs)
    return {
        "documents": len(found),
        "pages": sum(len(pages) for pages in found),
        "cpu_ms_a_page": round(statistics.median(each), 2),
        "cpu_ms_a_page_worst": round(each[-1], 2),
    }


def extracted(kind: DocumentType, pages: Sequence[Page]) -> None:
    """Do with pages what Extract does, files included."""
    with tempfile.TemporaryDirectory() as folder:
        schema = schemas.of(kind, default_policy())
        reading = Reading(kind, schema, Locale(), TableFiles(Path(folder), RowsCsv))
        for page in pages:
            reading.read(page)
        reading.extraction(Corrections(type=kind))


def rows(found: dict[str, Any]) -> list[str]:
    """Return the result as rows of Markdown."""
    table = [
        "| set | pages | CPU milliseconds a page, median document | worst document | asked |",
        "|---|---|---|---|---|",
    ]
    for name, held in found["sets"].items():
        table.append(
            f"| {name} | {held['pages']} | {held['cpu_ms_a_page']} | {held['cpu_ms_a_page_worst']} "
            f"| under {found['target_ms']:g} |"
        )
    return [*table, f"| memory of the process, MB | | {found['memory_mb']} | | under 512 |"]


if __name__ == "__main__":
    main()
