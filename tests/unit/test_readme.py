"""The README quotes the benchmarks' last results exactly, and names what is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def result(name: str) -> dict:
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))


def figures() -> list[str]:
    pipeline, lane, classifier = result("pipeline"), result("text_lane"), result("classify")
    slowest = max(result("init")["functions"].items(), key=lambda row: row[1]["ratio"])
    stages = pipeline["handler_milliseconds_per_document"]
    return [
        f"{pipeline['documents_per_second']} documents a second",
        *(f"{name} {milliseconds}" for name, milliseconds in stages.items()),
        f"a page of {lane['characters_a_page']:,} characters",
        f"{lane['cpu_ms_a_page_median']} ms CPU, {lane['ratio_to_bare_pdfium']} times",
        f"{classifier['cpu_ms_a_page_of_prose']} ms CPU for prose",
        f"{classifier['cpu_ms_a_page_of_numbers']} ms for a page dense with numbers",
        f"(`{slowest[0]}`)",
        f"{slowest[1]['ratio']} times the CPU time",
    ]


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
