"""The sensitivity matrix: which level may lie in which zone. The heart of the product.

=============  =====  ======  ===========================
level          vault  backup  sync
=============  =====  ======  ===========================
CONFIDENTIAL   yes    no      no
RESTRICTED     yes    yes     no
INTERNAL       yes    yes     by rule (`SYNCED_INTERNALS`)
PUBLIC         yes    yes     yes
=============  =====  ======  ===========================
"""

from __future__ import annotations

from docparser.model import DocumentType, Level, Zone

SYNCED_INTERNALS = frozenset({DocumentType.REPORT, DocumentType.SCIENTIFIC_ARTICLE})
"""Types that colleagues share by their nature; an INTERNAL document of another type stays."""

_MATRIX = {
    Level.CONFIDENTIAL: (Zone.VAULT,),
    Level.RESTRICTED: (Zone.VAULT, Zone.BACKUP),
    Level.INTERNAL: (Zone.VAULT, Zone.BACKUP),
    Level.PUBLIC: (Zone.VAULT, Zone.BACKUP, Zone.SYNC),
}


def allowed_zones(level: Level, kind: DocumentType) -> tuple[Zone, ...]:
    """Return the zones where a document may lie; the vault, where all lie, comes first."""
    zones = _MATRIX[level]
    if level is Level.INTERNAL and kind in SYNCED_INTERNALS:
        return (*zones, Zone.SYNC)
    return zones


def forbidden_zones(level: Level, kind: DocumentType) -> tuple[Zone, ...]:
    """Return the zones where nothing of a document may lie, in any revision."""
    allowed = allowed_zones(level, kind)
    return tuple(zone for zone in Zone if zone not in allowed)
