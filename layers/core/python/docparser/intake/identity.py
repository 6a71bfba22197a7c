"""Who a document is: its content, within its tenant."""

from __future__ import annotations

import hashlib


def document_id(tenant: str, content_sha256: str) -> str:
    """Return the id of a content within a tenant: stable, and not guessable across tenants."""
    return "d" + hashlib.sha256(f"{tenant}:{content_sha256}".encode()).hexdigest()[:32]


def oversize_digest(size_bytes: int, etag: str) -> str:
    """Return a stand-in for the content hash of an object that is too large to be read.

    S3's ETag is a function of the content (and of how it was cut into parts), so that the same
    upload again is the same document, and a terabyte is refused without being read.
    """
    return hashlib.sha256(f"oversize:{size_bytes}:{etag}".encode()).hexdigest()
