"""From a file of any kind that holds text to its parts, and the files inside it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from docparser import parts
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.model import RejectedCode, WarningCode

from . import (
    archive,
    delimited,
    excel,
    hypertext,
    legacy,
    mail,
    markdown,
    open_document,
    outlook,
    plain,
    powerpoint,
    word,
)
from .budget import Budget
from .children import Children
from .made import Made
from .package import open_package
from .parts_writer import PartsWriter

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.settings import Archives

_FILE = "parts.jsonl"

_PACKAGES = {
    sniff.DOCX: word.read,
    sniff.XLSX: excel.read,
    sniff.PPTX: powerpoint.read,
    sniff.ODT: open_document.read,
    sniff.ODS: open_document.read,
    sniff.ODP: open_document.read,
}
_TEXTS = {sniff.TXT: plain.read, sniff.MARKDOWN: markdown.read, sniff.CSV: delimited.read}
_MAILS = {sniff.EML: mail.read, sniff.MSG: outlook.read}
# A page is in memory whole while it is read; nobody writes one of this size.
_MOST_HTML_BYTES = 64 << 20


def normalise(path: Path, found: str, folder: Path, limits: Archives) -> Made:
    """Write the parts of a file, and the files inside it, into a folder.

    It looks at untrusted bytes: call it in a process with limits on memory and time.

    Parameters
    ----------
    path
        The file.
    found
        What it is: one of `sniff.PARTED`.
    folder
        An empty folder; the names in the answer are names in it.
    limits
        How many files may be inside, and how many bytes.

    Returns
    -------
    Made
        The parts, of media type `parts.MEDIA_TYPE`, and the children.

    Raises
    ------
    Rejected
        CORRUPT, EMPTY, ENCRYPTED, TOO_LARGE, BOMB.
    """
    size = path.stat().st_size
    children = Children(folder, Budget.of_archive(size, limits), limits.max_children)
    with path.open("rb") as file, (folder / _FILE).open("wb") as target:
        writer = PartsWriter(target, Budget.of_office(size, limits))
        active = _read(path, file, found, writer, children, Budget.of_office(size, limits))
        writer.close()
    noticed = {
        WarningCode.ACTIVE_CONTENT: active,
        WarningCode.CHILDREN_SKIPPED: children.skipped,
    }
    return Made(
        media_type=parts.MEDIA_TYPE,
        file=_FILE,
        pages=writer.pages,
        children=tuple(children.found),
        warnings=tuple(warning for warning, seen in noticed.items() if seen),
    )


def _read(
    path: Path,
    file: IO[bytes],
    found: str,
    writer: PartsWriter,
    children: Children,
    budget: Budget,
) -> bool:
    """Write what is in a file; return whether something of it would run."""
    if found in _PACKAGES:
        with open_package(file, budget) as package:
            _PACKAGES[found](package, writer)
            if package.holds_files:
                children.leave()
            return package.has_macros
    if found in _TEXTS:
        _TEXTS[found](file, writer)
        return False
    if found in _MAILS:
        return _MAILS[found](file, writer, children)
    if found == sniff.ZIP:
        archive.read(file, writer, children)
        return False
    if found == sniff.HTML:
        if path.stat().st_size > _MOST_HTML_BYTES:
            raise Rejected(RejectedCode.TOO_LARGE)
        return hypertext.read(file.read(), writer)
    return legacy.read(path, found, writer)
