"""Text that nobody sees: found on the page, read, and never a reason to let a document out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.classify import Classifier
from docparser.model import LaneReason, Level, WarningCode
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docparser.model import Classification, Page

RELEASE = "For public release"
PICTURE = ImageReader(Image.new("RGB", (40, 40), (200, 220, 240)))


def report(canvas: Canvas) -> None:
    for row, text in enumerate(
        ("Annual Report 2025", "Summary of findings", "The results of the year are good.")
    ):
        canvas.drawString(72, 700 - 30 * row, text)


def read(path: Path, draw: Callable[[Canvas], None]) -> Page:
    canvas = Canvas(str(path))
    draw(canvas)
    canvas.showPage()
    canvas.save()
    with open_pdf(path) as pdf:
        return read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED)


def classified(page: Page) -> Classification:
    classifier = Classifier()
    classifier.read(page)
    return classifier.decide()


# ---------------------------------------------------------------- hidden
def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    canvas.drawString(72, 800, RELEASE)
    canvas.setFillGray(0)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.4)
    canvas.drawString(72, 800, RELEASE)
    canvas.setFont("Helvetica", 12)


def tiny_by_its_matrix(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.scale(0.03, 0.03)
    canvas.drawString(72 / 0.03, 800 / 0.03, RELEASE)
    canvas.restoreState()


def unpainted(canvas: Canvas) -> None:
    text = canvas.beginText(72, 800)
    text.setTextRenderMode(3)
    text.textOut(RELEASE)
    text.setTextRenderMode(0)
    canvas.drawText(text)


def transparent(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillAlpha(0)
    canvas.drawString(72, 800, RELEASE)
    canvas.restoreState()


def behind_a_picture(canvas: Canvas) -> None:
    canvas.drawString(72, 800, RELEASE)
    canvas.drawImage(PICTURE, 60, 790, 200, 30)


def behind_a_box(canvas: Canvas) -> None:
    canvas.drawString(72, 800, RELEASE)
    canvas.setFillGray(1)
    canvas.rect(60, 790, 200, 30, stroke=0, fill=1)
    canvas.setFillGray(0)


@pytest.mark.parametrize(
    "hide",
    [white, tiny, tiny_by_its_matrix, unpainted, transparent, behind_a_picture, behind_a_box],
)
def test_what_nobody_sees_releases_nothing(tmp_path: Path, hide: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        hide(canvas)
        report(canvas)

    page = read(tmp_path / "a.pdf", draw)
    assert RELEASE in page.text  # or it would say nothing here
    assert page.hides_text
    decided = classified(page)
    assert decided.level.value is not Level.PUBLIC
    assert WarningCode.TEXT_HIDDEN in decided.warnings
    assert "text.hidden" in {entry.rule for entry in decided.level.evidence}


def test_what_is_hidden_still_closes(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 800, RELEASE)
        canvas.setFillGray(1)
        canvas.drawString(72, 770, "STRICTLY CONFIDENTIAL")
        canvas.setFillGray(0)
        report(canvas)

    assert classified(read(tmp_path / "a.pdf", draw)).level.value is Level.CONFIDENTIAL


# ---------------------------------------------------------------- seen
def plain(canvas: Canvas) -> None:
    canvas.drawString(72, 800, RELEASE)


def over_a_picture(canvas: Canvas) -> None:
    canvas.drawImage(PICTURE, 0, 0, 595, 842)
    canvas.drawString(72, 800, RELEASE)


def white_on_a_bar(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.1, 0.2, 0.5)
    canvas.rect(60, 785, 400, 40, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawString(72, 800, RELEASE)
    canvas.setFillGray(0)


def in_a_frame(canvas: Canvas) -> None:
    canvas.drawString(72, 800, RELEASE)
    canvas.rect(60, 785, 400, 40, stroke=1, fill=0)


@pytest.mark.parametrize("show", [plain, over_a_picture, white_on_a_bar, in_a_frame])
def test_what_everybody_sees_releases(tmp_path: Path, show: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        show(canvas)
        report(canvas)

    page = read(tmp_path / "a.pdf", draw)
    assert not page.hides_text
    decided = classified(page)
    assert decided.level.value is Level.PUBLIC
    assert WarningCode.TEXT_HIDDEN not in decided.warnings
