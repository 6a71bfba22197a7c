"""What a bucket adds: keys of levels, locks, and a store that refuses us."""

from __future__ import annotations

import contextlib
import io
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session
from docparser.errors import Terminal
from docparser.model import Level, now
from docparser.route.bucket_zone import BucketZone
from docparser.route.zones import ZoneAway
from docparser.store.blobs import Blobs, Locked

from .conftest import sha256, stored
from .test_zones import DOCUMENT

if TYPE_CHECKING:
    from tests.contract.premises import Premises


@pytest.fixture(scope="module")
def backup(premises: Premises) -> str:
    """Return a bucket whose objects can be locked."""
    name = f"{premises.table}-backup-{uuid.uuid4().hex[:6]}"
    premises.client("s3").create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def heads(premises: Premises, bucket: str, prefix: str) -> list[dict[str, Any]]:
    s3 = premises.client("s3")
    rows = s3.list_object_versions(Bucket=bucket, Prefix=prefix).get("Versions", [])
    return [
        s3.head_object(Bucket=bucket, Key=row["Key"], VersionId=row["VersionId"]) for row in rows
    ]


@pytest.mark.parametrize("passing", [False, True])
def test_what_has_a_level_lies_under_its_key(
    premises: Premises, prefix: str, *, passing: bool
) -> None:
    # Given keys for two levels
    kms = premises.client("kms")
    keys = {
        level: kms.create_key()["KeyMetadata"]["Arn"] for level in (Level.PUBLIC, Level.INTERNAL)
    }
    vault = premises.blobs("vault")
    zone = BucketZone(vault, keys=keys, sources=premises.sources if passing else None)
    copies = [stored(premises, file, b"body") for file in ("original", "document.md")]
    for level in (Level.PUBLIC, Level.INTERNAL, Level.CONFIDENTIAL):
        # When a document of a level is filled in
        where = prefix.replace("/r1/", f"/{level.lower()}/")
        zone.fill(where, copies, DOCUMENT, level=level)
        # Then all of it lies under that level's key, or under the bucket's own where it has none
        found = heads(premises, vault.bucket, where)
        assert len(found) == 3
        assert {head.get("SSEKMSKeyId") for head in found} == {keys.get(level)}


@pytest.mark.parametrize("passing", [False, True])
def test_what_is_locked_only_the_purge_deletes(
    premises: Premises, backup: str, prefix: str, *, passing: bool
) -> None:
    # Given a result in the backup, locked for a day, and one that is not
    s3, until = premises.client("s3"), now() + timedelta(days=1)
    sources = premises.sources if passing else None
    zone = BucketZone(Blobs(s3, backup), keys={}, sources=sources)
    copies = [stored(premises, file, b"body") for file in ("original", "pages/s0001.json")]
    other = prefix.replace("r1", "r2")
    zone.fill(prefix, copies, DOCUMENT, level=Level.RESTRICTED, lock_until=until)
    zone.fill(other, copies, DOCUMENT, level=Level.RESTRICTED)
    found = heads(premises, backup, prefix)
    assert {head["ObjectLockMode"] for head in found} == {"GOVERNANCE"}
    assert all(abs(head["ObjectLockRetainUntilDate"] - until).seconds <= 1 for head in found)
    # When whoever fills the zone purges it
    document_prefix = prefix.removesuffix("r1/")
    with pytest.raises(Locked):
        zone.purge(document_prefix)
    # Then what is locked is left, and nothing else
    assert {version.key for version in zone.versions(document_prefix)} == {
        f"{prefix}{file}" for file in ("original", "pages/s0001.json", "document.json")
    }
    # And the purge leaves nothing
    purge = BucketZone(Blobs(s3, backup, passes_locks=True), keys={})
    assert purge.purge(document_prefix) == 3
    assert [*purge.versions(document_prefix)] == []


def test_a_copy_that_differs_is_deleted_although_the_zone_locks(
    premises: Premises, backup: str, prefix: str
) -> None:
    zone = BucketZone(Blobs(premises.client("s3"), backup), keys={})
    other = stored(premises, "a", b"body")._replace(sha256="0" * 64)
    with pytest.raises(Exception, match="CHECKSUM_MISMATCH"):
        zone.fill(
            prefix, [other], DOCUMENT, level=Level.PUBLIC, lock_until=now() + timedelta(days=1)
        )
    assert [*zone.versions(prefix)] == []


def test_a_bucket_that_is_not_there_is_a_zone_that_is_away(premises: Premises, prefix: str) -> None:
    zone = BucketZone(Blobs(premises.client("s3"), "no-such-bucket"), keys={})
    with pytest.raises(ZoneAway):
        zone.fill(prefix, [stored(premises, "a", b"body")], DOCUMENT, level=Level.PUBLIC)
    with pytest.raises(ZoneAway):
        zone.purge(prefix)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_store_that_compares_nothing_is_read_back(
    premises: Premises, prefix: str, *, damaged: bool
) -> None:
    # Given a store that tells no checksums, and perhaps keeps other bytes than it got
    store = Session().create_client(
        "s3",
        endpoint_url=premises.client("s3").meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="test",
    )

    def kept(parsed: dict[str, Any], **_: Any) -> None:
        parsed.pop("ChecksumSHA256", None)
        if damaged:
            key = f"{prefix}original"
            premises.client("s3").delete_object(
                Bucket=premises.bucket["vault"], Key=key, VersionId=parsed["VersionId"]
            )
            other = premises.client("s3").put_object(
                Bucket=premises.bucket["vault"], Key=key, Body=b"bodx"
            )
            parsed["VersionId"] = other["VersionId"]

    store.meta.events.register("after-call.s3.PutObject", kept)
    blobs = Blobs(store, premises.bucket["vault"])
    # When a file is received there
    with (
        contextlib.nullcontext()
        if not damaged
        else pytest.raises(Terminal, match="CHECKSUM_MISMATCH")
    ):
        blobs.receive(
            f"{prefix}original", io.BytesIO(b"body"), sha256(b"body"), content_type="text/plain"
        )
    # Then it was read back, and what differs is not kept
    assert len([*blobs.versions(prefix)]) == (0 if damaged else 1)
