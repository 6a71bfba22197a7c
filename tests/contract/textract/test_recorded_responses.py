"""Responses that Textract gave, each against what its reference readers made of it."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from docparser.extract.engines.textract_answers import expenses, identities
from docparser.model import BlockKind, LaneReason, Page, Table
from docparser.ocr.textract_response import Frame, read_pages
from docparser.textract.blocks import NoDocumentError
from docparser.textract.forms import key_values

from benchmarks.extract import textract
from tests.contract.textract import invariants

DATA = Path(
    os.environ.get("DOCPARSER_DATA_DIR")
    or Path(__file__).resolve().parents[3].parent / "shared" / "data"
)
SET = DATA / "textract"
TURNED = {"trp__gib__90_degrees": 270, "trp__gib__180_degrees": 180, "trp__gib__270_degrees": 90}


def rows(*apis: str) -> list[Any]:
    manifest = SET / "manifest.tsv"
    if not manifest.exists():
        return [pytest.param({}, marks=pytest.mark.skip("needs the recorded responses"))]
    with manifest.open(newline="") as file:
        found = [row for row in csv.DictReader(file, delimiter="\t") if row["api"] in apis]
    return [pytest.param(row, id=row["name"]) for row in found]


def response(row: dict[str, str]) -> dict[str, Any]:
    return json.loads((SET / row["file"]).read_bytes())


def pages(row: dict[str, str]) -> tuple[Page, ...]:
    frames = [
        Frame(number, LaneReason.NO_TEXT_LAYER, 612, 792)
        for number in range(1, int(row["pages"]) + 1)
    ]
    return read_pages(response(row), frames)


@pytest.mark.parametrize("row", rows("blocks"))
def test_a_document_is_read_as_its_reference(row: dict[str, str]) -> None:
    # Given
    reference = json.loads((SET / row["reference"]).read_bytes())
    # When
    found = pages(row)
    # Then
    for page in found:
        invariants.check(page)
    assert {page.rotation for page in found} == {TURNED.get(row["name"], 0)}
    lines = [line.text for page in found for block in page.blocks for line in block.lines]
    assert Counter(lines) == Counter(reference["lines_in_block_order"])
    grids = [table for page in found for table in page.tables]
    for theirs in ("walk", "textractor"):
        expected = reference[theirs]["tables"]
        assert len(grids) == len(expected)
        for ours, table in zip(grids, expected, strict=True):
            assert_same(ours, table)


@pytest.mark.parametrize("row", rows("blocks"))
def test_a_form_is_read_as_its_reference(row: dict[str, str]) -> None:
    walk = json.loads((SET / row["reference"]).read_bytes())["walk"]
    expected = Counter((pair["page"], pair["key"], pair["value"]) for pair in walk["key_values"])
    found = Counter((pair.page, pair.key, pair.value) for pair in key_values(response(row)))
    assert found == expected


@pytest.mark.parametrize("row", rows("status", "lending", "expense", "id"))
def test_what_is_no_document_is_refused(row: dict[str, str]) -> None:
    recorded = response(row)
    with pytest.raises(NoDocumentError):
        read_pages(recorded, [Frame(1, LaneReason.NO_TEXT_LAYER, 612, 792)])
    with pytest.raises(NoDocumentError):
        key_values(recorded)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        (
            "txr__test_document_to_markdown_sample-invoice.pdf",
            {"heading": 2, "header": 1, "footer": 2, "table": 3, "paragraph": 3},
        ),
        # One of its three section headers stands in a table's cell.
        ("txr__test_layout", {"heading": 2, "header": 1, "table": 8}),
    ],
)
def test_the_layout_gives_the_kinds(name: str, kinds: dict[str, int]) -> None:
    path = SET / "responses" / f"{name}.json"
    if not path.exists():
        pytest.skip("needs the recorded responses")
    frame = Frame(1, LaneReason.NO_TEXT_LAYER, 612, 792)
    (page,) = read_pages(json.loads(path.read_bytes()), [frame])
    counted = Counter(block.kind.value for block in page.blocks)
    assert {kind: counted[kind] for kind in kinds} == kinds


def test_columns_are_read_one_after_the_other() -> None:
    path = SET / "responses" / "trp__test-twocol-header-footer-response.json"
    if not path.exists():
        pytest.skip("needs the recorded responses")
    frame = Frame(1, LaneReason.NO_TEXT_LAYER, 612, 792)
    (page,) = read_pages(json.loads(path.read_bytes()), [frame])
    text = " ".join(page.text.split())
    order = (
        "When a section of (LTR) text is presented in two columns",
        "Depending on the use case, simple heuristics and/or ML model-based",
        "This means it cannot solve for every edge case in layout analysis",
        "But at least sample documents like these",
        "After a two-column section, single-column order",
    )
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert page.blocks[0].kind is BlockKind.HEADER
    assert page.blocks[-1].kind is BlockKind.FOOTER


def assert_same(ours: Table, theirs: dict[str, Any]) -> None:
    """Compare cell by cell; the references know no merged cells: ours has the words of all."""
    texts = {(row - 1, column - 1): text for row, column, text in theirs["cells"]}
    covered = set()
    for cell in ours.cells:
        places = [
            (row, column)
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        words = Counter(word for place in places for word in texts[place].split())
        assert Counter(cell.text.split()) == words
        covered.update(places)
    assert covered == set(texts)


@pytest.mark.parametrize("row", rows("expense", "id"))
def test_expenses_and_identities_are_read_as_their_reference(row: dict[str, str]) -> None:
    direct = json.loads((SET / row["reference"]).read_bytes())["direct"]
    if row["api"] == "id":
        found = [
            {said.type: said.text for said in identity} for identity in identities(response(row))
        ]
        assert found == direct["identity"]
        return
    for ours, theirs in zip(expenses(response(row)), direct["expense"], strict=True):
        summary = [(said.type, said.key, said.text) for said in ours.summary]
        assert summary == [
            (said["type"], said["key"] or "", said["value"]) for said in theirs["summary"]
        ]
        lines = [[(said.type, said.text) for said in line] for line in ours.lines]
        assert lines == [
            [(said["type"], said["text"]) for said in line] for line in theirs["line_items"]
        ]


@pytest.mark.skipif(not SET.exists(), reason="needs the recorded responses")
def test_the_benchmark_scores_every_response_as_its_reference(tmp_path: Path) -> None:
    # When
    assert textract.main([str(SET), str(tmp_path)]) == 0
    helper = DATA / "score" / "score_textract.py"
    command = [sys.executable, str(helper), "--set", str(SET), "--pred", str(tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Then
    scores = dict(re.findall(r"^(\w+) +([0-9.]+) \(n=", printed, re.MULTILINE))
    assert scores == dict.fromkeys(
        "words pages table_cells table_count key_values expense_fields id_fields".split(), "1.000"
    )
    assert "missing 0" in printed
