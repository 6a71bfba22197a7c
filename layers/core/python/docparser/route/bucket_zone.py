"""A zone that is a bucket: of AWS, or of another store that speaks S3."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from docparser import aws
from docparser.errors import DocparserError, Retryable
from docparser.model import RetryableCode
from docparser.store.blobs import JSON

from .zones import ZoneAway

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from types import TracebackType
    from typing import IO

    from docparser.model import Level
    from docparser.store.blobs import Blobs, Sources, Version

    from .zones import Copy

_COPIES_AT_ONCE = 16
# Copies that pass through the function: more would only share its network.
_PASSING_AT_ONCE = 4
_IN_MEMORY_BYTES = 1 << 23


class BucketZone:
    """A bucket as a zone.

    Parameters
    ----------
    blobs
        The bucket.
    keys
        The KMS key of each level that has one.
    sources
        Where copies come from, if the bucket is another store's: it cannot fetch them itself, so
        that they pass through here. None where S3 makes the copies.
    """

    def __init__(
        self, blobs: Blobs, *, keys: Mapping[Level, str], sources: Sources | None = None
    ) -> None:
        self._blobs = blobs
        self._keys = keys
        self._sources = sources

    def fill(
        self,
        prefix: str,
        copies: Iterable[Copy],
        document: bytes,
        *,
        level: Level,
        lock_until: datetime | None = None,
    ) -> None:
        """Copy everything, then write the document."""
        kms_key = self._keys.get(level)

        def copied(copy: Copy) -> None:
            version = self._copied(copy, prefix + copy.file, kms_key)
            self._lock(prefix + copy.file, version, lock_until)

        with _Reaching():
            with ThreadPoolExecutor(
                _COPIES_AT_ONCE if self._sources is None else _PASSING_AT_ONCE
            ) as pool:
                for done in [pool.submit(copied, copy) for copy in copies]:
                    done.result()
            key = f"{prefix}document.json"
            version = self._blobs.put(key, document, JSON, kms_key=kms_key)
            self._lock(key, version, lock_until)

    def _copied(self, copy: Copy, key: str, kms_key: str | None) -> str | None:
        if self._sources is None:
            return self._blobs.copy(
                copy.source, key, copy.sha256, content_type=copy.content_type, kms_key=kms_key
            )
        with _passing() as file:
            self._sources.fetch(copy.source, file, copy.sha256)
            return self._blobs.receive(
                key, file, copy.sha256, content_type=copy.content_type, kms_key=kms_key
            )

    def _lock(self, key: str, version_id: str | None, until: datetime | None) -> None:
        if until is not None:
            self._blobs.lock(key, version_id, until)

    def find(self, key: str) -> bytes | None:
        """Return an object's bytes, or None if there is none."""
        with _Reaching():
            return self._blobs.find(key)

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
        """Copy an object out of the zone into a bucket."""
        there = self._blobs.source(key)
        if self._sources is None:
            with _Reaching():
                return into.copy(
                    there, target, sha256, content_type=content_type, metadata=metadata
                )
        with _passing() as file:
            with _Reaching():
                self._blobs.sources().fetch(there, file, sha256)
            return into.receive(target, file, sha256, content_type=content_type, metadata=metadata)

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every version of every object below a prefix."""
        with _Reaching():
            yield from self._blobs.versions(prefix)

    def purge(self, prefix: str) -> int:
        """Delete every version of every object below a prefix; return how many there were."""
        with _Reaching():
            return self._blobs.purge(prefix)


class _Reaching:
    """What goes wrong within because the bucket cannot be reached is `ZoneAway`."""

    def __enter__(self) -> None:
        """Try."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say that the zone is away, if it is.

        Raises
        ------
        ZoneAway
            The store does not answer, is broken or refuses us; a throttle has a code of its own.
        """
        if not isinstance(error, Exception) or isinstance(error, DocparserError):
            return
        known = aws.translate(error)
        if aws.is_shut(error) or known.code is RetryableCode.DEPENDENCY:
            raise ZoneAway from None
        if isinstance(known, Retryable):
            raise known from None


def _passing() -> IO[bytes]:
    """Return a file for what passes through: on the disk, where it is large."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)
