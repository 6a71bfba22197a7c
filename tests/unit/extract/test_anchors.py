"""Labels on a page, and where their values may stand."""

from __future__ import annotations

import pytest
from docparser.extract.layout.anchors import Labelled, Reading, Relation, Vocabulary, places
from docparser.extract.view import view

from tests.unit.extract.invoices import typed

VOCABULARY = Vocabulary(
    {
        "number": ("Invoice no", "Rechnungsnummer", "Order", "PO"),
        "total": ("Total", "Summe"),
        "gross": ("Total TTC", "Gesamtbetrag"),
        "due": ("Fällig am", "Échéance"),
    }
)


def _labelled(text: str) -> Labelled:
    page = view(typed(text))
    return Labelled(page, VOCABULARY.find(page))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Invoice No.: 4711", "number"),
        ("INVOICE-NO 4711", "number"),
        ("Inv oice N o 4711", "number"),
        ("InvoiceNo:4711", "number"),
        ("lnvoice N0: 4711", "number"),
        ("Rechnungsnummer4711", "number"),
        ("Faellig am 1.1.2026", "due"),
        ("ECHEANCE 1/1/2026", "due"),
        ("Total TTC 12,00", "gross"),
        ("PO 4711", "number"),
    ],
)
def test_a_label_is_found_however_it_is_set(text: str, key: str) -> None:
    assert [anchor.key for anchor in _labelled(text).anchors] == [key]


@pytest.mark.parametrize("text", ["Totals", "PO4711", "Ordering", "Subtotal", "Zusammenfassung"])
def test_a_part_of_a_word_is_no_label(text: str) -> None:
    assert not _labelled(text).anchors


def test_a_number_that_begins_with_letters_is_not_cut() -> None:
    (anchor,) = _labelled("Order PO-4711").anchors

    assert anchor.phrase == "Order"
    assert anchor.rest is not None
    assert anchor.rest.text == "PO-4711"


def test_what_follows_a_label_is_its_rest_with_the_minus_of_a_number() -> None:
    (anchor,) = _labelled("Gesamtbetrag:-12,00 EUR").anchors

    assert anchor.marked
    assert anchor.rest is not None
    assert anchor.rest.text == "-12,00 EUR"
    assert [word.text for word in anchor.rest.covering(0, 6)] == ["Gesamtbetrag:-12,00"]


def test_values_stand_behind_beside_or_below() -> None:
    page = _labelled(
        """
        Invoice no: 17 b            Summe          5,00        6,00
        Gesamtbetrag
        7,00
        """
    )
    said = {
        anchor.key: [(place.relation, place.reading.text) for place in page.places(anchor)]
        for anchor in page.anchors
    }

    assert said["number"] == [(Relation.AFTER, "17 b")]
    assert said["total"] == [(Relation.RIGHT, "5,00"), (Relation.RIGHT, "6,00")]
    assert said["gross"] == [(Relation.BELOW, "7,00")]


def test_what_another_label_begins_is_no_place() -> None:
    page = _labelled("Summe          Fällig am          1.1.2026")
    total, due = page.anchors

    assert not list(page.places(total))
    assert [place.reading.text for place in page.places(due)] == ["1.1.2026"]
    assert next(places(page.view, total)).reading.text == "Fällig am"


def test_the_nearer_place_is_the_better_one() -> None:
    page = _labelled("Summe          5,00        6,00")

    scores = [place.score for place in page.places(page.anchors[0])]

    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_a_number_in_two_words_without_a_blank_is_one() -> None:
    segment = view(typed("1234 5,00")).segments[0]
    first, second = segment.words
    apart = Reading(segment.words)
    joined = Reading(
        (first, type(second)(second.word, first.right, second.top, second.right, second.bottom))
    )

    assert apart.text == "1234 5,00"
    assert joined.text == "12345,00"
    assert joined.covering(5, 6) == (joined.words[1],)
