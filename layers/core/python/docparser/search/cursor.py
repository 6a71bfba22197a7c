"""Where a page of hits ended, as an opaque word for the next one.

It says nothing but a position in one search: the tenant comes from the caller each time, and a
cursor of another tenant's search, or of another query's, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import NamedTuple

from .index import InvalidCursor

_MAX_CHARACTERS = 300
_MAX_TIE = 64


class Position(NamedTuple):
    """The last hit of a page.

    ``any_word`` says that the search fell back to passages with any of the words; ``score`` and
    ``tie`` are the last hit's, by which hits are sorted.
    """

    any_word: bool
    score: float
    tie: str


def encode(position: Position, tenant: str, query: str) -> str:
    """Return the cursor for what comes after a position."""
    fields = [_search(tenant, query), *position]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def decode(cursor: str, tenant: str, query: str) -> Position:
    """Return the position that `encode` wrote for the same search.

    Raises
    ------
    InvalidCursor
        The cursor is damaged, or made for another search.
    """
    if len(cursor) > _MAX_CHARACTERS:
        raise InvalidCursor("a cursor is shorter")
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        fields = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError:
        raise InvalidCursor("not a cursor") from None
    match fields:
        case [str(search), bool(any_word), float(score), str(tie)] if (
            math.isfinite(score) and len(tie) <= _MAX_TIE
        ):
            if search == _search(tenant, query):
                return Position(any_word, score, tie)
    raise InvalidCursor("not a cursor of this search")


def _search(tenant: str, query: str) -> str:
    return hashlib.sha256(f"{tenant}\0{query}".encode(errors="surrogatepass")).hexdigest()[:16]
