"""A document's results out of the vault, each whole or not there."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Literal
from uuid import uuid4

from pydantic import ValidationError

from .api import Child
from .errors import ClientError
from .rows import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .api import Client, Format

_TABLE_ID = re.compile(r"[a-z0-9]{1,32}")
_IN_MEMORY = 1 << 22  # bytes of a table's file; a longer one lies on the disk

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
        table_path: Callable[[str], Path] | None = None,
    ) -> tuple[Child, ...]:
        """Write a revision's JSON, Markdown and text; return the files inside it, as it lists them.

        Parameters
        ----------
        document_id, revision
            Which one.
        json_path, markdown_path, text_path
            Where to.
        table_path
            Where the CSV of a table goes, by its id; without it, none is written.

        Raises
        ------
        ResultProblem
            A file differs from the checksum that the document names, or what is inside the
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
        document = self.document(document_id, revision)
        with replacing(json_path) as file:
            file.writelines(self._spliced(document))
        if table_path is not None:
            for table_id in table_ids(document):
                with replacing(table_path(table_id)) as file:
                    file.writelines(self.table(document, table_id))
        return children(document)

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

        It is ``document.json`` with the ``rows`` of each of its tables in the place of their
        number, and one more member, ``pages``: all pages in order. They are joined file by file, so
        that memory does not grow with the document.

        Raises
        ------
        ResultProblem
            A file differs from the checksum that the document names.
        """
        yield from self._spliced(self.document(document_id, revision))

    def document(self, document_id: str, revision: int | None = None) -> dict[str, Any]:
        """Return ``document.json``; without a revision, the current one's."""
        document: dict[str, Any] = json.loads(
            self._client.read(document_id, "json", revision=revision)
        )
        return document

    def table(self, document: dict[str, Any], table_id: str) -> Iterator[bytes]:
        """Yield a table of a document as CSV.

        Raises
        ------
        ResultProblem
            It differs from the checksum that the document names. That is known at its end.
        """
        yield from self._pieces(document, "csv", table_id)

    def _spliced(self, document: dict[str, Any]) -> Iterator[bytes]:
        return spliced(
            document, self._shards(document), lambda table_id: self._rows(document, table_id)
        )

    def _rows(self, document: dict[str, Any], table_id: str) -> Iterator[Any]:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            # Not a row is shown before all of them are known to be right.
            file.writelines(self._pieces(document, "json", table_id))
            file.seek(0)
            try:
                yield from rows(file)
            except ValueError:
                raise _differs(document, table_id) from None

    def _pieces(self, document: dict[str, Any], form: Format, table_id: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with self._client.content(
            document["document_id"], form, revision=document["revision"], part=table_id
        ) as pieces:
            for piece in pieces:
                digest.update(piece)
                yield piece
        name = f"{table_id}.{form}"
        files = {one["name"]: one["sha256"] for one in document.get("table_files", ())}
        if files.get(name) != digest.hexdigest():
            raise _differs(document, name)

    def _shards(self, document: dict[str, Any]) -> Iterator[bytes]:
        document_id, revision = document["document_id"], document["revision"]
        for entry in document["shards"]:
            shard_id = entry["shard_id"]
            body = self._client.read(document_id, "json", revision=revision, part=shard_id)
            if hashlib.sha256(body).hexdigest() != entry["file"]["sha256"]:
                raise _differs(document, shard_id)
            yield body


def table_ids(document: dict[str, Any]) -> list[str]:
    """Return the ids of a document's tables, in their order.

    Raises
    ------
    ResultProblem
        They are none that could name a file.
    """
    ids = [str(table["id"]) for table in document.get("tables", ())]
    if not all(_TABLE_ID.fullmatch(table_id) for table_id in ids):
        raise ResultProblem(f"the tables of {document['document_id']} are not understood")
    return ids


def children(document: dict[str, Any]) -> tuple[Child, ...]:
    """Return the files inside a document, as it lists them.

    Raises
    ------
    ResultProblem
        They are told in words that this client does not understand.
    """
    try:
        return tuple(Child.model_validate(child) for child in document.get("children", ()))
    except ValidationError:
        text = f"the children of {document['document_id']} are not understood"
        raise ResultProblem(text) from None


def spliced(
    document: dict[str, Any],
    shards: Iterable[bytes],
    rows_of: Callable[[str], Iterable[Any]],
) -> Iterator[bytes]:
    """Yield a document's JSON with all of its rows and pages.

    Parameters
    ----------
    document
        ``document.json``, parsed.
    shards
        The bytes of its shard files, in page order; one is held at a time.
    rows_of
        The rows of a table, by its id; one of them is held at a time.
    """
    apart = {"tables", "pages"}
    yield _compact({name: value for name, value in document.items() if name not in apart})[:-1]
    if "tables" in document:
        yield b',"tables":['
        for place, table in enumerate(document["tables"]):
            head = _compact({name: value for name, value in table.items() if name != "rows"})
            yield (b"," if place else b"") + head[:-1] + b',"rows":['
            for number, row in enumerate(rows_of(table["id"])):
                yield b"," + _compact(row) if number else _compact(row)
            yield b"]}"
        yield b"]"
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


def _differs(document: dict[str, Any], name: str) -> ResultProblem:
    return ResultProblem(f"{name} of {document['document_id']} differs")


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
