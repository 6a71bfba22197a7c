"""What is printed proves the XML, or differs from it."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from docparser.extract import einvoice
from docparser.extract.einvoice.proof import date_forms
from docparser.model import FieldValue, Lane, WarningCode

from tests.unit.extract.einvoices import IBAN, cii, page, pdf_with

if TYPE_CHECKING:
    from docparser.extract.extractor import Found
    from docparser.extract.view import PageView

SET = (
    Path(
        os.environ.get("DOCPARSER_DATA_DIR")
        or Path(__file__).resolve().parents[3].parent / "shared" / "data"
    )
    / "fields"
)

GERMAN = (
    "Müller & Söhne GmbH|Seite 1",
    "Ackerstraße 1",
    "10115 Berlin",
    "Rechnung Nr. RE-2026/0042 vom 4. März 2026",
    "Zahlbar bis|03.04.2026",
    "Pos.|Bezeichnung|Gesamtbetrag",
    "1|Anvil|119,00",
    "Nettobetrag|100,00 €",
    "Umsatzsteuer 19%|19,00 €",
    "Gesamtbetrag|119,00 €",
    "Zu zahlen|100,00 €",
    "IBAN DE02 1203 0000 0000 2020 51|USt-IdNr. DE136695976",
)
ENGLISH = (
    "Müller & Söhne GmbH",
    "Invoice number|RE-2026/0042",
    "Invoice date|March 4th, 2026",
    "Total amount|EUR 119.00",
    "Tax|19.00",
    "Net|100.00",
    "IBAN: DE02120300000000202051",
)


@pytest.fixture(scope="module")
def invoice(tmp_path_factory: pytest.TempPathFactory) -> einvoice.EInvoice:
    path = pdf_with(tmp_path_factory.mktemp("e") / "x", factur_x__xml=cii().encode())
    found = einvoice.read(path, "application/pdf")
    assert found is not None
    return found


def read(invoice: einvoice.EInvoice, *pages: PageView) -> Found:
    reader = einvoice.EInvoiceReader(invoice)
    for each in pages:
        reader.read(each)
    return reader.found()


def said(found: Found) -> dict[str, FieldValue]:
    return {field.name: field for field in reversed(found.fields)}


def test_values_are_proven_in_any_printed_form(invoice: einvoice.EInvoice) -> None:
    # When
    found = read(invoice, page(*GERMAN))
    # Then
    proven = said(found)
    assert proven["issue_date"].quote == "4. März 2026"
    assert proven["due_date"].quote == "03.04.2026"
    assert proven["iban"].quote == "DE02 1203 0000 0000 2020 51"
    assert proven["seller.address"].quote == "Ackerstraße 1 10115 Berlin"
    assert proven["invoice_number"].quote == "RE-2026/0042"
    assert proven["currency"].page == 1
    assert proven["invoice_number"].path is not None
    assert not found.warnings


def test_a_label_tells_which_of_equal_amounts_is_the_fields(invoice: einvoice.EInvoice) -> None:
    seen = page(*GERMAN)
    proven = said(read(invoice, seen))
    rows = {
        word.word.id: row for row, all_ in enumerate(seen.rows) for s in all_ for word in s.words
    }
    assert rows[proven["grand_total"].word_ids[0]] == 9
    assert rows[proven["due_payable"].word_ids[0]] == 10
    assert rows[proven["net_total"].word_ids[0]] == 7
    assert rows[proven["tax_total"].word_ids[0]] == 8


def test_a_proof_is_where_its_words_are(invoice: einvoice.EInvoice) -> None:
    proof = said(read(invoice, page("nothing"), page(*ENGLISH, number=2)))["issue_date"]
    assert proof.page == 2
    assert proof.polygon is not None
    assert proof.quote == "March 4th, 2026"
    assert proof.word_ids == ("p2.w10", "p2.w11", "p2.w12")


def test_what_is_not_printed_has_no_proof_and_differs_from_nothing(
    invoice: einvoice.EInvoice,
) -> None:
    found = read(invoice, page("Please find our invoice attached."))
    assert not found.warnings
    assert {field.page for field in found.fields} == {None}
    assert said(found)["grand_total"].value == {"amount": "119.00", "currency": "EUR"}


@pytest.mark.parametrize(
    "form",
    "04.03.2026;4.3.2026;04.03.26;2026-03-04;03/04/2026;04/03/2026;20260304;4.März.2026;"
    "4. März 2026;March 4, 2026;4 mars 2026;4th March 2026;04-MAR-26".split(";"),
)
def test_dates_are_found_as_they_are_printed(invoice: einvoice.EInvoice, form: str) -> None:
    assert said(read(invoice, page(f"Date: {form}")))["issue_date"].quote.endswith(form)


def test_a_date_is_no_part_of_a_longer_number() -> None:
    assert all(form.isalnum() for form in date_forms("2026-03-04"))
    assert "432026" in date_forms("2026-03-04")


@pytest.mark.parametrize(
    ("rows", "before", "after"),
    [
        (GERMAN, "DE02 1203 0000 0000 2020 51", "DE02 5001 0517 0137 0750 30"),
        (ENGLISH, "DE02120300000000202051", "DE02500105170137075030"),
        (GERMAN, "119,00 €", "1.119,00 €"),
        (ENGLISH, "EUR 119.00", "EUR 1,119.00"),
        (GERMAN, "RE-2026/0042", "RE-2026/0099"),
        (ENGLISH, "RE-2026/0042", "RE-2026/0099"),
        (GERMAN, "4. März 2026", "5. März 2026"),
        (ENGLISH, "March 4th", "March 6th"),
        (GERMAN, "DE136695976", "DE811569869"),
    ],
)
def test_what_is_printed_otherwise_is_told(
    invoice: einvoice.EInvoice, rows: tuple[str, ...], before: str, after: str
) -> None:
    # Given an XML whose one account is the first; the other one is in nobody's name
    fields = tuple(f for f in invoice.fields if f.name != "iban" or f.value == IBAN)
    mentioned = frozenset(m for m in invoice.mentioned if m.isascii() and not m.startswith("DE025"))
    one = invoice.model_copy(update={"fields": fields, "mentioned": mentioned})
    assert not read(one, page(*rows)).warnings
    changed = tuple(row.replace(before, after) for row in rows)
    assert changed != rows
    # When
    found = read(one, page(*changed))
    # Then
    assert found.warnings == {WarningCode.XML_DIFFERS}
    assert said(found)["grand_total"].value == {"amount": "119.00", "currency": "EUR"}


@pytest.mark.parametrize(
    "row",
    [
        "Gesamtbetrag bei 3% Skonto|115,43 €",
        "Übertrag Gesamtbetrag|57,00 €",
        "Rechnung Nr. 2025/0007 vom 01.02.2025 wurde bezahlt",
        "Lieferdatum|17.02.2026",
        "IBAN des Zahlers: DE02 1203 0000 0000 2020 51",
        "Commerzbank IBAN DE75 5121 0800 1245 1261 99",
    ],
)
def test_more_than_the_xml_says_is_no_difference(invoice: einvoice.EInvoice, row: str) -> None:
    assert not read(invoice, page(*GERMAN, row)).warnings


def test_what_ocr_may_have_misread_is_no_difference(invoice: einvoice.EInvoice) -> None:
    rows = [row.replace("RE-2026/0042", "RE-2026/O042") for row in GERMAN]
    rows = [row.replace("2020 51", "2020 57").replace("119,00", "179,00") for row in rows]
    assert not read(invoice, page(*rows, lane=Lane.CPU)).warnings
    unsure = [
        row.replace("DE02 1203 0000 0000 2020 51", "DE75512108001245126199") for row in GERMAN
    ]
    assert not read(invoice, page(*unsure, lane=Lane.CPU, confidence=0.7)).warnings
    found = read(invoice, page(*unsure, lane=Lane.CPU, confidence=0.99))
    assert found.warnings == {WarningCode.XML_DIFFERS}


@pytest.mark.parametrize("total", ["1.119 €", "EUR 1119", "1.119,- EUR"])
def test_a_total_without_cents_differs_too(invoice: einvoice.EInvoice, total: str) -> None:
    same = [row.replace("Gesamtbetrag|119,00 €", "Gesamtbetrag|119 €") for row in GERMAN]
    assert same != list(GERMAN)
    assert not read(invoice, page(*same)).warnings
    dearer = [row.replace("Gesamtbetrag|119,00 €", f"Gesamtbetrag|{total}") for row in GERMAN]
    assert read(invoice, page(*dearer)).warnings == {WarningCode.XML_DIFFERS}


def test_a_picture_among_the_pages_hides_no_difference(invoice: einvoice.EInvoice) -> None:
    # Given a page of a picture before one whose total is another
    picture = page("Ihre Anlagen", number=1, lane=Lane.CPU)
    dearer = [row.replace("Gesamtbetrag|119,00", "Gesamtbetrag|1.119,00") for row in GERMAN]
    assert dearer != list(GERMAN)
    # Then
    assert not read(invoice, picture, page(*GERMAN, number=2)).warnings
    found = read(invoice, picture, page(*dearer, number=2))
    assert found.warnings == {WarningCode.XML_DIFFERS}


@pytest.mark.parametrize("total", ["1.119,00", "1119,00", "991,00", "183,00"])
def test_a_total_that_ocr_is_sure_of_differs_where_it_is_no_misread_one(
    invoice: einvoice.EInvoice, total: str
) -> None:
    dearer = [
        row.replace("Gesamtbetrag|119,00", f"Gesamtbetrag|{total}").replace(
            "Zu zahlen|100,00", f"Zu zahlen|{total}"
        )
        for row in GERMAN
    ]
    found = read(invoice, page(*dearer, lane=Lane.CPU, confidence=0.99))
    assert found.warnings == {WarningCode.XML_DIFFERS}
    assert not read(invoice, page(*dearer, lane=Lane.CPU, confidence=0.9)).warnings


@pytest.mark.parametrize(
    ("second", "warnings"),
    [
        (cii(), ()),
        (cii(lines=7).replace("Coyote Ltd", "Coyote Limited"), ()),
        (cii().replace(">119<", ">1119<"), (WarningCode.XML_DIFFERS,)),
        (cii().replace("DE02 1203", "DE03 1203"), (WarningCode.XML_DIFFERS,)),
        (cii().replace("RE-2026/0042", "RE-2026/0043"), (WarningCode.XML_DIFFERS,)),
        ("<!DOCTYPE x>" + cii().partition("?>")[2], (WarningCode.XML_DIFFERS,)),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_two_invoices_in_one_file_are_told_where_they_differ(
    tmp_path: Path, second: str, warnings: tuple[WarningCode, ...], *, swapped: bool
) -> None:
    # Given an XML for whoever reads the first, and one for whoever reads the other
    first, other = (second, cii()) if swapped else (cii(), second)
    files = {"factur_x__xml": first.encode(), "xrechnung__xml": other.encode()}
    if "DOCTYPE" in first:
        warnings = (WarningCode.XML_UNREADABLE,)
    # Then
    found = einvoice.read(pdf_with(tmp_path / "x", **files), "application/pdf")
    assert found is not None
    assert found.warnings == warnings


def test_more_invoices_than_anybody_attaches_are_told(tmp_path: Path) -> None:
    path = pdf_with(tmp_path / "x")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for number in range(9):
            said = pikepdf.AttachedFileSpec(pdf, cii().encode(), filename="factur-x.xml")
            pdf.attachments[f"{number}"] = said
        pdf.save()
    found = einvoice.read(path, "application/pdf")
    assert found is not None
    assert found.warnings == (WarningCode.XML_DIFFERS,)


def test_xml_alone_is_proven_by_its_paths(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(cii())
    alone = einvoice.read(path, "text/plain")
    assert alone is not None
    found = read(alone, page(*[row.replace("119", "1119") for row in GERMAN]))
    assert not found.warnings
    assert all(field.path and field.page is None for field in found.fields)


def rows_of(kind: str) -> list[Any]:
    manifest = SET / "manifest.tsv"
    if not manifest.exists():
        return [pytest.param({}, marks=pytest.mark.skip("needs the labelled documents"))]
    with manifest.open(newline="") as file:
        found = [row for row in csv.DictReader(file, delimiter="\t") if kind in row["file"]]
    return [pytest.param(row, id=Path(row["file"]).stem) for row in found]


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


SCORED = (
    "invoice_number issue_date due_date currency seller.name seller.vat_id buyer.name iban "
    "net_total tax_total grand_total due_payable"
).split()


@pytest.mark.parametrize("row", [*rows_of("einvoice_pdf/"), *rows_of("einvoice_xml/")])
def test_the_labelled_documents_say_what_their_truth_says(row: dict[str, str]) -> None:
    # Given
    truth = json.loads((SET / row["truth"]).read_bytes())
    media_type = "application/pdf" if row["file"].endswith(".pdf") else "text/plain"
    # When
    found = einvoice.read(SET / row["file"], media_type)
    # Then
    assert found is not None
    given = said(read(found))
    for name in SCORED:
        expected = truth
        for part in name.split("."):
            expected = expected.get(part) if isinstance(expected, dict) else None
        if not expected or name not in truth.get("_visible_fields", SCORED):
            continue
        value = given[name].value
        if isinstance(value, dict):
            assert float(value["amount"]) == float(expected)
        else:
            assert letters(str(value)) == letters(expected)
