"""The documents of the suite: one page in many forms, and pages that are hardly any.

They are small, and drawn anew by each run.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import AppendingTiffWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from samples.scanner import quarter_turned, render, scanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from samples.scanner import Scan

DPI = 150
SIZE_PT = (420, 595)

_HEADING = "Harbour Office"
_PARAGRAPHS = (
    (
        "The ferry to the island leaves every morning at nine from",
        "the northern pier. Bicycles travel without charge, and dogs",
        "are welcome on the upper deck when the weather is fair.",
    ),
    (
        "Tickets are sold on board. Children under twelve years pay",
        "half, and groups of ten or more should write to the office",
        "one week before they want to travel.",
    ),
)
_ROWS = (
    ("Season", "First boat", "Last boat"),
    ("Spring", "nine", "seven"),
    ("Summer", "eight", "ten"),
    ("Winter", "eleven", "four"),
)
WORDS = " ".join([_HEADING, *map(" ".join, _PARAGRAPHS), *map(" ".join, _ROWS)]).split()
"""The words of the page, in reading order."""

CELLS = [cell for row in _ROWS for cell in row]
"""What the cells of its table say, row by row."""

NOTE = ("Delivery note for", "seven wooden chairs", "and one round table")
NOTE_WORDS = " ".join(NOTE).split()
MARGIN_WORDS = "kept by the harbour master".split()
STRIP_WORDS = 7 * NOTE_WORDS
NOTE_FRAMES = (
    "CMYK",
    "16 bits",
    "floats",
    "RGBA",
    "palette",
    "coarse down",
    "turned by tag",
    "coarse and turned",
)
"""The forms that frames of a TIFF come in."""

_DENSE_WORDS = 3000
_DENSE_LINE = 25
_DENSE_SIZE_PT = (842, 1191)


class Drawn(NamedTuple):
    """A document: its file, and what each of its pages is called."""

    content: bytes
    media_type: str
    pages: tuple[str, ...]

    def number(self, page: str) -> int:
        """Return a page's number."""
        return self.pages.index(page) + 1


# ---------------------------------------------------------------- the page, printed
def _print_page(canvas: Canvas) -> None:
    """Draw the page: a heading, two paragraphs and a ruled table."""
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(48, 530, _HEADING)
    canvas.setFont("Helvetica", 11.5)
    at = 495
    for paragraph in _PARAGRAPHS:
        for line in paragraph:
            canvas.drawString(48, at, line)
            at -= 16
        at -= 14
    columns, rows = [48, 156, 264, 372], [at - 30 * row for row in range(len(_ROWS) + 1)]
    canvas.grid(columns, rows)
    for row, cells in enumerate(_ROWS):
        for column, cell in enumerate(cells):
            canvas.drawString(columns[column] + 8, rows[row] - 20, cell)


def dense_words() -> list[str]:
    """Return the words of the dense page, in reading order."""
    stock = " ".join(map(" ".join, _PARAGRAPHS)).split()
    return [stock[index * 7 % len(stock)] for index in range(_DENSE_WORDS)]


def _print_dense(canvas: Canvas) -> None:
    """Draw words by the thousand, in small print."""
    canvas.setPageSize(_DENSE_SIZE_PT)
    canvas.setFont("Helvetica", 7)
    words = dense_words()
    for row in range(len(words) // _DENSE_LINE):
        line = " ".join(words[row * _DENSE_LINE : (row + 1) * _DENSE_LINE])
        canvas.drawString(40, _DENSE_SIZE_PT[1] - 60 - row * 9, line)


def _picture() -> Scan:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=SIZE_PT, invariant=1)
    _print_page(canvas)
    canvas.save()
    return render(buffer.getvalue(), 1, DPI)


def _turned_by(canvas: Canvas, degrees: int) -> None:
    """Make the next page one that its reader turns, so that what is drawn stands upright."""
    wide, tall = SIZE_PT
    canvas.setPageSize(SIZE_PT)  # upright: reportlab itself turns the sheet of a turned page
    canvas.setPageRotation(degrees)
    match degrees:
        case 90:
            canvas.translate(tall, 0)
        case 180:
            canvas.translate(wide, tall)
        case 270:
            canvas.translate(0, wide)
    canvas.rotate(degrees)


def pdf(*names: str) -> Drawn:
    """Return digital pages and scanned ones, some of them turned by their reader.

    Only those that are named, if any are.
    """
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    scan = ImageReader(Image.fromarray(_picture().pixels))

    def scan_page(canvas: Canvas) -> None:
        canvas.drawImage(scan, 0, 0, *SIZE_PT)

    pages: dict[str, tuple[int, Callable[[Canvas], None]]] = {
        "digital": (0, _print_page),
        "scan": (0, scan_page),
        "digital /Rotate 90": (90, _print_page),
        "scan /Rotate 270": (270, scan_page),
        "digital /Rotate 180": (180, _print_page),
        "empty": (0, lambda _canvas: None),
        "dense": (0, _print_dense),
    }
    chosen = names or tuple(pages)
    for name in chosen:
        degrees, draw = pages[name]
        _turned_by(canvas, degrees)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return Drawn(buffer.getvalue(), "application/pdf", chosen)


# ---------------------------------------------------------------- the page, in a TIFF
def tiff() -> Drawn:
    """Return the page as it comes out of scanners, among frames that are no such page."""
    plain = _picture()
    grey = Image.fromarray(plain.pixels)
    colour = grey.convert("RGB")
    fax = grey.point(lambda level: 255 * (level > 127)).convert("1")
    frames = {
        "plain": _frame(colour),
        "turned 90": _frame(_turned(plain, 1)),
        "turned 180": _frame(_turned(plain, 2)),
        "undecodable": _undecodable(_frame(grey)),
        "turned 270": _frame(_turned(plain, 3)),
        "skewed": _frame(Image.fromarray(scanned(plain, degrees=5, seed=2).pixels)),
        "fax": _frame(fax, "group4"),
        "blank": _frame(Image.new("L", grey.size, 255)),
        "too large": _claiming(_frame(Image.new("1", (32, 32), 1), "group4"), 20_000, 10_001),
        "after it": _frame(colour),
        "1x1": _frame(Image.new("L", (1, 1), 255)),
        "3x3": _frame(Image.new("RGB", (3, 3), "black")),
        "40x12": _frame(Image.new("L", (40, 12), 200)),
        "huge": _frame(_huge(), "group4"),
        "cut off": _cut_off(_frame(grey)),
        **_note_frames(),
        "margin": _frame(_with_margin(grey)),
        "strip": _frame(_strip()),
    }
    buffer = io.BytesIO()
    with AppendingTiffWriter(buffer) as writer:
        for frame in frames.values():
            writer.write(frame)
            writer.newFrame()
    return Drawn(buffer.getvalue(), "image/tiff", tuple(frames))


def _frame(
    image: Image.Image,
    compression: str = "tiff_lzw",
    *,
    dpi: tuple[int, int] = (DPI, DPI),
    orientation: int = 1,
) -> bytes:
    buffer = io.BytesIO()
    image.save(
        buffer, "TIFF", compression=compression, dpi=dpi, tiffinfo={_ORIENTATION: orientation}
    )
    return buffer.getvalue()


def _note_frames() -> dict[str, bytes]:
    """Return a note in the forms that frames come in, by form."""
    grey, clear = _note(), _clear_note()
    levels = np.asarray(grey)
    coarse = grey.resize((grey.width, grey.height // 2), Image.Resampling.BOX)
    return {
        "CMYK": _frame(grey.convert("RGB").convert("CMYK")),
        "16 bits": _frame(Image.fromarray(levels.astype(np.uint16) * 257)),
        "floats": _frame(Image.fromarray(levels.astype(np.float32) / 255)),
        "RGBA": _frame(clear.convert("RGBA")),
        "palette": _frame(grey.convert("RGB").quantize(8)),
        "coarse down": _frame(coarse, dpi=(DPI, DPI // 2)),
        "turned by tag": _frame(grey.transpose(Image.Transpose.ROTATE_90), orientation=6),
        "coarse and turned": _frame(
            coarse.transpose(Image.Transpose.ROTATE_90), dpi=(DPI // 2, DPI), orientation=6
        ),
    }


def _with_margin(page: Image.Image) -> Image.Image:
    """Return the page with a few words written up its left margin."""
    words = Image.new("L", (500, 40), 255)
    font = ImageFont.load_default(size=24)
    ImageDraw.Draw(words).text((5, 4), " ".join(MARGIN_WORDS), fill=0, font=font)
    made = page.copy()
    made.paste(words.transpose(Image.Transpose.ROTATE_90), (20, 400))
    return made


def _strip() -> Image.Image:
    """Return one line that is as long as a street."""
    strip = Image.new("L", (6000, 40), 255)
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(size=28)
    draw.text((10, 3), " ".join(STRIP_WORDS), fill=0, font=font)
    return strip


def _note() -> Image.Image:
    """Return a few words, black on white."""
    grey = Image.new("L", (520, 260), 255)
    draw, font = ImageDraw.Draw(grey), ImageFont.load_default(size=36)
    for row, line in enumerate(NOTE):
        draw.text((60, 40 + 62 * row), line, fill=0, font=font)
    return grey


def _clear_note() -> Image.Image:
    """Return them black on nothing: shown on black, they cannot be read."""
    ink = Image.eval(_note(), lambda level: 255 - level)
    return Image.merge("LA", (Image.new("L", ink.size, 0), ink))


def _turned(scan: Scan, quarters: int) -> Image.Image:
    return Image.fromarray(quarter_turned(scan, quarters).pixels)


def _huge() -> Image.Image:
    """Return 108 million pixels in black and white."""
    small = Image.new("L", (1200, 900), 255)
    draw, font = ImageDraw.Draw(small), ImageFont.load_default(size=64)
    for row, line in enumerate(NOTE):
        draw.text((160, 180 + 140 * row), line, fill=0, font=font)
    return small.resize((12_000, 9_000), Image.Resampling.NEAREST).convert("1")


_WIDTH, _HEIGHT, _OFFSETS, _ORIENTATION = 256, 257, 273, 274


def _entries(tiff: bytes) -> dict[int, tuple[int, int, int]]:
    """Return type, count and value of the tags in the one directory of a little-endian TIFF."""
    (at,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, at)
    entries = [struct.unpack_from("<HHII", tiff, at + 2 + 12 * index) for index in range(count)]
    return {tag: (kind, many, value) for tag, kind, many, value in entries}


def _changed(tiff: bytes, **values: int) -> bytes:
    """Return a TIFF with other values of single numbers: ``t256=20000``."""
    (at,) = struct.unpack_from("<I", tiff, 4)
    made = bytearray(tiff)
    for index, tag in enumerate(_entries(tiff)):
        if f"t{tag}" in values:
            struct.pack_into("<HII", made, at + 2 + 12 * index + 2, 4, 1, values[f"t{tag}"])
    return bytes(made)


def _claiming(tiff: bytes, wide: int, tall: int) -> bytes:
    """Return a frame whose header speaks of a larger picture."""
    return _changed(tiff, **{f"t{_WIDTH}": wide, f"t{_HEIGHT}": tall})


def _cut_off(tiff: bytes) -> bytes:
    """Return a frame whose pixels lie beyond the end of any file of ours."""
    return _changed(tiff, **{f"t{_OFFSETS}": 0x7000_0000})


def _undecodable(tiff: bytes) -> bytes:
    """Return a frame whose header is sound and whose pixels are noise."""
    _, many, value = _entries(tiff)[_OFFSETS]
    (begin,) = (value,) if many == 1 else struct.unpack_from("<I", tiff, value)
    made = bytearray(tiff)
    noise = np.random.default_rng(3).integers(0, 256, 4000, np.uint8).tobytes()
    made[begin : begin + len(noise)] = noise
    return bytes(made)


# ---------------------------------------------------------------- single pictures
def pictures() -> dict[str, Drawn]:
    """Return a note in the forms that pictures come in, by form."""
    grey, clear = _note(), _clear_note()
    colour = grey.convert("RGB")
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    exif = Image.Exif()
    exif[_ORIENTATION] = 6  # the camera was held upright: show it turned clockwise by 90 degrees
    made = {
        "RGB PNG": ("PNG", colour, {}),
        "grey JPEG": ("JPEG", grey, {}),
        "CMYK JPEG": ("JPEG", colour.convert("CMYK"), {}),
        "16-bit PNG": ("PNG", deep, {}),
        "RGBA PNG": ("PNG", clear.convert("RGBA"), {}),
        "LA PNG": ("PNG", clear, {}),
        "palette PNG": ("PNG", colour.quantize(8), {}),
        "EXIF JPEG": ("JPEG", colour.transpose(Image.Transpose.ROTATE_90), {"exif": exif}),
        "turned TIFF": (
            "TIFF",
            colour.transpose(Image.Transpose.ROTATE_90),
            {"tiffinfo": {_ORIENTATION: 6}},
        ),
    }
    return {name: _stored(name, *each) for name, each in made.items()}


def _stored(name: str, form: str, image: Image.Image, more: dict[str, object]) -> Drawn:
    buffer = io.BytesIO()
    image.save(buffer, form, dpi=(DPI, DPI), **more)
    return Drawn(buffer.getvalue(), f"image/{form.lower()}", (name,))


def truncated() -> Drawn:
    """Return a JPEG that lacks its second half."""
    whole = pictures()["grey JPEG"].content
    return Drawn(whole[: len(whole) // 2], "image/jpeg", ("truncated",))
