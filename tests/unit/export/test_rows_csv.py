"""Tables as comma-separated values: what RFC 4180 asks, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from docparser.export.rows_csv import RowsCsv, harmless
from docparser.model import Column, FieldType, RowCell, TableRow


def _row(number: int, *cells: RowCell) -> TableRow:
    return TableRow(number=number, page=1, cells=cells)


def _written(columns: list[Column], *rows: TableRow) -> str:
    file = io.StringIO(newline="")
    table = RowsCsv(file)
    table.begin(columns)
    for row in rows:
        table.row(row)
    return file.getvalue()


def test_typed_cells_are_normalised_and_money_has_its_currency_beside_it() -> None:
    written = _written(
        [
            Column(name="date", type=FieldType.DATE),
            Column(name="text"),
            Column(name="amount", type=FieldType.MONEY),
            Column(name="hours", type=FieldType.QUANTITY),
            Column(name="paid", type=FieldType.BOOLEAN),
        ],
        _row(
            1,
            RowCell(text="04.03.2026", value="2026-03-04"),
            RowCell(text='Rent, "March"\nflat'),
            RowCell(text="1.234,56-", value={"amount": "-1234.56", "currency": "EUR"}),
            RowCell(text="2 h", value={"amount": "2", "unit": "HUR"}),
            RowCell(text="x", value=True),
        ),
        _row(
            2,
            RowCell(text="yesterday"),
            RowCell(text=""),
            RowCell(text="n/a"),
            RowCell(text="2", value={"amount": "2"}),
            RowCell(text="", value=False),
        ),
    )

    assert written == (
        "date,text,amount,amount.currency,hours,hours.unit,paid\r\n"
        '2026-03-04,"Rent, ""March""\nflat",-1234.56,EUR,2,HUR,true\r\n'
        "yesterday,,n/a,,2,,false\r\n"
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\uff1d1",
        "-",
        "+49 (0) 30",
        "-1-1",
    ],
)
def test_no_cell_is_a_formula(formula: str) -> None:
    written = _written([Column(name="text")], _row(1, RowCell(text=formula)))

    _, [cell] = csv.reader(io.StringIO(written, newline=""))
    assert cell == f"'{formula}"


def test_nor_is_a_head() -> None:
    assert _written([Column(name="=1+1"), Column(name="b")]) == "'=1+1,b\r\n"


@pytest.mark.parametrize("number", ["-12.00", "-1 234,56", "+4", "-7,5%", "12", "-1'234.50", ""])
def test_numbers_stay_numbers(number: str) -> None:
    assert harmless(number) == number


def test_a_row_without_all_its_cells_is_a_defect() -> None:
    with pytest.raises(ValueError, match="shorter"):
        _written([Column(name="a"), Column(name="b")], _row(1, RowCell(text="1")))
