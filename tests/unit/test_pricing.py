"""What a document costs: measured use times dated prices."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from docparser import pricing
from docparser.model import Lane

DEFINITION = Path(__file__).parents[2] / "statemachines" / "document.asl.json"


def test_a_price_is_the_sum_of_its_parts() -> None:
    use = pricing.Use(
        gb_seconds=1000,
        functions=1000,
        transitions=1000,
        s3_writes=1000,
        s3_reads=1000,
        table_writes=1000,
        table_reads=1000,
    )
    assert pricing.cost_usd(use) == Decimal("0.044683")


def test_a_second_of_the_endpoint_costs_what_its_instance_costs() -> None:
    hour = pricing.use_of_scans(gpu_seconds=3600, scans=0)
    assert pricing.cost_usd(hour) == Decimal("1.408")


def test_a_scan_costs_its_seconds_and_its_own_requests() -> None:
    def cost(gpu_seconds: float, scans: int) -> Decimal:
        return pricing.cost_usd(pricing.use_of_scans(gpu_seconds=gpu_seconds, scans=scans))

    assert cost(0, 0) == 0
    assert 0 < cost(0, 1) < cost(0, 10) < cost(1, 10)
    # A shard of eight pages, each a quarter of a second: a page costs a hundredth of a cent.
    assert cost(2, 1) / 8 < Decimal("0.00011")


def test_the_transitions_of_a_walk_are_those_of_the_state_machine() -> None:
    # Given the way of a document with a text layer, which takes every choice's default
    states = json.loads(DEFINITION.read_text("utf-8"))
    count, at = 1, states["StartAt"]  # the start is one, too
    while at is not None:
        state = states["States"][at]
        count, at = count + 1, state.get("Default", state.get("Next"))
    # Then it is what is paid for besides each shard's iteration, choice and reader, and each zone's
    # iteration and function
    for shards, zones in ((1, 1), (400, 3)):
        use = pricing.use_of_walk(gb_seconds=1, shards=shards, zones=zones)
        assert use.transitions == count + 3 * shards + 2 * zones


def test_the_functions_of_a_walk_are_those_of_its_tasks() -> None:
    # Given the tasks on the same way, outside of what is repeated for shards and zones
    states = json.loads(DEFINITION.read_text("utf-8"))["States"]
    at, tasks = "Begin", 0
    while at is not None:
        tasks += states[at]["Type"] == "Task"
        at = states[at].get("Default", states[at].get("Next"))
    # Then they are paid for besides intake, dispatch before and after, readers and zones
    use = pricing.use_of_walk(gb_seconds=1, shards=7, zones=2)
    assert use.functions == tasks + 3 + 7 + 2


def test_more_pages_and_zones_cost_more() -> None:
    def cost(**shape: float) -> Decimal:
        base = {"gb_seconds": 1.0, "shards": 1, "zones": 1}
        return pricing.cost_usd(pricing.use_of_walk(**{**base, **shape}))

    assert cost() < cost(zones=3) < cost(zones=3, shards=10)
    # A document of a page costs a fraction of a cent: half of a page in the peers' cheapest lane,
    # which is $0.0015.
    assert cost() < Decimal("0.00075")


@pytest.mark.parametrize(
    ("features", "price"),
    [
        ((), "0.0015"),
        (("LAYOUT",), "0.004"),
        (("TABLES", "TABLES"), "0.015"),
        (("FORMS", "TABLES", "LAYOUT"), "0.069"),
    ],
)
def test_textract_charges_a_page_by_what_it_is_asked_for(
    features: tuple[str, ...], price: str
) -> None:
    assert pricing.textract_charge(features) == Decimal(price)


def test_a_feature_without_a_price_is_not_free() -> None:
    with pytest.raises(KeyError):
        pricing.textract_charge(["SIGNATURES"])


@pytest.mark.parametrize(
    ("lane", "used"),
    [
        (Lane.TEXT, {"gb_seconds": 0.75}),
        (Lane.CPU, {"gb_seconds": 41.5}),
        (Lane.GPU, {"gb_seconds": 0.25, "gpu_seconds": 3.0}),
        (Lane.TEXTRACT, {"gb_seconds": 2.0, "charges_usd": Decimal("0.0455")}),
    ],
)
def test_the_pages_of_a_shard_cost_what_the_record_says_of_it(
    lane: Lane, used: dict[str, float | Decimal]
) -> None:
    """The record's price is that of a walk without this use, and that of the shard's pages."""
    # Given seven pages in one shard
    pages = pricing.page_cost(lane, pages=7, **used) * 7  # type: ignore[arg-type]
    # When the same use is part of a document's

    def document(gb_seconds: float = 0, gpu_seconds: float = 0, charges_usd: object = 0) -> Decimal:
        walk = pricing.use_of_walk(gb_seconds=1 + gb_seconds, shards=1, zones=1)
        scans = pricing.use_of_scans(gpu_seconds=gpu_seconds, scans=1)
        return pricing.cost_usd(walk) + pricing.cost_usd(scans) + Decimal(str(charges_usd))

    # Then the two agree, but for each page's last digit; the cpu lane's seconds are among those of
    # the other stages until Complete parts them
    expected = pricing.on_arm(pages) if lane is Lane.CPU else pages
    assert abs(document(**used) - document() - expected) <= Decimal("0.000006")  # type: ignore[arg-type]


def test_a_lane_has_no_use_of_another() -> None:
    with pytest.raises(ValueError, match="lane"):
        pricing.page_cost(Lane.CPU, pages=1, gpu_seconds=1)
    with pytest.raises(ValueError, match="lane"):
        pricing.page_cost(Lane.GPU, pages=1, charges_usd=Decimal(1))
    with pytest.raises(ValueError, match="pages"):
        pricing.page_cost(Lane.TEXT, pages=0, gb_seconds=1)
