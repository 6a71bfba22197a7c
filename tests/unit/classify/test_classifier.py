"""The classifier as a whole: determinism, memory, what it imports, what it does not say."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import time

import pytest
from docparser.classify import Classifier
from docparser.model import Classification, DocumentType, Level
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.classify.pages import page_of
from tests.unit.classify.test_doctype import DOCUMENTS

DENSE = "\n".join(
    [
        "Internal use only",
        "Invoice number 4711, amount due 12.00, cashier, opening balance, abstract",
        "IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, born 12.03.1985",
        "Steuer-ID 86095742719, info@halden.example, Tel. 030 41092-0",
        "The confidential information of the parties is kept for the term of this agreement.",
    ]
)


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


def test_no_page_at_all_is_the_same():
    assert Classifier().decide() == classify("")


def test_the_same_pages_give_the_same_bytes():
    texts = [*DOCUMENTS.values(), DENSE]

    assert classify(*texts).to_json() == classify(*texts).to_json()


def test_the_result_survives_its_storage():
    decided = classify(DENSE)

    assert Classification.model_validate_json(decided.to_json()) == decided


def test_a_threshold_decides_between_a_type_and_abstaining():
    page = page_of("Dear Ida,\n\nthe roof is done.\n\nRegards, Tom")

    strict, loose = Classifier(least_confidence=0.95), Classifier(least_confidence=0.3)
    strict.read(page)
    loose.read(page)

    assert strict.decide().type.value is DocumentType.UNKNOWN
    assert loose.decide().type.value is DocumentType.LETTER


def test_memory_does_not_grow_with_the_page_count():
    classifier = Classifier()
    pages = [page_of(f"{DENSE}\n{mailbox}@halden.example") for mailbox in range(100)]

    def read(first: int, last: int) -> int:
        """Read pages and return the size of everything that the classifier holds, in bytes."""
        for number in range(first, last + 1):
            page = pages[number % len(pages)]
            classifier.read(page.model_copy(update={"number": number}))
        return len(pickle.dumps(classifier))

    early = read(1, 100)
    late = read(101, 3_000)

    # Counters take a few bytes more as they rise.
    assert late - early < 200
    assert early < 32 * 1024
    assert len(classifier.decide().to_json()) < 16 * 1024


PIECES = st.one_of(
    st.sampled_from(
        "DE89 3704 0044 0532 IBAN Steuer-ID 65 170839 J 003 A123456780 +49 0800 tel. @ a@b.de 756."
        " 4111 - / : | CONFIDENTIAL intern § P<< geboren am 12.03. 1985 \u0663\u0664\u0665".split()
    ),
    st.text(alphabet="0123456789ABCXYZ<.-/@ \u0130\u00df\ufb01\u0661\u00b2", max_size=30),
    st.just("\n"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_no_text_is_too_odd(pieces: list[str]):
    decided = classify(" ".join(pieces))

    assert 0 <= decided.level.confidence <= 1
    assert all(entry.polygon for entry in decided.type.evidence)


@pytest.mark.parametrize(
    "text",
    ["1" * 50_000, "1 " * 25_000, "DE89 " * 10_000, "a@" * 25_000, "+49 1" * 10_000, "- " * 25_000],
)
def test_a_hostile_line_is_read_in_time(text: str):
    start = time.process_time()

    classify(text)

    # Far above what any of them takes, far below what a quadratic search would.
    assert time.process_time() - start < 5


def test_nothing_is_logged_or_printed(caplog, capsys):
    caplog.set_level(logging.DEBUG)

    classify(*DOCUMENTS.values(), DENSE)

    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("library", ["phonenumbers", "stdnum", "numpy", "boto3"])
def test_checking_libraries_are_not_part_of_a_cold_start(library: str):
    script = f"import sys, docparser.classify; sys.exit('{library}' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
