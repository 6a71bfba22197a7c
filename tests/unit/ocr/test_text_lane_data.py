"""The gate on real documents: no word of pdfium's own text is lost, added or torn."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from docparser.model import LaneReason, PageCode
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

DATA = Path(
    os.environ.get("DOCPARSER_DATA_DIR")
    or Path(__file__).resolve().parents[3].parent / "shared" / "data"
)
FOLDERS = ("fields/einvoice_pdf", "fields/contracts")

# pdfium marks a hyphen at a line's end and joins the halves; we end the line there.
MARKED_HYPHEN = "\ufffe"


def documents() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((DATA / folder).glob("*.pdf"))]


def word_f1(found: str, expected: str) -> float:
    ours, theirs = Counter(found.split()), Counter(expected.split())
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


@pytest.mark.skipif(not documents(), reason=f"needs the evaluation data: {', '.join(FOLDERS)}")
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_word_f1_against_pdfium(path: Path) -> None:
    # pdfium's own text comes by pypdfium2's helpers, which share no code with ours.
    theirs = pypdfium2.PdfDocument(path)
    with open_pdf(path) as pdf:
        assert pdf.page_count == len(theirs)
        for number in range(1, pdf.page_count + 1):
            page = read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)
            expected = theirs[number - 1].get_textpage().get_text_range()
            if not expected.strip():
                assert page.code in (None, PageCode.OCR_UNAVAILABLE)
                continue
            f1 = word_f1(page.text, expected.replace(MARKED_HYPHEN, "-\n"))
            assert f1 >= 0.99, f"page {number}: {f1:.4f}"
