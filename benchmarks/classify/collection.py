"""The shared collection of labelled texts, as pages and as the labels of the contract."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import DocumentType

from tests.unit.classify.pages import page_of

if TYPE_CHECKING:
    from docparser.model import Page

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data")) / "classify"
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
