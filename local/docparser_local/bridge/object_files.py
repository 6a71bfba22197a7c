"""An S3 object's bytes and metadata become durable together, before their request is answered.

ministack writes two files, one after the other; a crash between them leaves the bytes of a version
that nobody was told of under the metadata of one that somebody was. It also answers success when
the disk refused the files, and tells of an object before it has written it.
"""

from __future__ import annotations

import contextvars
import json
import logging
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser_local.bridge.journal import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser_local.bridge.journal import Journal, Row

LOG = logging.getLogger(__name__)

_METADATA = ".meta.json"

_events: contextvars.ContextVar[list[Callable[[], None]] | None]
_events = contextvars.ContextVar("events", default=None)
_refused: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("refused", default=None)


def finish(rows: list[Row], staged: Path) -> None:
    """Do the renames that a crash interrupted; must run before ministack's S3 is imported."""
    for row in of_kind(rows, "files"):
        for source, target in row["files"]:
            if Path(source).exists():
                Path(source).replace(target)
    shutil.rmtree(staged, ignore_errors=True)  # what is left was never answered
    staged.mkdir()


class ObjectFiles:
    """Writes the files of ministack's objects, and tells of objects when they are written."""

    def __init__(self, s3: Any, journal: Journal, staged: Path) -> None:
        self._s3 = s3
        self._journal = journal
        self._staged = staged
        self._handle, self._write = s3.handle_request, s3._atomic_write
        self._fire_in_thread = s3._fire_s3_event_async

    def persist(self, bucket: str, key: str, record: dict[str, Any]) -> None:
        """Write an object's bytes, unless they are there already, and its metadata."""
        path = self._s3._object_disk_path(bucket, key)
        history = self._s3._key_history_meta(bucket, key)
        metadata = {**self._s3._object_meta_from_record(record), **history, "key": key}
        contents = {path + _METADATA: json.dumps(metadata).encode()}
        if record.get("body") is not None:
            contents[path] = record["body"]
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        moves = [(self._stage(content), target) for target, content in contents.items()]
        self._journal.append({"files": moves})
        for source, target in moves:
            Path(source).replace(target)
        # Both are read from the disk from here on; ministack would keep every version in memory.
        record["body"] = None
        for version in self._s3._object_versions.get((bucket, key)) or []:
            version["data"] = None
        folder = str(Path(self._s3.DATA_DIR) / self._s3.get_account_id() / bucket)
        self._s3._remove_key_files(self._s3._other_key_disk_path(folder, key, path))

    def write(self, path: str, *arguments: Any, **options: Any) -> None:
        """Write a file that stands alone; remember for the request if the disk refuses it."""
        try:
            self._write(path, *arguments, **options)
        except OSError as error:
            if (refused := _refused.get()) is not None:
                refused.append(type(error).__name__)
            raise

    def fire(self, *arguments: Any, **options: Any) -> None:
        """Tell of an object at the end of the request."""
        pending = _events.get()
        if pending is None:
            self._fire_in_thread(*arguments, **options)
        elif arguments[0] in self._s3._bucket_notifications:
            options["sequencer"] = self._s3._next_event_sequencer(arguments[2])
            pending.append(lambda: self._s3._fire_s3_event(*arguments, **options))

    async def handle(self, *arguments: Any, **options: Any) -> Any:
        """Answer a request; nothing that its answer says may be on its way only."""
        pending: list[Callable[[], None]] = []
        refused: list[str] = []
        _events.set(pending)
        _refused.set(refused)
        answer = await self._handle(*arguments, **options)
        if refused:
            LOG.error("an object's files could not be written: %s", refused[0])
            return self._s3._error("InternalError", "We encountered an internal error.", 500)
        for tell in pending:
            tell()
        return answer

    def _stage(self, content: bytes) -> str:
        path = self._staged / uuid.uuid4().hex
        path.write_bytes(content)
        return str(path)


def install(journal: Journal, staged: Path) -> None:
    """Replace how ministack writes objects and when it tells of them."""
    from ministack.services import s3  # reads the objects' files when it is imported

    files = ObjectFiles(s3, journal, staged)
    s3._persist_object = files.persist
    s3._atomic_write = files.write
    s3._fire_s3_event_async = files.fire
    s3.handle_request = files.handle
