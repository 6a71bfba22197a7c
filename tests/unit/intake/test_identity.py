"""Identity: content within a tenant."""

from __future__ import annotations

import hashlib

from docparser.intake.identity import document_id, oversize_digest


def test_the_same_content_is_the_same_document_within_its_tenant_only() -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    expected = "d" + hashlib.sha256(f"acme:{digest}".encode()).hexdigest()[:32]
    assert document_id("acme", digest) == expected
    assert document_id("other", digest) != expected


def test_an_oversize_object_is_known_by_size_and_etag() -> None:
    assert oversize_digest(10, "e") == oversize_digest(10, "e")
    assert len({oversize_digest(10, "e"), oversize_digest(11, "e"), oversize_digest(10, "f")}) == 3
