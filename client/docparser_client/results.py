"""A document's results out of the vault: three files, each whole or not there."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from docparser.store import layout

from .errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docparser.model import Ref
    from types_boto3_s3 import S3Client

_CHUNK_BYTES = 1 << 20


class ResultProblem(ClientError):  # noqa: N818 - as the other problems of one document
    """A stored result is not what its manifest says."""


class Results:
    """Reads the vault."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def save(self, ref: Ref, json_path: Path, markdown_path: Path, text_path: Path) -> None:
        """Write a document's JSON, Markdown and text.

        The JSON is ``document.json`` with one more member, ``pages``: all pages in order, joined
        shard by shard, so that memory does not grow with the document.

        Raises
        ------
        ResultProblem
            A shard differs from the checksum that the document names.
        OSError
            A file cannot be written.
        """
        prefix = layout.revision_prefix(ref)
        for name, path in (("document.md", markdown_path), ("document.txt", text_path)):
            with replacing(path) as file:
                for chunk in self._body(prefix + name).iter_chunks(_CHUNK_BYTES):
                    file.write(chunk)
        document = json.loads(self._body(f"{prefix}document.json").read())
        with replacing(json_path) as file:
            for piece in spliced(document, self._shards(prefix, document)):
                file.write(piece)

    def _shards(self, prefix: str, document: dict[str, Any]) -> Iterator[bytes]:
        for entry in document["shards"]:
            file = entry["file"]
            body: bytes = self._body(f"{prefix}pages/{file['name']}").read()
            if hashlib.sha256(body).hexdigest() != file["sha256"]:
                raise ResultProblem(f"{entry['shard_id']} of {document['document_id']} differs")
            yield body

    def _body(self, key: str) -> Any:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"]


def spliced(document: dict[str, Any], shards: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a document's JSON with ``pages`` as its last member, holding one shard at a time.

    Parameters
    ----------
    document
        ``document.json``, parsed.
    shards
        The bytes of its shard files, in page order.
    """
    yield _compact({name: value for name, value in document.items() if name != "pages"})[:-1]
    yield b',"pages":['
    first = True
    for shard in shards:
        for page in json.loads(shard)["pages"]:
            yield _compact(page) if first else b"," + _compact(page)
            first = False
    yield b"]}\n"


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name of its own: the final one may be as long as the file system allows.
    unfinished = path.parent / f".{uuid4().hex[:12]}.part"
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
