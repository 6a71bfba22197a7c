"""Fields and tables as a user gets them, and says them right."""

from __future__ import annotations

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, Command, outcomes
from tests.e2e.test_review_commands import run, said, status
from tests.einvoices import Invoice, printed

DOCUMENTS = ROOT / "samples/documents/de"
STATEMENT, XML = "kontoauszug.pdf", "erechnung.xml"
BOOKINGS = 84


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank statement and an e-invoice."""
    folder = tmp_path_factory.mktemp("fields")
    for name in (STATEMENT, XML):
        (folder / name).write_bytes((DOCUMENTS / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def out(docparser: Command, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `process --tables` writes of them."""
    out = tmp_path_factory.mktemp("out")
    ran = docparser("process", folder, "--out", out, "--tables")
    assert ran.returncode == 0, ran.stderr
    return out


def result(out: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((out / f"{name}.json").read_text("utf-8")))


def test_every_row_is_in_the_json_and_in_the_csv(out: Path) -> None:
    (table,) = result(out, STATEMENT)["tables"]
    assert [row["number"] for row in table["rows"]] == [*range(1, BOOKINGS + 1)]
    assert (table["first_page"], table["last_page"]) == (1, 3)
    text = (out / f"{STATEMENT}.{table['id']}.csv").read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    amount = [column["name"] for column in table["columns"]].index("amount")
    assert [row["amount"] for row in rows] == [
        row["cells"][amount]["value"]["amount"] for row in table["rows"]
    ]
    assert {row["amount.currency"] for row in rows} == {"EUR"}


def test_each_table_of_a_document_is_got(docparser: Command, out: Path, tmp_path: Path) -> None:
    document = outcomes(out)[XML]["document_id"]
    # Given that there are several, one has to be named
    asked = docparser("get", document, "--format", "csv")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "t0001 (line_items, 3 rows, page 1)" in asked.stderr
    written = (out / f"{XML}.t0001.csv").read_bytes()
    got = docparser("get", document, "--format", "csv", "--table", "t0001")
    assert got.stdout.encode() == written.replace(b"\r\n", b"\n")  # `text=True` reads it so
    assert docparser("get", document, "--format", "csv", "--out", tmp_path).returncode == 0
    assert (tmp_path / "t0001.csv").read_bytes() == written
    assert docparser("get", document, "--format", "csv", "--table", "t0009").returncode == 4


def test_fields_are_for_people_and_for_programs(
    docparser: Command, out: Path, folder: Path
) -> None:
    shown = docparser("fields", folder / XML)
    assert shown.returncode == 0
    (total,) = (line for line in shown.stdout.splitlines() if "grand_total" in line)
    assert total.split() == ["grand_total", "24235.90", "EUR", "1.00", "xml"]
    told = docparser("fields", folder, "--json")
    found = {one["name"]: one for one in json.loads(told.stdout)["documents"]}
    assert found[XML]["fields"] == result(out, XML)["fields"]
    assert found[STATEMENT]["definition"] == "bank_statement/1"


def test_what_a_person_says_of_a_field_holds(docparser: Command, tmp_path: Path) -> None:
    # Given an invoice whose totals contradict each other
    sold = Invoice(number=f"2026-{uuid.uuid4().int % 10**6:06d}")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.pdf").write_bytes(printed(sold, total=sold.total + 100))
    assert docparser("process", tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    document = outcomes(tmp_path / "out")["a.pdf"]["document_id"]
    claimed = said(run(docparser, "alice", "review", "claim", document, "--json"))
    assert (claimed["reasons"], claimed["violations"]) == (["VALIDATION"], ["total"])
    # When somebody says what is right, and what there is not
    words = ("--field", f"grand_total={sold.total} EUR", "--field", "order_number=")
    wrong = run(docparser, "alice", "review", "correct", document, "--field", "grand_total=a lot")
    assert (wrong.returncode, "grand_total is not written as a money" in wrong.stderr) == (2, True)
    corrected = run(docparser, "alice", "review", "correct", document, *words)
    assert corrected.returncode == 0, corrected.stderr
    record = status(docparser, document, {"COMPLETED"})
    # Then the next revision says so, and its rules hold
    assert (record["revision"], record["review"], record["violations"]) == (2, "CORRECTED", 0)
    (found,) = json.loads(docparser("fields", tmp_path / "in", "--json").stdout)["documents"]
    (total,) = (one for one in found["fields"] if one["name"] == "grand_total")
    assert total["value"] == {"amount": str(sold.total), "currency": "EUR"}
    assert (total["source"], total["confidence"]) == ("review", 1)
    # And it holds when the document is read again
    assert docparser("reprocess", document).returncode == 0
    assert status(docparser, document, {"COMPLETED"})["revision"] == 3
    (again,) = json.loads(docparser("fields", tmp_path / "in", "--json").stdout)["documents"]
    assert total in again["fields"]
    # And is a case of whoever asks for it
    assert run(docparser, "bob", "review", "cases", "--out", tmp_path / "cases").returncode == 0
    case = json.loads((tmp_path / f"cases/{record['content_sha256']}.fields.json").read_text())
    assert case["fields"] == {"grand_total": [total["value"]], "order_number": []}
