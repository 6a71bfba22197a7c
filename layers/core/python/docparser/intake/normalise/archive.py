"""ZIP archives: every file in them is a document of its own; the archive's page lists them."""

from __future__ import annotations

import stat
from typing import IO, TYPE_CHECKING

from docparser.errors import Rejected
from docparser.intake import zip_file
from docparser.model import RejectedCode

if TYPE_CHECKING:
    import zipfile

    from .children import Children
    from .parts_writer import PartsWriter


def read(file: IO[bytes], writer: PartsWriter, children: Children) -> None:
    """Unpack an archive, and write what is in it as a table of names and sizes.

    Nothing of an entry's name is used as a path. Links are not followed, and not unpacked.

    Raises
    ------
    Rejected
        CORRUPT: it cannot be read. ENCRYPTED: all that is in it is. EMPTY: there is no file in it.
        BOMB: more files or bytes are in it than may be, or entries share bytes.
    """
    with zip_file.open_zip(file) as opened:
        # No entry gives more than its header says: a bomb of gigabytes is refused unread.
        children.foresee(sum(entry.file_size for entry in opened.infolist()))
        for entry in opened.infolist():
            if not entry.is_dir() or entry.file_size:
                _unpack(opened, entry, children)
    if not children.found:
        raise Rejected(RejectedCode.EMPTY)
    codes = {child.code for child in children.found}
    if len(codes) == 1 and (code := codes.pop()) in {RejectedCode.ENCRYPTED, RejectedCode.CORRUPT}:
        raise Rejected(code)
    for child in children.found:
        writer.row({0: child.name, 1: str(child.size_bytes), 2: child.code or ""})
    writer.end_table()


def _unpack(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, children: Children) -> None:
    name = zip_file.entry_name(entry)
    if stat.S_ISLNK(entry.external_attr >> 16):
        children.skip(name, entry.file_size, RejectedCode.UNSUPPORTED)
    else:
        children.add(name, zip_file.pieces(opened, entry))
