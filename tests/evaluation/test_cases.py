"""What people decided about our own samples is what the classifier decides, or asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.model import (
    Classification,
    DocumentType,
    Level,
    LevelDecision,
    ReviewReason,
    TypeDecision,
)
from docparser_client.api.reviews import ReviewCase

from tests.evaluation.case import Case, cases, classified, sample_of

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: sample_of(case).name)
def test_what_a_person_decided_is_decided_or_asked(case: Case, tmp_path: Path) -> None:
    case.check(classified(sample_of(case), tmp_path))


def test_there_are_cases_of_every_decision() -> None:
    assert {case.decision for case in CASES} == {"approve", "correct"}


def test_a_case_is_what_the_service_tells_without_its_ids() -> None:
    told = set(ReviewCase.model_fields) - {"document_id", "revision"}
    assert set(Case.model_fields) - {"schema_"} == told


def decided(
    kind: DocumentType, level: Level = Level.CONFIDENTIAL, *review: ReviewReason
) -> Classification:
    return Classification(
        type=TypeDecision(value=kind, confidence=0.9),
        level=LevelDecision(value=level, confidence=0.9),
        review=review,
    )


def test_what_is_surely_wrong_again_fails() -> None:
    (case, *_) = (case for case in CASES if case.corrected_type is not None)
    wrong = next(kind for kind in DocumentType if kind is not case.right_type)
    with pytest.raises(AssertionError, match="nobody is asked"):
        case.check(decided(wrong))
    case.check(decided(wrong, Level.CONFIDENTIAL, ReviewReason.TYPE_UNSURE))
    case.check(decided(case.right_type))


def test_a_level_that_is_looser_than_a_person_said_fails() -> None:
    (case, *_) = CASES
    said = {"decision": "correct", "level": Level.INTERNAL, "corrected_level": Level.RESTRICTED}
    stricter = case.model_copy(update=said)
    for level in (Level.INTERNAL, Level.PUBLIC):
        with pytest.raises(AssertionError, match="is right"):
            stricter.check(decided(case.right_type, level, ReviewReason.TYPE_UNSURE))
    stricter.check(decided(case.right_type, Level.CONFIDENTIAL))
    # What one person alone wants looser is no truth yet
    looser = case.model_copy(update=said | {"corrected_level": Level.PUBLIC})
    looser.check(decided(case.right_type, Level.INTERNAL))
