"""The bucket of the audit trail, where versions are locked: what a key held first is what counts.

Object Lock keeps versions, not keys: whoever may write can put another version over an anchor, but
cannot take the first one away.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .blobs import JSON, Blobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

LINES = "application/x-ndjson"


class Kept(NamedTuple):
    """An object of the trail: its first version, and whether that is the only one."""

    key: str
    version_id: str | None
    alone: bool


class AuditBucket:
    """The objects of the audit trail."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._blobs = Blobs(client, bucket)
        self.bucket = bucket

    def put_lines(self, key: str, body: bytes) -> str | None:
        """Store lines; return the version that has them."""
        return self._blobs.put(key, body, LINES)

    def put_once(self, key: str, body: bytes) -> bool:
        """Store JSON under a key that has none yet; return False if it has."""
        return self._blobs.put_once(key, body, hashlib.sha256(body).hexdigest(), JSON)

    def find(self, key: str) -> bytes | None:
        """Return what a key holds, or None."""
        return self._blobs.find(key)

    def get(self, key: str, version_id: str | None) -> bytes:
        """Return one version of an object.

        Raises
        ------
        ClientError
            It is not there.
        """
        version: Any = {"VersionId": version_id} if version_id else {}
        answer = self._client.get_object(Bucket=self.bucket, Key=key, **version)
        return answer["Body"].read()

    def kept(self, prefix: str) -> Iterator[Kept]:
        """Yield the objects below a prefix by their keys, those that a marker hides among them."""
        key, first, count = "", None, 0
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        hidden: set[str] = set()
        for page in pages:
            hidden |= {row["Key"] for row in page.get("DeleteMarkers", [])}
            for row in page.get("Versions", []):
                if row["Key"] != key:
                    if key:
                        yield Kept(key, first, count == 1 and key not in hidden)
                    key, count = row["Key"], 0
                # Of one key the newest comes first.
                first, count = row["VersionId"], count + 1
        if key:
            yield Kept(key, first, count == 1 and key not in hidden)
