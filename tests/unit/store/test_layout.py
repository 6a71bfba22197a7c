"""Keys: ours say nothing, others' are recognised as others'."""

from __future__ import annotations

import pytest
from docparser.model import Ref, Stage
from docparser.store import layout
from hypothesis import given
from hypothesis import strategies as st

REF = Ref(tenant="acme", document_id="d" + "0" * 32, revision=2)
UPLOAD_ID = "0123456789abcdef" * 2


def test_keys_are_functions_of_document_revision_and_stage() -> None:
    assert layout.stage_key(REF, Stage.READ, "s0001.json") == (
        f"acme/d{'0' * 32}/r2/read/s0001.json"
    )
    assert layout.revision_prefix(REF) == f"acme/d{'0' * 32}/r2/"
    assert layout.document_prefix(REF) == f"acme/d{'0' * 32}/"


def test_an_upload_of_ours_is_recognised() -> None:
    key = layout.upload_key("high", "acme", UPLOAD_ID)
    assert layout.parse_upload_key(key) == ("high", "acme", UPLOAD_ID)


@pytest.mark.parametrize("rest", ["Jane Doe.pdf", "a/b.pdf", UPLOAD_ID + ".pdf", UPLOAD_ID.upper()])
def test_a_foreign_drop_has_no_upload_id(rest: str) -> None:
    assert layout.parse_upload_key(f"standard/acme/{rest}") == ("standard", "acme", None)


@pytest.mark.parametrize(
    "key", ["x", "standard/x", "standard//x", "standard/ACME/x", "low/acme/x", "standard/acme/"]
)
def test_a_key_without_a_tenant_is_refused(key: str) -> None:
    assert layout.parse_upload_key(key) is None


@given(st.text())
def test_a_name_survives_metadata(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    encoded = layout.encode_name(name)
    assert encoded.isascii()
    assert layout.decode_name(encoded) == name


def test_a_renamed_drop_waits_where_no_upload_arrives() -> None:
    assert layout.parse_upload_key(layout.renamed_key(REF, UPLOAD_ID)) is None
