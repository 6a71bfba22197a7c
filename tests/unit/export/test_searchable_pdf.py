"""A searchable PDF looks like its original, and holds what was read at its places."""

from __future__ import annotations

import itertools
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2
import pytest
from docparser.export import picture_pages, searchable_pdf
from docparser.model import Block, Gap, Lane, LaneReason, Line, Page, PageCode, Word, box
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

A4 = (595.0, 842.0)
WORDS = ("Zwölf", "Boxkämpfer", "jagen", "Ελλάδα", "größer", "\U0001d518")


def page(
    number: int = 1,
    *,
    size: tuple[float, float] = A4,
    rotation: int = 0,
    lane: Lane = Lane.CPU,
    words: Sequence[str] = WORDS,
) -> Page:
    """A page with a line of three words here and there."""
    lines = []
    for row, start in enumerate(range(0, len(words), 3)):
        three = words[start : start + 3]
        top = 0.1 + 0.2 * row
        placed = tuple(
            Word(
                id=f"p{number}.w{3 * row + column}",
                text=word,
                polygon=box(0.1 + 0.25 * column, top, 0.3 + 0.25 * column, top + 0.02),
                confidence=0.9,
            )
            for column, word in enumerate(three)
        )
        lines.append(
            Line(
                id=f"p{number}.l{row}",
                text=" ".join(three),
                polygon=box(0.1, top, 0.8, top + 0.02),
                words=placed,
            )
        )
    blocks = (Block(id=f"p{number}.b1", polygon=box(0, 0, 1, 1), lines=tuple(lines)),)
    return Page(
        number=number,
        lane=lane,
        lane_reason=LaneReason.IMAGE_INPUT,
        width_pt=size[0],
        height_pt=size[1],
        rotation=rotation,
        blocks=blocks,
    )


def pictured(size: tuple[int, int] = (595, 842), mode: str = "RGB") -> Image.Image:
    """A picture with a dark bar near its upper left corner: it tells which way up it is."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((size[0] // 10, size[1] // 20, size[0] // 2, size[1] // 12), fill="black")
    return image.convert(mode)


def pdf_of(image: Image.Image, **page_words: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PDF", resolution=72)
    with pikepdf.open(buffer) as pdf:
        for name, value in page_words.items():
            pdf.pages[0].obj[f"/{name}"] = value
        written = BytesIO()
        pdf.save(written)
    return written.getvalue()


def made(
    tmp_path: Path, source: bytes, media_type: str, pages: Sequence[Page | Gap]
) -> pypdfium2.PdfDocument:
    original, target = tmp_path / "original", tmp_path / "document.pdf"
    original.write_bytes(source)
    searchable_pdf.write(original, media_type, pages, target)
    # Nothing but the result is left behind.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["document.pdf", "original"]
    return pypdfium2.PdfDocument(target)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def text(pdf: pypdfium2.PdfDocument, number: int = 1) -> str:
    return " ".join(pdf[number - 1].get_textpage().get_text_range().split())


def seen(pdf: pypdfium2.PdfDocument, number: int = 1) -> np.ndarray:
    return np.asarray(pdf[number - 1].render(scale=1).to_pil().convert("L"))


def looks_upright(pixels: np.ndarray) -> bool:
    """Whether the dark bar is where `pictured` drew it."""
    tall, wide = pixels.shape
    bar = pixels[tall // 20 + 2 : tall // 12 - 2, wide // 10 + 2 : wide // 2 - 2]
    corner = pixels[-tall // 10 :, -wide // 3 :]
    return bool(bar.mean() < 60 and corner.mean() > 200)


def place(pdf: pypdfium2.PdfDocument, word: str) -> tuple[float, float, float, float]:
    """Return where a word is found on the page as it is seen: left, top, right, bottom in 0..1."""
    sheet = pdf[0]
    layer = sheet.get_textpage()
    found = layer.search(word).get_next()
    assert found is not None
    boxes = np.array([layer.get_charbox(found[0] + index) for index in range(len(word))])
    left, bottom = boxes[:, 0].min(), boxes[:, 1].min()
    right, top = boxes[:, 2].max(), boxes[:, 3].max()
    across, along = sheet.get_size()
    match sheet.get_rotation():
        case 0:
            return left / across, 1 - top / along, right / across, 1 - bottom / along
        case 90:
            return bottom / across, left / along, top / across, right / along
        case 180:
            return 1 - right / across, bottom / along, 1 - left / across, top / along
        case _:
            return 1 - top / across, 1 - right / along, 1 - bottom / across, 1 - left / along


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "CMYK"])
@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("TIFF", "image/tiff")])
def test_a_picture_is_shown_and_its_words_are_found(
    tmp_path: Path, mode: str, form: str, media_type: str
) -> None:
    pdf = made(tmp_path, saved(pictured(mode=mode), form), media_type, [page()])
    assert text(pdf) == " ".join(WORDS)
    assert pdf[0].get_size() == pytest.approx(A4)
    assert looks_upright(seen(pdf))


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA", "I;16"])
def test_a_png_of_any_kind(tmp_path: Path, mode: str) -> None:
    image = pictured(mode="L" if mode == "I;16" else "RGB")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    pdf = made(tmp_path, saved(image, "PNG"), "image/png", [page()])
    assert looks_upright(seen(pdf))
    assert text(pdf) == " ".join(WORDS)


def test_a_jpeg_is_taken_as_it_is(tmp_path: Path) -> None:
    source = saved(pictured(), "JPEG", quality=30)
    made(tmp_path, source, "image/jpeg", [page()])
    with pikepdf.open(tmp_path / "document.pdf") as pdf:
        (picture,) = pdf.pages[0].get_images().values()
        assert picture.read_raw_bytes() == source


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_picture_that_lay_sideways_stands_upright(tmp_path: Path, rotation: int) -> None:
    lying = pictured().rotate(rotation, expand=True)  # anticlockwise
    pdf = made(tmp_path, saved(lying, "PNG"), "image/png", [page(rotation=rotation)])
    assert looks_upright(seen(pdf))
    assert place(pdf, "Boxkämpfer") == pytest.approx((0.35, 0.1, 0.55, 0.12), abs=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_exif_says_is_part_of_the_turn(tmp_path: Path, orientation: int) -> None:
    undone = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    image = pictured() if undone is None else pictured().transpose(undone)
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(orientation, 0)
    source = saved(image, "JPEG", exif=exif)
    pdf = made(tmp_path, source, "image/jpeg", [page(rotation=turned)])
    assert looks_upright(seen(pdf))


@pytest.mark.parametrize("said", [0, 90, 180, 270])
@pytest.mark.parametrize("more", [0, 90, 180, 270])
def test_words_lie_where_they_were_read_on_a_turned_page(
    tmp_path: Path, said: int, more: int
) -> None:
    lying = pictured().rotate(said + more, expand=True)
    source = pdf_of(lying, Rotate=said)
    pdf = made(tmp_path, source, "application/pdf", [page(rotation=(said + more) % 360)])
    assert text(pdf) == " ".join(WORDS)
    assert looks_upright(seen(pdf))
    assert place(pdf, "Boxkämpfer") == pytest.approx((0.35, 0.1, 0.55, 0.12), abs=0.01)


def test_words_lie_within_the_visible_part_of_the_page(tmp_path: Path) -> None:
    source = pdf_of(
        pictured((795, 1042)),
        MediaBox=pikepdf.Array([0, 0, 795, 1042]),
        CropBox=pikepdf.Array([100, 100, 695, 942]),
    )
    pdf = made(tmp_path, source, "application/pdf", [page()])
    layer = pdf[0].get_textpage()
    first = layer.get_charbox(0)
    assert first[0] == pytest.approx(100 + 0.1 * 595, abs=2)
    assert first[3] == pytest.approx(942 - 0.1 * 842, abs=2)


def test_a_digital_page_stays_as_it_is(tmp_path: Path) -> None:
    source = _written("Printed words")
    pdf = made(tmp_path, source, "application/pdf", [page(lane=Lane.TEXT)])
    assert text(pdf) == "Printed words"


def test_a_text_layer_that_was_not_believed_is_gone(tmp_path: Path) -> None:
    pdf = made(tmp_path, _written("Garbled words"), "application/pdf", [page()])
    assert text(pdf) == " ".join(WORDS)
    assert seen(pdf).min() < 100  # the words themselves are still to be seen


def test_a_missing_page_keeps_its_place(tmp_path: Path) -> None:
    frames = [pictured(mode="1") for _ in range(3)]
    source = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    gap = Gap(page=2, code=PageCode.PAGE_UNREADABLE)
    pdf = made(tmp_path, source, "image/tiff", [page(1), gap, page(3, words=("drei",))])
    assert len(pdf) == 3
    assert [text(pdf, number) for number in (1, 2, 3)] == [" ".join(WORDS), "", "drei"]


def test_many_pictures_go_to_disk_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_pages, "_MEMORY_BYTES", 1000)
    frames = [pictured((60 + 10 * index, 80), mode="L") for index in range(7)]
    source = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    pages = [page(n, size=(60.0 + 10 * (n - 1), 80.0), words=(f"Nummer{n}",)) for n in range(1, 8)]
    pdf = made(tmp_path, source, "image/tiff", pages)
    assert [text(pdf, n) for n in range(1, 8)] == [f"Nummer{n}" for n in range(1, 8)]
    assert [pdf[n].get_size()[0] for n in range(7)] == pytest.approx(
        [60 + 10 * n for n in range(7)]
    )


@pytest.mark.parametrize("size", [(0.3, 0.3), (20_000.0, 100.0)])
def test_a_page_of_no_usual_size_is_a_page(tmp_path: Path, size: tuple[float, float]) -> None:
    pdf = made(tmp_path, saved(pictured((10, 10)), "PNG"), "image/png", [page(size=size)])
    assert text(pdf).split()[0] == WORDS[0]


def test_what_would_run_does_not_come_along(tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(pdf_of(pictured()))) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=b"app.alert(1)")
        link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=b"https://example.org")
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=b"calc.exe")

        def annotation(action: pikepdf.Dictionary, kind: str = "/Link") -> pikepdf.Dictionary:
            return pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name(kind),
                Rect=pikepdf.Array([0, 0, 10, 10]),
                A=action,
                AA=pikepdf.Dictionary(E=script),
            )

        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        pdf.pages[0].obj.Annots = pikepdf.Array(
            [annotation(link), annotation(launch), annotation(script, "/RichMedia")]
        )
        pdf.Root.OpenAction = script
        buffer = BytesIO()
        pdf.save(buffer)
    made(tmp_path, buffer.getvalue(), "application/pdf", [page()])
    content = (tmp_path / "document.pdf").read_bytes()
    with pikepdf.open(tmp_path / "document.pdf") as pdf:
        plain = BytesIO()
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
    content = plain.getvalue()
    assert b"https://example.org" in content
    assert b"alert" not in content
    assert b"calc.exe" not in content
    assert b"/RichMedia" not in content


@pytest.mark.parametrize(
    ("holder", "entry"),
    [
        ("page", "/AF"),
        ("page", "/PieceInfo"),
        ("page", "/PresSteps"),
        ("annotation", "/AF"),
        ("annotation", "/PA"),
        ("annotation", "/Parent"),
        ("annotation", "/Popup"),
        ("annotation", "/IRT"),
        ("action", "/Next"),
    ],
)
def test_what_is_hidden_in_a_page_does_not_come_along(
    tmp_path: Path, holder: str, entry: str
) -> None:
    with pikepdf.open(BytesIO(pdf_of(pictured()))) as pdf:
        hidden = pdf.make_stream(b"what nobody sees")
        page_itself = pdf.pages[0].obj
        page_itself.Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=pikepdf.Array([0, 0, 10, 10]),
                    A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=b"https://example.org"),
                )
            ]
        )
        annotation = page_itself.Annots[0]
        holders = {"page": page_itself, "annotation": annotation, "action": annotation.A}
        holders[holder][entry] = pdf.make_indirect(pikepdf.Dictionary(X=hidden))
        buffer = BytesIO()
        pdf.save(buffer)
    made(tmp_path, buffer.getvalue(), "application/pdf", [page()])
    with pikepdf.open(tmp_path / "document.pdf") as pdf:
        plain = BytesIO()
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
    assert b"https://example.org" in plain.getvalue()
    assert b"what nobody sees" not in plain.getvalue()


def test_what_only_pdfium_can_mend_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise pikepdf.PdfError

    source = pdf_of(pictured())
    monkeypatch.setattr(searchable_pdf.pikepdf, "open", _first_fails(pikepdf.open, broken))
    pdf = made(tmp_path, source, "application/pdf", [page(lane=Lane.TEXT)])
    assert text(pdf) == " ".join(WORDS)
    assert looks_upright(seen(pdf))


def _first_fails(real, broken):
    calls = itertools.count()
    return lambda *args: broken() if next(calls) == 0 else real(*args)


def _written(words: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setFont("Helvetica", 30)
    canvas.drawString(60, 700, words)
    canvas.save()
    return buffer.getvalue()
