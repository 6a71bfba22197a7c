"""Scans through the whole pipeline: the gateway, the queue of results and the OCR server itself."""

from __future__ import annotations

import io
import json
import uuid
from typing import TYPE_CHECKING

import pytest
from docparser.model import Status
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.stack import Pipeline, until
from tests.workflow.test_scans import document, left
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Record

READ_WITHIN_S = 180  # the server may still be loading its models
WORDS = ("Delivery", "note", "for", "seven", "wooden", "chairs")


def picture(*lines: str) -> Image.Image:
    """Return an A4 page at 150 dpi with some lines of print; no two are the same bytes."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=44)
    for row, line in enumerate(lines):
        draw.text((140, 180 + 90 * row), line, fill="black", font=font)
    for column, red in enumerate(uuid.uuid4().bytes):
        page.putpixel((column, 0), (red, 255, 255))
    return page


def mixed_pdf() -> bytes:
    """Return a PDF with a page of text, a scan, and a page of text again."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setSubject(uuid.uuid4().hex)
    canvas.drawString(72, 760, "This page has a text layer of its own.")
    canvas.showPage()
    canvas.drawImage(ImageReader(picture(" ".join(WORDS))), 0, 0, 595, 842)
    canvas.showPage()
    canvas.drawString(72, 760, "And so has this one, which is the last.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def stored(form: str, *pages: Image.Image) -> bytes:
    """Return pages as a picture file; a salt in the description makes it one of its own."""
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if form == "TIFF" else {}
    pages[0].save(buffer, form, dpi=(150, 150), **more)
    return buffer.getvalue()


@pytest.fixture(autouse=True, scope="module")
def _no_other_lane(pipeline: Pipeline) -> Iterator[None]:
    with pipeline.changed("preflight", DOCPARSER_OCR_CPU="false"):
        yield


def walked(pipeline: Pipeline, content: bytes, name: str) -> Record:
    pipeline.upload(content, name)
    return pipeline.ended(ref_of(content), timeout_s=READ_WITHIN_S)


def words(pipeline: Pipeline, record: Record, shard: str) -> dict[int, set[str]]:
    """Return the words of each page of a shard, in small letters."""
    return {
        page["number"]: {
            word["text"].casefold()
            for block in page["blocks"]
            for line in block["lines"]
            for word in line["words"]
        }
        for page in document(pipeline, record.ref, f"pages/{shard}.json")["pages"]
    }


EXPECTED = {word.casefold() for word in WORDS}


def test_a_document_of_text_and_scans_is_read_page_by_page(pipeline: Pipeline) -> None:
    record = walked(pipeline, mixed_pdf(), "mixed.pdf")
    assert (record.status, record.failed_pages) == (Status.COMPLETED, 0)
    assert record.pages_by_lane == {"text": 2, "gpu": 1}
    assert record.gpu_seconds > 0
    assert words(pipeline, record, "s0002") == {2: EXPECTED}
    assert [s["lane"] for s in document(pipeline, record.ref)["shards"]] == ["text", "gpu", "text"]
    until(lambda: left(pipeline, record.ref) == [])


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_is_a_page(pipeline: Pipeline, form: str) -> None:
    record = walked(pipeline, stored(form, picture(" ".join(WORDS))), f"photo.{form.lower()}")
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"gpu": 1})
    assert words(pipeline, record, "s0001") == {1: EXPECTED}


def test_a_tiff_of_many_frames_is_read_in_shards(pipeline: Pipeline) -> None:
    # Given more frames than a shard holds, each with a word of its own
    names = ["north", "south", "east", "west", "spring", "summer", "autumn", "winter", "evening"]
    content = stored("TIFF", *(picture(f"The word is {name}") for name in names))
    # When it walks
    record = walked(pipeline, content, "fax.tif")
    # Then each frame is the page of its number, the ninth in a shard of its own
    assert (record.status, record.pages_by_lane) == (Status.COMPLETED, {"gpu": 9})
    read = words(pipeline, record, "s0001") | words(pipeline, record, "s0002")
    assert {number: set(names) & found for number, found in read.items()} == {
        number: {name} for number, name in enumerate(names, start=1)
    }


def test_no_log_of_gateway_or_server_says_what_a_page_says(pipeline: Pipeline) -> None:
    canary = f"Kanarie{uuid.uuid4().hex[:6]}"
    record = walked(pipeline, stored("PNG", picture(canary)), "canary.png")
    assert record.status is Status.COMPLETED
    read = json.dumps(document(pipeline, record.ref, "pages/s0001.json")).casefold()
    assert "kanarie" in read
    logs = sorted(pipeline.home.rglob("*.log"))
    assert len(logs) > 2
    for log in logs:
        assert "kanarie" not in log.read_text(errors="replace").casefold(), log.name
