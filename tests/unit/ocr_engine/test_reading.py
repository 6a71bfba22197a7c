"""What is read, where it stands, and which way up: on pages whose truth is known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from docparser.model import Page, PageStatus
from PIL import Image, ImageDraw, ImageFont

from tests.unit.ocr_engine.conftest import Read
from tests.unit.ocr_engine.drawn import LINES, overlap, page, page_with_boxes


def lines_of(page: Page) -> list[str]:
    return [line.text for block in page.blocks for line in block.lines]


def extent(polygon: tuple[tuple[float, float], ...], wide: int, tall: int) -> tuple[float, ...]:
    across, down = zip(*polygon, strict=True)
    return min(across) * wide, min(down) * tall, max(across) * wide, max(down) * tall


def test_words_stand_where_they_were_drawn(read: Read) -> None:
    image, truth = page_with_boxes()
    read_page = read(image)
    assert lines_of(read_page) == list(LINES)
    words = [word for block in read_page.blocks for line in block.lines for word in line.words]
    assert [word.text for word in words] == [text for text, _ in truth]
    overlaps = [
        overlap(extent(word.polygon, *image.size), box)
        for word, (_, box) in zip(words, truth, strict=True)
    ]
    assert min(overlaps) > 0.55
    assert float(np.median(overlaps)) > 0.65


def test_ids_count_through_the_page(read: Read) -> None:
    read_page = read(page())
    assert read_page.blocks[0].id == "p1.b1"
    lines = [line for block in read_page.blocks for line in block.lines]
    assert [line.id for line in lines] == [f"p1.l{n}" for n in range(1, len(lines) + 1)]
    words = [word for line in lines for word in line.words]
    assert [word.id for word in words] == [f"p1.w{n}" for n in range(1, len(words) + 1)]
    assert all(0.8 < word.confidence <= 1 for word in words)
    assert not any(line.doubtful for line in lines)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_read_upright(read: Read, turned: int) -> None:
    # Pillow turns anticlockwise, so that this many degrees clockwise make it upright again.
    read_page = read(page().rotate(turned, expand=True), dpi=(100, 100))
    assert read_page.rotation == turned
    assert lines_of(read_page) == list(LINES)
    assert (read_page.width_pt, read_page.height_pt) == pytest.approx((648, 432), abs=1)
    first = read_page.blocks[0].lines[0].polygon
    assert first[0][0] < 0.1
    assert first[0][1] < 0.15
    assert first[0][0] < first[1][0]
    assert first[1][1] < first[2][1]


@pytest.mark.parametrize("turned", [90, 270])
def test_a_form_that_lies_on_its_side_and_leans_loses_no_words(read: Read, turned: int) -> None:
    image = Image.new("RGB", (1300, 1000), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(18)
    rows = [
        (f"{n}. The applicant of number {n * 7} agrees to all the terms", f"Yes {n}", f"No {n}")
        for n in range(11, 44)
    ]
    for index, row in enumerate(rows):
        for left, cell in zip((60, 900, 1100), row, strict=True):
            draw.text((left, 60 + 27 * index), cell, fill="black", font=font)
    leaning = image.rotate(8, fillcolor="white", expand=True, resample=Image.Resampling.BICUBIC)
    read_page = read(leaning.rotate(turned, expand=True))
    assert read_page.rotation == turned
    written, found = Counter(" ".join(map(" ".join, rows)).split()), Counter(read_page.text.split())
    assert (written - found).total() <= 0.01 * written.total()


@pytest.mark.parametrize("degrees", [-3, 3])
def test_a_skewed_page_keeps_its_rows(read: Read, degrees: int) -> None:
    image = Image.new("RGB", (1300, 700), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    rows = [(f"Position {n}", f"{n} each", f"{n * 11},00 EUR") for n in range(1, 9)]
    for index, row in enumerate(rows):
        for left, cell in zip((60, 600, 1050), row, strict=True):
            draw.text((left, 60 + 55 * index), cell, fill="black", font=font)
    # A scanner samples what is skewed already: without this, the letters would be jagged.
    skewed = image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white")
    read_page = read(skewed)
    assert [line.split() for line in lines_of(read_page)] == [" ".join(row).split() for row in rows]
    polygon = read_page.blocks[0].lines[0].polygon
    slope = (polygon[1][1] - polygon[0][1]) * 700 / ((polygon[1][0] - polygon[0][0]) * 1300)
    assert np.degrees(np.arctan(slope)) == pytest.approx(-degrees, abs=0.5)


def test_columns_are_read_one_after_the_other(read: Read) -> None:
    left = [f"left column holds sentence number {n}" for n in range(1, 9)]
    right = [f"right column holds sentence number {n}" for n in range(1, 9)]
    image = Image.new("RGB", (1300, 600), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    for index, (one, other) in enumerate(zip(left, right, strict=True)):
        draw.text((60, 60 + 40 * index), one, fill="black", font=font)
        draw.text((700, 60 + 40 * index), other, fill="black", font=font)
    assert lines_of(read(image)) == [*left, *right]


def test_columns_whose_lines_are_not_level_do_not_tilt_the_page(read: Read) -> None:
    left = [f"left column holds sentence number {n}" for n in range(1, 9)]
    right = [f"right column holds sentence number {n}" for n in range(1, 9)]
    image = Image.new("RGB", (1300, 600), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    for index, (one, other) in enumerate(zip(left, right, strict=True)):
        draw.text((60, 60 + 40 * index), one, fill="black", font=font)
        draw.text((700, 69 + 40 * index), other, fill="black", font=font)
    read_page = read(image)
    assert lines_of(read_page) == [*left, *right]
    polygon = read_page.blocks[0].lines[0].polygon
    assert polygon[0][1] == pytest.approx(polygon[1][1], abs=0.003)


def test_text_that_runs_up_or_down_the_margin_is_read(read: Read) -> None:
    image = page(size=(1000, 700))
    for text, degrees, left in (("written upwards", 90, 940), ("written downwards", 270, 15)):
        note = Image.new("RGB", (260, 40), "white")
        ImageDraw.Draw(note).text((5, 2), text, fill="black", font=ImageFont.load_default(28))
        image.paste(note.rotate(degrees, expand=True), (left, 300))
    found = lines_of(read(image))
    assert found[: len(LINES)] == list(LINES)
    assert sorted(found[len(LINES) :]) == ["written downwards", "written upwards"]


def test_a_single_figure_is_not_taken_for_text_that_runs_down(read: Read) -> None:
    lines = ("Quantity of the first item in the list", "1", "Quantity of the second item", "7")
    assert lines_of(read(page(lines))) == list(lines)


def test_small_and_large_text_on_one_page(read: Read) -> None:
    image = page(size=(1600, 1200), font_px=16)
    ImageDraw.Draw(image).text(
        (60, 500), "HEADLINE 2026", fill="black", font=ImageFont.load_default(150)
    )
    assert lines_of(read(image)) == [*LINES, "HEADLINE 2026"]


def test_what_is_hardly_legible_is_marked_and_kept(read: Read) -> None:
    image = page(("Clearly written line", "smeared beyond recognition here"))
    width, top = image.width, 60 + 54
    strip = image.crop((0, top - 4, width, top + 44))
    smeared = strip.resize((width // 7, 6), Image.Resampling.BOX).resize(strip.size)
    image.paste(smeared, (0, top - 4))
    lines = [line for block in read(image).blocks for line in block.lines]
    assert lines[0].text == "Clearly written line"
    assert not lines[0].doubtful
    assert [line.doubtful for line in lines[1:]] == [True]


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_a_page_without_text_has_no_blocks(read: Read, colour: str) -> None:
    read_page = read(Image.new("RGB", (800, 1100), colour))
    assert (read_page.status, read_page.blocks) == (PageStatus.OK, ())


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (31, 33)])
def test_a_tiny_page_is_a_page(read: Read, size: tuple[int, int]) -> None:
    read_page = read(Image.new("L", size, 128))
    assert (read_page.status, read_page.blocks) == (PageStatus.OK, ())
