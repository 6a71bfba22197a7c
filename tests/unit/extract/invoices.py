"""Pages for tests of invoices: typed lines at fixed pitch, and generated PDFs read as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found, Locale
from docparser.extract.layout.invoice import InvoiceReader
from docparser.extract.view import view
from docparser.model import Block, DocumentType, Lane, LaneReason, Line, Page, Word, box
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from benchmarks.extract import invoices_made
from benchmarks.extract.converter import prediction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docparser.model import WarningCode

_LETTER, _LEADING, _HEIGHT, _EDGE = 5.0, 11.0, 9.0, 40.0

SCORED = (
    "invoice_number", "issue_date", "due_date", "currency", "seller.name", "seller.vat_id",
    "buyer.name", "iban", "net_total", "tax_total", "grand_total", "due_payable", "bic",
    "buyer.vat_id", "delivery_date", "order_number", "prepaid",
)  # fmt: skip


def typed(text: str, number: int = 1, lane: Lane = Lane.TEXT) -> Page:
    """Return a page as a typewriter sets it, as wide as its longest line."""
    rows = text.strip("\n").splitlines() or [""]
    across = max(map(len, rows)) * _LETTER + 2 * _EDGE
    down = len(rows) * _LEADING + 2 * _EDGE
    lines, count = [], 0
    for row, line in enumerate(rows):
        top = _EDGE + row * _LEADING
        words = []
        for match in re.finditer(r"\S+", line):
            left = _EDGE + match.start() * _LETTER
            right = _EDGE + match.end() * _LETTER - 0.4
            polygon = box(left / across, top / down, right / across, (top + _HEIGHT) / down)
            count += 1
            words.append(
                Word(id=f"p{number}.w{count}", text=match[0], polygon=polygon, confidence=1.0)
            )
        if words:
            lines.append(
                Line(
                    id=f"p{number}.l{row}",
                    text=line,
                    polygon=words[0].polygon,
                    words=tuple(words),
                )
            )
    block = Block(id=f"p{number}.b1", polygon=box(0, 0, 1, 1), lines=tuple(lines))
    return Page(
        number=number,
        lane=lane,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=across,
        height_pt=down,
        blocks=(block,) if lines else (),
    )


def made(seed: int, folder: Path) -> tuple[list[Page], dict[str, object], str]:
    """Return the pages of a generated invoice, its truth and the name of its layout."""
    content, truth, layout = invoices_made.pdf(seed)
    path = folder / f"{seed}.pdf"
    path.write_bytes(content)
    with open_pdf(path) as pdf:
        pages = [
            read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)
            for number in range(1, pdf.page_count + 1)
        ]
    return pages, truth, layout


def found(
    pages: Iterable[Page],
    locale: Locale | None = None,
    kind: DocumentType = DocumentType.INVOICE,
) -> Found:
    """Return what the reader finds on some pages."""
    reader = InvoiceReader(locale or Locale(), kind)
    for page in pages:
        reader.read(view(page))
    return reader.found()


def said(*texts: str, **options: Locale) -> tuple[dict[str, str], frozenset[WarningCode]]:
    """Return plain values and warnings of typed pages."""
    what = found((typed(text, number) for number, text in enumerate(texts, 1)), **options)
    return plain(what), what.warnings


def plain(what: Found) -> dict[str, str]:
    """Return values as the score helper compares them."""
    return prediction({"fields": [field.model_dump() for field in what.fields]})
