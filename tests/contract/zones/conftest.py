"""The kinds of zones, held to one contract: buckets here and at another store, and folders."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from docparser.model import Source, Zone
from docparser.route.bucket_zone import BucketZone
from docparser.route.folder_zone import MARKER, FolderZone
from docparser.route.zones import Copy
from docparser.store.blobs import Blobs, Sources

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.route.zones import ZoneStore

    from tests.contract.premises import Premises

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Made:
    """A zone, and the same one where it cannot be reached."""

    store: ZoneStore
    away: ZoneStore


def _of_this_store(premises: Premises) -> Made:
    gone = Blobs(premises.client("s3"), "no-such-bucket")
    return Made(BucketZone(premises.blobs("vault"), keys={}), BucketZone(gone, keys={}))


def _of_another_store(premises: Premises) -> Made:
    nowhere = boto3.client(
        "s3",
        endpoint_url=NOWHERE,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    return Made(
        BucketZone(premises.blobs("vault"), keys={}, sources=premises.sources),
        BucketZone(Blobs(nowhere, "zone"), keys={}, sources=premises.sources),
    )


def folder_at(root: Path, sources: Sources, zone: Zone = Zone.VAULT) -> FolderZone:
    """Set up a folder as a zone."""
    root.mkdir()
    (root / MARKER).write_text(f"{zone}\n")
    return FolderZone(root, zone, sources)


@pytest.fixture(params=["bucket", "bucket of another store", "folder"])
def zone(request: pytest.FixtureRequest, premises: Premises, tmp_path: Path) -> Made:
    if request.param == "folder":
        sources = premises.sources
        return Made(
            folder_at(tmp_path / "nas", sources),
            FolderZone(tmp_path / "not mounted", Zone.VAULT, sources),
        )
    return {"bucket": _of_this_store}.get(request.param, _of_another_store)(premises)


@pytest.fixture
def prefix() -> str:
    """Return where a result of the test's own lies."""
    return f"default/d{uuid.uuid4().hex}/r1/"


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def stored(premises: Premises, file: str, body: bytes) -> Copy:
    """Store what a zone is to receive in the work bucket."""
    key = f"made/{uuid.uuid4().hex}"
    premises.blobs("work").put(key, body, "text/plain")
    source = Source(bucket=premises.bucket["work"], key=key)
    return Copy(source, file, sha256(body), "text/plain")
