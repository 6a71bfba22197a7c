"""The text lane beside the others: the same promises, on the pages that are its business."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser.model import Lane, LaneReason, PageCode, PageStatus, Status
from docparser.ocr import text_lane
from docparser.pdf_file import open_pdf

from tests.contract.lanes import drawn
from tests.contract.lanes.invariants import breaches, document_breaches, shard_breaches
from tests.contract.lanes.test_lanes_conform import placed, words

if TYPE_CHECKING:
    from docparser.model import Page

    from tests.contract.lanes.conftest import LaneReadings
    from tests.contract.lanes.drawn import Drawn
    from tests.contract.lanes.reading import Reading

ROTATIONS = {"digital": 0, "digital /Rotate 90": 90, "digital /Rotate 180": 180}
SCANS = ("scan", "scan /Rotate 270")


@pytest.fixture(scope="module")
def pages(documents: dict[str, Drawn], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Return the PDF's pages as the lane reads them, by name."""
    document = documents["PDF"]
    path: Path = tmp_path_factory.mktemp("text") / "document.pdf"
    path.write_bytes(document.content)
    layered = LaneReason.TEXT_LAYER_TRUSTED
    with open_pdf(path) as pdf:
        return {
            name: text_lane.read_page(
                pdf, number, LaneReason.NO_TEXT_LAYER if name in SCANS else layered
            )
            for number, name in enumerate(document.pages, start=1)
        }


@pytest.mark.parametrize("name", drawn.pdf().pages)
def test_pages_keep_what_the_model_promises(pages: dict[str, Page], name: str) -> None:
    assert breaches(pages[name]) == []
    assert pages[name].lane is Lane.TEXT


@pytest.mark.parametrize("name", ROTATIONS)
def test_the_page_says_the_same_however_it_lies(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    assert words(page) == drawn.WORDS
    assert page.rotation == ROTATIONS[name]
    assert (page.width_pt, page.height_pt) == pytest.approx(drawn.SIZE_PT, abs=1)
    (table,) = page.tables
    assert [cell.text for cell in table.cells] == drawn.CELLS


def test_a_blank_page_is_read_and_has_nothing(pages: dict[str, Page]) -> None:
    page = pages["empty"]
    assert (page.status, page.blocks, page.tables) == (PageStatus.OK, (), ())


def test_three_thousand_words_are_read(pages: dict[str, Page]) -> None:
    assert words(pages["dense"]) == drawn.dense_words()


@pytest.mark.parametrize("name", SCANS)
def test_a_scan_is_not_its_business(pages: dict[str, Page], name: str) -> None:
    page = pages[name]
    assert (page.status, page.code) == (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)


@pytest.mark.parametrize("name", ROTATIONS)
def test_words_stand_where_the_engine_finds_them(
    pages: dict[str, Page], readings: LaneReadings, name: str
) -> None:
    engine = readings(Lane.CPU)["PDF"][name]
    for own, other in zip(placed(pages[name]), placed(engine), strict=True):
        assert own[0] == other[0]
        assert other[1] == pytest.approx(own[1], abs=0.02), own[0]


# ---------------------------------------------------------------- through the pipeline
def test_a_document_of_both_is_read_page_by_page(
    mixed: Reading, pages: dict[str, Page], readings: LaneReadings
) -> None:
    # Given a PDF of digital pages and a scan, read where the policy chose
    assert mixed.record is not None
    assert mixed.record.status is Status.COMPLETED
    assert mixed.record.pages_by_lane == {Lane.TEXT: 2, Lane.CPU: 1}
    # Then nothing is missing
    found = document_breaches(mixed.planned, mixed.shards, mixed.page_count, mixed.gaps)
    for planned, shard in zip(mixed.planned, mixed.shards, strict=True):
        found += shard_breaches(planned, shard, mixed.reasons)
    assert found == []
    # and each page is what its lane reads alone
    engine = readings(Lane.CPU)["PDF"]
    for name in mixed.drawn.pages:
        alone = engine[name] if name in SCANS else pages[name]
        assert placed(mixed[name]) == placed(alone), name
