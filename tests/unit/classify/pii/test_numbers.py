"""Identifying numbers: right ones, near misses, and numbers that are called something else."""

from __future__ import annotations

import pytest

from tests.unit.classify.pii.looking import look, texts, types, watch

RIGHT = [
    ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX", "iban"),
    ("GB29NWBK60161331926819", "iban"),
    ("RE25 0417 DE89 3704 0044 0532 0130 00 PAID 2025", "iban"),
    ("IBAN gb29nwbk60161331926819", "iban"),
    ("DE89-3704-0044-0532-0130-00", "iban"),
    ("DE89 3704 0044 0532 0130 01 4111 1111 1111 1111", "payment_card"),
    ("4111 1111 1111 1111", "payment_card"),
    ("Amex 3782 822463 10005", "payment_card"),
    ("Kreditkarte: 5555555555554444", "payment_card"),
    ("4111111111111111", "payment_card"),
    ("my card 4222222222222 is lost", "payment_card"),
    ("Steuer-ID: 86095742719", "tax_id"),
    ("Identifikationsnummer 86 095 742 719", "tax_id"),
    ("Steuernummer 181/815/08155", "tax_id"),
    ("RSSMRA85T10A562S", "tax_id"),
    ("DNI 12345678Z", "tax_id"),
    ("NIE Y8063915-Z", "tax_id"),
    ("ITIN 911-70-1234", "tax_id"),
    ("65 170839 J 003", "social_security"),
    ("SV-Nummer 15070649C103", "social_security"),
    ("SSN 536-90-4399", "social_security"),
    ("NI number AB 12 34 56 C", "social_security"),
    ("N° 2 94 03 75 120 005 91", "social_security"),
    ("AHV 756.1234.5678.97", "social_security"),
    ("PESEL 02070803628", "social_security"),
    ("henkilötunnus 020594X903P", "social_security"),
    ("Versichertennummer A123456780", "health_id"),
    ("NHS number 943 476 5919", "health_id"),
    ("Passport No. C01X00T478", "passport"),
    ("Personalausweis-Nr.: L01X00T471", "id_card"),
    ("Driving licence MORGA657054SM9IJ", "driving_licence"),
    ("Führerscheinnummer: BO12345678A", "driving_licence"),
    ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "machine_readable_zone"),
    ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "machine_readable_zone"),
    ("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "machine_readable_zone"),
    ("USt-IdNr. DE136695976", "vat_id"),
    ("VAT ATU13585627", "vat_id"),
    ("CHE-116.281.710 MWST", "vat_id"),
    ("Kontonummer 0532013000, BLZ 37040044", "bank_account"),
    ("BIC: COBADEFFXXX", "bank_account"),
]


@pytest.mark.parametrize(("text", "kind"), RIGHT)
def test_a_right_number_is_found(text: str, kind: str):
    assert kind in types(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00", "iban"),
        ("4111 1111 1111 1111", "payment_card"),
        ("Steuer-ID: 86095742719", "tax_id"),
        ("65 170839 J 003", "social_security"),
        ("Versichertennummer A123456780", "health_id"),
        ("USt-IdNr. DE136695976", "vat_id"),
    ],
)
def test_a_number_whose_checksum_holds_is_verified(text: str, kind: str):
    (seen,) = look(text)

    assert (seen.finding.type, seen.finding.verified) == (kind, True)
    assert seen.finding.confidence >= 0.9


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("IBAN DE89 3704 0044 0532 0130 01", "iban", "DE89 3704 0044 0532 0130 01"),
        ("IBAN: DE12 1234 4321 9876 00 BIC none", "iban", "DE12 1234 4321 9876 00"),
        ("Kartennummer 4012 8888 8888 1882", "payment_card", "4012 8888 8888 1882"),
        ("Steuer-ID: 86095742718", "tax_id", "86095742718"),
        ("Steuernummer: 999/999/99999", "tax_id", "999/999/99999"),
        ("USt-IdNr.: DE123456789", "vat_id", "DE123456789"),
        ("UStID#DE12345618938", "vat_id", "DE12345618938"),
        ("N° TVA FR19787878780", "vat_id", "FR19787878780"),
        ("N° de sécurité sociale 2 94 03 75 120 005 92", "social_security",
         "2 94 03 75 120 005 92"),
        ("KVNR A123456781", "health_id", "A123456781"),
    ],
)  # fmt: skip
def test_a_label_is_enough_without_the_checksum(text: str, kind: str, number: str):
    (seen,) = look(text)

    assert (seen.text, seen.finding.type, seen.finding.verified) == (number, kind, False)
    assert seen.finding.confidence < 0.9


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("DE89 3704 0044 0532 0130 01", id="iban: wrong digit, no label"),
        pytest.param("XX89 3704 0044 0532 0130 00", id="iban: no such country"),
        pytest.param("4111 1111 1111 1112", id="card: wrong digit"),
        pytest.param("Invoice no 4111111111111111", id="card: called an invoice number"),
        pytest.param("EAN 4006381333931", id="card: an article number"),
        pytest.param("Artikel 4006381333931, Lieferschein 40063813", id="article and note"),
        pytest.param("9999 9999 9999 9995", id="card: no such brand"),
        pytest.param("Credit card invoice 471112345678", id="card: an invoice about cards"),
        pytest.param("86095742719", id="tax id: eleven digits without context"),
        pytest.param("86095742718", id="tax id: wrong digit, no label"),
        pytest.param("65 170839 J 004", id="pension number: wrong digit"),
        pytest.param("65 990839 J 003", id="pension number: no such day"),
        pytest.param("A123456780", id="health number: without context"),
        pytest.param("SSN 000-12-3456", id="ssn: area never issued"),
        pytest.param("GB 12 34 56 C", id="nino: prefix never issued"),
        pytest.param("2 94 03 75 120 005 92", id="nir: wrong key"),
        pytest.param("RSSMRA85T10A562T", id="codice fiscale: wrong letter"),
        pytest.param("Order 12-3456 of 2025-03-01, 30 41092 0 units", id="figures"),
        pytest.param("Passport control opens at 0600", id="a word and a time"),
        pytest.param("Steuernummer: ____ Rechnungsnummer 2019113402", id="another label between"),
        pytest.param("Steuer-ID liegt vor. Betrag 12 EUR, Vorgang 86095742718", id="far away"),
        pytest.param("if (a << 3) { b <<= 12; } " + "<" * 44, id="mrz: code and arrows"),
        pytest.param("1030214K", id="dni: a company's number of seven digits"),
        pytest.param("SWIFT transfer was rejected", id="bic: a word of eight letters"),
        pytest.param("12.345.678,90 EUR 98.765.432,10 EUR", id="amounts"),
        pytest.param("HRB 123456, GLN 4304171000002", id="register and location"),
    ],
)
def test_a_near_miss_is_not_found(text: str):
    assert types(text) == set()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("IBAN: FR20 1242 1242 1242\n1242 1242 124 - BIC", "FR20 1242 1242 1242\n1242 1242 124"),
        ("IBAN\nDE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("Konto DE89 3704 0044\n0532 0130 00", "DE89 3704 0044\n0532 0130 00"),
    ],
)
def test_an_iban_crosses_a_line_break(text: str, number: str):
    assert texts(text, "iban") == [number]


def test_each_line_of_a_broken_number_has_its_box():
    (seen,) = look("Unser Konto: DE89 3704 0044\n0532 0130 00")

    assert len(seen.finding.polygons) == 2
    assert seen.finding.words == ("p1.w3", "p1.w4", "p1.w5", "p1.w101", "p1.w102", "p1.w103")


def test_numbers_below_one_another_are_not_one():
    # read across the lines these are the tax id 86 095 742 719
    assert types("86 095\n742 719") == set()


def test_of_two_readings_of_a_place_one_stays():
    (seen,) = look("Mi Número de identificación de extranjero es Y8063915-Z")

    assert seen.text == "Y8063915-Z"


def test_columns_of_labels_and_values():
    found = look("Steuernummer\nUSt-IdNr.\n201/113/40209\nDE136695976")

    assert [seen.finding.type.value for seen in found] == ["tax_id", "vat_id"]


def test_labels_of_several_languages_on_one_page():
    found = look(
        "IBAN FR20 1242 1242 1242 1242 1242 124\nSteuer-ID: 86095742719\n"
        "Numéro de sécurité sociale 2 94 03 75 120 005 91\nNational Insurance number AB123456C\n"
        "NIF 12345678Z\nDate de naissance : 12/03/1985\nTél. +33 4 72 07 08 55"
    )

    assert [seen.finding.type.value for seen in found] == [
        "iban", "tax_id", "social_security", "social_security", "tax_id", "date_of_birth", "phone",
    ]  # fmt: skip


def test_numbers_are_looked_for_on_every_page():
    watched = watch(*["nothing here"] * 40, "Steuer-ID: 86095742719")

    (sighting,) = watched.sightings
    assert (sighting.rule, sighting.page) == ("pii.tax_id", 41)


def test_the_box_covers_the_number_alone():
    (seen,) = look("Our IBAN is DE89 3704 0044 0532 0130 00 or ask")

    (polygon,) = seen.finding.polygons
    # "Our IBAN is " is twelve characters of one percent, the number twenty-seven
    assert polygon[0][0] == pytest.approx(0.17)
    assert polygon[1][0] == pytest.approx(0.44)
