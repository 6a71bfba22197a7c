"""The sensitivity matrix: which level may lie in which zone. The heart of the product.

=============  =====  ======  ========================================
level          vault  backup  sync
=============  =====  ======  ========================================
CONFIDENTIAL   yes    no      no
RESTRICTED     yes    yes     no
INTERNAL       yes    yes     by rules of the tenant's policy
PUBLIC         yes    yes     yes
=============  =====  ======  ========================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Level, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docparser.model import DocumentType, RetentionRule, SyncRule

_MATRIX = {
    Level.CONFIDENTIAL: (Zone.VAULT,),
    Level.RESTRICTED: (Zone.VAULT, Zone.BACKUP),
    Level.INTERNAL: (Zone.VAULT, Zone.BACKUP),
    Level.PUBLIC: (Zone.VAULT, Zone.BACKUP, Zone.SYNC),
}


def allowed_zones(
    level: Level,
    kind: DocumentType,
    rules: Iterable[SyncRule],
    tags: Mapping[str, str] | None = None,
) -> tuple[Zone, ...]:
    """Return the zones where a document may lie; the vault, where all lie, comes first.

    Parameters
    ----------
    level, kind
        What the document was classified as.
    rules
        Which INTERNAL documents the tenant syncs: those that any of them names.
    tags
        What its sender calls it.
    """
    zones = _MATRIX[level]
    if level is Level.INTERNAL and any(_names(rule, kind, tags or {}) for rule in rules):
        return (*zones, Zone.SYNC)
    return zones


def is_open_to(zone: Zone, level: Level) -> bool:
    """Whether documents of a level may lie in a zone at all, whatever the rules of a tenant."""
    return zone in _MATRIX[level] or (zone is Zone.SYNC and level is Level.INTERNAL)


def lock_days(rules: Iterable[RetentionRule], level: Level, kind: DocumentType) -> int | None:
    """Return how long a document's backup is locked, in days; the first rule that fits decides."""
    for rule in rules:
        if rule.level in (None, level) and rule.type in (None, kind):
            return rule.lock_days
    return None


def _names(rule: SyncRule, kind: DocumentType, tags: Mapping[str, str]) -> bool:
    of_type = not rule.types or kind in rule.types
    return of_type and all(tags.get(name) == value for name, value in rule.tags.items())
