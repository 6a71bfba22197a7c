"""Identity documents: zones with their check digits, labels in three languages, numbered items."""

from __future__ import annotations

import time
from datetime import date

import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.layout import mrz
from docparser.extract.layout.identity import IdentityReader
from docparser.extract.validation import check
from docparser.model import DocumentType, FieldValue
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.unit.extract.einvoices import page

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCHEMA = schemas.shipped(DocumentType.ID_DOCUMENT)
assert SCHEMA is not None
OUTPUT = Draft202012Validator(SCHEMA.json_schema())

# The specimens of ICAO 9303, parts 4 to 7, and of Germany's identity card.
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
VISA = (
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
)
GERMAN = (
    "IDD<<T220001293<<<<<<<<<<<<<<<",
    "6408125<2010315D<<<<<<<<<<<<<4",
    "MUSTERMANN<<ERIKA<<<<<<<<<<<<<",
)
LONG_NUMBER = (
    "I<UTOD23145890<7349<<<<<<<<<<<",
    "3407127M9507122UTO<<<<<<<<<<<2",
    "STEVENSON<<PETER<JOHN<<<<<<<<<",
)


def read(*rows: str, locale: Locale | None = None) -> dict[str, FieldValue]:
    reader = IdentityReader(SCHEMA, locale or Locale("en"))
    reader.read(page(*rows))
    return {field.name: field for field in reader.found().fields}


def values(*rows: str, locale: Locale | None = None) -> dict[str, object]:
    return {name: field.value for name, field in read(*rows, locale=locale).items()}


def zone(*lines: str) -> mrz.Zone | None:
    found = mrz.find([mrz.line(line) for line in lines])
    return None if found is None else found[1]


def zone_of_passport(
    names: str, number: str, country: str, birth: str, sex: str, expiry: str
) -> tuple[str, str]:
    parts = [f"{part}{mrz.check_digit(part)}" for part in (number, birth, expiry, "<" * 14)]
    line = f"{parts[0]}{country}{parts[1]}{sex}{parts[2]}{parts[3]}"
    return f"P<{names}".ljust(44, "<"), f"{line}{mrz.check_digit(''.join(parts))}"


# ---------------------------------------------------------------------- zones
@pytest.mark.parametrize(
    ("lines", "kind", "number", "expiry"),
    [
        (TD3, "passport", "L898902C3", date(2012, 4, 15)),
        (TD1, "identity_card", "D23145890", date(2012, 4, 15)),
        (TD2, "identity_card", "D23145890", date(2012, 4, 15)),
        (VISA, "visa", "L8988901C", date(2096, 12, 10)),
        (GERMAN, "identity_card", "T22000129", date(2020, 10, 31)),
        (LONG_NUMBER, "identity_card", "D23145890734", date(2095, 7, 12)),
    ],
    ids=["td3", "td1", "td2", "visa", "german", "long"],
)
def test_a_zone_is_read(lines: tuple[str, ...], kind: str, number: str, expiry: date) -> None:
    found = zone("some line", *lines, "another")

    assert found is not None
    assert (found.kind, found.document_number, found.expiry_date) == (kind, number, expiry)
    assert found.surname in {"ERIKSSON", "MUSTERMANN", "STEVENSON"}
    assert found.given_names in {"ANNA MARIA", "ERIKA", "PETER JOHN"}
    assert mrz.WHOLE in found.checked


def test_the_rest_of_a_zone() -> None:
    german, passport = zone(*GERMAN), zone(*TD3)
    assert german is not None
    assert passport is not None

    assert (german.nationality, german.issuing_country, german.sex) == ("DE", "DE", "X")
    assert german.birth_date == date(1964, 8, 12)
    assert (passport.birth_date, passport.sex) == (date(1974, 8, 12), "F")
    assert passport.nationality is None  # Utopia has no code


def test_letters_and_digits_of_one_shape_are_told_apart_by_their_place() -> None:
    again = ("IDD<<T22OOO1293<<<<<<<<<<<<<<<", "64O8I25<2O1O3I5D<<<<<<<<<<<<<4", GERMAN[2])

    assert zone(*again) == zone(*GERMAN)


@pytest.mark.parametrize("lines", [TD3, TD1, TD2, GERMAN], ids=["td3", "td1", "td2", "german"])
def test_fillers_may_be_cut_and_blanks_put_in(lines: tuple[str, ...]) -> None:
    # OCR reads a row of fillers as one fewer or two more, and parts it.
    *numbers, names = lines if len(lines) == 3 else (lines[1], lines[0])
    named = [names[:-2], names + "<", f"{names[:12]} {names[12:]}", names[:-3] + "KK<"]
    expected = zone(*lines)
    for again in named:
        several = [*numbers, again] if len(lines) == 3 else [again, *numbers]
        assert zone(*several) == expected


@UNHURRIED
@given(st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(place: int, more: int) -> None:
    digits = TD3[1]
    at = (0, 1, 2, 3, 4, 5, 6, 7, 8)[place]
    if not digits[at].isdecimal():
        return
    wrong = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]

    found = zone(TD3[0], wrong)

    assert found is not None
    assert found.document_number != "L898902C3"
    assert mrz.WHOLE not in found.checked
    assert found.birth_date == date(1974, 8, 12)


zone_like = st.text(st.sampled_from("PIVACUTO<<<<0123456789"), min_size=28, max_size=46)


@UNHURRIED
@given(st.lists(zone_like, max_size=4))
@example(["<" * 44, "<" * 44])
@example(["P" + "<" * 43, "<" * 44])
@example(["I<UTO" + "<" * 25, "9913329<9999999" + "<" * 15, "<" * 30])
def test_any_rows_of_letters_are_a_zone_or_none(lines: list[str]) -> None:
    zone(*lines)
    read(*lines)


# ---------------------------------------------------------------------- whole documents
def test_a_passport_has_its_labels_and_its_zone() -> None:
    found = read(
        "REISEPASS / PASSPORT / PASSEPORT|Bundesrepublik Deutschland",
        "Typ / Type|Kode / Code|Pass-Nr. / Passport No.",
        "P|D|C01X00T47",
        "Name / Surname / Nom",
        "MÜSTERMANN",
        "Vornamen / Given names / Prénoms",
        "ERIKA",
        "Geburtsdatum / Date of birth|12 AUG/AOÛT 1964",
        "Gültig bis / Date of expiry|31.10.2027",
        *zone_of_passport("D<<MUESTERMANN<<ERIKA", "C01X00T47", "D<<", "640812", "F", "271031"),
        locale=Locale("de"),
    )

    assert {name: field.value for name, field in found.items()} == {
        "kind": "passport",
        "document_number": "C01X00T47",
        "surname": "MÜSTERMANN",
        "given_names": "ERIKA",
        "nationality": "DE",
        "birth_date": "1964-08-12",
        "sex": "F",
        "expiry_date": "2027-10-31",
        "issuing_country": "DE",
    }
    assert min(field.confidence for field in found.values()) >= 0.88
    assert check(SCHEMA, found.values()) == ((), ())
    OUTPUT.validate(SCHEMA.instance(found.values()))
    number = found["document_number"]
    assert (number.page, number.quote) == (1, number.raw)
    assert number.raw.startswith("C01X00T47")


def test_a_name_is_as_it_is_printed_where_the_zone_has_no_accents() -> None:
    zone_of = ("P<FRAGARCIA<<MARIA<<<<<<<<<<<<<<<<<<<<<<<<<<", TD3[1])
    found = values("Nom / Surname|GARCÍA", "Prénoms / Given names|María", *zone_of)

    assert (found["surname"], found["given_names"]) == ("GARCÍA", "María")


@pytest.mark.parametrize(
    ("rows", "locale"),
    [
        (
            (
                "IDENTITY CARD",
                "Surname|MILLER",
                "Given names|ANN MARY",
                "Document No.|AB1234567",
                "Date of birth|04/03/1980",
                "Sex|F",
                "Nationality|British",
                "Date of expiry|01/02/2031",
            ),
            Locale("en", "GB"),
        ),
        (
            (
                "PERSONALAUSWEIS",
                "Name: MILLER|Vornamen: ANN MARY",
                "Geburtsdatum|Geschlecht",
                "04.03.1980|weiblich",
                "Staatsangehörigkeit: GBR",
                "Ausweisnummer: AB1234567",
                "Gültig bis: 01.02.2031",
            ),
            Locale("de", "DE"),
        ),
        (
            (
                "CARTE NATIONALE D'IDENTITÉ",
                "Nom : MILLER",
                "Prénoms : ANN MARY",
                "Né(e) le : 04/03/1980|Sexe : F",
                "Nationalité : GBR",
                "Numéro de document : AB1234567",
                "Date d'expiration : 01/02/2031",
            ),
            Locale("fr", "FR"),
        ),
    ],
    ids=["en", "de", "fr"],
)
def test_a_card_without_a_zone_is_read_by_its_labels(rows: tuple[str, ...], locale: Locale) -> None:
    assert values(*rows, locale=locale) == {
        "kind": "identity_card",
        "surname": "MILLER",
        "given_names": "ANN MARY",
        "document_number": "AB1234567",
        "birth_date": "1980-03-04",
        "sex": "F",
        "nationality": "GB",
        "expiry_date": "2031-02-01",
    }


def test_a_driving_licence_has_numbers_for_labels() -> None:
    european = values(
        "FÜHRERSCHEIN|Bundesrepublik Deutschland",
        "1. Mustermann",
        "2. Erika",
        "3. 12.08.64 Berlin",
        "4a. 01.01.2013",
        "4b. 31.12.2027",
        "5. B072RRE2I55",
        locale=Locale("de"),
    )
    american = values(
        "USA|DRIVER LICENSE",
        "4d DL 99 999 999",
        "3 DOB 01/07/1973",
        "4b EXP 01/07/2026",
        "1 SAMPLE",
        "2 ANDREW JASON",
        "15 SEX M",
        locale=Locale("en", "US"),
    )

    assert european == {
        "kind": "driving_licence",
        "surname": "Mustermann",
        "given_names": "Erika",
        "birth_date": "1964-08-12",
        "expiry_date": "2027-12-31",
        "document_number": "B072RRE2I55",
        "issuing_country": "DE",
    }
    assert american == {
        "kind": "driving_licence",
        "document_number": "99999999",
        "surname": "SAMPLE",
        "given_names": "ANDREW JASON",
        "birth_date": "1973-01-07",
        "expiry_date": "2026-01-07",
        "sex": "M",
        "issuing_country": "US",
    }


def test_a_page_without_anything_has_nothing() -> None:
    assert values() == {}
    assert values("Dear Sir or Madam,", "thank you for your letter.") == {}


@settings(UNHURRIED, max_examples=30)
@given(st.lists(st.text(max_size=30), max_size=20))
def test_no_page_is_too_strange(rows: list[str]) -> None:
    read(*rows)


def test_a_long_page_takes_no_long_time() -> None:
    rows = page(*(f"1. Name {at}|Surname: <<<<<<|4b EXP" for at in range(2000)))
    reader = IdentityReader(SCHEMA, Locale("en"))
    started = time.process_time()
    reader.read(rows)
    reader.found()
    assert time.process_time() - started < 2


def test_numbers_of_items_may_stand_apart() -> None:
    said = values(
        "DRIVING LICENCE|UK",
        "1.|ASHWORTH",
        "2.|MR OLIVER JAMES",
        "3.|11.03.1990|LEEDS",
        "4a.|02.05.2019|4c.|DVLA",
        "4b.|01.05.2029",
        "5.|ASHWO903110OJ9AB",
    )

    assert said["surname"] == "ASHWORTH"
    assert said["given_names"] == "OLIVER JAMES"
    assert said["birth_date"] == "1990-03-11"
    assert said["expiry_date"] == "2029-05-01"
    assert said["document_number"] == "ASHWO903110OJ9AB"


def test_a_card_has_its_number_on_top_and_marks_before_its_labels() -> None:
    said = values(
        "BUNDESREPUBLIK DEUTSCHLAND",
        "PERSONALAUSWEIS|L01X00T47",
        "(a) Name/Surname/Nom",
        "MUSTERFRAU",
        "Vornamen/Given names/Prénoms",
        "MIRA LUISE",
    )

    assert said["document_number"] == "L01X00T47"
    assert said["surname"] == "MUSTERFRAU"
    assert said["given_names"] == "MIRA LUISE"
