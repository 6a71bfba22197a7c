"""Phrases of scanned pages are found, each on its page and in its place."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from docparser_client import Client

from samples.demo import fresh
from samples.generate import DOCUMENTS
from tests.e2e.conftest import Command, outcomes

PHRASES = Path(DOCUMENTS).parent / "phrases.tsv"
SIDES = ("left", "top", "right", "bottom")

Box = tuple[float, ...]


def phrases() -> list[dict[str, str]]:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def scanned(
    docparser: Command, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Client, dict[str, str]]]:
    """The API, and the ids of the scanned samples by their names."""
    whole, wanted, out = (tmp_path_factory.mktemp(name) for name in ("all", "scans", "out"))
    fresh(DOCUMENTS, whole)
    for name in {row["name"] for row in phrases()}:
        (wanted / name).parent.mkdir(exist_ok=True)
        (whole / name).rename(wanted / name)
    ran = docparser("process", wanted, "--out", out)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    ids = {name: row["document_id"] for name, row in outcomes(out).items()}
    with Client(docparser.api) as client:
        yield client, ids


def test_there_are_enough_of_them() -> None:
    assert len(phrases()) >= 20


@pytest.mark.parametrize("row", phrases(), ids=lambda row: f"{row['name']}: {row['phrase']}")
def test_a_phrase_is_found_where_it_stands(
    scanned: tuple[Client, dict[str, str]], row: dict[str, str]
) -> None:
    client, ids = scanned
    hits = [
        hit
        for hit in client.search(f'"{row["phrase"]}"')
        if hit.document_id == ids[row["name"]] and hit.page == int(row["page"])
    ]
    assert hits, "not found on its page"
    true = tuple(float(row[side]) for side in SIDES)
    xs, ys = zip(*(hits[0].polygon or ()), strict=True)
    assert overlap((min(xs), min(ys), max(xs), max(ys)), true) >= 0.5


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share, as a part of the area that they cover (IoU)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (one, other)]
    return shared / (sum(areas) - shared)


def test_overlap_is_measured() -> None:
    assert overlap((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
