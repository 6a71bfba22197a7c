"""What is found on our own letters and forms, read through the text lane: columns and all."""

from __future__ import annotations

from pathlib import Path

import pytest
from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.model import LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

DOCUMENTS = Path(__file__).parents[4] / "samples" / "documents"


def found(name: str, *kinds: str) -> list[str]:
    with open_pdf(DOCUMENTS / name) as pdf:
        reading = Reading(read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED))
    findings = PiiWatch().read(reading)
    assert all(finding.words and finding.polygons for finding in findings)
    return [reading.text[f.start : f.end] for f in findings if f.type in kinds]


@pytest.mark.parametrize(
    ("name", "persons"),
    [
        ("de/brief.pdf", {"Aylin Öztürk", "Öztürk", "Jörg Brandt"}),
        ("de/gutschrift.pdf", {"Sabine Lindner", "Petra Kühnel", "Lindner", "Jörg Brandt"}),
        ("de/entgeltabrechnung.pdf", {"Katharina König", "Jännicke"}),
        ("en/article.pdf", set()),
        ("en/operations-report.pdf", set()),
    ],
)
def test_persons(name: str, persons: set[str]):
    assert set(found(name, "person")) == persons


def test_an_address_beside_another_column_is_found_in_two_parts():
    addresses = found("de/gutschrift.pdf", "address")

    assert addresses[1:3] == ["Fürther Straße 88", "90429 Nürnberg"]


@pytest.mark.parametrize(
    ("name", "kinds", "numbers"),
    [
        ("de/entgeltabrechnung.pdf", ("tax_id", "social_security", "iban", "date_of_birth"),
         ["12.05.1985", "86 095 742 719", "53 120585 K 57 5", "DE02 1203 0000 0000 2020 51"]),
        ("de/rechnung.pdf", ("iban", "vat_id", "tax_id", "bank_account"),
         ["DE89 3704 0044 0532 0130 00", "DE136695976", "COBADEFFXXX", "241/123/45678"]),
        ("en/invoice.pdf", ("iban", "vat_id", "bank_account", "payment_card"),
         ["GB29 NWBK 6016 1331 9268 19", "NWBKGB2L", "GB 980 7806 84"]),
    ],
)  # fmt: skip
def test_numbers(name: str, kinds: tuple[str, ...], numbers: list[str]):
    assert found(name, *kinds) == numbers
