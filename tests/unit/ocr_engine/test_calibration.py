"""What a word's confidence means, and that it keeps the order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from docparser_ocr.calibration import KNOTS, calibrated


def test_knots_rise() -> None:
    assert KNOTS[0] == (0.0, 0.0)
    assert KNOTS[-1][0] == 1.0
    assert all(x < right and y <= above for (x, y), (right, above) in pairwise(KNOTS))


def test_a_surer_word_is_likelier_right() -> None:
    values = [calibrated(step / 1000) for step in range(1001)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0.0, KNOTS[-1][1])


@pytest.mark.parametrize(("certainty", "share"), KNOTS)
def test_knots_are_met(certainty: float, share: float) -> None:
    assert calibrated(certainty) == pytest.approx(share)


def test_between_knots_it_is_straight() -> None:
    (left, low), (right, high) = KNOTS[:2]
    assert calibrated((left + right) / 2) == pytest.approx((low + high) / 2)


@pytest.mark.parametrize(("certainty", "edge"), [(-0.1, 0.0), (1.0000001, KNOTS[-1][1])])
def test_rounding_does_not_leave_the_map(certainty: float, edge: float) -> None:
    assert calibrated(certainty) == edge
