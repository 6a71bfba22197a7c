"""The samples, read through the text lane, are what their reviewer says they are."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from docparser.classify import Classifier
from docparser.model import LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

SAMPLES = Path(__file__).parents[3] / "samples"

with (SAMPLES / "expected.tsv").open(encoding="utf-8") as table:
    READABLE = [row for row in csv.DictReader(table, delimiter="\t") if row["level"]]


@pytest.mark.parametrize("row", READABLE, ids=lambda row: row["name"])
def test_type_level_and_language(row: dict[str, str]):
    classifier = Classifier()
    with open_pdf(SAMPLES / "documents" / row["name"]) as pdf:
        for number in range(1, pdf.page_count + 1):
            classifier.read(read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED))

    decided = classifier.decide()

    assert (decided.type.value, decided.level.value) == (row["type"], row["level"])
    assert decided.language == row["name"][:2]
