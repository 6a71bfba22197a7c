"""Make all samples: `uv run python -m samples.generate [FOLDER]` (default: samples/documents)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from samples import article, broken, contracts, invoices, letters, payslip, report

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = Path(__file__).parent / "documents"

SAMPLES: dict[str, Callable[[], bytes]] = {
    "de/brief.pdf": letters.brief,
    "de/dienstleistungsvertrag.pdf": contracts.dienstleistungsvertrag,
    "de/entgeltabrechnung.pdf": payslip.entgeltabrechnung,
    "de/gutschrift.pdf": invoices.gutschrift,
    "de/pressemitteilung.pdf": letters.pressemitteilung,
    "de/rechnung.pdf": invoices.rechnung,
    "en/article.pdf": article.article,
    "en/invoice.pdf": invoices.invoice,
    "en/letter.pdf": letters.letter,
    "en/nda.pdf": contracts.nda,
    "en/operations-report.pdf": report.operations_report,
    "broken/absurd-page.pdf": broken.absurd_page,
    "broken/corrupt.pdf": broken.corrupt,
    "broken/empty.pdf": broken.empty,
    "broken/encrypted.pdf": broken.encrypted,
    "broken/plain-text.pdf": broken.plain_text,
}


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
    """Write the samples to the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DOCUMENTS)
    write_samples(parser.parse_args().folder)


if __name__ == "__main__":
    main()
