"""The samples, read through the text lane, are what their reviewer says they are.

Of those that were scanned, the page is read that was put on the scanner.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from docparser.classify import Classifier
from docparser.intake import sniff
from docparser.intake.normalise import normalise
from docparser.model import LaneReason
from docparser.ocr.parts_lane import read_pages
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from docparser.settings import Archives

from samples import scans

SAMPLES = Path(__file__).parents[3] / "samples"

with (SAMPLES / "expected.tsv").open(encoding="utf-8") as table:
    LEVELLED = [row for row in csv.DictReader(table, delimiter="\t") if row["level"]]
# What is inside others is read with them.
FILES = [row for row in LEVELLED if (SAMPLES / "documents" / row["name"]).is_file()]
_WITHOUT_PAGES = (".docx", ".xlsx", ".zip", ".eml", ".xml")
PARTED = [row for row in FILES if row["name"].endswith(_WITHOUT_PAGES)]
READABLE = [row for row in FILES if row not in PARTED]


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


@pytest.mark.parametrize("row", PARTED, ids=lambda row: row["name"])
def test_type_and_level_of_what_has_no_pages(row: dict[str, str], tmp_path: Path):
    classifier = Classifier()
    path = SAMPLES / "documents" / row["name"]
    found = sniff.media_type(path, path.name)
    assert found is not None
    made = normalise(path, found, tmp_path, Archives())
    reasons = [LaneReason.TEXT_INPUT] * made.pages
    for page in read_pages(tmp_path / made.file, range(1, made.pages + 1), reasons):
        classifier.read(page)

    decided = classifier.decide()

    assert (decided.type.value, decided.level.value) == (row["type"], row["level"])
    assert made.pages == int(row["pages"])
