"""A document as a whole: what has been warned of that a person has to look at."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from docparser.extract.corrections import Corrections
from docparser.extract.extractor import Found, Locale
from docparser.extract.reading import Reading
from docparser.model import DocumentType, FieldType, ReviewReason, WarningCode
from docparser.model.type_schema import FieldRule, TypeSchema

from tests.unit.extract.einvoices import page

if TYPE_CHECKING:
    from docparser.extract.view import PageView

SCHEMA = TypeSchema(
    name="x", type=DocumentType.OTHER, fields=(FieldRule(name="a", type=FieldType.TEXT),)
)
FOR_A_PERSON = {
    WarningCode.XML_DIFFERS,
    WarningCode.XML_UNREADABLE,
    WarningCode.VALUES_CONTRADICT,
    WarningCode.VALUES_UNPROVEN,
    WarningCode.SEVERAL_DOCUMENTS,
    WarningCode.PAGES_ABSENT,
}


class Warner:
    """A reader that finds nothing, and warns."""

    charges_usd = Decimal(0)

    def __init__(self, *warnings: WarningCode) -> None:
        self._found = Found(warnings=frozenset(warnings))

    def read(self, page: PageView) -> None:
        """Take one page in."""

    def found(self) -> Found:
        return self._found


class NoSink:
    """Takes no rows: there is no table."""

    def begin(self, *_: Any) -> Any:
        raise AssertionError


@pytest.mark.parametrize("warning", list(WarningCode))
def test_a_sign_of_fraud_or_of_missing_pages_is_for_a_person(warning: WarningCode) -> None:
    # Given a document in order, of which one reader warns
    reading = Reading(SCHEMA.type, SCHEMA, Locale(), NoSink(), asking=[Warner(warning)])
    reading.read(page("All that stands here is printed").page)
    # When
    found = reading.extraction(Corrections(type=SCHEMA.type))
    # Then
    assert (found.violations, found.missing, found.warnings) == ((), (), (warning,))
    wanted = (ReviewReason.VALIDATION,) if warning in FOR_A_PERSON else ()
    assert found.review == wanted
