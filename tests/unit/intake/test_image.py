"""Images of every kind, sound and broken: pages are counted and measured, nothing is decoded."""

from __future__ import annotations

import csv
import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.image import FrameFacts, inspect
from docparser.model import PageCode, RejectedCode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

DATA = Path(
    os.environ.get("DOCPARSER_DATA_DIR")
    or Path(__file__).resolve().parents[3].parent / "shared" / "data"
)
MANIFEST = DATA / "hostile" / "manifest.tsv"
SIZE = (60, 40)
NOISE = Image.effect_noise(SIZE, 80)
# Where a TIFF's tags say width, height and where its strips begin
WIDTH, HEIGHT, STRIPS = 256, 257, 273
TEXT = 2  # the type of a tag's values


def made(kind: str, *frames: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    first, *others = frames or (NOISE,)
    if others:
        options |= {"save_all": True, "append_images": others}
    first.save(buffer, kind, **options)
    return buffer.getvalue()


def look(path: Path, content: bytes, **limits: int) -> list[FrameFacts]:
    """Return what is found in a file, but for the resolution of its pages."""
    path.write_bytes(content)
    found = sniff.media_type(content[: sniff.SNIFF_BYTES])
    assert found is not None
    bounds = {"max_pages": 3000, "max_page_pixels": 200_000_000, **limits}
    return [page._replace(dpi=None) for page in inspect(path, found, **bounds)]


def rejection(path: Path, content: bytes, **limits: int) -> RejectedCode:
    with pytest.raises(Rejected) as caught:
        look(path, content, **limits)
    return RejectedCode(caught.value.code)


def directories(content: bytes) -> list[int]:
    """Return where the frames of a little-endian TIFF are described."""
    found, at = [], struct.unpack_from("<L", content, 4)[0]
    while at:
        found.append(at)
        count = struct.unpack_from("<H", content, at)[0]
        at = struct.unpack_from("<L", content, at + 2 + 12 * count)[0]
    return found


def tag_set(content: bytes, frame: int, tag: int, value: int) -> bytes:
    """Return a TIFF in which a frame's tag has another value, or place of its values."""
    changed, at = bytearray(content), directories(content)[frame]
    for entry in range(struct.unpack_from("<H", content, at)[0]):
        where = at + 2 + 12 * entry
        if struct.unpack_from("<H", content, where)[0] == tag:
            struct.pack_into("<L", changed, where + 8, value)
    assert bytes(changed) != content
    return bytes(changed)


def type_set(content: bytes, frame: int, tag: int, kind: int) -> bytes:
    """Return a TIFF in which a frame's tag claims values of another type."""
    changed, at = bytearray(content), directories(content)[frame]
    for entry in range(struct.unpack_from("<H", content, at)[0]):
        where = at + 2 + 12 * entry
        if struct.unpack_from("<H", content, where)[0] == tag:
            struct.pack_into("<H", changed, where + 2, kind)
    assert bytes(changed) != content
    return bytes(changed)


def next_set(content: bytes, frame: int, target: int) -> bytes:
    """Return a TIFF whose frame is followed by what lies at another place."""
    changed, at = bytearray(content), directories(content)[frame]
    struct.pack_into("<L", changed, at + 2 + 12 * struct.unpack_from("<H", content, at)[0], target)
    return bytes(changed)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "image"


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("JPEG", "L"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("TIFF", "1"),
        ("TIFF", "RGB"),
        ("TIFF", "RGBA"),
        ("TIFF", "CMYK"),
        ("TIFF", "I;16"),
        ("TIFF", "F"),
    ],
)
def test_an_image_is_a_page_whatever_its_colours(path: Path, kind: str, mode: str) -> None:
    assert look(path, made(kind, NOISE.convert(mode))) == [FrameFacts(1, 2400)]


@pytest.mark.parametrize("options", [{}, {"compression": "group4"}, {"big_tiff": True}])
def test_the_frames_of_a_tiff_are_its_pages(path: Path, options: dict[str, object]) -> None:
    frames = [Image.new("1", (10 * n, 20)) for n in (1, 2, 3)]
    pages = look(path, made("TIFF", *frames, **options))
    assert pages == [FrameFacts(1, 200), FrameFacts(2, 400), FrameFacts(3, 600)]


@pytest.mark.parametrize(
    ("size", "said", "dpi"),
    [
        ((1654, 2339), 200, 200.1),
        # A camera's 72, a screen's 96: the sheet in the picture is no metre high
        ((3024, 4032), 72, 344.9),
        # Half the lines of a fax
        ((1728, 1146), 204, 147.8),
        ((585, 827), None, 70.7),
    ],
)
def test_the_resolution_is_that_of_a_sheet(
    path: Path, size: tuple[int, int], said: int | None, dpi: float
) -> None:
    options = {} if said is None else {"dpi": (said, said)}
    path.write_bytes(made("PNG", Image.new("1", size), **options))
    (page,) = inspect(path, sniff.PNG, max_pages=1, max_page_pixels=200_000_000)
    assert page.dpi == pytest.approx(dpi, abs=0.1)


def test_an_animation_is_the_page_that_it_begins_with(path: Path) -> None:
    assert look(path, made("PNG", NOISE, NOISE.rotate(90), NOISE.rotate(180))) == [
        FrameFacts(1, 2400)
    ]


def test_a_camera_s_second_picture_is_no_page(path: Path) -> None:
    assert look(path, made("MPO", NOISE.convert("RGB"), NOISE.convert("RGB"))) == [
        FrameFacts(1, 2400)
    ]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_image_that_was_cut_off_is_corrupt_wherever_it_was(path: Path, kind: str) -> None:
    whole = made(kind, NOISE.resize((600, 400)))
    for tenth in range(1, 10):
        content = whole[: max(16, len(whole) * tenth // 10)]
        assert rejection(path, content) is RejectedCode.CORRUPT
    assert rejection(path, whole[:-1]) is RejectedCode.CORRUPT


def test_the_end_of_a_preview_is_not_the_end_of_a_jpeg(path: Path) -> None:
    preview = made("JPEG", NOISE.resize((16, 16)))
    whole = made("JPEG", NOISE.resize((600, 400)), exif=b"Exif\0\0" + preview)
    assert whole.count(b"\xff\xd9") >= 2
    assert look(path, whole) == [FrameFacts(1, 240_000)]
    assert rejection(path, whole[:-200]) is RejectedCode.CORRUPT


def test_bytes_after_the_end_of_an_image_are_nobody_s_business(path: Path) -> None:
    for kind in ("PNG", "JPEG", "TIFF"):
        assert look(path, made(kind) + b"trailer" * 100) == [FrameFacts(1, 2400)]


def test_a_png_with_a_bit_turned_over_in_its_pixels_is_corrupt(path: Path) -> None:
    content = bytearray(made("PNG"))
    content[content.index(b"IDAT") + 40] ^= 1
    assert rejection(path, bytes(content)) is RejectedCode.CORRUPT


@pytest.mark.parametrize(
    "header",
    [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", b"II*\0", b"MM\0+\0\x08\0\0"],
)
@pytest.mark.parametrize("rest", [b"", b"\0" * 64, b"\xff" * 64, bytes(range(256))])
def test_a_header_that_makes_no_sense_is_corrupt(path: Path, header: bytes, rest: bytes) -> None:
    assert rejection(path, header + rest) is RejectedCode.CORRUPT


def test_an_image_without_area_is_corrupt(path: Path) -> None:
    png, jpeg, tiff = bytearray(made("PNG")), bytearray(made("JPEG")), made("TIFF")
    png[16:20] = bytes(4)
    start_of_frame = jpeg.index(b"\xff\xc0")
    jpeg[start_of_frame + 5 : start_of_frame + 7] = bytes(2)
    for content in (bytes(png), bytes(jpeg), tag_set(tiff, 0, WIDTH, 0)):
        assert rejection(path, content) is RejectedCode.CORRUPT


def test_a_huge_image_is_refused_by_its_header(path: Path) -> None:
    png = bytearray(made("PNG"))
    # Far beyond the size that Pillow would warn of and, at twice as many pixels, refuse
    struct.pack_into(">LL", png, 16, 100_000, 100_000)
    struct.pack_into(">L", png, 29, zlib.crc32(png[12:29]))
    assert rejection(path, bytes(png)) is RejectedCode.TOO_MANY_PIXELS


def test_a_huge_frame_does_not_reject_the_others(path: Path) -> None:
    tiff = tag_set(made("TIFF", NOISE, NOISE, NOISE), 1, HEIGHT, 60_000)
    assert look(path, tiff, max_page_pixels=2400) == [
        FrameFacts(1, 2400),
        FrameFacts(2, 3_600_000, PageCode.PAGE_TOO_LARGE),
        FrameFacts(3, 2400),
    ]
    assert rejection(path, tiff, max_page_pixels=2399) is RejectedCode.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("tag", "value"), [(WIDTH, 0), (STRIPS, 1 << 30), (STRIPS, (1 << 32) - 1), (258, 77)]
)
def test_a_broken_frame_does_not_reject_the_others(path: Path, tag: int, value: int) -> None:
    pages = look(path, tag_set(made("TIFF", NOISE, NOISE, NOISE), 1, tag, value))
    assert [page.refused for page in pages] == [None, PageCode.PAGE_UNREADABLE, None]


def test_a_frame_whose_strips_lie_at_no_number_does_not_reject_the_others(path: Path) -> None:
    pages = look(path, type_set(made("TIFF", NOISE, NOISE, NOISE), 1, STRIPS, TEXT))
    assert [page.refused for page in pages] == [None, PageCode.PAGE_UNREADABLE, None]


def test_a_tiff_whose_last_frame_was_cut_off_keeps_the_others(path: Path) -> None:
    # As scanners write: a frame's pixels behind its description
    tiff = made("TIFF", NOISE, NOISE)
    last = directories(tiff)[-1]
    for lost in (10, len(tiff) - last - 4):
        pages = look(path, tiff[: len(tiff) - lost])
        assert [page.refused for page in pages] == [None, PageCode.PAGE_UNREADABLE]


def test_a_chain_of_frames_that_comes_back_ends(path: Path) -> None:
    tiff = made("TIFF", NOISE, NOISE, NOISE)
    for target in directories(tiff):
        assert len(look(path, next_set(tiff, 2, target))) == 3


def test_a_chain_of_frames_that_leads_out_of_the_file_names_what_is_lost(path: Path) -> None:
    tiff = made("TIFF", NOISE, NOISE)
    pages = look(path, next_set(tiff, 1, len(tiff) + 1000))
    assert [page.refused for page in pages] == [None, None, PageCode.PAGE_UNREADABLE]


def test_too_many_frames(path: Path) -> None:
    tiff = made("TIFF", *[Image.new("1", (8, 8))] * 5)
    assert len(look(path, tiff, max_pages=5)) == 5
    assert rejection(path, tiff, max_pages=4) is RejectedCode.TOO_MANY_PAGES


SOUND = {
    "PNG": made("PNG", NOISE.convert("RGBA")),
    "JPEG": made("JPEG", NOISE),
    "TIFF": made("TIFF", NOISE, NOISE.convert("1"), NOISE.convert("CMYK")),
}


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SOUND)),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_any_damage_ends_in_pages_or_a_code(
    path: Path, kind: str, damage: list[tuple[float, int]]
) -> None:
    content = bytearray(SOUND[kind])
    for where, value in damage:
        content[8 + int(where * (len(content) - 9))] = value
    try:
        pages = look(path, bytes(content), max_pages=10)
    except Rejected:
        return
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert any(page.refused is None for page in pages)


def hostile() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "image"]


@pytest.mark.skipif(not hostile(), reason="needs the evaluation data: hostile")
@pytest.mark.parametrize("row", hostile(), ids=lambda row: row["name"])
def test_a_hostile_image_has_its_pages_or_a_code(path: Path, row: dict[str, str]) -> None:
    content = (DATA / "hostile" / row["file"]).read_bytes()
    if sniff.media_type(content[: sniff.SNIFF_BYTES]) not in sniff.READ_AS_THEY_ARE:
        assert row["expected"] != "accept" or "reject_unsupported_type" in row["also_ok"]
        return
    try:
        pages = look(path, content)
    except Rejected:
        assert row["expected"] != "accept"
    else:
        assert len(pages) == int(row["pages"] or 1)
