"""What people say of fields: read in one way only, and counting more than what was found."""

from __future__ import annotations

from typing import Any

import pytest
from docparser.extract.corrections import Corrections, corrected, kind_of
from docparser.model import DocumentType, FieldSource, FieldType, FieldValue, box

KIND = DocumentType.INVOICE


def found(name: str, value: Any, kind: FieldType = FieldType.TEXT, **facts: Any) -> FieldValue:
    told = {"raw": "raw", "source": FieldSource.LAYOUT, "confidence": 0.5, **facts}
    return FieldValue(name=name, type=kind, value=value, **told)


def said(name: str, value: str, kind: FieldType = FieldType.TEXT) -> FieldValue:
    made = corrected(name, kind, value)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (FieldType.TEXT, "  Muster \n GmbH ", "Muster GmbH"),
        (FieldType.IDENTIFIER, "RE 2026/ 17", "RE2026/17"),
        (FieldType.DATE, "2026-03-04", "2026-03-04"),
        (FieldType.DURATION, "P2Y", "P2Y"),
        (FieldType.NUMBER, "-12.5", "-12.5"),
        (FieldType.PERCENT, "19", "19"),
        (FieldType.MONEY, "1234.56 EUR", {"amount": "1234.56", "currency": "EUR"}),
        (FieldType.MONEY, "-0.10", {"amount": "-0.10"}),
        (FieldType.QUANTITY, "2 HUR", {"amount": "2", "unit": "HUR"}),
        (FieldType.CURRENCY, "CHF", "CHF"),
        (FieldType.COUNTRY, "DE", "DE"),
        (FieldType.LANGUAGE, "fr", "fr"),
        (FieldType.IBAN, "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (FieldType.BIC, "COBADEFFXXX", "COBADEFFXXX"),
        (FieldType.VAT_ID, "DE 136695976", "DE136695976"),
        (FieldType.ADDRESS, "Am Markt 1, 10115 Berlin", {"text": "Am Markt 1, 10115 Berlin"}),
        (FieldType.BOOLEAN, "True", True),
    ],
)
def test_a_value_is_written_in_its_normal_form(kind: FieldType, written: str, value: Any) -> None:
    field = said("a.b", written, kind)
    assert (field.value, field.raw, field.source) == (value, written, FieldSource.REVIEW)
    assert field.confidence == 1.0


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (FieldType.TEXT, "  "),
        (FieldType.DATE, "04.03.2026"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DURATION, "P"),
        (FieldType.DURATION, "PT"),
        (FieldType.DURATION, "2 years"),
        (FieldType.NUMBER, "1.234,56"),
        (FieldType.NUMBER, "NaN"),
        (FieldType.MONEY, "1,234.56 EUR"),
        (FieldType.MONEY, "12.00 Euro"),
        (FieldType.CURRENCY, "eur"),
        (FieldType.IBAN, "DE88370400440532013000"),
        (FieldType.BIC, "12"),
        (FieldType.BOOLEAN, "perhaps"),
    ],
)
def test_what_is_in_no_normal_form_is_no_value(kind: FieldType, written: str) -> None:
    assert corrected("a", kind, written) is None


def test_every_type_can_be_corrected() -> None:
    for kind in FieldType:
        assert corrected("a", kind, "") is None


def test_people_count_more_and_stand_where_the_field_stood() -> None:
    # Given one field that is corrected, one that is taken away, and one that nobody had found
    before = [found("a", "1"), found("b", "2"), found("b", "3"), found("c", "4"), found("d", "5")]
    corrections = Corrections(
        type=KIND, names=("b", "d", "e"), fields=(said("e", "7"), said("b", "6"))
    )
    # Then each stands where it stood, and what is new stands last
    after = corrections.over(before)
    assert [(one.name, one.value) for one in after] == [
        ("a", "1"), ("b", "6"), ("c", "4"), ("e", "7")
    ]  # fmt: skip
    assert [one.source for one in after] == [
        FieldSource.LAYOUT, FieldSource.REVIEW, FieldSource.LAYOUT, FieldSource.REVIEW
    ]  # fmt: skip
    assert Corrections(type=KIND).over(before) == tuple(before)


def test_a_value_that_was_found_as_well_keeps_its_proof() -> None:
    place = {"page": 2, "polygon": box(0, 0, 1, 1), "word_ids": ("p2.w1",), "quote": "Nr. 7"}
    corrections = Corrections(type=KIND, names=("a",), fields=(said("a", "7"),))
    (right,) = corrections.over([found("a", "7", **place)])
    assert (right.page, right.word_ids, right.quote) == (2, ("p2.w1",), "Nr. 7")
    assert (right.source, right.confidence) == (FieldSource.REVIEW, 1.0)
    (otherwise,) = corrections.over([found("a", "8", **place)])
    assert (otherwise.page, otherwise.quote) == (None, "")


def test_the_last_word_on_each_field_holds() -> None:
    earlier = Corrections(type=KIND, names=("a", "b"), fields=(said("a", "1"), said("b", "2")))
    later = Corrections(type=KIND, names=("b", "c"), fields=(said("c", "3"),))
    both = later.after(earlier)
    assert both.names == ("a", "b", "c")
    assert [(one.name, one.value) for one in both.fields] == [("a", "1"), ("c", "3")]


@pytest.mark.parametrize(
    ("definition", "kind"),
    [("credit_note/1", DocumentType.CREDIT_NOTE), ("acme/3", None), ("", None)],
)
def test_a_built_in_definition_tells_its_type(definition: str, kind: DocumentType | None) -> None:
    assert kind_of(definition) is kind
