"""A page as rows of segments, whatever stands on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from docparser.extract.extractor import Locale
from docparser.extract.layout.invoice import InvoiceReader
from docparser.extract.layout.receipt import ReceiptReader
from docparser.extract.view import view

from tests.unit.extract.invoices import typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.extract.extractor import Extractor

MOST_WORDS = 200


def test_a_line_without_an_end_is_cut() -> None:
    page = view(typed("Total 12,00 EUR " * 1_000))

    assert {segment.row for segment in page.segments} == {0}
    assert max(len(segment.words) for segment in page.segments) == MOST_WORDS
    assert sum(len(segment.words) for segment in page.segments) == 3_000


@pytest.mark.parametrize("reader", [InvoiceReader, ReceiptReader])
def test_twenty_thousand_words_of_one_line_are_read_in_bounds(
    reader: Callable[[Locale], Extractor],
) -> None:
    page = view(typed("Total 12,00 EUR Datum 03.04.2026 " * 4_000))
    begun = time.process_time()

    extractor = reader(Locale())
    extractor.read(page)
    extractor.found()

    assert time.process_time() - begun < 4


def test_a_roll_that_repeats_its_name_is_read_once() -> None:
    roll = "\n".join(["Gasthof Linde", "Suppe 3,50", "Brot 1,20", "Tee 2,00", "Saft 2,50"] * 800)
    page = view(typed(roll))
    begun = time.process_time()

    extractor = ReceiptReader(Locale())
    extractor.read(page)
    extractor.found()

    assert time.process_time() - begun < 4
