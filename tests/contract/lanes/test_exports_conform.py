"""A document with scans becomes a PDF that says what its text says, whichever lane read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest
from docparser.model import Lane
from docparser_client import Client

from tests.contract.lanes import drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.lanes.conftest import LaneReadings
    from tests.contract.lanes.reading import Reading
    from tests.stack import Pipeline


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
