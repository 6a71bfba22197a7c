"""Payslips in three languages and several layouts, and any field that stands by its label."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.extractors import extractors_for
from docparser.extract.layout.labelled import LabelledReader
from docparser.extract.layout.payslip import PayslipReader
from docparser.extract.validation import check
from docparser.extract.values import period
from docparser.model import DocumentType, FieldSource, FieldType, FieldValue, Lane, WarningCode
from docparser.model.type_schema import FieldRule, TypeSchema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.unit.extract.einvoices import page

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCHEMA = schemas.shipped(DocumentType.PAYSLIP)
assert SCHEMA is not None
OUTPUT = Draft202012Validator(SCHEMA.json_schema())
DE, EN, US, FR = Locale("de", "DE"), Locale("en", "GB"), Locale("en", "US"), Locale("fr", "FR")

GERMAN = (
    "Feinmechanik Nord GmbH",
    "Feinmechanik Nord GmbH · Optikerweg 5 · 14712 Rathenow",
    "Frau",
    "Katharina König",
    "Schleusenstraße 23",
    "14712 Rathenow",
    "Entgeltabrechnung für {month}|Druckdatum 02.06.2025",
    "Personalnummer|00731|Eintritt|01.09.2016",
    "Lohnart|Betrag",
    "Monatsentgelt|{part}",
    "Gesamtbrutto|{gross}",
    "Lohnsteuer|{tax}",
    "Summe der Steuern|{tax}",
    "Rentenversicherung|{social}",
    "Sozialversicherungsbeiträge|{social}",
    "Nettoverdienst|{net}",
    "Auszahlungsbetrag|{paid}",
    "Die Überweisung erfolgt auf das Konto IBAN DE02 1203 0000 0000 2020 51.",
)
ENGLISH = (
    "PAYSLIP",
    "Employer: Northern Optics Ltd|Employee: Kate King",
    "Pay period: {month}|Pay date: 30/05/2025",
    "Payments|Amount|Year to date",
    "Basic salary|{part}|51,000.00",
    "Gross pay|{gross}|52,000.00",
    "PAYE tax|{tax}|7,600.00",
    "National insurance|{social}|5,000.00",
    "Net pay|{net}|31,000.00",
)
FRENCH = (
    "BULLETIN DE PAIE",
    "Employeur : Optique du Nord SARL|Salarié : Catherine Roy",
    "Période de paie : {month}|Date de paiement : 30/05/2025",
    "Salaire brut|{gross}",
    "Total des cotisations|{social}",
    "Prélèvement à la source|{tax}",
    "Net à payer|{net}",
)


def read(*rows: str, locale: Locale, lane: Lane = Lane.TEXT) -> dict[str, FieldValue]:
    reader = PayslipReader(SCHEMA, locale)
    reader.read(page(*rows, lane=lane))
    return {field.name: field for field in reader.found().fields}


def written(amount: Decimal, locale: Locale) -> str:
    said = f"{amount:,.2f}"
    swapped = {"de": str.maketrans(",.", ".,"), "fr": str.maketrans(",.", " ,")}
    return said.translate(swapped.get(locale.language, {}))


amounts = st.decimals(100, 9000, places=2)


@settings(UNHURRIED, max_examples=60)
@given(
    st.sampled_from(
        [
            (GERMAN, DE, "Mai 2025"),
            (ENGLISH, EN, "May 2025"),
            (ENGLISH, US, "05/2025"),
            (FRENCH, FR, "mai 2025"),
        ]
    ),
    amounts,
    amounts,
    amounts,
)
def test_a_payslip_is_read(
    style: tuple[tuple[str, ...], Locale, str], net: Decimal, tax: Decimal, social: Decimal
) -> None:
    rows, locale, month = style
    said = {
        "gross": net + tax + social,
        "part": net + tax + social - 50,
        "net": net,
        "paid": net - 40,
        "tax": tax,
        "social": social,
    }
    printed = {name: written(amount, locale) for name, amount in said.items()}

    found = read(*(row.format(month=month, **printed) for row in rows), locale=locale)

    names = {"gross": "gross", "net": "net", "tax": "tax_total", "social": "social_security_total"}
    for part, name in names.items():
        value = found[name].value
        assert isinstance(value, dict)
        assert Decimal(value["amount"]) == said[part], name
    assert found["period"].value == "2025-05"
    assert found["employee.name"].value in {"Katharina König", "Kate King", "Catherine Roy"}
    assert found["employer.name"].value in {
        "Feinmechanik Nord GmbH",
        "Northern Optics Ltd",
        "Optique du Nord SARL",
    }
    assert check(SCHEMA, found.values()) == ((), ())
    OUTPUT.validate(SCHEMA.instance(found.values()))
    assert all(field.page == 1 and field.word_ids for field in found.values())
    if locale is DE:
        assert found["iban"].value == "DE02120300000000202051"
    else:
        assert found["pay_date"].value == "2025-05-30"


def test_a_net_pay_above_the_gross_is_a_contradiction() -> None:
    reader = PayslipReader(SCHEMA, EN)
    reader.read(page("Gross pay|100.00", "Net pay|900.00"))

    found = reader.found()

    assert found.warnings == {WarningCode.VALUES_CONTRADICT}
    assert max(field.confidence for field in found.fields) < 0.5
    assert [each.rule for each in check(SCHEMA, found.fields)[0]] == ["net"]


def test_a_deduction_is_the_amount_and_not_its_base() -> None:
    said = read(
        "Rubriques|Base|Taux|Part salarié",
        "Salaire brut|2 500,00",
        "Impôt sur le revenu|1 987,40|4,10|81,48",
        "Total des cotisations|549,63",
        "Net à payer|1 868,89",
        locale=FR,
    )

    assert said["tax_total"].value == {"amount": "81.48"}
    assert said["tax_total"].raw == "81,48"
    assert said["tax_total"].quote == "81,48"


def test_a_tax_for_social_security_is_social_security() -> None:
    said = read(
        "Earnings|rate|hours|this period|year to date",
        "Gross Pay|$1,892.00|18,260.00",
        "Social Security Tax|117.30|1,132.12",
        "Federal Income Tax|189.20|1,826.00",
        "Net Pay|$1,558.07",
        locale=US,
    )

    assert said["tax_total"].value == {"amount": "189.20"}
    assert said["social_security_total"].value == {"amount": "117.30"}


def test_the_month_that_a_period_ends_in() -> None:
    found = read("Earnings Statement", "Period ending:|7/18/2008", "Pay date:|8/2/2008", locale=US)

    assert (found["period"].value, found["pay_date"].value) == ("2008-07", "2008-08-02")


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Mai 2025", DE, "2025-05"),
        ("MAI 2025", FR, "2025-05"),
        ("05/2025", EN, "2025-05"),
        ("05.2025", DE, "2025-05"),
        ("2025-05", EN, "2025-05"),
        ("01.05.2025 - 31.05.2025", DE, "2025-05-01/2025-05-31"),
        ("01.05.2025 bis zum 31.05.2025", DE, "2025-05-01/2025-05-31"),
        ("07/01/2008 to 07/18/2008", US, "2008-07-01/2008-07-18"),
        ("31.05.2025 - 01.05.2025", DE, None),
        ("13/2025", EN, None),
        ("Mai", DE, None),
        ("01.05.2025", DE, None),
        ("12.05.2025.1", DE, None),
    ],
)
def test_a_period(text: str, locale: Locale, expected: str | None) -> None:
    assert period.parse(text, locale) == expected


# ---------------------------------------------------------------------- any field by its label
OWN: dict[str, Any] = {
    "properties": {
        "project": {"type": "string", "x-docparser": {"labels": {"en": ["Project"]}}},
        "job": {
            "$ref": "#/$defs/identifier",
            "pattern": "^J-[0-9]{4}$",
            "x-docparser": {"labels": {"en": ["Job", "Job no"], "de": ["Auftrag"]}},
        },
        "begins": {"$ref": "#/$defs/date", "x-docparser": {"labels": {"en": ["Begins"]}}},
        "budget": {"$ref": "#/$defs/money", "x-docparser": {"labels": {"en": ["Budget"]}}},
        "share": {"$ref": "#/$defs/percent", "x-docparser": {"labels": {"en": ["Share"]}}},
        "hours": {"$ref": "#/$defs/quantity", "x-docparser": {"labels": {"en": ["Hours"]}}},
        "term": {"$ref": "#/$defs/duration", "x-docparser": {"labels": {"en": ["Term"]}}},
        "vat": {"$ref": "#/$defs/vat_id", "x-docparser": {"labels": {"en": ["VAT ID"]}}},
        "paid": {"type": "boolean", "x-docparser": {"labels": {"en": ["Paid"]}}},
        "member": {
            "type": "array",
            "items": {"type": "string"},
            "x-docparser": {"labels": {"en": ["Member"]}},
        },
        "remark": {"type": "string"},
    },
    "x-docparser": {"name": "job", "type": "form"},
}
ROWS = (
    "Project:|New bridge|Job no|J-2026",
    "Begins on|Budget now|Share",
    "3/3/2026|$1,250.00|12.5 %",
    "Hours: 36 h|Term: two (2) years",
    "VAT ID|DE 136 695 976|Paid: yes",
    "Member: Ann|Member: Bob|Member: Ann",
    "Budget of last year|Job description",
)


def found_in(reader: LabelledReader, *rows: str, lane: Lane = Lane.TEXT) -> list[FieldValue]:
    reader.read(page(*rows, lane=lane))
    return list(reader.found().fields)


def test_what_a_tenant_has_thought_of_is_read_by_its_labels() -> None:
    schema = TypeSchema.of(OWN)

    fields = found_in(LabelledReader(schema, US), *ROWS)

    assert schema.instance(fields) == {
        "project": "New bridge",
        "job": "J-2026",
        "begins": "2026-03-03",
        "budget": {"amount": "1250.00", "currency": "USD"},
        "share": "12.5",
        "hours": {"amount": "36", "unit": "HUR"},
        "term": "P2Y",
        "vat": "DE136695976",
        "paid": True,
        "member": ["Ann", "Bob"],
    }
    assert {field.source for field in fields} == {FieldSource.LAYOUT}
    budget = next(field for field in fields if field.name == "budget")
    assert (budget.raw, budget.quote, budget.page) == ("$1,250.00", "$1,250.00", 1)


def test_fields_that_a_tenant_adds_are_read_besides_those_of_the_type() -> None:
    shipped = schemas.shipped(DocumentType.INVOICE)
    assert shipped is not None
    project = FieldRule(name="project", type=FieldType.TEXT, labels={"en": ("Project",)})
    more = shipped.model_copy(update={"fields": (*shipped.fields, project)})
    rows = page("Invoice no: RE-17|Project: New bridge", "Invoice date: 03/04/2026")

    read_by = [
        {field.name for each in readers if not each.read(rows) for field in each.found().fields}
        for readers in (
            extractors_for(DocumentType.INVOICE, shipped, EN),
            extractors_for(DocumentType.INVOICE, more, EN),
            extractors_for(DocumentType.LETTER, more, EN),
        )
    ]

    assert "project" not in read_by[0]
    assert read_by[1] == read_by[0] | {"project"}
    assert {"invoice_number", "issue_date", "project"} <= read_by[2]


def test_a_value_with_less_evidence_has_less_confidence() -> None:
    schema = TypeSchema.of(OWN)

    def confidence(row: str, name: str) -> float:
        fields = {field.name: field for field in found_in(LabelledReader(schema, US), row)}
        return fields[name].confidence if name in fields else 0.0

    assert confidence("Job no: J-2026", "job") > confidence("Job: J-2026", "job") > 0.5
    assert confidence("Job no: X-2026", "job") < 0.5  # not its pattern
    assert confidence("Budget: $12.00", "budget") > confidence("Budget about $12.00", "budget")
    assert confidence("Budget: 12", "budget") < confidence("Budget: 12.00", "budget")
    assert confidence("VAT ID DE136695976", "vat") > confidence("VAT ID DE136695975", "vat")
    assert confidence("our whole budget 12.00", "budget") < 0.5


def test_letters_are_digits_where_ocr_has_read_them() -> None:
    schema = TypeSchema.of(OWN)

    read_as = []
    for lane in (Lane.TEXT, Lane.CPU):
        fields = found_in(LabelledReader(schema, US), "Begins: O3/l2/2O18", lane=lane)
        read_as.append([field.value for field in fields])

    assert read_as == [[], ["2018-03-12"]]


@settings(UNHURRIED, max_examples=30)
@given(st.lists(st.text(max_size=30), max_size=20))
def test_no_page_is_too_strange(rows: list[str]) -> None:
    read(*rows, locale=EN)
    found_in(LabelledReader(TypeSchema.of(OWN), US), *rows)


def test_many_pages_take_little_memory_and_time() -> None:
    reader = PayslipReader(SCHEMA, EN)
    shown = page(*(row.format(month="May 2025", **dict.fromkeys(NAMES, "1.00")) for row in ENGLISH))
    started = time.process_time()
    for _ in range(300):
        reader.read(shown)
    reader.found()
    # 2 ms a page (measured).
    assert time.process_time() - started < 6
    assert len(reader._labelled.sightings("gross")) <= 60


NAMES = ("gross", "part", "net", "paid", "tax", "social")
