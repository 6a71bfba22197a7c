"""The classifier as its caller sees it."""

from __future__ import annotations

from docparser.classify import Classifier
from docparser.model import Classification, DocumentType, Level, PageCode, PageStatus

from tests.unit.classify.pages import page_of


def classify(*texts: str) -> Classification:
    classifier = Classifier()
    for number, text in enumerate(texts, start=1):
        classifier.read(page_of(text, number))
    return classifier.decide()


def test_a_document_without_text_is_unknown_and_confidential():
    decided = classify("")

    assert decided.type.value is DocumentType.UNKNOWN
    assert decided.level.value is Level.CONFIDENTIAL
    assert decided.language == "und"


def test_a_page_that_was_not_read_closes_a_public_document():
    # Given a press release whose second page nobody saw
    classifier = Classifier()
    classifier.read(page_of("PRESS RELEASE\n\nAcme opens a new plant in Ulm."))
    assert classifier.decide().level.value is Level.PUBLIC

    # When
    classifier.read(
        page_of("", 2).model_copy(
            update={"status": PageStatus.ERROR, "code": PageCode.PAGE_UNREADABLE}
        )
    )

    # Then
    decided = classifier.decide()
    assert decided.level.value is Level.CONFIDENTIAL
    assert decided.level.evidence[0].rule == "page.unread"
