"""Phrases that only a scan holds, and where they are: `phrases.tsv`, for tests of the search.

The places are those of the words in the original's text layer, moved as the scan moved the page.
They lie on the upright page, 0..1 from the top left.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import LaneReason
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from samples import scans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docparser.model import Line, Page

PHRASES = Path(__file__).with_name("phrases.tsv")

SEARCHED = (
    "de/bibliothek.png",
    "de/protokoll.tif",
    "de/pruefbericht.pdf",
    "en/garbled-notice.pdf",
    "en/inspection.pdf",
)
"""Samples whose level lets their text be searched."""

_WORDS = 3
_PHRASES_OF_A_PAGE = 4


class Phrase(NamedTuple):
    """Words of one line of a page, and the box around them."""

    name: str
    page: int
    phrase: str
    left: float
    top: float
    right: float
    bottom: float


def pages_of(pdf: bytes) -> list[Page]:
    """Return the pages of an original as the text lane reads them."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pdf)
        file.flush()
        with open_pdf(Path(file.name)) as opened:
            return [
                read_page(opened, number, LaneReason.TEXT_LAYER_TRUSTED)
                for number in range(1, opened.page_count + 1)
            ]


def phrases(others: Iterable[bytes]) -> Iterator[Phrase]:
    """Yield phrases that stand once in all samples.

    Parameters
    ----------
    others
        The samples that have a text layer, as PDFs; a phrase in one of them is left out.
    """
    originals = {name: pages_of(make()) for name, make in scans.ORIGINALS.items()}
    everything = [*originals.values(), *map(pages_of, others)]
    text = " ".join(" ".join(page.text.lower().split()) for pages in everything for page in pages)
    for name in SEARCHED:
        for number, scan in scans.upright(name).items():
            found = list(_of_page(originals[name][number - 1], text))
            step = max(1, len(found) // _PHRASES_OF_A_PAGE)
            for phrase, box in found[::step][:_PHRASES_OF_A_PAGE]:
                yield Phrase(name, number, phrase, *(round(side, 5) for side in scan.place(box)))


def _of_page(page: Page, text: str) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Yield the best phrase of each line that has one: the one with the most letters."""
    for block in page.blocks:
        for line in block.lines:
            runs = [run for run in _runs(line) if text.count(_said(line, run).lower()) == 1]
            if runs:
                best = max(runs, key=lambda run: len(_said(line, run)))
                corners = [corner for word in line.words[best] for corner in word.polygon]
                across, down = zip(*corners, strict=True)
                yield _said(line, best), (min(across), min(down), max(across), max(down))


def _runs(line: Line) -> Iterator[slice]:
    """Yield runs of words that are nothing but letters."""
    for start in range(len(line.words) - _WORDS + 1):
        if all(word.text.isalpha() for word in line.words[start : start + _WORDS]):
            yield slice(start, start + _WORDS)


def _said(line: Line, run: slice) -> str:
    return " ".join(word.text for word in line.words[run])


def table(others: Iterable[bytes]) -> str:
    """Return the phrases as the text of `phrases.tsv`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    writer.writerow(Phrase._fields)
    writer.writerows(phrases(others))
    return buffer.getvalue()
