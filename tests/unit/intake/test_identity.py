"""Identity: content within a tenant."""

from __future__ import annotations

import hashlib

from docparser.intake.identity import document_id, foreign_upload_id, oversize_digest
from docparser.model import Source


def test_the_same_content_is_the_same_document_within_its_tenant_only() -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    expected = "d" + hashlib.sha256(f"acme:{digest}".encode()).hexdigest()[:32]
    assert document_id("acme", digest) == expected
    assert document_id("other", digest) != expected


def test_an_oversize_object_is_known_by_size_and_etag() -> None:
    assert oversize_digest(10, "e") == oversize_digest(10, "e")
    assert len({oversize_digest(10, "e"), oversize_digest(11, "e"), oversize_digest(10, "f")}) == 3


def test_an_upload_under_a_foreign_key_is_known_by_its_version() -> None:
    first = Source(bucket="b", key="Kim.pdf", version_id="1")
    others = [
        first.model_copy(update=change)
        for change in ({"bucket": "c"}, {"key": "k"}, {"version_id": "2"}, {"version_id": None})
    ]
    assert foreign_upload_id(first) == foreign_upload_id(Source(**first.model_dump()))
    assert len({foreign_upload_id(source) for source in (first, *others)}) == 5
