"""What a file is, by its content; its name is only a claim."""

from __future__ import annotations

from docparser import pdf_file

PDF = pdf_file.MEDIA_TYPE
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"

_PDF_HEADER_WITHIN = 1024
"""Bytes in which readers look for the header; files with a preamble are common."""

SNIFF_BYTES = _PDF_HEADER_WITHIN

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    # Little and big endian; the second pair is BigTIFF.
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"II+\0": TIFF,
    b"MM\0+": TIFF,
}

_EXTENSIONS = {
    PDF: {"pdf"},
    PNG: {"png"},
    JPEG: {"jpg", "jpeg", "jpe", "jfif"},
    TIFF: {"tif", "tiff"},
}


def media_type(head: bytes) -> str | None:
    """Return the media type of a file that starts with these bytes, or None if it is not read.

    An image's signature stands first: one whose metadata speak of a PDF is an image.
    """
    for signature, found in _SIGNATURES.items():
        if head.startswith(signature):
            return found
    return PDF if b"%PDF-" in head[:_PDF_HEADER_WITHIN] else None


def name_agrees(name: str, found: str) -> bool:
    """Whether a file name claims the kind that was found; a name without extension claims none."""
    _, dot, extension = name.rpartition(".")
    return not dot or extension.lower() in _EXTENSIONS[found]
