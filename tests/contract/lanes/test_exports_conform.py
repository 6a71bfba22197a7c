"""A document with scans becomes a PDF that says what its text says, whichever lane read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pytest
from docparser.model import Lane
from docparser_client import Client

from tests.contract.lanes import drawn
from tests.contract.lanes.test_lanes_conform import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.lanes.conftest import LaneReadings
    from tests.contract.lanes.reading import Reading
    from tests.stack import Pipeline

_LONGER_SIDE = 1000  # pixels, of a page that is looked at


@pytest.fixture(scope="module")
def client(pipeline: Pipeline) -> Iterator[Client]:
    with Client(pipeline.outputs.api_url) as client:
        yield client


@pytest.mark.parametrize("lane", [Lane.GPU, Lane.TEXTRACT])
@pytest.mark.parametrize("document", ["scans", "PDF", *drawn.pictures()])
def test_a_scan_becomes_a_pdf_that_says_what_its_text_says(
    client: Client, readings: LaneReadings, lane: Lane, document: str
) -> None:
    reading = readings(lane)[document]
    assert extracted(client, reading) == written(client, reading)
    assert any(written(client, reading))


def test_a_document_of_both_does_so_too(client: Client, mixed: Reading) -> None:
    found, text = extracted(client, mixed), written(client, mixed)
    scan = mixed.drawn.number("scan") - 1
    assert found[scan] == text[scan]
    # A digital page stays as it came; of a turned one pdfium joins the lines without a space.
    assert ["".join(page.split()) for page in found] == ["".join(page.split()) for page in text]


@pytest.mark.parametrize("lane", [Lane.GPU, Lane.TEXTRACT])
@pytest.mark.parametrize("document", ["scans", "PDF", *drawn.pictures()])
def test_its_words_lie_over_their_pictures(
    client: Client, readings: LaneReadings, lane: Lane, document: str
) -> None:
    reading = readings(lane)[document]
    with pypdfium2.PdfDocument(_content(client, reading, "pdf")) as pdf:
        for number, name in enumerate(reading.drawn.pages):
            sheet = pdf[number]
            shown = sheet.render(scale=_LONGER_SIDE / max(sheet.get_size()), grayscale=True)
            pixels = np.array(shown.to_numpy()).reshape(shown.height, shown.width)
            for text, corners in placed(reading[name]):
                assert inked(pixels, corners), (name, text)


def inked(pixels: np.ndarray, corners: list[float]) -> bool:
    """Tell whether something stands where a word was read."""
    height, width = pixels.shape
    across = [round(x * width) for x in corners[::2]]
    down = [round(y * height) for y in corners[1::2]]
    place = pixels[min(down) : max(down) + 1, min(across) : max(across) + 1]
    return bool(place.min() < 160 < place.max())


def written(client: Client, reading: Reading) -> list[str]:
    """Return the document's text, page by page."""
    return [_folded(page) for page in _content(client, reading, "txt").decode().split("\f")]


def extracted(client: Client, reading: Reading) -> list[str]:
    """Return the text of the searchable PDF, page by page, as any reader finds it."""
    with pypdfium2.PdfDocument(_content(client, reading, "pdf")) as pdf:
        return [_folded(page.get_textpage().get_text_bounded()) for page in pdf]


def _content(client: Client, reading: Reading, form: str) -> bytes:
    assert reading.record is not None
    return client.read(reading.record.ref.document_id, form)


def _folded(text: str) -> str:
    # pdfium takes a hyphen at a line's end for one of a divided word, and marks it.
    return " ".join(text.replace("\ufffe", "-").split())
