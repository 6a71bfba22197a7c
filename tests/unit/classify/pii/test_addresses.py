"""Streets with their numbers, as their countries write them, and what goes with them."""

from __future__ import annotations

import pytest

from tests.unit.classify.pii.looking import look, texts


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Musterstraße 42\nDE 75645 Frankfurt", "Musterstraße 42\nDE 75645 Frankfurt"),
        ("KUNDENWEG 88\n40235 DUESSELDORF", "KUNDENWEG 88\n40235 DUESSELDORF"),
        ("Ecke 12\n12345 Stadthausen", "Ecke 12\n12345 Stadthausen"),
        ("wohnhaft Am Alten Markt 5a, 24103 Kiel", "Am Alten Markt 5a, 24103 Kiel"),
        ("Waldstrasse 86-90 Tel", "Waldstrasse 86-90"),
        ("lives at 221B Baker Street, London NW1 6XE", "221B Baker Street, London NW1 6XE"),
        ("123 Any Street, Seattle, WA 98109.", "123 Any Street, Seattle, WA 98109"),
        ("35 rue de la République\n69001 Lyon", "35 rue de la République\n69001 Lyon"),
        ("Via Roma 131", "Via Roma 131"),
        ("Calle de Alcalá, 42", "Calle de Alcalá, 42"),
        ("Magasinsgatan 7", "Magasinsgatan 7"),
        ("Keizersgracht 555", "Keizersgracht 555"),
        ("Postfach 16 05 29", "Postfach 16 05 29"),
        ("P.O. Box 149", "P.O. Box 149"),
        ("Address: 7873 Pivovarská 276", "7873 Pivovarská 276"),
    ],
)
def test_an_address_is_found_whole(text: str, address: str):
    assert texts(text, "address") == [address]


def test_it_has_a_box_for_each_line():
    (seen,) = look("An\nMusterstraße 42\n75645 Frankfurt\nDatum")

    assert len(seen.finding.polygons) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Im Jahr 1900 zog er um, Im Oktober 1972 wieder",
        "by scoring 11 points during 2005",
        "along Kearney Boulevard to Fresno Street",
        "12 Schrauben, 5 Artikel, Menge 3",
        "in 1886, Robert Lane moved away",
        "Kapitel 3, Seite 12, Tabelle 4",
        "The road to 2030 is a long way",
    ],
)
def test_numbers_beside_words_are_no_address(text: str):
    assert texts(text, "address") == []
