"""Small e-invoices made for one test each: UBL, alone or attached to the PDF that prints it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

import pikepdf
from reportlab.pdfgen.canvas import Canvas

_NAMES = "urn:oasis:names:specification:ubl:schema:xsd"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Invoice:
    """An invoice of one seller to one buyer; lines are a description, a count and a price."""

    number: str = "2026-0117"
    issued: str = "2026-03-04"
    due: str = "2026-04-03"
    lines: tuple[tuple[str, int, str], ...] = (
        ("Schreibtischlampe", 2, "89.50"),
        ("Montage vor Ort", 1, "120.00"),
        ("Anfahrt", 1, "35.00"),
    )
    rate: int = 19

    @property
    def net(self) -> Decimal:
        return sum((Decimal(price) * count for _, count, price in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return (self.net * self.rate / 100).quantize(_CENT)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def ubl(invoice: Invoice) -> bytes:
    """Return an invoice as UBL, in the core of EN 16931."""
    lines = "".join(
        f"""<cac:InvoiceLine><cbc:ID>{number}</cbc:ID>
<cbc:InvoicedQuantity unitCode="C62">{count}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">{Decimal(price) * count}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>{escape(name)}</cbc:Name></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price>
</cac:InvoiceLine>"""
        for number, (name, count, price) in enumerate(invoice.lines, 1)
    )
    net, tax, total = invoice.net, invoice.tax, invoice.total
    category = (
        f"<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{invoice.rate}</cbc:Percent>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{_NAMES}:Invoice-2" xmlns:cac="{_NAMES}:CommonAggregateComponents-2"
 xmlns:cbc="{_NAMES}:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>{escape(invoice.number)}</cbc:ID><cbc:IssueDate>{invoice.issued}</cbc:IssueDate>
<cbc:DueDate>{invoice.due}</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty>{_party("Lampen Muster GmbH", "Hafenweg 3", "89073", "Ulm")}
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>{_party("Beispiel AG", "Lindenallee 7", "80331", "München")}
</cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
<cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>{category}</cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">{total}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</Invoice>""".encode()


def _party(name: str, street: str, postcode: str, city: str) -> str:
    return f"""<cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>{street}</cbc:StreetName><cbc:CityName>{city}</cbc:CityName>
<cbc:PostalZone>{postcode}</cbc:PostalZone>
<cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party>"""


def printed(invoice: Invoice, *, net: Decimal | None = None, total: Decimal | None = None) -> bytes:
    """Return an invoice as a PDF; its totals may be others than those of its lines."""
    net = invoice.net if net is None else net
    total = invoice.total if total is None else total
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.setSubject(f"{invoice.number} {net} {total}")

    def line(row: int, *cells: tuple[float, str]) -> None:
        for left, text in cells:
            canvas.drawString(left, 780 - 16 * row, text)

    line(0, (60, "Lampen Muster GmbH"))
    line(1, (60, "Hafenweg 3, 89073 Ulm"))
    line(2, (60, "USt-IdNr. DE136695976"))
    for row, text in enumerate(("Beispiel AG", "Lindenallee 7", "80331 München"), 5):
        line(row, (60, text))
    canvas.setFont("Helvetica-Bold", 16)
    line(10, (60, "Rechnung"))
    canvas.setFont("Helvetica", 11)
    line(12, (60, "Rechnungsnummer:"), (200, invoice.number))
    line(13, (60, "Rechnungsdatum:"), (200, _german_date(invoice.issued)))
    line(14, (60, "Zahlbar bis:"), (200, _german_date(invoice.due)))
    line(17, (60, "Pos."), (100, "Bezeichnung"), (300, "Menge"), (370, "Einzelpreis"))
    line(17, (470, "Betrag"))
    row = 18
    for number, (name, count, price) in enumerate(invoice.lines, 1):
        amount = Decimal(price) * count
        line(row, (60, str(number)), (100, name), (300, str(count)), (370, _german(price)))
        line(row, (470, _german(amount)))
        row += 1
    line(row + 1, (300, "Nettobetrag"), (470, f"{_german(net)} EUR"))
    line(row + 2, (300, f"Umsatzsteuer {invoice.rate} %"), (470, f"{_german(invoice.tax)} EUR"))
    line(row + 3, (300, "Gesamtbetrag"), (470, f"{_german(total)} EUR"))
    line(row + 6, (60, "Bitte überweisen Sie den Rechnungsbetrag ohne Abzug."))
    canvas.save()
    return buffer.getvalue()


def hybrid(pdf: bytes, xml: bytes) -> bytes:
    """Return a PDF with an invoice's XML attached to it."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(
            document, xml, mime_type="text/xml", relationship=pikepdf.Name.Alternative
        )
        document.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _german(amount: Decimal | str) -> str:
    return f"{Decimal(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def _german_date(day: str) -> str:
    return ".".join(reversed(day.split("-")))
