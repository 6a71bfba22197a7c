"""The gateway's Textract, as boto3 sees it and as our adapter reads it."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from docparser.model import BlockKind, LaneReason, Page, PageCode
from docparser.ocr.textract_response import Frame, read_pages
from PIL import Image

from tests.contract.engine.model import Gateway, Model
from tests.contract.textract import invariants
from tests.contract.textract.readings import PAGE, UNREADABLE, answer, picture
from tests.pdfs import text_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.engine.running import Engine

FRAME = Frame(1, LaneReason.IMAGE_INPUT, 600, 800)
ALL = ["TABLES", "LAYOUT"]


def analyzed(gateway: Gateway, content: bytes, features: list[str] = ALL) -> dict[str, Any]:
    return gateway.textract.analyze_document(Document={"Bytes": content}, FeatureTypes=features)


def refusal(gateway: Gateway, **document: Any) -> str:
    with pytest.raises(ClientError) as raised:
        gateway.textract.detect_document_text(Document=document)
    return raised.value.response["Error"]["Code"]


# ---------------------------------------------------------------- there and back
def test_the_adapter_reads_what_the_engine_read(gateway: Gateway) -> None:
    (found,) = read_pages(analyzed(gateway, picture()), [FRAME])
    invariants.check(found)
    assert_alike(found, PAGE)
    assert [(part.kind, part.level) for part in found.blocks] == [
        (part.kind, part.level) for part in PAGE.blocks
    ]
    assert found.tables == PAGE.tables


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_picture_comes_back_upright(gateway: Gateway, turned: int) -> None:
    gateway.model.behave = lambda _body: (200, answer(PAGE, rotation=turned))
    size = (800, 600) if turned % 180 else (600, 800)
    (found,) = read_pages(
        analyzed(gateway, picture(size=size)),
        [FRAME._replace(width_pt=size[0], height_pt=size[1])],
    )
    assert found.rotation == turned
    assert (found.width_pt, found.height_pt) == (600, 800)
    assert_alike(found, PAGE)


def test_what_the_file_turns_itself_is_not_turned_again(gateway: Gateway) -> None:
    gateway.model.behave = lambda _body: (200, answer(PAGE, rotation=90))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    (found,) = read_pages(analyzed(gateway, picture("JPEG", exif=exif)), [FRAME])
    assert found.rotation == 0
    assert_alike(found, PAGE)


def test_detection_has_text_and_nothing_else(gateway: Gateway) -> None:
    response = gateway.textract.detect_document_text(Document={"Bytes": picture()})
    assert {block["BlockType"] for block in response["Blocks"]} == {"PAGE", "LINE", "WORD"}
    assert response["DocumentMetadata"] == {"Pages": 1}
    page = response["Blocks"][0]
    lines = [block["Id"] for block in response["Blocks"] if block["BlockType"] == "LINE"]
    assert page["Relationships"] == [{"Type": "CHILD", "Ids": lines}]
    (found,) = read_pages(response, [FRAME])
    assert found.text.split() == PAGE.text.split()
    assert found.tables == ()


def test_features_add_what_they_name(gateway: Gateway) -> None:
    kinds = {block["BlockType"] for block in analyzed(gateway, picture(), ["TABLES"])["Blocks"]}
    assert {"TABLE", "CELL", "MERGED_CELL"} < kinds
    assert not any(kind.startswith("LAYOUT") for kind in kinds)
    kinds = {block["BlockType"] for block in analyzed(gateway, picture(), ["LAYOUT"])["Blocks"]}
    assert {"LAYOUT_TITLE", "LAYOUT_SECTION_HEADER", "LAYOUT_LIST", "LAYOUT_TABLE"} < kinds
    assert "TABLE" not in kinds


def test_a_document_in_s3(gateway: Gateway) -> None:
    s3 = gateway.engine.client("s3")
    s3.put_object(Bucket="checks", Key="scan one", Body=picture())
    place = {"S3Object": {"Bucket": "checks", "Name": "scan one"}}
    response = gateway.textract.detect_document_text(Document=place)
    assert len(response["Blocks"]) > 1
    assert gateway.model.requests[0][0] == picture()
    assert gateway.model.requests[0][1]["content-type"] == "image/png"


# ---------------------------------------------------------------- refusals
def test_a_document_is_refused_with_the_code_of_aws(gateway: Gateway) -> None:
    two = io.BytesIO()
    frames = [Image.new("L", (20, 20)) for _ in range(2)]
    frames[0].save(two, "TIFF", save_all=True, append_images=frames[1:])
    assert refusal(gateway, Bytes=b"GIF89a, not a format of Textract's") == (
        "UnsupportedDocumentException"
    )
    assert refusal(gateway, Bytes=text_pdf(("one",), ("two",))) == "UnsupportedDocumentException"
    assert refusal(gateway, Bytes=two.getvalue()) == "UnsupportedDocumentException"
    assert refusal(gateway, Bytes=b"%PDF-1.7 and no more") == "BadDocumentException"
    assert refusal(gateway, Bytes=b"\x89PNG\r\n\x1a\n cut") == "BadDocumentException"
    assert refusal(gateway, Bytes=picture(size=(10_001, 8))) == "InvalidParameterException"
    assert refusal(gateway) == "InvalidParameterException"
    nowhere = {"Bucket": "checks", "Name": "nowhere"}
    assert refusal(gateway, S3Object=nowhere) == "InvalidS3ObjectException"
    assert gateway.model.requests == []


def test_a_document_larger_than_the_limit(gateway: Gateway) -> None:
    gateway.engine.client("s3").put_object(
        Bucket="checks", Key="large", Body=picture() + bytes(10_485_760)
    )
    large = {"Bucket": "checks", "Name": "large"}
    assert refusal(gateway, S3Object=large) == "DocumentTooLargeException"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, answer(UNREADABLE), "BadDocumentException"),
        (200, answer(UNREADABLE, code=PageCode.PAGE_TOO_LARGE), "DocumentTooLargeException"),
        (200, answer(UNREADABLE, code=PageCode.PAGE_DEADLINE), "InternalServerError"),
        (400, b'{"code": "CORRUPT"}', "BadDocumentException"),
        (413, b'{"code": "TOO_LARGE"}', "DocumentTooLargeException"),
        (415, b'{"code": "UNSUPPORTED"}', "UnsupportedDocumentException"),
        (500, b"canary", "InternalServerError"),
    ],
)
def test_what_the_engine_refuses(gateway: Gateway, status: int, body: bytes, code: str) -> None:
    gateway.model.behave = lambda _body: (status, body)
    assert refusal(gateway, Bytes=picture()) == code
    assert "canary" not in gateway.log.read_text()


@pytest.mark.parametrize("features", [[], ["POETRY"]])
def test_unknown_features_are_refused(gateway: Gateway, features: list[str]) -> None:
    with pytest.raises(gateway.textract.exceptions.InvalidParameterException):
        analyzed(gateway, picture(), features)


def test_an_engine_that_still_loads_is_waited_for(gateway: Gateway) -> None:
    gateway.model.stop()
    timer = threading.Timer(0.5, gateway.model.start)
    timer.start()
    before = time.monotonic()
    assert len(analyzed(gateway, picture())["Blocks"]) > 1
    assert time.monotonic() - before >= 0.5
    timer.join()


def test_more_than_the_quota_is_throttled(engine: Engine, tmp_path: Path) -> None:
    model = Model(behave=lambda _body: (200, answer(PAGE)))
    model.start()
    gateway = Gateway(engine, tmp_path, model, 2, "--textract-pages-per-second", "2")
    gateway.start()
    try:
        codes = [_code(gateway) for _ in range(4)]
        assert codes[:2] == ["", ""]
        assert codes[-1] == "ProvisionedThroughputExceededException"
        # The other operation has a quota of its own; and time brings new tokens.
        assert len(analyzed(gateway, picture())["Blocks"]) > 1
        time.sleep(0.6)
        assert _code(gateway) == ""
    finally:
        gateway.close()
        model.stop()


def _code(gateway: Gateway) -> str:
    try:
        gateway.textract.detect_document_text(Document={"Bytes": picture()})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def assert_alike(found: Page, expected: Page) -> None:
    """The same words in the same order, at the same places."""
    ours, theirs = (
        [word for part in each.blocks for line in part.lines for word in line.words]
        for each in (found, expected)
    )
    assert [word.text for word in ours] == [word.text for word in theirs]
    assert found.text == expected.text
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.confidence == pytest.approx(other.confidence, abs=1e-3)
        for corner, same in zip(mine.polygon, other.polygon, strict=True):
            assert corner == pytest.approx(same, abs=2e-5)
    assert BlockKind.TABLE in {part.kind for part in found.blocks}


# ---------------------------------------------------------------- fields
def test_our_engine_knows_no_fields_and_says_so(gateway: Gateway) -> None:
    document = {"Bytes": picture()}
    (expense,) = gateway.textract.analyze_expense(Document=document)["ExpenseDocuments"]
    assert expense["SummaryFields"] == expense["LineItemGroups"] == []
    assert {block["BlockType"] for block in expense["Blocks"]} == {"PAGE", "LINE", "WORD"}
    answer = gateway.textract.analyze_id(DocumentPages=[document])
    assert [each["IdentityDocumentFields"] for each in answer["IdentityDocuments"]] == [[]]
    with pytest.raises(ClientError) as raised:
        gateway.textract.analyze_id(DocumentPages=[document, document])
    assert raised.value.response["Error"]["Code"] == "InvalidParameterException"
