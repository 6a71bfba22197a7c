"""An engine process of a test's own, and short ways to use it."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from docparser_local.settings import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE = f"arn:aws:iam::{ACCOUNT}:role/checks"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
FUNCTIONS = Path(__file__).parent / "functions"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def poll(fetch: Callable[[], Any], timeout_s: float = 15, interval_s: float = 0.05) -> Any:
    """Return the first truthy result, or fail."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if result := fetch():
            return result
        time.sleep(interval_s)
    raise AssertionError("timed out")


def arn(service: str, resource: str) -> str:
    """Return an ARN in the test account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def function_arn(name: str) -> str:
    """Return a function's ARN."""
    return arn("lambda", f"function:{name}")


class Engine:
    """An engine process on a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._clients: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "docparser_local.engine"]
        command += ["--port", str(self.port), "--home", str(self.home)]
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "log").open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        poll(self._answers, 60)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, cleanly or not."""
        assert self._process is not None
        os.kill(self._process.pid, how)
        self._process.wait(30)
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def ended(self) -> bool:
        """Return whether its process has ended."""
        assert self._process is not None
        return self._process.poll() is not None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.home / "log").read_text()[-2000:]
        try:
            with DIRECT.open(f"{self.url}/_ministack/health", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def settle(self) -> None:
        """Wait until everything so far is in a snapshot.

        The first marker may be in one that had stored other services before; the second is not.
        """
        for _ in range(2):
            marker = uuid.uuid4().hex
            self.client("ssm").put_parameter(Name=marker, Value="x", Type="String")
            stored = self.home / "state" / "ssm.json"
            poll(
                lambda stored=stored, marker=marker: (
                    stored.exists() and marker in stored.read_text()
                )
            )

    def client(self, service: str) -> Any:
        """Return a boto3 client without retries."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="test",
                config=Config(retries={"max_attempts": 0}, inject_host_prefix=False),
            )
        return self._clients[service]

    # ------------------------------------------------------------ functions
    def function(self, handler: str, name: str | None = None, **options: Any) -> str:
        """Create a function over one of the handlers, or over ``module.handler``."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            for path in FUNCTIONS.glob("*.py"):
                zipped.write(path, path.name)
        name = name or f"{handler}-{uuid.uuid4().hex[:8]}"
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=ROLE,
            Handler=handler if "." in handler else f"handlers.{handler}",
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"SETTING": "on"}},
            **{"Timeout": 30, **options},
        )
        return name

    def invoke(self, name: str, payload: Any = None) -> tuple[Any, bool]:
        """Invoke a function; return its payload, and whether it failed."""
        row = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload))
        return json.loads(row["Payload"].read()), "FunctionError" in row

    # ------------------------------------------------------------ state machines
    def create(self, definition: dict[str, Any], kind: str = "STANDARD", name: str = "") -> str:
        """Create a state machine and return its ARN."""
        return self.client("stepfunctions").create_state_machine(
            name=name or f"check-{uuid.uuid4().hex[:12]}",
            definition=json.dumps(definition),
            roleArn=ROLE,
            type=kind,
        )["stateMachineArn"]

    def begin(self, definition: dict[str, Any], value: Any = None, **options: str) -> str:
        """Create a state machine and start it; return the execution ARN."""
        return self.client("stepfunctions").start_execution(
            stateMachineArn=self.create(definition),
            input=json.dumps({} if value is None else value),
            **options,
        )["executionArn"]

    def describe(self, execution: str) -> dict[str, Any]:
        """Describe an execution."""
        return self.client("stepfunctions").describe_execution(executionArn=execution)

    def finish(self, execution: str, timeout_s: float = 30) -> dict[str, Any]:
        """Wait for the end of an execution."""

        def ended() -> dict[str, Any] | None:
            row = self.describe(execution)
            return row if row["status"] != "RUNNING" else None

        return poll(ended, timeout_s)

    def run(self, definition: dict[str, Any], value: Any = None) -> Any:
        """Run to success and return the output."""
        row = self.finish(self.begin(definition, value))
        assert row["status"] == "SUCCEEDED", (row.get("error"), row.get("cause"))
        return json.loads(row["output"])

    # ------------------------------------------------------------ queues and items
    def queue(self, **attributes: str) -> tuple[str, str]:
        """Create a queue; return its URL and ARN."""
        name = f"q-{uuid.uuid4().hex[:8]}"
        url = self.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, arn("sqs", name)

    def messages(self, url: str, timeout_s: float = 15) -> list[dict[str, Any]]:
        """Wait for messages and delete them from the queue."""
        sqs = self.client("sqs")
        found = poll(
            lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"),
            timeout_s,
        )
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def stored(self, key: str) -> dict[str, Any] | None:
        """Return an item of the checks table."""
        return (
            self.client("dynamodb").get_item(TableName="checks", Key={"pk": {"S": key}}).get("Item")
        )

    def provision(self) -> None:
        """Make the table and the bucket that checks share."""
        self.client("dynamodb").create_table(
            TableName="checks",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.client("s3").create_bucket(Bucket="checks")
