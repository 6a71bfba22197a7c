"""A document as it is read for its fields and tables: page by page, then as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Extraction, PageStatus, WarningCode

from . import einvoice
from .calibration import calibrated
from .einvoice import EInvoiceReader
from .extractors import extractors_for
from .tables import TableReader, TablesFound
from .view import view

if TYPE_CHECKING:
    from docparser.model import DocumentType, FieldValue, Page
    from docparser.model.type_schema import TypeSchema

    from .corrections import Corrections
    from .einvoice import EInvoice
    from .extractor import Extractor, Locale
    from .tables import TableSink


class Reading:
    """Shows each page to all who look for something on it.

    Parameters
    ----------
    kind
        What the document is.
    schema
        Which fields and tables it may have; None where its type has no schema.
    locale
        What ambiguous dates and numbers are read by.
    sink
        Takes the rows of its tables.
    invoice
        What its XML says, if it has one.
    """

    def __init__(
        self,
        kind: DocumentType,
        schema: TypeSchema | None,
        locale: Locale,
        sink: TableSink,
        invoice: EInvoice | None = None,
    ) -> None:
        self._kind = kind
        self._definition = "" if schema is None else schema.definition
        self._sink = sink
        self._invoice = invoice
        self._extractors: list[Extractor] = [] if invoice is None else [EInvoiceReader(invoice)]
        if schema is not None:
            self._extractors += extractors_for(kind, schema, locale)
        self._tables = TableReader(schema, locale, sink)

    def read(self, page: Page) -> None:
        """Take the next page in; one that could not be read has nothing to say."""
        if page.status is not PageStatus.OK:
            return
        seen = view(page)
        for extractor in self._extractors:
            extractor.read(seen)
        self._tables.read(page, seen)

    def extraction(self, said: Corrections) -> Extraction:
        """Return what was found on the pages that were read.

        Parameters
        ----------
        said
            What people have said of it.
        """
        tables = self._tables_found()
        found = [extractor.found() for extractor in self._extractors]
        fields = said.over(self._calibrated(field) for each in found for field in each.fields)
        warnings = {warning for each in found for warning in each.warnings}
        if tables.gaps:
            warnings.add(WarningCode.ROWS_MISSING)
        return Extraction(
            type=self._kind,
            definition=self._definition,
            fields=fields,
            tables=tables.tables,
            gaps=tables.gaps,
            warnings=tuple(warning for warning in WarningCode if warning in warnings),
        )

    def _tables_found(self) -> TablesFound:
        """Return all tables; of what the XML has, its own are the truth."""
        found = self._tables.finish()
        if self._invoice is None or not self._invoice.tables:
            return found
        theirs = einvoice.write(self._invoice, self._sink, begin=len(found.tables) + 1)
        roles = {table.role for table in theirs}
        ours = tuple(table for table in found.tables if table.role not in roles)
        kept = {table.id for table in ours}
        gaps = tuple(gap for gap in found.gaps if gap.table in kept)
        return TablesFound((*theirs, *ours), gaps)

    def _calibrated(self, field: FieldValue) -> FieldValue:
        confidence = calibrated(self._kind, field.source, field.confidence)
        return field.model_copy(update={"confidence": confidence})
