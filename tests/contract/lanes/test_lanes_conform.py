"""What every lane that reads pictures does alike: cpu, gpu and textract."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docparser.model import Lane, LaneReason, OcrAnswer, PageCode, PageStatus, RejectedCode, Status

from tests.contract.lanes import drawn
from tests.contract.lanes.invariants import breaches, document_breaches, shard_breaches
from tests.contract.lanes.reading import sent

if TYPE_CHECKING:
    from docparser.model import Page
    from docparser_ocr.session import Reader

    from tests.contract.lanes.conftest import LaneReadings, Readings
    from tests.stack import Pipeline

ENGINE_LANES = (Lane.CPU, Lane.GPU, Lane.TEXTRACT)
PICTURES = tuple(drawn.pictures())

# Page of a document, and the degrees clockwise that make it upright.
ROTATIONS = {
    ("scans", "plain"): 0,
    ("scans", "turned 90"): 270,
    ("scans", "turned 180"): 180,
    ("scans", "turned 270"): 90,
    ("scans", "skewed"): 0,
    ("scans", "fax"): 0,
    ("scans", "after it"): 0,
    ("PDF", "digital"): 0,
    ("PDF", "scan"): 0,
    ("PDF", "digital /Rotate 90"): 90,
    ("PDF", "scan /Rotate 270"): 270,
    ("PDF", "digital /Rotate 180"): 180,
}


@pytest.fixture(params=ENGINE_LANES)
def lane(request: pytest.FixtureRequest) -> Lane:
    return request.param


@pytest.fixture
def read(readings: LaneReadings, lane: Lane) -> Readings:
    return readings(lane)


def words(page: Page) -> list[str]:
    """Return a page's words in reading order."""
    return [word.text for block in page.blocks for line in block.lines for word in line.words]


# ---------------------------------------------------------------- invariants
@pytest.mark.parametrize("document", ["scans", "PDF", *PICTURES])
def test_pages_keep_what_the_model_promises(read: Readings, document: str) -> None:
    reading = read[document]
    found = [
        breach
        for planned, shard in zip(reading.planned, reading.shards, strict=True)
        for breach in shard_breaches(planned, shard, reading.reasons)
    ]
    found += document_breaches(reading.planned, reading.shards, reading.page_count, reading.gaps)
    assert found == []


@pytest.mark.parametrize("document", ["scans", "PDF", *PICTURES])
def test_pages_are_read_where_they_were_sent_and_have_a_price(
    read: Readings, document: str, lane: Lane
) -> None:
    reading = read[document]
    expected = [
        Lane.TEXT if name in {"too large", "cut off", "empty"} else lane
        for name in reading.drawn.pages
    ]
    pages = [page for shard in reading.shards for page in shard.pages]
    assert [page.lane for page in pages] == expected
    for page in pages:
        assert (page.cost_usd > 0) == (page.status is PageStatus.OK), page.number


# ---------------------------------------------------------------- what is on them
@pytest.mark.parametrize(("document", "name"), ROTATIONS)
def test_the_page_says_the_same_however_it_lies(
    read: Readings, lane: Lane, document: str, name: str
) -> None:
    page = read[document][name]
    assert words(page) == drawn.WORDS
    assert page.rotation == ROTATIONS[document, name]
    assert (page.width_pt, page.height_pt) == pytest.approx(drawn.SIZE_PT, abs=1)
    assert page.language == ("und" if lane is Lane.TEXTRACT else "en")  # Textract does not tell
    (table,) = page.tables
    assert [cell.text for cell in table.cells] == drawn.CELLS


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_the_same_in_every_form(read: Readings, name: str) -> None:
    page = read[name][name]
    assert words(page) == drawn.NOTE_WORDS
    assert page.width_pt == pytest.approx(2 * page.height_pt, rel=0.01)
    assert page.rotation == (90 if name in {"EXIF JPEG", "turned TIFF"} else 0)


@pytest.mark.parametrize("name", drawn.NOTE_FRAMES)
def test_a_frame_says_the_same_in_every_form(read: Readings, name: str) -> None:
    page = read["scans"][name]
    assert words(page) == drawn.NOTE_WORDS
    assert page.width_pt == pytest.approx(2 * page.height_pt, rel=0.01)
    assert page.rotation == (90 if "turned" in name else 0)


def test_a_blank_page_is_read_and_has_nothing(read: Readings) -> None:
    for page in (read["scans"]["blank"], read["PDF"]["empty"]):
        assert (page.status, page.blocks, page.tables) == (PageStatus.OK, (), ())


@pytest.mark.parametrize("name", ["1x1", "3x3", "40x12"])
def test_a_tiny_picture_is_a_page_with_nothing(read: Readings, name: str) -> None:
    page = read["scans"][name]
    assert (page.status, page.blocks) == (PageStatus.OK, ())


def test_a_huge_picture_is_read(read: Readings) -> None:
    assert words(read["scans"]["huge"]) == drawn.NOTE_WORDS


def test_words_up_the_margin_are_read_beside_the_page(read: Readings) -> None:
    page = read["scans"]["margin"]
    found = words(page)
    begin = found.index(drawn.MARGIN_WORDS[0])
    assert found[begin : begin + len(drawn.MARGIN_WORDS)] == drawn.MARGIN_WORDS
    del found[begin : begin + len(drawn.MARGIN_WORDS)]
    assert found == drawn.WORDS
    assert page.rotation == 0


def test_a_strip_is_read_from_end_to_end(read: Readings) -> None:
    assert words(read["scans"]["strip"]) == drawn.STRIP_WORDS


def test_three_thousand_words_are_read(read: Readings) -> None:
    found, printed = words(read["PDF"]["dense"]), drawn.dense_words()
    assert len(found) == pytest.approx(len(printed), rel=0.01)
    alike = sum(map(str.__eq__, found, printed))
    assert alike > 0.95 * len(printed) or found[-20:] == printed[-20:]


# ---------------------------------------------------------------- what cannot be read
def test_pages_that_cannot_be_read_have_their_codes_and_their_neighbours_are_read(
    read: Readings, lane: Lane
) -> None:
    reading = read["scans"]
    expected = {
        reading.drawn.number("undecodable"): PageCode.PAGE_UNREADABLE,
        reading.drawn.number("too large"): PageCode.PAGE_TOO_LARGE,
        reading.drawn.number("cut off"): PageCode.PAGE_UNREADABLE,
    }
    assert {gap.page: gap.code for gap in reading.gaps} == expected
    if reading.record is not None:
        assert reading.record.status is Status.PARTIAL
        assert reading.record.failed_pages == len(expected)
        assert reading.record.pages_by_lane == {lane: reading.page_count - len(expected)}


# ---------------------------------------------------------------- the lanes beside each other
def plain(page: Page) -> Page:
    """Return a page without what its lane says of itself."""
    return page.model_copy(
        update={"lane": Lane.CPU, "lane_reason": LaneReason.FORCED, "cost_usd": Decimal(0)}
    )


@pytest.mark.parametrize("document", ["scans", "PDF", *PICTURES])
def test_cpu_and_gpu_read_the_same(readings: LaneReadings, document: str) -> None:
    here, there = readings(Lane.CPU)[document], readings(Lane.GPU)[document]
    for name in here.drawn.pages:
        assert words(here[name]) == words(there[name]), name
        assert plain(here[name]) == plain(there[name]), name


@pytest.mark.parametrize("document", ["scans", "PDF", *PICTURES])
def test_textract_finds_the_words_where_the_engine_does(
    readings: LaneReadings, document: str
) -> None:
    engine, textract = readings(Lane.CPU)[document], readings(Lane.TEXTRACT)[document]
    for name in set(engine.drawn.pages) - {"dense"}:
        for own, other in zip(placed(engine[name]), placed(textract[name]), strict=True):
            assert own[0] == other[0]
            assert other[1] == pytest.approx(own[1], abs=0.01), (name, own[0])


def placed(page: Page) -> list[tuple[str, list[float]]]:
    """Return the words with their corners, left to right and down in turn."""
    return [
        (word.text, [share for corner in word.polygon for share in corner])
        for block in page.blocks
        for line in block.lines
        for word in line.words
    ]


# ---------------------------------------------------------------- a picture that is cut off
@pytest.mark.parametrize("lane", [Lane.GPU, Lane.TEXTRACT])
def test_half_a_picture_is_rejected(pipeline: Pipeline, lane: Lane) -> None:
    record = pipeline.ended(sent(pipeline, drawn.truncated(), lane))
    assert (record.status, record.code) == (Status.REJECTED, RejectedCode.CORRUPT)


def test_half_a_picture_is_a_page_with_a_code_to_the_engine(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(drawn.truncated().content)
    answer = reader.read(path, drawn.truncated().media_type, 60)
    assert OcrAnswer.model_validate_json(answer.to_json()) == answer
    (page,) = answer.pages
    assert (page.status, page.code) == (PageStatus.ERROR, PageCode.PAGE_UNREADABLE)
    assert breaches(page) == []
