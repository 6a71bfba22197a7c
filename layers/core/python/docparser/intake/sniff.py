"""What a file is, by its content; its name is only a claim."""

from __future__ import annotations

PDF = "application/pdf"

_PDF_HEADER_WITHIN = 1024
"""Bytes in which readers look for the header; files with a preamble are common."""

SNIFF_BYTES = _PDF_HEADER_WITHIN

_EXTENSIONS = {PDF: {"pdf"}}


def media_type(head: bytes) -> str | None:
    """Return the media type of a file that starts with these bytes, or None if it is not read."""
    return PDF if b"%PDF-" in head[:_PDF_HEADER_WITHIN] else None


def name_agrees(name: str, found: str) -> bool:
    """Whether a file name claims the kind that was found; a name without extension claims none."""
    _, dot, extension = name.rpartition(".")
    return not dot or extension.lower() in _EXTENSIONS[found]
