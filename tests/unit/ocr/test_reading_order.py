from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from docparser.model import LaneReason
from docparser.ocr.glyphs import PlacedWord
from docparser.ocr.reading_order import paragraphs
from docparser.ocr.tables import FoundCell, FoundTable
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from tests.unit.ocr import made_pdfs

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = (
    "the quick brown fox jumps over a lazy dog while seven wizards brew strange potions beneath "
    "an old bridge in the rain"
).split()


def prose(label: str, lines: int, length: int) -> list[str]:
    """Return lines of running text, each beginning with its label and number."""
    choice = random.Random(label)
    return [
        f"{label}{number} {' '.join(choice.choices(VOCABULARY, k=12))}"[:length].strip()
        for number in range(lines)
    ]


def column(x: float, y: float, step: float, lines: list[str]) -> list[tuple[float, float, str]]:
    return [(x, y - step * index, line) for index, line in enumerate(lines)]


def read(path: Path, *strings: list[tuple[float, float, str]]) -> str:
    """Return the text of a page on which the strings are drawn line by line, across columns."""
    drawn = [string for part in strings for string in part]
    drawn.sort(key=lambda string: -string[1])
    made_pdfs.write_text(path, [drawn])
    with open_pdf(path) as pdf:
        return read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED).text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.pdf"


@pytest.mark.parametrize("second_step", [12, 12.9])
def test_two_columns_are_read_one_after_the_other(path: Path, second_step: float) -> None:
    # Given columns whose lines stand side by side (12) or not (12.9), drawn interleaved
    left, right = prose("L", 40, 42), prose("R", 36, 42)

    text = read(
        path,
        [(60, 810, "Journal of Foxes"), (500, 810, "page 3")],
        [(180, 770, "A study of foxes and of wizards in the field")],
        column(60, 730, 12, left),
        column(305, 730, second_step, right),
        [(290, 40, "- 3 -")],
    )

    # Then head, title, left, right, foot
    assert text.split("\n") == [
        "Journal of Foxes page 3",
        "",
        "A study of foxes and of wizards in the field",
        "",
        *left,
        "",
        *right,
        "",
        "- 3 -",
    ]


def test_three_columns(path: Path) -> None:
    columns = [prose(name, 30, 28) for name in ("A", "B", "C")]

    text = read(
        path,
        *(column(x, 780, 12, lines) for x, lines in zip((50, 225, 400), columns, strict=True)),
    )

    assert text == "\n\n".join("\n".join(lines) for lines in columns)


def test_columns_above_and_below_a_heading_across_the_page(path: Path) -> None:
    parts = {name: prose(name, 12, 42) for name in ("A", "B", "C", "D")}
    heading = "A heading that runs across both columns, so that it parts what is above and below"

    text = read(
        path,
        column(60, 780, 12, parts["A"]),
        column(305, 780, 12, parts["B"]),
        [(60, 620, heading)],
        column(60, 590, 12, parts["C"]),
        column(305, 590, 12, parts["D"]),
    )

    firsts = [line.split()[0] for line in text.split("\n") if line]
    assert firsts == [
        *(line.split()[0] for name in ("A", "B") for line in parts[name]),
        "A",
        *(line.split()[0] for name in ("C", "D") for line in parts[name]),
    ]


def test_a_table_is_read_row_by_row(path: Path) -> None:
    rows = [("Pos", "Bezeichnung", "Menge", "Betrag")] + [
        (f"{n}", "Wartung der Anlage im Werk Nord", f"{3 * n}", f"{7 * n},00 EUR")
        for n in range(1, 15)
    ]

    text = read(
        path,
        [(60, 780, "Rechnung Nr. 5 vom 12. Mai 2024")],
        *(
            [(x, 740 - 16 * n, cell) for x, cell in zip((60, 100, 380, 460), row, strict=True)]
            for n, row in enumerate(rows)
        ),
    )

    assert text.split("\n")[2:] == [" ".join(row) for row in rows]


def test_a_table_of_names_is_read_row_by_row(path: Path) -> None:
    rows = [
        ("Austria", "Vienna", "German"),
        ("Belgium", "Brussels", "Dutch, French"),
        ("Czech Republic", "Prague", "Czech"),
        ("Denmark", "Copenhagen", "Danish"),
        ("Finland", "Helsinki", "Finnish, Swedish"),
        ("Greece", "Athens", "Greek"),
    ]

    text = read(
        path,
        *(
            [(x, 740 - 14 * n, cell) for x, cell in zip((60, 220, 380), row, strict=True)]
            for n, row in enumerate(rows)
        ),
    )

    assert text.split("\n") == [" ".join(row) for row in rows]


def test_clauses_keep_their_numbers(path: Path) -> None:
    lines = prose("x", 10, 80)

    text = read(
        path,
        [(60, 700 - 13 * n, f"({n})") for n in range(10)],
        column(100, 700, 13, lines),
    )

    assert text.split("\n\n") == [f"({n}) {line}" for n, line in enumerate(lines)]


def test_labels_stay_with_their_values(path: Path) -> None:
    pairs = [("Customer:", "Erika Mustermann"), ("City:", "Bremen"), ("Phone:", "0421 123")] * 2

    text = read(
        path,
        *(
            [(60, 700 - 14 * n, label), (220, 700 - 14 * n, value)]
            for n, (label, value) in enumerate(pairs)
        ),
    )

    assert text.split("\n") == [f"{label} {value}" for label, value in pairs]


def test_blocks_beside_each_other_with_lines_of_their_own_are_not_mixed(path: Path) -> None:
    address = ["Muster GmbH", "Frau Erika Beispiel", "Lange Gasse 12", "28195 Bremen", "Germany"]
    notice = ["Your contact", "Mr Max Tester", "Sales department", "Hamburg office"]

    text = read(path, column(60, 700, 13, address), column(350, 694, 15, notice))

    assert text == "\n".join(address) + "\n\n" + "\n".join(notice)


def test_a_sidebar_in_small_print_is_not_mixed_into_an_address(path: Path) -> None:
    address = ["Theodor Est", "Bahnstr. 42", "88802 Spielkreis", "Deutschland / Germany"]
    sidebar = ["Bei Spiel GmbH", "Ecke 12", "12345 Stadthausen", "phone (555) 23 78", "HRA 12345"]
    made_pdfs.write_raw(
        path,
        "BT /F 14 Tf 27 TL 20 250 Td "
        + " T* ".join(f"({line}) Tj" for line in address)
        + " ET BT /F 7 Tf 16 TL 280 255 Td "
        + " T* ".join(f"({line}) Tj".replace("(555)", r"\(555\)") for line in sidebar)
        + " ET",
    )

    with open_pdf(path) as pdf:
        page = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)

    assert page.text == "\n".join(address) + "\n\n" + "\n".join(sidebar)


def test_words_drawn_in_any_order_make_lines(path: Path) -> None:
    words = [(60, 700, "one"), (90, 700, "two"), (120, 700, "three"), (60, 688, "four")]
    random.Random(3).shuffle(words)
    made_pdfs.write_text(path, [words])

    with open_pdf(path) as pdf:
        page = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)

    assert page.text == "one two three\nfour"


def test_paragraphs_end_at_wider_steps_other_sizes_and_indented_lines(path: Path) -> None:
    made_pdfs.write_raw(
        path,
        "BT /F 18 Tf 20 260 Td (Heading) Tj ET BT /F 10 Tf 12 TL 20 238 Td "
        "(first line of the first) Tj T* (second line of it) Tj 0 -22 Td "
        "(first line of the second) Tj T* (second line of it) Tj 15 -12 Td "
        "(an indented line) Tj -15 -12 Td (goes on at the margin) Tj ET",
    )

    with open_pdf(path) as pdf:
        page = read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)

    assert [block.text for block in page.blocks] == [
        "Heading",
        "first line of the first\nsecond line of it",
        "first line of the second\nsecond line of it",
        "an indented line\ngoes on at the margin",
    ]


ITEMS = [
    ("Nougat from the abbey 250g", "8 units", "4.55", "10%", "32.76"),
    ("Biscuits with raisins 300g", "20 units", "3.20", "0%", "64.00"),
    ("Olive oil of old 1l", "100 litres", "19.80", "0%", "1980.00"),
    ("Honey from lavender 500g", "12 units", "7.10", "5%", "80.94"),
]


def test_a_table_below_addresses_keeps_its_rows(path: Path) -> None:
    # Given two addresses set in steps of their own, and a table whose first gap goes on with theirs
    delivery = ["Delivery address", "Olives Ltd", "87 Walk of Heat", "41700 Two Sisters", "Spain"]
    buyer = ["Olives Ltd", "Peter Sanchez", "87 Walk of Heat", "41700 Two Sisters"]

    text = read(
        path,
        column(60, 700, 13, delivery),
        column(330, 694, 16, buyer),
        *(
            [(x, 600 - 18 * n, cell) for x, cell in zip((60, 330, 400, 450, 500), row, strict=True)]
            for n, row in enumerate(ITEMS)
        ),
    )

    lines = [line for line in text.split("\n") if line]
    assert lines == [*delivery, *buyer, *(" ".join(row) for row in ITEMS)]


def test_a_table_above_columns_of_prose_keeps_its_rows(path: Path) -> None:
    left, right = prose("L", 20, 42), prose("R", 20, 42)

    text = read(
        path,
        *(
            [(x, 780 - 14 * n, cell) for x, cell in zip((60, 305, 380, 440, 500), row, strict=True)]
            for n, row in enumerate(ITEMS)
        ),
        column(60, 700, 12, left),
        column(305, 700, 12, right),
    )

    lines = [line for line in text.split("\n") if line]
    assert lines == [*(" ".join(row) for row in ITEMS), *left, *right]


def test_blocks_that_begin_anew_side_by_side_are_read_in_sections(path: Path) -> None:
    above = ["Olives Ltd", "87 Walk of Heat", "41700 Two Sisters"], ["Tony Oak", "Sales", "Lyon"]
    below = ["Carrier Ltd", "Port Road 5", "41001 Seville"], ["Ann Elm", "Stores", "Nantes"]

    text = read(
        path,
        column(60, 700, 13, above[0]),
        column(330, 695, 15, above[1]),
        column(60, 620, 13, below[0]),
        column(330, 620, 15.5, below[1]),
    )

    lines = [line for line in text.split("\n") if line]
    assert lines == [*above[0], *above[1], *below[0], *below[1]]


def test_a_line_with_one_wide_space_above_columns_is_not_torn(path: Path) -> None:
    left = ["Northern office", "3330 Flamingo Road", "Telephone 486-1404"]
    right = ["Other areas", "2527 Carson Street", "Telephone 684-0730"]

    text = read(
        path,
        [(160, 715, "Or send your application to:"), (297, 715, "assistance@example.org")],
        column(60, 700, 12, left),
        column(370, 697, 14, right),
    )

    lines = [line for line in text.split("\n") if line]
    assert lines[0] == "Or send your application to: assistance@example.org"
    assert lines[1:] == [*left, *right]


def test_labels_of_several_words_do_not_make_a_column_of_prose(path: Path) -> None:
    labels = ["Date of invoice", "Terms of payment", "Date it is due", "Number of your order"]
    values = ["13 November 2017", "thirty days net without discount", "13 December", "PO 445 a b"]
    contact = ["Who sold this to you", "Tony Oak of the sales team", "+33 4 72 07 08 56", "Lyon"]

    text = read(
        path,
        column(60, 700, 14, labels),
        column(160, 700, 14, values),
        column(360, 700, 14, contact),
    )

    expected = [" ".join(row) for row in zip(labels, values, contact, strict=True)]
    assert [line for line in text.split("\n") if line] == expected


def placed(*lines: tuple[float, float, str], height: float = 10) -> list[PlacedWord]:
    """Return words that are 6 wide a letter, each line from its left and top."""
    found = []
    for left, top, line in lines:
        x = left
        for text in line.split():
            found.append(PlacedWord(text, x, top, x + 6 * len(text), top + height, 0))
            x += 6 * len(text) + 4
    return found


def table_of(rows: list[list[list[PlacedWord]]]) -> FoundTable:
    cells = [
        FoundCell(
            row,
            column,
            1,
            1,
            min(word.left for word in words),
            min(word.top for word in words),
            max(word.right for word in words),
            max(word.bottom for word in words),
            tuple(words),
        )
        for row, line in enumerate(rows)
        for column, words in enumerate(line)
    ]
    return FoundTable(
        min(cell.left for cell in cells),
        min(cell.top for cell in cells),
        max(cell.right for cell in cells),
        max(cell.bottom for cell in cells),
        len(rows),
        len(rows[0]),
        tuple(cells),
        ruled=True,
    )


def text_of(words: list[PlacedWord], *tables: FoundTable) -> list[tuple[bool, list[str]]]:
    return [
        (paragraph.is_table, [" ".join(word.text for word in line) for line in paragraph.lines])
        for paragraph in paragraphs(words, tables)
    ]


def test_a_table_is_one_paragraph_where_it_stands() -> None:
    above, below = placed((0, 0, "above the table")), placed((0, 100, "below the table"))
    cells = [[placed((x, y, f"c{x}{y}")) for x in (0, 60, 120)] for y in (30, 50, 70)]
    words = [word for row in cells for cell in row for word in cell]

    found = text_of([*below, *words, *above], table_of(cells))

    assert found == [
        (False, ["above the table"]),
        (True, ["c030 c6030 c12030", "c050 c6050 c12050", "c070 c6070 c12070"]),
        (False, ["below the table"]),
    ]


def test_text_beside_a_table_is_none_of_its_rows() -> None:
    cells = [[placed((x, y, f"c{x}{y}")) for x in (0, 60)] for y in (30, 50, 70)]
    words = [word for row in cells for cell in row for word in cell]
    beside = placed((200, 30, "Total 5"), (200, 50, "Tax 1"), (200, 70, "Sum 6"))

    found = text_of([*beside, *words], table_of(cells))

    assert [is_table for is_table, _ in found] == [True, False]
    assert found[1] == (False, ["Total 5", "Tax 1", "Sum 6"])


def test_tables_beside_each_other_are_read_one_after_the_other() -> None:
    left = [[placed((x, y, f"l{x}{y}")) for x in (0, 60)] for y in (30, 50, 70)]
    right = [[placed((x, y, f"r{x}{y}")) for x in (300, 360)] for y in (25, 45, 65, 85)]
    words = [word for rows in (left, right) for row in rows for cell in row for word in cell]

    found = text_of(words, table_of(right), table_of(left))

    assert [(is_table, lines[0]) for is_table, lines in found] == [
        (True, "l030 l6030"),
        (True, "r30025 r36025"),
    ]


def test_a_table_without_words_is_not_read() -> None:
    words = placed((0, 0, "only words"))
    empty = FoundTable(0, 50, 100, 90, 1, 1, (FoundCell(0, 0, 1, 1, 0, 50, 100, 90, ()),), True)

    assert text_of(words, empty) == [(False, ["only words"])]
