"""What people say of fields, where Extract reads it: what lies there, and what counts."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError
from docparser.extract.corrections import EARLIER, Corrections, corrected, key, said_of
from docparser.model import DocumentType, FieldType, Record, Stage
from docparser.store import layout

from tests.contract.premises import Premises

KIND = DocumentType.INVOICE


def said(kind: DocumentType = KIND, **values: str) -> Corrections:
    fields = [corrected(name, FieldType.TEXT, value) for name, value in values.items() if value]
    return Corrections(
        type=kind, names=tuple(values), fields=tuple(field for field in fields if field)
    )


def lay_out(premises: Premises, record: Record, file: str, corrections: Corrections) -> None:
    where = layout.stage_key(record.ref, Stage.EXTRACT, file)
    premises.blobs("work").put(where, corrections.to_json(), "application/json")


def values(corrections: Corrections) -> dict[str, str]:
    return {field.name: str(field.value) for field in corrections.fields}


def test_without_a_word_nothing_is_corrected(premises: Premises) -> None:
    record = premises.taken(uuid.uuid4().bytes)
    found = said_of(premises.blobs("work"), record, KIND)
    assert (found.names, found.fields) == ((), ())


def test_what_was_said_last_counts(premises: Premises) -> None:
    # Given what people said of the revision before, and of this one
    record = premises.taken(uuid.uuid4().bytes).model_copy(update={"corrections": "a" * 32})
    lay_out(premises, record, EARLIER, said(a="1", b="2", c="3"))
    work = premises.blobs("work")
    work.put(key(record.ref, "a" * 32), said(b="4", c="").to_json(), "application/json")
    # And what no record names
    work.put(key(record.ref, "b" * 32), said(a="5").to_json(), "application/json")
    found = said_of(work, record, KIND)
    assert values(found) == {"a": "1", "b": "4"}
    assert set(found.names) == {"a", "b", "c"}


def test_what_was_said_of_another_type_is_forgotten(premises: Premises) -> None:
    record = premises.taken(uuid.uuid4().bytes)
    lay_out(premises, record, EARLIER, said(DocumentType.RECEIPT, total="1"))
    assert said_of(premises.blobs("work"), record, KIND).names == ()


def test_corrections_that_are_gone_are_not_passed_over(premises: Premises) -> None:
    record = premises.taken(uuid.uuid4().bytes).model_copy(update={"corrections": "a" * 32})
    with pytest.raises(ClientError):
        said_of(premises.blobs("work"), record, KIND)
