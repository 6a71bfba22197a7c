"""The sync zone as others see it: its replica in another region, and what a CDN has copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docparser.model import Level
    from docparser.store.blobs import Blobs, Version
    from docparser.store.distribution import Distribution

    from .zones import Copy, ZoneStore


class PublishedZone:
    """A zone whose purge reaches what was made of it elsewhere.

    Nothing is written there: S3 replicates what the zone gets, and a CDN fetches it. But no
    deletion of a version is ever replicated, and a CDN keeps what it has.

    Parameters
    ----------
    store
        The zone itself.
    replica
        The bucket that it is replicated to; None where there is none.
    distribution
        The CDN before it; None where there is none.
    """

    def __init__(
        self, store: ZoneStore, *, replica: Blobs | None, distribution: Distribution | None
    ) -> None:
        self._store = store
        self._replica = replica
        self._distribution = distribution

    def fill(
        self,
        prefix: str,
        copies: Iterable[Copy],
        document: bytes,
        *,
        level: Level,
        lock_until: datetime | None = None,
    ) -> None:
        """Fill the zone."""
        self._store.fill(prefix, copies, document, level=level, lock_until=lock_until)

    def find(self, key: str) -> bytes | None:
        """Return a file's bytes, or None if there is none."""
        return self._store.find(key)

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
        """Copy a file out of the zone into a bucket."""
        return self._store.bring(
            key, into, target, sha256, content_type=content_type, metadata=metadata
        )

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every version of every file below a prefix in the zone itself."""
        return self._store.versions(prefix)

    def purge(self, prefix: str) -> int:
        """Delete every version in the zone, then in its replica, then what a CDN has of them.

        In this order: what is no longer in the zone is not replicated, and what is nowhere cannot
        be fetched again. The CDN is asked before as well, since a repeat would find nothing to ask
        for; and it is asked only where something lies, since it wants money for each time.
        """
        if next(self._store.versions(prefix), None) is None:
            return 0 if self._replica is None else self._replica.purge(prefix)
        self._forget(prefix)
        purged = self._store.purge(prefix)
        if self._replica is not None:
            purged += self._replica.purge(prefix)
        self._forget(prefix)
        return purged

    def _forget(self, prefix: str) -> None:
        if self._distribution is not None:
            self._distribution.forget(prefix)
