"""What a document is and how sensitive it is, with the evidence."""

from __future__ import annotations

from pydantic import Field

from .base import Confidence, Noun, schema_tag
from .codes import DocumentType, Level
from .page import Polygon


class Evidence(Noun):
    """A rule that fired: where, how often, and with what weight.

    ``rule`` is the rule's name (``marking.confidential``, ``identifier.iban``); ``phrase`` is
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
    """Type and sensitivity, stored as ``classify/classification.json``."""

    schema_: str = schema_tag("classification")
    type: TypeDecision
    level: LevelDecision
    language: str = "und"
