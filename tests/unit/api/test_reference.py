"""docs/openapi.json: what the code says, with examples that are true."""

from __future__ import annotations

import json
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
from docparser.api.health import VERSION
from docparser.api.models import DocumentState, ProblemDetails
from docparser.api.openapi import MODELS, reference
from docparser.api.routes import BODIES, METHODS
from docparser.model import Record, Ref
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docs" / "openapi.json"
KINDS = {
    kind.__name__: kind
    for kind in (*(kind for kind, _, _ in MODELS.values()), *BODIES.values(), ProblemDetails)
}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    paths = document["paths"].values()
    return {made["operationId"]: made for path in paths for made in path.values()}


def test_the_file_is_what_the_code_says(written: dict[str, Any]) -> None:
    assert written == reference(), "python -m docparser.api.openapi docs/openapi.json"


def test_every_resource_and_method_is_there(written: dict[str, Any]) -> None:
    told = {path: {method.upper() for method in made} for path, made in written["paths"].items()}
    known = {
        path.replace("<", "{").replace(">", "}"): set(methods) for path, methods in METHODS.items()
    }
    assert told == known


def test_only_health_is_open_to_everybody(written: dict[str, Any]) -> None:
    assert written["security"] == [{"sigv4": []}]
    open_ones = [name for name, made in operations(written).items() if made.get("security") == []]
    assert open_ones == ["health"]


def test_every_example_is_true(written: dict[str, Any]) -> None:
    seen = 0
    for operation in operations(written).values():
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for body in bodies:
            for content in body.get("content", {}).values():
                kind = KINDS[content["schema"]["$ref"].rpartition("/")[2]]
                kind.model_validate_json(json.dumps(content["example"]))
                components = {"components": written["components"]}
                Draft202012Validator({**content["schema"], **components}).validate(
                    content["example"]
                )
                seen += 1
    assert seen > 30


def test_a_document_s_state_is_its_record_and_its_name() -> None:
    kept = {*Record.model_fields, *Ref.model_fields}
    used = {"gb_seconds", "gpu_seconds", "charges_usd", "field_charges_usd"}
    inside = {"ref", "tenant", "seq", "source", "lease_until", "waits", "chain", "erasure"} | used
    inside |= {"corrections"}
    assert set(DocumentState.model_fields) == (kept - inside) | {"name", "hold"}


def test_the_version_is_the_product_s() -> None:
    project = loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == VERSION
