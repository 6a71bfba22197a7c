"""Numbers that a column or a cell broke: reading order goes across."""

from __future__ import annotations

from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.model import Block, Cell, Line, Page, PiiType, Table, Word, box

from tests.unit.classify.pages import page_of


def line(number: int, *pieces: tuple[float, str]) -> Line:
    """Return a line of pieces, each at its place across the page."""
    top = 0.1 + 0.02 * number
    words = []
    for left, text in pieces:
        for word in text.split():
            right = left + 0.01 * len(word)
            words.append(
                Word(
                    id=f"{number}.{len(words)}",
                    text=word,
                    polygon=box(left, top, right, top + 0.015),
                    confidence=1,
                )
            )
            left = right + 0.01
    place = box(0.05, top, 0.95, top + 0.015)
    return Line(id=str(number), text="", polygon=place, words=tuple(words))


def page_with(*lines: Line, tables: tuple[Table, ...] = ()) -> Page:
    block = Block(id="b", polygon=box(0, 0, 1, 1), lines=lines)
    return page_of("").model_copy(update={"blocks": (block,), "tables": tables})


def test_an_iban_below_itself_is_found_beside_other_columns():
    page = page_with(
        line(1, (0.05, "IBAN"), (0.2, "DE89 3704 0044"), (0.6, "Summe 12,00")),
        line(2, (0.2, "0532 0130 00"), (0.6, "Steuer 19,00")),
    )
    reading = Reading(page)
    watch = PiiWatch()
    findings = watch.read(reading)

    assert [reading.text[f.start : f.end] for f in findings] == ["DE89 3704 0044", "0532 0130 00"]
    assert {(f.type, f.verified) for f in findings} == {(PiiType.IBAN, True)}
    assert [word for f in findings for word in f.words] == [
        "1.1", "1.2", "1.3", "2.0", "2.1", "2.2",
    ]  # fmt: skip
    assert watch.counts[PiiType.IBAN] == 1
    assert watch.distinct(PiiType.IBAN) == 1


def test_a_cell_is_read_by_itself():
    first = line(1, (0.05, "Konto"), (0.2, "4111 1111"), (0.31, "offen"))
    second = line(2, (0.05, "und"), (0.2, "1111 1111"), (0.31, "bar"))
    place = box(0.2, 0.1, 0.3, 0.2)
    cell = Cell(
        row=0,
        column=1,
        polygon=place,
        text="4111 1111 1111 1111",
        word_ids=("1.1", "1.2", "2.1", "2.2"),
    )
    table = Table(id="t", polygon=place, rows=1, columns=1, cells=(cell,))
    reading = Reading(page_with(first, second, tables=(table,)))

    findings = PiiWatch().read(reading)

    assert [reading.text[f.start : f.end] for f in findings] == ["4111 1111", "1111 1111"]
    assert findings[0].type is PiiType.PAYMENT_CARD


def test_a_cell_that_names_a_word_twice_or_one_that_is_not_there():
    first = line(1, (0.05, "Konto"), (0.2, "4111 1111 1111 1111"))
    place = box(0.2, 0.1, 0.3, 0.2)
    ids = ("1.1", "1.1", "1.2", "1.3", "1.4", "9.9")
    cell = Cell(row=0, column=1, polygon=place, text="4111 1111", word_ids=ids)
    table = Table(id="t", polygon=place, rows=1, columns=1, cells=(cell,))

    (finding,) = PiiWatch().read(Reading(page_with(first, tables=(table,))))

    assert finding.type is PiiType.PAYMENT_CARD


def test_columns_of_amounts_are_no_numbers():
    page = page_with(
        line(1, (0.05, "86 095"), (0.6, "12,00")),
        line(2, (0.05, "742 719"), (0.6, "19,00")),
    )

    assert PiiWatch().read(Reading(page)) == []
