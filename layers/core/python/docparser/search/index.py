"""What every search index does, whichever engine is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from docparser.model import Chunk, Hits

MAX_HITS = 200
"""The most hits on one page of an answer."""


class InvalidQuery(ValueError):  # noqa: N818 - named after what the caller sent
    """A query holds nothing to search for, or is too long; the message never quotes it."""


class InvalidCursor(ValueError):  # noqa: N818
    """A cursor is none of ours, or belongs to another search."""


class SearchIndex(Protocol):
    """Passages of documents by their words; what a tenant stored, only that tenant finds.

    What is stored or deleted may become visible to a search seconds later.
    """

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Give all calls of a block, together, so many seconds; then they are Retryable.

        Without it each call has as many as a caller of the API waits for.
        """

    def put(self, chunks: Sequence[Chunk]) -> int:
        """Store chunks, each in place of the one with its id; return how many are stored.

        Raises
        ------
        Retryable
            The index is away, busy or waking; storing the same chunks again does no harm.
        """

    def delete(
        self,
        tenant: str,
        document_id: str,
        *,
        keep_revision: int | None = None,
        only_revision: int | None = None,
        known: Iterable[str] = (),
    ) -> int:
        """Delete a document's chunks, or those of some revisions; return how many.

        Parameters
        ----------
        tenant, document_id
            Whose chunks.
        keep_revision
            The first revision whose chunks stay; None deletes all.
        only_revision
            The one revision whose chunks go; None deletes those of any.
        known
            Ids of the document's chunks that may have been stored too short a time ago to be
            found. They are deleted too.

        Raises
        ------
        Retryable
            The index is away, busy or waking.
        """

    def find(self, tenant: str, query: str, *, limit: int, cursor: str | None = None) -> Hits:
        """Return a page of a tenant's passages that hold the query's words, best first.

        Every word must stand in a passage; only if there is no such passage, any of them. A word
        is found in its inflected forms too. Quoted words are a phrase; nothing else in a query is
        an operator.

        Parameters
        ----------
        tenant
            Whose passages.
        query
            At most 400 characters, as a person typed them.
        limit
            How many hits, 1 to 200.
        cursor
            The ``next_cursor`` of the page before, for the same tenant and query. While nothing
            is stored or deleted, pages neither repeat nor miss a hit.

        Raises
        ------
        InvalidQuery
            Nothing to search for, or too long.
        InvalidCursor
            Not a cursor of this search.
        Retryable
            The index is away, busy or waking.
        """
