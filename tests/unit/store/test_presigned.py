"""Presigned URLs as AWS itself takes them: the embedded one answers at any host."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from docparser import aws
from docparser.store.presigned import PresignedUpload, PresignedUrls

REGION = "eu-central-1"
BUCKET = f"docparser-dev-intake-123456789012-{REGION}"


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[PresignedUrls]:
    """Signs as a function does in a region other than the oldest."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for made in (aws._session, aws._client):
        made.cache_clear()
    yield PresignedUrls(aws.s3(), BUCKET)
    for made in (aws._session, aws._client):
        made.cache_clear()


def upload(urls: PresignedUrls, **options: str) -> PresignedUpload:
    return urls.upload(
        "standard/default/0", name="a b.pdf", sha256="0" * 64, size_bytes=3, options=options
    )


def test_an_upload_goes_to_the_bucket_s_own_region(urls: PresignedUrls) -> None:
    # A global host answers 307 until a new bucket is known there, and the host is signed.
    signed = upload(urls)
    url = urlsplit(signed.url)
    assert url.hostname == f"{BUCKET}.s3.{REGION}.amazonaws.com"
    assert f"/{REGION}/s3/aws4_request" in parse_qs(url.query)["X-Amz-Credential"][0]


def test_every_header_of_an_upload_is_signed(urls: PresignedUrls) -> None:
    signed = upload(urls, level="INTERNAL")
    named = parse_qs(urlsplit(signed.url).query)["X-Amz-SignedHeaders"][0].split(";")
    assert signed.headers["x-amz-meta-level"] == "INTERNAL"
    assert set(named) == {"host", *signed.headers}
