"""The XML of an e-invoice, whatever its syntax; for a child with bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import WarningCode

from . import attachment, cii, parser, ubl
from .elements import local_name
from .invoice import EInvoice

if TYPE_CHECKING:
    from pathlib import Path

# A file that has more invoices is none that anybody means.
_MOST_INVOICES = 4

# What two invoices in one file must not say differently.
_SAME = frozenset(
    {"invoice_number", "issue_date", "currency", "grand_total", "due_payable", "iban"}
)

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
    warnings = (WarningCode.XML_DIFFERS,) if _others_differ(path, attached, found) else ()
    return found.model_copy(update={"attached": bool(attached), "warnings": warnings}).to_json()


def _others_differ(path: Path, attached: list[str], invoice: EInvoice) -> bool:
    """Tell whether another XML in the file, which others may read, says something else."""
    count = sum(name.lower() in attachment.NAMES for name in attached)
    if count < 2:
        return False
    if count > _MOST_INVOICES:
        return True
    return not all(_agrees(content, invoice) for content in attachment.invoices(path))


def _agrees(content: bytes | None, invoice: EInvoice) -> bool:
    if content is None:
        return False
    try:
        other = _invoice(parser.parse(content))
    except parser.UnreadableXmlError:
        return False
    one, two = _facts(invoice), _facts(other)
    return all(one[name] == two[name] for name in one.keys() & two.keys())


def _facts(invoice: EInvoice) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for field in invoice.fields:
        if field.name in _SAME:
            found.setdefault(field.name, set()).add(str(field.value))
    return found


def _invoice(root: Any) -> EInvoice:
    """Return what a document says; one of another kind says nothing."""
    name, namespace = local_name(root), str(root.tag).rpartition("}")[0]
    if name in cii.ROOTS:
        return cii.read(root)
    if name in ubl.ROOTS and ubl.NAMESPACE in namespace:
        return ubl.read(root)
    return EInvoice()
