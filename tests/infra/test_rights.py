"""The roles' rights are enough: every function works under its own, where rights are enforced.

The embedded AWS lets every call pass, so a missing right would show on AWS only. Here it is told to
enforce IAM, and each handler runs in a process of its own, signed in as the role that the template
gives it. What it does not enforce, test_pipeline alone holds: S3's 403 for a key that is missing
from a bucket which the caller may not list, S3's use of a KMS key, whose machine a task token
belongs to, and SageMaker, in whose place a server here takes what the endpoint is asked.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from docparser.model import (
    Action,
    Lane,
    LaneReason,
    OcrAnswer,
    Page,
    PageStatus,
    Ref,
    Review,
    Status,
    now,
    rfc3339,
)
from docparser.store import items
from docparser.store.records import Records
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from infra.functions import API, FUNCTIONS, ROOT, FunctionSpec
from tests.infra.conftest import synthesize
from tests.infra.template import Template, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTION = "AWS::Lambda::Function"
REGION = "us-east-1"
ACCOUNT = "000000000000"
HERE = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}
TRUST = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
TABLE = "docparser-local"
NUDGES = "docparser-local-dispatch"
PURGES = "docparser-local-purge"
ARCHIVE = "archive"
MACHINE = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
PROGRAM = """
import json, sys
from types import SimpleNamespace
answers, sys.stdout = sys.stdout, sys.stderr
sys.path.insert(0, sys.argv[1])
import handler
context = SimpleNamespace(
    aws_request_id="test", get_remaining_time_in_millis=lambda: 600_000
)
for line in sys.stdin:
    try:
        result = handler.handler(json.loads(line), context)
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
def assembly_of_rights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of the local env with a bucket for backfills."""
    index = tmp_path_factory.mktemp("index") / "search.sqlite"
    context = {"search_location": str(index), "backfill_buckets": ARCHIVE}
    return synthesize(tmp_path_factory.mktemp("rights"), env="local", **context)


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory, assembly_of_rights: Path
) -> Iterator[Account]:
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
        create_storage(account, Template(assembly_of_rights, "docparser-local-storage"))
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
    for name in (NUDGES, PURGES):
        account.client("sqs").create_queue(QueueName=name)
    account.client("stepfunctions").create_state_machine(
        name="docparser-local-document",
        definition=json.dumps(MACHINE),
        roleArn=account.make_role("machine"),
    )


class Endpoint(BaseHTTPRequestHandler):
    """Takes what the OCR endpoint is asked, and never answers it."""

    asked: list[dict[str, str]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        self.asked.append({name.lower(): value for name, value in self.headers.items()})
        body = json.dumps({"InferenceId": self.headers["X-Amzn-SageMaker-Inference-Id"]}).encode()
        self.send_response(202)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[type[Endpoint]]:
    """Return what was asked, at a server of its own."""
    kind = type("AskedEndpoint", (Endpoint,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        kind.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield kind
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def functions(
    account: Account, assembly_of_rights: Path, endpoint: type[Endpoint]
) -> Iterator[dict[str, Function]]:
    """Return every function, running under the rights of its role."""
    (key_arn,) = (
        export["Value"]
        for export in account.client("cloudformation").list_exports()["Exports"]
        if "BackupKey" in export["Name"]
    )

    names = {r"<Machine\w+>": machine_arn(), r"<import [^>]*BackupKey[^>]*>": key_arn}
    for logical_id, queue in (("Nudges", NUDGES), ("Purges", PURGES)):
        names[rf"<{logical_id}\w+\.Arn>"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
        url = account.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        names[rf"<{logical_id}\w+>"] = url

    def resolved(value: Any) -> Any:
        """Return a value with references to the machine, queues and the key as what they are."""
        text = json.dumps(value)
        for reference, name in names.items():
            text = re.sub(reference, name, text)
        return json.loads(text)

    def start(spec: FunctionSpec) -> Function:
        by_type: dict[str, list[dict[str, Any]]] = {}
        stack = "api" if spec is API else "pipeline"
        template = Template(assembly_of_rights, f"docparser-local-{stack}")
        for resource in template.body["Resources"].values():
            properties = plain(resource.get("Properties", {}), HERE)
            by_type.setdefault(resource["Type"], []).append(properties)
        name = f"docparser-local-{spec.purpose}"
        (function,) = (row for row in by_type[FUNCTION] if row["FunctionName"] == name)
        role = function["Role"].replace(".Arn", "")
        (policy,) = (row for row in by_type["AWS::IAM::Policy"] if role in row["Roles"])
        environment = {
            **resolved(function["Environment"]["Variables"]),
            **account.sign_in(spec.name, for_tokens(resolved(policy["PolicyDocument"]))),
            "AWS_ENDPOINT_URL": account.endpoint,
            "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": endpoint.url,
            "DOCPARSER_OCR_CPU": "false",  # scans are the endpoint's unless a test says otherwise
            "DOCPARSER_SLOTS": "200",  # walks that a test leaves behind hold theirs
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": os.environ["PATH"],
        }
        return Function(spec.source, environment)

    running = {spec.name: start(spec) for spec in FUNCTIONS}
    yield running
    for function in running.values():
        function.close()


def for_tokens(policy: dict[str, Any]) -> dict[str, Any]:
    """Return a policy whose task tokens are of any machine: here a token does not say of which."""
    for statement in policy["Statement"]:
        if str(statement["Action"]).count("SendTask"):
            assert statement["Resource"] == machine_arn()
            statement["Resource"] = "*"
    return policy


def machine_arn() -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:docparser-local-document"


def bucket(purpose: str) -> str:
    return f"docparser-local-{purpose}-{ACCOUNT}-{REGION}"


def minutes() -> bytes:
    """Return a fresh one-page document."""
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 720, f"Minutes of meeting {uuid.uuid4()}: nothing was decided.")
    canvas.save()
    return page.getvalue()


def scan() -> bytes:
    """Return a fresh picture of a page."""
    picture = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(picture).text((80, 80), f"Minutes of meeting {uuid.uuid4()}", fill=0)
    page = io.BytesIO()
    picture.save(page, "PNG")
    return page.getvalue()


def arrive(
    account: Account, functions: dict[str, Function], key: str, body: bytes
) -> dict[str, Any]:
    """Upload a document and let intake take it in; return the walk's input."""
    stored = account.client("s3").put_object(Bucket=bucket("intake"), Key=key, Body=body)
    return taken_in(account, functions, key, len(body), stored["VersionId"])


def taken_in(
    account: Account, functions: dict[str, Function], key: str, size: int, version_id: str
) -> dict[str, Any]:
    """Let intake take in what was uploaded, and dispatch start it; return the walk's input."""
    answer = functions["intake"]({"Records": [created(key, size, version_id)]})
    assert answer == {"result": {"batchItemFailures": []}}
    return dispatched(account, functions)


def created(key: str, size: int, version_id: str) -> dict[str, Any]:
    """Return the message of an upload."""
    arrived = {"key": key, "size": size, "version-id": version_id}
    return message({"detail": {"bucket": {"name": bucket("intake")}, "object": arrived}})


def dispatched(account: Account, functions: dict[str, Function]) -> dict[str, Any]:
    """Let dispatch start the one document that waits; return the walk's input."""
    before = executions(account)
    result(functions["dispatch"]({"Records": [message({"schema": "docparser/nudge/1"})]}))
    (execution,) = executions(account) - before
    states = account.client("stepfunctions")
    return json.loads(states.describe_execution(executionArn=execution)["input"])


def message(body: dict[str, Any]) -> dict[str, Any]:
    """Return a message as a queue hands it to a function."""
    return {
        "messageId": str(uuid.uuid4()),
        "eventSource": "aws:sqs",
        "body": json.dumps(body),
    }


def executions(account: Account) -> set[str]:
    pages = account.client("stepfunctions").list_executions(stateMachineArn=machine_arn())
    return {row["executionArn"] for row in pages["executions"]}


def result(answer: dict[str, Any]) -> Any:
    assert "error" not in answer, answer
    return answer["result"]


def read(functions: dict[str, Function], walk: dict[str, Any]) -> int:
    """Take a document from Preflight to Extract; return the number of its shards."""
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    plan = result(functions["preflight"](sourced))
    for shard in plan["shards"]:
        assert shard["lane"] == "text"
        result(functions["extract_text"]({**sourced, "shard": shard}))
    understand(functions, walk)
    return len(plan["shards"])


def understand(functions: dict[str, Function], walk: dict[str, Any]) -> dict[str, Any]:
    """Take a document that was read to Extract; return what was assembled."""
    manifest = result(functions["assemble"]({"ref": walk["ref"]}))
    decide(functions, walk)
    return manifest


def decide(functions: dict[str, Function], walk: dict[str, Any]) -> None:
    """Classify a document that was read, and look for its fields and tables."""
    result(functions["classify"]({"ref": walk["ref"]}))
    result(functions["extract"]({"ref": walk["ref"], "source": walk["source"], "retries": 0}))


def finish(
    account: Account, functions: dict[str, Function], walk: dict[str, Any], **counts: int
) -> dict[str, Any]:
    """Take an extracted document to its end, as a public one; return what the last step says."""
    declare(account, walk, "PUBLIC")
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    place(functions, walk)
    indexed = result(functions["index"]({"ref": walk["ref"]}))
    assert indexed["scope"] == "FULL"
    return result(functions["complete"]({**sourced, **counts}))


def place(functions: dict[str, Function], walk: dict[str, Any]) -> None:
    """Let route decide, and each zone's own function do it."""
    for do, zones in result(functions["route"]({"ref": walk["ref"], "extracted": True})).items():
        for zone in zones:
            asked = {"ref": walk["ref"], "source": walk["source"], "zone": zone, "do": do}
            result(functions[f"place_{zone}"](asked))


def purge(account: Account, functions: dict[str, Function]) -> None:
    """Hand to purge what waits in its queue."""
    sqs = account.client("sqs")
    queue = sqs.get_queue_url(QueueName=PURGES)["QueueUrl"]
    waiting = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    for one in waiting:
        answer = functions["purge"]({"Records": [message(json.loads(one["Body"]))]})
        assert answer == {"result": {"batchItemFailures": []}}
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])


def ask(
    functions: dict[str, Function], walk: dict[str, Any], shard: dict[str, Any]
) -> dict[str, Any]:
    """Send a shard to the OCR endpoint, for a token that nobody waits with."""
    token = {"task_token": f"token-{uuid.uuid4()}"}
    return functions["ocr_request"](
        {"ref": walk["ref"], "source": walk["source"], "shard": shard, **token}
    )


def answer_scan(account: Account, functions: dict[str, Function], asked: dict[str, str]) -> None:
    """Answer what the endpoint was asked as SageMaker does: an object, then a message."""
    page = Page(
        number=1,
        status=PageStatus.OK,
        lane=Lane.GPU,
        lane_reason=LaneReason.IMAGE_INPUT,
        width_pt=612,
        height_pt=792,
    )
    read_page = OcrAnswer(
        engine="test", backend="test", weights_sha256="0" * 64, seconds=1.5, pages=(page,)
    )
    extension = asked["x-amzn-sagemaker-s3outputpathextension"]
    key = f"output/{extension}/{asked['x-amzn-sagemaker-filename']}"
    account.client("s3").put_object(Bucket=bucket("ocr"), Key=key, Body=read_page.to_json())
    told = {
        "inferenceId": asked["x-amzn-sagemaker-inference-id"],
        "invocationStatus": "Completed",
        "responseParameters": {"outputLocation": f"s3://{bucket('ocr')}/{key}"},
    }
    taken = functions["ocr_result"]({"Records": [message(told)]})
    assert taken == {"result": {"batchItemFailures": []}}


def call(
    functions: dict[str, Function], method: str, path: str, *, body: Any = None, **query: str
) -> tuple[int, dict[str, str], Any]:
    """Call the API as API Gateway does; return status, headers and what the body says."""
    event = json.loads((ROOT / "events" / "api.json").read_text())
    event |= {
        "httpMethod": method,
        "path": path,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "body": None if body is None else json.dumps(body),
    }
    answer = result(functions["api"](event))
    headers = {name.lower(): values[-1] for name, values in answer["multiValueHeaders"].items()}
    return answer["statusCode"], headers, json.loads(answer["body"] or "null")


def declare(account: Account, walk: dict[str, Any], level: str) -> None:
    """Write a level into the stored classification: which zones are filled depends on it."""
    s3 = account.client("s3")
    key = f"{prefix(walk)}r{walk['ref']['revision']}/classify/classification.json"
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
    walk = arrive(account, functions, f"standard/default/{name}", minutes())
    # When it is read, routed, indexed and completed
    shards = read(functions, walk)
    assert finish(account, functions, walk, shards=shards, scans=0)["status"] == "COMPLETED"
    # Then it lies in every zone, and nothing of it is left on the way
    for zone in ("vault", "backup", "sync"):
        assert f"{prefix(walk)}r1/document.json" in versions(account, zone, prefix(walk))
    assert versions(account, "work", prefix(walk)) == []
    assert versions(account, "intake", f"standard/default/{name}") == []
    assert versions(account, "intake", "renamed/") == []


def test_a_scan_walks_under_the_rights_of_its_functions(
    account: Account, functions: dict[str, Function], endpoint: type[Endpoint]
) -> None:
    # Given a scan, which the endpoint is asked for
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", scan())
    (shard,) = result(functions["preflight"]({"ref": walk["ref"], "source": walk["source"]}))[
        "shards"
    ]
    assert shard["lane"] == "gpu"
    result(ask(functions, walk, shard))
    # When it answers
    answer_scan(account, functions, endpoint.asked[-1])
    # Then the page is read, a repetition finds that out, and the document walks to its end
    result(ask(functions, walk, shard))
    assert understand(functions, walk)["failed"] == 0
    assert finish(account, functions, walk, shards=1, scans=1)["status"] == "COMPLETED"
    # with nothing left of it.
    for folder in ("input", "output"):
        assert versions(account, "ocr", f"{folder}/{prefix(walk)}") == []


def test_a_scan_is_read_on_the_cpu_under_the_rights_of_its_function(
    account: Account, functions: dict[str, Function]
) -> None:
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", scan())
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    (shard,) = result(functions["preflight"](sourced))["shards"]
    # Given a shard that an earlier attempt gave up
    result(functions["mark_unread"]({"ref": walk["ref"], "shard": shard}))
    # When the function reads it in the next one
    again = {**sourced, "ref": {**walk["ref"], "attempt": 2}}
    read_here = result(functions["ocr_cpu"]({**again, "shard": {**shard, "lane": "cpu"}}))
    # Then its page is there
    assert (read_here["pages"], read_here["failed"]) == (1, 0)


def test_an_answer_that_comes_too_late_is_deleted_under_the_rights_of_its_function(
    account: Account, functions: dict[str, Function], endpoint: type[Endpoint]
) -> None:
    # Given a document that has ended while the endpoint was asked
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", scan())
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    (shard,) = result(functions["preflight"](sourced))["shards"]
    result(ask(functions, walk, shard))
    failure = {"Error": "States.Timeout", "Cause": ""}
    assert result(functions["fail"]({"ref": walk["ref"], "error": failure}))["status"] == "FAILED"
    # When it answers after all
    answer_scan(account, functions, endpoint.asked[-1])
    # Then nothing is left of what it said
    assert versions(account, "ocr", f"output/{prefix(walk)}") == []


def test_a_shard_that_was_given_up_is_asked_for_again_by_the_next_attempt(
    account: Account, functions: dict[str, Function], endpoint: type[Endpoint]
) -> None:
    # Given a scan
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", scan())
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    (shard,) = result(functions["preflight"](sourced))["shards"]
    # When nobody answers, and it is given up
    given_up = result(functions["mark_unread"]({"ref": walk["ref"], "shard": shard}))
    assert given_up["failed"] == 1
    # Then the next attempt takes that back, and asks
    before = len(endpoint.asked)
    next_attempt = {**walk, "ref": {**walk["ref"], "attempt": 2}}
    result(ask(functions, next_attempt, shard))
    assert len(endpoint.asked) == before + 1
    assert versions(account, "work", f"{prefix(walk)}r1/read/") == []


def test_a_refusal_of_the_endpoint_lets_the_state_try_again(
    account: Account, functions: dict[str, Function], endpoint: type[Endpoint]
) -> None:
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", scan())
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    (shard,) = result(functions["preflight"](sourced))["shards"]
    result(ask(functions, walk, shard))
    told = {
        "inferenceId": endpoint.asked[-1]["x-amzn-sagemaker-inference-id"],
        "invocationStatus": "Failed",
        "failureReason": "InternalServerError",
    }
    taken = functions["ocr_result"]({"Records": [message(told)]})
    assert taken == {"result": {"batchItemFailures": []}}


def test_the_api_answers_under_the_rights_of_its_function(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a file that is announced, and sent where the API says
    body = minutes()
    new = {"name": "minutes.pdf", "sha256": sha256(body).hexdigest(), "size": len(body)}
    status, _, created = call(functions, "POST", "/documents", body=new)
    assert (status, created["status"]) == (201, "AWAITING_UPLOAD")
    upload = created["upload"]
    request = urllib.request.Request(
        upload["url"], data=body, headers=upload["headers"], method=upload["method"]
    )
    with urllib.request.urlopen(request) as answer:
        version_id = answer.headers["x-amz-version-id"]
    key = urllib.parse.urlsplit(upload["url"]).path.removeprefix(f"/{bucket('intake')}/")
    # When it has walked
    walk = taken_in(account, functions, key, len(body), version_id)
    assert walk["ref"]["document_id"] == created["document_id"]
    shards = read(functions, walk)
    finish(account, functions, walk, shards=shards, scans=0)
    # Then it is listed, known, found and there,
    path = f"/documents/{created['document_id']}"
    status, _, listed = call(functions, "GET", "/documents", limit="1")
    assert (status, len(listed["items"])) == (200, 1)
    assert call(functions, "GET", path)[2]["status"] == "COMPLETED"
    status, _, found = call(functions, "GET", "/search", q="nothing was decided")
    assert status == 200
    assert created["document_id"] in {hit["document_id"] for hit in found["hits"]}
    status, headers, _ = call(functions, "GET", f"{path}/content", format="json")
    assert status == 303
    with urllib.request.urlopen(headers["location"]) as answer:
        assert json.load(answer)["document_id"] == created["document_id"]
    # told again it is known, and cannot be cancelled any more,
    assert call(functions, "POST", "/documents", body=new)[0] == 200
    assert call(functions, "DELETE", path)[0] == 409
    assert call(functions, "GET", "/health")[0] == 200
    # and what a person says of its fields lies where its next revision reads it.
    records = Records(account.client("dynamodb"), TABLE)
    record = records.get(Ref.model_validate(walk["ref"]))
    assert record is not None
    assert records.note(record, Action.CLASSIFIED, review=Review.REQUIRED)
    assert call(functions, "POST", f"{path}/review/claim")[0] == 200
    said = {"decision": "correct", "type": "invoice", "fields": {"grand_total": ["1.00 EUR"]}}
    assert call(functions, "POST", f"{path}/review", body=said)[0] == 202
    opened = records.get(record.ref.model_copy(update={"revision": 2}))
    assert opened is not None
    laid_out = f"{prefix(walk)}r2/extract/corrections-{opened.corrections}.json"
    assert account.client("s3").head_object(Bucket=bucket("work"), Key=laid_out)
    assert dispatched(account, functions)["ref"]["revision"] == 2


def test_the_api_may_stop_a_walk(account: Account, functions: dict[str, Function]) -> None:
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    path = f"/documents/{walk['ref']['document_id']}"
    assert call(functions, "DELETE", path)[0] == 202
    assert call(functions, "GET", path)[2]["status"] == "CANCELLED"
    name = "{document_id}-r{revision}-a{attempt}".format(**walk["ref"])
    arn = machine_arn().replace(":stateMachine:", ":execution:") + f":{name}"
    stopped = account.client("stepfunctions").describe_execution(executionArn=arn)
    assert stopped["status"] == "ABORTED"


def test_a_zone_s_function_may_purge_what_a_level_forbids(
    account: Account, functions: dict[str, Function]
) -> None:
    walk = arrive(account, functions, f"high/default/{uuid.uuid4().hex}", minutes())
    read(functions, walk)
    declare(account, walk, "CONFIDENTIAL")
    forbidden = [(zone, f"{prefix(walk)}r1/document.json") for zone in ("backup", "sync")]
    for zone, key in forbidden:
        account.client("s3").put_object(Bucket=bucket(zone), Key=key, Body=b"{}")
    result(functions["route"]({"ref": walk["ref"], "extracted": True}))
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    for zone, _ in forbidden:
        result(functions[f"place_{zone}"]({**sourced, "zone": zone, "do": "purge"}))
    assert [versions(account, zone, key) for zone, key in forbidden] == [[], []]


def test_fail_may_write_why_a_walk_stopped(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a document whose source is deleted before anybody reads it
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
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


@pytest.mark.parametrize("start", ["read", "classify"])
def test_a_document_walks_again_under_the_rights_of_its_functions(
    account: Account, functions: dict[str, Function], start: str
) -> None:
    # Given a document that was read, with its upload purged
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    finish(account, functions, walk, shards=read(functions, walk), scans=0)
    # When it shall walk again, from its bytes or from what was read of them
    path = f"/documents/{walk['ref']['document_id']}"
    assert call(functions, "POST", f"{path}/revisions", body={"from": start})[0] == 202
    again = dispatched(account, functions)
    asked = {"ref": again["ref"], "begins_at": again["begins_at"]}
    restored = result(functions["restore"](asked))
    again |= restored
    # Then it does so from what the vault has kept,
    if start == "read":
        read(functions, again)
    else:
        assert restored["plan"]["pages"] == restored["manifest"]["pages"] == 1
        decide(functions, again)
    # has two results, and leaves nothing on its way.
    assert finish(account, functions, again, shards=0, scans=0)["status"] == "COMPLETED"
    for revision in ("r1", "r2"):
        key = f"{prefix(walk)}{revision}/document.json"
        assert key in versions(account, "vault", prefix(walk))
    assert versions(account, "work", prefix(walk)) == []
    assert versions(account, "intake", restored["source"]["key"]) == []


def test_what_is_inside_a_file_is_an_upload_under_the_rights_of_preflight(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a mail with a document in it, of a tenant of its own
    mail = EmailMessage()
    mail["Subject"] = f"Minutes {uuid.uuid4()}"
    mail.set_content("Attached.")
    mail.add_attachment(minutes(), maintype="application", subtype="pdf", filename="minutes.pdf")
    tenant = f"t{uuid.uuid4().hex[:8]}"
    walk = arrive(account, functions, f"high/{tenant}/{uuid.uuid4().hex}", mail.as_bytes())
    # When preflight looks at it
    sourced = {"ref": walk["ref"], "source": walk["source"]}
    plan = result(functions["preflight"](sourced))
    # Then what is read of it lies beside the plan, and its document has come in on its own
    for shard in plan["shards"]:
        result(functions["extract_text"]({**sourced, "shard": shard}))
    assert f"{prefix(walk)}r1/preflight/source" in versions(account, "work", prefix(walk))
    (inside,) = {*versions(account, "intake", f"high/{tenant}/")} - {walk["source"]["key"]}
    upload = account.client("s3").head_object(Bucket=bucket("intake"), Key=inside)
    assert upload["Metadata"]["parent"] == walk["ref"]["document_id"]
    child = taken_in(account, functions, inside, upload["ContentLength"], upload["VersionId"])
    result(functions["preflight"]({"ref": child["ref"], "source": child["source"]}))


def test_an_attempt_that_failed_by_a_passing_fault_is_followed_by_another(
    account: Account, functions: dict[str, Function]
) -> None:
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    message_of_ours = json.dumps({"code": "THROTTLED", "stage": "read", "page": None})
    cause = json.dumps({"errorMessage": message_of_ours})
    error = {"Error": "Retryable", "Cause": cause}
    result(functions["fail"]({"ref": walk["ref"], "error": error}))
    record = Records(account.client("dynamodb"), TABLE).get(Ref(**walk["ref"]))
    assert record is not None
    assert (record.status, record.ref.attempt, record.failures) == (Status.QUEUED, 2, 1)


def test_sweep_removes_what_a_cancelled_document_left_under_its_own_rights(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a document that is cancelled after it was routed and indexed
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    read(functions, walk)
    declare(account, walk, "PUBLIC")
    place(functions, walk)
    result(functions["index"]({"ref": walk["ref"]}))
    assert call(functions, "DELETE", f"/documents/{walk['ref']['document_id']}")[0] == 202
    # When nothing of it can write any more
    records = Records(account.client("dynamodb"), TABLE)
    cancelled = records.get(Ref(**walk["ref"]))
    assert cancelled is not None
    assert cancelled.lease_until is not None
    account.client("dynamodb").update_item(
        TableName=TABLE,
        Key=items.key(cancelled.ref.tenant, cancelled.ref.document_id, "R#0001"),
        UpdateExpression="SET finished_at = :long_ago",
        ExpressionAttributeValues={":long_ago": {"S": rfc3339(now() - timedelta(hours=1))}},
    )
    assert records.renew(cancelled, now() - timedelta(seconds=1))
    assert result(functions["sweep"]({}))["looked_at"] >= 1
    # Then nothing of it is left in any bucket once the purge has passed the backup's locks, and
    # nobody looks at it again
    purge(account, functions)
    for purpose in ("work", "vault", "backup", "sync"):
        assert versions(account, purpose, prefix(walk)) == []
    assert versions(account, "intake", walk["source"]["key"]) == []
    swept = records.get(cancelled.ref)
    assert swept is not None
    assert swept.lease_until is None


def test_sweep_begins_what_was_lost_and_ends_what_has_stopped_under_its_own_rights(
    account: Account, functions: dict[str, Function]
) -> None:
    records = Records(account.client("dynamodb"), TABLE)

    def overdue(ref: dict[str, Any]) -> Ref:
        record = records.get(Ref(**ref))
        assert record is not None
        assert records.renew(record, now() - timedelta(seconds=1))
        return record.ref

    # Given a walk that runs on, one that ended unheard, and a document whose nudge was lost
    runs, stopped = (
        arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
        for _ in range(2)
    )
    for walk in (runs, stopped):
        result(functions["preflight"]({"ref": walk["ref"], "source": walk["source"]}))
    name = "{document_id}-r{revision}-a{attempt}".format(**stopped["ref"])
    arn = machine_arn().replace(":stateMachine:", ":execution:") + f":{name}"
    account.client("stepfunctions").stop_execution(executionArn=arn)
    body = minutes()
    key = f"standard/default/{uuid.uuid4().hex}"
    stored = account.client("s3").put_object(Bucket=bucket("intake"), Key=key, Body=body)
    told = functions["intake"]({"Records": [created(key, len(body), stored["VersionId"])]})
    assert told == {"result": {"batchItemFailures": []}}
    refs = [overdue(walk["ref"]) for walk in (runs, stopped)]
    before = executions(account)
    # When sweep comes by
    assert result(functions["sweep"]({}))["looked_at"] >= 2
    # Then each is as it should be
    assert len(executions(account) - before) == 1
    found = [records.get(ref) for ref in refs]
    assert [record and record.status for record in found] == [Status.RUNNING, Status.FAILED]


def test_a_batch_of_somebody_s_objects_is_taken_in_under_the_rights_of_backfill(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given an object in a bucket that the env was given, and one in another
    s3 = account.client("s3")
    for name in (ARCHIVE, "private"):
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="letters/1.pdf", Body=minutes())
    # When a batch names each
    outcomes = {
        name: functions["backfill"](
            {
                "BatchInput": {
                    "job": {"run": name, "kind": "prefix", "tenant": "default", "bucket": name}
                },
                "Items": [{"Key": "letters/1.pdf"}],
            }
        )
        for name in (ARCHIVE, "private")
    }
    # Then the one waits for its walk, and the other is none of ours
    assert result(outcomes[ARCHIVE]) == {"TAKEN": 1}
    assert dispatched(account, functions)["ref"]["tenant"] == "default"
    assert result(outcomes["private"]) == {"UNREADABLE": 1}


def test_a_walk_waits_and_goes_on_under_the_rights_of_park_and_sweep(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a walk that waits for a zone
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    read(functions, walk)
    token = f"token-{uuid.uuid4()}"
    result(functions["park"]({"ref": walk["ref"], "waiting_for": "zone", "task_token": token}))
    records = Records(account.client("dynamodb"), TABLE)
    waiting = records.get(Ref(**walk["ref"]))
    assert waiting is not None
    assert (waiting.status, waiting.waiting_for) == (Status.WAITING, "zone")
    # When it has waited long enough
    assert records.renew(waiting, now() - timedelta(seconds=1))
    result(functions["sweep"]({}))
    # Then it goes on
    running = records.get(waiting.ref)
    assert running is not None
    assert running.status is Status.RUNNING


def test_personal_data_is_taken_out_under_the_rights_of_redact(
    account: Account, functions: dict[str, Function]
) -> None:
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    read(functions, walk)
    made = result(functions["redact"]({"ref": walk["ref"], "source": walk["source"]}))
    assert made["files"] > 0


def test_what_is_erased_is_gone_under_the_rights_of_purge_locked_as_it_is(
    account: Account, functions: dict[str, Function]
) -> None:
    # Given a document in every zone, whose copy in the backup is locked
    walk = arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    finish(account, functions, walk, shards=read(functions, walk), scans=0)
    key = f"{prefix(walk)}r1/document.json"
    stored = account.client("s3").head_object(Bucket=bucket("backup"), Key=key)
    assert stored["ObjectLockMode"] == "GOVERNANCE"
    # When somebody wants it erased
    path = f"/documents/{walk['ref']['document_id']}"
    assert call(functions, "POST", f"{path}/erasure", body={"reason": "asked for"})[0] == 202
    purge(account, functions)
    # Then it is nowhere, and its record proves it
    for zone in ("vault", "backup", "sync", "work"):
        assert versions(account, zone, prefix(walk)) == []
    erased = Records(account.client("dynamodb"), TABLE).get(Ref(**walk["ref"]))
    assert erased is not None
    assert erased.status is Status.ERASED
    assert erased.erasure is not None
    assert erased.erasure.versions > 0


def test_a_day_is_anchored_under_the_rights_of_anchor(
    account: Account, functions: dict[str, Function]
) -> None:
    arrive(account, functions, f"standard/default/{uuid.uuid4().hex}", minutes())
    days = result(functions["anchor"]({}))["days"]
    assert days
    for day in days:
        assert versions(account, "audit", f"anchors/{day}.json")


@pytest.mark.parametrize("name", ["route", "place_sync", "place_backup"])
def test_the_account_enforces_rights(
    account: Account, functions: dict[str, Function], name: str
) -> None:
    account.client("s3").put_object(Bucket=bucket("vault"), Key="secret", Body=b"secret")
    session = functions[name].environment
    client = account.client(
        "s3",
        session["AWS_ACCESS_KEY_ID"],
        session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_object(Bucket=bucket("vault"), Key="secret")
