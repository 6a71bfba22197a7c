"""What is made of a scan besides its text: a searchable PDF and ALTO, or a warning and no loss."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from botocore.exceptions import ClientError
from docparser.model import Status, WarningCode
from docparser.store import layout

from tests.pdfs import text_pdf
from tests.stack import Pipeline
from tests.workflow.test_read_scans import WORDS, mixed_pdf, picture, stored
from tests.workflow.test_scans import document
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from docparser.model import Record

READ_WITHIN_S = 180  # the server may still be loading its models


def walked(pipeline: Pipeline, content: bytes, name: str) -> Record:
    pipeline.upload(content, name)
    return pipeline.ended(ref_of(content), timeout_s=READ_WITHIN_S)


def kept(pipeline: Pipeline, record: Record, file: str) -> bytes:
    """Return a file of the result from the vault."""
    key = layout.revision_prefix(record.ref) + file
    bucket = pipeline.names["VAULT_BUCKET"]
    return pipeline.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


def found(pdf: bytes) -> list[str]:
    """Return the text that a reader finds on each page."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]


def test_a_scan_between_digital_pages_can_be_searched(pipeline: Pipeline) -> None:
    record = walked(pipeline, mixed_pdf(), "mixed.pdf")
    assert (record.status, record.warnings) == (Status.COMPLETED, ())
    # The PDF says what the text says, page by page
    text = kept(pipeline, record, "document.txt").decode()
    pages = found(kept(pipeline, record, "document.pdf"))
    assert pages == [" ".join(page.split()) for page in text.split("\f")]
    assert pages[1] == " ".join(WORDS)
    # and the document names what was made, as it lies there.
    named = {piece["name"]: piece for piece in document(pipeline, record.ref)["exports"]}
    assert named.keys() == {"document.pdf", "document.alto.xml"}
    assert all(len(kept(pipeline, record, name)) == named[name]["size_bytes"] for name in named)
    assert "seven" in kept(pipeline, record, "document.alto.xml").decode()


def test_a_digital_document_is_not_made_again(pipeline: Pipeline) -> None:
    record = walked(pipeline, text_pdf(), "digital.pdf")
    assert document(pipeline, record.ref)["exports"] == []
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in pipeline.history(record.ref)
        if "stateEnteredEventDetails" in event
    ]
    assert "Scanned" in entered
    assert "Export" not in entered


def test_a_document_whose_export_fails_goes_on_with_a_warning(pipeline: Pipeline) -> None:
    # Given a scan, and a function that cannot write
    with pipeline.changed("export", DOCPARSER_WORK_BUCKET="no-such-bucket"):
        record = walked(pipeline, stored("PNG", picture(" ".join(WORDS))), "scan.png")
    # Then everything that was read is there, and the record says what is not
    assert record.status is Status.COMPLETED
    assert record.warnings == (WarningCode.EXPORT_FAILED,)
    assert document(pipeline, record.ref)["warnings"] == ["EXPORT_FAILED"]
    assert kept(pipeline, record, "document.txt").decode().split() == list(WORDS)
    with pytest.raises(ClientError, match="NoSuchKey"):
        kept(pipeline, record, "document.pdf")
