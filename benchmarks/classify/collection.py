"""The shared collections of labelled texts and files, as pages with the labels of the contract."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import DocumentType, LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from tests.unit.classify.pages import page_of

if TYPE_CHECKING:
    from docparser.model import Page

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data")) / "classify"
FILES = DATA.parent / "fields"
LABELS = {"id": DocumentType.ID_DOCUMENT, "book_page": DocumentType.OTHER}
"""Where the collection's labels are not ours."""


class Labelled(NamedTuple):
    """A text, what it is, and the collection that it comes from."""

    name: str
    text: str
    label: str
    language: str
    collection: str

    def pages(self) -> list[Page]:
        """Return its pages: a line for each line, one below the other."""
        return [page_of(part, number) for number, part in enumerate(self.text.split("\f"), 1)]


def labelled() -> list[Labelled]:
    """Return the texts in the order of their manifest."""
    with (DATA / "manifest.tsv").open(encoding="utf-8") as manifest:
        return [
            Labelled(
                name=row["file"],
                text=(DATA / row["file"]).read_text("utf-8"),
                label=str(LABELS.get(row["label"], row["label"])),
                language=row["lang"],
                collection=row["repo"],
            )
            for row in csv.DictReader(manifest, delimiter="\t")
        ]


_FILE_LABELS = {
    "invoice": DocumentType.INVOICE,
    "invoice-xml": DocumentType.INVOICE,
    "contract-nda": DocumentType.CONTRACT,
}
_MOST_PAGES = 10


class Filed(NamedTuple):
    """A file with a text of its own, and what it is; ``known`` if its text is a labelled one."""

    kind: str
    path: Path
    label: str
    known: bool

    def pages(self) -> list[Page]:
        """Return its pages, ten at most: a PDF's as the text lane gives them."""
        if self.path.suffix != ".pdf":
            return [page_of(self.path.read_text("utf-8"))]
        with open_pdf(self.path) as pdf:
            numbers = range(1, min(pdf.page_count, _MOST_PAGES) + 1)
            return [read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED) for number in numbers]


def filed() -> list[Filed]:
    """Return the PDFs and electronic invoices of the collection with fields, in its order."""
    names = [Path(text.name).stem.removeprefix("inv_") for text in labelled()]
    found = []
    with (FILES / "manifest.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            if row["doc_kind"] not in _FILE_LABELS:
                continue
            path = FILES / row["file"]
            credit = path.suffix == ".xml" and "<CreditNote" in path.read_text("utf-8")
            label = DocumentType.CREDIT_NOTE if credit else _FILE_LABELS[row["doc_kind"]]
            known = any(path.stem.startswith(name) for name in names)
            found.append(Filed(row["doc_kind"], path, label.value, known))
    return found
