"""How long a document is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from docparser.model import DocumentType, Level, RetentionRule


def kept_until(
    rules: Iterable[RetentionRule],
    level: Level | None,
    kind: DocumentType | None,
    created_at: datetime,
) -> datetime | None:
    """Return until when a document is kept; None if it is kept until somebody erases it.

    The first rule that fits decides, counted from the moment at which the document first came.
    """
    for rule in rules:
        if rule.level in (None, level) and rule.type in (None, kind):
            return None if rule.days is None else created_at + timedelta(days=rule.days)
    return None
