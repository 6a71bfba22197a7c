"""Damaged, locked and absurd PDFs: each is read page by page or rejected with a code."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from docparser.errors import Rejected
from docparser.intake.pdf import inspect, signals
from docparser.model import PageStatus, RejectedCode
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

DATA = Path(
    os.environ.get("DOCPARSER_DATA_DIR")
    or Path(__file__).resolve().parents[3].parent / "shared" / "data"
)
MANIFEST = DATA / "hostile" / "manifest.tsv"

NOT_OPENED_BY_PDFIUM = {
    # Strings and streams are encrypted by different methods.
    "pdfjs__bug1782186.pdf": RejectedCode.ENCRYPTED,
    # Its only page is not reachable without repair.
    "qpdf__bad34.pdf": RejectedCode.CORRUPT,
}


def manifest() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "pdf"]


def outcome(path: Path, password: str | None) -> RejectedCode | None:
    try:
        with open_pdf(path, password) as pdf:
            facts = list(inspect(pdf, max_pages=3000, max_page_pixels=200_000_000, render_dpi=200))
            assert [page.number for page in facts] == list(range(1, pdf.page_count + 1))
            for known in facts:
                page = read_page(pdf, known.number, signals(known).reason)
                assert (page.status is PageStatus.ERROR) == (page.code is not None)
                assert not (page.code and page.blocks)
                page.to_json()
    except Rejected as error:
        return RejectedCode(error.code)
    return None


@pytest.mark.skipif(not manifest(), reason="needs the evaluation data: hostile")
@pytest.mark.parametrize("row", manifest(), ids=lambda row: row["name"])
def test_a_hostile_file_is_read_or_rejected(row: dict[str, str]) -> None:
    path = DATA / "hostile" / row["file"]

    without_password = outcome(path, None)

    if row["password"]:
        expected = NOT_OPENED_BY_PDFIUM.get(row["name"])
        assert outcome(path, row["password"]) is expected
    elif row["expected"] == "reject" and "accept" not in row["also_ok"]:
        assert without_password is not None
    elif row["expected"] == "accept" and "reject" not in row["also_ok"]:
        assert without_password is NOT_OPENED_BY_PDFIUM.get(row["name"])
