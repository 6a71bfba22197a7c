"""UBL 2.1, the Universal Business Language of OASIS: Invoice and CreditNote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import DocumentType, FieldType, TableRole

from .elements import each, first, local_name, text
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
    unspaced,
)

if TYPE_CHECKING:
    from .said import Cell

ROOTS = frozenset({"Invoice", "CreditNote"})
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"

_AMOUNTS = {
    "line_total": "LegalMonetaryTotal/LineExtensionAmount",
    "allowance_total": "LegalMonetaryTotal/AllowanceTotalAmount",
    "charge_total": "LegalMonetaryTotal/ChargeTotalAmount",
    "net_total": "LegalMonetaryTotal/TaxExclusiveAmount",
    "tax_total": "TaxTotal/TaxAmount",
    "grand_total": "LegalMonetaryTotal/TaxInclusiveAmount",
    "prepaid": "LegalMonetaryTotal/PrepaidAmount",
    "due_payable": "LegalMonetaryTotal/PayableAmount",
}
_PARTIES = {"seller": "AccountingSupplierParty/Party", "buyer": "AccountingCustomerParty/Party"}
_POSTAL = {
    "line1": "StreetName",
    "line2": "AdditionalStreetName",
    "line3": "AddressLine/Line",
    "postcode": "PostalZone",
    "city": "CityName",
    "region": "CountrySubentity",
    "country": "Country/IdentificationCode",
}
# Where no account is an IBAN, none of the payee's is known: UBL has one member for both.
_LEAST_IBAN = 15


def read(root: Any) -> EInvoice:
    """Return what a document says whose root is one of `ROOTS`; what it lacks is left out."""
    currency = first(root, "DocumentCurrencyCode")
    fields = Fields(text(currency).upper())
    fields.identifier("invoice_number", first(root, "ID"))
    kind = first(root, "InvoiceTypeCode|CreditNoteTypeCode")
    fields.identifier("type_code", kind)
    fields.date("issue_date", first(root, "IssueDate"))
    fields.code("currency", currency, FieldType.CURRENCY)
    for name, path in _PARTIES.items():
        party = first(root, path)
        if party is not None:
            _party(fields, name, party)
    fields.identifier("order_number", first(root, "OrderReference/ID"))
    fields.date("delivery_date", first(root, "Delivery/ActualDeliveryDate"))
    # A credit note has no due date of its own.
    for due in (*each(root, "DueDate"), *each(root, "PaymentMeans/PaymentDueDate")):
        fields.date("due_date", due)
    _payment(fields, root)
    for name, path in _AMOUNTS.items():
        fields.money(name, each(root, path))
    rows = each(root, "InvoiceLine|CreditNoteLine")
    lines = [_line(line, fields.currency) for line in rows]
    subtotals = each(root, "TaxTotal/TaxSubtotal")
    taxes = [_tax(tax, fields.currency) for tax in subtotals]
    credit = local_name(root) == "CreditNote" or text(kind) in CREDIT_NOTES
    return EInvoice(
        type=DocumentType.CREDIT_NOTE if credit else DocumentType.INVOICE,
        guideline=text(first(root, "CustomizationID")),
        fields=fields.found,
        tables=tuple(
            table(role, columns, found)
            for role, columns, found in (
                (TableRole.LINE_ITEMS, LINE_COLUMNS, lines),
                (TableRole.TAXES, TAX_COLUMNS, taxes),
            )
            if found
        ),
        mentioned=frozenset(mentioned(root)),
    )


def _party(fields: Fields, name: str, party: Any) -> None:
    fields.text(
        f"{name}.name",
        first(party, "PartyLegalEntity/RegistrationName"),
        first(party, "PartyName/Name"),
    )
    for scheme in each(party, "PartyTaxScheme"):
        id_ = first(scheme, "CompanyID")
        if text(first(scheme, "TaxScheme/ID")).upper() == "VAT":
            fields.identifier(f"{name}.vat_id", id_, FieldType.VAT_ID)
        else:
            fields.tax_number(f"{name}.tax_no", id_)
    postal = first(party, "PostalAddress")
    if postal is not None:
        parts = {part: first(postal, path) for part, path in _POSTAL.items()}
        fields.address(f"{name}.address", parts, postal)


def _payment(fields: Fields, root: Any) -> None:
    for account in each(root, "PaymentMeans/PayeeFinancialAccount"):
        id_ = first(account, "ID")
        said = unspaced(text(id_))
        if len(said) >= _LEAST_IBAN and said[:2].isalpha():
            fields.identifier("iban", id_, FieldType.IBAN)
        bank = first(account, "FinancialInstitutionBranch/ID")
        fields.identifier("bic", bank, FieldType.BIC)


def _line(line: Any, currency: str) -> tuple[Cell, ...]:
    numbers = "SellersItemIdentification|StandardItemIdentification|BuyersItemIdentification"
    return (
        text_cell(text(first(line, "ID"))),
        text_cell(text(first(line, f"Item/{numbers}/ID"))),
        text_cell(text(first(line, "Item/Name|Description"))),
        quantity_cell(first(line, "InvoicedQuantity|CreditedQuantity")),
        money_cell(first(line, "Price/PriceAmount"), currency),
        percent_cell(first(line, "Item/ClassifiedTaxCategory/Percent")),
        money_cell(first(line, "LineExtensionAmount"), currency),
    )


def _tax(tax: Any, currency: str) -> tuple[Cell, ...]:
    return (
        text_cell(text(first(tax, "TaxCategory/ID"))),
        percent_cell(first(tax, "TaxCategory/Percent|PercentApplicable")),
        money_cell(first(tax, "TaxableAmount"), currency),
        money_cell(first(tax, "TaxAmount"), currency),
    )
