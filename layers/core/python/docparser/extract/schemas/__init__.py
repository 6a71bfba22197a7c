"""The schemas of document types: those shipped here, and those of a tenant in their place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model.type_schema import TypeSchema

if TYPE_CHECKING:
    from docparser.model import DocumentType, Policy

_FOLDER = Path(__file__).parent


@cache
def shipped(kind: DocumentType) -> TypeSchema | None:
    """Return the built-in schema of a type, or None if it has none."""
    path = _FOLDER / f"{kind.value}.json"
    if not path.is_file():
        return None
    return TypeSchema.of(json.loads(path.read_bytes()))


def of(kind: DocumentType, policy: Policy) -> TypeSchema | None:
    """Return the schema that a tenant has for a type: its own, or else the built-in one."""
    for said in policy.extract.schemas:
        schema = TypeSchema.of(said)
        if schema.type is kind:
            return schema
    return shipped(kind)
