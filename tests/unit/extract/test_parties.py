"""Whose address it is, and where it ends."""

from __future__ import annotations

from typing import Any

import pytest
from docparser.model import DocumentType

from tests.unit.extract.invoices import found, typed

LETTER = """
Rechnungskorrektur                                Nummer: GS-10077
Sanitär Pohl GmbH                                 Datum: 20.08.2024
Ringstr. 14, 01067 Dresden                        zu Rechnung RE-48813 vom 01.08.2024

Frau
Annegret Büttner
Elbweg 3
01069 Dresden

Wir schreiben Ihnen gut:
Waschtisch, beschädigt                 1 Stk      189,00 EUR
Netto                                             189,00 EUR
19% USt                                            35,91 EUR
Gutschriftsbetrag                                 224,91 EUR
"""
TITLED = """
FACTUUR / FACTURE / INVOICE
Flandria Textiles BV                       Nr/No: VF2401882
Kortrijksesteenweg 1007                    Datum/Date: 29/01/2024
9000 Gent
België
BTW BE 0403.170.701

                     Maison Delcourt SPRL
                     Rue Haute 5
                     1000 Bruxelles
                     TVA BE 0428.759.497

BTW / TVA / VAT 21%                               325,71 EUR
Total due                                       1.876,71 EUR
"""


def values(text: str, kind: DocumentType) -> dict[str, Any]:
    page = typed(text.strip("\n") + "\n" * 50 + ".")
    return {field.name: field.value for field in found([page], kind=kind).fields}


def test_whom_a_letter_addresses_buys() -> None:
    said = values(LETTER, DocumentType.CREDIT_NOTE)

    assert said["seller.name"] == "Sanitär Pohl GmbH"
    assert "Büttner" in said["buyer.name"]


@pytest.mark.parametrize(
    ("text", "kind", "seller", "buyer"),
    [
        (
            LETTER,
            DocumentType.CREDIT_NOTE,
            "Ringstr. 14, 01067 Dresden",
            "Elbweg 3, 01069 Dresden",
        ),
        (
            TITLED,
            DocumentType.INVOICE,
            "Kortrijksesteenweg 1007, 9000 Gent, België",
            "Rue Haute 5, 1000 Bruxelles",
        ),
    ],
)
def test_an_address_ends_with_its_place_or_country(
    text: str, kind: DocumentType, seller: str, buyer: str
) -> None:
    said = values(text, kind)

    assert said["seller.address"]["text"] == seller
    assert said["buyer.address"]["text"] == buyer


def test_a_title_is_no_part_of_a_name() -> None:
    said = values(TITLED, DocumentType.INVOICE)

    assert said["seller.name"] == "Flandria Textiles BV"
    assert said["buyer.name"] == "Maison Delcourt SPRL"


def test_a_couple_is_addressed_by_name() -> None:
    said = values(
        LETTER.replace("Frau\nAnnegret", "Eheleute\nJan und Annegret"), DocumentType.INVOICE
    )

    assert said["buyer.name"] == "Eheleute Jan und Annegret Büttner"
