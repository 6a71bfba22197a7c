"""A page as a string, and the way back to its words."""

from __future__ import annotations

import pytest
from docparser.classify.reading import Reading
from docparser.model import Block, Line, Page, Word, box

from tests.unit.classify.pages import page_of


def page_with(*words: Word, text: str = "") -> Page:
    place = box(0.1, 0.1, 0.9, 0.2)
    line = Line(id="p1.l1", text=text, polygon=place, words=words)
    return page_of("").model_copy(
        update={"blocks": (Block(id="p1.b1", polygon=place, lines=(line,)),)}
    )


def word(text: str, left: float) -> Word:
    return Word(id="p1.w1", text=text, polygon=box(left, 0.1, left + 0.1, 0.2), confidence=1)


def test_positions_agree_between_text_and_lower_case():
    reading = Reading(page_of("Straße İstanbul ẞ\nNON\u2011DISCLOSURE \u2013 l\u2019été"))

    assert len(reading.text) == len(reading.lower)
    assert reading.text == "Straße Istanbul ẞ\nNON-DISCLOSURE - l'été\n"
    assert list(reading.find("non-disclosure")) == [(18, 32)]


def test_ligatures_and_composed_letters_are_found():
    reading = Reading(page_of("o\ufb03cial su\u0308d"))

    assert list(reading.find("official süd")) == [(0, 12)]


def test_a_phrase_crosses_a_line_break_and_its_box_covers_both_ends():
    reading = Reading(page_of("for internal\nuse only"))
    ((start, end),) = reading.find("internal use only")
    polygon = reading.polygon(start, end)

    assert polygon is not None
    assert polygon[0] == pytest.approx((0.05, 0.1))
    assert polygon[2] == pytest.approx((0.17, 0.136))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("invoice", "Invoices invoiced reinvoice", 0),
        ("invoice", "Invoice, invoice; (invoice)", 3),
        ("vertraulich*", "Vertrauliche Vertraulichkeit unvertraulich", 2),
        ("*bericht", "Jahresbericht Berichte Bericht", 2),
        ("§ 1", "§ 1 § 12", 1),
        ("ust.", "USt. Ust.-ID", 2),
    ],
)
def test_whole_words_only(phrase: str, text: str, found: int):
    assert len(list(Reading(page_of(text)).find(phrase))) == found


def test_a_line_without_words_lends_them_its_box():
    reading = Reading(page_with(text="two words"))

    assert reading.text == "two words\n"
    assert reading.polygon(4, 9) == box(0.1, 0.1, 0.9, 0.2)


def test_wide_gaps_part_a_line():
    reading = Reading(page_with(word("left", 0.1), word("side", 0.21), word("right", 0.8)))

    assert [reading.text[a:b] for a, b in reading.segments(reading.lines[0])] == [
        "left side",
        "right",
    ]


def test_wide_gaps_are_tabs_where_names_are_looked_for():
    reading = Reading(page_with(word("left", 0.1), word("side", 0.21), word("right", 0.8)))

    assert reading.parted == "left side\tright\n"


def test_words_lead_back_to_their_ids_and_lines():
    reading = Reading(page_of("one two\nthree"))

    assert [(place.id, place.line) for place in reading.places(4, 9)] == [
        ("p1.w2", 0),
        ("p1.w101", 1),
    ]


def test_an_empty_page_has_neither_text_nor_places():
    reading = Reading(page_of(""))

    assert reading.text == ""
    assert reading.lines == []
    assert reading.polygon(0, 1) is None
