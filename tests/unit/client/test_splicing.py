"""document.json, its tables and its shards become one JSON."""

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docparser.model import Column, DocumentTable, RowCell, TableRow, TableRows
from docparser_client import rows as table_rows
from docparser_client.results import replacing, spliced
from docparser_client.rows import rows

DOCUMENT = {"schema": "docparser/document/1", "media_type": "application/pdf", "gaps": []}


def shard(*numbers: int) -> bytes:
    pages = [{"number": number, "text": 'a "b" ]}, ä \u2028'} for number in numbers]
    return json.dumps({"schema": "docparser/shard/1", "pages": pages}).encode()


def none(table_id: str) -> list[Any]:
    raise AssertionError(f"nobody asks for {table_id}")


def test_the_pages_follow_the_document_in_order() -> None:
    whole = json.loads(b"".join(spliced(DOCUMENT, [shard(1, 2), shard(), shard(3)], none)))

    assert [page["number"] for page in whole.pop("pages")] == [1, 2, 3]
    assert whole == DOCUMENT


def test_a_document_without_readable_pages_is_still_json() -> None:
    assert json.loads(b"".join(spliced(DOCUMENT, [], none)))["pages"] == []


def test_one_shard_is_held_at_a_time() -> None:
    taken = []

    def shards() -> Iterator[bytes]:
        for number in (1, 2):
            taken.append(number)
            yield shard(number)

    pieces = spliced(DOCUMENT, shards(), none)
    while b'"number":1' not in next(pieces):
        pass

    assert taken == [1]


def test_rows_stand_where_their_number_stood() -> None:
    tables = [{"id": "t0001", "rows": 2, "role": "other"}, {"id": "t0002", "rows": 0}]
    found = {"t0001": [{"number": 1}, {"number": 2}], "t0002": []}

    pieces = spliced({**DOCUMENT, "tables": tables, "pages": 3}, [shard(1)], found.__getitem__)
    whole = json.loads(b"".join(pieces))

    assert whole.pop("tables") == [
        {"id": "t0001", "rows": found["t0001"], "role": "other"},
        {"id": "t0002", "rows": []},
    ]
    assert [page["number"] for page in whole.pop("pages")] == [1]
    assert whole == DOCUMENT


def stored(count: int) -> bytes:
    """Return a table as Extract stores it."""
    rows = tuple(
        TableRow(number=number, page=1, cells=(RowCell(text=f'"r{number}" ]}}, ä \u2028'),))
        for number in range(1, count + 1)
    )
    table = DocumentTable(
        id="t0001", columns=(Column(name="rows"),), rows=count, first_page=1, last_page=1
    )
    return TableRows(table=table, rows=rows).to_json()


@pytest.mark.parametrize("count", [0, 1, 5000])
@pytest.mark.parametrize("chunk", [1 << 16, 7])
def test_rows_are_read_one_by_one(count: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "_CHUNK", chunk)
    body = stored(count)
    assert list(rows(io.BytesIO(body))) == json.loads(body)["rows"]


def test_no_more_than_a_part_of_them_is_in_memory() -> None:
    class Counted(io.BytesIO):
        taken = 0

        def read1(self, size: int | None = -1) -> bytes:
            piece = super().read1(size)
            self.taken += len(piece)
            return piece

    file = Counted(stored(20_000))
    next(rows(file))
    assert file.taken < 200_000 < len(file.getvalue())


def test_whatever_way_json_is_written() -> None:
    written = ' { "n" : -1.5e3 , "table":{"rows":[1]},\n"rows" : [ 12 , [ ] , null ],"z":true } '
    assert list(rows(io.BytesIO(written.encode()))) == [12, [], None]


def test_what_is_cut_or_changed_is_no_table() -> None:
    body = stored(20)
    chance = random.Random(7)
    for _ in range(200):
        cut = body[: chance.randrange(len(body))]
        with pytest.raises(ValueError, match=r"broken|utf-8"):
            list(rows(io.BytesIO(cut)))
    for broken in (b"[]", b"", b'{"rows":[1 2]}', b'{"rows":[1,]}', b'{"a" 1}', b"\xff"):
        with pytest.raises(ValueError, match=r"broken|utf-8"):
            list(rows(io.BytesIO(broken)))


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "sub" / ("n" * 250 + ".json")
    with replacing(path) as file:
        file.write(b"first")

    def fail_halfway() -> None:
        with replacing(path) as file:
            file.write(b"half of the second")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()

    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]
