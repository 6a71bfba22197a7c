"""What the review queue reads and answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from docparser.model import DocumentType, Level, Moment, ReviewReason
from docparser.model.base import Confidence, DocumentId, Noun, Sha256
from docparser.model.extraction import FieldName
from docparser.model.record import Actor

from .models import DocumentState


class ReviewDecision(StrEnum):
    """What a person says of a document."""

    APPROVE = "approve"
    CORRECT = "correct"
    REJECT = "reject"


_SAYS: dict[str, Any] = {"not": {"type": "null"}}
_NOTHING: dict[str, Any] = {"maxProperties": 0}
_CORRECTS: dict[str, Any] = {
    "oneOf": [
        {
            "properties": {
                "decision": {"enum": [ReviewDecision.APPROVE, ReviewDecision.REJECT]},
                "type": {"type": "null"},
                "level": {"type": "null"},
                "fields": _NOTHING,
            }
        },
        {
            "properties": {"decision": {"const": ReviewDecision.CORRECT}},
            "anyOf": [
                {"required": [name], "properties": {name: says}}
                for name, says in (
                    ("type", _SAYS),
                    ("level", _SAYS),
                    ("fields", {"minProperties": 1}),
                )
            ],
        },
    ]
}
"""What `NewReview` checks, as JSON Schema says it."""


_BY_NAME: dict[str, Any] = {"propertyNames": {"maxLength": 64}, "additionalProperties": False}
Said = Annotated[str, Field(min_length=1, max_length=2000)]
"""A value as people write it: ``2026-03-04``, ``1234.56 EUR``, ``2 HUR``, ``P2Y``."""


class NewReview(Noun):
    """A decision about a document; a correction says what is right of it, one thing at least.

    A stricter ``level`` holds at once; a looser one is a request that a second person must approve.
    ``fields`` are the values of fields by their names, in their normal form; a field with none is
    not in the document.
    """

    model_config = ConfigDict(strict=True, json_schema_extra=_CORRECTS)

    decision: Annotated[ReviewDecision, Field(strict=False)]
    type: Annotated[
        DocumentType | None,
        Field(strict=False, json_schema_extra={"not": {"const": DocumentType.UNKNOWN}}),
    ] = None
    level: Annotated[Level | None, Field(strict=False)] = None
    fields: Annotated[
        dict[FieldName, Annotated[tuple[Said, ...], Field(strict=False, max_length=100)]],
        Field(max_length=100, json_schema_extra=_BY_NAME),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _corrects_something(self) -> NewReview:
        says = self.type is not None or self.level is not None or bool(self.fields)
        if says is not (self.decision is ReviewDecision.CORRECT):
            raise ValueError("a correction, and nothing else, says what is right")
        if self.type is DocumentType.UNKNOWN:
            raise ValueError("unknown is no correction")
        return self


class ReviewItem(Noun):
    """A document that a person should look at, and who does so just now."""

    document: DocumentState
    claimed_by: Actor | None
    claimed_until: Moment | None


class ReviewList(Noun):
    """Documents that somebody should look at, the oldest first; those that wait are WAITING.

    An answer may hold fewer documents than asked for, or none, and still have a cursor.
    """

    items: tuple[ReviewItem, ...]
    next_cursor: str | None


class ClaimedReview(Noun):
    """A document that the caller looks at until then, and what there is to be known about it.

    ``reasons`` say why a person should look at it; ``type_confidence``, ``level_confidence`` and
    the names of the ``rules`` are what was decided by. ``definition`` names the schema of its
    fields, ``violations`` the rules of that which do not hold, ``missing`` the required fields
    without a value; ``row_gaps`` counts where rows of its tables are missing. ``original`` is where
    a parked document can be got for five minutes; of one that has ended, its content tells more.
    """

    document: DocumentState
    claimed_by: Actor
    claimed_until: Moment
    reasons: tuple[ReviewReason, ...]
    type_confidence: Confidence | None
    level_confidence: Confidence | None
    rules: tuple[str, ...]
    definition: str
    violations: tuple[str, ...]
    missing: tuple[FieldName, ...]
    row_gaps: int
    original: str | None


class ReviewCase(Noun):
    """What people said of a document, beside what was decided without them: no text, no name.

    ``type`` and ``level`` are what it was classified as, ``corrected_type`` and ``corrected_level``
    what a person said that it is; null where that is the same. ``violations`` and ``missing`` are
    as for `ClaimedReview`, ``corrected_fields`` the names of the fields that were corrected: their
    values are in the document.
    """

    document_id: DocumentId
    revision: int
    content_sha256: Sha256
    decision: ReviewDecision
    at: Moment
    type: DocumentType
    type_confidence: Confidence | None
    level: Level
    level_confidence: Confidence | None
    rules: tuple[str, ...]
    policy: str | None
    model: str | None
    definition: str
    violations: tuple[str, ...]
    missing: tuple[FieldName, ...]
    corrected_type: DocumentType | None
    corrected_level: Level | None
    corrected_fields: tuple[FieldName, ...]


class ReviewCases(Noun):
    """Decisions of people, the oldest document first."""

    items: tuple[ReviewCase, ...]
    next_cursor: str | None
