"""E-invoices: Factur-X, ZUGFeRD 1 and 2, XRechnung; CII and UBL, alone or attached to a PDF.

The XML is the truth; what is printed proves it, or differs from it::

    invoice = einvoice.read(path, media_type)  # None: an ordinary file
    reader = EInvoiceReader(invoice)           # an Extractor: read(page) ..., found()
    einvoice.write(invoice, sink)

``source`` has the file opened where the kernel bounds what that may do, ``attachment`` finds the
XML in a PDF, ``parser`` refuses what could fetch or explode, ``cii`` and ``ubl`` read the two
syntaxes, ``proof`` finds values on the pages and ``comparison`` what is printed otherwise.
"""

from .invoice import EInvoice, XmlTable
from .reader import EInvoiceReader
from .source import read
from .tables import write

__all__ = ["EInvoice", "EInvoiceReader", "XmlTable", "read", "write"]
