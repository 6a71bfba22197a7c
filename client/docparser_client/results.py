"""A document's results out of the vault: three files, each whole or not there."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Literal
from uuid import uuid4

from pydantic import ValidationError

from .api import Child
from .errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .api import Client

Rendition = Literal["md", "txt", "pdf", "alto"]


class ResultProblem(ClientError):  # noqa: N818 - as the other problems of one document
    """A stored result is not what its manifest says."""


class Results:
    """Reads results through the API."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def save(
        self,
        document_id: str,
        revision: int,
        json_path: Path,
        markdown_path: Path,
        text_path: Path,
    ) -> tuple[Child, ...]:
        """Write a revision's JSON, Markdown and text; return the files inside it, as it lists them.

        Raises
        ------
        ResultProblem
            A shard differs from the checksum that the document names, or what is inside the
            document is told in words that this client does not understand.
        ApiError
            A result cannot be read.
        OSError
            A file cannot be written.
        """
        with replacing(markdown_path) as file:
            file.writelines(self.rendition(document_id, "md", revision))
        with replacing(text_path) as file:
            file.writelines(self.rendition(document_id, "txt", revision))
        document = self._document(document_id, revision)
        with replacing(json_path) as file:
            file.writelines(spliced(document, self._shards(document)))
        try:
            return tuple(Child.model_validate(child) for child in document.get("children", ()))
        except ValidationError:
            raise ResultProblem(f"the children of {document_id} are not understood") from None

    def rendition(
        self,
        document_id: str,
        form: Rendition,
        revision: int | None = None,
        *,
        redacted: bool = False,
    ) -> Iterator[bytes]:
        """Yield what was made of a document; without a revision, of the current one."""
        with self._client.content(
            document_id, form, revision=revision, redacted=redacted
        ) as pieces:
            yield from pieces

    def json(self, document_id: str, revision: int | None = None) -> Iterator[bytes]:
        """Yield a document's JSON; without a revision, the current one's.

        It is ``document.json`` with one more member, ``pages``: all pages in order, joined shard
        by shard, so that memory does not grow with the document.

        Raises
        ------
        ResultProblem
            A shard differs from the checksum that the document names.
        """
        document = self._document(document_id, revision)
        yield from spliced(document, self._shards(document))

    def _document(self, document_id: str, revision: int | None) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            self._client.read(document_id, "json", revision=revision)
        )
        return document

    def _shards(self, document: dict[str, Any]) -> Iterator[bytes]:
        document_id, revision = document["document_id"], document["revision"]
        for entry in document["shards"]:
            shard_id = entry["shard_id"]
            body = self._client.read(document_id, "json", revision=revision, part=shard_id)
            if hashlib.sha256(body).hexdigest() != entry["file"]["sha256"]:
                raise ResultProblem(f"{shard_id} of {document_id} differs")
            yield body


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
