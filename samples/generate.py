"""Make all samples: `uv run python -m samples.generate [FOLDER]` (default: samples/documents)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from samples import (
    article,
    broken,
    contracts,
    einvoice,
    invoices,
    letters,
    office,
    payslip,
    phrases,
    report,
    scanned,
    scans,
    statement,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = Path(__file__).parent / "documents"

SAMPLES: dict[str, Callable[[], bytes]] = {
    "de/besprechung.docx": office.besprechung,
    "de/bibliothek.png": scans.bibliothek,
    "de/brief.pdf": letters.brief,
    "de/dienstleistungsvertrag.pdf": contracts.dienstleistungsvertrag,
    "de/entgeltabrechnung.pdf": payslip.entgeltabrechnung,
    "de/erechnung.xml": einvoice.erechnung,
    "de/gutschrift.pdf": invoices.gutschrift,
    "de/kontoauszug.pdf": statement.kontoauszug,
    "de/pressemitteilung.pdf": letters.pressemitteilung,
    "de/protokoll.tif": scans.protokoll,
    "de/pruefbericht.pdf": scans.pruefbericht,
    "de/rechnung.pdf": invoices.rechnung,
    "de/zugferd.pdf": einvoice.zugferd,
    "en/article.pdf": article.article,
    "en/enquiry.eml": office.enquiry,
    "en/garbled-notice.pdf": scanned.garbled_notice,
    "en/inspection.pdf": scans.inspection,
    "en/invoice.pdf": invoices.invoice,
    "en/letter.pdf": letters.letter,
    "en/nda.pdf": contracts.nda,
    "en/operations-report.pdf": report.operations_report,
    "en/papers.zip": office.papers,
    "en/receipt.jpg": scans.receipt,
    "en/stock.xlsx": office.stock,
    "broken/absurd-page.pdf": broken.absurd_page,
    "broken/corrupt.pdf": broken.corrupt,
    "broken/empty.pdf": broken.empty,
    "broken/encrypted.pdf": broken.encrypted,
    "broken/plain-text.pdf": broken.plain_text,
    "broken/truncated.jpg": broken.truncated,
}


DIGITAL = [
    name
    for name in SAMPLES
    if name.endswith(".pdf") and name not in scans.ORIGINALS and not name.startswith("broken/")
]
"""PDFs that were never on paper."""


def phrase_table() -> str:
    """Return what `phrases.tsv` holds."""
    return phrases.table(SAMPLES[name]() for name in DIGITAL)


def write_samples(folder: Path) -> None:
    """Write all samples under `folder`.

    An encrypted sample with the right content is left as it is: its salts are random, and writing
    it anew would change its bytes, and with them its document id, for nothing.
    """
    for name, make in SAMPLES.items():
        path = folder / name
        data = make()
        if (
            make is broken.encrypted
            and path.exists()
            and broken.decrypted(path.read_bytes()) == broken.decrypted(data)
        ):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main() -> None:
    """Write the samples to the folder given on the command line, and the phrases beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DOCUMENTS)
    folder = parser.parse_args().folder
    write_samples(folder)
    (folder.parent / phrases.PHRASES.name).write_text(phrase_table(), encoding="utf-8")


if __name__ == "__main__":
    main()
