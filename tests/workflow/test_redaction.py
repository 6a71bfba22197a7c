"""A document without its personal data: made where somebody asks, and beside the document."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from docparser.model import Status, Zone
from reportlab.pdfgen.canvas import Canvas

from tests.pdfs import scan_pdf
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from docparser.model import Ref

    from tests.stack import Pipeline

IBAN = "DE89370400440532013000"
MAIL = "erika.mustermann@example.org"
PLAIN = "The delivery was on time."


def letter(salt: str) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.setSubject(salt)
    for row, text in enumerate((f"IBAN: {IBAN}", f"E-mail: {MAIL}", PLAIN)):
        canvas.drawString(72, 700 - 30 * row, text)
    canvas.showPage()
    canvas.drawString(72, 700, "Nothing of anybody's stands here.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def walked(pipeline: Pipeline, content: bytes, **options: str) -> Ref:
    pipeline.upload(content, **options)
    ref = ref_of(content)
    assert pipeline.ended(ref, timeout_s=180).status is Status.COMPLETED
    return ref


def stored(pipeline: Pipeline, ref: Ref, file: str, zone: str = "VAULT") -> bytes:
    key = f"{ref.tenant}/{ref.document_id}/r{ref.revision}/{file}"
    answer = pipeline.client("s3").get_object(Bucket=pipeline.names[f"{zone}_BUCKET"], Key=key)
    body: bytes = answer["Body"].read()
    return body


def document(pipeline: Pipeline, ref: Ref) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(stored(pipeline, ref, "document.json"))
    return told


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "\f".join(page.get_textpage().get_text_bounded() for page in opened)


def test_renditions_without_personal_data_lie_beside_the_document(pipeline: Pipeline) -> None:
    ref = walked(pipeline, letter("asked"), redact="true")
    told = document(pipeline, ref)
    assert {piece["name"] for piece in told["redacted"]} == {
        "redacted.txt",
        "redacted.md",
        "redacted.pdf",
    }
    text = stored(pipeline, ref, "redacted.txt").decode()
    markdown = stored(pipeline, ref, "redacted.md").decode()
    pdf = stored(pipeline, ref, "redacted.pdf")
    for shown in (text, markdown.replace("\\", ""), text_of(pdf)):
        assert PLAIN in shown
        assert "Nothing of anybody's stands here." in shown
        assert "[iban]" in shown
        assert "[email]" in shown
        assert "3704" not in shown
        assert "erika" not in shown.lower()
    assert IBAN.encode() not in pdf
    # The document itself is whole.
    assert IBAN in stored(pipeline, ref, "document.txt").decode()
    # They lie wherever the document lies, and nowhere else.
    zones = {zone.value for zone in pipeline.ended(ref).zones}
    for zone in Zone:
        prefix = f"{ref.tenant}/{ref.document_id}/"
        keys = pipeline.keys(f"{zone.upper()}_BUCKET", prefix)
        files = {key.rpartition("/")[2] for key in keys}
        assert ("redacted.pdf" in files) == ("document.json" in files) == (zone in zones)


@pytest.mark.parametrize("options", [{}, {"redact": "false"}])
def test_nobody_pays_for_what_nobody_asked_for(pipeline: Pipeline, options: dict[str, str]) -> None:
    ref = walked(pipeline, letter(f"not asked {options}"), **options)
    assert document(pipeline, ref)["redacted"] == []
    names = [
        event["stateEnteredEventDetails"]["name"]
        for event in pipeline.history(ref)
        if "stateEnteredEventDetails" in event
    ]
    assert "Redact" not in names


def test_a_scan_is_drawn_anew(pipeline: Pipeline) -> None:
    content = scan_pdf(text=0, scanned=1)
    ref = walked(pipeline, content, redact="true")
    told = document(pipeline, ref)
    assert "redacted.pdf" in {piece["name"] for piece in told["redacted"]}
    with pypdfium2.PdfDocument(stored(pipeline, ref, "redacted.pdf")) as pdf:
        assert len(pdf) == 1
