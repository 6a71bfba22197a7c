"""The XML of an e-invoice, whatever its syntax; for a child with bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import WarningCode

from . import attachment, cii, parser, ubl
from .elements import local_name
from .invoice import EInvoice

if TYPE_CHECKING:
    from pathlib import Path

_UNREADABLE = EInvoice(warnings=(WarningCode.XML_UNREADABLE,))


def read(path: Path, attached: list[str]) -> bytes:
    """Return what the XML of a file says, as the JSON of an `EInvoice`; nothing if it is none.

    Parameters
    ----------
    path
        The XML, or the PDF that it is attached to.
    attached
        The names of the XML files that are attached to it; none: it is the XML itself.
    """
    named = any(name.lower() in attachment.NAMES for name in attached)
    if not attached:
        with path.open("rb") as file:
            content: bytes | None = file.read(parser.MOST_BYTES + 1)
    else:
        content = attachment.content(path, attached)
    if content is None:
        return _UNREADABLE.to_json() if named else b""
    try:
        root = parser.parse(content)
    except parser.UnreadableXmlError:
        return _UNREADABLE.to_json()
    found = _invoice(root)
    if found.type is None:
        called = named or local_name(root) in cii.ROOTS
        return _UNREADABLE.to_json() if called else b""
    return found.model_copy(update={"attached": bool(attached)}).to_json()


def _invoice(root: Any) -> EInvoice:
    """Return what a document says; one of another kind says nothing."""
    name, namespace = local_name(root), str(root.tag).rpartition("}")[0]
    if name in cii.ROOTS:
        return cii.read(root)
    if name in ubl.ROOTS and ubl.NAMESPACE in namespace:
        return ubl.read(root)
    return EInvoice()
