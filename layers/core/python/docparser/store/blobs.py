"""Objects in S3: stage outputs written once, sources read at one version, copies verified."""

from __future__ import annotations

import base64
import hashlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from docparser.errors import Retryable, Terminal
from docparser.model import Piece, RetryableCode, Source, TerminalCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from types_boto3_s3 import S3Client

JSON = "application/json"

_CHUNK_BYTES = 1 << 20
_GONE = {"NoSuchKey", "NoSuchVersion", "404"}
_DELETE_LIMIT = 1000  # keys in one DeleteObjects call


class Locked(Retryable):
    """Versions of objects are left whose lock only the purge may pass."""

    def __init__(self) -> None:
        super().__init__(RetryableCode.DEPENDENCY)


class Version(NamedTuple):
    """One version of an object; a delete marker has no bytes, and no ``etag``."""

    key: str
    version_id: str
    size_bytes: int
    etag: str


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


class Blobs:
    """The objects of one bucket.

    Parameters
    ----------
    client, bucket
        Where they are.
    passes_locks
        Whether a purge deletes what is locked as well, for which S3 wants a right of its own.
    """

    def __init__(self, client: S3Client, bucket: str, *, passes_locks: bool = False) -> None:
        self._client = client
        self._passes_locks = passes_locks
        self.bucket = bucket

    def put_once(self, key: str, body: bytes | IO[bytes], sha256: str, content_type: str) -> bool:
        """Store an object under a key that nobody has written yet.

        Parameters
        ----------
        key
            The key.
        body
            The bytes, or an open file at its start.
        sha256
            SHA-256 of the body in hex; S3 compares it before it keeps the object.
        content_type
            The media type.

        Returns
        -------
        bool
            False if the key exists: an earlier try wrote it, and what it wrote stays.

        Raises
        ------
        Retryable
            Two writers met (409): which one won is known at the next try.
        """
        try:
            self._client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                ChecksumSHA256=_base64_of(sha256),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if _code(error) == "PreconditionFailed":
                return False
            if _code(error) == "ConditionalRequestConflict":
                raise Retryable(RetryableCode.THROTTLED) from None
            raise
        return True

    def put_json_once(self, key: str, body: bytes) -> bytes:
        """Store a stage's output unless it is there; return what is stored."""
        if self.put_once(key, body, hashlib.sha256(body).hexdigest(), JSON):
            return body
        return self.get(key)

    def describe(self, key: str) -> Piece:
        """Return size and checksum of an object that was stored with its checksum."""
        answer = self._client.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        digest = base64.b64decode(answer["ChecksumSHA256"]).hex()
        name = key.rpartition("/")[2]
        return Piece(
            name=name,
            size_bytes=answer["ContentLength"],
            sha256=digest,
            media_type=answer["ContentType"],
        )

    def put(
        self, key: str, body: bytes, content_type: str, *, kms_key: str | None = None
    ) -> str | None:
        """Store an object whose content is a function of its key, so that a repeat is harmless.

        Returns
        -------
        str or None
            Its version, in a bucket with versions.
        """
        answer = self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            ChecksumSHA256=_base64_of(hashlib.sha256(body).hexdigest()),
            **_encrypted(kms_key),
        )
        return answer.get("VersionId")

    def receive(
        self,
        key: str,
        body: IO[bytes],
        sha256: str,
        *,
        content_type: str,
        metadata: dict[str, str] | None = None,
        kms_key: str | None = None,
    ) -> str | None:
        """Store an open file, from its start, and compare what arrived with what was read before.

        Parameters
        ----------
        key
            The key.
        body
            The file, whose bytes the caller has compared.
        sha256
            Their SHA-256 in hex.
        content_type, metadata
            As what the object is stored.
        kms_key
            The ARN of the key that encrypts it; None leaves that to the bucket.

        Returns
        -------
        str or None
            The version, in a bucket with versions.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: a store that does not compare by itself kept other bytes, which were
            deleted.
        """
        body.seek(0)
        answer = self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            Metadata=metadata or {},
            ChecksumSHA256=_base64_of(sha256),
            **_encrypted(kms_key),
        )
        version_id = answer.get("VersionId")
        stored = answer.get("ChecksumSHA256") or self._base64_read_back(key, version_id)
        self._compare(key, version_id, stored, sha256)
        return version_id

    def _base64_read_back(self, key: str, version_id: str | None) -> str:
        there = Source(bucket=self.bucket, key=key, version_id=version_id)
        return _base64_of(self.sources().open(there).sha256())

    def _compare(self, key: str, version_id: str | None, stored: str | None, sha256: str) -> None:
        if stored != _base64_of(sha256):
            copied = Source(bucket=self.bucket, key=key, version_id=version_id)
            self._client.delete_object(**_location(copied))
            raise Terminal(TerminalCode.CHECKSUM_MISMATCH)

    def lock(self, key: str, version_id: str | None, until: datetime) -> None:
        """Keep a version from being deleted by anybody but the purge until a moment.

        Only what was compared is locked: a copy that differs has to be deleted again.
        """
        version: Any = {"VersionId": version_id} if version_id else {}
        self._client.put_object_retention(
            Bucket=self.bucket,
            Key=key,
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until},
            ChecksumAlgorithm="SHA256",
            **version,
        )

    def put_file(
        self,
        key: str,
        body: IO[bytes],
        content_type: str,
        *,
        metadata: dict[str, str] | None = None,
    ) -> None:
        """Store an open file, from its start, under a key that only its content decides."""
        body.seek(0)
        self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            Metadata=metadata or {},
        )

    def source(self, key: str) -> Source:
        """Return where an object of this bucket is."""
        return Source(bucket=self.bucket, key=key)

    def sources(self) -> Sources:
        """Return what reads objects of this bucket, and of others at the same endpoint."""
        return Sources(self._client)

    def delete(self, key: str) -> None:
        """Delete an object; deleting what is gone is fine."""
        self._client.delete_object(Bucket=self.bucket, Key=key)

    def get(self, key: str) -> bytes:
        """Return an object's bytes."""
        return self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def find(self, key: str) -> bytes | None:
        """Return an object's bytes, or None if there is none."""
        try:
            return self.get(key)
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise

    def copy(
        self,
        source: Source,
        key: str,
        sha256: str,
        *,
        content_type: str,
        metadata: dict[str, str] | None = None,
        kms_key: str | None = None,
    ) -> str | None:
        """Copy an object into this bucket, and compare what arrived with what was read before.

        Nothing that a sender said goes along: not the file name, nor a media type or a disposition
        that a browser would believe, nor tags. The copy says what it is given here.

        Returns
        -------
        str or None
            The version of the copy, in a bucket with versions.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH, after the copy was deleted; SOURCE_GONE.
        """
        try:
            answer = self._client.copy_object(
                Bucket=self.bucket,
                Key=key,
                CopySource=_location(source),
                ChecksumAlgorithm="SHA256",
                TaggingDirective="REPLACE",
                MetadataDirective="REPLACE",
                ContentType=content_type,
                Metadata=metadata or {},
                **_encrypted(kms_key),
            )
        except ClientError as error:
            if _code(error) in _GONE:
                raise Terminal(TerminalCode.SOURCE_GONE) from None
            raise
        version_id = answer.get("VersionId")
        stored = answer["CopyObjectResult"].get("ChecksumSHA256")
        self._compare(key, version_id, stored, sha256)
        return version_id

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a prefix, in their order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        for page in pages:
            yield from (row["Key"] for row in page.get("Contents", []))

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every version of every object below a prefix, delete markers among them."""
        for page in _version_pages(self._client, self.bucket, prefix):
            for row in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                yield Version(
                    row["Key"], row["VersionId"], row.get("Size", 0), row.get("ETag", "").strip('"')
                )

    def purge(self, prefix: str) -> int:
        """Delete every version of every object below a prefix; return how many there were.

        Raises
        ------
        Locked
            All but those that are locked were deleted.
        Retryable
            Some were not deleted for another reason.
        """
        if not prefix.endswith(("/", "-")):
            raise ValueError("a prefix to purge ends where a name does")
        return _purge(self._client, self.bucket, prefix, passes_locks=self._passes_locks)


class OpenSource:
    """A pinned source that is being read: its metadata, and its bytes as a stream."""

    def __init__(self, answer: Any) -> None:
        self.size_bytes: int = answer["ContentLength"]
        self.metadata: dict[str, str] = answer.get("Metadata", {})
        self.version_id: str | None = answer.get("VersionId")
        self.etag: str = answer.get("ETag", "").strip('"')
        self._body = answer["Body"]

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most 1 MiB."""
        yield from self._body.iter_chunks(_CHUNK_BYTES)

    def sha256(self) -> str:
        """Read the content; return its SHA-256 in hex."""
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()

    def close(self) -> None:
        """Leave the content unread."""
        self._body.close()


class Sources:
    """Uploaded objects, wherever they lie, at the version that was pinned."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def open(self, source: Source) -> OpenSource:
        """Open a source for reading.

        Raises
        ------
        Terminal
            SOURCE_GONE: the object or this version of it is no longer there.
        """
        try:
            return OpenSource(self._client.get_object(**_location(source)))
        except ClientError as error:
            if _code(error) in _GONE:
                raise Terminal(TerminalCode.SOURCE_GONE) from None
            raise

    def metadata(self, source: Source) -> dict[str, str] | None:
        """Return a source's metadata, or None if it is no longer there."""
        try:
            return self._client.head_object(**_location(source))["Metadata"]
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise

    def pinned(self, source: Source) -> Source | None:
        """Return a source with the version that is there, or None if there is none."""
        try:
            answer = self._client.head_object(**_location(source))
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise
        return source.model_copy(update={"version_id": answer.get("VersionId")})

    def fetch(self, source: Source, target: IO[bytes], sha256: str) -> dict[str, str]:
        """Write a source's content to a file, check it, and return its metadata.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: these are not the bytes that were taken in; SOURCE_GONE.
        """
        opened = self.open(source)
        digest = hashlib.sha256()
        for chunk in opened.chunks():
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        if digest.hexdigest() != sha256:
            raise Terminal(TerminalCode.CHECKSUM_MISMATCH)
        return opened.metadata

    def delete(self, source: Source) -> None:
        """Delete the pinned version; deleting what is gone is fine."""
        self._client.delete_object(**_location(source))

    def discard(self, source: Source) -> None:
        """Delete the pinned version or, where none was pinned, every version of the key."""
        if source.version_id:
            self.delete(source)
        else:
            _purge(self._client, source.bucket, source.key, key=source.key)


def _version_pages(client: S3Client, bucket: str, prefix: str) -> Any:
    """Return the pages of a list of versions, each as long as one deletion may be."""
    return client.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": _DELETE_LIMIT}
    )


def _purge(
    client: S3Client,
    bucket: str,
    prefix: str,
    *,
    key: str | None = None,
    passes_locks: bool = False,
) -> int:
    """Delete every version below a prefix, or of the one key; return how many there were."""
    deleted = locked = 0
    for page in _version_pages(client, bucket, prefix):
        rows: list[Any] = [
            row
            for row in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            if key in (None, row["Key"])
        ]
        if not rows:
            continue
        # Asked for only where it is meant: S3 refuses it to whoever has no right to it.
        bypass: Any = {"BypassGovernanceRetention": True} if passes_locks else {}
        answer = client.delete_objects(
            Bucket=bucket,
            Delete={
                "Objects": [{"Key": row["Key"], "VersionId": row["VersionId"]} for row in rows],
                "Quiet": True,
            },
            **bypass,
        )
        refused = answer.get("Errors", [])
        if any(error.get("Code") != "AccessDenied" for error in refused):
            raise Retryable(RetryableCode.DEPENDENCY)
        locked += len(refused)
        deleted += len(rows) - len(refused)
    if locked:
        raise Locked
    return deleted


def _location(source: Source) -> Any:
    """Return the words by which Get, Delete and a copy's source name one version of a key."""
    version = {"VersionId": source.version_id} if source.version_id else {}
    return {"Bucket": source.bucket, "Key": source.key, **version}


def _encrypted(kms_key: str | None) -> Any:
    """Return the words by which an object is encrypted under a key, or by the bucket's default."""
    if kms_key is None:
        return {}
    # One data key per bucket and hour instead of one KMS request per object.
    return {
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": kms_key,
        "BucketKeyEnabled": True,
    }


def _base64_of(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
