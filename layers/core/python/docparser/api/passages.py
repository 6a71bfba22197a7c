"""Passages that match a query, in the documents of one tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.search.index import InvalidCursor, InvalidQuery

from .models import FoundPassages
from .problems import InvalidRequest, NotFound

if TYPE_CHECKING:
    from docparser.search.index import SearchIndex


class Passages:
    """The search index, where the deployment has one."""

    def __init__(self, index: SearchIndex | None) -> None:
        self._index = index

    def find(self, tenant: str, query: str, *, limit: int, cursor: str | None) -> FoundPassages:
        """Return a page of hits, best first.

        Raises
        ------
        InvalidRequest
            The query or the cursor cannot be used.
        NotFound
            The deployment has no index.
        """
        if self._index is None:
            raise NotFound("This deployment has no search index.")
        try:
            found = self._index.find(tenant, query, limit=limit, cursor=cursor)
        except InvalidQuery:
            raise InvalidRequest("q: nothing to search for, or too long.") from None
        except InvalidCursor:
            raise InvalidRequest("cursor: not one that this service gave.") from None
        return FoundPassages(hits=found.hits, next_cursor=found.next_cursor)
