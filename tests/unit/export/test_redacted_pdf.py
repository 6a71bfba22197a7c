"""What was found is gone from text, pixels and every object; what was not stays."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2
import pytest
from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.export import redacted_pdf
from docparser.export.redaction import covers, redacted
from docparser.model import (
    Block,
    Cell,
    Gap,
    Lane,
    LaneReason,
    Line,
    Page,
    PageCode,
    PiiFinding,
    PiiType,
    Polygon,
    Table,
    Word,
    box,
)
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from pathlib import Path

IBAN = "DE89370400440532013000"
A4 = (595.0, 842.0)


def word(name: str, text: str, left: float, top: float = 0.1) -> Word:
    polygon = box(left, top, left + 0.2, top + 0.02)
    return Word(id=name, text=text, polygon=polygon, confidence=1.0)


def finding(
    *words: str, kind: PiiType = PiiType.IBAN, polygons: tuple[Polygon, ...] = ()
) -> PiiFinding:
    return PiiFinding(
        type=kind,
        page=1,
        start=0,
        end=1,
        confidence=1,
        rule="pii.test",
        words=words,
        polygons=polygons,
    )


def page(*lines: Line, tables: tuple[Table, ...] = (), lane: Lane = Lane.CPU) -> Page:
    return Page(
        number=1,
        lane=lane,
        lane_reason=LaneReason.IMAGE_INPUT,
        width_pt=A4[0],
        height_pt=A4[1],
        blocks=(Block(id="p1.b1", polygon=box(0, 0, 1, 1), lines=lines),),
        tables=tables,
    )


def line(*words: Word, text: str = "") -> Line:
    text = text or " ".join(each.text for each in words)
    return Line(id="p1.l1", text=text, polygon=box(0.1, 0.1, 0.9, 0.12), words=words)


# ---------------------------------------------------------------- words
def test_the_first_word_names_what_stood_there() -> None:
    words = (word("w1", "IBAN:", 0.1), word("w2", "DE89", 0.3), word("w3", "3704", 0.5))
    made = redacted(page(line(*words)), [finding("w2", "w3")])
    assert made.text == "IBAN: [iban]"
    assert [each.text for each in made.blocks[0].lines[0].words] == ["IBAN:", "[iban]"]


def test_a_line_without_words_is_hidden_as_a_whole() -> None:
    found = finding(polygons=(box(0.3, 0.1, 0.5, 0.12),))
    made = redacted(page(line(text=f"IBAN: {IBAN}")), [found])
    assert made.text == "[iban]"


def test_a_place_that_is_unknown_hides_all() -> None:
    blank = finding()
    assert covers(page(line(text="x")), [blank]) == [(0, 0, 1, 1)]
    assert redacted(page(line(text=f"IBAN: {IBAN}")), [blank]).text == "[iban]"


@pytest.mark.parametrize("by_words", [True, False])
def test_cells_hide_what_their_lines_hide(by_words: bool) -> None:
    shown = word("w1", IBAN, 0.1)
    cell = Cell(
        row=0,
        column=0,
        polygon=shown.polygon,
        text=IBAN,
        word_ids=("w1",) if by_words else (),
    )
    table = Table(id="p1.t1", polygon=box(0, 0, 1, 1), rows=1, columns=1, cells=(cell,))
    found = finding("w1", polygons=(shown.polygon,))
    made = redacted(page(line(shown), tables=(table,)), [found])
    assert made.tables[0].cells[0].text == "[iban]"


def test_many_cells_take_no_longer_than_each_of_them() -> None:
    words = [word(f"w{number}", f"m{number}@club.example", 0.1) for number in range(4000)]
    cells = tuple(
        Cell(row=row, column=0, polygon=each.polygon, text=each.text, word_ids=(each.id,))
        for row, each in enumerate(words)
    )
    table = Table(id="p1.t1", polygon=box(0, 0, 1, 1), rows=4000, columns=1, cells=cells)
    shown = page(*(line(each) for each in words), tables=(table,))
    found = [finding(each.id, kind=PiiType.EMAIL, polygons=(each.polygon,)) for each in words]
    before = time.process_time()
    made = redacted(shown, found)

    assert time.process_time() - before < 1
    assert {cell.text for cell in made.tables[0].cells} == {"[email]"}


def test_nothing_found_nothing_changed() -> None:
    plain = page(line(word("w1", "Guten", 0.1)))
    assert redacted(plain, []) is plain
    assert covers(plain, []) == []


# ---------------------------------------------------------------- PDFs
def shown(path: Path, number: int = 0) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as pdf:
        return np.asarray(pdf[number].render(scale=2).to_pil().convert("L"))


def text_of(path: Path, number: int = 0) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[number].get_textpage().get_text_bounded()


def assert_nowhere(path: Path, *secrets: str) -> None:
    """Assert that no object of a PDF holds a word, in any of the forms that PDFs have for text."""
    with pikepdf.open(path) as pdf:
        parts = [path.read_bytes()]
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                is_picture = thing.get("/Subtype") == "/Image"
                parts.append(thing.read_raw_bytes() if is_picture else thing.read_bytes())
            parts.append(str(thing).encode("utf-8", "replace"))
        assert pdf.Root.keys() <= {"/Type", "/Pages"}
        assert not list(pdf.docinfo.keys() if "/Info" in pdf.trailer else [])
    whole = b"\n".join(parts).lower()
    for secret in secrets:
        for form in (
            secret.encode(),
            secret.encode("utf-16-be"),
            secret.encode().hex().encode(),
            secret.encode("utf-16-be").hex().encode(),
        ):
            assert form.lower() not in whole


def written(path: Path) -> list[tuple[Page, list[PiiFinding]]]:
    """Read a PDF's text layer, and find what is personal in it."""
    watch = PiiWatch()
    with open_pdf(path) as pdf:
        read = [
            read_page(pdf, n, LaneReason.TEXT_LAYER_TRUSTED) for n in range(1, pdf.page_count + 1)
        ]
    return [(each, watch.read(Reading(each))) for each in read]


# What turns a page of A4 the other way, so that it is upright once it is turned.
TURNED = {
    0: (1, 0, 0, 1, 0, 0),
    90: (0, 1, -1, 0, A4[1], 0),
    180: (-1, 0, 0, -1, *A4),
    270: (0, -1, 1, 0, 0, A4[0]),
}


def letter(path: Path, *, rotation: int = 0, more: bool = True) -> Path:
    matrix = TURNED[rotation]
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(f"Statement of {IBAN}")
    canvas.setPageRotation(rotation)
    canvas.transform(*matrix)
    canvas.drawString(72, 700, f"IBAN: {IBAN}")
    canvas.drawString(72, 660, "The weather is fine.")
    if more:
        canvas.drawString(72, 400, "erika.mustermann@example.org")
        canvas.showPage()
        canvas.transform(*matrix)
        canvas.drawString(72, 700, "Nothing to hide here.")
    canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_digital_letter(tmp_path: Path, rotation: int) -> None:
    source = letter(tmp_path / "letter.pdf", rotation=rotation)
    pages = written(source)
    assert {found.type for _, all_ in pages for found in all_} >= {PiiType.IBAN, PiiType.EMAIL}
    target = tmp_path / "redacted.pdf"
    redacted_pdf.write(source, "application/pdf", pages, target)
    assert "The weather is fine." in text_of(target)
    assert "[iban]" in text_of(target)
    assert "Nothing to hide here." in text_of(target, 1)
    assert_nowhere(target, IBAN, "erika", "mustermann")
    # Under every cover there are no pixels but black ones.
    seen = shown(target)
    read, found = pages[0]
    for cover in covers(read, found):
        rows = slice(int(cover.top * seen.shape[0]) + 2, int(cover.bottom * seen.shape[0]) - 2)
        columns = slice(int(cover.left * seen.shape[1]) + 2, int(cover.right * seen.shape[1]) - 2)
        assert seen[rows, columns].size
        assert seen[rows, columns].max() < 60


def test_pictures_of_a_digital_page_are_left_out(tmp_path: Path) -> None:
    # Given a page with a photograph of a passport, which nobody has read, in a form in a form
    picture = Image.new("RGB", (400, 200), (90, 90, 90))
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(72, 700, "The weather is fine.")
    canvas.beginForm("inner")
    canvas.drawImage(ImageReader(picture), 100, 100, 300, 150)
    canvas.endForm()
    canvas.beginForm("outer")
    canvas.doForm("inner")
    canvas.endForm()
    canvas.doForm("outer")
    canvas.drawImage(ImageReader(picture), 100, 400, 300, 150)
    canvas.showPage()
    canvas.save()
    assert (shown(tmp_path / "a.pdf") == 90).sum() > 100_000
    # When it is redacted
    target = tmp_path / "redacted.pdf"
    redacted_pdf.write(tmp_path / "a.pdf", "application/pdf", written(tmp_path / "a.pdf"), target)
    # Then the words are there and the photographs are not
    seen = shown(target)
    assert ((seen > 60) & (seen < 120)).sum() < 2000
    assert (seen < 50).sum() > 100
    assert "The weather is fine." in text_of(target)


def test_annotations_that_nobody_read_do_not_come_along(tmp_path: Path) -> None:
    with pikepdf.open(letter(tmp_path / "a.pdf", more=False)) as pdf:
        look = pdf.make_stream(b"0 0 100 50 re f", BBox=[0, 0, 100, 50], Subtype=pikepdf.Name.Form)
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Square,
            Rect=[100, 300, 200, 350],
            Contents="Erika Mustermann",
            AP=pikepdf.Dictionary(N=look),
        )
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])
        pdf.save(tmp_path / "b.pdf")
    target = tmp_path / "redacted.pdf"
    redacted_pdf.write(tmp_path / "b.pdf", "application/pdf", written(tmp_path / "b.pdf"), target)
    assert_nowhere(target, "erika", IBAN)
    seen = shown(target)
    assert seen[2 * (842 - 340) : 2 * (842 - 310), 220:380].min() > 200


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "1"), ("PNG", "L"), ("JPEG", "RGB"), ("TIFF", "RGB")]
)
def test_scans(tmp_path: Path, form: str, mode: str) -> None:
    picture = Image.new("RGB", (1000, 1400), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((100, 140, 300, 168), fill="red")  # what is read there: the IBAN
    pen.rectangle((100, 700, 300, 728), fill="black")
    buffer = io.BytesIO()
    picture.convert(mode).save(buffer, form)
    source = tmp_path / "scan"
    source.write_bytes(buffer.getvalue())
    secret = word("w1", IBAN, 0.1)
    read = page(line(secret), line(word("w2", "harmless", 0.1, 0.5)))
    target = tmp_path / "redacted.pdf"
    redacted_pdf.write(
        source,
        f"image/{form.lower()}",
        [(read, [finding("w1", polygons=(secret.polygon,))])],
        target,
    )
    assert_nowhere(target, IBAN)
    assert "harmless" in text_of(target)
    seen = shown(target)
    tall, wide = seen.shape
    assert seen[int(0.1 * tall) : int(0.12 * tall), int(0.1 * wide) : int(0.3 * wide)].max() < 60
    assert (
        seen[int(0.505 * tall) : int(0.515 * tall), int(0.12 * wide) : int(0.28 * wide)].max() < 60
    )


def test_a_page_that_nobody_read_is_an_empty_sheet(tmp_path: Path) -> None:
    source = letter(tmp_path / "letter.pdf")
    gap = Gap(page=1, code=PageCode.PAGE_UNREADABLE)
    target = tmp_path / "redacted.pdf"
    redacted_pdf.write(source, "application/pdf", [(gap, ()), written(source)[1]], target)
    assert shown(target).min() == 255
    assert "Nothing to hide here." in text_of(target, 1)
    assert_nowhere(target, IBAN)
