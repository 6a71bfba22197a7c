"""Rows that are missing: each witness alone tells, on which page and after which row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from docparser.extract.tables.line_table import LineTable
from docparser.extract.tables.reconciliation import MOST_GAPS
from docparser.model import DocumentType, LaneReason, RowCode

from tests.unit.extract.tables_made import grid_page, page, read
from tests.unit.extract.test_tables import HEAD, ITEMS, item, moved

if TYPE_CHECKING:
    from docparser.extract.tables import TablesFound

    from tests.unit.extract.tables_made import Cell

PLAIN = HEAD[:3]


def told(found: TablesFound) -> list[tuple[RowCode, int, int | None]]:
    return [(gap.code, gap.page, gap.row) for gap in found.gaps]


def days(count: int) -> list[list[Cell]]:
    return [moved(f"{1 + at:02}.03.2026", f"Zahlung {at}", "-1,00") for at in range(count)]


def test_a_balance_that_does_not_follow_names_the_row_above() -> None:
    found, _ = read(
        [
            page([HEAD, moved("03.03.2026", "a", "-10,00", "90,00"),
                  moved("04.03.2026", "b", "-5,00", "85,00")], 1),
            page([HEAD, moved("06.03.2026", "d", "-5,00", "70,00"),
                  moved("07.03.2026", "e", "-5,00", "65,00")], 2),
        ]
    )  # fmt: skip

    assert told(found) == [(RowCode.BALANCE_BREAKS, 2, 2)]


@pytest.mark.parametrize(
    ("opening", "closing", "gap"),
    [
        ("100,00", "85,00", None),
        ("120,00", "85,00", (RowCode.BALANCE_BREAKS, 1, 0)),
        ("100,00", "60,00", (RowCode.BALANCE_BREAKS, 1, 2)),
    ],
)
def test_the_balances_around_the_rows_belong_to_them(
    opening: str, closing: str, gap: tuple[RowCode, int, int] | None
) -> None:
    found, _ = read(
        [
            page(
                [
                    [(50, "Alter Kontostand"), (-330, opening)],
                    [(50, "Neuer Kontostand"), (-330, closing)],
                    [],
                    HEAD,
                    moved("03.03.2026", "a", "-10,00", "90,00"),
                    moved("04.03.2026", "b", "-5,00", "85,00"),
                ]
            )
        ]
    )

    assert told(found) == ([] if gap is None else [gap])


def test_newest_first_is_followed_the_other_way() -> None:
    rows = [
        moved("05.03.2026", "c", "-5,00", "80,00"),
        moved("04.03.2026", "b", "-5,00", "85,00"),
        moved("03.03.2026", "a", "-10,00", "90,00"),
        moved("02.03.2026", "z", "-3,00", "100,00"),
    ]

    whole, _ = read([page([HEAD, *rows])])
    cut, _ = read([page([HEAD, rows[0], *rows[2:]])])

    assert told(whole) == []
    assert told(cut) == [(RowCode.BALANCE_BREAKS, 1, 1)]


def test_opening_and_amounts_make_the_closing_balance() -> None:
    def statement(closing: str) -> TablesFound:
        lines: list[list[Cell]] = [
            [(50, "Anfangssaldo"), (-330, "100,00")],
            [(50, "Endsaldo"), (-330, closing)],
            [],
            PLAIN,
            *days(5),
        ]
        return read([page(lines)])[0]

    assert told(statement("95,00")) == []
    assert told(statement("94,00")) == [(RowCode.SUM_DIFFERS, 1, None)]


@pytest.mark.parametrize(
    "said", ["Anzahl Buchungen: 7", "7 Umsätze", "Number of transactions: 7", "7 opérations"]
)
def test_a_stated_count_is_held_against_the_rows(said: str) -> None:
    found, _ = read([page([PLAIN, *days(6), [], [(50, said)]])])
    whole, _ = read([page([PLAIN, *days(7), [], [(50, said)]])])

    [gap] = found.gaps
    assert (gap.code, gap.expected, gap.found) == (RowCode.COUNT_DIFFERS, 7, 6)
    assert whole.gaps == ()


def test_a_hole_in_the_numbers_names_the_row_above() -> None:
    head: list[Cell] = [(30, "Nr."), *PLAIN]
    rows: list[list[Cell]] = [
        [(30, str(at + 1)), *row] for at, row in enumerate(days(8)) if at not in {0, 4}
    ]

    found, _ = read([page([head, *rows])])

    assert told(found) == [(RowCode.NUMBER_SKIPPED, 1, 0), (RowCode.NUMBER_SKIPPED, 1, 3)]


@pytest.mark.parametrize(
    ("head", "rows", "kind"),
    [
        (
            ["Nr", "Bezeichnung", "Preis"],
            [[str(at), f"Ware {at}", f"{at},50"] for at in range(1, 30) if at not in {4, 9}],
            DocumentType.INVOICE,
        ),
        (
            ["Datum", "Text", "Betrag", "Saldo"],
            [
                [f"{at:02}.03.2026", "Kredit", f"{at},50", f"{at * 71 % 40},50"]
                for at in range(1, 30)
            ],
            DocumentType.BANK_STATEMENT,
        ),
    ],
)
@pytest.mark.parametrize("reason", [LaneReason.TEXT_INPUT, LaneReason.TEXT_LAYER_TRUSTED])
def test_only_a_type_that_has_such_rows_demands_that_they_follow_each_other(
    head: list[str], rows: list[list[str]], kind: DocumentType, reason: LaneReason
) -> None:
    # Given a price list, or balances of many accounts
    pages = [grid_page([head, *rows], reason=reason)]

    # Then they are whole where the document is no invoice and no statement
    assert told(read(pages, None)[0]) == []
    assert told(read(pages, kind)[0])


def test_a_carried_sum_that_is_wrong_is_told_once() -> None:
    def carried(amount: str) -> list[Cell]:
        return [(130, "Übertrag"), (-420, amount)]

    found, _ = read(
        [
            page([PLAIN, *days(3), carried("-4,00")], 1),
            page([PLAIN, carried("-4,00"), *days(2), carried("-6,00")], 2),
            page([PLAIN, carried("-6,00"), *days(2)], 3),
        ]
    )

    assert told(found) == [(RowCode.SUM_DIFFERS, 1, 3)]


def test_sums_of_groups_begin_anew() -> None:
    def statement(fees: str) -> TablesFound:
        sections: list[list[Cell]] = [
            *days(2),
            [(60, "Summe Einkäufe"), (-420, "-2,00")],
            *days(3),
            [(60, "Summe Gebühren"), (-420, fees)],
            [(60, "Summe"), (-420, "-5,00")],
        ]
        return read([page([PLAIN, *sections])])[0]

    assert told(statement("-3,00")) == []
    assert told(statement("-4,00")) == [(RowCode.SUM_DIFFERS, 1, 5)]


def test_sums_of_groups_of_items_begin_anew() -> None:
    def invoice(second: str) -> TablesFound:
        lines: list[list[Cell]] = [
            ITEMS,
            item("1", "Schraube", "10 Stk", "1,00", "10,00"),
            [(130, "Zwischensumme"), (-530, "10,00")],
            item("2", "Mutter", "5 Stk", "2,00", "10,00"),
            item("3", "Bolzen", "5 Stk", "3,00", "15,00"),
            [(130, "Zwischensumme"), (-530, second)],
            [(400, "Summe netto"), (-530, "35,00")],
        ]
        return read([page(lines)], DocumentType.INVOICE)[0]

    assert told(invoice("25,00")) == []
    assert told(invoice("24,00")) == [(RowCode.SUM_DIFFERS, 1, 3)]


def test_a_sum_that_stands_nowhere_is_told() -> None:
    def invoice(total: str) -> TablesFound:
        lines: list[list[Cell]] = [
            ITEMS,
            item("1", "Schraube", "10 Stk", "1,00", "10,00"),
            item("2", "Mutter", "5 Stk", "2,00", "10,00"),
            [(400, "Summe netto"), (-530, total)],
            [(400, "MwSt 19 %"), (-530, "3,80")],
        ]
        return read([page(lines)], DocumentType.INVOICE)[0]

    assert told(invoice("20,00")) == []
    assert told(invoice("35,00")) == [(RowCode.SUM_DIFFERS, 1, None)]


def test_contradictory_witnesses_all_speak() -> None:
    lines: list[list[Cell]] = [
        ITEMS,
        item("1", "Schraube", "10 Stk", "1,00", "10,00"),
        item("2", "Mutter", "5 Stk", "2,00", "10,00"),
        item("4", "Montage", "1 Std", "50,00", "50,00"),
        [(400, "Summe netto"), (-530, "95,00")],
    ]

    found, _ = read([page(lines)], DocumentType.INVOICE)

    assert told(found) == [(RowCode.SUM_DIFFERS, 1, None), (RowCode.NUMBER_SKIPPED, 1, 2)]


def test_a_page_missing_within_a_table_is_told() -> None:
    found, _ = read([page([PLAIN, *days(3)], 1), page([PLAIN, *days(3)], 4)])

    assert told(found) == [(RowCode.PAGE_MISSING, 2, 3), (RowCode.PAGE_MISSING, 3, 3)]


def test_a_hole_in_regular_rows_is_a_row_that_nobody_read() -> None:
    rows = days(20)

    whole, _ = read([page([PLAIN, *rows])])
    found, _ = read([page([PLAIN, *rows[:7], [], *rows[8:]])])

    assert told(whole) == []
    assert told(found) == [(RowCode.ROW_UNREAD, 1, 7)]


def test_lines_that_look_like_rows_are_counted_by_somebody_else() -> None:
    begins = LineTable._begins
    calls = iter(range(1000))

    def merging(self: LineTable, line: object, *, near: bool) -> bool:
        does = begins(self, line, near=near)  # type: ignore[arg-type]
        return does and next(calls) != 4

    with mock.patch.object(LineTable, "_begins", merging):
        found, [table] = read([page([PLAIN, *days(9)])])

    assert len(table.rows) == 8
    assert (RowCode.ROW_UNREAD, 1, 4) in told(found)


def test_a_row_whose_amount_is_gone_is_told_unless_the_balances_go_on() -> None:
    without: list[Cell] = [(50, "04.03.2026"), (130, "Hinweis ohne Betrag")]

    silent, _ = read([page([PLAIN, *days(3), without, *days(3)])])
    vouched, _ = read(
        [
            page(
                [
                    HEAD,
                    moved("03.03.2026", "a", "-10,00", "90,00"),
                    without,
                    moved("05.03.2026", "b", "-5,00", "85,00"),
                ]
            )
        ]
    )

    assert told(silent) == [(RowCode.ROW_UNREAD, 1, 4)]
    assert told(vouched) == []


def test_there_is_an_end_to_what_is_told() -> None:
    rows = [moved("03.03.2026", "a", "-1,00", f"{1000 + at},00") for at in range(50)]
    rows += [moved("03.03.2026", "a", "-1,00", f"{900 - at},00") for at in range(400)]
    rows += [moved("03.03.2026", "a", "-1,00", f"{9000 + at * 7},00") for at in range(150)]
    pages = [page([HEAD, *rows[at : at + 50]], 1 + at // 50) for at in range(0, len(rows), 50)]

    found, _ = read(pages)

    assert len(found.gaps) == MOST_GAPS


@pytest.mark.parametrize("ruled", [True, False])
def test_rows_beside_each_other_are_told_of(ruled: bool) -> None:
    # Given a statement that lists cheques in two columns of rows
    head = ["Date", "Description", "Amount"]
    rows = [[f"03/{at:02}", f"Cheque {at}", f"{at}.10"] for at in range(1, 7)]
    if ruled:
        pages = [grid_page([head * 2, *(row * 2 for row in rows)])]
    else:
        places = (40, 100, -270, 310, 370, -540)
        lines = [[*zip(places, row * 2, strict=True)] for row in [head, *rows]]
        pages = [page(lines)]

    found, _ = read(pages, language="en")

    assert told(found) == [(RowCode.ROW_UNREAD, 1, at) for at in range(1, 7)]


def test_an_amount_of_another_currency_does_not_move_the_balance() -> None:
    head: list[Cell] = [
        (50, "Date"),
        (110, "Description"),
        (-340, "Original amount"),
        (-430, "Rate"),
        (-530, "Amount EUR"),
    ]
    lines: list[list[Cell]] = [
        [
            (50, f"0{at}/03/2026"),
            (110, f"Shop {at}"),
            *([(-340, f"USD {at}.20"), (-430, "1.0834")] if at % 3 == 0 else []),
            (-530, f"-{at}.10"),
        ]
        for at in range(1, 9)
    ]

    found, (kept,) = read([page([head, *lines])], language="en")

    assert kept.values("amount") == [(f"-{at}.10",) for at in range(1, 9)]
    assert found.gaps == ()
