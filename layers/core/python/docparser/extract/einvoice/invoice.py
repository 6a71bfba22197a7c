"""What an e-invoice's XML says."""

from __future__ import annotations

from docparser.model import (
    Column,
    DocumentType,
    FieldValue,
    Noun,
    TableRole,
    TableRow,
    WarningCode,
)


class XmlTable(Noun):
    """Rows of the XML that are one table: the lines of the invoice, or its taxes.

    A row of the XML stands on no page; it is said to be on the first, without a polygon.
    """

    role: TableRole
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


class EInvoice(Noun):
    """Fields and tables of an e-invoice, in the order of the XML.

    One that is ``attached`` to a PDF is printed there, too, or should be.
    ``guideline`` is the profile as the XML names it, ``urn:factur-x.eu:1p0:minimum`` or such.
    ``mentioned`` are all IBANs and amounts of the XML, whatever they are there: one of them that is
    printed differs from nothing. An XML that cannot be read has no type and a warning.
    """

    type: DocumentType | None = None
    attached: bool = False
    guideline: str = ""
    fields: tuple[FieldValue, ...] = ()
    tables: tuple[XmlTable, ...] = ()
    mentioned: frozenset[str] = frozenset()
    warnings: tuple[WarningCode, ...] = ()
