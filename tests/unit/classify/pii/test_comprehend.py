"""The service's answers, called recorded: nothing here reaches it.

The first is the one printed in Amazon Comprehend's developer guide ("Detecting PII entities", read
in November 2026), offsets and all; the others have its form. The client is boto3's own, its answers
stubbed, so that requests and answers are held to the service's model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from docparser.classify.pii import PiiWatch, RuleEngine
from docparser.classify.pii.comprehend import ComprehendEngine
from docparser.classify.reading import Reading
from docparser.errors import Retryable, Terminal
from docparser.model import Level, PiiType

from tests.unit.classify.pages import page_of

GUIDE = (
    "Hello Paulo Santos. The latest statement for your credit card account 1111-0000-1111-0000 "
    "was mailed to 123 Any Street, Seattle, WA 98109."
)
GUIDE_ANSWER = {
    "Entities": [
        {"Score": 0.9999669790267944, "Type": "NAME", "BeginOffset": 6, "EndOffset": 18},
        {
            "Score": 0.8905550241470337,
            "Type": "CREDIT_DEBIT_NUMBER",
            "BeginOffset": 69,
            "EndOffset": 88,
        },
        {"Score": 0.9999889731407166, "Type": "ADDRESS", "BeginOffset": 103, "EndOffset": 138},
    ]
}


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "comprehend",
        region_name="eu-central-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


def engine(client: Any, **options: Any) -> ComprehendEngine:
    given = {"level": Level.INTERNAL, "allowed": {Level.PUBLIC, Level.INTERNAL}, **options}
    return ComprehendEngine(client, **given)


def test_the_guides_answer_covers_whole_words(client: Any, stub: Stubber):
    stub.add_response("detect_pii_entities", GUIDE_ANSWER)
    reading = Reading(page_of(GUIDE))

    hits = engine(client).find(reading)

    assert [(hit.type, reading.text[hit.start : hit.end]) for hit in hits] == [
        (PiiType.PERSON, "Paulo Santos"),
        (PiiType.PAYMENT_CARD, "1111-0000-1111-0000"),
        (PiiType.ADDRESS, "123 Any Street, Seattle, WA 98109"),
    ]
    assert {hit.verified for hit in hits} == {False}


@pytest.mark.parametrize("level", [None, Level.RESTRICTED, Level.CONFIDENTIAL])
def test_a_page_that_may_not_leave_is_not_sent(client: Any, stub: Stubber, level: Level | None):
    # a stub without answers fails every request
    assert engine(client, level=level).find(Reading(page_of(GUIDE))) == []


def test_the_language_is_one_that_the_service_knows(client: Any, stub: Stubber):
    reading = Reading(page_of("Hola"))
    for language, asked in (("es", "es"), ("de", "en")):
        stub.add_response(
            "detect_pii_entities", {"Entities": []}, {"Text": "Hola\n", "LanguageCode": asked}
        )
        assert engine(client, language=language).find(reading) == []
    stub.assert_no_pending_responses()


def test_other_types_and_unsure_answers_are_left_out(client: Any, stub: Stubber):
    entities = [
        {"Score": 0.99, "Type": "AGE", "BeginOffset": 0, "EndOffset": 5},
        {"Score": 0.2, "Type": "NAME", "BeginOffset": 6, "EndOffset": 18},
    ]
    stub.add_response("detect_pii_entities", {"Entities": entities})

    assert engine(client).find(Reading(page_of(GUIDE))) == []


@pytest.fixture
def sent(client: Any) -> list[str]:
    """The texts of all requests."""
    texts: list[str] = []
    client.meta.events.register(
        "provide-client-params.comprehend.DetectPiiEntities",
        lambda params, **_: texts.append(params["Text"]),
    )
    return texts


def test_a_long_page_is_sent_in_pieces_whose_places_are_the_pages(
    client: Any, stub: Stubber, sent: list[str]
):
    text = "\n".join(["ein Satz über nichts " * 50] * 120 + ["Paulo Santos"])
    reading = Reading(page_of(text))
    for _ in range(2):
        stub.add_response("detect_pii_entities", {"Entities": []})
    engine(client).find(reading)
    start = reading.text.index("Paulo") - len(sent[0])
    name = {"Score": 0.9, "Type": "NAME", "BeginOffset": start, "EndOffset": start + 12}
    stub.add_response("detect_pii_entities", {"Entities": []})
    stub.add_response("detect_pii_entities", {"Entities": [name]})

    (hit,) = engine(client).find(reading)

    assert reading.text[hit.start : hit.end] == "Paulo Santos"
    assert "".join(sent[:2]) == reading.text
    assert all(len(piece.encode()) <= 100_000 for piece in sent)


def test_a_line_longer_than_a_request_is_cut(client: Any, stub: Stubber, sent: list[str]):
    reading = Reading(page_of("\u00fc" * 130_000))
    for _ in range(20):
        stub.add_response("detect_pii_entities", {"Entities": []})

    engine(client).find(reading)

    assert "".join(sent) == reading.text
    assert all(0 < len(piece.encode()) <= 100_000 for piece in sent)


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ThrottlingException", 400, Retryable),
        ("InternalServerException", 500, Retryable),
        ("InvalidRequestException", 400, Terminal),
    ],
)
def test_its_errors_are_ours_without_their_words(
    client: Any, stub: Stubber, code: str, status: int, expected: type[Exception]
):
    stub.add_client_error("detect_pii_entities", code, "Paulo Santos", http_status_code=status)

    with pytest.raises(expected) as raised:
        engine(client).find(Reading(page_of(GUIDE)))
    assert "Paulo" not in str(raised.value)


def test_rules_and_service_side_by_side(client: Any, stub: Stubber):
    text = "Hello Paulo Santos, IBAN DE89 3704 0044 0532 0130 00"
    entities = [
        {"Score": 0.99, "Type": "NAME", "BeginOffset": 6, "EndOffset": 18},
        {"Score": 0.99, "Type": "PHONE", "BeginOffset": 28, "EndOffset": 52},
    ]
    stub.add_response("detect_pii_entities", {"Entities": entities})

    findings = PiiWatch([RuleEngine(), engine(client)]).read(Reading(page_of(text)))

    assert [finding.rule for finding in findings] == ["person.comprehend", "iban.mod97"]
