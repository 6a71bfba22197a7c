"""Tables: joined over pages, typed, their rows complete."""

from __future__ import annotations

import gc
import tracemalloc
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.tables import TableReader
from docparser.extract.view import view
from docparser.model import DocumentType, FieldType, LaneReason, PageStatus, RowCode, TableRole

from benchmarks.extract.statements import pages_of, right
from benchmarks.extract.statements import read as read_statement
from benchmarks.extract.statements_made import layouts, statement
from tests.unit.extract.tables_made import Kept, grid_page, page, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.unit.extract.tables_made import Cell

HEAD: list[Cell] = [(50, "Datum"), (130, "Verwendungszweck"), (-420, "Betrag"), (-520, "Saldo")]
ITEMS: list[Cell] = [
    (50, "Pos"),
    (80, "Bezeichnung"),
    (-350, "Menge"),
    (-430, "Einzelpreis"),
    (-530, "Gesamt"),
]


def moved(day: str, text: str, amount: str, balance: str = "") -> list[Cell]:
    cells: list[Cell] = [(50, day), (130, text), (-420, amount)]
    return [*cells, (-520, balance)] if balance else cells


def item(position: str, text: str, quantity: str, price: str, amount: str) -> list[Cell]:
    return [(50, position), (80, text), (-350, quantity), (-430, price), (-530, amount)]


def test_transactions_are_rows_with_values_and_places() -> None:
    found, [table] = read(
        [
            page(
                [
                    HEAD,
                    moved("03.03.2026", "Miete März", "-1.010,00", "90,00"),
                    [(130, "Wohnung 12")],
                    moved("04.03.2026", "Lohn", "2.000,50", "2.090,50"),
                ]
            )
        ]
    )

    assert found.tables[0].role is TableRole.TRANSACTIONS
    assert [column.type for column in table.columns] == [
        FieldType.DATE,
        FieldType.TEXT,
        FieldType.MONEY,
        FieldType.MONEY,
    ]
    assert table.values("date", "description", "amount", "balance") == [
        ("2026-03-03", "Miete März Wohnung 12", "-1010.00", "90.00"),
        ("2026-03-04", "Lohn", "2000.50", "2090.50"),
    ]
    assert [row.number for row in table.rows] == [1, 2]
    amount = table.rows[0].cells[2].polygon
    assert amount is not None
    assert 370 / 595 < amount[0][0] < amount[1][0] <= 420.1 / 595
    assert found.gaps == ()


def test_a_table_goes_on_over_pages_without_its_head_and_carried_sums() -> None:
    carried: list[Cell] = [(130, "Übertrag"), (-520, "85,00")]

    found, [table] = read(
        [
            page([HEAD, moved("03.03.2026", "a", "-10,00", "90,00"),
                  moved("04.03.2026", "b", "-5,00", "85,00"), carried], 1),
            page([HEAD, carried, moved("05.03.2026", "c", "-5,00", "80,00")], 2),
            page([moved("06.03.2026", "d", "1,00", "81,00"), [(50, "Seite 3 von 3")]], 3),
        ]
    )  # fmt: skip

    assert table.values("description") == [("a",), ("b",), ("c",), ("d",)]
    assert [row.page for row in table.rows] == [1, 1, 2, 3]
    assert (found.tables[0].first_page, found.tables[0].last_page) == (1, 3)
    assert found.gaps == ()


def test_a_row_that_a_page_breaks_is_one_row() -> None:
    _, [table] = read(
        [
            page([HEAD, moved("03.03.2026", "Miete", "-10,00", "90,00")], 1),
            page([HEAD, [(130, "für März")], moved("04.03.2026", "x", "-5,00", "85,00")], 2),
            page([[(130, "für April")], moved("05.03.2026", "y", "-5,00", "80,00")], 3),
        ]
    )

    assert table.texts("description") == ["Miete für März", "x für April", "y"]


def test_debit_and_credit_make_an_amount_with_its_sign() -> None:
    head: list[Cell] = [
        (50, "Date"), (130, "Details"), (-400, "Paid out"), (-460, "Paid in"), (-530, "Balance"),
    ]  # fmt: skip

    found, [table] = read(
        [
            page(
                [
                    head,
                    [(50, "3 Mar 2026"), (130, "Rent"), (-400, "10.00"), (-530, "90.00")],
                    [(50, "4 Mar 2026"), (130, "Pay"), (-460, "5.00"), (-530, "95.00")],
                ]
            )
        ],
        language="en",
    )

    assert table.values("date", "amount") == [("2026-03-03", "-10.00"), ("2026-03-04", "5.00")]
    assert found.gaps == ()


@pytest.mark.parametrize("mark", ["S", "DR"])
def test_a_side_in_its_own_column_is_the_sign(mark: str) -> None:
    head: list[Cell] = [
        (50, "Datum"),
        (130, "Text"),
        (-420, "Betrag"),
        (430, "S/H"),
        (-520, "Saldo"),
    ]
    rows: list[list[Cell]] = [
        [(50, "03.03.2026"), (130, "Miete"), (-420, "10,00"), (433, mark), (-520, "90,00")],
        [(50, "04.03.2026"), (130, "Strom"), (-420, "5,00"), (433, mark), (-520, "85,00")],
    ]

    found, [table] = read([page([head, *rows])])

    assert table.values("amount") == [("-10.00",), ("-5.00",)]
    assert found.gaps == ()


def test_a_day_is_printed_once_and_without_its_year() -> None:
    _, [table] = read(
        [
            page(
                [
                    [(50, "Kontoauszug vom 05.01.2026")],
                    [],
                    HEAD,
                    moved("30.12.", "a", "-10,00", "90,00"),
                    [(130, "b"), (-420, "-5,00"), (-520, "85,00")],
                    moved("02.01.", "c", "1,00", "86,00"),
                ]
            )
        ]
    )

    assert table.values("date") == [("2025-12-30",), ("2025-12-30",), ("2026-01-02",)]


def test_transactions_without_a_head_are_found_by_their_dates_and_amounts() -> None:
    _, [table] = read(
        [
            page(
                [
                    [(50, "Banco Ejemplo")],
                    [],
                    [(50, "Fecha"), (130, "Concepto"), (-420, "Importe"), (-520, "Disponible")],
                    moved("03.03.2026", "Alquiler de casa", "-10,00", "90,00"),
                    moved("04.03.2026", "Luz", "-5,00", "85,00"),
                    moved("05.03.2026", "Gas y agua", "-5,00", "80,00"),
                ]
            )
        ]
    )

    assert table.values("date", "amount", "balance")[-1] == ("2026-03-05", "-5.00", "80.00")
    assert len(table.rows) == 3


def test_names_that_say_total_are_rows_where_they_have_a_date() -> None:
    found, [table] = read(
        [
            page(
                [
                    HEAD,
                    moved("03.03.2026", "TOTAL Tankstelle", "-10,00", "90,00"),
                    moved("04.03.2026", "Saldo GmbH", "-5,00", "85,00"),
                ]
            )
        ]
    )

    assert len(table.rows) == 2
    assert found.gaps == ()


def test_two_accounts_are_two_tables() -> None:
    def account(balance: int) -> list[list[Cell]]:
        return [
            HEAD,
            [(130, "Alter Saldo"), (-520, f"{balance},00")],
            moved("03.03.2026", "a", "-10,00", f"{balance - 10},00"),
            moved("04.03.2026", "b", "-5,00", f"{balance - 15},00"),
            [(130, "Neuer Saldo"), (-520, f"{balance - 15},00")],
            [],
        ]

    found, tables = read([page([*account(100), *account(500)])])

    assert [table.rows for table in found.tables] == [2, 2]
    assert tables[1].values("balance")[0] == ("490.00",)
    assert found.gaps == ()


def test_items_have_their_lines_together_and_end_at_their_sum() -> None:
    found, [table] = read(
        [
            page(
                [
                    ITEMS,
                    item("1", "Schraube M4", "10 Stk", "1,00", "10,00"),
                    [(80, "verzinkt, DIN 933")],
                    item("2", "Mutter", "5 Stk", "2,00", "10,00"),
                    [(80, "Zwischensumme"), (-530, "20,00")],
                    item("3", "Montage", "1 Std", "50,00", "50,00"),
                    [(400, "Summe netto"), (-530, "70,00")],
                    [(400, "MwSt 19 %"), (-530, "13,30")],
                    [(400, "Gesamt"), (-530, "83,30")],
                ]
            )
        ],
        DocumentType.INVOICE,
    )

    assert found.tables[0].role is TableRole.LINE_ITEMS
    assert table.values("position", "description", "amount") == [
        ("1", "Schraube M4 verzinkt, DIN 933", "10.00"),
        ("2", "Mutter", "10.00"),
        ("3", "Montage", "50.00"),
    ]
    assert table.rows[0].cells[2].value == {"amount": "10", "unit": "H87"}
    assert found.gaps == ()


def test_an_item_may_have_its_text_above_its_figures() -> None:
    _, [table] = read(
        [
            page(
                [
                    [cell for cell in ITEMS if cell[1] != "Pos"],
                    [(80, "Schraube M4")],
                    [(80, "verzinkt"), (-350, "10"), (-430, "1,00"), (-530, "10,00")],
                    [(80, "Mutter M4")],
                    [(80, "schwarz"), (-350, "5"), (-430, "2,00"), (-530, "10,00")],
                    [(400, "Summe"), (-530, "20,00")],
                ]
            )
        ],
        DocumentType.INVOICE,
    )

    assert table.texts("description") == ["Schraube M4 verzinkt", "Mutter M4 schwarz"]


def test_a_document_whose_type_has_no_tables_has_those_of_its_pages() -> None:
    paper = LaneReason.TEXT_LAYER_TRUSTED
    found, [table] = (
        read(
            [
                grid_page([["Ort", "Menge"], ["Rom", "1.234"], ["Oslo", "7"]], 1, reason=paper),
                grid_page([["Ort", "Menge"], ["Bern", "12"]], 2, reason=paper),
                grid_page([["Ort", "Menge", "Art"], ["Bern", "12", "x"]], 3, reason=paper),
            ],
            None,
        )[0],
        read(
            [
                grid_page([["Ort", "Menge"], ["Rom", "1.234"], ["Oslo", "7"]], 1, reason=paper),
                grid_page([["Ort", "Menge"], ["Bern", "12"]], 2, reason=paper),
            ],
            None,
        )[1],
    )

    assert [(each.rows, each.parts) for each in found.tables] == [
        (3, ("p1.t1", "p2.t1")),
        (1, ("p3.t1",)),
    ]
    assert table.texts("column_1") == ["Rom", "Oslo", "Bern"]
    assert [column.type for column in table.columns] == [FieldType.TEXT, FieldType.NUMBER]


def test_a_spreadsheet_of_many_pages_goes_through_without_being_held() -> None:
    class Counting(Kept):
        rows = 0

        def begin(self, table_id: str, columns: object) -> Counting:  # type: ignore[override]
            del table_id, columns
            return self

        def row(self, row: object) -> None:
            del row
            self.rows += 1

        def end(self, table: object) -> None:
            del table

    def sheet(number: int) -> list[list[str]]:
        rows = [[f"0{1 + at % 9}.03.2026", f"Zahlung {number}-{at}", "-1,00"] for at in range(100)]
        return [["Datum", "Text", "Betrag"], *rows] if number == 1 else rows

    sink = Counting()
    reader = TableReader(schemas.shipped(DocumentType.BANK_STATEMENT), Locale("de"), sink)
    held = []
    tracemalloc.start()
    try:
        for number in range(1, 8):
            each = grid_page(sheet(number), number)
            reader.read(each, view(each))
            del each
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    [table] = reader.finish().tables

    assert table.rows == sink.rows == 7 * 100
    assert table.role is TableRole.TRANSACTIONS
    assert held[-1] - held[3] < 20_000


def test_a_page_without_words_and_an_unreadable_one_do_no_harm() -> None:
    unread = page([], 2).model_copy(update={"status": PageStatus.ERROR})

    found, tables = read([page([], 1), unread])

    assert (found.tables, found.gaps, tables) == ((), (), [])


@pytest.mark.parametrize("layout", layouts(12)[::2], ids=lambda layout: f"layout{layout.seed}")
def test_every_row_of_a_statement_comes_out_or_its_absence_shows(
    layout: object, tmp_path: Path
) -> None:
    whole = statement(layout, 40)  # type: ignore[arg-type]
    cut = statement(layout, 40, blank=frozenset({17}))  # type: ignore[arg-type]

    got = read_statement(pages_of(whole.pdf, tmp_path), whole.layout.language)
    less = read_statement(pages_of(cut.pdf, tmp_path), cut.layout.language)

    assert right(whole, got) == len(got.rows) == 40
    assert got.completed
    assert not less.completed
    assert {gap.table for gap in less.found.gaps} == {"t0001"}
    assert sum((amount for _, amount, _ in got.rows), Decimal(0)) == whole.closing - whole.opening


def test_a_second_date_in_the_second_line_is_no_row() -> None:
    def row(day: int) -> list[list[Cell]]:
        return [
            [(50, f"0{day}.03.2026"), (130, "Zahlung"), (-420, "-1,00")],
            [(50, f"0{day + 1}.03.2026"), (130, "Wert")],
        ]

    found, [table] = read([page([HEAD[:3], *row(1), *row(2), *row(3)])])

    assert table.values("date", "amount") == [
        ("2026-03-01", "-1.00"),
        ("2026-03-02", "-1.00"),
        ("2026-03-03", "-1.00"),
    ]
    assert found.gaps == ()


def test_charges_stand_between_the_items_and_their_sum() -> None:
    found, [table] = read(
        [
            page(
                [
                    ITEMS,
                    item("1", "Schraube", "10 Stk", "1,00", "10,00"),
                    [(80, "Rabatt 10 %"), (-530, "-1,00")],
                    [(80, "Versandkosten"), (-530, "4,00")],
                    [(400, "Summe netto"), (-530, "13,00")],
                ]
            )
        ],
        DocumentType.INVOICE,
    )

    assert len(table.rows) == 1
    assert found.gaps == ()


def test_balances_between_days_are_no_rows() -> None:
    def day(number: int, balance: str) -> list[list[Cell]]:
        return [
            moved(f"0{number}.03.2026", "a", "-10,00"),
            moved(f"0{number}.03.2026", "b", "-5,00"),
            [(130, f"Kontostand am 0{number}.03.2026"), (-420, balance)],
        ]

    found, [table] = read([page([HEAD[:3], *day(3, "85,00"), *day(4, "70,00")])])

    assert table.texts("description") == ["a", "b", "a", "b"]
    assert found.gaps == ()


def test_rules_that_were_read_as_characters_are_none() -> None:
    found, [table] = read(
        [
            page(
                [
                    HEAD,
                    moved("|03.03.2026", "| Miete", "-10,00 |", "90,00 |"),
                    moved("[04.03.2026", "Strom", "-5,00", "85,00"),
                    [(50, "-----------"), (130, "------"), (-520, "------")],
                    moved("05.03.2026", "Gas", "-5,00", "80,00"),
                ]
            )
        ]
    )

    assert table.values("date", "amount") == [
        ("2026-03-03", "-10.00"),
        ("2026-03-04", "-5.00"),
        ("2026-03-05", "-5.00"),
    ]
    assert table.texts("description") == ["Miete", "Strom", "Gas"]
    assert found.gaps == ()


@pytest.mark.parametrize("text", ["1" * 5000, "1 000 " * 800, "1." * 3000, "03.03." * 900])
def test_long_runs_of_digits_take_no_time_and_make_no_amount(text: str) -> None:
    found, [table] = read(
        [page([HEAD, *[[(50, f"0{day}.03.2026"), (130, text), (-420, "-1,00")] for day in (1, 2)]])]
    )

    assert len(table.rows) == 2
    assert table.values("amount") == [("-1.00",), ("-1.00",)] or found.gaps


def once_a_day(count: int, *, first: int = 0, names: Sequence[str] = ()) -> list[list[Cell]]:
    """Return transactions whose day is printed beside the first of three."""
    return [
        [
            *([(50.0, f"{1 + at // 3:02}.03.2026")] if at % 3 == 0 else []),
            (130.0, names[at] if at < len(names) else f"Zahlung {at}"),
            (-420.0, f"-{at},50"),
        ]
        for at in range(first, first + count)
    ]


@pytest.mark.parametrize("name", ["Netto Markt", "Versandhaus Otto", "Porto Seguro", "Tax office"])
def test_a_name_that_begins_like_an_invoice_s_sum_is_a_row_without_a_date(name: str) -> None:
    lines = once_a_day(9, names=["Miete", "Strom", name])

    found, (kept,) = read([page([HEAD[:3], *lines])])

    assert kept.texts("description")[1:4] == ["Strom", name, "Zahlung 3"]
    assert (len(kept.rows), found.gaps) == (9, ())


def test_a_name_that_says_total_is_missed_where_its_row_has_no_date() -> None:
    lines = once_a_day(9, names=["Miete", "Strom", "Gesamtschule Nord"])

    found, (kept,) = read([page([HEAD[:3], *lines])])

    assert len(kept.rows) == 8
    assert [(gap.code, gap.row) for gap in found.gaps] == [(RowCode.SUM_DIFFERS, 2)]


@pytest.mark.parametrize("head", [[HEAD[:3]], []])
@pytest.mark.parametrize("carried", [True, False])
def test_a_day_goes_on_behind_a_page_and_a_carried_sum(
    head: list[list[Cell]], carried: bool
) -> None:
    sums: list[list[Cell]] = [[(130, "Übertrag"), (-420, "-8,00")]] if carried else []

    found, (kept,) = read(
        [
            page([HEAD[:3], *once_a_day(4), *sums], 1),
            page([*head, *sums, *once_a_day(5, first=4)], 2),
        ]
    )

    rows = [row.page for row in kept.rows]
    assert (rows.count(2), found.gaps) == (5, ())


def test_a_day_goes_on_behind_the_sum_of_others() -> None:
    sums: list[list[Cell]] = [[(130, "Summe"), (-420, "-2,00")]]
    whole: list[list[Cell]] = [[(130, "Summe"), (-420, "-24,50")]]
    rest: list[list[Cell]] = [[], [], [(50, "Zusammenfassung")], [(130, "Zinsen"), (-420, "9,00")]]

    found, (kept,) = read(
        [page([HEAD[:3], *once_a_day(2), *sums, *once_a_day(5, first=2), *whole, *rest])]
    )

    assert kept.texts("description") == [f"Zahlung {at}" for at in range(7)]
    assert found.gaps == ()


@pytest.mark.parametrize("printed", ["03/{}", "{}/03", "03-{}", "{}.03", "{}.03.", "{} Mar"])
def test_days_without_a_year_begin_rows(printed: str) -> None:
    # Given a statement whose days have no year, with second lines, over two pages
    def row(day: int) -> list[list[Cell]]:
        return [moved(printed.format(day), f"Shop {day}", f"-{day}.50"), [(130, "Berlin")]]

    pages = [
        page([[(50, "until 31 March 2026")], [], HEAD[:3], *row(13), *row(14)], 1),
        page([*row(15), *row(16), *row(17)], 2),
    ]

    found, (kept,) = read(pages, language="en")

    assert kept.values("date") == [(f"2026-03-{day}",) for day in range(13, 18)]
    assert kept.texts("description") == [f"Shop {day} Berlin" for day in range(13, 18)]
    assert found.gaps == ()


@pytest.mark.parametrize("count", [1, 2])
def test_a_few_transactions_under_a_head_that_nobody_knows_are_rows(count: int) -> None:
    # Given a page with a row or two under labels of the bank's own, and more on the next page
    head: list[Cell] = [(50, "Posted"), (130, "Merchant"), (-420, "Charge")]
    rows = [moved(f"0{at}.03.2026", f"Shop {at}", f"-{at},50") for at in range(1, 9)]

    alone, (few,) = read([page([[(50, "Bank of Somewhere")], [], head, *rows[:count]])])
    found, (kept,) = read([page([head, *rows[:count]], 1), page(rows[count:], 2)])

    assert [len(few.rows), len(kept.rows)] == [count, 8]
    assert [alone.gaps, found.gaps] == [(), ()]


@pytest.mark.parametrize(
    "line",
    [
        [(50, "01.03.2026"), (130, "Kontostand"), (-420, "12,50")],
        [(50, "01.03.2026"), (-420, "12,50")],
        [(50, "01.03.2026"), (130, "Zinssatz"), (-420, "12,50 %")],
        [(50, "01.03.2026 wurden 12,50 EUR gebucht")],
    ],
)
def test_a_line_with_a_date_and_an_amount_may_be_none(line: list[Cell]) -> None:
    assert read([page([[(50, "Bank")], [], line])])[1] == []


@pytest.mark.parametrize(("net", "gaps"), [("105,00", []), ("145,00", [RowCode.SUM_DIFFERS])])
def test_sums_in_a_grid_of_items_are_no_items(net: str, gaps: list[RowCode]) -> None:
    # Given an invoice of a word processor, its sums in the last rows of its table
    head = ["Pos", "Beschreibung", "Menge", "Einzelpreis", "Gesamt"]
    rows = [[str(at), f"Ware {at}", "2", "10,00", "20,00"] for at in range(1, 6)]
    charge = ["", "Versandkosten", "", "", "5,00"]
    sums = [["", "Summe netto", "", "", net], ["", "MwSt 19 %", "", "", "19,95"]]

    found, (kept,) = read([grid_page([head, *rows, charge, *sums])], DocumentType.INVOICE)

    assert kept.texts("description") == [*(row[1] for row in rows), "Versandkosten"]
    assert [gap.code for gap in found.gaps] == gaps


def test_balances_and_blanks_in_a_grid_of_transactions_are_no_rows() -> None:
    head = ["Datum", "Text", "Betrag", "Saldo"]
    rows = [[f"0{at}.03.2026", "Summe Bau", "1,00", f"{at},00"] for at in range(1, 6)]
    opening, closing = ["", "Anfangssaldo", "", "0,00"], ["", "Endsaldo", "", "5,00"]

    def statement(*body: list[str]) -> tuple[int, tuple[RowCode, ...]]:
        found, (kept,) = read([grid_page([head, *body])])
        return len(kept.rows), tuple(gap.code for gap in found.gaps)

    assert statement(opening, *rows[:3], [""] * 4, *rows[3:], closing) == (5, ())
    assert statement(opening, *rows[1:], closing) == (4, (RowCode.BALANCE_BREAKS,))


def test_days_without_a_year_follow_the_opening_balance() -> None:
    _, [table] = read(
        [
            page(
                [
                    [(50, "Alter Kontostand am 31.12.2023"), (-520, "1.000,00")],
                    HEAD,
                    moved("03.01.", "Miete", "-100,00", "900,00"),
                    moved("04.02.", "Lohn", "200,00", "1.100,00"),
                    [(50, "Neuer Kontostand am 29.02.2024"), (-520, "1.100,00")],
                ]
            )
        ]
    )
    assert table.values("date") == [("2024-01-03",), ("2024-02-04",)]


def test_a_sign_that_stands_apart_behind_its_amount_counts() -> None:
    found, [table] = read(
        [
            page(
                [
                    [(50, "Alter Kontostand"), (-520, "1.000,00 +")],
                    HEAD,
                    moved("03.01.2024", "Miete", "89,00 -", "911,00 +"),
                    moved("04.01.2024", "Lohn", "200,00 +", "1.111,00 +"),
                    moved("05.01.2024", "Strom", "11,00 -", "1.100,00 +"),
                    [(50, "Neuer Kontostand"), (-520, "1.100,00 +")],
                ]
            )
        ]
    )
    assert table.values("amount", "balance") == [
        ("-89.00", "911.00"),
        ("200.00", "1111.00"),
        ("-11.00", "1100.00"),
    ]
    assert found.gaps == ()
