"""Names of persons where something says so, and capitalised words where nothing does."""

from __future__ import annotations

import pytest

from tests.unit.classify.pii.looking import look, texts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sehr geehrte Frau Dr. Halvorsen,", "Halvorsen"),
        ("Sehr geehrter Herr von Ahnen-Thal,", "Ahnen-Thal"),
        ("Dear Ms Okonkwo,", "Okonkwo"),
        ("Dear Ida,", "Ida"),
        ("Chère Madame Lefèvre,", "Lefèvre"),
        ("My name is Tomomi Vuković and I write", "Tomomi Vuković"),
        ("my name is vitoria", "vitoria"),
        ("Ich heiße Uwe Brandt.", "Uwe Brandt"),
        ("Ansprechpartner: Tanja Tinder", "Tanja Tinder"),
        ("Geschäftsführung:\nMaxima Musterfrau", "Maxima Musterfrau"),
        ("Account holder: Siiri Laukkanen", "Siiri Laukkanen"),
        ("Nom et prénom : Adjoa Mensah", "Adjoa Mensah"),
        ("Mit freundlichen Grüßen\n\nJorunn Eklund", "Jorunn Eklund"),
        ("Kind regards,\nPriya N. Raman\nHead of Sales", "Priya N. Raman"),
        ("Write to Jorunn Eklund, jorunn.eklund@halden.example", "Jorunn Eklund"),
        ("signed in the presence of Martin Brandt", "Martin Brandt"),
        ("Jorunn Eklund\nKundenweg 88\n40235 Düsseldorf", "Jorunn Eklund"),
        ("He and the player Jorunn Eklund were there", "Jorunn Eklund"),
        ("Our founders: Kónya, Becker and Vasquez", "Vasquez"),
        ("Attn: Richard Tarte", "Richard Tarte"),
        ("PATIENT: IDA NG", "IDA NG"),
        ("That is the book with which Gladys had been to the fair", "Gladys"),
        ("Herrn\nAdjoa Mensah-Thal\nim Hause", "Adjoa Mensah-Thal"),
        ("By: /s/ Siiri Laukkanen\nTitle: CEO", "Siiri Laukkanen"),
    ],
)
def test_a_name_in_context_is_found(text: str, name: str):
    assert name in texts(text, "person")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Sehr geehrte Damen und Herren,", id="nobody in particular"),
        pytest.param("Dear Customer, Dear Sir or Madam,", id="nobody in English"),
        pytest.param("Name:\nGrundbesitz GmbH & Co.", id="a company in a field for names"),
        pytest.param("Verkäufer\nMUSTER-Autovermietung GMBH", id="a company"),
        pytest.param("Blue Widget, Steel Hammer, Garden Hose", id="products"),
        pytest.param("Der Vertrag über die Lieferung von Schrauben", id="German nouns"),
        pytest.param("Amtsgericht Musterstadt, Deutsche Bank, Bad Homburg", id="institutions"),
        pytest.param("Dresdner Straße 5, Alexanderplatz 1", id="streets with names"),
        pytest.param("New York, United States of America", id="places"),
        pytest.param("Terms and Conditions of the Receiving Party", id="parts of a contract"),
        pytest.param("On the last Sunday before Labor Day we were in Mill Village", id="days"),
        pytest.param(
            "They are in Victoria and the Georgia of old was a Christian one", id="namesakes"
        ),
        pytest.param("GLN HRB IBAN BIC USt", id="abbreviations"),
    ],
)
def test_capitalised_words_alone_are_no_name(text: str):
    assert texts(text, "person") == []


def test_a_known_name_is_known_everywhere_on_the_page():
    found = texts("Dear Faina D. Yefremova, welcome. Later Yefremova sang.", "person")

    assert found == ["Faina D. Yefremova", "Yefremova"]


def test_the_possessive_and_the_full_stop_are_no_part_of_the_name():
    assert texts("Dear Ida's team wrote to Mr Dale.", "person") == ["Ida", "Dale"]


def test_a_letterhead_makes_no_persons_of_its_lines():
    seen = look(
        "Halden Werkzeuge GmbH\nAm Hafen 3\n24103 Kiel\nRechnung Nr. 4711\nDatum 01.03.2025\n"
        "Pos Menge Beschreibung Einzelpreis Gesamtpreis\n1 2 Großer Hammer 12,00 24,00"
    )

    assert [entry.finding.type.value for entry in seen] == ["address"]
