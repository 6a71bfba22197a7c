"""Textract asked for fields: boto3 speaks to a server that answers as Textract once has.

The answers are recorded ones of the shared set (aws-samples, Apache-2.0), for the documents that
they were given for; only the aliases of questions are ours.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from docparser.errors import Retryable
from docparser.extract import schemas
from docparser.extract.engine import Document
from docparser.extract.engines import textract_reader
from docparser.extract.engines.textract import OPERATIONS, TextractFields
from docparser.extract.engines.textract_answers import Said, expenses, identities, queries
from docparser.extract.engines.textract_fields import in_full
from docparser.extract.engines.textract_reader import MOST_PAGES
from docparser.extract.extractor import Locale
from docparser.extract.view import PageView, view
from docparser.model import (
    DocumentType,
    FieldSource,
    FieldValue,
    LaneReason,
    Level,
    Policy,
    Ref,
    WarningCode,
)
from docparser.model.policy import ExtractRule, TextractFeature
from docparser.ocr.textract_response import Frame, read_pages
from docparser.store.pace import Pace
from docparser.textract.blocks import NoDocumentError
from PIL import Image

if TYPE_CHECKING:
    from tests.contract.engine.running import Engine

SET = (
    Path(
        os.environ.get("DOCPARSER_DATA_DIR")
        or Path(__file__).resolve().parents[3].parent / "shared" / "data"
    )
    / "textract"
)
RECEIPT, RECEIPT_PAGE = (
    "txr__test_analyze_expense_from_path",
    "txr__test_document_to_html_receipt.jpg",
)
CARD, CARD_PAGE = "txr__test_analyze_id_from_path", "txr__test_document_to_markdown_fake_id.png"
QUESTIONS = "trp__queries_sample"
SLIP = "trp__paystub-response"

pytestmark = pytest.mark.skipif(not SET.exists(), reason="needs the recorded responses")


def recorded(name: str) -> dict[str, Any]:
    return json.loads((SET / "responses" / f"{name}.json").read_bytes())


def seen(name: str, size: tuple[float, float] = (612, 792)) -> PageView:
    """Return a page as it is read from the blocks of a recorded response."""
    (page,) = read_pages(recorded(name), [Frame(1, LaneReason.IMAGE_INPUT, *size)])
    return view(page)


@dataclass
class Recording:
    """Answers each operation with what a test has put there, and keeps what it was asked."""

    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    hangs_up: bool = False


@pytest.fixture
def recording() -> Iterator[Recording]:
    made = Recording()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((operation, body))
            if made.hangs_up:
                self.close_connection = True
                return
            status, answer = made.answers[operation]
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


class Kept:
    """Keeps answers in memory."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def once(self, name: str, ask: Callable[[], bytes]) -> bytes:
        if name not in self.bodies:
            self.bodies[name] = ask()
        return self.bodies[name]


@dataclass
class Case:
    """A document, and the engine that may ask for it."""

    engine: TextractFields
    path: Path
    media_type: str
    kind: DocumentType
    level: Level
    rule: ExtractRule
    kept: Kept = field(default_factory=Kept)

    def reader(self, *, last_try: bool = False) -> Any:
        policy = Policy(version="1", types={}, pii={}, extract=self.rule)
        schema = schemas.of(self.kind, policy)
        assert schema is not None
        return self.engine.reader(
            Document(
                ref=Ref(tenant="default", document_id=f"d{'0' * 32}", revision=1, attempt=1),
                kind=self.kind,
                level=self.level,
                schema=schema,
                locale=Locale("en", "US"),
                policy=policy,
                answers=self.kept,
                fetched=lambda: (self.path, self.media_type),
                last_try=last_try,
            )
        )


@pytest.fixture
def case(engine: Engine, recording: Recording) -> Iterator[Callable[..., Case]]:
    client = boto3.client(
        "textract",
        endpoint_url=recording.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    run = uuid.uuid4().hex
    paces = {
        api: Pace(engine.client("dynamodb"), "pages", api=f"{api}-{run}", per_second=100)
        for api in OPERATIONS
    }

    def make(
        document: str | Path,
        kind: DocumentType,
        *features: TextractFeature,
        level: Level = Level.INTERNAL,
        media_type: str = "",
        **rule: Any,
    ) -> Case:
        path = document if isinstance(document, Path) else SET / "documents" / document
        types = {".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}
        said = ExtractRule(textract=features, **rule)
        given = media_type or types[path.suffix]
        return Case(TextractFields(client, paces), path, given, kind, level, said)

    yield make
    client.close()


def fields(reader: Any, *pages: PageView) -> dict[str, FieldValue]:
    for page in pages:
        reader.read(page)
    return {each.name: each for each in reader.found().fields}


def test_a_receipt_is_asked_for_its_expenses(
    case: Callable[..., Case], recording: Recording
) -> None:
    # Given
    recording.answers["AnalyzeExpense"] = 200, recorded(RECEIPT)
    reader = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE).reader()
    # When
    found = fields(reader, seen(RECEIPT_PAGE))
    # Then
    assert found["company"].value == "MEGA MARKET PLUS"
    assert found["date"].value == "2019-12-07"
    assert found["total"].value["amount"] == "1810.46"
    assert found["tax_total"].value["amount"] == "110.50"
    assert {each.source for each in found.values()} == {FieldSource.TEXTRACT}
    assert all(0.5 < each.confidence <= 1 for each in found.values())
    # And each stands where our own words are
    assert found["total"].quote == "$1810.46"
    assert found["company"].quote == "MEGA MARKET PLUS"
    assert found["total"].page == 1
    assert len(found["total"].word_ids) == 1
    # And one call was made, and is paid for
    assert [operation for operation, _ in recording.asked] == ["AnalyzeExpense"]
    assert reader.charges_usd == Decimal("0.010")


def test_an_id_document_is_asked_for_its_identity(
    case: Callable[..., Case], recording: Recording
) -> None:
    recording.answers["AnalyzeID"] = 200, recorded(CARD)
    reader = case("fake_id.png", DocumentType.ID_DOCUMENT, TextractFeature.ID).reader()
    found = fields(reader, seen(CARD_PAGE))
    assert found["document_number"].value == "736HDV7874JSB"
    assert found["surname"].value == "MARIA"
    assert found["given_names"].value == "GARCIA"
    assert found["kind"].value == "driving_licence"
    assert found["kind"].raw == "DRIVER LICENSE FRONT"
    assert found["birth_date"].value == "2001-03-18"
    assert found["expiry_date"].value == "2028-01-20"
    assert found["document_number"].quote == "736HDV7874JSB"
    assert reader.charges_usd == Decimal("0.025")


@pytest.mark.parametrize(
    ("features", "sent", "pay_date", "price"),
    [
        ([TextractFeature.FORMS], ["FORMS"], "2008-07-25", "0.050"),
        ([TextractFeature.QUERIES], ["QUERIES"], "2019-04-29", "0.015"),
        ([*TextractFeature], ["FORMS", "QUERIES"], None, "0.065"),
    ],
)
def test_forms_and_questions_are_one_call(
    case: Callable[..., Case],
    recording: Recording,
    features: list[TextractFeature],
    sent: list[str],
    pay_date: str | None,
    price: str,
) -> None:
    # Given what was answered about one slip's form, and to questions about another one
    form, questions = recorded(SLIP), recorded(QUESTIONS)
    for block in questions["Blocks"]:
        if block["BlockType"] == "QUERY" and "Pay Date" in block["Query"]["Text"]:
            block["Query"]["Alias"] = "pay_date"
    form["Blocks"] += [each for each in questions["Blocks"] if each["BlockType"][:5] == "QUERY"]
    recording.answers["AnalyzeDocument"] = 200, questions if sent == ["QUERIES"] else form
    if sent == ["FORMS"]:
        form["Blocks"] = [each for each in form["Blocks"] if each["BlockType"][:5] != "QUERY"]
    question = "What is the Pay Date?"
    made = case("paystub.jpg", DocumentType.PAYSLIP, *features, queries={"pay_date": question})
    reader = made.reader()
    # When
    found = fields(reader, seen(SLIP))
    # Then
    ((operation, body),) = recording.asked
    assert operation == "AnalyzeDocument"
    assert body["FeatureTypes"] == sent
    asked = {"Queries": [{"Text": question, "Alias": "pay_date"}]}
    assert body.get("QueriesConfig") == (asked if "QUERIES" in sent else None)
    assert found["pay_date"].value == pay_date or pay_date is None
    assert reader.charges_usd == Decimal(price)


@pytest.mark.parametrize(
    ("kind", "features", "level", "rule"),
    [
        (DocumentType.RECEIPT, (), Level.PUBLIC, {}),
        (DocumentType.RECEIPT, (TextractFeature.ID,), Level.PUBLIC, {}),
        (DocumentType.CONTRACT, (TextractFeature.EXPENSE,), Level.PUBLIC, {}),
        (DocumentType.RECEIPT, (TextractFeature.QUERIES,), Level.PUBLIC, {}),
        (DocumentType.RECEIPT, (TextractFeature.EXPENSE,), Level.RESTRICTED, {}),
        (DocumentType.RECEIPT, (TextractFeature.EXPENSE,), Level.CONFIDENTIAL, {}),
        (
            DocumentType.RECEIPT,
            (TextractFeature.EXPENSE,),
            Level.INTERNAL,
            {"textract_levels": (Level.PUBLIC,)},
        ),
    ],
)
def test_what_it_is_not_to_see_it_is_not_asked_for(
    case: Callable[..., Case],
    recording: Recording,
    kind: DocumentType,
    features: tuple[TextractFeature, ...],
    level: Level,
    rule: dict[str, Any],
) -> None:
    assert case("receipt.jpg", kind, *features, level=level, **rule).reader() is None
    assert recording.asked == []


def test_what_has_been_answered_is_not_paid_for_twice(
    case: Callable[..., Case], recording: Recording
) -> None:
    recording.answers["AnalyzeExpense"] = 200, recorded(RECEIPT)
    made = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE)
    first, again = made.reader(), made.reader()
    assert fields(first, seen(RECEIPT_PAGE)) == fields(again, seen(RECEIPT_PAGE))
    assert first.charges_usd == again.charges_usd == Decimal("0.010")
    assert len(recording.asked) == 1


def test_a_page_that_it_refuses_costs_nothing(
    case: Callable[..., Case], recording: Recording
) -> None:
    recording.answers["AnalyzeExpense"] = 400, {"__type": "BadDocumentException", "Message": "x"}
    made = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE)
    for reader in (made.reader(), made.reader()):
        assert fields(reader, seen(RECEIPT_PAGE)) == {}
        assert reader.charges_usd == 0
    assert len(recording.asked) == 1


def test_a_throttle_is_tried_again(case: Callable[..., Case], recording: Recording) -> None:
    refused = {"__type": "ProvisionedThroughputExceededException", "Message": "x"}
    recording.answers["AnalyzeExpense"] = 400, refused
    made = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE)
    with pytest.raises(Retryable):
        made.reader().read(seen(RECEIPT_PAGE))
    assert made.kept.bodies == {}


@pytest.mark.parametrize(
    ("error", "last_try"),
    [("ProvisionedThroughputExceededException", True), ("AccessDeniedException", False)],
)
def test_what_textract_does_not_answer_at_all_is_done_without(
    case: Callable[..., Case], recording: Recording, error: str, last_try: bool
) -> None:
    recording.answers["AnalyzeExpense"] = 400, {"__type": error, "Message": "x"}
    reader = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE).reader(
        last_try=last_try
    )
    # Then it is asked once, nothing is paid, and a warning says so
    for _ in range(2):
        reader.read(seen(RECEIPT_PAGE))
    found = reader.found()
    assert (found.fields, found.warnings) == ((), {WarningCode.TEXTRACT_SKIPPED})
    assert (reader.charges_usd, len(recording.asked)) == (0, 1)


@pytest.mark.parametrize("last_try", [False, True])
def test_a_connection_that_breaks_is_a_service_that_is_away(
    case: Callable[..., Case], recording: Recording, last_try: bool
) -> None:
    # Given a server that hangs up on whoever asks for expenses
    recording.hangs_up = True
    made = case("receipt.jpg", DocumentType.RECEIPT, TextractFeature.EXPENSE)
    reader = made.reader(last_try=last_try)
    # Then it is tried again, and done without in the end
    if last_try:
        reader.read(seen(RECEIPT_PAGE))
        assert reader.found().warnings == {WarningCode.TEXTRACT_SKIPPED}
    else:
        with pytest.raises(Retryable):
            reader.read(seen(RECEIPT_PAGE))
    assert made.kept.bodies == {}


def test_the_first_pages_alone_are_sent(
    case: Callable[..., Case], recording: Recording, tmp_path: Path
) -> None:
    recording.answers["AnalyzeExpense"] = 200, recorded(RECEIPT)
    path = tmp_path / "long.tiff"
    page, *others = [Image.new("L", (60, 80), 255) for _ in range(MOST_PAGES + 3)]
    page.save(path, save_all=True, append_images=others)
    made = case(path, DocumentType.INVOICE, TextractFeature.EXPENSE, media_type="image/tiff")
    reader, read = made.reader(), seen(RECEIPT_PAGE).page
    for number in range(1, MOST_PAGES + 4):
        reader.read(view(read.model_copy(update={"number": number})))
    assert len(recording.asked) == MOST_PAGES
    assert all(len(body["Document"]["Bytes"]) > 100 for _, body in recording.asked)
    assert reader.charges_usd == MOST_PAGES * Decimal("0.010")


def test_what_cannot_be_drawn_is_not_sent(
    case: Callable[..., Case], recording: Recording, tmp_path: Path
) -> None:
    text = tmp_path / "parts"
    text.write_text("{}")
    media_type = "application/vnd.docparser.parts+jsonl"
    made = case(text, DocumentType.RECEIPT, TextractFeature.EXPENSE, media_type=media_type)
    assert fields(made.reader(), seen(RECEIPT_PAGE)) == {}
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    made = case(broken, DocumentType.RECEIPT, TextractFeature.EXPENSE)
    assert fields(made.reader(), seen(RECEIPT_PAGE)) == {}
    assert recording.asked == []


@pytest.mark.parametrize("bound", [{"memory_bytes": 8 << 20}, {"seconds": 0.0}])
def test_what_takes_too_much_to_draw_is_not_sent(
    case: Callable[..., Case],
    recording: Recording,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bound: dict[str, Any],
) -> None:
    # Given a small file of a picture that takes more than a process has lying about, and little
    # room or time for it
    path = tmp_path / "large.png"
    Image.new("L", (13_000, 13_000)).save(path, compress_level=1)
    monkeypatch.setattr(textract_reader, "BOUNDS", textract_reader.BOUNDS._replace(**bound))
    made = case(path, DocumentType.RECEIPT, TextractFeature.EXPENSE)
    # Then
    assert fields(made.reader(), seen(RECEIPT_PAGE)) == {}
    assert recording.asked == []


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_picture_is_proven_on_the_upright_page(
    case: Callable[..., Case], recording: Recording, tmp_path: Path, turned: int
) -> None:
    # Given a scan that lies on its side: places are told on the picture as it is sent
    move: dict[int, Callable[[float, float], tuple[float, float]]] = {
        90: lambda x, y: (1 - y, x),
        180: lambda x, y: (1 - x, 1 - y),
        270: lambda x, y: (y, 1 - x),
    }
    answer = recorded(RECEIPT)
    for document in answer["ExpenseDocuments"]:
        for said in document["SummaryFields"]:
            for corner in said["ValueDetection"]["Geometry"]["Polygon"]:
                corner["X"], corner["Y"] = move[turned](corner["X"], corner["Y"])
    recording.answers["AnalyzeExpense"] = 200, answer
    with Image.open(SET / "documents" / "receipt.jpg") as image:
        image.rotate(-turned, expand=True).save(tmp_path / "turned.png")
    page = seen(RECEIPT_PAGE).page.model_copy(update={"rotation": (360 - turned) % 360})
    made = case(tmp_path / "turned.png", DocumentType.RECEIPT, TextractFeature.EXPENSE)
    # When
    found = fields(made.reader(), view(page))
    # Then
    assert found["total"].quote == "$1810.46"
    assert found["company"].quote == "MEGA MARKET PLUS"


def test_middle_names_stand_behind_the_first() -> None:
    said = [Said(1, "FIRST_NAME", "", "Ann", 0.9), Said(1, "MIDDLE_NAME", "", "Bo Cy", 0.8)]
    assert [(each.text, each.confidence) for each in in_full(said)] == [
        ("Ann Bo Cy", 0.8),
        ("Bo Cy", 0.8),
    ]
    unknown = Said(1, "ID_TYPE", "", "LIBRARY CARD", 0.9)
    assert list(in_full([unknown, Said(1, "SUFFIX", "", "", 0.9)])) == []


@pytest.mark.parametrize("parse", [expenses, identities, queries])
@pytest.mark.parametrize(
    "name", ["trp__test-inprogress-response", "trp__lending-package-no-signature"]
)
def test_what_is_no_document_is_refused(parse: Callable[[Any], Any], name: str) -> None:
    with pytest.raises(NoDocumentError):
        parse(recorded(name))


def test_answers_that_lack_members_are_read() -> None:
    holed: Any = {
        "ExpenseDocuments": [
            {"SummaryFields": [{}, {"Type": None}, None, {"ValueDetection": {"Text": 3}}]},
            {"LineItemGroups": [{"LineItems": [{"LineItemExpenseFields": None}]}, "x"]},
        ]
    }
    first, second = expenses(holed)
    assert [said.text for said in first.summary] == ["", "", ""]
    assert second.lines == ((),)
    blocks: Any = {"Blocks": [{"BlockType": "QUERY", "Relationships": [{"Type": "ANSWER"}]}, 7]}
    assert queries(blocks) == []
