"""What a document is and how sensitive it is, with the evidence."""

from __future__ import annotations

from pydantic import Field

from .base import Confidence, Noun, schema_tag
from .codes import DocumentType, Level, PiiType, ReviewReason, WarningCode
from .page import Polygon


class Evidence(Noun):
    """A rule that fired: where, how often, and with what weight.

    ``rule`` is the rule's name (``marking.confidential``, ``pii.iban``); ``phrase`` is
    what it saw on the page and is stored with the results only, never logged.
    """

    rule: str
    weight: float
    count: int = Field(default=1, ge=1)
    page: int = Field(ge=1)
    phrase: str
    polygon: Polygon | None = None


class TypeDecision(Noun):
    """The document type with its runners-up, best first."""

    value: DocumentType
    confidence: Confidence
    alternatives: tuple[tuple[DocumentType, Confidence], ...] = ()
    evidence: tuple[Evidence, ...] = ()


class LevelDecision(Noun):
    """The sensitivity level; without evidence it is CONFIDENTIAL."""

    value: Level
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()


class Classification(Noun):
    """Type and sensitivity, stored as ``classify/classification.json``.

    ``pii`` counts what was found of each kind, ``identifiers_verified`` those whose checksum holds.
    ``policy`` is the version of the rules that decided the level, ``model`` that of the weights
    that had a say in the type. ``review`` names the reasons why a person should look at it.
    """

    schema_: str = schema_tag("classification")
    type: TypeDecision
    level: LevelDecision
    language: str = "und"
    pii: dict[PiiType, int] = Field(default_factory=dict)
    identifiers_verified: int = 0
    policy: str = ""
    model: str = ""
    review: tuple[ReviewReason, ...] = ()
    warnings: tuple[WarningCode, ...] = ()
