"""A zone that is a folder: a file system of ours (EFS) or of others (a NAS), mounted here."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from typing import TYPE_CHECKING, Final

from docparser.errors import Terminal
from docparser.model import TerminalCode
from docparser.store.blobs import Version

from .zones import ZoneAway

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from docparser.model import Level, Zone
    from docparser.store.blobs import Blobs, Sources

    from .zones import Copy

MARKER: Final = ".docparser-zone"
"""The file that says which zone a folder is; whoever sets the zone up puts it there.

Where a file system is not mounted, its mount point is an empty folder of the machine's own disk,
and results that were written there would lie in no zone at all.
"""

_CHUNK_BYTES = 1 << 20
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = _READ | os.O_DIRECTORY


class FolderZone:
    """A mounted folder as a zone.

    A file appears under its name once its bytes are on the disk and were read back, and what names
    it is on the disk as well. No key leads out of the folder, be it by ``..`` or by a link.

    Parameters
    ----------
    root
        The folder; `MARKER` in it names the zone.
    zone
        Which zone it must be.
    sources
        Where copies come from.
    """

    def __init__(self, root: Path, zone: Zone, sources: Sources) -> None:
        self._root = root
        self._zone = zone
        self._sources = sources

    def fill(
        self,
        prefix: str,
        copies: Iterable[Copy],
        document: bytes,
        *,
        level: Level,  # noqa: ARG002 - the file system encrypts all alike, or not
        lock_until: datetime | None = None,  # noqa: ARG002 - it has no lock
    ) -> None:
        """Copy everything, then write the document."""
        for copy in copies:
            with contextlib.closing(self._sources.open(copy.source)) as opened:
                self._write(prefix + copy.file, opened.chunks(), copy.sha256)
        digest = hashlib.sha256(document).hexdigest()
        self._write(f"{prefix}document.json", [document], digest)

    def find(self, key: str) -> bytes | None:
        """Return a file's bytes, or None if there is none."""
        with _Reaching(), self._opened() as root:
            try:
                with _file(root, key) as file:
                    return b"".join(_chunks(file))
            except FileNotFoundError:
                return None

    def bring(
        self,
        key: str,
        into: Blobs,
        target: str,
        sha256: str,
        *,
        content_type: str,
        metadata: dict[str, str] | None = None,
    ) -> str | None:
        """Copy a file out of the zone into a bucket."""
        with contextlib.ExitStack() as stack:
            with _Reaching():
                root = stack.enter_context(self._opened())
                try:
                    file = stack.enter_context(_file(root, key))
                except FileNotFoundError:
                    raise Terminal(TerminalCode.SOURCE_GONE) from None
                _require(_digest(file), sha256)
            with os.fdopen(os.dup(file), "rb") as body:
                return into.receive(
                    target, body, sha256, content_type=content_type, metadata=metadata
                )

    def versions(self, prefix: str) -> Iterator[Version]:
        """Yield every file below a prefix, with its SHA-256; a folder keeps no versions."""
        with _Reaching(), self._opened() as root:
            for key, size_bytes, digest in list(_walk(root, _folder_parts(prefix))):
                yield Version(key, "null", size_bytes, digest)

    def purge(self, prefix: str) -> int:
        """Delete every file below a prefix, and the folders; return how many files there were."""
        *parents, last = _folder_parts(prefix)
        with _Reaching(), self._opened() as root:
            try:
                with _descended(root, parents) as parent:
                    deleted = _remove(parent, last)
                    os.fsync(parent)
            except FileNotFoundError:
                return 0
        return deleted

    # ------------------------------------------------------------------ files
    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the folder, once it is clear that it is the zone.

        Raises
        ------
        ZoneAway
            It is not there, or another zone's, or nothing was mounted.
        """
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with _file(root, MARKER) as marker:
                if os.read(marker, 64).decode("ascii", "replace").strip() != self._zone:
                    raise ZoneAway
            yield root
        finally:
            os.close(root)

    def _write(self, key: str, chunks: Iterable[bytes], sha256: str) -> None:
        """Write a file under its name once it is whole.

        Raises
        ------
        Terminal
            CHECKSUM_MISMATCH: what came, or what was read back, is something else; no file is left.
        """
        *folders, name = _parts(key)
        with _Reaching(), self._opened() as root, _made(root, folders) as folder:
            passing = f".{name}.{secrets.token_hex(8)}"
            file = os.open(passing, _NEW_FILE, 0o640, dir_fd=folder)
            try:
                try:
                    for chunk in chunks:
                        _write_all(file, chunk)
                    os.fsync(file)
                finally:
                    os.close(file)
                with _file(folder, passing) as written:
                    _require(_digest(written), sha256)
                os.rename(passing, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(passing, dir_fd=folder)
                raise
            os.fsync(folder)


class _Reaching:
    """An error of the file system within is `ZoneAway`: it may be mounted, or mended, later."""

    def __enter__(self) -> None:
        """Try."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say that the zone is away, if it is."""
        if isinstance(error, OSError):
            raise ZoneAway from None


def _parts(key: str) -> list[str]:
    """Return the names that a key is made of.

    Raises
    ------
    ValueError
        One of them is none: empty, ``.`` or ``..``. No key of ours has such a one.
    """
    parts = key.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError("a key of a zone is made of names")
    return parts


def _folder_parts(prefix: str) -> list[str]:
    if not prefix.endswith("/"):
        raise ValueError("a prefix to purge ends where a name does")
    return _parts(prefix[:-1])


@contextlib.contextmanager
def _descended(root: int, folders: Iterable[str]) -> Iterator[int]:
    """Open a folder below another one, following no link."""
    folder = os.dup(root)
    try:
        for name in folders:
            below = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        yield folder
    finally:
        os.close(folder)


@contextlib.contextmanager
def _made(root: int, folders: Iterable[str]) -> Iterator[int]:
    """Open a folder below another one; make those on the way that are not there, on the disk."""
    with contextlib.ExitStack() as stack:
        folder = root
        for name in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o750, dir_fd=folder)
                os.fsync(folder)
            folder = stack.enter_context(_descended(folder, [name]))
        yield folder


@contextlib.contextmanager
def _file(root: int, key: str) -> Iterator[int]:
    """Open a file below a folder for reading, following no link."""
    *folders, name = _parts(key)
    with _descended(root, folders) as folder:
        file = os.open(name, _READ, dir_fd=folder)
        try:
            yield file
        finally:
            os.close(file)


def _write_all(file: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(file, left) :]


def _chunks(file: int) -> Iterator[bytes]:
    while chunk := os.read(file, _CHUNK_BYTES):
        yield chunk


def _digest(file: int) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    return digest.hexdigest()


def _require(digest: str, sha256: str) -> None:
    if digest != sha256:
        raise Terminal(TerminalCode.CHECKSUM_MISMATCH)


def _walk(root: int, parts: list[str]) -> Iterator[tuple[str, int, str]]:
    """Yield key, size and SHA-256 of every file below a folder; a link has none."""
    try:
        with _descended(root, parts) as folder, os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
            for entry in listed:
                if entry.is_dir(follow_symlinks=False):
                    yield from _walk(root, [*parts, entry.name])
                elif entry.is_symlink():
                    yield "/".join([*parts, entry.name]), 0, ""
                else:
                    size_bytes = entry.stat(follow_symlinks=False).st_size
                    with _file(folder, entry.name) as file:
                        yield "/".join([*parts, entry.name]), size_bytes, _digest(file)
    except FileNotFoundError:
        return


def _remove(parent: int, name: str) -> int:
    """Delete a folder with all that is in it, links but not what they lead to.

    What another purge deletes meanwhile is no reason to leave the rest.
    """
    deleted = 0
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=parent)
            return 1
        with _descended(parent, [name]) as folder:
            with os.scandir(folder) as entries:
                inside = [entry.name for entry in entries]
            deleted = sum(_remove(folder, each) for each in inside)
        os.rmdir(name, dir_fd=parent)
    return deleted
