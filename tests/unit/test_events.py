"""Every function has a sample event, and its handler takes it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from docparser.backfill.listed import Batch, listed
from docparser.function import Request
from docparser.intake.notices import ObjectCreated, ObjectScanned, noticed
from docparser.model import Malware
from docparser.ocr.inference_result import InferenceResult
from docparser.settings import NAMES
from docparser.store.erasures import PurgeOrder
from docparser.store.waiting import NUDGE

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
EVENTS = sorted(path.name for path in ROOT.glob("events/*.json"))
MESSAGES = {"intake.json", "intake.verdict.json", "ocr_result.json", "purge.json"}
# A nudge and a tick say nothing; a run's batch is no state's of a document.
OTHERS = {"dispatch.json", "sweep.json", "anchor.json", "backfill.json"}
REQUESTS = {"api.json"}  # tests/unit/api takes it


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in NAMES:
        if name.endswith(("TABLE", "BUCKET", "ARN", "QUEUE")):
            monkeypatch.setenv(f"DOCPARSER_{name}", "x")
    monkeypatch.setenv("DOCPARSER_ZONE", "vault")


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


@pytest.mark.parametrize(
    "name", [name for name in EVENTS if name not in MESSAGES | OTHERS | REQUESTS]
)
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
    created = noticed(message["body"])
    assert isinstance(created, ObjectCreated)
    assert created.source.key.startswith("standard/default/")
    assert created.source.version_id is not None


def test_an_intake_message_may_be_a_verdict_of_guardduty_on_the_same_object() -> None:
    (message,) = event_of("intake.verdict.json")["Records"]
    scanned = noticed(message["body"])
    assert isinstance(scanned, ObjectScanned)
    assert scanned.malware is Malware.CLEAN
    (created,) = event_of("intake.json")["Records"]
    assert scanned.source == noticed(created["body"]).source


def test_a_dispatch_message_is_the_nudge_that_everybody_sends() -> None:
    for message in event_of("dispatch.json")["Records"]:
        assert message["body"] == NUDGE


def test_a_message_of_purge_names_a_document() -> None:
    (message,) = event_of("purge.json")["Records"]
    order = PurgeOrder.model_validate_json(message["body"])
    assert order.document_id.startswith("d1f0")


def test_a_batch_of_a_backfill_names_objects() -> None:
    batch = Batch.model_validate(event_of("backfill.json"))
    document, folder = (listed(batch.job, row) for row in batch.rows)
    assert (document.name, document.size_bytes, document.skipped) == ("0001.pdf", 45_230, False)
    assert folder.skipped


def test_messages_of_the_endpoint_are_inference_results() -> None:
    handler_of("ocr_result")
    read, refused = (
        InferenceResult.model_validate_json(message["body"])
        for message in event_of("ocr_result.json")["Records"]
    )
    assert read.response.output_location.endswith("/r1-a1-s0001.json")
    assert refused.inference_id.endswith("-r1-a1-s0002")
    assert refused.failure_reason
