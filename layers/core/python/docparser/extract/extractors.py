"""Which readers look for the fields of which type of document: the one list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import DocumentType

from . import schemas
from .layout.bank_statement import BankStatementReader
from .layout.identity import IdentityReader
from .layout.invoice import InvoiceReader
from .layout.labelled import LabelledReader
from .layout.payslip import PayslipReader
from .layout.receipt import ReceiptReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.model.type_schema import TypeSchema

    from .extractor import Extractor, Locale

    Making = Callable[[TypeSchema, Locale], Extractor]


def _agreement(_: TypeSchema, locale: Locale) -> Extractor:
    # Its patterns take 160 ms to compile, which only agreements shall pay.
    from .prose.agreement import AgreementReader

    return AgreementReader(locale)


_EXTRACTORS: dict[DocumentType, tuple[Making, ...]] = {
    DocumentType.INVOICE: (lambda _, locale: InvoiceReader(locale),),
    DocumentType.CREDIT_NOTE: (lambda _, locale: InvoiceReader(locale, DocumentType.CREDIT_NOTE),),
    DocumentType.BANK_STATEMENT: (BankStatementReader,),
    DocumentType.CONTRACT: (_agreement,),
    DocumentType.ID_DOCUMENT: (IdentityReader,),
    DocumentType.PAYSLIP: (PayslipReader,),
    DocumentType.RECEIPT: (lambda _, locale: ReceiptReader(locale),),
}


# Sums between the lines and the net total, which few invoices print: their labels are enough.
_BY_LABEL = frozenset({"line_total", "allowance_total", "charge_total"})


def extractors_for(kind: DocumentType, schema: TypeSchema, locale: Locale) -> list[Extractor]:
    """Return new readers of a type's fields.

    What nobody knows who reads the type, as fields that a tenant has added, is read by its labels.
    """
    made = [make(schema, locale) for make in _EXTRACTORS.get(kind, ())]
    shipped = schemas.shipped(kind) if made else None
    known = {rule.name for rule in shipped.fields} if shipped is not None else set()
    known -= _BY_LABEL
    if any(rule.name not in known for rule in schema.fields):
        made.append(LabelledReader(schema, locale, but=known))
    return made
