"""The sensitivity matrix, row by row. A change here changes where documents may lie."""

from __future__ import annotations

from itertools import pairwise

import pytest
from docparser.model import DocumentType, Level, RetentionRule, SyncRule, Zone
from docparser.policy import default_policy
from docparser.route.matrix import allowed_zones, is_open_to, lock_days

VAULT, BACKUP, SYNC = Zone.VAULT, Zone.BACKUP, Zone.SYNC
EVERYTHING = (SyncRule(types=tuple(DocumentType)),)
REPORTS = (SyncRule(types=(DocumentType.REPORT,)),)
SHARED = (SyncRule(tags={"share": "yes"}),)


@pytest.mark.parametrize("rules", [(), REPORTS, EVERYTHING])
@pytest.mark.parametrize("kind", DocumentType)
def test_matrix(kind: DocumentType, rules: tuple[SyncRule, ...]) -> None:
    assert allowed_zones(Level.CONFIDENTIAL, kind, rules) == (VAULT,)
    assert allowed_zones(Level.RESTRICTED, kind, rules) == (VAULT, BACKUP)
    assert allowed_zones(Level.PUBLIC, kind, rules) == (VAULT, BACKUP, SYNC)
    synced = rules == EVERYTHING or (rules == REPORTS and kind is DocumentType.REPORT)
    internal = (VAULT, BACKUP, SYNC) if synced else (VAULT, BACKUP)
    assert allowed_zones(Level.INTERNAL, kind, rules) == internal


@pytest.mark.parametrize(
    ("rules", "tags", "synced"),
    [
        (SHARED, {}, False),
        (SHARED, {"share": "no"}, False),
        (SHARED, {"share": "yes", "customer": "4711"}, True),
        ((SyncRule(types=(DocumentType.LETTER,), tags={"share": "yes"}),), {}, False),
        ((SyncRule(types=(DocumentType.LETTER,), tags={"share": "yes"}),), {"share": "yes"}, True),
        ((SyncRule(types=(DocumentType.FORM,), tags={"share": "yes"}),), {"share": "yes"}, False),
        ((SyncRule(tags={"share": "yes", "team": "a"}),), {"share": "yes", "team": "b"}, False),
        ((*REPORTS, *SHARED), {"share": "yes"}, True),
    ],
)
def test_a_rule_names_what_it_syncs_by_all_that_it_says(
    rules: tuple[SyncRule, ...], tags: dict[str, str], *, synced: bool
) -> None:
    zones = allowed_zones(Level.INTERNAL, DocumentType.LETTER, rules, tags)
    assert (SYNC in zones) == synced
    # And nothing that anybody says of a document opens a zone to a stricter level
    assert SYNC not in allowed_zones(Level.RESTRICTED, DocumentType.LETTER, rules, tags)
    assert allowed_zones(Level.CONFIDENTIAL, DocumentType.LETTER, rules, tags) == (VAULT,)


def test_by_default_nobody_syncs_what_was_not_recognised() -> None:
    rules = default_policy().sync
    for kind in (DocumentType.UNKNOWN, DocumentType.OTHER):
        assert SYNC not in allowed_zones(Level.INTERNAL, kind, rules)


@pytest.mark.parametrize("level", Level)
def test_a_zone_is_open_to_a_level_that_some_rule_lets_lie_there(level: Level) -> None:
    for zone in Zone:
        possible = any(
            zone in allowed_zones(level, kind, rules)
            for kind in DocumentType
            for rules in ((), EVERYTHING)
        )
        assert is_open_to(zone, level) == possible


@pytest.mark.parametrize("kind", DocumentType)
def test_a_stricter_level_allows_no_zone_more(kind: DocumentType) -> None:
    rows = [set(allowed_zones(level, kind, REPORTS)) for level in Level]
    assert all(stricter <= looser for stricter, looser in pairwise(rows))


def test_the_first_rule_of_retention_that_fits_says_how_long_a_backup_is_locked() -> None:
    letter = DocumentType.LETTER
    rules = (
        RetentionRule(level=Level.RESTRICTED, type=letter, days=400, lock_days=365),
        RetentionRule(type=DocumentType.INVOICE, lock_days=3650),
        RetentionRule(level=Level.PUBLIC),
        RetentionRule(lock_days=30),
    )
    assert lock_days(rules, Level.RESTRICTED, letter) == 365
    assert lock_days(rules, Level.INTERNAL, letter) == 30
    assert lock_days(rules, Level.PUBLIC, DocumentType.INVOICE) == 3650
    assert lock_days(rules, Level.PUBLIC, letter) is None
    assert lock_days((), Level.PUBLIC, letter) is None
