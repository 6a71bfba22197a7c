"""What is searched and what is found: passages of pages, and where in them the words stand."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import DocumentId, Language, Noun, Tenant, schema_tag
from .codes import DocumentType, Level
from .page import Polygon

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a word on the upright page, 0..1, origin top left."""


def chunk_id(document_id: str, revision: int, number: int) -> str:
    """Return ``<document_id>-r1-000001``: the same step repeated writes the same chunk."""
    return f"{document_id}-r{revision}-{number:06d}"


class Chunk(Noun):
    """A passage of one page, or the description of a whole document (``page`` is None).

    ``number`` counts from 1 through the revision. ``words`` are the passage's words in reading
    order, ``boxes`` their places, one for each; a description has words without places.
    """

    tenant: Tenant
    document_id: DocumentId
    revision: Annotated[int, Field(ge=1)]
    number: Annotated[int, Field(ge=1)]
    page: int | None = None
    level: Level
    type: DocumentType
    language: Language = "und"
    words: tuple[str, ...]
    boxes: tuple[Box, ...] = ()

    @property
    def id(self) -> str:
        """What the index knows it by."""
        return chunk_id(self.document_id, self.revision, self.number)

    @property
    def text(self) -> str:
        """The passage as it is searched."""
        return " ".join(self.words)


class Hit(Noun):
    """A passage that was found: ``polygon`` is around the words that matched.

    ``score`` orders the hits of one search and says nothing across searches. A document of which
    only the description may be searched has neither page nor polygon.
    """

    document_id: DocumentId
    revision: int
    page: int | None = None
    polygon: Polygon | None = None
    score: float
    snippet: str


class Hits(Noun):
    """One page of hits, best first; ``next_cursor`` asks for the next one, None at the end."""

    schema_: str = schema_tag("hits")
    hits: tuple[Hit, ...] = ()
    next_cursor: str | None = None
