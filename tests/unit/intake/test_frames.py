"""Pictures that no lane reads become a TIFF that every lane does."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.frames import write_tiff
from docparser.intake.image import FrameFacts
from docparser.model import PageCode, RejectedCode
from PIL import Image, ImageOps

SIZE = (96, 64)
HEIC = Path(__file__).with_name("pictures") / "two.heic"  # made with libheif's heif-enc


def drawn(left: int = 4) -> Image.Image:
    """Return white paper with a black bar, so that it shows which side is up."""
    picture = Image.new("RGB", SIZE, "white")
    picture.paste("black", (left, 4, left + 36, 20))
    return picture


def bar(picture: Image.Image) -> tuple[int, int, int, int] | None:
    dark = picture.convert("L").point(lambda grey: 255 * (grey < 128))
    box = dark.getbbox()
    return box and (box[0], box[1], box[2], box[3])


def written(path: Path, **limits: int) -> tuple[list[FrameFacts], list[Image.Image]]:
    found = sniff.media_type(path)
    assert found is not None
    target = path.with_suffix(".tiff")
    bounds = {"max_pages": 3000, "max_page_pixels": 10**6, "max_pixels": 10**8, **limits}
    facts = write_tiff(path, found, target, **bounds)
    with Image.open(target) as image:
        frames = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(image.copy())
    return facts, frames


def rejection(path: Path, **limits: int) -> RejectedCode:
    with pytest.raises(Rejected) as caught:
        written(path, **limits)
    return RejectedCode(caught.value.code)


@pytest.mark.parametrize("kind", ["BMP", "GIF", "WEBP"])
def test_a_picture_is_what_it_was(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    drawn().save(path, kind, **({"lossless": True} if kind == "WEBP" else {}))

    (facts,), (frame,) = written(path)

    assert (facts.number, facts.pixels, facts.refused) == (1, 96 * 64, None)
    assert frame.convert("RGB").tobytes() == drawn().tobytes()


def test_a_scan_keeps_its_size_on_paper(tmp_path: Path) -> None:
    path = tmp_path / "scan.bmp"
    drawn().save(path, dpi=(300, 300))
    _, (frame,) = written(path)
    assert frame.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_every_frame_is_a_page(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "moving"
    pictures = [drawn(left) for left in (4, 20, 40)]
    pictures[0].save(path, kind, save_all=True, append_images=pictures[1:], duration=100)

    facts, frames = written(path)

    assert [page.number for page in facts] == [1, 2, 3]
    seen = [bar(frame) for frame in frames]
    assert [box and box[0] for box in seen] == pytest.approx([4, 20, 40], abs=1)
    assert rejection(path, max_pages=2) is RejectedCode.TOO_MANY_PAGES
    assert rejection(path, max_pixels=3 * 96 * 64 - 1) is RejectedCode.BOMB


def test_how_a_picture_is_turned_stays_a_tag(tmp_path: Path) -> None:
    path, exif = tmp_path / "turned.webp", Image.Exif()
    exif[274] = 8
    drawn().save(path, exif=exif, lossless=True)

    written(path)

    with Image.open(path.with_suffix(".tiff")) as image, Image.open(path) as original:
        assert image.getexif()[274] == 8
        # Pillow turns a TIFF when it is decoded.
        assert image.convert("RGB").tobytes() == ImageOps.exif_transpose(original).tobytes()


def test_a_transparent_picture_lies_on_paper(tmp_path: Path) -> None:
    path = tmp_path / "layer.webp"
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (4, 4, 40, 20))
    picture.save(path, lossless=True)
    _, (frame,) = written(path)
    assert (bar(frame), frame.mode) == ((4, 4, 40, 20), "RGB")


def test_every_picture_of_a_heic_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(HEIC.read_bytes())

    facts, frames = written(path)

    assert [page.pixels for page in facts] == [96 * 64] * 2
    assert [frame.size for frame in frames] == [(96, 64), (64, 96)]
    assert bar(frames[0]) == pytest.approx((4, 4, 40, 20), abs=1)
    assert rejection(path, max_page_pixels=6000) is RejectedCode.TOO_MANY_PIXELS


def test_a_frame_that_cannot_be_decoded_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    pictures = [Image.effect_noise(SIZE, 80) for _ in range(3)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    path.write_bytes(path.read_bytes()[:-1000])
    facts, frames = written(path)
    assert [page.refused for page in facts] == [None, None, PageCode.PAGE_UNREADABLE]
    assert frames[2].size == (1, 1)  # so that every frame has its page's number


def test_one_that_is_cut_off_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    for content in (HEIC.read_bytes()[:300], b"GIF89a" + bytes(64)):
        path.write_bytes(content)
        assert rejection(path) is RejectedCode.CORRUPT


def test_a_header_alone_is_refused_before_anything_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.bmp"
    header = struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 200_000, 250_000, 1, 24, *[0] * 6)
    path.write_bytes(b"BM" + header)
    assert rejection(path, max_page_pixels=200_000_000) is RejectedCode.TOO_MANY_PIXELS
    path.write_bytes((b"BM" + header)[:30])
    assert rejection(path) is RejectedCode.CORRUPT
