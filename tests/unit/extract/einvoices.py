"""Small e-invoices made for tests: the XML in both syntaxes, PDFs that it is attached to, pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from docparser.extract.view import PageView, view
from docparser.model import Lane, LaneReason, Page, box

from tests.pdfs import text_pdf

if TYPE_CHECKING:
    from pathlib import Path

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE02500105170137075030"


def cii(*, lines: int = 2, settlement: str = "", sums: str = "", kind: str = "380") -> str:
    """Return an invoice of the extended profile over 119.00 EUR, whatever its lines are."""
    rows = "".join(
        f"""<ram:IncludedSupplyChainTradeLineItem>
  <ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID>
  </ram:AssociatedDocumentLineDocument>
  <ram:SpecifiedTradeProduct><ram:SellerAssignedID>A-{number}</ram:SellerAssignedID>
    <ram:Name>Anvil {number}</ram:Name></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
    <ram:ChargeAmount>25.0000</ram:ChargeAmount></ram:NetPriceProductTradePrice>
  </ram:SpecifiedLineTradeAgreement>
  <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="H87">2.0000</ram:BilledQuantity>
  </ram:SpecifiedLineTradeDelivery>
  <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
    <ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
    <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>50.00
    </ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
  </ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>"""
        for number in range(1, lines + 1)
    )
    due = "".join(
        f"""<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
  <udt:DateTimeString format="102">{day}</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms>"""
        for day in ("20260403", "20260503")
    )
    accounts = "".join(
        f"""<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
  <ram:IBANID>{iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
</ram:SpecifiedTradeSettlementPaymentMeans>"""
        for iban in ("DE02 1203 0000 0000 2020 51", "DE02500105170137075030")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{RSM}" xmlns:ram="{RAM}" xmlns:udt="{UDT}">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
  <ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
</rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>RE-2026/0042</ram:ID><ram:TypeCode>{kind}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260304</udt:DateTimeString>
  </ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>{rows}
<ram:ApplicableHeaderTradeAgreement>
  <ram:SellerTradeParty><ram:Name>Müller &amp; Söhne GmbH</ram:Name>
    <ram:PostalTradeAddress><ram:PostcodeCode>10115</ram:PostcodeCode>
      <ram:LineOne>Ackerstraße 1</ram:LineOne><ram:CityName>Berlin</ram:CityName>
      <ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">29/815/08151</ram:ID>
    </ram:SpecifiedTaxRegistration>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE 136 695 976</ram:ID>
    </ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Coyote Ltd</ram:Name></ram:BuyerTradeParty>
  <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-7</ram:IssuerAssignedID>
  </ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>
  <ram:OccurrenceDateTime><udt:DateTimeString format="102">20260301</udt:DateTimeString>
  </ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>
</ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement>
  <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>{accounts}
  <ram:ApplicableTradeTax><ram:CalculatedAmount>19.00</ram:CalculatedAmount>
    <ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>100.00</ram:BasisAmount>
    <ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
  {due}{settlement}
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:LineTotalAmount>100.00</ram:LineTotalAmount>
    <ram:AllowanceTotalAmount>5.00</ram:AllowanceTotalAmount>
    <ram:ChargeTotalAmount>5.00</ram:ChargeTotalAmount>
    <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="USD">20.52</ram:TaxTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>119</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>19.00</ram:TotalPrepaidAmount>
    <ram:DuePayableAmount>100.00</ram:DuePayableAmount>{sums}
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def ubl(*, credit: bool = False, payee: str = IBAN) -> str:
    """Return an invoice or a credit note over -119.00 EUR, in a default namespace."""
    root, line, quantity = (
        ("CreditNote", "CreditNoteLine", "CreditedQuantity")
        if credit
        else ("Invoice", "InvoiceLine", "InvoicedQuantity")
    )
    due = "" if credit else "<cbc:DueDate>2026-04-03Z</cbc:DueDate>"
    paid = "<cbc:PaymentDueDate>2026-04-03</cbc:PaymentDueDate>" if credit else ""
    return f"""<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
  xmlns:cac="{CAC}" xmlns:cbc="{CBC}">
<cbc:ID>G 1</cbc:ID><cbc:IssueDate>2026-03-04+01:00</cbc:IssueDate>{due}
<cbc:{root}TypeCode>{381 if credit else 380}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Trade name</cbc:Name>
  </cac:PartyName>
  <cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID><cac:TaxScheme>
    <cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>29/815/08151</cbc:CompanyID><cac:TaxScheme>
    <cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Legal name GmbH</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:PaymentMeans>{paid}<cac:PayeeFinancialAccount><cbc:ID>{payee}</cbc:ID>
  <cac:FinancialInstitutionBranch><cbc:ID>BYLADEM1001</cbc:ID></cac:FinancialInstitutionBranch>
</cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">-19</cbc:TaxAmount><cac:TaxSubtotal>
  <cbc:TaxableAmount currencyID="EUR">-100</cbc:TaxableAmount>
  <cbc:TaxAmount currencyID="EUR">-19</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>
  <cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="EUR">-100</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">-100</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">-119</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="EUR">-119.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:{line}><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="C62">-1</cbc:{quantity}>
  <cbc:LineExtensionAmount currencyID="EUR">-100</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Anvil</cbc:Name></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">100</cbc:PriceAmount></cac:Price></cac:{line}>
</{root}>"""


def pdf_with(path: Path, **attached: bytes) -> Path:
    """Write a PDF with files attached, ``__`` for a dot and ``_`` for a dash in their names."""
    with pikepdf.open(io.BytesIO(text_pdf(salt="e-invoice"))) as pdf:
        for name, content in attached.items():
            name = name.replace("__", ".").replace("_", "-")
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
        pdf.save(path)
    return path


def page(*rows: str, number: int = 1, lane: Lane = Lane.TEXT, confidence: float = 1.0) -> PageView:
    """Return a page with these rows, each a line of its own; ``|`` parts columns."""
    words, lines = 0, []
    for at, row in enumerate(rows):
        top, left, found = 0.05 + 0.02 * at, 0.05, []
        for column in row.split("|"):
            for text in column.split():
                words += 1
                place = box(left, top, left + 0.009 * len(text), top + 0.012)
                word = {"id": f"p{number}.w{words}", "text": text, "polygon": place}
                found.append({**word, "confidence": confidence})
                left += 0.009 * len(text) + 0.004
            left += 0.1
        polygon = box(0.05, top, min(left, 1.0), top + 0.012)
        line = {"id": f"p{number}.l{at + 1}", "text": row.replace("|", " "), "words": found}
        lines.append({**line, "polygon": polygon})
    block = {"id": f"p{number}.b1", "polygon": box(0, 0, 1, 1), "lines": lines}
    return view(
        Page.model_validate(
            {
                "number": number,
                "lane": lane,
                "lane_reason": LaneReason.TEXT_LAYER_TRUSTED,
                "width_pt": 595,
                "height_pt": 842,
                "blocks": [block],
            }
        )
    )
