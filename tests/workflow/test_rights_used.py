"""Least privilege, proven: what functions asked of AWS, held against what their roles allow.

The embedded AWS lets every call pass. Here each call that a function made, in this test or in any
before it, must be one that its role in the deployed template allows; and what a role allows that
nobody asked for is listed below, each with its reason.
"""

from __future__ import annotations

import fnmatch
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.pdfs import scan_pdf, text_pdf
from tests.workflow.rights import PREFIX, Right, Role, is_of_the_env, needed, roles, word
from tests.workflow.test_walk import SAMPLES, walked

if TYPE_CHECKING:
    from tests.stack import Pipeline

# Suites with stacks of their own.
ELSEWHERE = {"test_kill.py", "test_killed_workers.py"}

MISSING = "S3 says 404 instead of 403 of what is missing."
DIFFERS = "A copy that arrived as other bytes is deleted again."
RARE = {
    "*: s3:ListBucket *": MISSING,
    "*: s3:ListBucketVersions *": MISSING,
    "*: s3:GetObject intake/*": "Sources are read by their version; this is for one without.",
    "*: s3:DeleteObject work/*": "What an earlier attempt has given up is read after all.",
    "*: s3:DeleteObject* ocr/*": "The endpoint is asked, or answers, after a document has ended.",
    "ocr-request: s3:PutObject work/*": "A shard that cannot be sent is stored with its errors.",
    "ocr-request: dynamodb:DeleteItem *": "Who waits is forgotten where the endpoint refused.",
    "ocr-request: states:SendTaskSuccess *": "A shard that was read before is answered at once.",
    "ocr-textract: dynamodb:GetItem *": "Its turn at Textract is looked up again after a conflict.",
    "ocr-textract: textract:AnalyzeDocument *": "Asked where somebody pays for tables or forms.",
    "extract: textract:* *": "Asked where a tenant's policy wants its fields as well.",
    "place-vault: s3:DeleteObject* vault/*": DIFFERS,
    "backfill: s3:DeleteObject* intake/*": DIFFERS,
    "restore: s3:DeleteObjectVersion intake/*": DIFFERS,
    "restore: s3:GetObject work/*": "A repeat finds what it has stored before.",
    "backfill: dynamodb:UpdateItem *": "An object that is known gets one more name.",
    "fail: sqs:SendMessage dispatch": "A next attempt is announced, unless the sweep was faster.",
    "sweep: s3:DeleteObject* *": "Nothing stays of what was cancelled, however far it had come.",
    "sweep: sqs:SendMessage *": "What was lost is announced again.",
    "sweep: dynamodb:ConditionCheckItem *": "What was kept for long is erased unless it is held.",
    "api: dynamodb:BatchWriteItem *": "Who is cancelled gives up a place in a queue.",
    "api: s3:PutObject intake/*": "Signed for whoever uploads; tests/e2e does.",
    "api: s3:PutObject work/*": "What people say of fields; tests/e2e does.",
    "api: s3:GetObject vault/*": "Signed for whoever reads a result; tests/e2e does.",
    "api: states:SendTaskSuccess *": "What a person has decided about goes on at once.",
}
"""Grants that a run of this suite may never use, as patterns, each with the reason why it is there:
most are for faults and races."""


@pytest.fixture(scope="module")
def made(pipeline: Pipeline, calls: Path) -> list[dict[str, Any]]:
    """Return what functions have asked for: of a few walks at least, if this runs alone."""
    walked(pipeline, text_pdf((f"Minutes {uuid.uuid4()}",)))
    walked(pipeline, scan_pdf(scanned=1))
    walked(pipeline, (SAMPLES / "de/pressemitteilung.pdf").read_bytes(), "pressemitteilung.pdf")
    return [json.loads(line) for line in calls.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def allowed(pipeline: Pipeline) -> dict[str, Role]:
    return roles(pipeline.home / "synth")


def test_calls_were_noted(made: list[dict[str, Any]], allowed: dict[str, Role]) -> None:
    names = {call["function"] for call in made}
    assert names <= allowed.keys()
    walk = {"intake", "dispatch", "preflight", "extract-text", "assemble", "classify", "route"}
    walk |= {"extract"}
    walk |= {"place-vault", "place-sync", "index", "complete"}
    assert {PREFIX + name for name in walk} <= names


def test_every_call_is_allowed_by_its_function_s_role(
    made: list[dict[str, Any]], allowed: dict[str, Role]
) -> None:
    refused = {
        f"{call['function'].removeprefix(PREFIX)}: {word(right)}"
        for call in made
        for right in needed(call)
        # Archives are somebody's, and this env was given none: tests/infra/test_rights.py has one.
        if is_of_the_env(right) and not allowed[call["function"]].allows(right)
    }
    assert sorted(refused) == []


def test_a_right_that_is_missing_would_be_found(
    made: list[dict[str, Any]], allowed: dict[str, Role]
) -> None:
    # Given a function's role without its first right that a call needs
    call = next(call for call in made if call["function"] == f"{PREFIX}place-vault")
    (right, *_) = sorted(needed(call))
    role = allowed[call["function"]]
    less = frozenset(one for one in role.rights if not one.allows(right))
    # Then the call is not allowed, as it is not on another resource
    assert role.allows(right)
    assert not Role(less, frozenset()).allows(right)
    assert not role.allows(Right(right.action, right.resource.replace("local", "other")))


def unused(made: list[dict[str, Any]], allowed: dict[str, Role]) -> set[str]:
    """Return what roles allow and nobody asked for, nor does Lambda itself."""
    asked: dict[str, set[Right]] = {name: set() for name in allowed}
    for call in made:
        asked[call["function"]] |= needed(call)
    return {
        f"{name.removeprefix(PREFIX)}: {word(right)}"
        for name, role in allowed.items()
        for right in role.rights - role.by_lambda
        if not any(right.allows(one) for one in asked[name])
    }


def test_what_is_allowed_and_not_asked_for_has_a_reason(
    made: list[dict[str, Any]], allowed: dict[str, Role], request: pytest.FixtureRequest
) -> None:
    # Given all tests, and not this one alone
    here = {path.name for path in Path(__file__).parent.glob("test_*.py")} - ELSEWHERE
    if not here <= {item.path.name for item in request.session.items}:
        return
    # Then what nobody has asked for is there for a reason
    without = {
        right
        for right in unused(made, allowed)
        if not any(fnmatch.fnmatchcase(right, pattern) for pattern in RARE)
    }
    assert sorted(without) == []


@pytest.mark.parametrize("pattern", [*RARE])
def test_a_reason_is_one_of_a_grant(pattern: str, allowed: dict[str, Role]) -> None:
    granted = {
        f"{name.removeprefix(PREFIX)}: {word(right)}"
        for name, role in allowed.items()
        for right in role.rights
    }
    assert fnmatch.filter(granted, pattern)
