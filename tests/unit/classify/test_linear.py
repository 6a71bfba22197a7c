"""The model: its shipped weights, what it says, and how little of a say it has."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from math import log
from pathlib import Path

import pytest
from docparser.classify import doctype
from docparser.classify.doctype import CueScore, TypeScore
from docparser.classify.linear import (
    ENOUGH_WORDS,
    MODEL_VERSION,
    WEIGHTS,
    Voice,
    line_features,
    say,
    weights,
)
from docparser.classify.reading import Reading
from docparser.model import DocumentType
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.classify.pages import page_of

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"
NOVEL = """Der alte Kapitän blickte hinaus auf das Meer und schwieg lange. Als die Sonne
unterging, stand er langsam auf und ging ans Fenster. »Es ist lange her«, sagte die Mutter,
und das Mädchen lachte und schüttelte den Kopf. Niemand konnte die Stimme des Fremden vergessen,
und als der Mond aufging, war alles still. Sie weinte und wollte sich nicht trösten lassen.
Er erinnerte sich an den Sommer, als die Schiffe kamen und die Kinder durch die Gassen liefen.
"""
"""Fiction: not one phrase of the table, and no form."""


def voice_of(*texts: str) -> Voice:
    voice = Voice()
    for number, text in enumerate(texts, start=1):
        voice.read(Reading(page_of(text, number)), 1.0)
    return voice


def test_the_shipped_weights_are_whole_small_and_of_this_version():
    model = weights()

    assert model.version == MODEL_VERSION
    assert set(model.kinds) == set(DocumentType) - {DocumentType.UNKNOWN}
    assert len(model.rows) == len(model.places) * len(model.kinds)
    assert max(model.rows) <= 127
    assert min(model.rows) >= -127
    assert WEIGHTS.stat().st_size < 1_000_000


def test_the_constants_are_those_that_were_fitted():
    trained = json.loads((RESULTS / "classify_training.json").read_text("utf-8"))

    assert trained["model"] == MODEL_VERSION
    assert trained["features"] == len(weights().places)
    assert trained["weights_bytes"] == WEIGHTS.stat().st_size
    assert trained["fitted"] == {
        name: getattr(doctype, name) for name in ("SAY", "ABSTAIN", "TEMPERATURE")
    }


def test_the_fit_is_calibrated_and_the_model_pays():
    held_out = json.loads((RESULTS / "classify_training.json").read_text("utf-8"))[
        "held_out_layouts"
    ]

    assert held_out["both"]["ece"] <= 0.06
    assert held_out["both"]["accuracy"] >= held_out["cues_alone"]["accuracy"] + 0.1
    assert held_out["both"]["right_of_those_given"] >= 0.95


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 17])
def test_other_bytes_are_no_weights(tmp_path: Path, damage: bytes):
    path = tmp_path / "weights.bin"
    path.write_bytes(WEIGHTS.read_bytes()[:-18] + damage)

    with pytest.raises(ValueError, match="not the weights"):
        weights(path)


def test_weights_are_read_once_and_not_at_import():
    script = (
        "import docparser.classify\n"
        "from docparser.classify.linear import weights\n"
        "assert weights.cache_info().misses == 0\n"
        "weights(); weights()\n"
        "assert weights.cache_info().misses == 1"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_features_are_the_same_in_every_process():
    script = "from docparser.classify.linear import *; print(line_features('summe 4,68'))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1


def test_numbers_count_by_their_shape():
    first = line_features("invoice 4711 of 12.05.2025: 1,204.10")
    second = line_features("invoice 8235 of 01.11.1999: 7,331.95")

    assert first == second


def test_fiction_is_recognised_by_the_model_alone():
    reading = Reading(page_of(NOVEL))
    cues, score = CueScore(), TypeScore()
    cues.read(reading)
    score.read(reading)

    decision = score.decide(0.6)

    assert cues.points() == {}
    assert decision.value is DocumentType.OTHER
    assert [entry.rule for entry in decision.evidence] == ["type.other.model"]
    assert decision.evidence[0].phrase in " ".join(NOVEL.split())
    assert decision.evidence[0].polygon is not None
    assert decision.evidence[0].weight > doctype.ABSTAIN


def test_a_title_outweighs_the_model():
    score = TypeScore()
    score.read(Reading(page_of(f"Rechnung\n\nRechnungsnummer: 17\nZahlungsziel: heute\n\n{NOVEL}")))

    assert score.decide(0.6).value is DocumentType.INVOICE


def test_of_little_text_it_says_little():
    long, short = voice_of(NOVEL), voice_of(" ".join(NOVEL.split()[: ENOUGH_WORDS // 6]))

    assert long.surprise()[DocumentType.OTHER] > 3 * short.surprise().get(DocumentType.OTHER, 0)


def test_of_what_it_does_not_know_it_says_hardly_anything():
    unknown = "\n".join(f"qax{n}w zuvk{n}ot plorx{n}in" for n in range(60))

    said = max(voice_of(unknown).surprise().values(), default=0)

    assert doctype.SAY * said < doctype.ABSTAIN / 2


def test_an_empty_page_says_nothing():
    voice = voice_of("")

    assert say(Reading(page_of(""))) is None
    assert voice.surprise() == {}
    assert voice.evidence(set(DocumentType), {}) == []


def test_later_pages_are_not_heard():
    pages = [Reading(page_of(NOVEL, number)) for number in range(1, 6)]
    three, five = TypeScore(), TypeScore()
    for page in pages[:3]:
        three.read(page)
    for page in pages:
        five.read(page)

    assert three.decide(0.6) == five.decide(0.6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=40))
def test_whatever_the_text_its_say_is_bounded(lines: list[str]):
    surprise = voice_of("\n".join(lines)).surprise()

    assert all(0 <= much <= log(len(weights().kinds)) for much in surprise.values())


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a b " * 100_000, "1,2.3/" * 50_000, "ä\n" * 50_000]
)
def test_a_hostile_page_is_heard_in_time(text: str):
    reading = Reading(page_of(text))
    start = time.process_time()

    say(reading)

    assert time.process_time() - start < 0.5
