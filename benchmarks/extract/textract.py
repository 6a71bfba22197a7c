"""What our reader makes of responses that Textract has given, as the score helper wants it.

Each recorded response of the set becomes a prediction; the helper compares it with the reference
``walk``, and prints a line for words, pages, tables, key-values, expense and ID fields::

    uv run python -m benchmarks.extract.textract ../shared/data/textract PRED_DIR
    python3 ../shared/data/score/score_textract.py --set ../shared/data/textract --pred PRED_DIR

A response of a job in progress must not be read as a document, and that of a lending package only
be parsed; both are checked here, and nothing is asked of Textract.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.extract.engines.textract_answers import expenses, identities
from docparser.model import LaneReason
from docparser.ocr.textract_response import Frame, read_pages
from docparser.ocr.textract_tables import find
from docparser.textract.blocks import Blocks, NoDocumentError
from docparser.textract.forms import key_values

if TYPE_CHECKING:
    from docparser.model import Table

# A letter page, in points: the responses do not say how large theirs were.
_SIZE_PT = 612, 792


def prediction(response: Any, pages: int) -> dict[str, Any]:
    """Return what is read in a response; empty where it is no document's.

    Parameters
    ----------
    response
        As Textract has given it.
    pages
        How many pages were sent.
    """
    for read in (_expense, _identity, lambda said: _document(said, pages)):
        try:
            return read(response)
        except NoDocumentError:
            continue
    return {}


def _expense(response: Any) -> dict[str, Any]:
    return {
        "expense": [
            {
                "summary": [
                    {"type": said.type, "key": said.key, "value": said.text}
                    for said in expense.summary
                ],
                "line_items": [
                    [{"type": said.type, "text": said.text} for said in line]
                    for line in expense.lines
                ],
            }
            for expense in expenses(response)
        ]
    }


def _identity(response: Any) -> dict[str, Any]:
    return {
        "identity": [
            {said.type: said.text for said in identity} for identity in identities(response)
        ]
    }


def _document(response: Any, pages: int) -> dict[str, Any]:
    frames = [Frame(number, LaneReason.NO_TEXT_LAYER, *_SIZE_PT) for number in range(1, pages + 1)]
    read = read_pages(response, frames)
    blocks = Blocks(response)
    tables = []
    for page, said in zip(read, blocks.pages, strict=True):
        theirs = [table for table in said.tables if find(blocks, table) is not None]
        for ours, table in zip(page.tables, theirs, strict=True):
            tables.append(_rows(ours, blocks, table))
    return {
        "pages": len(read),
        "text": "\f".join(page.text for page in read),
        "tables": tables,
        "key_values": [[pair.key, pair.value] for pair in key_values(response)],
    }


def _rows(ours: Table, blocks: Blocks, theirs: Any) -> list[list[str]]:
    """Return the texts of a table's cells.

    The references know no merged cells, which are one cell to us: their text is parted again among
    the cells that Textract has put together.
    """
    rows: list[list[str]] = [[""] * ours.columns for _ in range(ours.rows)]
    for cell in ours.cells:
        if cell.row_span == cell.column_span == 1:
            rows[cell.row][cell.column] = cell.text
            continue
        words = cell.text.split()
        for part in blocks.related(theirs.block, "CHILD"):
            row, column = part["RowIndex"] - 1, part["ColumnIndex"] - 1
            if (
                cell.row <= row < cell.row + cell.row_span
                and cell.column <= column < cell.column + cell.column_span
            ):
                said = [
                    word
                    for child in blocks.related(part, "CHILD")
                    for word in child.get("Text", "").split()
                    if word in words
                ]
                rows[row][column] = " ".join(said)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Write the predictions; return 1 where something is read that is no document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extract.textract")
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument("predictions", type=Path, metavar="PRED_DIR")
    options = parser.parse_args(arguments)
    options.predictions.mkdir(parents=True, exist_ok=True)
    with (options.set / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = 0
    for row in rows:
        response = json.loads((options.set / row["file"]).read_bytes())
        found = prediction(response, int(row["pages"] or 0))
        if row["api"] in ("status", "lending"):
            wrong += bool(found)
            continue
        text = json.dumps(found, ensure_ascii=False)
        (options.predictions / f"{row['name']}.json").write_text(text, encoding="utf-8")
    print(f"{len(rows)} responses, of which {wrong} were read and are no documents")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
