"""Compound files (OLE2), in which Word, Excel, PowerPoint and Outlook stored before 2007.

A file system in a file: sectors in chains, and a tree of storages and streams ([MS-CFB]). Read here
is what tells the kinds apart, and what a message consists of. Every chain is followed for as many
sectors as the file has at most, so that one which comes back to itself ends.
"""

from __future__ import annotations

import struct
from array import array
from typing import IO, TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_MINI_SHIFT = 6
_SHIFTS = (9, 12)
_END = 0xFFFFFFFA  # this and what is above are no sectors
_STORAGE, _STREAM, _ROOT = 1, 2, 5
# A message with a thousand attachments has 30,000 entries.
_MOST_ENTRIES = 100_000


class Entry(NamedTuple):
    """A storage or a stream: its name, and where it lies."""

    name: str
    kind: int
    child: int
    left: int
    right: int
    start: int
    size: int

    @property
    def is_storage(self) -> bool:
        """Whether it holds others."""
        return self.kind in {_STORAGE, _ROOT}


class Compound:
    """An open compound file.

    Raises
    ------
    Rejected
        CORRUPT: its header or a chain makes no sense; from every method.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        try:
            self._open()
        except (struct.error, ValueError, IndexError):
            raise Rejected(RejectedCode.CORRUPT) from None

    def _open(self) -> None:
        self._size = self._file.seek(0, 2)
        self._file.seek(0)
        header = self._file.read(_HEADER_BYTES)
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if not header.startswith(SIGNATURE) or shift not in _SHIFTS or mini_shift != _MINI_SHIFT:
            raise ValueError("no compound file")
        self._sector = 1 << shift
        self._sectors = self._size // self._sector + 1
        directory = struct.unpack_from("<I", header, 48)[0]
        self._cutoff, mini, _, difat, _ = struct.unpack_from("<IIIII", header, 56)
        tables = [each for each in struct.unpack_from("<109I", header, 76) if each < _END]
        seen = 0
        while difat < _END and seen < self._sectors:
            *more, difat = struct.unpack(f"<{self._sector // 4}I", self._whole_sector(difat))
            tables += [each for each in more if each < _END]
            seen += 1
        if len(tables) > self._sectors:
            raise ValueError("more tables than sectors")
        self._next = array("I")
        for table in tables:
            self._next.frombytes(self._whole_sector(table))
        self._mini_next = array("I")
        for sector in self._chain(mini, self._next):
            self._mini_next.frombytes(self._whole_sector(sector))
        self._entries: list[Entry] = []
        for sector in self._chain(directory, self._next):
            data = self._whole_sector(sector)
            self._entries += [_entry(data, at) for at in range(0, len(data), _ENTRY_BYTES)]
            if len(self._entries) > _MOST_ENTRIES:
                raise ValueError("too many entries")
        self.root = self._entries[0]
        self._mini: tuple[int, ...] | None = None

    def children(self, storage: Entry) -> dict[str, Entry]:
        """Return what a storage holds, by name."""
        found: dict[str, Entry] = {}
        waiting, seen = [storage.child], set()
        while waiting:
            index = waiting.pop()
            if index >= len(self._entries) or index in seen:
                continue
            seen.add(index)
            entry = self._entries[index]
            if entry.kind in {_STORAGE, _STREAM}:
                found[entry.name] = entry
            waiting += [entry.left, entry.right]
        return found

    def read(self, stream: Entry, most: int) -> bytes:
        """Return the content of a stream, ``most`` bytes of it at most."""
        wanted = min(stream.size, most)
        content = bytearray()
        for piece in self.pieces(stream):
            content += piece
            if len(content) >= wanted:
                break
        return bytes(content[:wanted])

    def pieces(self, stream: Entry) -> Iterator[bytes]:
        """Yield the content of a stream, a sector at a time."""
        left = stream.size
        if stream.size < self._cutoff:
            if self._mini is None:
                self._mini = tuple(self._chain(self.root.start, self._next))
            sectors = self._chain(stream.start, self._mini_next)
            read, step = self._mini_sector, 1 << _MINI_SHIFT
        else:
            sectors = self._chain(stream.start, self._next)
            read, step = self._whole_sector, self._sector
        for sector in sectors:
            if left <= 0:
                return
            piece = read(sector)[: min(step, left)]
            left -= len(piece)
            yield piece
        if left > 0:
            raise Rejected(RejectedCode.CORRUPT)

    def _chain(self, start: int, table: array[int]) -> Iterator[int]:
        sector, steps = start, 0
        while sector < _END:
            steps += 1
            if sector >= len(table) or steps > len(table):
                raise Rejected(RejectedCode.CORRUPT)
            yield sector
            sector = table[sector]

    def _whole_sector(self, number: int) -> bytes:
        self._file.seek((number + 1) * self._sector)
        data = self._file.read(self._sector)
        if not data:
            raise Rejected(RejectedCode.CORRUPT)
        return data.ljust(self._sector, b"\0")  # the last one may be cut off

    def _mini_sector(self, number: int) -> bytes:
        assert self._mini is not None  # noqa: S101 - for mypy: only called with it at hand
        sector, at = divmod(number << _MINI_SHIFT, self._sector)
        if sector >= len(self._mini):
            raise Rejected(RejectedCode.CORRUPT)
        self._file.seek((self._mini[sector] + 1) * self._sector + at)
        return self._file.read(1 << _MINI_SHIFT)


def _entry(data: bytes, at: int) -> Entry:
    length = struct.unpack_from("<H", data, at + 64)[0]
    name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<III", data, at + 68)
    start = struct.unpack_from("<I", data, at + 116)[0]
    size = struct.unpack_from("<I", data, at + 120)[0]
    return Entry(name, data[at + 66], child, left, right, start, size)
