"""A zone: where a result may lie, and what the pipeline may want of such a place.

There are two kinds. A bucket, of AWS or of any other store that speaks S3 (`BucketZone`), and a
folder that is mounted where the function runs (`FolderZone`). Which one a zone is follows from the
settings: a folder, where one is named; else a bucket, at an endpoint of its own if one is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from docparser.errors import ConfigurationError, Retryable
from docparser.model import Level, RetryableCode, Zone
from docparser.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docparser.model import Source
    from docparser.store.blobs import Blobs, Version


class Copy(NamedTuple):
    """A file that a zone receives: where it is, and under which name below the result's prefix."""

    source: Source
    file: str
    sha256: str
    content_type: str


class ZoneAway(Retryable):
    """A zone cannot be reached, or refuses us as such: it may be there again later."""

    def __init__(self) -> None:
        super().__init__(RetryableCode.ZONE_AWAY)


class ZoneStore(Protocol):
    """A place for results. Every call may find it away (`ZoneAway`)."""

    def fill(
        self,
        prefix: str,
        copies: Iterable[Copy],
        document: bytes,
        *,
        level: Level,
        lock_until: datetime | None = None,
    ) -> None:
        """Copy everything, then write the document: who sees it finds all that it names.

        Parameters
        ----------
        prefix
            Below which the result lies.
        copies
            Its files; each copy is compared by SHA-256 with what was read.
        document
            ``document.json``.
        level
            How sensitive it is: a bucket may have a key for each level.
        lock_until
            Before this moment nobody but the purge deletes it; a folder has no such lock.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a copy differs, and was deleted again; SOURCE_GONE.
        """
        ...

    def find(self, key: str) -> bytes | None:
        """Return a file's bytes, or None if there is none."""
        ...

    def bring(
        self,
        key: str,
        into: Blobs,
        target: str,
        sha256: str,
        *,
        content_type: str,
        metadata: dict[str, str] | None = None,
    ) -> str | None:
        """Copy a file out of the zone into a bucket, and compare it with what was stored.

        Returns
        -------
        str or None
            The version of the copy, in a bucket with versions.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: the file is another one than it was, and no copy of it is left;
            SOURCE_GONE.
        """
        ...

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every version of every file below a prefix."""
        ...

    def purge(self, prefix: str) -> int:
        """Delete every version of every file below a prefix; return how many there were.

        Raises
        ------
        Locked
            All but those that are locked were deleted.
        """
        ...


class ZonePlaces(Settings):
    """Where the zones are; of one that a function has nothing to do with, nothing is set.

    ``<zone>_folder`` is a mounted folder, and goes before the bucket; ``<zone>_endpoint`` is the
    URL of another store that has the bucket, and ``<zone>_secret`` the ARN of the secret with a key
    of that store. The vault is no folder: callers get what lies there by
    a URL of its store, and a folder has none. ``level_keys`` are KMS keys by level, as
    ``CONFIDENTIAL=<arn>,RESTRICTED=<arn>``, for buckets of AWS; what a level has no key for is
    encrypted under its bucket's. ``sync_replica_bucket`` is what the sync zone is replicated to,
    ``sync_distribution`` the id of the CDN before it.
    """

    vault_bucket: str = ""
    vault_endpoint: str = ""
    vault_secret: str = ""
    vault_folder: Literal[""] = ""
    backup_bucket: str = ""
    backup_endpoint: str = ""
    backup_secret: str = ""
    backup_folder: str = ""
    sync_bucket: str = ""
    sync_endpoint: str = ""
    sync_secret: str = ""
    sync_folder: str = ""
    sync_replica_bucket: str = ""
    sync_distribution: str = ""
    level_keys: str = ""

    def place(self, zone: Zone, kind: str) -> str:
        """Return a zone's ``bucket``, ``endpoint``, ``secret`` or ``folder``, or an empty text."""
        said: str = getattr(self, f"{zone}_{kind}")
        return said

    def keys(self) -> dict[Level, str]:
        """Return the key of each level that has one.

        Raises
        ------
        ConfigurationError
            The setting is malformed.
        """
        try:
            pairs = [pair.split("=", 1) for pair in self.level_keys.split(",") if pair]
            return {Level(level): arn for level, arn in pairs}
        except ValueError:
            raise ConfigurationError("malformed settings: DOCPARSER_LEVEL_KEYS") from None
