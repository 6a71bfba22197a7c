"""Every function has a sample event, and its handler takes it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from docparser.function import Request
from docparser.intake.notices import ObjectCreated
from docparser.ocr.inference_result import InferenceResult
from docparser.settings import NAMES

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
EVENTS = sorted(path.name for path in ROOT.glob("events/*.json"))
MESSAGES = {"intake.json", "ocr_result.json"}
REQUESTS = {"api.json"}  # tests/unit/api takes it


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in NAMES:
        if name.endswith(("TABLE", "BUCKET", "ARN")):
            monkeypatch.setenv(f"DOCPARSER_{name}", "x")


def handler_of(folder: str) -> ModuleType:
    path = ROOT / "functions" / folder / "handler.py"
    spec = importlib.util.spec_from_file_location(f"functions_{folder}_handler", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # nouns resolve their annotations there, at first use
    spec.loader.exec_module(module)
    return module


def event_of(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "events" / name).read_text("utf-8"))


def test_every_function_has_one() -> None:
    assert {name.partition(".")[0] for name in EVENTS} == set(FOLDERS)


@pytest.mark.parametrize("name", [name for name in EVENTS if name not in MESSAGES | REQUESTS])
def test_a_states_event_is_what_the_handler_reads(name: str) -> None:
    module = handler_of(name.partition(".")[0])
    kinds = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Request) and kind.__module__ != "builtins"
    ]
    kind = max(kinds, key=lambda kind: len(kind.__mro__))
    assert kind.model_validate(event_of(name)).ref.document_id.startswith("d1f0")


def test_the_outside_fail_event_says_the_status() -> None:
    request = handler_of("fail").FailRequest.model_validate(event_of("fail.timed_out.json"))
    assert (request.error.error, request.error.cause) == ("TIMED_OUT", "")


def test_an_intake_message_is_an_object_created() -> None:
    (message,) = event_of("intake.json")["Records"]
    created = ObjectCreated.model_validate_json(message["body"])
    assert created.detail.object.key.startswith("standard/default/")
    assert created.detail.object.version_id is not None


def test_messages_of_the_endpoint_are_inference_results() -> None:
    handler_of("ocr_result")
    read, refused = (
        InferenceResult.model_validate_json(message["body"])
        for message in event_of("ocr_result.json")["Records"]
    )
    assert read.response.output_location.endswith("/r1-a1-s0001.json")
    assert refused.inference_id.endswith("-r1-a1-s0002")
    assert refused.failure_reason
