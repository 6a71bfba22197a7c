"""The order of the levels."""

from __future__ import annotations

from docparser.model import Level

_STRICTNESS = {level: place for place, level in enumerate(Level)}


def strictest(*levels: Level) -> Level:
    """Return the strictest of some levels."""
    return min(levels, key=_STRICTNESS.__getitem__)
