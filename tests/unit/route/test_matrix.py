"""The sensitivity matrix, row by row. A change here changes where documents may lie."""

from __future__ import annotations

from itertools import pairwise

import pytest
from docparser.model import DocumentType, Level, Zone
from docparser.route.matrix import SYNCED_INTERNALS, allowed_zones, forbidden_zones

VAULT, BACKUP, SYNC = Zone.VAULT, Zone.BACKUP, Zone.SYNC


@pytest.mark.parametrize("kind", DocumentType)
def test_matrix(kind: DocumentType) -> None:
    assert allowed_zones(Level.CONFIDENTIAL, kind) == (VAULT,)
    assert allowed_zones(Level.RESTRICTED, kind) == (VAULT, BACKUP)
    assert allowed_zones(Level.PUBLIC, kind) == (VAULT, BACKUP, SYNC)
    internal = (VAULT, BACKUP, SYNC) if kind in SYNCED_INTERNALS else (VAULT, BACKUP)
    assert allowed_zones(Level.INTERNAL, kind) == internal


def test_what_nobody_recognised_is_not_synced() -> None:
    assert {DocumentType.UNKNOWN, DocumentType.OTHER}.isdisjoint(SYNCED_INTERNALS)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("kind", DocumentType)
def test_a_zone_is_allowed_or_forbidden(level: Level, kind: DocumentType) -> None:
    allowed, forbidden = allowed_zones(level, kind), forbidden_zones(level, kind)
    assert {*allowed, *forbidden} == set(Zone)
    assert not set(allowed) & set(forbidden)


@pytest.mark.parametrize("kind", DocumentType)
def test_a_stricter_level_allows_no_zone_more(kind: DocumentType) -> None:
    rows = [set(allowed_zones(level, kind)) for level in Level]
    assert all(stricter <= looser for stricter, looser in pairwise(rows))
