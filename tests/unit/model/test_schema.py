"""The committed JSON Schemas are those of the code, and stored nouns satisfy them."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from docparser.model import Lane, LaneReason, Page, Shard
from docparser.model.schema import NOUNS, file_name, render, schema

FOLDER = Path(__file__).parents[3] / "docs" / "schema"


@pytest.mark.parametrize("name", NOUNS)
def test_the_committed_schema_is_the_codes(name: str) -> None:
    assert (FOLDER / file_name(name)).read_text(encoding="utf-8") == render(name), "make schema"


def test_no_schema_lies_there_that_the_code_does_not_have() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {file_name(name) for name in NOUNS}


def test_a_stored_shard_satisfies_its_schema() -> None:
    page = Page(
        number=1,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
    )
    shard = Shard(shard_id="s0001", pages=(page,))
    jsonschema.validate(shard.model_dump(mode="json"), schema("shard/1"))
    assert Shard.model_validate_json(shard.to_json()) == shard
