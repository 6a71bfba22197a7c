"""Identifiers: right ones, near misses, and numbers that are called something else."""

from __future__ import annotations

import pytest
from docparser.classify.identifiers import IdentifierWatch
from docparser.classify.reading import Reading
from docparser.model import Level

from tests.unit.classify.pages import page_of


def watch(*texts: str) -> IdentifierWatch:
    watched = IdentifierWatch()
    for number, text in enumerate(texts, start=1):
        watched.read(Reading(page_of(text, number)))
    return watched


def names(text: str) -> set[str]:
    return {sighting.rule.removeprefix("identifier.") for sighting in watch(text).seen}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX", "iban"),
        ("GB29NWBK60161331926819", "iban"),
        ("RE25 0417 DE89 3704 0044 0532 0130 00 PAID 2025", "iban"),
        ("DE89 3704 0044 0532 0130 01 4111 1111 1111 1111", "payment_card"),
        ("4111 1111 1111 1111", "payment_card"),
        ("Amex 3782 822463 10005", "payment_card"),
        ("Kreditkarte: 5555555555554444", "payment_card"),
        ("4111111111111111", "payment_card"),
        ("Steuer-ID: 86095742719", "de_tax_id"),
        ("Identifikationsnummer 86 095 742 719", "de_tax_id"),
        ("65 170839 J 003", "de_pension_number"),
        ("SV-Nummer 15070649C103", "de_pension_number"),
        ("Versichertennummer A123456780", "de_health_number"),
        ("Steuernummer 181/815/08155", "de_tax_number"),
        ("SSN 536-90-4399", "us_ssn"),
        ("NI number AB 12 34 56 C", "uk_nino"),
        ("N° 2 94 03 75 120 005 91", "fr_nir"),
        ("AHV 756.1234.5678.97", "ch_social_number"),
        ("RSSMRA85T10A562S", "it_tax_code"),
        ("DNI 12345678Z", "es_tax_id"),
        ("Passport No. C01X00T478", "id_document_number"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "machine_readable_zone"),
        ("geboren am 12.03.1985 in Kiel", "date_of_birth"),
        ("Geburtsdatum: 12. März 1985", "date_of_birth"),
        ("Date of birth 12 March 1985", "date_of_birth"),
        ("DOB 03/18/2001", "date_of_birth"),
        ("né le 12/03/1985", "date_of_birth"),
        ("USt-IdNr. DE136695976", "vat_id"),
        ("VAT ATU13585627", "vat_id"),
        ("mail info@halden.example", "mail"),
        ("mail ida.dale@gmail.com", "private_mail"),
        ("Tel. 030 41092-0", "phone"),
        ("+49 (0) 30 41092-111", "phone"),
    ],
)
def test_a_right_identifier_counts(text: str, name: str):
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("IBAN DE89 3704 0044 0532 0130 01", id="iban: wrong digit"),
        pytest.param("IBAN XX89 3704 0044 0532 0130 00", id="iban: no such country"),
        pytest.param("4111 1111 1111 1112", id="card: wrong digit"),
        pytest.param("Invoice no 4111111111111111", id="card: called an invoice number"),
        pytest.param("EAN 4006381333931", id="card: an article number"),
        pytest.param("9999 9999 9999 9995", id="card: no such brand"),
        pytest.param("86095742719", id="tax id: eleven digits without context"),
        pytest.param("Steuer-ID: 86095742718", id="tax id: wrong digit"),
        pytest.param("65 170839 J 004", id="pension number: wrong digit"),
        pytest.param("65 990839 J 003", id="pension number: no such day"),
        pytest.param("A123456780", id="health number: without context"),
        pytest.param("SSN 000-12-3456", id="ssn: area never issued"),
        pytest.param("GB 12 34 56 C", id="nino: prefix never issued"),
        pytest.param("2 94 03 75 120 005 92", id="nir: wrong key"),
        pytest.param("RSSMRA85T10A562T", id="codice fiscale: wrong letter"),
        pytest.param("Date 12.03.1985", id="a date that is nobody's birth"),
        pytest.param("Date of birth: ____", id="an empty field"),
        pytest.param("Geboren wurde er in Kiel.", id="a birth without a date"),
        pytest.param("Order 12-3456 of 2025-03-01, 30 41092 0 units", id="figures"),
        pytest.param("Passport control opens at 0600", id="a word and a time"),
    ],
)
def test_a_near_miss_does_not_count(text: str):
    assert names(text) == set()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Steuer-ID: 86095742719", Level.CONFIDENTIAL),
        ("IBAN DE89 3704 0044 0532 0130 00", Level.RESTRICTED),
        ("ida.dale@gmail.com", Level.INTERNAL),
        ("USt-IdNr. DE136695976", Level.PUBLIC),
        ("info@halden.example, Tel. 030 41092-0", Level.PUBLIC),
    ],
)
def test_what_an_identifier_demands(text: str, level: Level):
    assert set(watch(text).levels.values()) == {level}


def test_identifiers_are_looked_for_on_every_page():
    watched = watch(*["nothing here"] * 40, "Steuer-ID: 86095742719")

    (sighting,) = watched.seen
    assert sighting.page == 41


def test_the_box_covers_the_number_alone():
    (sighting,) = watch("Our IBAN is DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX").seen

    assert sighting.phrase == "DE89 3704 0044 0532 0130 00"
    assert sighting.polygon is not None
    # "Our IBAN is " is twelve characters of one percent, the number twenty-seven
    assert sighting.polygon[0][0] == pytest.approx(0.17)
    assert sighting.polygon[1][0] == pytest.approx(0.44)


def test_many_contacts_are_a_list():
    few = "\n".join(f"member{i}@club.example" for i in range(19))

    assert "identifier.contact_list" not in watch(few).levels
    assert watch(few, "another@club.example").levels["identifier.contact_list"] is Level.RESTRICTED


def test_one_contact_in_every_footer_is_no_list():
    assert "identifier.contact_list" not in watch(*["info@halden.example"] * 50).levels
