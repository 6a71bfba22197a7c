"""What a score is worth, and that the fit finds what it was made with."""

from __future__ import annotations

import json
import random

import pytest
from docparser.extract import calibration
from docparser.model import DocumentType, FieldSource

from benchmarks.extract.calibrating import Seen, fitted, left_out


def test_scaling_keeps_the_order_and_stays_between_0_and_1() -> None:
    scores = [number / 50 for number in range(51)]
    made = [calibration.scaled(score, 0.6, 1.1) for score in scores]
    assert made == sorted(made)
    assert all(0 < share < 1 for share in made)


@pytest.mark.parametrize("source", [FieldSource.XML, FieldSource.REVIEW])
def test_what_is_stated_is_not_scaled(source: FieldSource) -> None:
    assert calibration.calibrated(DocumentType.INVOICE, source, 1.0) == 1.0


def test_a_type_that_nobody_measured_keeps_its_scores() -> None:
    assert calibration.calibrated(DocumentType.OTHER, FieldSource.LAYOUT, 0.42) == 0.42


def test_the_stored_parameters_raise_with_evidence() -> None:
    for held in json.loads(calibration.PARAMETERS.read_text("utf-8"))["types"].values():
        assert held["slope"] > 0


def test_a_fit_takes_most_of_the_error_away() -> None:
    generator = random.Random(3)
    values = []
    for number in range(400):
        score = 0.3 + 0.6 * generator.random()
        right = generator.random() < calibration.scaled(score, 0.8, 1.5)
        values.append(Seen(str(number % 20), score, right))
    slope, shift = fitted(values)
    assert slope == pytest.approx(0.8, abs=0.5)
    assert shift == pytest.approx(1.5, abs=0.6)
    unscaled = sum(abs(value.score - calibration.scaled(value.score, 0.8, 1.5)) for value in values)
    assert left_out(values) < 0.5 * unscaled / len(values)
