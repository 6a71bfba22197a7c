"""Inputs of every kind: what is seen of them, and what a bad page does to its neighbours."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from docparser.errors import Rejected
from docparser.model import LaneReason, Page, PageCode, PageStatus, RejectedCode
from docparser_ocr import reader
from docparser_ocr.deadline import Deadline
from docparser_ocr.image_pages import ImagePages
from docparser_ocr.pdf_pages import PdfPages
from docparser_ocr.settings import OcrSettings
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.unit.ocr_engine.conftest import Read
from tests.unit.ocr_engine.drawn import LINES, page

ReadFile = Callable[..., list[Page]]


def text_of(page: Page) -> list[str]:
    return [line.text for block in page.blocks for line in block.lines]


def sixteen_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def on_clear_ground(image: Image.Image, mode: str) -> Image.Image:
    """Return the page's ink alone: what is white is transparent, and black beneath."""
    ink = image.convert("L").point(lambda value: 255 - value)
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.putalpha(ink)
    return clear.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_usual_pictures(read: Read, mode: str) -> None:
    assert text_of(read(page().convert(mode))) == list(LINES)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_clear_is_paper(read: Read, mode: str) -> None:
    assert text_of(read(on_clear_ground(page(), mode))) == list(LINES)


def test_a_palette_with_a_clear_colour(read: Read) -> None:
    image = page().convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    white = image.getpixel((0, 0))
    palette = image.getpalette() or []
    palette[3 * white : 3 * white + 3] = [0, 0, 0]
    image.putpalette(palette)
    assert text_of(read(image, transparency=white)) == list(LINES)


def test_sixteen_bits_are_scaled_not_clipped(read: Read) -> None:
    # Grey on lighter grey: both are above 255, and clipping makes them one.
    faint = page().convert("L").point(lambda value: 90 if value < 128 else 200)
    assert text_of(read(sixteen_bits(faint))) == list(LINES)


@pytest.mark.parametrize(
    ("suffix", "media_type", "make"),
    [
        ("jpg", "image/jpeg", lambda image: image.convert("CMYK")),
        ("jpg", "image/jpeg", lambda image: image.convert("L")),
        ("tif", "image/tiff", lambda image: image.convert("CMYK")),
        ("tif", "image/tiff", sixteen_bits),
        ("tif", "image/tiff", lambda image: Image.fromarray(np.asarray(image.convert("F")) / 255)),
    ],
    ids=["cmyk jpeg", "grey jpeg", "cmyk tiff", "16-bit tiff", "float tiff"],
)
def test_pictures_of_print_shops_and_scanners(
    read_file: ReadFile,
    tmp_path: Path,
    suffix: str,
    media_type: str,
    make: Callable[[Image.Image], Image.Image],
) -> None:
    path = tmp_path / f"page.{suffix}"
    make(page()).save(path)
    assert text_of(read_file(path, media_type)[0]) == list(LINES)


def test_a_camera_says_how_it_was_held(read_file: ReadFile, tmp_path: Path) -> None:
    held = page().rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    held.save(tmp_path / "photo.jpg", exif=exif, dpi=(100, 100))
    (read_page,) = read_file(tmp_path / "photo.jpg", "image/jpeg")
    assert text_of(read_page) == list(LINES)
    assert read_page.rotation == 90
    assert (read_page.width_pt, read_page.height_pt) == (648, 432)


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize(
    ("way", "held", "degrees"),
    [
        (2, Image.Transpose.FLIP_LEFT_RIGHT, 0),
        (3, Image.Transpose.ROTATE_180, 180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM, 180),
        (5, Image.Transpose.TRANSPOSE, 90),
        (6, Image.Transpose.ROTATE_90, 90),
        (7, Image.Transpose.TRANSVERSE, 270),
        (8, Image.Transpose.ROTATE_270, 270),
    ],
)
def test_a_camera_s_damaged_notes_do_not_cost_the_picture(
    tmp_path: Path, suffix: str, way: int, held: Image.Transpose, degrees: int
) -> None:
    # Given a picture with a black corner whose notes name its width in letters
    image = Image.new("RGB", (300, 200), "white")
    image.paste("black", (0, 0, 150, 100))
    width = struct.pack("<HHI4s", 0x0100, 2, 4, b"abc")
    orientation = struct.pack("<HHIHH", 0x0112, 3, 1, way, 0)
    notes = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + width + orientation + bytes(4)
    path = tmp_path / f"photo.{suffix}"
    image.transpose(held).save(path, exif=notes)
    # When it is looked at
    sheet, picture = ImagePages(path, dpi=200, max_pixels=10**8).look(1, Deadline(9))
    # Then it is upright
    assert not isinstance(picture, PageCode)
    assert (sheet.rotation, picture.shape) == (degrees, (200, 300, 3))
    assert [picture[y, x, 0] // 128 for y, x in ((50, 50), (50, 250), (150, 50))] == [0, 1, 1]


@pytest.mark.parametrize(
    ("dpi", "width_pt"), [((300, 300), 216), ((1, 1), 324), (None, 324), ((72, 72), 900)]
)
def test_the_size_follows_the_resolution_that_the_file_names(
    tmp_path: Path, dpi: tuple[int, int] | None, width_pt: float
) -> None:
    path = tmp_path / "page.png"
    page().save(path, **({"dpi": dpi} if dpi else {}))
    sheet, _ = ImagePages(path, dpi=200, max_pixels=10**8).look(1, Deadline(9))
    assert sheet.width_pt == pytest.approx(width_pt, rel=0.01)


def test_a_fax_has_fewer_dots_down_than_across(read_file: ReadFile, tmp_path: Path) -> None:
    image = page()
    squeezed = image.resize((image.width, image.height // 2))
    squeezed.convert("1").save(tmp_path / "fax.tif", dpi=(204, 98), compression="group4")
    (read_page,) = read_file(tmp_path / "fax.tif", "image/tiff")
    assert text_of(read_page)[0].split()[:3] == LINES[0].split()[:3]
    assert read_page.height_pt == pytest.approx(220, abs=1)


def test_frames_are_pages_and_a_broken_one_spares_its_neighbours(
    read_file: ReadFile, tmp_path: Path
) -> None:
    frames = [page((f"This is frame {number}",)) for number in (1, 2, 3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    content = bytearray(buffer.getvalue())
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        start, size = image.tag_v2[273][0], image.tag_v2[279][0]
    content[start : start + size] = b"\xff" * size
    (tmp_path / "pages.tif").write_bytes(content)
    pages = read_file(tmp_path / "pages.tif", "image/tiff")
    assert [read_page.number for read_page in pages] == [1, 2, 3]
    assert [read_page.code for read_page in pages] == [None, PageCode.PAGE_UNREADABLE, None]
    assert [text_of(read_page) for read_page in pages] == [
        ["This is frame 1"],
        [],
        ["This is frame 3"],
    ]
    assert all(read_page.lane_reason is LaneReason.IMAGE_INPUT for read_page in pages)


def test_a_picture_above_the_limit_is_not_decoded(read_file: ReadFile, tmp_path: Path) -> None:
    frames = [Image.new("1", (12_000, 12_000)), page(("A page of the usual size",)).convert("1")]
    frames[0].save(
        tmp_path / "pages.tif", save_all=True, append_images=frames[1:], compression="group4"
    )
    pages = read_file(tmp_path / "pages.tif", "image/tiff", max_page_pixels=100_000_000)
    assert [read_page.code for read_page in pages] == [PageCode.PAGE_TOO_LARGE, None]
    assert (pages[0].status, pages[0].blocks) == (PageStatus.ERROR, ())
    assert text_of(pages[1]) == ["A page of the usual size"]


def test_a_huge_picture_within_the_limit_is_read(read_file: ReadFile, tmp_path: Path) -> None:
    # Above Pillow's own limit, which would warn.
    page(size=(900, 1000)).convert("1").resize((9900, 11_000)).save(tmp_path / "huge.png")
    assert text_of(read_file(tmp_path / "huge.png", "image/png")[0]) == list(LINES)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_picture_is_an_unreadable_page(
    read_file: ReadFile, tmp_path: Path, kept: float
) -> None:
    buffer = io.BytesIO()
    page().save(buffer, "PNG")
    content = buffer.getvalue()
    (tmp_path / "cut.png").write_bytes(content[: int(kept * len(content))])
    (read_page,) = read_file(tmp_path / "cut.png", "image/png")
    assert (read_page.status, read_page.code) == (PageStatus.ERROR, PageCode.PAGE_UNREADABLE)


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"", "image/png", RejectedCode.EMPTY),
        (b"\x89PNG\r\n\x1a\n", "image/png", RejectedCode.CORRUPT),
        (b"GIF89a" + bytes(100), "image/png", RejectedCode.CORRUPT),
        (b"%PDF-1.7 and nothing more", "application/pdf", RejectedCode.CORRUPT),
    ],
)
def test_what_is_no_input_at_all(
    tmp_path: Path, content: bytes, media_type: str, code: RejectedCode
) -> None:
    (tmp_path / "input").write_bytes(content)
    with pytest.raises(Rejected) as caught:
        reader.opened(tmp_path / "input", media_type, OcrSettings())
    assert caught.value.code is code


def test_more_pages_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    Image.new("1", (9, 9)).save(path, save_all=True, append_images=[Image.new("1", (9, 9))] * 3)
    with pytest.raises(Rejected) as caught:
        reader.opened(path, "image/tiff", OcrSettings(max_pages=3))
    assert caught.value.code is RejectedCode.TOO_MANY_PAGES


def test_pages_of_a_pdf_are_drawn_as_they_lie(read_file: ReadFile, tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(450, 300))
    for degrees, size in ((0, (450, 300)), (90, (300, 200))):
        canvas.setPageRotation(degrees)
        canvas.drawImage(ImageReader(page()), 0, 0, *size)
        canvas.showPage()
    canvas.showPage()
    canvas.save()
    upright, turned, blank = read_file(tmp_path / "scan.pdf", "application/pdf")
    assert text_of(upright) == text_of(turned) == list(LINES)
    assert (upright.rotation, upright.width_pt, upright.height_pt) == (0, 450, 300)
    # Its file turns it on its side, and the engine turns it back.
    assert (turned.rotation, turned.width_pt, turned.height_pt) == (0, 300, 450)
    assert upright.lane_reason is LaneReason.NO_TEXT_LAYER
    assert (blank.status, blank.blocks) == (PageStatus.OK, ())


def form(path: Path, *, appearances: bool) -> None:
    """Write a page with a filled field and a note in free text."""
    canvas = Canvas(str(path), pagesize=(450, 300))
    canvas.drawString(40, 250, "Name of the applicant")
    canvas.acroForm.textfield(
        name="name", value="Erika Mustermann", x=40, y=180, width=250, height=30, borderWidth=0
    )
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        if not appearances:
            pdf.Root.AcroForm.NeedAppearances = True
            for field in pdf.pages[0].Annots:
                del field.AP
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
        drawing = pdf.make_stream(b"BT /F 18 Tf 5 10 Td (Approved by hand) Tj ET")
        drawing.Type, drawing.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        drawing.BBox = [0, 0, 250, 40]
        drawing.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FreeText,
            Rect=[40, 80, 290, 120],
            Contents="Approved by hand",
            DA="/Helv 18 Tf",
            F=4,
            AP=pikepdf.Dictionary(N=drawing),
        )
        pdf.pages[0].Annots.append(pdf.make_indirect(note))
        pdf.save(path)


@pytest.mark.parametrize("appearances", [True, False], ids=["drawn", "values alone"])
def test_what_is_filled_in_and_noted_is_read(
    read_file: ReadFile, tmp_path: Path, *, appearances: bool
) -> None:
    form(tmp_path / "form.pdf", appearances=appearances)
    (read_page,) = read_file(tmp_path / "form.pdf", "application/pdf")
    assert text_of(read_page) == ["Name of the applicant", "Erika Mustermann", "Approved by hand"]


def test_a_page_cut_out_of_a_form_keeps_what_is_filled_in(
    read_file: ReadFile, tmp_path: Path
) -> None:
    form(tmp_path / "form.pdf", appearances=True)
    with (
        pypdfium2.PdfDocument(tmp_path / "form.pdf") as whole,
        pypdfium2.PdfDocument.new() as cut,
    ):
        cut.import_pages(whole)
        cut.save(tmp_path / "cut.pdf")
    (read_page,) = read_file(tmp_path / "cut.pdf", "application/pdf")
    assert "Erika Mustermann" in text_of(read_page)


def test_a_pdf_page_above_the_limit_spares_its_neighbours(
    read_file: ReadFile, tmp_path: Path
) -> None:
    canvas = Canvas(str(tmp_path / "pages.pdf"))
    for side, picture in ((3000, (40, 40)), (300, (3000, 3000)), (300, (300, 200))):
        canvas.setPageSize((side, side))
        canvas.drawImage(ImageReader(page().resize(picture)), 0, 0, 300, 200)
        canvas.showPage()
    canvas.save()
    pages = read_file(tmp_path / "pages.pdf", "application/pdf", max_page_pixels=5_000_000)
    assert [read_page.code for read_page in pages] == [
        PageCode.PAGE_TOO_LARGE,
        PageCode.PAGE_TOO_LARGE,
        None,
    ]
    assert (pages[0].width_pt, pages[0].height_pt) == (3000, 3000)


def test_a_locked_pdf(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(Rejected) as caught:
        PdfPages(tmp_path / "locked.pdf", dpi=200, max_pixels=10**8)
    assert caught.value.code is RejectedCode.ENCRYPTED


def test_a_page_that_takes_too_long_is_given_up(read_file: ReadFile, tmp_path: Path) -> None:
    page().save(tmp_path / "page.png")
    (read_page,) = read_file(tmp_path / "page.png", "image/png", deadline_s=0.001)
    assert (read_page.status, read_page.code) == (PageStatus.ERROR, PageCode.PAGE_DEADLINE)


def test_a_page_made_to_be_drawn_forever_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "endless.pdf"
    canvas = Canvas(str(path), pagesize=(2000, 2000))
    for index in range(12_000):
        canvas.setFillColorRGB(index % 7 / 7, 0.5, 0.5, alpha=0.5)
        canvas.rect(index % 40, index % 30, 1900, 1900, fill=1, stroke=0)
    canvas.save()
    source = PdfPages(path, dpi=200, max_pixels=10**8)
    started = time.monotonic()
    sheet = reader.read_page(None, source, 1, 0.4)  # type: ignore[arg-type]
    source.close()
    assert sheet.code is PageCode.PAGE_DEADLINE
    assert time.monotonic() - started < 15


def test_text_on_a_drawing_in_white_on_black(read: Read) -> None:
    image = Image.new("RGB", (900, 200), "black")
    ImageDraw.Draw(image).text((60, 60), "White on black", font=ImageFont.load_default(36))
    assert text_of(read(image)) == ["White on black"]
