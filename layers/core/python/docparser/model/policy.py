"""The policy of a tenant: what levels follow from what is found, and what follows from levels.

Rules are data: the default policy lies beside the classifier, and a tenant's own replaces parts of
it. Both are validated here, have a version, and are named by it wherever they decided something.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .base import Confidence, Moment, Noun, Sha256, Tenant, schema_tag
from .codes import Action, DocumentType, Level, PiiType, ReviewMode
from .record import Actor

Tag = Annotated[str, Field(min_length=1, max_length=256)]
RuleName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_.]+$")]
Days = Annotated[int, Field(ge=1, le=36_500)]


class TypeRule(Noun):
    """What a type usually holds, how certain that is, and what no marking goes below.

    A public marking lifts every floor but CONFIDENTIAL: somebody released the document.
    """

    level: Level
    certainty: Confidence
    floor: Level = Level.PUBLIC


class PiiRule(Noun):
    """What one kind of personal data demands, and how many different ones of it demand.

    ``level`` is for the first; from ``many`` on it is ``level_of_many``. ``lesser`` names rules of
    detection, such as ``tax_id.de_steuernummer``, whose findings demand another level than the rest
    of the kind: what businesses print on their letters is no secret of a person's.
    """

    level: Level = Level.PUBLIC
    lesser: dict[RuleName, Level] = Field(default_factory=dict)
    many: Annotated[int, Field(ge=2)] | None = None
    level_of_many: Level = Level.RESTRICTED


class SyncRule(Noun):
    """INTERNAL documents that are synced: all that is named must be so; at least one is named."""

    types: tuple[DocumentType, ...] = ()
    tags: dict[Tag, Tag] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_something(self) -> SyncRule:
        if not self.types and not self.tags:
            raise ValueError("a rule without types and tags would sync every INTERNAL document")
        return self


class RetentionRule(Noun):
    """How long documents of a level and a type are kept; None stands for every one.

    ``lock_days`` is how long the backup's copies can be deleted by the purge alone, which needs a
    right of its own for that; never longer than ``days``. The first rule that fits decides.
    """

    level: Level | None = None
    type: DocumentType | None = None
    days: Days | None = None
    lock_days: Days | None = None

    @model_validator(mode="after")
    def _locked_while_kept(self) -> RetentionRule:
        if self.days is not None and self.lock_days is not None and self.lock_days > self.days:
            raise ValueError("what is locked is kept at least as long")
        return self


class ReviewRule(Noun):
    """When a person should look at a document, and whether it waits for that.

    A parked document goes on by itself after ``days``, under the stricter of its level and
    CONFIDENTIAL.
    """

    mode: ReviewMode = ReviewMode.MARK
    least_type_confidence: Confidence = 0.6
    least_level_confidence: Confidence = 0.5
    days: Annotated[int, Field(ge=1, le=30)] = 30


class Policy(Noun):
    """All rules of a tenant. ``version`` is ``<default's>`` or ``<default's>+<tenant's>``."""

    schema_: str = schema_tag("policy")
    version: str
    types: dict[DocumentType, TypeRule]
    pii: dict[PiiType, PiiRule]
    sync: tuple[SyncRule, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    review: ReviewRule = ReviewRule()
    redact: bool = False


class TenantPolicy(Noun):
    """What a tenant sets otherwise than the default; what is left out stays as it is there.

    The levels that kinds of personal data demand only become stricter: whatever a tenant says, no
    verified identifier is let out by it.
    """

    schema_: str = schema_tag("tenant_policy")
    types: dict[DocumentType, TypeRule] = Field(default_factory=dict)
    pii: dict[PiiType, PiiRule] = Field(default_factory=dict)
    sync: tuple[SyncRule, ...] | None = None
    retention: tuple[RetentionRule, ...] | None = None
    review: ReviewRule | None = None
    redact: bool | None = None


class PolicyChange(Noun):
    """One version of a tenant's policy: what it says, who set it, and when. It is never deleted.

    ``version`` counts from 1. ``previous`` is the hash of the version before, None for the first,
    and ``sha256`` that of this one: whoever edits or removes one breaks the chain.
    """

    action: Action = Action.POLICY_CHANGED
    tenant: Tenant
    version: Annotated[int, Field(ge=1)]
    at: Moment
    actor: Actor
    policy: TenantPolicy
    previous: Sha256 | None = None
    sha256: Sha256 | None = None
