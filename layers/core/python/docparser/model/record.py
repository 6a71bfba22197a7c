"""The account of a revision: its record, and one event per change of status."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .base import DocumentId, Moment, Money, Noun, Sha256, Tenant
from .codes import (
    DocumentType,
    IndexScope,
    Lane,
    LanePolicy,
    Level,
    Malware,
    Priority,
    Stage,
    Status,
    WarningCode,
    Zone,
)
from .plan import Source


class Ref(Noun):
    """Which attempt at which revision of which document."""

    tenant: Tenant
    document_id: DocumentId
    revision: Annotated[int, Field(ge=1)] = 1
    attempt: Annotated[int, Field(ge=1)] = 1

    @property
    def execution_name(self) -> str:
        """The name of the execution; a closed name can never be started again."""
        return f"{self.document_id}-r{self.revision}-a{self.attempt}"


class Record(Noun):
    """One revision of one document.

    ``gb_seconds`` is what Lambda used, ``gpu_seconds`` how long the OCR endpoint worked, and
    ``charges_usd`` what other services charge by the page; ``cost_usd`` is all of it, in US
    dollars. ``cost_by_lane`` is the part of it that reading the pages cost. ``index`` says how much
    of the document can be searched, in how many ``chunks``.

    ``policy``, ``lane`` and ``declared_level`` are what the document's owner asked for. A document
    that came inside another one has a ``parent``, and stands ``depth`` files deep. A revision that
    ``begins_at`` a stage takes what comes before it from the result of the revision before.
    ``failures`` counts the attempts that failed by themselves: not those that the end of a machine
    or a person interrupted.
    """

    ref: Ref
    status: Status
    stage: Stage = Stage.INTAKE
    seq: int = 1
    source: Source
    priority: Priority = Priority.STANDARD
    content_sha256: Sha256
    size_bytes: int
    code: str | None = None
    type: DocumentType | None = None
    level: Level | None = None
    zones: tuple[Zone, ...] = ()
    pages: int | None = None
    failed_pages: int | None = None
    pages_by_lane: dict[Lane, int] = Field(default_factory=dict)
    warnings: tuple[WarningCode, ...] = ()
    parent: DocumentId | None = None
    depth: Annotated[int, Field(ge=0)] = 0
    children: int | None = None
    malware: Malware | None = None
    policy: LanePolicy | None = None
    lane: Lane | None = None
    declared_level: Level | None = None
    begins_at: Stage | None = None
    failures: int = 0
    index: IndexScope | None = None
    chunks: int | None = None
    gb_seconds: float = 0
    gpu_seconds: float = 0
    charges_usd: Money = Decimal(0)
    cost_usd: Money = Decimal(0)
    cost_by_lane: dict[Lane, Money] = Field(default_factory=dict)
    created_at: Moment
    updated_at: Moment
    finished_at: Moment | None = None
    lease_until: Moment | None = None


class Event(Noun):
    """One change of a revision's status; ``seq`` counts from 1 without gaps."""

    ref: Ref
    seq: int
    at: Moment
    from_: Status | None = Field(default=None, alias="from")
    to: Status
    stage: Stage
    code: str | None = None

    @property
    def event_id(self) -> str:
        """``<document_id>-r1-000012``."""
        return f"{self.ref.document_id}-r{self.ref.revision}-{self.seq:06d}"
