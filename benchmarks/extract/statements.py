"""Bank statements of 25 to 3,200 rows: whether every row comes out, and whether it shows if not.

Generated statements (`statements_made`) are read by the text lane and by Extract's tables. A row is
right if its date, its amount with its sign and its balance are. Then rows are taken away: their
words from the page, whole rows from the document, and rows that the reader of tables has joined; a
document that is then COMPLETED has lost them in silence. ``benchmarks/results`` keeps the figures.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
import tracemalloc
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest import mock

from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.tables import TableReader
from docparser.extract.tables.line_table import LineTable
from docparser.extract.tables.rows import TableWriter
from docparser.extract.view import view
from docparser.model import DocumentType, LaneReason, TableRole
from docparser.ocr import text_lane
from docparser.pdf_file import open_pdf

from benchmarks.extract.statements_made import Statement, layouts, statement
from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.tables import TablesFound
    from docparser.model import Column, DocumentTable, Page, TableRow

    from benchmarks.extract.statements_made import Layout

RESULTS = Path(__file__).parents[1] / "results" / "extract_statements.json"
LAYOUTS = 48
SIZES = {25: 48, 100: 24, 400: 8, 1200: 4, 3200: 3}
"""So many layouts of each size."""

FAULTS = 48
"""So many layouts have rows taken away, in each of the three ways, one row and three rows."""

Said = tuple[str, Decimal, Decimal | None]


@dataclass
class _Table:
    rows: list[TableRow] = field(default_factory=list)
    table: DocumentTable | None = None

    def row(self, row: TableRow) -> None:
        self.rows.append(row)

    def end(self, table: DocumentTable) -> None:
        self.table = table


class Kept:
    """Keeps the rows of tables in memory."""

    def __init__(self) -> None:
        self.tables: dict[str, _Table] = {}

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> _Table:
        """Begin a table."""
        del columns
        return self.tables.setdefault(table_id, _Table())


@dataclass(frozen=True)
class Read:
    """What came out of a statement, and what it cost (CPU seconds)."""

    rows: list[Said]
    found: TablesFound
    seconds: float

    @property
    def completed(self) -> bool:
        """Whether the document would be COMPLETED: nothing says that rows are missing."""
        return not self.found.gaps


def pages_of(pdf: bytes, folder: Path) -> list[Page]:
    """Return the pages as the text lane reads them."""
    path = folder / "statement.pdf"
    path.write_bytes(pdf)
    with open_pdf(path) as opened:
        return [
            text_lane.read_page(opened, number, LaneReason.TEXT_LAYER_TRUSTED)
            for number in range(1, opened.page_count + 1)
        ]


def read(pages: Sequence[Page], language: str) -> Read:
    """Return the transactions of pages."""
    kept = Kept()
    views = [view(page) for page in pages]
    begun = time.process_time()
    reader = TableReader(
        schemas.shipped(DocumentType.BANK_STATEMENT), Locale(language=language), kept
    )
    for page, seen in zip(pages, views, strict=True):
        reader.read(page, seen)
    found = reader.finish()
    seconds = time.process_time() - begun
    rows: list[Said] = []
    for table in found.tables:
        if table.role is TableRole.TRANSACTIONS:
            places = {column.name: at for at, column in enumerate(table.columns)}
            rows += [_said(row, places) for row in kept.tables[table.id].rows]
    return Read(rows, found, seconds)


def _said(row: TableRow, places: dict[str, int]) -> Said:
    def amount(name: str) -> Decimal | None:
        value = row.cells[places[name]].value if name in places else None
        return Decimal(value["amount"]) if isinstance(value, dict) else None

    day = row.cells[places["date"]].value if "date" in places else None
    return str(day), amount("amount") or Decimal(0), amount("balance")


def truth(made: Statement) -> list[Said]:
    """Return the rows that are on a statement."""
    return [(row.day.isoformat(), row.amount, row.balance) for row in made.rows]


def right(made: Statement, got: Read) -> int:
    """Return how many rows came out right; each counts once."""
    left = list(got.rows)
    count = 0
    at = 0
    for row in truth(made):
        try:
            at = left.index(row, at) + 1
        except ValueError:
            continue
        count += 1
    return count


def _lost(number: int) -> Any:
    """Return a patch under which what a row was joined to is lost, without an error."""
    original = TableWriter.write
    calls = [0]

    def write(self: TableWriter, row: Any, values: Any) -> None:
        calls[0] += 1
        if calls[0] != number:
            original(self, row, values)

    return mock.patch.object(TableWriter, "write", write)


def _merged(number: int) -> Any:
    """Return a patch under which a row is taken for more of the one before."""
    original = LineTable._begins
    calls = [0]

    def begins(self: LineTable, line: Any, *, near: bool) -> bool:
        does = original(self, line, near=near)
        calls[0] += does
        return does and calls[0] != number

    return mock.patch.object(LineTable, "_begins", begins)


def measure(folder: Path) -> dict[str, Any]:
    """Return the figures of all sizes and of all faults."""
    drawn = layouts(LAYOUTS)
    sizes = []
    for rows, count in SIZES.items():
        sizes.append(_size(drawn[:count], rows, folder))
        print(_line(sizes[-1]), flush=True)
    faults = _faults(drawn[:FAULTS], folder)
    for each in faults:
        print(
            f"{each['fault']:>24}, {each['rows']} of 100 rows: {each['documents']:3} documents, "
            f"{each['completed']} COMPLETED"
        )
    return {"layouts": LAYOUTS, "sizes": sizes, "faults": faults}


def _size(drawn: Sequence[Layout], rows: int, folder: Path) -> dict[str, Any]:
    good = alarms = 0
    seconds, peak = [], 0
    pages_read = 0
    for layout in drawn:
        made = statement(layout, rows)
        pages = pages_of(made.pdf, folder)
        pages_read += len(pages)
        got = read(pages, layout.language)
        good += right(made, got)
        seconds.append(got.seconds)
        exact = len(got.rows) == len(made.rows) and right(made, got) == len(made.rows)
        alarms += not got.completed
        if not exact or not got.completed:
            codes = sorted({gap.code.value for gap in got.found.gaps})
            print(f"  layout {layout.seed}, {rows} rows: {len(got.rows)} out, {codes}")
        if layout is drawn[-1]:
            tracemalloc.start()
            read(pages, layout.language)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    return {
        "rows": rows,
        "documents": len(drawn),
        "pages": pages_read,
        "recall": good / (rows * len(drawn)),
        "false_alarms": alarms,
        "cpu_s_median": round(median(seconds), 4),
        "cpu_s_most": round(max(seconds), 4),
        "cpu_ms_a_page": round(1000 * sum(seconds) / pages_read, 2),
        "peak_mib": round(peak / 2**20, 1),
    }


def _line(size: dict[str, Any]) -> str:
    return (
        f"{size['rows']:>6} rows: {size['documents']:3} documents, recall {size['recall']:.4f}, "
        f"{size['false_alarms']} false alarms, {size['cpu_s_median']:.3f} s CPU "
        f"({size['cpu_ms_a_page']:.1f} ms a page), {size['peak_mib']} MiB"
    )


def _faults(drawn: Sequence[Layout], folder: Path) -> list[dict[str, Any]]:
    results = []
    for fault in ("words gone", "rows gone", "lost by the reader", "merged by the reader"):
        for count in (1,) if fault.endswith("by the reader") else (1, 3):
            documents = completed = 0
            for layout in drawn:
                if fault == "rows gone" and not layout.stated:
                    continue  # nothing on it tells that there were more
                draw = random.Random(layout.seed + count)
                missing = frozenset(draw.sample(range(100), count))
                documents += 1
                got = _faulty(layout, fault, missing, folder)
                if got.completed:
                    completed += 1
                    print(f"  layout {layout.seed}: {fault} {sorted(missing)}, and nothing said")
            results.append(
                {"fault": fault, "rows": count, "documents": documents, "completed": completed}
            )
    return results


def _faulty(layout: Layout, fault: str, missing: frozenset[int], folder: Path) -> Read:
    if fault == "words gone":
        made = statement(layout, 100, blank=missing)
    elif fault == "rows gone":
        made = statement(layout, 100, gone=missing)
    else:
        made = statement(layout, 100)
    pages = pages_of(made.pdf, folder)
    if not fault.endswith("by the reader"):
        return read(pages, layout.language)
    with (_lost if fault.startswith("lost") else _merged)(min(missing) + 1):
        return read(pages, layout.language)


def main() -> None:
    """Measure, print and keep the figures."""
    from benchmarks.extract import line_items  # which reads tables as this module does

    with tempfile.TemporaryDirectory() as folder:
        result = {**stamp("extract_statements"), **measure(Path(folder))}
    result["line_items"] = items = line_items.measure()
    print(
        f"  line items: {items['documents']} invoices, {items['items']} items, recall "
        f"{items['recall']:.3f} ({items['recall_by_seller']:.3f} by seller), "
        f"{items['false_alarms']} false alarms"
    )
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
