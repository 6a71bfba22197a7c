"""Ink and skew of a photographed page, on pictures of which both are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from docparser.intake.thumbnail import look
from PIL import Image, ImageDraw, ImageFilter, ImageFont

RECEIPT = Path(__file__).parents[3] / "samples" / "documents" / "en" / "receipt.jpg"
PROSE = (
    "thank you for your letter of 3 March. We confirm the delivery of the goods that you have "
    "ordered, and remain with kind regards until the next order arrives at our door, which we "
)


def page(lines: int = 40, *, paper: int = 235) -> Image.Image:
    """Return a page of A4 at 150 dpi with some lines of print."""
    made = Image.new("L", (1240, 1754), paper)
    draw, font = ImageDraw.Draw(made), ImageFont.load_default(26)
    for row in range(lines):
        start = row * 17 % 60
        draw.text((120, 140 + 37 * row), PROSE[start : start + 84], fill=40, font=font)
    return made


def stored(path: Path, picture: Image.Image) -> Path:
    picture.save(path, "JPEG", quality=80)
    return path


@pytest.mark.parametrize("degrees", [-18, -12, -5, -2, 0, 3, 7, 11, 20])
@pytest.mark.parametrize("quarter", [0, 90])
def test_a_page_is_as_askew_as_it_was_turned(tmp_path: Path, degrees: int, quarter: int) -> None:
    turned = page().rotate(quarter, expand=True).rotate(degrees, fillcolor=235)
    seen = look(stored(tmp_path / "a.jpg", turned))
    assert seen is not None
    assert abs(seen.skew - degrees) <= 1


@pytest.mark.parametrize("paper", [255, 235, 190])
def test_more_lines_have_more_ink_whatever_the_paper(tmp_path: Path, paper: int) -> None:
    seen = [look(stored(tmp_path / f"{n}.jpg", page(n, paper=paper))) for n in (0, 2, 10, 40)]
    ink = [each.ink for each in seen if each is not None]
    assert ink == sorted(ink)
    assert ink[0] < 0.0005
    assert ink[1] > 0.001
    assert 0.02 < ink[3] < 0.3


def test_the_grain_of_empty_paper_is_no_ink(tmp_path: Path) -> None:
    grain = Image.effect_noise((1240, 1754), 12).point(lambda grey: min(255, grey + 90))
    seen = look(stored(tmp_path / "a.jpg", grain.filter(ImageFilter.GaussianBlur(1))))
    assert seen is not None
    assert seen.ink < 0.002


def test_a_receipt_on_a_table_has_ink() -> None:
    seen = look(RECEIPT)
    assert seen is not None
    assert seen.ink > 0.002


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + bytes(400)])
def test_what_cannot_be_decoded_shows_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert look(path) is None


def test_only_what_an_eighth_shows_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    page().save(path, "JPEG", progressive=True)
    assert look(path) is None
    stored(path, Image.new("L", (8000, 6300), 255))
    assert look(path) is None


def test_half_a_picture_shows_nothing(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.jpg", page())
    path.write_bytes(path.read_bytes()[:9000])
    assert look(path) is None
