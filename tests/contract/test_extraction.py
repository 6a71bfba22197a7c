"""Extract, on real objects and a real table: what is stored, once, and what is told of it."""

from __future__ import annotations

import hashlib
import json
import uuid
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docparser.errors import Superseded, Terminal
from docparser.export.rows_csv import RowsCsv
from docparser.extract.corrections import EARLIER, Corrections, corrected, key
from docparser.extract.extractor import Found
from docparser.extract.stage import Extract, Extracted
from docparser.model import (
    Action,
    Classification,
    DocumentType,
    Extraction,
    FieldSource,
    FieldType,
    FieldValue,
    Lane,
    Level,
    LevelDecision,
    Manifest,
    Piece,
    Plan,
    Record,
    Ref,
    Review,
    ReviewMode,
    ReviewReason,
    Shard,
    ShardEntry,
    Stage,
    Status,
    TableRows,
    TypeDecision,
    WarningCode,
    now,
)
from docparser.policy import default_policy
from docparser.store import layout
from docparser.store.blobs import JSON

from tests.einvoices import Invoice, ubl
from tests.unit.classify.pages import page_of

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"

if TYPE_CHECKING:
    from docparser.extract.engine import Document
    from docparser.extract.view import PageView

    from tests.contract.premises import Premises

CALL = SimpleNamespace(gb_seconds=0.25)
TEXT = "All that stands here is printed."
LAMPS = Invoice(number="2026-0117")


class Extracting:
    """Documents that were classified, and the stage that extracts their fields and tables."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self.work = premises.blobs("work")
        self.records = premises.records
        self.stage = Extract(
            sources=premises.sources, work=self.work, records=self.records, csv=RowsCsv
        )

    def document(
        self,
        content: bytes = TEXT.encode(),
        *,
        media_type: str = "text/plain",
        mode: ReviewMode = ReviewMode.MARK,
        kind: DocumentType = DocumentType.INVOICE,
        text: str = TEXT,
        warnings: tuple[WarningCode, ...] = (),
        **facts: Any,
    ) -> Record:
        """Return the record of a running document of one page."""
        digest = hashlib.sha256(content + uuid.uuid4().bytes).hexdigest()
        ref = Ref(tenant="t", document_id=f"d{digest[:32]}")
        source = self.premises.upload(content)
        moment = now()
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=source,
            content_sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            created_at=moment,
            updated_at=moment,
            lease_until=moment,
            **facts,
        )
        assert self.records.open(record, name="a.xml", upload_id=uuid.uuid4().hex)
        assert self.records.change(ref, Status.RUNNING, stage=Stage.CLASSIFY)
        shard = Shard(shard_id="s0001", pages=(page_of(text),)).to_json()
        piece = Piece(
            name="s0001.json", size_bytes=len(shard), sha256=hashlib.sha256(shard).hexdigest()
        )
        described = {
            "media_type": media_type,
            "content_sha256": record.content_sha256,
            "size_bytes": len(content),
            "created_at": moment,
        }
        entry = ShardEntry(shard_id="s0001", first_page=1, last_page=1, lane=Lane.TEXT, file=piece)
        manifest = Manifest(**described, page_count=1, shards=(entry,), texts=())
        default = default_policy()
        plan = Plan(**described, shards=(), reasons=(), warnings=warnings)
        policy = default.model_copy(
            update={"review": default.review.model_copy(update={"mode": mode})}
        )
        for stage, name, body in (
            (Stage.READ, "s0001.json", shard),
            (Stage.ASSEMBLE, "manifest.json", manifest.to_json()),
            (Stage.PREFLIGHT, "plan.json", plan.to_json()),
            (Stage.CLASSIFY, "policy.json", policy.to_json()),
        ):
            self.put(ref, stage, name, body)
        self.classified(ref, kind)
        return self.record(ref)

    def classified(self, ref: Ref, kind: DocumentType, **more: Any) -> None:
        decided = Classification(
            type=TypeDecision(value=kind, confidence=0.9, **more),
            level=LevelDecision(value=Level.INTERNAL, confidence=0.9),
            language="de",
        )
        self.put(ref, Stage.CLASSIFY, "classification.json", decided.to_json())

    def unsure(self, ref: Ref) -> None:
        """Have nobody be sure of the document's level."""
        body = self.work.get(layout.stage_key(ref, Stage.CLASSIFY, "classification.json"))
        found = Classification.model_validate_json(body)
        doubted = found.model_copy(update={"review": (ReviewReason.LEVEL_UNSURE,)})
        self.put(ref, Stage.CLASSIFY, "classification.json", doubted.to_json())

    def put(self, ref: Ref, stage: Stage, name: str, body: bytes) -> None:
        self.work.put(layout.stage_key(ref, stage, name), body, JSON)

    def run(self, record: Record) -> Extracted:
        return self.stage.run(record.ref, record.source, CALL)

    def file(self, ref: Ref, name: str) -> bytes:
        return self.work.get(layout.stage_key(ref, Stage.EXTRACT, name))

    def stored(self, ref: Ref) -> Extraction:
        return Extraction.model_validate_json(self.file(ref, "fields.json"))

    def record(self, ref: Ref) -> Record:
        record = self.records.get(ref)
        assert record is not None
        return record

    def decided(self, ref: Ref, **changes: Any) -> None:
        """Note what people decided, as those do who ask them."""
        assert self.records.note(self.record(ref), Action.REVIEW_DECIDED, actor="bob", **changes)


@pytest.fixture
def at(premises: Premises) -> Extracting:
    return Extracting(premises)


def value_of(found: Extraction, name: str) -> Any:
    return next((field.value for field in found.fields if field.name == name), None)


# ---------------------------------------------------------------------- what is kept
def test_fields_are_kept_with_their_tables_beside_them(at: Extracting) -> None:
    record = at.document(ubl(LAMPS))

    found = at.run(record).extraction

    assert at.stored(record.ref) == found
    assert value_of(found, "invoice_number") == "2026-0117"
    assert value_of(found, "grand_total") == {"amount": "397.46", "currency": "EUR"}
    assert {field.source for field in found.fields} == {FieldSource.XML}
    lines = next(table for table in found.tables if table.role == "line_items")
    rows = TableRows.model_validate_json(at.file(record.ref, f"{lines.id}.json"))
    assert rows.table == lines
    assert [row.number for row in rows.rows] == [1, 2, 3]
    csv = at.file(record.ref, f"{lines.id}.csv").decode().splitlines()
    assert len(csv) == 4
    assert "Montage vor Ort" in csv[2]


def test_the_record_and_the_audit_trail_tell_of_it_and_no_value(at: Extracting) -> None:
    record = at.document(ubl(LAMPS))

    at.run(record)

    last = list(at.records.events(record.ref))[-1]
    assert (last.action, last.stage) == (Action.EXTRACTED, Stage.EXTRACT)
    assert last.facts["fields"] == len(at.stored(record.ref).fields)
    assert (last.facts["tables"], last.facts["row_gaps"]) == (2, 0)
    told = json.dumps(last.model_dump(mode="json"))
    for content in ("2026-0117", "397", "Muster", "Ulm", "Montage"):
        assert content not in told
    noted = at.record(record.ref)
    assert (noted.row_gaps, noted.stage) == (0, Stage.EXTRACT)
    assert noted.gb_seconds == pytest.approx(0.25)


def test_a_repeat_finds_what_was_extracted(at: Extracting) -> None:
    record = at.document(ubl(LAMPS))
    first = at.run(record)
    before = at.file(record.ref, "fields.json")
    # What it was made from is another one now
    at.classified(record.ref, DocumentType.RECEIPT)

    assert at.run(record) == first
    assert at.file(record.ref, "fields.json") == before


def test_a_try_that_died_before_its_fields_were_stored_leaves_the_same(at: Extracting) -> None:
    # Given a try that has stored a table and no more
    record = at.document(ubl(LAMPS))
    first = at.run(record).extraction
    files = {
        table.id: (at.file(record.ref, f"{table.id}.json"), at.file(record.ref, f"{table.id}.csv"))
        for table in first.tables
    }
    at.work.delete(layout.stage_key(record.ref, Stage.EXTRACT, "fields.json"))
    # Then the next one comes to the same
    assert at.run(record).extraction == first
    for table_id, (rows, csv) in files.items():
        assert at.file(record.ref, f"{table_id}.json") == rows
        assert at.file(record.ref, f"{table_id}.csv") == csv


def test_a_document_of_a_type_without_a_schema_goes_on(at: Extracting) -> None:
    record = at.document(kind=DocumentType.LETTER)

    done = at.run(record)

    assert done == (Extraction(type=DocumentType.LETTER), ReviewMode.OFF)
    assert at.record(record.ref).review is Review.NONE


def test_a_shard_that_changed_since_is_no_shard(at: Extracting) -> None:
    record = at.document()
    at.put(record.ref, Stage.READ, "s0001.json", b"{}")
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        at.run(record)


def test_a_source_that_is_another_one_proves_nothing(at: Extracting, premises: Premises) -> None:
    record = at.document(ubl(LAMPS))
    other = premises.upload(ubl(Invoice(number="666")))
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        at.stage.run(record.ref, other, CALL)
    assert not any("extract" in key for key in at.work.keys(f"t/{record.ref.document_id}/"))


@pytest.mark.parametrize("warned", [True, False])
def test_a_pdf_is_fetched_if_files_are_attached_to_it(
    at: Extracting, premises: Premises, warned: bool
) -> None:
    warnings = (WarningCode.ACTIVE_CONTENT,) if warned else ()
    pdf = (SAMPLES / "de" / "zugferd.pdf").read_bytes()
    record = at.document(pdf, media_type="application/pdf", warnings=warnings)
    fields = at.run(record).extraction.fields
    assert any(field.source is FieldSource.XML for field in fields) is warned


def test_another_attempt_extracts_nothing(at: Extracting) -> None:
    record = at.document()
    for other in ({"attempt": 2}, {"revision": 2}):
        with pytest.raises(Superseded):
            at.stage.run(record.ref.model_copy(update=other), record.source, CALL)


# ---------------------------------------------------------------------- people
def test_what_people_have_said_is_extracted_anew(at: Extracting) -> None:
    # Given an invoice of which a person says that it is a contract
    record = at.document(ubl(LAMPS))
    assert at.run(record).extraction.type is DocumentType.INVOICE
    at.decided(record.ref, review=Review.CORRECTED, corrected_type=DocumentType.CONTRACT)
    at.classified(record.ref, DocumentType.CONTRACT)
    # Then it is read as one, and nobody is asked again
    done = at.run(at.record(record.ref))
    assert done.extraction.type is DocumentType.CONTRACT
    assert at.stored(record.ref) == done.extraction
    assert at.record(record.ref).review is Review.CORRECTED


def test_a_corrected_field_counts_more_than_the_xml(at: Extracting) -> None:
    record = at.document(ubl(LAMPS))
    at.run(record)
    said = corrected("invoice_number", FieldType.IDENTIFIER, "2026-0118")
    assert said is not None
    corrections = Corrections(type=DocumentType.INVOICE, names=("invoice_number",), fields=(said,))
    name = uuid.uuid4().hex
    at.work.put(key(record.ref, name), corrections.to_json(), JSON)
    at.decided(record.ref, review=Review.CORRECTED, corrections=name)

    found = at.run(at.record(record.ref)).extraction

    (field,) = (each for each in found.fields if each.name == "invoice_number")
    assert (field.value, field.source, field.confidence) == ("2026-0118", FieldSource.REVIEW, 1)
    assert value_of(found, "grand_total") == {"amount": "397.46", "currency": "EUR"}


def test_a_field_that_was_corrected_before_stays_so(at: Extracting) -> None:
    # Given a revision of what had been corrected, as Restore lays it out
    record = at.document(ubl(LAMPS))
    said = corrected("due_date", FieldType.DATE, "2026-05-01")
    assert said is not None
    names = ("due_date", "invoice_number")
    earlier = Corrections(type=DocumentType.INVOICE, names=names, fields=(said,))
    at.put(record.ref, Stage.EXTRACT, EARLIER, earlier.to_json())

    found = at.run(record).extraction

    assert value_of(found, "due_date") == "2026-05-01"
    # As does one that the document has not, though something is found; and the result tells so
    assert "invoice_number" not in {field.name for field in found.fields}
    assert found.corrected == names


# ---------------------------------------------------------------------- what follows
def contradictory() -> bytes:
    """Return an invoice whose net and tax are not its total."""
    total = f'<cbc:TaxInclusiveAmount currencyID="EUR">{LAMPS.total}<'.encode()
    xml = ubl(LAMPS)
    assert total in xml
    return xml.replace(total, total.replace(str(LAMPS.total).encode(), b"999.99"))


@pytest.mark.parametrize(
    ("mode", "review"),
    [
        (ReviewMode.OFF, Review.NONE),
        (ReviewMode.MARK, Review.REQUIRED),
        (ReviewMode.PARK, Review.REQUIRED),
    ],
)
def test_a_rule_that_does_not_hold_is_for_a_person_where_the_policy_says_so(
    at: Extracting, mode: ReviewMode, review: Review
) -> None:
    record = at.document(contradictory(), mode=mode)

    done = at.run(record)

    assert "total" in {violation.rule for violation in done.extraction.violations}
    assert done.extraction.review == (ReviewReason.VALIDATION,)
    assert done.review is mode
    noted = at.record(record.ref)
    assert (noted.review, noted.violations) == (review, len(done.extraction.violations))
    told = list(at.records.events(record.ref))[-1]
    assert (told.facts["review"], told.facts["reasons"]) == (mode.value, ("VALIDATION",))


def test_who_has_decided_is_not_asked_again(at: Extracting) -> None:
    record = at.document(contradictory(), mode=ReviewMode.PARK)
    at.decided(record.ref, review=Review.APPROVED)

    done = at.run(at.record(record.ref))

    assert (done.review, bool(done.extraction.violations)) == (ReviewMode.OFF, True)
    assert at.record(record.ref).review is Review.APPROVED


def test_what_nobody_has_looked_at_in_time_goes_on_marked(at: Extracting) -> None:
    record = at.document(contradictory(), mode=ReviewMode.PARK)
    assert at.run(record).review is ReviewMode.PARK
    at.decided(record.ref, waits=1)

    assert at.run(at.record(record.ref)).review is ReviewMode.MARK
    assert at.record(record.ref).review is Review.REQUIRED


def test_a_review_that_is_required_already_stays_so(at: Extracting) -> None:
    # Given a document whose type nobody is sure of, but whose values are in order
    record = at.document(ubl(LAMPS))
    at.decided(record.ref, review=Review.REQUIRED)

    assert at.run(at.record(record.ref)).review is ReviewMode.OFF
    assert at.record(record.ref).review is Review.REQUIRED


@pytest.mark.parametrize(
    ("guesses", "kind"),
    [
        ((("letter", 0.4), ("receipt", 0.3)), DocumentType.RECEIPT),
        ((("receipt", 0.2),), DocumentType.UNKNOWN),
        ((("letter", 0.5),), DocumentType.UNKNOWN),
        ((), DocumentType.UNKNOWN),
    ],
)
def test_what_nobody_can_name_is_read_as_its_likeliest_type_with_fields(
    at: Extracting, guesses: tuple[tuple[str, float], ...], kind: DocumentType
) -> None:
    record = at.document(kind=DocumentType.UNKNOWN)
    guessed = tuple((DocumentType(name), confidence) for name, confidence in guesses)
    at.classified(record.ref, DocumentType.UNKNOWN, alternatives=guessed)

    found = at.run(record).extraction

    assert found.type is kind
    assert found.definition == ("receipt/1" if kind is DocumentType.RECEIPT else "")


# ---------------------------------------------------------------------- services
class Asking:
    """Asks somebody who charges a cent for each page, and says the number of the invoice."""

    def __init__(self, document: Document, calls: list[int]) -> None:
        self._document = document
        self._calls = calls
        self._answers: list[str] = []

    @property
    def charges_usd(self) -> Decimal:
        return Decimal("0.01") * len(self._answers)

    def read(self, page: PageView) -> None:
        def ask() -> bytes:
            self._calls.append(page.number)
            return json.dumps({"number": "2026-0999"}).encode()

        answer = self._document.answers.once(f"asked-p{page.number:04d}.json", ask)
        self._answers.append(json.loads(answer)["number"])

    def found(self) -> Found:
        return Found(
            tuple(
                FieldValue(
                    name="invoice_number",
                    type=FieldType.IDENTIFIER,
                    value=answer,
                    raw=answer,
                    source=FieldSource.TEXTRACT,
                    confidence=0.9,
                )
                for answer in self._answers
            )
        )


class Service:
    """An engine that may see what is INTERNAL."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def reader(self, document: Document) -> Asking | None:
        return Asking(document, self.calls) if document.level is Level.INTERNAL else None


def test_a_service_is_asked_once_and_what_it_charges_is_told(at: Extracting) -> None:
    # Given a service that is asked for a field which nobody else has found
    service = Service()
    at.stage = Extract(
        sources=at.premises.sources,
        work=at.work,
        records=at.records,
        csv=RowsCsv,
        engines=(service,),
    )
    record = at.document()
    found = at.run(record).extraction
    assert value_of(found, "invoice_number") == "2026-0999"
    assert (found.charges_usd, service.calls) == (Decimal("0.01"), [1])
    assert at.record(record.ref).field_charges_usd == Decimal("0.01")
    # When the stage is repeated, or a person has decided on something meanwhile
    assert at.run(record).extraction == found
    at.decided(record.ref, review=Review.APPROVED)
    assert at.run(at.record(record.ref)).extraction == found
    # Then nobody is asked again, and it costs as much as before
    assert service.calls == [1]
    assert at.record(record.ref).field_charges_usd == Decimal("0.01")
    # And what was paid for one type is not forgotten with it
    at.classified(record.ref, DocumentType.LETTER)
    assert at.run(at.record(record.ref)).extraction.charges_usd == 0
    assert at.record(record.ref).field_charges_usd == Decimal("0.01")


def test_what_an_xml_says_nobody_is_asked_for(at: Extracting) -> None:
    service = Service()
    at.stage = Extract(
        sources=at.premises.sources,
        work=at.work,
        records=at.records,
        csv=RowsCsv,
        engines=(service,),
    )
    assert value_of(at.run(at.document(ubl(LAMPS))).extraction, "invoice_number") == "2026-0117"
    assert service.calls == []


def test_no_service_sees_what_nobody_is_sure_it_may_see(at: Extracting) -> None:
    # Given a document whose level is a guess, which is for a person to look at
    service = Service()
    at.stage = Extract(
        sources=at.premises.sources,
        work=at.work,
        records=at.records,
        csv=RowsCsv,
        engines=(service,),
    )
    record = at.document()
    at.unsure(record.ref)
    assert value_of(at.run(record).extraction, "invoice_number") is None
    assert service.calls == []
    # When a person has said that it is so
    at.decided(record.ref, review=Review.APPROVED)
    at.classified(record.ref, DocumentType.INVOICE)
    # Then it is asked
    found = at.run(at.record(record.ref)).extraction
    assert value_of(found, "invoice_number") == "2026-0999"
    assert service.calls == [1]
