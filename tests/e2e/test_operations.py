"""What operators and senders do when a document needs more than one walk."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from docparser_client.api import Client, Document
from docparser_local.stack import Stack

from tests.e2e.conftest import Command, outcomes
from tests.pdfs import text_pdf
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNKNOWN = "d" + "0" * 32


@pytest.fixture(scope="module")
def pipeline(docparser: Command) -> Pipeline:
    """Return the command's own stack, seen from inside."""
    assert docparser("up").returncode == 0
    return Pipeline(Stack(docparser.home, port=docparser.port).outputs(), docparser.home)


@pytest.fixture(scope="module")
def client(pipeline: Pipeline) -> Iterator[Client]:
    with Client(pipeline.outputs.api_url) as client:
        yield client


def ended(client: Client, document_id: str) -> Document:
    """Wait for the end of a document's walk; return its record."""
    return until(lambda: (r := client.document(document_id)).status.terminal and r)


def processed(docparser: Command, folder: Path, content: bytes, *words: str) -> dict[str, str]:
    """Process one file; return its row."""
    (folder / "a.pdf").write_bytes(content)
    docparser("process", folder / "a.pdf", "--out", folder / "out", *words)
    return outcomes(folder / "out")["a.pdf"]


# ---------------------------------------------------------------------- files inside files
def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mail(attachment: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "a@example.com", "b@example.com"
    message["Subject"] = uuid.uuid4().hex
    message.set_content("The letter is attached.\n")
    message.add_attachment(
        attachment, maintype="application", subtype="pdf", filename="Anhang ü.pdf"
    )
    return message.as_bytes()


def test_files_inside_files_are_documents_with_outputs_of_their_own(
    docparser: Command, client: Client, tmp_path: Path
) -> None:
    # Given an archive with a letter, a mail that has the same letter attached, and an archive
    letter = text_pdf()
    inner = packed({"deep.pdf": text_pdf(), "void.bin": bytes(range(8)) * 20})
    (tmp_path / "in").mkdir()
    (tmp_path / "in/box.zip").write_bytes(
        packed({"../../letter.pdf": letter, "a/mail.eml": mail(letter), "inner.zip": inner})
    )
    # When it is processed
    result = docparser("process", tmp_path / "in", "--out", tmp_path / "out")
    # Then each file inside has a row, at any depth
    assert (result.returncode, result.stderr) == (0, "")
    rows = outcomes(tmp_path / "out")
    assert {name: (row["status"], row["code"]) for name, row in rows.items()} == {
        "box.zip": ("COMPLETED", ""),
        "box.zip/../../letter.pdf": ("COMPLETED", ""),
        "box.zip/a/mail.eml": ("COMPLETED", ""),
        "box.zip/a/mail.eml/Anhang ü.pdf": ("COMPLETED", ""),
        "box.zip/inner.zip": ("COMPLETED", ""),
        "box.zip/inner.zip/deep.pdf": ("COMPLETED", ""),
        "box.zip/inner.zip/void.bin": ("REJECTED", "UNSUPPORTED"),
    }
    # And its outputs lie below those of what it is inside of, wherever its name says
    written = {
        str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.json")
    }
    assert written == {
        "box.zip.json",
        "box.zip/1-letter.pdf.json",
        "box.zip/2-mail.eml.json",
        "box.zip/2-mail.eml/1-Anhang ü.pdf.json",
        "box.zip/3-inner.zip.json",
        "box.zip/3-inner.zip/1-deep.pdf.json",
    }
    # And the same bytes in two places are one document
    one, other = rows["box.zip/../../letter.pdf"], rows["box.zip/a/mail.eml/Anhang ü.pdf"]
    assert one["document_id"] == other["document_id"]
    # And the service tells of both sides
    outer = client.document(rows["box.zip"]["document_id"])
    deep = client.document(rows["box.zip/inner.zip/deep.pdf"]["document_id"])
    assert (outer.children, outer.parent, outer.depth) == (3, None, 0)
    assert (deep.parent, deep.depth) == (rows["box.zip/inner.zip"]["document_id"], 2)


# ---------------------------------------------------------------------- passwords
def test_a_password_opens_what_was_rejected_and_is_kept_nowhere(
    docparser: Command, pipeline: Pipeline, tmp_path: Path
) -> None:
    password = f"öffne {uuid.uuid4().hex}"
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf())) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="o", user=password))

    def walk(*words: str) -> tuple[str, str]:
        row = processed(docparser, tmp_path, buffer.getvalue(), *words)
        return row["status"], row["code"]

    assert walk() == ("REJECTED", "ENCRYPTED")
    assert walk("--password", "another one") == ("REJECTED", "ENCRYPTED")
    assert walk("--password", password) == ("COMPLETED", "")

    row = outcomes(tmp_path / "out")["a.pdf"]
    shown = docparser("status", row["document_id"], "--json")
    assert json.loads(shown.stdout)["revision"] == 3
    canary = password.rpartition(" ")[2].encode()
    logs = list(docparser.home.glob("*.log"))
    assert logs
    assert not [path.name for path in logs if canary in path.read_bytes()]
    table = pipeline.client("dynamodb").get_paginator("scan")
    pages = table.paginate(TableName=pipeline.names["TABLE"])
    assert canary.decode() not in str([page["Items"] for page in pages])


# ---------------------------------------------------------------------- once more
def test_a_document_is_read_again_and_the_first_result_stays(
    docparser: Command, client: Client, tmp_path: Path
) -> None:
    row = processed(docparser, tmp_path, text_pdf())
    document_id = row["document_id"]
    first = docparser("get", document_id, "--format", "txt").stdout

    def again(*words: str) -> Any:
        said = docparser("reprocess", document_id, *words)
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith(f"{document_id} QUEUED  (revision ")
        return ended(client, document_id)

    read = again()
    classified = again("--from", "classify", "--level", "CONFIDENTIAL", "--policy", "quality")

    assert (read.status, read.revision) == ("COMPLETED", 2)
    assert (classified.status, classified.revision) == ("COMPLETED", 3)
    assert (classified.level, classified.policy) == ("CONFIDENTIAL", "quality")
    for revision in (1, 2, 3):
        got = docparser("get", document_id, "--format", "txt", "--revision", revision)
        assert (got.returncode, got.stdout) == (0, first)


@pytest.mark.parametrize("verb", ["reprocess", "retry", "cancel"])
def test_a_document_that_nobody_knows_is_exit_4(docparser: Command, verb: str) -> None:
    result = docparser(verb, UNKNOWN)
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr == "docparser: There is no such resource.\n"


def test_what_completed_is_neither_retried_nor_cancelled(
    docparser: Command, tmp_path: Path
) -> None:
    document_id = processed(docparser, tmp_path, text_pdf())["document_id"]
    for verb in ("retry", "cancel"):
        result = docparser(verb, document_id)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.count("\n") == 1


def test_the_wait_for_an_upload_is_cancelled(docparser: Command, client: Client) -> None:
    created = client.create_document(
        "a.pdf", sha256=hashlib.sha256(uuid.uuid4().bytes).hexdigest(), size_bytes=9
    )

    result = docparser("cancel", created.document_id)

    assert result.returncode == 0, result.stderr
    said = f"{created.document_id} CANCELLED  (revision 1, attempt 1)\n"
    assert result.stdout == said
    assert docparser("cancel", created.document_id).returncode == 1


# ---------------------------------------------------------------------- set aside
@pytest.fixture
def failed(docparser: Command, pipeline: Pipeline, tmp_path: Path) -> list[str]:
    """Documents that failed by a defect, which is mended by now."""
    (tmp_path / "in").mkdir()
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / "in" / name).write_bytes(text_pdf())
    with pipeline.changed("classify", DOCPARSER_TYPO="1"):
        result = docparser("process", tmp_path / "in", "--out", tmp_path / "out")
    assert result.returncode == 1
    rows = outcomes(tmp_path / "out").values()
    assert [row["status"] for row in rows] == ["FAILED", "FAILED"]
    return [row["document_id"] for row in rows]


def test_what_failed_is_listed_and_tried_again(
    docparser: Command, client: Client, failed: list[str]
) -> None:
    first, second = failed
    listed = json.loads(docparser("dlq", "list", "--json").stdout)["documents"]
    aside = {row["document_id"]: row for row in listed}
    assert {first, second} <= aside.keys()
    assert (aside[first]["stage"], aside[first]["attempts"]) == ("assemble", 1)
    assert "a.pdf" not in json.dumps(listed)
    assert first in docparser("dlq", "list").stdout

    assert docparser("retry", first).stdout.startswith(f"{first} QUEUED  (revision 1, attempt 2)")
    one = docparser("dlq", "redrive", "--document", second)
    assert (one.returncode, one.stdout) == (0, f"{second} QUEUED  (revision 1, attempt 2)\n")

    for document_id in failed:
        record = ended(client, document_id)
        assert (record.status, record.attempt) == ("COMPLETED", 2)
    assert docparser("dlq", "redrive", "--document", first).returncode == 1


def test_all_that_failed_is_tried_again(
    docparser: Command, client: Client, failed: list[str]
) -> None:
    result = docparser("dlq", "redrive", "--documents")

    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith(" documents tried again.\n")
    for document_id in failed:
        record = ended(client, document_id)
        assert record.status == "COMPLETED"


# ---------------------------------------------------------------------- dead letters
@contextmanager
def impatient(pipeline: Pipeline) -> Iterator[None]:
    """Let a message that could not be dealt with come again after a second."""
    sqs = pipeline.client("sqs")

    def patience(seconds: str) -> None:
        sqs.set_queue_attributes(
            QueueUrl=pipeline.intake_queue, Attributes={"VisibilityTimeout": seconds}
        )

    answer = sqs.get_queue_attributes(
        QueueUrl=pipeline.intake_queue, AttributeNames=["VisibilityTimeout"]
    )
    patience("1")
    try:
        yield
    finally:
        patience(answer["Attributes"]["VisibilityTimeout"])


def shown(docparser: Command) -> list[dict[str, Any]]:
    result = docparser("dlq", "show", "intake-standard", "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["messages"]


def test_poisoned_messages_are_shown_without_a_name_and_sent_on(
    docparser: Command, pipeline: Pipeline
) -> None:
    # Given objects whose keys name no tenant: no message about them can ever be dealt with
    name = f"Hans-{uuid.uuid4().hex}"
    with impatient(pipeline):
        for number in range(3):
            pipeline.upload(b"a letter", key=f"standard/{name} {number}.pdf")
        letters = until(lambda: (m := shown(docparser)) and len(m) == 3 and m, 60, 1)
        # Then they are counted and shown, by what is ours alone, and all of them stay
        text = docparser("dlq", "list").stdout + docparser("dlq", "show", "intake-standard").stdout
        assert "intake-standard  3" in text
        assert all(letter["message_id"] in text for letter in letters)
        assert "its key names no tenant" in text
        assert name not in text + json.dumps(letters)
        assert [letter["received"] >= 5 for letter in letters] == [True] * 3
        assert {m["message_id"] for m in shown(docparser)} == {m["message_id"] for m in letters}
        # When one of them is sent on
        one = letters[1]["message_id"]
        result = docparser("dlq", "redrive", "intake-standard", "--message", one)
        assert (result.returncode, result.stdout) == (0, "1 message sent on to intake-standard.\n")
        # Then the others stay where they are, and it comes back as another one
        left = {m["message_id"] for m in shown(docparser)}
        assert left >= {letters[0]["message_id"], letters[2]["message_id"]}
        assert one not in left
        again = until(lambda: (m := shown(docparser)) and len(m) == 3 and m, 60, 1)
        # And all are sent on
        result = docparser("dlq", "redrive", "intake-standard")
        assert result.stdout == "3 messages sent on to intake-standard.\n"
        assert not {m["message_id"] for m in shown(docparser)} & {m["message_id"] for m in again}
    missing = docparser("dlq", "redrive", "intake-standard", "--message", "none")
    assert (missing.returncode, missing.stdout) == (1, "")


def test_an_event_that_no_queue_was_for_goes_back_to_its_function(
    docparser: Command, pipeline: Pipeline, tmp_path: Path
) -> None:
    # Given an end of an execution that nobody noted
    sqs = pipeline.client("sqs")
    url = sqs.get_queue_url(QueueName="docparser-local-fail-dlq")["QueueUrl"]
    document_id = processed(docparser, tmp_path, text_pdf())["document_id"]
    ref = {"tenant": "default", "document_id": document_id, "revision": 1, "attempt": 1}
    error = {"Error": "States.Timeout", "Cause": ""}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"ref": ref, "error": error}))
    (letter,) = json.loads(docparser("dlq", "show", "fail", "--json").stdout)["messages"]
    assert (letter["about"], letter["id"]) == ("document", document_id)
    # When it is sent on
    result = docparser("dlq", "redrive", "fail")
    # Then its function was told, which leaves a document that has ended as it is
    assert result.stdout == "1 message sent on to fail.\n"
    assert docparser("dlq", "show", "fail").stdout == "The queue is empty.\n"
    assert json.loads(docparser("status", document_id, "--json").stdout)["status"] == "COMPLETED"


def test_a_queue_that_is_none_is_wrong_usage(docparser: Command, pipeline: Pipeline) -> None:
    result = docparser("dlq", "show", "nowhere")
    assert (result.returncode, result.stdout) == (2, "")
    assert "intake-standard" in result.stderr
