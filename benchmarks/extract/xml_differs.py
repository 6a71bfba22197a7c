"""E-invoices whose page says otherwise than their XML: how many are told of, and which wrongly.

Invoices of our own making (`invoices_made`) are drawn with an XML that agrees with them; then one
thing in the XML is changed, and the page still says the old one. No XML file is written: what is
measured is the comparison of its values with the page::

    uv run python -m benchmarks.extract.xml_differs [COUNT]
"""

from __future__ import annotations

import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.extract.einvoice import EInvoice, EInvoiceReader
from docparser.extract.view import view
from docparser.model import (
    DocumentType,
    FieldSource,
    FieldType,
    FieldValue,
    LaneReason,
    WarningCode,
)
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from benchmarks.extract.invoices_made import pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docparser.extract.view import PageView

COUNT = 200

_TYPES = {
    "invoice_number": FieldType.IDENTIFIER,
    "issue_date": FieldType.DATE,
    "due_date": FieldType.DATE,
    "currency": FieldType.CURRENCY,
    "seller.name": FieldType.TEXT,
    "seller.vat_id": FieldType.VAT_ID,
    "buyer.name": FieldType.TEXT,
    "buyer.vat_id": FieldType.VAT_ID,
    "iban": FieldType.IBAN,
    "net_total": FieldType.MONEY,
    "tax_total": FieldType.MONEY,
    "grand_total": FieldType.MONEY,
    "prepaid": FieldType.MONEY,
    "due_payable": FieldType.MONEY,
}


def _more(amount: str) -> str:
    return str(Decimal(amount) + 1000)


# What is changed, and how; totals together, as whoever forges one does.
CHANGES: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
    "iban": (("iban",), lambda _: "DE02120300000000202051"),
    "totals": (("grand_total", "due_payable"), _more),
    "number": (("invoice_number",), lambda number: f"{number[::-1]}7"),
    "date": (("issue_date",), lambda _: "2011-11-11"),
    "seller": (("seller.vat_id",), lambda _: "DE811569869"),
}


def main() -> int:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    alarms = 0
    told = dict.fromkeys(CHANGES, 0)
    printed = dict.fromkeys(CHANGES, 0)
    for seed in range(count):
        content, truth, layout = pdf(seed)
        pages = _pages(content)
        said = _flat(truth)
        if _differs(said, pages):
            alarms += 1
            print(f"  {seed} ({layout}) is told of, and agrees")
        for name, (fields, change) in CHANGES.items():
            if not any(field in truth["_visible_fields"] for field in fields):  # type: ignore[operator]
                continue
            printed[name] += 1
            changed = {
                key: change(value) if key in fields else value for key, value in said.items()
            }
            told[name] += _differs(changed, pages)
    print(f"agree    told of {alarms} of {count}")
    for name in CHANGES:
        print(f"{name:8} told of {told[name]} of {printed[name]}")
    return 0


def _pages(content: bytes) -> list[PageView]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invoice.pdf"
        path.write_bytes(content)
        with open_pdf(path) as opened:
            numbers = range(1, opened.page_count + 1)
            reason = LaneReason.TEXT_LAYER_TRUSTED
            return [view(read_page(opened, number, reason)) for number in numbers]


def _flat(truth: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields that an XML has, by their names, those left out that are empty."""
    found = {}
    for name in _TYPES:
        value: Any = truth
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value:
            found[name] = str(value)
    return found


def _differs(said: Mapping[str, str], pages: list[PageView]) -> bool:
    fields = []
    mentioned = {said[name] for name in ("iban",) if name in said}
    for name, value in said.items():
        money = _TYPES[name] is FieldType.MONEY
        if money:
            mentioned.add(str(abs(Decimal(value))))
        fields.append(
            FieldValue(
                name=name,
                type=_TYPES[name],
                value={"amount": value, "currency": said["currency"]} if money else value,
                raw=value,
                source=FieldSource.XML,
                confidence=1.0,
            )
        )
    invoice = EInvoice(
        type=DocumentType.INVOICE,
        attached=True,
        fields=tuple(fields),
        mentioned=frozenset(mentioned),
    )
    reader = EInvoiceReader(invoice)
    for page in pages:
        reader.read(page)
    return WarningCode.XML_DIFFERS in reader.found().warnings


if __name__ == "__main__":
    sys.exit(main())
