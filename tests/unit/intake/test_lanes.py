"""Who reads a page: the policy as a table, row by row."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from docparser.intake import lanes
from docparser.intake.lanes import (
    PlannedPage,
    Signals,
    Situation,
    engine_lane,
    fallback,
    plan_lanes,
    start_pays,
    textract_allowed,
)
from docparser.model import Lane, LanePolicy, LaneReason, Level, PageCode
from docparser.store.endpoint_state import EndpointState

TEXT = Signals(LaneReason.TEXT_LAYER_TRUSTED, scan=False, layered=True)
BLANK = Signals(LaneReason.NO_TEXT_LAYER, scan=False)
SCAN = Signals(LaneReason.NO_TEXT_LAYER, scan=True, dpi=300, cover=1.0)
STAMPED = Signals(LaneReason.NO_TEXT_LAYER, scan=True, layered=True, dpi=300, cover=1.0)
GARBLED = Signals(LaneReason.TEXT_LAYER_GARBLED, scan=True, layered=True)
PHOTO = Signals(LaneReason.IMAGE_INPUT, scan=True, dpi=340, cover=1.0)
COARSE = Signals(LaneReason.IMAGE_INPUT, scan=True, dpi=96, cover=1.0)
REFUSED = Signals(LaneReason.NO_TEXT_LAYER, scan=True, refused=PageCode.PAGE_TOO_LARGE)

COST, FAST, QUALITY = LanePolicy.COST, LanePolicy.FAST, LanePolicy.QUALITY
WARM, WAKING, COLD, NONE = (
    EndpointState.WARM,
    EndpointState.WAKING,
    EndpointState.COLD,
    EndpointState.NONE,
)
FEW, MANY, HUGE = lanes.FEW_SCANS, lanes.FEW_SCANS + 1, 1_000_000


def situation(
    policy: LanePolicy = COST,
    endpoint: EndpointState = WARM,
    *,
    cpu: bool = True,
    textract: bool = False,
    forced: Lane | None = None,
) -> Situation:
    return Situation(endpoint, cpu, textract, policy, forced)


# policy, endpoint, scans -> the engine's lane, and whether a sleeping endpoint was passed over
ENGINE = [
    (COST, WARM, FEW, Lane.CPU, False),
    (COST, WARM, MANY, Lane.GPU, False),
    (COST, WAKING, FEW, Lane.CPU, False),
    (COST, WAKING, MANY, Lane.GPU, False),
    (COST, COLD, FEW, Lane.CPU, False),
    (COST, COLD, MANY, Lane.CPU, True),
    (COST, COLD, HUGE, Lane.GPU, False),
    (COST, NONE, HUGE, Lane.CPU, False),
    (QUALITY, WARM, FEW, Lane.CPU, False),
    (QUALITY, WARM, MANY, Lane.GPU, False),
    (QUALITY, WAKING, MANY, Lane.GPU, False),
    (QUALITY, COLD, MANY, Lane.CPU, True),
    (QUALITY, COLD, HUGE, Lane.GPU, False),
    (QUALITY, NONE, HUGE, Lane.CPU, False),
    (FAST, WARM, 1, Lane.GPU, False),
    (FAST, WARM, HUGE, Lane.GPU, False),
    (FAST, WAKING, 1, Lane.CPU, True),
    (FAST, WAKING, HUGE, Lane.CPU, True),
    (FAST, COLD, 1, Lane.CPU, True),
    (FAST, COLD, HUGE, Lane.CPU, True),
    (FAST, NONE, HUGE, Lane.CPU, False),
]


@pytest.mark.parametrize(("policy", "endpoint", "scans", "lane", "passed_over"), ENGINE)
def test_the_engine_reads_where_the_table_says(
    policy: LanePolicy, endpoint: EndpointState, scans: int, lane: Lane, *, passed_over: bool
) -> None:
    assert engine_lane(scans, situation(policy, endpoint)) == (lane, passed_over)


def test_the_table_knows_every_policy_and_state() -> None:
    assert lanes.ENDPOINT_READS.keys() == set(product(LanePolicy, EndpointState))
    assert {row[:2] for row in ENGINE} == lanes.ENDPOINT_READS.keys()


@pytest.mark.parametrize(("policy", "scans"), [*product(LanePolicy, [1, FEW, MANY, HUGE])])
def test_where_there_is_no_cpu_lane_the_endpoint_reads_whatever_it_costs(
    policy: LanePolicy, scans: int
) -> None:
    for endpoint in (WARM, WAKING, COLD):
        assert engine_lane(scans, situation(policy, endpoint, cpu=False)) == (Lane.GPU, False)
    assert engine_lane(scans, situation(policy, NONE, cpu=False)) == (None, False)


# ---------------------------------------------------------------------- prices
def test_a_sleeping_endpoint_is_woken_where_it_saves_more_than_its_start() -> None:
    saved = lanes.cpu_price() - lanes.gpu_price()
    enough = int(lanes.start_price() / saved) + 1
    assert start_pays(enough)
    assert not start_pays(enough - 1)


def test_the_estimates_are_what_the_report_says() -> None:
    assert round(lanes.cpu_price(), 7) == Decimal("0.0000617")
    assert round(lanes.gpu_price(), 7) == Decimal("0.0000196")
    assert round(lanes.start_price(), 4) == Decimal("0.4224")
    assert not start_pays(10_000)
    assert start_pays(10_100)


@pytest.mark.parametrize(
    ("figure", "value", "pays"),
    [
        ("CPU_GB_SECONDS_A_PAGE", Decimal(15), True),
        ("GPU_SECONDS_A_PAGE", Decimal("0.2"), False),  # then a page costs less on the CPU
        ("START_MINUTES", Decimal(0), False),
    ],
)
def test_other_figures_give_other_answers(
    monkeypatch: pytest.MonkeyPatch, figure: str, value: Decimal, *, pays: bool
) -> None:
    monkeypatch.setattr(lanes, figure, value)
    assert start_pays(3000) is pays


# ---------------------------------------------------------------------- Textract
FORBIDDEN = {Level.CONFIDENTIAL, Level.RESTRICTED}
OPEN = {Level.PUBLIC, Level.INTERNAL}


@pytest.mark.parametrize(
    ("deployed", "level", "tenant_allows"),
    [*product([True, False], [None, *Level], [True, False])],
)
def test_textract_sees_what_was_declared_or_what_its_tenant_allows(
    *, deployed: bool, level: Level | None, tenant_allows: bool
) -> None:
    expected = {
        (True, None, True),
        *((True, level, allows) for level in OPEN for allows in (True, False)),
    }
    allowed = textract_allowed(deployed=deployed, level=level, tenant_allows=tenant_allows)
    assert allowed is ((deployed, level, tenant_allows) in expected)
    assert not (allowed and level in FORBIDDEN)


@pytest.mark.parametrize(
    ("policy", "page", "lane", "reason"),
    [
        (QUALITY, COARSE, Lane.TEXTRACT, LaneReason.POLICY),
        (QUALITY, PHOTO, Lane.CPU, LaneReason.IMAGE_INPUT),
        (QUALITY, SCAN._replace(rules=6), Lane.TEXTRACT, LaneReason.POLICY),
        (QUALITY, SCAN._replace(rules=5), Lane.CPU, LaneReason.NO_TEXT_LAYER),
        (QUALITY, SCAN._replace(dpi=149.9), Lane.TEXTRACT, LaneReason.POLICY),
        # A coarse logo on a page of drawn letters
        (QUALITY, SCAN._replace(dpi=72, cover=0.1), Lane.CPU, LaneReason.NO_TEXT_LAYER),
        (QUALITY, SCAN._replace(dpi=150), Lane.CPU, LaneReason.NO_TEXT_LAYER),
        (QUALITY, PHOTO._replace(skew=-11), Lane.TEXTRACT, LaneReason.POLICY),
        (QUALITY, PHOTO._replace(skew=10), Lane.CPU, LaneReason.IMAGE_INPUT),
        # Nobody pays for an empty page
        (QUALITY, COARSE._replace(ink=0.0019), Lane.CPU, LaneReason.IMAGE_INPUT),
        (QUALITY, COARSE._replace(ink=0.002), Lane.TEXTRACT, LaneReason.POLICY),
        (QUALITY, TEXT._replace(rules=40), Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED),
        (COST, COARSE, Lane.CPU, LaneReason.IMAGE_INPUT),
        (FAST, COARSE, Lane.GPU, LaneReason.IMAGE_INPUT),
    ],
)
def test_quality_shows_textract_the_pages_that_call_for_it(
    policy: LanePolicy, page: Signals, lane: Lane, reason: LaneReason
) -> None:
    assert plan_lanes([page], situation(policy, textract=True)) == [PlannedPage(lane, reason, None)]
    # And nobody shows it any where it may not see the document.
    (page,) = plan_lanes([page], situation(policy))
    assert page.lane is not Lane.TEXTRACT


def test_textract_reads_alone_where_no_engine_is_deployed() -> None:
    for policy in LanePolicy:
        alone = situation(policy, NONE, cpu=False, textract=True)
        assert plan_lanes([SCAN, TEXT], alone) == [
            PlannedPage(Lane.TEXTRACT, LaneReason.NO_TEXT_LAYER, None),
            PlannedPage(Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED, None),
        ]


# ---------------------------------------------------------------------- pages
def test_pages_that_need_no_engine_and_refused_ones_stay_in_the_text_lane() -> None:
    for policy, endpoint in product(LanePolicy, EndpointState):
        assert plan_lanes([TEXT, BLANK, REFUSED], situation(policy, endpoint, textract=True)) == [
            PlannedPage(Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED, None),
            PlannedPage(Lane.TEXT, LaneReason.NO_TEXT_LAYER, None),
            PlannedPage(Lane.TEXT, LaneReason.NO_TEXT_LAYER, PageCode.PAGE_TOO_LARGE),
        ]


def test_the_scans_of_a_document_go_together_and_only_they_count() -> None:
    # Given many pages of which few are scans
    few = [TEXT] * 50 + [SCAN] * (FEW - 1) + [GARBLED] + [REFUSED] * 50
    # Then they are few
    planned = plan_lanes(few, situation())
    assert {page.lane for page in planned[50 : 50 + FEW]} == {Lane.CPU}
    # And one more makes them many, all of them
    planned = plan_lanes([*few, PHOTO], situation())
    assert [page.lane for page in planned if page.lane is not Lane.TEXT] == [Lane.GPU] * MANY


def test_a_sleeping_endpoint_that_was_passed_over_is_the_reason() -> None:
    cold = plan_lanes([SCAN] * MANY + [TEXT], situation(COST, COLD))
    assert set(cold[:-1]) == {PlannedPage(Lane.CPU, LaneReason.FALLBACK_COLD, None)}
    assert cold[-1].reason is LaneReason.TEXT_LAYER_TRUSTED
    # Few would not have gone there anyway.
    assert plan_lanes([SCAN], situation(COST, COLD))[0].reason is LaneReason.NO_TEXT_LAYER


def test_without_any_engine_scans_are_told_of_by_the_text_lane() -> None:
    nothing = situation(COST, NONE, cpu=False)
    for page in (SCAN, GARBLED, PHOTO):
        assert plan_lanes([page], nothing) == [PlannedPage(Lane.TEXT, page.reason, None)]


FORCED = [
    (Lane.CPU, {"cpu": True}, SCAN, Lane.CPU, LaneReason.FORCED),
    # A digital page may be read as a picture, if its owner does not trust it
    (Lane.CPU, {"cpu": True}, TEXT, Lane.CPU, LaneReason.FORCED),
    (Lane.CPU, {"cpu": False}, SCAN, Lane.GPU, LaneReason.POLICY),
    (Lane.CPU, {"cpu": False}, TEXT, Lane.TEXT, LaneReason.POLICY),
    (Lane.GPU, {"endpoint": COLD}, SCAN, Lane.GPU, LaneReason.FORCED),
    (Lane.GPU, {"endpoint": NONE}, SCAN, Lane.CPU, LaneReason.POLICY),
    (Lane.TEXTRACT, {"textract": True}, SCAN, Lane.TEXTRACT, LaneReason.FORCED),
    (Lane.TEXTRACT, {"textract": False}, SCAN, Lane.CPU, LaneReason.POLICY),
    (Lane.TEXT, {}, TEXT, Lane.TEXT, LaneReason.FORCED),
    (Lane.TEXT, {}, STAMPED, Lane.TEXT, LaneReason.FORCED),
    # Nothing to read there, or nothing to believe
    (Lane.TEXT, {}, SCAN, Lane.CPU, LaneReason.POLICY),
    (Lane.TEXT, {}, GARBLED, Lane.CPU, LaneReason.POLICY),
    (Lane.CPU, {}, BLANK, Lane.TEXT, LaneReason.POLICY),
    # The text lane must know that these are not its own
    (Lane.CPU, {"cpu": False, "endpoint": NONE}, STAMPED, Lane.TEXT, LaneReason.NO_TEXT_LAYER),
    (Lane.CPU, {"cpu": False, "endpoint": NONE}, GARBLED, Lane.TEXT, LaneReason.TEXT_LAYER_GARBLED),
]


@pytest.mark.parametrize(("forced", "given", "page", "lane", "reason"), FORCED)
def test_a_forced_lane_is_obeyed_where_it_can_be(
    forced: Lane, given: dict[str, object], page: Signals, lane: Lane, reason: LaneReason
) -> None:
    planned = plan_lanes([page], situation(forced=forced, **given))  # type: ignore[arg-type]
    assert planned == [PlannedPage(lane, reason, None)]


def test_a_refused_page_is_forced_nowhere() -> None:
    for forced in Lane:
        planned = plan_lanes([REFUSED], situation(textract=True, forced=forced))
        assert planned == [
            PlannedPage(Lane.TEXT, LaneReason.NO_TEXT_LAYER, PageCode.PAGE_TOO_LARGE)
        ]


@pytest.mark.parametrize(
    ("lane", "cpu", "gpu", "expected"),
    [
        (Lane.TEXT, True, True, None),
        (Lane.CPU, True, True, Lane.GPU),
        (Lane.CPU, True, False, None),
        (Lane.GPU, True, True, Lane.CPU),
        (Lane.GPU, False, True, None),
        (Lane.TEXTRACT, True, True, Lane.CPU),
        (Lane.TEXTRACT, False, True, Lane.GPU),
        (Lane.TEXTRACT, False, False, None),
    ],
)
def test_what_a_lane_cannot_read_another_one_in_the_account_does(
    lane: Lane, expected: Lane | None, *, cpu: bool, gpu: bool
) -> None:
    assert fallback(lane, cpu=cpu, gpu=gpu) is expected
