"""What people said of fields of our own samples is what is read, or asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.model import Extraction, FieldSource, FieldType, FieldValue, ReviewReason

from tests.evaluation.case import sample_of
from tests.evaluation.field_case import FieldCase, extracted, field_cases

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.model import Value

CASES = field_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: sample_of(case).name)
def test_what_a_person_said_is_read_or_asked(case: FieldCase, tmp_path: Path) -> None:
    found = extracted(case, sample_of(case), tmp_path)
    assert found.definition == case.definition
    case.check(found)


def test_there_are_cases_of_several_types() -> None:
    assert len({case.type for case in CASES}) >= 4


def read(case: FieldCase, value: Value | None, *review: ReviewReason) -> Extraction:
    """Return an extraction that has one field otherwise than a person said it."""
    said = {**case.fields, next(iter(case.fields)): () if value is None else (value,)}
    return Extraction(
        type=case.type,
        fields=tuple(
            FieldValue(
                name=name,
                type=FieldType.TEXT,
                value=each,
                raw="",
                source=FieldSource.LAYOUT,
                confidence=1,
            )
            for name, values in said.items()
            for each in values
        ),
        review=review,
    )


def test_what_is_wrong_again_fails() -> None:
    for case in CASES:
        for value in (None, "something else"):
            with pytest.raises(AssertionError, match="nobody is asked"):
                case.check(read(case, value))
            case.check(read(case, value, ReviewReason.VALIDATION))
