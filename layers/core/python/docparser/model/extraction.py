"""What was extracted of a document: typed fields and tables, each value with its proof."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .base import Confidence, Money, Noun, schema_tag
from .codes import (
    DocumentType,
    FieldSource,
    FieldType,
    ReviewReason,
    RowCode,
    TableRole,
    WarningCode,
)
from .page import Polygon

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=64)]
"""A field's name as its schema has it; parts of one thing have dots: ``seller.vat_id``."""

Value = str | bool | dict[str, str]
"""A normalised value, by the type of its field:

- ``text identifier iban bic vat_id currency country language``: a string, identifiers without
  blanks, ISO 4217, ISO 3166-1 alpha-2, ISO 639-1; ``boolean``: true or false
- ``date``: ISO 8601, ``2026-03-04``; ``duration``: ISO 8601, ``P2Y``
- ``number percent``: a decimal with a point, as a string
- ``money``: ``{"amount": "1234.56", "currency": "EUR"}``; ``currency`` is left out where unknown
- ``quantity``: ``{"amount": "2", "unit": "C62"}``; UN/ECE Rec 20, or the unit as it is printed
- ``address``: parts of ``{"text", "line1", "line2", "postcode", "city", "region", "country"}``
"""


class FieldValue(Noun):
    """One value of a field; a field of which there are many has several, in their order.

    ``raw`` is the value as it stands in the source, ``quote`` the words around it that prove it:
    both are content. ``page``, ``polygon`` and ``word_ids`` say where it stands on a page, ``path``
    where in an XML file (XPath); a value of an XML file that is printed, too, has both.
    ``confidence`` is the share of values with as much evidence that are right.
    """

    name: FieldName
    type: FieldType
    value: Value
    raw: str
    quote: str = ""
    page: Annotated[int, Field(ge=1)] | None = None
    polygon: Polygon | None = None
    word_ids: tuple[str, ...] = ()
    path: str | None = None
    source: FieldSource
    confidence: Confidence


class Violation(Noun):
    """A rule of a schema that does not hold, and the fields that it is about."""

    rule: str
    fields: tuple[FieldName, ...] = ()


class Column(Noun):
    """A column of a table: its name, what its head says, and what its cells are."""

    name: str
    label: str = ""
    type: FieldType = FieldType.TEXT


class RowGap(Noun):
    """Rows of a table that are missing, or that nobody can vouch for.

    They follow ``row`` (from 1; 0 stands for before the first) on ``page``; None where only the
    whole table tells. ``expected`` and ``found`` are counts of rows, where the document states one.
    """

    table: str
    code: RowCode
    page: Annotated[int, Field(ge=1)]
    row: Annotated[int, Field(ge=0)] | None = None
    expected: int | None = None
    found: int | None = None


class DocumentTable(Noun):
    """A table of the document, which may go over several pages.

    ``parts`` are the ids of the pages' tables that it was joined from. Its ``rows`` are counted
    without heads, carried sums and totals; they lie in the files ``<id>.json`` and ``<id>.csv``
    beside ``document.json``, under ``tables/``.
    """

    id: str
    role: TableRole = TableRole.OTHER
    columns: tuple[Column, ...]
    rows: int
    first_page: int
    last_page: int
    parts: tuple[str, ...] = ()


class RowCell(Noun):
    """A cell: its text, and its value where its column has a type and it could be read."""

    text: str
    value: Value | None = None
    polygon: Polygon | None = None


class TableRow(Noun):
    """One row, numbered from 1 through the document's table; one cell for each column."""

    number: Annotated[int, Field(ge=1)]
    page: int
    polygon: Polygon | None = None
    cells: tuple[RowCell, ...]


class TableRows(Noun):
    """A table with its rows, stored as ``extract/<id>.json``; written and read row by row."""

    schema_: str = schema_tag("table")
    table: DocumentTable
    rows: tuple[TableRow, ...]


class Extraction(Noun):
    """Fields and tables of one revision, stored as ``extract/fields.json``.

    ``definition`` names the schema and its version, ``invoice/1``; it is empty where the type has
    none, and tables are all there is. ``missing`` are required fields without a value,
    ``corrected`` those of which people have said what they are, or that there is none. ``gaps`` are
    rows that are missing: a document with any is PARTIAL. ``charges_usd`` is what services charge
    for their answers, in US dollars.
    """

    schema_: str = schema_tag("extraction")
    type: DocumentType
    definition: str = ""
    fields: tuple[FieldValue, ...] = ()
    missing: tuple[FieldName, ...] = ()
    corrected: tuple[FieldName, ...] = ()
    violations: tuple[Violation, ...] = ()
    tables: tuple[DocumentTable, ...] = ()
    gaps: tuple[RowGap, ...] = ()
    review: tuple[ReviewReason, ...] = ()
    warnings: tuple[WarningCode, ...] = ()
    charges_usd: Money = Decimal(0)
