"""The roles' rights are enough: every function works under its own, where rights are enforced.

The embedded AWS lets every call pass, so a missing right would show on AWS only. Here it is told to
enforce IAM, and each handler runs in a process of its own, signed in as the role that the template
gives it. Two things it does not enforce, so that test_pipeline alone holds them: S3's 403 for a key
that is missing from a bucket which the caller may not list, and S3's use of a KMS key.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from reportlab.pdfgen.canvas import Canvas

from infra.functions import FUNCTIONS, FunctionSpec
from tests.infra.template import Template, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTION = "AWS::Lambda::Function"
REGION = "us-east-1"
ACCOUNT = "000000000000"
HERE = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}
TRUST = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
MACHINE = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
PROGRAM = """
import json, sys
from types import SimpleNamespace
answers, sys.stdout = sys.stdout, sys.stderr
sys.path.insert(0, sys.argv[1])
import handler
for line in sys.stdin:
    try:
        result = handler.handler(json.loads(line), SimpleNamespace(aws_request_id="test"))
        answer = {"result": result}
    except Exception as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    print(json.dumps(answer), file=answers, flush=True)
"""


@dataclass(frozen=True)
class Account:
    """An account that enforces IAM, seen by its root user."""

    endpoint: str

    def client(self, service: str, key: str = ACCOUNT, secret: str = "test", **token: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            **token,
        )

    def make_role(self, name: str) -> str:
        """Make a role that the root user may take on; return its ARN."""
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        return role["Role"]["Arn"]

    def sign_in(self, role: str, policy: dict[str, Any]) -> dict[str, str]:
        """Make a role with one policy; return the variables of a session as that role."""
        arn = self.make_role(role)
        self.client("iam").put_role_policy(
            RoleName=role, PolicyName="rights", PolicyDocument=json.dumps(policy)
        )
        session = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        }


class Function:
    """One function's handler in a process of its own."""

    def __init__(self, source: Path, environment: dict[str, str]) -> None:
        self.environment = environment
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(source)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, local_assembly: Path) -> Iterator[Account]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    home = tmp_path_factory.mktemp("account")
    process = subprocess.Popen(
        [sys.executable, "-m", "docparser_local.engine", "--port", port, "--home", str(home)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AUTH": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        account = Account(f"http://127.0.0.1:{port}")
        await_answer(f"{account.endpoint}/_ministack/health")
        create_storage(account, Template(local_assembly, "docparser-local-storage"))
        yield account
    finally:
        process.terminate()
        process.wait(30)


def await_answer(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "the account does not answer"
            time.sleep(0.05)
        else:
            return


def create_storage(account: Account, template: Template) -> None:
    body = template.body
    # The bucket policies refuse what comes without TLS, and here everything does.
    body["Resources"] = {
        logical_id: resource
        for logical_id, resource in body["Resources"].items()
        if resource["Type"] != "AWS::S3::BucketPolicy"
    }
    parameter = {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "30", "Type": "String"}
    account.client("ssm").put_parameter(**parameter)
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName="docparser-local-storage", TemplateBody=json.dumps(body))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="docparser-local-storage", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    account.client("stepfunctions").create_state_machine(
        name="docparser-local-document",
        definition=json.dumps(MACHINE),
        roleArn=account.make_role("machine"),
    )


@pytest.fixture(scope="module")
def functions(account: Account, local_pipeline: Template) -> Iterator[dict[str, Function]]:
    """Return every function, running under the rights of its role."""
    (key_arn,) = (
        export["Value"]
        for export in account.client("cloudformation").list_exports()["Exports"]
        if "BackupKey" in export["Name"]
    )
    resources = local_pipeline.body["Resources"]
    by_type: dict[str, list[dict[str, Any]]] = {}
    for logical_id, resource in resources.items():
        properties = plain(resource.get("Properties", {}), HERE)
        by_type.setdefault(resource["Type"], []).append({"id": logical_id, **properties})
    (machine,) = by_type["AWS::StepFunctions::StateMachine"]

    def resolved(value: Any) -> Any:
        """Return a value with references to the machine and the key as their ARNs."""
        text = json.dumps(value).replace(f"<{machine['id']}>", machine_arn())
        return json.loads(re.sub(r"<import [^>]*BackupKey[^>]*>", key_arn, text))

    def start(spec: FunctionSpec) -> Function:
        name = f"docparser-local-{spec.purpose}"
        (function,) = (row for row in by_type[FUNCTION] if row["FunctionName"] == name)
        role = function["Role"].replace(".Arn", "")
        (policy,) = (row for row in by_type["AWS::IAM::Policy"] if role in row["Roles"])
        environment = {
            **resolved(function["Environment"]["Variables"]),
            **account.sign_in(spec.folder, resolved(policy["PolicyDocument"])),
            "AWS_ENDPOINT_URL": account.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": os.environ["PATH"],
        }
        return Function(spec.source, environment)

    running = {spec.folder: start(spec) for spec in FUNCTIONS}
    yield running
    for function in running.values():
        function.close()


def machine_arn() -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:docparser-local-document"


def bucket(purpose: str) -> str:
    return f"docparser-local-{purpose}-{ACCOUNT}-{REGION}"


def arrive(account: Account, functions: dict[str, Function], key: str) -> dict[str, Any]:
    """Upload a fresh one-page document and let intake take it in; return the walk's input."""
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 720, f"Minutes of meeting {uuid.uuid4()}: nothing was decided.")
    canvas.save()
    body = page.getvalue()
    stored = account.client("s3").put_object(Bucket=bucket("intake"), Key=key, Body=body)
    arrived = {"key": key, "size": len(body), "version-id": stored["VersionId"]}
    event = {"detail": {"bucket": {"name": bucket("intake")}, "object": arrived}}
    message = {
        "messageId": str(uuid.uuid4()),
        "eventSource": "aws:sqs",
        "body": json.dumps(event),
    }
    before = executions(account)
    assert functions["intake"]({"Records": [message]}) == {"result": {"batchItemFailures": []}}
    (execution,) = executions(account) - before
    states = account.client("stepfunctions")
    return json.loads(states.describe_execution(executionArn=execution)["input"])


def executions(account: Account) -> set[str]:
    pages = account.client("stepfunctions").list_executions(stateMachineArn=machine_arn())
    return {row["executionArn"] for row in pages["executions"]}


def result(answer: dict[str, Any]) -> Any:
    assert "error" not in answer, answer
    return answer["result"]


def read(functions: dict[str, Function], walk: dict[str, Any]) -> int:
    """Take a document from Preflight to Classify; return the number of its shards."""
    ref = {"ref": walk["ref"]}
    sourced = {**ref, "source": walk["source"]}
    plan = result(functions["preflight"](sourced))
    for shard in plan["shards"]:
        result(functions["extract_text"]({**sourced, "shard": shard}))
    result(functions["assemble"](ref))
    result(functions["classify"](ref))
    return len(plan["shards"])


def declare(account: Account, walk: dict[str, Any], level: str) -> None:
    """Write a level into the stored classification: which zones are filled depends on it."""
    s3 = account.client("s3")
    key = f"{prefix(walk)}r1/classify/classification.json"
    decision = json.loads(s3.get_object(Bucket=bucket("work"), Key=key)["Body"].read())
    decision["level"]["value"] = level
    s3.put_object(Bucket=bucket("work"), Key=key, Body=json.dumps(decision))


def prefix(walk: dict[str, Any]) -> str:
    return f"{walk['ref']['tenant']}/{walk['ref']['document_id']}/"


def versions(account: Account, purpose: str, start: str) -> list[str]:
    page = account.client("s3").list_object_versions(Bucket=bucket(purpose), Prefix=start)
    return [row["Key"] for row in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]]


@pytest.mark.parametrize("name", [uuid.uuid4().hex, "Jane Doe, minutes.pdf"])
def test_a_document_walks_under_the_rights_of_its_functions(
    account: Account, functions: dict[str, Function], name: str
) -> None:
    # Given a public document, under a key of ours or under somebody else's
    walk = arrive(account, functions, f"standard/default/{name}")
    shards = read(functions, walk)
    declare(account, walk, "PUBLIC")
    # When it is routed and completed
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    result(functions["route"](sourced))
    assert result(functions["complete"]({**sourced, "shards": shards}))["status"] == "COMPLETED"
    # Then it lies in every zone, and nothing of it is left on the way
    for zone in ("vault", "backup", "sync"):
        assert f"{prefix(walk)}r1/document.json" in versions(account, zone, prefix(walk))
    assert versions(account, "work", prefix(walk)) == []
    assert versions(account, "intake", f"standard/default/{name}") == []
    assert versions(account, "intake", "renamed/") == []


def test_route_may_purge_what_a_level_forbids(
    account: Account, functions: dict[str, Function]
) -> None:
    walk = arrive(account, functions, f"high/default/{uuid.uuid4().hex}")
    read(functions, walk)
    declare(account, walk, "CONFIDENTIAL")
    forbidden = [(zone, f"{prefix(walk)}r1/document.json") for zone in ("backup", "sync")]
    for zone, key in forbidden:
        account.client("s3").put_object(Bucket=bucket(zone), Key=key, Body=b"{}")
    result(functions["route"]({"ref": walk["ref"], "source": walk["source"]}))
    assert [versions(account, zone, key) for zone, key in forbidden] == [[], []]


def test_fail_may_write_why_a_walk_stopped(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a document whose source is deleted before anybody reads it
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}")
    source = walk["source"]
    location = {"Key": source["key"], "VersionId": source["version_id"]}
    account.client("s3").delete_object(Bucket=source["bucket"], **location)
    # When preflight says so
    answer = functions["preflight"]({"ref": walk["ref"], "source": source})
    assert answer["error"] == "Terminal"
    cause = {"errorMessage": answer["message"]}
    stopped = {"Error": answer["error"], "Cause": json.dumps(cause)}
    # Then that is what the record says
    outcome = result(functions["fail"]({"ref": walk["ref"], "error": stopped}))
    assert outcome == {"status": "FAILED", "code": "SOURCE_GONE"}


def test_the_account_enforces_rights(account: Account, functions: dict[str, Function]) -> None:
    account.client("s3").put_object(Bucket=bucket("vault"), Key="secret", Body=b"secret")
    session = functions["route"].environment
    route = account.client(
        "s3",
        session["AWS_ACCESS_KEY_ID"],
        session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        route.get_object(Bucket=bucket("vault"), Key="secret")
