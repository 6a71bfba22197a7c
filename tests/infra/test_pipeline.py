"""Queues, rules, functions and the state machine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template as Assertions
from docparser.model import Level, Zone
from docparser.observability import NAMESPACE
from docparser.settings import NAMES as SETTINGS
from docparser.settings import PREFIX
from docparser.store.waiting import NUDGE

from infra.application import FEATURE_FLAGS
from infra.deadlines import WAITING_S, scan_timeout
from infra.deployment import ContextError, Deployment, Ocr
from infra.functions import PIPELINE
from infra.pipeline_stack import DEFINITION, PipelineStack
from tests.infra.conftest import IMAGE, MODELS
from tests.infra.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

FUNCTION = "AWS::Lambda::Function"
QUEUE = "AWS::SQS::Queue"
RULE = "AWS::Events::Rule"
SCHEDULE = "AWS::Scheduler::Schedule"
MACHINE = "AWS::StepFunctions::StateMachine"
NAMED_BY = ("QueueName", "FunctionName", "StateMachineName")
NAMES = [spec.name for spec in PIPELINE]
# Functions that are container images.
IMAGES = {spec.folder for spec in PIPELINE if spec.image}
# Called by a queue, by a schedule or by a machine of its own; every other one by the document's.
OUTSIDE = {"intake", "dispatch", "ocr_result", "sweep", "backfill", "purge", "anchor"}


def aws_name(folder: str) -> str:
    return f"docparser-dev-{folder.replace('_', '-')}"


@pytest.fixture(scope="session")
def functions(pipeline: Template) -> dict[str, dict[str, Any]]:
    """Return the functions' properties by folder."""
    by_name = pipeline.named(FUNCTION, "FunctionName")
    assert set(by_name) == {aws_name(folder) for folder in NAMES}
    return {folder: by_name[aws_name(folder)] for folder in NAMES}


@pytest.fixture(scope="session")
def machine(pipeline: Template) -> dict[str, Any]:
    return pipeline.named(MACHINE, "StateMachineName")[aws_name("document")]


def arn_of(template: Template, kind: str, name: str) -> str:
    """Return the reference to a resource's ARN, by its name."""
    return f"<{logical_id_of(template, kind, name)}.Arn>"


def logical_id_of(template: Template, kind: str, name: str) -> str:
    (logical_id,) = (
        logical_id
        for logical_id, properties in template.of_type(kind).items()
        if name in {properties.get(key) for key in NAMED_BY}
    )
    return logical_id


# ---------------------------------------------------------------- functions
@pytest.mark.parametrize("folder", NAMES)
def test_functions_run_as_the_contract_says(functions: dict[str, Any], folder: str) -> None:
    function = functions[folder]
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    if folder in IMAGES:
        # It says itself what its handler is, and has no layers.
        assert function["PackageType"] == "Image"
        assert function["Architectures"] == ["x86_64"]
        assert not function.keys() & {"Handler", "Runtime", "Layers"}
        return
    assert function["Handler"] == "handler.handler"
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]


def test_a_function_takes_no_more_than_lambda_gives() -> None:
    for spec in PIPELINE:
        assert spec.timeout_s <= 900
        assert spec.memory_mb <= 3008  # what an account has without asking for more


@pytest.mark.parametrize("folder", NAMES)
def test_functions_get_known_settings_and_say_who_logs(
    functions: dict[str, Any], folder: str
) -> None:
    variables = functions[folder]["Environment"]["Variables"]
    given = {name.removeprefix(PREFIX) for name in variables if name.startswith(PREFIX)}
    assert "ENV" in given
    assert given <= SETTINGS
    # None of Powertools': a service name would become a dimension of every metric, and a logged
    # event would be a leak.
    assert not [name for name in variables if name.startswith("POWERTOOLS_")]


def test_the_values_of_settings_are_the_contract_s_names(
    functions: dict[str, Any], pipeline: Template, storage: Template
) -> None:
    given: dict[str, set[str]] = {}
    for function in functions.values():
        for name, value in function["Environment"]["Variables"].items():
            if name.startswith(PREFIX):
                given.setdefault(name.removeprefix(PREFIX), set()).add(value)
    machine_id = logical_id_of(pipeline, MACHINE, aws_name("document"))
    assert given == {
        "ENV": {"dev"},
        "TABLE": {"docparser-dev"},
        "OCR_ENDPOINT": {"docparser-dev-ocr"},
        "OCR_CPU": {"true"},
        "TEXTRACT": {"true"},
        "TEXTRACT_TENANTS": {"acme,globex"},
        "TEXTRACT_PAGES_PER_SECOND": {"1.0"},
        "BEDROCK_MODELS": {MODELS},
        "LANE_POLICY": {"cost"},
        "SLOTS": {"100"},
        "MAX_FAILURES": {"3"},
        "DISPATCH_QUEUE": {f"<{logical_id_of(pipeline, QUEUE, 'docparser-dev-dispatch')}>"},
        "MALWARE": {"off"},
        "DOCUMENT_DEADLINE_S": {"3600"},
        "SCAN_DEADLINE_S": {"1800"},
        "STATE_MACHINE_ARN": {f"<{machine_id}>"},
        **{
            f"{purpose.upper()}_BUCKET": {f"docparser-dev-{purpose}-123456789012-eu-central-1"}
            for purpose in ("intake", "work", "ocr", "vault", "backup", "sync", "audit")
        },
        "PURGE_QUEUE": {f"<{logical_id_of(pipeline, QUEUE, 'docparser-dev-purge')}>"},
        "ZONE": {*Zone},
        "LEVEL_KEYS": {
            ",".join(
                f"{level}=<import {export}>" for level, export in keys.items() if level in ours
            )
            for keys in [level_keys(storage)]
            for ours in ({*Level}, OPEN_TO_SYNC)
        },
    }


def level_keys(storage: Template) -> dict[Level, str]:
    """Return the name under which each level's key is handed over."""
    exports = [row["Export"]["Name"] for row in storage.body["Outputs"].values() if "Export" in row]
    return {
        level: next(name for name in exports if f"{level.title()}Key" in name) for level in Level
    }


def test_every_log_has_an_end(pipeline: Template, functions: dict[str, Any]) -> None:
    groups = pipeline.of_type("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {30}
    own = {function["LoggingConfig"]["LogGroup"] for function in functions.values()}
    assert len(own) == len(functions)
    assert own < {f"<{logical_id}>" for logical_id in groups}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("preflight", {"core", "pdf", "image", "export", "office"}),
        ("sweep", {"core", "search"}),
        ("purge", {"core", "search"}),
        ("redact", {"core", "pdf", "image", "export"}),
        ("extract_text", {"core", "pdf"}),
        ("ocr_request", {"core", "pdf", "image"}),
        ("ocr_textract", {"core", "pdf", "image", "textract"}),
        ("classify", {"core", "identify"}),
        ("extract", {"core", "pdf", "image", "textract", "extract"}),
        ("export", {"core", "pdf", "image", "export"}),
        ("index", {"core", "search"}),
    ]
    + [
        (folder, {"core"})
        for folder in (
            *("intake", "dispatch", "restore", "ocr_result", "mark_unread", "assemble", "route"),
            *("complete", "fail", "backfill", "park", "anchor"),
            *(f"place_{zone}" for zone in Zone),
        )
    ],
)
def test_functions_get_the_layers_they_need(
    functions: dict[str, Any], pipeline: Template, folder: str, expected: set[str]
) -> None:
    names = {
        f"<{logical_id}>": layer["LayerName"].removeprefix("docparser-dev-")
        for logical_id, layer in pipeline.of_type("AWS::Lambda::LayerVersion").items()
    }
    assert {names[layer] for layer in functions[folder]["Layers"]} == expected


def test_the_local_template_differs_in_layers_names_slots_keys_the_index_and_the_image_only(
    pipeline: Template, local_pipeline: Template
) -> None:
    assert local_pipeline.of_type("AWS::Lambda::LayerVersion") == {}
    assert comparable(local_pipeline, "local") == comparable(pipeline, "dev")
    (local,) = images(local_pipeline, "local")
    assert local["Handler"] == "handler.handler"
    assert local["Environment"]["Variables"]["DOCPARSER_OCR_MODELS"].startswith("/")


def images(template: Template, env: str) -> list[dict[str, Any]]:
    by_name = template.named(FUNCTION, "FunctionName")
    return [by_name[aws_name(folder).replace("dev", env)] for folder in sorted(IMAGES)]


def comparable(template: Template, env: str) -> list[str]:
    """Return a template's resources without what differs, and without the env in names."""
    text = json.dumps(template.body["Resources"])
    for name in (f"docparser-{env}", f'"DOCPARSER_ENV": "{env}"', f'"Value": "{env}"'):
        text = text.replace(name, name.replace(env, "env"))
    text = re.sub(r'"Sid": "\w+"', '"Sid": ""', text)  # holds a hash that covers the stack's name
    resources = [
        resource
        for resource in json.loads(text).values()
        if resource["Type"] != "AWS::Lambda::LayerVersion"
    ]
    for resource in resources:
        properties = resource.get("Properties", {})
        properties.pop("Layers", None)
        document = properties.get("PolicyDocument", {"Statement": []})
        document["Statement"] = [
            statement
            for statement in document["Statement"]
            if not is_of_level_keys(statement) and statement["Action"] != "bedrock:InvokeModel"
        ]
        others = ("TEXTRACT_TENANTS", "BEDROCK_MODELS", "OCR_MODELS", "SLOTS", "LEVEL_KEYS")
        for name in (*SEARCHING, *others):
            properties.get("Environment", {}).get("Variables", {}).pop(PREFIX + name, None)
        if any(
            aws_name(folder).replace("dev", "env") == properties.get("FunctionName")
            for folder in IMAGES
        ):
            for name in ("Architectures", "Code", "Handler", "PackageType", "Runtime"):
                properties.pop(name, None)
    return sorted(json.dumps(resource, sort_keys=True) for resource in resources)


def is_of_level_keys(statement: dict[str, Any]) -> bool:
    """Return whether a statement is about the keys of levels, which the embedded AWS has not."""
    return "kms:Decrypt" in statement["Action"] and "BackupKey" not in json.dumps(statement)


# ---------------------------------------------------------------- lanes
def test_the_image_is_built_from_what_its_dockerfile_copies(
    pipeline: Template, assembly: Path
) -> None:
    assets = json.loads((assembly / "docparser-dev-pipeline.assets.json").read_text())
    (image,) = (row["source"] for row in assets["dockerImages"].values())
    assert image["platform"] == "linux/amd64"
    folder = assembly / image["directory"]
    dockerfile = (folder / image["dockerFile"]).read_text()
    copied = re.findall(r"^COPY (\S+)", dockerfile, re.MULTILINE)
    assert copied
    # Then everything is there, and little else
    assert all((folder / path).exists() for path in copied)
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    strange = [
        path for path in files if not path.startswith(tuple(copied)) and path != image["dockerFile"]
    ]
    assert strange == []
    assert not [path for path in files if "__pycache__" in path]
    # and Lambda calls what it would call of a folder.
    assert dockerfile.rstrip().endswith('CMD ["handler.handler"]')


@pytest.mark.parametrize("name", ["docparser-ocr-cpu:7", "ecr:7"])
def test_an_image_may_lie_in_ecr(name: str) -> None:
    uri = IMAGE.replace("docparser-ocr:1.0", name)
    app = cdk.App(context=FEATURE_FLAGS | {"aws:cdk:bundling-stacks": []})
    stack = PipelineStack(
        app,
        deployment=Deployment("dev", ocr_cpu=uri),
        backup_key=kms.Key(cdk.Stack(app, "Keys"), "Key"),
        level_keys={},
    )
    functions = Assertions.from_stack(stack).find_resources(FUNCTION).values()
    (code,) = (
        row["Properties"]["Code"]
        for row in functions
        if row["Properties"]["FunctionName"] == "docparser-dev-ocr-cpu"
    )
    parts = code["ImageUri"]["Fn::Join"][1]
    written = "".join(part if isinstance(part, str) else "amazonaws.com" for part in parts)
    assert written == uri


def test_lanes_that_are_not_wanted_are_not_there(without_lanes: Path) -> None:
    template = Template(without_lanes, "docparser-dev-pipeline")
    by_name = template.named(FUNCTION, "FunctionName")
    assert {aws_name(folder) for folder in NAMES} - set(by_name) == {
        "docparser-dev-ocr-cpu",
        "docparser-dev-ocr-textract",
    }
    told = by_name["docparser-dev-preflight"]["Environment"]["Variables"]
    assert not {f"{PREFIX}{name}" for name in ("OCR_CPU", "TEXTRACT", "OCR_ENDPOINT")} & set(told)
    machine = template.named(MACHINE, "StateMachineName")[aws_name("document")]
    inside = json.loads(machine["DefinitionString"])["States"]["ReadPages"]["ItemProcessor"]
    assert set(inside["States"]) == {"Lane", "ReadText", "ReadScan", "Fallback", "GiveUp"}
    assert [rule["Next"] for rule in inside["States"]["Lane"]["Choices"]] == ["ReadScan"]
    policies = json.dumps(template.of_type("AWS::IAM::Policy"))
    assert "textract:" not in policies
    assert "bedrock:" not in policies


# ---------------------------------------------------------------- rights
READ = {"GetObject", "GetObjectVersion"}
BUCKETS = ("intake", "work", "ocr", "vault", "backup", "sync")
SEARCHING = ("SEARCH", "SEARCH_LOCATION")
OPEN_TO_SYNC = {Level.INTERNAL, Level.PUBLIC}
PLACES = {
    (f"dynamodb:{action}", "table")
    for action in ("BatchGetItem", "Query", "PutItem", "DeleteItem", "BatchWriteItem")
}
# What a transaction asks of an item that it does not write.
CHECK = ("dynamodb:ConditionCheckItem", "table")
ITEMS = {
    ("dynamodb:GetItem", "table"),
    ("dynamodb:PutItem", "table"),
    ("dynamodb:UpdateItem", "table"),
}


def on(resource: str, *actions: str) -> set[tuple[str, str]]:
    return {(f"s3:{action}", resource) for action in actions}


def purges(purpose: str) -> set[tuple[str, str]]:
    return {
        *on(f"{purpose}/*", "DeleteObject", "DeleteObjectVersion"),
        *on(purpose, "ListBucketVersions"),
    }


def takes(queue: str) -> set[tuple[str, str]]:
    actions = ("ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage")
    details = ("GetQueueAttributes", "GetQueueUrl")
    return {(f"sqs:{action}", queue) for action in (*actions, *details)}


def places(zone: str) -> set[tuple[str, str]]:
    return {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject"),
        *on("work", "ListBucket"),
        *on(f"{zone}/*", "PutObject"),
        *purges(zone),
        ("dynamodb:GetItem", "table"),
        ("dynamodb:UpdateItem", "table"),
    }


def encrypts(*levels: Level) -> set[tuple[str, str]]:
    return {
        (f"kms:{action}", f"{level} key")
        for level in levels
        for action in ("Decrypt", "GenerateDataKey")
    }


RIGHTS = {
    "intake": {
        *on("intake/*", *READ, "PutObject", "DeleteObjectVersion"),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *takes("queue intake-standard"),
        *takes("queue intake-high"),
        ("sqs:SendMessage", "queue dispatch"),
        *ITEMS,
        CHECK,
    },
    "dispatch": {
        *takes("queue dispatch"),
        *PLACES,
        ("states:StartExecution", "machine"),
    },
    "sweep": {
        *(right for purpose in BUCKETS for right in purges(purpose)),
        *PLACES,
        *ITEMS,
        CHECK,
        ("dynamodb:Query", "index open"),
        ("states:StartExecution", "machine"),
        ("states:DescribeExecution", "executions"),
        ("states:StopExecution", "executions"),
        ("states:SendTaskSuccess", "machine"),
        ("sqs:SendMessage", "queue dispatch"),
        ("sqs:SendMessage", "queue purge"),
    },
    # tests/infra/test_backfill.py says which buckets it reads besides
    "backfill": {
        *on("intake/*", "PutObject", "DeleteObject", "DeleteObjectVersion"),
        *ITEMS,
        CHECK,
        ("dynamodb:BatchGetItem", "table"),
        ("sqs:SendMessage", "queue dispatch"),
    },
    "restore": {
        *on("vault/*", "GetObject"),
        *on("vault", "ListBucket"),
        *on("intake/*", *READ, "PutObject", "DeleteObjectVersion"),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject", "DeleteObject"),
        *ITEMS,
        ("dynamodb:BatchGetItem", "table"),
        *(("kms:Decrypt", f"{level} key") for level in Level),
    },
    "preflight": {
        *on("intake/*", *READ, "PutObject"),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        *ITEMS,
        ("sagemaker:DescribeEndpoint", "endpoint"),
    },
    "extract_text": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject", "DeleteObject"),
        *on("work", "ListBucket"),
    },
    "ocr_cpu": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject", "DeleteObject"),
        *on("work", "ListBucket"),
    },
    "ocr_textract": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject", "DeleteObject"),
        *on("work", "ListBucket"),
        ("dynamodb:GetItem", "table"),
        ("dynamodb:UpdateItem", "table"),
        ("textract:DetectDocumentText", "*"),
        ("textract:AnalyzeDocument", "*"),
    },
    "ocr_request": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject", "DeleteObject"),
        *on("work", "ListBucket"),
        *on("ocr/*", "PutObject", "DeleteObject"),
        ("dynamodb:PutItem", "table"),
        ("dynamodb:DeleteItem", "table"),
        ("states:SendTaskSuccess", "machine"),
        ("sagemaker:InvokeEndpointAsync", "endpoint"),
    },
    "ocr_result": {
        *takes("queue ocr-results"),
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        *on("ocr/*", "GetObject", "DeleteObject"),
        *on("ocr", "ListBucket"),
        ("dynamodb:GetItem", "table"),
        ("dynamodb:DeleteItem", "table"),
        ("states:SendTaskSuccess", "machine"),
        ("states:SendTaskFailure", "machine"),
    },
    "mark_unread": {*on("work/*", "GetObject", "PutObject"), *on("work", "ListBucket")},
    "assemble": {
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        ("dynamodb:UpdateItem", "table"),
    },
    "classify": {*on("work/*", "GetObject", "PutObject"), *ITEMS},
    "extract": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        *ITEMS,
        *((f"textract:Analyze{kind}", "*") for kind in ("Expense", "ID", "Document")),
        ("bedrock:InvokeModel", "model mistral.mistral-large-2402-v1:0"),
        ("bedrock:InvokeModel", "profile eu.amazon.nova-lite-v1:0"),
        ("bedrock:InvokeModel", "model amazon.nova-lite-v1:0 anywhere"),
    },
    "export": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        ("dynamodb:UpdateItem", "table"),
    },
    "redact": {
        *on("intake/*", *READ),
        *on("intake", "ListBucket", "ListBucketVersions"),
        *on("work/*", "GetObject", "PutObject"),
        *on("work", "ListBucket"),
        ("dynamodb:UpdateItem", "table"),
    },
    "park": {*ITEMS, ("dynamodb:Query", "table"), ("dynamodb:DeleteItem", "table")},
    # No zone is among what decides where a document goes
    "route": {*on("work/*", "GetObject", "PutObject"), *on("work", "ListBucket"), *ITEMS},
    "place_vault": {*places("vault"), *encrypts(*Level)},
    "place_backup": {
        *places("backup"),
        *on("backup/*", "PutObjectRetention"),
        ("kms:Decrypt", "backup key"),
        ("kms:GenerateDataKey", "backup key"),
        ("sqs:SendMessage", "queue purge"),
    },
    "place_sync": {*places("sync"), *encrypts(*OPEN_TO_SYNC)},
    "purge": {
        *(right for purpose in BUCKETS for right in purges(purpose)),
        *on("backup/*", "BypassGovernanceRetention"),
        *takes("queue purge"),
        ("sqs:SendMessage", "queue purge"),
        *ITEMS,
        CHECK,
        ("dynamodb:Query", "table"),
        ("dynamodb:BatchGetItem", "table"),
        ("dynamodb:DeleteItem", "table"),
        ("states:StopExecution", "executions"),
        ("states:DescribeExecution", "executions"),
    },
    "anchor": {
        ("dynamodb:Query", "index by_day"),
        *on("audit/*", "PutObject", *READ),
        *on("audit", "ListBucket", "ListBucketVersions"),
    },
    "index": {
        *on("work/*", "GetObject"),
        ("dynamodb:GetItem", "table"),
        ("dynamodb:UpdateItem", "table"),
    },
    "complete": {
        *on("intake/*", "DeleteObjectVersion"),
        *on("work/*", "DeleteObject", "DeleteObjectVersion"),
        *on("work", "ListBucketVersions"),
        *on("ocr/*", "DeleteObject", "DeleteObjectVersion"),
        *on("ocr", "ListBucketVersions"),
        *ITEMS,
    },
    "fail": {
        ("sqs:SendMessage", "queue fail-dlq"),
        ("sqs:SendMessage", "queue dispatch"),
        *ITEMS,
    },
}


def words_for(pipeline: Template, storage: Template) -> dict[str, str]:
    """Return a short word for the ARN of everything that a function may be allowed to touch."""
    words = {
        f"arn:aws:{service}:eu-central-1:123456789012:{resource}": word
        for service, resource, word in (
            ("dynamodb", "table/docparser-dev", "table"),
            ("dynamodb", "table/docparser-dev/index/open", "index open"),
            ("dynamodb", "table/docparser-dev/index/by_day", "index by_day"),
            ("states", "stateMachine:docparser-dev-document", "machine"),
            ("states", "execution:docparser-dev-document:*", "executions"),
            ("sagemaker", "endpoint/docparser-dev-ocr", "endpoint"),
        )
    }
    mistral, nova = (model.removeprefix("eu.") for model in MODELS.split(","))
    words |= {
        f"arn:aws:bedrock:eu-central-1::foundation-model/{mistral}": f"model {mistral}",
        f"arn:aws:bedrock:*::foundation-model/{nova}": f"model {nova} anywhere",
        f"arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.{nova}": (
            f"profile eu.{nova}"
        ),
    }
    for purpose in (*BUCKETS, "audit"):
        arn = f"arn:aws:s3:::docparser-dev-{purpose}-123456789012-eu-central-1"
        words |= {arn: purpose, f"{arn}/*": f"{purpose}/*"}
    for logical_id, queue in pipeline.of_type(QUEUE).items():
        words[f"<{logical_id}.Arn>"] = "queue " + queue["QueueName"].removeprefix("docparser-dev-")
    machine_id = logical_id_of(pipeline, MACHINE, aws_name("document"))
    words[f"<{machine_id}>"] = "machine"
    exports = {row["Export"]["Name"] for row in storage.body["Outputs"].values() if "Export" in row}
    levels = level_keys(storage)
    (backup_key,) = exports - {*levels.values()}
    assert "BackupKey" in backup_key
    words[f"<import {backup_key}>"] = "backup key"
    words |= {f"<import {export}>": f"{level} key" for level, export in levels.items()}
    return words


@pytest.mark.parametrize("folder", NAMES)
def test_functions_may_do_what_they_need_and_nothing_else(
    functions: dict[str, Any], pipeline: Template, storage: Template, folder: str
) -> None:
    # Given a role of the function's own
    words = words_for(pipeline, storage)
    function = functions[folder]
    # When its rights are read, apart from those on its own log
    log_group = function["LoggingConfig"]["LogGroup"].strip("<>")
    rights = pipeline.rights_of(function["Role"])
    own_log = {right for right in rights if right[1] == f"<{log_group}.Arn>"}
    others = {(action, words.get(resource, resource)) for action, resource in rights - own_log}
    # Then they are these
    assert others == RIGHTS[folder]
    assert {action for action, _ in own_log} == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_every_function_has_a_role_of_its_own(
    functions: dict[str, Any], pipeline: Template
) -> None:
    schedules = pipeline.of_type(SCHEDULE).values()
    used = [function["Role"] for function in functions.values()]
    used += [machine["RoleArn"] for machine in pipeline.of_type(MACHINE).values()]
    used += [schedule["Target"]["RoleArn"] for schedule in schedules]
    assert len(set(used)) == len(used)
    roles = pipeline.of_type("AWS::IAM::Role")
    assert set(used) == {f"<{logical_id}.Arn>" for logical_id in roles}
    for role in roles.values():
        assert "ManagedPolicyArns" not in role
        assert "Policies" not in role


def test_no_right_is_a_wildcard_but_those_that_must_be(pipeline: Template) -> None:
    for policy in pipeline.of_type("AWS::IAM::Policy").values():
        rights = {right for role in policy["Roles"] for right in pipeline.rights_of(role)}
        assert not [action for action, _ in rights if "*" in action]
        everywhere = {action.partition(":")[0] for action, resource in rights if resource == "*"}
        # Step Functions' delivery of logs and traces knows no resources, nor does Textract.
        roles = str(policy["Roles"])
        known = {"MachineRole": {"logs", "xray"}}
        known |= {role: {"textract"} for role in ("OcrTextractRole", "ExtractRole")}
        expected = [services for role, services in known.items() if role in roles]
        assert everywhere == (expected[0] if expected else set())


# ---------------------------------------------------------------- state machine
def test_the_machine_may_invoke_exactly_its_functions(
    pipeline: Template, machine: dict[str, Any]
) -> None:
    invoked = {
        resource
        for action, resource in pipeline.rights_of(machine["RoleArn"])
        if action == "lambda:InvokeFunction"
    }
    in_definition = {
        arn_of(pipeline, FUNCTION, aws_name(folder)) for folder in NAMES if folder not in OUTSIDE
    }
    assert invoked == in_definition
    assert set(machine["DefinitionSubstitutions"].values()) == in_definition


def test_every_placeholder_of_the_definition_is_its_function(
    pipeline: Template, machine: dict[str, Any]
) -> None:
    placeholders = set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"]))
    assert machine["DefinitionSubstitutions"] == {
        name: arn_of(pipeline, FUNCTION, aws_name(re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()))
        for name in placeholders
    }
    assert json.loads(machine["DefinitionString"]) == json.loads(DEFINITION.read_text())


def test_histories_are_logged_without_their_data(
    pipeline: Template, machine: dict[str, Any]
) -> None:
    assert machine["StateMachineName"] == "docparser-dev-document"
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    logging = machine["LoggingConfiguration"]
    assert logging["Level"] == "ALL"
    assert logging["IncludeExecutionData"] is False
    (destination,) = logging["Destinations"]
    group = destination["CloudWatchLogsLogGroup"]["LogGroupArn"].strip("<>").partition(".")[0]
    name = pipeline.of_type("AWS::Logs::LogGroup")[group]["LogGroupName"]
    assert name == "/aws/vendedlogs/states/docparser-dev-document"


def test_deadlines_come_from_the_context() -> None:
    # Given another time for documents and scans
    app = cdk.App(context=FEATURE_FLAGS)
    stack = PipelineStack(
        app,
        deployment=Deployment("local", document_deadline_s=7200, scan_deadline_s=90),
        backup_key=kms.Key(cdk.Stack(app, "Keys"), "Key"),
        level_keys={},
    )
    resources = Assertions.from_stack(stack).to_json()["Resources"].values()
    # Then the machine waits so long,
    (machine,) = (
        row
        for row in resources
        if row["Properties"].get("StateMachineName") == "docparser-local-document"
    )
    definition = json.loads(machine["Properties"]["DefinitionString"])
    assert definition["TimeoutSeconds"] == 7200 + WAITING_S
    scans = definition["States"]["ReadPages"]["ItemProcessor"]["States"]["ReadScan"]
    assert scans["TimeoutSeconds"] == scan_timeout(7200, 90)
    # nothing else is changed,
    definition["TimeoutSeconds"] = 3600 + WAITING_S
    scans["TimeoutSeconds"] = scan_timeout(3600, 1800)
    assert definition == json.loads(DEFINITION.read_text())
    # and who needs to know them is told the same numbers.
    told = {
        (row["Properties"]["FunctionName"], name.removeprefix(PREFIX)): value
        for row in resources
        if row["Type"] == FUNCTION
        for name, value in row["Properties"]["Environment"]["Variables"].items()
        if name.endswith("DEADLINE_S")
    }
    assert told == {
        **{
            (f"docparser-local-{name}", "DOCUMENT_DEADLINE_S"): "7200"
            for name in ("dispatch", "sweep", "restore")
        },
        ("docparser-local-preflight", "DOCUMENT_DEADLINE_S"): "7200",
        ("docparser-local-ocr-request", "SCAN_DEADLINE_S"): "90",
    }


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ({"scan_deadline_s": "3600"}, "scan_deadline_s"),
        ({"document_deadline_s": "1800"}, "document_deadline_s"),
        ({"scan_deadline_s": "59"}, "scan_deadline_s"),
        ({"scan_deadline_s": "21601", "document_deadline_s": "99999"}, "scan_deadline_s"),
        ({"scan_deadline_s": "half an hour"}, "scan_deadline_s"),
        ({"search": "solr"}, "search"),
        ({"ocr_cpu": "on"}, "ocr_cpu"),
        ({"ocr_cpu": IMAGE.rpartition(":")[0]}, "ocr_cpu"),
        ({"textract": "true"}, "textract"),
        ({"textract_tenants": "Acme"}, "textract_tenants"),
        ({"textract_tenants": "acme;globex"}, "textract_tenants"),
        ({"textract_pages_per_second": "0"}, "textract_pages_per_second"),
        ({"bedrock_models": "a model"}, "bedrock_models"),
        ({"bedrock_models": "a,"}, "bedrock_models"),
        ({"lane_policy": "cheap"}, "lane_policy"),
        ({"slots": "0"}, "slots"),
        ({"slots": "1001"}, "slots"),
        ({"max_failures": "0"}, "max_failures"),
        ({"alarms": "yes"}, "alarms"),
        ({"alarm_topic": "oncall"}, "alarm_topic"),
        ({"malware": "on"}, "malware"),
        ({"malware": "clamd"}, "clamd"),
        ({"clamd": "127.0.0.1:3310"}, "clamd"),
        ({"backfill_buckets": "archive;scans"}, "backfill_buckets"),
        ({"ocr_image": "docparser-ocr:1.0"}, "ocr_image"),
        ({"ocr_image": IMAGE.rpartition(":")[0]}, "ocr_image"),
        ({"ocr_image": IMAGE, "ocr_instance_type": "g5.xlarge"}, "ocr_instance_type"),
        ({"ocr_image": IMAGE, "ocr_max_instances": "0"}, "ocr_max_instances"),
        ({"ocr_image": IMAGE, "ocr_min_instances": "3"}, "ocr_min_instances"),
    ],
)
def test_a_context_that_cannot_be_is_refused(context: dict[str, str], word: str) -> None:
    with pytest.raises(ContextError, match=word):
        Deployment.from_context(cdk.App(context=context).node)


def test_a_context_is_read() -> None:
    given = {"env": "prod", "ocr_image": IMAGE, "ocr_max_instances": "4", "search": "domain"}
    lanes = {"ocr_cpu": "off", "textract": "on", "textract_tenants": "acme", "lane_policy": "fast"}
    pace = {"textract_pages_per_second": "2.5"}
    flow = {"malware": "clamd", "clamd": "10.0.0.7:3310", "backfill_buckets": "archive,scans"}
    limits = {"slots": "40", "max_failures": "5"}
    alarms = {"alarm_topic": "arn:aws:sns:eu-central-1:123456789012:oncall"}
    models = {"bedrock_models": "amazon.nova-lite-v1:0"}
    context = given | lanes | pace | models | flow | limits | alarms
    deployment = Deployment.from_context(cdk.App(context=context).node)
    assert deployment == Deployment(
        "prod",
        ocr=Ocr(image=IMAGE, max_instances=4),
        search="domain",
        **lanes,
        textract_pages_per_second=2.5,
        **models,
        **flow,
        slots=40,
        max_failures=5,
        **alarms,
    )
    assert deployment.ocr_endpoint == "docparser-prod-ocr"


@pytest.mark.parametrize(("env", "endpoint"), [("dev", ""), ("local", "docparser-local-ocr")])
def test_without_an_image_only_the_local_env_reads_scans(env: str, endpoint: str) -> None:
    assert Deployment(env).ocr_endpoint == endpoint


def test_no_function_outlives_its_state(functions: dict[str, Any]) -> None:
    for placeholder, limit_s in invocations(json.loads(DEFINITION.read_text())["States"]):
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", placeholder).lower()
        assert functions[name]["Timeout"] <= limit_s, name


def invocations(states: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each invoked function's placeholder and its state's time-out in seconds."""
    for state in states.values():
        if state["Type"] == "Task":
            limit_s = state["TimeoutSeconds"]
            if isinstance(limit_s, str):
                limit_s = 1800  # at first; less if its document began long ago
            for name in re.findall(r"\$\{(\w+)\}", state["Arguments"]["FunctionName"]):
                yield name, limit_s
        elif state["Type"] == "Map":
            yield from invocations(state["ItemProcessor"]["States"])


# ---------------------------------------------------------------- queues and rules
def test_every_queue_has_dead_letters_or_holds_them(pipeline: Template) -> None:
    queues = pipeline.named(QUEUE, "QueueName")
    assert set(queues) == {
        "docparser-dev-intake-standard",
        "docparser-dev-intake-standard-dlq",
        "docparser-dev-intake-high",
        "docparser-dev-intake-high-dlq",
        "docparser-dev-dispatch",
        "docparser-dev-dispatch-dlq",
        "docparser-dev-ocr-results",
        "docparser-dev-ocr-results-dlq",
        "docparser-dev-purge",
        "docparser-dev-purge-dlq",
        "docparser-dev-fail-dlq",
    }
    for name, queue in queues.items():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is True
        if not name.endswith("-dlq"):
            assert queue["RedrivePolicy"] == {
                "deadLetterTargetArn": arn_of(pipeline, QUEUE, f"{name}-dlq"),
                "maxReceiveCount": 5,
            }


def test_queues_refuse_connections_without_tls(pipeline: Template) -> None:
    refusing = {
        queue
        for policy in pipeline.of_type("AWS::SQS::QueuePolicy").values()
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "sqs:*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refusing == {f"<{logical_id}>" for logical_id in pipeline.of_type(QUEUE)}


@pytest.mark.parametrize(("priority", "concurrency"), [("standard", 5), ("high", 20)])
def test_uploads_reach_intake_by_their_priority(
    pipeline: Template, functions: dict[str, Any], priority: str, concurrency: int
) -> None:
    name = f"docparser-dev-intake-{priority}"
    # An upload under the priority's prefix goes to the priority's queue,
    rule = pipeline.named(RULE, "Name")[name]
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["docparser-dev-intake-123456789012-eu-central-1"]},
            "object": {"key": [{"prefix": f"{priority}/"}]},
        },
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == arn_of(pipeline, QUEUE, name)
    assert target["DeadLetterConfig"] == {"Arn": arn_of(pipeline, QUEUE, f"{name}-dlq")}
    # which hands a batch to intake,
    mappings = pipeline.of_type("AWS::Lambda::EventSourceMapping").values()
    (mapping,) = (row for row in mappings if row["EventSourceArn"] == target["Arn"])
    assert mapping["FunctionName"] == f"<{logical_id_of(pipeline, FUNCTION, aws_name('intake'))}>"
    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": concurrency}
    # and to nobody else before intake has had its time.
    queue = pipeline.named(QUEUE, "QueueName")[name]
    assert queue["VisibilityTimeout"] >= 6 * functions["intake"]["Timeout"]


@pytest.mark.parametrize("priority", ["standard", "high"])
def test_where_guardduty_scans_its_verdict_lets_an_upload_in_and_nothing_before_it(
    guarded: Template, priority: str
) -> None:
    rule = guarded.named(RULE, "Name")[f"docparser-dev-intake-{priority}"]
    assert rule["EventPattern"] == {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
        "detail": {
            "s3ObjectDetails": {
                "bucketName": ["docparser-dev-intake-123456789012-eu-central-1"],
                "objectKey": [{"prefix": f"{priority}/"}],
            },
        },
    }
    sources = {tuple(row["EventPattern"]["source"]) for row in guarded.of_type(RULE).values()}
    assert ("aws.s3",) not in sources
    told = guarded.named(FUNCTION, "FunctionName")["docparser-dev-preflight"]
    assert told["Environment"]["Variables"]["DOCPARSER_MALWARE"] == "guardduty"


def test_dispatch_is_woken_by_nudges_and_by_every_execution_that_ends(
    pipeline: Template, functions: dict[str, Any]
) -> None:
    # Given the rule on executions of the one machine, however they end
    rule = pipeline.named(RULE, "Name")["docparser-dev-dispatch"]
    machine_id = logical_id_of(pipeline, MACHINE, aws_name("document"))
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [f"<{machine_id}>"],
            "status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    # Then it sends the queue what everybody sends, and nothing of the execution,
    (target,) = rule["Targets"]
    assert target["Arn"] == arn_of(pipeline, QUEUE, "docparser-dev-dispatch")
    assert json.loads(target["Input"]) == json.loads(NUDGE)
    # which wakes one run, or two.
    mappings = pipeline.of_type("AWS::Lambda::EventSourceMapping").values()
    (mapping,) = (row for row in mappings if row["EventSourceArn"] == target["Arn"])
    taker = logical_id_of(pipeline, FUNCTION, aws_name("dispatch"))
    assert mapping["FunctionName"] == f"<{taker}>"
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    visibility_s = pipeline.named(QUEUE, "QueueName")["docparser-dev-dispatch"]["VisibilityTimeout"]
    assert visibility_s >= 6 * functions["dispatch"]["Timeout"]


@pytest.mark.parametrize(
    ("name", "when", "tries"),
    [("sweep", "rate(1 minute)", 0), ("anchor", "cron(15 0 * * ? *)", 10)],
)
def test_what_the_clock_calls_is_called_by_a_role_that_may_do_nothing_else(
    pipeline: Template, name: str, when: str, tries: int
) -> None:
    schedule = pipeline.named(SCHEDULE, "Name")[aws_name(name)]
    function = arn_of(pipeline, FUNCTION, aws_name(name))
    assert schedule["ScheduleExpression"] == when
    assert "ScheduleExpressionTimezone" not in schedule  # UTC
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = schedule["Target"]
    assert target["Arn"] == function
    assert json.loads(target["Input"]) == {}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == tries
    assert pipeline.rights_of(target["RoleArn"]) == {("lambda:InvokeFunction", function)}


@pytest.mark.parametrize("outcome", ["success", "error"])
def test_what_sagemaker_says_reaches_ocr_result(
    pipeline: Template, functions: dict[str, Any], outcome: str
) -> None:
    # Given the topic of an outcome, which SageMaker is told by its name
    topics = pipeline.of_type("AWS::SNS::Topic")
    names = {f"<{logical_id}>": row["TopicName"] for logical_id, row in topics.items()}
    subscriptions = pipeline.of_type("AWS::SNS::Subscription").values()
    # Then it has one subscriber: the queue, which gets SageMaker's words and nothing around them,
    (subscription,) = (
        row for row in subscriptions if names[row["TopicArn"]] == f"docparser-dev-ocr-{outcome}"
    )
    queue = "docparser-dev-ocr-results"
    assert subscription["Protocol"] == "sqs"
    assert subscription["Endpoint"] == arn_of(pipeline, QUEUE, queue)
    assert subscription["RawMessageDelivery"] is True
    assert subscription["RedrivePolicy"] == {
        "deadLetterTargetArn": arn_of(pipeline, QUEUE, f"{queue}-dlq")
    }
    # and hands batches to ocr_result, of which it gives back what failed.
    mappings = pipeline.of_type("AWS::Lambda::EventSourceMapping").values()
    (mapping,) = (row for row in mappings if row["EventSourceArn"] == subscription["Endpoint"])
    taker = logical_id_of(pipeline, FUNCTION, aws_name("ocr_result"))
    assert mapping["FunctionName"] == f"<{taker}>"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    visibility_s = pipeline.named(QUEUE, "QueueName")[queue]["VisibilityTimeout"]
    assert visibility_s >= 6 * functions["ocr_result"]["Timeout"]


def test_topics_refuse_connections_without_tls(pipeline: Template) -> None:
    refusing = {
        topic
        for policy in pipeline.of_type("AWS::SNS::TopicPolicy").values()
        for topic in policy["Topics"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "sns:Publish"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refusing == {f"<{logical_id}>" for logical_id in pipeline.of_type("AWS::SNS::Topic")}


def test_the_queues_take_messages_from_their_rules_and_topics_only(pipeline: Template) -> None:
    senders = {
        "events.amazonaws.com": {f"<{name}.Arn>" for name in pipeline.of_type(RULE)},
        "sns.amazonaws.com": {f"<{name}>" for name in pipeline.of_type("AWS::SNS::Topic")},
    }
    for policy in pipeline.of_type("AWS::SQS::QueuePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Action"] != "*"
                source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
                assert source in senders[statement["Principal"]["Service"]]


def test_executions_that_ended_unseen_reach_fail(pipeline: Template) -> None:
    rule = pipeline.named(RULE, "Name")["docparser-dev-fail"]
    machine_id = logical_id_of(pipeline, MACHINE, aws_name("document"))
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [f"<{machine_id}>"],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == arn_of(pipeline, FUNCTION, aws_name("fail"))
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    dead_letters = {"Arn": arn_of(pipeline, QUEUE, "docparser-dev-fail-dlq")}
    assert target["DeadLetterConfig"] == dead_letters
    (permission,) = pipeline.of_type("AWS::Lambda::Permission").values()
    assert permission["FunctionName"] == target["Arn"]
    assert permission["Principal"] == "events.amazonaws.com"


def test_events_that_fail_could_not_handle_are_kept(
    pipeline: Template, functions: dict[str, Any]
) -> None:
    assert functions["fail"]["DeadLetterConfig"] == {
        "TargetArn": arn_of(pipeline, QUEUE, "docparser-dev-fail-dlq")
    }


# ---------------------------------------------------------------- alarms
ALARM = "AWS::CloudWatch::Alarm"
FREE_ALARMS = 10
ALARM_USD_A_MONTH = 0.10


def test_whoever_is_given_up_or_away_is_told_of(pipeline: Template) -> None:
    alarms = pipeline.named(ALARM, "AlarmName")
    metrics = {
        name.removeprefix("docparser-dev-"): row["MetricName"] for name, row in alarms.items()
    }
    queues = {name.removeprefix("docparser-dev-") for name in pipeline.named(QUEUE, "QueueName")}
    assert metrics == {
        **{f"zone-away-{zone}": "ZoneAway" for zone in Zone},
        "waiting-for-zone": "Parked",
        **{name: "ApproximateNumberOfMessagesVisible" for name in queues if name.endswith("-dlq")},
        "executions-failed": "ExecutionsFailed",
    }
    for name, alarm in alarms.items():
        # One is enough, and silence is good news; nobody is told unless somebody says who.
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "AlarmActions" not in alarm
        dimensions = {row["Name"]: row["Value"] for row in alarm["Dimensions"]}
        if alarm["Namespace"] == NAMESPACE:
            assert dimensions.pop("env") == "dev"
            assert [*dimensions.values()] == [name.rpartition("-")[2]]
        elif alarm["Namespace"] == "AWS/SQS":
            queue = logical_id_of(pipeline, QUEUE, name)
            assert dimensions == {"QueueName": f"<{queue}.QueueName>"}
    # What they cost an account that has no others.
    assert (len(alarms) - FREE_ALARMS) * ALARM_USD_A_MONTH <= 0.20


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"alarms": "off"}, None),
        ({"alarm_topic": "arn:aws:sns:eu-central-1:123456789012:oncall"}, ["oncall"]),
    ],
)
def test_alarms_tell_a_topic_or_are_not_there(
    given: dict[str, str], expected: list[str] | None
) -> None:
    app = cdk.App(context=FEATURE_FLAGS)
    stack = PipelineStack(
        app,
        deployment=Deployment("local", **given),
        backup_key=kms.Key(cdk.Stack(app, "Keys"), "Key"),
        level_keys={},
    )
    alarms = Assertions.from_stack(stack).find_resources(ALARM).values()
    if expected is None:
        assert not alarms
        return
    assert alarms
    for alarm in alarms:
        topics = [arn.rpartition(":")[2] for arn in alarm["Properties"]["AlarmActions"]]
        assert topics == expected


def test_what_is_erased_is_purged_a_document_at_a_time(
    pipeline: Template, functions: dict[str, Any]
) -> None:
    queue = arn_of(pipeline, QUEUE, "docparser-dev-purge")
    mappings = pipeline.of_type("AWS::Lambda::EventSourceMapping").values()
    (mapping,) = (row for row in mappings if row["EventSourceArn"] == queue)
    taker = logical_id_of(pipeline, FUNCTION, aws_name("purge"))
    assert mapping["FunctionName"] == f"<{taker}>"
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    visibility_s = pipeline.named(QUEUE, "QueueName")["docparser-dev-purge"]["VisibilityTimeout"]
    assert visibility_s >= 6 * functions["purge"]["Timeout"]


def test_the_purge_alone_passes_locks(pipeline: Template, functions: dict[str, Any]) -> None:
    passing = {
        name
        for name, function in functions.items()
        for action, _ in pipeline.rights_of(function["Role"])
        if action == "s3:BypassGovernanceRetention"
    }
    assert passing == {"purge"}
