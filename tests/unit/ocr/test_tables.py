"""Tables of digital pages: what is one, what is none, and which words stand in which cell."""

from __future__ import annotations

import random
import time
from statistics import mean
from typing import TYPE_CHECKING

import pytest
from docparser.model import BlockKind, LaneReason, Page
from docparser.ocr.glyphs import PlacedWord
from docparser.ocr.tables import Rule, find, lines
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from tests.unit.ocr import made_pdfs, made_tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SEEDS = range(12)

# Adjacency F1 measured on these pages, less one point: what is below is a defect.
LEAST = {"grid": 0.99, "levels": 0.97, "frame": 0.99, "heading": 0.97, "none": 0.97}


def pages(path: Path) -> list[Page]:
    with open_pdf(path) as pdf:
        return [
            read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)
            for number in range(1, pdf.page_count + 1)
        ]


def rows(page: Page, table: int = 0) -> list[list[str]]:
    found = page.tables[table]
    return [[cell.text for cell in found.cells if cell.row == row] for row in range(found.rows)]


def text_page(
    tmp_path: Path, strings: Iterable[tuple[float, float, str]], size: float = 10
) -> Page:
    return pages(made_pdfs.write_text(tmp_path / "page.pdf", [strings], size=size))[0]


@pytest.mark.parametrize("style", made_tables.STYLES)
def test_cells_are_those_that_were_drawn(tmp_path: Path, style: str) -> None:
    made = [made_tables.made_table(seed, style) for seed in SEEDS]

    read = pages(made_tables.write(tmp_path / "made.pdf", made))

    assert [len(page.tables) for page in read] == [1] * len(made)
    agreement = mean(
        made_tables.adjacency_f1(made_tables.cells_of(page.tables), table.cells)
        for page, table in zip(read, made, strict=True)
    )
    assert agreement >= LEAST[style]


@pytest.mark.parametrize("style", made_tables.STYLES)
def test_cells_cover_the_grid_and_name_words_of_table_blocks(tmp_path: Path, style: str) -> None:
    made = [made_tables.made_table(seed, style) for seed in SEEDS]

    for page in pages(made_tables.write(tmp_path / "made.pdf", made)):
        (table,) = page.tables
        assert table.id == f"p{page.number}.t1"
        fields = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert sorted(fields) == [
            (row, column) for row in range(table.rows) for column in range(table.columns)
        ]
        words = {
            word.id: word.text
            for block in page.blocks
            if block.kind is BlockKind.TABLE
            for line in block.lines
            for word in line.words
        }
        named = [word_id for cell in table.cells for word_id in cell.word_ids]
        assert sorted(named) == sorted(words)
        assert all(
            cell.text == " ".join(words[word_id] for word_id in cell.word_ids)
            for cell in table.cells
        )


def test_a_spanning_heading_and_a_wrapped_cell_of_a_drawn_grid(tmp_path: Path) -> None:
    table = made_tables.MadeTable("grid", [120.0, 60.0, 60.0], [False, True, True])
    put = made_tables.MadeCell
    table.cells += [
        put(0, 0, 2, 1, "Goods"),
        put(0, 1, 1, 2, "Prices"),
        put(1, 1, 1, 1, "net"),
        put(1, 2, 1, 1, "gross"),
        put(2, 0, 1, 1, "Coffee of the highland, roasted dark and slowly"),
        put(2, 1, 1, 1, "10.00"),
        put(2, 2, 1, 1, "10.70"),
    ]

    (page,) = pages(made_tables.write(tmp_path / "made.pdf", [table]))

    (found,) = page.tables
    assert sorted(made_tables.cells_of([found])) == sorted(table.cells)


def test_totals_that_hang_below_a_grid_are_a_table_of_their_own(tmp_path: Path) -> None:
    content = "0.5 w "
    for top, left, columns, count in ((200, 20, 4, 3), (128, 180, 2, 3)):
        for row in range(count):
            for column in range(columns):
                x, y = left + 80 * column, top - 24 * row
                content += f"{x} {y} 80 24 re S BT /F 9 Tf {x + 5} {y + 8} Td "
                content += f"({row}{column}.50) Tj ET "
    content += "BT /F 9 Tf 30 100 Td (Thank you very much) Tj ET"

    (page,) = pages(made_pdfs.write_raw(tmp_path / "made.pdf", content))

    assert [(table.rows, table.columns) for table in page.tables] == [(3, 4), (3, 2)]
    assert "Thank" not in "".join(cell.text for table in page.tables for cell in table.cells)


@pytest.mark.parametrize(
    ("rotation", "matrix"),
    [(0, "1 0 0 1 0 0"), (90, "0 1 -1 0 400 0"), (270, "0 -1 1 0 0 300")],
)
def test_rules_lie_where_the_words_do_on_a_page_that_was_turned(
    tmp_path: Path, rotation: int, matrix: str
) -> None:
    content = f"q {matrix} cm 0.5 w "
    for row in range(3):
        for column in range(3):
            x, y = 20 + 80 * column, 200 - 24 * row
            content += f"{x} {y} 80 24 re S BT /F 9 Tf {x + 5} {y + 8} Td (c{row}{column}) Tj ET "

    path = made_pdfs.write_raw(tmp_path / "made.pdf", content + "Q", Rotate=rotation)

    assert rows(pages(path)[0]) == [[f"c{row}{column}" for column in range(3)] for row in range(3)]


def test_two_columns_of_an_article_are_no_table(tmp_path: Path) -> None:
    left = "The harvest of the year was good and the price fell by"
    right = "Traders in the port had bought 40 ships of it before in"
    strings = [(50, 760 - 12 * n, left) for n in range(40)]
    strings += [(320, 760 - 12 * n, right) for n in range(40)]

    assert not text_page(tmp_path, strings, size=9).tables


@pytest.mark.parametrize(
    "beside",
    [
        ["Invoice no. 4711", "Date 03.01.2024", "Customer 90005178", "Order 4970", "Page 1"],
        ["Phone", "+49 30 123 456 78", "Fax", "+49 30 123 456 79", "mail@example.org"],
        ["We are closed", "from Christmas", "to New Year.", "Orders are sent", "in January."],
    ],
)
def test_an_address_beside_a_notice_is_no_table(tmp_path: Path, beside: list[str]) -> None:
    address = ["Jane Doe", "Sample Street 12", "12345 Sampletown", "Customer service", "Germany"]
    strings = [(60, 760 - 13 * n, line) for n, line in enumerate(address)]
    strings += [(380, 760 - 13 * n, line) for n, line in enumerate(beside)]
    strings += [(60, 600 - 13 * n, "We thank you for your order and confirm it.") for n in range(5)]

    assert not text_page(tmp_path, strings).tables


def test_an_address_beside_labels_with_numbers_is_no_table(tmp_path: Path) -> None:
    address = ["Jane Doe", "Sample Street 12", "12345 Sampletown", "Germany"]
    labels = ["Invoice", "Date", "Customer", "Order"]
    numbers = ["90005178", "07.01.2024", "1175", "4970"]
    strings = [
        (x, 760 - 13 * n, line)
        for x, column in ((60, address), (330, labels), (450, numbers))
        for n, line in enumerate(column)
    ]

    assert not text_page(tmp_path, strings).tables


def test_labels_with_their_values_are_no_table(tmp_path: Path) -> None:
    form = {"Name:": "Jane Doe", "Born:": "01.02.1980", "Town:": "Sampletown", "Since:": "2019"}
    strings = [
        (x, 760 - 14 * n, text)
        for n, pair in enumerate(form.items())
        for x, text in zip((60, 160), pair, strict=True)
    ]

    assert not text_page(tmp_path, strings).tables


def test_a_table_of_contents_is_no_table(tmp_path: Path) -> None:
    strings = [
        (x, 760 - 14 * n, text)
        for n in range(10)
        for x, text in ((60, f"{n}.1"), (90, "Chapter " + "." * 60), (480, f"{7 * n + 3}"))
    ]

    assert not text_page(tmp_path, strings).tables


def test_a_page_border_and_boxes_are_no_table(tmp_path: Path) -> None:
    content = "1 w 10 10 380 280 re S 30 200 150 60 re S 220 200 150 60 re S "
    for x in (40, 230):
        for y in (245, 230, 215):
            content += f"BT /F 10 Tf {x} {y} Td (Some words here) Tj ET "

    (page,) = pages(made_pdfs.write_raw(tmp_path / "made.pdf", content))

    assert not page.tables


def test_item_lines_of_a_receipt_are_read_row_by_row(tmp_path: Path) -> None:
    items = [("2", "Coffee", "7.80"), ("1", "Cheese cake", "4.50"), ("1", "Water", "3.20")]
    strings = [
        (x, 760 - 14 * n, text)
        for n, item in enumerate(items)
        for x, text in zip((60, 80, 200), item, strict=True)
    ]

    page = text_page(tmp_path, strings)

    assert page.text.splitlines() == ["2 Coffee 7.80", "1 Cheese cake 4.50", "1 Water 3.20"]


def test_words_written_aslant_are_in_no_cell_and_every_word_keeps_its_line() -> None:
    table = [
        PlacedWord(f"{row}{column}.00", 60 * column, 14 * row, 60 * column + 30, 14 * row + 10, 0)
        for row in range(5)
        for column in range(4)
    ]
    stamp = PlacedWord("PAID", 20, 10, 150, 60, 30)

    (found,) = find([*table, stamp], [])

    assert (found.rows, found.columns, found.ruled) == (5, 4, False)
    assert [word for line in lines(found) for word in line] == table


def test_the_order_of_words_and_rules_does_not_matter() -> None:
    words = [
        PlacedWord(
            f"{row}{column}", 60 * column + 10, 20 * row + 5, 60 * column + 30, 20 * row + 15, 0
        )
        for row in range(6)
        for column in range(5)
    ]
    rules = [Rule(0, 20 * row, 300, 20 * row + 0.5) for row in range(7)]
    rules += [Rule(60 * column, 0, 60 * column + 0.5, 120) for column in range(6)]
    expected = find(words, rules)

    for seed in range(5):
        chance = random.Random(seed)
        assert find(chance.sample(words, len(words)), chance.sample(rules, len(rules))) == expected
    assert (expected[0].rows, expected[0].columns, expected[0].ruled) == (6, 5, True)


def test_a_cell_whose_edge_has_faded_is_parted_where_its_words_are() -> None:
    words = [
        PlacedWord(
            f"{row}{column}", 60 * column + 10, 20 * row + 5, 60 * column + 30, 20 * row + 15, 0
        )
        for row in range(4)
        for column in range(3)
    ]
    rules = [Rule(0, 20 * row, 180, 20 * row + 0.5) for row in range(5)]
    rules += [Rule(60 * column, 0, 60 * column + 0.5, 80) for column in (0, 1, 3)]
    rules += [Rule(120, 0, 120.5, 40), Rule(120, 60, 120.5, 80)]

    (found,) = find(words, rules)

    assert (found.rows, found.columns, len(found.cells)) == (4, 3, 12)


def _grid(words: int) -> list[PlacedWord]:
    return [
        PlacedWord(
            "7.00", 50 * (n % 10), 12 * (n // 10), 50 * (n % 10) + 30, 12 * (n // 10) + 10, 0
        )
        for n in range(words)
    ]


def _scattered(words: int) -> list[PlacedWord]:
    chance = random.Random(1)
    places = [(600 * chance.random(), 800 * chance.random()) for _ in range(words)]
    return [PlacedWord("x1", x, y, x + 10, y + 10, 0) for x, y in places]


def _strokes(count: int) -> list[Rule]:
    chance = random.Random(2)
    found = []
    for _ in range(count):
        x, y, length = 600 * chance.random(), 800 * chance.random(), 100 * chance.random()
        level = chance.random() < 0.5
        found.append(Rule(x, y, x + (length if level else 0.5), y + (0.5 if level else length)))
    return found


def _mesh(lines_each_way: int) -> list[Rule]:
    step = 600 / lines_each_way
    return [
        rule
        for n in range(lines_each_way)
        for rule in (Rule(0, n * step, 600, n * step + 0.1), Rule(n * step, 0, n * step + 0.1, 600))
    ]


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (_grid(5000), []),
        (_grid(5000), _mesh(5000)),
        (_scattered(5000), _strokes(10_000)),
        (_scattered(5000), _mesh(150)),
        ([PlacedWord("1.00", 12 * n, 10, 12 * n + 8, 20, 0) for n in range(5000)], []),
        ([PlacedWord("1.00", 10, 10, 20, 20, 0)] * 5000, []),
        ([PlacedWord("1" * 10_000, 0, 0, 0, 0, 0)] * 50, [Rule(0, 0, 0, 0)] * 10_000),
    ],
    ids=["table", "table, mesh", "scattered, strokes", "mesh", "one line", "one place", "nothing"],
)
def test_a_page_made_to_do_harm_takes_a_moment(words: list[PlacedWord], rules: list[Rule]) -> None:
    begun = time.process_time()

    find(words, rules)

    # 0.3 seconds at most were measured; what grows faster than the page takes minutes.
    assert time.process_time() - begun < 3
