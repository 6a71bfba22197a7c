"""Fields and tables on the command line, in front of a service that says what it is told to say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from docparser_client.inputs import Input
from docparser_client.outputs import Files
from docparser_client.results import ResultProblem

from tests.unit.client.records import ID, record, told
from tests.unit.client.service import Service
from tests.unit.client.test_command_answers import Command, gives

CSV = b"date,amount\r\n2026-03-04,-12.00\r\n"
ROWS = json.dumps({"schema": "docparser/table/1", "rows": [{"number": 1}]}).encode()


def piece(name: str, body: bytes) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(body).hexdigest()}


def table(table_id: str, **facts: Any) -> dict[str, Any]:
    told = {"role": "transactions", "columns": [], "rows": 1, "first_page": 1, "last_page": 2}
    return {"id": table_id, **told, **facts}


FIELDS = [
    {
        "name": "grand_total",
        "type": "money",
        "value": {"amount": "12.00", "currency": "EUR"},
        "confidence": 0.987,
        "page": 2,
        "source": "layout",
    },
    {
        "name": "seller.name",
        "type": "text",
        "value": "Muster\n GmbH \x1b[2J",
        "confidence": 1,
        "page": None,
        "source": "xml",
    },
]
DOCUMENT = {
    "document_id": ID,
    "revision": 3,
    "shards": [],
    "definition": "invoice/1",
    "fields": FIELDS,
    "missing": ["issue_date"],
    "violations": [{"rule": "net_and_tax_are_gross", "fields": ["net_total", "grand_total"]}],
    "tables": [table("t0001")],
    "table_files": [piece("t0001.json", ROWS), piece("t0001.csv", CSV)],
    "row_gaps": [
        {"table": "t0001", "code": "COUNT_DIFFERS", "page": 2, "row": None,
         "expected": 9, "found": 1}
    ],
    "warnings": ["ROWS_MISSING"],
}  # fmt: skip


@pytest.fixture
def docparser(service: Service, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(service, capsys)


def document(**facts: Any) -> bytes:
    return json.dumps({**DOCUMENT, **facts}).encode()


def asked(service: Service) -> list[dict[str, str]]:
    return [one.query for one in service.seen if one.path.endswith("/content")]


# ---------------------------------------------------------------------- get --format csv
def test_the_only_table_goes_to_standard_output(service: Service, docparser: Command) -> None:
    gives(service, document(), CSV)
    assert docparser("get", ID, "--format", "csv") == (0, CSV.decode(), "")
    assert asked(service) == [
        {"format": "json"}, {"format": "csv", "revision": "3", "part": "t0001"}
    ]  # fmt: skip


def test_a_table_is_written_as_it_is(service: Service, docparser: Command, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    gives(service, document(), CSV)
    assert docparser("get", ID, "--format", "csv", "--table", "t0001", "--out", path)[0] == 0
    assert path.read_bytes() == CSV


def test_all_tables_go_into_a_folder(service: Service, docparser: Command, tmp_path: Path) -> None:
    second = b"a\r\n1\r\n"
    files = [*DOCUMENT["table_files"], piece("t0002.csv", second)]
    gives(
        service, document(tables=[table("t0001"), table("t0002")], table_files=files), CSV, second
    )
    code, out, _ = docparser("get", ID, "--format", "csv", "--out", tmp_path / "tables")
    assert (code, out.startswith("2 tables in ")) == (0, True)
    written = {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()}
    assert written == {"t0001.csv": CSV, "t0002.csv": second}


def test_which_of_several_tables_has_to_be_said(service: Service, docparser: Command) -> None:
    gives(service, document(tables=[table("t0001"), table("t0002", role="other", rows=5)]))
    code, out, error = docparser("get", ID, "--format", "csv")
    assert (code, out) == (2, "")
    assert "t0001 (transactions, 1 row, pages 1-2), t0002 (5 rows, pages 1-2)" in error


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"tables": []}, ()), ({}, ("--table", "t0002")), ({}, ("--table", "../document"))],
)
def test_there_is_no_such_table(
    service: Service, docparser: Command, facts: dict[str, Any], words: tuple[str, ...]
) -> None:
    gives(service, document(**facts))
    code, out, error = docparser("get", ID, "--format", "csv", *words)
    assert (code, out, len(error.splitlines())) == (4, "", 1)


def test_a_table_that_differs_is_not_written(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    gives(service, document(), CSV + b"more\r\n")
    code, _, error = docparser("get", ID, "--format", "csv", "--out", tmp_path)
    assert (code, error) == (1, f"docparser: t0001.csv of {ID} differs\n")
    assert not [*tmp_path.iterdir()]


def test_no_table_is_written_where_its_name_says(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    gives(service, document(tables=[table("../t0001")]))
    assert docparser("get", ID, "--format", "csv", "--out", tmp_path / "in")[0] == 1
    assert not [*tmp_path.iterdir()]


def test_a_table_is_no_part_of_another_format(docparser: Command) -> None:
    assert docparser("get", ID, "--table", "t0001")[0] == 2


def test_a_document_without_a_result_has_no_tables(service: Service, docparser: Command) -> None:
    service.refuses(409, "NOT_READY")
    service.says(told("RUNNING"))
    assert docparser("get", ID, "--format", "csv")[0] == 1


# ---------------------------------------------------------------------- get --format json
def test_json_holds_the_rows(service: Service, docparser: Command) -> None:
    gives(service, document(), ROWS)
    code, out, _ = docparser("get", ID)
    assert code == 0
    assert json.loads(out)["tables"] == [table("t0001", rows=[{"number": 1}])]


def test_json_with_rows_that_differ_is_none(service: Service, docparser: Command) -> None:
    gives(service, document(), ROWS.replace(b"1}", b"2}"))
    code, _, error = docparser("get", ID)
    assert (code, error) == (1, f"docparser: t0001.json of {ID} differs\n")


# ---------------------------------------------------------------------- process, fields
@pytest.fixture
def known(service: Service, tmp_path: Path) -> Path:
    """Return a file whose document the service knows."""
    path = tmp_path / "in" / "a.pdf"
    path.parent.mkdir()
    path.write_bytes(b"%PDF-")
    facts = {
        "name": "a.pdf",
        "type": "invoice",
        "level": "RESTRICTED",
        "row_gaps": 1,
        "revision": 3,
    }
    service.says({"document_id": ID, "status": "PARTIAL"}, told("PARTIAL", **facts))
    return path


def test_tables_are_written_beside_the_json(
    service: Service, docparser: Command, known: Path, tmp_path: Path
) -> None:
    gives(service, b"md", b"txt", document(), ROWS, CSV)
    code, out, _ = docparser("process", known, "--out", tmp_path / "out", "--tables")
    assert code == 1
    assert "PARTIAL (rows missing)" in out
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["a.pdf.json", "a.pdf.md", "a.pdf.t0001.csv", "a.pdf.txt", "outcomes.tsv"]
    assert (tmp_path / "out/a.pdf.t0001.csv").read_bytes() == CSV


def test_no_input_is_overwritten_by_a_table(service: Service, tmp_path: Path) -> None:
    inputs = [Input(path=tmp_path / name, name=name) for name in ("a.pdf", "a.pdf.t0001.csv")]
    with service.client() as client:
        keep = Files(client, inputs, tmp_path, tables=True)
        gives(service, b"md", b"txt", document(), ROWS)
        with pytest.raises(ResultProblem, match=r"a\.pdf\.t0001\.csv is an input"):
            keep(inputs[0], record("COMPLETED", revision=3))


def test_fields_are_a_table_for_people(service: Service, docparser: Command, known: Path) -> None:
    gives(service, document())
    code, out, error = docparser("fields", known)
    assert code == 1  # PARTIAL
    assert "PARTIAL" in error
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    assert lines[0] == "a.pdf  invoice/1  PARTIAL (rows missing)"
    assert [line.split() for line in lines[1:2]] == [
        ["field", "value", "confidence", "page", "source"]
    ]
    assert [line.split() for line in lines if line.startswith(("grand", "seller"))] == [
        ["grand_total", "12.00", "EUR", "0.99", "2", "layout"],
        ["seller.name", "Muster", "GmbH", r"\x1b[2J", "1.00", "xml"],
    ]
    assert lines[-5:] == [
        "missing: issue_date",
        "violated: net_and_tax_are_gross (net_total, grand_total)",
        "table: t0001 (transactions, 1 row, pages 1-2)",
        "rows missing: t0001, page 2 (COUNT_DIFFERS): 9 stated, 1 found",
        "warnings: ROWS_MISSING",
    ]


def test_fields_are_json_for_programs(service: Service, docparser: Command, known: Path) -> None:
    gives(service, document())
    code, out, _ = docparser("fields", known, "--json")
    assert code == 1
    (found,) = json.loads(out)["documents"]
    assert (found["name"], found["document_id"], found["status"]) == ("a.pdf", ID, "PARTIAL")
    assert found["fields"] == FIELDS
    assert found["tables"] == DOCUMENT["tables"]
    assert [path.name for path in known.parent.iterdir()] == ["a.pdf"]  # nothing is written


def test_a_document_of_before_there_were_fields_can_be_read_again(
    service: Service, docparser: Command, known: Path
) -> None:
    gives(service, json.dumps({"document_id": ID, "revision": 3, "shards": []}).encode())
    _, out, _ = docparser("fields", known)
    assert f"docparser reprocess {ID} --from classify" in out


def test_a_document_without_a_result_has_no_fields(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    path = tmp_path / "b.pdf"
    path.write_bytes(b"x")
    service.says({"document_id": ID, "status": "REJECTED"}, told("REJECTED", code="CORRUPT"))
    code, out, _ = docparser("fields", path)
    assert (code, out.split()) == (0, ["b.pdf", "REJECTED", "CORRUPT"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"amount": "2", "unit": "HUR"}, "2 HUR"),
        ({"amount": "2"}, "2"),
        ({"line1": "Markt 1", "postcode": "10115", "city": "Berlin"}, "Markt 1, 10115 Berlin"),
        ({"text": "Am Markt 1\n10115 Berlin", "city": "Berlin"}, "Am Markt 1\n10115 Berlin"),
        (True, "yes"),
        ("DE", "DE"),
    ],
)  # fmt: skip
def test_values_are_written_as_people_do(value: Any, text: str) -> None:
    from docparser_client.fields import value_text

    assert value_text({"value": value}) == text


def test_nothing_to_show_is_a_usage_error(docparser: Command, tmp_path: Path) -> None:
    assert docparser("fields", tmp_path)[0] == 2
