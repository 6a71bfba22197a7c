"""What a folder adds: mounts, links, and files that are whole or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser.model import Level, Zone
from docparser.route.folder_zone import MARKER, FolderZone
from docparser.route.zones import ZoneAway

from .conftest import folder_at, sha256, stored
from .test_zones import DOCUMENT

if TYPE_CHECKING:
    from tests.contract.premises import Premises


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "nas"


@pytest.fixture
def folder(premises: Premises, root: Path) -> FolderZone:
    return folder_at(root, premises.sources)


def files(root: Path) -> set[str]:
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if not path.is_dir() and path.name != MARKER
    }


def test_an_empty_mount_point_is_no_zone(premises: Premises, tmp_path: Path, prefix: str) -> None:
    # Given the folder of a NAS that is not mounted
    empty = tmp_path / "empty"
    empty.mkdir()
    zone = FolderZone(empty, Zone.BACKUP, premises.sources)
    # Then nothing is written onto the disk that is there instead
    with pytest.raises(ZoneAway):
        zone.fill(prefix, [stored(premises, "a", b"body")], DOCUMENT, level=Level.PUBLIC)
    assert [*empty.iterdir()] == []


def test_another_zone_s_folder_is_none_of_this_one(
    premises: Premises, root: Path, folder: FolderZone, prefix: str
) -> None:
    copies = [stored(premises, "a", b"body")]
    folder.fill(prefix, copies, DOCUMENT, level=Level.PUBLIC)
    with pytest.raises(ZoneAway):
        FolderZone(root, Zone.SYNC, premises.sources).find(f"{prefix}a")


@pytest.mark.parametrize("key", ["../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/", "a\0b"])
def test_no_key_leads_out_of_the_folder(root: Path, folder: FolderZone, key: str) -> None:
    (root.parent / "a").write_bytes(b"outside")
    with pytest.raises(ValueError, match="made of names"):
        folder.find(key)
    with pytest.raises(ValueError, match="made of names"):
        folder.purge(f"{key}/")
    assert (root.parent / "a").read_bytes() == b"outside"


def test_no_link_leads_out_of_the_folder(
    premises: Premises, root: Path, folder: FolderZone, tmp_path: Path, prefix: str
) -> None:
    # Given links out of the folder, in place of a document's folder and of a file
    outside = tmp_path / "outside"
    (outside / "r1").mkdir(parents=True)
    (outside / "r1" / "a").write_bytes(b"outside")
    document = root / prefix.removesuffix("/r1/")
    document.parent.mkdir()
    document.symlink_to(outside)
    # Then nothing is read, written or deleted behind them
    for call in (
        lambda: folder.find(f"{prefix}a"),
        lambda: folder.fill(prefix, [stored(premises, "a", b"in")], b"{}", level=Level.PUBLIC),
        lambda: folder.purge(prefix),
    ):
        with pytest.raises(ZoneAway):
            call()
    document.unlink()
    folder.fill(prefix, [], DOCUMENT, level=Level.PUBLIC)
    (document / "r1" / "link").symlink_to(outside / "r1" / "a")
    with pytest.raises(ZoneAway):
        folder.find(f"{prefix}link")
    assert folder.purge(prefix) == 2
    assert (outside / "r1" / "a").read_bytes() == b"outside"


def test_a_copy_that_breaks_off_leaves_no_file(
    premises: Premises, root: Path, folder: FolderZone, prefix: str
) -> None:
    copy = stored(premises, "a", b"body")._replace(sha256=sha256(b"all of the body"))
    with pytest.raises(Exception, match="CHECKSUM_MISMATCH"):
        folder.fill(prefix, [copy], DOCUMENT, level=Level.PUBLIC)
    assert files(root) == set()


PROGRAM = """
import sys, time
from pathlib import Path
from docparser.model import Level, Source, Zone
from docparser.route.folder_zone import FolderZone
from docparser.route.zones import Copy

class Slow:
    def open(self, source):
        return self
    def chunks(self):
        yield b"half"
        print("half", flush=True)
        time.sleep(60)
    def close(self):
        pass

copy = Copy(Source(bucket="b", key="k"), "original", "0" * 64, "a/b")
zone = FolderZone(Path(sys.argv[1]), Zone.VAULT, Slow())
zone.fill(sys.argv[2], [copy], b"{}", level=Level.PUBLIC)
"""


def test_who_is_killed_leaves_no_half_file_under_its_name(
    premises: Premises, root: Path, folder: FolderZone, prefix: str
) -> None:
    # Given a function that dies in the middle of a file
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), prefix], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        os.kill(process.pid, signal.SIGKILL)
    # Then there is no such file, and the next one fills the zone,
    assert folder.find(f"{prefix}original") is None
    folder.fill(prefix, [stored(premises, "original", b"whole")], DOCUMENT, level=Level.PUBLIC)
    assert folder.find(f"{prefix}original") == b"whole"
    # and the purge takes along what was left
    assert folder.purge(prefix) == 3
    assert files(root) == set()


def test_names_are_on_the_disk_before_the_document(
    monkeypatch: pytest.MonkeyPatch, premises: Premises, folder: FolderZone, prefix: str
) -> None:
    # Given who watches what is done to the file system, and in which order
    done: list[str] = []
    original = {name: getattr(os, name) for name in ("fsync", "rename")}

    def fsync(descriptor: int) -> None:
        where = Path(f"/proc/self/fd/{descriptor}").readlink()
        done.append("folder" if where.is_dir() else "file")
        original["fsync"](descriptor)

    def rename(passing: str, name: str, **folders: int) -> None:
        done.append(name)
        original["rename"](passing, name, **folders)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    # When a result is filled in
    folder.fill(prefix, [stored(premises, "original", b"body")], DOCUMENT, level=Level.PUBLIC)
    # Then each file is written through, gets its name, and the name is written through
    assert [step for step in done if step != "folder"] == [
        "file", "original", "file", "document.json"
    ]  # fmt: skip
    assert done[done.index("original") + 1] == "folder"
    assert done[-1] == "folder"
    # and so were the folders on the way
    assert done[:3] == ["folder"] * 3


def test_two_purges_at_once_leave_nothing(
    premises: Premises, root: Path, folder: FolderZone, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a purge that is repeated while its first call still deletes, which dies after one file
    copies = [stored(premises, name, b"body") for name in ("a", "b", "c")]
    folder.fill(prefix, copies, DOCUMENT, level=Level.PUBLIC)
    unlink, gone = os.unlink, []

    def unlinked_before(name: str, *, dir_fd: int) -> None:
        unlink(name, dir_fd=dir_fd)
        if not gone:
            gone.append(name)
            raise FileNotFoundError

    monkeypatch.setattr(os, "unlink", unlinked_before)
    folder.purge(prefix)
    # Then what the other one has not come to is deleted all the same
    assert files(root) == set()
