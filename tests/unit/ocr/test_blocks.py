"""What part a block plays on its page: told where it is certain, a paragraph otherwise."""

from __future__ import annotations

import random

import pytest
from docparser.model import BlockKind
from docparser.ocr.blocks import PlacedBlock, blocks
from docparser.ocr.glyphs import PlacedWord

WIDE, TALL = 600.0, 800.0
VOCABULARY = (
    "the quick brown fox jumps over a lazy dog while seven wizards brew strange potions beneath "
    "an old bridge in the rain"
).split()


def placed(left: float, top: float, line: str, height: float = 10) -> list[PlacedWord]:
    """Return the words of a line; letters are half as wide as they are high."""
    words = []
    for text in line.split():
        right = left + 0.5 * height * len(text)
        words.append(PlacedWord(text, left, top, right, top + height, 0))
        left = right + 0.3 * height
    return words


def prose(top: float, lines: int, height: float = 10, left: float = 50) -> list[PlacedWord]:
    choice = random.Random(top)
    return [
        word
        for number in range(lines)
        for word in placed(
            left, top + 1.2 * height * number, " ".join(choice.choices(VOCABULARY, k=18)), height
        )
    ]


def kinds(*parts: list[PlacedWord]) -> list[tuple[BlockKind, int | None, str]]:
    found = blocks([word for part in parts for word in part], (), TALL)
    return [(block.kind, block.level, text_of(block)) for block in found]


def text_of(block: PlacedBlock) -> str:
    return " ".join(word.text for line in block.lines for word in line)


def kind_of(text: str, *parts: list[PlacedWord]) -> tuple[BlockKind, int | None]:
    found = [(kind, level) for kind, level, read in kinds(*parts) if read == text]
    assert len(found) == 1, kinds(*parts)
    return found[0]


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("An account of foxes", 18),
        ("2.1 Scope of this account", 10),
        ("§ 3 Duties of the fox", 10),
        ("GENERAL TERMS", 10),
        ("An account of foxes", 11.5),
    ],
)
def test_a_line_over_running_text_is_a_heading(text: str, height: float) -> None:
    kind = kind_of(text, prose(100, 6), placed(50, 200, text, height), prose(230, 6))
    assert kind == (BlockKind.HEADING, 1)


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("The fox is dead.", 18),
        ("An account of foxes", 10),
        ("Foxes and wizards,", 11.5),
        ("12,500.00", 18),
        ("GENERAL TERMS:", 10),
        ("2.1 scope of this", 10),
    ],
)
def test_what_may_be_no_heading_is_none(text: str, height: float) -> None:
    kind = kind_of(text, prose(100, 6), placed(50, 200, text, height), prose(230, 6))
    assert kind == (BlockKind.PARAGRAPH, None)


def test_the_last_words_of_a_page_head_nothing() -> None:
    signature = placed(50, 600, "Erika Mustermann", 18)
    assert kind_of("Erika Mustermann", prose(100, 6), signature) == (BlockKind.PARAGRAPH, None)


def test_a_large_label_beside_its_value_is_no_heading() -> None:
    row = placed(50, 300, "Total", 18) + placed(400, 300, "1,250.00 EUR", 18)
    found = kinds(prose(100, 6), row, prose(400, 6))
    assert all(kind is BlockKind.PARAGRAPH for kind, _, _ in found)


def test_levels_follow_sizes() -> None:
    found = kinds(
        placed(50, 100, "Of foxes", 24),
        prose(150, 5),
        placed(50, 230, "Of young foxes", 16),
        prose(260, 5),
        placed(50, 340, "Of old foxes", 16.5),
        prose(370, 5),
        placed(50, 460, "4. In the rain", 10),
        prose(480, 5),
    )
    levels = {text: level for kind, level, text in found if kind is BlockKind.HEADING}
    assert levels == {"Of foxes": 1, "Of young foxes": 2, "Of old foxes": 2, "4. In the rain": 3}


def test_what_stands_alone_at_the_edges_is_header_and_footer() -> None:
    found = kinds(
        placed(50, 30, "Journal of Foxes"),
        placed(450, 30, "Volume 7"),
        prose(120, 40),
        placed(50, 740, "Fox Press, Hamburg", 8),
        placed(290, 785, "- 12 -", 8),
    )
    assert {text: kind for kind, _, text in found if kind is not BlockKind.PARAGRAPH} == {
        "Journal of Foxes Volume 7": BlockKind.HEADER,
        "Fox Press, Hamburg": BlockKind.FOOTER,
        "- 12 -": BlockKind.FOOTER,
    }


def test_a_page_number_needs_no_room() -> None:
    found = kinds(prose(100, 52), placed(290, 731, "Seite 3 von 12"))
    assert found[-1] == (BlockKind.FOOTER, None, "Seite 3 von 12")


def test_a_paragraph_that_goes_on_at_the_top_is_no_header() -> None:
    found = kinds(prose(50, 2), prose(120, 20))
    assert [kind for kind, _, _ in found] == [BlockKind.PARAGRAPH] * 2


def test_bullets_and_numbers_part_items() -> None:
    lines = ["• one fox", "• two foxes", "jumping over the dog", "• three foxes"]
    found = kinds(
        prose(100, 6),
        [word for n, line in enumerate(lines) for word in placed(60, 220 + 12 * n, line)],
    )
    assert [(kind, text) for kind, _, text in found[1:]] == [
        (BlockKind.LIST_ITEM, "• one fox"),
        (BlockKind.LIST_ITEM, "• two foxes jumping over the dog"),
        (BlockKind.LIST_ITEM, "• three foxes"),
    ]


def test_a_number_that_does_not_count_on_parts_nothing() -> None:
    lines = ["1. on the day of the hearing, 20 May", "4. of the same month as said above in", "the"]
    found = kinds([word for n, line in enumerate(lines) for word in placed(60, 12 * n, line)])
    assert len(found) == 1


def test_a_caption_is_known_by_its_number_and_stop() -> None:
    found = kinds(
        prose(100, 6),
        placed(60, 220, "Figure 3: A fox and a wizard"),
        prose(260, 1),
        placed(60, 300, "Table 4 shows that foxes jump"),
    )
    assert [kind for kind, _, text in found if text.startswith("Figure")] == [BlockKind.CAPTION]
    assert [kind for kind, _, text in found if text.startswith("Table")] == [BlockKind.PARAGRAPH]


def test_small_print_with_a_mark_below_the_text_is_a_footnote() -> None:
    note = placed(50, 690, "1 Foxes are not wizards, as was shown before.", 7.5)
    text = "1 Foxes are not wizards, as was shown before."
    assert kind_of(text, prose(100, 40), note)[0] is BlockKind.FOOTNOTE
    assert kind_of(text, prose(100, 6), note, prose(740, 1))[0] is not BlockKind.FOOTNOTE


def test_a_receipt_has_no_headings() -> None:
    lines = ["FOX MART", "TAX INVOICE", "Cola 2.50", "Bread 3.10", "Milk 1.20", "Total 6.80"]
    found = kinds(
        [word for n, line in enumerate(lines) for word in placed(60, 30 + 26 * n, line, 20)],
        placed(60, 2, "HELLO", 30),
    )
    assert {kind for kind, _, _ in found} == {BlockKind.PARAGRAPH}


def test_an_empty_page_has_no_blocks() -> None:
    assert blocks([], (), TALL) == []
