"""Where documents are in the API."""

from __future__ import annotations

from urllib.parse import quote

from .errors import NotFound


def document_path(document_id: str, *parts: str) -> str:
    """Return the path of a document, or of what belongs to it.

    What is no id of ours stays one segment of the path, whatever is in it.

    Raises
    ------
    NotFound
        No path can hold it.
    """
    if document_id in {"", ".", ".."}:
        raise NotFound("there is no such document", code="NOT_FOUND")
    return "/".join(("/documents", quote(document_id, safe="", errors="replace"), *parts))
