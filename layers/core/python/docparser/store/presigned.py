"""URLs with which a caller without rights of its own reads or writes one object of ours."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from docparser.model import now

from . import layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from types_boto3_s3 import S3Client

UPLOAD_LIFE = timedelta(minutes=15)
DOWNLOAD_LIFE = timedelta(minutes=5)

_SHA256_METADATA = "sha256"
# S3 keeps 2 KB of metadata with an object; a character of a name becomes 12 bytes at most.
_METADATA_BYTES = 2000
_MISSING = {"404", "NoSuchKey"}


class PresignedUpload(NamedTuple):
    """Where to PUT the bytes; the URL is good only together with exactly these headers."""

    url: str
    headers: dict[str, str]
    expires_at: datetime


class PresignedUrls:
    """URLs of one bucket's objects, signed with this function's own rights."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def upload(
        self, key: str, *, name: str, sha256: str, size_bytes: int, options: Mapping[str, str]
    ) -> PresignedUpload:
        """Return where to put bytes that are known by their hash; S3 refuses all others.

        Parameters
        ----------
        key
            The key.
        name
            The user's file name. The end of a very long one does not go along.
        sha256
            SHA-256 of the bytes in hex.
        size_bytes
            How many they are.
        options
            What the owner asks for, as metadata; whoever sends the bytes cannot change it.
        """
        others = {_SHA256_METADATA: sha256, **options}
        taken = len(layout.NAME_METADATA) + sum(
            len(word) + len(said) for word, said in others.items()
        )
        room = _METADATA_BYTES - taken
        encoded = layout.encode_name(name)
        if len(encoded) > room:
            encoded = layout.encode_name(name[: room // 12])
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        metadata = {layout.NAME_METADATA: encoded, **others}
        expires_at = now() + UPLOAD_LIFE
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "Metadata": metadata,
                "ChecksumSHA256": checksum,
                "ContentLength": size_bytes,
            },
            ExpiresIn=int(UPLOAD_LIFE.total_seconds()),
        )
        headers = {
            **{f"x-amz-meta-{word}": value for word, value in metadata.items()},
            "x-amz-checksum-sha256": checksum,
            "content-length": str(size_bytes),
        }
        return PresignedUpload(url, headers, expires_at)

    def download(
        self,
        key: str,
        *,
        file_name: str,
        content_type: str,
        stored_as: str | None = None,
        version_id: str | None = None,
    ) -> str | None:
        """Return where to get an object, or None if there is none.

        Parameters
        ----------
        key
            The key.
        file_name
            Under which a browser saves it. It is part of the URL, which others may log.
        content_type
            As which it is sent, whatever it was stored as.
        stored_as
            A media type: an object that was stored as another one counts as none.
        version_id
            Which version of it; the current one if None.
        """
        wanted: Any = {"Bucket": self.bucket, "Key": key}
        if version_id is not None:
            wanted["VersionId"] = version_id
        try:
            found = self._client.head_object(**wanted)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise
        if stored_as is not None and found.get("ContentType") != stored_as:
            return None
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                **wanted,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=int(DOWNLOAD_LIFE.total_seconds()),
        )
