"""Pages for tests of agreements: typed lines, and generated PDFs through the text lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.extract.extractor import Locale
from docparser.extract.prose.agreement import AgreementReader
from docparser.extract.view import view
from docparser.model import Block, Lane, LaneReason, Line, Page, Word, box
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from benchmarks.extract import agreements_made

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from docparser.model import FieldValue

_ACROSS, _DOWN = 612.0, 792.0
_LEFT, _LETTER, _LEADING = 72.0, 5.0, 12.0


def typed(*paragraphs: str, number: int = 1, width: int = 90) -> Page:
    """Return a page as a typewriter sets it: each text is a block, each of its lines is broken."""
    blocks, down, words = [], 72.0, 0
    for place, paragraph in enumerate(paragraphs):
        lines = []
        for line in _broken(paragraph, width):
            across, found = _LEFT, []
            for text in line.split():
                words += 1
                right = across + _LETTER * len(text)
                polygon = box(across / _ACROSS, down / _DOWN, right / _ACROSS, (down + 10) / _DOWN)
                found.append(
                    Word(id=f"p{number}.w{words}", text=text, polygon=polygon, confidence=1.0)
                )
                across = right + _LETTER
            if found:
                lines.append(_line(f"p{number}.l{words}", found))
            down = (down + _LEADING) % (_DOWN - 20)
        if lines:
            blocks.append(
                Block(
                    id=f"p{number}.b{place}",
                    polygon=_around([line.polygon for line in lines]),
                    lines=tuple(lines),
                )
            )
    return Page(
        number=number,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=_ACROSS,
        height_pt=_DOWN,
        blocks=tuple(blocks),
    )


def _broken(paragraph: str, width: int) -> Iterable[str]:
    for said in paragraph.split("\n"):
        line: list[str] = []
        for word in said.split():
            if line and len(" ".join(line)) + 1 + len(word) > width:
                yield " ".join(line)
                line = []
            line.append(word)
        yield " ".join(line)


def _line(name: str, words: Sequence[Word]) -> Line:
    text = " ".join(word.text for word in words)
    polygon = _around([word.polygon for word in words])
    return Line(id=name, text=text, polygon=polygon, words=tuple(words))


def _around(polygons: Sequence[Sequence[tuple[float, float]]]) -> tuple[tuple[float, float], ...]:
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    return box(min(xs), min(ys), max(xs), max(ys))


def made(seed: int, folder: Path) -> tuple[list[Page], dict[str, object], str]:
    """Return the pages of a generated agreement, its truth, and its language."""
    content, truth, form = agreements_made.pdf(seed)
    path = folder / f"{seed}.pdf"
    path.write_bytes(content)
    with open_pdf(path) as pdf:
        pages = [
            read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)
            for number in range(1, pdf.page_count + 1)
        ]
    return pages, truth, form[:2]


def read(pages: Iterable[Page], language: str = "en") -> list[FieldValue]:
    """Return what is found on pages."""
    reader = AgreementReader(Locale(language))
    for page in pages:
        reader.read(view(page))
    return list(reader.found().fields)


def said(fields: Iterable[FieldValue], name: str) -> list[object]:
    """Return the values of a field."""
    return [field.value for field in fields if field.name == name]
