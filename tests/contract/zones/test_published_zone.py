"""What others have of the sync zone goes with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from docparser.model import Level
from docparser.route.bucket_zone import BucketZone
from docparser.route.published_zone import PublishedZone
from docparser.store.blobs import Blobs
from docparser.store.distribution import Distribution

from .conftest import stored
from .test_zones import DOCUMENT

if TYPE_CHECKING:
    from tests.contract.premises import Premises

ORIGIN = {"Id": "zone", "DomainName": "zone.s3.amazonaws.com", "S3OriginConfig": {}}


@pytest.fixture
def replica(premises: Premises) -> Blobs:
    name = f"{premises.table}-replica-{uuid.uuid4().hex[:6]}"
    premises.client("s3").create_bucket(Bucket=name)
    premises.client("s3").put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Enabled"}
    )
    return Blobs(premises.client("s3"), name)


@pytest.fixture
def distribution(premises: Premises) -> str:
    """Return the id of a CDN."""
    config: dict[str, Any] = {
        "CallerReference": uuid.uuid4().hex,
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [{**ORIGIN, "S3OriginConfig": {"OriginAccessIdentity": ""}}],
        },
        "DefaultCacheBehavior": {"TargetOriginId": "zone", "ViewerProtocolPolicy": "https-only"},
    }
    made = premises.client("cloudfront").create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["Id"])


def invalidated(premises: Premises, distribution: str) -> list[str]:
    client = premises.client("cloudfront")
    listed = client.list_invalidations(DistributionId=distribution)["InvalidationList"]
    return [
        path
        for row in listed.get("Items", [])
        for path in client.get_invalidation(DistributionId=distribution, Id=row["Id"])[
            "Invalidation"
        ]["InvalidationBatch"]["Paths"]["Items"]
    ]


def test_a_purge_reaches_the_replica_and_the_cdn(
    premises: Premises, replica: Blobs, distribution: str, prefix: str
) -> None:
    # Given a public document that was replicated
    zone = PublishedZone(
        BucketZone(premises.blobs("vault"), keys={}),
        replica=replica,
        distribution=Distribution(premises.client("cloudfront"), distribution),
    )
    zone.fill(prefix, [stored(premises, "a", b"body")], DOCUMENT, level=Level.PUBLIC)
    for file in ("a", "document.json"):
        replica.put(f"{prefix}{file}", zone.find(f"{prefix}{file}") or b"", "text/plain")
    document_prefix = prefix.removesuffix("r1/")
    # When it is purged
    assert zone.purge(document_prefix) == 4
    # Then it is nowhere, and no edge answers with it
    assert [*zone.versions(document_prefix)] == [*replica.versions(document_prefix)] == []
    assert {*invalidated(premises, distribution)} == {f"/{document_prefix}*"}
    # And a repeat, or a document that was never there, costs nothing at the CDN
    asked = len(invalidated(premises, distribution))
    assert zone.purge(document_prefix) == 0
    assert len(invalidated(premises, distribution)) == asked


def test_what_arrives_at_the_replica_late_is_purged_by_a_repeat(
    premises: Premises, replica: Blobs, prefix: str
) -> None:
    zone = PublishedZone(
        BucketZone(premises.blobs("vault"), keys={}), replica=replica, distribution=None
    )
    replica.put(f"{prefix}a", b"late", "text/plain")
    assert zone.purge(prefix) == 1
    assert [*replica.versions(prefix)] == []
