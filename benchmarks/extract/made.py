"""Documents of our own making, whose sellers and wordings nobody has: how general the rules are.

Invoices and agreements are drawn as PDFs and read from their text layers, receipts as the words
that an OCR would give, with none, one and three of a hundred characters misread. They share what
their generators know of the field with the rules, so they tell less than strangers' documents do.
The result is kept in ``benchmarks/results/extract_made.json``::

    uv run python -m benchmarks.extract made
"""

from __future__ import annotations

import json
import tempfile
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

from benchmarks.extract import agreements_made, invoices_made, receipts_made
from benchmarks.extract.converter import prediction
from benchmarks.extract.documents import KEYS
from benchmarks.extract.scores import scored, summary
from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT = Path(__file__).parents[1] / "results" / "extract_made.json"
COUNT = 120
# Other documents than those that the rules were written beside.
BEGIN = 5_000
NOISE = (0.0, 0.01, 0.03)


def main() -> None:
    """Measure, keep the result, print its rows."""
    found = {
        **stamp("extract_made"),
        "sets": {
            "invoices": drawn(invoices_made.pdf, DocumentType.INVOICE, KEYS["invoice"]),
            "agreements": drawn(agreements_made.pdf, DocumentType.CONTRACT, KEYS["contract-nda"]),
            **{f"receipts, {noise:.0%} misread": receipts(noise) for noise in NOISE},
        },
    }
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    print("\n".join(rows(found)))


def drawn(
    make: Callable[[int], tuple[bytes, dict[str, object], str]],
    kind: DocumentType,
    keys: tuple[str, ...],
) -> dict[str, Any]:
    """Return the figures of drawn documents; those of one layout count as one seller's."""
    documents = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(BEGIN, BEGIN + COUNT):
            content, truth, layout = make(seed)
            path = Path(folder) / "drawn.pdf"
            path.write_bytes(content)
            visible = truth.get("_visible_fields")
            asked = [key for key in keys if not isinstance(visible, list) or key in visible]
            documents.append(scored(layout, truth, asked, prediction(extracted(path, kind))))
    figures = summary(documents)
    return {name: held for name, held in figures.items() if name != "fields"} | {
        "fields": {name: held["f1"] for name, held in figures["fields"].items()}
    }


def extracted(path: Path, kind: DocumentType) -> dict[str, Any]:
    """Return what is extracted of a PDF, as JSON has it."""
    with tempfile.TemporaryDirectory() as folder, open_pdf(path) as pdf:
        files = TableFiles(Path(folder), RowsCsv)
        reading = Reading(kind, schemas.of(kind, default_policy()), Locale(), files)
        for number in range(1, pdf.page_count + 1):
            reading.read(read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED))
        found: dict[str, Any] = json.loads(reading.extraction(Corrections(type=kind)).to_json())
    return found


def receipts(noise: float) -> dict[str, Any]:
    """Return how often each field of a receipt is found when so many characters are misread."""
    tally, _ = receipts_made.measured(COUNT, noise)
    scored_ones = [tally[name] for name in receipts_made.SCORED]
    together = sum(scored_ones[1:], scored_ones[0])
    return {
        "documents": COUNT,
        "sellers": len(receipts_made.KINDS),
        "micro_f1": round(receipts_made.f1(together), 3),
        "fields": {name: round(receipts_made.f1(counts), 3) for name, counts in tally.items()},
    }


def rows(found: dict[str, Any]) -> list[str]:
    """Return the result as rows of Markdown."""
    table = [
        "| made by us | documents (layouts) | micro-F1 | every field right |",
        "|---|---|---|---|",
    ]
    for name, held in found["sets"].items():
        micro, complete = f"{held['micro_f1']}", ""
        if "micro_f1_95" in held:
            low, high = held["micro_f1_95"]
            micro, complete = f"{micro} ({low} to {high})", f"{held['complete']}"
        table.append(f"| {name} | {held['documents']} ({held['sellers']}) | {micro} | {complete} |")
    return table


if __name__ == "__main__":
    main()
