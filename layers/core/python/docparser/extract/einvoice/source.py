"""Opens a file in which the XML of an e-invoice may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from docparser import bounded, pdf_file
from docparser.bounded import Bounds
from docparser.errors import Rejected
from docparser.model import WarningCode

from .invoice import EInvoice

if TYPE_CHECKING:
    from pathlib import Path

# What a child may use: the tree of the largest XML is some twelve times as large, its rows as
# nouns are as large again.
BOUNDS = Bounds(memory_bytes=512 << 20, seconds=30, cpu_seconds=20, file_bytes=1 << 20)

# What stands before the root: a declaration, comments (licences of ten pages), a DTD.
_HEAD_BYTES = 256 << 10
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le"}
_ROOT = re.compile(
    r"<(?:[\w.-]{1,64}:)?(CrossIndustryInvoice|CrossIndustryDocument|Invoice|CreditNote)[\s>/]"
)
# What may stand before an element, and where it ends; a declaration of a DTD may hold others.
_BEFORE_ROOT = (("<!--", "-->"), ("<?", "?>"), ("<!", ""))


def read(path: Path, media_type: str, bounds: Bounds = BOUNDS) -> EInvoice | None:
    """Return what the XML in a file says, or None where there is none of an e-invoice.

    It costs an ordinary PDF a fork and a millisecond, and a text the reading of its first bytes.

    Parameters
    ----------
    path
        The file: a PDF, opened without a password, or the XML itself. What is read of other files
        was made from them; of these it is the source.
    media_type
        What it is: ``application/pdf``, or a text.
    bounds
        What the child may use that parses it.

    Returns
    -------
    EInvoice
        One with the warning XML_UNREADABLE where the XML is damaged, too large, or asks for what no
        invoice needs.

    Raises
    ------
    Terminal
        INTERNAL: a defect of ours.
    """
    attached: list[str] = []
    if media_type == pdf_file.MEDIA_TYPE:
        attached = _attached(path, bounds)
        if not attached:
            return None
        # What a child imports, it imports for itself alone; its parent does so once.
        import facturx  # noqa: F401
    elif not _has_root(path):
        return None
    from . import document

    try:
        answer = bounded.run(lambda: document.read(path, attached), bounds)
        return EInvoice.model_validate_json(answer) if answer else None
    except (Rejected, ValidationError):
        return EInvoice(warnings=(WarningCode.XML_UNREADABLE,))


def _attached(path: Path, bounds: Bounds) -> list[str]:
    """Return the names of the XML files that are attached to a PDF."""
    from . import attachment

    try:
        said = bounded.run(lambda: "\0".join(attachment.names(path)).encode(), bounds)
    except Rejected:
        return []  # it has been looked at before, and is read as the picture of it
    return said.decode().split("\0") if said else []


def _has_root(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    said = head.decode(_MARKS.get(head[:2], "utf-8"), "replace").lstrip("\ufeff \t\r\n")
    at = 0 if said.startswith("<") else -1
    while at >= 0:
        for opening, closing in _BEFORE_ROOT:
            if said.startswith(opening, at):
                ended = said.find(closing, at + len(opening))
                at = said.find("<", ended + len(closing)) if ended >= 0 else -1
                break
        else:
            return _ROOT.match(said, at) is not None
    return False
