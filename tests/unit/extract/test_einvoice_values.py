"""What CII and UBL say becomes typed values with their places in the XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from docparser.extract import einvoice
from docparser.model import (
    Column,
    DocumentTable,
    DocumentType,
    FieldSource,
    TableRole,
    TableRow,
)

from tests.unit.extract.einvoices import IBAN, OTHER_IBAN, cii, pdf_with, ubl

if TYPE_CHECKING:
    from pathlib import Path

EUR = "EUR"
EURO = {"currency": EUR}


def read(path: Path, xml: str | bytes, encoding: str = "utf-8") -> einvoice.EInvoice:
    content = xml if isinstance(xml, bytes) else xml.encode(encoding)
    path.write_bytes(content)
    found = einvoice.read(path, "text/plain")
    assert found is not None
    return found


def values(invoice: einvoice.EInvoice, name: str) -> list[Any]:
    return [field.value for field in invoice.fields if field.name == name]


def test_cii_gives_typed_values(tmp_path: Path) -> None:
    # When
    found = read(tmp_path / "x", cii())
    # Then
    assert found.type is DocumentType.INVOICE
    assert found.guideline == "urn:cen.eu:en16931:2017"
    said = {field.name: field for field in found.fields}
    assert said["invoice_number"].value == "RE-2026/0042"
    assert said["issue_date"].value == "2026-03-04"
    assert said["issue_date"].raw == "20260304"
    assert said["issue_date"].path == (
        "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"
    )
    assert said["delivery_date"].value == "2026-03-01"
    assert said["seller.name"].value == "Müller & Söhne GmbH"
    assert said["seller.vat_id"].value == "DE136695976"
    assert said["seller.tax_no"].value == "29/815/08151"
    assert said["seller.address"].value == {
        "text": "Ackerstraße 1, 10115 Berlin, DE",
        "line1": "Ackerstraße 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
    }
    assert "buyer.address" not in said
    assert said["order_number"].value == "PO-7"
    assert said["grand_total"].value == {"amount": "119.00", "currency": EUR}
    assert said["prepaid"].value == {"amount": "19.00", "currency": EUR}
    assert said["due_payable"].value == {"amount": "100.00", "currency": EUR}
    assert said["allowance_total"].value == said["charge_total"].value
    assert {field.source for field in found.fields} == {FieldSource.XML}


def test_several_due_dates_and_accounts_are_all_given(tmp_path: Path) -> None:
    found = read(tmp_path / "x", cii())
    assert values(found, "due_date") == ["2026-04-03", "2026-05-03"]
    assert values(found, "iban") == [IBAN, OTHER_IBAN]
    first, second = (field.path for field in found.fields if field.name == "due_date")
    assert first != second
    assert second is not None
    assert "SpecifiedTradePaymentTerms[2]" in second


def test_taxes_count_in_the_currency_of_the_invoice(tmp_path: Path) -> None:
    found = read(tmp_path / "x", cii())
    assert values(found, "tax_total") == [{"amount": "19.00", "currency": EUR}]


@pytest.mark.parametrize(
    ("credit", "type_"), [(True, DocumentType.CREDIT_NOTE), (False, DocumentType.INVOICE)]
)
def test_ubl_gives_the_same(tmp_path: Path, *, credit: bool, type_: DocumentType) -> None:
    found = read(tmp_path / "x", ubl(credit=credit))
    assert found.type is type_
    said = {field.name: field for field in found.fields}
    assert said["invoice_number"].value == "G 1"
    assert said["invoice_number"].path == f"/{'cn:CreditNote' if credit else 'ubl:Invoice'}/cbc:ID"
    assert said["issue_date"].value == "2026-03-04"
    assert said["due_date"].value == "2026-04-03"
    assert said["seller.name"].value == "Legal name GmbH"
    assert said["seller.tax_no"].value == "29/815/08151"
    assert said["iban"].value == IBAN
    assert said["bic"].value == "BYLADEM1001"
    assert said["grand_total"].value == {"amount": "-119.00", "currency": EUR}
    (lines, taxes) = found.tables
    names = [column.name for column in lines.columns]
    assert names == ["position", "description", "quantity", "unit_price", "amount"]
    assert [cell.value for cell in lines.rows[0].cells] == [
        "1",
        "Anvil",
        {"amount": "-1", "unit": "C62"},
        {"amount": "100.00", "currency": EUR},
        {"amount": "-100.00", "currency": EUR},
    ]
    assert taxes.role is TableRole.TAXES


def test_an_account_that_is_no_iban_is_none(tmp_path: Path) -> None:
    found = read(tmp_path / "x", ubl(payee="1234567"))
    assert values(found, "iban") == []


def test_lines_and_taxes_are_tables(tmp_path: Path) -> None:
    # Given
    kept: dict[str, list[TableRow]] = {}
    ended: list[DocumentTable] = []

    class Rows:
        def __init__(self, name: str) -> None:
            self._rows = kept.setdefault(name, [])

        def row(self, row: TableRow) -> None:
            self._rows.append(row)

        def end(self, table: DocumentTable) -> None:
            ended.append(table)

    class Sink:
        def begin(self, table_id: str, columns: tuple[Column, ...]) -> Rows:
            return Rows(table_id)

    # When
    told = einvoice.write(read(tmp_path / "x", cii(lines=3)), Sink(), begin=4)
    # Then
    assert told == tuple(ended)
    assert [(table.id, table.role, table.rows) for table in told] == [
        ("t0004", TableRole.LINE_ITEMS, 3),
        ("t0005", TableRole.TAXES, 1),
    ]
    assert [row.number for row in kept["t0004"]] == [1, 2, 3]
    cells = dict(
        zip([column.name for column in told[0].columns], kept["t0004"][1].cells, strict=True)
    )
    assert cells["position"].value == "2"
    assert cells["item_number"].value == "A-2"
    assert cells["description"].value == "Anvil 2"
    assert cells["quantity"].value == {"amount": "2", "unit": "H87"}
    assert cells["quantity"].text == "2.0000 H87"
    assert cells["unit_price"].value == {"amount": "25.00", "currency": EUR}
    assert cells["tax_rate"].value == "19"
    assert cells["amount"].value == {"amount": "50.00", "currency": EUR}
    assert [cell.value for cell in kept["t0005"][0].cells] == [
        "S",
        "19",
        {"amount": "100.00", "currency": EUR},
        {"amount": "19.00", "currency": EUR},
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("attached", [True, False])
def test_every_encoding_of_xml_is_read(tmp_path: Path, encoding: str, *, attached: bool) -> None:
    # Given
    xml = cii().replace('encoding="UTF-8"', 'encoding="UTF-16"' if "16" in encoding else "")
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    content = (mark + xml).encode(encoding)
    # When
    if attached:
        found = einvoice.read(pdf_with(tmp_path / "x", factur_x__xml=content), "application/pdf")
    else:
        found = read(tmp_path / "x", content)
    # Then
    assert found is not None
    assert values(found, "seller.name") == ["Müller & Söhne GmbH"]
    assert found.attached is attached


@pytest.mark.parametrize(
    "name", ["factur_x__xml", "zugferd_invoice__xml", "ZUGFeRD_invoice__xml", "xrechnung__xml"]
)
@pytest.mark.parametrize("xml", [cii(), ubl()], ids=["cii", "ubl"])
def test_every_name_of_an_attachment_is_known(tmp_path: Path, name: str, xml: str) -> None:
    path = pdf_with(tmp_path / "x", aaa__txt=b"no", zzz__xml=b"<note/>", **{name: xml.encode()})
    found = einvoice.read(path, "application/pdf")
    assert found is not None
    assert values(found, "invoice_number")


def test_an_invoice_under_another_name_is_found(tmp_path: Path) -> None:
    path = pdf_with(tmp_path / "x", RE_42__xml=cii().encode())
    found = einvoice.read(path, "application/pdf")
    assert found is not None
    assert values(found, "invoice_number") == ["RE-2026/0042"]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 42 over 100 EUR",
        "<note>no <Invoice> </note>",
        "<Invoice xmlns='urn:somebody.else'><ID>1</ID></Invoice>",
        "",
    ],
)
def test_what_is_no_invoice_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    found = einvoice.read(path, "text/plain")
    assert found is None


def test_a_pdf_without_an_invoice_is_none(tmp_path: Path) -> None:
    assert einvoice.read(pdf_with(tmp_path / "x"), "application/pdf") is None
    path = pdf_with(tmp_path / "y", notes__xml=b"<note/>", data__csv=b"1;2")
    assert einvoice.read(path, "application/pdf") is None


def test_an_order_is_no_invoice(tmp_path: Path) -> None:
    order = (
        '<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:standard:'
        'SCRDMCCBDACIOMessageStructure:100"/>'
    )
    path = pdf_with(tmp_path / "x", order_x__xml=order.encode())
    assert einvoice.read(path, "application/pdf") is None


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("20260304", "20260231", "issue_date"),
        ("20260304", "4 March", "issue_date"),
        (">119<", ">a lot<", "grand_total"),
        (">119<", ">1e9999999<", "grand_total"),
        (">EUR<", ">Euro<", "currency"),
    ],
)
def test_what_is_no_value_is_left_out(tmp_path: Path, before: str, after: str, name: str) -> None:
    xml = cii()
    assert before in xml
    found = read(tmp_path / "x", xml.replace(before, after))
    assert values(found, name) == []
    assert values(found, "invoice_number") == ["RE-2026/0042"]


def test_ten_thousand_lines_are_read(tmp_path: Path) -> None:
    found = read(tmp_path / "x", cii(lines=10_000))
    assert len(found.tables[0].rows) == 10_000


def test_an_invoice_of_a_credit_note_s_code_is_one(tmp_path: Path) -> None:
    said = ubl()
    for code, kind in (("380", DocumentType.INVOICE), ("381", DocumentType.CREDIT_NOTE)):
        xml = said.replace("TypeCode>380<", f"TypeCode>{code}<")
        assert read(tmp_path / "x", xml).type is kind


@pytest.mark.parametrize(
    ("before", "after", "name", "value"),
    [
        # What Norwegian law wants there, and Swedish
        ("29/815/08151", "Foretaksregisteret", "seller.tax_no", []),
        ('format="102">20260304', 'format="203">202603041200', "issue_date", ["2026-03-04"]),
        (
            '<udt:DateTimeString format="102">20260304</udt:DateTimeString>',
            "<udt:DateTime>2026-03-04T00:00:00</udt:DateTime>",
            "issue_date",
            ["2026-03-04"],
        ),
        # The one of a month or a week is none of a day
        ('format="102">20260304', 'format="610">202603', "issue_date", []),
        ('currencyID="EUR"', 'currencyID="eur"', "tax_total", [{"amount": "19.00", **EURO}]),
        (
            "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>",
            "",
            "tax_total",
            [{"amount": "20.52", "currency": "USD"}],
        ),
        (
            '<ram:TaxTotalAmount currencyID="EUR">19.00',
            '<ram:TaxTotalAmount currencyID="EUR">-0.00',
            "tax_total",
            [{"amount": "0.00", **EURO}],
        ),
    ],
)
def test_other_forms_are_read(
    tmp_path: Path, before: str, after: str, name: str, value: list[Any]
) -> None:
    xml = cii()
    assert before in xml
    assert values(read(tmp_path / "x", xml.replace(before, after)), name) == value


def test_what_lines_are_added_up_to_is_no_line_of_its_own(tmp_path: Path) -> None:
    # Given an invoice of the extended profile, whose first line is the sum of the second
    xml = cii()
    for number, status in ((1, "GROUP"), (2, "DETAIL")):
        line = f"<ram:LineID>{number}</ram:LineID>"
        code = f"<ram:LineStatusReasonCode>{status}</ram:LineStatusReasonCode>"
        assert line in xml
        xml = xml.replace(line, line + code)
    # When
    table = read(tmp_path / "x", xml).tables[0]
    # Then its amount is not there to be added once more
    amounts = [row.cells[-1] for row in table.rows]
    assert table.columns[-1].name == "amount"
    assert [(cell.text, cell.value) for cell in amounts] == [
        ("", None),
        ("50.00", {"amount": "50.00", "currency": EUR}),
    ]
