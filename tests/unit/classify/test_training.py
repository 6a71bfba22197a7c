"""The training script: documents, trainer and scores; small runs of what makes the weights."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from docparser.classify import doctype
from docparser.classify.doctype import TypeScore, likely
from docparser.classify.linear import Voice, shares, weights
from docparser.classify.reading import Reading
from docparser.model import DocumentType

from benchmarks.classify.scores import expected_calibration_error, f1_intervals, f1_of, wilson
from benchmarks.classify.training import calibration, logistic
from benchmarks.classify.training.documents import KINDS, Made, documents, strange
from benchmarks.classify.training.grammar import LANGUAGES, Grammar, sections
from tests.unit.classify.pages import page_of

SEED = 5


@pytest.fixture(scope="module")
def samples() -> list[logistic.Sample]:
    return [logistic.sampled(made) for made in documents(12, SEED)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grammar_has_all_types_and_no_symbol_is_missing(language: str):
    grammar = Grammar(language, random.Random(SEED))
    written = sections(language)

    assert {kind.value for kind in KINDS} <= set(written)
    for symbol in written:
        for layout in range(grammar.layouts(symbol)):
            text = grammar.text(symbol, layout)
            assert "{n" not in text
            assert "|" not in text


def test_documents_follow_from_the_seed_alone():
    assert list(documents(6, SEED)) == list(documents(6, SEED))
    assert list(documents(6, SEED)) != list(documents(6, SEED + 1))
    assert list(strange(6, SEED)) == list(strange(6, SEED))


def test_every_type_is_made_in_every_language():
    made = Counter((each.kind, each.language) for each in documents(30, SEED))

    assert set(made) == {(kind, language) for kind in KINDS for language in LANGUAGES}


def test_training_is_deterministic_and_what_is_written_is_read(
    samples: list[logistic.Sample], tmp_path: Path
):
    first, second = logistic.trained(samples, SEED), logistic.trained(samples, SEED)
    logistic.write(first, tmp_path / "first.bin", "test-1")
    logistic.write(second, tmp_path / "second.bin", "test-1")

    model = weights(tmp_path / "first.bin")

    assert (tmp_path / "first.bin").read_bytes() == (tmp_path / "second.bin").read_bytes()
    assert (model.version, model.kinds) == ("test-1", KINDS)
    assert list(model.places) == first.features.tolist()
    kept = np.array(model.rows).reshape(-1, len(KINDS)) * model.scale
    assert np.abs(kept - first.weights).max() <= model.scale / 2 + 1e-6


def test_a_model_learns_what_it_was_shown(samples: list[logistic.Sample]):
    model = logistic.trained(samples, SEED)
    right = [KINDS[model.logits(each).argmax()] is each.made.kind for each in samples]

    assert np.mean(right) > 0.9


def test_the_fit_decides_as_the_classifier_does():
    # The classifier reads the shipped weights of eight bits: both sides get those.
    model = weights()
    rows = np.array(model.rows).reshape(-1, len(KINDS)) * np.float32(model.scale)
    trained = logistic.Model(np.array(list(model.places), np.uint32), rows.astype(np.float32))
    constants = calibration.Fitted(doctype.SAY, doctype.ABSTAIN, doctype.TEMPERATURE)
    for made in list(documents(2, SEED))[::3]:
        scored = calibration.scored(trained, logistic.sampled(made))
        ours = calibration.shares([scored], constants)[0]
        score = TypeScore()
        score.read(Reading(page_of(made.text)))

        decision = score.decide(0.0)

        assert decision.value is KINDS[int(ours[:-1].argmax())]
        assert decision.confidence == pytest.approx(min(ours[:-1].max(), 0.99), abs=2e-3)


def test_the_likeliest_constants_are_chosen():
    cues, none = np.zeros(len(KINDS)), np.zeros(len(KINDS), bool)
    said = cues.copy()
    said[0] = 0.5
    # Of those of whom the model is this sure half are right: there the odds have to be even.
    texts = [calibration.Scored(cues, none, said, truth) for truth in (0, len(KINDS))] * 20

    constants = calibration.fitted(texts)

    share = calibration.shares(texts[:1], constants)[0][0]
    assert share == pytest.approx(0.5, abs=0.01)


def test_a_text_shows_how_much_the_cues_and_the_model_count():
    made = Made("Kontoauszug\nAlter Kontostand 3,00", DocumentType.BANK_STATEMENT, "de", 0)
    sample = logistic.sampled(made)

    assert sample.cues[DocumentType.BANK_STATEMENT] > 5
    assert sample.fold(3) == 2
    assert likely({}) == {}
    assert sum(shares([1.0, 2.0, 3.0])) == pytest.approx(1)
    assert Voice().surprise() == {}


def test_scores():
    pairs = [("a", "a")] * 3 + [("a", "b")] + [("b", "b")] * 2
    f1 = f1_of(pairs)
    intervals, whole = f1_intervals(pairs, f1)

    assert f1 == {"a": pytest.approx(6 / 7), "b": pytest.approx(4 / 5)}
    assert intervals["a"][0] < f1["a"] <= intervals["a"][1]
    assert whole[0] < 0.83 <= whole[1]
    # Wilson (1927); 8 of 10: 0.490 to 0.943.
    assert wilson(8, 10) == (0.49, 0.943)


@pytest.mark.parametrize(
    ("sure", "right", "error"),
    [
        ([0.95] * 20, [True] * 19 + [False], 0.0),
        ([0.95] * 20, [True] * 9 + [False] * 11, 0.5),
        ([0.25] * 4 + [1.0] * 4, [True] + [False] * 3 + [True] * 4, 0.0),
    ],
)
def test_calibration_error(sure: list[float], right: list[bool], error: float):
    assert expected_calibration_error(sure, right) == pytest.approx(error)
