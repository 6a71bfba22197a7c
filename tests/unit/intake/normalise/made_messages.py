"""Outlook messages of our own making: a compound file ([MS-CFB]) written from a tree of streams."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree = dict[str, "bytes | Tree"]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _TABLE, _INDEX, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF
_NAMED_IN_HEADER, _NAMED = 109, 127


def compound(tree: Tree) -> bytes:
    """Return a compound file; the streams of a storage hang on each other to the right."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, _END, 0]]
    streams: list[tuple[int, bytes]] = []

    def add(inside: Tree) -> int:
        first = _NONE
        before = -1
        for name, content in inside.items():
            index = len(entries)
            kind = 2 if isinstance(content, bytes) else 1
            entries.append([name, kind, _NONE, _NONE, _END, 0])
            if before < 0:
                first = index
            else:
                entries[before][2] = index
            before = index
            if isinstance(content, bytes):
                entries[index][5] = len(content)
                streams.append((index, content))
            else:
                entries[index][3] = add(content)
        return first

    entries[0][3] = add(tree)
    mini = b""
    mini_next: list[int] = []
    sectors: list[bytes] = []
    following: list[int] = []

    def place(content: bytes, size: int, chain: list[int]) -> int:
        first = len(chain)
        count = -(-len(content) // size)
        chain += [*range(first + 1, first + count), _END][:count]
        return first if count else _END

    for index, content in streams:
        if len(content) < _CUTOFF:
            entries[index][4] = place(content, _MINI, mini_next)
            mini += content.ljust(-(-len(content) // _MINI) * _MINI, b"\0")
        else:
            entries[index][4] = place(content, _SECTOR, following)
            sectors.append(content.ljust(-(-len(content) // _SECTOR) * _SECTOR, b"\0"))
    entries[0][4], entries[0][5] = place(mini, _SECTOR, following), len(mini)
    sectors.append(mini.ljust(-(-len(mini) // _SECTOR) * _SECTOR, b"\0"))
    table = b"".join(struct.pack("<I", each) for each in mini_next)
    table = table.ljust(max(-(-len(table) // _SECTOR), 1) * _SECTOR, b"\xff")
    first_mini = place(table, _SECTOR, following)
    sectors.append(table)
    directory = b"".join(map(_entry, entries))
    directory = directory.ljust(-(-len(directory) // _SECTOR) * _SECTOR, b"\0")
    first_directory = place(directory, _SECTOR, following)
    sectors.append(directory)
    tables = 1
    while tables * _SECTOR // 4 < len(following) + tables + _indexes(tables):
        tables += 1
    begin = len(following)
    indexes = _indexes(tables)
    following += [_TABLE] * tables + [_INDEX] * indexes
    fat = b"".join(struct.pack("<I", each) for each in following)
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<IIIIIIIII", 0, tables, first_directory, 0, _CUTOFF, first_mini,
                      len(table) // _SECTOR, begin + tables if indexes else _END, indexes)
        + b"".join(
            struct.pack("<I", begin + n if n < tables else _FREE) for n in range(_NAMED_IN_HEADER)
        )
    )  # fmt: skip
    # The header names the first tables; sectors of their own name the others, and each the next.
    named = list(range(begin + _NAMED_IN_HEADER, begin + tables))
    index = b""
    for number in range(indexes):
        inner = named[number * _NAMED : (number + 1) * _NAMED]
        after = begin + tables + number + 1 if number + 1 < indexes else _END
        inner += [_FREE] * (_NAMED - len(inner))
        index += struct.pack(f"<{_NAMED + 1}I", *inner, after)
    return header + b"".join(sectors) + fat.ljust(tables * _SECTOR, b"\xff") + index


def _indexes(tables: int) -> int:
    return max(0, -(-(tables - _NAMED_IN_HEADER) // _NAMED))


def _entry(entry: list[object]) -> bytes:
    name, kind, right, child, start, size = entry
    written = str(name).encode("utf-16-le")
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written) + 2, kind, 1, _NONE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def message(
    texts: Mapping[str, str],
    attachments: tuple[tuple[str, bytes | Tree], ...] = (),
    *,
    html: bytes = b"",
    narrow: str = "",
    inner: bool = False,
) -> Tree:
    """Return the streams of a message: texts by their property's id.

    ``narrow`` is the code page, such as ``1252``, of a message that is not in UTF-16; ``inner``
    tells that it lies within another one.
    """
    fixed = struct.pack("<HHI", 0x0040, 0x0039, 6) + struct.pack("<Q", 133_934_112_000_000_000)
    if narrow:
        fixed += struct.pack("<HHIII", 0x0003, 0x3FFD, 6, int(narrow), 0)
    made: Tree = {"__properties_version1.0": bytes(24 if inner else 32) + fixed}
    for key, text in texts.items():
        if narrow:
            made[f"__substg1.0_{key}001E"] = text.encode(f"cp{narrow}")
        else:
            made[f"__substg1.0_{key}001F"] = text.encode("utf-16-le")
    if html:
        made["__substg1.0_10130102"] = html
    for number, (name, content) in enumerate(attachments):
        storage: Tree = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
        }
        key = "0102" if isinstance(content, bytes) else "000D"
        storage[f"__substg1.0_3701{key}"] = content
        made[f"__attach_version1.0_#{number:08X}"] = storage
    return made
