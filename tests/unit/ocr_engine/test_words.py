"""Cutting a line at its spaces: the reading tells where, the picture how wide."""

from __future__ import annotations

import numpy as np
import pytest
from docparser_ocr.recognition import LINE_HEIGHT, Reading, Recogniser
from docparser_ocr.words import split

LINE = np.array([[0, 0], [480, 0], [480, 48], [0, 48]], np.float32)


def picture(*ink: tuple[int, int]) -> np.ndarray:
    """Return a line of 480 pixels with ink at these columns."""
    image = np.full((LINE_HEIGHT, 480, 3), 255, np.uint8)
    for left, right in ink:
        image[10:38, left:right] = 0
    return image


def reading(text: str, *places: float) -> Reading:
    return Reading(text, tuple(place / 480 for place in places), (0.9,) * len(text))


def test_a_word_reaches_as_far_as_its_ink() -> None:
    words = split(reading("ab cd", 30, 90, 150, 250, 350), picture((20, 110), (200, 380)), LINE)
    assert [word.text for word in words] == ["ab", "cd"]
    assert [(word.quad[0][0], word.quad[1][0]) for word in words] == [(20, 110), (200, 380)]
    assert [round(word.certainty, 3) for word in words] == [0.9, 0.9]


def test_words_that_touch_are_cut_between_their_letters() -> None:
    first, second = split(reading("a b", 100, 150, 200), picture((50, 300)), LINE)
    assert first.quad[1][0] == second.quad[0][0] == 150


@pytest.mark.parametrize(
    ("chance", "gap_px", "texts"),
    [
        (0.9, 0, ["ab", "cd", "ef"]),  # sure, whatever stands there
        (0.4, 14, ["ab", "cd", "ef"]),
        (0.4, 6, ["ab", "cdef"]),
        (0.1, 18, ["ab", "cd", "ef"]),
        (0.1, 12, ["ab", "cdef"]),
    ],
)
def test_a_doubtful_space_must_be_seen(chance: float, gap_px: int, texts: list[str]) -> None:
    # The sure gap, between b and c, is 20 pixels wide.
    places = [30, 90, 110, 130, 190, 210, 230, 290]
    confidences = (0.9, 0.9, 0.9, 0.9, 0.9, chance, 0.9, 0.9)
    line = Reading("ab cd ef", tuple(place / 480 for place in places), confidences)
    ink = [(10, 100), (120, 200), (200 + gap_px, 310)]
    assert [word.text for word in split(line, picture(*ink), LINE)] == texts


def test_no_doubtful_space_stands_before_a_comma() -> None:
    line = Reading("ab ,", tuple(p / 480 for p in (30, 90, 130, 170)), (0.9, 0.9, 0.45, 0.9))
    assert [word.text for word in split(line, picture((10, 100), (160, 180)), LINE)] == ["ab,"]


def test_spaces_alone_are_no_words() -> None:
    assert split(reading("  ", 10, 20), picture(), LINE) == []
    assert split(Reading("", (), ()), picture((0, 480)), LINE) == []


def test_spaces_at_the_ends_and_in_a_row() -> None:
    line = reading(" a  b ", 5, 60, 100, 120, 200, 300)
    assert [word.text for word in split(line, picture((50, 70), (190, 210)), LINE)] == ["a", "b"]


def decoded(classes: list[int], spaces: list[float]) -> Reading:
    """Decode steps of a recogniser whose classes are blank, a, b and space."""

    def model(batch: np.ndarray) -> tuple[np.ndarray, ...]:
        steps = np.array([classes])
        return steps, np.full(steps.shape, 0.8, np.float32), np.array([spaces], np.float32)

    class NoDeadline:
        def check(self) -> None: ...

    line = np.zeros((LINE_HEIGHT, 8 * len(classes), 3), np.uint8)
    return Recogniser(model, ("", "a", "b", " "))([line], NoDeadline())[0]  # type: ignore[arg-type]


def test_repetitions_and_blanks_fall_away() -> None:
    line = decoded([0, 1, 1, 0, 1, 0, 2, 0], [0.0] * 8)
    assert line.text == "aab"
    assert [round(place * 8, 1) for place in line.places] == [2, 4.5, 6.5]


def test_a_space_that_is_second_best_may_be_one() -> None:
    likely = decoded([0, 1, 0, 0, 0, 0, 2, 0], [0, 0, 0, 0, 0.1, 0, 0, 0])
    unlikely = decoded([0, 1, 0, 0, 0, 0, 2, 0], [0, 0, 0, 0, 0.04, 0, 0, 0])
    assert (likely.text, unlikely.text) == ("a b", "ab")
    # It says little of how well the letters were read.
    assert likely.confidence == unlikely.confidence


def test_a_space_is_not_doubled() -> None:
    assert decoded([1, 0, 3, 3, 0, 0, 2, 0], [0, 0, 0.9, 0.9, 0.5, 0, 0, 0]).text == "a b"
