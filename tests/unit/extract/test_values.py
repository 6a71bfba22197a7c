"""Values as people write them in many places, read back; and whatever else stands on a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from docparser.extract.extractor import Locale
from docparser.extract.values import (
    address,
    bic,
    country,
    currency,
    dates,
    duration,
    iban,
    money,
    numbers,
    percent,
    quantity,
    vat,
)
from docparser.extract.values.money import Amount
from docparser.extract.values.text import plain, squeeze
from docparser.extract.values.typed import amount, normalise
from docparser.model import FieldType
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

DE, EN, FR = Locale("de", "DE"), Locale("en", "GB"), Locale("fr", "FR")
US, CH, IN, UNKNOWN = Locale("en", "US"), Locale("de", "CH"), Locale("en", "IN"), Locale()
LOCALES = (DE, EN, FR, US, CH, IN, UNKNOWN)

# How thousands and decimals are parted, by locale.
WRITTEN = [
    (DE, ".", ","),
    (DE, " ", ","),
    (DE, "", ","),
    (EN, ",", "."),
    (EN, "", "."),
    (US, ",", "."),
    (FR, "\u202f", ","),
    (FR, "\u00a0", ","),
    (FR, " ", ","),
    (CH, "'", "."),
    (CH, "\u2019", "."),
    (UNKNOWN, ",", "."),
    (UNKNOWN, ".", ","),
]
BESIDE = ["{}", "{} EUR", "EUR {}", "€{}", "{} €", "{}€", "CHF {}", "{} CHF", "RM{}", "RM {}"]
SIGNED = ["-{}", "{}-", "({})", "- {}", "{} DR"]
DATED = [
    ("%d.%m.%Y", DE),
    ("%d. %m. %Y", DE),
    ("%d.%m.%y", DE),
    ("%Y-%m-%d", UNKNOWN),
    ("%Y/%m/%d", EN),
    ("%d/%m/%Y", EN),
    ("%d-%m-%Y", FR),
    ("%m/%d/%Y", US),
    ("%d %B %Y", EN),
    ("%B %d, %Y", US),
    ("%b %d, %Y", US),
    ("%d-%b-%Y", EN),
    ("%d %b %y", EN),
    ("%A, %d %B %Y", EN),
    ("%Y%m%d", UNKNOWN),
    ("%d.%m.%Y %H:%M", DE),
]
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"

amounts = st.decimals(0, 10**9, places=2)
days = st.dates(date(1969, 1, 1), date(2068, 12, 31))


def written(number: Decimal, thousands: str, mark: str) -> str:
    whole, _, cents = f"{number:,.2f}".partition(".")
    return whole.replace(",", thousands) + mark + cents


# ---------------------------------------------------------------------- there and back
@UNHURRIED
@given(amounts, st.sampled_from(WRITTEN), st.sampled_from(BESIDE))
def test_amounts_come_back(number: Decimal, style: tuple[Locale, str, str], beside: str) -> None:
    locale, thousands, mark = style

    found = money.parse(beside.format(written(number, thousands, mark)), locale)

    assert found is not None
    assert found.amount == number
    named = {"R": "MYR", "C": "CHF", "{": None}
    expected = "EUR" if "€" in beside or "EUR" in beside else named.get(beside[0])
    assert found.currency == ("CHF" if "CHF" in beside else expected)


@UNHURRIED
@given(amounts.filter(bool), st.sampled_from(WRITTEN), st.sampled_from(SIGNED))
def test_minus_signs_come_back(
    number: Decimal, style: tuple[Locale, str, str], signed: str
) -> None:
    locale, thousands, mark = style

    assert money.parse(signed.format(written(number, thousands, mark)), locale) == Amount(-number)


@UNHURRIED
@given(amounts, st.sampled_from(WRITTEN))
def test_amounts_are_found_where_they_stand(
    number: Decimal, style: tuple[Locale, str, str]
) -> None:
    locale, thousands, mark = style
    printed = written(number, thousands, mark)
    text = f"Summe: {printed} EUR am 03.04.2026, Beleg RE-2026-0017"

    assert money.find(text, locale)[0] == (7, 11 + len(printed), Amount(number, "EUR"))
    assert {found.amount for _, _, found in money.find(text, locale)} == {number}


@UNHURRIED
@given(days, st.sampled_from(DATED))
def test_dates_come_back(day: date, style: tuple[str, Locale]) -> None:
    form, locale = style

    assert dates.parse(day.strftime(form), locale) == day


@UNHURRIED
@given(days, st.sampled_from([(GERMAN, "{}. {} {}", DE), (FRENCH, "{} {} {}", FR)]))
def test_months_have_names_in_other_languages(day: date, style: tuple[str, str, Locale]) -> None:
    names, form, locale = style
    printed = form.format(day.day, names.split()[day.month - 1], day.year)

    assert dates.parse(printed, locale) == day
    assert dates.find(f"am {printed} in", locale) == [(3, 3 + len(printed), day)]


@UNHURRIED
@given(st.sampled_from(sorted(iban.LENGTHS)), st.data())
def test_ibans_come_back(code: str, data: st.DataObject) -> None:
    account = data.draw(st.text("0123456789", min_size=(n := iban.LENGTHS[code] - 4), max_size=n))
    turned = "".join(str(int(c, 36)) for c in f"{account}{code}00")
    number = f"{code}{98 - int(turned) % 97:02d}{account}"
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))

    assert iban.valid(number)
    assert iban.parse(grouped) == number
    assert iban.find(f"IBAN: {grouped} BIC") == [(6, 6 + len(grouped), number)]
    flaw = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not iban.valid(flaw)


@UNHURRIED
@given(st.sampled_from(FieldType), st.sampled_from(LOCALES), st.text(max_size=60))
@example(FieldType.MONEY, DE, "(")
@example(FieldType.BIC, DE, "ŉŉŉŉŉŉŉŉ")
@example(FieldType.DATE, EN, "²/³/2020")
@example(FieldType.NUMBER, EN, "\u0661\u0662\u066b\u0665")
@example(FieldType.COUNTRY, EN, "İ")
def test_any_text_is_a_value_or_none(kind: FieldType, locale: Locale, text: str) -> None:
    value = normalise(kind, text, locale)

    assert value is None or value == 0 or value


@UNHURRIED
@given(st.text(st.sampled_from("0123456789 .,-/'()€$ADEOlI%:\n"), max_size=80))
def test_what_is_found_lies_in_the_text(text: str) -> None:
    for locale in (DE, US):
        for found in (
            money.find(text, locale, ocr=True),
            dates.find(text, locale, ocr=True),
            numbers.find(text, locale),
            percent.find(text, locale),
            iban.find(text, ocr=True),
            vat.find(text),
        ):
            ends = 0
            for start, end, _ in found:
                assert ends <= start < end <= len(text)
                ends = end


FINDERS = {
    "money": lambda text: money.find(text, DE, ocr=True),
    "dates": lambda text: dates.find(text, EN, ocr=True),
    "numbers": lambda text: numbers.find(text, FR),
    "percent": lambda text: percent.find(text, FR),
    "iban": lambda text: iban.find(text, ocr=True),
    "bic": bic.find,
    "vat": vat.find,
    "duration": duration.find,
    "currency": lambda text: currency.find(text, EN),
    "address": lambda text: address.parse([text], DE),
    "normalise": lambda text: [normalise(kind, text, DE) for kind in FieldType],
}
NASTY = [
    "1 ",
    "1",
    "1,",
    "1.1.",
    "12 345 ",
    "DE",
    "DE1",
    "A",
    "(",
    "- ",
    "1/",
    "jan ",
    "one (",
    " ",
]


@pytest.mark.parametrize("find", FINDERS.values(), ids=FINDERS)
def test_time_grows_with_the_text_and_no_faster(find: Callable[[str], object]) -> None:
    pieces = [piece * (20_000 // len(piece)) for piece in NASTY]
    started = time.process_time()
    for text in pieces:
        find(text)
    each = time.process_time() - started
    started = time.process_time()
    find("".join(piece[:7_200] for piece in pieces))
    # What is quadratic takes minutes; the slowest of these takes a third of a second.
    assert max(each, time.process_time() - started) < 4


# ---------------------------------------------------------------------- one by one
@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("1.234", DE, "1234"),
        ("1.234", EN, "1.234"),
        ("1,234", EN, "1234"),
        ("1,234", DE, "1.234"),
        ("1,234", UNKNOWN, "1234"),
        ("0,500", UNKNOWN, "0.500"),
        ("1.23", DE, "1.23"),
        ("12,34,567.50", IN, "1234567.50"),
        ("1 234 . 56", UNKNOWN, "1234.56"),
        ("1 234. 56", UNKNOWN, "1234.56"),
        ("\u0663\u066c\u0664\u0665\u0666\u066b\u0665\u0660", UNKNOWN, "3456.50"),
        ("12,-", DE, "12"),
        ("0.00", EN, "0.00"),
        ("-0,00", DE, "0.00"),
        ("12 34", EN, None),
        ("1.2.3", EN, None),
        ("1,23,4", EN, None),
        ("03.04.2026", DE, None),
        ("19 %", DE, None),
        ("RE-2026", DE, None),
        ("12/2026", DE, None),
        ("1" * 30, DE, None),
        ("", DE, None),
    ],
)
def test_an_amount(text: str, locale: Locale, expected: str | None) -> None:
    found = money.parse(text, locale)

    assert (None if found is None else amount(found)["amount"]) == expected


def test_an_amount_has_the_currency_of_its_place() -> None:
    assert money.parse("$5.00", US) == Amount(Decimal("5.00"), "USD")
    assert money.parse("$5.00", Locale("en", "CA")) == Amount(Decimal("5.00"), "CAD")
    assert money.parse("5,00 kr", Locale("da", "DK")) == Amount(Decimal("5.00"), "DKK")
    assert money.parse("12.00 CR", EN) == Amount(Decimal("12.00"))
    assert money.parse("12,00 S", DE) == Amount(Decimal("-12.00"))
    assert money.parse("12,00 H", DE) == Amount(Decimal("12.00"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rabatt: - 12,50 EUR", ["-12.50"]),
        ("- 12,50", ["-12.50"]),
        ("Rabatt -12,50", ["-12.50"]),
        ("EUR -12,50", ["-12.50"]),
        ("(12,50)", ["-12.50"]),
        ("12,50- EUR", ["-12.50"]),
        ("12,50 -", ["-12.50"]),
        ("10,00 - 20,00 EUR", ["10.00", "20.00"]),
        ("14 Tage - 100,00 EUR", ["14", "100.00"]),
        ("12,50 - Anzahlung", ["12.50"]),
        ("10,00-20,00", []),
        ("+ 13,50", ["13.50"]),
    ],
)
def test_a_dash_is_a_minus_only_beside_its_number(text: str, expected: list[str]) -> None:
    assert [str(found.amount) for *_, found in money.find(text, DE)] == expected


def test_letters_are_digits_only_where_ocr_may_have_read_them() -> None:
    assert money.find("TOTAL 1O.5O", EN) == []
    assert [found for *_, found in money.find("TOTAL 1O.5O", EN, ocr=True)] == [
        Amount(Decimal("10.50"))
    ]
    assert dates.find("O3/l2/2O18", EN) == []
    assert [day for *_, day in dates.find("O3/l2/2O18", EN, ocr=True)] == [date(2018, 12, 3)]
    wrong = "DE89 37O4 OO44 O532 O13O OO"
    assert iban.find(wrong) == [(0, len(wrong), "DE8937O4OO44O532O13OOO")]
    assert iban.find(wrong, ocr=True) == [(0, len(wrong), "DE89370400440532013000")]


def test_numeric_dates_go_by_context_and_then_by_the_country() -> None:
    assert dates.parse("03/04/2026", US) == date(2026, 3, 4)
    assert dates.parse("03/04/2026", EN) == date(2026, 4, 3)
    assert dates.parse("03.04.2026", US) == date(2026, 4, 3)  # points are European
    assert dates.parse("25/04/2026", US) == date(2026, 4, 25)
    shown = [day for *_, day in dates.find("03/04/2026 and 03/25/2026", EN)]
    assert shown == [date(2026, 3, 4), date(2026, 3, 25)]
    assert dates.orders_month_first(["on 03/04/2026", "and 03/25/2026"], EN)
    assert not dates.orders_month_first(["on 25/03/2026"], US)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this 1st day of March, 2026", date(2026, 3, 1)),
        ("le 1er mars 2026", date(2026, 3, 1)),
        ("27 MAR 2018", date(2018, 3, 27)),
        ("27/03/201810:22:11", date(2018, 3, 27)),
        ("15. Ma\u0308rz 2020", date(2020, 3, 15)),
        ("2018年3月4日", date(2018, 3, 4)),
        ("31.02.2026", None),
        ("12.03.2026.5", None),
        ("192.168.10.12", None),
        ("00/00/0000", None),
        ("Mar 40, 2020", None),
        ("1.234,56", None),
    ],
)
def test_a_date(text: str, expected: date | None) -> None:
    found = dates.find(text, EN)

    assert [day for *_, day in found] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("DE 136 695 976", True),
        ("DE136695975", False),
        ("ATU13585627", True),
        ("ATU 1358 5626", False),
        ("CHE-100.155.212 MWST", True),
        ("NL004495445B01", True),
        ("FR 40 303 265 045", True),
        ("GB 980 7806 84", True),
        ("IT00743110157", True),
        ("BE0428759497", True),
        ("ESB58378431", True),
        ("PL8567346215", True),
        ("SE123456789701", True),
    ],
)
def test_vat_ids_have_their_country_s_form(number: str, right: bool) -> None:
    text = f"USt-IdNr. {number}, Amtsgericht"

    ((start, end, found),) = vat.find(text)

    assert text[start:end] == number
    assert vat.valid(found) is right
    assert vat.parse(number) == found


def test_no_vat_id_is_found_in_words_and_other_numbers() -> None:
    assert vat.find("DEAL 12 SEPT 2026 IT 2026 ATLAS 12345678 ADE136695976") == []
    assert not vat.valid("XX123")
    assert vat.parse("DE12345678") is None


def test_bics_have_a_country() -> None:
    assert bic.find("BIC COBADEFFXXX, SWIFT DEUTDEDB") == [
        (4, 15, "COBADEFFXXX"),
        (23, 31, "DEUTDEDB"),
    ]
    assert bic.parse("cobadeff xxx") == "COBADEFFXXX"
    assert bic.parse("COBAQQFF") is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["Musterstraße 1", "D-12345 Berlin", "Deutschland"],
            {"line1": "Musterstraße 1", "postcode": "12345", "city": "Berlin", "country": "DE"},
        ),
        (
            ["100 Main St, Suite 4", "San Jose, CA 95110-1234"],
            {
                "line1": "100 Main St",
                "line2": "Suite 4",
                "city": "San Jose",
                "region": "CA",
                "postcode": "95110-1234",
                "country": "US",
            },
        ),
        (
            ["12 High Street", "London SW1A 1AA", "United Kingdom"],
            {
                "line1": "12 High Street",
                "city": "London",
                "postcode": "SW1A 1AA",
                "country": "GB",
            },
        ),
        (
            ["3 rue de la Paix", "75002 PARIS CEDEX 02"],
            {"line1": "3 rue de la Paix", "postcode": "75002", "city": "PARIS", "country": "FR"},
        ),
        (
            ["NO.1, JALAN SAGU 18", "81100 JOHOR BAHRU, JOHOR."],
            {
                "line1": "NO.1",
                "line2": "JALAN SAGU 18",
                "postcode": "81100",
                "city": "JOHOR BAHRU",
                "region": "JOHOR",
                "country": "FR",
            },
        ),
        (
            ["12 JALAN U1/48 TEMASYA PARK 40150 SHAH ALAM SELANGOR"],
            {
                "line1": "12 JALAN U1/48 TEMASYA PARK",
                "postcode": "40150",
                "city": "SHAH ALAM SELANGOR",
                "country": "FR",
            },
        ),
    ],
)
def test_an_address_has_parts(lines: list[str], expected: dict[str, str]) -> None:
    found = address.parse(lines, FR)

    assert found is not None
    assert found.pop("text")
    assert found == expected


def test_no_address_without_a_city() -> None:
    assert address.parse(["Thank you", "Total 12345"], DE) is None
    assert address.parse([], DE) is None
    assert normalise(FieldType.ADDRESS, "somewhere", DE) == {"text": "somewhere"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 Stk.", {"amount": "2", "unit": "H87"}),
        ("12,5 kg", {"amount": "12.5", "unit": "KGM"}),
        ("3x", {"amount": "3", "unit": "C62"}),
        ("-1", {"amount": "-1"}),
        ("4 Dosen", {"amount": "4", "unit": "Dosen"}),
        ("2 x 5", None),
        ("Stk", None),
    ],
)
def test_a_quantity(text: str, expected: dict[str, str] | None) -> None:
    assert normalise(FieldType.QUANTITY, text, DE) == expected


def test_durations_are_counted() -> None:
    text = "for two (2) years, 24 Monate, un an, a one-year term and thirty (30) days"

    assert [length for *_, length in duration.find(text)] == ["P2Y", "P24M", "P1Y", "P1Y", "P30D"]
    assert duration.parse("unlimited") is None


def test_percentages_countries_and_the_rest() -> None:
    assert percent.find("zzgl. 19 % MwSt. und 7,7%", DE) == [
        (6, 10, Decimal(19)),
        (21, 25, Decimal("7.7")),
    ]
    assert [country.parse(said) for said in ("D<<", "GBR", "Österreich", "french", "XYZ")] == [
        "DE",
        "GB",
        "AT",
        "FR",
        None,
    ]
    assert normalise(FieldType.BOOLEAN, "Ja", DE) is True
    assert normalise(FieldType.LANGUAGE, "Deutsch", DE) == "de"
    assert normalise(FieldType.IDENTIFIER, " RE 2026 - 17. ", DE) == "RE2026-17"
    assert quantity.unit("Flaschen") == "XBO"
    assert squeeze("a\u200f\u00a0 b\n") == "a b"


@settings(UNHURRIED, max_examples=50)
@given(st.text(max_size=200))
def test_plain_text_is_as_long_as_before(text: str) -> None:
    assert len(plain(text)) == len(text)
