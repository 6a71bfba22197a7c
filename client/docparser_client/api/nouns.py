"""What the service answers.

A newer service may say more, in words that an older client has not heard: unknown members are
ignored, and what may grow (codes, types, lanes, zones) is text here.
"""

from __future__ import annotations

from decimal import Decimal

from docparser import model
from docparser.model import Level, Moment, Status
from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """The base: frozen, and silent about its content where it cannot be understood."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Upload(Answer):
    """Where and how to send a document's bytes: valid until ``expires_at``, for these only."""

    method: str = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: Moment


class Created(Answer):
    """A document by its content; ``upload`` is None where the service has the bytes already."""

    document_id: str
    status: Status
    upload: Upload | None = None


class Document(Answer):
    """The record of a document's current revision.

    Sizes are in bytes, the cost in US dollars without storage; ``cost_by_lane`` is the part of it
    that reading the pages cost. ``children`` counts the files inside it, ``parent`` is the document
    that it came in. ``declared_level`` is what its owner said that it is at least. ``review`` says
    whether a person has to look at it, ``waiting_for`` what a WAITING one goes on after; ``pii``
    counts its personal data. ``violations`` counts the rules for its fields that do not hold,
    ``row_gaps`` where rows of its tables are missing. ``etag`` names this state of it.
    """

    document_id: str
    revision: int = 1
    attempt: int = 1
    status: Status
    stage: str = ""
    code: str | None = None
    type: str | None = None
    level: Level | None = None
    name: str = ""
    priority: str = ""
    size_bytes: int = 0
    content_sha256: str = ""
    pages: int | None = None
    failed_pages: int | None = None
    pages_by_lane: dict[str, int] = Field(default_factory=dict)
    zones: tuple[str, ...] = ()
    index: str | None = None
    chunks: int | None = None
    violations: int | None = None
    row_gaps: int | None = None
    warnings: tuple[str, ...] = ()
    parent: str | None = None
    depth: int = 0
    children: int | None = None
    malware: str | None = None
    policy: str | None = None
    lane: str | None = None
    declared_level: Level | None = None
    failures: int = 0
    review: str = "NONE"
    waiting_for: str | None = None
    pii: dict[str, int] = Field(default_factory=dict)
    hold: str | None = None
    retain_until: Moment | None = None
    cost_usd: Decimal = Decimal(0)
    cost_by_lane: dict[str, Decimal] = Field(default_factory=dict)
    created_at: Moment
    updated_at: Moment
    finished_at: Moment | None = None
    etag: str = Field(default="", exclude=True, repr=False)


class Child(Answer):
    """A file inside a document, as its result lists it.

    It is a document of its own, ``document_id``, unless it was skipped for the reason that its
    ``code`` names. ``name`` is whatever whoever packed it chose.
    """

    name: str
    size_bytes: int = 0
    document_id: str | None = None
    code: str | None = None


class DocumentPage(Answer):
    """One page of the list of documents."""

    items: tuple[Document, ...]
    next_cursor: str | None = None


class Hit(model.Hit):
    """A passage that was found, and where on its page it stands."""

    model_config = ConfigDict(extra="ignore")


class HitPage(Answer):
    """One page of hits, best first."""

    hits: tuple[Hit, ...]
    next_cursor: str | None = None


class Health(Answer):
    """What the service says of itself."""

    status: str
    version: str = ""
