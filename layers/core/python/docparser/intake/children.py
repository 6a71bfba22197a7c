"""The files inside a file: each becomes a document of its own, by way of the intake bucket."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from docparser.model import Child, RejectedCode
from docparser.store import layout

from .examine import open_made
from .identity import document_id
from .options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docparser.model import Record
    from docparser.store.blobs import Blobs

    from .examine import InnerFile

_MEDIA_TYPE = "application/octet-stream"

# Of 2 KB that the metadata of an object may have.
_MOST_NAME_BYTES = 1024


class Children:
    """Tells which documents the files inside a file are, and uploads them.

    ``max_depth`` is how deep a file may lie in others.
    """

    def __init__(self, intake: Blobs, max_depth: int) -> None:
        self._intake = intake
        self._max_depth = max_depth

    def of(self, record: Record, found: Sequence[InnerFile], made: Path) -> tuple[Child, ...]:
        """Return the documents that the files are, which an examination left in a folder.

        A file that lies too deep is a BOMB, and skipped as others are that could not be unpacked.
        """
        return tuple(self._child(record, file, made) for file in found)

    def _child(self, record: Record, file: InnerFile, made: Path) -> Child:
        code = file.code
        if code is None and record.depth >= self._max_depth:
            code = RejectedCode.BOMB
        child = Child(name=file.name, size_bytes=file.size_bytes, code=code)
        if file.file is None or code is not None:
            return child
        with open_made(made, file.file) as body:
            content = hashlib.file_digest(body, "sha256").hexdigest()
        own = document_id(record.ref.tenant, content)
        return child.model_copy(update={"document_id": own})

    def send(
        self,
        record: Record,
        options: Options,
        found: Sequence[InnerFile],
        children: Sequence[Child],
        made: Path,
    ) -> None:
        """Upload the files that are to be documents.

        Each has a key that its parent and its place in it decide, so that whoever repeats this
        uploads nothing that intake does not know, and a parent whose level has become stricter
        says so of each.
        """
        for place, (file, child) in enumerate(zip(found, children, strict=True), start=1):
            if file.file is None or child.document_id is None:
                continue
            asked = Options(
                policy=options.policy,
                level=options.level,
                parent=record.ref.document_id,
                depth=record.depth + 1,
                redact=options.redact,
            )
            name = layout.encode_name(file.name)[-_MOST_NAME_BYTES:]
            with open_made(made, file.file) as body:
                self._intake.put_file(
                    layout.upload_key(
                        record.priority, record.ref.tenant, _upload_id(record, asked, place)
                    ),
                    body,
                    _MEDIA_TYPE,
                    metadata={layout.NAME_METADATA: name, **asked.metadata()},
                )


def _upload_id(record: Record, asked: Options, place: int) -> str:
    inner = f"{record.ref.tenant}/{record.ref.document_id}/{place}/{asked.level or ''}"
    return uuid.uuid5(uuid.NAMESPACE_URL, inner).hex
