"""Whatever is planted in a document, and however it is disguised, its level keeps it in.

The whole corpus is a benchmark (`benchmarks.classify.leaks`); here are some hundreds of another
seed, and what the corpus itself has to be for its figures to mean anything.
"""

from __future__ import annotations

import random

import pytest
from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.model import Level

from benchmarks.classify.leak_corpus import (
    DISGUISES,
    IDENTIFIERS,
    PLACES,
    Identifier,
    Planted,
    documents,
)
from benchmarks.classify.leaks import decided, is_looser, rows, run, wilson
from tests.unit.classify.pages import page_of

COUNT = 360
SEED = 77


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return list(documents(COUNT, SEED))


def test_nothing_that_was_planted_gets_out(planted: list[Planted]) -> None:
    leaks = [
        (each.number, each.markings, each.carried, each.disguise)
        for each in planted
        if is_looser(decided(each).value, each.least)
    ]

    assert leaks == []


def test_the_corpus_has_something_of_everything(planted: list[Planted]) -> None:
    places = {marking.place for each in planted for marking in each.markings}
    assert places == set(PLACES)
    assert {each.disguise for each in planted} == {None, *DISGUISES}
    assert {each.identifier for each in planted} == {None, *IDENTIFIERS}
    assert {marking.level for each in planted for marking in each.markings} == set(Level)
    assert {each.least for each in planted} == set(Level)
    assert {each.truth for each in planted} == set(Level)
    assert any(len(each.markings) > 1 for each in planted)


def test_the_same_seed_gives_the_same_documents(planted: list[Planted]) -> None:
    assert list(documents(20, SEED)) == planted[:20]


def test_a_classifier_that_lets_things_out_is_found(
    planted: list[Planted], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a classifier that is blind to markings
    monkeypatch.setattr("docparser.classify.markings._MARKS", {})

    assert any(is_looser(decided(each).value, each.least) for each in planted[:100])


@pytest.mark.parametrize("identifier", IDENTIFIERS, ids=lambda each: each.name)
def test_what_is_planted_as_an_identifier_is_one(identifier: Identifier) -> None:
    rng = random.Random(5)
    for carrier in identifier.carriers:
        watch = PiiWatch()
        watch.read(Reading(page_of(f"A line\n\n{carrier.format(identifier.make(rng))}")))
        assert watch.counts.total() >= 1, carrier


def test_the_figures_are_those_of_the_corpus() -> None:
    result = run(60, SEED)

    assert result["documents"] == 60
    assert sum(row["documents"] for row in result["over_classified_by_truth"].values()) == 60
    assert dict(rows(result))["leaks"] == "0 (at most 5.00%)"
    low, high = wilson(5, 100)
    assert (round(low, 3), round(high, 3)) == (0.022, 0.112)
