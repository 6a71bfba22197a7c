"""Pages of known text: prose of the samples, printed and worn in many ways.

One column, so that the order of reading is beyond dispute. Drawn from seeds: every run reads the
same pictures. The fonts are reportlab's own and the standard fourteen, which pdfium draws.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate

from samples import house_style
from samples.scanner import (
    Scan,
    black_and_white,
    photographed,
    quarter_turned,
    render,
    scanned,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

TEXTS = Path(house_style.__file__).parent / "text"
_MARGIN_PT = 64


class Sheet(NamedTuple):
    """A picture of a page, and what is printed on it, paragraph by paragraph."""

    name: str
    pixels: np.ndarray
    dpi: int
    text: str


class _Recipe(NamedTuple):
    text: str
    font: str
    size: float
    dpi: int
    wear: Callable[[Scan], Scan]


def _skewed(degrees: float, seed: int) -> Callable[[Scan], Scan]:
    return lambda scan: scanned(scan, degrees=degrees, seed=seed)


def _turned(turns: int, seed: int) -> Callable[[Scan], Scan]:
    return lambda scan: quarter_turned(scanned(scan, degrees=0.4, seed=seed), turns)


_RECIPES = {
    "clean_sans_en": _Recipe("letter", "Vera", 10, 200, lambda scan: scan),
    "clean_serif_de": _Recipe("brief", "Times-Roman", 11, 200, lambda scan: scan),
    "clean_mono_en": _Recipe("footbridge", "Courier", 10, 200, lambda scan: scan),
    "scan_serif_en": _Recipe("article", "Times-Roman", 10.5, 200, _skewed(0.7, 1)),
    "scan_sans_de": _Recipe("pressemitteilung", "Helvetica", 10, 150, _skewed(-0.5, 2)),
    "low_dpi_en": _Recipe("inspection", "Helvetica", 11, 100, _skewed(0.3, 3)),
    "low_dpi_de": _Recipe("protokoll", "Times-Roman", 11, 100, _skewed(0.2, 4)),
    "small_print_de": _Recipe("dienstleistungsvertrag", "Helvetica", 7, 200, _skewed(0.3, 5)),
    "skew_3_en": _Recipe("nda", "Times-Roman", 11, 150, _skewed(3.0, 6)),
    "skew_9_de": _Recipe("bibliothek", "Vera", 10, 150, _skewed(-9.0, 7)),
    "fax_de": _Recipe(
        "pruefbericht", "Courier", 11, 150, lambda scan: black_and_white(scan, seed=8)
    ),
    "phone_en": _Recipe(
        "report_chapter", "Times-Roman", 12, 150, lambda scan: photographed(scan, seed=9)
    ),
    "phone_de": _Recipe("brief", "Helvetica", 11, 150, lambda scan: photographed(scan, seed=10)),
    "scan_serif_fr": _Recipe("languages/fr", "Times-Roman", 12, 150, _skewed(0.6, 14)),
    "low_dpi_fr": _Recipe("languages/fr", "Helvetica", 11, 100, _skewed(-0.4, 15)),
    "turned_90_en": _Recipe("letter", "Times-Roman", 11, 150, _turned(1, 11)),
    "turned_180_de": _Recipe("bibliothek", "Helvetica", 10, 150, _turned(2, 12)),
    "turned_270_en": _Recipe("footbridge", "Helvetica", 11, 150, _turned(3, 13)),
}


def sheets() -> list[Sheet]:
    """Return every page, drawn."""
    return [_sheet(name, recipe) for name, recipe in _RECIPES.items()]


def write(folder: Path) -> None:
    """Write pictures and texts as the shared collections have them: images, text, manifest."""
    for part in ("images", "text"):
        (folder / part).mkdir(parents=True)
    rows = ["file\ttruth\tboxes\tdoc_kind\tlang\ttruth_kind"]
    for sheet in sheets():
        image, text = f"images/{sheet.name}.png", f"text/{sheet.name}.txt"
        Image.fromarray(sheet.pixels).save(folder / image, dpi=(sheet.dpi, sheet.dpi))
        (folder / text).write_text(sheet.text, "utf-8")
        language = sheet.name.rpartition("_")[2]
        kind = sheet.name.removesuffix(f"_{language}")
        rows.append(f"{image}\t{text}\t\t{kind}\t{language}\tdrawn")
    (folder / "manifest.tsv").write_text("\n".join(rows) + "\n", "utf-8")


def _sheet(name: str, recipe: _Recipe) -> Sheet:
    pdf, text = _printed(recipe)
    scan = recipe.wear(render(pdf, 1, recipe.dpi))
    return Sheet(name, scan.pixels, recipe.dpi, text)


def _printed(recipe: _Recipe) -> tuple[bytes, str]:
    """Return a PDF whose first page is full of whole paragraphs, and what stands on that page."""
    style = ParagraphStyle(
        "print",
        fontName=recipe.font,
        fontSize=recipe.size,
        leading=1.3 * recipe.size,
        spaceAfter=0.7 * recipe.size,
    )
    source = (TEXTS / f"{recipe.text}.txt").read_text("utf-8")
    written = [part.lstrip("# ").replace("\n", " ") for part in source.split("\n\n")]
    across, down = A4[0] - 2 * _MARGIN_PT, A4[1] - 2 * _MARGIN_PT
    fitting: list[str] = []
    for text in filter(None, map(str.strip, written)):
        _, tall = Paragraph(text, style).wrap(across, down)
        down -= tall + style.spaceAfter
        if down < 0:
            break
        fitting.append(text)
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        leftMargin=_MARGIN_PT - 6,
        rightMargin=_MARGIN_PT - 6,
        topMargin=_MARGIN_PT - 6,
        bottomMargin=_MARGIN_PT - 26,
    )
    document.build([Paragraph(text, style) for text in fitting])
    return buffer.getvalue(), "\n\n".join(fitting) + "\n"
