"""A file as the body of a request: read piece by piece, and sent only as it was announced."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from docparser_client.errors import FileChanged, Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

CHUNK_BYTES = 1 << 20


def chunks(path: Path, stop: Event | None = None) -> Iterator[bytes]:
    """Yield a file's bytes, a MiB at a time.

    Raises
    ------
    OSError
        The file cannot be read.
    Stopped
        The event was set.
    """
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if stop is not None and stop.is_set():
                raise Stopped
            yield chunk


def announced(path: Path, checksum: str, size_bytes: int, stop: Event | None) -> Iterator[bytes]:
    """Yield a file's bytes, the last of them only if all of them are those that were announced.

    A request that ends early stores nothing, so that a file which changes while it is read does
    not become a document that nobody waits for.

    Parameters
    ----------
    path
        The file.
    checksum
        SHA-256 of all bytes, in Base64, as in ``x-amz-checksum-sha256``.
    size_bytes
        How many there are.
    stop
        Set to end the request.

    Raises
    ------
    FileChanged
        The file holds other bytes.
    OSError, Stopped
        As `chunks`.
    """
    digest = hashlib.sha256()
    left = size_bytes
    held = b""
    for chunk in chunks(path, stop):
        left -= len(chunk)
        if left < 0:
            raise FileChanged
        digest.update(chunk)
        if held:
            yield held
        held = chunk
    if left or base64.b64encode(digest.digest()).decode() != checksum:
        raise FileChanged
    yield held
