"""CII, the Cross Industry Invoice of UN/CEFACT: Factur-X, ZUGFeRD 1 and 2, XRechnung.

All profiles from MINIMUM to EXTENDED; in the paths the names of ZUGFeRD 1.0 stand beside later ones
(``HeaderExchangedDocument|ExchangedDocument``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import DocumentType, FieldType, TableRole

from .elements import each, first, text
from .invoice import EInvoice
from .said import (
    CREDIT_NOTES,
    LINE_COLUMNS,
    TAX_COLUMNS,
    Fields,
    mentioned,
    money_cell,
    percent_cell,
    quantity_cell,
    table,
    text_cell,
)

if TYPE_CHECKING:
    from .said import Cell

ROOTS = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument"})

_DOCUMENT = "ExchangedDocument|HeaderExchangedDocument"
_GUIDELINE = (
    "ExchangedDocumentContext|SpecifiedExchangedDocumentContext"
    "/GuidelineSpecifiedDocumentContextParameter/ID"
)
_MOMENT = "DateTimeString|DateTime"
_DEAL = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREEMENT = "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_DELIVERY = "ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery"
_SETTLEMENT = "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_SUMS = "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
_MEANS = "SpecifiedTradeSettlementPaymentMeans"

_LINE = "IncludedSupplyChainTradeLineItem"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_DELIVERY = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_LINE_SUMS = (
    "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
)
_RATE = "RateApplicablePercent|ApplicablePercent"

_AMOUNTS = {
    "line_total": "LineTotalAmount",
    "allowance_total": "AllowanceTotalAmount",
    "charge_total": "ChargeTotalAmount",
    "net_total": "TaxBasisTotalAmount",
    "tax_total": "TaxTotalAmount",
    "grand_total": "GrandTotalAmount",
    "prepaid": "TotalPrepaidAmount",
    "due_payable": "DuePayableAmount",
}
_PARTIES = {"seller": "SellerTradeParty", "buyer": "BuyerTradeParty"}
_POSTAL = {
    "line1": "LineOne",
    "line2": "LineTwo",
    "line3": "LineThree",
    "postcode": "PostcodeCode",
    "city": "CityName",
    "region": "CountrySubDivisionName",
    "country": "CountryID",
}

# Lines of the extended profile that say again what others say: sums of them, and information.
_NO_LINES = frozenset({"GROUP", "INFORMATION"})


def read(root: Any) -> EInvoice:
    """Return what a document says whose root is one of `ROOTS`; what it lacks is left out."""
    deal = first(root, _DEAL)
    settlement = None if deal is None else first(deal, _SETTLEMENT)
    if deal is None or settlement is None:
        return EInvoice()
    currency = first(settlement, "InvoiceCurrencyCode")
    fields = Fields(text(currency).upper())
    kind = first(root, f"{_DOCUMENT}/TypeCode")
    fields.identifier("invoice_number", first(root, f"{_DOCUMENT}/ID"))
    fields.identifier("type_code", kind)
    fields.date("issue_date", first(root, f"{_DOCUMENT}/IssueDateTime/{_MOMENT}"))
    fields.code("currency", currency, FieldType.CURRENCY)
    for name, path in _PARTIES.items():
        party = first(deal, f"{_AGREEMENT}/{path}")
        if party is not None:
            _party(fields, name, party)
    order = f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID|ID"
    fields.identifier("order_number", first(deal, order))
    delivered = f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_MOMENT}"
    fields.date("delivery_date", first(deal, delivered))
    _payment(fields, settlement)
    sums = first(settlement, _SUMS)
    if sums is not None:
        for name, path in _AMOUNTS.items():
            fields.money(name, each(sums, path))
    lines = [_line(line, fields.currency) for line in each(deal, _LINE)]
    taxes = [_tax(tax, fields.currency) for tax in each(settlement, "ApplicableTradeTax")]
    credit = text(kind) in CREDIT_NOTES
    return EInvoice(
        type=DocumentType.CREDIT_NOTE if credit else DocumentType.INVOICE,
        guideline=text(first(root, _GUIDELINE)),
        fields=fields.found,
        tables=tuple(
            table(role, columns, rows)
            for role, columns, rows in (
                (TableRole.LINE_ITEMS, LINE_COLUMNS, lines),
                (TableRole.TAXES, TAX_COLUMNS, taxes),
            )
            if rows
        ),
        mentioned=frozenset(mentioned(root)),
    )


def _party(fields: Fields, name: str, party: Any) -> None:
    fields.text(f"{name}.name", first(party, "Name"))
    for id_ in each(party, "SpecifiedTaxRegistration/ID"):
        # VA is the id for VAT, FC the number that the tax office gives.
        if id_.get("schemeID") == "VA":
            fields.identifier(f"{name}.vat_id", id_, FieldType.VAT_ID)
        elif id_.get("schemeID") == "FC":
            fields.tax_number(f"{name}.tax_no", id_)
    postal = first(party, "PostalTradeAddress")
    if postal is not None:
        parts = {part: first(postal, path) for part, path in _POSTAL.items()}
        fields.address(f"{name}.address", parts, postal)


def _payment(fields: Fields, settlement: Any) -> None:
    for due in each(settlement, f"SpecifiedTradePaymentTerms/DueDateDateTime/{_MOMENT}"):
        fields.date("due_date", due)
    for means in each(settlement, _MEANS):
        account = first(means, "PayeePartyCreditorFinancialAccount/IBANID")
        fields.identifier("iban", account, FieldType.IBAN)
        bank = first(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID")
        fields.identifier("bic", bank, FieldType.BIC)


def _line(line: Any, currency: str) -> tuple[Cell, ...]:
    net = f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount"
    gross = f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/ChargeAmount"
    price = first(line, net)
    product = "SpecifiedTradeProduct"
    numbers = f"{product}/SellerAssignedID|GlobalID|BuyerAssignedID"
    named = first(line, f"{product}/Name|Description")
    note = "AssociatedDocumentLineDocument/IncludedNote/Content"
    status = first(line, "AssociatedDocumentLineDocument/LineStatusReasonCode")
    amount = first(line, f"{_LINE_SETTLEMENT}/{_LINE_SUMS}/LineTotalAmount")
    return (
        text_cell(text(first(line, "AssociatedDocumentLineDocument/LineID"))),
        text_cell(text(first(line, numbers))),
        text_cell(text(first(line, note) if named is None else named)),
        quantity_cell(first(line, f"{_LINE_DELIVERY}/BilledQuantity")),
        money_cell(first(line, gross) if price is None else price, currency),
        percent_cell(first(line, f"{_LINE_SETTLEMENT}/ApplicableTradeTax/{_RATE}")),
        money_cell(None if text(status).upper() in _NO_LINES else amount, currency),
    )


def _tax(tax: Any, currency: str) -> tuple[Cell, ...]:
    return (
        text_cell(text(first(tax, "CategoryCode"))),
        percent_cell(first(tax, _RATE)),
        money_cell(first(tax, "BasisAmount"), currency),
        money_cell(first(tax, "CalculatedAmount"), currency),
    )
