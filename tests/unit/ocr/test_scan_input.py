"""A shard alone: some pages of a PDF, some frames of a TIFF, and what is left out."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest
from docparser.errors import Rejected
from docparser.ocr import scan_input
from docparser.ocr.scan_input import write_pdf_pages, write_tiff_frames
from PIL import Image

from tests.pdfs import scan_pdf, text_pdf

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (40, 50)


def frame(seed: int, mode: str) -> Image.Image:
    """Return noise: every pixel of another value, so that a lost bit shows."""
    noise = Image.effect_noise(SIZE, 80 + seed)
    if mode == "I;16":
        return Image.frombytes("I;16", SIZE, bytes(2 * v % 256 for v in noise.tobytes()) * 2)
    bands = [noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    return Image.merge("RGB", bands).convert(mode)


def tiff(path: Path, *frames: Image.Image, **fields: object) -> Path:
    frames[0].save(path, save_all=True, append_images=frames[1:], **fields)
    return path


MODES = ("L", "1", "RGB", "CMYK", "RGBA", "I;16", "P", "LA")


def test_frames_come_through_without_loss(tmp_path: Path) -> None:
    frames = [frame(seed, mode) for seed, mode in enumerate(MODES)]
    source = tiff(tmp_path / "in.tif", *frames, dpi=(300, 200))
    target = io.BytesIO()
    assert write_tiff_frames(source, target, range(2, 9)) == (2, 3, 4, 5, 6, 7, 8)
    with Image.open(target) as written:
        assert written.n_frames == 7
        for index, before in enumerate(frames[1:]):
            written.seek(index)
            assert (written.mode, written.tobytes()) == (before.mode, before.tobytes())
            assert written.info["dpi"] == (300, 200)


def test_a_turned_frame_is_written_upright(tmp_path: Path) -> None:
    upright = frame(1, "L")
    turned = upright.transpose(Image.Transpose.ROTATE_180)
    source = tiff(tmp_path / "in.tif", upright, turned, tiffinfo={274: 3})
    target = io.BytesIO()
    assert write_tiff_frames(source, target, range(2, 3)) == (2,)
    with Image.open(target) as written:
        assert written.tobytes() == upright.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_a_frame_larger_than_it_will_be_read_at_is_reduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    # Given a frame of four times as many pixels as the engine looks at, black above, white below
    large = Image.new("RGB", (400, 600), "white")
    large.paste("black", (0, 0, 400, 300))
    large = large.convert(mode)
    monkeypatch.setattr(scan_input, "MOST_PIXELS", 60_000)
    source = tiff(tmp_path / "in.tif", frame(1, "L"), large, dpi=(600, 300))
    target = io.BytesIO()
    # When it is written
    assert write_tiff_frames(source, target, range(2, 3)) == (2,)
    # Then it is as large on paper as before, of no more pixels than are looked at
    with Image.open(target) as written:
        assert written.size == (200, 300)
        assert written.info["dpi"] == (300, 150)
        grey = written.convert("L")
        assert (grey.getpixel((100, 10)), grey.getpixel((100, 290))) == (0, 255)


def test_a_frame_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    # Given three frames, of which the second claims a compression that nobody knows
    frames = [frame(seed, "L") for seed in range(3)]
    source = tiff(tmp_path / "in.tif", *frames)
    content = bytearray(source.read_bytes())
    _, first = struct.unpack_from("<HI", content, 2)
    ifd = _next(content, first)
    (entry,) = (e for e in _entries(content, ifd) if struct.unpack_from("<H", content, e)[0] == 259)
    struct.pack_into("<H", content, entry + 8, 60_000)
    source.write_bytes(content)
    # When the shard is made
    target = io.BytesIO()
    assert write_tiff_frames(source, target, range(1, 4)) == (1, 3)
    # Then its neighbours are whole
    with Image.open(target) as written:
        assert written.n_frames == 2
        written.seek(1)
        assert written.tobytes() == frames[2].tobytes()


def _entries(content: bytearray, ifd: int) -> list[int]:
    (count,) = struct.unpack_from("<H", content, ifd)
    return [ifd + 2 + 12 * index for index in range(count)]


def _next(content: bytearray, ifd: int) -> int:
    (count,) = struct.unpack_from("<H", content, ifd)
    (following,) = struct.unpack_from("<I", content, ifd + 2 + 12 * count)
    return following


def test_frames_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    source = tiff(tmp_path / "in.tif", frame(1, "L"), frame(2, "L"))
    target = io.BytesIO()
    assert write_tiff_frames(source, target, range(2, 5)) == (2,)
    assert write_tiff_frames(source, io.BytesIO(), range(7, 9)) == ()


def test_pages_are_taken_in_their_order(tmp_path: Path) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes(text_pdf(*[(f"page {number}",) for number in range(1, 7)]))
    target = io.BytesIO()
    assert write_pdf_pages(source, target, range(3, 6)) == (3, 4, 5)
    written = pypdfium2.PdfDocument(target.getvalue())
    texts = [page.get_textpage().get_text_bounded().strip() for page in written]
    assert texts == ["page 3", "page 4", "page 5"]


def test_what_pages_share_is_written_once(tmp_path: Path) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes(scan_pdf(scanned=8))
    one, eight = io.BytesIO(), io.BytesIO()
    write_pdf_pages(source, one, range(1, 2))
    write_pdf_pages(source, eight, range(1, 9))
    assert len(eight.getvalue()) < 8 * len(one.getvalue())


def test_a_page_that_pdfium_cannot_load_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "in.pdf"
    with pikepdf.open(io.BytesIO(text_pdf(("a",), ("b",), ("c",)))) as pdf:
        pdf.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 0, 0])
        pdf.Root.Pages.Kids[1] = pikepdf.Dictionary(Type=pikepdf.Name.Nonsense)
        pdf.save(source)
    target = io.BytesIO()
    taken = write_pdf_pages(source, target, range(1, 4))
    assert len(pypdfium2.PdfDocument(target.getvalue())) == len(taken)
    assert {1, 3} <= {*taken}


def test_no_page_at_all_is_no_file(tmp_path: Path) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes(text_pdf())
    target = io.BytesIO()
    assert write_pdf_pages(source, target, range(4, 6)) == ()
    assert target.getvalue() == b""


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes(b"nothing")
    with pytest.raises(Rejected):
        write_pdf_pages(source, io.BytesIO(), range(1, 2))
