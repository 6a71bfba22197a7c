"""The page plan: every page in one shard, in order, and never more shards than fit."""

from __future__ import annotations

import pytest
from docparser.errors import Rejected
from docparser.intake.lanes import PlannedPage
from docparser.intake.shards import plan_shards, with_fewer_changes
from docparser.model import Lane, LaneReason, PageCode
from docparser.settings import Limits
from hypothesis import given
from hypothesis import strategies as st

LIMITS = Limits()
TEXT = PlannedPage(Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED, None)
SCAN = PlannedPage(Lane.GPU, LaneReason.NO_TEXT_LAYER, None)
HUGE = PlannedPage(Lane.TEXT, LaneReason.NO_TEXT_LAYER, PageCode.PAGE_TOO_LARGE)


@given(
    lanes=st.lists(st.sampled_from(list(Lane)), min_size=1, max_size=300),
    shard_pages=st.integers(1, 20),
)
def test_every_page_is_in_one_shard_of_its_lane(lanes: list[Lane], shard_pages: int) -> None:
    shards = plan_shards(lanes, Limits(shard_pages=shard_pages))
    pages = [
        (number, shard.lane)
        for shard in shards
        for number in range(shard.first_page, shard.last_page + 1)
    ]
    assert pages == list(enumerate(lanes, start=1))
    assert [shard.shard_id for shard in shards] == [f"s{n:04d}" for n in range(1, len(shards) + 1)]


@pytest.mark.parametrize(
    ("lane", "pages", "shards", "largest"),
    [
        (Lane.TEXT, 1, 1, 1),
        (Lane.TEXT, 8, 1, 8),
        (Lane.TEXT, 9, 2, 8),
        (Lane.TEXT, 639, 80, 8),
        (Lane.TEXT, 640, 40, 16),
        (Lane.TEXT, 3000, 188, 16),
        (Lane.GPU, 3000, 375, 8),
        (Lane.GPU, 3201, 356, 9),
    ],
)
def test_shards_grow_with_the_document(lane: Lane, pages: int, shards: int, largest: int) -> None:
    planned = plan_shards([lane] * pages, LIMITS)
    assert len(planned) == shards
    assert max(shard.last_page - shard.first_page + 1 for shard in planned) == largest


def test_lanes_that_alternate_too_often_are_refused() -> None:
    with pytest.raises(Rejected, match="TOO_MANY_PAGES"):
        plan_shards([Lane.TEXT, Lane.GPU] * 300, LIMITS)


def test_a_document_of_alternating_lanes_is_read_as_pictures_where_it_must() -> None:
    # Given a scan with a digital page after each, and one longer digital chapter
    pages = [SCAN, TEXT] * 500 + [TEXT] * 20 + [SCAN] * 3
    # When its lanes are settled
    settled = with_fewer_changes(pages, LIMITS.max_shards // 2, Lane.GPU)
    # Then it can be cut, the chapter keeps its text, and only digital pages changed
    shards = plan_shards([page.lane for page in settled], LIMITS)
    assert len(shards) <= LIMITS.max_shards
    assert settled[-23:] == pages[-23:]
    changed = {(before, after) for before, after in zip(pages, settled, strict=True)}
    assert changed <= {
        (SCAN, SCAN),
        (TEXT, TEXT),
        (TEXT, PlannedPage(Lane.GPU, LaneReason.POLICY, None)),
    }


def test_pages_that_change_lanes_seldom_are_left_alone() -> None:
    pages = [SCAN, TEXT] * 100
    assert with_fewer_changes(pages, 200, Lane.GPU) is pages


def test_refused_pages_are_never_rendered() -> None:
    pages = [SCAN, HUGE] * 300
    assert with_fewer_changes(pages, 200, Lane.CPU) == pages


def test_a_shard_knows_who_reads_it_if_its_own_lane_cannot() -> None:
    fallbacks = {Lane.GPU: Lane.CPU, Lane.CPU: Lane.GPU, Lane.TEXT: None}
    shards = plan_shards([Lane.TEXT, Lane.GPU, Lane.CPU, Lane.TEXTRACT], LIMITS, fallbacks)
    assert [shard.fallback for shard in shards] == [None, Lane.CPU, Lane.GPU, None]
    assert not any(shard.fell_back for shard in shards)


CPU = PlannedPage(Lane.CPU, LaneReason.NO_TEXT_LAYER, None)
TEXTRACT = PlannedPage(Lane.TEXTRACT, LaneReason.POLICY, None)


def test_scans_that_are_too_scattered_go_to_one_lane_within_the_account() -> None:
    # Given scans of which every second calls for Textract
    pages = [CPU, TEXTRACT] * 300
    # Then the engine reads them all
    settled = with_fewer_changes(pages, 200, Lane.CPU)
    assert {page.lane for page in settled} == {Lane.CPU}
    assert settled[0] == CPU
    assert settled[1] == PlannedPage(Lane.CPU, LaneReason.POLICY, None)
    # And where there are digital pages as well, fewer of these change than without
    mixed = with_fewer_changes([CPU, TEXTRACT, TEXT] * 130, 200, Lane.CPU)
    assert {page.lane for page in mixed} == {Lane.CPU, Lane.TEXT}
    assert len(plan_shards([page.lane for page in mixed], LIMITS)) <= LIMITS.max_shards


def test_nothing_leaves_the_account_to_make_shards_fewer() -> None:
    pages = [TEXTRACT, TEXT] * 300
    assert with_fewer_changes(pages, 200, None) == pages
    # Where an engine is deployed, it reads them, whoever would have read them better.
    settled = with_fewer_changes(pages, 200, Lane.CPU)
    assert {page.lane for page in settled} == {Lane.CPU, Lane.TEXT}
    assert len(plan_shards([page.lane for page in settled], LIMITS)) <= LIMITS.max_shards


def test_a_forced_lane_is_not_changed_to_make_shards_fewer() -> None:
    forced = PlannedPage(Lane.TEXTRACT, LaneReason.FORCED, None)
    layer = PlannedPage(Lane.TEXT, LaneReason.FORCED, None)
    pages = [forced, CPU, layer, CPU] * 200
    assert with_fewer_changes(pages, 200, Lane.CPU) == pages
