"""Reads the pages on which an e-invoice is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.extract.extractor import Found

if TYPE_CHECKING:
    from docparser.extract.view import PageView

    from .invoice import EInvoice


class EInvoiceReader:
    """An extractor whose values are those of the XML, proven by what is printed.

    Parameters
    ----------
    invoice
        What the XML says.
    """

    def __init__(self, invoice: EInvoice) -> None:
        self._invoice = invoice

    def read(self, page: PageView) -> None:
        """Take one page in."""

    def found(self) -> Found:
        """Return the XML's fields, with XML_DIFFERS where something else is printed."""
        return Found(self._invoice.fields, frozenset(self._invoice.warnings))
