"""Which readers look for the fields of which type of document: the one list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docparser.model import DocumentType

    from .extractor import Extractor, Locale


def extractors_for(kind: DocumentType, locale: Locale) -> list[Extractor]:
    """Return new readers of a type's fields; none where nobody knows the type."""
    readers: dict[DocumentType, list[Extractor]] = {}
    return readers.get(kind, [])
