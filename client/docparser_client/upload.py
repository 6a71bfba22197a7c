"""Files into the intake bucket: hashed, sent, and never whole in memory."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from docparser.intake.identity import document_id
from docparser.model import RejectedCode, TerminalCode
from docparser.store import layout

from .errors import FileProblem
from .report import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from types_boto3_s3 import S3Client

    from .inputs import Input

_CHUNK_BYTES = 1 << 20
_PART_BYTES = 8 << 20  # up to here one request; S3 takes parts of 5 MiB and more
_MAX_PARTS = 10_000
_PARTS_AT_ONCE = 4
_LARGE_FILES_AT_ONCE = 2  # with four parts each, at most 80 MiB in memory


class Stopped(Exception):  # noqa: N818 - not an error: the user asked for it
    """The run was interrupted while a file was on its way."""


@dataclass(frozen=True)
class Content:
    """What a file holds: bytes, and SHA-256 in hex."""

    size_bytes: int
    sha256: str


class Uploader:
    """Sends files to one tenant's intake."""

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        *,
        tenant: str,
        priority: str,
        max_bytes: int,
        stop: Event,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._tenant = tenant
        self._priority = priority
        self._max_bytes = max_bytes
        self._stop = stop
        self._large = BoundedSemaphore(_LARGE_FILES_AT_ONCE)

    def look(self, item: Input) -> Content:
        """Return what a file holds.

        Raises
        ------
        FileProblem
            The file is gone or cannot be read; or it is larger than intake reads, which refuses
            it by its size alone: to send it would cost time and room for a known answer.
        """
        digest = hashlib.sha256()
        size = 0
        try:
            if item.path.stat().st_size > self._max_bytes:
                raise FileProblem(f"{printable(item.path)} is too large", RejectedCode.TOO_LARGE)
            for chunk in self._chunks(item.path, _CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
        except OSError as error:
            raise _gone(item.path, error) from None
        return Content(size_bytes=size, sha256=digest.hexdigest())

    def document_id(self, content: Content) -> str:
        """Return a content's document id."""
        return document_id(self._tenant, content.sha256)

    def send(self, item: Input, content: Content) -> str:
        """Upload a file under a key of ours; return its document id.

        Raises
        ------
        FileProblem
            The file is gone, or holds other bytes than those that were looked at: the service
            would know it by an id that nobody waits for.
        Stopped
            The run was interrupted.
        """
        key = layout.upload_key(self._priority, self._tenant, uuid4().hex)
        # A name that is no valid UTF-8 reaches us with lone surrogates, which nothing can encode.
        name = item.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        metadata = {layout.NAME_METADATA: layout.encode_name(name), "sha256": content.sha256}
        where = {"Bucket": self._bucket, "Key": key}
        try:
            if content.size_bytes <= _PART_BYTES:
                self._send_whole(item.path, where, metadata, content)
            else:
                with self._large:
                    self._send_parts(item.path, where, metadata, content)
        except OSError as error:
            raise _gone(item.path, error) from None
        return self.document_id(content)

    def _send_whole(
        self, path: Path, where: dict[str, str], metadata: dict[str, str], content: Content
    ) -> None:
        body = b"".join(self._chunks(path, _CHUNK_BYTES))
        digest = hashlib.sha256(body)
        _compare(path, content, digest.hexdigest())
        self._client.put_object(
            **_words(where),
            Body=body,
            Metadata=metadata,
            ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
        )

    def _send_parts(
        self, path: Path, where: dict[str, str], metadata: dict[str, str], content: Content
    ) -> None:
        opened = self._client.create_multipart_upload(**_words(where), Metadata=metadata)
        upload = {**where, "UploadId": opened["UploadId"]}
        digest = hashlib.sha256()
        etags: list[str] = []
        waiting: deque[Future[str]] = deque()
        part_bytes = max(_PART_BYTES, math.ceil(content.size_bytes / _MAX_PARTS))
        try:
            with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
                for number, chunk in enumerate(self._chunks(path, part_bytes), start=1):
                    digest.update(chunk)
                    if len(waiting) == _PARTS_AT_ONCE:
                        etags.append(waiting.popleft().result())
                    waiting.append(pool.submit(self._send_part, upload, number, chunk))
                etags += [part.result() for part in waiting]
            _compare(path, content, digest.hexdigest())
            self._client.complete_multipart_upload(
                **_words(upload),
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": number, "ETag": etag}
                        for number, etag in enumerate(etags, start=1)
                    ]
                },
            )
        except BaseException:
            # Parts of an upload that never ends lie in the bucket, unseen and paid for.
            self._client.abort_multipart_upload(**_words(upload))
            raise

    def _send_part(self, upload: dict[str, str], number: int, body: bytes) -> str:
        answer = self._client.upload_part(**_words(upload), PartNumber=number, Body=body)
        return answer["ETag"]

    def _chunks(self, path: Path, size: int) -> Iterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(size):
                if self._stop.is_set():
                    raise Stopped
                yield chunk


def _words(words: dict[str, str]) -> Any:
    """Return keyword arguments as the typed client takes them."""
    return words


def _compare(path: Path, content: Content, sha256: str) -> None:
    if content.sha256 != sha256:
        raise FileProblem(
            f"{printable(path)} changed while it was read", TerminalCode.CHECKSUM_MISMATCH
        )


def _gone(path: Path, error: OSError) -> FileProblem:
    return FileProblem(f"{printable(path)}: {error.strerror}", TerminalCode.SOURCE_GONE)
