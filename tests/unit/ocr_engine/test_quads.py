"""Geometry: corners in order, turns, parts."""

from __future__ import annotations

import numpy as np
import pytest
from docparser_ocr import quads

FLAT = np.array([[10, 20], [110, 20], [110, 40], [10, 40]], np.float32)


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("backwards", [False, True])
def test_corners_begin_at_the_top_left(shift: int, *, backwards: bool) -> None:
    corners = np.roll(FLAT, shift, axis=0)
    assert (quads.upright(corners[::-1] if backwards else corners) == FLAT).all()


def test_a_part_keeps_the_height() -> None:
    part = quads.part(FLAT, 0.25, 0.5)
    assert part.tolist() == [[35, 20], [60, 20], [60, 40], [35, 40]]


def test_a_thinned_quad_keeps_its_middle_and_its_width() -> None:
    assert quads.thinned(FLAT, 0.5).tolist() == [[10, 25], [110, 25], [110, 35], [10, 35]]


@pytest.mark.parametrize("turns", range(5))
def test_a_quad_turns_with_its_page(turns: int) -> None:
    image = np.zeros((60, 140, 3), np.uint8)
    image[20:40, 10:110] = 255
    turned, (quad,) = quads.quarter_turned(image, [FLAT], turns)
    (left, top), (right, bottom) = quad[0].astype(int), quad[2].astype(int)
    assert turned[top:bottom, left:right].min() == 255
    assert int(turned.sum()) == int(turned[top:bottom, left:right].sum())


def test_the_direction_of_writing_is_measured_clockwise() -> None:
    assert quads.angle(FLAT) == 0
    assert quads.angle(quads.begun_at(FLAT, 1)) == 90
    assert quads.angle(quads.begun_at(FLAT, 3)) == -90


@pytest.mark.parametrize("tall", [7, 48, 300])
def test_a_crop_has_the_height_asked_for_and_the_lines_aspect(tall: int) -> None:
    image = np.full((500, 900, 3), 200, np.uint8)
    crop = quads.crop(image, FLAT, tall)
    assert crop.shape == (tall, 5 * tall, 3)
    assert (crop == 200).all()
