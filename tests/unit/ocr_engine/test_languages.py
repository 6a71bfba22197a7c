"""Pages in other scripts are read with the whole head, Latin ones never."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from docparser_ocr.deadline import Deadline
from docparser_ocr.languages import ByScript
from docparser_ocr.recognition import LINE_HEIGHT, Reading

from tests.unit.ocr_engine import drawn
from tests.unit.ocr_engine.conftest import Read

IDEOGRAPHS = ("田中一三十日", "王工土山口目", "甲由日三中上", "山田二十正回", "中日二十三日")


def reading(text: str, confidence: float) -> Reading:
    places = tuple((index + 0.5) / max(len(text), 1) for index in range(len(text)))
    return Reading(text, places, (confidence,) * len(text))


class Head:
    """A recogniser that answers by the width of a picture, and counts what it was asked."""

    def __init__(self, answers: dict[int, Reading]) -> None:
        self._answers = answers
        self.asked = 0

    def __call__(self, pictures: list[np.ndarray], deadline: Deadline) -> list[Reading]:
        deadline.check()
        self.asked += len(pictures)
        return [self._answers[picture.shape[1]] for picture in pictures]


def read_by(
    latin: dict[int, Reading], full: dict[int, Reading], language: str = "und"
) -> tuple[list[str], int, int]:
    """Return the texts, and how many lines each head read."""
    heads = Head(latin), Head(full)
    pictures = [np.zeros((LINE_HEIGHT, wide, 3), np.uint8) for wide in latin]
    readings = ByScript(*heads)(pictures, Deadline(60), language)  # type: ignore[arg-type]
    return [reading.text for reading in readings], heads[0].asked, heads[1].asked


def test_a_page_that_is_read_well_costs_no_more() -> None:
    latin = {
        400: reading("Sehr geehrte", 0.99),
        300: reading("Frau Müller", 0.98),
        60: reading("x", 0.4),
    }
    assert read_by(latin, {}) == (["Sehr geehrte", "Frau Müller", "x"], 3, 0)


def test_a_page_in_another_script_is_read_again() -> None:
    latin = {400: reading("8+8", 0.7), 300: reading("P8", 0.5), 200: reading("INVOICE 7", 0.99)}
    full = {400: reading("田中一三", 0.99), 300: reading("山田", 0.98)}
    full[200] = reading("lNVOICE 7", 0.97)
    assert read_by(latin, full) == (["田中一三", "山田", "INVOICE 7"], 3, 5)


def test_a_page_that_is_hardly_legible_stays_in_latin_letters() -> None:
    latin = {400: reading("smcared beyond", 0.5), 300: reading("rccognition", 0.4)}
    full = {400: reading("smcared 日eyond", 0.6), 300: reading("rccognition", 0.5)}
    texts, _, asked = read_by(latin, full)
    assert (texts, asked) == (["smcared beyond", "rccognition"], 2)


def test_dirt_in_which_the_whole_head_sees_less_stays_as_it_was() -> None:
    latin = {400: reading("il.i", 0.6)}
    assert read_by(latin, {400: reading("一川", 0.4)})[0] == ["il.i"]


@pytest.mark.parametrize("language", ["zh", "ja", "el"])
def test_a_hint_saves_the_first_reading(language: str) -> None:
    full = {400: reading("田中", 0.99)}
    assert read_by({400: reading("8+8", 0.7)}, full, language) == (["田中"], 0, 1)


def test_greek_words_have_no_latin_letters() -> None:
    full = {400: reading("NPOΣ THN ΔIEYOYNΣH No. 7 Köln", 0.97)}
    (text,), _, _ = read_by({400: reading("NPOM", 0.5)}, full, "el")
    assert text == "ΝΡΟΣ THN ΔΙΕΥΟΥΝΣΗ No. 7 Köln"


def test_ideographs_are_read(read: Read) -> None:
    page = read(drawn.ideographs(IDEOGRAPHS))
    assert page.text.split() == list(IDEOGRAPHS)
    assert page.language == "zh"


def test_ideographs_on_a_page_that_stands_on_its_head(read: Read) -> None:
    page = read(drawn.ideographs(IDEOGRAPHS).rotate(180))
    assert page.rotation == 180
    assert page.text.split() == list(IDEOGRAPHS)


def test_greek_letters_without_accents_are_read(read: Read) -> None:
    font = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not font.exists():
        pytest.skip("no font with Greek letters on this machine")
    lines = ("ΛΙΣΤΑ ΩΦΕΛΕΙΑ ΣΧΕΔΙΑ", "ΣΧΕΔΙΑ ΨΗΦΟΣ ΘΕΡΜΗ")
    page = read(drawn.page(lines, font=font))
    assert page.text.splitlines() == list(lines)
    assert page.language == "el"


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (drawn.LINES, "en"),
        (("Das ist nicht die Stadt und", "wird auch von der Zeitung", "nach dem Krieg"), "de"),
        (("Le maire est ici avec vous", "et pour les enfants qui sont", "sur le quai"), "fr"),
        (("4711   12,00", "4712   13,00"), "und"),
    ],
)
def test_a_latin_page_says_its_language(read: Read, lines: tuple[str, ...], language: str) -> None:
    page = read(drawn.page(lines))
    assert page.language == language
    assert page.text.split() == " ".join(lines).split()
