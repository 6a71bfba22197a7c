"""Our own engine behind Textract's API: what boto3 gets, and what becomes of a document."""

from __future__ import annotations

import hashlib
import io
import uuid
from typing import TYPE_CHECKING

import boto3
import httpx
import pypdfium2
import pytest
from docparser.intake.identity import document_id
from docparser.model import Lane, LaneReason, OcrAnswer, Page, Ref, Shard, Status
from docparser.ocr.textract_response import Frame, read_pages
from docparser.store import layout

from tests.contract.textract import invariants
from tests.pdfs import LETTER, text_pdf

if TYPE_CHECKING:
    from tests.stack import Pipeline


def scan(turned: int = 0) -> bytes:
    """Return a letter as a scanner gives it, no two alike."""
    with pypdfium2.PdfDocument(text_pdf((*LETTER, uuid.uuid4().hex))) as pdf:
        picture = pdf[0].render(scale=150 / 72).to_pil().convert("L")
    buffer = io.BytesIO()
    picture.rotate(-turned, expand=True).save(buffer, "PNG", dpi=(150, 150))
    return buffer.getvalue()


def own_reading(pipeline: Pipeline, content: bytes) -> Page:
    """Return what the OCR server itself says of a page."""
    gateway, _, port = pipeline.outputs.gateway.rpartition(":")
    answer = httpx.post(
        f"{gateway}:{int(port) + 1}/invocations",
        content=content,
        headers={"content-type": "image/png"},
        timeout=60,
    )
    return OcrAnswer.model_validate_json(answer.content).pages[0]


@pytest.mark.parametrize("turned", [0, 90])
def test_textract_says_what_the_engine_read(pipeline: Pipeline, turned: int) -> None:
    # Given
    content = scan(turned)
    textract = boto3.client(
        "textract",
        endpoint_url=pipeline.outputs.gateway,
        region_name=pipeline.outputs.region,
        aws_access_key_id=pipeline.outputs.account,
        aws_secret_access_key="test",
    )
    # When
    response = textract.detect_document_text(Document={"Bytes": content})
    textract.close()
    # Then
    expected = own_reading(pipeline, content)
    size = expected.width_pt, expected.height_pt
    frame = Frame(1, LaneReason.IMAGE_INPUT, *(size[::-1] if turned % 180 else size))
    (found,) = read_pages(response, [frame])
    invariants.check(found)
    assert found.rotation == expected.rotation == (360 - turned) % 360
    assert (found.width_pt, found.height_pt) == size
    assert "confirm the delivery of the goods" in found.text
    ours, theirs = (
        [word for part in page.blocks for line in part.lines for word in line.words]
        for page in (found, expected)
    )
    assert [word.text for word in ours] == [word.text for word in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        for corner, same in zip(mine.polygon, other.polygon, strict=True):
            assert corner == pytest.approx(same, abs=1e-4)


def test_a_public_document_is_read_by_textract(pipeline: Pipeline) -> None:
    # Given
    content = scan()
    digest = hashlib.sha256(content).hexdigest()
    ref = Ref(tenant="default", document_id=document_id("default", digest), revision=1, attempt=1)
    # When
    pipeline.upload(content, "scan.png", level="PUBLIC", lane="textract")
    record = pipeline.ended(ref, timeout_s=90)
    # Then
    assert record.status is Status.COMPLETED
    assert record.pages_by_lane == {Lane.TEXTRACT: 1}
    key = f"{layout.revision_prefix(ref)}pages/s0001.json"
    stored = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)
    shard = Shard.model_validate_json(stored["Body"].read())
    assert "confirm the delivery of the goods" in shard.pages[0].text
    assert shard.pages[0].lane_reason is LaneReason.FORCED
    assert shard.charges_usd > 0
