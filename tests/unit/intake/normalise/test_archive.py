"""ZIP archives: each file a child, and nothing that an archive says is believed."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
from hashlib import sha256

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.settings import Archives

from tests.unit.intake.normalise.normalised import normalised


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def rejected(content: bytes, limits: Archives | None = None) -> str:
    with pytest.raises(Rejected) as caught:
        normalised(content, sniff.ZIP, limits)
    return caught.value.code


def test_each_file_is_a_child() -> None:
    made = normalised(
        zipped(("a.txt", b"eins"), ("ordner/", b""), ("ordner/b.pdf", b"%PDF-1.7 zwei")), sniff.ZIP
    )

    assert [child.name for child in made.children] == ["a.txt", "ordner/b.pdf"]
    assert made.contents == [b"eins", b"%PDF-1.7 zwei"]
    assert made.children[0].sha256 == sha256(b"eins").hexdigest()
    assert made.pages == [[[["a.txt", "4"], ["ordner/b.pdf", "13"]]]]
    assert made.warnings == ()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "a/../../b", "x" * 9999]
)
def test_a_name_is_no_path(name: str) -> None:
    made = normalised(zipped((name, b"x")), sniff.ZIP)

    (child,) = made.children
    assert child.file == "child-0001"
    assert made.contents == [b"x"]


def test_names_in_old_code_pages() -> None:
    german = zipfile.ZipInfo("Größe.txt")
    content = zipped((german, b"x"))
    utf_8 = "Größe.txt".encode()
    # The flag is bit 11 of the flags of the local header and of the directory.
    bare = content.replace(struct.pack("<H", 0x800), b"\0\0")

    assert normalised(content, sniff.ZIP).children[0].name == "Größe.txt"
    assert normalised(bare, sniff.ZIP).children[0].name == "Größe.txt"
    dos = bare.replace(utf_8, "Größen.txt".encode("cp437").ljust(len(utf_8), b"_")[: len(utf_8)])
    assert normalised(dos, sniff.ZIP).children[0].name.startswith("Größen.txt")


def test_a_link_is_not_followed() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    made = normalised(zipped((link, b"/etc/passwd"), ("a.txt", b"x")), sniff.ZIP)

    assert [(child.name, child.code, child.file) for child in made.children] == [
        ("link", "UNSUPPORTED", None),
        ("a.txt", None, "child-0002"),
    ]
    assert made.warnings == ("CHILDREN_SKIPPED",)


def flagged(content: bytes, name: bytes, flag: int) -> bytes:
    """Set a flag of an entry, in its own header and in the directory."""
    changed = bytearray(content)
    local = content.index(b"PK\3\4", max(content.index(name) - 30, 0))
    directory = content.index(name, content.index(b"PK\1\2")) - 46
    changed[local + 6] |= flag
    changed[directory + 8] |= flag
    return bytes(changed)


def test_encrypted_entries() -> None:
    content = flagged(zipped(("a.txt", b"x"), ("b.txt", b"y")), b"b.txt", 1)

    made = normalised(content, sniff.ZIP)

    assert [child.code for child in made.children] == [None, "ENCRYPTED"]
    assert made.warnings == ("CHILDREN_SKIPPED",)
    assert rejected(flagged(zipped(("a.txt", b"x")), b"a.txt", 1)) == "ENCRYPTED"


def test_a_damaged_entry_costs_itself() -> None:
    content = bytearray(zipped(("a.bin", os.urandom(1000)), ("b.txt", b"y")))
    content[200] ^= 0xFF

    made = normalised(bytes(content), sniff.ZIP)

    assert [child.code for child in made.children] == ["CORRUPT", None]


def test_an_empty_entry() -> None:
    made = normalised(zipped(("empty", b""), ("a", b"x")), sniff.ZIP)

    assert [child.code for child in made.children] == ["EMPTY", None]


def test_an_archive_without_files() -> None:
    assert rejected(zipped()) == "EMPTY"
    assert rejected(zipped(("folder/", b""))) == "EMPTY"


def test_an_archive_that_was_cut_off() -> None:
    assert rejected(zipped(("a.txt", b"x" * 1000))[:-30]) == "CORRUPT"


def test_a_bomb_is_refused_in_no_time() -> None:
    content = zipped(("zeros", bytes(200 << 20)))
    started = time.process_time()

    assert rejected(content) == "BOMB"
    assert time.process_time() - started < 1


def test_what_says_that_it_is_a_bomb_is_not_unpacked() -> None:
    content = zipped(("zeros", bytes(1 << 20)), ("a.txt", b"letter"))
    said = (1 << 20).to_bytes(4, "little")
    assert content.count(said) == 2  # the entry's own header, and the directory

    assert rejected(content.replace(said, (0xFFFF_FFF0).to_bytes(4, "little"))) == "BOMB"


def test_limits() -> None:
    content = zipped(*((f"{number}.txt", b"x" * 100) for number in range(20)))

    assert len(normalised(content, sniff.ZIP, Archives(max_children=20)).children) == 20
    assert rejected(content, Archives(max_children=19)) == "BOMB"
    assert rejected(content, Archives(max_unpacked_bytes=1999)) == "BOMB"


def test_ten_thousand_entries() -> None:
    content = zipped(*((f"{number:05}.txt", b"") for number in range(10_000)))

    assert rejected(content) == "BOMB"


def test_a_directory_without_end() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"x")
    end = file.getvalue()[-22:]
    lying = end[:12] + struct.pack("<I", 100 << 20) + end[16:]

    assert rejected(file.getvalue()[:-22] + lying) == "BOMB"


def test_entries_that_share_bytes() -> None:
    """As in Fifield's zip bomb: each entry's data is the next one's header and data."""
    content = zipped(("a", os.urandom(3000)), ("b", b"y"))
    at = content.index(b"PK\1\2")
    first, rest = content[at : at + 47], content[at + 47 :]
    end = rest.rindex(b"PK\5\6")
    count = struct.unpack_from("<HHII", rest, end + 8)
    directory = first * 500 + rest[:end]
    closing = (
        rest[end : end + 8]
        + struct.pack("<HHII", count[0] + 499, count[1] + 499, len(directory), at)
        + b"\0\0"
    )

    assert rejected(content[:at] + directory + closing) == "BOMB"


def test_a_header_that_lies_about_the_size() -> None:
    content = bytearray(zipped(("a", bytes(5_000))))
    directory = content.index(b"PK\1\2")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)

    assert rejected(bytes(content)) == "CORRUPT"


def test_a_folder_with_content_is_a_file() -> None:
    made = normalised(zipped(("a.txt", b"x"), ("folder/", b"content")), sniff.ZIP)

    assert made.contents == [b"x", b"content"]
