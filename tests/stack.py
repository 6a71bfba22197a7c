"""A deployed pipeline to test against: upload, wait, look at what is left behind."""

from __future__ import annotations

import contextlib
import json
import socket
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from docparser.model import Record, Ref, Source
from docparser.store import layout
from docparser.store.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docparser_local.outputs import Outputs

T = TypeVar("T")


def free_port() -> int:
    """Return a port that nobody listens on, like the two after it: a stack needs all three."""
    while True:
        with contextlib.ExitStack() as probes:
            first = probes.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = int(first.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                for other in (port + 1, port + 2):
                    probes.enter_context(socket.create_server(("127.0.0.1", other)))
                return port


def until(look: Callable[[], T | None], timeout_s: float = 40, every_s: float = 0.05) -> T:
    """Return the first thing seen, or fail."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(every_s)
    raise AssertionError(f"nothing seen in {timeout_s} s")


@dataclass
class Pipeline:
    """The product on the embedded AWS, seen from outside."""

    outputs: Outputs
    home: Path
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return a boto3 client of the embedded AWS."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.outputs.endpoint,
                region_name=self.outputs.region,
                aws_access_key_id=self.outputs.account,
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[service]

    @property
    def names(self) -> dict[str, str]:
        """The settings, without their prefix."""
        settings = self.outputs.settings()
        return {name.removeprefix("DOCPARSER_"): value for name, value in settings.items()}

    @property
    def records(self) -> Records:
        return Records(self.client("dynamodb"), self.names["TABLE"])

    @property
    def intake_queue(self) -> str:
        """The URL of the standard intake queue."""
        name = f"docparser-{self.outputs.env}-intake-standard"
        return self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def waiting(self) -> int:
        """Return how many messages the intake queue holds, those in flight included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(
            QueueUrl=self.intake_queue, AttributeNames=names
        )
        return sum(int(number) for number in answer["Attributes"].values())

    # ------------------------------------------------------------------ in
    def upload(
        self, content: bytes, name: str = "sample.pdf", *, key: str | None = None, **options: str
    ) -> Source:
        """Put an object into the intake bucket, as the client does; return what was stored.

        Options are a policy, a level, a lane.
        """
        key = key or layout.upload_key("standard", "default", uuid.uuid4().hex)
        answer = self.client("s3").put_object(
            Bucket=self.names["INTAKE_BUCKET"],
            Key=key,
            Body=content,
            Metadata={layout.NAME_METADATA: layout.encode_name(name), **options}
            if name
            else options,
        )
        return Source(
            bucket=self.names["INTAKE_BUCKET"], key=key, version_id=answer.get("VersionId")
        )

    def tell(self, source: Source, size: int) -> None:
        """Send the intake queue the event of an upload, as a redelivery would."""
        sqs = self.client("sqs")
        sqs.send_message(
            QueueUrl=self.intake_queue, MessageBody=json.dumps(object_created(source, size))
        )

    # ------------------------------------------------------------------ out
    def record(self, ref: Ref) -> Record | None:
        return self.records.get(ref)

    def ended(self, ref: Ref, *, attempt: int = 1, timeout_s: float = 40) -> Record:
        """Wait for a document's end and for its execution's; return the record."""

        def look() -> Record | None:
            record = self.record(ref)
            done = record and record.status.terminal and record.ref.attempt >= attempt
            return record if done else None

        record = until(look, timeout_s)
        until(lambda: self.execution(record.ref)["status"] != "RUNNING", timeout_s)
        return record

    def execution(self, ref: Ref) -> dict[str, Any]:
        """Describe an attempt's execution."""
        return self.client("stepfunctions").describe_execution(executionArn=self.arn(ref))

    def arn(self, ref: Ref) -> str:
        machine = self.names["STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
        return f"{machine}:{ref.execution_name}"

    def executions(self, ref: Ref) -> list[str]:
        """Return the names of a document's executions."""
        pages = (
            self.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.names["STATE_MACHINE_ARN"])
        )
        rows = [row["name"] for page in pages for row in page["executions"]]
        return [name for name in rows if name.startswith(ref.document_id)]

    def history(self, ref: Ref) -> list[dict[str, Any]]:
        pages = (
            self.client("stepfunctions")
            .get_paginator("get_execution_history")
            .paginate(executionArn=self.arn(ref))
        )
        return [event for page in pages for event in page["events"]]

    def items(self, ref: Ref) -> list[dict[str, Any]]:
        """Return every item of a document."""
        answer = self.client("dynamodb").query(
            TableName=self.names["TABLE"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"T#{ref.tenant}#D#{ref.document_id}"}},
            ConsistentRead=True,
        )
        return answer["Items"]

    def events(self, ref: Ref) -> list[tuple[str, str]]:
        """Return a document's changes of status, in order: to, code."""
        rows = [item for item in self.items(ref) if item["sk"]["S"].startswith("E#")]
        assert [int(row["sk"]["S"].rsplit("#", 1)[1]) for row in rows] == [*range(1, len(rows) + 1)]
        # What else is told of a document changes no status, and comes from none.
        moved = [row for number, row in enumerate(rows) if number == 0 or "from" in row]
        return [(row["to"]["S"], row.get("code", {"S": ""})["S"]) for row in moved]

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Return the keys of every version in a bucket: ``WORK_BUCKET`` and so on."""
        answer = self.client("s3").list_object_versions(Bucket=self.names[bucket], Prefix=prefix)
        return [row["Key"] for row in answer.get("Versions", [])]

    # ------------------------------------------------------------------ faults
    @contextlib.contextmanager
    def changed(self, function: str, **variables: str) -> Iterator[None]:
        """Run with other environment variables for one function."""
        client = self.client("lambda")
        name = f"docparser-{self.outputs.env}-{function}"
        before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self._configure(name, {**before, **variables})
        try:
            yield
        finally:
            self._configure(name, before)

    def _configure(self, name: str, variables: dict[str, str]) -> None:
        self.client("lambda").update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )


def object_created(source: Source, size: int) -> dict[str, Any]:
    """Return EventBridge's event of an upload."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "000000000000",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{source.bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": source.bucket},
            "object": {
                "key": source.key,
                "size": size,
                "etag": "0",
                "version-id": source.version_id,
            },
            "reason": "PutObject",
        },
    }


def start(home: Path, calls: Path | None = None) -> Iterator[Pipeline]:
    """Start a stack of its own in a home directory; stop it at the end.

    Its functions note in a file what they ask of AWS, if one is given.
    """
    from docparser_local.stack import Stack

    stack = Stack(home, port=free_port(), calls=calls)
    try:
        yield Pipeline(stack.up(), home)
    finally:
        stack.down()
