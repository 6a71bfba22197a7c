"""Whose an object of the OCR exchange is, and what of it a revision may purge."""

from __future__ import annotations

import pytest
from docparser.model import Ref
from docparser.store import layout

REF = Ref(tenant="t", document_id="d" + "0" * 32, revision=1, attempt=12)


def test_an_answer_says_whose_it_is() -> None:
    key = layout.ocr_output_prefix(REF) + layout.ocr_answer_name(REF, "s0001")
    assert layout.answered(key) == REF
    failed = f"{layout.ocr_failure_prefix(REF)}r1-a12-s0001-error.out"
    assert layout.answered(failed) == REF


@pytest.mark.parametrize(
    "key",
    [
        "",
        layout.ocr_input_key(REF, "s0001"),
        layout.ocr_output_prefix(REF),
        f"{layout.ocr_output_prefix(REF)}r0-a1-s0001.json",
        f"{layout.ocr_output_prefix(REF)}r1-a1-s0001/more.json",
        f"output/T/{REF.document_id}/r1-a1-s0001.json",
        "output/t/somebody/r1-a1-s0001.json",
    ],
)
def test_anything_else_is_nobodys(key: str) -> None:
    assert layout.answered(key) is None


def test_what_a_revision_purges_is_none_of_another_s() -> None:
    other = REF.model_copy(update={"revision": 11})
    kept = [
        layout.ocr_input_key(other, "s0001"),
        layout.ocr_output_prefix(other) + layout.ocr_answer_name(other, "s0001"),
    ]
    mine = [
        layout.ocr_input_key(REF, "s0001"),
        layout.ocr_output_prefix(REF) + layout.ocr_answer_name(REF, "s0001"),
        f"{layout.ocr_failure_prefix(REF)}anything",
    ]
    prefixes = layout.ocr_prefixes(REF)
    assert all(key.startswith(prefixes) for key in mine)
    assert not any(key.startswith(prefixes) for key in kept)
