"""Backfill: a machine of its own, which reads the buckets that it is given and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.conftest import WITHOUT_LAYERS, synthesize
from tests.infra.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

MACHINE = "AWS::StepFunctions::StateMachine"
NAME = "docparser-dev-backfill"
HERE = "eu-central-1:123456789012"
TABLE = f"arn:aws:dynamodb:{HERE}:table/docparser-dev"
INTAKE = "arn:aws:s3:::docparser-dev-intake-123456789012-eu-central-1"
WORK = "arn:aws:s3:::docparser-dev-work-123456789012-eu-central-1"
GIVEN = ("archive", "scans.example")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return the pipeline's template with two buckets; cdk-nag has looked at it."""
    folder = tmp_path_factory.mktemp("backfill")
    context = {"ocr_cpu": "off", "backfill_buckets": ",".join(GIVEN), **WITHOUT_LAYERS}
    return Template(synthesize(folder, env="dev", **context), "docparser-dev-pipeline")


@pytest.fixture(scope="module")
def machine(given: Template) -> dict[str, Any]:
    return given.named(MACHINE, "StateMachineName")[NAME]


def function_of(template: Template) -> tuple[str, dict[str, Any]]:
    (found,) = (
        (logical_id, function)
        for logical_id, function in template.of_type("AWS::Lambda::Function").items()
        if function["FunctionName"] == NAME
    )
    return found


def reads(actions: set[str]) -> Iterator[tuple[str, str]]:
    for bucket in GIVEN:
        for action in actions:
            below = "/*" if "Object" in action else ""
            yield f"s3:{action}", f"arn:aws:s3:::{bucket}{below}"


def test_the_machine_is_standard_and_logs_no_data(machine: dict[str, Any]) -> None:
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_the_function_has_time_for_a_batch_within_an_express_child(given: Template) -> None:
    _, function = function_of(given)
    assert function["Timeout"] < 280


def test_the_machine_reads_what_it_is_given_and_starts_its_own_children(
    given: Template, machine: dict[str, Any]
) -> None:
    rights = given.rights_of(machine["RoleArn"])
    logical_id, _ = function_of(given)
    own = f"arn:aws:states:{HERE}:execution:{NAME}"
    expected = {
        ("lambda:InvokeFunction", f"<{logical_id}.Arn>"),
        *reads({"GetObject", "ListBucket"}),
        *((f"s3:{verb}Object", f"{WORK}/backfill/*") for verb in ("Put", "Get")),
        ("s3:ListMultipartUploadParts", f"{WORK}/backfill/*"),
        ("s3:AbortMultipartUpload", f"{WORK}/backfill/*"),
        ("states:StartExecution", f"arn:aws:states:{HERE}:stateMachine:{NAME}"),
        ("states:DescribeExecution", f"{own}:*"),
        ("states:StopExecution", f"{own}:*"),
        ("states:RedriveExecution", f"{own}/*:*"),
    }
    # What else there is are the logs and traces of every state machine
    assert {pair for pair in rights - expected if pair[1] != "*"} == set()
    assert expected <= rights


def test_the_function_reads_what_it_is_given_and_changes_nothing_there(given: Template) -> None:
    _, function = function_of(given)
    rights = given.rights_of(function["Role"])
    elsewhere = {(action, where) for action, where in rights if not where.startswith("<")}
    assert elsewhere == {
        *reads({"GetObject", "GetObjectVersion", "ListBucket", "ListBucketVersions"}),
        *(
            (f"s3:{action}", f"{INTAKE}/*")
            for action in ("PutObject", "DeleteObject", "DeleteObjectVersion")
        ),
        *(
            (f"dynamodb:{action}", TABLE)
            for action in ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "ConditionCheckItem")
        ),
    }


def test_without_a_bucket_nothing_of_anybody_s_is_read(pipeline: Template) -> None:
    _, function = function_of(pipeline)
    machine = pipeline.named(MACHINE, "StateMachineName")[NAME]
    ours = ("arn:aws:s3:::docparser-dev-",)
    for role in (function["Role"], machine["RoleArn"]):
        read = {where for action, where in pipeline.rights_of(role) if action.startswith("s3:")}
        assert all(where.startswith(ours) for where in read)
