"""The long s: mended on pages that have it, by the picture, and never on others."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from docparser_ocr import long_s
from docparser_ocr.recognition import LINE_HEIGHT, Reading

ROOT = Path(__file__).parents[3]
TEXTS = sorted((ROOT / "samples").rglob("*.txt"))


def line(letters: str) -> tuple[Reading, np.ndarray]:
    """Return a line, read with f for every long s (written as a capital S), and its picture."""
    picture = np.full((LINE_HEIGHT, 20 * len(letters), 3), 255, np.uint8)
    places = []
    for index, letter in enumerate(letters):
        middle = 20 * index + 10
        places.append(middle / picture.shape[1])
        if letter == " ":
            continue
        # Small letters reach from row 18 to 36.
        top = 6 if letter in "fS" else 18
        cv2.line(picture, (middle, top), (middle, 36), (0, 0, 0), 2)
        if letter == "f":
            cv2.line(picture, (middle - 4, 18), (middle + 7, 18), (0, 0, 0), 2)
        elif letter != "S":
            cv2.line(picture, (middle - 5, 18), (middle + 5, 18), (0, 0, 0), 2)
            cv2.line(picture, (middle - 5, 35), (middle + 5, 35), (0, 0, 0), 2)
    text = letters.replace("S", "f")
    return Reading(text, tuple(places), (0.99,) * len(text)), picture


def mended(*lines: str) -> list[str]:
    readings, pictures = zip(*map(line, lines), strict=True)
    return [reading.text for reading in long_s.mended(readings, pictures)]


def test_what_has_no_bar_is_an_s_on_a_page_that_has_a_long_s() -> None:
    read = mended("Son eSprit et la femme", "il eSt avec Ses enfans")
    assert read == ["son esprit et la femme", "il est avec ses enfans"]


def test_a_round_s_stands_at_the_end_of_a_word() -> None:
    assert mended("Son eSprit", "un oeuS")[1] == "un oeuf"


@pytest.mark.parametrize("lines", [("la Semme et la Sille", "le Seu"), ("Son chien", "la Semme")])
def test_a_page_whose_words_do_not_tell_is_left_alone(lines: tuple[str, ...]) -> None:
    assert mended(*lines) == [text.replace("S", "f") for text in lines]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_modern_texts_do_not_tell_of_a_long_s(path: Path) -> None:
    text = path.read_text("utf-8").lower()
    assert len(set(long_s._TELLING.findall(text))) < long_s._LEAST_WORDS


def test_there_are_modern_texts() -> None:
    assert len(TEXTS) > 10
