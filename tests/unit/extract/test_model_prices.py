"""What a language model costs: by its list price, and never rounded down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from docparser.pricing import ModelPrice, model_charge, model_price

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


@pytest.mark.parametrize(
    ("model_id", "price"),
    [
        (f"global.{HAIKU}", ModelPrice(Decimal("1.00"), Decimal("5.00"))),
        (f"us.{HAIKU}", ModelPrice(Decimal("1.10"), Decimal("5.50"))),
        (HAIKU, ModelPrice(Decimal("1.10"), Decimal("5.50"))),
        ("eu.amazon.nova-lite-v1:0", ModelPrice(Decimal("0.06"), Decimal("0.24"))),
        ("amazon.nova-lite-v1:0", ModelPrice(Decimal("0.06"), Decimal("0.24"))),
        ("mars.amazon.nova-lite-v1:0", None),
        ("somebody.unheard-of-v1:0", None),
    ],
)
def test_a_model_and_its_profiles_have_prices(model_id: str, price: ModelPrice | None) -> None:
    assert model_price(model_id) == price


def test_a_charge_is_rounded_up() -> None:
    price = ModelPrice(Decimal("0.06"), Decimal("0.24"))

    assert model_charge(price, 0, 0) == 0
    assert model_charge(price, 1, 0) == Decimal("0.000001")
    assert model_charge(price, 1_000_000, 1_000_000) == Decimal("0.30")
