"""Electronic invoices after EN 16931: as XML alone (CII), and inside the PDF that people read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

import pikepdf

from samples.invoices import RECHNUNG_POSITIONS, Position, add_up, rechnung

if TYPE_CHECKING:
    from collections.abc import Iterable

_GUIDELINE = "urn:cen.eu:en16931:2017"
_RATE = Decimal("0.19")
_MOMENT = "D:20250414080000Z"
_FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_UNITS = {
    "m³": "MTQ",
    "Stück": "H87",
    "lfm": "LM",
    "Std.": "HUR",
    "Tag": "DAY",
    "psch.": "LS",
}
_WALL = (
    Position("Holzrahmenwand, gedämmt, vorgefertigt", Decimal("38.5"), "m³", Decimal("412.00")),
    Position("Fenster setzen und abdichten", Decimal("11"), "Stück", Decimal("186.50")),
    Position("Montage vor Ort, Facharbeiter", Decimal("42"), "Std.", Decimal("58.40")),
)


class Facts(NamedTuple):
    """What the XML says besides its positions."""

    number: str
    issued: date
    due: date
    delivered: date
    order: str


def erechnung() -> bytes:
    """E-invoice without a page: XML (Cross Industry Invoice), by which a wall is charged."""
    facts = Facts(
        number="2025-0458",
        issued=date(2025, 6, 3),
        due=date(2025, 7, 3),
        delivered=date(2025, 5, 28),
        order="AL-2025-047",
    )
    return cii(facts, _WALL)


def zugferd() -> bytes:
    """Return the German invoice as PDF with the XML of it inside (ZUGFeRD 2, Factur-X)."""
    facts = Facts(
        number="2025-0417",
        issued=date(2025, 4, 14),
        due=date(2025, 5, 14),
        delivered=date(2025, 4, 4),
        order="AL-2025-031",
    )
    buffer = BytesIO()
    with pikepdf.open(BytesIO(rechnung())) as pdf:
        attached = pikepdf.AttachedFileSpec(
            pdf,
            cii(facts, RECHNUNG_POSITIONS),
            filename="factur-x.xml",
            description="Rechnung 2025-0417",
            mime_type="text/xml",
            creation_date=_MOMENT,
            mod_date=_MOMENT,
            relationship=pikepdf.Name.Alternative,
        )
        pdf.attachments["factur-x.xml"] = attached
        pdf.Root.AF = pikepdf.Array([attached.obj])
        pdf.Root.Metadata = pdf.make_stream(_metadata())
        pdf.Root.Metadata.Type, pdf.Root.Metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def cii(facts: Facts, positions: tuple[Position, ...]) -> bytes:
    """Return a Cross Industry Invoice of the profile EN 16931, of the carpenter.

    Parameters
    ----------
    facts
        Numbers and dates.
    positions
        Its lines, all at 19 % value added tax, in euros.
    """
    totals = add_up(positions, _RATE)
    lines = "".join(_line(number, position) for number, position in enumerate(positions, 1))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocumentContext>
  <ram:GuidelineSpecifiedDocumentContextParameter>
   <ram:ID>{_GUIDELINE}</ram:ID>
  </ram:GuidelineSpecifiedDocumentContextParameter>
 </rsm:ExchangedDocumentContext>
 <rsm:ExchangedDocument>
  <ram:ID>{facts.number}</ram:ID>
  <ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime>{_date(facts.issued)}</ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
{lines}  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty>
    <ram:Name>Brandt Holzbau GmbH</ram:Name>
    <ram:PostalTradeAddress>
     <ram:PostcodeCode>90427</ram:PostcodeCode>
     <ram:LineOne>Sägemühlenweg 17</ram:LineOne>
     <ram:CityName>Nürnberg</ram:CityName>
     <ram:CountryID>DE</ram:CountryID>
    </ram:PostalTradeAddress>
    <ram:SpecifiedTaxRegistration>
     <ram:ID schemeID="FC">241/123/45678</ram:ID>
    </ram:SpecifiedTaxRegistration>
    <ram:SpecifiedTaxRegistration>
     <ram:ID schemeID="VA">DE136695976</ram:ID>
    </ram:SpecifiedTaxRegistration>
   </ram:SellerTradeParty>
   <ram:BuyerTradeParty>
    <ram:Name>Architekturbüro Lindner &amp; Partner mbB</ram:Name>
    <ram:PostalTradeAddress>
     <ram:PostcodeCode>90429</ram:PostcodeCode>
     <ram:LineOne>Fürther Straße 88</ram:LineOne>
     <ram:CityName>Nürnberg</ram:CityName>
     <ram:CountryID>DE</ram:CountryID>
    </ram:PostalTradeAddress>
   </ram:BuyerTradeParty>
   <ram:BuyerOrderReferencedDocument>
    <ram:IssuerAssignedID>{facts.order}</ram:IssuerAssignedID>
   </ram:BuyerOrderReferencedDocument>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeDelivery>
   <ram:ActualDeliverySupplyChainEvent>
    <ram:OccurrenceDateTime>{_date(facts.delivered)}</ram:OccurrenceDateTime>
   </ram:ActualDeliverySupplyChainEvent>
  </ram:ApplicableHeaderTradeDelivery>
  <ram:ApplicableHeaderTradeSettlement>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans>
    <ram:TypeCode>58</ram:TypeCode>
    <ram:PayeePartyCreditorFinancialAccount>
     <ram:IBANID>DE89370400440532013000</ram:IBANID>
    </ram:PayeePartyCreditorFinancialAccount>
    <ram:PayeeSpecifiedCreditorFinancialInstitution>
     <ram:BICID>COBADEFFXXX</ram:BICID>
    </ram:PayeeSpecifiedCreditorFinancialInstitution>
   </ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax>
    <ram:CalculatedAmount>{totals.tax}</ram:CalculatedAmount>
    <ram:TypeCode>VAT</ram:TypeCode>
    <ram:BasisAmount>{totals.net}</ram:BasisAmount>
    <ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>
   </ram:ApplicableTradeTax>
   <ram:SpecifiedTradePaymentTerms>
    <ram:DueDateDateTime>{_date(facts.due)}</ram:DueDateDateTime>
   </ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:LineTotalAmount>{totals.net}</ram:LineTotalAmount>
    <ram:TaxBasisTotalAmount>{totals.net}</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">{totals.tax}</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>{totals.gross}</ram:GrandTotalAmount>
    <ram:DuePayableAmount>{totals.gross}</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
    return text.encode()


def _line(number: int, position: Position) -> str:
    return f"""  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument>
    <ram:LineID>{number}</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct>
    <ram:Name>{escape(position.description)}</ram:Name>
   </ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement>
    <ram:NetPriceProductTradePrice>
     <ram:ChargeAmount>{position.price}</ram:ChargeAmount>
    </ram:NetPriceProductTradePrice>
   </ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery>
    <ram:BilledQuantity unitCode="{_UNITS[position.unit]}">{position.quantity}</ram:BilledQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement>
    <ram:ApplicableTradeTax>
     <ram:TypeCode>VAT</ram:TypeCode>
     <ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>
    </ram:ApplicableTradeTax>
    <ram:SpecifiedTradeSettlementLineMonetarySummation>
     <ram:LineTotalAmount>{position.total}</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
"""


def _date(day: date) -> str:
    return f'<udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString>'


def _metadata() -> bytes:
    """Return the XMP that says which file of the PDF is the invoice."""
    facts: Iterable[tuple[str, str]] = (
        ("DocumentType", "INVOICE"),
        ("DocumentFileName", "factur-x.xml"),
        ("Version", "1.0"),
        ("ConformanceLevel", "EN 16931"),
    )
    told = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in facts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:fx="{_FACTUR_X}">{told}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    ).encode()
