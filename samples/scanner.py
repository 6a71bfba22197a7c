"""Paper, scanned and photographed: pages are rendered, turned, and worn as scanners wear them.

Each picture knows where a point of the page went, so that the place of every word on it is known.
Noise is drawn from seeds: the same page gives the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]
    Matrix = NDArray[np.float64]
    Box = tuple[float, float, float, float]

POINTS_PER_INCH = 72
_PAPER, _SCANNER_LID = 247, 235


@dataclass(frozen=True)
class Scan:
    """A picture of a page.

    ``pixels`` is height x width, 0 black; ``matrix`` (3 x 3) takes points of the page in pixels
    of its rendering to pixels of the picture; ``size`` is the rendering's width and height, and
    ``dpi`` the resolution of both.
    """

    pixels: Gray
    matrix: Matrix
    size: tuple[int, int]
    dpi: int

    def place(self, box: Box) -> Box:
        """Return where a box of the page lies on the picture: left, top, right, bottom in 0..1."""
        left, top, right, bottom = box
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        moved = cv2.perspectiveTransform((corners * self.size)[None], self.matrix)[0]
        height, width = self.pixels.shape
        (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
        return left / width, top / height, right / width, bottom / height


def render(pdf: bytes, number: int, dpi: int) -> Scan:
    """Return page ``number`` (from 1) of a PDF as a perfect picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[number - 1]
        pixels = page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_numpy()
        pixels = np.array(pixels.reshape(pixels.shape[:2]))
        page.close()
    return Scan(pixels, np.eye(3), (pixels.shape[1], pixels.shape[0]), dpi)


def scanned(scan: Scan, *, degrees: float, seed: int, noise: float = 4.0) -> Scan:
    """Lay the page on the glass with a turn of some degrees, and read it with a little noise."""
    height, width = scan.pixels.shape
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), [0, 0, 1]])
    pixels = cv2.warpPerspective(
        scan.pixels, matrix, (width, height), borderValue=_SCANNER_LID, flags=cv2.INTER_AREA
    )
    chance = np.random.default_rng(seed)
    paper = pixels * (_PAPER / 255) + chance.normal(0, noise, pixels.shape)
    return Scan(_to_bytes(cv2.GaussianBlur(paper, (0, 0), 0.6)), matrix, scan.size, scan.dpi)


def photographed(scan: Scan, *, seed: int) -> Scan:
    """Photograph the page on a table, at an angle, with a lamp on one side."""
    height, width = scan.pixels.shape
    wide, high = round(width * 1.3), round(height * 1.14)
    paper = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array(
        [[0.14, 0.06], [0.83, 0.035], [0.93, 0.95], [0.06, 0.975]], np.float32
    ) * np.array([wide, high], np.float32)
    matrix = cv2.getPerspectiveTransform(paper, seen)
    chance = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(chance.normal(0, 1, (high, wide)), (0, 0), sigmaX=30, sigmaY=1.5)
    table = 92 + 260 * grain
    page = cv2.warpPerspective(scan.pixels * 0.96, matrix, (wide, high), borderValue=-1)
    lies = cv2.warpPerspective(np.ones_like(scan.pixels), matrix, (wide, high))
    picture = np.where(lies > 0, page, table)
    x, y = np.meshgrid(np.linspace(0, 1, wide), np.linspace(0, 1, high))
    light = 1.02 - 0.42 * x**1.5 - 0.12 * y
    shadow = 1 - 0.22 * np.exp(-(((x - 0.2) ** 2) / 0.02 + ((y - 0.85) ** 2) / 0.05))
    picture = cv2.GaussianBlur(picture * light * shadow, (0, 0), 0.8)
    picture += chance.normal(0, 5, picture.shape)
    return Scan(_to_bytes(picture), matrix, scan.size, scan.dpi)


def black_and_white(scan: Scan, *, seed: int) -> Scan:
    """Turn gray into black and white at a threshold, and leave specks as dust does."""
    chance = np.random.default_rng(seed)
    pixels = np.where(scan.pixels < 160, 0, 255)
    for row, column in zip(
        chance.integers(0, pixels.shape[0], 60),
        chance.integers(0, pixels.shape[1], 60),
        strict=True,
    ):
        pixels[row : row + 2, column : column + 2] = 0
    return Scan(_to_bytes(pixels), scan.matrix, scan.size, scan.dpi)


def quarter_turned(scan: Scan, turns: int) -> Scan:
    """Turn the picture by quarters, clockwise, as a page that was fed in sideways."""
    pixels, matrix = scan.pixels, scan.matrix
    for _ in range(turns % 4):
        height = pixels.shape[0]
        matrix = np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]]) @ matrix
        pixels = np.rot90(pixels, -1)
    return Scan(np.ascontiguousarray(pixels), matrix, scan.size, scan.dpi)


def jpeg(scan: Scan, quality: int) -> bytes:
    """Return the picture as a gray JPEG."""
    buffer = BytesIO()
    Image.fromarray(scan.pixels).save(
        buffer, "JPEG", quality=quality, optimize=True, dpi=(scan.dpi, scan.dpi)
    )
    return buffer.getvalue()


def png(scan: Scan, grays: int) -> bytes:
    """Return the picture as a PNG of few grays, as scanners' drivers save them."""
    step = 255 / (grays - 1)
    indexes = np.round(scan.pixels / step).astype(np.uint8)
    image = Image.fromarray(indexes).convert("P")
    image.putpalette([value for n in range(grays) for value in [round(n * step)] * 3])
    buffer = BytesIO()
    image.save(
        buffer, "PNG", bits=(grays - 1).bit_length(), optimize=True, dpi=(scan.dpi, scan.dpi)
    )
    return buffer.getvalue()


def fax(scans: Sequence[Scan]) -> bytes:
    """Return black and white pictures as the frames of a TIFF, packed as faxes are (group 4)."""
    first, *others = (Image.fromarray(scan.pixels).convert("1") for scan in scans)
    buffer = BytesIO()
    first.save(
        buffer,
        "TIFF",
        compression="group4",
        save_all=True,
        append_images=others,
        dpi=(scans[0].dpi, scans[0].dpi),
    )
    return buffer.getvalue()


def pdf_of(scans: Sequence[Scan]) -> bytes:
    """Return black and white pictures as the pages of a PDF without a text layer."""
    buffer = BytesIO()
    with pikepdf.new() as pdf:
        for scan in scans:
            add_page(pdf, scan)
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def add_page(pdf: pikepdf.Pdf, scan: Scan) -> None:
    """Append a page that is nothing but a black and white picture, packed as faxes are."""
    height, width = scan.pixels.shape
    across, along = (round(side * POINTS_PER_INCH / scan.dpi, 2) for side in (width, height))
    page = pdf.add_blank_page(page_size=(across, along))
    picture = pdf.make_stream(
        _group_4(scan),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        BitsPerComponent=1,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.CCITTFaxDecode,
        DecodeParms=pikepdf.Dictionary(K=-1, Columns=width, Rows=height),
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture))
    page.Contents = pdf.make_stream(b"q %g 0 0 %g 0 0 cm /Scan Do Q" % (across, along))


def _group_4(scan: Scan) -> bytes:
    """Return the packed rows of a picture without a file around them."""
    buffer = BytesIO()
    image = Image.fromarray(scan.pixels).convert("1")
    # One strip, so that its bytes are the whole picture; white is 0, as a PDF expects it.
    image.save(buffer, "TIFF", compression="group4", tiffinfo={278: scan.pixels.shape[0], 262: 0})
    with Image.open(buffer) as written:
        tags = written.tag_v2
        (offset,), (length,) = tags[273], tags[279]
    return buffer.getvalue()[offset : offset + length]


def _to_bytes(pixels: NDArray[np.floating] | NDArray[np.integer]) -> Gray:
    return np.clip(np.round(pixels), 0, 255).astype(np.uint8)
