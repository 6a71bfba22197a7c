"""Opens the zone that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docparser import aws
from docparser.errors import ConfigurationError
from docparser.model import Zone
from docparser.store.blobs import Blobs, Sources
from docparser.store.distribution import Distribution

from .bucket_zone import BucketZone
from .folder_zone import FolderZone
from .published_zone import PublishedZone

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from .zones import ZonePlaces, ZoneStore


def store_of(places: ZonePlaces, zone: Zone) -> S3Client:
    """Return the client of the store that has a zone's bucket: S3, or another one."""
    endpoint = places.place(zone, "endpoint")
    return aws.s3_at(endpoint, places.place(zone, "secret")) if endpoint else aws.s3()


def opened(places: ZonePlaces, zone: Zone, *, passes_locks: bool = False) -> ZoneStore:
    """Return a zone as it is set up.

    Parameters
    ----------
    places
        The settings.
    zone
        Which.
    passes_locks
        Whether to delete what is locked, for the one function that may.

    Raises
    ------
    ConfigurationError
        There is neither a bucket nor a folder for it.
    """
    store = _store(places, zone, passes_locks=passes_locks)
    replica, distribution = places.sync_replica_bucket, places.sync_distribution
    if zone is not Zone.SYNC or not (replica or distribution):
        return store
    return PublishedZone(
        store,
        replica=Blobs(aws.s3(), replica) if replica else None,
        distribution=Distribution(aws.cloudfront(), distribution) if distribution else None,
    )


def _store(places: ZonePlaces, zone: Zone, *, passes_locks: bool) -> ZoneStore:
    if folder := places.place(zone, "folder"):
        return FolderZone(Path(folder), zone, Sources(aws.s3()))
    bucket, endpoint = places.place(zone, "bucket"), places.place(zone, "endpoint")
    if not bucket:
        raise ConfigurationError(f"missing settings: DOCPARSER_{zone.upper()}_BUCKET")
    return BucketZone(
        Blobs(store_of(places, zone), bucket, passes_locks=passes_locks),
        # A key of ours means nothing at another store, which encrypts by its own.
        keys={} if endpoint else places.keys(),
        sources=Sources(aws.s3()) if endpoint else None,
    )
