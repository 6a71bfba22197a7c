"""What a cold start does and leaves undone, function by function; its cost: benchmarks/init.py.

A function that is a container image opens its models at init; what that takes is the engine's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from benchmarks.init import answer
from infra.functions import ZIPPED

# Heavy modules, and the functions that may import them at init. CPU time, measured, with what each
# brings along: numpy 200 ms, phonenumbers 130 ms, pypdfium2's wrappers 40 ms, asyncio and
# data_classes 30 ms.
HEAVY: dict[str, frozenset[str]] = {
    "aws_xray_sdk": frozenset(),
    "aws_lambda_powertools.event_handler": frozenset({"api"}),
    "aws_lambda_powertools.utilities.batch": frozenset({"intake", "ocr_result", "purge"}),
    "aws_lambda_powertools.utilities.data_classes": frozenset(
        {"intake", "ocr_result", "purge", "api"}
    ),
    "aws_lambda_powertools.utilities.idempotency": frozenset(),
    "aws_lambda_powertools.utilities.parser": frozenset(),
    "aws_lambda_powertools.utilities.validation": frozenset(),
    "asyncio": frozenset({"intake", "ocr_result", "purge", "api"}),
    "kreuzberg": frozenset(),
    "numpy": frozenset(),
    "phonenumbers": frozenset(),
    "pypdfium2": frozenset(),
    "pypdfium2_raw": frozenset(
        {"preflight", "extract_text", "ocr_textract", "extract", "export", "redact"}
    ),
    "lxml": frozenset(),
    "facturx": frozenset(),
    "docparser.extract.prose": frozenset(),
    "pikepdf": frozenset({"export", "redact"}),
    "docparser.export.stage": frozenset({"export"}),
    "docparser.export.redact": frozenset({"redact"}),
    "stdnum": frozenset(),
    "pydantic.v1": frozenset(),
    # A stage's room is imported by its own function only.
    "docparser.intake.arrival": frozenset({"intake", "backfill"}),
    "docparser.intake.preflight": frozenset({"preflight"}),
    "docparser.ocr.assembly": frozenset({"assemble"}),
    "docparser.ocr.shard": frozenset({"extract_text"}),
    "docparser.ocr.gpu_lane": frozenset({"ocr_request"}),
    "docparser.ocr.inference_result": frozenset({"ocr_result"}),
    "docparser.ocr.textract_lane": frozenset({"ocr_textract"}),
    "docparser.classify": frozenset({"classify"}),
    "docparser.extract.stage": frozenset({"extract"}),
    "docparser.route.stage": frozenset({"route"}),
    "docparser.route.placing": frozenset({"place"}),
    # Who reads or deletes what lies in a zone opens it as who fills it does.
    "docparser.route.opened": frozenset({"place", "restore", "sweep", "purge", "api"}),
    "docparser.outcome": frozenset({"complete", "fail", "sweep"}),
    "docparser.flow.dispatcher": frozenset({"dispatch", "sweep"}),
    "docparser.flow.parking": frozenset({"park", "sweep", "api"}),
    "docparser.govern.purge": frozenset({"purge"}),
    "docparser.audit.daily": frozenset({"anchor"}),
    "docparser.restore": frozenset({"restore"}),
    "docparser.api": frozenset({"api"}),
}
PROGRAM = """
import gc, json, handler
from docparser.model import Ref
from docparser.function import Request
# Dispatch and sweep read nothing of what calls them.
plain = [Request] if Request in vars(handler).values() else []
events = [
    kind
    for name, kind in vars(handler).items()
    if name in {"ObjectCreated", "InferenceResult", "NewDocument", "Batch"}
    or name.endswith("Request") and kind is not Request
]
print(json.dumps({
    "modules": list(sys.modules),
    "built": all(kind.__pydantic_complete__ for kind in (Ref, *(events or plain))),
    "collects": gc.isenabled(),
    "full_collections": gc.get_stats()[2]["collections"],
    "left_alone": gc.get_freeze_count(),
}))
"""


@dataclass(frozen=True)
class Init:
    """A function's process after its init phase."""

    modules: frozenset[str]
    built: bool
    collects: bool
    full_collections: int
    left_alone: int


@pytest.fixture(scope="module", params=ZIPPED, ids=lambda spec: spec.name)
def init(request: pytest.FixtureRequest) -> tuple[str, Init]:
    seen = json.loads(answer(request.param, PROGRAM))
    return request.param.folder, Init(**{**seen, "modules": frozenset(seen["modules"])})


def test_a_function_imports_no_heavy_module_that_it_does_not_need(init: tuple[str, Init]) -> None:
    folder, process = init
    needless = {module for module, users in HEAVY.items() if folder not in users}
    assert not process.modules & needless


def test_what_may_be_imported_is_imported_at_init(init: tuple[str, Init]) -> None:
    # Else the table above would name modules that nobody has, or the first invocation would pay
    folder, process = init
    needed = {module for module, users in HEAVY.items() if folder in users}
    assert needed <= process.modules


def test_the_schema_of_a_function_s_event_is_built_at_init(init: tuple[str, Init]) -> None:
    assert init[1].built


def test_the_collector_rests_works_again_and_leaves_alone_what_stays(
    init: tuple[str, Init],
) -> None:
    _, process = init
    assert process.full_collections == 0
    assert process.collects
    assert process.left_alone > 50_000


def test_the_collector_is_left_to_other_programs() -> None:
    script = "import gc, docparser; print(gc.isenabled())"
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, env={}
    )
    assert process.stdout == "True\n"
