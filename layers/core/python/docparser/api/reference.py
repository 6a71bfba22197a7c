"""What one part of the API adds to the reference besides its routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docparser.model import Noun

    from .problems import Problem

DOCUMENT_ID = "d3f1c7a4e9b2d3c5a6f7081929a3b4c5d"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What the operations of a part are sent and answer, with examples; all by their ids.

    ``models`` has by a name of its own the noun of an answer, a sentence about it and an example;
    ``answers`` has for each status of success one of these names, or a response as OpenAPI has it.
    """

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, tuple[type[Noun], str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
