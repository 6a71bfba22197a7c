"""The place at which a list of documents goes on, as a word that callers hand back."""

from __future__ import annotations

import base64
import binascii
import re

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
DOCUMENT = re.compile(rf"{_MOMENT}#d[0-9a-f]{{32}}", re.ASCII)
"""The position of a document: ``<created_at>#<document_id>``."""
REVISION = re.compile(rf"{_MOMENT}#d[0-9a-f]{{32}}#\d{{4}}", re.ASCII)
"""The position of a revision: ``<created_at>#<document_id>#0001``."""
_LONGEST = 120


class InvalidCursor(ValueError):  # noqa: N818 - as the index names its own
    """The word was not made here."""


def encode(position: str) -> str:
    """Return a position as URLs can carry it."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode(cursor: str, form: re.Pattern[str] = DOCUMENT) -> str:
    """Return the position in a cursor.

    It names no tenant: whoever hands it back gets a place in documents of their own.

    Raises
    ------
    InvalidCursor
        The word was not made by `encode`, or of a position of another form.
    """
    if len(cursor) > _LONGEST:
        raise InvalidCursor
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        position = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (UnicodeError, binascii.Error):
        raise InvalidCursor from None
    if form.fullmatch(position) is None or encode(position) != cursor:
        raise InvalidCursor
    return position
