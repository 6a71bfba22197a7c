"""The bucket of the audit trail, where versions are locked: what a key held first is what counts.

Object Lock keeps versions, not keys: whoever may write can put another version over an anchor, but
cannot take the first one away.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from .blobs import JSON, Blobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

LINES = "application/x-ndjson"

# A marker over an object is told as 405 of the version that it is.
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed"})


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

    def version(self, key: str, version_id: str | None) -> bytes | None:
        """Return one version of an object, or None if it is not there."""
        version: Any = {"VersionId": version_id} if version_id else {}
        try:
            answer = self._client.get_object(Bucket=self.bucket, Key=key, **version)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                return None
            raise
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
