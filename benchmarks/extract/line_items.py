"""Line items of the shared invoices without their XML, against the lines that the XML states.

An item counts if its name is printed, and is right if name, quantity and total are. An intact
invoice of which rows are said to be missing is a false alarm.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.tables import TableReader
from docparser.extract.view import view
from docparser.model import DocumentType, LaneReason, TableRole
from docparser.ocr import text_lane
from docparser.pdf_file import open_pdf

from benchmarks.extract.documents import DATA
from benchmarks.extract.statements import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docparser.extract.tables import TablesFound
    from docparser.model import Page

_NAMED_BY = 12
"""So many letters of an item's name are compared: the XML has more words than the page."""

Item = tuple[str, Decimal | None, Decimal | None]
"""Name, quantity and total of an item."""


def measure() -> dict[str, Any]:
    """Return recall over items, by document and by seller, and what was said to be missing."""
    sellers: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    documents = alarms = 0
    for path in sorted((DATA / "einvoice_pdf").glob("*.noxml.pdf")):
        truth = json.loads(
            (path.parent / f"{path.name.removesuffix('.noxml.pdf')}.json").read_text()
        )
        pages = _pages(path)
        items, found = _items(pages)
        printed = _squeezed(" ".join(page.text for page in pages))
        documents += 1
        alarms += bool(found.gaps)
        stated = [line for line in truth.get("lines") or () if _is_printed(line, printed)]
        count = sellers[_squeezed(truth["seller"]["name"] or path.stem)]
        count[0] += _right(stated, items)
        count[1] += len(stated)
    right, said = (sum(each) for each in zip(*sellers.values(), strict=True))
    shares = [good / count for good, count in sellers.values() if count]
    return {
        "documents": documents,
        "items": said,
        "recall": round(right / said, 4),
        "sellers": len(shares),
        "recall_by_seller": round(sum(shares) / len(shares), 4),
        "false_alarms": alarms,
    }


def _pages(path: Path) -> list[Page]:
    with open_pdf(path) as opened:
        return [
            text_lane.read_page(opened, number, LaneReason.TEXT_LAYER_TRUSTED)
            for number in range(1, opened.page_count + 1)
        ]


def _items(pages: Sequence[Page]) -> tuple[list[Item], TablesFound]:
    kept = Kept()
    reader = TableReader(schemas.shipped(DocumentType.INVOICE), Locale(), kept)
    for page in pages:
        reader.read(page, view(page))
    found = reader.finish()
    items: list[Item] = []
    for table in found.tables:
        if table.role is TableRole.LINE_ITEMS:
            places = {column.name: at for at, column in enumerate(table.columns)}
            for row in kept.tables[table.id].rows:
                cells = {name: row.cells[at] for name, at in places.items()}
                amounts = [_amount(cells.get(name)) for name in ("quantity", "amount")]
                text = cells["description"].text if "description" in cells else ""
                items.append((_squeezed(text), amounts[0], amounts[1]))
    return items, found


def _amount(cell: Any) -> Decimal | None:
    value = cell.value if cell is not None else None
    return Decimal(value["amount"]) if isinstance(value, dict) and "amount" in value else None


def _is_printed(line: dict[str, Any], printed: str) -> bool:
    name = _squeezed(line["name"] or "")[:_NAMED_BY]
    return bool(name) and line["line_total"] is not None and name in printed


def _right(stated: Sequence[dict[str, Any]], items: list[Item]) -> int:
    left, count = list(items), 0
    for line in stated:
        name = _squeezed(line["name"])[:_NAMED_BY]
        for item in left:
            if (
                name in item[0]
                and item[1] == Decimal(line["quantity"])
                and item[2] == Decimal(line["line_total"])
            ):
                left.remove(item)
                count += 1
                break
    return count


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
