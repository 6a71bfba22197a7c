"""The labelled documents of ``../shared/data/fields``, in the sets that are measured apart."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "fields"

INVOICE = (
    *("invoice_number", "issue_date", "due_date", "currency", "seller.name", "seller.vat_id"),
    *("buyer.name", "iban", "net_total", "tax_total", "grand_total", "due_payable"),
)
KEYS: dict[str, tuple[str, ...]] = {
    "receipt": ("company", "date", "address", "total"),
    "invoice": INVOICE,
    "invoice-xml": INVOICE,
    "contract-nda": ("party", "effective_date", "jurisdiction", "term"),
}
"""What is scored of each kind of document, as the score helper does."""


@dataclass(frozen=True)
class Labelled:
    """A document: the file, what is true of it, and who issued it."""

    path: Path
    kind: str
    truth: dict[str, Any]

    @property
    def name(self) -> str:
        """The file's path below the folder of all sets."""
        return self.path.relative_to(DATA).as_posix()

    @property
    def seller(self) -> str:
        """Who issued it: documents of one seller look alike, and are counted as one, too."""
        seller = self.truth.get("seller") or {}
        said = seller.get("name") or self.truth.get("company") or self.path.stem
        return "".join(filter(str.isalnum, str(said))).casefold()

    def asked(self) -> tuple[str, ...]:
        """Return the fields that are scored: of a PDF without XML, those that are printed."""
        visible = self.truth.get("_visible_fields")
        return tuple(key for key in KEYS[self.kind] if visible is None or key in visible)


def labelled() -> dict[str, list[Labelled]]:
    """Return the sets by name; none where the data is not there."""
    sets: dict[str, list[Labelled]] = {
        name: []
        for name in ("receipts", "invoices without XML", "invoices with XML", "XML", "agreements")
    }
    manifest = DATA / "manifest.tsv"
    if not manifest.exists():
        return {}
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            truth = json.loads((DATA / row["truth"]).read_text("utf-8"))
            kind, path = row["doc_kind"], DATA / row["file"]
            if kind == "invoice":
                sets["invoices with XML"].append(Labelled(path, kind, truth))
                path = path.with_name(f"{path.stem}.noxml.pdf")
                sets["invoices without XML"].append(Labelled(path, kind, truth))
                continue
            name = {"receipt": "receipts", "invoice-xml": "XML"}.get(kind, "agreements")
            sets[name].append(Labelled(path, kind, truth))
    return sets
