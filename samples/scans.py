"""The scanned and photographed samples: which page was put on the glass, and how it lay there."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf

from samples import scanned, scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from samples.scanner import Scan

ORIGINALS: dict[str, Callable[[], bytes]] = {
    "de/bibliothek.png": scanned.bibliothek,
    "de/protokoll.tif": scanned.protokoll,
    "de/pruefbericht.pdf": scanned.pruefbericht,
    "en/garbled-notice.pdf": scanned.footbridge,
    "en/inspection.pdf": scanned.inspection,
    "en/receipt.jpg": scanned.receipt,
}
"""What each sample was made from: a PDF whose text layer says what a reader sees."""

# Degrees by which a page lay askew, by number; pages that are not named stayed digital.
_ASKEW = {
    "de/bibliothek.png": {1: 1.7},
    "de/protokoll.tif": {1: -0.6, 2: 0.4},
    "de/pruefbericht.pdf": {1: 0.5, 2: -0.3},
    "en/inspection.pdf": {2: -0.8, 4: 1.0},
}
_DPI = 200


@cache
def upright(name: str) -> dict[int, Scan]:
    """Return the pictures of a sample's pages, by number, as they are once turned upright."""
    original = ORIGINALS[name]()
    if name == "en/receipt.jpg":
        return {1: scanner.photographed(scanner.render(original, 1, 250), seed=11)}
    if name == "en/garbled-notice.pdf":
        return {1: scanner.render(original, 1, _DPI)}
    dpi = 150 if name == "de/bibliothek.png" else _DPI
    return {
        number: scanner.scanned(
            scanner.render(original, number, dpi), degrees=degrees, seed=len(name) + number
        )
        for number, degrees in _ASKEW[name].items()
    }


def bibliothek() -> bytes:
    """Press release, scanned askew in gray."""
    return scanner.png(upright("de/bibliothek.png")[1], grays=8)


def protokoll() -> bytes:
    """Minutes, two pages as they came out of a fax."""
    return scanner.fax(list(_black_and_white("de/protokoll.tif").values()))


def pruefbericht() -> bytes:
    """Report whose first page was scanned upside down and whose second sideways."""
    pages = _black_and_white("de/pruefbericht.pdf")
    return scanner.pdf_of(
        [scanner.quarter_turned(pages[1], 2), scanner.quarter_turned(pages[2], 3)]
    )


def inspection() -> bytes:
    """Report of four pages: the first and third as they were written, the others scanned."""
    pages = _black_and_white("en/inspection.pdf")
    buffer = BytesIO()
    with pikepdf.open(BytesIO(ORIGINALS["en/inspection.pdf"]())) as written, pikepdf.new() as pdf:
        for number, page in enumerate(written.pages, start=1):
            if number in pages:
                scanner.add_page(pdf, pages[number])
            else:
                pdf.pages.append(page)
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def receipt() -> bytes:
    """Photograph of a receipt on a table."""
    return scanner.jpeg(upright("en/receipt.jpg")[1], quality=60)


def _black_and_white(name: str) -> dict[int, Scan]:
    return {
        number: scanner.black_and_white(scan, seed=number) for number, scan in upright(name).items()
    }
