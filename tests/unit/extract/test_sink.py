"""Rows go to files, and from there to where the tables of a document are stored."""

from __future__ import annotations

import csv
import json
import tracemalloc
from pathlib import Path
from typing import IO, Any

import pytest
from docparser.export.rows_csv import RowsCsv
from docparser.extract.sink import TableFiles
from docparser.model import (
    Column,
    DocumentTable,
    FieldType,
    RowCell,
    TableRole,
    TableRow,
    TableRows,
    box,
)

COLUMNS = (Column(name="text"), Column(name="amount", type=FieldType.MONEY))


class Stored:
    """A bucket, of which only what was stored and how is noted."""

    def __init__(self) -> None:
        self.once: dict[str, bytes] = {}
        self.anew: dict[str, bytes] = {}

    def put_once(self, key: str, body: IO[bytes], sha256: str, content_type: str) -> bool:
        self.once[key] = body.read()
        return True

    def receive(self, key: str, body: IO[bytes], sha256: str, *, content_type: str) -> None:
        self.anew[key] = body.read()


def row(number: int) -> TableRow:
    value = {"amount": f"{number}.50", "currency": "EUR"}
    return TableRow(
        number=number,
        page=1 + number // 50,
        polygon=box(0, 0.1, 1, 0.2),
        cells=(RowCell(text=f"row {number}, é"), RowCell(text=f"{number},50 €", value=value)),
    )


def table(table_id: str, rows: int) -> DocumentTable:
    return DocumentTable(
        id=table_id,
        role=TableRole.TRANSACTIONS,
        columns=COLUMNS,
        rows=rows,
        first_page=1,
        last_page=1,
    )


def stored(files: TableFiles, *tables: str, anew: bool = False) -> dict[str, bytes]:
    bucket: Any = Stored()
    files.store(bucket, "t/d/r1/extract/", tables, anew=anew)
    assert not (bucket.once if anew else bucket.anew)
    return bucket.anew if anew else bucket.once  # type: ignore[no-any-return]


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("anew", [False, True])
def test_a_table_is_stored_with_its_rows_in_both_forms(
    tmp_path: Path, count: int, anew: bool
) -> None:
    files = TableFiles(tmp_path, RowsCsv)
    rows = files.begin("t0001", COLUMNS)
    for number in range(1, count + 1):
        rows.row(row(number))
    rows.end(table("t0001", count))

    found = stored(files, "t0001", anew=anew)

    assert found.keys() == {"t/d/r1/extract/t0001.json", "t/d/r1/extract/t0001.csv"}
    body = found["t/d/r1/extract/t0001.json"]
    assert json.loads(body)["schema"] == "docparser/table/1"
    assert TableRows.model_validate_json(body) == TableRows(
        table=table("t0001", count), rows=tuple(map(row, range(1, count + 1)))
    )
    lines = [*csv.reader(found["t/d/r1/extract/t0001.csv"].decode().splitlines())]
    assert lines == [
        ["text", "amount", "amount.currency"],
        *([f"row {number}, é", f"{number}.50", "EUR"] for number in range(1, count + 1)),
    ]


def test_tables_may_grow_side_by_side_and_some_are_not_kept(tmp_path: Path) -> None:
    files = TableFiles(tmp_path, RowsCsv)
    first, second, third = (files.begin(f"t000{n}", COLUMNS) for n in (1, 2, 3))
    for number in (1, 2):
        first.row(row(number))
        second.row(row(10 * number))
    third.row(row(1))
    second.end(table("t0002", 2))
    first.end(table("t0001", 2))
    third.end(table("t0003", 1))

    found = stored(files, "t0001", "t0002")

    assert {key.rpartition("/")[2] for key in found} == {
        *("t0001.json", "t0001.csv", "t0002.json", "t0002.csv")
    }
    body = found["t/d/r1/extract/t0002.json"]
    assert [row.number for row in TableRows.model_validate_json(body).rows] == [10, 20]


def test_rows_take_no_memory(tmp_path: Path) -> None:
    files = TableFiles(tmp_path, RowsCsv)
    rows = files.begin("t0001", COLUMNS)
    rows.row(row(1))
    tracemalloc.start()
    for number in range(2, 3001):
        rows.row(row(number))
    rows.end(table("t0001", 3000))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "t0001.json").stat().st_size > 500_000
    assert most < 300_000
