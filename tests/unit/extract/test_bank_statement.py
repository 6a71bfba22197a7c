"""The fields of bank statements of invented banks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.layout.bank_statement import BankStatementReader
from docparser.extract.view import view
from docparser.model import DocumentType, FieldSource

from benchmarks.extract.statements import pages_of
from benchmarks.extract.statements_made import layouts, statement
from tests.unit.extract.invoices import typed
from tests.unit.extract.tables_made import page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docparser.model import FieldValue, Page


def fields(pages: Sequence[Page], language: str) -> dict[str, FieldValue]:
    schema = schemas.shipped(DocumentType.BANK_STATEMENT)
    assert schema is not None
    reader = BankStatementReader(schema, Locale(language))
    for each in pages:
        reader.read(view(each))
    return {field.name: field for field in reader.found().fields}


@pytest.mark.parametrize(
    ("language", "bank", "period", "opening", "closing"),
    [
        ("de", "Dorsel Bank", "Zeitraum 01.03.2026 bis 31.03.2026", "Alter Kontostand",
         "Neuer Kontostand"),
        ("en", "First Dorsel Savings", "Statement period 1 March 2026 to 31 March 2026",
         "Previous balance", "Closing balance"),
        ("fr", "Banque Dorsel", "Période du 01/03/2026 au 31/03/2026", "Ancien solde",
         "Nouveau solde"),
    ],
)  # fmt: skip
def test_whose_account_when_and_how_much(
    language: str, bank: str, period: str, opening: str, closing: str
) -> None:
    holder = {"de": "Kontoinhaber", "en": "Account holder", "fr": "Titulaire"}[language]
    mark = "." if language == "en" else ","

    found = fields(
        [
            page([[(50, bank)], [], [(50, f"{holder}: Wesmos Ridtal")],
                  [(50, "IBAN: DE89 3704 0044 0532 0130 00")], [(50, period)],
                  [(50, opening), (-330, f"100{mark}00 EUR")]], 1),
            page([[(50, closing), (-330, f"-85{mark}10 EUR")]], 2),
        ],
        language,
    )  # fmt: skip

    values: dict[str, Any] = {name: field.value for name, field in found.items()}
    assert values["bank.name"] == bank
    assert values["account_holder"] == "Wesmos Ridtal"
    assert values["iban"] == "DE89370400440532013000"
    assert (values["period_start"], values["period_end"]) == ("2026-03-01", "2026-03-31")
    assert values["opening_balance"] == {"amount": "100.00", "currency": "EUR"}
    assert values["closing_balance"] == {"amount": "-85.10", "currency": "EUR"}
    assert found["closing_balance"].page == 2
    assert all(field.polygon and field.word_ids for field in found.values())
    assert {field.source for field in found.values()} == {FieldSource.LAYOUT}


@pytest.mark.parametrize("layout", layouts(9)[::3], ids=lambda layout: f"layout{layout.seed}")
def test_balances_of_made_statements(layout: Any, tmp_path: Path) -> None:
    made = statement(layout, 45)

    found = fields(pages_of(made.pdf, tmp_path), layout.language)

    for name, amount in (("opening_balance", made.opening), ("closing_balance", made.closing)):
        if name in found:
            value = found[name].value
            assert isinstance(value, dict)
            assert value["amount"] == str(amount)
    assert found["period_start"].value == min(row.day for row in made.rows).isoformat()


def test_a_balance_in_the_column_of_debits_is_negative() -> None:
    found = fields(
        [
            page(
                [
                    [(50, "Date"), (130, "Details"), (-430, "Debit"), (-520, "Credit")],
                    [(130, "Opening balance"), (-520, "10.00")],
                    [(50, "03/03/2026"), (130, "Rent"), (-430, "30.00")],
                    [(130, "Closing balance"), (-430, "20.00")],
                ]
            )
        ],
        "en",
    )

    assert found["opening_balance"].value == {"amount": "10.00"}
    assert found["closing_balance"].value == {"amount": "-20.00"}


def test_a_page_without_words_has_no_fields() -> None:
    assert fields([page([])], "und") == {}


GERMAN = """
Sparkasse Nordheide                               Kontoauszug 4/2024
Herrn Uwe Clasen                                  Blatt 1
Heidkamp 3
21255 Tostedt
Kontostand am 28.03.2024, Auszug Nr. 3                      EUR 812,40 +
02.04.2024 Lastschrift Stadtwerke                                89,00 -
15.04.2024 Gehalt Hansen KG                                   2.340,10 +
Kontostand am 30.04.2024                               EUR    3.063,50 +
"""
FRENCH = """
CRÉDIT DU LITTORAL                       RELEVÉ DE COMPTE
M. OU MME HENRI BOUVIER                  du 01/05/2024 au 31/05/2024
        SOLDE CRÉDITEUR AU 30/04/2024                  1 530,22
03/05/2024   PRLV EDF                             64,10
        SOLDE CRÉDITEUR AU 31/05/2024                  1 466,12
"""


@pytest.mark.parametrize(
    ("text", "language", "opening", "closing", "holder"),
    [
        (GERMAN, "de", "812.40", "3063.50", "Uwe Clasen"),
        (FRENCH, "fr", "1530.22", "1466.12", "HENRI BOUVIER"),
    ],
)
def test_of_balances_that_say_their_day_the_first_opens(
    text: str, language: str, opening: str, closing: str, holder: str
) -> None:
    found = fields([typed(text)], language)

    assert isinstance(found["opening_balance"].value, dict)
    assert isinstance(found["closing_balance"].value, dict)
    assert found["opening_balance"].value["amount"] == opening
    assert found["closing_balance"].value["amount"] == closing
    assert found["account_holder"].value == holder
    assert ("currency" in found) is (language == "de")


def test_one_balance_alone_neither_opens_nor_closes() -> None:
    found = fields([typed("Kontostand am 28.03.2024         EUR      812,40 +")], "de")

    assert not {"opening_balance", "closing_balance"} & set(found)


def test_two_dates_with_a_word_between_them_are_a_period() -> None:
    found = fields(
        [typed("Statement\n\nMiss Joan Pettifer    1 March 2024 to 31 March 2024")], "en"
    )

    assert found["period_start"].value == "2024-03-01"
    assert found["period_end"].value == "2024-03-31"
    assert found["account_holder"].value == "Joan Pettifer"
