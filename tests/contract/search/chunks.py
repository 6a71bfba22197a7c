"""Chunks to put into an index, made of plain text."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from docparser.model import Chunk, DocumentType, Level


def document_id(name: str = "") -> str:
    """Return the id of a document that nobody else uses, or always the same one for a name."""
    return f"d{hashlib.sha256((name or uuid.uuid4().hex).encode()).hexdigest()[:32]}"


def chunk(text: str, *, tenant: str, document: str, number: int = 1, **fields: Any) -> Chunk:
    """Return a passage; its n-th word stands in the n-th of ten columns, ten words to a row."""
    words = text.split()
    boxes = [
        (index % 10 / 10, index // 10 / 20, index % 10 / 10 + 0.08, index // 10 / 20 + 0.04)
        for index in range(len(words))
    ]
    known = {"page": 1, "level": Level.INTERNAL, "type": DocumentType.LETTER, **fields}
    return Chunk.model_validate(
        {
            "tenant": tenant,
            "document_id": document,
            "revision": 1,
            "number": number,
            "words": words,
            "boxes": boxes,
            **known,
        }
    )
