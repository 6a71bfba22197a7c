"""How long documents are kept, by the rules of their tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from docparser.govern.periods import kept_until
from docparser.model import DocumentType, Level, RetentionRule

CAME = datetime(2026, 1, 1, tzinfo=UTC)
RULES = (
    RetentionRule(level=Level.CONFIDENTIAL, type=DocumentType.PAYSLIP, days=3650),
    RetentionRule(type=DocumentType.PAYSLIP, days=30),
    RetentionRule(level=Level.PUBLIC),
    RetentionRule(days=365, lock_days=30),
)


@pytest.mark.parametrize(
    ("level", "kind", "days"),
    [
        (Level.CONFIDENTIAL, DocumentType.PAYSLIP, 3650),
        (Level.RESTRICTED, DocumentType.PAYSLIP, 30),
        # A rule that names no days keeps what fits it for ever, whatever comes after it
        (Level.PUBLIC, DocumentType.REPORT, None),
        (Level.INTERNAL, DocumentType.REPORT, 365),
        # What is not known fits what is for every one
        (None, None, 365),
    ],
)
def test_the_first_rule_that_fits_decides(
    level: Level | None, kind: DocumentType | None, days: int | None
) -> None:
    until = None if days is None else CAME + timedelta(days=days)
    assert kept_until(RULES, level, kind, CAME) == until


def test_without_a_rule_nothing_is_erased_by_itself() -> None:
    assert kept_until((), Level.INTERNAL, DocumentType.REPORT, CAME) is None
