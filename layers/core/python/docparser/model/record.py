"""The account of a revision: its record, and one event per change of status."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .base import DocumentId, Moment, Money, Noun, Sha256, Tenant
from .codes import (
    Action,
    DocumentType,
    IndexScope,
    Lane,
    LanePolicy,
    Level,
    Malware,
    PiiType,
    Priority,
    Review,
    Stage,
    Status,
    WaitingFor,
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


SYSTEM = "system"
"""The actor of what no person asked for."""

Actor = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[!-~]+$")]
"""Who did something: ``system``, a function's name, or a principal as AWS names it (an ARN)."""

Fact = str | int | float | bool | tuple[str, ...]
"""What an event may tell."""


class Erasure(Noun):
    """The proof of an erasure: how much was deleted, and what it was.

    ``versions`` counts the versions of objects, ``size_bytes`` their bytes, ``passages`` what the
    index held. ``objects_sha256`` is the hash over the sorted lines ``<bucket purpose>/<key>
    <version> <etag>`` of all of them. ``residuals`` names what time alone deletes.
    """

    erased_at: Moment
    versions: int
    size_bytes: int
    passages: int
    objects_sha256: Sha256
    residuals: tuple[str, ...] = ()


class Record(Noun):
    """One revision of one document.

    ``gb_seconds`` is what Lambda used, ``gpu_seconds`` how long the OCR endpoint worked, and
    ``charges_usd`` what other services charge by the page, ``field_charges_usd`` what they charge
    for its fields; ``cost_usd`` is all of it, in US dollars. ``cost_by_lane`` is the part of it
    that reading the pages cost. ``index`` says how much of the document can be searched, in how
    many ``chunks``.

    ``policy``, ``lane`` and ``declared_level`` are what the document's owner asked for. A document
    that came inside another one has a ``parent``, and stands ``depth`` files deep. A revision that
    ``begins_at`` a stage takes what comes before it from the result of the revision before.
    ``failures`` counts the attempts that failed by themselves: not those that the end of a machine
    or a person interrupted.

    ``review`` says whether a person has to look at it, ``waiting_for`` what a WAITING one goes on
    after, ``waits`` how often this attempt has had to. ``approved_level`` is what two people let
    the level become, ``corrected_type`` what a person says that it is; ``corrections`` names the
    file of the fields that a person has corrected. ``policy_version`` names the rules that decided;
    ``violations`` counts the rules of its schema that do not hold, ``row_gaps`` where rows of its
    tables are missing. ``retain_until`` is when the document is erased by itself, ``erasure`` what
    was erased. ``chain`` is the hash of its last event.
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
    violations: int | None = None
    row_gaps: int | None = None
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
    review: Review = Review.NONE
    waiting_for: WaitingFor | None = None
    waits: int = 0
    approved_level: Level | None = None
    corrected_type: DocumentType | None = None
    corrections: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    policy_version: str | None = None
    pii: dict[PiiType, int] = Field(default_factory=dict)
    redact: bool | None = None
    retain_until: Moment | None = None
    erasure: Erasure | None = None
    chain: Sha256 | None = None
    index: IndexScope | None = None
    chunks: int | None = None
    gb_seconds: float = 0
    gpu_seconds: float = 0
    charges_usd: Money = Decimal(0)
    field_charges_usd: Money = Decimal(0)
    cost_usd: Money = Decimal(0)
    cost_by_lane: dict[Lane, Money] = Field(default_factory=dict)
    created_at: Moment
    updated_at: Moment
    finished_at: Moment | None = None
    lease_until: Moment | None = None


class Event(Noun):
    """One entry of a revision's audit trail; ``seq`` counts from 1 without gaps.

    A change of status, or what ``action`` names; ``actor`` is who did it, ``system`` where a
    function did. ``facts`` are codes, numbers, versions and hashes: nothing of what a document
    says, not even its name. ``previous`` is the hash of the event before, None for the first, and
    ``sha256`` that of this one: whoever changes, removes or inserts one breaks the chain.
    """

    ref: Ref
    seq: int
    at: Moment
    action: Action = Action.STATUS
    actor: Actor = SYSTEM
    from_: Status | None = Field(default=None, alias="from")
    to: Status
    stage: Stage
    code: str | None = None
    facts: dict[str, Fact] = Field(default_factory=dict)
    previous: Sha256 | None = None
    sha256: Sha256 | None = None

    @property
    def event_id(self) -> str:
        """``<document_id>-r1-000012``."""
        return f"{self.ref.document_id}-r{self.ref.revision}-{self.seq:06d}"
