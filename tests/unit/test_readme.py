"""The README quotes the benchmarks' last results exactly, and names what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import flow_report
from benchmarks.classify import report as classified
from benchmarks.extract import report as extracted
from benchmarks.ocr import report

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def result(name: str) -> dict:
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))


def figures() -> list[str]:
    pipeline, lane, classifier = result("pipeline"), result("text_lane"), result("classify")
    slowest = max(result("init")["functions"].items(), key=lambda row: row[1]["ratio"])
    stages = pipeline["handler_milliseconds_per_document"]
    scans, api, search = result("scans"), result("api"), result("search")
    ocr = result("ocr")
    return [
        f"{pipeline['documents_per_second']} documents a second",
        *(f"{name} {milliseconds}" for name, milliseconds in stages.items()),
        f"a page of {lane['characters_a_page']:,} characters",
        f"{lane['cpu_ms_a_page_median']} ms CPU, {lane['ratio_to_bare_pdfium']} times",
        f"{classifier['cpu_ms_a_page_of_prose']} ms CPU for prose",
        f"{classifier['cpu_ms_a_page_of_numbers']} ms for a page dense with numbers",
        f"(`{slowest[0]}`)",
        f"{slowest[1]['ratio']} times the CPU time",
        f"{scans['ratio']} times the engine's own time",
        f"{scans['pipeline_pages_per_second']} pages a second",
        *(
            f"{call.replace('_', ' ')} {row['p50_ms']} / {row['p95_ms']} / {row['p99_ms']}"
            for call, row in api["over_http"].items()
            if call in ("document", "search_one_word")
        ),
        *(f"{name} {row['wall']['p50_ms']}" for name, row in api["handler"].items()),
        f"{search['index_s']} s, {search['plain_index_s']} s",
        *(
            f"{row['p50_ms']} ({search['plain_find'][kind]['p50_ms']})"
            for kind, row in search["find"].items()
        ),
        *report.against(ocr),
        *report.kinds(ocr),
        *tables(classified.rows("types"))[0],
        *tables(classified.rows("pii"))[0],
        *tables(classified.rows("pii"))[2],
        *classified.rows("leaks")[1:],
        *classified.rows("speed"),
        *(row for part in extracted.PARTS for row in told(part)),
        *flow_report.rows(result("flow"), result("flow_backfill"), result("flow_kill")),
        f"expected calibration error {ocr['calibration']['ece']}",
    ]


def told(part: str) -> list[str]:
    """Return what the README tells of a part of extraction: of sets without a fault, one row."""
    rows = extracted.rows(part)
    perfect = [name for name, held in result("extract_fields")["sets"].items() if not held["wrong"]]
    last = len(tables(rows)[0]) if part == "fields" else len(rows)
    alone = tuple(f"| {name} |" for name in perfect)
    return [row for at, row in enumerate(rows) if row and (at < last or not row.startswith(alone))]


def tables(rows: list[str]) -> list[list[str]]:
    """Return rows of Markdown as tables, which an empty row parts."""
    return [table.splitlines() for table in "\n".join(rows).split("\n\n")]


@pytest.mark.parametrize("figure", figures())
def test_a_figure_is_the_last_result(figure: str) -> None:
    assert figure in README


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^make (\w+)|`make (\w+)", README, re.MULTILINE))
    named = {one or other for one, other in targets}
    assert named
    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
