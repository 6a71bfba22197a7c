"""What a page costs in the text lane, beside pdfium's bare text extraction.

Makes a PDF of pages with 2,000 characters each, reads every page (words with boxes, lines,
paragraphs, reading order, the validated `Page` as JSON) and prints CPU milliseconds a page::

    uv run python -m benchmarks.text_lane

The last result is kept in ``benchmarks/results/text_lane.json``.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model import LaneReason, Page
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.pdf_file import PdfFile

RESULT = Path(__file__).parent / "results" / "text_lane.json"
PAGES = 20
REPEATS = 7
CHARACTERS = 2000
TARGET_MS = 15.0

PROSE = (
    "The supplier delivers the goods to the agreed place within fourteen days of the order. "
    "Die Lieferung erfolgt frei Haus; die Gefahr geht mit der Übergabe auf den Käufer über. "
    "Payment is due thirty days after the invoice has been received, without any deduction. "
    "Ansprüche wegen Mängeln verjähren in zwölf Monaten ab dem gesetzlichen Verjährungsbeginn. "
)


def make_pdf(path: Path) -> None:
    """Write pages of one column, a heading and paragraphs, as a word processor would."""
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, PAGES + 1):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(72, 780, f"{number}. General terms of delivery")
        canvas.setFont("Helvetica", 10)
        rest, height = (PROSE * 8)[:CHARACTERS], 750.0
        while rest:
            cut = len(rest) if len(rest) <= 92 else rest.rindex(" ", 0, 92)
            canvas.drawString(72, height, rest[:cut])
            rest = rest[cut:].lstrip()
            height -= 20 if cut < 84 else 13
        canvas.drawCentredString(297, 40, f"- {number} -")
        canvas.showPage()
    canvas.save()


def read_fully(pdf: PdfFile, number: int) -> None:
    """Read a page as extract_text does."""
    read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED).to_json()


def read_bare(pdf: PdfFile, number: int) -> None:
    """Read a page's characters and nothing else."""
    with pdf.page(number) as page:
        assert page is not None
        with page.text_layer() as layer:
            assert layer is not None
            assert layer.text


def milliseconds_a_page(path: Path, read: Callable[[PdfFile, int], None]) -> list[float]:
    """Return the cost of every page in every repeat, each time on a freshly opened file.

    Processor time of this process, so that neighbours on the machine count for little.
    """
    costs = []
    for _ in range(REPEATS):
        with open_pdf(path) as pdf:
            for number in range(1, pdf.page_count + 1):
                start = time.process_time()
                read(pdf, number)
                costs.append(1000 * (time.process_time() - start))
    return costs


def main() -> None:
    """Measure, print, and keep the result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.pdf"
        make_pdf(path)
        with open_pdf(path) as pdf:
            page: Page = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)
        full = milliseconds_a_page(path, read_fully)
        bare = milliseconds_a_page(path, read_bare)
    median_full, median_bare = statistics.median(full), statistics.median(bare)
    result = {
        **stamp("text_lane"),
        "characters_a_page": len(page.text),
        "words_a_page": sum(len(line.words) for block in page.blocks for line in block.lines),
        "pages": PAGES,
        "repeats": REPEATS,
        "cpu_ms_a_page_median": round(median_full, 2),
        "cpu_ms_a_page_p95": round(statistics.quantiles(full, n=20)[-1], 2),
        "cpu_ms_a_page_target": TARGET_MS,
        "bare_pdfium_cpu_ms_a_page_median": round(median_bare, 2),
        "ratio_to_bare_pdfium": round(median_full / median_bare, 2),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for name in (
        "characters_a_page",
        "words_a_page",
        "cpu_ms_a_page_median",
        "cpu_ms_a_page_p95",
        "cpu_ms_a_page_target",
        "bare_pdfium_cpu_ms_a_page_median",
        "ratio_to_bare_pdfium",
    ):
        print(f"{name:32}{result[name]:>10}")


if __name__ == "__main__":
    main()
