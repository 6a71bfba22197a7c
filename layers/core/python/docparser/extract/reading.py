"""A document as it is read for its fields and tables: page by page, then as a whole."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.model import Extraction, PageStatus, ReviewReason, WarningCode

from . import einvoice
from .calibration import calibrated
from .einvoice import EInvoiceReader
from .extractor import Found
from .extractors import extractors_for
from .merging import merge
from .summing import Sums
from .tables import TableReader, TablesFound
from .validation import check, unsure
from .view import view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import DocumentType, FieldName, FieldValue, Page, Violation
    from docparser.model.type_schema import TypeSchema

    from .corrections import Corrections
    from .einvoice import EInvoice
    from .engine import AskingExtractor
    from .extractor import Extractor, Locale
    from .tables import TableSink


_FOR_A_PERSON = frozenset(
    {
        WarningCode.XML_DIFFERS,
        WarningCode.XML_UNREADABLE,
        WarningCode.VALUES_CONTRADICT,
        WarningCode.VALUES_UNPROVEN,
        WarningCode.SEVERAL_DOCUMENTS,
        WarningCode.PAGES_ABSENT,
    }
)
"""Signs of fraud, or of values and pages that are not there: whoever is warned has to look."""


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
        What its XML says, if it has one. One that can be read is the invoice: nothing is taken from
        the pages but the places where it is printed.
    asking
        Readers that ask services.
    least_confidence
        Values below it are for a person to look at, where the schema says nothing else.
    """

    def __init__(
        self,
        kind: DocumentType,
        schema: TypeSchema | None,
        locale: Locale,
        sink: TableSink,
        *,
        invoice: EInvoice | None = None,
        asking: Sequence[AskingExtractor] = (),
        least_confidence: float = 0.5,
    ) -> None:
        self._kind = kind
        self._schema = schema
        self._least_confidence = least_confidence
        self._invoice = invoice
        self._extractors: list[Extractor] = [] if invoice is None else [EInvoiceReader(invoice)]
        stated = invoice is not None and invoice.type is not None
        if schema is not None and not stated:
            self._extractors += [*extractors_for(kind, schema, locale), *asking]
        self._asking = tuple(asking)
        self._sums = Sums(sink)
        self._tables = TableReader(schema, locale, self._sums)

    def read(self, page: Page) -> None:
        """Take the next page in; rows may be missing where one could not be read."""
        seen = view(page)
        self._tables.read(page, seen)
        if page.status is PageStatus.OK:
            for extractor in self._extractors:
                extractor.read(seen)

    def extraction(self, said: Corrections) -> Extraction:
        """Return what was found on the pages that were read.

        Parameters
        ----------
        said
            What people have said of it.
        """
        tables = self._tables_found()
        found = merge(
            *(self._calibrated(extractor.found()) for extractor in self._extractors),
            schema=self._schema,
        )
        fields = said.over(found.fields)
        warnings = {*found.warnings, *([WarningCode.ROWS_MISSING] if tables.gaps else [])}
        return self._checked(
            Extraction(
                type=self._kind,
                definition="" if self._schema is None else self._schema.definition,
                fields=fields,
                corrected=said.names,
                tables=tables.tables,
                gaps=tables.gaps,
                warnings=tuple(warning for warning in WarningCode if warning in warnings),
                charges_usd=sum((one.charges_usd for one in self._asking), Decimal(0)),
            )
        )

    def _checked(self, found: Extraction) -> Extraction:
        """Return what was found with the rules that do not hold, and what a person should see."""
        schema = self._schema
        doubts: list[object] = [*found.gaps, *_FOR_A_PERSON.intersection(found.warnings)]
        violations: tuple[Violation, ...] = ()
        missing: tuple[FieldName, ...] = ()
        if schema is not None:
            violations, missing = check(schema, found.fields, self._sums.of(found.tables))
            doubts += [
                *violations,
                *missing,
                *unsure(schema, found.fields, self._least_confidence),
            ]
        return found.model_copy(
            update={
                "violations": violations,
                "missing": missing,
                "review": (ReviewReason.VALIDATION,) if doubts else (),
            }
        )

    def _tables_found(self) -> TablesFound:
        """Return all tables; of what the XML has, its own are the truth."""
        found = self._tables.finish()
        if self._invoice is None or not self._invoice.tables:
            return found
        theirs = einvoice.write(self._invoice, self._sums, begin=len(found.tables) + 1)
        roles = {table.role for table in theirs}
        ours = tuple(table for table in found.tables if table.role not in roles)
        kept = {table.id for table in ours}
        gaps = tuple(gap for gap in found.gaps if gap.table in kept)
        return TablesFound((*theirs, *ours), gaps)

    def _calibrated(self, found: Found) -> Found:
        def shared(field: FieldValue) -> FieldValue:
            confidence = calibrated(self._kind, field.source, field.confidence)
            return field.model_copy(update={"confidence": confidence})

        return Found(tuple(shared(field) for field in found.fields), found.warnings)
