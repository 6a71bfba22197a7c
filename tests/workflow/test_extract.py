"""Fields and tables through the real state machine: what is found, missing, and what follows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import Credentials
from docparser.extract.stage import MOST_RETRIES
from docparser.model import (
    Record,
    Ref,
    Review,
    ReviewReason,
    Status,
    TableRows,
    WaitingFor,
    WarningCode,
)
from docparser_client.api import Client

from tests.einvoices import Invoice, hybrid, printed, ubl
from tests.stack import Pipeline, until
from tests.statements import entries, statement
from tests.workflow.test_faults import NOWHERE
from tests.workflow.test_walk import SAMPLES, ref_of

if TYPE_CHECKING:
    pass


OPENING = Decimal("5000.00")


def invoice() -> Invoice:
    """Return an invoice of its own number."""
    return Invoice(number=f"2026-{uuid.uuid4().int % 10**6:06d}")


def walked(
    pipeline: Pipeline, content: bytes, name: str = "a.pdf", **options: str
) -> tuple[Record, dict[str, Any]]:
    """Take a document to its end; return its record and its result."""
    pipeline.upload(content, name, **options)
    record = pipeline.ended(ref_of(content), timeout_s=120)
    return record, json.loads(stored(pipeline, record.ref, "document.json"))


def stored(pipeline: Pipeline, ref: Ref, file: str, zone: str = "VAULT") -> bytes:
    key = f"{ref.tenant}/{ref.document_id}/r{ref.revision}/{file}"
    answer = pipeline.client("s3").get_object(Bucket=pipeline.names[f"{zone}_BUCKET"], Key=key)
    body: bytes = answer["Body"].read()
    return body


def pages(pipeline: Pipeline, ref: Ref, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the pages of a result."""
    for shard in document["shards"]:
        yield from json.loads(stored(pipeline, ref, f"pages/{shard['file']['name']}"))["pages"]


def field(document: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (field for field in document["fields"] if field["name"] == name)
    return dict(found)


def tries(pipeline: Pipeline, ref: Ref) -> list[int]:
    """Return what Extract was told, try by try."""
    given = [
        json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]
        for event in pipeline.history(ref)
        if "taskScheduledEventDetails" in event
    ]
    return [payload["retries"] for payload in given if "retries" in payload]


def money(amount: Decimal) -> dict[str, str]:
    return {"amount": str(amount), "currency": "EUR"}


# ---------------------------------------------------------------------- e-invoices
def test_the_xml_of_an_e_invoice_is_the_truth_and_the_page_proves_it(pipeline: Pipeline) -> None:
    # Given an invoice that is printed as its XML says
    sold = invoice()
    record, document = walked(pipeline, hybrid(printed(sold), ubl(sold)))
    # Then its values are the XML's, with where they stand in it and on the page
    assert (record.status, record.type) == (Status.COMPLETED, "invoice")
    number, total = field(document, "invoice_number"), field(document, "grand_total")
    assert (number["value"], number["source"], number["page"]) == (sold.number, "xml", 1)
    assert (total["value"], total["confidence"]) == (money(sold.total), 1)
    assert number["path"]
    assert sold.number in number["quote"]
    assert document["definition"].startswith("invoice/")
    assert (document["violations"], document["missing"]) == ([], [])
    assert document["warnings"] == ["ACTIVE_CONTENT"]  # a file is attached
    # And its lines are a table of their own, in both files, wherever the document lies
    lines = next(table for table in document["tables"] if table["role"] == "line_items")
    assert lines["rows"] == len(sold.lines)
    for zone in record.zones:
        body = stored(pipeline, record.ref, f"tables/{lines['id']}.json", zone.upper())
        rows = TableRows.model_validate_json(body)
        assert [row.number for row in rows.rows] == [1, 2, 3]
    csv = stored(pipeline, record.ref, f"tables/{lines['id']}.csv").decode()
    assert "Montage vor Ort" in csv
    # And nothing is left where it was made
    assert pipeline.keys("WORK_BUCKET", f"default/{record.ref.document_id}/") == []


def test_a_page_that_says_otherwise_than_its_xml_is_told_of(pipeline: Pipeline) -> None:
    # Given an invoice that asks for more on the page than in the XML
    sold = invoice()
    dearer = printed(sold, total=sold.total + 1000)
    record, document = walked(pipeline, hybrid(dearer, ubl(sold)))
    # Then the XML counts, and that they differ is said to a person
    assert field(document, "grand_total")["value"] == money(sold.total)
    assert WarningCode.XML_DIFFERS in document["warnings"]
    assert record.review is Review.REQUIRED


def test_an_xml_alone_is_an_invoice(pipeline: Pipeline) -> None:
    sold = invoice()
    record, document = walked(pipeline, ubl(sold), "invoice.xml")
    assert record.status is Status.COMPLETED
    assert field(document, "due_payable")["value"] == money(sold.total)
    assert document["violations"] == []


# ---------------------------------------------------------------------- photos
def test_a_photo_of_a_receipt_has_its_fields_where_they_stand(pipeline: Pipeline) -> None:
    # Given a receipt that was photographed, and read by OCR
    record, document = walked(pipeline, (SAMPLES / "en/receipt.jpg").read_bytes(), "receipt.jpg")
    assert (record.status, record.type) == (Status.COMPLETED, "receipt")
    # Then its fields are those that are printed on it
    values = {name: field(document, name)["value"] for name in ("company", "date", "total")}
    assert values == {
        "company": "The Copper Kettle",
        "date": "2025-06-21",
        "total": {"amount": "25.30", "currency": "GBP"},
    }
    # And each stands in its words
    words = {
        word["id"]: word["text"]
        for page in pages(pipeline, record.ref, document)
        for block in page["blocks"]
        for line in block["lines"]
        for word in line["words"]
    }
    for found in document["fields"]:
        assert found["source"] == "layout"
        assert found["page"] == 1
        assert found["polygon"]
        assert [words[name] for name in found["word_ids"]] == found["quote"].split()


# ---------------------------------------------------------------------- rows
def test_a_statement_of_1200_rows_is_completed_with_1200_rows(pipeline: Pipeline) -> None:
    # Given a statement of thirty pages
    made = entries(1200, seed=uuid.uuid4().hex)
    content = statement(made, opening=OPENING, closing=made[-1].balance, count=1200)
    record, document = walked(pipeline, content)
    # Then every row of it is there, in one table, with its value
    assert (record.status, record.type, record.row_gaps) == (
        Status.COMPLETED,
        "bank_statement",
        0,
    )
    (table,) = (one for one in document["tables"] if one["role"] == "transactions")
    assert (table["rows"], table["first_page"], table["last_page"]) == (1200, 1, 29)
    body = stored(pipeline, record.ref, f"tables/{table['id']}.json")
    rows = TableRows.model_validate_json(body)
    at = next(n for n, column in enumerate(table["columns"]) if column["name"] == "amount")
    amounts = [row.cells[at].value for row in rows.rows]
    assert [row.number for row in rows.rows] == list(range(1, 1201))
    assert [Decimal(value["amount"]) for value in amounts] == [entry.amount for entry in made]
    assert all(row.polygon for row in rows.rows)
    csv = stored(pipeline, record.ref, f"tables/{table['id']}.csv").decode().splitlines()
    assert len(csv) == 1201
    # And what it says of itself holds
    assert field(document, "closing_balance")["value"] == money(made[-1].balance)
    assert document["violations"] == []


def test_a_statement_that_has_lost_a_row_is_partial_and_names_it(pipeline: Pipeline) -> None:
    # Given a statement of which a row on the second page was dropped
    made = entries(100, seed=uuid.uuid4().hex)
    lost = 60
    shown = [*made[:lost], *made[lost + 1 :]]
    content = statement(shown, opening=OPENING, closing=made[-1].balance, count=100)
    record, document = walked(pipeline, content)
    # Then it is not complete, and that says after which row on which page
    assert (record.status, record.failed_pages) == (Status.PARTIAL, 0)
    assert record.review is Review.REQUIRED
    assert WarningCode.ROWS_MISSING in record.warnings
    gaps = document["row_gaps"]
    assert record.row_gaps == len(gaps) > 0
    broken = [gap for gap in gaps if gap["code"] == "BALANCE_BREAKS"]
    assert [(gap["page"], gap["row"]) for gap in broken] == [(2, lost)]
    counted = [gap for gap in gaps if gap["code"] == "COUNT_DIFFERS"]
    assert [(gap["expected"], gap["found"]) for gap in counted] == [(100, 99)]
    # And all the others are there
    (table,) = (one for one in document["tables"] if one["role"] == "transactions")
    assert table["rows"] == 99


# ---------------------------------------------------------------------- contradictions
def test_totals_that_contradict_each_other_are_told_of(pipeline: Pipeline) -> None:
    # Given an invoice whose net and tax are not its total
    sold = invoice()
    record, document = walked(pipeline, printed(sold, total=sold.total + 100))
    # Then the rule that does not hold is named, and a person has to look at it
    assert record.status is Status.COMPLETED
    assert (record.violations, record.review) == (1, Review.REQUIRED)
    (violation,) = document["violations"]
    assert (violation["rule"], set(violation["fields"])) == (
        "total",
        {"net_total", "tax_total", "grand_total"},
    )
    assert WarningCode.VALUES_CONTRADICT in document["warnings"]
    # And the trail tells of it without a value
    told = next(e for e in pipeline.records.events(record.ref) if e.action == "extracted")
    assert told.facts["violations"] == ("total",)
    assert told.facts["reasons"] == (ReviewReason.VALIDATION.value,)
    assert sold.number not in json.dumps(told.model_dump(mode="json"))


def test_an_invoice_in_order_is_nobody_s_to_look_at(pipeline: Pipeline) -> None:
    sold = invoice()
    record, document = walked(pipeline, printed(sold))
    assert (record.status, record.violations, record.review) == (
        Status.COMPLETED,
        0,
        Review.NONE,
    )
    assert (document["missing"], document["warnings"]) == ([], [])
    total = field(document, "grand_total")
    assert (total["value"], total["source"], total["page"]) == (money(sold.total), "layout", 1)
    assert total["polygon"]
    assert total["word_ids"]


# ---------------------------------------------------------------------- parked
@pytest.fixture
def alice(pipeline: Pipeline) -> Iterator[Client]:
    with Client(pipeline.outputs.api_url, credentials=Credentials("alice", "secret")) as client:
        yield client


@pytest.fixture
def _parks(alice: Client) -> Iterator[None]:
    before = alice.policies.get()
    wanted = {"review": {"mode": "park", "days": 7}}
    held = alice.policies.change(wanted, replaces=before.tenant_version)
    yield
    alice.policies.change({}, replaces=held.tenant_version)


@pytest.mark.usefixtures("_parks")
def test_a_document_that_breaks_a_rule_waits_once_and_goes_on(
    pipeline: Pipeline, alice: Client
) -> None:
    # Given an invoice whose totals contradict each other, where such wait for a person
    sold = invoice()
    content = printed(sold, total=sold.total + 100)
    ref = ref_of(content)
    pipeline.upload(content, "a.pdf")

    def waits() -> Record | None:
        record = pipeline.record(ref)
        return record if record and record.status is Status.WAITING else None

    record = until(waits)
    assert (record.waiting_for, record.review) == (WaitingFor.REVIEW, Review.REQUIRED)
    assert (record.type, record.violations, record.zones) == ("invoice", 1, ())
    # When somebody approves of it
    alice.reviews.claim(ref.document_id)
    alice.reviews.decide(ref.document_id, "approve")
    # Then it goes on, although the rule holds no more than before
    ended = pipeline.ended(ref)
    assert (ended.status, ended.review, ended.violations) == (
        Status.COMPLETED,
        Review.APPROVED,
        1,
    )
    assert ended.waits == 1


# ---------------------------------------------------------------------- failing
def test_a_document_whose_fields_nobody_can_read_goes_on_without(pipeline: Pipeline) -> None:
    # Given an invoice whose Extract fails for good
    sold = invoice()
    with pipeline.changed("extract", AWS_ENDPOINT_URL_S3=NOWHERE):
        record, document = walked(pipeline, printed(sold))
    # Then that is what its record says, and a person has to look at it
    assert (record.status, record.code, record.type) == (Status.PARTIAL, None, "invoice")
    assert WarningCode.EXTRACTION_FAILED in record.warnings
    assert (record.review, record.violations, record.row_gaps) == (Review.REQUIRED, None, None)
    # And it was told each time how often it was tried before
    assert tries(pipeline, record.ref) == list(range(MOST_RETRIES + 1))
    # And nothing else is lost
    assert document["warnings"] == ["EXTRACTION_FAILED"]
    assert (document["fields"], document["tables"], document["gaps"]) == ([], [], [])
    assert sold.number in stored(pipeline, record.ref, "document.txt").decode()
    assert record.failed_pages == 0
    assert record.chunks
    # When it is classified again, it has its fields
    with Client(pipeline.outputs.api_url, credentials=Credentials("alice", "secret")) as client:
        client.reprocess(record.ref.document_id, begin="classify")
    again = record.ref.model_copy(update={"revision": 2})
    ended = pipeline.ended(again, timeout_s=120)
    assert ended.status is Status.COMPLETED
    result = json.loads(stored(pipeline, again, "document.json"))
    assert result["warnings"] == []
    assert field(result, "invoice_number")["value"] == sold.number
