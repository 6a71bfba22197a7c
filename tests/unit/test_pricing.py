"""What a document costs: measured use times dated prices."""

from __future__ import annotations

from decimal import Decimal

from docparser import pricing


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


def test_more_pages_and_zones_cost_more() -> None:
    def cost(**shape: float) -> Decimal:
        base = {"gb_seconds": 1.0, "shards": 1, "zones": 1}
        return pricing.cost_usd(pricing.use_of_walk(**{**base, **shape}))

    assert cost() < cost(zones=3) < cost(zones=3, shards=10)
    # A page costs a fraction of a cent: the peers' cheapest lane is $0.0015.
    assert cost() < Decimal("0.0005")
