"""Opens the zone that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docparser import aws
from docparser.errors import ConfigurationError
from docparser.store.blobs import Blobs, Sources

from .bucket_zone import BucketZone
from .folder_zone import FolderZone

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

    from docparser.model import Zone

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
