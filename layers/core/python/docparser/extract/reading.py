"""A document as it is read for its fields and tables: page by page, then as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Extraction, PageStatus, WarningCode

from .calibration import calibrated
from .extractors import extractors_for
from .tables import TableReader
from .view import view

if TYPE_CHECKING:
    from docparser.model import DocumentType, FieldValue, Page
    from docparser.model.type_schema import TypeSchema

    from .corrections import Corrections
    from .extractor import Locale
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
    """

    def __init__(
        self, kind: DocumentType, schema: TypeSchema | None, locale: Locale, sink: TableSink
    ) -> None:
        self._kind = kind
        self._extractors = [] if schema is None else extractors_for(kind, schema, locale)
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
        tables = self._tables.finish()
        found = [extractor.found() for extractor in self._extractors]
        fields = said.over(self._calibrated(field) for each in found for field in each.fields)
        warnings = {warning for each in found for warning in each.warnings}
        if tables.gaps:
            warnings.add(WarningCode.ROWS_MISSING)
        return Extraction(
            type=self._kind,
            fields=fields,
            tables=tables.tables,
            gaps=tables.gaps,
            warnings=tuple(warning for warning in WarningCode if warning in warnings),
        )

    def _calibrated(self, field: FieldValue) -> FieldValue:
        confidence = calibrated(self._kind, field.source, field.confidence)
        return field.model_copy(update={"confidence": confidence})
