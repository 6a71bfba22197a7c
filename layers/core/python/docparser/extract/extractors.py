"""Which readers look for the fields of which type of document: the one list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import DocumentType

from .layout.invoice import InvoiceReader
from .layout.receipt import ReceiptExtractor

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
    DocumentType.CONTRACT: (_agreement,),
    DocumentType.RECEIPT: (lambda _, locale: ReceiptExtractor(locale),),
}


def extractors_for(kind: DocumentType, schema: TypeSchema, locale: Locale) -> list[Extractor]:
    """Return new readers of a type's fields; none where nobody reads that type."""
    return [make(schema, locale) for make in _EXTRACTORS.get(kind, ())]
