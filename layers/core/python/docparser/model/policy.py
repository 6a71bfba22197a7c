"""The policy of a tenant: what levels follow from what is found, and what follows from levels.

Rules are data: the default policy lies beside the classifier, and a tenant's own replaces parts of
it. Both are validated here, have a version, and are named by it wherever they decided something.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue, field_validator, model_validator

from .base import Confidence, Moment, Money, Noun, Sha256, Tenant, schema_tag
from .codes import Action, DocumentType, Level, PiiType, ReviewMode
from .extraction import FieldName
from .record import Actor

Tag = Annotated[str, Field(min_length=1, max_length=256)]
RuleName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_.]+$")]
Question = Annotated[str, Field(min_length=1, max_length=200)]
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


class TextractFeature(StrEnum):
    """What Textract may be asked for besides text: each has its price."""

    EXPENSE = "expense"
    ID = "id"
    FORMS = "forms"
    QUERIES = "queries"


class LlmRule(Noun):
    """Which language model may be asked for fields; it counts less than all else that finds them.

    It sees documents of ``levels`` alone, of which CONFIDENTIAL is never one. What a document and a
    day may cost, in US dollars, is set aside before anything is asked.
    """

    model_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:/_-]{0,254}$")]
    levels: Annotated[tuple[Level, ...], Field(max_length=4)] = (Level.PUBLIC, Level.INTERNAL)
    usd_per_document: Annotated[Money, Field(gt=0, le=100)] = Decimal("0.05")
    usd_per_day: Annotated[Money, Field(gt=0, le=100_000)] = Decimal(5)


class ExtractRule(Noun):
    """How fields are read: by layout alone, unless more is allowed.

    ``country`` (ISO 3166-1 alpha-2) decides dates and numbers that nothing else decides. A value
    under ``least_confidence`` is for a person to look at, unless its field says otherwise.
    ``textract`` names what Textract is asked for, of documents of ``textract_levels`` alone;
    ``queries`` are the questions for fields, in words. ``schemas`` are JSON Schemas
    (`docparser.model.type_schema`) in place of those of their types, or for types without one.
    """

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    least_confidence: Confidence = 0.5
    textract: Annotated[tuple[TextractFeature, ...], Field(max_length=4)] = ()
    textract_levels: Annotated[tuple[Level, ...], Field(max_length=4)] = (
        Level.PUBLIC,
        Level.INTERNAL,
    )
    # Textract answers no more than 15 questions a page.
    queries: Annotated[dict[FieldName, Question], Field(max_length=15)] = Field(
        default_factory=dict
    )
    llm: LlmRule | None = None
    schemas: Annotated[tuple[dict[str, JsonValue], ...], Field(max_length=20)] = ()

    @field_validator("schemas")
    @classmethod
    def _are_schemas(
        cls, said: tuple[dict[str, JsonValue], ...]
    ) -> tuple[dict[str, JsonValue], ...]:
        # Few policies have any: nobody else pays for importing what reads them.
        from .type_schema import TypeSchema

        types = [TypeSchema.of(schema).type for schema in said]
        if len(set(types)) < len(types):
            raise ValueError("two schemas of one type")
        return said


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
    extract: ExtractRule = ExtractRule()


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
    # Left out where it is not said: the hashes of versions that were set before it was known hold.
    extract: Annotated[ExtractRule | None, Field(exclude_if=lambda said: said is None)] = None


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
