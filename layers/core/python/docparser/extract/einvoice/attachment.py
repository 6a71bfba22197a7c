"""The XML that is attached to a PDF.

pdfium tells in a millisecond whether a file has attachments at all. Which of them is the invoice
the factur-x library says. It parses what it finds with lxml's default parser, which is therefore
the hardened one, and unpacks streams without a limit of ours: call `content` only where there are
bounds on time and memory.
"""

from __future__ import annotations

from ctypes import byref, c_ulong, c_ushort, create_string_buffer, string_at
from typing import TYPE_CHECKING, Any

import pypdfium2_raw as pdfium

from docparser import pdf_file

from . import parser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""What the XML of an e-invoice is called, in any case of letters."""

# So many attachments are looked at: an invoice has a handful.
_MOST = 100
_LONGEST_NAME = 255


def names(path: Path) -> list[str]:
    """Return the names of the attached XML files, those of e-invoices first.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT: the PDF cannot be opened.
    """
    with pdf_file.open_pdf(path) as pdf:
        found = [name for name, _ in _attached(pdf.document) if name.lower().endswith(".xml")]
    return sorted(found, key=lambda name: name.lower() not in NAMES)


def content(path: Path, wanted: list[str]) -> bytes | None:
    """Return the XML of the e-invoice among attachments of these names, or None.

    It is what the factur-x library finds; where that finds nothing, as with the XML of another
    standard under Factur-X's name, it is the first that has the name of one.
    """
    import facturx
    from lxml import etree

    etree.set_default_parser(parser.hardened())
    named = [name for name in wanted if name.lower() in NAMES]
    # pypdf fails in any way it likes on a file that pdfium can read.
    try:
        with path.open("rb") as file:
            _, found = facturx.get_xml_from_pdf(
                file, check_xsd=False, check_schematron=False, filenames=named or ["*.xml"]
            )
    except Exception:  # noqa: BLE001 - see above
        found = None
    if found:
        return bytes(found)
    with pdf_file.open_pdf(path) as pdf:
        for name, attachment in _attached(pdf.document):
            if name in named[:1]:
                return _bytes(attachment)
    return None


def invoices(path: Path) -> Iterator[bytes | None]:
    """Yield every attachment that has the name of an e-invoice's XML; None for an unreadable one.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT: the PDF cannot be opened.
    """
    with pdf_file.open_pdf(path) as pdf:
        for name, attachment in _attached(pdf.document):
            if name.lower() in NAMES:
                yield _bytes(attachment)


def _attached(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and handle of the attachments."""
    for index in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), _MOST)):
        attachment = pdfium.FPDFDoc_GetAttachment(document, index)
        size = pdfium.FPDFAttachment_GetName(attachment, None, 0) if attachment else 0
        if not 2 <= size <= 2 * _LONGEST_NAME:
            continue
        units = (c_ushort * (size // 2))()
        pdfium.FPDFAttachment_GetName(attachment, units, size)
        yield string_at(units, size - 2).decode("utf-16-le", "replace"), attachment


def _bytes(attachment: Any) -> bytes | None:
    size = c_ulong()
    if not pdfium.FPDFAttachment_GetFile(attachment, None, 0, byref(size)):
        return None
    if not 0 < size.value <= parser.MOST_BYTES:
        return None
    buffer = create_string_buffer(size.value)
    written = c_ulong()
    pdfium.FPDFAttachment_GetFile(attachment, buffer, size.value, byref(written))
    return buffer.raw[: written.value]
