"""ZIP archives: opened only where their directory is of a sane size and tells no lies about places.

The standard library reads the whole directory before anything can be asked of it.
"""

from __future__ import annotations

import struct
import zipfile
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")

# 10,000 entries with long names. It stands in memory whole, at ten times its size.
_MOST_DIRECTORY_BYTES = 8 << 20

_END = b"PK\x05\x06"
_END_64_PLACE = b"PK\x06\x07"
_END_WITHIN = 22 + 0xFFFF
_LOCAL_HEADER_BYTES = 30


@contextmanager
def open_zip(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open an archive.

    Raises
    ------
    Rejected
        CORRUPT: no archive, or one that cannot be read. BOMB: its directory is larger than that
        of any archive that people make, or two entries share bytes.
    """
    if _directory_bytes(file) > _MOST_DIRECTORY_BYTES:
        raise Rejected(RejectedCode.BOMB)
    try:
        archive = zipfile.ZipFile(file)
    except Exception:  # noqa: BLE001 (it raises what its parser trips over, not only its own error)
        raise Rejected(RejectedCode.CORRUPT) from None
    with archive:
        _refuse_overlaps(archive)
        yield archive


def pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of an entry, as much as its header says at most.

    Raises
    ------
    Rejected
        CORRUPT: it is damaged, or packed in a way that nobody here unpacks. ENCRYPTED.
    """
    if entry.flag_bits & 0x1:
        raise Rejected(RejectedCode.ENCRYPTED)
    try:
        with archive.open(entry) as content:
            while piece := content.read(1 << 16):
                yield piece
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (zlib, lzma and bz2 each raise errors of their own)
        raise Rejected(RejectedCode.CORRUPT) from None


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """Return the first bytes of an entry, ``most`` of them at most; None where there is none."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    content = bytearray()
    for piece in pieces(archive, entry):
        content += piece
        if len(content) >= most:
            break
    return bytes(content[:most])


def entry_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry as whoever packed it wrote it; content, and no path of ours.

    Names without the flag of UTF-8 are in code page 437 (APPNOTE.TXT, appendix D), but many are in
    UTF-8 all the same.
    """
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name


def _directory_bytes(file: IO[bytes]) -> int:
    """Return how large an archive says that its directory is; 0 where it has none."""
    size = file.seek(0, 2)
    begin = max(0, size - _END_WITHIN)
    file.seek(begin)
    tail = file.read(_END_WITHIN)
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return 0
    large = tail.rfind(_END_64_PLACE, 0, at)
    if large >= 0:
        place = struct.unpack_from("<Q", tail, large + 8)[0]
        file.seek(min(place, size))
        end = file.read(56)
        file.seek(0)
        if len(end) == 56:
            return int(struct.unpack_from("<Q", end, 40)[0])
    return int(struct.unpack_from("<I", tail, at + 12)[0])


def _refuse_overlaps(archive: zipfile.ZipFile) -> None:
    """Refuse an archive whose entries share bytes: it would unpack them once for each entry."""
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Rejected(RejectedCode.BOMB)
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
