"""Who a document is: its content, within its tenant."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docparser.model import Source


def document_id(tenant: str, content_sha256: str) -> str:
    """Return the id of a content within a tenant: stable, and not guessable across tenants."""
    return "d" + hashlib.sha256(f"{tenant}:{content_sha256}".encode()).hexdigest()[:32]


def oversize_digest(size_bytes: int, etag: str) -> str:
    """Return a stand-in for the content hash of an object that is too large to be read.

    S3's ETag is a function of the content (and of how it was cut into parts), so that the same
    upload again is the same document, and a terabyte is refused without being read.
    """
    return hashlib.sha256(f"oversize:{size_bytes}:{etag}".encode()).hexdigest()


def foreign_upload_id(source: Source) -> str:
    """Return the id of an upload whose key somebody else chose: the same for the same version."""
    version = f"?versionId={source.version_id}" if source.version_id else ""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"s3://{source.bucket}/{source.key}{version}").hex
