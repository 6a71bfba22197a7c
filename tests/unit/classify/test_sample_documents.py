"""The samples, read through the text lane, are what their reviewer says they are.

Of those that were scanned, the page is read that was put on the scanner.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from docparser.classify import Classifier
from docparser.model import LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from samples import scans

SAMPLES = Path(__file__).parents[3] / "samples"

with (SAMPLES / "expected.tsv").open(encoding="utf-8") as table:
    READABLE = [row for row in csv.DictReader(table, delimiter="\t") if row["level"]]


@pytest.mark.parametrize("row", READABLE, ids=lambda row: row["name"])
def test_type_level_and_language(row: dict[str, str], tmp_path: Path):
    classifier = Classifier()
    path = SAMPLES / "documents" / row["name"]
    if row["name"] in scans.ORIGINALS:
        path = tmp_path / "original.pdf"
        path.write_bytes(scans.ORIGINALS[row["name"]]())
    with open_pdf(path) as pdf:
        for number in range(1, pdf.page_count + 1):
            classifier.read(read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED))

    decided = classifier.decide()

    assert (decided.type.value, decided.level.value) == (row["type"], row["level"])
    assert decided.language == row["name"][:2]
