"""Print so narrow that the recogniser has less than two steps for a character."""

from __future__ import annotations

from PIL import Image

from tests.unit.ocr_engine.conftest import Read
from tests.unit.ocr_engine.drawn import page

NUMBERS = (
    "Numero de TVA FR11999999998 du 11/11/2011",
    "Reference 0088000111000, bon 2211100044",
    "Total 1 000,00 et 81,90 et 100 000,00",
    "Compte FR76 3000 4000 0312 3456 7890 143",
    "Facture 7700011122, client 5550003331",
    "Siret 99999999800010, page 1 de 1, 44,00",
)

NARROWED = 0.58


def test_repeated_digits_of_narrow_print_are_all_read(read: Read) -> None:
    wide = page(NUMBERS)
    narrow = wide.resize((round(wide.width * NARROWED), wide.height), Image.Resampling.LANCZOS)
    read_page = read(narrow)
    lines = [line.text for block in read_page.blocks for line in block.lines]
    assert lines == list(NUMBERS)
